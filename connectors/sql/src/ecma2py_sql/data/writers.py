"""ECMA2 values become what Python calls the value of a column; ``ValueError`` for what is none."""

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from ecma2py.schema import AttributeType, Value
from ecma2py_sql.data.kinds import (
    Kind,
    day_of,
    parse_decimal,
    parse_uuid,
    real_text,
    single_precision,
)
from ecma2py_sql.data.moments import parse_timestamp, read_iso

Writer = Callable[[Value], Any]
"""Turns an ECMA2 value into a Python value; ``ValueError`` if it cannot."""


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
    number = parse_decimal(written_text(value))
    if not number.is_finite():
        raise ValueError(f"{value!r} is no finite number.")
    return number


def written_float(value: Value) -> float:
    """The number *value* writes, if it is the shortest form of one of 64 bits or equals that."""
    return _exact_float(value, repr)


def written_real(value: Value) -> float:
    """The number *value* writes, if it is the shortest form of one of 32 bits or equals that."""
    return single_precision(_exact_float(value, real_text))


def _exact_float(value: Value, shortest: Callable[[float], str]) -> float:
    text = written_text(value)
    number = float(text)
    exact = parse_decimal(text)
    if not math.isnan(number) and parse_decimal(shortest(number)) != exact:
        raise ValueError(f"{text!r} has more digits than it can hold, or is too large.")
    return number


def written_date(value: Value) -> date:
    """The day *value* writes as ``YYYY-MM-DD``, or as the moment with which it begins."""
    return day_of(read_iso(written_text(value)))


def written_time(value: Value) -> time:
    """The time of day *value* writes as ``HH:MM[:SS[.ffffff]]``."""
    text = written_text(value)
    # Read with a day, because only that refuses what is finer than a microsecond.
    try:
        moment = read_iso(f"2000-01-01T{text}")
    except ValueError:
        raise ValueError(
            f"{text!r} is no time of day down to microseconds: write 05:06:07.500000."
        ) from None
    if moment.tzinfo is not None:
        raise ValueError(f"{text!r} has a time zone, and it holds none: leave the zone out.")
    return moment.time()


def written_timestamp(value: Value) -> datetime:
    """The moment *value* writes in ISO 8601, in UTC; without a zone it is taken as UTC."""
    return parse_timestamp(written_text(value))


def written_uuid(value: Value) -> str:
    """The UUID *value* writes; always text, because drivers mix up the bytes of UUID objects."""
    return parse_uuid(written_text(value))


WRITERS: Mapping[Kind, Writer] = {
    Kind.TEXT: written_text,
    Kind.INTEGER: written_integer,
    Kind.BOOLEAN: written_boolean,
    Kind.BINARY: written_binary,
    Kind.DECIMAL: written_decimal,
    Kind.FLOAT: written_float,
    Kind.REAL: written_real,
    Kind.DATE: written_date,
    Kind.TIME: written_time,
    Kind.TIMESTAMP: written_timestamp,
    Kind.TIMESTAMP_TZ: written_timestamp,
    Kind.UUID: written_uuid,
}
"""The Python value of each kind; moments are in UTC and without zone."""


def sql_text(value: Any) -> str:
    """*value* as SQL writes it between quotes."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.decode() if isinstance(value, bytes) else str(value)


def utc_text(value: datetime) -> str:
    """A moment in UTC as SQL writes it between quotes, with its zone."""
    return f"{value.isoformat(' ')}+00:00"


def finite(value: float) -> float:
    """*value*; ``ValueError`` for NaN and infinities, which the database does not keep."""
    if not math.isfinite(value):
        raise ValueError(f"the database keeps no {value}: leave the attribute out.")
    return value


def not_nan(value: float) -> float:
    """*value*; ``ValueError`` for NaN, which the database makes NULL."""
    if math.isnan(value):
        raise ValueError("NaN becomes NULL in this database: leave the attribute out.")
    return value


def in_300ths(moment: datetime) -> None:
    """Return if SQL Server's ``datetime`` keeps *moment*: milliseconds that end in 0, 3 or 7."""
    if moment.microsecond % 1_000 or moment.microsecond // 1_000 % 10 not in (0, 3, 7):
        raise ValueError(
            f"{moment.isoformat(' ')} is rounded to a 300th of a second: give milliseconds that "
            "end in 0, 3 or 7, or declare the column as datetime2."
        )


def in_minutes(moment: datetime) -> None:
    """Return if SQL Server's ``smalldatetime`` keeps *moment*."""
    if moment.second or moment.microsecond:
        raise ValueError(
            f"{moment.isoformat(' ')} is rounded to a minute: give a whole one, or declare the "
            "column as datetime2."
        )


def float_number(value: Decimal) -> float | int:
    """*value* as the float or whole number that SQLite keeps of it; ``ValueError`` if it loses."""
    if value == value.to_integral_value() and -(2**63) <= value < 2**63:
        return int(value)
    kept = float(value)
    if Decimal(repr(kept)) != value:
        raise ValueError(
            f"SQLite keeps {kept!r} of the decimal number {value}: declare the column as TEXT."
        )
    return kept
