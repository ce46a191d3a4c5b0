"""The parameter 'Object types': which classes make up which objects, written as TOML.

[person]
class = "inetOrgPerson"             # objects of this structural class, or of one of a list
auxiliary = ["posixAccount"]        # further classes that new objects get
filter = "(employeeType=staff)"     # only objects that it fits
attributes = ["*", "memberOf"]      # "*", the default: all that the classes allow
types = { gidNumber = "string" }    # where the server's syntax says too little
"""

import tomllib
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from ecma2py.errors import InvalidParameterError
from ecma2py_ldap.kinds import Kind

PARAMETER = "Object types"
EVERYTHING = "*"
DEFAULT = """\
[person]
class = "inetOrgPerson"

[group]
class = "groupOfNames"
"""
_KEYS = ("class", "auxiliary", "filter", "attributes", "types")


@frozen
class TypeConfig:
    """One object type as the administrator describes it."""

    name: str
    classes: tuple[str, ...]
    """Structural classes; new objects get the first."""
    auxiliary: tuple[str, ...] = field(default=(), kw_only=True)
    filter: str = field(default="", kw_only=True)
    attributes: tuple[str, ...] = field(kw_only=True)
    types: Mapping[str, Kind] = field(factory=dict, kw_only=True)


def parse_object_types(text: str) -> list[TypeConfig]:
    """The object types *text* describes; ``InvalidParameterError`` names type, key and choices."""
    try:
        document = tomllib.loads(text if text.strip() else DEFAULT)
    except tomllib.TOMLDecodeError as error:
        raise refused(f"this is no TOML: {error}") from error
    return [_type(name, content) for name, content in document.items()]


def refused(problem: str) -> InvalidParameterError:
    """The error for a wrong 'Object types'."""
    return InvalidParameterError(f"{PARAMETER!r}: {problem}.", parameter_name=PARAMETER)


def _type(name: str, content: object) -> TypeConfig:
    if not isinstance(content, dict):
        raise refused(f"[{name}] is a table with at least the key 'class'")
    unknown = [key for key in content if key not in _KEYS]
    if unknown:
        raise refused(f"[{name}] {unknown[0]} is unknown; there are {', '.join(_KEYS)}")
    classes = _texts(name, "class", content.get("class", []))
    if not classes:
        raise refused(f"[{name}] class is missing: name the structural class of its objects")
    return TypeConfig(
        name,
        classes,
        auxiliary=_texts(name, "auxiliary", content.get("auxiliary", [])),
        filter=_filter(name, content.get("filter", "")),
        attributes=_texts(name, "attributes", content.get("attributes", EVERYTHING)),
        types=_kinds(name, content.get("types", {})),
    )


def _texts(name: str, key: str, value: Any) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
        raise refused(f"[{name}] {key} is text or a list of texts")
    if len({each.lower() for each in values}) < len(values):
        raise refused(f"[{name}] {key} holds one name twice")
    return tuple(values)


def _filter(name: str, value: Any) -> str:
    text = value.strip() if isinstance(value, str) else None
    if text is None or (text and not (text.startswith("(") and text.endswith(")"))):
        raise refused(f'[{name}] filter is an LDAP filter in brackets, such as "(mail=*)"')
    return text


def _kinds(name: str, value: Any) -> dict[str, Kind]:
    if not isinstance(value, dict):
        raise refused(f'[{name}] types is a table of texts: {{ attribute = "binary" }}')
    try:
        return {attribute: Kind(word) for attribute, word in value.items()}
    except ValueError as error:
        choices = ", ".join(kind.value for kind in Kind)
        raise refused(f"[{name}] types takes {choices}; {error}") from None
