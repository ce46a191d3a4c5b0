"""Rows that are marked as deleted: they are there, and are no objects."""

from collections.abc import Callable
from typing import Any

from ecma2py_sql.data.kinds import NUMBERS, Kind
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.exporting.values import ColumnWriter
from ecma2py_sql.importing.selection import Conditions
from ecma2py_sql.mapping.mapped import MappedType
from ecma2py_sql.mapping.settings import refused

Quoted = Callable[[str], str]
"""A column as it is written in the statement."""


def alive(session: Session, mapped: MappedType, quoted: Quoted) -> Conditions:
    """What the rows of objects satisfy: nothing, unless a column marks the deleted ones."""
    if mapped.delta is None or mapped.delta.deleted is None:
        return Conditions()
    column = quoted(mapped.delta.deleted.name)
    marked = dead(session, mapped, quoted)
    # A comparison with NULL is neither true nor false: NOT alone would drop such rows.
    return Conditions((f"({column} IS NULL OR NOT ({marked.texts[0]}))",), marked.parameters)


def dead(session: Session, mapped: MappedType, quoted: Quoted) -> Conditions:
    """What the rows that are marked as deleted satisfy."""
    assert mapped.delta is not None
    assert mapped.delta.deleted is not None
    deleted, values = mapped.delta.deleted, mapped.delta.settings.deleted_values
    column = quoted(deleted.name)
    if values:
        marks = ", ".join("?" * len(values))
        return Conditions((f"{column} IN ({marks})",), _parameters(session, deleted, values))
    if deleted.kind is Kind.BOOLEAN:
        return Conditions((f"{column} = ?",), (ColumnWriter(deleted, session.dialect)(True),))
    if deleted.kind in NUMBERS:
        return Conditions((f"{column} <> 0",))
    return Conditions((f"{column} IS NOT NULL",))


def _parameters(session: Session, column: Column, values: tuple[str, ...]) -> tuple[Any, ...]:
    try:
        given: list[Any] = [int(each) if column.kind is Kind.INTEGER else each for each in values]
        return tuple(map(ColumnWriter(column, session.dialect), given))
    except ValueError as error:
        raise refused(f"deleted_values holds what is no {column.kind.value}: {error}") from error
