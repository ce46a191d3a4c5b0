"""A connection is cut by its ports, and nothing else of the process is touched."""

import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ecma2py_sql.drivers.sockets import cut

pytestmark = pytest.mark.skipif(not Path("/dev/fd").exists(), reason="cuts where there is /dev/fd")

WRITE = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"


def test_looking_for_a_socket_keeps_the_locks_of_files(tmp_path: Path) -> None:
    """POSIX ends all locks of a process on a file when it closes any handle on the file."""
    path = tmp_path / "locked.db"

    def other_writer_waits() -> bool:
        asked = [sys.executable, "-c", WRITE, path]
        ended = subprocess.run(asked, capture_output=True, text=True, check=False)
        return "database is locked" in ended.stderr

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        assert other_writer_waits()
        assert not cut((1, 2))
        assert other_writer_waits()


def test_the_socket_of_the_ports_is_cut_and_no_other() -> None:
    """Both ends of another connection to the same server go on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with (
            socket.create_connection(address) as one,
            server.accept()[0] as served,
            socket.create_connection(address) as other,
            server.accept()[0] as other_served,
        ):
            assert cut((one.getsockname()[1], address[1]))
            assert (one.recv(1), served.recv(1)) == (b"", b"")
            other.sendall(b"x")
            assert other_served.recv(1) == b"x"
            assert not cut((1, address[1]))
