"""Assemblies are read as files: what they say is taken over, and nonsense is refused by name."""

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.clr.compiling import CONTRACT_NAME, CONTRACT_PUBLIC_KEY, compile_assembly
from ecma2py.clr.metadata import (
    Assembly,
    AssemblyName,
    NotAnAssemblyError,
    defined_types,
    identity,
    used_types,
)
from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.dotnet import runtime
from tests.servers.needs import require

Build = Callable[..., Assembly]
READERS = (Assembly.read, identity, used_types, defined_types)


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Compiles a source text and reads what came out."""
    require("mono")

    def compiled(text: str, name: str = "Built.dll", **options: object) -> Assembly:
        source = tmp_path / f"{name}.cs"
        source.write_text(text, encoding="utf-8")
        compile_assembly(tmp_path / name, [source], **options)  # type: ignore[arg-type]
        return Assembly.read(tmp_path / name)

    return compiled


def test_identity_and_references_are_read(build: Build, contract: Path) -> None:
    """Name, version, culture and token come out, of the assembly and of what it asks for."""
    built = build(
        '[assembly: System.Reflection.AssemblyVersion("1.2.3.4")]\n'
        "public class C { public Microsoft.MetadirectoryServices.Schema S; }",
        name="My.Connector.dll",
        references=[contract],
        public_key=CONTRACT_PUBLIC_KEY,
    )

    assert built.name == AssemblyName("My.Connector", (1, 2, 3, 4), "31bf3856ad364e35")
    assert str(built.name) == (
        "My.Connector, Version=1.2.3.4, Culture=neutral, PublicKeyToken=31bf3856ad364e35"
    )
    assert set(built.references) == {
        AssemblyName("mscorlib", (4, 0, 0, 0), "b77a5c561934e089"),
        AssemblyName(CONTRACT_NAME, (4, 1, 4, 0), "31bf3856ad364e35"),
    }


@pytest.mark.parametrize(
    ("attribute", "shown"),
    [
        ("", ".NET Framework 4.0"),
        (".NETFramework,Version=v4.6.1", ".NET Framework 4.6.1"),
        (".NETStandard,Version=v2.0", ".NET Standard 2.0"),
        (".NETCoreApp,Version=v8.0", ".NET 8.0"),
        ("Silverlight,Version=v5.0,Profile=x", "Silverlight 5.0"),
    ],
)
def test_the_target_framework_is_read(build: Build, attribute: str, shown: str) -> None:
    """What a DLL was built for is what its attribute says, or else what it refers to."""
    attribute = attribute and (
        f'[assembly: System.Runtime.Versioning.TargetFramework("{attribute}")]'
    )

    assert build(f"{attribute} public class C {{ }}").target_framework == shown


def test_attributes_that_nobody_asks_for_are_not_read(build: Build) -> None:
    """A DLL is not refused for an attribute with an enum that is no int, as only its type tells."""
    read = build(
        """
        [assembly: Mark(Narrow.A, Narrow.A, Named = Narrow.A)]
        [assembly: System.Runtime.Versioning.TargetFramework(".NETFramework,Version=v4.8")]
        public enum Narrow : byte { A = 107 }
        public class MarkAttribute : System.Attribute {
          public MarkAttribute(Narrow first, Narrow second) { } public Narrow Named; }
        """
    )

    assert read.target_framework == ".NET Framework 4.8"


def test_classes_and_their_interfaces_are_read(build: Build, contract: Path) -> None:
    """Public concrete classes are listed with what they implement; others are not."""
    built = build(
        "using Microsoft.MetadirectoryServices;\n"
        "namespace N {\n"
        "public class Import : IMAExtensible2GetSchema, System.IDisposable {\n"
        "  Schema IMAExtensible2GetSchema.GetSchema("
        "System.Collections.ObjectModel.KeyedCollection<string, ConfigParameter> p) { return null; }\n"
        "  public void Dispose() { } }\n"
        "public class Plain : System.IComparable<int> {"
        " public int CompareTo(int other) { return 0; } public class Inner { } }\n"
        "public abstract class Abstract { }\n"
        "public interface Interface { }\n"
        "class Hidden { } }",
        references=[contract],
    )

    assert built.interfaces == {
        "N.Import": (
            "Microsoft.MetadirectoryServices.IMAExtensible2GetSchema",
            "System.IDisposable",
        ),
        "N.Plain": (),
    }


def test_what_is_embedded_is_listed(tmp_path: Path) -> None:
    """Resources are seen, by which dependencies that are packed inside are known."""
    require("mono")
    (tmp_path / "costura.log4net.dll.compressed").write_text("packed")
    (tmp_path / "C.cs").write_text("public class C { }")
    compiler = tmp_path / "compiler"
    compiler.write_text(
        f'#!/bin/sh\nexec mcs -resource:{tmp_path}/costura.log4net.dll.compressed "$@"'
    )
    compiler.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECMA2PY_CSC", str(compiler))
        compile_assembly(tmp_path / "C.dll", [tmp_path / "C.cs"])

    assert Assembly.read(tmp_path / "C.dll").resources == ("costura.log4net.dll.compressed",)


def test_native_libraries_are_listed(build: Build) -> None:
    """The libraries whose functions are declared are known by the names in the code, each once."""
    built = build(
        """using System.Runtime.InteropServices;
        public class C {
          [DllImport("advapi32.dll")] static extern int RegCloseKey(System.IntPtr key);
          [DllImport("oci")] static extern int OCIInitialize(int mode);
          [DllImport("advapi32.dll")] static extern int RegFlushKey(System.IntPtr key); }"""
    )

    assert built.native_libraries == ("advapi32.dll", "oci")
    assert build("public class C { }").native_libraries == ()


def test_a_32_bit_assembly_is_known(build: Build) -> None:
    """The CLI header, not the machine, tells a 32-bit one from one that runs anywhere."""
    built = build("public class C { }")
    data = bytearray(built.path.read_bytes())
    flags = _flags_offset(data)
    for value, shown, native in [(1, "any", False), (3, "x86", False), (0, "x86", True)]:
        struct.pack_into("<I", data, flags, value)
        built.path.write_bytes(data)
        read = Assembly.read(built.path)

        assert (read.architecture, read.native_code) == (shown, native)


def _flags_offset(data: bytes | bytearray) -> int:
    from ecma2py.clr.metadata.image import Image

    return Image.parse(bytes(data)).flags_offset


def test_the_libraries_of_every_runtime_are_read() -> None:
    """Assemblies of other compilers and of hundreds of types come out whole."""
    core = runtime(RuntimeKind.CORECLR).library("System.Private.CoreLib")
    mono = runtime(RuntimeKind.MONO).library("mscorlib")
    assert core is not None
    assert mono is not None

    read = Assembly.read(core)
    assert (read.architecture, read.native_code) == ("x64", False)
    assert read.target_framework.startswith(".NET ")
    assert read.name.public_key_token == "7cec85d7bea7798e"
    assert "System.IComparable" in read.interfaces["System.Version"]
    assert Assembly.read(mono).name == AssemblyName("mscorlib", (4, 0, 0, 0), "b77a5c561934e089")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "does not start as a Windows program does"),
        (b"\x7fELF", "does not start as a Windows program does"),
        (b"MZ", "cut short"),
        (b"MZ" + bytes(200), "no PE header"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    """A file that is no assembly is named, with what is wrong about it."""
    path = tmp_path / "file.dll"
    path.write_bytes(data)

    with pytest.raises(NotAnAssemblyError, match=rf"file\.dll is no \.NET assembly: .*{reason}"):
        Assembly.read(path)


def test_a_native_library_is_told_apart(build: Build) -> None:
    """A DLL without .NET in it is called what it is."""
    built = build("public class C { }")
    data = bytearray(built.path.read_bytes())
    (coff,) = struct.unpack_from("<I", data, 0x3C)
    struct.pack_into("<II", data, coff + 24 + 96 + 14 * 8, 0, 0)
    built.path.write_bytes(data)

    with pytest.raises(NotAnAssemblyError, match="native program or library"):
        Assembly.read(built.path)


@pytest.fixture(scope="module")
def bytes_of_an_assembly(contract: Path) -> bytes:
    """The file of the contract assembly."""
    return contract.read_bytes()


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to be overwritten again and again."""
    return tmp_path_factory.mktemp("damaged") / "damaged.dll"


