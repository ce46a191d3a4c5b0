"""``ecma2py init``: a configuration file, written by asking the connector what it needs."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from attrs import evolve

from ecma2py.cli.appending import append, existing_text, names_in
from ecma2py.cli.asking import Answers
from ecma2py.cli.drafting import Draft, connector_text, host_text
from ecma2py.cli.exits import CommandError, Exit
from ecma2py.cli.options import FOLDER, command, config_option
from ecma2py.cli.output import Output
from ecma2py.cli.suggestions import GROUP_PATHS, USER_PATHS, Suggestion, suggest, suggest_mapping
from ecma2py.cli.target import given_settings
from ecma2py.connector.loading import installed
from ecma2py.errors import ECMA2Error, Retry, StopRun
from ecma2py.host.binding import offered_steps
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.host.config_reader import nearest
from ecma2py.host.isolation import close, connector_in
from ecma2py.host.paging import check_names, fill_pages
from ecma2py.runs import ConnectorSource, Description


@command("init")
@click.argument("name")
@click.option("--type", "type_name", help="An installed connector's name, or module:Class.")
@click.option("--path", type=FOLDER, help="Where to look for the module of module:Class first.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the connector; may be repeated. A secret is given as '${VARIABLE}'.",
)
@click.option("--person", help="The object type to serve at /Users.")
@click.option("--group", help="The object type to serve at /Groups; - for none.")
@click.option("--defaults", is_flag=True, help="Ask nothing: take what --set does not give.")
@config_option
@click.pass_obj
def init(
    output: Output,
    /,
    *,
    name: str,
    type_name: str | None,
    path: Path | None,
    settings: tuple[str, ...],
    person: str | None,
    group: str | None,
    defaults: bool,
    config_file: Path,
) -> None:
    """Write a commented configuration file for a connector.

    It will be served as NAME. The connector is asked for its parameters and its schema; what it
    leaves open is asked at the terminal. A file that exists gets the connector added at its end.
    Secrets are never written: the file refers to environment variables. Nothing is written if the
    target cannot be reached, unless that is wished at the terminal.
    """
    before = existing_text(config_file)
    if name in names_in(before):
        raise click.UsageError(
            f"{config_file} has a connector {name!r} already: edit it there, or choose another "
            "name."
        )
    asks = sys.stdin.isatty() and not defaults
    chosen = type_name or _type(output, asks)
    folder = path.absolute() if path is not None else None
    factory = connector_in(name, ConnectorConfig(type=chosen, path=folder))
    click.get_current_context().call_on_close(lambda: close(factory))
    typed = given_settings(settings)
    answers = Answers(output, name, typed, asks)
    asked = ConnectorSource(factory, name=name)
    with asked.instance() as instance:
        parameters, _ = fill_pages(instance, answers)
    check_names(typed, parameters)
    draft = Draft(
        name=name,
        type=chosen,
        path=_relative(folder, config_file) if folder is not None else "",
        parameters=tuple(answers.written),
    )
    problem: ECMA2Error | None = None
    try:
        description = ConnectorSource(factory, parameters, name=name).describe()
    except (StopRun, Retry) as error:
        _go_on_without(output, error, asks)
        problem = error
    else:
        draft = _completed(output, draft, description, asks, (person, group))
    text = connector_text(draft)
    append(config_file, before, text if before else f"{host_text()}\n{text}")
    if problem is not None:
        raise CommandError(
            f"Wrote {config_file} without object types and mapping: complete it.", Exit.STOPPED
        )
    _tell(output, draft, config_file)


def _type(output: Output, asks: bool) -> str:
    names = [each.name for each in installed()]
    if not asks:
        there = ", ".join(names) or "none"
        raise click.UsageError(f"Say which connector with --type: installed are {there}.")
    output.note(f"Installed connectors: {', '.join(names) or 'none'}; or module:Class.")
    default = names[0] if len(names) == 1 else None
    return str(click.prompt("Connector", default=default, err=True))


def _relative(folder: Path, file: Path) -> str:
    try:
        return Path(os.path.relpath(folder, file.absolute().parent)).as_posix()
    except ValueError:  # another drive of Windows
        return str(folder)


def _go_on_without(output: Output, problem: ECMA2Error, asks: bool) -> None:
    """Return if a file without object types is wished; CommandError says what is wrong else."""
    told = f"The target could not be reached: {problem}"
    if asks:
        output.note(told)
    if not asks or not click.confirm("Write the file without object types?", err=True):
        told = "" if asks else f"{told} Nothing is written: mend that, and run ecma2py init again."
        raise CommandError(told, Exit.STOPPED) from problem


def _completed(
    output: Output,
    draft: Draft,
    description: Description,
    asks: bool,
    given: tuple[str | None, str | None],
) -> Draft:
    style = description.capabilities.distinguished_name_style
    types = description.schema.types
    person, group = given
    for name in (person, None if group == "-" else group):
        if name is not None and name not in types:
            raise click.UsageError(f"There is no object type {name!r}: {nearest(name, types)}")
    found = suggest(description.schema, style)
    if asks:
        person = person or _asked("Object type of people", found.person, list(types))
        group = group or _asked(
            "Object type of groups, - for none", found.group or "-", [*types, "-"]
        )
    person, group = person or found.person, group or found.group
    found = suggest_mapping(
        description.schema, style, person, None if group in ("-", person) else group
    )
    if asks:
        found = _edited(output, found)
    return evolve(
        draft,
        schema=description.schema,
        suggestion=found,
        has_delta=description.capabilities.delta_import,
        partitions=tuple(each.dn for each in description.partitions),
        run_steps=tuple(offered_steps(description)),
    )


def _asked(prompt: str, default: str, choices: list[str]) -> str:
    kind = click.Choice(choices)
    return str(click.prompt(prompt, default=default, type=kind, show_choices=True, err=True))


def _edited(output: Output, found: Suggestion) -> Suggestion:
    """The mapping as the administrator wants it."""
    for title, mapping in (("User", found.user), ("Group", found.group_mapping)):
        if mapping:
            output.note(f"\n{title}:")
        for path, attribute in mapping.items():
            output.note(f"  {path} = {attribute}")
    if click.confirm("Take this mapping? It can be edited in the file.", default=True, err=True):
        return found
    user = _each(USER_PATHS, found.user)
    return evolve(found, user=user, group_mapping=_each(GROUP_PATHS, found.group_mapping))


def _each(paths: Mapping[str, str], mapping: Mapping[str, str]) -> dict[str, str]:
    if not mapping:
        return {}
    typed = {
        path: str(click.prompt(f"{path} (- for none)", default=mapping.get(path, "-"), err=True))
        for path in paths
    }
    return {path: attribute for path, attribute in typed.items() if attribute != "-"}


def _tell(output: Output, draft: Draft, file: Path) -> None:
    found = draft.suggestion
    option = "" if file == Path("ecma2py.toml") else f" --config {file}"
    commands = [
        f"ecma2py check{option}",
        f"ecma2py token create {draft.name}{option}",
        f"ecma2py serve{option}",
    ]
    data: dict[str, Any] = {
        "file": str(file),
        "connector": draft.name,
        "person": found and found.person,
        "group": found and found.group,
        "mapping": {"User": found.user, "Group": found.group_mapping} if found else {},
        "environment": list(draft.secrets),
        "next": commands,
    }
    groups = f"groups are {found.group!r}" if found and found.group else "groups there are none"
    types = f"People are {found.person!r}, {groups}. " if found else ""
    needed = f"Set {', '.join(draft.secrets)} in the environment. " if draft.secrets else ""
    lines = "\n".join(f"  {each}" for each in commands)
    output.done(data, f"Wrote {file}. {types}{needed}Look it over, and go on with\n{lines}")
