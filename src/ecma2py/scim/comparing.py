"""One value against one literal: the comparison rules of RFC 7644 table 3, by attribute type.

A test is made once for a filter and applied to many values; whatever does not fit the type of
the attribute is refused when the test is made, and never matches when it is found in a resource.
"""

import operator as op
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from attrs import frozen

from ecma2py.scim.errors import invalid_filter
from ecma2py.scim.filters import Comparison, Operator
from ecma2py.scim.literals import parse_number
from ecma2py.scim.names import AttributePath

ScimType = Literal[
    "string",
    "boolean",
    "integer",
    "decimal",
    "dateTime",
    "binary",
    "reference",
    "complex",
    "any",
]
"""The data types of RFC 7643 section 2.3; ``any`` where none is known, then the literal decides."""

ValueTest = Callable[[object], bool]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EQUALITY = (Operator.EQ, Operator.NE)
_ORDER = (Operator.GT, Operator.GE, Operator.LT, Operator.LE)
_ALL = frozenset(Operator)
_ALLOWED: dict[str, frozenset[Operator]] = {
    **dict.fromkeys(get_args(ScimType), _ALL),
    "boolean": frozenset(_EQUALITY),
    "integer": frozenset((*_EQUALITY, *_ORDER)),
    "decimal": frozenset((*_EQUALITY, *_ORDER)),
    "binary": _ALL - {*_ORDER},
}
_RELATIONS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: op.eq,
    Operator.NE: op.ne,
    Operator.CO: op.contains,
    Operator.SW: str.startswith,
    Operator.EW: str.endswith,
    Operator.GT: op.gt,
    Operator.GE: op.ge,
    Operator.LT: op.lt,
    Operator.LE: op.le,
}


@frozen
class Characteristics:
    """What a filter must know of an attribute (RFC 7643 section 2.2)."""

    type: ScimType
    case_exact: bool = False
    filterable: bool = True
    """False for what is never returned: a filter on it would tell its value bit by bit."""


_EXACT = Characteristics("string", case_exact=True)
_COMMON: dict[tuple[str, str | None], Characteristics] = {
    ("id", None): _EXACT,
    ("externalid", None): _EXACT,
    ("schemas", None): Characteristics("reference"),
    ("meta", None): Characteristics("complex"),
    ("meta", "resourcetype"): _EXACT,
    ("meta", "created"): Characteristics("dateTime"),
    ("meta", "lastmodified"): Characteristics("dateTime"),
    ("meta", "location"): Characteristics("reference", case_exact=True),
    ("meta", "version"): _EXACT,
}


def common(path: AttributePath, core: Collection[str] = ()) -> Characteristics | None:
    """What is known of an attribute every resource has, bare or under a *core* URN.

    Those are of RFC 7643 section 3.1; a look-up that knows better comes first.
    """
    if path.schema is not None and path.schema not in core:
        return None
    sub = path.sub_attribute.lower() if path.sub_attribute is not None else None
    return _COMMON.get((path.attribute.lower(), sub))


def value_test(
    node: Comparison, known: Characteristics, shown: str, *, strict: bool = True
) -> ValueTest:
    """Whether one value that is not null stands in the relation ``node`` asks for.

    ``shown`` is the attribute as error messages name it. ``node.value`` is not null. Raises
    :class:`ScimError` (400 invalidFilter) where the attribute's type has no such comparison; what
    the type cannot hold equals nothing, or with ``strict`` is refused too.
    """
    read, kind = _reader(node, known)
    if node.operator not in _ALLOWED[kind]:
        raise invalid_filter(
            f"{shown} is of type {kind}: operator '{node.operator}' does not apply to it"
        )
    wanted = read(node.value)
    if wanted is None and node.operator is Operator.EQ and not strict:
        # Clients test a connection with a random text, whatever the attribute's type.
        return lambda _: False
    if wanted is None:
        raise invalid_filter(f"{shown} is of type {kind}: {node.value!r:.80} is no such value")
    relation = _RELATIONS[node.operator]
    if node.operator is Operator.NE:
        return lambda value: (have := read(value)) is None or have != wanted
    return lambda value: (have := read(value)) is not None and relation(have, wanted)


def _reader(node: Comparison, known: Characteristics) -> tuple[Callable[[object], Any], str]:
    """How both sides are read before they are compared, and the type that stands for."""
    substring = node.operator in (Operator.CO, Operator.SW, Operator.EW)
    match known.type:
        case "boolean":
            return as_boolean, "boolean"
        case "integer" | "decimal":
            return as_number, known.type
        case "dateTime" if not substring:
            return as_instant, "dateTime"
        case "any" if isinstance(node.value, bool):
            return as_boolean, "boolean"
        case "any" if isinstance(node.value, int | float) and not substring:
            return as_number, "decimal"
        case "binary":
            return as_text, "binary"
    return (as_text if known.case_exact else _folded), known.type


def as_text(value: object) -> str | None:
    """A scalar as text: JSON's words for booleans, digits for numbers; None for all else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def _folded(value: object) -> str | None:
    text = as_text(value)
    return None if text is None else text.casefold()


def as_boolean(value: object) -> bool | None:
    """A boolean, also when it is written as a string as Entra does; None for all else."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def as_number(value: object) -> int | float | None:
    """A number, also when it is written as a string in JSON's grammar; None for all else."""
    if isinstance(value, str):
        return parse_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


def as_instant(value: object) -> timedelta | None:
    """Time since 1970 of an ISO 8601 date and time; without offset it is UTC. None for all else."""
    if not isinstance(value, str) or not value.isascii():
        return None
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError:
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)) - _EPOCH
