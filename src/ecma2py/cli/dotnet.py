"""``ecma2py dotnet``: whether connectors written for .NET can run on this machine."""

from collections.abc import Iterator
from os import environ
from pathlib import Path

import click

from ecma2py.cli.dotnet_report import Asked, LookedAt, tell
from ecma2py.cli.exits import CommandError, Exit
from ecma2py.cli.options import FILE, config_option, group
from ecma2py.cli.output import Output
from ecma2py.clr import DotNetError
from ecma2py.clr.doctor import Machine, best, look
from ecma2py.clr.metadata import NotAnAssemblyError
from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.clr.suitability import Examination
from ecma2py.connector.loading import is_dll
from ecma2py.host.config import load
from ecma2py.host.secrets import AnyVariable


@group("dotnet")
def dotnet() -> None:
    """Find out about connectors written for .NET."""


@dotnet.command("doctor")
@click.argument("dlls", metavar="[DLL]...", nargs=-1, type=FILE)
@click.option(
    "--runtime",
    type=click.Choice([each.value for each in RuntimeKind]),
    help="The runtime to take, rather than the one that fits best.",
)
@click.option("--contract", type=FILE, help="A genuine contract assembly to take, not ecma2py's.")
@config_option
@click.pass_context
def doctor(
    context: click.Context,
    /,
    *,
    dlls: tuple[Path, ...],
    runtime: str | None,
    contract: Path | None,
    config_file: Path,
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
    kind = RuntimeKind(runtime) if runtime else None
    asked = [Asked(path.absolute(), kind) for path in dlls]
    if not dlls and (named or config_file.exists()):
        asked = list(_configured(config_file, kind))
    machine = look(contract)
    looked_at = [_look_at(each, machine) for each in asked]
    tell(output, machine, looked_at)
    worst = max([Exit.OK if machine.ready else Exit.FAILED, *(each.code for each in looked_at)])
    if worst is not Exit.OK:
        raise CommandError("", worst)


def _configured(file: Path, kind: RuntimeKind | None) -> Iterator[Asked]:
    config = load(file, AnyVariable(environ))
    for name, table in config.connectors.items():
        if is_dll(table.type):
            wanted = RuntimeKind(table.wanted_runtime) if table.wanted_runtime else None
            yield Asked(table.dll.absolute(), kind or wanted, table.contract, name)


def _look_at(asked: Asked, machine: Machine) -> LookedAt:
    """Look at a DLL; what is wrong with its file keeps no other from being looked at."""
    try:
        if asked.contract is not None:
            machine = look(asked.contract)
        found = machine.examine(asked.path)
    except (DotNetError, NotAnAssemblyError) as error:
        return LookedAt(asked, machine, problem=str(error), code=Exit.USAGE)
    except OSError as error:
        told = f"{error.filename or asked.path} cannot be read: {error.strerror}"
        return LookedAt(asked, machine, problem=told, code=Exit.USAGE)
    problem = _problem(found, asked.kind)
    return LookedAt(asked, machine, found, problem, Exit.FAILED if problem else Exit.OK)


def _problem(found: Examination, kind: RuntimeKind | None) -> str:
    if not (found.classes or found.assembly.foreign_bases):
        return "no public class of it has an ECMA2 interface: it is no connector"
    if best(found, kind) is not None:
        return ""
    return f"{kind.title} does not run it here" if kind else "no runtime here runs it"
