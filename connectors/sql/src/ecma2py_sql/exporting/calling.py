"""Calls of stored procedures, and the rows they and other statements give back."""

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from ecma2py_sql.drivers.procedures import Passed
from ecma2py_sql.drivers.results import Result
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.exporting.values import Parameter
from ecma2py_sql.mapping.settings import Argument


def call_procedure(
    session: Session, procedure: str, given: Sequence[tuple[Argument, Parameter]]
) -> dict[str, Any]:
    """The last row the procedure gives and its OUTPUT values, by column and attribute."""
    bound = [Passed(each.name, value, each.direction) for each, value in given]
    with closing(session.call(procedure, bound)) as result:
        row = _last(result)
    attributes = {each.name.lstrip("@").casefold(): each.value for each, _ in given}
    told = {**row, **{name.lstrip("@"): value for name, value in result.outputs.items()}}
    return {attributes.get(name.casefold(), name): value for name, value in told.items()}


def last_row(session: Session, sql: str, parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The last row a statement gives, by column; empty if it gives none."""
    with closing(session.stream(sql, parameters)) as result:
        return _last(result)


def _last(result: Result) -> dict[str, Any]:
    last: Sequence[Any] = ()
    for some in result:
        last = some[-1]
    return dict(zip(result.columns, last, strict=False))
