"""Deltas by history tables that triggers fill."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ecma2py import ObjectModificationType
from ecma2py.errors import InvalidParameterError, UnexpectedDataError, WarningNoWatermarkError
from tests.connectors.sql.delta_laws import (
    OPERATIONS,
    TABLES,
    Operation,
    World,
    a_run_that_broke_off_repeats,
    deltas_equal_a_full_import,
)
from tests.connectors.sql.targets import Host, Target, postgresql_target

HISTORIES = """
CREATE TABLE t_history (seq {counter}, op VARCHAR(20), object INTEGER);
CREATE TABLE v_history (seq {counter}, t INTEGER);
"""
TYPES = """
[T]
table = "t"
[T.delta]
history = "t_history"
order = "seq"
operation = "op"
join = { object = "id" }
overlap = 10
[T.multivalued.values]
table = "v"
key = "t"
value = "value"
history = "v_history"
"""
EVENTS = {"INSERT": ("NEW", "Add"), "UPDATE": ("NEW", "Modify"), "DELETE": ("OLD", "Delete")}
DELETE = ObjectModificationType.DELETE


def triggers(target: Target) -> Iterator[str]:
    """The triggers of both tables, as their database writes them."""
    for event, (row, word) in EVENTS.items():
        for table, sql in (
            ("t", f"INSERT INTO t_history (op, object) VALUES ('{word}', {row}.id)"),
            ("v", f"INSERT INTO v_history (t) VALUES ({row}.t)"),
        ):
            name = f"{table}_{event}"
            on = f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW"
            if target.name == "postgresql":
                body = f"$$ BEGIN {sql}; RETURN NULL; END $$"
                yield f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS {body}"
                yield f"{on} EXECUTE FUNCTION {name}()"
            else:
                yield f"{on} BEGIN {sql}; END"


def set_up(target: Target) -> None:
    """Tables, histories and triggers."""
    target.execute(TABLES + HISTORIES)
    for statement in triggers(target):
        target.execute_exactly(statement)


def recorded(target: Target, *rows: tuple[int, str, int]) -> Host:
    """Three objects and a history written by hand, read in full."""
    target.execute(TABLES + HISTORIES)
    target.execute("INSERT INTO t VALUES (?, 'a', 0, 0)", [(1,), (2,), (3,)])
    if rows:
        target.execute("INSERT INTO t_history VALUES (?, ?, ?)", rows)
    host = target.host(TYPES)
    host.full()
    return host


def told(host: Host) -> list[tuple[str, Any]]:
    """Kind and anchor of each entry of a delta."""
    return [(each.object_modification_type.name, each.anchor["id"]) for each in host.delta()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(operations=OPERATIONS)
def test_deltas_equal_a_later_full_import(target: Target, operations: list[Operation]) -> None:
    """Adds, changes, deletes and values alone are found, and each object comes once."""
    try:
        target.rows("SELECT id FROM t")
    except Exception:
        set_up(target)
    deltas_equal_a_full_import(World(target, TYPES, soft=False), operations)


def test_a_run_that_broke_off_is_repeated(target: Target) -> None:
    """Nothing is lost if the watermark of a delta was not stored."""
    set_up(target)
    target.execute("INSERT INTO t VALUES (?, 'a', 0, 0)", [(1,), (2,)])
    host = target.host(TYPES)
    host.full()

    def change() -> None:
        target.execute("INSERT INTO v VALUES (2, 'x', 0)")
        target.execute("UPDATE t SET name = 'b' WHERE id = 1")
        target.execute("DELETE FROM t WHERE id = 1")

    gone, changed = a_run_that_broke_off_repeats(host, change)
    assert (gone.object_modification_type, gone.dn) == (DELETE, "CN=1,OBJECT=T")
    assert (changed.anchor["id"], changed.attributes["values"]) == (2, ["x"])


def test_a_number_that_is_committed_late_is_found_once(target: Target) -> None:
    """A gap below the last number is looked at again; what filled it is told, and only that."""
    host = recorded(target, (1, "Add", 1), (3, "Add", 2))
    target.execute("INSERT INTO t_history VALUES (2, 'Modify', 3)")
    assert told(host) == [("REPLACE", 3)]
    assert told(host) == []


def test_a_transaction_that_commits_late_is_found(postgresql_odbc: str) -> None:
    """A real transaction that took its number first and commits last."""
    target = postgresql_target(postgresql_odbc)
    set_up(target)
    host = target.host(TYPES)
    with closing(target.connect()) as late:
        late.execute("INSERT INTO t VALUES (1, 'late', 0, 0)")
        target.execute("INSERT INTO t VALUES (2, 'early', 0, 0)")
        host.full()
        assert told(host) == []
        late.commit()
    assert told(host) == [("REPLACE", 1)]
    assert told(host) == []


def test_rows_under_one_number_are_not_lost(sqlite_file: Target) -> None:
    """The order may be a moment that several rows share."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(9))")
    sqlite_file.execute("CREATE TABLE h (at DATETIME, id INTEGER)")
    sqlite_file.execute("INSERT INTO t VALUES (?, 'a')", [(1,), (2,)])
    sqlite_file.execute("INSERT INTO h VALUES ('2026-01-02 10:00:00', 1)")
    host = sqlite_file.host('[T]\ntable="t"\ndelta={history="h", order="at"}')
    host.full()
    assert told(host) == []
    sqlite_file.execute("INSERT INTO h VALUES ('2026-01-02 10:00:00', 2)")
    assert ("REPLACE", 2) in told(host)
    assert told(host) == []


