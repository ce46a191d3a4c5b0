"""A runtime that cannot start says why, before anything of it is loaded."""

import sys
from pathlib import Path

import pytest

from ecma2py.clr import RuntimeStartError
from ecma2py.clr.hosting import start
from ecma2py.clr.runtimes import Runtime, RuntimeKind


def a_runtime(folder: Path, problem: str = "") -> Runtime:
    """A runtime that is not there."""
    return Runtime(RuntimeKind.CORECLR, (8, 0, 4), folder, (folder,), problem=problem)


def test_a_runtime_with_a_problem_is_not_started(tmp_path: Path) -> None:
    """What keeps it from being hosted is the message."""
    with pytest.raises(
        RuntimeStartError, match=r"\.NET 8\.0\.4 cannot be started: its files are gone"
    ):
        start(a_runtime(tmp_path, "its files are gone"), contract=tmp_path, bridge=tmp_path)


def test_without_pythonnet_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who installed ecma2py alone is told what to install."""
    monkeypatch.setitem(sys.modules, "pythonnet", None)

    with pytest.raises(RuntimeStartError, match=r"pip install 'ecma2py\[dotnet\]'"):
        start(a_runtime(tmp_path), contract=tmp_path, bridge=tmp_path)


def test_a_runtime_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A folder without a runtime is told with its path."""
    pytest.importorskip("pythonnet")

    with pytest.raises(RuntimeStartError, match=f"in {tmp_path} does not start"):
        start(a_runtime(tmp_path), contract=tmp_path, bridge=tmp_path)
