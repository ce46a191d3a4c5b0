"""Values as files, keys and command lines write them, and what text can be stored."""

import base64

from ecma2py.schema import AttributeType, Value, Values

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def value_text(value: Value) -> str:
    """One value as text: Binary as base64, Boolean as in JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return str(value)


def parse_value(kind: AttributeType, text: str) -> Value:
    """The value of this type that *text* says; the ``ValueError`` says what it must be instead."""
    if kind is AttributeType.INTEGER:
        try:
            return int(text)
        except ValueError:
            raise ValueError("a whole number") from None
    if kind is AttributeType.BINARY:
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:
            raise ValueError("base64") from None
    if kind is AttributeType.BOOLEAN:
        known = _BOOLEANS.get(text.casefold())
        if known is None:
            raise ValueError("true or false")
        return known
    return text


def as_values(values: Values | None) -> tuple[Value, ...]:
    """The plain form of an attribute as a tuple, whatever its shape; none for an absent one."""
    if values is None:
        return ()
    return tuple(values) if isinstance(values, (list, tuple)) else (values,)


def is_storable(text: str) -> bool:
    """Whether systems can store *text*: it has a UTF-8 form and holds no NUL."""
    return "\0" not in text and is_unicode(text)


def is_unicode(text: str) -> bool:
    """Whether *text* has a UTF-8 form, that is, holds no half of a surrogate pair."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
