"""Warm workers begin a run at once, are replaced when they are of no use, and end with the pool."""

import gc
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ecma2py.connector import IMAExtensible2CallImport
from ecma2py.connector.died import ConnectorDiedError
from ecma2py.runs import ListSink, run_import
from ecma2py.workers import Recipe, WorkerPool
from ecma2py.workers.guard import descendants
from tests.host.serving import ROOT
from tests.workers.conftest import PASSWORD, MakePool, deeds, is_alive, until


def workers_of(pool: WorkerPool) -> list[int]:
    """The process that each waiting worker is to be ended by."""
    return [each.pid for each in pool._shelf.warm]


def waiting(pool: WorkerPool) -> list[int]:
    """The same, once there is one."""
    until(lambda: workers_of(pool))
    return workers_of(pool)


def test_each_instance_has_a_process_of_its_own(pool: MakePool) -> None:
    """What one run leaves in memory is not there in the next."""
    made, sink, other = pool("Deeds", warm=2), ListSink(), ListSink()
    source = deeds(made, "nothing")
    assert run_import(source, sink).is_success
    assert run_import(source, other).is_success
    assert sink.entries[0].attributes["n"] != other.entries[0].attributes["n"]


def test_a_warm_worker_is_used_and_replaced(pool: MakePool) -> None:
    """The second connector is made in the waiting process, and another one is made to wait."""
    made = pool("Deeds", warm=1)
    made().release()
    (ready,) = waiting(made)

    connector = made()
    assert connector._worker.pid == ready
    assert waiting(made) != [ready]
    connector.release()


def test_a_pool_that_is_not_used_has_no_process(pool: MakePool) -> None:
    """Nothing waits for a connector that nobody has asked for."""
    made = pool("Deeds", warm=3)
    assert made.running == 0
    assert not any("warm workers" in each.name for each in threading.enumerate())


@pytest.mark.parametrize("at_once", [True, False])
def test_a_warm_worker_that_died_is_replaced(pool: MakePool, at_once: bool) -> None:
    """A waiting process that was killed costs its start, and no run."""
    made = pool("Deeds", warm=1)
    made().release()
    (ready,) = waiting(made)
    for pid in (*descendants(ready), ready):
        os.kill(pid, signal.SIGKILL)
    if not at_once:
        until(lambda: not is_alive(ready))

    assert run_import(deeds(made, "nothing"), ListSink()).is_success


def test_a_worker_that_was_taken_ends_with_the_pool(pool: MakePool) -> None:
    """Close ends a waiting process too that is about to be given its connector at that moment."""
    made = pool("Deeds", warm=1)
    made().release()
    waiting(made)
    taken = made._warm_one()
    assert taken is not None
    made.close()

    with pytest.raises(ConnectorDiedError, match="closed"):
        made._made(taken)
    assert not taken.is_alive
    until(lambda: not is_alive(taken.pid))


def test_a_forgotten_pool_ends_its_workers(pool: MakePool) -> None:
    """A pool that nobody has any more, and a connector likewise, leave no process."""
    settings = {"type": "tests.workers.twins:Deeds", "path": str(ROOT)}
    made = WorkerPool(Recipe(name="Deeds", settings=settings), warm=1)
    connector = made()
    assert isinstance(connector, IMAExtensible2CallImport)
    pids = [*waiting(made), connector._worker.pid]
    pids += [each for pid in pids for each in descendants(pid)]
    assert len(pids) == 4

    del made, connector
    gc.collect()

    until(lambda: not any(map(is_alive, pids)))


def test_nobody_else_sees_secrets(pool: MakePool) -> None:
    """Neither the command line nor the environment of a worker holds what its connector is told."""
    made = pool("Deeds")
    connector = made()
    pids = [connector._worker.pid, *descendants(connector._worker.pid)]
    source = deeds(made, "sleep")
    with source.instance() as instance:
        instance.call("get_schema", source.parameters)
        pids += descendants(os.getpid())
        for pid in pids:
            for name in ("cmdline", "environ"):
                assert PASSWORD.encode() not in Path(f"/proc/{pid}/{name}").read_bytes()
        command = Path(f"/proc/{pids[0]}/cmdline").read_bytes().split(b"\0")
    assert command[:4] == [sys.executable.encode(), b"-P", b"-m", b"ecma2py.workers"]
    connector.release()


def test_the_end_of_an_instance_lets_its_worker_go(pool: MakePool) -> None:
    """A worker ends with the run it was made for, though somebody still has the instance."""
    made = pool("Deeds")
    with deeds(made, "nothing").instance() as instance:
        assert made.running == 1
    until(lambda: made.running == 0)
    assert instance.connector is not None


def test_a_released_worker_ends_in_order(pool: MakePool) -> None:
    """The process ends by itself with exit code 0, and nothing of it is left for its parent."""
    made = pool("Deeds")
    connector = made()
    process = connector._worker._process
    connector.release()
    until(lambda: process.poll() is not None)
    assert process.returncode == 0


def test_a_process_that_ends_with_an_open_pool_says_nothing_of_it(tmp_path: Path) -> None:
    """At the end of Python no thread begins any more; the workers end all the same."""
    code = (
        "from ecma2py.workers import Recipe, WorkerPool\n"
        f"settings = {{'type': 'tests.workers.twins:Deeds', 'path': {str(ROOT)!r}}}\n"
        "pool = WorkerPool(Recipe(name='Deeds', settings=settings), warm=0)\n"
        "connector = pool()\n"
        "print(connector._worker.pid)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TWINS_FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    until(lambda: not is_alive(int(done.stdout)))
