"""Servers that are stopped in the middle of things: the machine is there, and nothing answers."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ecma2py import AttributeChange, CSEntryChange
from ecma2py.errors import ECMA2Error, Retry
from ecma2py_sql import SqlConnector
from ecma2py_sql.drivers.errors import DatabaseError
from ecma2py_sql.drivers.session import CommitLostError, Session
from tests.connectors.sql.targets import Target, codes

pytestmark = pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)

TYPE = '[T]\ntable="t"'
TIMEOUT = 1
SLACK = 4


@pytest.fixture(autouse=True)
def table(target: Target) -> None:
    """A table of five rows."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(9))")
    target.execute("INSERT INTO t (id) VALUES (?)", [(i,) for i in range(5)])


@contextmanager
def frozen(target: Target, session: Session) -> Iterator[None]:
    """What serves *session* is stopped, without being ended."""
    if target.name == "postgresql":
        ((number,),) = session.rows("SELECT pg_backend_pid()")
    else:
        ((file,),) = session.rows("SELECT @@pid_file")
        number = Path(file).read_text()
    os.kill(int(number), signal.SIGSTOP)
    try:
        while not all(map(_is_stopped, Path(f"/proc/{int(number)}/task").iterdir())):
            time.sleep(0.01)
        yield
    finally:
        os.kill(int(number), signal.SIGCONT)


def _is_stopped(thread: Path) -> bool:
    return (thread / "stat").read_text().rpartition(") ")[2].startswith("T")


@contextmanager
def in_time() -> Iterator[None]:
    """What is inside ends within the command timeout and some slack."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < TIMEOUT + SLACK


def test_an_import_from_a_server_that_freezes_ends_in_time(target: Target) -> None:
    """The run ends as one that may be tried again; so does the next, and then one works."""
    host = target.host(TYPE, **{"Command Timeout": str(TIMEOUT)})
    connector: Any = SqlConnector()
    with host.importing(connector, page_size=2):
        host.next_page(connector)
        with frozen(target, connector._session):
            with in_time(), pytest.raises(Retry):
                host.next_page(connector)
            if target.name == "mariadb":
                # Of PostgreSQL, the process behind one connection alone is stopped.
                with in_time(), pytest.raises(ECMA2Error, match="cannot be reached|was lost"):
                    host.full()
    assert len(host.full()) == 5


def test_an_entry_whose_server_freezes_fails_in_time_and_is_not_written(target: Target) -> None:
    """The transaction is not committed when the server goes on."""
    host = target.host(TYPE, **{"Command Timeout": str(TIMEOUT)})
    change = CSEntryChange.update("T", {"id": 1}, changes=[AttributeChange.replace("v", "x")])
    connector: Any = SqlConnector()
    with host.exporting(connector):
        session = connector._session
        begin = session.begin
        begin()
        session.begin = lambda: None
        with frozen(target, session), in_time():
            (result,) = connector.put_export_entries([change]).cs_entry_change_results
        session.begin = begin
        assert codes([result]) == ["ExportErrorConnectedDirectoryError"]
        assert "took too long" in result.error_detail or "was lost" in result.error_detail
        time.sleep(0.2)
        assert target.rows("SELECT v FROM t WHERE id = 1") == [(None,)]
        (again,) = connector.put_export_entries([change]).cs_entry_change_results
    assert codes([again]) == ["Success"]


def test_a_commit_that_is_not_answered_is_told_as_unknown(target: Target) -> None:
    """It may be carried out once the server goes on: nobody repeats it."""
    with target.session(timeout=TIMEOUT) as session:
        session.begin()
        session.run("UPDATE t SET v = 'x' WHERE id = 1")
        session._in_transaction = True
        with frozen(target, session), in_time(), pytest.raises(CommitLostError):
            session._end()
        session._in_transaction = False
        assert session.rows("SELECT COUNT(*) FROM t")[0][0] == 5


def test_a_catalogue_that_is_not_answered_ends_in_time(target: Target) -> None:
    """What the driver asks by itself is watched as well."""
    host = target.host(TYPE, **{"Command Timeout": str(TIMEOUT)})
    connector: Any = SqlConnector()
    connector.parameters = host.parameters
    with (
        connector._looked_up() as tables,
        frozen(target, tables.session),
        in_time(),
        pytest.raises(DatabaseError),
    ):
        tables.catalogue.names()


def test_an_idle_session_whose_server_froze_is_closed_in_time(target: Target) -> None:
    """The end of a run does not wait for an answer."""
    with in_time(), target.session(timeout=TIMEOUT) as session:
        stopped = frozen(target, session)
        stopped.__enter__()
    stopped.__exit__(None, None, None)
