"""What ``ecma2py dotnet doctor`` found, for people and for programs."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from ecma2py.cli.exits import Exit
from ecma2py.cli.output import Output
from ecma2py.clr.doctor import Machine, best, contract_version
from ecma2py.clr.natives import NativeLibrary, native_libraries
from ecma2py.clr.references import Reference, Whereabouts
from ecma2py.clr.runtimes import Runtime, RuntimeKind
from ecma2py.clr.suitability import Examination, Verdict


@frozen
class Asked:
    """A DLL to look at."""

    path: Path
    kind: RuntimeKind | None = None
    """The runtime that is wished for, if one is."""
    contract: Path | None = None
    """A genuine contract that goes with it alone."""
    connector: str = ""
    """What the configuration calls it."""


@frozen
class LookedAt:
    """A DLL, what it is, and what is wrong with it."""

    asked: Asked
    machine: Machine
    found: Examination | None = None
    problem: str = ""
    code: Exit = Exit.OK

    @property
    def verdict(self) -> Verdict | None:
        """The runtime that will be taken, if there is one."""
        return best(self.found, self.asked.kind) if self.found else None

    @property
    def advice(self) -> tuple[str, ...]:
        """What to install or to copy."""
        return self.machine.advice(self.found, self.asked.kind) if self.found else ()


def tell(output: Output, machine: Machine, looked_at: Sequence[LookedAt]) -> None:
    """Everything, as text or as one JSON document."""
    if output.as_json:
        output.document(
            {
                **_machine(machine),
                "runtimes": [_runtime(each) for each in machine.runtimes],
                "connectors": [_connector(each) for each in looked_at],
                "advice": list(machine.advice()),
            }
        )
        return
    shown = _machine(machine)
    output.result({name: "missing" if each is None else each for name, each in shown.items()})
    output.text("\nRuntimes")
    output.table([_runtime(each) for each in machine.runtimes], empty="none", narrow=True)
    if not looked_at:
        _tell_advice(output, machine.advice())
    for each in looked_at:
        name = f"{each.asked.connector}: " if each.asked.connector else ""
        output.text(f"\n{name}{each.asked.path}")
        if each.found is not None:
            _tell_connector(output, each.found, each.verdict)
        if each.problem:
            output.text(f"Problem: {each.problem}")
        _tell_advice(output, each.advice)


def _tell_connector(output: Output, found: Examination, verdict: Verdict | None) -> None:
    shown = _assembly(found)
    classes = [{"interface": name, "class": kind} for name, kind in shown.pop("classes").items()]
    output.result(shown)
    if classes:
        output.text("")
        output.table(classes)
    output.text("")
    output.table(
        [
            {"runtime": each["runtime"], "fits": each["fits"], "why": each["reason"]}
            for each in _verdicts(found)
        ]
    )
    if verdict is not None:
        _tell_references(output, f"References on {verdict.runtime}", verdict.references)
    for each in found.verdicts:
        if each is not verdict and each.missing:
            _tell_references(output, f"Missing on {each.runtime}", each.missing)
    if natives := _natives(found, verdict):
        output.text("\nNative libraries that its code names")
        output.table([_shown_native(each) for each in natives], narrow=True)


def _tell_references(output: Output, title: str, references: Iterable[Reference]) -> None:
    output.text(f"\n{title}")
    output.table([_shown(each) for each in references], narrow=True)


def _tell_advice(output: Output, advice: Iterable[str]) -> None:
    for each in advice:
        output.text(f"To do: {each}")


def _shown(reference: Reference) -> dict[str, Any]:
    remarks = [reference.remark] if reference.remark else []
    if reference.missing_types:
        remarks.append(f"without {', '.join(reference.missing_types)}")
    if reference.moved_to:
        remarks.append(f"which moved to {', '.join(reference.moved_to)}")
    if reference.stand_ins:
        remarks.append(f"with stand-ins for {', '.join(reference.stand_ins)}")
    if reference.hollow:
        remarks.append(f"by name alone: {', '.join(reference.hollow)}")
    if reference.whereabouts is Whereabouts.MISSING:
        remarks.append(f"looked in {', '.join(map(str, reference.looked_in))}")
    return {
        "name": f"{reference.name.name} {_dotted(reference.name.version)}",
        "for": reference.needed_by,
        "is": reference.whereabouts.value,
        "file": str(reference.path or ""),
        "remarks": "; ".join(remarks),
    }


def _natives(found: Examination, verdict: Verdict | None) -> tuple[NativeLibrary, ...]:
    return native_libraries(found.assembly, verdict.references if verdict else ())


def _shown_native(library: NativeLibrary) -> dict[str, Any]:
    missing = f"looked in {library.looked_in} and among those of the system"
    return {
        "name": library.name,
        "for": library.needed_by,
        "is": "there" if library.found else "missing",
        "file": library.found,
        "remarks": "" if library.found else missing,
    }


def _machine(machine: Machine) -> dict[str, Any]:
    return {
        "pythonnet": machine.pythonnet or None,
        "contract": str(machine.contract) if machine.contract else None,
        "stand_ins": str(machine.stand_ins) if machine.stand_ins else None,
        "problems": list(machine.problems),
    }


def _runtime(runtime: Runtime) -> dict[str, Any]:
    return {
        "runtime": runtime.kind.value,
        "name": str(runtime),
        "root": str(runtime.root),
        "usable": not runtime.problem,
        "problem": runtime.problem,
    }


def _assembly(found: Examination) -> dict[str, Any]:
    assembly = found.assembly
    return {
        "assembly": assembly.name.name,
        "version": _dotted(assembly.name.version),
        "built_for": assembly.target_framework,
        "processor": assembly.architecture,
        "contract": contract_version(found),
        "classes": found.classes,
        "derived_elsewhere": assembly.foreign_bases,
    }


def _connector(looked_at: LookedAt) -> dict[str, Any]:
    found, verdict = looked_at.found, looked_at.verdict
    return {
        "connector": looked_at.asked.connector,
        "path": str(looked_at.asked.path),
        "problem": looked_at.problem,
        **(_assembly(found) if found else {}),
        "best": verdict.runtime.kind.value if verdict else "",
        "runtimes": _verdicts(found) if found else [],
        "native_libraries": [
            {"name": each.name, "needed_by": each.needed_by, "found": each.found}
            for each in (_natives(found, verdict) if found else ())
        ],
        "advice": list(looked_at.advice),
    }


def _verdicts(found: Examination) -> list[dict[str, Any]]:
    return [_verdict(each) for each in found.verdicts]


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "kind": verdict.runtime.kind.value,
        "runtime": str(verdict.runtime),
        "fits": verdict.fits,
        "complete": verdict.fits and not verdict.missing,
        "reason": verdict.reason,
        "references": [_reference(each) for each in verdict.references],
    }


def _reference(reference: Reference) -> dict[str, Any]:
    return {
        "name": reference.name.name,
        "version": _dotted(reference.name.version),
        "needed_by": reference.needed_by,
        "where": reference.whereabouts.name.lower(),
        "path": str(reference.path or ""),
        "missing_types": list(reference.missing_types),
        "moved_to": list(reference.moved_to),
        "stand_ins": list(reference.stand_ins),
        "hollow": list(reference.hollow),
        "looked_in": [str(each) for each in reference.looked_in],
        "remark": reference.remark,
    }


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
