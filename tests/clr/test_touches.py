"""The page tells of what connectors use what the runtimes do with it, and how to go on."""

import ctypes.util
import http.server
import os
import re
import ssl
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecma2py.clr import hollow
from ecma2py.clr.compiling import compile_assembly
from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.host.certificates import generate
from ecma2py.parameters import ConfigParameters
from ecma2py.runs import ConnectorSource, ListSink, run_import
from tests.clr.building import assembly
from tests.clr.dotnet import KINDS
from tests.clr.hosted import Ours
from tests.clr.workers import SOURCES, workers
from tests.host.serving import ROOT
from tests.servers.needs import require

MONO, CORECLR = RuntimeKind.MONO, RuntimeKind.CORECLR
PAGE = (ROOT / "docs" / "how-to" / "mim-connector.md").read_text(encoding="utf-8")
TOUCHES = sorted(SOURCES.glob("Touches*.cs"))
LIBRARIES = [
    "System",
    "System.ComponentModel.Composition",
    "System.Configuration",
    "System.Core",
    "System.Data",
    "System.DirectoryServices",
    "System.DirectoryServices.Protocols",
    "System.Drawing",
    "System.Management",
    "System.Net.Http",
    "System.Runtime.Caching",
    "System.Runtime.Remoting",
    "System.Runtime.Serialization",
    "System.Security",
    "System.ServiceModel",
    "System.ServiceProcess",
    "System.Transactions",
    "System.Web",
    "System.Web.Extensions",
    "System.Web.Services",
    "System.Windows.Forms",
    "System.Xml",
]
ROWS = {
    "settings of its `.config` file": ["Settings", "SettingsAfterWeb"],
    "trace listeners of its `.config` file": ["TraceListeners"],
    "an event log, writing": ["EventLogs"],
    "performance counters of its own": ["OwnCounters"],
    "performance counters of the system": ["Counters"],
    "WMI (`System.Management`)": ["Wmi"],
    "permissions (`System.Security.Permissions`)": ["Permissions"],
    "the registry": ["Registry"],
    "Windows users (`WindowsIdentity`)": ["Identity"],
    "permissions of files (`GetAccessControl`)": ["AccessControl"],
    'functions of Windows (`DllImport("advapi32.dll")`)': ["NativeWindows"],
    "COM objects": ["ComObject"],
    "Windows services (`ServiceController`)": ["Services"],
    "data protection (`ProtectedData`)": ["DataProtection"],
    "key containers (`CspParameters`)": ["KeyContainers"],
    "certificates of the user": ["UserCertificates"],
    "certificates of the machine": ["MachineCertificates"],
    "ciphers, digests, RSA": ["Cryptography"],
    "`SecureString` through `Marshal`": ["SecureStrings"],
    "PowerShell (`System.Management.Automation`)": ["PowerShell"],
    "`System.DirectoryServices`": ["Directory"],
    "`System.DirectoryServices.Protocols`": ["LdapConnection"],
    "`System.Data.SqlClient`": ["SqlClient"],
    "`System.Data.Odbc`": ["Odbc"],
    "`System.Data.OleDb`": ["OleDb"],
    "`DataTable`, `DataSet`": ["DataTables"],
    "`TransactionScope`, within the process": ["Transactions"],
    "WCF clients (`System.ServiceModel`)": ["WcfClient"],
    "SOAP clients (`System.Web.Services`)": ["WebServices"],
    "`HttpWebRequest`, `WebClient` over TLS 1.2": ["WebRequests", "WebClients"],
    "`HttpClient` over TLS 1.2": ["HttpHandlers"],
    "`ServicePointManager` to trust a server, for `HttpClient`": ["HttpClients"],
    "SSL 3 among the protocols of `ServicePointManager`": ["OldTls"],
    "`HttpUtility`": ["WebUtility"],
    "`HttpContext` and the rest of `System.Web`": ["WebContext"],
    "`JavaScriptSerializer`": ["Json"],
    "`XmlSerializer`": ["XmlSerializers"],
    "`DataContractJsonSerializer`": ["DataContracts"],
    "`BinaryFormatter`": ["BinaryFormatter"],
    "`XslCompiledTransform`": ["Transformations"],
    "a Windows code page (`GetEncoding(1252)`)": ["CodePage"],
    "`Encoding.Default` for one": ["DefaultEncoding"],
    'cultures (`new CultureInfo("de-DE")`)': ["Cultures"],
    "time zones by their names in Windows": ["TimeZones"],
    "pictures (`System.Drawing.Bitmap`)": ["Drawing"],
    "`System.Windows.Forms`": ["Forms"],
    "other programs (`Process.Start`)": ["Processes"],
    "application domains": ["ApplicationDomain"],
    "remoting": ["Remoting"],
    "`CallContext` (log4net and NLog for .NET Framework)": ["CallContexts"],
    "`Thread.Abort`": ["ThreadAbort"],
    "`BeginInvoke` of a delegate": ["AsyncDelegates"],
    "the C# compiler (`CSharpCodeProvider`)": ["CompiledCode"],
    "`MemoryCache` (`System.Runtime.Caching`)": ["Caching"],
    "MEF (`System.ComponentModel.Composition`)": ["Composition"],
}
WORKS = ("yes", "stand-in", "in part")
FAILS = ("no", "copy", "on Windows")
# Its object ends the process once it is collected, so nothing may come after it.
DEADLY = "OleDb"
SETTINGS = """<configuration>
  <system.diagnostics><sources><source name="Contoso"><listeners>
    <add name="added" type="System.Diagnostics.ConsoleTraceListener"/>
  </listeners></source></sources></system.diagnostics>
  <appSettings><add key="Name" value="set"/></appSettings>
</configuration>"""

