"""Which runtime fits a connector, and why.

found = examine(Path("Connector.dll"), find_runtimes(), contract_assembly())
found.best()  # the runtime to run it on, or an error that says what is in the way
"""

import platform
import re
import sys
from pathlib import Path

from attrs import frozen

from ecma2py.clr.compiling import ECMA2_INTERFACES
from ecma2py.clr.errors import RuntimeMissingError
from ecma2py.clr.metadata import Assembly
from ecma2py.clr.references import Reference, Whereabouts, references
from ecma2py.clr.remedies import OLDEST_DOTNET, commands
from ecma2py.clr.runtimes import Runtime, RuntimeKind, Version

# What a DLL was built for runs best where it comes from; .NET Framework is Windows' alone.
_PREFERENCES = {
    ".NET Framework": (RuntimeKind.NETFX, RuntimeKind.MONO, RuntimeKind.CORECLR),
    ".NET Standard": (RuntimeKind.CORECLR, RuntimeKind.NETFX, RuntimeKind.MONO),
    ".NET": (RuntimeKind.CORECLR,),
}
_TARGET = re.compile(
    r"(?P<family>\.NET(?: Framework| Standard)?)(?: Core)?(?: (?P<version>[\d.]+))?"
)
_NEWEST_STANDARD_OF_NETFX = (2, 0)
_ARCHITECTURES = {"amd64": "x64", "x86_64": "x64", "arm64": "arm64", "aarch64": "arm64"}


@frozen
class Verdict:
    """How a connector stands with one runtime."""

    runtime: Runtime
    obstacles: tuple[str, ...]
    """Why it cannot run there at all; nothing when it can."""
    references: tuple[Reference, ...]

    @property
    def fits(self) -> bool:
        """Whether it can be tried: what is missing may never be touched."""
        return not self.obstacles

    @property
    def missing(self) -> tuple[Reference, ...]:
        """The assemblies that are not there, and those that lack types which are used."""
        return tuple(
            each
            for each in self.references
            if each.whereabouts is Whereabouts.MISSING or each.missing_types
        )

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """The assemblies in whose place stand-ins of ecma2py's are taken."""
        found: set[str] = set()
        for each in self.references:
            found.update(each.stand_ins)
            if each.whereabouts is Whereabouts.STAND_IN:
                found.add(each.name.name)
        return tuple(sorted(found))

    @property
    def reason(self) -> str:
        """Why it fits, or why not, in one sentence."""
        if self.obstacles:
            return "; ".join(self.obstacles)
        if not self.missing:
            told = "everything that it refers to is there"
            if lent := ", ".join(self.stand_ins):
                told += f", with stand-ins of ecma2py's for {lent}"
        else:
            names = ", ".join(each.name.name for each in self.missing)
            told = f"it may fail as soon as it touches what is missing of {names}"
        if hollow := ", ".join(name for each in self.references for name in each.hollow):
            told += f"; {hollow} is there by name alone, and fails when it is used"
        return told


@frozen
class Examination:
    """What a connector's DLL is, and how it stands with each runtime of this machine."""

    assembly: Assembly
    verdicts: tuple[Verdict, ...]
    """The fitting ones first, the best of them at the top."""

    @property
    def order(self) -> tuple[RuntimeKind, ...]:
        """The kinds of runtime that may run it, the one that it was built for first."""
        return _PREFERENCES.get(_target(self.assembly)[0], tuple(RuntimeKind))

    @property
    def newest(self) -> int:
        """The major version of .NET that runs it, should that be the runtime."""
        family, version = _target(self.assembly)
        return max(version[0], OLDEST_DOTNET) if family == ".NET" and version else OLDEST_DOTNET

    @property
    def classes(self) -> dict[str, str]:
        """The ECMA2 interfaces that its public classes declare, each with a class that does."""
        found: dict[str, str] = {}
        for name, interfaces in self.assembly.interfaces.items():
            for interface in interfaces:
                if interface.startswith(ECMA2_INTERFACES):
                    found.setdefault(interface.rpartition(".")[2], name)
        return found

    def best(self, kind: RuntimeKind | None = None) -> Verdict:
        """The verdict on the runtime to take, of the given kind if one is configured.

        Raises ``RuntimeMissingError``, which tells what stands in the way of each.
        """
        asked = [each for each in self.verdicts if kind in (None, each.runtime.kind)]
        for verdict in asked:
            if verdict.fits:
                return verdict
        wanted = kind.title if kind else "A .NET runtime"
        path, target = self.assembly.path, self.assembly.target_framework
        if not asked:
            found = ", ".join(str(each.runtime) for each in self.verdicts) or "none at all"
            msg = (
                f"{wanted} was not found on this machine for {path}, which was built for {target} "
                f"(found: {found}). {_remedy(kind or self.order[0], self.newest)}"
            )
        else:
            reasons = ". ".join(f"{each.runtime}: {each.reason}" for each in asked)
            msg = f"No runtime here runs {path}, which was built for {target}. {reasons}."
        raise RuntimeMissingError(msg)


