"""The file formats, and how values are written in all of them."""

from enum import Enum

from ecma2py.entries import CSEntryChange
from ecma2py.errors import MAImportError
from ecma2py.schema import AttributeType, Schema, SchemaAttribute, SchemaType, Value, Values
from ecma2py.values import parse_value


class FileFormat(Enum):
    """How objects are written in a file; the value is the ending of its name."""

    LDIF = ".ldif"
    DELIMITED = ".csv"

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return self.value


class RecordError(Exception):
    """A record cannot be understood; it becomes an import error of this code."""

    def __init__(self, code: MAImportError, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def parse_error(detail: str) -> RecordError:
    """A record that breaks the format itself."""
    return RecordError(MAImportError.IMPORT_ERROR_PARSE_ERROR, detail)


def value_of(definition: SchemaAttribute | None, raw: str | bytes) -> Value:
    """*raw* as a value of the attribute; text if the schema does not have it."""
    kind = definition.data_type if definition is not None else AttributeType.STRING
    name = definition.name if definition is not None else ""
    if kind is AttributeType.BINARY and isinstance(raw, bytes):
        return raw
    return read_value(name, kind, _as_text(name, raw))


def read_value(name: str, kind: AttributeType, text: str) -> Value:
    """The value of this type that *text* says; ``RecordError`` names the attribute."""
    try:
        return parse_value(kind, text)
    except ValueError as error:
        raise RecordError(_CODES[kind], f"Attribute {name!r} must be {error}.") from None


_CODES = {
    AttributeType.INTEGER: MAImportError.IMPORT_ERROR_INVALID_NUMERIC_VALUE,
    AttributeType.BINARY: MAImportError.IMPORT_ERROR_INVALID_BASE64_VALUE,
    AttributeType.BOOLEAN: MAImportError.IMPORT_ERROR_INVALID_BOOLEAN_VALUE,
}


def _as_text(name: str, raw: str | bytes) -> str:
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise RecordError(
            MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE, f"Attribute {name!r} is not UTF-8."
        ) from None


def only_type(schema: Schema) -> str | None:
    """The name of the only object type; None if there are several."""
    names = list(schema.types)
    return names[0] if len(names) == 1 else None


def split_anchor(schema_type: SchemaType | None, attributes: dict[str, Values]) -> dict[str, Value]:
    """The anchor that is among *attributes*, taken out of them."""
    anchor: dict[str, Value] = {}
    for name in schema_type.anchor_attributes if schema_type is not None else ():
        value = attributes.pop(name, None)
        if value is not None and not isinstance(value, (list, tuple)):
            anchor[name] = value
    return anchor


def failed_record(error: RecordError, position: str, dn: str | None = None) -> CSEntryChange:
    """The entry that reports a record that cannot be understood."""
    return CSEntryChange.import_error(None, None, error.code, detail=f"{position}: {error}", dn=dn)
