"""Databases that are not as they should be: a clear error, or every row, and nothing half-written."""

from pathlib import Path
from typing import Any

import pytest

from ecma2py import CSEntryChange, SecureString
from ecma2py.errors import (
    ECMA2Error,
    InvalidParameterError,
    ServerDownError,
    UnexpectedDataError,
)
from ecma2py_sql import SqlConnector
from tests.connectors.sql.targets import Target, codes, content, sqlite_odbc_target
from tests.servers.needs import require

TYPE = '[T]\ntable="t"'


def test_a_table_that_is_missing_is_named_with_those_there_are(target: Target) -> None:
    """A misspelled name is refused with the object types, and nothing is read."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    with pytest.raises(
        InvalidParameterError, match=r"table 'tt': there is none; there are .*\bt\b"
    ):
        target.host('[T]\ntable="tt"').full()


def test_a_table_that_goes_away_ends_the_run(target: Target) -> None:
    """Between the schema and the pages, and between two entries of an export."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    host = target.host(TYPE)
    connector: Any = SqlConnector()
    with host.importing(connector):
        target.execute("DROP TABLE t")
        with pytest.raises(UnexpectedDataError, match=r"A table or column is missing.*\bt\b"):
            host.next_page(connector)
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    with host.exporting(connector):
        target.execute("DROP TABLE t")
        adds = [CSEntryChange.add("T", {"id": 1}), CSEntryChange.add("T", {"id": 2})]
        results = connector.put_export_entries(adds).cs_entry_change_results
    assert codes(results) == ["ExportErrorConnectedDirectoryError"] * 2
    assert all("A table or column is missing" in each.error_detail for each in results)


def test_a_table_without_a_key_needs_an_anchor(target: Target) -> None:
    """What tells its rows apart is the administrator's to say; the error says how."""
    target.execute("CREATE TABLE t (id INTEGER, name VARCHAR(9))")
    with pytest.raises(
        InvalidParameterError, match="no primary key: choose the columns .*'anchor'"
    ):
        target.host(TYPE).full()
    assert target.host(f'{TYPE}\nanchor="id"').full() == []


DUPLICATES = [("a", 1), ("a", 2), ("b", 3), ("b", 4), ("b", 5), ("c", 6), ("d", 7), ("d", 8)]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 100])
def test_rows_of_one_key_all_come_wherever_a_page_ends(target: Target, size: int) -> None:
    """The host tells that an object is there twice: whether it is may not depend on the page size."""
    target.execute(
        "CREATE TABLE t (k VARCHAR(9) NOT NULL, n INTEGER);"
        "CREATE TABLE v (k VARCHAR(9) NOT NULL, v VARCHAR(9))"
    )
    target.execute("INSERT INTO t VALUES (?, ?)", DUPLICATES)
    target.execute("INSERT INTO v VALUES (?, ?)", [("b", "x"), ("d", "y")])
    entries = target.host(
        f'{TYPE}\nanchor="k"\n[T.multivalued.v]\ntable="v"\nkey="k"\nvalue="v"'
    ).full(page_size=size)
    assert sorted((e.anchor["k"], e.attributes["n"]) for e in entries) == DUPLICATES
    assert {e.anchor["k"]: content(e).get("v") for e in entries} == {
        "a": None,
        "b": {"x"},
        "c": None,
        "d": {"y"},
    }


@pytest.mark.parametrize("target", ["sqlite3", "mariadb"], indirect=True)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_keys_that_only_the_database_takes_for_one_all_come(target: Target, size: int) -> None:
    """A collation may take "a" and "A" for the same; here they are two objects."""
    collation = {"sqlite3": "NOCASE", "mariadb": "utf8mb4_general_ci"}[target.name]
    target.execute(f"CREATE TABLE t (k VARCHAR(9) COLLATE {collation} NOT NULL, n INTEGER)")
    keys = ["a", "A", "b", "B", "b", "c"]
    target.execute("INSERT INTO t VALUES (?, ?)", [(k, i) for i, k in enumerate(keys)])
    entries = target.host(f'{TYPE}\nanchor="k"').full(page_size=size)
    assert sorted(e.attributes["n"] for e in entries) == [0, 1, 2, 3, 4, 5]
    assert sorted(e.anchor["k"] for e in entries) == sorted(keys)


def test_an_anchor_that_tells_nothing_apart_ends_the_run(
    sqlite_file: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More rows of one key than can be a mistake are not all held in memory."""
    monkeypatch.setattr("ecma2py_sql.importing.selection._MOST_OF_ONE_KEY", 5)
    sqlite_file.execute("CREATE TABLE t (k VARCHAR(9), n INTEGER)")
    sqlite_file.execute("INSERT INTO t VALUES (?, ?)", [("a", i) for i in range(5)])
    with pytest.raises(
        UnexpectedDataError, match="5 rows or more with the key .* tells rows apart"
    ):
        sqlite_file.host(f'{TYPE}\nanchor="k"').full(page_size=2)


def test_a_file_that_is_missing_is_not_made_by_the_driver(tmp_path: Path) -> None:
    """An empty database in its place would be an import of nothing."""
    require("odbc-sqlite")
    target = sqlite_odbc_target(tmp_path)
    missing = tmp_path / "missing.db"
    given = {"Data source": f"Driver=SQLite3;Database={missing}"}
    with pytest.raises(ServerDownError, match="cannot be reached"):
        target.host(TYPE, **given).full()
    assert not missing.exists()
    missing.write_bytes(b"no database" * 500)
    with pytest.raises(ECMA2Error, match="file is not a database|encrypted"):
        target.host(TYPE, **given).full()


@pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)
def test_a_data_source_that_no_driver_manager_knows_is_told(target: Target) -> None:
    """A wrong name of a DSN or driver, with user and password in place."""
    for source in ("no-such-dsn", "Driver=No Such Driver;Server=127.0.0.1"):
        with pytest.raises(ServerDownError, match=r"IM002|Can't open lib") as caught:
            target.host(TYPE, **{"Data source": source}).full()
        password = target.parameters["Password"]
        assert isinstance(password, SecureString)
        assert password.reveal() not in str(caught.value)


def test_a_column_that_goes_away_fails_the_entries_that_need_it(target: Target) -> None:
    """Dropped while the export is open: they say so, and the entries that do not are written."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(9), w VARCHAR(9))")
    host = target.host(TYPE)
    connector: Any = SqlConnector()
    with host.exporting(connector):
        target.execute("ALTER TABLE t DROP COLUMN v")
        adds = [CSEntryChange.add("T", {"id": i}, attributes={n: "x"}) for i, n in enumerate("wvw")]
        results = connector.put_export_entries(adds).cs_entry_change_results
    assert codes(results) == ["Success", "ExportErrorConnectedDirectoryError", "Success"]
    assert "A table or column is missing" in results[1].error_detail
    assert target.rows("SELECT id FROM t ORDER BY id") == [(0,), (2,)]
