"""Where the assemblies are that connectors need: the contract, our bridge, and the stand-ins.

A wheel carries them all. A checkout builds them once, into the user's cache.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from ecma2py.clr.compiling import (
    BRIDGE_NAME,
    BRIDGE_SOURCES,
    CONTRACT_NAME,
    CONTRACT_SOURCES,
    ECMA2_INTERFACES,
    STAND_IN_SOURCES,
    STAND_INS,
    CompilationError,
    CompilerMissingError,
    build_bridge,
    build_contract,
    build_stand_ins,
)
from ecma2py.clr.errors import AssemblyMissingError, ContractRefusedError
from ecma2py.clr.metadata import NotAnAssemblyError, defined_types, identity

# The first version whose objects work without the synchronization engine around them.
_OLDEST_GENUINE = (4, 1, 3, 0)
_CAME_WITH_IT = f"{ECMA2_INTERFACES}GetCapabilitiesEx"


def contract_assembly(preferred: Path | None = None, *, cache: Path | None = None) -> Path:
    """The file of ``Microsoft.MetadirectoryServicesEx``, to be loaded before any connector.

    ``preferred`` is a genuine copy on the user's machine, taken instead of ours. Without one it is
    the assembly that the wheel carries, or else one built now into ``cache`` and kept there.

    Raises ``ContractRefusedError`` for a preferred file that will not do, and
    ``AssemblyMissingError``.
    """
    if preferred is not None:
        return _checked(preferred)
    return _carried_or_built(CONTRACT_NAME, CONTRACT_SOURCES, build_contract, cache)


def bridge_assembly(*, cache: Path | None = None) -> Path:
    """The file of the bridge, carried or built as the contract is; ``AssemblyMissingError``."""

    def build(output: Path) -> None:
        build_bridge(output, contract_assembly(cache=cache))

    return _carried_or_built(BRIDGE_NAME, BRIDGE_SOURCES, build, cache)


def stand_in_folder(*, cache: Path | None = None) -> Path:
    """The folder with our stand-ins for what .NET lacks of .NET Framework.

    They are carried or built as the contract is; ``AssemblyMissingError``.
    """
    files = [f"{each.name}.dll" for each in STAND_INS]
    if all((STAND_IN_SOURCES / file).exists() for file in files):
        return STAND_IN_SOURCES
    built = (cache or cache_folder()) / _fingerprint(STAND_IN_SOURCES)
    if not all((built / file).exists() for file in files):
        try:
            build_stand_ins(built)
        except (CompilerMissingError, CompilationError, OSError) as error:
            msg = (
                "This ecma2py carries no stand-ins for .NET, and they could not be built: "
                f"{error}\nA wheel of ecma2py carries them."
            )
            raise AssemblyMissingError(msg) from error
    return built


def cache_folder() -> Path:
    """The user's folder for what can be made again."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "ecma2py"


def _carried_or_built(
    name: str, sources: Path, build: Callable[[Path], None], cache: Path | None
) -> Path:
    file = f"{name}.dll"
    if (carried := sources / file).exists():
        return carried
    built = (cache or cache_folder()) / _fingerprint(sources) / file
    if not built.exists():
        try:
            build(built)
        except (CompilerMissingError, CompilationError, OSError) as error:
            msg = (
                f"This ecma2py carries no {file}, and it could not be built: {error}\n"
                "A wheel of ecma2py carries it."
            )
            if name == CONTRACT_NAME:
                msg += (
                    " A genuine copy, from a machine with MIM or Microsoft's ECMA host, can be "
                    "named in the configuration instead."
                )
            raise AssemblyMissingError(msg) from error
    return built


def _checked(path: Path) -> Path:
    try:
        name, types = identity(path), defined_types(path)
    except (NotAnAssemblyError, OSError) as error:
        msg = f"The contract assembly that the configuration names cannot be read: {error}"
        raise ContractRefusedError(msg) from error
    if name.name != CONTRACT_NAME:
        msg = f"{path} is {name.name}; the contract assembly is called {CONTRACT_NAME}."
        raise ContractRefusedError(msg)
    if name.version < _OLDEST_GENUINE:
        version = ".".join(map(str, name.version))
        msg = (
            f"{path} has the version {version}, which works inside MIM only; take one from "
            f"{'.'.join(map(str, _OLDEST_GENUINE))} on, or leave it to ecma2py's own."
        )
        raise ContractRefusedError(msg)
    if _CAME_WITH_IT not in types:
        msg = (
            f"{path} has no type {_CAME_WITH_IT}, as the contract assembly has: copy it again from "
            "a machine with MIM or Microsoft's ECMA host, or leave it to ecma2py's own."
        )
        raise ContractRefusedError(msg)
    return path


def _fingerprint(sources: Path) -> str:
    """Tells what was built of different sources apart, so that an upgrade builds anew."""
    digest = hashlib.sha256()
    for source in sorted(sources.rglob("*.cs")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
