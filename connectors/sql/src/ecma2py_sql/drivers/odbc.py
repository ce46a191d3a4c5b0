"""Any other database, through its ODBC driver."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any

from ecma2py.errors import ConfigurationError
from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.drivers.dialects import find_dialect
from ecma2py_sql.drivers.errors import DatabaseError, run_error, sort_out
from ecma2py_sql.drivers.hidden import Hidden
from ecma2py_sql.drivers.procedures import Passed
from ecma2py_sql.drivers.results import Result
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.drivers.sockets import Ports, cut
from ecma2py_sql.drivers.source import OdbcSource
from ecma2py_sql.drivers.staging import spooled, stream_staged
from ecma2py_sql.drivers.watchdog import Watchdog

_NO_SUCH_DSN = "IM002"
_NO_SUCH_DRIVER = ("Can't open lib", "IM003")
FRESH = 1.0
"""Seconds after which a connection that did nothing is asked whether it is still there."""


class OdbcSession(Session):
    """A connection through pyodbc, made anew when it was lost and nothing depends on the old one.

    A statement that may have run is never repeated: a lost connection is noticed before the first
    statement of a transaction, or before one outside of any, or it is an error.
    """

    def __init__(self, source: OdbcSource) -> None:
        source.check()
        pyodbc = _load(source)
        self.errors = (pyodbc.Error, UnicodeDecodeError)
        self.name = source.name
        self._source = source
        self._hidden = Hidden(source.password)
        self._pyodbc = pyodbc
        self._watchdog = Watchdog(source.timeout, self._cut)
        self._ports: Ports | None = None
        self._is_lost = False
        connection, dialect = self._connected(find_dialect(*source.keywords.values()))
        super().__init__(connection, dialect, self._hidden)
        self._quote = str(connection.getinfo(pyodbc.SQL_IDENTIFIER_QUOTE_CHAR)).strip() or '"'
        try:
            self._set_up()
        except BaseException:
            self.close()
            raise

    @property
    def quote_character(self) -> str:
        return self._quote

    def begin(self) -> None:
        with self.sorted_out(), self._watchdog.watching():
            self.connection.autocommit = False

    def commit(self) -> None:
        with self.sorted_out(), self._watchdog.watching():
            self.connection.commit()
            self.connection.autocommit = True

    def rollback(self) -> None:
        try:
            with self._watchdog.watching():
                self.connection.rollback()
                self.connection.autocommit = True
        except self.errors:
            self._is_lost = True

    def close(self) -> None:
        with self._watchdog.watching():
            super().close()
        self._watchdog.stop()

    def ready(self) -> None:
        if self._in_transaction:
            return
        if not self._is_lost and time.monotonic() - self._used > FRESH:
            self._is_lost = not self._answers()
        if self._is_lost:
            with suppress(*self.errors), self._watchdog.watching():
                self.connection.close()
            self.connection, _ = self._connected(self.dialect)
            self._set_up()

    def stream(self, sql: str, parameters: Sequence[Any] = (), size: int = 500) -> Result:
        if not self.dialect.buffers:
            return super().stream(sql, parameters, size)
        staged = stream_staged(self, sql, parameters, size)
        return staged or spooled(super().stream(sql, parameters, size))

    def call(
        self,
        procedure: str,
        arguments: Sequence[Passed] = (),
        *,
        named: bool | None = None,
        size: int = 500,
    ) -> Result:
        result = super().call(procedure, arguments, named=named, size=size)
        return spooled(result) if self.dialect.buffers else result

    @contextmanager
    def sorted_out(self) -> Iterator[None]:
        try:
            with super().sorted_out():
                yield
        except DatabaseError as error:
            if error.cause in (Cause.DROPPED, Cause.UNREACHABLE):
                self._is_lost = True
            if self._watchdog.has_ended:
                error.cause = Cause.TIMEOUT
            raise
        self._used = time.monotonic()

    @contextmanager
    def limited(self, cursor: Any) -> Iterator[None]:
        with self._watchdog.watching(cursor):
            yield

    def _answers(self) -> bool:
        try:
            with self._watchdog.watching(cursor := self.connection.cursor()):
                cursor.execute(self.dialect.probe).fetchall()
                cursor.close()
        except self.errors:
            return False
        return True

    def _connected(self, guess: Dialect) -> tuple[Any, Dialect]:
        """A connection with the options of its dialect, and the dialect."""
        connection = self._connect(guess)
        dialect = _recognise(self._pyodbc, connection)
        if dialect is not guess and dialect.options:
            # A DSN hides its driver: now that it is known, connect with the options it needs.
            connection.close()
            connection = self._connect(dialect)
        return connection, dialect

    def _connect(self, dialect: Dialect) -> Any:
        source = self._source
        try:
            return self._pyodbc.connect(
                source.connection_string(dialect), autocommit=True, timeout=source.timeout
            )
        except self.errors as error:
            failure = sort_out(error, self._hidden)
            if failure.cause in (Cause.TIMEOUT, Cause.DROPPED):
                # There was no connection yet: the server did not answer.
                failure.cause = Cause.UNREACHABLE
            raise failure from error

    def _set_up(self) -> None:
        """Give the new connection the encoding and settings of its dialect."""
        pyodbc, dialect = self._pyodbc, self.dialect
        self._is_lost = False
        self._used = time.monotonic()
        if encoding := dialect.encoding:
            self.connection.setencoding(encoding=encoding, ctype=pyodbc.SQL_CHAR)
            for sql_type in (pyodbc.SQL_CHAR, pyodbc.SQL_WCHAR):
                self.connection.setdecoding(sql_type, encoding=encoding, ctype=pyodbc.SQL_CHAR)
        if dialect.decimals_as_bytes:
            for sql_type in (pyodbc.SQL_DECIMAL, pyodbc.SQL_NUMERIC):
                self.connection.add_output_converter(sql_type, _decimal)
        for statement in dialect.session:
            self.run(statement)
        self._ports, limits = None, dialect.limits if self._source.timeout else ()
        for statement in limits:
            self.run(self._source.filled(statement))
        self._watchdog.cancels = not (limits and dialect.ends_statements)
        if limits and dialect.ports:
            ((here, there),) = self.rows(dialect.ports)
            self._ports = here and there and (int(here), int(there))

    def _cut(self) -> bool:
        return self._ports is not None and cut(self._ports)


def open_odbc(source: OdbcSource) -> OdbcSession:
    """A connection to *source*, with the options and settings of its dialect."""
    try:
        return OdbcSession(source)
    except DatabaseError as error:
        problem = run_error(error)
        if source.advice and _NO_SUCH_DSN in error.text:
            raise ConfigurationError(f"{problem}{source.advice}") from error
        if any(words in error.text for words in (_NO_SUCH_DSN, *_NO_SUCH_DRIVER)):
            raise type(problem)(f"{problem} {_installed()}") from error
        raise problem from error


def _installed() -> str:
    """How to list what the driver manager knows."""
    if sys.platform == "win32":
        return "The ODBC Data Source Administrator (64-bit) lists drivers and data sources."
    return "odbcinst -q -d lists the drivers that are installed, odbcinst -q -s the data sources."


def _decimal(digits: bytes | None) -> Decimal | None:
    return None if digits is None else Decimal(digits.decode("ascii"))


def _load(source: OdbcSource) -> Any:
    try:
        import pyodbc
    except ImportError as error:
        advice = (
            "install the ODBC driver manager (Debian, Ubuntu: apt install unixodbc; macOS: brew "
            "install unixodbc)"
            if "odbc" in str(error).replace("pyodbc", "")
            else "pip install 'ecma2py-sql[odbc]'"
        )
        raise ConfigurationError(
            f"'Data source' is an ODBC data source, and pyodbc cannot be loaded: {advice}."
            f"{source.advice}"
        ) from error
    # Its pool would hand back connections with settings and transactions of an earlier run.
    pyodbc.pooling = False
    return pyodbc


def _recognise(pyodbc: Any, connection: Any) -> Dialect:
    driver = str(connection.getinfo(pyodbc.SQL_DRIVER_NAME))
    if driver.startswith("psqlodbca"):
        connection.close()
        raise ConfigurationError(
            "The driver 'PostgreSQL ANSI' loses text: use 'PostgreSQL Unicode' of the same package."
        )
    return find_dialect(str(connection.getinfo(pyodbc.SQL_DBMS_NAME)), driver)
