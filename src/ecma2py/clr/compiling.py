"""Builds .NET assemblies from C# sources with whichever compiler the machine has.

It needs the standard library alone and imports nothing of ecma2py: the build of the wheel loads
this file by its path, before anything is installed.

The sources keep to C# 5, so that the compiler inside every Windows (.NET Framework's ``csc``) will
do as well as Mono's ``mcs``.
"""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

CONTRACT_NAME = "Microsoft.MetadirectoryServicesEx"
CONTRACT_SOURCES = Path(__file__).with_name("contract")
ECMA2_INTERFACES = "Microsoft.MetadirectoryServices.IMAExtensible2"
"""How the full name of each interface of the contract begins."""
CONTRACT_REFERENCES = ("System.dll", "System.Xml.dll")
BRIDGE_NAME = "ecma2py.bridge"
BRIDGE_SOURCES = Path(__file__).with_name("bridge")
BRIDGE_REFERENCES = ("System.dll", "System.Core.dll")
STAND_IN_SOURCES = Path(__file__).with_name("standins")

CONTRACT_PUBLIC_KEY = bytes.fromhex(
    "0024000004800000940000000602000000240000525341310004000001000100b5fc90e7027f67871e773a8fde8938"
    "c81dd402ba65b9201d60593e96c492651e889cc13f1415ebb53fac1131ae0bd333c5ee6021672d9718ea31a8aebd0d"
    "a0072f25d87dba6fc90ffd598ed4da35e44c398c454307e8e33b8426143daec9f596836f97c8f74750e5975c64e218"
    "9f45def46b2a2b1247adc3652bf5c308055da9"
)
"""The public key behind the token 31bf3856ad364e35, by which connectors ask for the contract.

Every assembly with that token carries it. With the public half alone nothing can be signed, so the
assembly is *public-signed*: it bears the identity, but no signature that could be checked.
"""

_OPEN_PUBLIC_KEY = bytes.fromhex(
    "00240000048000009400000006020000002400005253413100040000010001004b86c4cb78549b34bab61a3b1800e2"
    "3bfeb5b3ec390074041536a7e3cbd97f5f04cf0f857155a8928eaa29ebfd11cfbbad3ba70efea7bda3226c6a8d370a"
    "4cd303f714486b6ebc225985a638471e6ef571cc92a4613c00b8fa65d61ccee0cbe5f36330c9a01f4183559f1bef24"
    "cc2917c6d913e3a541333a1d05d9bed22b38cb"
)
"""The public key behind the token cc7b13ffcd2ddd51, of what .NET has beside .NET Framework."""

_FRAMEWORK_PUBLIC_KEY = bytes.fromhex(
    "002400000480000094000000060200000024000052534131000400000100010007d1fa57c4aed9f0a32e84aa0faefd"
    "0de9e8fd6aec8f87fb03766c834c99921eb23be79ad9d5dcc1dd9ad236132102900b723cf980957fc4e177108fc607"
    "774f29e8320e92ea05ece4e821c0a5efe8f1645c4c0c93c1ab99285d622caa652c1dfad63d745d6f2de5f17e5eaf0f"
    "c4963d261c8a12436518206dc093344d5ad293"
)
"""The public key behind the token b03f5f7f11d50a3a, of much of .NET Framework."""


class StandIn(NamedTuple):
    """A small assembly of ours in place of one that .NET Framework has and .NET has not."""

    name: str
    public_key: bytes
    references: tuple[str, ...] = ("System.dll",)


STAND_INS = (
    StandIn(
        "System.Configuration.ConfigurationManager",
        _OPEN_PUBLIC_KEY,
        ("System.dll", "System.Core.dll", "System.Xml.dll"),
    ),
    StandIn("System.Diagnostics.EventLog", _OPEN_PUBLIC_KEY),
    StandIn("System.Diagnostics.PerformanceCounter", _OPEN_PUBLIC_KEY),
    StandIn("System.Management", _FRAMEWORK_PUBLIC_KEY),
    StandIn("System.Security.Permissions", _OPEN_PUBLIC_KEY),
    StandIn("System.Web.Extensions", CONTRACT_PUBLIC_KEY, ("System.dll", "System.Core.dll")),
)
"""Each has its sources in the folder of its name. The token must be the one that is asked for."""

_STRONG_NAME_SIGNED = 0x8


class CompilerMissingError(Exception):
    """There is no C# compiler here; the text says what to install."""


class CompilationError(Exception):
    """The compiler refused the sources; the text is what it printed."""


