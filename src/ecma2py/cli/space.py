"""``ecma2py space``: what the host has stored of a connector's objects."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from attrs import frozen

from ecma2py.cli.exits import CommandError
from ecma2py.cli.options import config_option, group
from ecma2py.cli.output import Output
from ecma2py.cli.target import bound, configured, read_config
from ecma2py.host.config import Config
from ecma2py.host.config_reader import nearest
from ecma2py.host.planning import selected
from ecma2py.host.remembered import recall
from ecma2py.schema import AttributeType, Schema, Value
from ecma2py.space import SpaceObject, SqliteSpace
from ecma2py.values import parse_value

_PAGE = 500
_SHOWN_REFERENCES = 20


@group("space")
def space() -> None:
    """Look into what the host has stored.

    The space of a connector is what the host serves: the objects of the last import and every
    change since. It can be read while the host runs and while it does not.
    """


@frozen
class OpenSpace:
    """A connector's space with the schema it was stored by."""

    name: str
    config: Config
    schema: Schema
    space: SqliteSpace

    def __enter__(self) -> "OpenSpace":
        return self

    def __exit__(self, *_: object) -> None:
        self.space.close()


def open_space(output: Output, config_file: Path, name: str | None) -> OpenSpace:
    """The space of a connector; CommandError if there is none yet."""
    config = read_config(config_file, output)
    connector, table = configured(config, name)
    folder = config.host.state / connector
    if not (folder / "space.db").exists():
        raise CommandError(
            f"There is no space of {connector} yet: ecma2py serve fills one by its first import."
        )
    # What the host knows is enough: the target need not be up.
    description = recall(folder / "description.json") or bound(connector, table).describe()
    schema = selected(table, description.schema)
    opened = SqliteSpace.open(
        folder / "space.db",
        connector=connector,
        schema=schema,
        dn_style=description.capabilities.distinguished_name_style,
        normalizations=description.capabilities.normalizations,
    )
    return OpenSpace(connector, config, schema, opened)


@space.command("search")
@click.argument("name", required=False)
@click.argument("condition", required=False)
@click.option("--object-type", help="Only objects of this type.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="The most objects to list; 0 for all.",
)
@config_option
@click.pass_obj
def search(
    output: Output,
    /,
    *,
    name: str | None,
    condition: str | None,
    object_type: str | None,
    limit: int,
    config_file: Path,
) -> None:
    """List the objects of a space.

    CONDITION, written ATTRIBUTE=VALUE, chooses those that have the value. With --json each object
    is a line.
    """
    if condition is None and name is not None and "=" in name:
        name, condition = None, name
    with open_space(output, config_file, name) as opened:
        found = _found(opened, condition, object_type)
        rows = []
        for number, each in enumerate(found):
            if limit and number >= limit:
                output.note(f"There are more than {limit}: --limit 0 lists all.")
                break
            if output.as_json:
                output.line(described(each) | {"attributes": each.attributes})
            else:
                rows.append(described(each))
        if not output.as_json:
            output.table(rows, empty="No object found.")


def _found(
    opened: OpenSpace, condition: str | None, object_type: str | None
) -> Iterator[SpaceObject]:
    if object_type is not None and object_type not in opened.schema.types:
        names = ", ".join(opened.schema.types)
        raise click.UsageError(f"There is no object type {object_type!r}: there are {names}.")
    kinds = {
        name: kind for name, kind in opened.schema.types.items() if object_type in (None, name)
    }
    attribute, equals, text = (condition or "").partition("=")
    if condition is not None and not equals:
        raise click.UsageError(f"{condition!r} is no condition: write ATTRIBUTE=VALUE.")
    if condition is not None and not any(attribute in each.attributes for each in kinds.values()):
        there = {name: None for each in kinds.values() for name in each.attributes}
        raise click.UsageError(f"There is no attribute {attribute!r}: {nearest(attribute, there)}")
    for type_name, kind in kinds.items():
        if condition is None:
            yield from _all(opened.space, type_name)
            continue
        known = kind.attributes.get(attribute)
        if known is not None:
            try:
                value = parse_value(known.data_type, text)
            except ValueError as error:
                raise click.UsageError(f"{attribute!r} must be {error}.") from None
            yield from opened.space.find(type_name, attribute, value)


def _all(space: SqliteSpace, object_type: str) -> Iterator[SpaceObject]:
    after = 0
    while page := space.scan(object_type, after, _PAGE):
        yield from page
        after = page[-1].row


def described(found: SpaceObject) -> dict[str, Any]:
    """What an object is called, and when it was made and changed."""
    return {
        "id": found.id,
        "object_type": found.object_type,
        "anchor": {name: _plain(value) for name, value in found.anchor.items()},
        "dn": found.dn,
        "version": found.version,
        "created": found.created,
        "modified": found.modified,
    }


def _plain(value: Value) -> str | int | bool:
    return value.hex() if isinstance(value, bytes) else value


@space.command("show")
@click.argument("words", nargs=-1, required=True, metavar="[NAME] OBJECT_ID")
@config_option
@click.pass_obj
def show(output: Output, /, *, words: tuple[str, ...], config_file: Path) -> None:
    """Show one object with all its attributes.

    OBJECT_ID is its SCIM id, its DN or its anchor.
    """
    *names, object_id = words
    if len(names) > 1:
        raise click.UsageError("Give one connector's name and one object at most.")
    with open_space(output, config_file, names[0] if names else None) as opened:
        found = opened.space.by_id(object_id) or opened.space.by_dn(object_id)
        found = found or _by_anchor(opened, object_id)
        if found is None:
            raise CommandError(f"{opened.name} has no object {object_id!r}.")
        attributes = found.attributes | _references(output, opened, found)
        if output.as_json:
            output.document(described(found) | {"attributes": attributes})
        else:
            output.result(described(found))
            output.result(dict(sorted(attributes.items())), title="\nAttributes")


def _by_anchor(opened: OpenSpace, text: str) -> SpaceObject | None:
    for name, kind in opened.schema.types.items():
        components = kind.anchor_attributes
        if len(components) == 1:
            ((component, known),) = components.items()
            with suppress(ValueError):  # what no such anchor can be
                anchor = {component: parse_value(known.data_type, text)}
                if (found := opened.space.by_anchor(name, anchor)) is not None:
                    return found
    return None


def _references(output: Output, opened: OpenSpace, found: SpaceObject) -> dict[str, Any]:
    """The multi-valued references of an object: all of them for a program, some for people."""
    shown: dict[str, Any] = {}
    kind = opened.schema.types.get(found.object_type)
    for name, each in kind.attributes.items() if kind is not None else ():
        if not (each.is_multi_valued and each.data_type is AttributeType.REFERENCE):
            continue
        count = opened.space.count_references(found.row, name)
        limit = None if output.as_json else _SHOWN_REFERENCES
        texts = list(opened.space.references(found.row, name, limit=limit))
        if len(texts) < count:
            texts.append(f"... {count:,} in all")
        if texts:
            shown[name] = texts
    return shown
