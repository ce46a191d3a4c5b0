"""SQL of databases that cannot run here, as text."""

import pytest

from ecma2py_sql.dialects import DIALECTS, GENERIC, SQL_SERVER, SQLITE, find_dialect
from ecma2py_sql.kinds import Kind


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("PostgreSQL Unicode", "PostgreSQL"),
        ("psqlodbcw.so", "PostgreSQL"),
        ("MariaDB", "MariaDB"),
        ("MySQL ODBC 8.0 Unicode Driver", "MySQL"),
        ("MySQL myodbc8w.so", "MySQL"),
        ("MariaDB libmaodbc.so", "MariaDB"),
        ("Microsoft SQL Server libtdsodbc.so", "SQL Server"),
        ("DB2/LINUXX8664 libdb2.a", "DB2"),
        ("Oracle SQORA32.DLL", "Oracle"),
        ("Microsoft SQL Server", "SQL Server"),
        ("ODBC Driver 18 for SQL Server", "SQL Server"),
        ("SQLite3", "SQLite"),
        ("Oracle in instantclient", "Oracle"),
        ("Firebird", "generic"),
        ("", "generic"),
    ],
)
def test_a_driver_or_dbms_is_recognised_by_its_name(description: str, name: str) -> None:
    """Anything unknown gets the plainest SQL."""
    assert find_dialect(description).name == name


def test_each_database_limits_rows_in_its_own_words() -> None:
    """A page costs no more than its rows."""
    sql = "SELECT a FROM t ORDER BY a"
    assert SQLITE.limited(sql, 5) == f"{sql} LIMIT 5"
    assert SQL_SERVER.limited(sql, 5) == "SELECT TOP 5 a FROM t ORDER BY a"
    assert GENERIC.limited(sql, 5) == f"{sql} FETCH FIRST 5 ROWS ONLY"


def test_every_dialect_can_write_every_kind() -> None:
    """No kind of column is left without a way to bind its values."""
    for dialect in DIALECTS:
        for kind in Kind:
            assert callable(dialect.writer(kind))
