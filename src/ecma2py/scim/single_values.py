"""Multi-valued attributes of a connector that clients see with one value.

Shown is the first value, in the order in which the space keeps them; the others are hidden.
Filters, sorting and uniqueness know what is shown and no more. A write of another value replaces
them all, a removal clears them, and a write of the value that is shown changes nothing.
"""

from collections.abc import Iterable
from typing import Any

from attrs import evolve

from ecma2py.errors import ConfigurationError
from ecma2py.schema import SchemaType


def first(values: Any) -> Any:
    """The value that is shown of what an attribute holds; None if it holds nothing."""
    if isinstance(values, (list, tuple)):
        return values[0] if values else None
    return values


def single_valued(schema_type: SchemaType, names: Iterable[str]) -> SchemaType:
    """*schema_type* as clients see it: the named attributes hold one value."""
    wanted = frozenset(names)
    if not wanted:
        return schema_type
    known = schema_type.attributes
    for name in sorted(wanted - known.keys()):
        raise ConfigurationError(
            f"scim.single_value: object type {schema_type.name!r} has no attribute {name!r}: it "
            f"has {', '.join(known)}.",
            attribute_name=name,
        )
    attributes = [
        evolve(each, is_multi_valued=False) if name in wanted else each
        for name, each in known.items()
    ]
    return evolve(schema_type, attributes=attributes)
