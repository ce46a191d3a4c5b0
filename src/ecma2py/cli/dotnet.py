"""``ecma2py dotnet``: whether connectors written for .NET can run on this machine."""

from collections.abc import Iterable, Iterator
from os import environ
from pathlib import Path
from typing import Any

import click
from attrs import define, field, frozen

from ecma2py.cli.exits import CommandError, Exit
from ecma2py.cli.options import FILE, config_option, group
from ecma2py.cli.output import Output
from ecma2py.clr.doctor import Machine, best, contract_version, look
from ecma2py.clr.metadata import NotAnAssemblyError
from ecma2py.clr.references import Reference, Whereabouts
from ecma2py.clr.runtimes import Runtime
from ecma2py.clr.suitability import Examination, Verdict
from ecma2py.connector.loading import is_dll
from ecma2py.host.config import load
from ecma2py.host.secrets import AnyVariable


@group("dotnet")
def dotnet() -> None:
    """Find out about connectors written for .NET."""


@dotnet.command("doctor")
@click.argument("dlls", metavar="[DLL]...", nargs=-1, type=FILE)
@click.option("--contract", type=FILE, help="A genuine contract assembly, to be used for ours.")
@config_option
@click.pass_context
def doctor(
    context: click.Context, /, *, dlls: tuple[Path, ...], contract: Path | None, config_file: Path
) -> None:
    """Tell what the DLLs of connectors need, and what of it this machine has.

    Each DLL is looked at, or else each that the configuration file names: what it is, which
    interfaces its classes have, which runtime fits it and why, where its references are, and what
    to install. Without any, the runtimes alone are told. Files are read; nothing of a DLL runs. It
    ends with 1 if a DLL, or without any .NET itself, cannot be run.
    """
    output: Output = context.obj
    named = context.get_parameter_source("config_file") is click.core.ParameterSource.COMMANDLINE
    if dlls and named:
        raise click.UsageError("Name DLLs, or a configuration file that names them, not both.")
    asked = [_Asked(path.absolute()) for path in dlls]
    if not dlls and (named or config_file.exists()):
        asked = list(_configured(config_file))
    report = _Report(look(contract))
    for each in asked:
        report.add(each)
    report.tell(output)


@frozen
class _Asked:
    """A DLL to look at."""

    path: Path
    connector: str = ""
    """What the configuration calls it."""


def _configured(file: Path) -> Iterator[_Asked]:
    config = load(file, AnyVariable(environ))
    for name, table in config.connectors.items():
        if is_dll(table.type):
            yield _Asked((table.path or config.path.absolute().parent) / table.type, name)


@define
class _Report:
    """What was found, of the machine and of each DLL."""

    machine: Machine
    looked_at: list[tuple[_Asked, Examination | None, str]] = field(factory=list)
    worst: Exit = Exit.OK

    def add(self, asked: _Asked) -> None:
        """Look at a DLL; what is wrong with the file keeps no other from being looked at."""
        try:
            found = self.machine.examine(asked.path)
        except (NotAnAssemblyError, OSError) as error:
            self.looked_at.append((asked, None, str(error)))
            self.worst = Exit.USAGE
            return
        problem = ""
        if not _is_connector(found):
            problem = "no public class of it has an ECMA2 interface: it is no connector"
        elif best(found) is None:
            problem = "no runtime here runs it"
        self.looked_at.append((asked, found, problem))
        if problem and self.worst is Exit.OK:
            self.worst = Exit.FAILED

    def tell(self, output: Output) -> None:
        """Everything, and the exit code."""
        if not self.machine.ready and self.worst is Exit.OK:
            self.worst = Exit.FAILED
        if output.as_json:
            output.document(self._document())
        else:
            self._tell(output)
        if self.worst is not Exit.OK:
            raise CommandError("", self.worst)

    def _document(self) -> dict[str, Any]:
        return {
            **_machine(self.machine),
            "runtimes": [_runtime(each) for each in self.machine.runtimes],
            "connectors": [
                _connector(self.machine, asked, found, problem)
                for asked, found, problem in self.looked_at
            ],
            "advice": list(self.machine.advice()),
        }

    def _tell(self, output: Output) -> None:
        machine = _machine(self.machine)
        output.result({name: "missing" if each is None else each for name, each in machine.items()})
        output.text("\nRuntimes")
        rows = [_runtime(each) for each in self.machine.runtimes]
        output.table(rows, empty="none", narrow=True)
        if not self.looked_at:
            _tell_advice(output, self.machine.advice())
        for asked, found, problem in self.looked_at:
            name = f"{asked.connector}: " if asked.connector else ""
            output.text(f"\n{name}{asked.path}")
            if found is not None:
                _tell_connector(output, found)
            if problem:
                output.text(f"Problem: {problem}")
            if found is not None:
                _tell_advice(output, self.machine.advice(found))


def _is_connector(found: Examination) -> bool:
    """Whether some class is one of ECMA2's, or has a base elsewhere that may be."""
    return bool(found.classes or found.assembly.foreign_bases)


def _tell_connector(output: Output, found: Examination) -> None:
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
    verdict = best(found)
    if verdict is not None:
        _tell_references(output, f"References on {verdict.runtime}", verdict.references)
    for each in found.verdicts:
        if each is not verdict and each.missing:
            _tell_references(output, f"Missing on {each.runtime}", each.missing)


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
    if reference.whereabouts is Whereabouts.MISSING:
        remarks.append(f"looked in {', '.join(map(str, reference.looked_in))}")
    return {
        "name": f"{reference.name.name} {_dotted(reference.name.version)}",
        "for": reference.needed_by,
        "is": reference.whereabouts.value,
        "file": str(reference.path or ""),
        "remarks": "; ".join(remarks),
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


def _connector(
    machine: Machine, asked: _Asked, found: Examination | None, problem: str
) -> dict[str, Any]:
    verdict = best(found) if found is not None else None
    return {
        "connector": asked.connector,
        "path": str(asked.path),
        "problem": problem,
        **(_assembly(found) if found is not None else {}),
        "best": verdict.runtime.kind.value if verdict else "",
        "runtimes": _verdicts(found) if found is not None else [],
        "advice": list(machine.advice(found)) if found is not None else [],
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
        "looked_in": [str(each) for each in reference.looked_in],
        "remark": reference.remark,
    }


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
