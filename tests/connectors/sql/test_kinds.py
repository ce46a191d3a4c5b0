"""What drivers return and what they are given."""

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.schema import AttributeType
from ecma2py_sql.kinds import (
    READERS,
    WRITERS,
    Kind,
    as_text,
    comparable,
    parse_timestamp,
    read,
    timestamp_text,
)

MOMENT = datetime(2026, 3, 4, 5, 6, 7, 890_000)  # noqa: DTZ001  as a driver returns it
READ = [
    (Kind.TEXT, 5, "5"),
    (Kind.TEXT, True, "True"),
    (Kind.TEXT, Decimal("1.50"), "1.50"),
    (Kind.TEXT, MOMENT, "2026-03-04T05:06:07.890000Z"),
    (Kind.INTEGER, -(2**63), -(2**63)),
    (Kind.INTEGER, "12", 12),
    (Kind.INTEGER, Decimal(12), 12),
    (Kind.INTEGER, True, 1),
    (Kind.BOOLEAN, 1, True),
    (Kind.BOOLEAN, "0", False),
    (Kind.BOOLEAN, "T", True),
    (Kind.BOOLEAN, b"\x00", False),
    (Kind.BOOLEAN, b"\x01", True),
    (Kind.BINARY, bytearray(b"\0a"), b"\0a"),
    (Kind.BINARY, "\u00e9", b"\xc3\xa9"),
    (Kind.DECIMAL, Decimal("1E+3"), "1000"),
    (Kind.DECIMAL, Decimal("-0.0000001"), "-0.0000001"),
    (Kind.DECIMAL, 12, "12"),
    (Kind.FLOAT, 1.5, "1.5"),
    (Kind.FLOAT, 2, "2.0"),
    (Kind.FLOAT, Decimal("2.5"), "2.5"),
    (Kind.DATE, date(2026, 3, 4), "2026-03-04"),
    (Kind.DATE, MOMENT, "2026-03-04"),
    (Kind.TIME, time(5, 6, 7, 8), "05:06:07.000008"),
    (Kind.TIMESTAMP, date(2026, 3, 4), "2026-03-04T00:00:00Z"),
    (Kind.TIMESTAMP, "2026-03-04 05:06:07", "2026-03-04T05:06:07Z"),
    (Kind.TIMESTAMP, "2026-03-04T05:06:07+02:00", "2026-03-04T03:06:07Z"),
    (Kind.TIMESTAMP, "last Tuesday", "last Tuesday"),
    (Kind.UUID, "ABCDEF00-0000-0000-0000-000000000000", "abcdef00-0000-0000-0000-000000000000"),
    (Kind.UUID, UUID(int=1), "00000000-0000-0000-0000-000000000001"),
]
REFUSED: list[tuple[Kind, Any]] = [
    (Kind.TEXT, 5),
    (Kind.TEXT, "a\0b"),
    (Kind.TEXT, "\ud800"),
    (Kind.INTEGER, "5"),
    (Kind.INTEGER, True),
    (Kind.INTEGER, 2**63),
    (Kind.BOOLEAN, 1),
    (Kind.BINARY, "text"),
    (Kind.DECIMAL, "1,5"),
    (Kind.DECIMAL, "NaN"),
    (Kind.DECIMAL, "Infinity"),
    (Kind.FLOAT, "nan"),
    (Kind.FLOAT, "x"),
    (Kind.DATE, "4.3.2026"),
    (Kind.TIME, "noon"),
    (Kind.TIMESTAMP, "yesterday"),
    (Kind.TIMESTAMP, "0001-01-01T00:00:00+14:00"),
    (Kind.UUID, "1234"),
]


@pytest.mark.parametrize(("kind", "value", "expected"), READ)
def test_a_value_reads_the_same_whatever_the_driver_made_of_it(
    kind: Kind, value: Any, expected: Any
) -> None:
    """Each Python type a driver may return for a kind becomes the one ECMA2 form."""
    result = read(kind, value)
    assert (result, type(result)) == (expected, type(expected))


def test_every_reader_gives_a_value_of_the_kinds_own_type() -> None:
    """No entry of the table yields what ECMA2 could not carry."""
    samples: dict[type, Any] = {
        str: "1",
        int: 1,
        bool: True,
        float: 1.0,
        bytes: b"1",
        bytearray: bytearray(b"1"),
        Decimal: Decimal(1),
        UUID: UUID(int=1),
        date: date(2026, 3, 4),
        time: time(5, 6),
        datetime: MOMENT,
    }
    for kind, found in READERS:
        assert AttributeType.of(read(kind, samples[found])) is kind.attribute_type


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.INTEGER, "1.5"),
        (Kind.INTEGER, "x"),
        (Kind.INTEGER, 2.5),
        (Kind.INTEGER, math.inf),
        (Kind.INTEGER, str(2**63)),
        (Kind.BOOLEAN, "maybe"),
        (Kind.TEXT, b"\xff"),
        (Kind.BINARY, 5),
    ],
)
def test_a_value_of_another_kind_is_not_guessed_at(kind: Kind, value: Any) -> None:
    """What does not fit is an error of its row, never another value."""
    with pytest.raises(ValueError, match=r"\S"):
        read(kind, value)


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_a_value_the_column_cannot_hold_is_refused_before_the_driver_sees_it(
    kind: Kind, value: Any
) -> None:
    """Drivers cut, round or swap such values without a word."""
    with pytest.raises(ValueError, match=r"\S"):
        WRITERS[kind](value)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_keeps_its_microseconds_through_its_text(moment: datetime) -> None:
    """parse_timestamp is the inverse of timestamp_text."""
    assert parse_timestamp(timestamp_text(moment)) == moment.replace(tzinfo=None)


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_a_moment_is_the_same_in_any_zone(moment: datetime, minutes: int) -> None:
    """Text with an offset is turned into UTC, which drivers would drop."""
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert timestamp_text(zoned) == timestamp_text(zoned.astimezone(UTC))
    assert WRITERS[Kind.TIMESTAMP](zoned.isoformat()) == parse_timestamp(timestamp_text(zoned))


def test_text_for_a_database_is_written_as_sql_writes_it() -> None:
    """SQLite compares what is stored as text: it must look like its own dates."""
    assert as_text(WRITERS[Kind.TIMESTAMP])("2026-03-04T05:06:07+01:00") == "2026-03-04 04:06:07"
    assert as_text(WRITERS[Kind.DATE])("2026-03-04T23:00:00Z") == "2026-03-04"
    assert as_text(WRITERS[Kind.DECIMAL])("1.50") == "1.50"


def test_equal_numbers_compare_equal_however_written() -> None:
    """A database holds 10.5 and 10.50 for the same value."""
    assert comparable(Kind.DECIMAL, "10.5") == comparable(Kind.DECIMAL, Decimal("10.50"))
    assert comparable(Kind.TEXT, "10.5") != comparable(Kind.TEXT, "10.50")
