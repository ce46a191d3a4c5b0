"""Servers that end a connection: nothing half-written, nothing written twice, and work goes on."""

import time
from typing import Any

import pytest

from ecma2py import AttributeChange, CSEntryChange
from ecma2py.errors import DroppedConnectionError, ServerDownError
from ecma2py_sql import SqlConnector
from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.errors import DatabaseError
from ecma2py_sql.drivers.session import CommitLostError
from ecma2py_sql.exporting.children import ChildWriter
from tests.connectors.sql.targets import Target, codes

pytestmark = pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)

TYPE = '[T]\ntable="t"'


@pytest.fixture(autouse=True)
def table(target: Target) -> None:
    """A table of five rows."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(9))")
    target.execute("INSERT INTO t (id) VALUES (?)", [(i,) for i in range(5)])


def end_connections(target: Target) -> None:
    """The server ends every connection to the database but this one."""
    if target.name == "postgresql":
        target.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return
    found = target.rows(
        "SELECT id FROM information_schema.processlist"
        " WHERE db = database() AND id <> connection_id()"
    )
    for (number,) in found:
        try:
            target.execute_exactly(f"KILL {int(number)}")
        except Exception as error:
            # A connection that was closed just now ends while it is listed still.
            if "Unknown thread id" not in str(error):
                raise
    # The server says yes before it is done.
    time.sleep(0.2)


def test_a_connection_lost_between_pages_ends_the_import(target: Target) -> None:
    """The run ends as dropped, to be tried again; closing is no second error; the next works."""
    host = target.host(TYPE)
    connector: Any = SqlConnector()
    with host.importing(connector, page_size=2):
        host.next_page(connector)
        end_connections(target)
        with pytest.raises(DroppedConnectionError, match="connection was lost"):
            host.next_page(connector)
    assert len(host.full()) == 5


def test_a_connection_lost_while_nothing_was_asked_is_made_again(target: Target) -> None:
    """Between pages and between batches, after a pause: nobody notices."""
    host = target.host(TYPE)
    connector: Any = SqlConnector()
    with host.importing(connector, page_size=2):
        host.next_page(connector)
        end_connections(target)
        time.sleep(1.1)
        assert [entry.anchor for entry in host.next_page(connector).cs_entries] == [
            {"id": 2},
            {"id": 3},
        ]
    writer: Any = SqlConnector()
    with host.exporting(writer):
        end_connections(target)
        time.sleep(1.1)
        add = CSEntryChange.add("T", {"id": 9})
        assert codes(writer.put_export_entries([add]).cs_entry_change_results) == ["Success"]


def test_settings_come_back_with_the_connection(target: Target) -> None:
    """A connection made again has the time zone, the limits and the encoding of the first."""
    query = {
        "postgresql": "SELECT current_setting('TimeZone'), current_setting('statement_timeout')",
        "mariadb": "SELECT @@time_zone, @@max_statement_time, @@sql_mode",
    }[target.name]
    with target.session(timeout=7) as session:
        before = session.rows(query)
        end_connections(target)
        time.sleep(1.1)
        assert list(session.rows(query)[0]) == list(before[0])
        assert session.rows("SELECT CAST(? AS CHAR(300))", ("é" * 300,))[0][0] == "é" * 300


def test_a_batch_after_a_lost_connection_is_written(target: Target) -> None:
    """Nothing was written yet, so that the whole batch goes to a new connection."""
    host = target.host(TYPE)
    adds = [CSEntryChange.add("T", {"id": i}) for i in range(10, 13)]
    connector: Any = SqlConnector()
    with host.exporting(connector):
        end_connections(target)
        results = connector.put_export_entries(adds).cs_entry_change_results
    assert codes(results) == ["Success"] * 3, results
    assert len(host.full()) == 8


def test_a_batch_whose_connection_is_lost_half_way_is_written_once(target: Target) -> None:
    """What was sent before is taken back by the server and sent again; counters show no second."""
    target.execute("CREATE TABLE counters (id {counter}, v VARCHAR(9))")
    host = target.host(TYPE + '\n[C]\ntable="counters"')
    connector: Any = SqlConnector()
    adds = [CSEntryChange.add("C", attributes={"v": f"{i}"}) for i in range(4)]
    with host.exporting(connector):
        session, calls = connector._session, 0
        savepoint = session.savepoint

        def counted() -> Any:
            nonlocal calls
            calls += 1
            if calls == 3:
                end_connections(target)
            return savepoint()

        session.savepoint = counted
        results = connector.put_export_entries(adds).cs_entry_change_results
    assert codes(results) == ["Success"] * 4
    assert sorted(v for (v,) in target.rows("SELECT v FROM counters")) == ["0", "1", "2", "3"]


def test_a_single_write_that_may_have_happened_is_not_repeated(target: Target) -> None:
    """The connection is lost within the transaction: the entry says so, and a later one works."""
    host = target.host(TYPE)
    change = CSEntryChange.update("T", {"id": 1}, changes=[AttributeChange.replace("v", "x")])
    connector: Any = SqlConnector()
    with host.exporting(connector):
        session = connector._session
        begin = session.begin

        def begin_and_lose() -> None:
            begin()
            session.begin = begin
            end_connections(target)

        session.begin = begin_and_lose
        (lost,) = connector.put_export_entries([change]).cs_entry_change_results
        assert codes([lost]) == ["ExportErrorConnectedDirectoryError"]
        assert "connection was lost" in lost.error_detail
        assert target.rows("SELECT v FROM t WHERE id = 1") == [(None,)]
        (again,) = connector.put_export_entries([change]).cs_entry_change_results
    assert codes([again]) == ["Success"]


def test_a_commit_that_is_lost_is_told_as_unknown(target: Target) -> None:
    """Nobody repeats what may be written."""
    with target.session() as session:
        with pytest.raises(CommitLostError), session.transaction():
            session.run("UPDATE t SET v = 'x' WHERE id = 1")
            end_connections(target)
        assert session.rows("SELECT v FROM t WHERE id = 1")[0][0] is None


def test_a_stream_whose_connection_is_lost_is_an_error(target: Target) -> None:
    """A part of the rows is never taken for all, even if the connection was made again."""
    with target.session() as session:
        for pause in (0, 1.1):
            pages = iter(session.stream("SELECT a.id FROM t a, t b, t c, t d, t e", size=2))
            next(pages)
            end_connections(target)
            time.sleep(pause)
            if pause:
                assert session.rows("SELECT 1")[0][0] == 1
            with pytest.raises(DatabaseError) as caught:
                list(pages)
            assert caught.value.cause is Cause.DROPPED


def test_a_server_that_stays_away_is_told(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that cannot be made again is the error of the run, without the password."""
    host = target.host(TYPE)
    connector: Any = SqlConnector()
    with host.importing(connector, page_size=2):
        host.next_page(connector)
        session = connector._session
        port = next(k for k in session._source.keywords if k == "Port")
        monkeypatch.setitem(session._source.keywords, port, "1")
        end_connections(target)
        time.sleep(1.1)
        with pytest.raises(ServerDownError, match="cannot be reached") as caught:
            host.next_page(connector)
    assert target.parameters["Password"].reveal() not in str(caught.value)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("lost_at", "count", "written"),
    [([1], 1, 0), ([1], 3, 3), ([3], 3, 3), ([1, 2], 3, 0), ([1, 3], 3, 1), ([2, 5], 3, 2)],
)
def test_what_is_reported_written_is_there_and_nothing_else(
    target: Target,
    monkeypatch: pytest.MonkeyPatch,
    lost_at: list[int],
    count: int,
    written: int,
) -> None:
    """The connection is lost between rows and values: in the batch, then in one entry after another."""
    target.execute("CREATE TABLE c (id INTEGER NOT NULL, v VARCHAR(9) NOT NULL)")
    host = target.host(f'{TYPE}\n[T.multivalued.c]\ntable="c"\nkey="id"\nvalue="v"')
    insert, calls = ChildWriter._insert, 0

    def lost(self: ChildWriter, given: Any) -> None:
        nonlocal calls
        calls += 1
        if calls in lost_at:
            end_connections(target)
        insert(self, given)

    monkeypatch.setattr(ChildWriter, "_insert", lost)
    numbers = range(10, 10 + count)
    adds = [CSEntryChange.add("T", {"id": i}, attributes={"c": ["a"]}) for i in numbers]
    results = host.export(*adds)
    assert [code == "Success" for code in codes(results)] == [i < written for i in range(count)], (
        results
    )
    details = [each.error_detail for each in results[written:]]
    assert all("connection was lost" in detail for detail in details), details
    there = [(i,) for i in numbers[:written]]
    assert target.rows("SELECT id FROM t WHERE id >= 10 ORDER BY id") == there
    assert target.rows("SELECT id FROM c ORDER BY id") == there
    if written < count:
        assert set(codes(host.export(*adds[written:]))) == {"Success"}
