"""A DLL is found by whatever name it has, and a file that is none ends in words about that file."""

import struct
from pathlib import Path

import pytest

from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.errors import ConfigurationError
from ecma2py.runs import ConnectorSource
from tests.clr.building import USING, assembly
from tests.clr.dotnet import KINDS
from tests.clr.hosted import Ours
from tests.clr.workers import workers

SCHEMA = """
  public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {
    Schema schema = Schema.Create();
    SchemaType type = SchemaType.Create("person", true);
    type.Attributes.Add(SchemaAttribute.CreateAnchorAttribute("id", AttributeType.String));
    schema.Types.Add(type);
    return schema; }
"""
NAMES = [
    "a folder",
    "Größe ü 漢字 😀",
    "a%20b#c?d&e",
    "new\nline",
    "semi;colon:quote'\"",
    "~tilde+[x]",
]


@pytest.fixture(scope="module")
def dll(ours: Ours, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A connector that needs another DLL beside it."""
    folder = tmp_path_factory.mktemp("plain")
    beside = assembly(folder / "Beside.dll", "public class Beside { }")
    return assembly(
        folder / "C.dll",
        f"{USING} public class C : Beside, IMAExtensible2GetSchema {{ {SCHEMA} }}",
        references=[ours.contract, beside],
    )


@KINDS
@pytest.mark.parametrize("name", NAMES)
def test_a_folder_may_have_any_name(
    dll: Path, cache: Path, tmp_path: Path, kind: RuntimeKind, name: str
) -> None:
    """What is special to a URL, a shell or a list of paths is a character of the name."""
    folder = tmp_path / name
    folder.mkdir()
    for each in dll.parent.glob("*.dll"):
        (folder / each.name).write_bytes(each.read_bytes())
    with workers(kind, folder / dll.name, cache) as pool:
        assert list(ConnectorSource(pool).describe().schema.types) == ["person"]


@KINDS
def test_a_folder_may_be_a_link(dll: Path, cache: Path, tmp_path: Path, kind: RuntimeKind) -> None:
    """A link to the folder leads to what lies beside the DLL as well."""
    (tmp_path / "link").symlink_to(dll.parent)
    with workers(kind, tmp_path / "link" / dll.name, cache) as pool:
        assert list(ConnectorSource(pool).describe().schema.types) == ["person"]


@KINDS
def test_what_is_no_dll_is_told(dll: Path, cache: Path, tmp_path: Path, kind: RuntimeKind) -> None:
    """The error names the file and what is wrong with it, before a runtime fails at it."""
    whole = dll.read_bytes()
    for name, content, told in [
        ("empty.dll", b"", "is no .NET assembly"),
        ("text.dll", b"no assembly", "is no .NET assembly"),
        ("native.dll", _native(whole), "is no .NET assembly"),
        ("elf.dll", Path("/proc/self/exe").read_bytes()[:4096], "is no .NET assembly"),
        ("half.dll", whole[: len(whole) // 2], "it is cut short"),
        ("x86.dll", _for_32_bits(whole), "it was built for x86 processes"),
    ]:
        path = tmp_path / name
        path.write_bytes(content)
        with workers(kind, path, cache) as pool, pytest.raises(ConfigurationError) as caught:
            pool()
        assert told in str(caught.value)
        assert str(path) in str(caught.value)


@KINDS
def test_what_is_no_file_is_told(cache: Path, tmp_path: Path, kind: RuntimeKind) -> None:
    """So do a folder, a link to nowhere and a link to itself."""
    (tmp_path / "folder.dll").mkdir()
    (tmp_path / "nowhere.dll").symlink_to("gone")
    (tmp_path / "itself.dll").symlink_to("itself.dll")
    for each in ("folder.dll", "nowhere.dll", "itself.dll", "none.dll", "a" * 300 + ".dll"):
        path = tmp_path / each
        with workers(kind, path, cache) as pool, pytest.raises(ConfigurationError) as caught:
            pool()
        assert str(path) in str(caught.value)


def _native(whole: bytes) -> bytes:
    """A DLL without the header of .NET."""
    data = bytearray(whole)
    optional = struct.unpack_from("<I", data, 0x3C)[0] + 24
    struct.pack_into("<II", data, optional + 96 + 14 * 8, 0, 0)
    return bytes(data)


def _for_32_bits(whole: bytes) -> bytes:
    """A DLL that says it is for 32-bit processes alone."""
    data = bytearray(whole)
    optional = struct.unpack_from("<I", data, 0x3C)[0] + 24
    header = struct.unpack_from("<I", data, optional + 96 + 14 * 8)[0]
    section = optional + struct.unpack_from("<H", data, optional - 4)[0]
    address, _, at = struct.unpack_from("<III", data, section + 12)
    flags = header - address + at + 16
    struct.pack_into("<I", data, flags, struct.unpack_from("<I", data, flags)[0] | 2)
    return bytes(data)
