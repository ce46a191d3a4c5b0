"""Rows become entries; rows of the same shape by the same plan, made once.

A shape is the Python types of a row's values. SQLite may hold any type in any column, every row
has its own NULLs, and drivers differ: looking at the types once a row settles all three.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from attrs import define, field

from ecma2py.entries import CSEntryChange, ObjectModificationType, generated_dn
from ecma2py.errors import MAImportError
from ecma2py.schema import AttributeType, Value, Values
from ecma2py_sql.data.kinds import Reader
from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.drivers.session import Row
from ecma2py_sql.importing.reading import ColumnReader, column_reader
from ecma2py_sql.importing.selected import Page, Selected
from ecma2py_sql.mapping.mapped import MappedTable, Reference

_MOST_PLANS = 5_000
"""A table with many nullable columns has more shapes than are worth keeping."""

Shape = tuple[type, ...]
_NOTHING: Mapping[str, Sequence[Sequence[Any]]] = {}


@define
class _Plan:
    """What becomes of the values of a row of one shape."""

    names: tuple[str, ...]
    """The attributes whose values stay as they are; the anchor is not among them."""
    values: Callable[[Row], Sequence[Any]]
    converted: list[tuple[str, int, Reader]]
    of_any_type: list[tuple[str, int, int]]
    """Attribute, where its value stands, and where the type of what it refers to."""
    anchor: list[tuple[str, int, Reader | None]]
    nameless: str = ""
    """The column that is NULL though it names the object."""


@define
class RowReader:
    """Makes entries of the rows of one type."""

    selected: Selected
    dialect: Dialect
    kind: ObjectModificationType = field(kw_only=True)
    _readers: list[ColumnReader] = field(init=False)
    """Of the columns, in their order."""
    _child_readers: dict[str, ColumnReader] = field(init=False)
    """By multi-valued attribute."""
    _type: str = field(init=False)
    _dn: str | None = field(init=False)
    """The attribute that names the object, if it is not its anchor alone."""
    _place: dict[str, int] = field(init=False)
    """Where in the anchor an attribute of it stands."""
    _needed: frozenset[str] = field(init=False)
    """The attributes without which there is no object."""
    _plans: dict[Shape, _Plan] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        mapped, dialect = self.selected.mapped, self.dialect
        self._readers = [
            column_reader(each.column, each.reference, dialect) for each in self.selected.columns
        ]
        self._child_readers = {
            each.attribute: column_reader(each.value, each.reference, dialect)
            for each in self.selected.children
        }
        self._type = mapped.name
        self._dn = mapped.dn.attribute if mapped.dn is not None else None
        self._place = {each.attribute: at for at, each in enumerate(mapped.anchor)}
        named = (*mapped.anchor, *mapped.naming)
        self._needed = frozenset(each.attribute for each in named)

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
        return map(self.entry, page.rows, owned)

    def entry(
        self, row: Row, values: Mapping[str, Sequence[Sequence[Any]]] = _NOTHING
    ) -> CSEntryChange:
        """The object in *row* with the *values* of its multi-valued attributes as they were read.

        A row that cannot be read is an entry with an import error, and keeps nobody else.
        """
        try:
            shape = tuple(map(type, row))
            plan = self._plans.get(shape) or self._plan(shape)
            if plan.nameless:
                return self._failed(row, f"{plan.nameless!r} is NULL, and names the object")
            attributes: dict[str, Values] = dict(zip(plan.names, plan.values(row), strict=False))
            anchor: dict[str, Value] = {}
            at = 0
            try:
                for name, at, reader in plan.anchor:
                    anchor[name] = row[at] if reader is None else reader(row[at])
                for name, at, convert in plan.converted:
                    attributes[name] = convert(row[at])
            except ValueError as error:
                raise self._readers[at].wrong(error) from None
            for name, at, type_at in plan.of_any_type:
                attributes[name] = any_type_dn(self._readers[at](row[at]), row[type_at])
            if values:
                for child in self.selected.children:
                    if found := values.get(child.attribute):
                        attributes[child.attribute] = self._values(child, found)
        except ValueError as error:
            return self._failed(row, str(error))
        named: Any = anchor.values()
        if self._dn is not None:
            named = ((anchor if self._dn in anchor else attributes)[self._dn],)
        return CSEntryChange(
            self._type,
            self.kind,
            anchor=anchor,
            dn=generated_dn(named, self._type),
            attributes=attributes,
        )

    def _plan(self, shape: Shape) -> _Plan:
        plan = _Plan((), _getter(()), [], [], [])
        direct: list[tuple[str, int]] = []
        type_at = self.selected.type_at
        for at, (each, found) in enumerate(zip(self.selected.columns, shape, strict=False)):
            name = each.attribute
            if found is type(None):
                if name in self._needed:
                    plan.nameless = each.column.name
                continue
            if name in type_at:
                plan.of_any_type.append((name, at, type_at[name]))
                continue
            reader = _reader(self._readers[at], each.reference, found)
            if each.is_anchor:
                plan.anchor.append((name, at, reader))
            elif reader is None:
                direct.append((name, at))
            else:
                plan.converted.append((name, at, reader))
        plan.names, plan.values = (
            tuple(name for name, _ in direct),
            _getter([at for _, at in direct]),
        )
        plan.anchor.sort(key=lambda each: self._place[each[0]])
        if len(self._plans) >= _MOST_PLANS:
            self._plans.clear()
        self._plans[shape] = plan
        return plan

    def _values(self, child: MappedTable, found: Sequence[Sequence[Any]]) -> list[Value]:
        read = self._child_readers[child.attribute]
        if child.reference and child.reference.type_column:
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


def _reader(read: ColumnReader, reference: Reference | None, found: type) -> Reader | None:
    reader = read.for_type(found)
    if reference is None:
        return reader
    target = reference.object_type
    if reader is None:
        return lambda key: generated_dn((key,), target)
    return lambda key: generated_dn((reader(key),), target)


def any_type_dn(value: Value, object_type: Any) -> str:
    """The DN of the object of *object_type* that *value* names; ``ValueError`` without a type."""
    if not isinstance(object_type, str) or not object_type.strip():
        raise ValueError(f"the reference {value!r} comes without the type of what it refers to")
    return generated_dn((value,), object_type.strip())


def _getter(indexes: Sequence[int]) -> Callable[[Row], Sequence[Any]]:
    if len(indexes) > 1:
        return itemgetter(*indexes)
    return lambda row: [row[at] for at in indexes]
