"""The file formats, and how values are written in all of them."""

import base64
import binascii
from enum import Enum

from ecma2py.entries import CSEntryChange
from ecma2py.errors import MAImportError
from ecma2py.schema import AttributeType, Schema, SchemaAttribute, SchemaType, Value, Values


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
    if kind is AttributeType.BINARY:
        return raw if isinstance(raw, bytes) else _from_base64(name, raw)
    text = _as_text(name, raw)
    if kind is AttributeType.INTEGER:
        try:
            return int(text)
        except ValueError:
            raise RecordError(
                MAImportError.IMPORT_ERROR_INVALID_NUMERIC_VALUE,
                f"Attribute {name!r} holds text where a number is due.",
            ) from None
    if kind is AttributeType.BOOLEAN:
        known = _BOOLEANS.get(text.casefold())
        if known is None:
            raise RecordError(
                MAImportError.IMPORT_ERROR_INVALID_BOOLEAN_VALUE,
                f"Attribute {name!r} must be true or false.",
            )
        return known
    return text


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _as_text(name: str, raw: str | bytes) -> str:
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise RecordError(
            MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE, f"Attribute {name!r} is not UTF-8."
        ) from None


def _from_base64(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise RecordError(
            MAImportError.IMPORT_ERROR_INVALID_BASE64_VALUE, f"Attribute {name!r} is not Base64."
        ) from None


def text_of(value: Value) -> str:
    """A value as text: Binary as Base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


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