def find_compiler() -> list[str] | None:
    """The command of a C# compiler that builds for .NET Framework and Mono, or None.

    ``ECMA2PY_CSC`` names one; else it is Mono's ``mcs`` or ``csc`` on PATH, or .NET Framework's.
    """
    if named := os.environ.get("ECMA2PY_CSC"):
        return [named]
    for name in ("mcs", "csc"):
        if found := shutil.which(name):
            return [found]
    if sys.platform == "win32":
        windows = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "Microsoft.NET"
        for folder in ("Framework64", "Framework"):
            compiler = windows / folder / "v4.0.30319" / "csc.exe"
            if compiler.exists():
                return [str(compiler)]
    return None


def compile_assembly(
    output: Path,
    sources: Iterable[Path],
    *,
    references: Sequence[Path | str] = (),
    executable: bool = False,
    public_key: bytes | None = None,
) -> None:
    """Compile the sources into ``output``, which is replaced as a whole or not at all.

    With a public key the assembly gets its strong name and is public-signed. Raises
    ``CompilerMissingError`` and ``CompilationError``.
    """
    compiler = find_compiler()
    if compiler is None:
        msg = (
            f"No C# compiler was found to build {output.name}. Install Mono's (Debian, Ubuntu: "
            "apt-get install mono-mcs), or name one in the environment variable ECMA2PY_CSC."
        )
        raise CompilerMissingError(msg)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".compiling-") as folder:
        # The file's name is the assembly's name, so only the folder is a temporary one.
        made = Path(folder) / output.name
        command = [
            *compiler,
            "-nologo",
            "-optimize+",
            f"-target:{'exe' if executable else 'library'}",
            f"-out:{made}",
            *(f"-r:{reference}" for reference in references),
            *_key_options(public_key, Path(folder)),
            *map(str, sorted(sources)),
        ]
        _run(command, output.name)
        if public_key is not None:
            _mark_as_signed(made)
        made.replace(output)


def build_contract(output: Path) -> None:
    """Build the contract assembly; errors as for ``compile_assembly``."""
    compile_assembly(
        output,
        CONTRACT_SOURCES.glob("*.cs"),
        references=CONTRACT_REFERENCES,
        public_key=CONTRACT_PUBLIC_KEY,
    )


def build_bridge(output: Path, contract: Path) -> None:
    """Build the bridge against *contract*, of whichever version; errors as above."""
    compile_assembly(output, BRIDGE_SOURCES.glob("*.cs"), references=(*BRIDGE_REFERENCES, contract))


def build_stand_ins(folder: Path) -> None:
    """Build every stand-in into the folder; errors as for ``compile_assembly``."""
    for each in STAND_INS:
        compile_assembly(
            folder / f"{each.name}.dll",
            (STAND_IN_SOURCES / each.name).glob("*.cs"),
            references=each.references,
            public_key=each.public_key,
        )


def _key_options(public_key: bytes | None, folder: Path) -> Iterator[str]:
    if public_key is not None:
        key_file = folder / "public.key"
        key_file.write_bytes(public_key)
        yield from ("-delaysign+", f"-keyfile:{key_file}")


def _run(command: list[str], name: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - found above
            command, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        msg = f"The C# compiler {command[0]} does not run: {error.strerror}."
        raise CompilerMissingError(msg) from None
    if done.returncode != 0:
        msg = f"{command[0]} could not build {name}:\n{done.stdout}{done.stderr}".rstrip()
        raise CompilationError(msg)


def _mark_as_signed(assembly: Path) -> None:
    """Set the flag by which .NET Framework takes the name for granted in full trust.

    A delay-signed file, which lacks it, is checked there and refused.
    """
    data = bytearray(assembly.read_bytes())
    coff = _u4(data, 0x3C) + 4
    (section_count,) = struct.unpack_from("<H", data, coff + 2)
    (optional_size,) = struct.unpack_from("<H", data, coff + 16)
    optional = coff + 20
    directories = optional + (96 if data[optional : optional + 2] == b"\x0b\x01" else 112)
    header = _u4(data, directories + 14 * 8)
    for number in range(section_count):
        section = optional + optional_size + 40 * number
        address, size, at = struct.unpack_from("<III", data, section + 12)
        if address <= header < address + size:
            flags = at + header - address + 16
            struct.pack_into("<I", data, flags, _u4(data, flags) | _STRONG_NAME_SIGNED)
            assembly.write_bytes(data)
            return
    msg = f"{assembly.name} came out of the compiler without a CLI header"
    raise CompilationError(msg)


def _u4(data: bytes | bytearray, offset: int) -> int:
    return int(struct.unpack_from("<I", data, offset)[0])
