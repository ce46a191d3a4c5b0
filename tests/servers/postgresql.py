"""A real PostgreSQL server on loopback, with a data directory of its own, gone after the tests."""

import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from scripts.system_packages import postgresql_program
from tests.servers.process import free_port, running, server_folder, unprivileged, wait_until

USER = "ecma2py"


@frozen
class PostgresServer:
    """A running server; ``odbc`` says how to reach one of its databases."""

    port: int
    password: str
    psql: Path

    def odbc(self, database: str = "postgres") -> str:
        """The ODBC connection string of a database on this server."""
        return (
            f"Driver=PostgreSQL Unicode;Server=127.0.0.1;Port={self.port};"
            f"Database={database};Uid={USER};Pwd={self.password}"
        )

    def execute(self, sql: str, *, database: str = "postgres") -> str:
        """Run SQL through the server's own client; rows come back as lines split by ``|``."""
        style = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", database]
        done = subprocess.run(
            [str(self.psql), *style, *where],
            input=sql,
            env=os.environ | {"PGPASSWORD": self.password},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"psql refused: {done.stderr}")
        return done.stdout.rstrip("\n")

    def answers(self) -> bool:
        """Whether it takes statements already."""
        try:
            return self.execute("SELECT 1") == "1"
        except RuntimeError:
            return False

    @contextmanager
    def database(self) -> Iterator[str]:
        """An empty database; gone at the end, with every connection to it."""
        name = f"test_{secrets.token_hex(8)}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def postgresql_server() -> Iterator[PostgresServer]:
    """Start a server, and stop it at the end; it keeps nothing, so it need not sync to disk."""
    initdb, postgres, psql = (
        program
        for name in ("initdb", "postgres", "psql")
        if (program := postgresql_program(name)) is not None
    )
    as_user = unprivileged("postgres")
    with server_folder("postgresql", as_user) as folder:
        server = PostgresServer(free_port(), secrets.token_urlsafe(18), psql)
        data = folder / "data"
        _make_cluster(initdb, data, server.password, as_user)
        settings = {
            "port": server.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        with running([postgres, "-D", data, *options], folder, as_user, signal.SIGINT) as log:
            wait_until(server.answers, "PostgreSQL", log)
            yield server


def _make_cluster(initdb: Path, data: Path, password: str, as_user: dict[str, Any]) -> None:
    password_file = data.with_name("password")
    password_file.write_text(password)
    password_file.chmod(0o644)  # read by the server's user; the folder is closed to the others
    access = ["-U", USER, "-A", "scram-sha-256", f"--pwfile={password_file}"]
    text = ["-E", "UTF8", "--locale", "C.UTF-8"]
    made = subprocess.run(
        [initdb, "-D", data, *access, *text, "--no-sync"],
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
        **as_user,
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb refused: {made.stdout}{made.stderr}")
