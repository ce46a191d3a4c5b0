"""The bridge finds what a connector asks for by itself, without the help of pythonnet's own handler."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.building import assembly
from tests.clr.dotnet import KINDS, run
from tests.clr.hosted import Ours

PROGRAM = """
using System;
using Ecma2py.Bridge;
public static class Program {{
  public static void Main() {{
    Resolver.Start(@"{contract}");
    ConnectorTypes types = ConnectorTypes.Load(@"{connector}", new[] {{ "C" }});
    object made = types.New("IMAExtensible2GetSchema");
    Type contract = Resolver.Contract.GetType("Microsoft.MetadirectoryServices.IMAExtensible2GetSchema");
    object schema = contract.GetMethod("GetSchema").Invoke(made, new object[] {{ null }});
    Console.WriteLine(schema.GetType().Assembly.Location);
    try {{ Resolver.Start(@"{contract}"); }}
    catch (InvalidOperationException error) {{ Console.WriteLine(error.Message); }}
  }}
}}
"""
CONNECTOR = """
using System.Collections.ObjectModel;
using System.IO;
using System.Reflection;
using Microsoft.MetadirectoryServices;
public class C : IMAExtensible2GetSchema {
  public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {
    Unpacked("Inner");
    Unpacked("Packed").GetType("Packed", true).GetMethod("Use").Invoke(null, null);
    return Schema.Create(); }
  private static Assembly Unpacked(string name) {
    string folder = Path.GetDirectoryName(typeof(C).Assembly.Location);
    return Assembly.Load(File.ReadAllBytes(Path.Combine(folder, name + ".bin"))); } }
"""
PACKED = "public class Packed { public static void Use() { new Inner(); new Late(); } }"


@KINDS
@pytest.mark.parametrize("against", ["4.1.0.0", "4.1.3.0 unsigned"])
def test_the_contract_and_what_lies_beside_the_connector_are_found(
    tmp_path: Path, ours: Ours, older: Callable[[str], Path], kind: RuntimeKind, against: str
) -> None:
    """Another version is answered with ours; what was unpacked finds its like, and the folder."""
    beside = tmp_path / "connector"
    late = assembly(beside / "Late.dll", "public class Late { }", version="2.0.0.0", signed=True)
    inner = assembly(tmp_path / "Inner.dll", "public class Inner { }")
    packed = assembly(tmp_path / "Packed.dll", PACKED, references=[inner, late])
    for each in (inner, packed):
        (beside / f"{each.stem}.bin").write_bytes(each.read_bytes())
    assembly(late, "public class Late { }", version="1.0.0.0", signed=True)
    connector = assembly(beside / "Connector.dll", CONNECTOR, references=[older(against)])
    folder = tmp_path / "program"
    folder.mkdir()
    bridge = folder / ours.bridge.name
    bridge.write_bytes(ours.bridge.read_bytes())
    program = assembly(
        folder / "Program.exe",
        PROGRAM.format(contract=ours.contract, connector=connector),
        references=[bridge],
    )

    location, refusal = run(kind, program, folder=tmp_path / kind.value).splitlines()

    assert location == str(ours.contract)
    assert refusal == f"The contract assembly {ours.contract} is loaded already."
