"""What .NET lacks of .NET Framework has a stand-in that does as much as is written of it."""

from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from ecma2py.clr import AssemblyMissingError, assemblies, stand_in_folder
from ecma2py.clr.compiling import STAND_INS, build_stand_ins
from ecma2py.clr.doctor import Machine
from ecma2py.clr.metadata import Assembly
from ecma2py.clr.references import Whereabouts, references
from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.clr.suitability import examine
from tests.clr.building import assembly
from tests.clr.dotnet import runtime
from tests.clr.hosted import Ours, hosted
from tests.servers.needs import require

CORECLR, MONO = RuntimeKind.CORECLR, RuntimeKind.MONO
KINDS = pytest.mark.parametrize("kind", [MONO, CORECLR], ids=lambda kind: kind.value)

PROBE = """
using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Configuration;
using Microsoft.MetadirectoryServices;
{using}
public class Probe : IMAExtensible2GetSchema {{
  private static readonly List<string> Told = new List<string>();
  private static void Tell(object value) {{ Told.Add(value == null ? "null" : value.ToString()); }}
  public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
    Try();
    Schema schema = Schema.Create();
    foreach (string each in Told) {{
      schema.Types.Add(SchemaType.Create(schema.Types.Count + " " + each, true)); }}
    return schema; }}
  private static void Try() {{ {code} }}
  {members}
}}
"""
TELL = """
connector = host.load(paths[0])
schema = connector.new("IMAExtensible2GetSchema").GetSchema(None)
result = [each.Name.partition(" ")[2] for each in schema.Types]
"""


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-ins, built from their sources."""
    require("mono")
    folder = tmp_path_factory.mktemp("standins")
    build_stand_ins(folder)
    return folder


@attrs.frozen
class Probing:
    """Runs a piece of C# inside a connector for .NET Framework."""

    folder: Path
    ours: Ours
    stand_ins: Path

    def __call__(
        self,
        kind: RuntimeKind,
        code: str,
        *references: str,
        using: str = "",
        members: str = "",
        settings: str | None = None,
    ) -> list[str]:
        """What the code told."""
        path = assembly(
            self.folder / "Probe.dll",
            PROBE.format(code=code, using=using, members=members),
            references=[
                self.ours.contract,
                Path("System.Configuration.dll"),
                *map(Path, references),
            ],
        )
        file = None
        if settings is not None:
            file = self.folder / "Probe.dll.config"
            file.write_text(f"<configuration>{settings}</configuration>", encoding="utf-8")
        told: list[str] = hosted(
            kind, TELL, path, ours=self.ours, settings=file, stand_ins=self.stand_ins
        )
        return told


@pytest.fixture
def probe(tmp_path: Path, ours: Ours, stand_ins: Path) -> Probing:
    """A connector that tries something."""
    return Probing(tmp_path, ours, stand_ins)


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
        "System.Management": "b03f5f7f11d50a3a",
        "System.Security.Permissions": "cc7b13ffcd2ddd51",
        "System.Web.Extensions": "31bf3856ad364e35",
    }


