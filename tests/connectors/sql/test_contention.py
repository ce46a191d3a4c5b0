"""Two at once on one database: deadlocks, locks that others hold, and several runs together."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import pytest

from ecma2py import AttributeChange, CSEntryChange
from ecma2py_sql.exporting.children import ChildWriter
from tests.connectors.sql.targets import Host, Target, codes

TYPES = """
[T]
table = "t"
[T.multivalued.c]
table = "c"
key = "id"
value = "v"
"""
BUSY = "ExportErrorConnectedDirectoryError"
SERVERS = pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)


def rows_of(target: Target, count: int) -> Host:
    """A host with rows of the numbers from 0."""
    target.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(9) NOT NULL, w VARCHAR(9));"
        "CREATE TABLE c (id INTEGER NOT NULL, v VARCHAR(9) NOT NULL, PRIMARY KEY (id, v))"
    )
    target.execute(
        "INSERT INTO t (id, v) VALUES (?, ?)", [(number, "old") for number in range(count)]
    )
    return target.host(TYPES, **{"Command Timeout": "1"})


def update(number: int) -> CSEntryChange:
    changes = [AttributeChange.replace("v", "new"), AttributeChange.add("c", ["1"])]
    return CSEntryChange.update("T", {"id": number}, changes=changes)


@contextmanager
def crossing(target: Target, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another transaction has the value that row 0 gets, and then asks for row 0 itself."""
    wrote_row = threading.Event()
    insert = ChildWriter._insert

    def signalling(self: ChildWriter, given: Any) -> None:
        wrote_row.set()
        insert(self, given)

    def cross(other: Any) -> None:
        wrote_row.wait(20)
        # The session has to wait first.
        time.sleep(0.4)
        other.execute("UPDATE t SET w = 'theirs' WHERE id = 0")
        other.commit()

    with closing(target.connect()) as other, ThreadPoolExecutor() as pool:
        # It is the session that the database chooses for its victim.
        if target.name == "postgresql":
            other.execute("SET deadlock_timeout = '60s'")
        else:
            other.execute("INSERT INTO c SELECT seq, 'heavy' FROM seq_100_to_200")
        other.execute("INSERT INTO c VALUES (0, '1')")
        monkeypatch.setattr(ChildWriter, "_insert", signalling)
        crossed = pool.submit(cross, other)
        yield
        crossed.result()


@SERVERS
def test_an_entry_that_a_deadlock_takes_back_may_be_tried_again(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is not written without its values; the error says what happened, and what to do."""
    rows_of(target, 1)
    host = target.host(TYPES, **{"Command Timeout": "10"})
    with crossing(target, monkeypatch):
        (result,) = host.export(update(0))
    assert codes([result]) == [BUSY]
    assert "Another transaction holds the row or the database: try again" in result.error_detail
    assert "eadlock" in result.error_detail
    assert target.rows("SELECT v, w FROM t") == [("old", "theirs")]
    assert codes(host.export(update(0))) == ["Success"]
    assert target.rows("SELECT v, w FROM t") == [("new", "theirs")]


@SERVERS
def test_a_deadlock_costs_no_more_than_the_entry_that_met_it(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MariaDB takes the whole batch back, PostgreSQL a part: the others are written all the same."""
    rows_of(target, 3)
    host = target.host(TYPES, **{"Command Timeout": "10"})
    with crossing(target, monkeypatch):
        before, met, after = host.export(update(1), update(0), update(2))
    assert codes([before, after]) == ["Success"] * 2
    # Tried again at once it may meet the same transaction again, or come after it.
    is_written = codes([met]) == ["Success"]
    assert is_written or "try again" in met.error_detail
    assert target.rows("SELECT v FROM t WHERE id = 0") == [("new" if is_written else "old",)]
    assert target.rows("SELECT id FROM c WHERE v = '1' ORDER BY id") == [(0,), (1,), (2,)]
    assert codes(host.export(update(0))) == ["Success"]


@contextmanager
def holding(target: Target, *numbers: int) -> Iterator[None]:
    """Somebody else changes rows and does not finish."""
    with closing(target.connect()) as other:
        for number in numbers:
            other.execute("UPDATE t SET v = 'theirs' WHERE id = ?", (number,))
        yield
        other.rollback()


def test_a_batch_does_not_wait_for_every_row_that_is_locked(target: Target) -> None:
    """After three entries that waited in vain the rest fails at once, to be tried again as well."""
    host = rows_of(target, 250)
    with holding(target, *range(250)):
        start = time.monotonic()
        results = host.export(*map(update, range(250)))
        took = time.monotonic() - start
    assert codes(results) == [BUSY] * 250
    assert took < 9
    assert all("try again" in each.error_detail for each in results)
    assert ["Not tried" in each.error_detail for each in results] == [False] * 3 + [True] * 247
    assert target.rows("SELECT DISTINCT v FROM t") == [("old",)]
    assert target.rows("SELECT * FROM c") == []
    assert codes(host.export(*map(update, range(250)))) == ["Success"] * 250


@SERVERS
def test_rows_that_are_locked_here_and_there_keep_no_other(target: Target) -> None:
    """Three that wait are only too many one after another."""
    host = rows_of(target, 7)
    with holding(target, 0, 1, 3, 5):
        results = host.export(*map(update, range(7)))
    locked = [code == BUSY for code in codes(results)]
    assert locked == [number in (0, 1, 3, 5) for number in range(7)]
    assert target.rows("SELECT id FROM t WHERE v = 'new' ORDER BY id") == [(2,), (4,), (6,)]
    assert target.rows("SELECT id FROM c ORDER BY id") == [(2,), (4,), (6,)]


def together(*works: Callable[[], Any]) -> list[Any]:
    """What *works* give that begin at the same moment."""
    begin = threading.Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        begin.wait()
        return work()

    with ThreadPoolExecutor() as pool:
        return list(pool.map(one, works))


def test_imports_at_once_each_find_everything(target: Target) -> None:
    """No import takes rows, temporary tables or pages from another."""
    rows_of(target, 1_500)
    target.execute("INSERT INTO c VALUES (?, ?)", [(number, "x") for number in range(1_500)])
    host = target.host(TYPES)
    imports = together(*[lambda: host.full(page_size=50)] * 3)
    for entries in imports:
        assert [each.anchor["id"] for each in entries] == list(range(1_500))
        assert all(each.attributes["c"] == ["x"] for each in entries)


def test_an_import_and_an_export_at_once_both_end_well(target: Target) -> None:
    """The import has every row, each as it was or as it is; every change is reported and there."""
    rows_of(target, 1_500)
    host = target.host(TYPES)
    changes = [update(number) for number in range(1_500)]
    entries, results = together(
        lambda: host.full(page_size=50), lambda: host.export(*changes, batch=50)
    )
    assert codes(results) == ["Success"] * 1_500
    assert [each.anchor["id"] for each in entries] == list(range(1_500))
    assert {each.attributes["v"] for each in entries} <= {"old", "new"}
    assert target.rows("SELECT DISTINCT v FROM t") == [("new",)]


def test_exports_at_once_lose_nothing(target: Target) -> None:
    """Two that write rows of their own do not undo or fail each other."""
    rows_of(target, 200)
    host = target.host(TYPES)
    halves = [[update(number) for number in range(start, 200, 2)] for start in (0, 1)]
    for results in together(*[lambda half=half: host.export(*half, batch=10) for half in halves]):
        assert codes(results) == ["Success"] * 100, results
    assert target.rows("SELECT DISTINCT v FROM t") == [("new",)]
    assert target.rows("SELECT count(*) FROM c") == [(200,)]
