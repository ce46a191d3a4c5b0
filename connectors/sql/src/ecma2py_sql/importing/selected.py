"""What is read of one type: which column stands where in a row, whatever gives the rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from ecma2py.errors import UnexpectedDataError
from ecma2py.schema import SchemaType
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.drivers.results import Row
from ecma2py_sql.mapping.mapped import MappedColumn, MappedTable, MappedType


@define
class Selected:
    """The columns of a row, in order.

    First those of attributes, then the types of what attributes refer to.
    """

    mapped: MappedType
    columns: tuple[MappedColumn, ...]
    children: tuple[MappedTable, ...]
    all: tuple[Column, ...] = field(init=False)
    anchor_at: tuple[int, ...] = field(init=False)
    """Where in a row the anchor stands."""
    type_at: Mapping[str, int] = field(init=False)
    """For an attribute that refers to any type, where that type stands."""

    @classmethod
    def of(cls, mapped: MappedType, wanted: SchemaType) -> "Selected":
        """What *wanted* needs, and what names the object.

        UnexpectedDataError for an attribute that is there no more: an import without it would take
        its values from every object.
        """
        if missing := [name for name in wanted.attributes if name not in mapped.targets]:
            raise UnexpectedDataError(
                f"{mapped.place} has no column for the attribute {missing[0]!r} any more, which "
                "was there when the schema was read. Give it back; or take out of the connector's "
                "table what names it, and reload; or restart, to read the schema anew."
            )
        columns = tuple(
            mapped.as_read(each)
            for each in mapped.columns
            if each.is_anchor
            or each is mapped.dn
            or (each.attribute in wanted.attributes and not each.write_only)
        )
        children = tuple(
            c for c in mapped.multivalued if c.attribute in wanted.attributes and not c.write_only
        )
        return cls(mapped, columns, children)

    def __attrs_post_init__(self) -> None:
        found = [each.column for each in self.columns]
        place = {each.column.name: at for at, each in enumerate(self.columns)}
        self.anchor_at = tuple(place[each.column.name] for each in self.mapped.anchor)
        self.type_at = {}
        for each in self.columns:
            if each.type_column is not None:
                self.type_at[each.attribute] = len(found)
                found.append(each.type_column)
        self.all = tuple(found)

    @property
    def anchor(self) -> tuple[MappedColumn, ...]:
        """What tells the rows apart, in the order of the anchor."""
        return tuple(self.columns[at] for at in self.anchor_at)

    def key(self, row: Row) -> tuple[Any, ...]:
        """The anchor in *row*, as the driver gave it."""
        return tuple(row[at] for at in self.anchor_at)


@frozen
class Page:
    """Some rows that were read together."""

    rows: Sequence[Row]
    values: Mapping[str, Sequence[Row]] = field(factory=dict)
    """By multi-valued attribute: the owner's anchor, the value, and its type if it has one."""
