"""Rows read in portions where the driver would hold all of them, or hold up all other statements.

Those of a query wait in a temporary table of the connection, numbered in the order the query gives
them. Those of a procedure, which cannot be a table, wait in a file here.
"""

import pickle
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from tempfile import SpooledTemporaryFile
from typing import Any

from attrs import define, evolve, field

from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.errors import DatabaseError
from ecma2py_sql.drivers.results import Result, Row
from ecma2py_sql.drivers.session import Session

_QUERY = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)
_NUMBERS = count(1)
_ROW = "ecma2py_row"
_IN_MEMORY = 1_000_000
"""Bytes of rows that wait before they go to a file."""
_FINAL = (Cause.TIMEOUT, Cause.DROPPED, Cause.UNREACHABLE)


def stream_staged(
    session: Session, sql: str, parameters: Sequence[Any], size: int
) -> Result | None:
    """The rows of the query *sql*, *size* at a time; None if it cannot be a table.

    It cannot if it is no query, if two columns have one name, or if the account may make no
    temporary table.
    """
    if not _QUERY.match(sql):
        return None
    table = session.quote(f"ecma2py_{next(_NUMBERS)}")
    try:
        session.run(
            f"CREATE TEMPORARY TABLE {table} ({_ROW} BIGINT AUTO_INCREMENT PRIMARY KEY)"
            f" AS {sql.rstrip().rstrip(';')}",
            parameters,
        )
    except DatabaseError as error:
        if error.cause in _FINAL:
            raise
        return None
    names = [str(row[0]) for row in _columns_of(session, table)]
    stage = _Stage(session, table, tuple(names[1:]), size)
    return Result(stage.columns, asked=(sql, parameters), pages=stage.pages(), close=stage.drop)


def staged_types(session: Session, sql: str, parameters: Sequence[Any]) -> dict[str, str]:
    """By column of the query *sql*, its type as the table has it that would hold the rows."""
    table = session.quote(f"ecma2py_{next(_NUMBERS)}")
    session.run(f"CREATE TEMPORARY TABLE {table} AS SELECT * FROM ({sql}\n) q LIMIT 0", parameters)
    try:
        return {str(row[0]): _text(row[1]).lower() for row in _columns_of(session, table)}
    finally:
        session.run(f"DROP TEMPORARY TABLE {table}")


def _columns_of(session: Session, table: str) -> list[Row]:
    # As values, because the driver drops characters from the names of a result.
    return session.rows(f"SHOW COLUMNS FROM {table}")


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def spooled(result: Result) -> Result:
    """*result*, all of whose rows are taken from the driver before the first of them is given.

    As long as MariaDB's driver has rows of a procedure left, no other statement can run.
    """

    def pages() -> Iterator[list[Row]]:
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            for page in result:
                pickle.dump([tuple(row) for row in page], file)
            file.seek(0)
            with suppress(EOFError):
                while True:
                    yield pickle.load(file)  # noqa: S301  what was written above

    return evolve(result, pages=pages())


@define
class _Stage:
    session: Session
    table: str
    columns: tuple[str, ...]
    size: int
    _connection: Any = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._connection = self.session.connection

    def pages(self) -> Iterator[list[Row]]:
        selected = ", ".join([*map(self.session.quote, self.columns), _ROW])
        sql = (
            f"SELECT {selected} FROM {self.table} WHERE {_ROW} > ? ORDER BY {_ROW}"
            f" LIMIT {self.size}"
        )
        last = 0
        try:
            while page := self._page(sql, last):
                last = page[-1][-1]
                yield [row[:-1] for row in page]
        finally:
            self.drop()

    def _page(self, sql: str, last: int) -> list[Row]:
        try:
            return self.session.rows(sql, (last,))
        except DatabaseError as error:
            if self.session.connection is not self._connection:
                raise DatabaseError(
                    Cause.DROPPED, "the rows not yet read were lost with it"
                ) from error
            raise

    def drop(self) -> None:
        with suppress(DatabaseError):
            self.session.run(f"DROP TEMPORARY TABLE IF EXISTS {self.table}")
