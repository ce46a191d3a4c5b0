"""A connector's DLL is loaded as it is, and its classes are found, on every runtime."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ecma2py.clr.compiling import CONTRACT_NAME
from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.building import CAPABILITIES, USING, assembly
from tests.clr.dotnet import KINDS
from tests.clr.hosted import Ours, hosted

SCHEMA = """
  Schema IMAExtensible2GetSchema.GetSchema(KeyedCollection<string, ConfigParameter> parameters) {
    Schema schema = Schema.Create();
    schema.Types.Add(SchemaType.Create("person", true));
    return schema;
  }
"""
FIRST_TYPE = """
connector = host.load(paths[0])
schema = connector.new("IMAExtensible2GetSchema").GetSchema(None)
result = [each.Name for each in schema.Types]
"""


@KINDS
def test_explicit_members_are_called_through_the_interface(
    tmp_path: Path, ours: Ours, kind: RuntimeKind
) -> None:
    """A class whose members are all explicit ones works, as published connectors are written."""
    path = assembly(
        tmp_path / "Connector.dll",
        f"{USING} public class C : IMAExtensible2GetSchema {{ {SCHEMA} }}",
        references=[ours.contract],
    )

    assert hosted(kind, FIRST_TYPE, path, ours=ours) == ["person"]


@KINDS
@pytest.mark.parametrize("against", ["4.1.0.0", "4.1.3.0", "4.1.3.0 unsigned"])
def test_connectors_of_every_version_bind(
    tmp_path: Path, ours: Ours, older: Callable[[str], Path], kind: RuntimeKind, against: str
) -> None:
    """Whichever version of the contract a DLL was compiled against, it gets ours."""
    path = assembly(
        tmp_path / "Connector.dll",
        f"{USING} public class C : IMAExtensible2GetSchema {{ {SCHEMA} }}",
        references=[older(against)],
    )

    assert hosted(kind, FIRST_TYPE, path, ours=ours) == ["person"]


@KINDS
def test_a_copy_beside_the_connector_is_not_taken(
    tmp_path: Path, ours: Ours, kind: RuntimeKind
) -> None:
    """The contract that was loaded first is the only one, even where the folder holds another."""
    copy = tmp_path / ours.contract.name
    copy.write_bytes(ours.contract.read_bytes())
    path = assembly(
        tmp_path / "Connector.dll",
        f"{USING} public class C : IMAExtensible2GetSchema {{ {SCHEMA} }}",
        references=[copy],
    )
    code = f"""{FIRST_TYPE}
import System
result = [
    each.Location
    for each in System.AppDomain.CurrentDomain.GetAssemblies()
    if each.GetName().Name == "{CONTRACT_NAME}"
]
"""

    assert hosted(kind, code, path, ours=ours) == [str(ours.contract)]


@KINDS
def test_each_interface_has_its_class(tmp_path: Path, ours: Ours, kind: RuntimeKind) -> None:
    """Interfaces may be spread over classes; those that cannot be made are passed over."""
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING}
        namespace N {{
        public abstract class Abstract : IMAExtensible2GetSchema {{ {SCHEMA} }}
        class Hidden : Abstract {{ }}
        public class Generic<T> : Abstract {{ }}
        public class Wanting : Abstract {{ public Wanting(string name) {{ }} }}
        public class Outer {{ class Inner : Abstract {{ }} }}
        public class Schemas : Abstract {{ }}
        public class Other : Abstract, IMAExtensible2GetCapabilitiesEx {{ {CAPABILITIES} }}
        }}""",
        references=[ours.contract],
    )
    code = """
connector = host.load(paths[0])
result = {each: connector.class_of(each) for each in connector.interfaces}
"""

    assert hosted(kind, code, path, ours=ours) == {
        "IMAExtensible2GetSchema": "N.Schemas",
        "IMAExtensible2GetCapabilitiesEx": "N.Other",
    }


@KINDS
def test_every_object_is_a_new_one(tmp_path: Path, ours: Ours, kind: RuntimeKind) -> None:
    """What one run leaves in its object is not there for the next."""
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} public class C : IMAExtensible2GetSchema {{
          private bool asked;
          public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
            Schema schema = Schema.Create();
            if (!asked) schema.Types.Add(SchemaType.Create("first time", true));
            asked = true;
            return schema; }} }}""",
        references=[ours.contract],
    )
    code = """
