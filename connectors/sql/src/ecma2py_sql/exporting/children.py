"""Rows of multi-valued tables: a value added or removed is one row, whatever else is there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import define

from ecma2py.entries import AttributeChange, AttributeModificationType
from ecma2py.schema import Value
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.exporting.statements import check_inserted
from ecma2py_sql.exporting.values import Parameter, ParameterMaker
from ecma2py_sql.importing.reading import column_reader
from ecma2py_sql.mapping.mapped import MappedTable

_AT_ONCE = 500
"""Values in one statement; databases limit the parameters, SQL Server to 2,100."""

Parameters = Sequence[Parameter]
Held = tuple[Parameter, ...]
"""One value as its columns hold it: the value, and the type of what it refers to if it tells."""


@define
class ChildWriter:
    """Writes the values of one multi-valued attribute of one object."""

    session: Session
    make: ParameterMaker
    child: MappedTable
    owner: Parameters
    """The object's key as parameters."""

    def apply(self, change: AttributeChange) -> None:
        """What *change* says; a value that is there already, or gone already, is no error."""
        if change.modification_type is AttributeModificationType.DELETE:
            self.clear()
        elif change.modification_type is AttributeModificationType.REPLACE:
            added, removed = self.difference(change)
            self._remove(removed)
            self._insert(added)
        else:
            self._remove(self._held(change.removed))
            self._add(self._held(change.values))

    def difference(self, change: AttributeChange) -> tuple[list[Held], list[Held]]:
        """The values *change* adds and those it removes; all that are there are read if it must."""
        after = self._by_meaning(self._held(change.values))
        if change.modification_type not in (
            AttributeModificationType.REPLACE,
            AttributeModificationType.DELETE,
        ):
            return list(after.values()), self._held(change.removed)
        before = self._by_meaning(self._select("", ()))
        return (
            [held for key, held in after.items() if key not in before],
            [held for key, held in before.items() if key not in after],
        )

    def insert(self, values: Sequence[Value]) -> None:
        """The values of an object that has none yet."""
        self._insert(list(self._by_meaning(self._held(values)).values()))

    def clear(self) -> None:
        """No value is left."""
        self.session.run(f"DELETE FROM {self._table}{self._owned}", self.owner)

    @property
    def _table(self) -> str:
        return self.session.quote(*self.child.table.qualified)

    @property
    def _columns(self) -> list[str]:
        return [self.session.quote(each.name) for each in self.child.all_columns]

    @property
    def _owned(self) -> str:
        keys = (f"{self.session.quote(key.name)} = ?" for key in self.child.key)
        return f" WHERE {' AND '.join(keys)}"

    def _held(self, values: Sequence[Value]) -> list[Held]:
        return [self.make.child(self.child, value) for value in values]

    def _by_meaning(self, values: Sequence[Held]) -> Mapping[Any, Held]:
        """By what is equal for two values that are the same, however they are written."""
        reader = column_reader(self.child.value, self.child.reference, self.session.dialect)
        # A column of fixed width fills the type up with blanks.
        return {
            (reader.comparable(value), *(str(each).strip() for each in of_type)): (value, *of_type)
            for value, *of_type in values
        }

    def _select(self, condition: str, parameters: Parameters) -> list[Held]:
        sql = f"SELECT {', '.join(self._columns)} FROM {self._table}{self._owned}{condition}"
        rows = self.session.rows(sql, [*self.owner, *parameters])
        taken = self.session.dialect.parameter
        return [tuple(map(taken, row)) for row in rows if row[0] is not None]

    def _add(self, given: Sequence[Held]) -> None:
        present: list[Held] = []
        for some, marks in _portions([each[0] for each in given]):
            present += self._select(f" AND {self._columns[0]} IN ({marks})", some)
        known = self._by_meaning(present)
        self._insert([v for key, v in self._by_meaning(given).items() if key not in known])

    def _insert(self, given: Sequence[Held]) -> None:
        if not given:
            return
        names = [self.session.quote(key.name) for key in self.child.key] + self._columns
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO {self._table} ({', '.join(names)}) VALUES ({marks})"
        rows = [[*self.owner, *held] for held in given]
        if len(rows) == 1:
            counts = [self.session.run(sql, rows[0])]
        else:
            counts = self.session.run_many(sql, rows)
        for count in counts:
            check_inserted(self.child.table.name, count)

    def _remove(self, given: Sequence[Held]) -> None:
        # Values that refer to one type go together: the type is the same for all of them.
        by_type: dict[Held, list[Parameter]] = {}
        for held in given:
            by_type.setdefault(held[1:], []).append(held[0])
        value_column, *type_column = self._columns
        typed = "".join(f" AND {each} = ?" for each in type_column)
        for of_type, values in by_type.items():
            for some, marks in _portions(values):
                sql = f"DELETE FROM {self._table}{self._owned} AND {value_column} IN ({marks})"
                self.session.run(sql + typed, [*self.owner, *some, *of_type])


def _portions(given: Parameters) -> Iterator[tuple[Parameters, str]]:
    for start in range(0, len(given), _AT_ONCE):
        some = given[start : start + _AT_ONCE]
        yield some, ", ".join("?" * len(some))