def test_many_late_numbers_are_repeated_rather_than_lost(
    sqlite_file: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked for one by one is bounded, and so is what is remembered."""
    host = recorded(sqlite_file, (1, "Add", 1), (9, "Add", 1))
    monkeypatch.setattr("ecma2py_sql.deltas.histories._MOST_LATE", 1)
    sqlite_file.execute("INSERT INTO t_history VALUES (?, 'Add', ?)", [(2, 2), (3, 3)])
    assert told(host) == [("REPLACE", 1), ("REPLACE", 2), ("REPLACE", 3)]
    monkeypatch.setattr("ecma2py_sql.deltas.kept.MOST_DIGESTS", 1)
    for _ in range(3):
        assert len(told(host)) in {0, 3}
    sqlite_file.execute("INSERT INTO t_history VALUES (4, 'Add', 3)")
    assert ("REPLACE", 3) in told(host)


def test_a_word_that_nobody_explained_stops_the_delta(sqlite_file: Target) -> None:
    """A history that speaks another language must not be half understood."""
    host = recorded(sqlite_file)
    words = TYPES.replace("overlap", 'words = { add = "I", update = "U", delete = "D" }\noverlap')
    sqlite_file.execute(
        "INSERT INTO t_history VALUES (?, ?, ?)", [(1, "Modify_Attribute", 1), (2, "delete ", 9)]
    )
    kept = host.custom_data
    assert told(host) == [("DELETE", 9), ("REPLACE", 1)]
    other = sqlite_file.host(words)
    other.custom_data = kept
    with pytest.raises(UnexpectedDataError, match="none of I, U, D: correct 'words'"):
        other.delta()
    sqlite_file.execute("UPDATE t_history SET op = 'U'")
    assert told(other) == [("DELETE", 9), ("REPLACE", 1)]


def test_a_history_that_was_cleared_goes_on(sqlite_file: Target) -> None:
    """Rows that were read may be removed; numbers that begin anew ask for a full import."""
    host = recorded(sqlite_file, (5, "Add", 1))
    sqlite_file.execute("DELETE FROM t_history")
    assert told(host) == []
    sqlite_file.execute("INSERT INTO t_history VALUES (6, 'Modify', 2)")
    assert told(host) == [("REPLACE", 2)]
    sqlite_file.execute("DELETE FROM t_history")
    assert told(host) == []
    sqlite_file.execute("INSERT INTO t_history VALUES (1, 'Modify', 2)")
    with pytest.raises(WarningNoWatermarkError, match="'t_history', which begins anew"):
        host.delta()


def test_a_key_that_differs_by_case_alone_is_not_taken_for_removed(sqlite_file: Target) -> None:
    """What is equal is the database's to say."""
    sqlite_file.execute("CREATE TABLE t (id VARCHAR(9) COLLATE NOCASE PRIMARY KEY, n INTEGER)")
    sqlite_file.execute("CREATE TABLE h (seq INTEGER, id VARCHAR(9) COLLATE NOCASE)")
    sqlite_file.execute("INSERT INTO t VALUES ('Ann', 1)")
    host = sqlite_file.host('[T]\ntable="t"\ndelta={history="h", order="seq"}')
    host.full()
    sqlite_file.execute("INSERT INTO h VALUES (1, 'ANN')")
    assert told(host) == [("REPLACE", "Ann")]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"t_history"', '"nothing"', "there is none"),
        ('order = "seq"', 'order = "no"', "has no column 'no'"),
        ('order = "seq"', "", r"\[T.delta\] order"),
        ('object = "id"', 'object = "name"', r"which column of 't_history' holds it"),
        ('operation = "op"', 'words = { insert = "I" }', "not insert"),
        ('"v_history"', '"t_history"', "has no column 't'"),
    ],
)
def test_a_history_that_cannot_be_read_is_refused(
    sqlite_file: Target, old: str, new: str, says: str
) -> None:
    """The schema page says which table, column or key is wrong."""
    sqlite_file.execute(TABLES + HISTORIES)
    with pytest.raises(InvalidParameterError, match=says):
        sqlite_file.host(TYPES.replace(old, new)).schema()
