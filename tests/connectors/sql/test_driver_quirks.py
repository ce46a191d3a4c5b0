"""What drivers do to values, pinned: where one mends its ways, the way around it can go."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from threading import Barrier
from time import monotonic as time_now
from typing import Any
from uuid import UUID

import pytest

from ecma2py import AttributeChange, CSEntryChange, SecureString
from tests.connectors.sql.targets import Target, codes, content

NAIVE = datetime(2026, 3, 4, 5, 6, 7, 123_456)  # noqa: DTZ001  as drivers take it
ZONED = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=2)))
NOON = time(12, 30, 0, 500_000)
GUID = UUID("12345678-9abc-4ef0-9234-56789abcdef0")


def driver(target: Target) -> Any:
    """A connection through the bare driver, with none of the connector's settings."""
    import pyodbc

    parts = [str(target.parameters["Data source"])]
    for keyword, name in (("UID", "User Name"), ("PWD", "Password")):
        if given := target.parameters.get(name):
            text = given.reveal() if isinstance(given, SecureString) else given
            parts.append(f"{keyword}={text}")
    return pyodbc.connect(";".join(parts), autocommit=True)


class Either(tuple[Any, ...]):
    """What drivers make of a value, from the oldest version to the newest tried."""

    __slots__ = ()

    def __contains__(self, value: object) -> bool:
        return any((value, type(value)) == (each, type(each)) for each in self)


READ: list[tuple[str, str, str, Any, Any]] = [
    ("postgresql", "BOOLEAN", "true", "1", True),
    ("postgresql", "UUID", f"'{GUID}'", str(GUID).upper(), str(GUID)),
    ("postgresql", "TIMESTAMP", "'infinity'", datetime(9999, 12, 31, 23, 59, 59), "infinity"),  # noqa: DTZ001
    (
        "postgresql",
        "TIMESTAMP",
        "'0044-03-15 10:00:00 BC'",
        datetime(1, 3, 15, 10),  # noqa: DTZ001
        "0044-03-15 10:00:00 BC",
    ),
    ("postgresql", "DATE", "'0044-03-15 BC'", date(44, 3, 15), "0044-03-15 BC"),
    ("postgresql", "OID", "4294967295", -1, 4294967295),
    ("postgresql", "MONEY", "92233720368547758.07", 92233720368547758.0, "92233720368547758.07"),
    ("postgresql", "CHAR(5)", "'ab'", "ab   ", "ab"),
    ("postgresql", "NUMERIC", "1e-30", Decimal("1E-30"), f"0.{'0' * 29}1"),
    ("postgresql", "FLOAT8", "'NaN'", float, "nan"),
    ("postgresql", "FLOAT4", "0.1", 0.1, "0.1"),
    ("postgresql", "TIMETZ", "'12:30:00+02'", "12:30:00+02", "12:30:00+02"),
    ("postgresql", "INTERVAL", "'1 year 2 days'", "1 year 2 days", "1 year 2 days"),
    ("mariadb", "BOOLEAN", "TRUE", 1, True),
    ("mariadb", "BIT(1)", "1", True, True),
    ("mariadb", "TIME(6)", "'12:30:00.5'", time(12, 30), "12:30:00.500000"),
    ("mariadb", "TIME", "'-01:00:00'", time(1), "-01:00:00"),
    ("mariadb", "DATE", "'0000-00-00'", None, "0000-00-00"),
    ("mariadb", "DATETIME", "'0000-00-00'", None, "0000-00-00 00:00:00.000000"),
    ("mariadb", "INT UNSIGNED", "4294967295", -1, 4294967295),
    ("mariadb", "BIGINT UNSIGNED", "18446744073709551615", 2**64 - 1, "18446744073709551615"),
    ("mariadb", "FLOAT", "0.1", Either((0.10000000149011612, 0.1)), "0.1"),
    ("mariadb", "FLOAT", "1000001", Either((1000001.0, 1000000.0)), "1000001.0"),
    ("mariadb", "YEAR", "2026", 2026, 2026),
    ("mariadb", "INET6", "'::1'", "::1", "::1"),
    ("sqlite-odbc", "INTEGER", "9223372036854775807", -1, 2**63 - 1),
    ("sqlite-odbc", "DOUBLE", "0.1 + 0.2", Either((0.3, 0.30000000000000004)), "0.30000000000000004"),
    (
        "sqlite-odbc",
        "DECIMAL(30,9)",
        "123456789.12345679",
        Either(("123456789.123457", "123456789.12345679")),
        "123456789.12345679",
    ),
    ("sqlite-odbc", "TIME", "'12:30:00.5'", time(12, 30), "12:30:00.500000"),
    ("sqlite-odbc", "DATETIME", "'soon'", None, "soon"),
    ("sqlite-odbc", "DATETIME", "1700000000", None, "1700000000"),
    ("sqlite-odbc", "VARCHAR(9)", "char(0x100000)", str, "\U00100000"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "declared", "literal", "driver_gives", "connector_gives"), READ, indirect=["target"]
)
def test_what_a_driver_makes_of_a_value_is_mended(
    target: Target, declared: str, literal: str, driver_gives: Any, connector_gives: Any
) -> None:
    """The import has what the database holds, though the driver alone gives something else."""
    target.execute(f"CREATE TABLE q (id INTEGER PRIMARY KEY, v {declared})")
    target.execute(f"INSERT INTO q VALUES (1, {literal})")
    with closing(driver(target)) as connection:
        raw = connection.execute("SELECT v FROM q").fetchval()
    if isinstance(driver_gives, type):
        assert isinstance(raw, driver_gives)
        assert raw != connector_gives
    else:
        assert raw in (
            driver_gives if isinstance(driver_gives, Either) else Either((driver_gives,))
        )
    (entry,) = target.host('[Q]\ntable="q"').full()
    assert entry.attributes == {"v": connector_gives}
    assert type(entry.attributes["v"]) is type(connector_gives)


@pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)
def test_a_day_that_is_none_breaks_nothing(target: Target) -> None:
    """The driver alone gives some day of this year, or fails the whole page."""
    literal = {"postgresql": "'infinity'", "mariadb": "'2026-00-00'"}[target.name]
    target.execute("CREATE TABLE q (id INTEGER PRIMARY KEY, v DATE)")
    target.execute(f"INSERT INTO q VALUES (1, {literal})")
    with closing(driver(target)) as connection:
        cursor = connection.execute("SELECT v FROM q")
        if target.name == "mariadb":
            with pytest.raises(ValueError, match="month"):
                cursor.fetchval()
        else:
            assert isinstance(cursor.fetchval(), date)
    (entry,) = target.host('[Q]\ntable="q"').full()
    assert entry.attributes == {"v": literal.strip("'")}


WRITTEN: list[tuple[str, str, Any, str, Any]] = [
    ("postgresql", "TEXT", "a\0b", "{}", "a"),
    ("postgresql", "TIME", NOON, "CAST({} AS varchar)", "12:30:00"),
    ("postgresql", "TIMESTAMP", ZONED, "CAST({} AS varchar)", "2026-03-04 05:06:07"),
    ("postgresql", "TIMESTAMPTZ", ZONED, "CAST({} AT TIME ZONE current_setting('TimeZone') AS varchar)",
     "2026-03-04 05:06:07"),
    ("postgresql", "DECIMAL(9,2)", Decimal("1.239"), "CAST({} AS varchar)", "1.24"),
    ("postgresql", "TIMESTAMP(3)", NAIVE.replace(microsecond=123_900), "CAST({} AS varchar)",
     "2026-03-04 05:06:07.124"),
    ("postgresql", "VARCHAR(3)", "abc  ", "{}", "abc"),
    ("mariadb", "TEXT", "a\0b", "{}", Either(("a", "a\0b"))),
    ("mariadb", "DATETIME(6)", NAIVE, "CAST({} AS CHAR(40))",
     Either(("2026-03-04 05:06:07.000000", "2026-03-04 05:06:07.123456"))),
    ("mariadb", "DATETIME(6)", ZONED, "CAST({} AS CHAR(40))", "2026-03-04 05:06:07.000000"),
    ("mariadb", "DATETIME", "2026-03-04 05:06:07.9", "CAST({} AS CHAR(40))", "2026-03-04 05:06:07"),
    ("mariadb", "TIME(6)", NOON, "CAST({} AS CHAR(40))", "12:30:00.000000"),
    ("mariadb", "DECIMAL(9,2)", Decimal("1.239"), "CAST({} AS CHAR(40))", "1.24"),
    ("mariadb", "VARCHAR(3)", "abc  ", "{}", "abc"),
    ("mariadb", "BINARY(4)", b"a", "HEX({})", "61000000"),
    ("sqlite-odbc", "DATETIME", NAIVE, "CAST({} AS TEXT)", "2026-03-04 05:06:07.123"),
    ("sqlite-odbc", "DATETIME", ZONED, "CAST({} AS TEXT)", "2026-03-04 05:06:07.000"),
    ("sqlite-odbc", "TIME", NOON, "CAST({} AS TEXT)", "12:30:00"),
    ("sqlite-odbc", "DOUBLE", float("nan"), "typeof({})", "null"),
    ("sqlite-odbc", "TEXT", "a\0b", "{}", "a"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "declared", "parameter", "shown", "kept"), WRITTEN, indirect=["target"]
)
def test_what_a_driver_or_database_keeps_of_a_parameter(
    target: Target, declared: str, parameter: Any, shown: str, kept: Any
) -> None:
    """It is less than was given, and nobody says so: the connector gives it otherwise, or not."""
    target.execute(f"CREATE TABLE q (id INTEGER PRIMARY KEY, v {declared})")
    with closing(driver(target)) as connection:
        connection.execute("INSERT INTO q VALUES (1, ?)", parameter)
        found = connection.execute(f"SELECT {shown.format('v')} FROM q").fetchval()
    assert found in (kept if isinstance(kept, Either) else Either((kept,)))


