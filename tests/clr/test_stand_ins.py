"""What .NET lacks of .NET Framework has a stand-in that does as much as is written of it."""

from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from ecma2py.clr import AssemblyMissingError, assemblies, stand_in_folder
from ecma2py.clr.compiling import STAND_INS
from ecma2py.clr.doctor import Machine
from ecma2py.clr.metadata import Assembly
from ecma2py.clr.references import Whereabouts, references
from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.clr.suitability import examine
from tests.clr.building import assembly
from tests.clr.dotnet import KINDS, runtime
from tests.clr.hosted import Ours, hosted
from tests.clr.probing import PROBE, TELL, Probing
from tests.servers.needs import require

CORECLR, MONO = RuntimeKind.CORECLR, RuntimeKind.MONO


@pytest.mark.parametrize("name", [each.name for each in STAND_INS])
def test_a_stand_in_needs_nothing_that_dotnet_lacks(stand_ins: Path, name: str) -> None:
    """It stands on what .NET has, itself and the other stand-ins."""
    made = Assembly.read(stand_ins / f"{name}.dll")

    needed = references(made, runtime(CORECLR), None, stand_ins)

    assert made.name.name == name
    assert [each for each in needed if each.missing_types] == []
    assert {each.whereabouts for each in needed} == {Whereabouts.RUNTIME}


def test_stand_ins_have_the_keys_that_are_asked_for(stand_ins: Path) -> None:
    """The facades of .NET and connectors ask for these tokens, and .NET takes no other."""
    assert {
        each.name: Assembly.read(stand_ins / f"{each.name}.dll").name.public_key_token
        for each in STAND_INS
    } == {
        "System.Configuration.ConfigurationManager": "cc7b13ffcd2ddd51",
        "System.Diagnostics.EventLog": "cc7b13ffcd2ddd51",
        "System.Diagnostics.PerformanceCounter": "cc7b13ffcd2ddd51",
        "System.Management": "b03f5f7f11d50a3a",
        "System.Security.Permissions": "cc7b13ffcd2ddd51",
        "System.Web.Extensions": "31bf3856ad364e35",
    }


def test_event_logs_go_to_standard_error(tmp_path: Path, ours: Ours, stand_ins: Path) -> None:
    """Every log and source is there, and each entry is a line that the host's log takes up."""
    path = assembly(
        tmp_path / "Probe.dll",
        PROBE.format(
            using="using System.Diagnostics; using System.IO;",
            members="",
            code="""
            StringWriter lines = new StringWriter();
            Console.SetError(lines);
            if (!EventLog.SourceExists("HR")) EventLog.CreateEventSource("HR", "Application");
            EventLog.WriteEntry("HR", "cannot bind", EventLogEntryType.Error, 1001);
            using (EventLog log = new EventLog("Application")) {
              log.Source = "HR agent"; log.WriteEntry("started"); Tell(log.Entries.Count); }
            Trace.Listeners.Add(new EventLogTraceListener("traced"));
            Trace.TraceWarning("slow");
            Tell(lines.ToString().Replace(Environment.NewLine, "|"));
            """,
        ),
        references=[ours.contract, Path("System.Configuration.dll"), Path("System.dll")],
    )

    count, lines = hosted(CORECLR, TELL, path, ours=ours, stand_ins=stand_ins)

    assert count == "0"
    assert lines.startswith("HR: Error 1001: cannot bind|HR agent: Information: started|")


COUNTERS = """
    if (!PerformanceCounterCategory.Exists("HR")) {
      CounterCreationDataCollection made = new CounterCreationDataCollection();
      made.Add(new CounterCreationData("Objects", "", PerformanceCounterType.NumberOfItems64));
      PerformanceCounterCategory.Create(
        "HR", "", PerformanceCounterCategoryType.SingleInstance, made); }
    using (PerformanceCounter objects = new PerformanceCounter("HR", "Objects", false)) {
      objects.RawValue = 5; objects.Increment(); objects.IncrementBy(3); Tell(objects.Decrement()); }
    using (PerformanceCounter read = new PerformanceCounter("hr", "objects")) {
      Tell(read.NextValue()); Tell(read.CounterType);
      try { read.Increment(); } catch (InvalidOperationException) { Tell("refused"); } }
    Tell(PerformanceCounterCategory.CounterExists("Objects", "HR"));
    PerformanceCounterCategory.Delete("HR");
    Tell(PerformanceCounterCategory.Exists("HR"));
"""