connector = host.load(paths[0])
count = lambda made: made.GetSchema(None).Types.Count
made = connector.new("IMAExtensible2GetSchema")
result = [count(made), count(made), count(connector.new("IMAExtensible2GetSchema"))]
"""

    assert hosted(kind, code, path, ours=ours) == [1, 0, 1]


@KINDS
def test_a_constructor_raises_what_it_raises(tmp_path: Path, ours: Ours, kind: RuntimeKind) -> None:
    """The exception of a constructor is not wrapped into another one."""
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} public class C : IMAExtensible2GetSchema {{
          public C() {{ throw new ServerDownException("no event log here"); }} {SCHEMA} }}""",
        references=[ours.contract],
    )
    code = """
import System
try:
    host.load(paths[0]).new("IMAExtensible2GetSchema")
except System.Exception as error:
    result = [error.GetType().FullName, error.Message]
"""

    assert hosted(kind, code, path, ours=ours) == [
        "Microsoft.MetadirectoryServices.ServerDownException",
        "no event log here",
    ]


@KINDS
def test_types_that_miss_something_keep_no_other_from_working(
    tmp_path: Path, ours: Ours, kind: RuntimeKind
) -> None:
    """A class whose base is missing is left alone, and the rest of the DLL is used."""
    gone = assembly(tmp_path / "Gone.dll", "public class Base { }")
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} public class Broken : Base {{ }}
        public class C : IMAExtensible2GetSchema {{ {SCHEMA} }}""",
        references=[ours.contract, gone],
    )
    gone.unlink()

    assert hosted(kind, FIRST_TYPE, path, ours=ours) == ["person"]


@KINDS
def test_a_native_library_in_place_of_a_dependency_is_a_missing_one(
    tmp_path: Path, ours: Ours, kind: RuntimeKind
) -> None:
    """A class that needs it is left alone, and the rest of the DLL is used."""
    native = assembly(tmp_path / "Native.dll", "public class Base { }")
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} public class Broken : Base, IMAExtensible2GetCapabilitiesEx {{ {CAPABILITIES} }}
        public class C : IMAExtensible2GetSchema {{ {SCHEMA} }}""",
        references=[ours.contract, native],
    )
    native.write_bytes(b"\x7fELF" + bytes(100))

    assert hosted(kind, FIRST_TYPE, path, ours=ours) == ["person"]


@KINDS
def test_what_a_connector_misses_is_told(tmp_path: Path, ours: Ours, kind: RuntimeKind) -> None:
    """Where no class can be used, the message names what each of them misses."""
    gone = assembly(tmp_path / "Gone.dll", "public class Base { }")
    path = assembly(
        tmp_path / "Connector.dll",
        f"{USING} public class C : Base, IMAExtensible2GetSchema {{ {SCHEMA} }}",
        references=[ours.contract, gone],
    )
    gone.unlink()
    code = "result = told(lambda: host.load(paths[0]))"

    message = hosted(kind, code, path, ours=ours)

    assert message.startswith(f"ConnectorLoadError: {path} has no public class")
    assert "'Gone, Version=1.0.0.0" in message


@KINDS
def test_a_class_may_inherit_from_another_assembly(
    tmp_path: Path, ours: Ours, kind: RuntimeKind
) -> None:
    """What a base beside the connector implements counts, also next to what the DLL declares."""
    base = assembly(
        tmp_path / "Base.dll",
        f"{USING} public class Base : IMAExtensible2GetSchema {{ {SCHEMA} }}",
        references=[ours.contract],
    )
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} public class Derived : Base {{ }}
        public class Declares : IMAExtensible2GetCapabilitiesEx {{ {CAPABILITIES} }}""",
        references=[ours.contract, base],
    )
    code = """
connector = host.load(paths[0])
result = {each: connector.class_of(each) for each in connector.interfaces}
"""

    assert hosted(kind, code, path, ours=ours) == {
        "IMAExtensible2GetSchema": "Derived",
        "IMAExtensible2GetCapabilitiesEx": "Declares",
    }


@KINDS
def test_a_dependency_that_misses_something_is_used(
    tmp_path: Path, ours: Ours, kind: RuntimeKind
) -> None:
    """What is missing of one class in a dependency does not keep its other classes away."""
    gone = assembly(tmp_path / "Gone.dll", "public class Base { }")
    beside = assembly(
        tmp_path / "Beside.dll",
        'public class Broken : Base { } public class B { public string Name = "b"; }',
        references=[gone],
    )
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} public class C : IMAExtensible2GetSchema {{
          public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
            Schema schema = Schema.Create();
            schema.Types.Add(SchemaType.Create(new B().Name, true));
            return schema; }} }}""",
        references=[ours.contract, beside],
    )
    gone.unlink()

    assert hosted(kind, FIRST_TYPE, path, ours=ours) == ["b"]


