"""SQLite through Python's standard library: no driver, no server."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ecma2py.errors import ServerDownError
from ecma2py_sql.drivers.dialects import SQLITE
from ecma2py_sql.drivers.errors import DatabaseError, run_error, sort_out
from ecma2py_sql.drivers.results import Result, Row
from ecma2py_sql.drivers.session import Session

_OPERATIONS_BETWEEN_CHECKS = 100_000


def _tolerant_text(raw: bytes) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


class SqliteSession(Session):
    """A connection through sqlite3; the command timeout covers locks and long statements."""

    errors = (sqlite3.Error,)

    def __init__(self, connection: sqlite3.Connection, name: str, timeout: int) -> None:
        super().__init__(connection, SQLITE)
        self.name = name
        self._timeout = timeout
        self._deadline = 0.0
        if timeout:
            connection.set_progress_handler(self._is_overdue, _OPERATIONS_BETWEEN_CHECKS)

    @classmethod
    def open(cls, path: Path, timeout: int) -> "SqliteSession":
        """The database in the file *path*, which must exist."""
        if not path.is_file():
            raise ServerDownError(
                f"There is no SQLite database {str(path.absolute())!r}: correct 'Data source', or "
                "create it."
            )
        try:
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=timeout or 86_400,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("SELECT count(*) FROM sqlite_master")
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise run_error(sort_out(error)) from error
        return cls(connection, str(path), timeout)

    @property
    def quote_character(self) -> str:
        return '"'

    def ready(self) -> None:
        # A file does not go away.
        return

    @contextmanager
    def limited(self, cursor: Any) -> Iterator[None]:
        # The progress handler looks at it.
        self._deadline = time.monotonic() + self._timeout
        yield

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        try:
            return super().rows(sql, parameters)
        except DatabaseError as error:
            if "Could not decode to UTF-8" not in error.text:
                raise
        # One row with broken text must not hide the others: such text comes as bytes instead.
        self.connection.text_factory = _tolerant_text
        return super().rows(sql, parameters)

    def run_all(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        # Unlike ODBC's drivers this one adds up what it counts.
        with self._statement() as cursor:
            cursor.executemany(sql, rows)
            return int(cursor.rowcount)

    def stream(self, sql: str, parameters: Sequence[Any] = (), size: int = 500) -> Result:
        # In the middle of a result it would be too late.
        self.connection.text_factory = _tolerant_text
        return super().stream(sql, parameters, size)

    def begin(self) -> None:
        # The write lock is taken at once: a transaction that reads first cannot wait for it later.
        self.run("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.run("COMMIT")

    def rollback(self) -> None:
        if self.connection.in_transaction:
            self.connection.rollback()

    def _is_overdue(self) -> bool:
        return time.monotonic() > self._deadline
