"""What a driver returns for one column becomes ECMA2 values."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from attrs import define, evolve, field

from ecma2py.schema import Value
from ecma2py_sql.data.kinds import NUMBERS, READERS, TOLERANT, UNCHANGED, Kind, Reader
from ecma2py_sql.data.moments import Clock
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.mapping.mapped import Reference

_MOMENTS = (Kind.TIMESTAMP, Kind.TIMESTAMP_TZ)


@define
class ColumnReader:
    """Reads the values of one column; ``ValueError`` says which column holds what it is not."""

    column: Column
    dialect: Dialect
    _by_type: dict[type, Reader | None] = field(factory=dict, init=False)

    def __call__(self, value: Any) -> Value:
        """*value*, which is not NULL, as an ECMA2 value."""
        found = type(value)
        try:
            reader = self._by_type[found]
        except KeyError:
            reader = self._by_type[found] = self._find(found)
        try:
            result: Value = value if reader is None else reader(value)
        except ValueError as error:
            raise self.wrong(error) from None
        return result

    @property
    def as_it_is(self) -> type | None:
        """The class whose values are ECMA2 values already; None if all are to be read."""
        for found in (str, int, bool, bytes):
            with suppress(ValueError):
                if self._find(found) is None:
                    return found
        return None

    @property
    def is_truth(self) -> bool:
        """Whole numbers stand for true and false."""
        return self.column.kind is Kind.BOOLEAN and self._find(int) is bool

    def wrong(self, problem: object) -> ValueError:
        """The error of a value that cannot be read."""
        return ValueError(f"column {self.column.name!r}: {problem}")

    def comparable(self, value: Any) -> Any:
        """Equal for two values that a database takes for the same, however written."""
        result = self(value)
        if self.column.kind in NUMBERS:
            try:
                return Decimal(str(result))
            except InvalidOperation:
                pass
        return result

    def _find(self, found: type) -> Reader | None:
        column, kind = self.column, self.column.kind
        declared = kind is column.native
        if column.fixed and found is str and kind is Kind.TEXT:
            return lambda value: str(value).rstrip(" ")
        if declared and (kind, found) in UNCHANGED:
            return None
        readers = {**READERS, **_moment_readers(self.dialect.clock, column)}
        if declared:
            readers.update(self.dialect.readers)
        try:
            reader = readers[kind, found]
        except KeyError:
            raise ValueError(
                f"column {column.name!r} holds a {found.__name__} where {kind.value} was expected"
            ) from None
        if declared and found is str and reader is not None and kind in TOLERANT:
            return _tolerant(reader)
        return reader


def column_reader(column: Column, reference: Reference | None, dialect: Dialect) -> ColumnReader:
    """What reads the values of *column*, or the keys of other objects that it holds."""
    if reference is not None and reference.type_column is None:
        column = evolve(column, kind=reference.key)
    return ColumnReader(column, dialect)


def _moment_readers(clock: Clock, column: Column) -> Mapping[tuple[Kind, type], Reader]:
    if column.is_utc:
        # Sessions speak UTC, because drivers drop the zone.
        clock = Clock()
    by_type: dict[type, Reader] = {
        datetime: clock.read,
        date: lambda value: clock.read(datetime.combine(value, time())),
        str: (
            clock.read_stored
            if column.kind is column.native
            else clock.read_text
            if column.native is Kind.TEXT
            else clock.read_iso
        ),
    }
    readers = {(kind, found): reader for kind in _MOMENTS for found, reader in by_type.items()}
    return {**readers, (Kind.TEXT, datetime): clock.read}


def _tolerant(reader: Reader) -> Reader:
    def read(value: str) -> Value:
        try:
            return reader(value)
        except ValueError:
            return value

    return read
