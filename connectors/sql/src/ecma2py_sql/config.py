"""The parameter 'Object types': which tables make up which objects, written as TOML.

[Person]
table = "people"
anchor = "id"                       # default: the primary key
columns = ["name", "mail"]          # default: all
names = { mail = "e-mail" }         # attribute names that differ from their column's
references = { manager = "Person" } # columns that hold the key of another object
types = { active = "boolean", hired = "datetime" } # where the catalogue says too little
read_only = ["created"]
watermark = "changed"               # grows with every change of a row: makes delta imports
overlap = 60                        # seconds (or counts) read again, for late commits

[Person.multivalued.phones]         # the attribute "phones": a table with a row a value
table = "phones"
key = "person"                      # the column that holds the person's key
value = "number"
references = "Device"               # if the values are keys of other objects
"""

import tomllib
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from ecma2py.errors import InvalidParameterError
from ecma2py_sql.kinds import Kind

PARAMETER = "Object types"


@frozen
class MultiValuedConfig:
    """A table with a row for each value of an attribute."""

    attribute: str
    table: str
    key: tuple[str, ...] = field(kw_only=True)
    value: str = field(kw_only=True)
    references: str | None = field(default=None, kw_only=True)


@frozen
class TypeConfig:
    """One object type as the administrator describes it."""

    name: str
    table: str
    anchor: tuple[str, ...] = field(default=(), kw_only=True)
    columns: tuple[str, ...] | None = field(default=None, kw_only=True)
    names: Mapping[str, str] = field(factory=dict, kw_only=True)
    references: Mapping[str, str] = field(factory=dict, kw_only=True)
    types: Mapping[str, Kind] = field(factory=dict, kw_only=True)
    read_only: tuple[str, ...] = field(default=(), kw_only=True)
    watermark: str | None = field(default=None, kw_only=True)
    overlap: int = field(default=60, kw_only=True)
    multivalued: tuple[MultiValuedConfig, ...] = field(default=(), kw_only=True)


def parse_object_types(text: str) -> list[TypeConfig]:
    """The object types *text* describes; ``InvalidParameterError`` names table, key and choices."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refused(f"this is no TOML: {error}") from error
    return [_type(name, _Section(name, content)) for name, content in document.items()]


def refused(problem: str) -> InvalidParameterError:
    """The error for a wrong 'Object types'."""
    return InvalidParameterError(f"{PARAMETER!r}: {problem}.", parameter_name=PARAMETER)


class _Section:
    """One TOML table, read key by key; what nobody asked for is an error."""

    def __init__(self, path: str, content: object) -> None:
        if not isinstance(content, dict):
            raise refused(f"[{path}] is a table with at least the key 'table'")
        self.path = path
        self._content = content
        self._asked: list[str] = []

    def get(self, key: str) -> Any:
        self._asked.append(key)
        return self._content.get(key)

    def text(self, key: str) -> str | None:
        value = self.get(key)
        if value is not None and not (isinstance(value, str) and value):
            raise self._refused(key, "is text")
        return value

    def required(self, key: str) -> str:
        value = self.text(key)
        if value is None:
            raise self._refused(key, "is missing")
        return value

    def texts(self, key: str) -> tuple[str, ...] | None:
        value = self.get(key)
        if value is None:
            return None
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
            raise self._refused(key, "is text or a list of texts")
        if len(set(values)) < len(values):
            raise self._refused(key, "holds one name twice")
        return tuple(values)

    def mapping(self, key: str) -> dict[str, str]:
        value = self.get(key) or {}
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise self._refused(key, 'is a table of texts: { column = "..." }')
        return value

    def kinds(self, key: str) -> dict[str, Kind]:
        try:
            return {column: Kind(word) for column, word in self.mapping(key).items()}
        except ValueError as error:
            choices = ", ".join(kind.value for kind in Kind)
            raise self._refused(key, f"takes {choices}; {error}") from None

    def number(self, key: str, default: int) -> int:
        value = self.get(key)
        if value is None:
            return default
        if type(value) is not int or value < 0:
            raise self._refused(key, "is a whole number, 0 or more")
        return value

    def sections(self, key: str) -> "list[tuple[str, _Section]]":
        value = self.get(key) or {}
        if not isinstance(value, dict):
            raise self._refused(key, f"is a table: [{self.path}.{key}.<attribute>]")
        return [(name, _Section(f"{self.path}.{key}.{name}", each)) for name, each in value.items()]

    def finish(self) -> None:
        unknown = [key for key in self._content if key not in self._asked]
        if unknown:
            raise self._refused(unknown[0], f"is unknown; there are {', '.join(self._asked)}")

    def _refused(self, key: str, problem: str) -> InvalidParameterError:
        return refused(f"[{self.path}] {key} {problem}")


def _type(name: str, section: _Section) -> TypeConfig:
    config = TypeConfig(
        name,
        section.required("table"),
        anchor=section.texts("anchor") or (),
        columns=section.texts("columns"),
        names=section.mapping("names"),
        references=section.mapping("references"),
        types=section.kinds("types"),
        read_only=section.texts("read_only") or (),
        watermark=section.text("watermark"),
        overlap=section.number("overlap", 60),
        multivalued=tuple(
            _multivalued(attribute, each) for attribute, each in section.sections("multivalued")
        ),
    )
    section.finish()
    return config


def _multivalued(attribute: str, section: _Section) -> MultiValuedConfig:
    config = MultiValuedConfig(
        attribute,
        section.required("table"),
        key=section.texts("key") or (),
        value=section.required("value"),
        references=section.text("references"),
    )
    section.finish()
    if not config.key:
        raise refused(f"[{section.path}] key is missing")
    return config
