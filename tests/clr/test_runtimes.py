"""The runtimes of a machine are found by their files, with what keeps us from using them."""

import subprocess
import sys
from pathlib import Path

import pytest

from ecma2py.clr import runtimes
from ecma2py.clr.runtimes import RuntimeKind, dotnet_roots, find_runtimes
from tests.clr.dotnet import runtime


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any runtime, on which files can be put."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("DOTNET_ROOT", raising=False)
    monkeypatch.setattr(runtimes, "_USUAL_ROOTS", ())
    monkeypatch.setattr(runtimes, "_USUAL_PREFIXES", ())
    monkeypatch.setattr(runtimes.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(runtimes.ctypes.util, "find_library", lambda _: None)
    monkeypatch.setattr(runtimes.Path, "home", lambda: tmp_path / "home")
    return tmp_path


def touch(path: Path) -> Path:
    """An empty file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def dotnet(root: Path, *versions: str, host: bool = True) -> Path:
    """A folder that looks like an installed .NET."""
    for version in versions:
        touch(root / "shared/Microsoft.NETCore.App" / version / "System.Private.CoreLib.dll")
    if host:
        touch(root / "host/fxr/8.0.4/libhostfxr.so")
    return root


def mono(prefix: Path, *, library: bool = True, facade: bool = True) -> Path:
    """A folder that looks like an installed Mono, which says its version."""
    program = touch(prefix / "bin" / "mono")
    program.write_text("#!/bin/sh\necho 'Mono JIT compiler version 6.12.0.200 (tarball)'\n")
    program.chmod(0o755)
    touch(prefix / "lib/mono/4.5/mscorlib.dll")
    if library:
        touch(prefix / "lib/libmonosgen-2.0.so.1")
    if facade:
        touch(prefix / "lib/mono/4.5/Facades/netstandard.dll")
    return prefix


def test_a_bare_machine_has_none(bare: Path) -> None:
    """Where nothing is installed, nothing is found."""
    assert find_runtimes() == ()


def test_the_newest_dotnet_comes_first(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions are compared as numbers, and previews by the numbers before their name."""
    root = dotnet(bare / "dotnet", "8.0.9", "8.0.11", "9.0.0-rc.1.24431.7", "6.0.36", "notes")
    monkeypatch.setenv("DOTNET_ROOT", str(root))

    found = find_runtimes()

    assert [each.version for each in found] == [(9, 0, 0), (8, 0, 11), (8, 0, 9), (6, 0, 36)]
    assert [bool(each.problem) for each in found] == [False, False, False, True]
    assert "needs .NET 8" in found[-1].problem
    assert str(found[0]) == ".NET 9.0.0"


def test_dotnet_without_its_host_says_so(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of class libraries alone cannot be started, which is told with the way out."""
    root = dotnet(bare / "dotnet", "8.0.4", host=False)
    monkeypatch.setenv("DOTNET_ROOT", str(root))

    (found,) = find_runtimes()

    assert str(root / "host" / "fxr") in found.problem
    assert "install .NET anew" in found.problem


def test_dotnet_is_found_on_path_in_its_wheel_and_at_home(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment's word comes first, then PATH behind its links, home and the wheel."""
    named, on_path, home, wheel = (
        dotnet(bare / name, "8.0.4")
        for name in ("named", "opt", "home/.dotnet", "wheel/net/runtime/.net")
    )
    touch(on_path / "dotnet").chmod(0o755)
    (bare / "bin").mkdir()
    (bare / "bin" / "dotnet").symlink_to(on_path / "dotnet")
    monkeypatch.setenv("DOTNET_ROOT", str(named))

    class Spec:
        submodule_search_locations = [str(bare / "wheel")]

    monkeypatch.setattr(runtimes.importlib.util, "find_spec", lambda _: Spec)

    assert dotnet_roots() == (named, on_path, home, wheel)
    assert len(find_runtimes()) == 4


def test_looking_starts_nothing() -> None:
    """The wheel starts its runtime when it is imported, so it is not, nor is what would start one."""
    code = (
        "import sys; from ecma2py.clr.runtimes import find_runtimes; print(len(find_runtimes()));"
        "print(sorted({'dnv', 'dnv.net', 'clr_loader', 'pythonnet'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    count, loaded = told.splitlines()
    assert int(count) == len(find_runtimes())
    assert loaded == "[]"


def test_mono_is_found_with_its_version(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program on PATH leads to the libraries beside it, its cache included."""
    prefix = mono(bare / "mono")
    monkeypatch.setenv("PATH", str(prefix / "bin"))
    cached = touch(prefix / "lib/mono/gac/System.Data/4.0.0.0__b77a5c561934e089/System.Data.dll")

    (found,) = find_runtimes()

    assert (found.kind, found.version, found.problem) == (RuntimeKind.MONO, (6, 12, 0, 200), "")
    assert str(found) == "Mono 6.12.0.200"
    assert found.library("mscorlib") == prefix / "lib/mono/4.5/mscorlib.dll"
    assert found.library("netstandard") == prefix / "lib/mono/4.5/Facades/netstandard.dll"
    assert found.library("System.Data") == cached
    assert found.library("System.Web") is None
    assert found.library("*") is None


@pytest.mark.parametrize(
    ("lacking", "package"),
    [({"library": False}, "libmonosgen-2.0-1"), ({"facade": False}, "mono-devel")],
)
def test_a_mono_that_cannot_be_hosted_says_why(
    bare: Path, monkeypatch: pytest.MonkeyPatch, lacking: dict[str, bool], package: str
) -> None:
    """What Debian's small packages leave out is named, with the package that has it."""
    prefix = mono(bare / "mono", **lacking)
    monkeypatch.setenv("PATH", str(prefix / "bin"))

    (found,) = find_runtimes()

    assert f"apt-get install {package}" in found.problem


def test_a_mono_that_does_not_run_has_no_version(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken program is no reason to fail while looking."""
    prefix = mono(bare / "mono")
    (prefix / "bin" / "mono").write_text("#!/none\n")
    monkeypatch.setenv("PATH", str(prefix / "bin"))

    (found,) = find_runtimes()

    assert found.version == ()
    assert str(found) == "Mono (unknown version)"


@pytest.mark.parametrize(
    ("release", "version", "usable"),
    [
        (533325, (4, 8, 1), True),
        (461808, (4, 7, 2), True),
        (394254, (4, 6, 1), True),
        (378389, (4,), False),
    ],
)
def test_net_framework_is_known_by_its_release(
    bare: Path,
    monkeypatch: pytest.MonkeyPatch,
    release: int,
    version: tuple[int, ...],
    usable: bool,
) -> None:
    """Windows keeps a number, which stands for the version from which on it is given."""
    monkeypatch.setattr(runtimes, "_net_framework_release", lambda: release)

    (found,) = find_runtimes()

    assert (found.kind, found.version) == (RuntimeKind.NETFX, version)
    assert (found.problem == "") is usable


def test_the_real_ones_are_usable() -> None:
    """What the other tests run on is what is found here, without any problem."""
    for kind in (RuntimeKind.MONO, RuntimeKind.CORECLR):
        found = runtime(kind)
        assert found.version
        assert found.problem == ""
        assert found.library("mscorlib") is not None
