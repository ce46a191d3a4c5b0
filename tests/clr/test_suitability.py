"""The runtime that fits a connector is chosen, or what stands in the way is told."""

import sys
from pathlib import Path

import attrs
import pytest

from ecma2py.clr import RuntimeMissingError, suitability
from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.clr.suitability import Examination, examine
from ecma2py.errors import ConfigurationError
from tests.clr.building import assembly, targeting
from tests.clr.dotnet import a_runtime, runtime

NETFX, MONO, CORECLR = RuntimeKind.NETFX, RuntimeKind.MONO, RuntimeKind.CORECLR

SCHEMA = """
using Microsoft.MetadirectoryServices;
using System.Collections.ObjectModel;
public class Base : IMAExtensible2GetSchema {
  Schema IMAExtensible2GetSchema.GetSchema(KeyedCollection<string, ConfigParameter> p) {
    return Schema.Create(); } }
public class Derived : Base, System.IDisposable { public void Dispose() { } }
"""


def order(found: Examination) -> list[RuntimeKind]:
    """The kinds of runtime, best first."""
    return [verdict.runtime.kind for verdict in found.verdicts]


@pytest.mark.parametrize(
    ("framework", "best"),
    [
        (".NETFramework,Version=v4.8", [NETFX, MONO, CORECLR]),
        (".NETStandard,Version=v2.0", [CORECLR, NETFX, MONO]),
    ],
)
def test_a_connector_runs_where_it_comes_from(
    tmp_path: Path, contract: Path, framework: str, best: list[RuntimeKind]
) -> None:
    """Of runtimes that have everything, the one that it was built for is taken."""
    path = targeting(tmp_path, framework)

    for kinds in ([NETFX, MONO, CORECLR], [CORECLR, MONO, NETFX]):
        found = examine(path, tuple(map(a_runtime, kinds)), contract)

        assert order(found) == best
        assert found.best().runtime.kind is best[0]
        assert found.best().reason == "everything that it refers to is there"


def test_what_is_complete_comes_before_what_is_preferred(tmp_path: Path, contract: Path) -> None:
    """A runtime with everything is better than one that lacks an assembly."""
    library = assembly(tmp_path / "lib" / "Lib.dll", "public class A { }")
    path = assembly(
        tmp_path / "Connector.dll", "public class C { public A F; }", references=[library]
    )
    runtimes = (a_runtime(MONO), a_runtime(CORECLR, libraries=(library.parent,)))

    found = examine(path, runtimes, contract)

    assert order(found) == [CORECLR, MONO]
    lacking = found.verdicts[1]
    assert lacking.fits
    assert [each.name.name for each in lacking.missing] == ["Lib"]
    assert lacking.reason == "it may fail as soon as it touches what is missing of Lib"


def test_the_configured_kind_is_taken(tmp_path: Path, contract: Path) -> None:
    """Who names a runtime gets it, if it can run the connector at all."""
    path = targeting(tmp_path, ".NETFramework,Version=v4.8")
    found = examine(path, (a_runtime(MONO), a_runtime(CORECLR)), contract)

    assert found.best(CORECLR).runtime.kind is CORECLR
    with pytest.raises(RuntimeMissingError, match=r"\.NET Framework was not found .*found: Mono"):
        found.best(NETFX)


@pytest.mark.parametrize(
    ("framework", "fitting", "reason"),
    [
        (".NETCoreApp,Version=v8.0", [CORECLR], "built for .NET 8.0, which is another platform"),
        (".NETCoreApp,Version=v9.0", [], "built for .NET 9.0, which is newer"),
        (".NETStandard,Version=v2.1", [CORECLR], "2.0 is the newest there"),
        ("Silverlight,Version=v5.0", [], "built for Silverlight 5.0, which nobody here runs"),
    ],
)
def test_other_platforms_do_not_fit(
    tmp_path: Path, contract: Path, framework: str, fitting: list[RuntimeKind], reason: str
) -> None:
    """What a runtime cannot run by its kind or age is refused, and the reason is told."""
    path = targeting(tmp_path, framework)

    found = examine(path, tuple(map(a_runtime, (NETFX, MONO, CORECLR))), contract)

    assert [each.runtime.kind for each in found.verdicts if each.fits] == fitting
    assert any(reason in each.reason for each in found.verdicts)
    if not fitting:
        with pytest.raises(RuntimeMissingError) as caught:
            found.best()
        assert str(path) in str(caught.value)
        assert "Mono 6.12: it was built for" in str(caught.value)


def test_a_runtime_with_a_problem_does_not_fit(tmp_path: Path, contract: Path) -> None:
    """What keeps Python from hosting a runtime keeps it from every connector."""
    path = targeting(tmp_path, ".NETFramework,Version=v4.8")
    runtimes = (a_runtime(MONO, problem="its library is missing"), a_runtime(CORECLR))

    found = examine(path, runtimes, contract)

    assert order(found) == [CORECLR, MONO]
    assert found.verdicts[1].reason == "its library is missing"


