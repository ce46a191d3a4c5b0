"""Types and custom attributes come out of their blobs as C# wrote them."""

from pathlib import Path

import pytest

from ecma2py.clr.metadata import NotAnAssemblyError
from ecma2py.clr.metadata.image import Image
from ecma2py.clr.metadata.signatures import Signature, Signatures
from ecma2py.clr.metadata.tables import CUSTOM_ATTRIBUTE, FIELD, METHOD, TYPE_DEF, Tables, Token
from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.building import assembly
from tests.clr.dotnet import runtime

FIELDS = {
    "a": "int",
    "b": "string[][]",
    "c": "long[,]",
    "d": "System.Collections.Generic.Dictionary<string, System.Collections.Generic.List<byte[]>>",
    "e": "System.DateTime",
    "f": "N.Outer",
    "g": "N.Outer/Inner",
    "h": "System.Environment/SpecialFolder",
    "i": "object",
    "j": "System.Nullable<bool>",
    "k": "int*",
    "l": "void*",
    "m": "System.IntPtr",
    "n": "double",
}
SPELLINGS = {  # where C# writes a type in another way
    "N.Outer/Inner": "N.Outer.Inner",
    "System.Environment/SpecialFolder": "System.Environment.SpecialFolder",
    "System.Nullable<bool>": "bool?",
}
SOURCE = f"""
using System;
namespace N {{
public unsafe class Outer {{
  public class Inner {{ }}
  {" ".join(f"public {SPELLINGS.get(kind, kind)} {name};" for name, kind in FIELDS.items())}
  public volatile int o;
}}
public class Generic<T> {{
  public static U Method<U>(T first, ref U second, params U[][] third) {{ return second; }}
}}
public enum Small {{ Zero, One = 1 }}
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public class Own : Attribute {{
  public Own() {{ }}
  public Own(bool a, char b, byte c, short d, uint e, long f, double g) {{ }}
  public Own(string a, Type b, Small c, object d, int[] e) {{ }}
  public string Text {{ get; set; }}
  public Small Field;
  public object Any {{ get; set; }}
  public Type[] Types {{ get; set; }}
}}
[Own]
[Own(true, 'x', 200, -2, 4000000000, -5, 1.5)]
[Own("text", typeof(Outer), Small.One, 7, new[] {{ 1, 2 }})]
[Own(null, null, Small.Zero, "boxed", null, Text = "named", Field = Small.One, Any = typeof(string),
  Types = new[] {{ typeof(Outer) }})]
public class Marked {{ }}
}}
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of an assembly with every kind of type and attribute."""
    compiler = tmp_path_factory.mktemp("compiler") / "unsafe"
    compiler.write_text('#!/bin/sh\nexec mcs -unsafe "$@"\n')
    compiler.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECMA2PY_CSC", str(compiler))
        built = assembly(tmp_path_factory.mktemp("signatures") / "Types.dll", SOURCE)
    return Tables(Image.read(built))


def type_number(tables: Tables, name: str) -> int:
    """The number of the type of that name."""
    names = [tables.text(row, "Name") for row in tables.rows(TYPE_DEF)]
    return names.index(name) + 1


def test_the_types_of_fields_are_written_as_in_csharp(tables: Tables) -> None:
    """Primitive, array, generic, nested, nullable and pointer types have their C# names."""
    signatures = Signatures(tables)
    rows = [
        tables.row(FIELD, number)
        for number in tables.list_of(TYPE_DEF, type_number(tables, "Outer"), "Fields")
    ]
    shown = {
        tables.text(row, "Name"): signatures.field(tables.blob(row, "Signature")) for row in rows
    }

    assert shown.pop("o") == "int", "what a modifier says besides is left out"
    # Nested types and pointers come out as metadata has them.
    assert shown == FIELDS


def test_generic_methods_are_read(tables: Tables) -> None:
    """Parameters of the type have one mark, those of the method two."""
    (method, *_) = tables.list_of(TYPE_DEF, type_number(tables, "Generic`1"), "Methods")
    rows = (tables.row(METHOD, number) for number in (method, method + 1))
    found = next(row for row in rows if row["Name"] == "Method")

    assert Signatures(tables).method(tables.blob(found, "Signature")) == Signature(
        "!!0", ("!0", "!!0&", "!!0[][]"), has_this=False
    )


def test_attributes_give_their_values(tables: Tables) -> None:
    """Positional and named values of every kind are read, boxed ones and arrays included."""
    marked = Token(TYPE_DEF, type_number(tables, "Marked"))
    signatures = Signatures(tables)
    found = [
        signatures.attribute(tables.token(row, "Type"), tables.blob(row, "Value"))
        for row in tables.rows(CUSTOM_ATTRIBUTE)
        if tables.token(row, "Parent") == marked
    ]

    assert {each.type for each in found} == {"N.Own"}
    values = {(each.values, each.named) for each in found if len(each.values) != 5}
    assert values == {((), ()), ((True, ord("x"), 200, -2, 4000000000, -5, 1.5), ())}
    full = [each for each in found if len(each.values) == 5]
    plain = next(each for each in full if not each.named)
    assert plain.values == ("text", "N.Outer", 1, 7, [1, 2])
    named = next(each for each in full if each.named)
    assert named.values == (None, None, 0, "boxed", None)
    assert dict(named.named) | {"Any": ""} == {
        "Text": "named",
        "Field": 1,
        "Any": "",
        "Types": ["N.Outer"],
    }
    assert str(dict(named.named)["Any"]).startswith("System.String")


@pytest.mark.parametrize("name", ["mscorlib", "System.Core"])
def test_every_signature_of_the_class_libraries_is_read(name: str) -> None:
    """Thousands of methods written by others have signatures that are read to their end."""
    library = runtime(RuntimeKind.MONO).library(name)
    assert library is not None
    tables = Tables(Image.read(library))
    signatures = Signatures(tables)

    read = [signatures.method(tables.blob(row, "Signature")) for row in tables.rows(METHOD)]

    assert len(read) > 3000


@pytest.mark.parametrize("blob", [b"", b"\x20", b"\x20\x01\x01", b"\x20\x00\x7f", b"\x06\xff"])
def test_a_broken_signature_is_refused(tables: Tables, blob: bytes) -> None:
    """A signature that ends early or has an unknown type is damage, and called that."""
    with pytest.raises(NotAnAssemblyError, match="a signature"):
        Signatures(tables).method(blob)


def test_an_index_beyond_its_table_is_refused(tables: Tables) -> None:
    """A row that does not exist is damage, and named."""
    with pytest.raises(NotAnAssemblyError, match=r"row 100000 of its metadata table 0x02"):
        tables.row(TYPE_DEF, 100_000)


def test_the_file_is_left_alone(contract: Path) -> None:
    """Reading writes nothing."""
    before = contract.read_bytes()
    Tables(Image.read(contract))

    assert contract.read_bytes() == before
