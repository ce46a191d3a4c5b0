"""A real MariaDB server on loopback, with a data directory of its own, gone after the tests."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from scripts.system_packages import mariadb_program
from tests.servers.process import free_port, running, server_folder, unprivileged, wait_until

USER = "ecma2py"


@frozen
class MariadbServer:
    """A running server; ``odbc`` says how to reach one of its databases."""

    port: int
    password: str
    client: Path

    def odbc(self, database: str) -> str:
        """The ODBC connection string of a database on this server."""
        return (
            f"Driver=MariaDB Unicode;Server=127.0.0.1;Port={self.port};"
            f"Database={database};Uid={USER};Pwd={self.password}"
        )

    def execute(self, sql: str) -> str:
        """Run SQL through the server's own client; rows come back as lines split by tabs."""
        where = ["--protocol=tcp", "-h", "127.0.0.1", "-P", str(self.port), "-u", USER]
        done = subprocess.run(
            [str(self.client), "--no-defaults", *where, "-B", "-N"],
            input=sql,
            env=os.environ | {"MYSQL_PWD": self.password},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"mariadb refused: {done.stderr}")
        return done.stdout.rstrip("\n")

    def answers(self) -> bool:
        """Whether it takes statements already."""
        try:
            return self.execute("SELECT 1") == "1"
        except RuntimeError:
            return False

    @contextmanager
    def database(self) -> Iterator[str]:
        """An empty database that tells texts apart as Python does; gone at the end."""
        name = f"test_{secrets.token_hex(8)}"
        self.execute(f"CREATE DATABASE {name} COLLATE utf8mb4_nopad_bin")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name}")


@contextmanager
def mariadb_server() -> Iterator[MariadbServer]:
    """Start a server, and stop it at the end; it keeps nothing, so it need not sync to disk."""
    install, mariadbd, client = (
        program
        for name in ("mariadb-install-db", "mariadbd", "mariadb")
        if (program := mariadb_program(name)) is not None
    )
    as_user = unprivileged("mysql")
    with server_folder("mariadb", as_user) as folder:
        data = folder / "data"
        make_data(install, data, as_user)
        server = MariadbServer(free_port(), secrets.token_urlsafe(18), client)
        accounts = folder / "accounts.sql"
        accounts.write_text(_accounts(server.password))
        accounts.chmod(0o644)  # read by the server's user; the folder is closed to the others
        settings = {
            "datadir": data,
            "port": server.port,
            "bind-address": "127.0.0.1",
            "socket": folder / "socket",
            "pid-file": folder / "pid",
            "tmpdir": folder,
            "init-file": accounts,
            "character-set-server": "utf8mb4",
            "innodb-buffer-pool-size": "64M",
            "innodb-flush-log-at-trx-commit": 0,
            "innodb-doublewrite": 0,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        with running([mariadbd, "--no-defaults", *options], folder, as_user) as log:
            wait_until(server.answers, "MariaDB", log)
            yield server


def _accounts(password: str) -> str:
    """A statement a line, as the server reads them at its start: nobody else gets in."""
    return (
        "DELETE FROM mysql.global_priv WHERE user = 'root';\n"
        "FLUSH PRIVILEGES;\n"
        f"CREATE USER '{USER}'@'localhost' IDENTIFIED BY '{password}';\n"
        f"GRANT ALL ON *.* TO '{USER}'@'localhost' WITH GRANT OPTION;\n"
    )


def make_data(install: Path, data: Path, as_user: dict[str, Any]) -> None:
    made = subprocess.run(
        [
            str(install),
            "--no-defaults",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ],
        cwd=data.parent,
        # A server that starts deletes the temporary tables of all others in the same folder.
        env=os.environ | {"TMPDIR": str(data.parent)},
        capture_output=True,
        text=True,
        check=False,
        **as_user,
    )
    if made.returncode != 0:
        raise RuntimeError(f"mariadb-install-db refused: {made.stdout}{made.stderr}")