def test_code_for_another_machine_does_not_fit(
    tmp_path: Path, contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 32-bit DLL is not for a 64-bit process, nor native code for another system."""
    path = targeting(tmp_path, ".NETFramework,Version=v4.8")
    plain = suitability.Assembly.read(path)

    def reasons(**changed: object) -> list[str]:
        read = attrs.evolve(plain, **changed)
        monkeypatch.setattr(suitability.Assembly, "read", lambda _: read)
        return [each.reason for each in examine(path, (a_runtime(MONO),), contract).verdicts]

    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert reasons(architecture="x64") == ["everything that it refers to is there"]
    assert reasons(architecture="x86") == ["it was built for x86 processes, and this is a x64 one"]
    assert reasons(native_code=True) == [
        "it holds native code beside its IL, which .NET on Windows alone loads"
    ]


def test_without_any_runtime_the_remedy_is_told(tmp_path: Path, contract: Path) -> None:
    """An empty machine is a fault of the set-up, and the message names what to install."""
    found = examine(targeting(tmp_path, ".NETFramework,Version=v4.8"), (), contract)

    with pytest.raises(
        RuntimeMissingError, match=r"none at all\).*apt-get install mono-devel"
    ) as at:
        found.best()
    assert isinstance(at.value, ConfigurationError)
    with pytest.raises(RuntimeMissingError, match="DOTNET_ROOT"):
        found.best(CORECLR)


def test_the_classes_of_a_connector_are_found(tmp_path: Path, contract: Path) -> None:
    """Each ECMA2 interface is found with a class, those that a base declares included."""
    path = assembly(tmp_path / "Connector.dll", SCHEMA, references=[contract])
    found = examine(path, (), contract)

    assert found.classes == {"IMAExtensible2GetSchema": "Base"}
    assert found.assembly.interfaces["Derived"] == (
        "System.IDisposable",
        "Microsoft.MetadirectoryServices.IMAExtensible2GetSchema",
    )


@pytest.mark.parametrize("kind", [MONO, CORECLR])
def test_a_real_connector_fits_the_real_runtimes(
    tmp_path: Path, contract: Path, kind: RuntimeKind
) -> None:
    """A connector that uses the contract and the basics lacks nothing on either."""
    path = assembly(tmp_path / "Connector.dll", SCHEMA, references=[contract])

    verdict = examine(path, (runtime(kind),), contract).best()

    assert verdict.missing == ()
    assert {each.name.name for each in verdict.references} == {
        "mscorlib",
        "Microsoft.MetadirectoryServicesEx",
    }


def test_what_dotnet_does_not_have_is_named(tmp_path: Path, contract: Path) -> None:
    """A connector for .NET Framework that uses more than .NET has is told of it by type."""
    path = assembly(
        tmp_path / "Connector.dll",
        "public class C { public System.Runtime.Remoting.Messaging.CallContext F;"
        " public System.Configuration.ConfigurationSection G; }",
        references=[Path("System.Configuration.dll")],
    )

    missing = {
        each.name.name: each for each in examine(path, (runtime(CORECLR),), contract).best().missing
    }

    assert missing["mscorlib"].missing_types == ("System.Runtime.Remoting.Messaging.CallContext",)
    assert missing["System.Configuration"].missing_types == (
        "System.Configuration.ConfigurationSection",
    )
    assert str(missing["System.Configuration"]).endswith(
        "(which moved to System.Configuration.ConfigurationManager)"
    )


def test_what_windows_alone_has_is_not_to_be_installed(tmp_path: Path, contract: Path) -> None:
    """Who wishes for .NET Framework elsewhere is told which runtime takes its place, and how."""
    found = examine(targeting(tmp_path, ".NETFramework,Version=v4.8"), (), contract)

    with pytest.raises(RuntimeMissingError) as caught:
        found.best(NETFX)
    assert ".NET Framework comes with Windows. Elsewhere Mono takes its place" in str(caught.value)
    assert 'runtime = "mono" (' in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has them all")
def test_what_is_there_by_name_alone_is_told(tmp_path: Path, contract: Path) -> None:
    """A runtime that has a type without its work is not called complete; it fits all the same."""
    path = assembly(
        tmp_path / "Connector.dll",
        "public class C { public Microsoft.Win32.RegistryKey K = Microsoft.Win32.Registry.Users;"
        " public System.DirectoryServices.Protocols.LdapConnection F; }",
        references=[Path("System.DirectoryServices.Protocols.dll")],
    )
    found = examine(path, (runtime(MONO), runtime(CORECLR)), contract)

    mono, core = found.verdicts
    assert mono.fits
    assert mono.reason == (
        "everything that it refers to is there; System.DirectoryServices.Protocols.LdapConnection is "
        "there by name alone, and fails when it is used"
    )
    assert core.reason.endswith(
        "; Microsoft.Win32.Registry is there by name alone, and fails when it is used"
    )
    (lacking,) = [each for each in mono.references if each.hollow]
    assert str(lacking).endswith(
        "with System.DirectoryServices.Protocols.LdapConnection by name alone"
    )
