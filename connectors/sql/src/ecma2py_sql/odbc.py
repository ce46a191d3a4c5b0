"""Any other database, through its ODBC driver."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from attrs import field, frozen

from ecma2py.errors import ConfigurationError, InvalidParameterError
from ecma2py.parameters import SecureString
from ecma2py_sql.dialects import Dialect, find_dialect
from ecma2py_sql.errors import DatabaseError, run_error, sort_out
from ecma2py_sql.session import Session

_SQLITE_SUFFIXES = frozenset({".db", ".db3", ".sqlite", ".sqlite3"})
_NO_SUCH_DSN = "IM002"
_PAIR = re.compile(r"\s*([^=;{}]+?)\s*=\s*(\{(?:[^}]|\}\})*\}|[^;]*)(?:;|$)")


class OdbcSession(Session):
    """A connection through pyodbc."""

    @property
    def quote_character(self) -> str:
        import pyodbc

        return str(self.connection.getinfo(pyodbc.SQL_IDENTIFIER_QUOTE_CHAR)).strip() or '"'

    def begin(self) -> None:
        with self.sorted_out():
            self.connection.autocommit = False

    def commit(self) -> None:
        with self.sorted_out():
            self.connection.commit()
            self.connection.autocommit = True

    def rollback(self) -> None:
        try:
            self.connection.rollback()
            self.connection.autocommit = True
        except self.errors:
            pass


def parse_connection_string(text: str) -> dict[str, str]:
    """The keywords and values of *text*, a connection string or the bare name of a DSN.

    ``InvalidParameterError`` if it is neither, or holds a password, which would not be kept secret.
    """
    if "=" not in text:
        return {"DSN": text.strip()}
    found, position = {}, 0
    while match := _PAIR.match(text, position):
        found[match[1]] = match[2]
        position = match.end()
    if text[position:].strip(" ;"):
        raise InvalidParameterError(
            "'Data source' is no ODBC connection string: write KEYWORD=value;KEYWORD=value, and "
            "put braces around a value with a semicolon.",
            parameter_name="Data source",
        )
    if any(keyword.lower() in ("pwd", "password") for keyword in found):
        raise InvalidParameterError(
            "'Data source' holds a password, which would be shown: move it to 'Password'.",
            parameter_name="Data source",
        )
    return found


@frozen
class OdbcSource:
    """Where to connect and as whom."""

    keywords: Mapping[str, str]
    user: str = field(default="", kw_only=True)
    password: SecureString = field(default=SecureString(""), kw_only=True)
    timeout: int = field(default=0, kw_only=True)
    """Seconds a statement may take; 0 for any time."""

    def connection_string(self, dialect: Dialect) -> str:
        """Everything the driver is told, with the password: never to be shown."""
        given = {keyword.lower() for keyword in self.keywords}
        parts = [f"{keyword}={value}" for keyword, value in self.keywords.items()]
        for keyword, value in dialect.options.items():
            if keyword.lower() not in given:
                parts.append(f"{keyword}={self.filled(value)}")
        if self.user:
            # PostgreSQL's driver takes braces for a part of the user name.
            quoted = any(char in ";{}" for char in self.user)
            parts.append(f"UID={_braced(self.user) if quoted else self.user}")
        if self.password:
            # And without braces it takes % and + in the password for an encoding.
            parts.append(f"PWD={_braced(self.password.reveal())}")
        return ";".join(parts)

    @property
    def advice(self) -> str:
        """What to write in place of a name that is a file's rather than a data source's."""
        name = self.keywords.get("DSN", "")
        is_file = PurePath(name).suffix.lower() in _SQLITE_SUFFIXES
        return f" For SQLite write sqlite:///{name}." if is_file else ""

    def filled(self, template: str) -> str:
        """*template* with the timeout put in."""
        return template.format(seconds=self.timeout, milliseconds=self.timeout * 1000)


def open_odbc(source: OdbcSource) -> OdbcSession:
    """A connection to *source*, with the options and settings of its dialect."""
    pyodbc = _load(source)
    guess = find_dialect(*source.keywords.values())
    connection = _connect(pyodbc, source, guess)
    dialect = _recognise(pyodbc, connection)
    if dialect is not guess and dialect.options:
        # A DSN hides its driver: now that it is known, connect with the options it needs.
        connection.close()
        connection = _connect(pyodbc, source, dialect)
    if dialect.encoding:
        connection.setencoding(encoding=dialect.encoding, ctype=pyodbc.SQL_CHAR)
        for sql_type in (pyodbc.SQL_CHAR, pyodbc.SQL_WCHAR):
            connection.setdecoding(sql_type, encoding=dialect.encoding, ctype=pyodbc.SQL_CHAR)
    session = OdbcSession(connection, dialect, (source.password.reveal(),))
    session.errors = (pyodbc.Error,)
    try:
        for statement in dialect.session:
            session.run(source.filled(statement))
    except DatabaseError as error:
        session.close()
        raise run_error(error) from error
    return session


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


def _connect(pyodbc: Any, source: OdbcSource, dialect: Dialect) -> Any:
    try:
        return pyodbc.connect(
            source.connection_string(dialect), autocommit=True, timeout=source.timeout
        )
    except pyodbc.Error as error:
        problem = run_error(sort_out(error, (source.password.reveal(),)))
        if source.advice and error.args[0] == _NO_SUCH_DSN:
            raise ConfigurationError(f"{problem}{source.advice}") from error
        raise problem from error


def _recognise(pyodbc: Any, connection: Any) -> Dialect:
    driver = str(connection.getinfo(pyodbc.SQL_DRIVER_NAME))
    if driver.startswith("psqlodbca"):
        connection.close()
        raise ConfigurationError(
            "The driver 'PostgreSQL ANSI' loses text: use 'PostgreSQL Unicode' of the same package."
        )
    return find_dialect(str(connection.getinfo(pyodbc.SQL_DBMS_NAME)), driver)


def _braced(value: str) -> str:
    return "{" + value.replace("}", "}}") + "}"
