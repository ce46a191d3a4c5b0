"""A DLL that treats its process badly harms neither the host nor others, and shows no secret."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.runs import ConnectorSource, ImportResult, ListSink, run_import
from ecma2py.workers import WorkerPool
from ecma2py.workers.guard import descendants
from tests.clr.building import assembly
from tests.clr.dotnet import KINDS
from tests.clr.hosted import Ours
from tests.clr.workers import SOURCES, workers
from tests.host.serving import ROOT
from tests.workers.conftest import is_alive, until

if sys.platform != "linux":
    pytest.skip("they look at processes in /proc", allow_module_level=True)

SECRET = "pass-word-of-the-tests"


@pytest.fixture(scope="module")
def dll(ours: Ours, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembly(
        tmp_path_factory.mktemp("misdeeds") / "Misdeeds.dll",
        f"#define TRACE\n{(SOURCES / 'Misdeeds.cs').read_text(encoding='utf-8')}",
        references=[ours.contract],
    )


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
    """Where a worker may leave files: for temporary ones, and where it works. None must be left."""
    found = tmp_path / "temporary", tmp_path / "here"
    for each in found:
        each.mkdir()
    monkeypatch.setenv("TMPDIR", str(found[0]))
    monkeypatch.setenv("DOTNET_DbgEnableMiniDump", "1")  # as for other programs of the machine
    monkeypatch.setenv("DOTNET_DbgMiniDumpName", str(found[0] / "dump"))
    monkeypatch.chdir(found[1])
    yield found
    assert [file.name for each in found for file in each.iterdir()] == []


@pytest.fixture
def is_alone() -> Callable[[], bool]:
    """Tells whether no process is below this one but those of other tests, such as a database."""
    before = set(descendants(os.getpid()))
    return lambda: before.issuperset(descendants(os.getpid()))


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """All that is logged, which must not hold the secret."""
    with caplog.at_level(logging.DEBUG):
        yield caplog
    assert SECRET not in caplog.text


def run(pool: WorkerPool, deed: str) -> tuple[ImportResult, ListSink]:
    """An import in which the connector does this."""
    given = {"Deed": deed, "Password": SecureString(SECRET)}
    sink = ListSink()
    source = ConnectorSource(pool, ConfigParameters(given), name="net", timeout=60)
    return run_import(source, sink), sink


@KINDS
@pytest.mark.parametrize(
    "deed",
    [
        "finalizer-hangs",
        "threads",
        "flood",
        "set-out",
        "close 1",
        "daemon 3333",
        "culture",
    ],
)
@pytest.mark.usefixtures("places", "logged")
def test_a_run_goes_on(
    dll: Path, cache: Path, kind: RuntimeKind, deed: str, is_alone: Callable[[], bool]
) -> None:
    """What does not keep the connector from answering fails nothing, and no process stays."""
    with workers(kind, dll, cache) as pool:
        result, sink = run(pool, deed)
        until(is_alone)

    assert result.is_success, result.error_detail
    assert [dict(each.attributes) for each in sink.entries] == [{"n": "done", "i": -1234567}]


@KINDS
@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("finalizer-throws", "InvalidOperationException: from a finalizer"),
        ("handler", "InvalidOperationException: with ***"),
        ("close-all", "The worker of connector net"),
        ("write-all", "sent what is no answer, and was ended"),
        ("signal 15", "The worker of connector net"),
        ("signal 9", "was ended by SIGKILL"),
        ("fail-fast", "SIGABRT"),
        ("no-library", "no-such-library"),
        ("throw", "refused *** (FormatException: because of ***)"),
        ("cycle", "One or more errors occurred"),
    ],
)
@pytest.mark.usefixtures("places", "logged")
def test_a_run_ends_in_words(
    dll: Path,
    cache: Path,
    kind: RuntimeKind,
    deed: str,
    told: str,
    *,
    is_alone: Callable[[], bool],
) -> None:
    """The error says what became of the worker, without a secret; neither process nor file stays."""
    with workers(kind, dll, cache) as pool:
        result, _ = run(pool, deed)
        until(is_alone)

    assert result.result == "stopped-extension-dll-exception"
    if (kind, deed) != (RuntimeKind.CORECLR, "fail-fast"):  # which has its own last words
        assert told in result.error_detail
    assert SECRET not in result.error_detail


@KINDS
@pytest.mark.usefixtures("places")
def test_no_process_shows_the_secret(
    dll: Path, cache: Path, kind: RuntimeKind, is_alone: Callable[[], bool]
) -> None:
    """Neither command lines nor environments of the host and all below it hold a parameter."""
    with workers(kind, dll, cache, warm=1) as pool:
        thread = threading.Thread(target=run, args=(pool, "child 3333"))
        thread.start()
        until(lambda: any("sleep" in _shown(each) for each in descendants(os.getpid())))
        shown = [_shown(each) for each in (os.getpid(), *descendants(os.getpid()))]
        thread.join()
        pool.close()
        until(is_alone)

    assert not any(SECRET in each for each in shown)


def _shown(pid: int) -> str:
    """What anybody of this machine, or of this user, can read of a process."""
    try:
        files = [Path(f"/proc/{pid}/{each}").read_bytes() for each in ("cmdline", "environ")]
    except OSError:
        return ""
    return b"\0".join(files).decode("utf-8", "replace")


HOST = """
import os, sys, threading
from pathlib import Path
from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.test_misdeeds import run
from tests.clr.workers import workers

kind, dll, cache = sys.argv[1:]
with workers(RuntimeKind(kind), Path(dll), Path(cache), warm=1) as pool:
    for deed in ("daemon 3333", "wait 3333"):
        threading.Thread(target=run, args=(pool, deed)).start()
    threading.Event().wait()
"""


@KINDS
def test_nothing_outlives_a_host_that_is_killed(
    dll: Path, cache: Path, places: tuple[Path, Path], kind: RuntimeKind
) -> None:
    """After kill -9 its workers end, and with them what they started and left behind."""
    command = [sys.executable, "-c", HOST, kind.value, str(dll), str(cache)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}) as host:
        try:
            until(lambda: len(_sleeping(host.pid)) == 1, 60)
            left = descendants(host.pid)
        finally:
            host.kill()

    until(lambda: not any(map(is_alive, left)))


def _sleeping(pid: int) -> list[int]:
    """The programs called sleep that a process has started, however far down."""
    return [each for each in descendants(pid) if _shown(each).startswith("sleep\0")]
