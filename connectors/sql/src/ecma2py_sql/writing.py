"""One exported entry becomes statements on its table and the tables of its multi-valued attributes.

Everything here runs inside a transaction or savepoint of the caller's.
"""

from collections.abc import Mapping, Sequence

from attrs import define, field

from ecma2py.entries import AttributeChange, CSEntryChange, ObjectModificationType
from ecma2py.errors import (
    ECMA2Error,
    EntryExportError,
    MAExportError,
    NoSuchAttributeInObjectTypeError,
    NoSuchObjectTypeError,
    ObjectNotFoundError,
)
from ecma2py.schema import AttributeOperation, Schema, Value
from ecma2py_sql.children import ChildWriter
from ecma2py_sql.errors import Cause, DatabaseError, entry_error
from ecma2py_sql.mapping import MappedColumn, MappedTable, MappedType
from ecma2py_sql.reading import ColumnReader
from ecma2py_sql.session import Session
from ecma2py_sql.values import Parameter, ParameterMaker, only_value, refused

_NAMING = MAExportError.EXPORT_ERROR_CHANGE_NAMING_ATTRIBUTE


@define
class EntryWriter:
    """Writes entries of all object types through one session."""

    session: Session
    types: Mapping[str, MappedType]
    selected: Schema
    """What the host exports: a Replace clears nothing beyond it."""
    make: ParameterMaker = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.make = ParameterMaker(self.session.dialect)

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
            raise self._failure(mapped, change, error) from error
        return None

    def _add(self, mapped: MappedType, change: CSEntryChange) -> Mapping[str, Value] | None:
        given = self._anchor_of_new(mapped, change)
        columns: dict[str, Parameter] = {}
        children: list[tuple[MappedTable, tuple[Value, ...]]] = []
        for name, values in {**change.attributes, **given}.items():
            target = self._target(mapped, name)
            if isinstance(target, MappedColumn):
                value = only_value(name, values)
                columns[target.column.name] = self.make.column(target, value)
            else:
                many = tuple(values) if isinstance(values, (list, tuple)) else (values,)
                children.append((target, many))
        key = self._insert(mapped, columns)
        for child, many in children:
            ChildWriter(self.session, self.make, child, key).insert(many)
        anchor = {
            each.attribute: ColumnReader(each.column, self.session.dialect)(value)
            for each, value in zip(mapped.anchor, key, strict=True)
        }
        return None if anchor == given else anchor

    def _anchor_of_new(self, mapped: MappedType, change: CSEntryChange) -> dict[str, Value]:
        names = [each.attribute for each in mapped.anchor]
        given = {
            name: only_value(name, values)
            for name, values in {**change.attributes, **change.anchor}.items()
            if name in names
        }
        if not given and change.dn:
            found = self.make.from_dn(mapped.anchor, mapped.name, change.dn)
            given = dict(zip(names, found, strict=True))
        for each in mapped.anchor:
            if each.attribute not in given and not each.column.assigned:
                raise refused(
                    each.attribute,
                    "a new object needs a value for it, because the database gives none.",
                    MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT,
                )
        return given

    def _insert(self, mapped: MappedType, columns: Mapping[str, Parameter]) -> Sequence[Parameter]:
        """Insert the row; its key as the database has it."""
        quote = self.session.quote
        names, marks = ", ".join(map(quote, columns)), ", ".join("?" * len(columns))
        values = f"({names}) VALUES ({marks})" if columns else self.session.dialect.empty_insert
        sql = f"INSERT INTO {quote(*mapped.table.qualified)} {values}"
        anchor = [each.column.name for each in mapped.anchor]
        if self.session.dialect.returning:
            dialect = self.session.dialect
            keys = [dialect.selected(quote(c.column.name), c.column) for c in mapped.anchor]
            returned = f"{sql} RETURNING {', '.join(keys)}"
            (row,) = self.session.rows(returned, list(columns.values()))
            return tuple(map(dialect.parameter, row))
        missing = [name for name in anchor if name not in columns]
        last_key = self.session.dialect.last_key
        if len(missing) > (1 if last_key else 0):
            raise refused(
                missing[0],
                "this database does not tell the key it assigns: give the object one.",
                MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT,
            )
        self.session.run(sql, list(columns.values()))
        assigned = self.session.rows(last_key)[0][0] if missing and last_key else None
        return tuple(columns.get(name, assigned) for name in anchor)

    def _update(self, mapped: MappedType, change: CSEntryChange) -> None:
        key = self._key(mapped, change)
        assignments: list[str] = []
        parameters: list[Parameter] = []
        children: list[tuple[MappedTable, AttributeChange]] = []
        for each in self._changes(mapped, change):
            target = self._target(mapped, each.name)
            if isinstance(target, MappedTable):
                children.append((target, each))
            elif target.is_anchor:
                self._check_anchor(target, each, key[mapped.anchor.index(target)])
            else:
                name = self.session.quote(target.column.name)
                if each.removed and not each.values:
                    # The value goes only if it is still the one that shall go.
                    assignments.append(f"{name} = NULLIF({name}, ?)")
                    parameters.append(self.make.column(target, each.removed[0]))
                else:
                    assignments.append(f"{name} = ?")
                    parameters.append(self.make.changed(target, each))
        self._check_dn(mapped, change)
        self._write_row(mapped, assignments, parameters, key)
        for child, each in children:
            ChildWriter(self.session, self.make, child, key).apply(each)

    def _write_row(
        self,
        mapped: MappedType,
        assignments: Sequence[str],
        parameters: Sequence[Parameter],
        key: Sequence[Parameter],
    ) -> None:
        table = self.session.quote(*mapped.table.qualified)
        if assignments:
            sql = f"UPDATE {table} SET {', '.join(assignments)}{self._where(mapped)}"
            self._check_count(mapped, self.session.run(sql, [*parameters, *key]), key)
        else:
            sql = f"SELECT COUNT(*) FROM {table}{self._where(mapped)}"
            self._check_count(mapped, self.session.rows(sql, key)[0][0], key)

    def _changes(self, mapped: MappedType, change: CSEntryChange) -> list[AttributeChange]:
        """What happens to each attribute; a Replace clears what it does not mention."""
        if change.object_modification_type is ObjectModificationType.UPDATE:
            return [each for each in change.changes.values() if not each.is_new_dn]
        changes = []
        for name, attribute in self.selected.types[mapped.name].attributes.items():
            read_only = attribute.allowed_attribute_operation is AttributeOperation.IMPORT_ONLY
            if name in mapped.targets and not attribute.is_anchor and not read_only:
                values = change.attributes.get(name)
                changes.append(
                    AttributeChange.delete(name)
                    if values is None
                    else AttributeChange.replace(name, values)
                )
        return changes

    def _delete(self, mapped: MappedType, change: CSEntryChange) -> None:
        key = self._key(mapped, change)
        for child in mapped.multivalued:
            ChildWriter(self.session, self.make, child, key).clear()
        sql = f"DELETE FROM {self.session.quote(*mapped.table.qualified)}{self._where(mapped)}"
        self._check_count(mapped, self.session.run(sql, key), key)

    def _key(self, mapped: MappedType, change: CSEntryChange) -> list[Parameter]:
        names = [each.attribute for each in mapped.anchor]
        if all(name in change.anchor for name in names):
            values = [change.anchor[name] for name in names]
        elif change.dn:
            values = self.make.from_dn(mapped.anchor, mapped.name, change.dn)
        else:
            raise refused(
                next(name for name in names if name not in change.anchor),
                "the change names no object: give its anchor or its DN.",
                MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT,
            )
        return [self.make.column(c, v) for c, v in zip(mapped.anchor, values, strict=True)]

    def _where(self, mapped: MappedType) -> str:
        keys = (f"{self.session.quote(each.column.name)} = ?" for each in mapped.anchor)
        return f" WHERE {' AND '.join(keys)}"

    def _target(self, mapped: MappedType, name: str) -> MappedColumn | MappedTable:
        target = mapped.targets.get(name)
        if target is None:
            raise NoSuchAttributeInObjectTypeError(
                f"Object type {mapped.name!r} has no attribute {name!r}: it has "
                f"{', '.join(mapped.targets)}.",
                attribute_name=name,
            )
        if isinstance(target, MappedColumn) and target.read_only:
            raise refused(name, "the database alone sets it: leave it out.")
        return target

    def _check_anchor(self, column: MappedColumn, change: AttributeChange, key: Parameter) -> None:
        if self.make.changed(column, change) != key:
            raise refused(change.name, "it is the key of the row, which stays.", _NAMING)

    def _check_dn(self, mapped: MappedType, change: CSEntryChange) -> None:
        renamed = change.new_dn
        if renamed is not None and renamed != change.dn:
            raise EntryExportError(
                f"{change.dn!r} cannot be renamed to {renamed!r}: the DN is made of the key of the "
                f"row in {mapped.table.name!r}, which stays.",
                _NAMING,
                dn=change.dn,
            )

    def _check_count(self, mapped: MappedType, count: int, key: Sequence[Parameter]) -> None:
        shown = ", ".join(repr(value) for value in key)
        if count == 0:
            raise ObjectNotFoundError(
                f"Table {mapped.table.name!r} has no row with the key {shown}."
            )
        if count > 1:
            raise EntryExportError(
                f"Table {mapped.table.name!r} has {count} rows with the key {shown}: choose an "
                "anchor that is unique.",
                MAExportError.EXPORT_ERROR_AMBIGUOUS_UPDATE,
            )

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
        table = self.session.quote(*mapped.table.qualified)
        given = self._anchor_of_new(mapped, change)
        if len(given) < len(mapped.anchor):
            return False
        key = [self.make.column(each, given[each.attribute]) for each in mapped.anchor]
        try:
            rows = self.session.rows(f"SELECT COUNT(*) FROM {table}{self._where(mapped)}", key)
        except DatabaseError:
            # Some databases take no statement after one that failed.
            return False
        return bool(rows[0][0])
