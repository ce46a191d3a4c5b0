"""Hosts that are processes of their own: started, asked, told to stop, and killed."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from ecma2py.host.tokens import TokenStore
from examples.demo.__main__ import CONFIG
from examples.demo.database import OBJECT_TYPES, create_database
from tests.host.serving import EXTENSION, PATCH, ROOT, TOKEN

PERSON = f"{EXTENSION}:User"


def free_port() -> int:
    """A port of the loopback interface that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hr_database(folder: Path, people: int = 60) -> Path:
    """A small HR database in SQLite."""
    database = folder / "hr.db"
    create_database(database, people=people, groups=4)
    return database


def hr_config(database: Path, port: int, *, host: str = "", more: str = "") -> str:
    """The configuration of the demonstration for *database*, with additions."""
    text = CONFIG.format(port=port, database=database.as_posix(), types=OBJECT_TYPES)
    text = text.replace('log_level = "warning"', 'log_level = "info"')
    return text.replace("[connectors.HR]\n", f"{host}\n[connectors.HR]\n", 1) + more


def rows(database: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What the target holds."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        return connection.execute(query, values).fetchall()


class HostProcess:
    """``ecma2py serve`` in a process of its own, on a configuration in *folder*."""

    def __init__(self, folder: Path, port: int, *, connector: str, scheme: str = "http") -> None:
        self.folder = folder
        self.port = port
        self.log = folder / "host.log"
        self.root = f"{scheme}://localhost:{port}"
        self.scim = f"{self.root}/ecma2host_{connector}/scim"
        self.headers = {"Authorization": f"Bearer {TOKEN}"}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin; the log of an earlier process goes on."""
        command = [sys.executable, "-m", "ecma2py.cli", "serve", "--config", "ecma2py.toml"]
        paths = [ROOT, ROOT / "src", ROOT / "connectors/sql/src"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, env=environment
            )

    def client(self, **more: Any) -> httpx.Client:
        """A client of the connector; it must be closed."""
        return httpx.Client(base_url=self.scim, headers=self.headers, timeout=30, **more)

    def until_up(self, path: str = "/readyz", **more: Any) -> None:
        """Return once the host answers *path* with success."""
        deadline = time.monotonic() + 30
        with httpx.Client(**more) as http:
            while time.monotonic() < deadline:
                assert self.process is not None
                assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
                try:
                    if http.get(f"{self.root}{path}").is_success:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.02)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def send(self, number: int) -> None:
        """A signal to the process."""
        assert self.process is not None
        self.process.send_signal(number)

    def ended(self) -> int:
        """The exit code, once there is one."""
        assert self.process is not None
        return self.process.wait(40)

    def stop(self) -> int:
        """End it in order; its exit code."""
        self.send(signal.SIGTERM)
        return self.ended()

    def kill(self) -> None:
        """End it in this instant."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def lines(self) -> list[dict[str, Any]]:
        """The events logged so far."""
        text = self.log.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@contextmanager
def process(
    folder: Path, text: str, port: int, *, connector: str = "HR", scheme: str = "http"
) -> Iterator[HostProcess]:
    """A host on the configuration *text*, started, and killed in the end if it still runs."""
    (folder / "ecma2py.toml").write_text(text, encoding="utf-8")
    tokens = TokenStore.in_state(folder / "state")
    if not tokens.list(connector):
        tokens.add(connector, TOKEN, "tests")
    host = HostProcess(folder, port, connector=connector, scheme=scheme)
    host.start()
    try:
        yield host
    finally:
        host.kill()


def person(number: str, **more: Any) -> dict[str, Any]:
    """The body of a create in the HR database."""
    return {
        "userName": f"{number}@example.org",
        "name": {"givenName": "G", "familyName": "F"},
        "active": True,
        PERSON: {"employee_number": number},
        **more,
    }


def patch(path: str, value: object) -> dict[str, Any]:
    """The body of a PATCH that replaces one value."""
    operation = {"op": "replace", "path": path, "value": value}
    return {"schemas": [PATCH], "Operations": [operation]}
