"""The order a client asks for: RFC 7644 section 3.4.2.3 over resources as they are rendered."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from ecma2py.scim.comparing import (
    Characteristics,
    as_boolean,
    as_instant,
    as_number,
    as_text,
    common,
)
from ecma2py.scim.errors import ScimError, invalid_path, invalid_value
from ecma2py.scim.evaluate import Lookup
from ecma2py.scim.names import AttributePath

Resource = Mapping[str, object]
SortKey = Callable[[Resource], tuple[bool, Any]]


def compile_sort(
    path: AttributePath,
    *,
    lookup: Lookup,
    core: Collection[str] = (),
    strict: bool = False,
) -> SortKey:
    """The key by which resources are ordered by the attribute at *path*.

    A multi-valued attribute counts by its primary value, else its first; a complex one by its
    ``value``. Resources without a value come last, in descending order first. Attributes no
    schema has order nothing, or are refused with *strict*. Raises :class:`ScimError` (400) for
    what has no order: binary and complex attributes, and what is never returned.
    """
    path, known = _sortable(path, lookup, core)
    if known is None:
        if strict:
            raise invalid_path(f"sortBy: attribute {path} does not exist")
        return lambda _: (True, 0)
    read = _reader(known)
    find = _finder(path, core)

    def key(resource: Resource) -> tuple[bool, Any]:
        value = read(find(resource))
        return (True, 0) if value is None else (False, value)

    return key


def _sortable(
    path: AttributePath, lookup: Lookup, core: Collection[str]
) -> tuple[AttributePath, Characteristics | None]:
    known = lookup(path) or common(path, core)
    if known is not None and not known.filterable:
        raise invalid_value(f"sortBy: {path} is never returned, nor can it order a list")
    if known is not None and known.type == "complex" and path.sub_attribute is None:
        path = AttributePath(path.schema, path.attribute, "value")
        if (known := lookup(path)) is None:
            raise _no_order(path, "complex: name one of its sub-attributes")
    if known is not None and known.type in ("binary", "complex"):
        raise _no_order(path, f"{known.type} and has no order")
    return path, known


def _no_order(path: AttributePath, why: str) -> ScimError:
    return invalid_value(f"sortBy: {AttributePath(path.schema, path.attribute)} is {why}")


def _reader(known: Characteristics) -> Callable[[object], Any]:
    """A value in the form that is compared, all of one type; None for what is none."""
    match known.type:
        case "boolean":
            return as_boolean
        case "integer" | "decimal":
            return as_number
        case "dateTime":
            return as_instant
    if known.case_exact:
        return as_text
    return lambda value: None if (text := as_text(value)) is None else text.casefold()


def _finder(path: AttributePath, core: Collection[str]) -> Callable[[Resource], object]:
    schema = None if path.schema in core else path.schema
    attribute, sub = path.attribute, path.sub_attribute

    def find(resource: Resource) -> object:
        if schema is not None:
            extension = resource.get(schema)
            resource = extension if isinstance(extension, Mapping) else {}
        found = resource.get(attribute)
        if isinstance(found, list | tuple):
            found = _first(found)
        if isinstance(found, Mapping):
            return None if sub is None else found.get(sub)
        return found if sub is None or sub == "value" else None

    return find


def _first(values: Iterable[object]) -> object:
    listed = list(values)
    primary = (one for one in listed if isinstance(one, Mapping) and one.get("primary") is True)
    return next(primary, listed[0] if listed else None)