def examine(
    path: Path,
    runtimes: tuple[Runtime, ...],
    contract: Path | None,
    stand_ins: Path | None = None,
) -> Examination:
    """How a connector's DLL stands with the runtimes; ``stand_ins`` as for ``references``.

    Raises ``NotAnAssemblyError`` for a file that is none, and ``OSError``.
    """
    assembly = Assembly.read(path)
    order = Examination(assembly, ()).order
    verdicts = [
        Verdict(
            each,
            tuple(_obstacles(assembly, each)),
            references(assembly, each, contract, stand_ins),
        )
        for each in runtimes
    ]

    def rank(verdict: Verdict) -> tuple[bool, bool, int]:
        kind = verdict.runtime.kind
        place = order.index(kind) if kind in order else len(order)
        return not verdict.fits, bool(verdict.missing), place

    return Examination(assembly, tuple(sorted(verdicts, key=rank)))


def _remedy(kind: RuntimeKind, major: int) -> str:
    told = "; ".join(f"{each.platform}: {each.command}" for each in commands(kind, major))
    if kind is RuntimeKind.NETFX:
        # The commands are those of Mono, if there are any.
        place = f'Elsewhere Mono takes its place, runtime = "{RuntimeKind.MONO.value}"'
        elsewhere = f" {place} ({told})." if told else ""
        return f"{kind.title} comes with Windows.{elsewhere}"
    remedy = f"Install {kind.title} ({told})."
    return f"{remedy} Or set DOTNET_ROOT to where it is." if kind is RuntimeKind.CORECLR else remedy


def _target(assembly: Assembly) -> tuple[str, Version]:
    """The family and the version that an assembly was built for."""
    told = _TARGET.fullmatch(assembly.target_framework)
    if told is None:
        return assembly.target_framework, ()
    version = told["version"] or ""
    return told["family"], tuple(int(part) for part in version.split(".") if part)


def _obstacles(assembly: Assembly, runtime: Runtime) -> list[str]:
    found = [runtime.problem] if runtime.problem else []
    family, version = _target(assembly)
    if assembly.native_code and (runtime.kind is RuntimeKind.MONO or sys.platform != "win32"):
        found.append("it holds native code beside its IL, which .NET on Windows alone loads")
    machine = _ARCHITECTURES.get(platform.machine().lower(), platform.machine())
    if assembly.architecture not in ("any", machine):
        found.append(
            f"it was built for {assembly.architecture} processes, and this is a {machine} one"
        )
    if family == ".NET" and runtime.kind is not RuntimeKind.CORECLR:
        found.append(f"it was built for {assembly.target_framework}, which is another platform")
    elif family == ".NET" and version > runtime.version:
        found.append(f"it was built for {assembly.target_framework}, which is newer")
    elif family == ".NET Standard" and runtime.kind is not RuntimeKind.CORECLR:
        if version > _NEWEST_STANDARD_OF_NETFX:
            found.append(f"it was built for {assembly.target_framework}; 2.0 is the newest there")
    elif family not in _PREFERENCES:
        found.append(f"it was built for {assembly.target_framework}, which nobody here runs")
    return found
