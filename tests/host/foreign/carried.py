"""Configurations carried over and back, and what differs afterwards."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
from attrs import evolve

from ecma2py.host.config import Config, parse
from ecma2py.host.config_reader import join_key, key_of, settings_fields
from ecma2py.host.foreign.exporting import Exported, export_document
from ecma2py.host.foreign.importing import Imported, import_document, read_document

NOW = datetime(2024, 3, 5, 14, 7, tzinfo=UTC)
FILE = Path("/etc/ecma2py/ecma2py.toml")


class Same(Mapping[str, str]):
    """An environment in which all variables are alike: what one is called makes no difference."""

    def __getitem__(self, name: str) -> str:
        return "x"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def read(text: str) -> Config:
    """The configuration in a text, as the host takes it."""
    return parse(text, FILE, Same())


def imported(content: str | bytes, **options: Any) -> Imported:
    """What a foreign file comes to."""
    given = content.encode() if isinstance(content, str) else content
    return import_document(read_document(given, "a.xml"), "a.xml", **options)


def tables(content: str | bytes, **options: Any) -> dict[str, Any]:
    """What a foreign file comes to, as TOML has it."""
    found = imported(content, **options)
    read(found.text)
    return tomllib.loads(found.text)


def exported(config: Config, *names: str) -> Exported:
    """What a configuration comes to there."""
    return export_document(config, names, NOW)


def flat(value: Any, *path: str) -> dict[str, Any]:
    """Every setting of a configuration by its dotted key; a list whose order says nothing sorted."""
    if attrs.has(type(value)) and settings_fields(type(value)):
        inner = {key_of(each): getattr(value, each.name) for each in settings_fields(type(value))}
    elif isinstance(value, Mapping):
        inner = dict(value)
    else:
        return {join_key(*path): sorted(value) if isinstance(value, tuple) else value}
    return {
        key: item for name, each in inner.items() for key, item in flat(each, *path, name).items()
    }


def differences(before: Config, after: Config) -> set[str]:
    """The keys of what one of two configurations has, and the other has not or otherwise."""
    one, other = flat(before), flat(after)
    return {key for key in {*one, *other} if one.get(key) != other.get(key)}


def told(found: Exported) -> set[str]:
    """The keys that an export says it leaves out."""
    return {
        join_key("connectors", each.connector) + f".{each.about}" if each.connector else each.about
        for each in found.left_out
    }


def lost_untold(before: Config) -> set[str]:
    """The keys that are not what they were after an export and an import, and were not told."""
    found = exported(before)
    after = read(imported(found.text).text)
    moved = (*_entered(found), *_of_partitions(before))
    named = told(found) | {join_key("connectors", *each) for each in moved}
    lost = differences(_explicit(before), after)
    return {key for key in lost if not any(key.startswith(each) for each in named)}


def _entered(found: Exported) -> Iterator[tuple[str, str, str]]:
    """The secrets that are to be entered there: they come back as variables."""
    for name, parameter in found.secrets:
        yield name, "parameters", {"Password": "Bind password"}.get(parameter, parameter)
        yield name, "parameters", parameter


def _of_partitions(config: Config) -> Iterator[tuple[str, str, str]]:
    """What is said of a partition becomes a parameter: it is told under its old name."""
    for name, each in config.connectors.items():
        for parameter in each.partitions.get(each.partition or "default", ()):
            yield name, "parameters", parameter


def _explicit(config: Config) -> Config:
    """The configuration with what holds where it says nothing of the types served."""
    return evolve(
        config,
        connectors={
            name: evolve(
                each,
                person=each.person_type(each.types),
                group=each.group_type(each.types),
                partitions={dn: table for dn, table in each.partitions.items() if table},
            )
            if each.types
            else each
            for name, each in config.connectors.items()
        },
    )
