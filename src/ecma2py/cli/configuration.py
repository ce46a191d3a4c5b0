"""``ecma2py config``: configurations of Microsoft's hosts, brought here and given back."""

from collections.abc import Iterable
from datetime import datetime
from os import environ
from pathlib import Path
from typing import Any

import click

from ecma2py.cli.appending import append, existing_text, names_in
from ecma2py.cli.exits import CommandError
from ecma2py.cli.options import FILE, config_option, group
from ecma2py.cli.output import Output
from ecma2py.cli.target import configured
from ecma2py.host.config import load
from ecma2py.host.files import write_private
from ecma2py.host.foreign.exporting import Exported, export_document
from ecma2py.host.foreign.importing import Imported, import_document, read_document
from ecma2py.host.foreign.remarks import Remark
from ecma2py.host.foreign.tree import LARGEST_FILE
from ecma2py.host.secrets import AnyVariable


@group("config")
def config() -> None:
    """Bring configurations of Microsoft's hosts here, and give them back.

    No secret crosses in either direction: each command says what is to be entered.
    """


@config.command("import")
@click.argument("file", type=FILE)
@click.option("--name", help="What to call the connector; the name it has there if left out.")
@config_option
@click.pass_obj
def import_config(output: Output, /, *, file: Path, name: str | None, config_file: Path) -> None:
    """Take over the connectors of FILE, an XML file of Microsoft's.

    FILE is an export of the ECMA host's wizard, or of "Export Management Agent" in MIM. A
    configuration file that exists gets the connectors added at its end. What could not be taken
    over is told, and stands in the file as a comment. Generic SQL becomes `sql`, Generic LDAP
    `ldap`; any other DLL keeps its name and parameters, and runs as it is.
    """
    before = existing_text(config_file)
    document = read_document(_content(file), str(file))
    taken = names_in(before)
    imported = import_document(document, str(file), name=name, taken=taken, with_host=not before)
    append(config_file, before, imported.text)
    _tell_import(output, imported, config_file)


@config.command("export")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--ecma2host",
    is_flag=True,
    required=True,
    help="In the XML of Microsoft's ECMA host, the one form there is.",
)
@click.option("--output", "-o", "target", type=FILE, help="Write a file, not standard output.")
@config_option
@click.pass_obj
def export_config(
    output: Output,
    /,
    *,
    names: tuple[str, ...],
    ecma2host: bool,
    target: Path | None,
    config_file: Path,
) -> None:
    """Write connectors as XML that the wizard of Microsoft's ECMA host imports.

    These are the connectors called NAME, or all that Microsoft's host can load: DLLs, `sql` and
    `ldap`. What has no place there is told. Secrets are left empty, whether or not their variables
    are set here.
    """
    found = load(config_file, AnyVariable(environ))
    output.hide(found.secrets)
    chosen = [configured(found, name)[0] for name in names]
    exported = export_document(found, chosen, datetime.now().astimezone())
    if target is not None:
        _write(target, exported.text.encode())
    _tell_export(output, exported, target)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}") from error


def _write(file: Path, content: bytes) -> None:
    try:
        write_private(file, content)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error


def _tell_import(output: Output, imported: Imported, file: Path) -> None:
    option = "" if file == Path("ecma2py.toml") else f" --config {file}"
    commands = [
        f"ecma2py check{option}",
        *(f"ecma2py token create {name}{option}" for name in imported.connectors),
        f"ecma2py serve{option}",
    ]
    data: dict[str, Any] = {
        "file": str(file),
        "connectors": list(imported.connectors),
        "left_out": _rows(imported.left_out),
        "hints": _rows(imported.hints),
        "environment": list(imported.variables),
        "next": commands,
    }
    _note(output, imported.left_out, imported.hints, "Not taken over")
    names = ", ".join(imported.connectors)
    needed = ", ".join(imported.variables)
    needed = f"Secrets are not in such files: set {needed} in the environment. " if needed else ""
    lines = "\n".join(f"  {each}" for each in commands)
    output.done(data, f"Wrote {file} with {names}. {needed}Look it over, and go on with\n{lines}")


def _tell_export(output: Output, exported: Exported, file: Path | None) -> None:
    secrets = [{"connector": name, "parameter": each} for name, each in exported.secrets]
    data: dict[str, Any] = {
        "file": str(file or ""),
        "connectors": list(exported.connectors),
        "left_out": _rows(exported.left_out),
        "hints": _rows(exported.hints),
        "secrets": secrets,
    }
    _note(output, exported.left_out, exported.hints, "Left out")
    if exported.secrets and not output.as_json:
        shown = ", ".join(f"{each!r} of {name}" for name, each in exported.secrets)
        output.note(f"Enter in the wizard: {shown}, and the secret token of each connector.")
    if file is None:
        output.done({**data, "xml": exported.text}, exported.text.removesuffix("\n"))
    else:
        output.done(data, f"Wrote {file} with {', '.join(exported.connectors)}.")


def _note(output: Output, left_out: Iterable[Remark], hints: Iterable[Remark], title: str) -> None:
    if not output.as_json:
        output.note("\n".join(f"{title}: {each}." for each in left_out))
        output.note("\n".join(f"To look at: {each}." for each in hints))


def _rows(remarks: Iterable[Remark]) -> list[dict[str, str]]:
    return [
        {"connector": each.connector, "about": each.about, "reason": each.text} for each in remarks
    ]
