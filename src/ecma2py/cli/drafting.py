"""A commented configuration file, as text."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from textwrap import wrap

from attrs import field, frozen

from ecma2py.cli.asking import Written
from ecma2py.cli.suggestions import GROUP_PATHS, USER_PATHS, Suggestion
from ecma2py.host.binding import RunStep
from ecma2py.host.config import HostConfig
from ecma2py.host.config_connectors import ConnectorConfig, ImportConfig, ScimConfig
from ecma2py.host.config_docs import meanings
from ecma2py.host.toml_text import toml_key, toml_text
from ecma2py.parameters import ConfigParameterPage, ConfigParameterType
from ecma2py.schema import Schema, SchemaType
from ecma2py.scim.mapping import single_values_for
from ecma2py.steps import GUARD_SHARE

_WIDTH = 98


@frozen(kw_only=True)
class Draft:
    """What is known of the connector to be configured."""

    name: str
    type: str
    path: str = ""
    """As it is to stand in the file; empty for an installed connector."""
    parameters: tuple[Written, ...]
    schema: Schema | None = None
    """None if the target could not be reached."""
    suggestion: Suggestion | None = None
    has_delta: bool = False
    partitions: tuple[str, ...] = ()
    """The DNs of the connector's partitions."""
    run_steps: tuple[RunStep, ...] = tuple(RunStep)
    """The runs there are, or may be if the target could not be reached."""
    secrets: tuple[str, ...] = field(init=False)
    """The environment variables that must be set."""

    @secrets.default
    def _secrets(self) -> tuple[str, ...]:
        return tuple(each.variable for each in self.parameters if each.variable and each.text)


def host_text() -> str:
    """The part of a new file that is not about a connector."""
    lines = [
        "# `ecma2py check` tries this file, `ecma2py serve` serves it, and a running host takes a",
        "# change over with `ecma2py reload`. ${NAME} is the environment variable NAME.",
        "# A line with a # before the key shows what holds when the key is left out.",
        "",
        "[host]",
        *_meaning(HostConfig, "listen"),
        '# listen = "127.0.0.1:8585"',
        *_meaning(HostConfig, "names"),
        "# names = []",
        *_meaning(HostConfig, "base_url"),
        '# base_url = "https://localhost:8585"',
        *_meaning(HostConfig, "state"),
        '# state = "state"',
    ]
    return "\n".join(lines) + "\n"


def connector_text(draft: Draft) -> str:
    """The tables of one connector."""
    return "\n".join(_connector(draft)) + "\n"


def _connector(draft: Draft) -> Iterator[str]:
    table = f"connectors.{toml_key(draft.name)}"
    yield f"[{table}]"
    yield f"type = {toml_text(draft.type)}"
    if draft.path:
        yield f"path = {toml_text(draft.path)}"
    found = draft.suggestion
    if found is None:
        yield "# The target could not be reached, so its object types are not known here."
    for key, value in (("person", found and found.person), ("group", found and found.group)):
        yield from _meaning(ConnectorConfig, key)
        yield f"{key} = {toml_text(value)}" if value else f'# {key} = "..."'
    yield from _meaning(ConnectorConfig, "types")
    names = list(draft.schema.types) if draft.schema is not None else []
    yield f"# types = [{', '.join(map(toml_text, names))}]"
    yield ""
    yield f"[{table}.parameters]"
    yield from _parameters(draft)
    yield from _overlays(table, draft)
    yield ""
    yield f"[{table}.import]"
    yield from _meaning(ImportConfig, "interval_minutes")
    yield "# interval_minutes = 120"
    if draft.has_delta:
        yield from _meaning(ImportConfig, "delta_minutes")
        yield "# delta_minutes = 0"
    yield from _meaning(ImportConfig, "removal_guard")
    yield f"# removal_guard = {GUARD_SHARE}"
    yield ""
    yield f"[{table}.scim]"
    yield from _meaning(ScimConfig, "patch_response")
    yield "# patch_response = 204"
    if found is not None and draft.schema is not None:
        yield from _single_values(f"{table}.scim.single_value", draft.schema, found)
        yield from _mapping(f"{table}.scim.mapping.User", draft.schema.types[found.person], found)
        if found.group is not None:
            group = draft.schema.types[found.group]
            yield from _mapping(f"{table}.scim.mapping.Group", group, found)


