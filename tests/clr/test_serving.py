"""Served over SCIM by a real host: what a DLL does to itself is no matter of the others."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.workers.guard import descendants
from tests.clr.dotnet import KINDS, needs_pythonnet, runtime
from tests.clr.hosted import Ours
from tests.clr.workers import deeds
from tests.host.processes import HostProcess, free_port, process
from tests.host.serving import ROOT
from tests.workers.conftest import is_alive, until

CONFIG = """
[host]
listen = "127.0.0.1:{port}"
plain_http = true
log_level = "info"

[connectors.MEM]
type = "examples.memory_directory:MemoryDirectory"
path = '{root}'
parameters = {{ Name = "{name}" }}
scim.mapping.User = {{ userName = "login" }}
"""
DOER = """
[connectors.{name}]
type = "{dll}"
path = '{folder}'
runtime = "{runtime}"
warm_workers = 0
parameters = {{ Deed = "{deed}", Password = "pass-word-1" }}
import = {{ timeout_seconds = {timeout}, interval_minutes = 0 }}
{more}
"""


@pytest.fixture(scope="module")
def dll(ours: Ours, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return deeds(ours, tmp_path_factory.mktemp("deeds"))


def doer(
    dll: Path, kind: RuntimeKind, name: str, deed: str, *, timeout: int, more: str = ""
) -> str:
    """The table of a connector that does something while it is read."""
    return DOER.format(
        name=name,
        dll=dll.name,
        folder=dll.parent,
        runtime=kind.value,
        deed=deed,
        timeout=timeout,
        more=more,
    )


@pytest.fixture
def hosting(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Starts a host on an in-memory connector and those of the tables."""
    needs_pythonnet()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))

    def start(kind: RuntimeKind, *tables: str) -> Any:
        runtime(kind)
        port = free_port()
        text = CONFIG.format(port=port, root=ROOT, name=tmp_path.name) + "".join(tables)
        return process(tmp_path, text, port, connector="MEM")

    return start


def creates(host: HostProcess, numbers: Iterator[int]) -> float:
    """Create a person and read it; how long the slower of the two took."""
    with host.client() as http:
        login, longest = f"person{next(numbers)}", 0.0
        for method, more in (
            ("POST", {"json": {"userName": login}}),
            ("GET", {"params": {"filter": f'userName eq "{login}"'}}),
        ):
            began = time.perf_counter()
            answer = http.request(method, "/Users", **more)  # type: ignore[arg-type]
            longest = max(longest, time.perf_counter() - began)
            assert answer.is_success, answer.text
        return longest


def is_looping(host: HostProcess) -> bool:
    """Whether a worker of the host has computed for longer than it takes to start one."""
    assert host.process is not None
    used = 0
    for pid in descendants(host.process.pid):
        with suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            used = max(used, int(stat[11]))
    return used > 300


@KINDS
def test_a_long_call_delays_no_request(hosting: Any, dll: Path, kind: RuntimeKind) -> None:
    """While a DLL computes, clients of another connector are answered as ever; it leaves nothing.

    Then the host is killed, and the call that would never have come back is gone with it.
    """
    numbers = iter(range(100))
    with hosting(kind, doer(dll, kind, "Slow", "loop", timeout=600)) as host:
        host.until_up("/healthz")
        until(lambda: is_looping(host), 60)
        longest = max(creates(host, numbers) for _ in range(20))
        assert is_looping(host)
        found = descendants(host.process.pid)
        host.kill()
    until(lambda: not any(map(is_alive, found)))
    assert longest < 1.0


ENDS = {
    "Exit": ("exit", "exit code 3", ""),
    "Overflow": ("overflow", "tack overflow", ""),
    "Hog": ("hog", "memory limit of 400 MB", "memory_limit_mb = 400"),
    "Hang": ("loop", "25 seconds", ""),
}


@KINDS
def test_no_end_of_a_dll_is_that_of_the_host(hosting: Any, dll: Path, kind: RuntimeKind) -> None:
    """Exit, crash, memory and hang end their runs with what happened in the log, and no more."""
    numbers = iter(range(100))
    tables = (
        doer(dll, kind, name, deed, timeout=25, more=more) for name, (deed, _, more) in ENDS.items()
    )
    with hosting(kind, *tables) as host:
        host.until_up("/healthz")
        until(lambda: len(ended(host)) == len(ENDS), 120)
        creates(host, numbers)
        assert httpx.get(f"{host.root}/healthz").is_success
        told = ended(host)
        assert host.stop() == 0
    for name, (_, text, _) in ENDS.items():
        assert text in told[name], told


def ended(host: HostProcess) -> dict[str, str]:
    """What is logged of the runs that failed, by connector."""
    return {
        each["connector"]: each["detail"]
        for each in host.lines()
        if each["event"] == "import" and each.get("connector") in ENDS
    }
