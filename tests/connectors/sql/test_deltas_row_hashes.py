"""Deltas by row hashes: every change and every delete of whatever can be read."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py import ObjectModificationType
from ecma2py.errors import WarningNoWatermarkError
from ecma2py_sql.deltas.row_hashes import pack, unpack
from tests.connectors.sql.delta_laws import (
    OPERATIONS,
    TABLES,
    Operation,
    World,
    a_run_that_broke_off_repeats,
    deltas_equal_a_full_import,
)
from tests.connectors.sql.targets import Target

TYPES = """
[T]
table = "t"
delta = { row_hashes = true }
[T.multivalued.values]
table = "v"
key = "t"
value = "value"
"""
DELETE = ObjectModificationType.DELETE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(operations=OPERATIONS)
def test_deltas_equal_a_later_full_import(target: Target, operations: list[Operation]) -> None:
    """Nothing in the database says what has changed, and all of it is found."""
    target.execute(TABLES.replace("TABLE", "TABLE IF NOT EXISTS"))
    deltas_equal_a_full_import(World(target, TYPES, soft=False), operations)


def test_nothing_is_told_that_has_not_changed(sqlite_file: Target) -> None:
    """A row that was written as it was is no change, and neither is another order of values."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(9))")
    sqlite_file.execute("CREATE TABLE v (t INTEGER, value VARCHAR(9))")
    sqlite_file.execute("INSERT INTO t VALUES (1, 'a')")
    sqlite_file.execute("INSERT INTO v VALUES (?, ?)", [(1, "x"), (1, "y")])
    host = sqlite_file.host(TYPES)
    host.full()
    sqlite_file.execute("UPDATE t SET name = 'a'")
    sqlite_file.execute("DELETE FROM v WHERE value = 'x'")
    sqlite_file.execute("INSERT INTO v VALUES (1, 'x')")
    (entry,) = sqlite_file.host(TYPES).full()
    assert entry.attributes["values"] == ["y", "x"]
    assert host.delta() == []


def test_a_run_that_broke_off_is_repeated(target: Target) -> None:
    """Nothing is lost if the watermark of a delta was not stored, deletes included."""
    target.execute(TABLES)
    target.execute("INSERT INTO t VALUES (?, ?, 0, 0)", [(1, "a"), (2, "b")])
    host = target.host(TYPES)
    host.full()

    def change() -> None:
        target.execute("DELETE FROM t WHERE id = 1")
        target.execute("INSERT INTO v VALUES (2, 'x', 0)")

    changed, gone = a_run_that_broke_off_repeats(host, change)
    assert (changed.anchor["id"], changed.attributes["values"]) == (2, ["x"])
    assert (gone.object_modification_type, gone.dn) == (DELETE, "CN=1,OBJECT=T")


@pytest.mark.parametrize(
    "source",
    [
        'query = "SELECT id, name FROM t"',
        'view = "tv"',
        (
            'query = "SELECT id, name FROM t LIMIT @End - @Start + 1 OFFSET @Start - 1"\n'
            'start_index = "@Start"\nend_index = "@End"'
        ),
    ],
)
def test_whatever_can_be_read_has_deltas(sqlite_file: Target, source: str) -> None:
    """Views, queries, and queries that their author pages."""
    sqlite_file.execute(TABLES)
    sqlite_file.execute("CREATE VIEW tv AS SELECT id, name FROM t")
    sqlite_file.execute("INSERT INTO t VALUES (?, ?, 0, 0)", [(i, "a") for i in range(7)])
    host = sqlite_file.host(f'[T]\n{source}\nanchor = "id"\ndelta = {{ row_hashes = true }}')
    host.full(page_size=3)
    sqlite_file.execute("UPDATE t SET name = 'b' WHERE id = 5")
    sqlite_file.execute("DELETE FROM t WHERE id = 6")
    changed, gone = host.delta(page_size=3)
    assert (changed.anchor["id"], changed.attributes) == (5, {"name": "b"})
    assert (gone.object_modification_type, gone.anchor["id"]) == (DELETE, 6)


def test_an_object_that_cannot_be_read_is_not_taken_for_deleted(tmp_path: Path) -> None:
    """While a row fails, nobody can tell which object it was: no Delete is told."""
    from tests.connectors.sql.targets import sqlite_target

    target = sqlite_target(tmp_path)
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)")
    target.execute("INSERT INTO t VALUES (?, ?)", [(1, 1), (2, 2), (3, 3)])
    host = target.host('[T]\ntable = "t"\ndelta = { row_hashes = true }')
    host.full()
    target.execute("UPDATE t SET n = 'no number' WHERE id = 1")
    target.execute("DELETE FROM t WHERE id = 2")
    (failed,) = host.delta()
    assert "no number" in failed.error_detail
    target.execute("UPDATE t SET n = 1 WHERE id = 1")
    (gone,) = host.delta()
    assert (gone.object_modification_type, gone.anchor["id"]) == (DELETE, 2)


def test_a_delete_names_an_object_with_a_dn_of_its_own_by_its_anchor(sqlite_file: Target) -> None:
    """What the row said of its name is gone with it; binary and text keys come back whole."""
    sqlite_file.execute("CREATE TABLE t (a BLOB, b VARCHAR(9), login VARCHAR(9))")
    sqlite_file.execute("INSERT INTO t VALUES (?, ?, ?)", [(b"\x00\xff", "ü\n", "ann")])
    host = sqlite_file.host(
        '[T]\ntable = "t"\nanchor = ["a", "b"]\ndn = "login"\ndelta = { row_hashes = true }'
    )
    host.full()
    sqlite_file.execute("DELETE FROM t")
    (gone,) = host.delta()
    assert (dict(gone.anchor), gone.dn) == ({"a": b"\x00\xff", "b": "ü\n"}, None)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1),
        st.binary(min_size=8, max_size=8),
    )
)
def test_a_state_comes_back_from_its_text(hashes: dict[str, bytes]) -> None:
    """What is packed is unpacked."""
    assert unpack(pack(hashes)) == hashes


def test_a_state_of_many_rows_is_small_enough_for_a_watermark() -> None:
    """200,000 rows with numbers for anchors take less than three megabytes of text."""
    hashes = {f"[{i}]": (i * 0x9E3779B97F4A7C15 % 2**64).to_bytes(8) for i in range(200_000)}
    state = pack(hashes)
    assert len(state["anchors"]) + len(state["hashes"]) < 3_000_000


@pytest.mark.parametrize(
    "state",
    ['{"anchors":"", "hashes":""}', '{"anchors":"~~~~~", "hashes":""}', "null", '{"hashes":""}'],
)
def test_a_broken_state_asks_for_a_full_import(sqlite_file: Target, state: str) -> None:
    """Nothing is guessed from half a state."""
    sqlite_file.execute(TABLES)
    host = sqlite_file.host('[T]\ntable = "t"\ndelta = { row_hashes = true }')
    host.full()
    assert host.delta() == []
    host.custom_data = f'{{"T":{{"of":"row_hashes t","state":{state}}}}}'
    with pytest.raises(WarningNoWatermarkError, match="full import first"):
        host.delta()
