"""Configurations carried over and back, and what differs afterwards."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

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
