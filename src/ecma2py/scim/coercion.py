"""JSON values into connector values: liberal in spelling, strict in type and range.

Clients write booleans as ``"True"``, integers as digits, and one value as a list of one. What is
no value of the attribute's type is refused by name, before any connector sees it.
"""

import binascii
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from ecma2py.schema import AttributeType, SchemaAttribute, Value
from ecma2py.scim.errors import ScimError, invalid_value
from ecma2py.values import is_storable

Coercer = Callable[[object], Value]
"""One JSON value to one connector value; :class:`ScimError` (400 invalidValue) if it is none."""

Truth = tuple[Value, Value]
"""What a connector attribute holds for SCIM's ``true`` and for its ``false``."""

MAX_SHOWN = 120
"""Characters of a client's own text that an error message repeats at most."""

MAX_REFERENCE = 4096
"""Characters of a DN, or of other text that refers to an object."""

_Text = TypeVar("_Text", str, bytes)
_DIGITS = re.compile(r"[+-]?[0-9]{1,20}", re.ASCII)
_EXACT = 2**53 - 1
"""Of a larger fraction nobody knows which integer was meant: ``2**53 + 1.0`` is ``2**53``."""
_WORDS = {"true": True, "false": False}
_URL_SAFE = str.maketrans("-_", "+/")
_JSON_TYPES: Mapping[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def shown(text: str) -> str:
    """A client's text as an error message may repeat it: short, with no control characters."""
    cut = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
    return cut if cut.isprintable() else ascii(cut)[1:-1]


def json_type(value: object) -> str:
    """What JSON calls a value of this type, with its article."""
    return _JSON_TYPES.get(type(value), "something else")


def is_nothing(value: object) -> bool:
    """True for what RFC 7643 section 2.5 calls unassigned: null, and an empty array or object.

    An object whose every member is null says nothing either; Entra sends such.
    """
    if isinstance(value, dict):
        return all(part is None for part in value.values())
    return value is None or value == []


def coercer(path: str, attribute: SchemaAttribute, truth: Truth | None = None) -> Coercer:
    """The coercer for values of *attribute*, which errors call *path*.

    With *truth* the client's value is a boolean, whatever the connector holds for it.
    """
    if truth is not None:
        when_true, when_false = truth
        return lambda raw: when_true if read_boolean(path, raw) else when_false
    limit = attribute.max_length
    match attribute.data_type:
        case AttributeType.BOOLEAN:
            return lambda raw: read_boolean(path, raw)
        case AttributeType.INTEGER:
            return lambda raw: read_integer(path, raw)
        case AttributeType.BINARY:
            return lambda raw: _bounded(path, read_binary(path, raw), limit, "bytes")
        case AttributeType.REFERENCE:
            return lambda raw: read_reference(path, raw)
    return lambda raw: _bounded(path, read_string(path, raw), limit, "characters")


def read_string(path: str, raw: object) -> str:
    """A JSON string that has a UTF-8 form and holds no NUL, as it was sent."""
    if not isinstance(raw, str):
        raise _wrong_type(path, "a string", raw)
    if not is_storable(raw):
        raise invalid_value(f"{path} holds NUL or half of a surrogate pair: no system stores it")
    return raw


def read_boolean(path: str, raw: object) -> bool:
    """``true``, ``false``, or either as a string in any case (Entra sends ``"False"``)."""
    if isinstance(raw, bool):
        return raw
    word = _WORDS.get(raw.lower()) if isinstance(raw, str) else None
    if word is None:
        raise _wrong_type(path, "true or false", raw)
    return word


def read_integer(path: str, raw: object) -> int:
    """A whole number of 64 bits: a JSON number (``3.0`` is one) or its decimal digits."""
    if isinstance(raw, str) and _DIGITS.fullmatch(raw):
        number = int(raw)
    elif isinstance(raw, int) and not isinstance(raw, bool):
        number = raw
    elif isinstance(raw, float) and raw.is_integer():
        if abs(raw) > _EXACT:
            raise invalid_value(f"{path} is too large for a number with a fraction or an exponent")
        number = int(raw)
    else:
        raise _wrong_type(path, "a whole number", raw)
    if not -(2**63) <= number < 2**63:
        raise invalid_value(f"{path} is out of range: an integer has 64 bits")
    return number


def read_binary(path: str, raw: object) -> bytes:
    """Base64 of RFC 4648 section 4 or 5; padding may be missing (RFC 7643 section 2.3.6)."""
    if not isinstance(raw, str):
        raise _wrong_type(path, "base64 text", raw)
    text = raw.translate(_URL_SAFE)
    if len(text) % 4 and not text.endswith("="):
        text += "=" * (-len(text) % 4)
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError as exc:
        raise invalid_value(f"{path} takes base64 text, and this is none: {exc}") from exc


def read_reference(path: str, raw: object) -> str:
    """The id or text of one object: a string, or an object with it as ``value``."""
    while isinstance(raw, list) and len(raw) == 1:
        raw = raw[0]
    if isinstance(raw, dict):
        raw = member(raw, "value")
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    return _bounded(path, read_string(path, raw), MAX_REFERENCE, "characters")


def member(element: Mapping[str, object], name: str) -> object:
    """The member *name* of a JSON object, whatever its case; None if there is none."""
    if name in element:
        return element[name]
    lowered = name.lower()
    return next((value for key, value in element.items() if key.lower() == lowered), None)


def _bounded(path: str, value: _Text, limit: int | None, unit: str) -> _Text:
    if limit is not None and len(value) > limit:
        raise invalid_value(f"{path} has {len(value)} {unit}: it takes {limit} at most")
    return value


def _wrong_type(path: str, expected: str, raw: object) -> ScimError:
    given = json_type(raw)
    if isinstance(raw, str) and expected != "a string":
        given = f"the string '{shown(raw)}'"
    return invalid_value(f"{path} takes {expected}, not {given}")