REFUSED: list[tuple[str, str, Callable[[], Any]]] = [
    ("sqlite-odbc", "CHAR(36)", lambda: GUID),
    ("mariadb", "DOUBLE", lambda: float("inf")),
    ("mariadb", "DOUBLE", lambda: float("nan")),
    ("postgresql", "TEXT", lambda: "\ud800"),
    ("mariadb", "TEXT", lambda: "\ud800"),
    ("sqlite-odbc", "TEXT", lambda: "\ud800"),
]


@pytest.mark.parametrize(("target", "declared", "make"), REFUSED, indirect=["target"])
def test_what_a_driver_refuses(target: Target, declared: str, make: Callable[[], Any]) -> None:
    """The connector says which attribute it was, before the driver is asked."""
    import pyodbc

    target.execute(f"CREATE TABLE q (id INTEGER PRIMARY KEY, v {declared})")
    refusal = pytest.raises((pyodbc.Error, UnicodeEncodeError))
    with closing(driver(target)) as connection, refusal:
        connection.execute("INSERT INTO q VALUES (1, ?)", make())


@pytest.mark.parametrize("target", ["mariadb"], indirect=True)
def test_mariadbs_driver_swaps_bytes_and_loses_characters(target: Target) -> None:
    """UUIDs are given as text, and text in UTF-8, which versions before 3.2 need."""
    import pyodbc

    target.execute("CREATE TABLE q (id INTEGER PRIMARY KEY, u UUID, v TEXT)")
    long = "\u00e9x" * 100
    with closing(driver(target)) as connection:
        connection.execute("INSERT INTO q VALUES (1, ?, ?)", GUID, long)
        guid, text = connection.execute("SELECT CAST(u AS CHAR(36)), v FROM q").fetchone()
        is_mended = connection.getinfo(pyodbc.SQL_DRIVER_VER) >= "03.02"
    assert guid != str(GUID)
    assert UUID(guid).bytes_le == GUID.bytes
    assert (text == long) == is_mended


@pytest.mark.parametrize(
    ("target", "rows"), [("mariadb", 0), ("postgresql", 1), ("sqlite-odbc", 1)], indirect=["target"]
)
def test_what_an_update_that_changes_nothing_counts(target: Target, rows: int) -> None:
    """MariaDB's driver alone says none, as if the row were missing: it is told to count what it found."""
    target.execute("CREATE TABLE q (id INTEGER PRIMARY KEY, v INTEGER)")
    target.execute("INSERT INTO q VALUES (1, 5)")
    with closing(driver(target)) as connection:
        assert connection.execute("UPDATE q SET v = 5 WHERE id = 1").rowcount == rows


@pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)
def test_no_driver_can_be_relied_on_to_end_a_statement(target: Target) -> None:
    """Its own time-out is refused, or does nothing before version 3.2 of MariaDB's: the server is
    told, or the statement cancelled.
    """
    import pyodbc

    with closing(driver(target)) as connection:
        if target.name == "postgresql":
            with pytest.raises(pyodbc.Error):
                connection.timeout = 1
                connection.execute("SELECT 1")
        else:
            connection.timeout = 1
            driver_version = connection.getinfo(pyodbc.SQL_DRIVER_VER)
            if driver_version < "03.02":
                assert connection.execute("SELECT sleep(1.3)").fetchval() == 0
            else:
                with pytest.raises(pyodbc.Error, match="max_statement_time"):
                    connection.execute("SELECT sleep(1.3)")


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
def test_a_question_mark_outside_of_quotes_is_a_parameter(target: Target) -> None:
    """The operator of jsonb cannot be written; the function that the guide names can."""
    import pyodbc

    with closing(driver(target)) as connection:
        with pytest.raises(pyodbc.Error):
            connection.execute("""SELECT '{"a": 1}'::jsonb ? 'a'""")
        found = connection.execute("""SELECT jsonb_exists('{"?": 1}'::jsonb, ?)""", "?").fetchval()
    assert found in (True, "1")


