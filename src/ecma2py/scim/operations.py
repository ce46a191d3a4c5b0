"""The operations of a PATCH body, and what their paths mean in one resource type."""

from collections.abc import Iterable
from functools import lru_cache

from attrs import field, frozen

from ecma2py.scim.bindings import PublishedAttribute
from ecma2py.scim.bodies import as_object
from ecma2py.scim.coercion import json_type, member, shown
from ecma2py.scim.errors import invalid_path, invalid_syntax, invalid_value, too_large
from ecma2py.scim.filters import Filter
from ecma2py.scim.paths import parse_patch_path
from ecma2py.scim.selecting import Choice, choices_of
from ecma2py.scim.types import ResourceType

MAX_CACHED_PATH = 256
_ABSENT = object()
_OPERATIONS = frozenset({"add", "replace", "remove"})
_MEMBERS = frozenset({"op", "path", "value"})


@frozen
class PatchLimits:
    """What one PATCH may hold."""

    operations: int = 1000
    comparisons: int = 200_000
    """Of the values that its filters look at with the terms of the filters; each 256 characters of
    a value count as one value more."""


def read_operations(body: object, limits: PatchLimits) -> Iterable[tuple[str, str, object]]:
    """Each operation as its lower-case ``op``, its path (``""`` for none) and its value."""
    listed = member(as_object(body, "The body"), "Operations")
    if not isinstance(listed, list) or not listed:
        raise invalid_syntax("Operations must be an array of at least one operation")
    if len(listed) > limits.operations:
        raise too_large(f"{len(listed)} operations are given: {limits.operations} are allowed")
    return [_operation(each) for each in listed]


def _operation(given: object) -> tuple[str, str, object]:
    members = as_object(given, "An operation")
    if not members.keys() <= _MEMBERS:
        members = {key.lower(): value for key, value in members.items()}
    op = members.get("op")
    name = op.lower() if isinstance(op, str) else ""
    if name not in _OPERATIONS:
        known = f"'{shown(op)}'" if isinstance(op, str) else json_type(op)
        raise invalid_syntax(f"op must be add, replace or remove, not {known}")
    path = members.get("path")
    if path is not None and not isinstance(path, str):
        raise invalid_path(f"path must be a string, not {json_type(path)}")
    value = members.get("value", _ABSENT)
    if name != "remove" and value is _ABSENT:
        raise invalid_value(f"{name} {shown(path or '')}: value is missing".replace(" :", ":"))
    return name, path or "", None if value is _ABSENT else value


@frozen
class Target:
    """What the path of an operation means in one resource type."""

    text: str
    attribute: PublishedAttribute | None = field(default=None, kw_only=True)
    """None where no schema has it, and for a whole schema."""
    section: tuple[str | None] | None = field(default=None, kw_only=True)
    """The schema, where the path is a URN alone."""
    tree: Filter | None = field(default=None, kw_only=True)
    choices: tuple[Choice, ...] | None = field(default=None, kw_only=True)
    """The filter as alternatives of equalities; None if it is not of that form."""
    part: str | None = field(default=None, kw_only=True)
    """The sub-attribute in lower case."""


def _read_target(resource_type: ResourceType, text: str) -> Target:
    attribute = resource_type.members(None).get(text)
    if attribute is not None:
        return Target(text, attribute=attribute)
    parsed = parse_patch_path(text, resource_type.names)
    path = parsed.path
    if not path.attribute and path.schema is not None:
        return Target(text, section=resource_type.section(path.schema))
    return Target(
        text,
        attribute=resource_type.find(path),
        tree=parsed.value_filter,
        choices=None if parsed.value_filter is None else choices_of(parsed.value_filter),
        part=None if parsed.sub_attribute is None else parsed.sub_attribute.lower(),
    )


_cached = lru_cache(maxsize=4096)(_read_target)


def read_target(resource_type: ResourceType, text: str) -> Target:
    """The target that *text* names; 400 invalidPath or invalidFilter if it is no path at all."""
    read = _cached if len(text) <= MAX_CACHED_PATH else _read_target
    return read(resource_type, text)
