"""What drivers return and what they are given."""

import math
import re
import tracemalloc
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from time import monotonic as time_now
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.schema import AttributeType
from ecma2py_sql.data.kinds import READERS, Kind, real_text
from ecma2py_sql.data.moments import parse_timestamp, timestamp_text
from ecma2py_sql.data.writers import WRITERS, sql_text
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.drivers.dialects import GENERIC, SQLITE
from ecma2py_sql.exporting.values import ColumnWriter
from ecma2py_sql.importing.reading import ColumnReader

MOMENT = datetime(2026, 3, 4, 5, 6, 7, 890_000)  # noqa: DTZ001  as a driver returns it
DAY = datetime(2026, 3, 4)  # noqa: DTZ001
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
    (Kind.FLOAT, "1e300", "1e+300"),
    (Kind.REAL, 0.10000000149011612, "0.1"),
    (Kind.REAL, 16777216.0, "16777216.0"),
    (Kind.DATE, DAY, "2026-03-04"),
    (Kind.DATE, "infinity", "infinity"),
    (Kind.TIME, time(5, 6, 7, 8), "05:06:07.000008"),
    (Kind.TIME, "05:06:07.5", "05:06:07.500000"),
    (Kind.TIME, "24:00:00", "24:00:00"),
    (Kind.TIMESTAMP, date(2026, 3, 4), "2026-03-04T00:00:00Z"),
    (Kind.TIMESTAMP, "2026-03-04 05:06:07", "2026-03-04T05:06:07Z"),
    (Kind.TIMESTAMP, "2026-03-04T05:06:07+02:00", "2026-03-04T03:06:07Z"),
    (Kind.TIMESTAMP, "last Tuesday", "last Tuesday"),
    (Kind.TIMESTAMP, "2026-03-04 05:06:07.1234567", "2026-03-04 05:06:07.1234567"),
    (Kind.TIMESTAMP, "1712121212000", "1712121212000"),
    (Kind.TIMESTAMP_TZ, "2026-03-04T05:06:07.1200000Z", "2026-03-04T05:06:07.120000Z"),
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
    (Kind.FLOAT, "x"),
    (Kind.FLOAT, "1e400"),
    (Kind.FLOAT, "0.12345678901234567890"),
    (Kind.REAL, "0.123456789"),
    (Kind.REAL, "1e39"),
    (Kind.DATE, "4.3.2026"),
    (Kind.DATE, "2026-03-04T08:00:00Z"),
    (Kind.TIME, "noon"),
    (Kind.TIME, "08:00:00Z"),
    (Kind.TIME, "24:00:00"),
    (Kind.TIME, "08:00:00.1234567"),
    (Kind.TIMESTAMP, "2026-03-04T08:00:00.1234567Z"),
    (Kind.TIMESTAMP, "yesterday"),
    (Kind.TIMESTAMP, "2026-03-04T24:00:00Z"),
    (Kind.TIMESTAMP, "0001-01-01T00:00:00+14:00"),
    (Kind.UUID, "1234"),
]


def read(kind: Kind, value: Any) -> Any:
    """*value* as a driver returns it for a column that is declared to be of *kind*."""
    return ColumnReader(Column("c", kind), GENERIC)(value)


def overridden(native: Kind, kind: Kind) -> Column:
    """A column whose type the administrator overrides."""
    return Column("c", kind, native=native)


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
        datetime: DAY,
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
    written = {kind: lambda value, kind=kind: sql_text(WRITERS[kind](value)) for kind in Kind}
    assert written[Kind.TIMESTAMP]("2026-03-04T05:06:07+01:00") == "2026-03-04 04:06:07"
    assert written[Kind.DATE]("2026-03-04T00:00:00+02:00") == "2026-03-04"
    assert written[Kind.DECIMAL]("1.50") == "1.50"
    assert written[Kind.DECIMAL]("1E-10") == "0.0000000001"
    assert written[Kind.BOOLEAN](True) == "true"
    assert written[Kind.BINARY](b"a") == "a"


def test_equal_numbers_compare_equal_however_written() -> None:
    """A database holds 10.5 and 10.50 for the same value; what is no number is only itself."""
    decimal, text = (ColumnReader(Column("c", k), GENERIC) for k in (Kind.DECIMAL, Kind.TEXT))
    assert decimal.comparable("10.5") == decimal.comparable(Decimal("10.50"))
    assert text.comparable("10.5") != text.comparable("10.50")
    assert decimal.comparable("ten") == "ten"


