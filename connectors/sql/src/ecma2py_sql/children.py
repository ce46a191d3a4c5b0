"""Rows of multi-valued tables: a value added or removed is one row, whatever else is there."""

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import define

from ecma2py.entries import AttributeChange, AttributeModificationType
from ecma2py.schema import Value
from ecma2py_sql.mapping import MappedTable
from ecma2py_sql.reading import column_reader
from ecma2py_sql.session import Session
from ecma2py_sql.values import Parameter, ParameterMaker

_AT_ONCE = 500
"""Values in one statement; databases limit the parameters, SQL Server to 2,100."""

Parameters = Sequence[Parameter]


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
        given = self._parameters(change.values)
        if change.modification_type is AttributeModificationType.DELETE:
            self.clear()
        elif change.modification_type is AttributeModificationType.REPLACE:
            self._replace(given)
        else:
            self._remove(self._parameters(change.removed))
            self._add(given)

    def insert(self, values: Sequence[Value]) -> None:
        """The values of an object that has none yet."""
        self._insert(list(self._by_meaning(self._parameters(values)).values()))

    def clear(self) -> None:
        """No value is left."""
        self.session.run(f"DELETE FROM {self._table}{self._owned}", self.owner)

    @property
    def _table(self) -> str:
        return self.session.quote(*self.child.table.qualified)

    @property
    def _value(self) -> str:
        return self.session.quote(self.child.value.name)

    @property
    def _owned(self) -> str:
        keys = (f"{self.session.quote(key.name)} = ?" for key in self.child.key)
        return f" WHERE {' AND '.join(keys)}"

    def _parameters(self, values: Sequence[Value]) -> list[Parameter]:
        return [self.make.child(self.child, value) for value in values]

    def _by_meaning(self, parameters: Parameters) -> dict[Any, Parameter]:
        reader = column_reader(self.child.value, self.child.reference, self.session.dialect)
        return {reader.comparable(each): each for each in parameters}

    def _add(self, given: Parameters) -> None:
        present: list[Parameter] = []
        for some, marks in _portions(given):
            sql = f"SELECT {self._value} FROM {self._table}{self._owned}"
            rows = self.session.rows(f"{sql} AND {self._value} IN ({marks})", [*self.owner, *some])
            present += [row[0] for row in rows]
        known = self._by_meaning(present)
        self._insert([v for key, v in self._by_meaning(given).items() if key not in known])

    def _replace(self, given: Parameters) -> None:
        rows = self.session.rows(
            f"SELECT {self._value} FROM {self._table}{self._owned}", self.owner
        )
        taken = self.session.dialect.parameter
        before = self._by_meaning([taken(row[0]) for row in rows if row[0] is not None])
        after = self._by_meaning(given)
        self._remove([value for key, value in before.items() if key not in after])
        self._insert([value for key, value in after.items() if key not in before])

    def _insert(self, given: Parameters) -> None:
        if not given:
            return
        names = [self.session.quote(key.name) for key in self.child.key] + [self._value]
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO {self._table} ({', '.join(names)}) VALUES ({marks})"
        rows = [[*self.owner, value] for value in given]
        if len(rows) == 1:
            self.session.run(sql, rows[0])
        else:
            self.session.run_many(sql, rows)

    def _remove(self, given: Parameters) -> None:
        for some, marks in _portions(given):
            sql = f"DELETE FROM {self._table}{self._owned} AND {self._value} IN ({marks})"
            self.session.run(sql, [*self.owner, *some])


def _portions(given: Parameters) -> Iterator[tuple[Parameters, str]]:
    for start in range(0, len(given), _AT_ONCE):
        some = given[start : start + _AT_ONCE]
        yield some, ", ".join("?" * len(some))
