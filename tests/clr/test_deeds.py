"""Whatever a DLL does to its process ends its run, says what happened, and nothing else."""

import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.runs import ConnectorSource, ImportResult, ListSink, run_import
from ecma2py.steps import GetImportEntriesRunStep, OpenImportConnectionRunStep
from ecma2py.workers import WorkerPool
from tests.clr.dotnet import KINDS
from tests.clr.hosted import Ours
from tests.clr.workers import deeds, workers
from tests.workers.conftest import until

MONO, CORECLR = RuntimeKind.MONO, RuntimeKind.CORECLR


@pytest.fixture(scope="module")
def dll(ours: Ours, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return deeds(ours, tmp_path_factory.mktemp("deeds"))


@pytest.fixture(autouse=True)
def started_in(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Nothing is left in the folder a host was started in, no report of a crash either."""
    folder = tmp_path_factory.mktemp("started-in")
    monkeypatch.chdir(folder)
    yield
    assert not list(folder.iterdir())


@pytest.fixture(scope="module", params=[MONO, CORECLR], ids=lambda kind: kind.value)
def connector(request: pytest.FixtureRequest, dll: Path, cache: Path) -> Iterator[Any]:
    """One that is asked for deeds which do not end its process."""
    with workers(request.param, dll, cache) as pool:
        found: Any = pool()
        yield found
        found.release()


@pytest.fixture
def no_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where the workers are there is nothing afterwards: Mono could write what a crash was about."""
    monkeypatch.chdir(tmp_path)
    yield
    assert list(tmp_path.iterdir()) == []


def run(pool: WorkerPool, deed: str, **more: Any) -> ImportResult:
    """An import in which the connector does this."""
    given = {"Deed": deed, "Password": SecureString("pass-word-1")}
    return run_import(
        ConnectorSource(pool, ConfigParameters(given), name="net", **more), ListSink()
    )


def done(connector: Any, deed: str) -> Any:
    """What the connector makes of it."""
    given = ConfigParameters({"Deed": deed, "Password": SecureString("pass-word-1")})
    connector.open_import_connection(
        given, connector.get_schema(given), OpenImportConnectionRunStep()
    )
    return connector.get_import_entries(GetImportEntriesRunStep()).cs_entries[0].attributes["n"]


@pytest.mark.parametrize(
    ("deed", "name", "text"),
    [
        ("null reference", "NullReferenceException", "Object reference not set"),
        ("divide", "DivideByZeroException", "Attempted to divide by zero."),
        ("missing file", "DirectoryNotFoundException", "/no/such/file"),
        ("cause", "ApplicationException", "outside (FormatException: inside)"),
        ("task", "ServerDownError", "the server is down"),
        ("reflection", "BadServerCredentialsError", "refused"),
        ("initializer", "TerminateRunError", "no logger"),
        ("no memory", "MemoryError", "no memory for a name"),
    ],
)
def test_exceptions_come_out_as_they_are(connector: Any, deed: str, name: str, text: str) -> None:
    """Those of ECMA2 are its errors, others have their names; what only wraps one is left out."""
    with pytest.raises(Exception, match=re.escape(text)) as caught:
        done(connector, deed)

    assert type(caught.value).__name__ == name


def test_a_native_fault_is_an_exception(connector: Any) -> None:
    """Reading where no memory is ends the call, not the process; the runtimes name it differently."""
    with pytest.raises(Exception, match="Object reference not set|protected memory") as caught:
        done(connector, "wild pointer")

    assert type(caught.value).__name__ in ("NullReferenceException", "AccessViolationException")
    assert done(connector, "thread") == "made by a thread"


def test_threads_of_a_connector_run(connector: Any) -> None:
    """A connector may do its work in threads of its own."""
    assert done(connector, "thread") == "made by a thread"


@KINDS
@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("exit", {MONO: "exit code 3", CORECLR: "exit code 3"}),
        ("fail fast", {MONO: "SIGABRT", CORECLR: "Process terminated. no way on"}),
        ("thread that throws", dict.fromkeys([MONO, CORECLR], "InvalidOperationException: nobody")),
        ("overflow", {MONO: "stack overflow", CORECLR: "Stack overflow"}),
        ("native crash", {MONO: "SIGABRT", CORECLR: "SIGSEGV"}),
    ],
)
@pytest.mark.usefixtures("no_file_is_left")
def test_a_death_ends_the_run_and_is_told(
    dll: Path,
    cache: Path,
    kind: RuntimeKind,
    deed: str,
    told: dict[RuntimeKind, str],
) -> None:
    """The error of the run says how the process ended, in the runtime's words; it leaves no file."""
    with workers(kind, dll, cache) as pool:
        result = run(pool, deed)
        until(lambda: pool.running == 0)

    assert result.result == "stopped-extension-dll-exception"
    assert told[kind] in result.error_detail


@KINDS
def test_memory_is_limited(dll: Path, cache: Path, kind: RuntimeKind) -> None:
    """A connector that takes more than its memory ends with its limit in the error."""
    with workers(kind, dll, cache, memory_limit_mb=400) as pool:
        assert "memory limit of 400 MB" in run(pool, "hog").error_detail


@KINDS
def test_an_endless_loop_holds_up_nobody(dll: Path, cache: Path, kind: RuntimeKind) -> None:
    """Another run of the same connector goes through meanwhile; after its time the first ends."""
    with workers(kind, dll, cache) as pool:
        found: list[ImportResult] = []
        source = threading.Thread(target=lambda: found.append(run(pool, "loop", timeout=20.0)))
        source.start()
        assert run(pool, "nothing").is_success
        assert not found
        source.join()
        until(lambda: pool.running == 0)

    assert found[0].error_name == "CallTimeoutException"


@KINDS
def test_what_it_prints_is_in_the_log(
    dll: Path, cache: Path, kind: RuntimeKind, caplog: pytest.LogCaptureFixture
) -> None:
    """Both streams and traces are logged under the connector's name, without its secrets."""
    with caplog.at_level(logging.INFO, "ecma2py.connector.net"), workers(kind, dll, cache) as pool:
        assert run(pool, "print").is_success
        until(lambda: len(lines(caplog)) == 3)

    assert lines(caplog) == {
        ("INFO", "on standard output, with ***"),
        ("WARNING", "on standard error, with ***"),
        ("INFO", "traced, with ***"),
    }


def lines(caplog: pytest.LogCaptureFixture) -> set[tuple[str, str]]:
    """What the connector itself has said."""
    return {
        (each.levelname, each.getMessage())
        for each in caplog.records
        if each.name == "ecma2py.connector.net" and "with" in each.getMessage()
    }


@KINDS
def test_each_run_has_a_process_which_a_warm_one_begins_at_once(
    dll: Path, cache: Path, kind: RuntimeKind
) -> None:
    """A worker waits with the runtime started; what a DLL keeps in static fields is of one run."""
    with workers(kind, dll, cache, warm=1) as pool:
        found = []
        for _ in range(3):
            sink = ListSink()
            source = ConnectorSource(pool, ConfigParameters({"Deed": "count"}), name="net")
            assert run_import(source, sink).is_success
            found.append(sink.entries[0].attributes["n"])
            until(lambda: pool._shelf.warm, 60)
            ready = [each.pid for each in pool._shelf.warm]
        connector: Any = pool()
        assert connector._worker.pid in ready
        connector.release()

    assert found == ["1", "1", "1"]
    until(lambda: pool.running == 0)
