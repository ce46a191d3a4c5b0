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
from ecma2py_sql.kinds import READERS, Reader, read
from ecma2py_sql.mapped import MappedColumn, MappedTable, Reference
from ecma2py_sql.selected import Page, Selected
from ecma2py_sql.session import Row

_MOST_PLANS = 5_000
"""A table with many nullable columns has more shapes than are worth keeping."""

Shape = tuple[type, ...]
_NOTHING: Mapping[str, Sequence[Sequence[Any]]] = {}


@define
class _Plan:
    names: tuple[str, ...]
    values: Callable[[Row], Sequence[Any]]
    converted: list[tuple[str, int, Reader]]
    of_any_type: list[tuple[str, int, int]]
    """Attribute, where its value stands, and where the type of what it refers to."""


@define
class RowReader:
    """Makes entries of the rows of one type."""

    selected: Selected
    kind: ObjectModificationType = field(kw_only=True)
    _naming: tuple[str, ...] = field(init=False)
    _plans: dict[Shape, _Plan] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._naming = tuple(each.attribute for each in self.selected.mapped.naming)

    def entries(self, page: Page) -> Iterator[tuple[Row, CSEntryChange]]:
        """Every row of *page* with the entry made of it."""
        entry = self.entry
        if not page.values:
            for row in page.rows:
                yield row, entry(row)
            return
        components = len(self.selected.anchor_at)
        found: dict[tuple[Any, ...], dict[str, list[Sequence[Any]]]] = {}
        for attribute, rows in page.values.items():
            for row in rows:
                values = found.setdefault(tuple(row[:components]), {})
                values.setdefault(attribute, []).append(row[components:])
        at = self.selected.anchor_at
        nothing: dict[str, list[Sequence[Any]]] = {}
        for row in page.rows:
            yield row, entry(row, found.get(tuple([row[index] for index in at]), nothing))

    def entry(
        self, row: Row, values: Mapping[str, Sequence[Sequence[Any]]] = _NOTHING
    ) -> CSEntryChange:
        """The object in *row* with the *values* of its multi-valued attributes as they were read.

        A row that cannot be read is an entry with an import error, and keeps nobody else.
        """
        try:
            shape = tuple(map(type, row))
            plan = self._plans.get(shape) or self._plan(shape)
            attributes: dict[str, Values] = dict(zip(plan.names, plan.values(row), strict=True))
            for name, at, reader in plan.converted:
                attributes[name] = reader(row[at])
            for name, at, type_at in plan.of_any_type:
                attributes[name] = any_type_dn(row[at], row[type_at])
            named = [attributes[name] for name in self._naming]
            anchor = {
                each.attribute: attributes.pop(each.attribute)
                for each in self.selected.mapped.anchor
            }
            for child in self.selected.children:
                if found := values.get(child.attribute):
                    attributes[child.attribute] = self._values(child, found)
        except KeyError as error:
            return self._failed(row, f"{error.args[0]!r} is NULL, and names the object")
        except ValueError as error:
            return self._failed(row, str(error))
        name = self.selected.mapped.name
        return CSEntryChange(
            name,
            self.kind,
            anchor=anchor,  # type: ignore[arg-type]  # an anchor is single-valued
            dn=generated_dn(named, name),  # type: ignore[arg-type]  # and so is what names it
            attributes=attributes,
        )

    def _plan(self, shape: Shape) -> _Plan:
        direct: list[tuple[str, int]] = []
        converted: list[tuple[str, int, Reader]] = []
        of_any_type: list[tuple[str, int, int]] = []
        type_at = self.selected.type_at
        for at, (each, found) in enumerate(zip(self.selected.columns, shape, strict=False)):
            if found is type(None):
                continue
            if each.attribute in type_at:
                of_any_type.append((each.attribute, at, type_at[each.attribute]))
                continue
            reader = _reader(each, found)
            if reader is None:
                direct.append((each.attribute, at))
            else:
                converted.append((each.attribute, at, reader))
        indexes = [at for _, at in direct]
        if len(self._plans) >= _MOST_PLANS:
            self._plans.clear()
        plan = _Plan(tuple(name for name, _ in direct), _getter(indexes), converted, of_any_type)
        self._plans[shape] = plan
        return plan

    def _values(self, child: MappedTable, found: Sequence[Sequence[Any]]) -> list[Value]:
        if child.reference and child.reference.type_column:
            return list(dict.fromkeys(any_type_dn(*each) for each in found))
        if child.reference:
            refer = reference_reader(child.reference)
            return list(dict.fromkeys(refer(value) for (value,) in found))
        values = [read(child.value.kind, value) for (value,) in found]
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
            detail=f"{self.selected.mapped.place}, row with {shown}: {problem}.",
        )


def _reader(column: MappedColumn, found: type) -> Reader | None:
    if column.reference:
        return reference_reader(column.reference)
    try:
        return READERS[column.column.kind, found]
    except KeyError:
        raise ValueError(
            f"column {column.column.name!r} holds a {found.__name__} where "
            f"{column.column.kind.value} was expected"
        ) from None


def reference_reader(reference: Reference) -> Reader:
    """What makes the DN of the object that a key refers to."""
    return lambda key: generated_dn((read(reference.key, key),), reference.object_type)


def any_type_dn(value: Any, object_type: Any) -> str:
    """The DN of the object of *object_type* that *value* names; ``ValueError`` without a type."""
    if not isinstance(object_type, str) or not object_type.strip():
        raise ValueError(f"the reference {value!r} comes without the type of what it refers to")
    return generated_dn(
        (value if isinstance(value, (int, str, bytes)) else str(value),), object_type.strip()
    )


def _getter(indexes: Sequence[int]) -> Callable[[Row], Sequence[Any]]:
    if len(indexes) > 1:
        return itemgetter(*indexes)
    return lambda row: [row[at] for at in indexes]
