"""Servers as processes of their own on loopback, and the three that are compared."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from attrs import frozen

from bench.people import MAPPING
from ecma2py.host.control_address import ControlAddress
from ecma2py.host.tokens import TokenStore

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "bench-token-0123456789-abcdefghijklmnop"
START_SECONDS = 300


@frozen
class Server:
    """A server that takes requests."""

    name: str
    port: int
    base: str
    """The path of its SCIM service."""
    pid: int
    state: Path | None = None
    """Where a host left the address it takes commands at."""

    @property
    def url(self) -> str:
        """Where the SCIM service is."""
        return f"http://127.0.0.1:{self.port}{self.base}"

    def get(self, path: str) -> Any:
        """A JSON document."""
        request = Request(self.url + path, headers={"Authorization": f"Bearer {TOKEN}"})
        with urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def ids(self) -> list[tuple[str, str]]:
        """The id and user name of every user."""
        found: list[tuple[str, str]] = []
        while True:
            page = self.get(f"/Users?startIndex={len(found) + 1}&count=1000&attributes=userName")
            found += [(each["id"], each["userName"]) for each in page["Resources"]]
            if len(found) >= page["totalResults"]:
                return found

    def run_import(self, connector: str) -> dict[str, Any]:
        """What became of a full import of one connector of a host."""
        assert self.state is not None
        address = ControlAddress.read(self.state)
        body = json.dumps({"connector": connector, "kind": "full"}).encode()
        headers = {"Authorization": f"Bearer {address.token}"}
        request = Request(f"{address.url}/control/import", body, headers)
        with urlopen(request, timeout=600) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def rss_mb(self) -> float:
        """Resident memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def floor() -> Iterator[Server]:
    """A bare ASGI application that returns stored bytes."""
    with _uvicorn("floor", "bench.floor:application", "") as server:
        yield server


@contextmanager
def scim2_server(people: int) -> Iterator[Server]:
    """The package scim2-server on uvicorn, as fast as it can be configured."""
    name = "bench.scim2_peer:application"
    with _uvicorn("scim2-server", name, "/v2", BENCH_PEOPLE=str(people)) as server:
        yield server


@contextmanager
def _uvicorn(name: str, application: str, base: str, **environment: str) -> Iterator[Server]:
    port = free_port()
    command = [
        *(sys.executable, "-m", "uvicorn", application, "--port", str(port)),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
    ]
    with _process(command, environment) as process:
        server = Server(name, port, base, process.pid)
        _wait(process, server, "/Users/1" if not base else "/ServiceProviderConfig")
        yield server


@contextmanager
def ecma2py_serve(
    connectors: Mapping[str, Mapping[str, Any]], *, settings: str = ""
) -> Iterator[Server]:
    """``ecma2py serve`` with plain HTTP on loopback, once all its spaces are filled.

    *connectors* gives the parameters of the bench connector by name; the first one is addressed.
    """
    with TemporaryDirectory(prefix="ecma2py-bench-") as folder:
        port = free_port()
        file = Path(folder, "ecma2py.toml")
        file.write_text(_configuration(port, connectors, settings), encoding="utf-8")
        state = Path(folder, "state")
        state.mkdir()
        for name in connectors:
            TokenStore.in_state(state).add(name, TOKEN, "bench")
        log = Path(folder, "log")
        command = [sys.executable, "-m", "ecma2py.cli", "serve", "--config", str(file)]
        with _process(command, {}, log) as process:
            servers = [
                Server("ecma2py", port, f"/ecma2host_{name}/scim", process.pid, state)
                for name in connectors
            ]
            for server in servers:
                _wait(process, server, "/Users?count=1", log)
            yield servers[0]


def _configuration(port: int, connectors: Mapping[str, Mapping[str, Any]], settings: str) -> str:
    lines = [
        "[host]",
        f'listen = "127.0.0.1:{port}"',
        "plain_http = true",
        'log_level = "info"',
        settings,
    ]
    for name, parameters in connectors.items():
        lines += [
            f"[connectors.{name}]",
            'type = "bench.directory:BenchDirectory"',
            f"path = {json.dumps(str(ROOT))}",
            f"[connectors.{name}.parameters]",
            *(f"{key} = {json.dumps(str(value))}" for key, value in parameters.items()),
            f"[connectors.{name}.scim]",
            "patch_response = 200",
            f"[connectors.{name}.scim.mapping.User]",
            *(f"{json.dumps(path)} = {json.dumps(given)}" for path, given in MAPPING.items()),
            f"[connectors.{name}.scim.mapping.Group]",
            'displayName = "displayName"',
            'members = "member"',
        ]
    return "\n".join(lines)


@contextmanager
def _process(
    command: list[str], environment: Mapping[str, str], log: Path | None = None
) -> "Iterator[subprocess.Popen[bytes]]":
    with (log or Path(os.devnull)).open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdout=output,
            stderr=subprocess.STDOUT if log else None,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(
    process: "subprocess.Popen[bytes]", server: Server, path: str, log: Path | None = None
) -> None:
    """Return once *path* is answered with 200."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server.get(path)
        except (URLError, OSError):  # refused while it starts, 503 while it imports
            time.sleep(0.1)
        else:
            return
    said = log.read_text(errors="replace")[-2000:] if log else ""
    raise SystemExit(f"{server.name} did not start on port {server.port}.\n{said}")
