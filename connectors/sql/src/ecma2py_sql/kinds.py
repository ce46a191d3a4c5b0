"""What a column holds, and how its values become ECMA2 values and parameters again.

ECMA2 has no decimal, no date and no UUID: they travel as text, in one form each, so that a value
that did not change compares equal whatever driver it came through. Times are UTC.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any
from uuid import UUID

from ecma2py.schema import AttributeType, Value


class Kind(Enum):
    """The kinds of columns that are told apart."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    BINARY = "binary"
    DECIMAL = "decimal"
    FLOAT = "float"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    UUID = "uuid"

    @property
    def attribute_type(self) -> AttributeType:
        """The ECMA2 type that carries values of this kind."""
        return _ATTRIBUTE_TYPES.get(self, AttributeType.STRING)


_ATTRIBUTE_TYPES = {
    Kind.INTEGER: AttributeType.INTEGER,
    Kind.BOOLEAN: AttributeType.BOOLEAN,
    Kind.BINARY: AttributeType.BINARY,
}

Reader = Callable[[Any], Value]
"""Turns what a driver returned into an ECMA2 value; ``ValueError`` if it cannot."""
Writer = Callable[[Value], Any]
"""Turns an ECMA2 value into a parameter for a driver; ``ValueError`` if it cannot."""

_WORDS = {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}


def timestamp_text(moment: datetime) -> str:
    """*moment* as ISO 8601 in UTC; one without a zone is taken as UTC."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{moment.isoformat()}Z"


def parse_timestamp(text: str) -> datetime:
    """The moment *text* means in ISO 8601, in UTC and without zone; ``ValueError`` if none."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ValueError(f"{text!r} is outside the years 1 to 9999 in UTC.") from None


def _integer(value: str | float | Decimal) -> int:
    try:
        number = int(value)
    except OverflowError:
        raise ValueError(f"{value!r} is no whole number.") from None
    if number != (Decimal(value) if isinstance(value, str) else value):
        raise ValueError(f"{value!r} is no whole number.")
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"{value!r} does not fit into 64 bits.")
    return number


def _boolean(value: str) -> bool:
    try:
        return _WORDS[value.lower()]
    except KeyError:
        raise ValueError(f"{value!r} is neither true nor false.") from None


def _stored_timestamp(value: str) -> str:
    """SQLite keeps whatever text it was given: what is no moment stays as it is."""
    try:
        return timestamp_text(parse_timestamp(value))
    except ValueError:
        return value


def _decimal_text(value: Decimal) -> str:
    return format(value, "f")


READERS: Mapping[tuple[Kind, type], Reader | None] = {
    (Kind.TEXT, str): None,
    (Kind.TEXT, int): str,
    (Kind.TEXT, bool): str,
    (Kind.TEXT, float): repr,
    (Kind.TEXT, Decimal): _decimal_text,
    (Kind.TEXT, UUID): str,
    (Kind.TEXT, date): date.isoformat,
    (Kind.TEXT, time): time.isoformat,
    (Kind.TEXT, datetime): timestamp_text,
    (Kind.INTEGER, int): None,
    (Kind.INTEGER, bool): int,
    (Kind.INTEGER, str): _integer,
    (Kind.INTEGER, float): _integer,
    (Kind.INTEGER, Decimal): _integer,
    (Kind.BOOLEAN, bool): None,
    (Kind.BOOLEAN, int): bool,
    (Kind.BOOLEAN, str): _boolean,
    (Kind.BOOLEAN, Decimal): bool,
    (Kind.BOOLEAN, bytes): any,
    (Kind.BINARY, bytes): None,
    (Kind.BINARY, bytearray): bytes,
    (Kind.BINARY, str): lambda value: str(value).encode(),
    (Kind.DECIMAL, Decimal): _decimal_text,
    (Kind.DECIMAL, str): None,
    (Kind.DECIMAL, int): str,
    (Kind.DECIMAL, float): repr,
    (Kind.FLOAT, float): repr,
    (Kind.FLOAT, int): lambda value: repr(float(value)),
    (Kind.FLOAT, str): None,
    (Kind.FLOAT, Decimal): lambda value: repr(float(value)),
    (Kind.DATE, date): date.isoformat,
    (Kind.DATE, datetime): lambda value: datetime.date(value).isoformat(),
    (Kind.DATE, str): None,
    (Kind.DATE, int): str,
    (Kind.TIME, time): time.isoformat,
    (Kind.TIME, str): None,
    (Kind.TIME, int): str,
    (Kind.TIMESTAMP, datetime): timestamp_text,
    (Kind.TIMESTAMP, date): lambda value: timestamp_text(datetime.combine(value, time())),
    (Kind.TIMESTAMP, str): _stored_timestamp,
    (Kind.TIMESTAMP, int): str,
    (Kind.TIMESTAMP, float): repr,
    (Kind.UUID, str): str.lower,
    (Kind.UUID, UUID): str,
}
"""By kind and Python type; None means the value is an ECMA2 value already."""


