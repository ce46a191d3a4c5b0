"""One JSON value of a published attribute, spread over the bindings it holds values for.

Clients write one value bare, as an object, or as an array of one, and this reads them all. The
result is JSON values by binding, not yet coerced: none at all says that the client emptied it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from ecma2py.scim.bindings import PRIMARY, Binding, Entry, PublishedAttribute, Selector, Shape
from ecma2py.scim.coercion import is_nothing, json_type, member, shown
from ecma2py.scim.core import QUALIFIERS
from ecma2py.scim.errors import invalid_value

Given = tuple[Binding, list[object]]
"""A binding and the JSON values a client gives it."""

OnUnknown = Callable[[str, object], None]
"""Called with the path and the value of what no schema has."""


def spread(attribute: PublishedAttribute, value: object, on_unknown: OnUnknown) -> Iterable[Given]:
    """What *value* says of each binding it mentions; nothing of the others."""
    if attribute.shape is Shape.PLAIN:
        return ((attribute.binding, raw_values(attribute.binding, value)),)
    if attribute.shape is Shape.COMPLEX:
        return _spread_complex(attribute, value, on_unknown)
    return _spread_entries(attribute, elements(value), on_unknown)


def raw_values(binding: Binding, value: object) -> list[object]:
    """The JSON values for one binding: nulls are none, nor is ``""`` a reference to anything."""
    if isinstance(value, str | int) and (value or not binding.is_reference):
        return [value]
    if isinstance(value, list):
        found = [each for each in value if each is not None]
        if len(found) > 1 and not binding.is_multi_valued:
            raise invalid_value(f"{binding.path} is given {len(found)} values: it holds one")
    else:
        found = [] if value is None else [value]
    if binding.is_multi_valued:
        found = [each["value"] if is_wrapped(each) else each for each in found]
    if binding.is_reference:
        return [each for each in found if not _is_no_reference(each)]
    return found


def is_wrapped(value: object) -> bool:
    """True for ``{"value": ...}``, as some clients write the values of simple attributes."""
    return isinstance(value, dict) and "value" in value


def _is_no_reference(value: object) -> bool:
    return (
        value == ""
        or (isinstance(value, dict) and value.get("value", 0) in (None, ""))
        or (is_nothing(value))
    )


def elements(value: object) -> list[Mapping[str, object]]:
    """The entries a value of a multi-valued attribute lists; a bare value is an entry's value."""
    listed = value if isinstance(value, list) else [value]
    return [
        each if isinstance(each, dict) else {"value": each} for each in listed if each is not None
    ]


def unwrapped(value: object) -> object:
    """The only element of an array of one, as Entra writes ``manager``."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _spread_complex(
    attribute: PublishedAttribute, value: object, on_unknown: OnUnknown
) -> Iterator[Given]:
    value = unwrapped(value)
    if value is None or value == []:
        yield from ((binding, []) for binding in attribute.bindings)
    elif isinstance(value, dict):
        yield from spread_parts(attribute.path, attribute.parts, value, on_unknown)
    elif (binding := attribute.parts.get("value")) is not None:
        yield binding, raw_values(binding, value)
    else:
        raise invalid_value(f"{attribute.path} takes an object, not {json_type(value)}")


def spread_parts(
    path: str,
    parts: Mapping[str, Binding],
    given: Mapping[str, object],
    on_unknown: OnUnknown,
) -> Iterator[Given]:
    """What an object says of each sub-attribute it names; qualifiers of an entry say nothing."""
    for key, raw in given.items():
        lowered = key.lower()
        binding = parts.get(lowered)
        if binding is not None:
            yield binding, raw_values(binding, raw)
        elif lowered not in QUALIFIERS and lowered != "displayname":
            on_unknown(f"{path}.{shown(key)}", raw)


def _spread_entries(
    attribute: PublishedAttribute,
    listed: list[Mapping[str, object]],
    on_unknown: OnUnknown,
) -> Iterator[Given]:
    binding = _whole(attribute)
    if binding is not None:
        yield binding, raw_values(binding, [member(each, "value") for each in listed])
        return
    found: dict[str, Given] = {}
    for element, entries in _with_primary(attribute, listed):
        if not entries:
            if _says_something(element):
                on_unknown(_described(attribute, element), element)
            continue
        for key, raw in element.items():
            lowered = key.lower()
            bound = [entry.parts[lowered] for entry in entries if lowered in entry.parts]
            for each in bound:
                _, raws = found.setdefault(each.path, (each, []))
                raws += raw_values(each, raw)
            if not bound and lowered not in QUALIFIERS:
                on_unknown(f"{_described(attribute, element)}.{shown(key)}", raw)
    yield from found.values()


def _whole(attribute: PublishedAttribute) -> Binding | None:
    """The binding that all values go to, where nothing tells entries apart (``members``)."""
    entry = attribute.entries[0]
    if len(attribute.entries) == 1 and entry.selector is None and entry.parts.keys() == {"value"}:
        return entry.parts["value"]
    return None


def _with_primary(
    attribute: PublishedAttribute, listed: Iterable[Mapping[str, object]]
) -> list[tuple[Mapping[str, object], list[Entry]]]:
    """Each entry a client lists with the bound ones it belongs to.

    The primary one is the one marked so; if none is, the first that belongs nowhere else.
    """
    found = [
        (
            element,
            [e for e in attribute.entries if e.selector is None or e.selector.accepts(element)],
        )
        for element in listed
    ]
    wanted = next((e for e in attribute.entries if e.selector == PRIMARY), None)
    if wanted is not None and not any(wanted in entries for _, entries in found):
        for _, entries in found:
            if not entries:
                entries.append(wanted)
                break
    return found


def _says_something(element: Mapping[str, object]) -> bool:
    return any(value is not None for key, value in element.items() if key.lower() not in QUALIFIERS)


def _described(attribute: PublishedAttribute, element: Mapping[str, object]) -> str:
    kind = member(element, "type")
    return f"{attribute.path}{Selector('type', shown(kind)) if isinstance(kind, str) else ''}"
