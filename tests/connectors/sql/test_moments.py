"""Time zones, formats of moments, and the hours that clocks skip or repeat."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py import ConfigParameterPage, ConfigParameters, CSEntryChange, InvalidParameterError
from ecma2py_sql import SqlConnector
from ecma2py_sql.data.formats import DEFAULT_FORMAT, MomentFormat
from ecma2py_sql.data.moments import Clock, parse_timestamp, timestamp_text
from ecma2py_sql.data.zones import WINDOWS_ZONES, find_zone
from tests.connectors.sql.targets import Target, codes

BERLIN = find_zone("Europe/Berlin")
MOMENT = datetime(2026, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)
FORMATS = [
    (DEFAULT_FORMAT, "2026-03-04 05:06:07Z"),
    ("yyyy-MM-dd HH:mm:ss", "2026-03-04 06:06:07"),
    ("yyyy-MM-ddTHH:mm:ss.fffK", "2026-03-04T06:06:07.890+01:00"),
    ("yyyy-MM-dd HH:mm:ss.FFFFFF zzz", "2026-03-04 06:06:07.89 +01:00"),
    ("dd.MM.yyyy HH:mm", "04.03.2026 06:06"),
    ("M/d/yy h:m:s tt", "3/4/26 6:6:7 AM"),
    ("dddd, d MMMM yyyy", "Wednesday, 4 March 2026"),
    ("ddd dd-MMM-yyyy hh:mm:ss t zz", "Wed 04-Mar-2026 06:06:07 A +01"),
    ("yyyyMMddHHmmss'Z'", "20260304060607Z"),
    ("yyyyMMddHHmmssZ", "20260304050607Z"),
    (r"yyyy\yMM\M d z", "2026y03M 4 +1"),
    ('"day "d"." MM yyyyy', "day 4. 03 2026"),
    ("s", "2026-03-04T06:06:07"),
    ("u", "2026-03-04 05:06:07Z"),
    ("o", "2026-03-04T06:06:07.8900000+01:00"),
]


@pytest.mark.parametrize(("text", "written"), FORMATS)
def test_a_moment_is_written_as_dotnet_writes_it(text: str, written: str) -> None:
    """Each letter of a .NET custom format stands for what it stands for there."""
    assert MomentFormat(text).write(MOMENT, BERLIN) == written


@pytest.mark.parametrize(("text", "written"), FORMATS)
def test_what_was_written_is_read_as_far_as_it_says(text: str, written: str) -> None:
    """Reading is the inverse of writing; what the format leaves out is the beginning."""
    found = MomentFormat(text).read(written)
    assert found.replace(tzinfo=None) in {
        MOMENT.astimezone(zone).replace(tzinfo=None) - cut
        for zone in (UTC, BERLIN)
        for cut in (
            timedelta(),
            timedelta(microseconds=890_000),
            timedelta(seconds=7, microseconds=890_000),
            timedelta(hours=6, minutes=6, seconds=7, microseconds=890_000),
        )
    }


@given(
    st.datetimes(timezones=st.just(UTC), min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["o", "yyyy-MM-dd HH:mm:ss.ffffffZ", "dddd d MMMM yyyy h:m:s.FFFFFF tt zzz"]),
)  # fmt: skip
def test_a_format_with_fraction_and_zone_keeps_every_moment(moment: datetime, text: str) -> None:
    """Nothing is lost that the format has a place for."""
    kept = MomentFormat(text)
    zone = find_zone("Asia/Kolkata")
    assert kept.read(kept.write(moment, zone)) == moment


@pytest.mark.parametrize(
    "text",
    ["", "HH:mm", "yyyy-MM", "yyyy-MM-dd dd", "yyy-MM-dd", "yyyy-MM-dd 'open", "d", "yyyy-MM-dd g",
     "yyyy-MM-dd HH:mm:ss.ffffffff", "yyyy-MM-dd\\"],
)  # fmt: skip
def test_what_is_no_format_or_names_no_day_is_refused(text: str) -> None:
    """An administrator hears of it before any value is misread."""
    with pytest.raises(ValueError, match=r"\S"):
        MomentFormat(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (DEFAULT_FORMAT, "2026-03-04T05:06:07Z"),
        (DEFAULT_FORMAT, "2026-03-04 05:06:07"),
        (DEFAULT_FORMAT, "2026-13-04 05:06:07Z"),
        ("dd.MM.yyyy", "31.02.2026"),
        ("ddd d.M.yyyy", "Mon 4.3.2026"),
        ("o", "2026-03-04T06:06:07.8900001+01:00"),
    ],
)
def test_text_of_another_format_is_refused(text: str, value: str) -> None:
    """A day and month are never guessed at."""
    with pytest.raises(ValueError, match=r"\S"):
        MomentFormat(text).read(value)


def test_two_digits_are_a_year_up_to_2049() -> None:
    """As .NET reads them."""
    read = MomentFormat("yy-MM-dd").read
    assert [read(f"{year}-01-01").year for year in ("49", "50", "99", "00")] == [
        2049,
        1950,
        1999,
        2000,
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("pacific standard TIME", "America/Los_Angeles"),
        (" Tokyo Standard Time ", "Asia/Tokyo"),
    ],
)
def test_a_zone_is_found_by_its_iana_or_its_windows_name(name: str, key: str) -> None:
    """Microsoft's connector offers the names of Windows."""
    assert str(find_zone(name)) == key


