"""Texts of real drivers, sorted by cause."""

import sqlite3
from contextlib import closing

import pytest

from ecma2py import SecureString
from ecma2py.errors import (
    BadServerCredentialsError,
    DroppedConnectionError,
    EntryExportError,
    FailedSearchError,
    MAExportError,
    ServerDownError,
    UnexpectedDataError,
)
from ecma2py_sql.drivers.errors import Cause, DatabaseError, entry_error, run_error, sort_out
from ecma2py_sql.drivers.hidden import Hidden

POSTGRESQL = [
    ("23505", 'duplicate key value violates unique constraint "p_pkey"', Cause.DUPLICATE, None),
    ("23502", 'null value in column "my name" of relation "p"', Cause.MISSING_VALUE, "my name"),
    ("23503", "violates foreign key constraint", Cause.REFERENCE, None),
    ("23514", "violates check constraint", Cause.CHECK, None),
    ("22001", "value too long for type character varying(64)", Cause.TOO_LONG, None),
    ("22P02", "invalid input syntax for type integer", Cause.BAD_VALUE, None),
    ("22003", "integer out of range", Cause.BAD_VALUE, None),
    ("42501", "permission denied for table p", Cause.PERMISSION, None),
    ("28P01", "password authentication failed", Cause.CREDENTIALS, None),
    ("08001", "connection refused", Cause.UNREACHABLE, None),
    ("08001", "FATAL: password authentication failed for user", Cause.CREDENTIALS, None),
    ("08S01", "server closed the connection unexpectedly", Cause.DROPPED, None),
    ("57P01", "terminating connection due to administrator command", Cause.DROPPED, None),
    ("57014", "canceling statement due to statement timeout", Cause.TIMEOUT, None),
    ("40P01", "deadlock detected", Cause.BUSY, None),
    ("55P03", "could not obtain lock", Cause.BUSY, None),
    ("42P01", 'relation "p" does not exist', Cause.NO_SUCH_TABLE, None),
    ("XX000", "internal error", Cause.UNKNOWN, None),
]
OTHERS = [
    ("23000", "[ma-3.1] Duplicate entry '1' for key 'PRIMARY' (1062)", Cause.DUPLICATE, None),
    ("23000", "Column 'my name' cannot be null (1048)", Cause.MISSING_VALUE, "my name"),
    ("HY000", "Field 'n' doesn't have a default value (1364)", Cause.MISSING_VALUE, "n"),
    ("23000", "Cannot add or update a child row (1452)", Cause.REFERENCE, None),
    ("23000", "CONSTRAINT `p.age` failed for `t`.`p` (4025)", Cause.CHECK, None),
    ("40001", "Deadlock found when trying to get lock (1213)", Cause.BUSY, None),
    ("HY000", "Lock wait timeout exceeded (1205)", Cause.BUSY, None),
    ("23000", "Violation of PRIMARY KEY (2627) (SQLExecDirectW)", Cause.DUPLICATE, None),
    ("23000", "the value NULL into column 'n' (515)", Cause.MISSING_VALUE, "n"),
    ("23000", "ORA-00001: unique constraint (S.P) violated", Cause.DUPLICATE, None),
    ("23000", "ORA-02291: integrity constraint violated", Cause.REFERENCE, None),
    ("HY000", "UNIQUE constraint failed: p.id (19) (19)", Cause.DUPLICATE, None),
    (
        "HY000",
        "NOT NULL constraint failed: p.my name (19) (SQLPrepare)",
        Cause.MISSING_VALUE,
        "my name",
    ),
    ("HY000", "Error fetching next group.; internal savepoint error (8)", Cause.DROPPED, None),
    ("IM002", "Data source name not found", Cause.UNREACHABLE, None),
    ("23000", "something new", Cause.CHECK, None),
]


class _FromDriver(Exception):
    """Carries SQLSTATE and text as pyodbc's errors do."""


@pytest.mark.parametrize(("state", "text", "cause", "column"), [*POSTGRESQL, *OTHERS])
def test_what_a_driver_says_is_sorted_by_cause(
    state: str, text: str, cause: Cause, column: str | None
) -> None:
    """State, number and text lead to the most specific cause, and the column where it is named."""
    failure = sort_out(_FromDriver(state, text))
    assert (failure.cause, failure.column) == (cause, column)


def test_sqlites_own_names_decide_where_the_standard_library_gives_them() -> None:
    """An extended result name tells the constraint, the text the column."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b NOT NULL, c CHECK (c > 0))")
        found = {}
        for name, sql in {
            "null": "INSERT INTO t VALUES (1, NULL, 1)",
            "check": "INSERT INTO t VALUES (1, 1, 0)",
            "table": "INSERT INTO u VALUES (1)",
            "type": "INSERT INTO t VALUES ('x', 1, 1)",
        }.items():
            with pytest.raises(sqlite3.Error) as caught:
                connection.execute(sql)
            failure = sort_out(caught.value)
            found[name] = (failure.cause, failure.column)
    assert found == {
        "null": (Cause.MISSING_VALUE, "b"),
        "check": (Cause.CHECK, None),
        "table": (Cause.NO_SUCH_TABLE, None),
        "type": (Cause.BAD_VALUE, None),
    }


def test_a_password_never_shows_in_an_error() -> None:
    """The driver's text is passed on without the secrets of the connection."""
    failure = sort_out(
        _FromDriver("28000", "login with PWD=s3cret; failed"), Hidden(SecureString("s3cret"))
    )
    assert "s3cret" not in str(failure)
    assert "***" in failure.text


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_an_entrys_code_or_ends_the_run(cause: Cause) -> None:
    """Where nothing more can work the run ends; anything else is one entry's failure."""
    ends = {
        Cause.CREDENTIALS: BadServerCredentialsError,
        Cause.UNREACHABLE: ServerDownError,
        Cause.DROPPED: DroppedConnectionError,
    }
    error = entry_error(DatabaseError(cause, "text"), attribute_name="mail")
    assert type(error) is ends.get(cause, EntryExportError)
    if isinstance(error, EntryExportError):
        assert error.error_code is not MAExportError.EXPORT_ERROR_CUSTOM_CONTINUE_RUN
        assert str(error).startswith("Attribute 'mail': ")
    kinds = {**ends, Cause.NO_SUCH_TABLE: UnexpectedDataError}
    assert type(run_error(DatabaseError(cause, "text"))) is kinds.get(cause, FailedSearchError)


def test_what_is_no_text_is_an_error_like_any_other() -> None:
    """SQLite's ODBC driver garbles names beyond ASCII: the way around it is told."""
    with pytest.raises(UnicodeDecodeError) as caught:
        b"\xff".decode()
    assert "sqlite:///" in sort_out(caught.value).text
