"""What a column holds, and how what a driver returns becomes ECMA2 values.

ECMA2 has no decimal, no date and no UUID: they travel as text, in one form each, so that a value
that did not change compares equal whatever driver it came through.
"""

import re
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any
from uuid import UUID

from ecma2py.schema import AttributeType, Value
from ecma2py_sql.data.moments import read_iso


class Kind(Enum):
    """The kinds of columns that are told apart."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    BINARY = "binary"
    DECIMAL = "decimal"
    FLOAT = "float"
    REAL = "real"
    """A number of 32 bits: as text it has the fewest digits that tell it from its neighbours."""
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    """A date and time without zone: it is that of the data source."""
    TIMESTAMP_TZ = "timestamptz"
    """A moment, whatever the zone of the data source."""
    UUID = "uuid"

    @property
    def attribute_type(self) -> AttributeType:
        """The ECMA2 type that carries values of this kind."""
        return _ATTRIBUTE_TYPES.get(self, AttributeType.STRING)

    @classmethod
    def _missing_(cls, value: object) -> "Kind | None":
        """Words are taken in any case, and Microsoft's for two kinds beside our own."""
        word = str(value).lower()
        word = {"string": "text", "datetime": "timestamp"}.get(word, word)
        return next((kind for kind in cls if kind.value == word), None)


NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT, Kind.REAL)
_ATTRIBUTE_TYPES = {
    Kind.INTEGER: AttributeType.INTEGER,
    Kind.BOOLEAN: AttributeType.BOOLEAN,
    Kind.BINARY: AttributeType.BINARY,
}

Reader = Callable[[Any], Value]
"""Turns what a driver returned into an ECMA2 value; ``ValueError`` if it cannot."""

_MOST_DIGITS = 200_000
"""No database keeps as many; a few characters with an exponent can mean a thousand million."""

_WORDS = {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def parse_integer(value: str | float | Decimal) -> int:
    """The whole number of 64 bits that *value* is or writes; ``ValueError`` if it is none."""
    try:
        exact = Decimal(value)
        fits = -(2**63) <= exact < 2**63
        # Beyond, int() of a few characters such as 1e999999999 would take all memory and time.
        is_whole = int(exact) == exact if fits else exact.is_finite()
    except (ArithmeticError, ValueError):
        raise ValueError(f"{value!r} is no whole number") from None
    if not is_whole:
        raise ValueError(f"{value!r} is no whole number")
    if not fits:
        raise ValueError(f"{value!r} does not fit into 64 bits")
    return int(exact)


def parse_uuid(text: str) -> str:
    """The UUID *text* writes, in lower case; ``ValueError`` if it writes none."""
    lower = text.lower()
    if not _UUID.fullmatch(lower):
        raise ValueError(f"{text!r} is no UUID")
    return lower


def parse_decimal(text: str) -> Decimal:
    """The number *text* writes; ``ValueError`` if it writes none, or one of too many digits."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no decimal number") from None
    if abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError(f"{text!r} has more than {_MOST_DIGITS:,} digits")
    return number


def real_text(value: float) -> str:
    """*value*, a number of 32 bits, with as few digits as tell it from its neighbours."""
    single = single_precision(value)
    for digits in range(6, 10):  # nine always do
        short = float(f"{single:.{digits}g}")
        with suppress(ValueError):  # the greatest numbers, rounded up
            if single_precision(short) == single:
                return repr(short)
    return repr(single)


def single_precision(value: float) -> float:
    """What 32 bits keep of *value*; ``ValueError`` if it is too large for them."""
    try:
        packed = struct.pack("f", value)
    except OverflowError:
        raise ValueError(f"{value!r} does not fit into 32 bits") from None
    return float(struct.unpack("f", packed)[0])


def decimal_text(value: Decimal) -> str:
    """*value* with all its digits and without an exponent."""
    return format(value, "f")


def float_decimal(value: str | float) -> str:
    """The decimal number kept as a float: the shortest one that is read as that float again."""
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return value
    return decimal_text(Decimal(repr(float(value))))


def _boolean(value: str) -> bool:
    try:
        return _WORDS[value.lower()]
    except KeyError:
        raise ValueError(f"{value!r} is neither true nor false") from None


def day_of(moment: datetime) -> date:
    """The day of *moment* as it is written; ``ValueError`` if it is later than its beginning."""
    if moment.time() != time():
        raise ValueError(f"{moment.isoformat(' ')} has a time of day, and a date has none")
    return moment.date()


def _day_text(value: str) -> str:
    return day_of(read_iso(value)).isoformat()


def _time_text(value: str) -> str:
    if value.startswith("24"):
        raise ValueError(f"{value!r} is the end of a day")  # Python 3.14 takes it for 00:00
    return time.fromisoformat(value).isoformat()


READERS: Mapping[tuple[Kind, type], Reader | None] = {
    (Kind.TEXT, str): None,
    (Kind.TEXT, int): str,
    (Kind.TEXT, bool): str,
    (Kind.TEXT, float): repr,
    (Kind.TEXT, Decimal): decimal_text,
    (Kind.TEXT, UUID): str,
    (Kind.TEXT, date): date.isoformat,
    (Kind.TEXT, time): time.isoformat,
    (Kind.INTEGER, int): parse_integer,
    (Kind.INTEGER, bool): int,
    (Kind.INTEGER, str): parse_integer,
    (Kind.INTEGER, float): parse_integer,
    (Kind.INTEGER, Decimal): parse_integer,
    (Kind.BOOLEAN, bool): None,
    (Kind.BOOLEAN, int): bool,
    (Kind.BOOLEAN, str): _boolean,
    (Kind.BOOLEAN, Decimal): bool,
    (Kind.BOOLEAN, bytes): any,
    (Kind.BINARY, bytes): None,
    (Kind.BINARY, bytearray): bytes,
    (Kind.BINARY, str): lambda value: str(value).encode(),
    (Kind.DECIMAL, Decimal): decimal_text,
    (Kind.DECIMAL, str): lambda value: decimal_text(parse_decimal(value)),
    (Kind.DECIMAL, int): str,
    (Kind.DECIMAL, float): float_decimal,
    (Kind.FLOAT, float): repr,
    (Kind.FLOAT, int): lambda value: repr(float(value)),
    (Kind.FLOAT, str): lambda value: repr(float(value)),
    (Kind.FLOAT, Decimal): lambda value: repr(float(value)),
    (Kind.REAL, float): real_text,
    (Kind.REAL, int): real_text,
    (Kind.REAL, str): lambda value: real_text(float(value)),
    (Kind.REAL, Decimal): lambda value: real_text(float(value)),
    (Kind.DATE, date): date.isoformat,
    (Kind.DATE, datetime): lambda value: day_of(value).isoformat(),
    (Kind.DATE, str): _day_text,
    (Kind.TIME, time): time.isoformat,
    (Kind.TIME, str): _time_text,
    (Kind.UUID, str): parse_uuid,
    (Kind.UUID, UUID): str,
}
"""By kind and Python type; None means the value is an ECMA2 value already. Moments need a clock."""

UNCHANGED = frozenset(((Kind.INTEGER, int), (Kind.DATE, str)))
"""What needs no look where the database itself says that the column is of this kind."""
TOLERANT = frozenset(
    (Kind.DECIMAL, Kind.FLOAT, Kind.REAL, Kind.DATE, Kind.TIME, Kind.UUID)
)  # fmt: skip
"""Text in a column that the database declares so stays as it is if it says something else: SQLite
keeps whatever it was given, and others have words of their own, such as ``infinity``."""