@KINDS
def test_settings_are_read_from_the_config_file(probe: Probing, kind: RuntimeKind) -> None:
    """Stand-in and original agree on settings, connection strings, sections and what is absent."""
    told = probe(
        kind,
        """
        Tell(ConfigurationManager.AppSettings["kept"]);
        Tell(ConfigurationManager.AppSettings["KEPT"]);
        Tell(ConfigurationManager.AppSettings["gone"]);
        Tell(ConfigurationSettings.AppSettings.Count);
        ConnectionStringSettings found = ConfigurationManager.ConnectionStrings["HR"];
        Tell(found.ConnectionString + "|" + found.ProviderName);
        Tell(ConfigurationManager.ConnectionStrings["none"]);
        object section = ConfigurationManager.GetSection("contoso/pairs");
        Tell(((System.Collections.Specialized.NameValueCollection)section)["a"]);
        Tell(((System.Collections.Hashtable)ConfigurationManager.GetSection("tag"))["b"]);
        Tell(ConfigurationManager.GetSection("nowhere"));
        Tell(new AppSettingsReader().GetValue("number", typeof(int)));
        try { ConfigurationManager.AppSettings.Set("kept", "changed"); }
        catch (NotSupportedException) { Tell("read-only"); }
        catch (ConfigurationErrorsException) { Tell("read-only"); }
        """,
        "System.dll",
        settings="""
        <configSections>
          <sectionGroup name="contoso">
            <section name="pairs" type="System.Configuration.NameValueSectionHandler, System,
              Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089" />
          </sectionGroup>
          <section name="tag" type="System.Configuration.SingleTagSectionHandler, System,
              Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089" />
        </configSections>
        <appSettings>
          <add key="gone" value="x" /><remove key="gone" />
          <add key="kept" value="first" /><add key="kept" value="last" />
          <add key="number" value="7" />
        </appSettings>
        <connectionStrings>
          <add name="HR" connectionString="Server=db" providerName="System.Data.SqlClient" />
        </connectionStrings>
        <contoso><pairs><add key="a" value="1" /></pairs></contoso>
        <tag b="2" />
        """,
    )

    assert told == [
        "last", "last", "null", "2", "Server=db|System.Data.SqlClient", "null", "1", "2", "null",
        "7", "read-only",
    ]  # fmt: skip


@KINDS
def test_settings_may_lie_in_files_beside(probe: Probing, kind: RuntimeKind) -> None:
    """Stand-in and original follow ``file``, whose settings come last, and ``configSource``."""
    (probe.folder / "more.config").write_text(
        '<appSettings><add key="shared" value="more"/><add key="own" value="yes"/></appSettings>'
    )
    (probe.folder / "connections.config").write_text(
        '<connectionStrings><clear/><add name="HR" connectionString="elsewhere"/></connectionStrings>'
    )
    told = probe(
        kind,
        """
        Tell(ConfigurationManager.AppSettings["shared"]);
        Tell(ConfigurationManager.AppSettings["own"]);
        Tell(ConfigurationManager.AppSettings["first"]);
        Tell(ConfigurationManager.ConnectionStrings["hr"].ConnectionString);
        """,
        "System.dll",
        settings="""
        <appSettings file="more.config">
          <add key="shared" value="main"/><add key="first" value="1"/>
        </appSettings>
        <connectionStrings configSource="connections.config"/>
        """,
    )

    assert told == ["more", "yes", "1", "elsewhere"]


def test_a_file_that_is_no_xml_is_named(probe: Probing) -> None:
    """What is wrong with the file is told with its place, and no value is made up."""
    told = probe(
        CORECLR,
        """
        try { Tell(ConfigurationManager.AppSettings["a"]); }
        catch (ConfigurationErrorsException error) { Tell(error.Message); }
        """,
        "System.dll",
        settings="<appSettings>",
    )

    assert told[0].startswith(f"{probe.folder / 'Probe.dll.config'} is no XML: ")


@KINDS
def test_a_library_reads_the_file_beside_itself(probe: Probing, kind: RuntimeKind) -> None:
    """``OpenExeConfiguration`` with a DLL's path is how connectors come to their own settings."""
    (probe.folder / "Probe.dll.config").write_text(
        '<configuration><appSettings><add key="own" value="yes"/></appSettings></configuration>'
    )
    told = probe(
        kind,
        """
        Configuration own = ConfigurationManager.OpenExeConfiguration(typeof(Probe).Assembly.Location);
        Tell(own.HasFile);
        Tell(own.AppSettings.Settings["own"].Value);
        Tell(own.AppSettings.Settings["other"]);
        AppSettingsSection section = (AppSettingsSection)own.GetSection("appSettings");
        Tell(string.Join(",", section.Settings.AllKeys));
        """,
    )

    assert told == ["True", "yes", "null", "own"]


