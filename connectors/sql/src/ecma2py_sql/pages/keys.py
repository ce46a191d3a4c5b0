"""Which columns of a multi-valued table hold the anchor of the object whose values it has.

Microsoft's field 'Join Condition' tells it. Without one for the table, it is the foreign key to the
table of the object type that refers to the anchor; without one, the columns of the same names.
"""

from collections.abc import Sequence

from ecma2py_sql.drivers.catalogue import Table
from ecma2py_sql.pages.answers import wrong
from ecma2py_sql.pages.attributes import MULTIVALUED, FoundType, field_of
from ecma2py_sql.pages.spelling import Parts

JOIN = "Join Condition"
"""A field of the run-step page."""

Equalities = Sequence[tuple[Parts, Parts]]


def key_of(
    found: FoundType, child: Table, anchor: tuple[str, ...], join: Equalities
) -> tuple[str, ...]:
    """The columns of *child* in the order of *anchor*."""
    key = _joined(found, child, anchor, join) or _referring(found, child, anchor)
    if key is None and all(name in child.columns for name in anchor):
        key = anchor
    if key is None:
        raise wrong(
            field_of(found.name, MULTIVALUED),
            f"no columns of {child.name!r} are known to hold {', '.join(anchor)}: write {JOIN!r} "
            f"as {found.table.name}.{anchor[0]} = {child.name}.<column>, or declare a foreign key",
        )
    return key


def _joined(
    found: FoundType, child: Table, anchor: tuple[str, ...], join: Equalities
) -> tuple[str, ...] | None:
    pairs: dict[str, str] = {}
    for one, other in join:
        for parent, own in ((one, other), (other, one)):
            if is_of(own, child.name) and not is_of(parent, child.name):
                pairs[parent[-1]] = own[-1]
    if not pairs:
        return None
    if set(pairs) != set(anchor):
        raise wrong(
            JOIN,
            f"it joins {child.name!r} by {', '.join(pairs)}, but the anchor of {found.name!r} is "
            f"{', '.join(anchor)}: make them the same, or read the values through a view",
        )
    if odd := [name for name in pairs.values() if name not in child.columns]:
        raise wrong(
            JOIN, f"{child.name!r} has no column {odd[0]!r}; it has {', '.join(child.columns)}"
        )
    return tuple(pairs[name] for name in anchor)


def is_of(column: Parts, table: str) -> bool:
    """True if *column* is written as one of *table*, whose name may be spelled in any case."""
    return len(column) > 1 and column[-2].casefold() == table.casefold()


def _referring(found: FoundType, child: Table, anchor: tuple[str, ...]) -> tuple[str, ...] | None:
    for foreign in child.foreign_keys:
        referred = foreign.referred or found.table.primary_key
        if foreign.table == found.table.name and set(referred) == set(anchor):
            pairs = dict(zip(referred, foreign.columns, strict=True))
            return tuple(pairs[name] for name in anchor)
    return None