def read(kind: Kind, value: Any) -> Value:
    """*value* as an ECMA2 value of *kind*; ``ValueError`` if it is of another kind."""
    try:
        reader = READERS[kind, type(value)]
    except KeyError:
        raise ValueError(f"a {type(value).__name__} where {kind.value} was expected") from None
    result: Value = value if reader is None else reader(value)
    return result


def comparable(kind: Kind, value: Any) -> Any:
    """Equal for two values of *kind* that a database takes for the same, however written."""
    result = read(kind, value)
    return Decimal(str(result)) if kind in (Kind.DECIMAL, Kind.FLOAT) else result


def written_text(value: Value) -> str:
    """*value* if a database can keep it as text; ``ValueError`` for NUL and lone surrogates.

    Drivers cut a value at NUL without a word, so that it must not reach them.
    """
    if not isinstance(value, str):
        raise ValueError(f"it takes text, not a {type(value).__name__}.")
    if "\0" in value:
        raise ValueError("text with a NUL character cannot be stored: remove it.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("text with a lone surrogate is no valid Unicode: mend it.") from None
    return value


def written_integer(value: Value) -> int:
    """*value* if it is a whole number of 64 bits."""
    if not AttributeType.INTEGER.accepts(value):
        raise ValueError(f"it takes a whole number of 64 bits, not a {type(value).__name__}.")
    return int(value)


def written_boolean(value: Value) -> bool:
    """*value* if it is true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"it takes true or false, not a {type(value).__name__}.")
    return value


def written_binary(value: Value) -> bytes:
    """*value* if it is binary."""
    if not isinstance(value, bytes):
        raise ValueError(f"it takes binary data, not a {type(value).__name__}.")
    return value


def written_decimal(value: Value) -> Decimal:
    """The number *value* writes; ``ValueError`` if it is none."""
    try:
        number = Decimal(written_text(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is no decimal number.") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is no finite number.")
    return number


def written_float(value: Value) -> float:
    """The number *value* writes; ``ValueError`` if it is none or not a number."""
    number = float(written_text(value))
    if math.isnan(number):
        raise ValueError("NaN becomes NULL in some databases: leave the attribute out.")
    return number


def written_date(value: Value) -> date:
    """The day *value* writes as ``YYYY-MM-DD``; of a moment, its day in UTC."""
    return parse_timestamp(written_text(value)).date()


def written_time(value: Value) -> time:
    """The time of day *value* writes as ``HH:MM[:SS[.ffffff]]``."""
    return time.fromisoformat(written_text(value)).replace(tzinfo=None)


def written_timestamp(value: Value) -> datetime:
    """The moment *value* writes in ISO 8601, in UTC; without a zone it is taken as UTC."""
    return parse_timestamp(written_text(value))


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def written_uuid(value: Value) -> str:
    """The UUID *value* writes; always text, because drivers mix up the bytes of UUID objects."""
    text = written_text(value).lower()
    if not _UUID.fullmatch(text):
        raise ValueError(f"{value!r} is no UUID.")
    return text


WRITERS: Mapping[Kind, Writer] = {
    Kind.TEXT: written_text,
    Kind.INTEGER: written_integer,
    Kind.BOOLEAN: written_boolean,
    Kind.BINARY: written_binary,
    Kind.DECIMAL: written_decimal,
    Kind.FLOAT: written_float,
    Kind.DATE: written_date,
    Kind.TIME: written_time,
    Kind.TIMESTAMP: written_timestamp,
    Kind.UUID: written_uuid,
}
"""Parameters as a driver that keeps them whole takes them; dialects override some."""


def as_text(writer: Writer) -> Writer:
    """*writer* with its parameter as text, in the form SQL writes it."""

    def write(value: Value) -> str:
        parameter = writer(value)
        return parameter.isoformat(" ") if isinstance(parameter, datetime) else str(parameter)

    return write
