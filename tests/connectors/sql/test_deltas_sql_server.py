"""Deltas that only SQL Server has: their statements as text, and their logic on a stand-in.

No SQL Server runs here. The stand-in is SQLite, which is told what change tracking and a snapshot
database would be: it shows that the logic holds, not that SQL Server takes the statements.
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from attrs import define
from hypothesis import HealthCheck, given, settings

from ecma2py import ImportRun, ObjectModificationType
from ecma2py.errors import InvalidParameterError, WarningNoWatermarkError
from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.deltas.objects import Objects
from ecma2py_sql.deltas.trackers import tracker_of
from ecma2py_sql.drivers.catalogue import Column, Table
from ecma2py_sql.drivers.dialects import SQL_SERVER
from ecma2py_sql.drivers.results import Row
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.drivers.sqlite import SqliteSession
from ecma2py_sql.importing.selected import Selected
from ecma2py_sql.mapping.config import parse_object_types
from ecma2py_sql.mapping.resolving import make_schema, map_types
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
delta = {{ {delta} }}
[T.multivalued.values]
table = "v"
key = "t"
value = "value"
"""
TRACKING = TYPES.format(delta="change_tracking = true")
SNAPSHOT = TYPES.format(delta='snapshot_database = "snap"')
DELETE = ObjectModificationType.DELETE


class StandIn(SqliteSession):
    """SQLite that takes the statements for SQL Server which these tests are about."""

    kept_from: int = 0
    created: str | None = "2026-01-02T10:00:00"

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        if "CURRENT_VERSION()" in sql:
            sql = "SELECT coalesce(max(version), 0) FROM changes"
        elif "MIN_VALID_VERSION" in sql:
            return [(self.kept_from,)]
        elif "sys.databases" in sql:
            return [(self.created,)] if self.created else []
        sql = re.sub(
            r'CHANGETABLE\(CHANGES "(\w)", \?\)',
            r"(SELECT DISTINCT object AS id, object AS t FROM changes WHERE of = '\1' AND version > ?)",
            sql,
        )
        sql = sql.replace('"snap"."dbo"."', '"then_')
        return super().rows(sql, parameters)


@pytest.fixture
def stand_in(sqlite_file: Target, monkeypatch: pytest.MonkeyPatch) -> Target:
    """Tables that note their changes, and the same tables as they were."""
    monkeypatch.setattr("ecma2py_sql.drivers.opening.SqliteSession", StandIn)
    sqlite_file.execute(TABLES)
    sqlite_file.execute(TABLES.replace("TABLE ", "TABLE then_"))
    sqlite_file.execute(
        "CREATE TABLE changes (version INTEGER PRIMARY KEY AUTOINCREMENT, of VARCHAR(1), object INTEGER)"
    )
    for table, key in (("t", "id"), ("v", "t")):
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            sqlite_file.execute_exactly(
                f"CREATE TRIGGER {table}_{event} AFTER {event} ON {table} BEGIN"
                f" INSERT INTO changes (of, object) VALUES ('{table}', {row}.{key}); END"
            )
    return sqlite_file


def take_snapshot(target: Target) -> None:
    """Let the snapshot be what the tables are."""
    for table in ("t", "v"):
        target.execute(f"DELETE FROM then_{table}; INSERT INTO then_{table} SELECT * FROM {table}")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(operations=OPERATIONS)
def test_change_tracking_equals_a_later_full_import(
    stand_in: Target, operations: list[Operation]
) -> None:
    """On the stand-in; a value that goes does not take its object with it."""
    deltas_equal_a_full_import(World(stand_in, TRACKING, soft=False), operations)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(operations=OPERATIONS)
def test_a_snapshot_database_equals_a_later_full_import(
    stand_in: Target, operations: list[Operation]
) -> None:
    """On the stand-in, with a snapshot older than the full import, and changes taken back."""
    world = World(stand_in, SNAPSHOT, soft=False)
    for each in operations[:3]:
        if each[0] != "delta":
            world.act(each)
    take_snapshot(stand_in)
    for each in operations[3:6]:
        if each[0] != "delta":
            world.act(each)
    world.start()
    for each in operations[6:]:
        world.act(each)
    world.catch_up()
    assert world.host.delta() == []


