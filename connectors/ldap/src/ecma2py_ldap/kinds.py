"""What attribute values are: their octets on the wire and their ECMA2 form, decided by syntax.

RFC 4517. A value is never looked at to guess what it is.
"""

from collections.abc import Callable, Mapping
from enum import Enum

from attrs import frozen

from ecma2py.errors import EntryExportError, MAExportError, MAImportError
from ecma2py.schema import AttributeType, Value
from ecma2py_ldap.dn import canonical

_INTEGERS = range(-(2**63), 2**63)
_TRUE, _FALSE = b"TRUE", b"FALSE"


def _text(octets: bytes) -> str:
    return str(octets, "utf-8")


def _integer(octets: bytes) -> int:
    number = int(octets)
    if number not in _INTEGERS:
        raise ValueError(f"{number} does not fit into 64 bits")
    return number


def _boolean(octets: bytes) -> bool:
    if octets not in {_TRUE, _FALSE}:
        raise ValueError(f"{octets!r} is neither TRUE nor FALSE")
    return octets == _TRUE


def _binary(octets: bytes) -> bytes:
    return octets


def _reference(octets: bytes) -> str:
    return canonical(str(octets, "utf-8"))


@frozen
class _Codec:
    attribute_type: AttributeType
    decode: Callable[[bytes], Value]
    problem: MAImportError = MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE


class Kind(Enum):
    """What an attribute holds; the value is the word for it in 'Object types'."""

    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    BINARY = "binary"
    REFERENCE = "reference"

    @property
    def attribute_type(self) -> AttributeType:
        """The type the schema gives it."""
        return _CODECS[self].attribute_type

    @property
    def decode(self) -> Callable[[bytes], Value]:
        """Octets to a value; raises ``ValueError`` for octets that are none."""
        return _CODECS[self].decode

    @property
    def problem(self) -> MAImportError:
        """How an import reports a value that is none."""
        return _CODECS[self].problem

    def encode(self, attribute: str, value: Value) -> bytes:
        """*value* in octets; ``EntryExportError`` names *attribute* if it is of another type."""
        if not self.attribute_type.accepts(value):
            raise _refused(
                attribute, f"holds {self.value} values, and {type(value).__name__} was given"
            )
        if isinstance(value, bytes):
            return value
        if isinstance(value, bool):
            return _TRUE if value else _FALSE
        try:
            return str(value).encode()
        except UnicodeEncodeError:
            raise _refused(attribute, "was given half a surrogate pair, which is no text") from None


_CODECS: Mapping[Kind, _Codec] = {
    Kind.STRING: _Codec(AttributeType.STRING, _text),
    Kind.INTEGER: _Codec(
        AttributeType.INTEGER, _integer, MAImportError.IMPORT_ERROR_INVALID_NUMERIC_VALUE
    ),
    Kind.BOOLEAN: _Codec(
        AttributeType.BOOLEAN, _boolean, MAImportError.IMPORT_ERROR_INVALID_BOOLEAN_VALUE
    ),
    Kind.BINARY: _Codec(AttributeType.BINARY, _binary),
    Kind.REFERENCE: _Codec(AttributeType.REFERENCE, _reference),
}

_RFC_4517 = "1.3.6.1.4.1.1466.115.121.1."
_MICROSOFT = "1.2.840.113556.1.4."
_BY_SYNTAX: Mapping[str, Kind] = {
    **dict.fromkeys((f"{_RFC_4517}{n}" for n in (4, 5, 8, 9, 10, 23, 28, 40, 49)), Kind.BINARY),
    f"{_RFC_4517}7": Kind.BOOLEAN,
    f"{_RFC_4517}12": Kind.REFERENCE,
    f"{_RFC_4517}27": Kind.INTEGER,
    f"{_RFC_4517}34": Kind.REFERENCE,  # a DN with an identifier that hardly anybody appends
    f"{_MICROSOFT}906": Kind.INTEGER,  # large integer
    f"{_MICROSOFT}907": Kind.BINARY,  # security descriptor
}
"""What is not here is text: every syntax of RFC 4517 beside these has a text form."""
_TRANSFERRED_AS_BINARY = frozenset(f"{_RFC_4517}{number}" for number in (8, 9, 10, 49))


def kind_of(syntax: str | None) -> Kind:
    """What values of *syntax* are."""
    return _BY_SYNTAX.get(syntax or "", Kind.STRING)


def is_transferred_as_binary(syntax: str | None) -> bool:
    """Whether values travel under ``;binary`` alone, as certificates do (RFC 4523, 2)."""
    return syntax in _TRANSFERRED_AS_BINARY


def _refused(attribute: str, problem: str) -> EntryExportError:
    return EntryExportError(
        f"Attribute {attribute!r} {problem}.",
        MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
        attribute_name=attribute,
    )
