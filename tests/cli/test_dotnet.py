"""``dotnet doctor`` tells what a DLL needs and what of it is here, and runs nothing of it."""

from pathlib import Path

import pytest

from ecma2py.cli import dotnet
from ecma2py.clr.doctor import Machine
from ecma2py.clr.runtimes import Runtime, RuntimeKind
from tests.cli.commands import here, succeed
from tests.clr.building import assembly, contract_of
from tests.clr.dotnet import runtime

CONNECTOR = """
using Microsoft.MetadirectoryServices;
using System.Collections.ObjectModel;
[assembly: System.Runtime.Versioning.TargetFramework(".NETFramework,Version=v4.8")]
namespace Contoso {
public class Connector : IMAExtensible2GetSchema {
  [System.Runtime.InteropServices.DllImport("no-such.dll")] static extern int Native();
  static Connector() { System.IO.File.WriteAllText("it-ran", ""); }
  public Schema GetSchema(KeyedCollection<string, ConfigParameter> p) { return Schema.Create(); }
  public Gone Field; } }
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A contract, and a connector that also refers to a DLL which is gone."""
    folder = tmp_path_factory.mktemp("doctor")
    contract = contract_of(folder / "contract", "4.1.3.0")
    gone = assembly(folder / "Gone.dll", "public class Gone { }")
    connector = assembly(folder / "Contoso.dll", CONNECTOR, references=[contract, gone])
    gone.unlink()
    return contract, connector


