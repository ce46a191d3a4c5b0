"""On .NET the settings of a connector are read from its .config file as .NET Framework reads them."""

from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.dotnet import KINDS
from tests.clr.probing import Probing

CORECLR, MONO = RuntimeKind.CORECLR, RuntimeKind.MONO


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
