"""One exported entry becomes statements on its table and the tables of its multi-valued attributes.

Everything here runs inside a transaction or savepoint of the caller's.
"""

from collections.abc import Mapping, Sequence

from attrs import define, field

from ecma2py.entries import (
    EXPORT_PASSWORD,
    AttributeChange,
    CSEntryChange,
    ObjectModificationType,
)
from ecma2py.errors import (
    ECMA2Error,
    EntryExportError,
    MAExportError,
    NoSuchObjectTypeError,
    ObjectTypeNotSupportedError,
)
from ecma2py.schema import Schema, Value
from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.errors import DatabaseError, entry_error
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.exporting.addresses import Addresses, Key
from ecma2py_sql.exporting.changed import Changed, ChangeReader
from ecma2py_sql.exporting.children import ChildWriter
from ecma2py_sql.exporting.own import Known, OwnWriter, named_in
from ecma2py_sql.exporting.passwords import PasswordWriter, cleaned
from ecma2py_sql.exporting.runs import Runs
from ecma2py_sql.exporting.statements import RowWriter
from ecma2py_sql.exporting.values import Parameter, ParameterMaker
from ecma2py_sql.importing.reading import ColumnReader
from ecma2py_sql.mapping.mapped import MappedTable, MappedType
from ecma2py_sql.mapping.settings import Written


