"""A DLL is called as connectors in the field need it, on every runtime, in a worker."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.entries import CSEntryChange
from ecma2py.errors import ConfigurationError
from ecma2py.parameters import ConfigParameterPage, ConfigParameters, SecureString
from ecma2py.runs import ConnectorSource, ExportOutcome, ExportSession, ListSink, run_import
from ecma2py.schema import AttributeType
from ecma2py.steps import (
    GetImportEntriesRunStep,
    OpenImportConnectionRunStep,
    OperationType,
    PasswordOptions,
)
from tests.clr.building import USING, assembly
from tests.clr.dotnet import KINDS
from tests.clr.hosted import Ours
from tests.clr.workers import SOURCES, deeds, workers


@pytest.fixture(scope="module")
def ways(ours: Ours, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DLL with a class for each group of interfaces, all members explicit."""
    return assembly(
        tmp_path_factory.mktemp("ways") / "Ways.dll",
        (SOURCES / "Ways.cs").read_text(encoding="utf-8"),
        references=[ours.contract, Path("System.Core.dll")],
    )


@KINDS
def test_every_defined_parameter_is_given(ways: Path, cache: Path, kind: RuntimeKind) -> None:
    """What nobody set has its default: '' or 0 or 1, a secret as one, from every page."""
    with workers(kind, ways, cache) as pool:
        source = ConnectorSource(pool, ConfigParameters({"Host": "h", "Password": "four"}))
        sink = ListSink()
        run_import(source, sink)

    assert sink.entries[0].attributes["name"] == (
        "Delta=1|File=|Host=h|Kind=c|Password=secret of 4|Script=#|Tls=0"
    )


@KINDS
def test_entries_come_in_whichever_way_they_are_given(
    ways: Path, cache: Path, kind: RuntimeKind
) -> None:
    """Null and empty pages, lazy entries, anchors in either place; what is wrong fails alone."""
    with workers(kind, ways, cache) as pool:
        sink = ListSink()
        result = run_import(ConnectorSource(pool), sink)

    assert [each.anchor for each in sink.entries] == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert sink.entries[1].attributes.keys() <= {"id"}
    assert sink.entries[2].attributes["mail"] == ["one@x"]
    assert result.pages == 6
    assert [each.name for each in result.errors] == [
        "ImportErrorInvalidAttributeValue",
        "ImportErrorParseError",
        "locked",
    ]
    assert "DateTime" in result.errors[0].detail
    assert result.errors[2].detail == "the row is locked"


@KINDS
def test_what_a_lazy_page_raises_ends_the_run(ways: Path, cache: Path, kind: RuntimeKind) -> None:
    """Updates and deletes of a delta come through; the exception is the one that was thrown."""
    with workers(kind, ways, cache) as pool:
        sink = ListSink()
        result = run_import(
            ConnectorSource(pool), sink, operation=OperationType.DELTA, watermark="w"
        )

    assert result.result == "dropped-connection"
    assert result.error_detail == "lost in the middle"


@KINDS
def test_deltas_have_the_types_of_the_schema(ways: Path, cache: Path, kind: RuntimeKind) -> None:
    """The factories of .NET say neither type nor number of values: the schema does."""
    with workers(kind, ways, cache) as pool:
        source = ConnectorSource(pool)
        connector: Any = pool()
        schema = source.describe().schema
        step = OpenImportConnectionRunStep(import_type=OperationType.DELTA, page_size=2)
        connector.open_import_connection(ConfigParameters(), schema, step)
        pages = [connector.get_import_entries(GetImportEntriesRunStep()) for _ in range(6)]
        connector.release()

    (update, delete) = pages[5].cs_entries
    mail, name = update.changes["mail"], update.changes["name"]
    assert update.anchor == {"id": 1}
    assert (mail.values, mail.removed) == (("new@x",), ("old@x",))
    assert (mail.is_multi_valued, mail.data_type) == (True, AttributeType.STRING)
    assert (name.is_multi_valued, name.data_type) == (False, AttributeType.STRING)
    assert delete.anchor == {"id": 2}


def submitted(session: ExportSession, *names: str) -> list[ExportOutcome]:
    """What became of new people with these names."""
    found: list[Future[ExportOutcome]] = [
        session.submit(
            CSEntryChange.add(
                "person",
                {"id": 7} if name == "silent" else {},
                attributes={"name": name, "mail": ["a", "b"]},
            )
        )
        for name in names
    ]
    return [each.result(60) for each in found]


