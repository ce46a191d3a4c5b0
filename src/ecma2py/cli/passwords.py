"""``ecma2py password``: one password set or changed; it is never an argument."""

import sys
from typing import Any

import click

from ecma2py.cli.options import command, connector_options
from ecma2py.cli.output import Output
from ecma2py.cli.target import Target, open_target
from ecma2py.entries import CSEntryChange
from ecma2py.parameters import SecureString
from ecma2py.runs import PasswordSession
from ecma2py.schema import SchemaAttribute, Value
from ecma2py.steps import PasswordOptions
from ecma2py.values import parse_value


@command("password")
@connector_options
@click.argument("anchor", nargs=-1)
@click.option("--object-type", help="The object's type; the person type if left out.")
@click.option("--dn", help="The object's DN, where the connector needs it.")
@click.option("--stdin", is_flag=True, help="Read the password from a line of standard input.")
@click.option("--change", is_flag=True, help="Change it: the old password is asked for first.")
@click.option("--must-change", is_flag=True, help="The person must choose another at log-on.")
@click.option("--unlock", is_flag=True, help="Unlock the account as well.")
@click.option(
    "--allow-not-secure",
    is_flag=True,
    help="Go on even if the connector does not call its connection secure.",
)
@click.pass_obj
def password(
    output: Output,
    /,
    *,
    anchor: tuple[str, ...],
    object_type: str | None,
    dn: str | None,
    stdin: bool,
    change: bool,
    must_change: bool,
    unlock: bool,
    allow_not_secure: bool,
    **options: Any,
) -> None:
    """Set the password of the object with this ANCHOR.

    NAME comes first unless --type is given. A compound ANCHOR is written as component=value, each
    as an argument of its own. The password is asked for, or read from standard input; with
    --change the old one comes before it, on a line of its own.
    """
    if options["type_name"] is not None and options["name"] is not None:
        anchor, options["name"] = (options["name"], *anchor), None
    if not anchor:
        raise click.UsageError("Say whose password: give the object's ANCHOR.")
    target = open_target(output, options)
    entry = _entry(target, anchor, object_type, dn)
    old = _read(output, "Old password", from_stdin=stdin) if change else None
    new = _read(output, "New password", from_stdin=stdin)
    session = PasswordSession(
        target.source, partition=target.partition(), allow_not_secure=allow_not_secure
    )
    try:
        if old is not None:
            session.change_password(entry, old, new)
        else:
            session.set_password(entry, new, _password_options(must_change, unlock))
    finally:
        session.close()
    output.done({"result": "success"}, "The password is set.")


def _password_options(must_change: bool, unlock: bool) -> PasswordOptions:
    chosen = PasswordOptions.NONE
    if must_change:
        chosen |= PasswordOptions.FORCE_CHANGE_AT_LOG_ON
    if unlock:
        chosen |= PasswordOptions.UNLOCK_ACCOUNT
    return chosen


def _read(output: Output, prompt: str, *, from_stdin: bool) -> SecureString:
    if from_stdin:
        text = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        text = click.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True)
    else:
        raise click.UsageError("No terminal to ask for the password: use --stdin.")
    if not text:
        raise click.UsageError("The password is empty.")
    output.hide([text])
    return SecureString(text)


def _entry(
    target: Target, anchor: tuple[str, ...], object_type: str | None, dn: str | None
) -> CSEntryChange:
    types = target.types().types
    name = object_type or target.config.person_type(types)
    if name not in types:
        raise click.UsageError(f"There is no object type {name!r}: there are {', '.join(types)}.")
    components = types[name].anchor_attributes
    given: dict[str, str] = {}
    if len(anchor) == len(components) == 1:
        given = dict.fromkeys(components, anchor[0])
    else:
        for each in anchor:
            component, equals, value = each.partition("=")
            if not equals:
                raise click.UsageError(f"The anchor of a {name} is {_form(components)}.")
            given[component] = value
    if given.keys() != components.keys():
        raise click.UsageError(f"The anchor of a {name} is {_form(components)}.")
    values = {each: _value(components[each], text) for each, text in given.items()}
    return CSEntryChange.update(name, values, dn=dn)


def _form(components: dict[str, SchemaAttribute]) -> str:
    return "one value" if len(components) == 1 else " ".join(f"{each}=..." for each in components)


def _value(component: SchemaAttribute, text: str) -> Value:
    try:
        return parse_value(component.data_type, text)
    except ValueError as error:
        raise click.UsageError(f"The anchor {component.name!r} must be {error}.") from None
