"""Signatures and custom attributes, as C# would write their types.

ECMA-335, partition II, section 23.2 (signatures) and 23.3 (custom attributes).
"""

import struct

from attrs import frozen

from ecma2py.clr.metadata.image import NotAnAssemblyError
from ecma2py.clr.metadata.tables import (
    MEMBER_REF,
    METHOD,
    NESTED_CLASS,
    TYPE_DEF,
    TYPE_REF,
    TYPE_SPEC,
    Tables,
    Token,
    compressed,
)

_PRIMITIVES = {
    0x01: "void",
    0x02: "bool",
    0x03: "char",
    0x04: "sbyte",
    0x05: "byte",
    0x06: "short",
    0x07: "ushort",
    0x08: "int",
    0x09: "uint",
    0x0A: "long",
    0x0B: "ulong",
    0x0C: "float",
    0x0D: "double",
    0x0E: "string",
    0x16: "System.TypedReference",
    0x18: "System.IntPtr",
    0x19: "System.UIntPtr",
    0x1C: "object",
}
_ALIASES = {"System.Object": "object", "System.String": "string"}
_FIXED = {
    "bool": "<?",
    "char": "<H",
    "sbyte": "<b",
    "byte": "<B",
    "short": "<h",
    "ushort": "<H",
    "int": "<i",
    "uint": "<I",
    "long": "<q",
    "ulong": "<Q",
    "float": "<f",
    "double": "<d",
}
_NAMED_MARKERS = (0x53, 0x54)


@frozen
class Signature:
    """A method's or property's types as texts, e.g. ``System.Collections.Generic.IList<string>``.

    A parameter passed by reference ends in ``&``.
    """

    result: str
    parameters: tuple[str, ...]
    has_this: bool


@frozen
class Attribute:
    """A custom attribute: its type, its positional values and its named ones."""

    type: str
    values: tuple[object, ...] = ()
    named: tuple[tuple[str, object], ...] = ()


class Signatures:
    """Reads the signature blobs of one set of tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._enclosing = {
            tables.token(row, "Nested").row: tables.token(row, "Enclosing")
            for row in tables.rows(NESTED_CLASS)
        }

    def type_name(self, token: Token) -> str:
        """The full name of a type that a table names; nested ones as ``Outer/Inner``."""
        tables = self._tables
        if token.table == TYPE_SPEC:
            return _Reader(self, tables.blob(tables.row(*token), "Signature")).type()
        if token.table not in (TYPE_DEF, TYPE_REF):
            msg = f"a type is looked for in its metadata table {token.table:#04x}"
            raise NotAnAssemblyError(msg)
        row = tables.row(*token)
        name, namespace = tables.text(row, "Name"), tables.text(row, "Namespace")
        full = f"{namespace}.{name}" if namespace else name
        if token.table == TYPE_REF:
            scope = tables.token(row, "Scope")
            if scope.table == TYPE_REF and scope.row:
                full = f"{self.type_name(scope)}/{name}"
        elif token.row in self._enclosing:
            full = f"{self.type_name(self._enclosing[token.row])}/{name}"
        return _ALIASES.get(full, full)

    def method(self, blob: bytes) -> Signature:
        """The signature of a method, or of a property: the parameters are then its indexer's."""
        reader = _Reader(self, blob)
        kind = reader.number()
        if kind & 0x10:
            reader.number()
        count = reader.number()
        result = reader.type()
        return Signature(result, tuple(reader.type() for _ in range(count)), bool(kind & 0x20))

    def field(self, blob: bytes) -> str:
        """The type of a field."""
        reader = _Reader(self, blob)
        reader.number()
        return reader.type()

    def attribute_type(self, constructor: Token) -> str:
        """The type of a custom attribute, known by its constructor."""
        tables = self._tables
        if constructor.table == MEMBER_REF:
            return self.type_name(tables.token(tables.row(*constructor), "Class"))
        for number in range(1, tables.count(TYPE_DEF) + 1):
            if constructor.row in tables.list_of(TYPE_DEF, number, "Methods"):
                return self.type_name(Token(TYPE_DEF, number))
        msg = f"method {constructor.row} belongs to no type"
        raise NotAnAssemblyError(msg)

    def attribute(self, constructor: Token, value: bytes) -> Attribute:
        """A custom attribute with its values.

        An enum's value is read as an int, which it nearly always is: what it is over would be told
        by the assembly that has the enum.
        """
        tables = self._tables
        assert constructor.table in (MEMBER_REF, METHOD)
        parameters = self.method(tables.blob(tables.row(*constructor), "Signature")).parameters
        reader = _Reader(self, value)
        if not value:
            return Attribute(self.attribute_type(constructor))
        reader.fixed("<H")
        values = tuple(reader.value(_underlying(name)) for name in parameters)
        named = []
        for _ in range(reader.fixed("<H")):
            if reader.number() not in _NAMED_MARKERS:
                msg = "a custom attribute has a named argument that is no field or property"
                raise NotAnAssemblyError(msg)
            type_name = reader.named_type()
            name = str(reader.value("string"))
            named.append((name, reader.value(type_name)))
        return Attribute(self.attribute_type(constructor), values, tuple(named))


