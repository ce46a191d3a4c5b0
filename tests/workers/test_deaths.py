"""Whatever a connector does to its process ends its run, says what happened, and nothing else."""

import os
import signal
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ecma2py.connector.died import ConnectorDiedError
from ecma2py.entries import CSEntryChange
from ecma2py.errors import ConfigurationError
from ecma2py.parameters import ConfigParameters
from ecma2py.runs import (
    ConnectorSource,
    ExportSession,
    ListSink,
    StopSignal,
    run_import,
)
from ecma2py.workers import Recipe, WorkerPool
from ecma2py.workers.guard import descendants
from tests.host.serving import ROOT
from tests.workers.conftest import PASSWORD, MakePool, deeds, is_alive, until
from tests.workers.twins import PERSON


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("exit", "ended itself with exit code 3"),
        ("kill", "was ended by SIGKILL"),
        ("segv", "was ended by SIGSEGV"),
        ("garbage", "sent what is no answer"),
    ],
)
@pytest.mark.parametrize("place", ["open", "import"])
def test_a_death_ends_the_run_and_is_told(pool: MakePool, deed: str, told: str, place: str) -> None:
    """Exit code or signal is in the error of the run, with the call; the next run is well."""
    made = pool("Deeds")

    result = run_import(deeds(made, deed, place), ListSink())

    assert result.result == "stopped-extension-dll-exception"
    call = "open_import_connection" if place == "open" else "get_import_entries"
    assert told in result.error_detail
    assert f"(in {call})" in result.error_detail
    assert run_import(deeds(made, "nothing"), ListSink()).is_success


def test_an_exit_of_python_ends_the_run(pool: MakePool) -> None:
    """What is no ``Exception`` ends the run and its worker as it would end a thread here."""
    made = pool("Deeds")

    result = run_import(deeds(made, "exit in order"), ListSink())

    assert "SystemExit" in result.error_detail
    until(lambda: made.running == 0)


def test_a_crash_says_where(pool: MakePool) -> None:
    """The last lines of standard error are in the error: for a crash, the Python stack."""
    result = run_import(deeds(pool("Deeds"), "segv"), ListSink())
    assert "Fatal Python error: Segmentation fault" in result.error_detail


def test_last_words_show_no_secret(pool: MakePool) -> None:
    """What a connector says before it dies is told without the secrets it was given."""
    result = run_import(deeds(pool("Deeds"), "last words"), ListSink())
    assert "exit code 5" in result.error_detail
    assert "the secret is out: ***" in result.error_detail
    assert PASSWORD not in repr(result)


def test_memory_is_limited(pool: MakePool) -> None:
    """A connector that takes more than its memory ends with its limit in the error."""
    result = run_import(deeds(pool("Deeds", memory_limit_mb=200), "hog"), ListSink())
    assert result.error_name == "ConnectorDiedException"
    assert "memory limit of 200 MB" in result.error_detail


@pytest.mark.parametrize("deed", ["loop", "stuck"])
def test_a_call_that_hangs_is_ended(pool: MakePool, deed: str) -> None:
    """After the time-out nothing of it goes on, not even where Python itself is held up."""
    made = pool("Deeds")
    source = deeds(made, deed, timeout=4.0)

    result = run_import(source, ListSink())

    assert result.error_name == "CallTimeoutException"
    until(lambda: made.running == 0)
    until(lambda: all(each.name != "connector deeds" for each in threading.enumerate()))