_told: dict[RuntimeKind, dict[str, str]] = {}


def cells() -> dict[str, list[str]]:
    """The rows of the table by their first cells: what they say of Mono and of .NET."""
    table = PAGE.partition("### What connectors use")[2].partition("\n|---")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[1:]]
    return {name: told for name, *told in rows}


def texts() -> list[str]:
    """The error texts that the page tells what to do about."""
    tables = PAGE.partition("## Troubleshooting")[2]
    return re.findall(r"^\| `(.+?)`", tables, re.MULTILINE)


@pytest.fixture(scope="module")
def dll(ours: Ours, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The connector that touches everything, compiled as on a machine that has it all."""
    folder = tmp_path_factory.mktemp("touches")
    power_shell = assembly(
        folder / "elsewhere" / "System.Management.Automation.dll",
        """namespace System.Management.Automation { public class PowerShell : System.IDisposable {
          public static PowerShell Create() { return null; } public void Dispose() { } } }""",
        version="3.0.0.0",
        signed=True,
    )
    made = folder / "Touches.dll"
    references: list[Path | str] = [
        ours.contract,
        power_shell,
        *(f"{each}.dll" for each in LIBRARIES),
    ]
    compile_assembly(made, TOUCHES, references=references)
    made.with_name("Touches.dll.config").write_text(SETTINGS)
    return made


class _Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a client that does not trust the server is meant to."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that speaks TLS, with a certificate that nobody knows."""
    pair = generate(["localhost"])
    files = [tmp_path_factory.mktemp("tls") / name for name in ("certificate", "key")]
    for file, text in zip(files, (pair.certificate_pem(), pair.key_pem()), strict=True):
        file.write_bytes(text)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[0], files[1])
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hello) as listening:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"https://localhost:{listening.server_port}/"
        listening.shutdown()
        thread.join()


@pytest.fixture
def told(
    kind: RuntimeKind,
    dll: Path,
    server: str,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, str]:
    """What came of each touch on a runtime, asked once."""
    require("mono")
    for name in ("SSL_CERT_FILE", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"):
        monkeypatch.delenv(name, raising=False)
    if kind not in _told:
        names = sorted(name for each in ROWS.values() for name in each if name != DEADLY)
        with workers(kind, dll, cache) as pool:
            _told[kind] = {}
            for group in (names, [DEADLY]):
                given = ConfigParameters({"Touches": ",".join(group), "Server": server})
                sink = ListSink()
                run_import(ConnectorSource(pool, given), sink)
                _told[kind] |= {
                    str(each.anchor["name"]): str(each.attributes["told"]) for each in sink.entries
                }
    return _told[kind]


def test_every_row_is_tried() -> None:
    """No row of the table is only believed, and no touch of the connector is without its row."""
    source = "".join(each.read_text(encoding="utf-8") for each in TOUCHES)
    written = re.findall(r"private static string (\w+)\(\)", source)

    assert list(cells()) == list(ROWS)
    assert sorted(written) == sorted(name for each in ROWS.values() for name in each)
    assert all(told.startswith((*WORKS, *FAILS)) for row in cells().values() for told in row[:2])


@KINDS
@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_what_the_runtime_does(
    told: dict[str, str], kind: RuntimeKind, row: str
) -> None:
    """What is said to work works, and what is said not to fails."""
    said = cells()[row][[MONO, CORECLR].index(kind)]
    if "with ICU" in said and ctypes.util.find_library("icuuc") is None:
        pytest.skip("ICU is not there, as the cell says it must be")
    if os.name == "nt" or sys.platform == "darwin":
        pytest.skip("the page tells of Linux")

    for touch in ROWS[row]:
        assert told[touch].startswith("works" if said.startswith(WORKS) else "fails"), told[touch]
        if said.startswith("copy"):
            assert "Could not load file or assembly" in told[touch]


@KINDS
def test_what_is_said_on_failing_is_in_the_page(told: dict[str, str], kind: RuntimeKind) -> None:
    """Who searches the page for what the runtime said finds what to do."""
    known = [re.compile(".+".join(map(re.escape, each.split("…")))) for each in texts()]
    failed = {
        touch: text
        for touch, text in told.items()
        if text.startswith("fails") and "UnnoticedException" not in text
    }

    assert failed
    assert {
        touch: text
        for touch, text in failed.items()
        if not any(each.search(text) for each in known)
    } == {}


@KINDS
def test_what_is_called_hollow_fails(told: dict[str, str], kind: RuntimeKind) -> None:
    """The doctor warns of types that were seen to fail here, and of no others."""
    touched = {
        "Microsoft.Win32.Registry": "Registry",
        "System.Data.OleDb.OleDbConnection": "OleDb",
        "System.DirectoryServices.Protocols.LdapConnection": "LdapConnection",
        "System.Management.ManagementObjectSearcher": "Wmi",
        "System.Security.Cryptography.CspParameters": "KeyContainers",
        "System.Security.Principal.WindowsIdentity": "Identity",
        "System.ServiceProcess.ServiceController": "Services",
    }

    warned = hollow.hollow_types(kind, frozenset(touched))

    # What .NET has not at all is told as missing, and needs no such warning.
    failed = {
        name
        for name, touch in touched.items()
        if told[touch].startswith("fails")
        and "Could not load file" not in told[touch]
        and "stand-in" not in told[touch]
    }
    assert set(warned) == failed
    assert set().union(*hollow._HOLLOW.values()) == touched.keys()
