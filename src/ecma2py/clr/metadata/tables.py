"""The tables of an assembly's metadata, row by row, with the heaps they point into.

ECMA-335, partition II, section 22 (the tables) and 24.2.6 (how they are laid out).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from ecma2py.clr.metadata.image import Image, NotAnAssemblyError

TYPE_REF, TYPE_DEF, FIELD, METHOD, PARAM = 0x01, 0x02, 0x04, 0x06, 0x08
INTERFACE_IMPL, MEMBER_REF, CONSTANT, CUSTOM_ATTRIBUTE = 0x09, 0x0A, 0x0B, 0x0C
PROPERTY_MAP, PROPERTY, METHOD_SEMANTICS, METHOD_IMPL = 0x15, 0x17, 0x18, 0x19
TYPE_SPEC, ASSEMBLY, ASSEMBLY_REF = 0x1B, 0x20, 0x23
EXPORTED_TYPE, MANIFEST_RESOURCE, NESTED_CLASS = 0x27, 0x28, 0x29
MODULE_REF, IMPL_MAP = 0x1A, 0x1C

# Columns: 2 or 4 bytes, s(tring), g(uid), b(lob), a row of the table #hex, or a coded index.
_LAYOUT = {
    0x00: "Generation:2 Name:s Mvid:g EncId:g EncBaseId:g",
    0x01: "Scope:ResolutionScope Name:s Namespace:s",
    0x02: "Flags:4 Name:s Namespace:s Extends:TypeDefOrRef Fields:#04 Methods:#06",
    0x03: "Field:#04",
    0x04: "Flags:2 Name:s Signature:b",
    0x05: "Method:#06",
    0x06: "Rva:4 ImplFlags:2 Flags:2 Name:s Signature:b Params:#08",
    0x07: "Param:#08",
    0x08: "Flags:2 Sequence:2 Name:s",
    0x09: "Class:#02 Interface:TypeDefOrRef",
    0x0A: "Class:MemberRefParent Name:s Signature:b",
    0x0B: "Type:2 Parent:HasConstant Value:b",
    0x0C: "Parent:HasCustomAttribute Type:CustomAttributeType Value:b",
    0x0D: "Parent:HasFieldMarshal Native:b",
    0x0E: "Action:2 Parent:HasDeclSecurity Permissions:b",
    0x0F: "Packing:2 Size:4 Parent:#02",
    0x10: "Offset:4 Field:#04",
    0x11: "Signature:b",
    0x12: "Parent:#02 Events:#14",
    0x13: "Event:#14",
    0x14: "Flags:2 Name:s Type:TypeDefOrRef",
    0x15: "Parent:#02 Properties:#17",
    0x16: "Property:#17",
    0x17: "Flags:2 Name:s Signature:b",
    0x18: "Semantics:2 Method:#06 Association:HasSemantics",
    0x19: "Class:#02 Body:MethodDefOrRef Declaration:MethodDefOrRef",
    0x1A: "Name:s",
    0x1B: "Signature:b",
    0x1C: "Flags:2 Member:MemberForwarded Name:s Scope:#1A",
    0x1D: "Rva:4 Field:#04",
    0x1E: "Token:4 Code:4",
    0x1F: "Token:4",
    0x20: "Hash:4 Major:2 Minor:2 Build:2 Revision:2 Flags:4 PublicKey:b Name:s Culture:s",
    0x21: "Processor:4",
    0x22: "Platform:4 Major:4 Minor:4",
    0x23: "Major:2 Minor:2 Build:2 Revision:2 Flags:4 PublicKey:b Name:s Culture:s Hash:b",
    0x24: "Processor:4 Reference:#23",
    0x25: "Platform:4 Major:4 Minor:4 Reference:#23",
    0x26: "Flags:4 Name:s Hash:b",
    0x27: "Flags:4 TypeDef:4 Name:s Namespace:s Implementation:Implementation",
    0x28: "Offset:4 Flags:4 Name:s Implementation:Implementation",
    0x29: "Nested:#02 Enclosing:#02",
    0x2A: "Number:2 Flags:2 Owner:TypeOrMethodDef Name:s",
    0x2B: "Method:MethodDefOrRef Instantiation:b",
    0x2C: "Owner:#2A Constraint:TypeDefOrRef",
}

# A coded index keeps the table in its lowest bits: bits, then the tables in the order of the tag.
_CODED: dict[str, tuple[int, tuple[int | None, ...]]] = {
    "TypeDefOrRef": (2, (0x02, 0x01, 0x1B)),
    "HasConstant": (2, (0x04, 0x08, 0x17)),
    "HasCustomAttribute": (
        5,
        (
            *(0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0A, 0x00, 0x0E, 0x17, 0x14, 0x11, 0x1A, 0x1B),
            *(0x20, 0x23, 0x26, 0x27, 0x28, 0x2A, 0x2C, 0x2B),
        ),
    ),
    "HasFieldMarshal": (1, (0x04, 0x08)),
    "HasDeclSecurity": (2, (0x02, 0x06, 0x20)),
    "MemberRefParent": (3, (0x02, 0x01, 0x1A, 0x06, 0x1B)),
    "HasSemantics": (1, (0x14, 0x17)),
    "MethodDefOrRef": (1, (0x06, 0x0A)),
    "MemberForwarded": (1, (0x04, 0x06)),
    "Implementation": (2, (0x26, 0x23, 0x27)),
    "CustomAttributeType": (3, (None, None, 0x06, 0x0A, None)),
    "ResolutionScope": (2, (0x00, 0x1A, 0x23, 0x01)),
    "TypeOrMethodDef": (1, (0x02, 0x06)),
}


class Token(NamedTuple):
    """A row of a table; rows count from 1, row 0 is none."""

    table: int
    row: int


Cell = int | str | bytes | Token
Row = dict[str, Cell]


class Tables:
    """The metadata tables of an image.

    Raises ``NotAnAssemblyError`` for tables that contradict themselves.
    """

    def __init__(self, image: Image) -> None:
        try:
            self._strings = image.streams["#Strings"]
            self._blobs = image.streams.get("#Blob", b"")
            self._data = image.streams.get("#~", image.streams.get("#-", b""))
            self._lay_out()
        except (LookupError, struct.error) as error:
            msg = f"its metadata tables are damaged ({error})"
            raise NotAnAssemblyError(msg) from None

    def _lay_out(self) -> None:
        heap_sizes = self._data[6]
        self._wide = {"s": heap_sizes & 1, "g": heap_sizes & 2, "b": heap_sizes & 4}
        (valid,) = struct.unpack_from("<Q", self._data, 8)
        present = [number for number in range(64) if valid >> number & 1]
        counts = struct.unpack_from(f"<{len(present)}I", self._data, 24)
        self._counts: dict[int, int] = dict(zip(present, counts, strict=True))
        offset = 24 + 4 * len(present) + (4 if heap_sizes & 0x40 else 0)
        self._starts: dict[int, int] = {}
        self._columns: dict[int, list[tuple[str, str, int]]] = {}
        self._row_sizes: dict[int, int] = {}
        for number in present:
            columns = []
            for column in _LAYOUT[number].split():
                name, _, kind = column.partition(":")
                columns.append((name, kind, self._width(kind)))
            self._columns[number] = columns
            self._row_sizes[number] = sum(width for _, _, width in columns)
            self._starts[number] = offset
            offset += self._row_sizes[number] * self._counts[number]

    def _width(self, kind: str) -> int:
        if kind in ("2", "4"):
            return int(kind)
        if kind in self._wide:
            return 4 if self._wide[kind] else 2
        if kind[0] == "#":
            return 4 if self.count(int(kind[1:], 16)) >= 1 << 16 else 2
        bits, tables = _CODED[kind]
        largest = max(self.count(table) for table in tables if table is not None)
        return 4 if largest >= 1 << (16 - bits) else 2

    def count(self, table: int) -> int:
        """How many rows a table has."""
        return self._counts.get(table, 0)

    def rows(self, table: int) -> Iterator[Row]:
        """Every row of a table, the first of which is number 1."""
        return (self.row(table, number) for number in range(1, self.count(table) + 1))

    def row(self, table: int, number: int) -> Row:
        """One row: column names to numbers, texts, bytes or tokens."""
        if not 1 <= number <= self.count(table):
            msg = f"row {number} of its metadata table {table:#04x} does not exist"
            raise NotAnAssemblyError(msg)
        at = self._starts[table] + (number - 1) * self._row_sizes[table]
        row: Row = {}
        try:
            for name, kind, width in self._columns[table]:
                (value,) = struct.unpack_from("<H" if width == 2 else "<I", self._data, at)
                row[name] = self._cell(kind, value)
                at += width
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            msg = f"row {number} of its metadata table {table:#04x} is damaged ({error})"
            raise NotAnAssemblyError(msg) from None
        return row

    def _cell(self, kind: str, value: int) -> Cell:
        if kind == "s":
            end = self._strings.find(b"\0", value)
            return self._strings[value:end].decode()
        if kind == "b":
            return self._blob(value)
        if kind in ("2", "4", "g"):
            return value
        if kind[0] == "#":
            return Token(int(kind[1:], 16), value)
        bits, tables = _CODED[kind]
        tag = value & ((1 << bits) - 1)
        table = tables[tag] if tag < len(tables) else None
        if table is None:
            msg = f"a coded index {kind} has the unknown tag {tag}"
            raise NotAnAssemblyError(msg)
        return Token(table, value >> bits)

    def _blob(self, at: int) -> bytes:
        length, start = compressed(self._blobs, at)
        return self._blobs[start : start + length]

    def list_of(self, table: int, number: int, column: str) -> range:
        """The rows that a row owns through a list column: up to where the next row's begin."""
        first = self.token(self.row(table, number), column)
        if number < self.count(table):
            return range(first.row, self.token(self.row(table, number + 1), column).row)
        return range(first.row, self.count(first.table) + 1)

    @staticmethod
    def token(row: Row, column: str) -> Token:
        """A cell that names a row of another table."""
        value = row[column]
        assert isinstance(value, Token)
        return value

    @staticmethod
    def text(row: Row, column: str) -> str:
        """A cell that holds a text."""
        value = row[column]
        assert isinstance(value, str)
        return value

    @staticmethod
    def blob(row: Row, column: str) -> bytes:
        """A cell that holds bytes."""
        value = row[column]
        assert isinstance(value, bytes)
        return value

    @staticmethod
    def number(row: Row, column: str) -> int:
        """A cell that holds a number."""
        value = row[column]
        assert isinstance(value, int)
        return value


def compressed(data: bytes, at: int) -> tuple[int, int]:
    """A compressed unsigned number and where it ends (ECMA-335 II.23.2)."""
    first = data[at]
    if first < 0x80:
        return first, at + 1
    if first < 0xC0:
        return (first & 0x3F) << 8 | data[at + 1], at + 2
    (value,) = struct.unpack_from(">I", data, at)
    return value & 0x1FFFFFFF, at + 4