def test_a_stopped_run_ends_its_worker(
    pool: MakePool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A run that is stopped in a call which does not come back leaves no worker."""
    monkeypatch.setattr("ecma2py.runs.calls.GRACE_SECONDS", 0.2)
    made, stop = pool("Deeds"), StopSignal()
    found: list[Any] = []
    looping = threading.Thread(
        target=lambda: found.append(
            run_import(deeds(made, "pid, then stuck"), ListSink(), cancel=stop)
        )
    )
    looping.start()
    until((tmp_path / "pid").exists)
    stop.stop()
    looping.join(10)

    assert found[0].result == "stopped-user-termination-from-wmi-or-ui"
    until(lambda: made.running == 0)


@pytest.mark.parametrize(
    ("name", "told"), [("Unmade", "exit code 9"), ("NeverMade", "did not start within 2 seconds")]
)
def test_a_connector_that_cannot_be_made_is_told(pool: MakePool, name: str, told: str) -> None:
    """A constructor that ends or holds up its process is no different from a call."""
    made = pool(name, start_seconds=2.0)
    with pytest.raises(ConnectorDiedError, match=told):
        made()
    until(lambda: made.running == 0)


@pytest.mark.parametrize("name", ["no_such_module:X", "tests.workers.twins:NoSuch", "nothing"])
def test_a_connector_that_cannot_be_loaded_is_a_configuration_error(name: str) -> None:
    """The worker says what it would have said here, and ends."""
    settings = {"type": name, "path": str(ROOT)}
    made = WorkerPool(Recipe(name="x", settings=settings))
    with pytest.raises(ConfigurationError):
        made()
    until(lambda: made.running == 0)


def test_an_unknown_way_of_loading_is_refused() -> None:
    """A worker says which connectors it can load."""
    made = WorkerPool(Recipe(name="x", kind="cobol"))
    with pytest.raises(ConfigurationError, match="not 'cobol'"):
        made()
    until(lambda: made.running == 0)


def test_an_export_goes_on_with_a_new_worker(pool: MakePool) -> None:
    """A change whose worker died has failed, may be tried again, and the next one is written."""
    made = pool("Deeds")
    source = deeds(made, "exit", "export")
    change = CSEntryChange.add("person", {"id": "1"}, attributes={"n": "x"})
    with closing(ExportSession(source, types=PERSON)) as session:
        first = session.submit(change).result()
        assert not first.is_success
        assert first.retryable
        assert first.uncertain
        assert "exit code 3" in first.error_detail
        source.parameters = source.run_parameters = ConfigParameters({"Deed": "nothing"})
        assert session.submit(change).result().is_success


def test_processes_left_behind_end_with_the_run(pool: MakePool, tmp_path: Any) -> None:
    """What a connector started ends with it, also what left its process group or its parent."""
    for deed in ("children", "children, then exit"):
        run_import(deeds(pool("Deeds"), deed), ListSink())
    pids = [int(each) for each in (tmp_path / "children").read_text().split()]
    assert len(pids) == 4
    until(lambda: not any(map(is_alive, pids)))


def test_a_worker_does_not_outlive_its_guard(pool: MakePool, tmp_path: Path) -> None:
    """Whoever kills the guard kills the worker, whatever it does, and the run is told."""
    made = pool("Deeds")
    found: list[Any] = []
    looping = threading.Thread(
        target=lambda: found.append(run_import(deeds(made, "pid, then stuck"), ListSink()))
    )
    looping.start()
    file = tmp_path / "pid"
    until(lambda: file.exists() and file.read_text().endswith("\n"))
    worker = int(file.read_text())
    (guard,) = [each.pid for each in made._shelf.busy if worker in descendants(each.pid)]
    os.kill(guard, signal.SIGKILL)
    looping.join(10)
    assert "was ended by SIGKILL" in found[0].error_detail
    until(lambda: not is_alive(worker))


def test_a_long_call_holds_up_no_other_connector(pool: MakePool, tmp_path: Path) -> None:
    """While one connector computes, another answers as fast as ever."""
    busy, free = pool("Deeds"), pool("Deeds")
    connector = free()
    looping = threading.Thread(
        target=run_import, args=(deeds(busy, "pid, then stuck", timeout=6.0), ListSink())
    )
    looping.start()
    until((tmp_path / "pid").exists)
    longest = 0.0
    for _ in range(50):
        began = time.perf_counter()
        assert connector.import_default_page_size == 500  # type: ignore[attr-defined]
        longest = max(longest, time.perf_counter() - began)
    looping.join()
    connector.release()
    assert longest < 0.5


def test_a_closed_pool_ends_a_run_under_way(pool: MakePool, tmp_path: Path) -> None:
    """Close ends a worker in the middle of a call, and no new one is made."""
    made = pool("Deeds", warm=1)
    found: list[Any] = []
    looping = threading.Thread(
        target=lambda: found.append(run_import(deeds(made, "pid, then stuck"), ListSink()))
    )
    looping.start()
    until((tmp_path / "pid").exists)
    made.close()
    looping.join(10)
    assert "its connector is closed" in found[0].error_detail
    until(lambda: made.running == 0)
    with pytest.raises(ConnectorDiedError, match="closed"):
        made()


def test_a_connector_can_be_made_by_its_source_alone(pool: MakePool) -> None:
    """Source, description and validation need nothing but the pool as their factory."""
    source = ConnectorSource(pool("People"), ConfigParameters({"Folder": "."}))
    assert source.describe().can_set_password
    assert source.validate().is_success