def test_counters_of_the_connector_count(probe: Probing) -> None:
    """What a connector creates and writes can be read back by it; types and names are kept."""
    told = probe(CORECLR, COUNTERS, "System.dll", using="using System.Diagnostics;")

    assert told == ["8", "8", "NumberOfItems64", "refused", "True", "False"]


def test_counters_of_the_system_are_refused(probe: Probing) -> None:
    """A value that nobody here has written is an error, not a zero."""
    told = probe(
        CORECLR,
        """
        try { Tell(new PerformanceCounter("Processor", "% Processor Time", "_Total").NextValue()); }
        catch (InvalidOperationException error) { Tell(error.Message); }
        """,
        "System.dll",
        using="using System.Diagnostics;",
    )

    assert told[0].startswith("Processor, % Processor Time: ecma2py's stand-in")


def test_windows_is_not_asked(probe: Probing) -> None:
    """A query can be put together; asking it raises the error that connectors catch."""
    told = probe(
        CORECLR,
        """
        ManagementScope scope = new ManagementScope("root\\\\cimv2", new ConnectionOptions());
        ManagementObjectSearcher asking =
          new ManagementObjectSearcher(scope, new ObjectQuery("select Name from Win32_Group"));
        try { foreach (ManagementObject each in asking.Get()) Tell(each["Name"]); }
        catch (ManagementException error) { Tell(error.ErrorCode); Tell(error.Message); }
        """,
        "System.Management.dll",
        using="using System.Management;",
    )

    assert told[0] == "NotSupported"
    assert told[1].startswith("select Name from Win32_Group: ")


def test_every_permission_is_granted(probe: Probing) -> None:
    """.NET has no code access security: what is demanded is there."""
    told = probe(
        CORECLR,
        """
        new FileIOPermission(FileIOPermissionAccess.Read, "/etc").Demand();
        new SecurityPermission(SecurityPermissionFlag.UnmanagedCode).Assert();
        CodeAccessPermission.RevertAssert();
        new PrincipalPermission(null, "Administrators").Demand();
        Tell(new RegistryPermission(PermissionState.Unrestricted).IsUnrestricted());
        """,
        using="using System.Security; using System.Security.Permissions;",
    )

    assert told == ["True"]


JSON = """
    JavaScriptSerializer json = new JavaScriptSerializer();
    Tell(json.Serialize(new Person {
      Name = "Zo\\u00eb <\\"'>\\n", Age = 41, Boss = null, Tags = new[] { "a", "b" }, Ratio = 0.5,
      Born = new DateTime(1970, 1, 2, 0, 0, 0, DateTimeKind.Utc), Hidden = "no" }));
    Tell(json.Serialize(new Dictionary<string, object> { { "x", true }, { "y", new int[0] } }));
    Person read = json.Deserialize<Person>(
      "{ \\"name\\": \\"Ann\\\\u0021\\", 'Age': 7, \\"Tags\\": [\\"c\\"], \\"Boss\\": {\\"Name\\": \\"Bob\\"},"
      + " \\"Born\\": \\"\\\\/Date(86400000)\\\\/\\", \\"Kind\\": 1, \\"unknown\\": null, \\"Extra\\": {\\"k\\": 5} }");
    Tell(read.Name + read.Age + read.Tags[0] + read.Boss.Name + read.Kind + read.Extra["k"]);
    Tell(read.Born.ToUniversalTime().ToString("s"));
    IDictionary<string, object> any =
      (IDictionary<string, object>)json.DeserializeObject("{\\"n\\":[1,2147483648,1.5,1e300,null]}");
    foreach (object each in (object[])any["n"]) Tell(each == null ? "null" : each.GetType().Name);
    foreach (string wrong in new[] { "{", "[1,]", "nul", "\\"open", "{\\"a\\" 1}" }) {
      try { json.DeserializeObject(wrong); Tell("accepted " + wrong); }
      catch (ArgumentException) { Tell("refused"); } }
"""
PERSON = """
  public enum Kinds { None, Some }
  public class Person {
    public string Name { get; set; } public int Age { get; set; } public Person Boss { get; set; }
    public string[] Tags; public DateTime Born { get; set; } public Kinds Kind { get; set; }
    public double? Ratio { get; set; } public Dictionary<string, int> Extra { get; set; }
    [ScriptIgnore] public string Hidden { get; set; } }
"""


