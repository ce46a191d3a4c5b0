"""Connectors that carry their dependencies inside run as those whose dependencies lie beside them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.runs import ConnectorSource, ListSink, run_import
from tests.clr.building import USING, assembly, contract_of
from tests.clr.dotnet import KINDS
from tests.clr.hosted import Ours
from tests.clr.workers import workers

Bundle = Callable[[str, bool], Path]

CONNECTOR = """
using System.IO;
using System.Reflection;
public class Uses : Base { }
public class C : IMAExtensible2GetSchema, IMAExtensible2GetCapabilities, IMAExtensible2CallImport {
  INSTALLER { AppDomain.CurrentDomain.AssemblyResolve += Find; }
  private static Assembly Find(object sender, ResolveEventArgs asked) {
    string name = new AssemblyName(asked.Name).Name;
    using (Stream read = typeof(C).Assembly.GetManifestResourceStream(name + ".dll")) {
      if (read == null) return null;
      byte[] bytes = new byte[read.Length];
      read.Read(bytes, 0, bytes.Length);
      return Assembly.Load(bytes); } }
  public MACapabilities Capabilities { get { return new MACapabilities {
    DistinguishedNameStyle = MADistinguishedNameStyle.None,
    ExportType = MAExportType.AttributeUpdate }; } }
  public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {
    Schema schema = Schema.Create();
    SchemaType type = SchemaType.Create("person", true);
    type.Attributes.Add(SchemaAttribute.CreateAnchorAttribute("id", AttributeType.String));
    type.Attributes.Add(SchemaAttribute.CreateSingleValuedAttribute("contract", AttributeType.String));
    schema.Types.Add(type);
    return schema; }
  public int ImportDefaultPageSize { get { return 10; } }
  public int ImportMaxPageSize { get { return 10; } }
  public OpenImportConnectionResults OpenImportConnection(
    KeyedCollection<string, ConfigParameter> parameters, Schema types,
    OpenImportConnectionRunStep step) { return null; }
  public GetImportEntriesResults GetImportEntries(GetImportEntriesRunStep step) {
    return new GetImportEntriesResults(null, false, Entries()); }
  private static CSEntryChange[] Entries() {
    CSEntryChange entry = CSEntryChange.Create();
    entry.ObjectType = "person";
    entry.ObjectModificationType = ObjectModificationType.Add;
    entry.AnchorAttributes.Add(AnchorAttribute.Create("id", new Uses().Name));
    entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd(
      "contract", typeof(CSEntryChange).Assembly.Location));
    return new[] { entry }; }
  public CloseImportConnectionResults CloseImportConnection(CloseImportConnectionRunStep step) {
    return null; } }
"""


@pytest.fixture
def bundle(ours: Ours, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    """Builds the connector with its dependencies, and a contract if it carries one, inside."""

    def build(installer: str, carries_contract: bool) -> Path:
        inner = assembly(
            tmp_path / "Inner.dll", 'public class Inner { public string Name = "inner"; }'
        )
        outer = assembly(
            tmp_path / "Outer.dll", "public class Base : Inner { }", references=[inner]
        )
        contract = contract_of(tmp_path / "contract", "4.1.3.0") if carries_contract else None
        inside = [inner, outer, *([contract] if contract else [])]
        options = " ".join(f'"-resource:{each},{each.name}"' for each in inside)
        compiler = tmp_path / "compiler"
        compiler.write_text(f'#!/bin/sh\nexec mcs {options} "$@"\n')
        compiler.chmod(0o755)
        monkeypatch.setenv("ECMA2PY_CSC", str(compiler))
        return assembly(
            tmp_path / "bundle" / "C.dll",
            USING + CONNECTOR.replace("INSTALLER", installer),
            references=[contract or ours.contract, inner, outer],
        )

    return build


@KINDS
@pytest.mark.parametrize("installer", ["public C()", "static C()"])
@pytest.mark.parametrize("carries_contract", [False, True], ids=["", "with its contract"])
def test_dependencies_are_unpacked(
    bundle: Bundle, cache: Path, kind: RuntimeKind, installer: str, carries_contract: bool
) -> None:
    """By the connector's own resolver, whenever it begins; the contract is ours all the same."""
    with workers(kind, bundle(installer, carries_contract), cache) as pool:
        sink = ListSink()
        result = run_import(ConnectorSource(pool), sink)

    assert result.is_success, result.error_detail
    (entry,) = sink.entries
    assert entry.anchor == {"id": "inner"}
    assert str(entry.attributes["contract"]).startswith(str(cache))
