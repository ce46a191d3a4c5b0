"""What this machine has for .NET connectors, what a DLL needs of it, and what to do about the rest.

machine = look()
machine.advice(machine.examine(Path("Connector.dll")))

Files are read and nothing else: neither a runtime nor anything of a DLL is started.
"""

import importlib.util
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from attrs import frozen

from ecma2py.clr.assemblies import contract_assembly, stand_in_folder
from ecma2py.clr.compiling import CONTRACT_NAME
from ecma2py.clr.errors import AssemblyMissingError, RuntimeMissingError
from ecma2py.clr.references import Reference, Whereabouts
from ecma2py.clr.remedies import PYTHONNET, commands
from ecma2py.clr.runtimes import Runtime, RuntimeKind, find_runtimes
from ecma2py.clr.suitability import Examination, Verdict, examine


@frozen
class Machine:
    """What is there before any DLL is looked at."""

    runtimes: tuple[Runtime, ...]
    pythonnet: str
    """The version of the library by which Python hosts a runtime; nothing where it is missing."""
    contract: Path | None
    stand_ins: Path | None
    problems: tuple[str, ...] = ()
    """Why the contract or the stand-ins are not there."""

    @property
    def ready(self) -> bool:
        """Whether any connector could be run."""
        usable = any(not each.problem for each in self.runtimes)
        return bool(self.pythonnet and self.contract and usable)

    def examine(self, path: Path) -> Examination:
        """What a DLL is; errors as for ``suitability.examine``."""
        return examine(path, self.runtimes, self.contract, self.stand_ins)

    def advice(
        self, found: Examination | None = None, kind: RuntimeKind | None = None
    ) -> tuple[str, ...]:
        """What to install, to run the DLL that was examined, or any; nothing if all is there.

        With a kind it is that runtime which is wished for.
        """
        return tuple(dict.fromkeys(self._advice(found, kind)))

    def _advice(self, found: Examination | None, kind: RuntimeKind | None) -> Iterator[str]:
        if not self.pythonnet:
            yield f"pythonnet: {PYTHONNET}"
        if found is None:
            if all(each.problem for each in self.runtimes):
                yield from self._runtimes((RuntimeKind.MONO, RuntimeKind.CORECLR))
            return
        verdict = best(found, kind)
        if verdict is None:
            yield from self._runtimes((kind,) if kind else found.order, found.newest)
        elif verdict.missing:
            if kind is None:
                others = tuple(each for each in found.order if each is not verdict.runtime.kind)
                yield from self._runtimes(others, found.newest)
            yield from _files(verdict, found.assembly.path.parent)

    def _runtimes(self, kinds: tuple[RuntimeKind, ...], major: int = 8) -> Iterator[str]:
        """How to come to a runtime of each kind that is not there, or how to mend it."""
        for kind in dict.fromkeys(map(_installable, kinds)):
            there = [each for each in self.runtimes if each.kind is kind]
            usable = [each for each in there if not each.problem]
            if there and not usable:
                yield f"{there[0]}: {there[0].problem}"
            if usable and (kind is not RuntimeKind.CORECLR or usable[0].version >= (major,)):
                continue
            for each in commands(kind, major) if not there or usable else ():
                title = f"{kind.title} {major}" if kind is RuntimeKind.CORECLR else "Mono"
                yield f"{title} ({each.platform}): {each.command}"


def look(contract: Path | None = None) -> Machine:
    """What is there; ``contract`` is a genuine copy to be taken in place of ours.

    Raises ``ContractRefusedError`` for one that will not do.
    """
    problems = []
    stand_ins = None
    try:
        contract = contract_assembly(contract)
        stand_ins = stand_in_folder()
    except AssemblyMissingError as error:
        problems.append(str(error))
    return Machine(find_runtimes(), _pythonnet(), contract, stand_ins, tuple(problems))


def best(found: Examination, kind: RuntimeKind | None = None) -> Verdict | None:
    """The verdict on the runtime that will be taken, or None if none fits."""
    try:
        return found.best(kind)
    except RuntimeMissingError:
        return None


def contract_version(found: Examination) -> str:
    """The version of the contract that a DLL was compiled against; nothing if it uses none."""
    for each in found.assembly.references:
        if each.name == CONTRACT_NAME:
            return ".".join(map(str, each.version))
    return ""


def _files(verdict: Verdict, folder: Path) -> Iterator[str]:
    for each in verdict.missing:
        if each.whereabouts is Whereabouts.MISSING:
            yield (
                f"{each.name.name}: copy {each.name.name}.dll, version {_version(each)} or newer, "
                f"to {folder}, from the machine where the connector runs today"
            )
        for name in each.moved_to or _stand_ins(each):
            yield f"{name}: copy {name}.dll from its NuGet package to {folder}"


def _stand_ins(reference: Reference) -> tuple[str, ...]:
    """Those in which types may be missing that are used: the originals would have them."""
    if reference.whereabouts is Whereabouts.STAND_IN:
        return (reference.name.name,)
    return reference.stand_ins


def _installable(kind: RuntimeKind) -> RuntimeKind:
    """Mono takes the place of .NET Framework where that cannot be had."""
    netfx = kind is RuntimeKind.NETFX and sys.platform != "win32"
    return RuntimeKind.MONO if netfx else kind


def _version(reference: Reference) -> str:
    return ".".join(map(str, reference.name.version))


def _pythonnet() -> str:
    if importlib.util.find_spec("pythonnet") is None:
        return ""
    try:
        return metadata.version("pythonnet")
    except metadata.PackageNotFoundError:
        return "of unknown version"
