"""Which row a change is about: the key it gives, the row its DN names, the name of a new one."""

from collections.abc import Mapping, Sequence

from attrs import define, field

from ecma2py.entries import CSEntryChange
from ecma2py.errors import EntryExportError, MAExportError, ObjectNotFoundError
from ecma2py.schema import Value
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.exporting.values import (
    Parameter,
    ParameterMaker,
    Write,
    only_value,
    refused,
)
from ecma2py_sql.mapping.mapped import MappedColumn, MappedType

Key = Sequence[Parameter]
"""The anchor as parameters, in its order."""

_NAMING = MAExportError.EXPORT_ERROR_CHANGE_NAMING_ATTRIBUTE
_MISSING = MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT


@define
class Addresses:
    """Finds the rows of changes, and checks their names."""

    session: Session
    make: ParameterMaker
    _single: dict[str, tuple[str, Write | None]] = field(factory=dict, init=False)
    """By type, an anchor of one column that takes its value as it is: most of all anchors."""

    def key(self, mapped: MappedType, change: CSEntryChange) -> Key:
        """The key of the object *change* is about; of its row, if only the DN tells."""
        given = change.anchor
        name, write = self._single.get(mapped.name) or self._single_of(mapped)
        if write is not None and name in given:
            try:
                return (write(given[name]),)
            except ValueError as error:
                raise refused(name, error) from error
        try:
            return [self.make.column(each, given[each.attribute]) for each in mapped.anchor]
        except KeyError as missing:
            name = str(missing.args[0])
        if not change.dn:
            raise refused(
                name, "the change names no object: give its anchor or its DN.", _MISSING
            ) from None
        values = self.make.from_dn(mapped.naming, mapped.name, change.dn)
        named = [self.make.column(c, v) for c, v in zip(mapped.naming, values, strict=True)]
        return named if mapped.dn is None else self._looked_up(mapped, mapped.dn, named)

    def of_new(self, mapped: MappedType, change: CSEntryChange) -> dict[str, Value]:
        """What anchor and DN give a new object, by attribute."""
        names = [each.attribute for each in mapped.anchor]
        given = {
            name: only_value(name, values)
            for name, values in {**change.attributes, **change.anchor}.items()
            if name in names
        }
        if change.dn and mapped.dn is not None and not mapped.dn.read_only:
            given[mapped.dn.attribute] = self._agreed(mapped, mapped.dn, change.dn, change)
        elif change.dn and not given and mapped.dn is None:
            found = self.make.from_dn(mapped.anchor, mapped.name, change.dn)
            given = dict(zip(names, found, strict=True))
        return given

    def check_complete(self, mapped: MappedType, given: Mapping[str, Value]) -> None:
        """A component of the anchor is missing only where the database gives it.

        A catalogue does not always know; the administrator, who made it read-only, does.
        """
        for each in mapped.anchor:
            is_assigned = each.column.assigned or each.read_only
            if each.attribute not in given and not is_assigned:
                raise refused(
                    each.attribute,
                    "a new object needs a value for it, because the database gives none.",
                    _MISSING,
                )

    def new_name(self, mapped: MappedType, change: CSEntryChange) -> Value | None:
        """The value a new DN gives the naming column; None if the object keeps its name."""
        renamed = change.new_dn
        if renamed is None or renamed == change.dn:
            return None
        if mapped.renamed is None:
            raise EntryExportError(
                f"{change.dn!r} cannot be renamed to {renamed!r}: the DN is made of the key of the "
                f"row in {mapped.table.name!r}, which stays.",
                _NAMING,
                dn=change.dn,
            )
        return self._agreed(mapped, mapped.renamed, renamed, change)

    def where(self, columns: Sequence[MappedColumn]) -> str:
        """The condition that *columns* hold what is bound."""
        keys = (f"{self.session.quote(each.column.name)} = ?" for each in columns)
        return f" WHERE {' AND '.join(keys)}"

    def _single_of(self, mapped: MappedType) -> tuple[str, Write | None]:
        first, *more = mapped.anchor
        single = (first.attribute, None if more else self.make.plain(first))
        self._single[mapped.name] = single
        return single

    def _agreed(
        self, mapped: MappedType, column: MappedColumn, dn: str, change: CSEntryChange
    ) -> Value:
        """The name in *dn*, which an attribute given beside it must repeat."""
        name = column.attribute
        (value,) = self.make.from_dn((column,), mapped.name, dn)
        given = change.attributes.get(name, change.anchor.get(name))
        update = change.changes.get(name)
        if update is not None:
            given = list(update.values)
        if given is not None and only_value(name, given) != value:
            raise refused(
                name, f"it is {only_value(name, given)!r}, and the DN says {dn!r}: make them agree."
            )
        return value

    def _looked_up(self, mapped: MappedType, column: MappedColumn, named: Key) -> Key:
        quote, dialect = self.session.quote, self.session.dialect
        anchor = ", ".join(
            dialect.selected(quote(each.column.name), each.column) for each in mapped.anchor
        )
        table = quote(*mapped.table.qualified)
        found = self.session.rows(f"SELECT {anchor} FROM {table}{self.where([column])}", named)
        check_count(mapped, len(found), named)
        return [dialect.parameter(value) for value in found[0]]


def check_count(mapped: MappedType, count: int, key: Key) -> None:
    """Return if one row has the key; ``ObjectNotFoundError`` if none has, else ambiguous."""
    if count == 1:
        return
    shown = ", ".join(repr(value) for value in key)
    if count == 0:
        raise ObjectNotFoundError(f"Table {mapped.table.name!r} has no row with the key {shown}.")
    raise EntryExportError(
        f"Table {mapped.table.name!r} has {count} rows with the key {shown}: choose an anchor that "
        "is unique.",
        MAExportError.EXPORT_ERROR_AMBIGUOUS_UPDATE,
    )
