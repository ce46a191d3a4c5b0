"""An open connection: statements with bound parameters, transactions, and errors by cause."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from ecma2py_sql.dialects import Dialect
from ecma2py_sql.errors import Cause, DatabaseError, sort_out

Row = Sequence[Any]


class SavepointLostError(Exception):
    """The database took back the whole transaction where one entry alone should have gone."""


class CommitLostError(Exception):
    """The connection was lost while a transaction ended: nobody knows whether it was written."""


_UNKNOWN_END = (Cause.DROPPED, Cause.UNREACHABLE, Cause.TIMEOUT)
"""Failures of a commit after which the database may have it all the same."""


class Result:
    """The rows a statement gives, read a few at a time, and the names and types of its columns."""

    def __init__(self, cursor: Any, sorted_out: Callable[[], AbstractContextManager[None]]) -> None:
        self._cursor = cursor
        self._sorted_out = sorted_out
        self.columns: list[tuple[str, type | None]] = [
            (str(each[0]), each[1]) for each in cursor.description or ()
        ]
        """The type is None where the driver leaves it to the values."""

    def rows(self, most: int) -> list[Row]:
        """The next rows, *most* at most; none at the end."""
        with self._sorted_out():
            found: list[Row] = self._cursor.fetchmany(most)
        return found

    def close(self) -> None:
        """Read no more."""
        with self._sorted_out():
            self._cursor.close()


class Session(ABC):
    """A connection to a database; every failure is a ``DatabaseError``.

    Used by one thread at a time. Outside ``transaction`` each statement commits by itself.
    """

    errors: tuple[type[Exception], ...]
    """What the driver raises."""

    def __init__(self, connection: Any, dialect: Dialect, secrets: tuple[str, ...] = ()) -> None:
        self.connection = connection
        self.dialect = dialect
        self._secrets = secrets

    @property
    @abstractmethod
    def quote_character(self) -> str:
        """What surrounds an identifier."""

    @abstractmethod
    def begin(self) -> None:
        """Begin a transaction."""

    @abstractmethod
    def commit(self) -> None:
        """End the transaction; what was written is there for good."""

    @abstractmethod
    def rollback(self) -> None:
        """End the transaction; nothing was written. Never fails: a lost connection did the same."""

    @contextmanager
    def sorted_out(self) -> Iterator[None]:
        """Turns what the driver raises into a ``DatabaseError``."""
        try:
            yield
        except self.errors as error:
            raise sort_out(error, self._secrets) from error

    def quote(self, *names: str) -> str:
        """*names* as a qualified identifier, with the driver's quote character doubled inside."""
        mark = self.quote_character
        return ".".join(f"{mark}{name.replace(mark, mark * 2)}{mark}" for name in names)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows the statement gives: bound what you ask for."""
        with self.sorted_out():
            cursor = self.connection.execute(sql, parameters)
            try:
                found: list[Row] = cursor.fetchall()
            finally:
                cursor.close()
        return found

    @contextmanager
    def result(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Result]:
        """What the statement gives, to be read inside the ``with`` block."""
        with self.sorted_out():
            result = Result(self.connection.execute(sql, parameters), self.sorted_out)
        try:
            yield result
        finally:
            result.close()

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """How many rows the statement changed."""
        with self.sorted_out():
            cursor = self.connection.execute(sql, parameters)
            try:
                return int(cursor.rowcount)
            finally:
                cursor.close()

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> list[int]:
        """Run the statement once for each of *rows*; how many rows each time changed."""
        counts = []
        with self.sorted_out():
            cursor = self.connection.cursor()
            try:
                # Of executemany the drivers tell no count, or only the sum; as fast is what keeps
                # the statement prepared.
                for row in rows:
                    cursor.execute(sql, row)
                    counts.append(int(cursor.rowcount))
            finally:
                cursor.close()
        return counts

    def close(self) -> None:
        """Disconnect; a connection that is lost already is closed."""
        with suppress(*self.errors):
            self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written together, or nothing is; ``CommitLostError`` if unknown."""
        self.begin()
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        try:
            self.commit()
        except DatabaseError as error:
            self.rollback()
            if error.cause in _UNKNOWN_END:
                raise CommitLostError(error.text) from error
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Everything inside a transaction's part is written together, or nothing is."""
        self.run("SAVEPOINT entry")
        try:
            yield
            self.run("RELEASE SAVEPOINT entry")
        except BaseException as error:
            try:
                self.run("ROLLBACK TO SAVEPOINT entry")
                self.run("RELEASE SAVEPOINT entry")
            except DatabaseError as lost:
                raise SavepointLostError(str(lost)) from error
            raise