SETTINGS_CLASS = """
  public sealed class Settings : ApplicationSettingsBase {
    public static readonly Settings Default = (Settings)ApplicationSettingsBase.Synchronized(new Settings());
    [ApplicationScopedSetting, DefaultSettingValue("http://default")]
    public string Url { get { return (string)this["Url"]; } }
    [ApplicationScopedSetting, DefaultSettingValue("30")]
    public int Seconds { get { return (int)this["Seconds"]; } }
    [UserScopedSetting, DefaultSettingValue("<ArrayOfString><string>a</string><string>b</string></ArrayOfString>")]
    public System.Collections.Specialized.StringCollection Names {
      get { return (System.Collections.Specialized.StringCollection)this["Names"]; } } }
"""


@KINDS
def test_the_settings_of_a_project_have_their_defaults(probe: Probing, kind: RuntimeKind) -> None:
    """A class of settings that Visual Studio made works with what is written in its attributes."""
    told = probe(
        kind,
        """
        Tell(Settings.Default.Url);
        Tell(Settings.Default.Seconds);
        Tell(string.Join(",", Settings.Default.Names[0], Settings.Default.Names[1]));
        """,
        "System.dll",
        members=SETTINGS_CLASS,
    )

    assert told == ["http://default", "30", "a,b"]


def test_the_settings_of_a_project_are_configured(probe: Probing) -> None:
    """On .NET the values in the .config file come before the defaults."""
    told = probe(
        CORECLR,
        "Tell(Settings.Default.Url); Tell(Settings.Default.Seconds); Tell(Settings.Default.Names[0]);",
        "System.dll",
        using=SETTINGS_CLASS,
        settings="""
        <userSettings><Settings><setting name="Names" serializeAs="Xml"><value>
          <ArrayOfString><string>c</string></ArrayOfString></value></setting></Settings></userSettings>
        <applicationSettings><Settings>
          <setting name="Url" serializeAs="String"><value>http://configured</value></setting>
        </Settings></applicationSettings>
        """,
    )

    assert told == ["http://configured", "30", "c"]


SECTION_CLASSES = """
public class Server : ConfigurationElement {
  [ConfigurationProperty("name", IsKey = true, IsRequired = true)]
  public string Name { get { return (string)this["name"]; } set { this["name"] = value; } }
  [ConfigurationProperty("port", DefaultValue = 389), IntegerValidator(MinValue = 1, MaxValue = 65535)]
  public int Port { get { return (int)this["port"]; } } }
[ConfigurationCollection(typeof(Server), AddItemName = "server")]
public class Servers : ConfigurationElementCollection {
  protected override ConfigurationElement CreateNewElement() { return new Server(); }
  protected override object GetElementKey(ConfigurationElement each) { return ((Server)each).Name; }
  public new Server this[string name] { get { return (Server)BaseGet(name); } } }
public class Contoso : ConfigurationSection {
  private static readonly ConfigurationProperty Mode =
    new ConfigurationProperty("mode", typeof(DayOfWeek), DayOfWeek.Friday);
  [ConfigurationProperty("enabled", DefaultValue = true)]
  public bool Enabled { get { return (bool)this["enabled"]; } }
  [ConfigurationProperty("wait", DefaultValue = "00:00:30")]
  public TimeSpan Wait { get { return (TimeSpan)this["wait"]; } }
  [ConfigurationProperty("note")]
  public string Note { get { return (string)this["note"]; } }
  [ConfigurationProperty("day")]
  public DayOfWeek Day { get { return (DayOfWeek)this["day"]; } }
  [ConfigurationProperty("main")]
  public Server Main { get { return (Server)this["main"]; } }
  [ConfigurationProperty("servers")]
  public Servers Servers { get { return (Servers)this["servers"]; } }
  [ConfigurationProperty("", IsDefaultCollection = true)]
  public Servers Others { get { return (Servers)this[""]; } } }
public class Coded : ConfigurationSection {
  private static readonly ConfigurationProperty Count =
    new ConfigurationProperty("count", typeof(int), 3, ConfigurationPropertyOptions.None);
  private static readonly ConfigurationPropertyCollection All = new ConfigurationPropertyCollection();
  static Coded() { All.Add(Count); }
  protected override ConfigurationPropertyCollection Properties { get { return All; } }
  public int Number { get { return (int)this[Count]; } } }
"""