@KINDS
def test_results_are_matched_by_identifier(ways: Path, cache: Path, kind: RuntimeKind) -> None:
    """No result is success; others belong to their change in any order, with anchors and errors."""
    with workers(kind, ways, cache) as pool:
        session = ExportSession(ConnectorSource(pool))
        silent, anchored, both, told = submitted(session, "silent", "anchored", "both", "told")
        thrown = submitted(session, "thrown")[0]
        (alone,) = submitted(session, "silent")
        session.close()

    assert silent.is_success
    assert alone.is_success
    assert anchored.is_success
    assert anchored.new_anchor == {"id": 8}
    assert (both.error_name, both.error_detail) == ("half-done", "made, but not in its group")
    assert told.error_detail == "DN '', name String one, mail String many"
    assert (thrown.error_name, thrown.error_detail) == (
        "UnexpectedDataException",
        "not one of these",
    )


@KINDS
def test_what_opening_raises_is_the_result_of_the_change(
    ways: Path, cache: Path, kind: RuntimeKind
) -> None:
    """An exception that asks for another try does so here as well."""
    with workers(kind, ways, cache) as pool:
        session = ExportSession(ConnectorSource(pool, ConfigParameters({"File": "x"})))
        (outcome,) = submitted(session, "silent")
        session.close()

    assert outcome.error_detail == "no x"
    assert outcome.retryable


@KINDS
def test_pages_are_asked_for_and_validated(ways: Path, cache: Path, kind: RuntimeKind) -> None:
    """Schema pages have numbers; choices and defaults are .NET's; a foreign pattern stops nothing."""
    with workers(kind, ways, cache) as pool:
        connector: Any = pool()
        ask = connector.get_config_parameters_ex
        fields = ask(ConfigParameters(), ConfigParameterPage.CONNECTIVITY, 0)
        pages = [ask(ConfigParameters(), ConfigParameterPage.SCHEMA, each) for each in (1, 2)]
        connector.release()
        good = ConnectorSource(pool, ConfigParameters({"Host": "h"})).validate()
        bad = ConnectorSource(pool, ConfigParameters({"Host": "bad"})).validate()

    assert [each.name for each in fields] == [
        "Host",
        "Delta",
        "Tls",
        "",
        "",
        "Password",
        "Kind",
    ]
    assert fields[4].text == "Who:"
    assert fields[6].values == ("a,b", "c")
    assert [each.default_value for each in fields] == ["", "1", "0", "", "", "", "c"]
    assert [len(each) for each in pages] == [1, 0]
    assert good.is_success
    assert (bad.error_message, bad.error_parameter) == ("no such host", "Host")


@KINDS
def test_each_run_has_objects_and_statics_of_its_own(
    ours: Ours, cache: Path, tmp_path: Path, kind: RuntimeKind
) -> None:
    """Nothing that one run leaves behind is there for the next, not even in static fields."""
    with workers(kind, deeds(ours, tmp_path), cache) as pool:
        source = ConnectorSource(pool, ConfigParameters({"Deed": "count"}))
        sinks = [ListSink(), ListSink()]
        for each in sinks:
            run_import(source, each)

    assert [each.entries[0].attributes["n"] for each in sinks] == ["1", "1"]


NAMES = """
public class C : IMAExtensible2Password {
  public void OpenPasswordConnection(
    KeyedCollection<string, ConfigParameter> parameters, Partition partition) { }
  public void ClosePasswordConnection() { }
  public ConnectionSecurityLevel GetConnectionSecurityLevel() {
    return ConnectionSecurityLevel.Secure; }
  public void ChangePassword(
    CSEntry entry, System.Security.SecureString old, System.Security.SecureString password) { }
  public void SetPassword(
    CSEntry entry, System.Security.SecureString password, PasswordOptions options) {
    string name = entry.MA.EscapeDNComponent("CN=a,b\\\\", "UID=c+d").ToString();
    string[] parts = entry.MA.UnescapeDNComponent(name);
    throw new Exception(name + " is " + string.Join(" and ", parts)); } }"""


