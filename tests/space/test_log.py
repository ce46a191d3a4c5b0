"""The write-ahead log: folded into the file by who writes, and by nobody else."""

import sqlite3
from pathlib import Path

from ecma2py.space import SqliteSpace
from tests.space.spaces import run, user


def test_a_large_import_is_in_the_file_when_it_is_committed(space: SqliteSpace, path: Path) -> None:
    """The log cannot grow for ever, and is not folded beside a writer."""
    many = "x" * 10_000
    run(space, [user(f"E{number}", title=many) for number in range(2_000)])
    assert _objects(path) == 2_000


def _objects(path: Path) -> int:
    """How many objects the file alone has, without the log beside it."""
    connection = sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM objects").fetchone()[0])
    finally:
        connection.close()
