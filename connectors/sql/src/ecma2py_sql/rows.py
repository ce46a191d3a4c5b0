"""Rows become entries; rows of the same shape by the same plan, made once.

A shape is the Python types of a row's values. SQLite may hold any type in any column, every row
has its own NULLs, and drivers differ: looking at the types once a row settles all three.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from attrs import define, field

from ecma2py.entries import CSEntryChange, ObjectModificationType, generated_dn
from ecma2py.errors import MAImportError
from ecma2py.schema import AttributeType, Value, Values
from ecma2py_sql.dialects import Dialect
from ecma2py_sql.kinds import Reader
from ecma2py_sql.mapping import MappedColumn, MappedTable, MappedType, Reference
from ecma2py_sql.reading import ColumnReader, column_reader
from ecma2py_sql.session import Row

_MOST_PLANS = 5_000
"""A table with many nullable columns has more shapes than are worth keeping."""

Shape = tuple[type, ...]
_NOTHING: Mapping[str, Sequence[Any]] = {}


@define
class _Plan:
    names: tuple[str, ...]
    values: Callable[[Row], Sequence[Any]]
    converted: list[tuple[str, int, Reader]]


@define
class RowReader:
    """Makes entries of the rows of one type."""

    mapped: MappedType
    columns: tuple[MappedColumn, ...]
    anchor_at: tuple[int, ...]
    children: tuple[MappedTable, ...]
    dialect: Dialect
    kind: ObjectModificationType = field(kw_only=True)
    _readers: list[ColumnReader] = field(init=False)
    _plans: dict[Shape, _Plan] = field(factory=dict, init=False)

    @_readers.default
    def _by_column(self) -> list[ColumnReader]:
        return [column_reader(each.column, each.reference, self.dialect) for each in self.columns]

    def entry(self, row: Row, values: Mapping[str, Sequence[Any]] = _NOTHING) -> CSEntryChange:
        """The object in *row* with the *values* of its multi-valued attributes as they were read.

        A row that cannot be read is an entry with an import error, and keeps nobody else.
        """
        try:
            shape = tuple(map(type, row))
            plan = self._plans.get(shape) or self._plan(shape)
            attributes: dict[str, Values] = dict(zip(plan.names, plan.values(row), strict=True))
            for name, at, reader in plan.converted:
                try:
                    attributes[name] = reader(row[at])
                except ValueError as error:
                    raise self._readers[at].wrong(error) from None
            anchor = {each.attribute: attributes.pop(each.attribute) for each in self.mapped.anchor}
            for child in self.children:
                if found := values.get(child.attribute):
                    attributes[child.attribute] = self._values(child, found)
        except KeyError as error:
            return self._failed(row, f"column {error.args[0]!r} of the anchor is NULL")
        except ValueError as error:
            return self._failed(row, str(error))
        name = self.mapped.name
        return CSEntryChange(
            name,
            self.kind,
            anchor=anchor,  # type: ignore[arg-type]  # an anchor is single-valued
            dn=generated_dn(anchor.values(), name),  # type: ignore[arg-type]
            attributes=attributes,
        )

    def _plan(self, shape: Shape) -> _Plan:
        direct: list[tuple[str, int]] = []
        converted: list[tuple[str, int, Reader]] = []
        for at, (each, found) in enumerate(zip(self.columns, shape, strict=False)):
            if found is type(None):
                continue
            reader = _reader(self._readers[at], each.reference, found)
            if reader is None:
                direct.append((each.attribute, at))
            else:
                converted.append((each.attribute, at, reader))
        indexes = [at for _, at in direct]
        if len(self._plans) >= _MOST_PLANS:
            self._plans.clear()
        plan = _Plan(tuple(name for name, _ in direct), _getter(indexes), converted)
        self._plans[shape] = plan
        return plan

    def _values(self, child: MappedTable, found: Sequence[Any]) -> list[Value]:
        values = list(map(column_reader(child.value, child.reference, self.dialect), found))
        if child.reference:
            target = child.reference.object_type
            return list(dict.fromkeys(generated_dn((key,), target) for key in values))
        if child.value.kind.attribute_type is AttributeType.BOOLEAN:
            values = [str(value).lower() for value in values]
        return list(dict.fromkeys(values))

    def _failed(self, row: Row, problem: str) -> CSEntryChange:
        shown = ", ".join(
            f"{each.column.name} {row[at]!r}"
            for each, at in zip(self.mapped.anchor, self.anchor_at, strict=True)
        )
        return CSEntryChange.import_error(
            self.mapped.name,
            None,
            MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
            detail=f"Table {self.mapped.table.name!r}, row with {shown}: {problem}.",
        )


def _reader(read: ColumnReader, reference: Reference | None, found: type) -> Reader | None:
    reader = read.for_type(found)
    if reference is None:
        return reader
    target = reference.object_type
    if reader is None:
        return lambda key: generated_dn((key,), target)
    return lambda key: generated_dn((reader(key),), target)


def _getter(indexes: Sequence[int]) -> Callable[[Row], Sequence[Any]]:
    if len(indexes) > 1:
        return itemgetter(*indexes)
    return lambda row: [row[at] for at in indexes]