@define
class EntryWriter:
    """Writes entries of all object types through one session."""

    session: Session
    types: Mapping[str, MappedType]
    selected: Schema
    make: ParameterMaker = field(init=False)
    addresses: Addresses = field(init=False)
    rows: RowWriter = field(init=False)
    passwords: PasswordWriter = field(init=False)
    reader: ChangeReader = field(init=False)
    _runs: Runs = field(init=False)
    _own_types: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.make = ParameterMaker(self.session.dialect, self.types)
        self.addresses = Addresses(self.session, self.make)
        self.rows = RowWriter(self.session, self.addresses)
        self.passwords = PasswordWriter(self.session, self.make, self.addresses, self.rows)
        self.reader = ChangeReader(self.make, self.selected)
        self._runs = Runs(self.session, self.types, self.reader, self.addresses, self.rows)
        self._own_types = frozenset(n for n, t in self.types.items() if t.has_own_writes)

    def is_own(self, change: CSEntryChange) -> bool:
        """True if a procedure or query of the administrator's may write a part of *change*."""
        return change.object_type in self._own_types

    def write_all(self, changes: Sequence[CSEntryChange]) -> list[Mapping[str, Value] | None]:
        """Write *changes* in order; for what raises, some entry is at fault: ``write`` tells."""
        return self._runs.write(changes, self.write)

    def write(self, change: CSEntryChange) -> Mapping[str, Value] | None:
        """Write *change*; gives the anchor if it is not the one the change named."""
        mapped = self.types.get(change.object_type or "")
        if mapped is None:
            raise NoSuchObjectTypeError(
                f"There is no object type {change.object_type!r}: there are "
                f"{', '.join(self.types)}."
            )
        try:
            if change.object_modification_type is ObjectModificationType.ADD:
                return self._add(mapped, change)
            if change.object_modification_type is ObjectModificationType.DELETE:
                self._delete(mapped, change)
            else:
                self._update(mapped, change)
        except DatabaseError as error:
            failed = error
        else:
            return None
        if password := change.attribute_changes.get(EXPORT_PASSWORD):
            # Nothing that is raised may lead to what the database said of the password.
            failed = cleaned(failed, map(str, password.values))
        raise self._failure(mapped, change, failed) from failed

    def _add(self, mapped: MappedType, change: CSEntryChange) -> Mapping[str, Value] | None:
        given = self.addresses.of_new(mapped, change)
        added = [
            AttributeChange.add(name, values)
            for name, values in {**change.attributes, **given}.items()
        ]
        changed = self.reader.changed(mapped, added, None)
        own = self._own(mapped, mapped.exports.add, "add")
        if own is None:
            self.addresses.check_complete(mapped, given)
            if changed.password is not None:
                changed.columns |= self.passwords.columns(mapped, changed.password)
            key = self.rows.insert(mapped, changed.columns)
        else:
            tokens = {EXPORT_PASSWORD: changed.password_text}
            known = Known(self.rows, mapped, None, changed.columns, is_whole=True, tokens=tokens)
            many = {
                child.attribute: self._writer(child, ()).difference(each)
                for child, each in changed.children
            }
            key = OwnWriter(self.session).add(own, known, many)
        for child, each in self._left(mapped, own, changed):
            self._writer(child, key).insert(each.values)
        self._give_password(mapped, own, changed, key)
        anchor = {
            each.attribute: ColumnReader(each.column, self.session.dialect)(value)
            for each, value in zip(mapped.anchor, key, strict=True)
        }
        told = {name: given.get(name) for name in anchor}
        return None if anchor == told else anchor

    def _update(self, mapped: MappedType, change: CSEntryChange) -> None:
        key = self.addresses.key(mapped, change)
        is_whole = change.object_modification_type is ObjectModificationType.REPLACE
        changes = self.reader.replaced(mapped, change) if is_whole else change.changes.values()
        changed = self.reader.changed(mapped, changes, key)
        name = self.addresses.new_name(mapped, change)
        if name is not None and mapped.renamed is not None:
            changed.columns[mapped.renamed.column.name] = self.make.column(mapped.renamed, name)
        own = self._own(mapped, mapped.exports.update, "update")
        if own is None:
            if changed.password is not None:
                changed.columns |= self.passwords.columns(mapped, changed.password)
            self.rows.update(mapped, changed.columns, changed.losses, key)
            for column, held in changed.references:
                pair = (self.make.column(column, held), self.make.referent_type(held))
                self.rows.clear_reference(mapped, column.all_columns, pair, key)
        else:
            self._update_own(mapped, own, changed, key)
        if changed.children:
            for child, each in self._left(mapped, own, changed):
                self._writer(child, key).apply(each)
        self._give_password(mapped, own, changed, key)

    def _update_own(self, mapped: MappedType, own: Written, changed: Changed, key: Key) -> None:
        columns = changed.columns | dict.fromkeys(changed.losses)
        for column, _ in changed.references:
            columns |= dict.fromkeys(each.name for each in column.all_columns)
        columns |= self._key_columns(mapped, key)
        tokens = {EXPORT_PASSWORD: changed.password_text}
        named = named_in(mapped, own)
        many = {
            child.attribute: self._writer(child, key).difference(each)
            for child, each in changed.children
            if child.attribute in named
        }
        OwnWriter(self.session).change(
            own, Known(self.rows, mapped, key, columns, tokens=tokens), many
        )

    def _delete(self, mapped: MappedType, change: CSEntryChange) -> None:
        key = self.addresses.key(mapped, change)
        own = self._own(mapped, mapped.exports.delete, "delete")
        if own is not None:
            known = Known(self.rows, mapped, key, self._key_columns(mapped, key))
            OwnWriter(self.session).change(own, known, {})
            return
        for child in mapped.multivalued:
            self._writer(child, key).clear()
        self.rows.delete(mapped, key)

    def _own(self, mapped: MappedType, written: Written | None, operation: str) -> Written | None:
        """What the administrator wrote for *operation*; None if the connector writes the row."""
        if written is None and not mapped.is_stored:
            raise ObjectTypeNotSupportedError(
                f"{mapped.place}: nothing says how to {operation} an object: write "
                f"[{mapped.name}.export.{operation}]."
            )
        return written

    def _left(
        self, mapped: MappedType, own: Written | None, changed: Changed
    ) -> list[tuple[MappedTable, AttributeChange]]:
        """The multi-valued attributes that the connector writes itself."""
        named = named_in(mapped, own) if own else set()
        return [each for each in changed.children if each[0].attribute not in named]

    def _give_password(
        self, mapped: MappedType, own: Written | None, changed: Changed, key: Key
    ) -> None:
        """Set the password that came with the object unless it is written already."""
        if changed.password is None or (own and EXPORT_PASSWORD in named_in(mapped, own)):
            return
        if own or self.passwords.is_called(mapped):
            self.passwords.give(mapped, key, changed.columns, changed.password)

    def _writer(self, child: MappedTable, key: Key) -> ChildWriter:
        return ChildWriter(self.session, self.make, child, key)

    def _key_columns(self, mapped: MappedType, key: Key) -> dict[str, Parameter]:
        return {each.column.name: value for each, value in zip(mapped.anchor, key, strict=True)}

    def _failure(
        self, mapped: MappedType, change: CSEntryChange, error: DatabaseError
    ) -> ECMA2Error:
        columns = {each.column.name: each.attribute for each in mapped.columns}
        failure = entry_error(error, attribute_name=columns.get(error.column or ""))
        if not isinstance(failure, EntryExportError):
            return failure
        kind = change.object_modification_type
        if error.cause is Cause.DUPLICATE and kind is ObjectModificationType.ADD:
            if self._exists(mapped, change):
                failure.error_code = MAExportError.EXPORT_ERROR_DUPLICATE_ANCHOR
        elif error.cause is Cause.REFERENCE and kind is ObjectModificationType.DELETE:
            failure.error_code = MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION
        return failure

    def _exists(self, mapped: MappedType, change: CSEntryChange) -> bool:
        given = self.addresses.of_new(mapped, change)
        if not mapped.is_stored or any(each.attribute not in given for each in mapped.anchor):
            return False
        key = [self.make.column(each, given[each.attribute]) for each in mapped.anchor]
        try:
            return self.rows.count(mapped, key) > 0
        except DatabaseError:
            # Some databases take no statement after one that failed.
            return False
