"""Which values of a multi-valued attribute a PATCH operation means, without reading them.

``[type eq "work"]`` names a binding, ``[value eq "x"]`` names a value; both become deltas as they
are. Any other filter is answered from the stored object, where the caller gives one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from attrs import field, frozen

from ecma2py.schema import Value
from ecma2py.scim.bindings import PRIMARY, Binding, Entry, PublishedAttribute, Shape
from ecma2py.scim.core import QUALIFIERS
from ecma2py.scim.errors import no_target
from ecma2py.scim.evaluate import compile_value_filter
from ecma2py.scim.filters import And, Comparison, Filter, Operator, Or, count_terms
from ecma2py.scim.names import AttributePath

MAX_CHOICES = 512
"""Alternatives that one filter may spell out, as ``a or b`` does two."""

Choice = Mapping[str, object]
"""Sub-attributes by lower-case name and what each must equal."""

Held = Callable[[Binding], list[Value] | None]
"""What a binding holds by now; None if that is not known."""

Spend = Callable[[int], None]
"""Told how many comparisons come next; raises where they are too many."""

_UNIT = 256
"""Characters of a value that take about as long to compare as a short value does."""


@frozen
class Hit:
    """Some values of one entry."""

    entry: Entry
    value: object = field(default=None)
    """The one JSON value meant, of an entry that may hold several; None for all of them."""


def choices_of(tree: Filter) -> tuple[Choice, ...] | None:
    """The filter as alternatives of equalities; None if it says anything else, or too much."""
    match tree:
        case Comparison(path, Operator.EQ, value) if value is not None:
            return ({path.attribute.lower(): value},)
        case Or(terms):
            found: list[Choice] = []
            for term in terms:
                inner = choices_of(term)
                if inner is None or len(found) + len(inner) > MAX_CHOICES:
                    return None
                found += inner
            return tuple(found)
        case And(terms):
            return _all_of(terms)
    return None


def _all_of(terms: Sequence[Filter]) -> tuple[Choice, ...] | None:
    found: list[Choice] = [{}]
    for term in terms:
        inner = choices_of(term)
        if inner is None or len(found) * len(inner) > MAX_CHOICES:
            return None
        found = [
            {**one, **other}
            for one in found
            for other in inner
            if all(one.get(part, value) == value for part, value in other.items())
        ]
    return tuple(found)


def entries_of(attribute: PublishedAttribute) -> tuple[Entry, ...]:
    """The entries of an attribute; a plain multi-valued one is a single entry of values."""
    if attribute.shape is Shape.PLAIN and attribute.is_multi_valued:
        return (Entry(None, {"value": attribute.binding}),)
    return attribute.entries


def hits_of_choice(attribute: PublishedAttribute, choice: Choice, held: Held) -> Iterator[Hit]:
    """The bound entries that can be what *choice* describes."""
    entries = entries_of(attribute)
    for entry in entries:
        rest = {key: value for key, value in choice.items() if value is not None}
        named = False
        if entry.selector is not None:
            given = rest.pop(entry.selector.part.lower(), None)
            if given is None and len(entries) == 1 and PRIMARY.agrees(rest.get("primary")):
                given = entry.selector.value
            named = given is not None and entry.selector.agrees(given)
            if given is not None and not named:
                continue
        value = rest.pop("value", None)
        binding = entry.parts.get("value")
        if binding is not None and binding.is_multi_valued and value is not None:
            if named or entry.selector is None:
                yield Hit(entry, value)
        elif named or (value is not None and binding is not None and _holds(binding, value, held)):
            yield Hit(entry)


def _holds(binding: Binding, value: object, held: Held) -> bool:
    values = held(binding)
    if values is None:
        raise no_target(
            f"{binding.path}: the value alone does not tell which entry is meant, name it by its "
            "type as well"
        )
    return binding.coerce(value) in values


def hits_of_filter(
    attribute: PublishedAttribute, tree: Filter, held: Held, spend: Spend
) -> list[Hit]:
    """The values that satisfy *tree*, found by looking at what the object holds."""
    test = compile_value_filter(AttributePath(attribute.schema, attribute.name), tree)
    terms = count_terms(tree)
    found: list[Hit] = []
    for entry in entries_of(attribute):
        known = {entry.selector.part: entry.selector.value} if entry.selector else {}
        parts = {name: _shown_values(binding, held) for name, binding in entry.parts.items()}
        spend(terms * sum(map(_weight, parts.values())))
        several = [name for name, binding in entry.parts.items() if binding.is_multi_valued]
        if not several:
            ones = {name: values[0] for name, values in parts.items() if values}
            if ones and test({**known, **ones}):
                found.append(Hit(entry))
        found += [
            Hit(entry, value)
            for name in several
            for value in parts[name]
            if test({**known, name: value})
        ]
    return found


def _weight(values: Sequence[object]) -> int:
    texts = sum(len(each) // _UNIT for each in values if isinstance(each, (str, bytes)))
    return len(values) + texts


def _shown_values(binding: Binding, held: Held) -> Sequence[object]:
    values = None if binding.is_reference else held(binding)
    if values is None:
        raise no_target(
            f"{binding.path}: a PATCH path chooses entries by 'eq', joined by 'and' and 'or'; "
            "other filters would need the object to be read"
        )
    return [binding.published(value) for value in values]


def choices_of_values(listed: Iterable[Mapping[str, object]]) -> Iterator[Choice]:
    """The entries that a remove lists in its ``value``; how they are shown does not count."""
    for element in listed:
        lowered = {key.lower(): value for key, value in element.items()}
        yield {
            key: value
            for key, value in lowered.items()
            if key == "value" or (key in QUALIFIERS and key not in ("display", "$ref"))
        }
