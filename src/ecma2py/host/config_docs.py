"""Every key of the configuration file: what it takes, its default and its meaning."""

import ast
import inspect
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import attrs

from ecma2py.host.config import Address, Config, HostConfig
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.host.config_reader import key_of, settings_fields


class Row(NamedTuple):
    """One key."""

    key: str
    """The dotted key; ``NAME`` stands for a connector's name."""
    type: str
    """What is allowed, in words."""
    default: str
    """The default in TOML; ``required`` or ``-`` if there is none."""
    meaning: str


def describe() -> Iterator[Row]:
    """A row for every key of the file, in the order of the classes."""
    yield from _rows(HostConfig, "host")
    yield Row("connectors.NAME", "a table", "-", meanings(Config)["connectors"])
    yield from _rows(ConnectorConfig, "connectors.NAME")


def _rows(cls: type, prefix: str) -> Iterator[Row]:
    for each in settings_fields(cls):
        key = f"{prefix}.{key_of(each)}"
        default: Any = each.default
        inner = getattr(default, "factory", None)
        if inner is not None and attrs.has(inner):
            yield from _rows(inner, key)
        else:
            allowed = each.metadata["check"].allowed
            yield Row(key, allowed, _toml(default), meanings(cls)[each.name])


@cache
def meanings(cls: type) -> dict[str, str]:
    """The docstring under each field of *cls*, on one line."""
    (body,) = ast.parse(inspect.getsource(cls)).body
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for above, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name):
            text = getattr(getattr(below, "value", None), "value", None)
            if isinstance(text, str):
                found[above.target.id] = " ".join(text.split())
    return found


def _toml(default: Any) -> str:
    if default is attrs.NOTHING:
        return "required"
    if (
        default is None
        or default == ""
        or not isinstance(default, bool | int | float | str | tuple)
    ):
        return json.dumps(str(default)) if isinstance(default, Address | Path) else "-"
    return json.dumps(default)
