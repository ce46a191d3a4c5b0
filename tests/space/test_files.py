"""What other connections to the file of a space do to those that are open."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from ecma2py.space.database import Database

READ = (
    "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT x FROM t').fetchall())"
)


def test_an_acknowledged_write_outlives_who_opened_the_file_beside(tmp_path: Path) -> None:
    """POSIX ends all locks of a process on a file when it closes any handle on the file.

    Without them the last of another process takes the log for nobody's, and deletes it.
    """
    path = tmp_path / "space.db"
    database = Database(path, busy_timeout=1)
    with database.writing() as writer:
        writer.execute("CREATE TABLE t (x)")
    Database(path, busy_timeout=1).close()

    def read_elsewhere() -> str:
        asked = [sys.executable, "-c", READ, path]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()

    assert read_elsewhere() == "[]"
    with database.writing() as writer:
        writer.execute("INSERT INTO t VALUES (1)")
    assert read_elsewhere() == "[(1,)]"
    database.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT x FROM t").fetchall() == [(1,)]
