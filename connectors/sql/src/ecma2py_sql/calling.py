"""Calls of stored procedures, and the rows they and other statements give back."""

from collections.abc import Sequence
from typing import Any

from ecma2py.errors import ConfigurationError
from ecma2py_sql.dialects import SQLITE
from ecma2py_sql.session import Session
from ecma2py_sql.settings import Argument, Direction
from ecma2py_sql.values import Parameter


def call_procedure(
    session: Session, procedure: str, given: Sequence[tuple[Argument, Parameter]]
) -> dict[str, Any]:
    """The last row the procedure gives and its OUTPUT values, by column and attribute."""
    if session.dialect.name == SQLITE.name:
        raise ConfigurationError(
            f"SQLite has no stored procedures, so that {procedure!r} cannot be called: write the "
            "change as a query."
        )
    inputs = [(each, value) for each, value in given if each.direction is not Direction.OUTPUT]
    marks = ", ".join("?" * len(inputs))
    sql = f"{{call {procedure}({marks})}}"
    row = last_row(session, sql, [value for _, value in inputs])
    outputs = {
        each.name.lstrip("@").casefold(): each.value
        for each, _ in given
        if each.direction is not Direction.INPUT
    }
    return {outputs.get(name.casefold(), name): value for name, value in row.items()}


def last_row(session: Session, sql: str, parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The last row a statement gives, by column; empty if it gives none."""
    last: Sequence[Any] = ()
    with session.result(sql, parameters) as result:
        while result.columns and (some := result.rows(100)):
            last = some[-1]
        names = [name for name, _ in result.columns]
    return dict(zip(names, last, strict=False))