CANNOT: list[tuple[str, str, Any]] = [
    ("postgresql", "DECIMAL(9,2)", "1.239"),
    ("postgresql", "TIMESTAMP(3)", "2026-03-04T05:06:07.1239Z"),
    ("postgresql", "TIME(0)", "05:06:07.5"),
    ("postgresql", "VARCHAR(3)", "abc  "),
    ("postgresql", "CHAR(3)", "a "),
    ("postgresql", "FLOAT4", "0.123456789"),
    ("postgresql", "DATE", "2026-03-04T05:06:07Z"),
    ("mariadb", "DECIMAL(9,2)", "1.239"),
    ("mariadb", "DATETIME", "2026-03-04T05:06:07.5Z"),
    ("mariadb", "TIME", "05:06:07.5"),
    ("mariadb", "VARCHAR(3)", "abc  "),
    ("mariadb", "CHAR(3)", "a "),
    ("mariadb", "BINARY(4)", b"a"),
    ("mariadb", "DOUBLE", "nan"),
    ("mariadb", "DOUBLE", "inf"),
    ("sqlite-odbc", "DOUBLE", "nan"),
    ("sqlite3", "DOUBLE", "nan"),
    ("sqlite3", "DECIMAL(30,4)", "12345678901234567890.1234"),
    ("sqlite-odbc", "DECIMAL(30,4)", "12345678901234567890.1234"),
]


@pytest.mark.parametrize(("target", "declared", "value"), CANNOT, indirect=["target"])
def test_a_value_that_would_be_changed_is_refused_by_attribute(
    target: Target, declared: str, value: Any
) -> None:
    """Nothing is rounded, cut or padded, in any database."""
    target.execute(f"CREATE TABLE q (id INTEGER PRIMARY KEY, v {declared})")
    host = target.host('[Q]\ntable="q"')
    (result,) = host.export(CSEntryChange.add("Q", {"id": 1}, attributes={"v": value}))
    assert codes([result]) == ["ExportErrorInvalidAttributeValue"]
    assert str(result.error_detail).startswith("Attribute 'v': ")
    assert host.full() == []


TAKEN: list[tuple[str, str, Any]] = [
    ("postgresql", "DECIMAL(9,2)", "1.20"),
    ("postgresql", "NUMERIC", "0.000000000000000000000000000001"),
    ("postgresql", "TIMESTAMP(3)", "2026-03-04T05:06:07.120000Z"),
    ("postgresql", "FLOAT8", "nan"),
    ("postgresql", "FLOAT8", "-inf"),
    ("postgresql", "FLOAT4", "0.1"),
    ("postgresql", "OID", 4294967295),
    ("postgresql", "TIMETZ", "12:30:00+02"),
    ("postgresql", "INTERVAL", "1 year 2 days"),
    ("postgresql", "INTERVAL YEAR TO MONTH", "1 year 2 mons"),
    ("postgresql", "INET", "10.0.0.1/8"),
    ("postgresql", "CHAR(5)", "ab"),
    ("postgresql", "MONEY", "1234.50"),
    ("mariadb", "YEAR", 2026),
    ("mariadb", "FLOAT", "0.1"),
    ("mariadb", "INET6", "::1"),
    ("mariadb", "BINARY(4)", b"a\0\0b"),
    ("mariadb", "CHAR(5)", "ab"),
    ("mariadb", "ENUM('a','b')", "b"),
    ("sqlite3", "DOUBLE", "inf"),
    ("sqlite-odbc", "DOUBLE", "-inf"),
]


@pytest.mark.parametrize(("target", "declared", "value"), TAKEN, indirect=["target"])
def test_a_type_of_one_database_alone_keeps_its_values(
    target: Target, declared: str, value: Any
) -> None:
    """Intervals, years, addresses and numbers without end come back as they were given."""
    target.execute(f"CREATE TABLE q (id INTEGER PRIMARY KEY, v {declared})")
    host = target.host('[Q]\ntable="q"')
    (result,) = host.export(CSEntryChange.add("Q", {"id": 1}, attributes={"v": value}))
    assert codes([result]) == ["Success"], result.error_detail
    (entry,) = host.full()
    assert entry.attributes == {"v": value}