@KINDS
def test_sections_with_a_class_of_their_own_are_read(probe: Probing, kind: RuntimeKind) -> None:
    """Stand-in and original agree on values, defaults, elements, collections and what is absent."""
    told = probe(
        kind,
        """
        Contoso found = (Contoso)ConfigurationManager.GetSection("contoso");
        Tell(found.Enabled + " " + found.Wait + " " + found.Day + " [" + found.Note + "]");
        Tell(found.Main.Name + " " + found.Main.Port);
        Tell(found.Servers.Count + " " + found.Servers["b"].Port + " " + (found.Servers["a"] == null));
        foreach (Server each in found.Others) Tell(each.Name);
        Coded coded = (Coded)ConfigurationManager.GetSection("group/coded");
        Tell(coded.Number);
        try { ConfigurationManager.GetSection("broken"); }
        catch (ConfigurationErrorsException error) {
          Tell(error.Message.Contains("Required attribute 'name' not found")); }
        try { Tell(((Coded)ConfigurationManager.GetSection("wrong")).Number); }
        catch (ConfigurationErrorsException) { Tell("refused"); }
        """,
        "System.dll",
        using=SECTION_CLASSES,
        settings="""
        <configSections>
          <section name="contoso" type="Contoso, Probe" />
          <sectionGroup name="group"><section name="coded" type="Coded, Probe" /></sectionGroup>
          <section name="broken" type="Contoso, Probe" />
          <section name="wrong" type="Coded, Probe" />
        </configSections>
        <contoso enabled="false" day="Monday">
          <main name="first" />
          <servers>
            <server name="a" /><remove name="a" /><server name="b" port="636" />
          </servers>
          <server name="other" />
        </contoso>
        <group><coded /></group>
        <broken><main port="1" /></broken>
        <wrong count="many" />
        """,
    )

    assert told[:5] == ["False 00:00:30 Monday []", "first 389", "1 636 True", "other", "3"]
    # Mono takes an element without an attribute that it must have.
    assert told[5:] == (["True", "refused"] if kind is CORECLR else ["refused"])


def test_what_the_configuration_stand_in_cannot_read_is_told(probe: Probing) -> None:
    """Encrypted and undeclared sections, and files that are no XML, name section and file."""
    told = probe(
        CORECLR,
        """
        foreach (string name in new[] { "secret", "undeclared", "unknown", "neither" }) {
          try { Tell(ConfigurationManager.GetSection(name)); }
          catch (ConfigurationErrorsException error) { Tell(error.Message); } }
        try { ConfigurationManager.OpenExeConfiguration(ConfigurationUserLevel.None).Save(); }
        catch (ConfigurationErrorsException error) { Tell(error.Message); }
        """,
        settings="""
        <configSections>
          <section name="unknown" type="No.Such.Class, Nowhere" />
          <section name="neither" type="System.Text.StringBuilder" />
        </configSections>
        <secret configProtectionProvider="RsaProtectedConfigurationProvider" />
        <undeclared /><unknown /><neither />
        """,
    )

    for message, words in zip(
        told,
        (
            "is encrypted",
            "is not declared",
            "was not found",
            "is no ConfigurationSection and no",
            "is not written",
        ),
        strict=True,
    ):
        assert words in message
        assert str(probe.folder / "Probe.dll.config") in message


def test_event_logs_go_to_standard_error(
    tmp_path: Path, ours: Ours, stand_ins: Path, capfd: pytest.CaptureFixture[str]
) -> None:
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
