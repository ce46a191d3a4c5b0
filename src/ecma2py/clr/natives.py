"""The native libraries that a connector's code names, and whether this machine has them."""

import ctypes.util
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

from ecma2py.clr.metadata import Assembly
from ecma2py.clr.references import Reference, Whereabouts

_ENDINGS = ("", ".dll", ".so", ".dylib")
_SUFFIX = re.compile(r"\.(dll|so(\.\d+)*|dylib)$", re.IGNORECASE)


@frozen
class NativeLibrary:
    """A library of machine code by the name that ``DllImport`` gives it."""

    name: str
    needed_by: str
    """The simple name of the assembly whose code names it."""
    found: str
    """Its file beside the connector, or the name that the system has it by; nothing if missing."""
    looked_in: Path


def native_libraries(
    connector: Assembly, references: Iterable[Reference]
) -> tuple[NativeLibrary, ...]:
    """Those of the connector and of what lies beside it, each once.

    Whether they are ever called the file does not tell.
    """
    folder = connector.path.parent
    beside = [
        Assembly.read(each.path)
        for each in references
        if each.path is not None and each.whereabouts is Whereabouts.FOLDER
    ]
    found: dict[str, NativeLibrary] = {}
    for assembly in (connector, *beside):
        for name in assembly.native_libraries:
            found.setdefault(
                name.lower(),
                NativeLibrary(name, assembly.name.name, _find(name, folder), folder),
            )
    return tuple(found.values())


def _find(name: str, folder: Path) -> str:
    """Looked for as the runtimes do: beside the connector first, in the usual forms of its name."""
    for candidate in _candidates(name):
        if (folder / candidate).is_file():
            return str(folder / candidate)
    if sys.platform == "win32":
        system = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32"
        return next((each for each in _candidates(name) if (system / each).is_file()), "")
    return ctypes.util.find_library(_SUFFIX.sub("", name).removeprefix("lib")) or ""


def _candidates(name: str) -> Iterator[str]:
    for ending in _ENDINGS:
        yield f"{name}{ending}"
        yield f"lib{name}{ending}"
