"""SQL of databases that cannot run here, as text."""

from datetime import datetime

import pytest

from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.drivers.dialects import DIALECTS, GENERIC, SQL_SERVER, SQLITE, find_dialect


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


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_no_dialect_hands_a_driver_a_moment_with_a_zone(dialect: Dialect) -> None:
    """Every driver drops the zone without a word, so that it travels as text, or in UTC."""
    moment = datetime(2026, 3, 4, 5, 6, 7)  # noqa: DTZ001  as a clock shows it
    bound = dialect.bound(Kind.TIMESTAMP_TZ, moment)
    assert bound in ("2026-03-04 05:06:07+00:00", "2026-03-04 05:06:07", moment)
    assert dialect.bound(Kind.TIMESTAMP, moment) in (moment, "2026-03-04 05:06:07")