@KINDS
def test_json_is_as_it_was(probe: Probing, kind: RuntimeKind) -> None:
    """Stand-in and original write the same members and read the same values."""
    told = probe(
        kind,
        JSON,
        "System.Web.Extensions.dll",
        using="using System.Web.Script.Serialization;",
        members=PERSON,
    )

    written = told[0]
    for part in (
        '"Name":"Zoë \\u003c\\"\\u0027\\u003e\\n"', '"Age":41', '"Boss":null',
        '"Tags":["a","b"]', '"Born":"\\/Date(86400000)\\/"', '"Kind":0', '"Ratio":0.5',
    ):  # fmt: skip
        assert part in written
    assert "Hidden" not in written
    assert told[1] == '{"x":true,"y":[]}'
    assert told[2:4] == ["Ann!7cBobSome5", "1970-01-02T00:00:00"]
    assert told[4:9] == ["Int32", "Int64", "Decimal", "Double", "null"]
    if kind is CORECLR:  # the original on Mono takes some of these
        assert told[9:] == ["refused"] * 5


def uses(folder: Path, text: str, libraries: Sequence[str]) -> Path:
    """A connector that refers to assemblies of .NET Framework."""
    return assembly(
        folder / "Uses.dll", text, references=[Path(f"{each}.dll") for each in libraries]
    )


def test_the_verdict_names_the_stand_ins(tmp_path: Path, contract: Path, stand_ins: Path) -> None:
    """Who looks at a DLL learns what is not the original, whether asked for directly or not."""
    path = uses(
        tmp_path,
        "public class C { public System.Diagnostics.EventLog F; "
        "public System.Management.ManagementObject G; }",
        ["System", "System.Management"],
    )

    (verdict,) = examine(path, (runtime(CORECLR),), contract, stand_ins).verdicts

    assert verdict.missing == ()
    assert verdict.stand_ins == ("System.Diagnostics.EventLog", "System.Management")
    assert verdict.reason == (
        "everything that it refers to is there, with stand-ins of ecma2py's for "
        "System.Diagnostics.EventLog, System.Management"
    )
    by_name = {each.name.name: each for each in verdict.references}
    assert by_name["System.Management"].whereabouts is Whereabouts.STAND_IN
    assert str(by_name["System"]).endswith(
        "part of the runtime with stand-ins of ecma2py's for System.Diagnostics.EventLog"
    )


def test_the_original_is_advised_where_a_stand_in_is_too_small(
    tmp_path: Path, contract: Path, stand_ins: Path
) -> None:
    """A type that a stand-in has not is told, and where the assembly with it can be had."""
    path = uses(
        tmp_path,
        "public class C { public System.Configuration.ProviderSettings F; "
        "public System.Management.EventQuery G; }",
        ["System.Configuration", "System.Management"],
    )
    here = Machine((runtime(CORECLR), runtime(MONO)), "3.2.1", contract, stand_ins)

    found = here.examine(path)
    advice = here.advice(found, CORECLR)

    lacking = next(each for each in found.verdicts if each.runtime.kind is CORECLR)
    assert {name for each in lacking.missing for name in each.missing_types} == {
        "System.Configuration.ProviderSettings",
        "System.Management.EventQuery",
    }
    assert sorted(advice) == [
        f"{name}: copy {name}.dll from its NuGet package to {tmp_path}"
        for name in ("System.Configuration.ConfigurationManager", "System.Management")
    ]