def test_every_zone_of_windows_is_one_of_iana() -> None:
    """The table has no name that Python's zones lack."""
    assert set(WINDOWS_ZONES.values()) <= zoneinfo.available_timezones()
    assert all(find_zone(name) for name in WINDOWS_ZONES)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "Europe", "W. Europe"])
def test_a_zone_nobody_knows_is_refused(name: str) -> None:
    """The error shows how one is written."""
    with pytest.raises(ValueError, match="Europe/Berlin"):
        find_zone(name)


def test_an_hour_that_happens_twice_is_read_as_the_first() -> None:
    """And the second is refused, for it would come back an hour earlier."""
    clock = Clock(BERLIN)
    assert clock.read(datetime(2026, 10, 25, 2, 30)) == "2026-10-25T00:30:00Z"  # noqa: DTZ001
    assert clock.local(parse_timestamp("2026-10-25T00:30:00Z")).hour == 2
    with pytest.raises(ValueError, match="the second 2026-10-25 02:30:00"):
        clock.local(parse_timestamp("2026-10-25T01:30:00Z"))


def test_an_hour_that_never_was_is_read_as_if_clocks_had_stood() -> None:
    """A careless program may have written one; the same moment is written back as it was shown."""
    clock = Clock(BERLIN)
    read = clock.read(datetime(2026, 3, 29, 2, 30))  # noqa: DTZ001
    assert read == "2026-03-29T01:30:00Z"
    assert clock.local(parse_timestamp(read)) == datetime(2026, 3, 29, 3, 30)  # noqa: DTZ001


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001
    st.sampled_from(sorted(WINDOWS_ZONES)),
)
def test_a_moment_goes_through_the_clocks_of_any_zone_or_is_refused(
    moment: datetime, zone: str
) -> None:
    """No moment is ever shifted."""
    clock = Clock(find_zone(zone))
    try:
        local = clock.local(moment)
    except ValueError as error:
        assert "the second" in str(error)
    else:
        assert clock.read(local) == timestamp_text(moment)


def test_a_moment_beyond_the_years_of_a_zone_is_refused() -> None:
    """The first hours of the year 1 are none west of Greenwich."""
    with pytest.raises(ValueError, match="outside the years"):
        Clock(find_zone("America/New_York")).local(datetime(1, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Data Source Time Zone", "Mars/Olympus"),
        ("Data Source Date Time Format", "HH:mm"),
    ],
)
def test_a_wrong_zone_or_format_is_told_on_its_page(name: str, value: str) -> None:
    """The parameter at fault is named, before any connection is opened."""
    given = ConfigParameters({"Data source": "sqlite:///nowhere.db", name: value})
    connector = SqlConnector()
    result = connector.validate_config_parameters(given, ConfigParameterPage.GLOBAL)
    assert (result.is_success, result.error_parameter) == (False, name)
    with pytest.raises(InvalidParameterError, match=name):
        connector.get_schema(given)
    good = ConfigParameters({"Data source": "sqlite:///nowhere.db"})
    assert connector.validate_config_parameters(good, ConfigParameterPage.GLOBAL).is_success


