"""The write-ahead log: folded into the file while writers go on."""

import sqlite3
import time
from pathlib import Path
from shutil import copyfile

import pytest

from ecma2py.space import SqliteSpace, database
from tests.space.spaces import user, write


def test_the_log_is_folded_while_the_space_is_open(
    space: SqliteSpace, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written long ago is in the file itself, so that the log cannot grow for ever."""
    monkeypatch.setattr(database, "_LOG_ROWS", 20)
    write(space, *(user(f"E{number}") for number in range(30)))
    until = time.monotonic() + 30
    copy = tmp_path / "copy.db"
    while copyfile(path, copy) and not _objects(copy):
        assert time.monotonic() < until, "nothing was folded"
        time.sleep(0.01)


def test_a_space_closes_while_its_log_is_folded(
    path: Path, space: SqliteSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing waits for who folds, and everything is in the file afterwards."""
    monkeypatch.setattr(database, "_LOG_ROWS", 0)
    for number in range(30):
        write(space, user(f"E{number}"))
    space.close()
    assert _objects(path) == 30


def _objects(path: Path) -> int:
    """How many objects the file alone has, without the log beside it."""
    connection = sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM objects").fetchone()[0])
    except sqlite3.DatabaseError:
        return 0  # copied in the middle of a write, or without its tables yet
    finally:
        connection.close()