def test_a_stand_in_gives_way_to_the_original(
    tmp_path: Path, ours: Ours, contract: Path, stand_ins: Path
) -> None:
    """A copy beside the connector is taken, whether the connector asks for it or .NET's facade."""
    path = assembly(
        tmp_path / "Probe.dll",
        PROBE.format(
            using="",
            members="",
            code="""
            Tell(typeof(System.Management.ManagementObject).Assembly.Location);
            Tell(typeof(ConfigurationManager).Assembly.Location);
            """,
        ),
        references=[ours.contract, Path("System.Configuration.dll"), Path("System.Management.dll")],
    )
    names = ("System.Management", "System.Configuration.ConfigurationManager")
    copies = [tmp_path / f"{name}.dll" for name in names]
    for copy in copies:
        copy.write_bytes((stand_ins / copy.name).read_bytes())

    told = hosted(CORECLR, TELL, path, ours=ours, stand_ins=stand_ins)
    assert told == [str(copy) for copy in copies]
    (verdict,) = examine(path, (runtime(CORECLR),), contract, stand_ins).verdicts
    assert verdict.stand_ins == ()
    assert copies[0] in {each.path for each in verdict.references}


def test_another_key_is_another_assembly(tmp_path: Path, contract: Path, stand_ins: Path) -> None:
    """What has the name of a stand-in but not its token is missing: .NET would not take ours."""
    other = assembly(
        tmp_path / "System.Management.dll", "public class Other { }", version="4.0.0.0", signed=True
    )
    path = assembly(tmp_path / "C.dll", "public class C { public Other F; }", references=[other])
    other.unlink()

    (verdict,) = examine(path, (runtime(CORECLR),), contract, stand_ins).verdicts

    assert [each.name.name for each in verdict.missing] == ["System.Management"]
    assert verdict.stand_ins == ()


def test_other_runtimes_use_their_own(tmp_path: Path, contract: Path, stand_ins: Path) -> None:
    """Mono has all of it, and one that lacks something is not helped out."""
    path = uses(
        tmp_path,
        "public class C { public System.Management.ManagementObject F; }",
        ["System.Management"],
    )
    mono = runtime(MONO)
    bare = attrs.evolve(mono, caches=())

    (verdict,) = examine(path, (mono,), contract, stand_ins).verdicts
    assert (verdict.missing, verdict.stand_ins) == ((), ())
    # Without its library the same Mono misses it.
    only_core = attrs.evolve(bare, libraries=(_alone(tmp_path, mono.libraries[0]),))
    (verdict,) = examine(path, (only_core,), contract, stand_ins).verdicts
    assert [each.name.name for each in verdict.missing] == ["System.Management"]


def _alone(folder: Path, libraries: Path) -> Path:
    alone = folder / "alone"
    alone.mkdir()
    (alone / "mscorlib.dll").write_bytes((libraries / "mscorlib.dll").read_bytes())
    return alone


def test_they_are_built_once_or_carried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout keeps what it built; a wheel has them beside their sources; else it is told."""
    require("mono")
    built = stand_in_folder(cache=tmp_path / "cache")
    stamps = {each.name: each.stat().st_mtime_ns for each in built.glob("*.dll")}
    assert set(stamps) == {f"{each.name}.dll" for each in STAND_INS}
    assert stand_in_folder(cache=tmp_path / "cache") == built
    assert {each.name: each.stat().st_mtime_ns for each in built.glob("*.dll")} == stamps

    monkeypatch.setattr(assemblies, "STAND_IN_SOURCES", built)
    assert stand_in_folder(cache=tmp_path / "other") == built

    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setattr(assemblies, "STAND_IN_SOURCES", empty)
    monkeypatch.setenv("PATH", str(empty))
    monkeypatch.delenv("ECMA2PY_CSC", raising=False)
    with pytest.raises(AssemblyMissingError, match=r"(?s)carries no stand-ins.*mono-mcs"):
        stand_in_folder(cache=tmp_path / "third")