@given(st.floats(width=32, allow_nan=False))
def test_a_number_of_32_bits_is_its_own_text(value: float) -> None:
    """Its digits are as few as tell it from its neighbours, and are taken back."""
    text = real_text(value)
    assert WRITERS[Kind.REAL](text) == value
    assert real_text(float(text)) == text
    assert len(Decimal(text).normalize().as_tuple().digits) <= 9


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (overridden(Kind.TEXT, Kind.INTEGER), "many"),
        (overridden(Kind.TEXT, Kind.DECIMAL), "1,5"),
        (overridden(Kind.TEXT, Kind.FLOAT), "x"),
        (overridden(Kind.TEXT, Kind.BOOLEAN), "maybe"),
        (overridden(Kind.TEXT, Kind.DATE), "4.3.2026"),
        (overridden(Kind.TEXT, Kind.DATE), "2026-03-04T08:00:00"),
        (overridden(Kind.TEXT, Kind.TIME), "noon"),
        (overridden(Kind.TEXT, Kind.TIMESTAMP), "yesterday"),
        (overridden(Kind.TEXT, Kind.UUID), "1234"),
        (overridden(Kind.DATE, Kind.TIMESTAMP), "infinity"),
        (overridden(Kind.INTEGER, Kind.TIMESTAMP), 1_700_000_000),
        (overridden(Kind.DECIMAL, Kind.INTEGER), 2**63),
        (overridden(Kind.TIMESTAMP, Kind.DATE), MOMENT),
    ],
)
def test_a_wrong_override_is_an_error_of_the_column(column: Column, value: Any) -> None:
    """What the administrator calls a column must be what it holds: nothing passes as it is."""
    with pytest.raises(ValueError, match="column 'c'"):
        ColumnReader(column, GENERIC)(value)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Column("c", Kind.TEXT, max_length=5, fixed=True), "ab "),
        (Column("c", Kind.TEXT, max_length=3), "abc "),
        (Column("c", Kind.BINARY, max_length=4, fixed=True), b"abc"),
        (Column("c", Kind.DECIMAL, scale=2), "1.234"),
        (Column("c", Kind.TIME, scale=0), "08:00:00.5"),
        (Column("c", Kind.TIMESTAMP, scale=3), "2026-03-04T08:00:00.1234Z"),
        (Column("c", Kind.TIMESTAMP_TZ, scale=0), "2026-03-04T08:00:00.1Z"),
        (overridden(Kind.DATE, Kind.TIMESTAMP), "2026-03-04T08:00:00Z"),
        (Column("c", Kind.FLOAT), "nan"),
        (Column("c", Kind.FLOAT), "-inf"),
    ],
)
def test_what_a_column_would_round_cut_or_pad_is_refused(column: Column, value: Any) -> None:
    """Databases change such values without a word."""
    with pytest.raises(ValueError, match=r"\S"):
        ColumnWriter(column, GENERIC)(value)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (Kind.DATE, "'6.5.' is not in ISO 8601: write 2026-03-04 or"),
        (Kind.TIMESTAMP, "or 2026-03-04T05:06:07Z"),
        (Kind.TIMESTAMP_TZ, "or 2026-03-04T05:06:07Z"),
        (Kind.TIME, "'6.5.' is no time of day down to microseconds: write 05:06:07"),
    ],
)
def test_what_is_no_day_or_time_is_told_how_one_is_written(kind: Kind, says: str) -> None:
    """Whoever sent it reads what to send."""
    with pytest.raises(ValueError, match=re.escape(says)):
        ColumnWriter(Column("c", kind), GENERIC)("6.5.")


@pytest.mark.parametrize(
    ("column", "value", "parameter"),
    [
        (Column("c", Kind.DECIMAL, scale=2), "1.2300", Decimal("1.2300")),
        (Column("c", Kind.DECIMAL, scale=0), "1E+5", Decimal("1E+5")),
        (Column("c", Kind.TEXT, max_length=3), "ab ", "ab "),
        (Column("c", Kind.TIMESTAMP, scale=7), "2026-03-04T08:00:00.123456Z",
         datetime(2026, 3, 4, 8, 0, 0, 123456)),  # noqa: DTZ001
        (overridden(Kind.TEXT, Kind.INTEGER), 5, "5"),
        (overridden(Kind.TEXT, Kind.BOOLEAN), False, "false"),
        (overridden(Kind.TEXT, Kind.DECIMAL), "0.10", "0.10"),
        (overridden(Kind.TEXT, Kind.TIMESTAMP), "2026-03-04T08:00:00Z", "2026-03-04 08:00:00Z"),
        (overridden(Kind.INTEGER, Kind.BOOLEAN), True, 1),
        (overridden(Kind.DATE, Kind.TIMESTAMP), "2026-03-04T00:00:00Z", DAY),
    ],
)  # fmt: skip
def test_a_value_is_bound_as_what_the_database_declares(
    column: Column, value: Any, parameter: Any
) -> None:
    """A column of text compared with a number finds nothing, nor a number with a Boolean."""
    bound = ColumnWriter(column, GENERIC)(value)
    assert (bound, type(bound)) == (parameter, type(parameter))


def test_a_day_that_is_overridden_to_a_moment_is_its_beginning() -> None:
    """Whether the driver gives it as a date or as text."""
    read = ColumnReader(overridden(Kind.DATE, Kind.TIMESTAMP), GENERIC)
    assert read(date(2026, 3, 4)) == read("2026-03-04") == "2026-03-04T00:00:00Z"


def test_padding_is_no_part_of_a_value() -> None:
    """A login in a CHAR column is the login, not the login and blanks."""
    column = Column("c", Kind.TEXT, max_length=5, fixed=True)
    assert ColumnReader(column, GENERIC)("ab   ") == "ab"


def test_sqlite_takes_no_decimal_that_it_would_round() -> None:
    """Its decimals are floats or whole numbers."""
    write = ColumnWriter(Column("c", Kind.DECIMAL), SQLITE)
    assert [write(text) for text in ("1.10", "7.0", str(2**63 - 1))] == [1.1, 7, 2**63 - 1]
    with pytest.raises(ValueError, match="declare the column as TEXT"):
        write("12345678901234567890.1234")


@pytest.mark.parametrize("kind", [Kind.INTEGER, Kind.DECIMAL])
@pytest.mark.parametrize("text", ["1e9999999", "-1e999999999", "1e-999999999", "0e999999999"])
def test_a_number_of_thousands_of_millions_of_digits_is_not_written_out(
    kind: Kind, text: str
) -> None:
    """A few characters in one row must not take the memory and the time of the whole process."""
    column = Column("c", kind, native=Kind.TEXT)
    tracemalloc.start()
    began = time_now()
    try:
        with suppress(ValueError):
            ColumnReader(column, SQLITE)(text)
        with suppress(ValueError):
            ColumnWriter(evolve(column, kind=Kind.DECIMAL), SQLITE)(text)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
        assert time_now() - began < 2
    finally:
        tracemalloc.stop()
