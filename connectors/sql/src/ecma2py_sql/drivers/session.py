"""An open connection: statements with bound parameters, transactions, and errors by cause."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Any

from ecma2py.errors import ConfigurationError
from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.drivers.errors import NOTHING, DatabaseError, sort_out
from ecma2py_sql.drivers.hidden import Hidden
from ecma2py_sql.drivers.procedures import Call, Passed, call_function
from ecma2py_sql.drivers.results import Result, Row


class SavepointLostError(Exception):
    """The database took back the whole transaction where one entry alone should have gone."""


class CommitLostError(Exception):
    """The connection was lost while a transaction ended: nobody knows whether it was written."""


_UNKNOWN_END = (Cause.DROPPED, Cause.UNREACHABLE, Cause.TIMEOUT)
"""Failures of a commit after which the database may have it all the same."""


class Session(ABC):
    """A connection to a database; every failure is a ``DatabaseError``.

    Used by one thread at a time. Outside ``transaction`` each statement commits by itself.
    """

    errors: tuple[type[Exception], ...]
    """What the driver raises."""
    name: str
    """The data source as errors call it, without secrets."""
    named_parameters = False
    """Every procedure gets its parameters by name, not by position."""

    def __init__(self, connection: Any, dialect: Dialect, hidden: Hidden = NOTHING) -> None:
        self.connection = connection
        self.dialect = dialect
        self._hidden = hidden
        self._in_transaction = False

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

    @abstractmethod
    def limited(self, cursor: Any) -> AbstractContextManager[None]:
        """What is done inside with *cursor* ends within the command timeout, as TIMEOUT if not."""

    @abstractmethod
    def ready(self) -> None:
        """The connection takes a statement, as far as can be known beforehand."""

    @contextmanager
    def sorted_out(self) -> Iterator[None]:
        """What the driver raises inside is a ``DatabaseError``, without what is hidden."""
        try:
            yield
        except self.errors as error:
            raise sort_out(error, self._hidden) from error

    def quote(self, *names: str) -> str:
        """*names* as a qualified identifier, with the driver's quote character doubled inside."""
        mark = self.quote_character
        return ".".join(f"{mark}{name.replace(mark, mark * 2)}{mark}" for name in names)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows the statement gives, held at once: limit how many you ask for."""
        with self._statement() as cursor:
            cursor.execute(sql, parameters)
            found: list[Row] = cursor.fetchall()
        return found

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """How many rows the statement changed."""
        with self._statement() as cursor:
            cursor.execute(sql, parameters)
            return int(cursor.rowcount)

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> list[int]:
        """Run the statement once for each of *rows*; how many rows each time changed."""
        counts: list[int] = []
        with self._statement() as cursor:
            # Of executemany the drivers tell no count, or only the sum; as fast is what keeps
            # the statement prepared.
            execute = cursor.execute
            for row in rows:
                execute(sql, row)
                counts.append(cursor.rowcount)
        return counts

    def run_all(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """As ``run_many``, where the sum is enough: how many rows were changed altogether."""
        return sum(self.run_many(sql, rows))

    def stream(self, sql: str, parameters: Sequence[Any] = (), size: int = 500) -> Result:
        """The rows of any statement, *size* at a time, through a cursor of their own.

        Other statements may run meanwhile. The command timeout holds for each list of rows.
        """
        return self._execute(Call(sql, tuple(parameters), many=False), size)

    def call(
        self,
        procedure: str,
        arguments: Sequence[Passed] = (),
        *,
        named: bool | None = None,
        size: int = 500,
    ) -> Result:
        """The rows of the stored procedure ``[schema.]name``, and its OUTPUT parameters.

        *named* as for all of them, unless it is said here.
        ``ConfigurationError`` names the data source if it cannot do that.
        """
        try:
            by_name = self.named_parameters if named is None else named
            plan = self._plan(procedure, arguments, by_name)
        except ConfigurationError as error:
            raise ConfigurationError(f"Data source {self.name!r}: {error}") from error
        for sql, parameters in plan.before:
            self.run(sql, parameters)
        return self._execute(plan, size)

    def close(self) -> None:
        """Disconnect; a connection that is lost already is closed."""
        with suppress(*self.errors):
            self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written together, or nothing is; ``CommitLostError`` if unknown."""
        self.ready()
        self.begin()
        self._in_transaction = True
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        else:
            self._end()
        finally:
            self._in_transaction = False

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Everything inside a part of a transaction is written together, or nothing is.

        ``SavepointLostError`` if the whole transaction went with it.
        """
        place = self.dialect.savepoint
        assert place is not None
        self.run(place.begin)
        try:
            yield
            if place.release:
                self.run(place.release)
        except BaseException as error:
            try:
                self.run(place.undo)
                if place.release:
                    self.run(place.release)
            except DatabaseError as lost:
                raise SavepointLostError(str(lost)) from error
            raise

    def _end(self) -> None:
        try:
            self.commit()
        except DatabaseError as error:
            self.rollback()
            if error.cause in _UNKNOWN_END:
                raise CommitLostError(error.text) from error
            raise

    def _plan(self, procedure: str, arguments: Sequence[Passed], named: bool) -> Call:
        make, names = self.dialect.call, procedure.split(".")
        if make is None:
            raise ConfigurationError(
                f"{self.dialect.name} has no stored procedures: write it as a query."
            )
        if self.dialect.routines:
            found = self.rows(self.dialect.routines, (names[-1], ".".join(names[:-1])))
            if not found:
                raise ConfigurationError(f"There is no function or procedure {procedure!r}.")
            if found[0][0] == "f":
                make = call_function
        return make(self.quote(*names), arguments, named, self.quote)

    def _execute(self, plan: Call, size: int) -> Result:
        self.ready()
        with self.sorted_out(), ExitStack() as undone:
            cursor = self.connection.cursor()
            undone.callback(cursor.close)
            with self.limited(cursor):
                cursor.execute(plan.sql, plan.parameters)
                # What it changed before it gives rows are results without columns.
                while not cursor.description and plan.many and cursor.nextset():
                    pass
            undone.pop_all()
        columns = _columns(cursor)
        outputs: dict[str, Any] = {}
        return Result(
            () if plan.outputs_in(columns) else columns,
            types=tuple(each[1] for each in cursor.description or ()),
            asked=(plan.sql, plan.parameters),
            outputs=outputs,
            pages=self._pages(cursor, plan, size, outputs),
            close=cursor.close,
        )

    @contextmanager
    def _statement(self) -> Iterator[Any]:
        self.ready()
        with self.sorted_out():
            cursor = self.connection.cursor()
            try:
                with self.limited(cursor):
                    yield cursor
            finally:
                cursor.close()

    def _pages(
        self, cursor: Any, plan: Call, size: int, outputs: dict[str, Any]
    ) -> Iterator[list[Row]]:
        before: tuple[str, ...] = ()
        more, connection = True, self.connection
        try:
            while more:
                columns = _columns(cursor)
                page = self._fetched(cursor, size) if columns else []
                if columns and plan.outputs_in(columns):
                    outputs.update(plan.outputs_of(columns, page[0]))
                    page = []
                elif before and columns:
                    raise DatabaseError(
                        Cause.UNKNOWN,
                        f"it gives several results, the first of {', '.join(before)}, another of "
                        f"{', '.join(columns)}: let it give one.",
                    )
                before = before or columns
                while page:
                    yield page
                    page = self._fetched(cursor, size)
                with self.sorted_out(), self.limited(cursor):
                    more = plan.many and bool(cursor.nextset())
        finally:
            with suppress(*self.errors):
                cursor.close()
        if plan.after:
            self.ready()
            if self.connection is not connection:
                raise DatabaseError(Cause.DROPPED, "the OUTPUT parameters were lost with it")
            outputs.update(plan.outputs_of((), self.rows(plan.after)[0]))

    def _fetched(self, cursor: Any, size: int) -> list[Row]:
        with self.sorted_out(), self.limited(cursor):
            page: list[Row] = cursor.fetchmany(size)
        return page


def _columns(cursor: Any) -> tuple[str, ...]:
    # SQLite's ODBC driver counts bytes for characters: NUL and leftovers follow the name.
    return tuple(str(each[0]).partition("\0")[0] for each in cursor.description or ())
