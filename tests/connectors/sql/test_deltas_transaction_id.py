"""Deltas by the transactions that wrote the rows, on PostgreSQL with transactions side by side."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ecma2py import ObjectModificationType
from ecma2py.errors import InvalidParameterError, WarningNoWatermarkError
from ecma2py_sql.deltas.transaction_ids import younger
from tests.connectors.sql.delta_laws import (
    OPERATIONS,
    TABLES,
    Operation,
    World,
    a_run_that_broke_off_repeats,
    deltas_equal_a_full_import,
)
from tests.connectors.sql.targets import Host, Target, postgresql_target

TYPES = """
[T]
table = "t"
columns = ["name"]
delta = { transaction_id = true, deleted = "gone" }
[T.multivalued.values]
table = "v"
key = "t"
value = "value"
"""


@pytest.fixture
def database(postgresql_odbc: str) -> Target:
    """Both tables, empty, in PostgreSQL."""
    target = postgresql_target(postgresql_odbc)
    target.execute(TABLES)
    return target


@pytest.fixture
def connected(postgresql_odbc: str) -> Iterator[Any]:
    """A connection to PostgreSQL."""
    with closing(postgresql_target(postgresql_odbc).connect()) as connection:
        yield connection


def told(host: Host) -> list[Any]:
    """The anchors of a delta."""
    return sorted(entry.anchor["id"] for entry in host.delta())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(operations=OPERATIONS)
def test_deltas_equal_a_later_full_import(database: Target, operations: list[Operation]) -> None:
    """Changes, marks of deletion and values alone are found without any column for it."""
    deltas_equal_a_full_import(World(database, TYPES, soft=True), operations)


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(("object", "value", "savepoint", "other", "commit", "rollback", "delta")),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(actions=ACTIONS)
def test_whatever_order_transactions_commit_in_nothing_is_lost(
    database: Target, actions: list[tuple[str, int, int]]
) -> None:
    """Three transactions write side by side, in save points too, and commit when they like."""
    world = World(database, TYPES, soft=True)
    database.execute("INSERT INTO t VALUES (?, 'a', 0, 0)", [(i,) for i in range(9)])
    with ExitStack() as stack:
        open_ones = [stack.enter_context(closing(database.connect())) for _ in range(3)]
        for at, each in enumerate(open_ones):
            each.execute("UPDATE t SET name = 'early' WHERE id = ?", at * 3)
        # Only what is completed later makes a snapshot list the open transactions.
        database.execute("INSERT INTO t VALUES (9, 'a', 0, 0)")
        world.start()
        for step, (action, at, key) in enumerate(actions):
            one, row = open_ones[at], at * 3 + key
            if action == "object":
                one.execute("UPDATE t SET name = ? WHERE id = ?", f"n{step}", row)
            elif action == "value":
                one.execute("INSERT INTO v VALUES (?, ?, 0)", row, f"v{step}")
            elif action == "savepoint":
                one.execute("SAVEPOINT s")
                one.execute("UPDATE t SET name = ? WHERE id = ?", f"s{step}", row)
            elif action == "other":
                database.execute("UPDATE t SET name = ? WHERE id = 9", [(f"o{step}",)])
            elif action == "commit":
                one.commit()
            elif action == "rollback":
                one.rollback()
            else:
                world.catch_up()
        for one in open_ones:
            one.commit()
        world.catch_up()
        assert world.host.delta() == []


def test_a_transaction_that_commits_late_is_told_once(database: Target) -> None:
    """It was open during the full import; what committed meanwhile is not told again."""
    host = database.host(TYPES)
    with closing(database.connect()) as late:
        late.execute("INSERT INTO t VALUES (1, 'late', 0, 0)")
        database.execute("INSERT INTO t VALUES (2, 'early', 0, 0)")
        host.full()
        assert told(host) == []
        database.execute("INSERT INTO t VALUES (3, 'later', 0, 0)")
        assert told(host) == [3]
        assert told(host) == []
        late.commit()
    assert told(host) == [1]
    assert told(host) == []


def test_a_run_that_broke_off_is_repeated(database: Target) -> None:
    """Nothing is lost if the watermark of a delta was not stored."""
    database.execute("INSERT INTO t VALUES (?, 'a', 0, 0)", [(1,), (2,)])
    host = database.host(TYPES)
    host.full()

    def change() -> None:
        database.execute("UPDATE t SET gone = 1 WHERE id = 1")
        database.execute("INSERT INTO v VALUES (2, 'x', 0)")

    gone, changed = a_run_that_broke_off_repeats(host, change)
    assert gone.object_modification_type is ObjectModificationType.DELETE
    assert (changed.anchor["id"], changed.attributes["values"]) == (2, ["x"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    oldest=st.integers(3, 2**40) | st.integers(2**32 - 5, 2**32 + 5),
    span=st.integers(0, 2**32 - 1) | st.integers(0, 10),
    distance=st.integers(-(2**31), 2**31) | st.integers(-10, 10),
)
def test_ids_that_wrapped_around_are_found(
    connected: Any, oldest: int, span: int, distance: int
) -> None:
    """A row holds half of an id, and is compared by its distance: none in the span is missed."""
    assume(oldest + distance >= 0 and distance + 2**32 >= span)
    row = (oldest + distance) % 2**32
    sql = f"SELECT CASE WHEN {younger('CAST(? AS bigint)')} THEN 1 ELSE 0 END"
    ((found,),) = connected.execute(sql, (row, oldest, span)).fetchall()
    assert bool(found) == (0 <= distance < span)


@pytest.mark.parametrize("moved", [2**32, -(2**33)])
def test_the_watermark_of_another_database_is_refused(database: Target, moved: int) -> None:
    """Ids that the database has not come to yet, or left behind a whole round ago."""
    host = database.host(TYPES)
    host.full()
    assert host.custom_data is not None
    document = json.loads(host.custom_data)
    document["T"]["state"]["point"]["oldest"]["integer"] += moved
    host.custom_data = json.dumps(document)
    with pytest.raises(WarningNoWatermarkError, match="the database is at"):
        host.delta()


def test_other_databases_and_views_have_no_transaction_ids(
    sqlite_file: Target, database: Target
) -> None:
    """The error names the strategy, and what to take instead."""
    sqlite_file.execute(TABLES)
    with pytest.raises(InvalidParameterError, match="is PostgreSQL's, and this is SQLite"):
        sqlite_file.host(TYPES).full()
    host = database.host('[T]\nquery="SELECT * FROM t"\nanchor="id"\ndelta={transaction_id=true}')
    with pytest.raises(InvalidParameterError, match="something that tables have"):
        host.schema()