@KINDS
def test_what_lies_beside_the_connector_is_found(
    tmp_path: Path, ours: Ours, kind: RuntimeKind
) -> None:
    """A dependency is loaded from the connector's folder, also in another version than asked for."""
    beside = assembly(
        tmp_path / "Beside.dll", 'public class B { public string Name = "a"; }', version="2.0.0.0"
    )
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} public class C : IMAExtensible2GetSchema {{
          public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
            Schema schema = Schema.Create();
            schema.Types.Add(SchemaType.Create(new B().Name, true));
            return schema; }} }}""",
        references=[ours.contract, beside],
    )
    assembly(beside, 'public class B { public string Name = "older"; }', version="1.0.0.0")

    assert hosted(kind, FIRST_TYPE, path, ours=ours) == ["older"]


@KINDS
def test_an_embedded_dependency_is_found_by_the_connectors_own_resolver(
    tmp_path: Path,
    ours: Ours,
    kind: RuntimeKind,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A DLL that unpacks its dependencies once its first object is made works like any other."""
    packed = assembly(
        tmp_path / "build" / "Packed.dll", 'public class P { public string Name = "p"; }'
    )
    compiler = tmp_path / "compiler"
    compiler.write_text(f'#!/bin/sh\nexec mcs "-resource:{packed},packed.dll" "$@"\n')
    compiler.chmod(0o755)
    monkeypatch.setenv("ECMA2PY_CSC", str(compiler))
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} using System.Reflection; using System.IO;
        public class Uses : P {{ }}
        public class C : IMAExtensible2GetSchema {{
          public C() {{ AppDomain.CurrentDomain.AssemblyResolve += delegate(object s, ResolveEventArgs a) {{
            if (!a.Name.StartsWith("Packed")) return null;
            using (Stream read = typeof(C).Assembly.GetManifestResourceStream("packed.dll")) {{
              byte[] bytes = new byte[read.Length];
              read.Read(bytes, 0, bytes.Length);
              return Assembly.Load(bytes); }} }}; }}
          public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
            return Made(); }}
          private static Schema Made() {{
            Schema schema = Schema.Create();
            schema.Types.Add(SchemaType.Create(new Uses().Name, true));
            return schema; }} }}""",
        references=[ours.contract, packed],
    )

    assert hosted(kind, FIRST_TYPE, path, ours=ours) == ["p"]


@KINDS
def test_an_embedded_contract_is_not_taken(
    tmp_path: Path, ours: Ours, kind: RuntimeKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DLL that packs its own copy of the contract, and unpacks it when asked, gets ours."""
    compiler = tmp_path / "compiler"
    compiler.write_text(f'#!/bin/sh\nexec mcs "-resource:{ours.contract},contract.dll" "$@"\n')
    compiler.chmod(0o755)
    monkeypatch.setenv("ECMA2PY_CSC", str(compiler))
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} using System.Reflection; using System.IO;
        public class C : IMAExtensible2GetSchema {{
          static C() {{ AppDomain.CurrentDomain.AssemblyResolve += delegate(object s, ResolveEventArgs a) {{
            using (Stream read = typeof(C).Assembly.GetManifestResourceStream("contract.dll")) {{
              byte[] bytes = new byte[read.Length];
              read.Read(bytes, 0, bytes.Length);
              return Assembly.Load(bytes); }} }}; }}
          public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
            Assembly.Load("{CONTRACT_NAME}, Version=4.1.4.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35");
            Schema schema = Schema.Create();
            foreach (Assembly each in AppDomain.CurrentDomain.GetAssemblies())
              if (each.GetName().Name == "{CONTRACT_NAME}")
                schema.Types.Add(SchemaType.Create(each.Location, true));
            return schema; }} }}""",
        references=[ours.contract],
    )

    assert hosted(kind, FIRST_TYPE, path, ours=ours) == [str(ours.contract)]


@KINDS
def test_the_folders_of_the_connector_are_known_to_it(
    tmp_path: Path, ours: Ours, kind: RuntimeKind
) -> None:
    """MAUtils.MAFolder is the folder given, and Utils.ExtensionsDirectory where the DLL lies."""
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} public class C : IMAExtensible2GetSchema {{
          public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
            Schema schema = Schema.Create();
            schema.Types.Add(SchemaType.Create(MAUtils.MAFolder, true));
            schema.Types.Add(SchemaType.Create(Utils.ExtensionsDirectory + "/", true));
            return schema; }} }}""",
        references=[ours.contract],
    )
    code = FIRST_TYPE.replace("host.load(paths[0])", "host.load(paths[0], folder=paths[1])")
    data = tmp_path / "data"

    assert hosted(kind, code, path, data, ours=ours) == [
        str(data),
        f"{tmp_path}/",
    ]