@pytest.fixture
def machine(built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The machine that the command finds: the real Mono, and a .NET that cannot be started."""
    real = runtime(RuntimeKind.MONO)
    old = Runtime(RuntimeKind.CORECLR, (6, 0, 1), real.root, real.libraries, problem="too old")
    found = Machine((real, old), "3.2.1", built[0], None)
    monkeypatch.setattr(dotnet, "look", lambda contract: found)
    return found


@pytest.mark.usefixtures("machine")
def test_a_dll_is_told_for_people(folder: Path, built: tuple[Path, Path]) -> None:
    """Identity, contract, classes, runtimes, references and what to do are all there."""
    _, connector = built

    told = succeed("dotnet", "doctor", connector).out

    assert f"\n{connector}\n" in told
    for line in (
        "pythonnet  3.2.1",
        "assembly   Contoso",
        "built_for  .NET Framework 4.8",
        "contract   4.1.3.0",
        "IMAExtensible2GetSchema  Contoso.Connector",
        "it may fail as soon as it touches what is missing of Gone",
        "Gone 1.0.0.0",
        f"looked in {connector.parent}",
        "too old",
        "Native libraries that its code names",
        f"looked in {connector.parent} and among those of the system",
        f"To do: Gone: copy Gone.dll, version 1.0.0.0 or newer, to {connector.parent}",
    ):
        assert line in told, told
    assert not folder.joinpath("it-ran").exists()


@pytest.mark.usefixtures("machine")
def test_a_dll_is_told_for_programs(folder: Path, built: tuple[Path, Path]) -> None:
    """The same as one JSON document, with every reference on every runtime."""
    _, connector = built

    told = succeed("dotnet", "doctor", connector, "--json").data

    assert [each["usable"] for each in told["runtimes"]] == [True, False]
    (found,) = told["connectors"]
    assert found["best"] == "mono"
    assert found["contract"] == "4.1.3.0"
    assert found["classes"] == {"IMAExtensible2GetSchema": "Contoso.Connector"}
    mono, core = found["runtimes"]
    assert (mono["fits"], mono["complete"], core["fits"]) == (True, False, False)
    where = {each["name"]: each["where"] for each in mono["references"]}
    assert where == {
        "mscorlib": "runtime",
        "Microsoft.MetadirectoryServicesEx": "contract",
        "Gone": "missing",
    }
    assert found["native_libraries"] == [
        {"name": "no-such.dll", "needed_by": "Contoso", "found": ""}
    ]
    assert not folder.joinpath("it-ran").exists()


@pytest.mark.usefixtures("machine")
def test_the_dlls_of_a_configuration_are_looked_at(
    folder: Path, built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are found as the host finds them, also where a secret is not set yet."""
    _, connector = built
    monkeypatch.delenv("NOT_SET", raising=False)
    folder.joinpath("ecma2py.toml").write_text(
        f"""
        [connectors.HR]
        type = "Contoso.dll"
        path = '{connector.parent}'
        runtime = "coreclr"
        parameters = {{ Password = "${{NOT_SET}}" }}
        [connectors.Other]
        type = "sql"
        [connectors.Beside]
        type = "Beside.dll"
        """,
        encoding="utf-8",
    )

    done = here("dotnet", "doctor", "--json")

    assert done.code == 2
    first, second = done.data["connectors"]
    assert (first["connector"], first["path"]) == ("HR", str(connector))
    assert first["problem"] == ".NET does not run it here"
    assert second["path"] == str(folder / "Beside.dll")
    assert second["problem"].endswith("cannot be read: No such file or directory")
    assert (second["best"], second["runtimes"], second["advice"]) == ("", [], [])


@pytest.mark.usefixtures("machine")
def test_what_is_no_connector_is_said_and_the_others_are_told(
    folder: Path, built: tuple[Path, Path]
) -> None:
    """Each file has its own problem; the exit code is that of the worst."""
    plain = assembly(folder / "Plain.dll", "public class P { }")
    text = folder / "text.dll"
    text.write_text("no assembly")

    done = here("dotnet", "doctor", plain)
    assert done.code == 1
    assert "Problem: no public class of it has an ECMA2 interface" in done.out

    done = here("dotnet", "doctor", text, plain, built[1])
    assert done.code == 2
    assert "text.dll is no .NET assembly" in done.out
    assert "Contoso.Connector" in done.out
    assert "Traceback" not in done.err


def test_a_dll_that_no_runtime_runs_fails(
    folder: Path, machine: Machine, built: tuple[Path, Path]
) -> None:
    """The exit code tells a script; the text tells why for each runtime, and what to install."""
    text = CONNECTOR.replace(".NETFramework,Version=v4.8", ".NETCoreApp,Version=v8.0")
    text = text.replace("public Gone Field;", "")
    path = assembly(folder / "New.dll", text, references=[built[0]])

    done = here("dotnet", "doctor", path)

    assert done.code == 1
    assert "Problem: no runtime here runs it" in done.out
    assert "it was built for .NET 8.0, which is another platform" in done.out
    assert "To do: .NET 6.0.1: too old" in done.out


def test_without_a_dll_the_machine_is_told(
    folder: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is well as soon as one runtime can be used, and failed where none can."""
    assert "Mono" in succeed("dotnet", "doctor").out
    empty = Machine((), "", machine.contract, None, ("no compiler",))
    monkeypatch.setattr(dotnet, "look", lambda contract: empty)

    done = here("dotnet", "doctor")

    assert done.code == 1
    assert "pythonnet  missing" in done.out
    assert "To do: pythonnet: pip install 'ecma2py[dotnet]'" in done.out
    assert here("dotnet", "doctor", "--json").data["problems"] == ["no compiler"]


@pytest.mark.usefixtures("machine")
def test_a_runtime_can_be_wished_for(folder: Path, built: tuple[Path, Path]) -> None:
    """It is the one that is told of, and the one to install where it cannot be had."""
    assert succeed("dotnet", "doctor", built[1], "--runtime", "mono").out

    done = here("dotnet", "doctor", built[1], "--runtime", "coreclr")

    assert done.code == 1
    assert "Problem: .NET does not run it here" in done.out
    assert "To do: .NET 6.0.1: too old" in done.out
    assert "References on Mono" not in done.out
    told = here("dotnet", "doctor", built[1], "--runtime", "coreclr", "--json").data
    assert told["connectors"][0]["best"] == ""


@pytest.mark.usefixtures("machine")
def test_dlls_and_a_configuration_are_not_mixed(folder: Path) -> None:
    """Either the DLLs are named or a file that names them; a file that is named must be there."""
    done = here("dotnet", "doctor", "a.dll", "--config", "b.toml")
    assert (done.code, "not both" in done.err) == (2, True)

    done = here("dotnet", "doctor", "--config", "none.toml")
    assert (done.code, "none.toml" in done.err) == (2, True)


def test_a_contract_that_will_not_do_is_refused(folder: Path) -> None:
    """The file named with --contract is checked before it is relied on."""
    folder.joinpath("other.dll").write_text("no assembly")

    done = here("dotnet", "doctor", "--contract", "other.dll")

    assert (done.code, "contract assembly" in done.err) == (2, True)