def test_a_run_that_broke_off_is_repeated(stand_in: Target) -> None:
    """Nothing is lost if the watermark of a delta was not stored, by either strategy."""
    for types in (TRACKING, SNAPSHOT):
        stand_in.execute("DELETE FROM t; DELETE FROM v")
        stand_in.execute("INSERT INTO t VALUES (?, 'a', 0, 0)", [(1,), (2,), (3,)])
        stand_in.execute("INSERT INTO v VALUES (3, 'x', 0)")
        take_snapshot(stand_in)
        host = stand_in.host(types)
        host.full()

        def change() -> None:
            stand_in.execute(
                "DELETE FROM t WHERE id = 1; DELETE FROM v; UPDATE t SET name = NULL WHERE id = 2"
            )

        gone, changed, emptied = a_run_that_broke_off_repeats(host, change)
        assert (gone.object_modification_type, gone.dn) == (DELETE, "CN=1,OBJECT=T")
        assert (changed.anchor["id"], "name" in changed.attributes) == (2, False)
        assert (emptied.anchor["id"], dict(emptied.attributes)) == (
            3,
            {"name": "a", "w": 0, "gone": 0},
        )


def test_what_is_again_as_the_snapshot_has_it_is_told(stand_in: Target) -> None:
    """A change taken back, and an object that came and went, differ from what was told last."""
    stand_in.execute("INSERT INTO t VALUES (1, 'a', 0, 0)")
    take_snapshot(stand_in)
    host = stand_in.host(SNAPSHOT)
    host.full()
    stand_in.execute("UPDATE t SET name = 'b'")
    stand_in.execute("INSERT INTO t VALUES (2, 'b', 0, 0)")
    assert [entry.anchor["id"] for entry in host.delta()] == [1, 2]
    stand_in.execute("UPDATE t SET name = 'a' WHERE id = 1")
    stand_in.execute("DELETE FROM t WHERE id = 2")
    back, gone = host.delta()
    assert (back.anchor["id"], back.attributes["name"]) == (1, "a")
    assert (gone.anchor["id"], gone.object_modification_type) == (2, DELETE)
    assert host.delta() == []