def settings_in(folder: Path) -> Path:
    """A ``.config`` file with one setting."""
    settings = folder / "Connector.dll.config"
    settings.write_text(
        '<configuration><appSettings><add key="type" value="set"/></appSettings></configuration>'
    )
    return settings


def test_settings_are_read_from_the_config_file(tmp_path: Path, ours: Ours) -> None:
    """The application settings of a .NET Framework connector come from the file beside it."""
    settings = settings_in(tmp_path)
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} public class C : IMAExtensible2GetSchema {{
          public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
            Schema schema = Schema.Create();
            schema.Types.Add(SchemaType.Create(
              System.Configuration.ConfigurationManager.AppSettings["type"], true));
            return schema; }} }}""",
        references=[ours.contract, Path("System.Configuration.dll")],
    )

    assert hosted(RuntimeKind.MONO, FIRST_TYPE, path, ours=ours, settings=settings) == ["set"]


@KINDS
def test_settings_are_read_after_something_of_the_web(
    tmp_path: Path, ours: Ours, stand_ins: Path, kind: RuntimeKind
) -> None:
    """Whoever has escaped a text with HttpUtility finds the settings where they were."""
    settings = settings_in(tmp_path)
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} public class C : IMAExtensible2GetSchema {{
          public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
            Schema schema = Schema.Create();
            schema.Types.Add(SchemaType.Create(System.Web.HttpUtility.UrlEncode("a b"), true));
            schema.Types.Add(SchemaType.Create(
              System.Configuration.ConfigurationManager.AppSettings["type"] ?? "none", true));
            return schema; }} }}""",
        references=[ours.contract, Path("System.Configuration.dll"), Path("System.Web.dll")],
    )

    told = hosted(kind, FIRST_TYPE, path, ours=ours, settings=settings, stand_ins=stand_ins)
    assert told == ["a+b", "set"]


@KINDS
def test_code_pages_of_windows_are_read(tmp_path: Path, ours: Ours, kind: RuntimeKind) -> None:
    """A connector for .NET Framework asks for a code page, and registers nothing for it."""
    path = assembly(
        tmp_path / "Connector.dll",
        f"""{USING} public class C : IMAExtensible2GetSchema {{
          public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
            Schema schema = Schema.Create();
            foreach (object each in new object[] {{ 1252, "windows-1251", "ibm850" }}) {{
              System.Text.Encoding page = each is int
                ? System.Text.Encoding.GetEncoding((int)each)
                : System.Text.Encoding.GetEncoding((string)each);
              schema.Types.Add(SchemaType.Create(page.GetString(new byte[] {{ 0x8E }}), true)); }}
            return schema; }} }}""",
        references=[ours.contract],
    )

    assert hosted(kind, FIRST_TYPE, path, ours=ours) == ["\u017d", "\u040b", "\u00c4"]


@KINDS
def test_what_does_not_load_is_named(tmp_path: Path, ours: Ours, kind: RuntimeKind) -> None:
    """No file, no assembly and no connector are three errors, each of which names the file."""
    text = tmp_path / "text.dll"
    text.write_text("no assembly")
    plain = assembly(
        tmp_path / "plain.dll",
        f"{USING} class Hidden : IMAExtensible2GetSchema {{ {SCHEMA} }} public class C {{ }}",
        references=[ours.contract],
    )
    code = "result = [told(lambda: host.load(path)) for path in paths]"

    missing, other, none = hosted(kind, code, tmp_path / "none.dll", text, plain, ours=ours)

    assert "No such file" in missing
    assert str(tmp_path / "none.dll") in missing
    assert "text.dll is no .NET assembly" in other
    assert none.startswith(f"ConnectorLoadError: {plain} has no public class")


@KINDS
def test_a_second_runtime_is_refused(ours: Ours, kind: RuntimeKind) -> None:
    """One process holds one runtime, which is said before anything breaks."""
    code = """
result = told(lambda: start(runtime, contract=Path(contract), bridge=Path(bridge)))
"""

    assert "this process runs .NET already" in hosted(kind, code, ours=ours)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no such folder")
def test_mono_leaves_nothing_in_shared_memory(ours: Ours) -> None:
    """A worker that is killed cannot clear up."""
    code = "import os; result = Path(f'/dev/shm/mono.{os.getpid()}').exists()"

    assert hosted(RuntimeKind.MONO, code, ours=ours) is False