PLAIN = {"postgresql": "TIMESTAMP"}
ZONED = {"postgresql": "TIMESTAMPTZ", "mariadb": "TIMESTAMP(6) NULL"}


def _table(target: Target) -> None:
    plain = PLAIN.get(target.name, target.types["timestamp"])
    zoned = ZONED.get(target.name, "TIMESTAMPTZ")
    target.execute(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, plain {plain}, zoned {zoned}, words VARCHAR(40))"
    )


def _add(number: int, **attributes: Any) -> CSEntryChange:
    return CSEntryChange.add("T", {"id": number}, attributes=attributes)


TYPES = '[T]\ntable="t"\ntypes={words="DateTime"}'
IN_BERLIN = {
    "Data Source Time Zone": "W. Europe Standard Time",
    "Data Source Date Time Format": "dd.MM.yyyy HH:mm:ss",
}


def test_the_connector_space_is_utc_and_the_database_has_its_own_time(target: Target) -> None:
    """Columns without a zone and text hold local time; columns with a zone hold the moment."""
    _table(target)
    host = target.host(TYPES, **IN_BERLIN)
    moments = ("2026-01-02T10:00:00Z", "2026-07-02T12:00:00+02:00")
    adds = [_add(i, plain=m, zoned=m, words=m) for i, m in enumerate(moments)]
    assert codes(host.export(*adds)) == ["Success"] * 2
    expected = ("2026-01-02T10:00:00Z", "2026-07-02T10:00:00Z")
    assert [entry.attributes for entry in host.full()] == [
        {"plain": text, "zoned": text, "words": text} for text in expected
    ]
    stored = [(str(plain)[:19], words) for plain, words in target.rows(
        "SELECT plain, words FROM t ORDER BY id"
    )]  # fmt: skip
    assert stored == [
        ("2026-01-02 11:00:00", "02.01.2026 11:00:00"),
        ("2026-07-02 12:00:00", "02.07.2026 12:00:00"),
    ]


def test_a_repeated_hour_is_refused_where_it_could_not_be_told(target: Target) -> None:
    """Only a column with a zone can hold the second 02:30 of the last Sunday in October."""
    _table(target)
    host = target.host(TYPES, **IN_BERLIN)
    first, second = "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"
    results = host.export(
        _add(1, plain=first, zoned=first, words=first),
        _add(2, zoned=second),
        _add(3, plain=second),
        _add(4, words=second),
    )
    assert codes(results) == ["Success"] * 2 + ["ExportErrorInvalidAttributeValue"] * 2
    assert "'plain'" in str(results[2].error_detail)
    assert [entry.attributes for entry in host.full()] == [
        {"plain": first, "zoned": first, "words": first},
        {"zoned": second},
    ]


def test_text_that_is_no_moment_of_the_format_is_an_error_of_its_row(target: Target) -> None:
    """The import error names table, row and column, and keeps nobody else."""
    _table(target)
    target.execute("INSERT INTO t (id, words) VALUES (1, '04.03.2026 08:00:00'), (2, 'soon')")
    good, bad = target.host(TYPES, **IN_BERLIN).full()
    assert good.attributes == {"words": "2026-03-04T07:00:00Z"}
    assert bad.error_code_import is not None
    assert "table 't', row with id 2: column 'words': 'soon' is no date" in bad.error_detail


def test_a_fraction_that_the_format_has_no_place_for_is_refused(target: Target) -> None:
    """Text is never shorter than the moment it was made of."""
    _table(target)
    (result,) = target.host(TYPES).export(_add(1, words="2026-03-04T08:00:00.5Z"))
    assert codes([result]) == ["ExportErrorInvalidAttributeValue"]
    assert "'Data Source Date Time Format'" in str(result.error_detail)
