"""Workers that end with their test, and no trace of which may be left then."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.runs import ConnectorSource
from ecma2py.workers import Recipe, WorkerPool
from tests.host.serving import ROOT

if sys.platform != "linux":  # they look at processes in /proc
    collect_ignore_glob = ["test_deaths.py", "test_host.py", "test_output.py", "test_pool.py"]

MakePool = Callable[..., WorkerPool]
PASSWORD = "pass-word-1"


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    """Return once *condition* holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[MakePool]:
    """Makes pools of the connectors in ``twins``; all of their processes must end with them."""
    made: list[WorkerPool] = []

    def make(name: str, *, warm: int = 0, **limits: Any) -> WorkerPool:
        settings = {"type": f"tests.workers.twins:{name}", "path": str(ROOT)}
        environment = {**os.environ, "TWINS_FOLDER": str(tmp_path)}
        recipe = Recipe(name=name, settings=settings, environment=environment, **limits)
        made.append(WorkerPool(recipe, warm=warm))
        return made[-1]

    yield make
    for each in made:
        each.close()
    until(lambda: not any(each.running for each in made))


def deeds(pool: WorkerPool, deed: str, place: str = "import", **more: Any) -> ConnectorSource:
    """A source of the connector that does *deed*."""
    given = {"Deed": deed, "Place": place, "Password": SecureString(PASSWORD)}
    return ConnectorSource(pool, ConfigParameters(given), name="deeds", **more)