def _parameters(draft: Draft) -> Iterator[str]:
    for page, several in groupby(draft.parameters, key=lambda each: each.page):
        number = f" {page.number}" if page.number > 1 else ""
        yield f"# -- {page.page.name.replace('_', ' ').lower()}{number}"
        for each in several:
            yield from _comment(each.definition.text)
            if each.definition.values:
                yield from _comment(f"One of {', '.join(each.definition.values)}.")
            if each.variable:
                yield from _comment(
                    f"A secret: set the environment variable {each.variable} where the host starts."
                )
            yield from _parameter(each)


def _overlays(table: str, draft: Draft) -> Iterator[str]:
    """A table for each partition and each run with parameters of its own, to be filled in."""
    tables = {
        ConfigParameterPage.PARTITION: [f"partitions.{toml_key(dn)}" for dn in draft.partitions],
        ConfigParameterPage.RUN_STEP: [f"run_steps.{step}" for step in draft.run_steps],
    }
    for page, names in tables.items():
        written = [each for each in draft.parameters if each.page.page is page]
        for name in names if written else ():
            yield ""
            yield f"[{table}.{name}]"
            yield from _comment(f"What differs here from [{table}.parameters].")
            for each in written:
                yield from (f"# {line}" for line in _assignment(each).split("\n"))


def _parameter(each: Written) -> Iterator[str]:
    # Text of several lines is there to be edited, and may be what the target says today.
    is_left_out = each.text == each.default and "\n" not in each.text
    yield f"{'# ' if is_left_out else ''}{_assignment(each)}"


def _assignment(each: Written) -> str:
    text = each.text or (f"${{{each.variable}}}" if each.variable else "")
    value = toml_text(text)
    if each.definition.type is ConfigParameterType.CHECK_BOX:
        value = "true" if text == "1" else "false"
    return f"{toml_key(each.definition.name)} = {value}"


def _single_values(table: str, schema: Schema, found: Suggestion) -> Iterator[str]:
    """The multi-valued attributes that the mapping needs with one value, if there are any."""
    needed = {found.person: single_values_for(schema.types[found.person], "User", found.user)}
    if found.group is not None:
        kind = schema.types[found.group]
        needed[found.group] = single_values_for(kind, "Group", found.group_mapping)
    if any(needed.values()):
        yield ""
        yield f"[{table}]"
        yield from _meaning(ScimConfig, "single_value")
    for name, attributes in needed.items():
        if attributes:
            yield f"{toml_key(name)} = [{', '.join(map(toml_text, attributes))}]"


def _mapping(table: str, kind: SchemaType, found: Suggestion) -> Iterator[str]:
    is_user = table.endswith("User")
    chosen: Mapping[str, str] = found.user if is_user else found.group_mapping
    yield ""
    yield f"[{table}]"
    yield from _comment(
        "SCIM attribute = attribute of the connector. All of the connector's attributes are "
        "published under names of their own; these have their usual SCIM name as well."
    )
    anchors = ", ".join(kind.anchor_attributes)
    names = ", ".join(kind.attributes)
    yield from _comment(f"{kind.name} has {names}; its anchor is {anchors}.")
    for path in USER_PATHS if is_user else GROUP_PATHS:
        if path in chosen:
            yield f"{toml_key(path)} = {toml_text(chosen[path])}"
        else:
            yield f'# {toml_key(path)} = ""'


def _meaning(cls: type, key: str) -> Iterator[str]:
    yield from _comment(meanings(cls)[key].replace("``", "`"))


def _comment(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for part in wrap(line, _WIDTH - 2):
            yield f"# {part}"