@given(data=st.data())
def test_damage_is_never_a_crash(
    bytes_of_an_assembly: bytes, damaged: Path, data: st.DataObject
) -> None:
    """Whatever is overwritten or cut off, a file is read or refused as damaged, nothing else."""
    broken = bytearray(bytes_of_an_assembly)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(broken) - 8))
        replaced = data.draw(st.binary(min_size=1, max_size=8))
        broken[at : at + len(replaced)] = replaced
    length = data.draw(st.sampled_from([len(broken), len(broken) // 2, 3000, 700, 200]))
    damaged.write_bytes(broken[:length])

    for read in READERS:
        try:
            read(damaged)
        except NotAnAssemblyError as error:
            assert str(damaged) in str(error)


@pytest.mark.parametrize("read", READERS)
def test_an_assembly_without_tables_is_damaged(
    bytes_of_an_assembly: bytes, damaged: Path, read: Callable[[Path], object]
) -> None:
    """Whatever is asked of a file whose tables are cut off, the answer names the file."""
    broken = bytearray(bytes_of_an_assembly)
    struct.pack_into("<I", broken, broken.index(b"#~\0\0") - 4, 0)
    damaged.write_bytes(broken)

    with pytest.raises(NotAnAssemblyError, match=rf"{re.escape(str(damaged))} is damaged: "):
        read(damaged)