@KINDS
def test_the_parts_of_a_name_survive_its_escaping(
    ours: Ours, cache: Path, tmp_path: Path, kind: RuntimeKind
) -> None:
    """What the management agent of a password call escapes it takes apart again unchanged."""
    dll = assembly(tmp_path / "C.dll", USING + NAMES, references=[ours.contract])
    entry = CSEntryChange.add("person", {"id": 1}, dn="CN=x")
    with workers(kind, dll, cache) as pool:
        connector: Any = pool()
        with pytest.raises(Exception, match="is") as caught:
            connector.set_password(entry, SecureString("s"), PasswordOptions(0))
        connector.release()

    assert str(caught.value) == r"CN=a\,b\\+UID=c\+d is CN=a,b\ and UID=c+d"


FILES = """
public class C : IMAExtensible2GetSchema {
  public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {
    string read = System.IO.File.ReadAllText(MAUtils.MAFolder + "\\\\in.txt")
      + System.IO.File.ReadAllText(Utils.ExtensionsDirectory + "\\\\sub\\\\in.txt");
    System.IO.File.WriteAllText(MAUtils.MAFolder + "\\\\out.txt", "written");
    if (System.IO.File.Exists(MAUtils.MAFolder + "\\\\log.txt")) {
      System.IO.File.Move(MAUtils.MAFolder + "\\\\log.txt", MAUtils.MAFolder + "\\\\log.old");
      System.IO.Directory.CreateDirectory(MAUtils.MAFolder + "\\\\made");
      System.IO.File.AppendAllText(MAUtils.MAFolder + "\\\\made\\\\log.txt", "anew"); }
    Schema schema = Schema.Create();
    SchemaType type = SchemaType.Create(read + SETTING, true);
    type.Attributes.Add(SchemaAttribute.CreateAnchorAttribute("id", AttributeType.String));
    schema.Types.Add(type);
    return schema; } }"""


@KINDS
def test_files_are_named_with_backslashes(
    ours: Ours, cache: Path, tmp_path: Path, kind: RuntimeKind
) -> None:
    """MAFolder and ExtensionsDirectory lead to files also where a backslash is no separator."""
    dll = assembly(
        tmp_path / "dll" / "C.dll",
        USING + FILES.replace("SETTING", '"!"'),
        references=[ours.contract],
    )
    (dll.parent / "sub").mkdir()
    (dll.parent / "sub" / "in.txt").write_text("beside the DLL")
    (tmp_path / "Agent").mkdir()
    (tmp_path / "Agent" / "in.txt").write_text("of the agent, ")
    (tmp_path / "Agent" / "log.txt").write_text("before")
    settings = {"folder": str(tmp_path / "Agent")}
    with workers(kind, dll, cache, settings=settings) as pool:
        schema = ConnectorSource(pool).describe().schema

    assert list(schema.types) == ["of the agent, beside the DLL!"]
    assert (tmp_path / "Agent" / "out.txt").read_text() == "written"
    assert (tmp_path / "Agent" / "log.old").read_text() == "before"
    assert not (tmp_path / "Agent" / "log.txt").exists()
    assert (tmp_path / "Agent" / "made" / "log.txt").read_text() == "anew"


def test_settings_beside_the_dll_are_read(ours: Ours, cache: Path, tmp_path: Path) -> None:
    """A connector of .NET Framework finds the application settings that lie beside it."""
    dll = assembly(
        tmp_path / "C.dll",
        USING
        + FILES.replace("SETTING", 'System.Configuration.ConfigurationManager.AppSettings["type"]'),
        references=[ours.contract, Path("System.Configuration.dll")],
    )
    dll.with_name("C.dll.config").write_text(
        '<configuration><appSettings><add key="type" value="set"/></appSettings></configuration>'
    )
    (tmp_path / "sub").mkdir()
    for each in (tmp_path / "in.txt", tmp_path / "sub" / "in.txt"):
        each.write_text("x")
    with workers(RuntimeKind.MONO, dll, cache) as pool:
        assert list(ConnectorSource(pool).describe().schema.types) == ["xxset"]


@KINDS
def test_a_dll_that_is_not_there_is_a_configuration_error(
    cache: Path, tmp_path: Path, kind: RuntimeKind
) -> None:
    """Neither a missing file nor one that is no assembly ends in anything but words about it."""
    text = tmp_path / "text.dll"
    text.write_text("no assembly")
    for path, told in ((tmp_path / "none.dll", "There is no file"), (text, "no .NET assembly")):
        with (
            workers(kind, path, cache) as pool,
            pytest.raises(ConfigurationError, match=told),
        ):
            pool()