def test_a_version_that_is_forgotten_asks_for_a_full_import(
    stand_in: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes before the minimum valid version are unknown, and so are versions to come."""
    host = stand_in.host(TRACKING)
    host.full()
    stand_in.execute("INSERT INTO t VALUES (1, 'a', 0, 0)")
    monkeypatch.setattr(StandIn, "kept_from", 1)
    with pytest.raises(WarningNoWatermarkError, match="kept from version 1 on: run a full import"):
        host.delta()
    monkeypatch.setattr(StandIn, "kept_from", 0)
    assert len(host.delta()) == 1
    stand_in.execute("DELETE FROM changes")
    with pytest.raises(WarningNoWatermarkError, match="is of version 1, and the database is at 0"):
        host.delta()


def test_change_tracking_that_is_off_is_an_error(
    stand_in: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the database would say that nothing changes."""
    monkeypatch.setattr(StandIn, "kept_from", None)
    with pytest.raises(InvalidParameterError, match="not enabled for table 't'.*ENABLE CHANGE_TR"):
        stand_in.host(TRACKING).full()


def test_the_key_of_a_tracked_table_is_its_primary_key(sqlite_file: Target) -> None:
    """What is told of a removed row is its primary key, which has to name the object."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, login VARCHAR(9))")
    sqlite_file.execute("CREATE TABLE v (n INTEGER PRIMARY KEY, t INTEGER, value VARCHAR(9))")
    other = TRACKING.replace('table = "t"', 'table = "t"\nanchor = "login"')
    for types, says in ((other, "'login' is not in that of 't'"), (TRACKING, "'t' is not in that")):
        with pytest.raises(InvalidParameterError, match=says):
            sqlite_file.host(types).schema()


def test_another_snapshot_than_the_full_import_saw_is_refused(
    stand_in: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changed between the import and the new snapshot would be lost."""
    host = stand_in.host(SNAPSHOT)
    host.full()
    assert host.delta() == []
    monkeypatch.setattr(StandIn, "created", "2026-01-03T10:00:00")
    with pytest.raises(WarningNoWatermarkError, match="of an earlier snapshot"):
        host.delta()
    host.full()
    assert host.delta() == []
    monkeypatch.setattr("ecma2py_sql.deltas.snapshot_database.MOST_TOLD", 0)
    stand_in.execute("INSERT INTO t VALUES (1, 'a', 0, 0)")
    assert len(host.delta()) == 1
    with pytest.raises(WarningNoWatermarkError, match="of a snapshot that 1 objects differ from"):
        host.delta()
    monkeypatch.setattr(StandIn, "created", None)
    with pytest.raises(InvalidParameterError, match="there is no snapshot database 'snap'"):
        host.full()


@define
class FakeCatalogue:
    """The tables of a database that is not there."""

    tables: dict[str, Table]

    def names(self) -> list[tuple[str | None, str]]:
        return [("dbo", name) for name in self.tables]

    def read(self, schema: str | None, name: str) -> Table:
        return self.tables[name]


class FakeSqlServer(Session):
    """Notes what SQL Server would be asked, and answers what a test wants."""

    errors = (sqlite3.Error,)
    quote_character = '"'

    def __init__(self, answers: dict[str, list[Row]]) -> None:
        super().__init__(None, SQL_SERVER)
        self.answers = answers
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        self.asked.append((sql, tuple(parameters)))
        return next((rows for word, rows in self.answers.items() if word in sql), [])

    def begin(self) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def ready(self) -> None: ...
    def limited(self, cursor: Any) -> AbstractContextManager[None]:
        return nullcontext()


def table(name: str, columns: str, key: Sequence[str]) -> Table:
    """A table of text columns."""
    found = {each: Column(each, Kind.TEXT, nullable=False) for each in columns.split()}
    return Table(name, schema="dbo", columns=found, primary_key=tuple(key))


def asked_by(types: str, answers: dict[str, list[Row]], state: Any) -> list[Any]:
    """What a delta asks, beside what it asks about itself."""
    catalogue = FakeCatalogue(
        {
            "t": table("t", "id name", ["id"]),
            "v": table("v", "t value", ["t", "value"]),
        }
    )
    session = FakeSqlServer(answers)
    mapped = map_types(parse_object_types(types), catalogue, lambda *_: {})
    schema = make_schema(mapped)
    run = ImportRun(types=schema, page_size=10)
    tracker = tracker_of(Objects(session, Selected.of(mapped["T"], schema.types["T"]), run))
    assert tracker is not None
    tracker.resume(state)
    list(tracker.changes())
    return session.asked


def test_what_change_tracking_is_asked() -> None:
    """The statements as SQL Server is to take them; a version is always a parameter."""
    answers: dict[str, list[Row]] = {"CURRENT_VERSION": [(9,)], "MIN_VALID": [(3,)]}
    asked = asked_by(TRACKING, answers, 7)
    least = "SELECT CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID(?))"
    assert asked == [
        ("SELECT CHANGE_TRACKING_CURRENT_VERSION()", ()),
        *[(least, ("[dbo].[t]",)), (least, ("[dbo].[v]",))] * 2,
        (
            (
                'SELECT DISTINCT h."id" FROM CHANGETABLE(CHANGES "dbo"."t", ?) AS h'
                ' WHERE h."id" IS NOT NULL'
                ' AND NOT EXISTS (SELECT 1 FROM "dbo"."t" p WHERE h."id" = p."id")'
            ),
            (7,),
        ),
        (
            (
                'SELECT TOP 11 p."id", p."name" FROM "dbo"."t" p WHERE'
                ' ((EXISTS (SELECT 1 FROM CHANGETABLE(CHANGES "dbo"."t", ?) AS h'
                ' WHERE h."id" = p."id"))'
                ' OR (EXISTS (SELECT 1 FROM CHANGETABLE(CHANGES "dbo"."v", ?) AS h'
                ' WHERE h."t" = p."id"))) ORDER BY p."id"'
            ),
            (7, 7),
        ),
        (least, ("[dbo].[t]",)),
        (least, ("[dbo].[v]",)),
    ]


def test_what_a_snapshot_database_is_asked() -> None:
    """Both sides of a full outer comparison, NULLs equal, values both ways."""
    answers: dict[str, list[Row]] = {"sys.databases": [("2026",)]}
    _, gone, changed = asked_by(SNAPSHOT, answers, {"created": "2026", "told": {}})
    assert gone == (
        (
            'SELECT DISTINCT h."id" FROM "snap"."dbo"."t" h WHERE h."id" IS NOT NULL'
            ' AND NOT EXISTS (SELECT 1 FROM "dbo"."t" p WHERE h."id" = p."id")'
        ),
        (),
    )
    now, then = '"dbo"."v"', '"snap"."dbo"."v"'
    values = 'SELECT h."value" FROM {} h WHERE h."t" = p."id"'.format
    assert changed == (
        (
            'SELECT TOP 11 p."id", p."name" FROM "dbo"."t" p WHERE'
            ' ((NOT EXISTS (SELECT 1 FROM "snap"."dbo"."t" h WHERE h."id" = p."id" AND'
            ' EXISTS (SELECT h."id", h."name" INTERSECT SELECT p."id", p."name")))'
            f" OR (EXISTS ({values(now)} EXCEPT {values(then)}))"
            f' OR (EXISTS ({values(then)} EXCEPT {values(now)}))) ORDER BY p."id"'
        ),
        (),
    )