@pytest.mark.parametrize("target", ["sqlite-odbc", "postgresql", "mariadb"], indirect=True)
def test_a_moment_is_given_to_no_driver_with_its_zone(target: Target) -> None:
    """What an offset says is in the database, though every driver drops it."""
    plain = {"mariadb": "DATETIME(6)"}.get(target.name, "TIMESTAMP")
    target.execute(f"CREATE TABLE q (id INTEGER PRIMARY KEY, v {plain})")
    host = target.host('[Q]\ntable="q"')
    add = CSEntryChange.add("Q", {"id": 1}, attributes={"v": ZONED.isoformat()})
    assert codes(host.export(add)) == ["Success"]
    (entry,) = host.full()
    assert entry.attributes["v"] == f"{ZONED.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize("target", ["mariadb"], indirect=True)
def test_a_key_that_the_database_assigns_is_told_whole(target: Target) -> None:
    """The driver would give the half of them beyond 31 bits as negative numbers."""
    target.execute(
        "CREATE TABLE q (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, v INTEGER)"
        " AUTO_INCREMENT = 4000000000"
    )
    host = target.host('[Q]\ntable="q"')
    (result,) = host.export(CSEntryChange.add("Q", {}, attributes={"v": 1}))
    (anchor,) = result.anchor_attributes
    assert (anchor.name, anchor.values) == ("id", (4_000_000_000,))
    assert [entry.anchor for entry in host.full()] == [{"id": 4_000_000_000}]


@pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)
def test_runs_wait_beside_each_other(target: Target) -> None:
    """A connection belongs to one thread at a time, and none waits for what another asks."""
    import pyodbc

    assert pyodbc.threadsafety == 1
    query = {"postgresql": "SELECT 1 FROM pg_sleep(1)", "mariadb": "SELECT sleep(1)"}[target.name]

    def wait() -> float:
        with target.session() as session:
            both.wait()
            session.rows(query)
            return time_now()

    both = Barrier(2)
    with ThreadPoolExecutor() as pool:
        first, second = (each.result() for each in [pool.submit(wait), pool.submit(wait)])
    assert abs(first - second) < 0.9


def test_a_key_of_digits_in_a_text_column_finds_its_row(target: Target) -> None:
    """PostgreSQL's driver finds nothing for a number there: the key is given as the text it is."""
    target.execute(
        "CREATE TABLE q (id VARCHAR(9) PRIMARY KEY, v INTEGER, up VARCHAR(9) REFERENCES q (id));"
        "CREATE TABLE w (q VARCHAR(9), v VARCHAR(9))"
    )
    host = target.host(
        '[Q]\ntable="q"\nreferences={up="Q"}\n[Q.multivalued.w]\ntable="w"\nkey="q"\nvalue="v"'
    )
    adds = [CSEntryChange.add("Q", {"id": k}, attributes={"w": ["1"]}) for k in ("7", "007", "70")]
    assert codes(host.export(*adds)) == ["Success"] * 3
    changes = [AttributeChange.replace("up", "CN=007,OBJECT=Q"), AttributeChange.replace("v", 1)]
    update = CSEntryChange.update("Q", {"id": "7"}, changes=changes)
    assert codes(host.export(update, CSEntryChange.delete("Q", {"id": "70"}))) == ["Success"] * 2
    for size in (1, 500):
        assert {entry.dn: content(entry) for entry in host.full(page_size=size)} == {
            "CN=007,OBJECT=Q": {"id": "007", "w": frozenset({"1"})},
            "CN=7,OBJECT=Q": {"id": "7", "v": 1, "up": "CN=007,OBJECT=Q", "w": frozenset({"1"})},
        }


@pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)
def test_what_many_rows_at_once_are_written_by_tells_no_count(target: Target) -> None:
    """A row that was not there is not missed: the connector sends and counts each by itself."""
    target.execute("CREATE TABLE q (id INTEGER PRIMARY KEY, v INTEGER)")
    target.execute("INSERT INTO q VALUES (1, 5)")
    sql, rows = "UPDATE q SET v = ? WHERE id = ?", [(6, 1), (6, 2), (7, 1)]
    with closing(driver(target)) as connection:
        cursor = connection.cursor()
        for is_fast in (False, True):
            cursor.fast_executemany = is_fast
            # Of some values MariaDB's driver makes an IndexError then.
            cursor.executemany(sql, rows)
            assert cursor.rowcount != 2
    with target.session() as session:
        assert session.run_many(sql, rows) == [1, 0, 1]