def _underlying(name: str) -> str:
    known = name in _FIXED or name in ("string", "object", "System.Type") or name.endswith("[]")
    return name if known else "int"


class _Reader:
    """A blob and how far it is read."""

    def __init__(self, signatures: Signatures, data: bytes) -> None:
        self._signatures = signatures
        self._data = data
        self._at = 0

    def number(self) -> int:
        try:
            value, self._at = compressed(self._data, self._at)
        except (IndexError, struct.error):
            msg = "a signature ends too early"
            raise NotAnAssemblyError(msg) from None
        return value

    def fixed(self, layout: str) -> int:
        value = struct.unpack_from(layout, self._data, self._at)[0]
        self._at += struct.calcsize(layout)
        return value  # type: ignore[no-any-return]

    def _token(self) -> Token:
        value = self.number()
        return Token((TYPE_DEF, TYPE_REF, TYPE_SPEC)[value & 3], value >> 2)

    def type(self) -> str:
        code = self.number()
        if code in _PRIMITIVES:
            return _PRIMITIVES[code]
        match code:
            case 0x0F:
                return f"{self.type()}*"
            case 0x10:
                return f"{self.type()}&"
            case 0x11 | 0x12:
                return self._signatures.type_name(self._token())
            case 0x13 | 0x1E:
                return f"{'!' * (1 if code == 0x13 else 2)}{self.number()}"
            case 0x14:
                return self._array()
            case 0x15:
                return self._generic()
            case 0x1B:
                return "method*"
            case 0x1D:
                return f"{self.type()}[]"
            case 0x1F | 0x20:
                self._token()
                return self.type()
            case 0x41 | 0x45:
                return self.type()
        msg = f"a signature has the unknown element type {code:#04x}"
        raise NotAnAssemblyError(msg)

    def _array(self) -> str:
        element = self.type()
        rank = self.number()
        for _ in range(2):  # sizes, then lower bounds
            for _ in range(self.number()):
                self.number()
        return f"{element}[{',' * (rank - 1)}]"

    def _generic(self) -> str:
        self.number()
        name = self._signatures.type_name(self._token()).partition("`")[0]
        return f"{name}<{', '.join(self.type() for _ in range(self.number()))}>"

    def named_type(self) -> str:
        code = self.number()
        match code:
            case 0x50:
                return "System.Type"
            case 0x51:
                return "object"
            case 0x55:
                self.value("string")
                return "int"
            case 0x1D:
                return f"{self.named_type()}[]"
        return _PRIMITIVES[code]

    def value(self, type_name: str) -> object:
        if type_name in _FIXED:
            return self.fixed(_FIXED[type_name])
        if type_name in ("string", "System.Type"):
            if self._data[self._at] == 0xFF:
                self._at += 1
                return None
            length = self.number()
            self._at += length
            return self._data[self._at - length : self._at].decode()
        if type_name == "object":
            return self.value(self.named_type())
        if type_name.endswith("[]"):
            count = self.fixed("<i")
            if count == -1:
                return None
            return [self.value(type_name[:-2]) for _ in range(count)]
        msg = f"a custom attribute has a value of the unknown type {type_name}"
        raise NotAnAssemblyError(msg)
