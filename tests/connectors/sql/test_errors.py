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
from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.errors import DatabaseError, entry_error, run_error, sort_out
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
    ("HY000", "internal SAVEPOINT failed (8)", Cause.DROPPED, None),
    ("IM002", "Data source name not found", Cause.UNREACHABLE, None),
    ("23000", "something new", Cause.CHECK, None),
]
ABSENT = [
    # SQL Server
    ("23000", 'The INSERT statement conflicted with the FOREIGN KEY constraint "f". (547) (SQLExecDirectW)',
     Cause.REFERENCE, None),
    ("23000", 'The INSERT statement conflicted with the CHECK constraint "c". (547) (SQLExecDirectW)',
     Cause.CHECK, None),
    ("23000", "Cannot insert duplicate key row with unique index (2601) (SQLExecDirectW)",
     Cause.DUPLICATE, None),
    ("42000", "String or binary data would be truncated (2628) (SQLExecDirectW)", Cause.TOO_LONG, None),
    ("42000", "String or binary data would be truncated. (8152) (SQLExecDirectW)", Cause.TOO_LONG, None),
    ("42S02", "Invalid object name 'dbo.x'. (208) (SQLExecDirectW)", Cause.NO_SUCH_TABLE, None),
    ("42000", "The SELECT permission was denied (229) (SQLExecDirectW)", Cause.PERMISSION, None),
    ("42000", "Lock request time out period exceeded. (1222) (SQLExecDirectW)", Cause.BUSY, None),
    ("40001", "Transaction was deadlocked on lock resources (1205) (SQLExecDirectW)", Cause.BUSY, None),
    ("28000", "Login failed for user 'x'. (18456) (SQLDriverConnect)", Cause.CREDENTIALS, None),
    ("42000", 'Cannot open database "x" requested by the login. (4060) (SQLDriverConnect)',
     Cause.UNREACHABLE, None),
    ("08S01", "Communication link failure (0) (SQLExecDirectW)", Cause.DROPPED, None),
    # Oracle
    ("23000", 'ORA-01400: cannot insert NULL into ("HR"."PEOPLE"."LOGIN")\n (1400) (SQLExecDirectW)',
     Cause.MISSING_VALUE, "LOGIN"),
    ("HY000", 'ORA-01407: cannot update ("HR"."PEOPLE"."LOGIN") to NULL', Cause.MISSING_VALUE, "LOGIN"),
    ("HY000", "ORA-02290: check constraint (HR.C) violated", Cause.CHECK, None),
    ("HY000", "ORA-02292: integrity constraint (HR.F) violated - child record found",
     Cause.REFERENCE, None),
    ("HY000", 'ORA-12899: value too large for column "HR"."PEOPLE"."LOGIN"', Cause.TOO_LONG, None),
    ("42S02", "ORA-00942: table or view does not exist", Cause.NO_SUCH_TABLE, None),
    ("HY000", "ORA-00060: deadlock detected while waiting for resource", Cause.BUSY, None),
    ("HY008", "ORA-01013: user requested cancel of current operation", Cause.TIMEOUT, None),
    ("28000", "ORA-01017: invalid username/password; logon denied", Cause.CREDENTIALS, None),
    ("HY000", "ORA-12541: TNS:no listener", Cause.UNREACHABLE, None),
    ("HY000", "ORA-03113: end-of-file on communication channel", Cause.DROPPED, None),
    # DB2
    ("23505", "SQL0803N  One or more values in the INSERT statement", Cause.DUPLICATE, None),
    ("23502", 'SQL0407N  Assignment of a NULL value to a NOT NULL column "COLNO=1"',
     Cause.MISSING_VALUE, None),
    ("23503", "SQL0530N  The insert or update value of the FOREIGN KEY", Cause.REFERENCE, None),
    ("23513", "SQL0545N  The requested operation is not allowed", Cause.CHECK, None),
    ("22001", "SQL0433N  Value is too long.", Cause.TOO_LONG, None),
    ("42704", 'SQL0204N  "HR.X" is an undefined name.', Cause.NO_SUCH_TABLE, None),
    ("42501", "SQL0551N  does not have the required authorization", Cause.PERMISSION, None),
    ("57033", "SQL0913N  Unsuccessful execution caused by deadlock or timeout.", Cause.BUSY, None),
    ("40001", "SQL0911N  The current transaction has been rolled back", Cause.BUSY, None),
    ("08001", "SQL30082N  Security processing failed with reason", Cause.CREDENTIALS, None),
    ("08001", "SQL30081N  A communication error has been detected.", Cause.UNREACHABLE, None),
]  # fmt: skip
"""As the manuals of databases that cannot run here have them."""


class _FromDriver(Exception):
    """Carries SQLSTATE and text as pyodbc's errors do."""


@pytest.mark.parametrize(("state", "text", "cause", "column"), [*POSTGRESQL, *OTHERS, *ABSENT])
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


def test_an_error_is_one_line_of_whole_sentences() -> None:
    """Drivers break their lines and indent them; what to do comes before their words."""
    text = 'failed: refused\n\tIs the server "a" running?\n (101)'
    assert str(entry_error(DatabaseError(Cause.NO_SUCH_TABLE, text))) == (
        "A table or column is missing: has the database changed? Give it back, or change what names "
        "it and reload. The database says: "
        'failed: refused Is the server "a" running? (101)'
    )
    assert str(entry_error(DatabaseError(Cause.CHECK, "no"))) == (
        "A rule of the database forbids it. The database says: no"
    )


def test_what_is_no_text_is_an_error_like_any_other() -> None:
    """SQLite's ODBC driver garbles names beyond ASCII: the way around it is told."""
    with pytest.raises(UnicodeDecodeError) as caught:
        b"\xff".decode()
    assert "sqlite:///" in sort_out(caught.value).text
