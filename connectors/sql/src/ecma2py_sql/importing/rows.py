"""Rows become entries, each with the values of its multi-valued attributes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from ecma2py.entries import CSEntryChange, ObjectModificationType, generated_dn, generated_dns
from ecma2py.errors import MAImportError
from ecma2py.schema import AttributeType, Value
from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.drivers.results import Row
from ecma2py_sql.importing.building import Build, Plan, ReadColumn
from ecma2py_sql.importing.reading import ColumnReader, column_reader
from ecma2py_sql.importing.selected import Page, Selected
from ecma2py_sql.mapping.mapped import MappedColumn, MappedTable

Owned = Mapping[str, Sequence[Sequence[Any]]]
"""By multi-valued attribute, the values of one object as they were read."""

_NOTHING: Owned = {}


@define
class RowReader:
    """Makes entries of the rows of one type."""

    selected: Selected
    dialect: Dialect
    kind: ObjectModificationType = field(kw_only=True)
    entry: Build = field(init=False)
    """Makes the object in a row, without its multi-valued attributes.

    A row that cannot be read is an entry with an import error, and keeps nobody else.
    """
    _child_readers: dict[str, ColumnReader] = field(init=False)
    """By multi-valued attribute."""

    def __attrs_post_init__(self) -> None:
        self.entry = self._plan().builder(self._failed)
        self._child_readers = {
            each.attribute: column_reader(each.value, each.reference, self.dialect)
            for each in self.selected.children
        }

    def entries(self, page: Page) -> Iterator[CSEntryChange]:
        """The entries of all rows of *page*, in their order."""
        if not page.values:
            return map(self.entry, page.rows)
        components = len(self.selected.anchor_at)
        found: dict[tuple[Any, ...], dict[str, list[Sequence[Any]]]] = {}
        for attribute, rows in page.values.items():
            for row in rows:
                values = found.setdefault(tuple(row[:components]), {})
                values.setdefault(attribute, []).append(row[components:])
        at = self.selected.anchor_at
        owned = (found.get(tuple([row[index] for index in at]), _NOTHING) for row in page.rows)
        return map(self._with_values, page.rows, owned)

    def _with_values(self, row: Row, owned: Owned) -> CSEntryChange:
        entry = self.entry(row)
        if not owned or entry.error_code_import is not MAImportError.SUCCESS:
            return entry
        try:
            for child in self.selected.children:
                if found := owned.get(child.attribute):
                    entry.attributes[child.attribute] = self._values(child, found)
        except ValueError as error:
            return self._failed(row, str(error))
        return entry

    def _plan(self) -> Plan:
        selected, mapped = self.selected, self.selected.mapped
        place = {each.attribute: at for at, each in enumerate(selected.columns)}
        return Plan(
            mapped.name,
            self.kind,
            [self._column(each) for each in selected.columns],
            width=len(selected.all),
            anchor=[place[each.attribute] for each in mapped.anchor],
            naming=[place[each.attribute] for each in mapped.naming],
        )

    def _column(self, column: MappedColumn) -> ReadColumn:
        mapped, missing = self.selected.mapped, ""
        if column.attribute in {each.attribute for each in (*mapped.anchor, *mapped.naming)}:
            missing = f"{column.column.name!r} is NULL, and names the object"
        name, reference = column.attribute, column.reference
        read = column_reader(column.column, reference, self.dialect)
        if reference is None:
            # The bound method is called sooner than the object.
            return ReadColumn(
                name,
                read.__call__,
                as_it_is=read.as_it_is,
                is_truth=read.is_truth,
                missing=missing,
            )
        type_at = self.selected.type_at.get(name)
        if type_at is None:
            return ReadColumn(name, _dn_reader(read, reference.object_type), missing=missing)
        return ReadColumn(name, _any_type_reader(read), type_at=type_at, missing=missing)

    def _values(self, child: MappedTable, found: Sequence[Sequence[Any]]) -> list[Value]:
        read = self._child_readers[child.attribute]
        if child.type_column:
            return list(dict.fromkeys(any_type_dn(read(value), of) for value, of in found))
        values = [read(value) for (value,) in found]
        if child.reference:
            target = child.reference.object_type
            return list(dict.fromkeys(generated_dn((key,), target) for key in values))
        if child.value.kind.attribute_type is AttributeType.BOOLEAN:
            values = [str(value).lower() for value in values]
        return list(dict.fromkeys(values))

    def _failed(self, row: Row, problem: str) -> CSEntryChange:
        shown = ", ".join(
            f"{each.column.name} {row[at]!r}"
            for each, at in zip(self.selected.mapped.anchor, self.selected.anchor_at, strict=True)
        )
        return CSEntryChange.import_error(
            self.selected.mapped.name,
            None,
            MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
            detail=f"{self.selected.mapped.place}, row with {shown}: {problem.rstrip('.')}.",
        )


def _dn_reader(read: ColumnReader, object_type: str) -> Callable[[Any], Value]:
    name = generated_dns(object_type)
    return lambda key: name(read(key))


def _any_type_reader(read: ColumnReader) -> Callable[[Any, Any], Value]:
    return lambda key, object_type: any_type_dn(read(key), object_type)


def any_type_dn(value: Value, object_type: Any) -> str:
    """The DN of the object of *object_type* that *value* names; ``ValueError`` without a type."""
    if not isinstance(object_type, str) or not object_type.strip():
        raise ValueError(f"the reference {value!r} comes without the type of what it refers to")
    return generated_dn((value,), object_type.strip())
