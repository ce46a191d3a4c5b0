"""Statements and locks that take longer than the command timeout: a clear error, in time."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
from attrs import evolve

from ecma2py import AttributeChange, CSEntryChange
from ecma2py.errors import FailedSearchError
from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.dialects import MARIADB, POSTGRESQL
from ecma2py_sql.drivers.errors import DatabaseError
from tests.connectors.sql.targets import PEOPLE, PEOPLE_TYPES, Target, codes

ENDLESS = "WITH RECURSIVE c (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM c) SELECT count(*) AS id FROM c"
SLOW = {
    "sqlite3": ENDLESS,
    "sqlite-odbc": ENDLESS,
    "postgresql": "SELECT 1 AS id FROM pg_sleep(20)",
    "mariadb": "SELECT 1 AS id FROM seq_1_to_1 WHERE sleep(20) = 0",
}
DIALECTS = {"postgresql": POSTGRESQL, "mariadb": MARIADB}
SLACK = 4
SERVERS = ["sqlite3", "sqlite-odbc", "postgresql", "mariadb"]


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """What is inside ends within *seconds* and some slack."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds + SLACK


@contextmanager
def locked(target: Target) -> Iterator[None]:
    """Somebody else changes Ann's row and does not finish."""
    with closing(target.connect()) as connection:
        connection.execute("UPDATE people SET age = 1 WHERE id = 1")
        yield
        connection.rollback()


@pytest.mark.parametrize("target", SERVERS, indirect=True)
def test_an_import_that_takes_too_long_is_ended(target: Target) -> None:
    """The command timeout is enforced, and told as what it is."""
    target.execute_exactly(f"CREATE VIEW slow AS {SLOW[target.name]}")
    host = target.host(
        '[S]\ntable="slow"\nanchor="id"\ntypes={id="integer"}', **{"Command Timeout": "1"}
    )
    with in_time(1), pytest.raises(FailedSearchError, match="took too long"):
        host.full()


@pytest.mark.parametrize("target", SERVERS, indirect=True)
@pytest.mark.parametrize("way", ["rows", "stream"])
def test_a_session_goes_on_after_a_statement_that_took_too_long(target: Target, way: str) -> None:
    """The statement alone is ended, not the connection."""
    with target.session(timeout=1) as session:
        with in_time(1), pytest.raises(DatabaseError) as caught:
            if way == "rows":
                session.rows(SLOW[target.name])
            else:
                list(session.stream(SLOW[target.name]))
        assert caught.value.cause is Cause.TIMEOUT
        connection = session.connection
        assert session.rows("SELECT 1")[0][0] == 1
        assert session.connection is connection


@pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)
def test_a_server_ends_what_nobody_cancels(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told the command timeout itself, and says more clearly what it ended."""
    monkeypatch.setattr("ecma2py_sql.drivers.watchdog.Watchdog._watch", lambda _: None)
    with target.session(timeout=1) as session:
        with in_time(1), pytest.raises(DatabaseError) as caught:
            session.rows(SLOW[target.name])
        assert caught.value.cause is Cause.TIMEOUT


@pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)
def test_what_no_server_limits_is_cancelled(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database without a setting of its own has its statements cancelled from outside."""
    monkeypatch.setattr(
        "ecma2py_sql.drivers.odbc.find_dialect", lambda *_: evolve(DIALECTS[target.name], limits=())
    )
    with target.session(timeout=1) as session:
        with in_time(2), pytest.raises(DatabaseError) as caught:
            session.rows(SLOW[target.name])
        assert caught.value.cause is Cause.TIMEOUT
        assert session.rows("SELECT 1")[0][0] == 1


@pytest.mark.parametrize("target", SERVERS, indirect=True)
def test_without_a_command_timeout_nothing_is_ended(target: Target) -> None:
    """0 is any time: neither a second of waiting nor a lock for a moment is an error."""
    target.execute(PEOPLE)
    target.execute("INSERT INTO people (id, name) VALUES (?, ?)", [(1, "Ann")])
    change = "UPDATE people SET age = 2 WHERE id = 1"
    with target.session(timeout=0) as session, ThreadPoolExecutor() as pool:
        with locked(target):
            waiting = pool.submit(session.run, change)
            time.sleep(1.5)
            assert not waiting.done()
        assert waiting.result() == 1


def test_a_lock_that_is_not_released_fails_the_entry_in_time(target: Target) -> None:
    """The entry may be tried again; nothing of it was written."""
    target.execute(PEOPLE)
    target.execute("INSERT INTO people (id, name) VALUES (?, ?)", [(1, "Ann"), (2, "Bob")])
    host = target.host(PEOPLE_TYPES, **{"Command Timeout": "1"})
    change = CSEntryChange.update("Person", {"id": 1}, changes=[AttributeChange.replace("age", 5)])
    with locked(target), in_time(2):
        (result,) = host.export(change)
    assert codes([result]) == ["ExportErrorConnectedDirectoryError"]
    assert "try again" in result.error_detail
    assert target.rows("SELECT age FROM people ORDER BY id") == [(None,), (None,)]


def test_a_session_goes_on_after_a_lock_that_was_not_released(target: Target) -> None:
    """The wait alone is ended; the same statement succeeds later."""
    target.execute(PEOPLE)
    target.execute("INSERT INTO people (id, name) VALUES (?, ?)", [(1, "Ann")])
    change = "UPDATE people SET age = 5 WHERE id = 1"
    with target.session(timeout=1) as session:
        with locked(target), in_time(1), pytest.raises(DatabaseError) as caught:
            session.run(change)
        assert caught.value.cause in (Cause.BUSY, Cause.TIMEOUT)
        assert session.run(change) == 1


def test_a_locked_table_is_waited_for_no_longer(target: Target) -> None:
    """A lock on the table or the file as a whole is a lock like any other, whoever meets it."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    lock = {
        "postgresql": "LOCK TABLE t IN ACCESS EXCLUSIVE MODE",
        "mariadb": "LOCK TABLES t WRITE",
    }.get(target.name, "BEGIN EXCLUSIVE")
    host = target.host('[T]\ntable = "t"', **{"Command Timeout": "1"})
    with target.session(timeout=1) as session, closing(target.connect()) as other:
        other.execute(lock)
        with in_time(1), pytest.raises(DatabaseError) as caught:
            session.rows("SELECT id FROM t")
        assert caught.value.cause in (Cause.BUSY, Cause.TIMEOUT)
        with in_time(2), pytest.raises(FailedSearchError, match="try again"):
            host.full()
    assert host.full() == []
