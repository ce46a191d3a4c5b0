"""An index is used once readers can see what is in it, and no reader waits for it."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.entries import CSEntryChange
from ecma2py.schema import AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.space import SqliteSpace, Write

SCHEMA = Schema(
    [
        SchemaType(
            "thing",
            [
                SchemaAttribute.anchor("id"),
                SchemaAttribute.single("number", AttributeType.INTEGER),
            ],
        )
    ]
)


@contextmanager
def another_process(path: Path) -> Iterator[None]:
    """Somebody else holds the file."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


@contextmanager
def another_thread(space: SqliteSpace) -> Iterator[None]:
    """A write of this process is under way."""
    begun, end = threading.Event(), threading.Event()

    def write() -> None:
        with space._database.writing():
            begun.set()
            end.wait(10)

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(5)
    yield
    end.set()
    thread.join()


@pytest.mark.parametrize("who", ["process", "thread"])
def test_a_search_does_not_wait_for_a_writer(tmp_path: Path, who: str) -> None:
    """The search asks for an index and goes on; the index comes when the writer is done."""
    path, style = tmp_path / "s.db", MADistinguishedNameStyle.NONE
    with SqliteSpace.open(
        path, connector="c", schema=SCHEMA, dn_style=style, busy_timeout=0.05
    ) as space:
        space.apply([Write(CSEntryChange.add("thing", {"id": "1"}, attributes={"number": 1}))])
        with another_process(path) if who == "process" else another_thread(space):
            began = time.monotonic()
            for _ in range(3):
                assert len(space.find("thing", "number", 1)) == 1
            assert time.monotonic() - began < 1
            assert not space.wait_for_indexes(0.2)
        assert space.wait_for_indexes(10)
        assert space.has_index("thing", "number")


def test_no_search_misses_while_an_index_is_built(tmp_path: Path) -> None:
    """Searches before, while and after their index is built all find the same."""
    style = MADistinguishedNameStyle.NONE
    with SqliteSpace.open(tmp_path / "s.db", connector="c", schema=SCHEMA, dn_style=style) as space:
        space.apply(
            [
                Write(CSEntryChange.add("thing", {"id": str(each)}, attributes={"number": each}))
                for each in range(3)
            ]
        )

        found = []
        while not space.has_index("thing", "number"):
            found.append(len(space.find("thing", "number", 1)))
        found += [len(space.find("thing", "number", 1)) for _ in range(200)]

    assert set(found) == {1}
