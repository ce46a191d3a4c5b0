"""Where the contract assembly is: the one that connectors were compiled against.

A wheel carries it. A checkout builds it once, into the user's cache.
"""

import hashlib
import os
import sys
from pathlib import Path

from ecma2py.clr.compiling import (
    CONTRACT_NAME,
    CONTRACT_SOURCES,
    CompilationError,
    CompilerMissingError,
    build_contract,
)
from ecma2py.clr.errors import ContractMissingError, ContractRefusedError
from ecma2py.clr.metadata import NotAnAssemblyError, identity

_FILE_NAME = f"{CONTRACT_NAME}.dll"
_CARRIED = CONTRACT_SOURCES / _FILE_NAME

# The first version whose objects work without the synchronization engine around them.
_OLDEST_GENUINE = (4, 1, 3, 0)


def contract_assembly(preferred: Path | None = None, *, cache: Path | None = None) -> Path:
    """The file of ``Microsoft.MetadirectoryServicesEx``, to be loaded before any connector.

    ``preferred`` is a genuine copy on the user's machine, taken instead of ours. Without one it is
    the assembly that the wheel carries, or else one built now into ``cache`` and kept there.

    Raises ``ContractRefusedError`` for a preferred file that will not do, and
    ``ContractMissingError``.
    """
    if preferred is not None:
        return _checked(preferred)
    if _CARRIED.exists():
        return _CARRIED
    built = (cache or cache_folder()) / _fingerprint() / _FILE_NAME
    if not built.exists():
        try:
            build_contract(built)
        except (CompilerMissingError, CompilationError, OSError) as error:
            msg = (
                f"This ecma2py carries no {_FILE_NAME}, and it could not be built: {error}\n"
                "A wheel of ecma2py carries it; a genuine copy, from a machine with MIM or "
                "Microsoft's ECMA host, can be named in the configuration instead."
            )
            raise ContractMissingError(msg) from error
    return built


def cache_folder() -> Path:
    """The user's folder for what can be made again."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "ecma2py"


def _checked(path: Path) -> Path:
    try:
        name = identity(path)
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
    return path


def _fingerprint() -> str:
    """Tells the contracts of different sources apart, so that an upgrade builds anew."""
    digest = hashlib.sha256()
    for source in sorted(CONTRACT_SOURCES.glob("*.cs")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
