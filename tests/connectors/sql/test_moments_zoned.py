"""Moments with a zone in queries and procedures, and those beyond what Python can count."""

import pytest

from ecma2py import AttributeChange, CSEntryChange
from tests.connectors.sql.targets import Target, codes

ZONED = {"postgresql": "TIMESTAMPTZ", "mariadb": "TIMESTAMP(6) NULL"}
PLAIN = {"postgresql": "TIMESTAMP", "mariadb": "DATETIME(6)"}
SERVERS = pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("target", ["postgresql"], indirect=True)

BY_KEY = 'query = "SELECT id, a, b FROM t"'
BY_INDEX = """query = "SELECT id, a, b FROM t WHERE id BETWEEN @StartIndex AND @EndIndex"
start_index = "@StartIndex"
end_index = "@EndIndex" """


@SERVERS
@pytest.mark.parametrize("rows", [BY_KEY, BY_INDEX, 'procedure = "p"'])
def test_a_moment_with_a_zone_is_none_of_the_data_sources(target: Target, rows: str) -> None:
    """Of a query or function, a column keeps its zone, or the lack of one, as a table's does."""
    if rows.startswith("procedure") and target.name == "mariadb":
        pytest.skip("MariaDB tells no types of what a procedure gives")
    target.execute(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, a {ZONED[target.name]}, b {PLAIN[target.name]})"
    )
    zone = "+00:00" if target.name == "postgresql" else ""
    with_zone = f"'2026-01-02 03:04:05.250000{zone}'"
    target.execute_exactly("SET time_zone = '+00:00'" if not zone else "SELECT 1")
    before = "SET time_zone = '+00:00'; " if not zone else ""
    target.execute(f"{before}INSERT INTO t VALUES (1, {with_zone}, '2026-01-02 03:04:05.25')")
    if target.name == "postgresql":
        target.execute_exactly(
            "CREATE FUNCTION p() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t'"
        )
    (entry,) = target.host(
        f'[T]\n{rows}\nanchor = "id"', **{"Data Source Time Zone": "Europe/Berlin"}
    ).full()
    assert entry.attributes == {
        "a": "2026-01-02T03:04:05.250000Z",
        "b": "2026-01-02T02:04:05.250000Z",
    }


@SERVERS
def test_a_zone_that_nobody_tells_can_be_said(target: Target) -> None:
    """The administrator's word is left as it is, also where the query could not be asked."""
    if target.name == "mariadb":
        target.execute_exactly("CREATE PROCEDURE p() SELECT 1 AS id, UTC_TIMESTAMP() AS a")
        rows = 'procedure = "p"'
    else:
        rows = "query = \"SELECT 1 AS id, CAST('2026-01-02 00:00+00' AS timestamptz) AS a\""
    host = target.host(
        f'[T]\n{rows}\nanchor = "id"\ntypes = {{ a = "timestamptz" }}',
        **{"Data Source Time Zone": "Asia/Tokyo"},
    )
    (entry,) = host.full()
    now = {"mariadb": "SELECT UTC_TIMESTAMP()", "postgresql": "SELECT '2026-01-02 00:00:00'"}
    ((value,),) = target.rows(now[target.name])
    assert str(entry.attributes["a"])[:13] == str(value)[:13].replace(" ", "T")


def test_a_column_without_a_zone_may_be_said_to_hold_utc(target: Target) -> None:
    """Overridden to ``timestamptz``, it is read and written so, whatever the data source's zone."""
    target.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a {0}, b {0})".replace(
            "{0}", PLAIN.get(target.name, "DATETIME")
        )
    )
    host = target.host(
        '[T]\ntable = "t"\ntypes = { a = "timestamptz" }',
        **{"Data Source Time Zone": "Asia/Tokyo"},
    )
    moment = "2026-01-02T00:00:00Z"
    host.export(CSEntryChange.add("T", {"id": 1}, attributes={"a": moment, "b": moment}))
    ((a, b),) = target.rows("SELECT a, b FROM t")
    assert (str(a)[:19], str(b)[:19]) == ("2026-01-02 00:00:00", "2026-01-02 09:00:00")
    ((_, found),) = host.state().items()
    assert (found["a"], found["b"]) == (moment, moment)


OWN = [
    ("TIMESTAMP", "infinity"),
    ("TIMESTAMP", "-infinity"),
    ("TIMESTAMPTZ", "infinity"),
    ("DATE", "infinity"),
    ("DATE", "0044-03-15 BC"),
    ("TIMESTAMP", "0044-03-15 10:00:00.5 BC"),
    ("TIMESTAMPTZ", "0044-03-15 10:00:00+00 BC"),
    ("DATE", "12345-01-02"),
    ("TIMESTAMPTZ", "12345-01-02 00:00:00+00"),
]


@POSTGRESQL
@pytest.mark.parametrize(("declared", "literal"), OWN)
def test_a_moment_beyond_python_goes_back_as_it_came(
    target: Target, declared: str, literal: str
) -> None:
    """What was imported can be exported to another row, and cleared, and is the same there."""
    target.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {declared})")
    target.execute(f"INSERT INTO t VALUES (1, '{literal}')")
    host = target.host('[T]\ntable = "t"', **{"Data Source Time Zone": "Asia/Tokyo"})
    (entry,) = host.full()
    value = entry.attributes["v"]
    assert value == literal
    results = host.export(
        CSEntryChange.add("T", {"id": 2}, attributes={"v": value}),
        CSEntryChange.update("T", {"id": 1}, changes=[AttributeChange.update("v", [], [value])]),
    )
    assert codes(results) == ["Success"] * 2, results
    assert {e.anchor["id"]: e.attributes.get("v") for e in host.full()} == {1: None, 2: literal}


@pytest.mark.parametrize("value", ["infinity", "0044-03-15 BC", "12345-01-02", "2026-13-01"])
def test_a_moment_that_the_database_has_no_word_for_is_refused_by_name(
    target: Target, value: str
) -> None:
    """Neither rounded to some day nor sent: the attribute is named, and nothing is written."""
    if target.name == "postgresql":
        value = {"infinity": "Infinitely", "0044-03-15 BC": "44 BC"}.get(value, "2026-13-01")
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, seen {timestamp})")
    host = target.host('[T]\ntable = "t"')
    (result,) = host.export(CSEntryChange.add("T", {"id": 1}, attributes={"seen": value}))
    assert codes([result]) == ["ExportErrorInvalidAttributeValue"]
    assert result.error_detail.startswith("Attribute 'seen': ")
    assert host.full() == []
