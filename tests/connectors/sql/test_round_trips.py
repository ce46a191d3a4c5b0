"""Whatever the schema allows goes to the database and comes back equal, or is refused by name."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import field, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py import CSEntryChange
from ecma2py_sql.data.kinds import real_text
from ecma2py_sql.data.moments import timestamp_text
from tests.connectors.sql.targets import Target, codes

SQLITE = ("sqlite3", "sqlite-odbc")


@frozen
class Law:
    """The values of one kind, and the databases that may refuse some of them."""

    values: st.SearchStrategy[Any]
    declared: str
    others: Mapping[str, str] = field(factory=dict, kw_only=True)
    """By target, where the type has another name."""
    kind: str | None = field(default=None, kw_only=True)
    """What the type is overridden to."""
    refused_by: tuple[str, ...] = field(default=(), kw_only=True)
    key: Any = field(default=lambda value: value, kw_only=True)
    """Equal for two values that are the same."""


TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("'\"`;-/*()\\%_?@{}[]|&,+= \n\r\t0a\x01\x1a\x7f\u00d8\U0010fffd"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=80,
)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(timestamp_text)
DECIMALS = st.decimals(-(10**38), 10**38, places=20).map(lambda number: format(number, "f"))
LAWS = {
    "text": Law(TEXT, "{text}"),
    "integer": Law(st.integers(-(2**63), 2**63 - 1), "BIGINT"),
    "boolean": Law(st.booleans(), "{boolean}", key=lambda value: str(value).lower()),
    "binary": Law(st.binary(max_size=300), "{binary}"),
    "decimal": Law(
        st.one_of(DECIMALS, st.decimals(-(10**9), 10**9, places=2).map(str)),
        "DECIMAL(60, 20)",
        refused_by=SQLITE,
        key=Decimal,
    ),
    "decimal in text": Law(DECIMALS, "VARCHAR(70)", kind="decimal"),
    "float": Law(
        st.floats().map(repr),
        "{double}",
        refused_by=(*SQLITE, "mariadb"),
        key=lambda value: value if value == "nan" else float(value),
    ),
    "real": Law(
        st.floats(width=32, allow_subnormal=False, allow_nan=False, allow_infinity=False).map(
            real_text
        ),
        "REAL",
        others={"mariadb": "FLOAT"},
        key=float,
    ),
    "date": Law(st.dates().map(lambda day: day.isoformat()), "DATE"),
    "time": Law(
        st.times().map(lambda time: time.isoformat()), "TIME", others={"mariadb": "TIME(6)"}
    ),
    "timestamp": Law(MOMENTS, "TIMESTAMP", others={"mariadb": "DATETIME(6)"}),
    "timestamptz": Law(
        MOMENTS, "TIMESTAMPTZ", others={"mariadb": "TIMESTAMP(6) NULL"}, refused_by=("mariadb",)
    ),
    "timestamp in text": Law(MOMENTS, "VARCHAR(40)", kind="datetime"),
    # MariaDB refuses versions that do not exist.
    "uuid": Law(st.integers(1, 5).flatmap(lambda v: st.uuids(version=v)).map(str), "{uuid}"),
    "uuid in text": Law(st.uuids().map(str), "CHAR(36)", kind="uuid"),
}


@pytest.mark.parametrize("name", LAWS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=5)
@given(data=st.data())
def test_every_value_comes_back_as_it_was_or_is_refused_by_name(
    target: Target, name: str, data: st.DataObject
) -> None:
    """Nothing is rounded, cut, shifted or lost: not in a column, nor in a set of values."""
    law = LAWS[name]
    values = data.draw(st.lists(law.values, min_size=1, max_size=40, unique=True))
    declared = law.others.get(target.name, law.declared)
    target.execute(
        "DROP TABLE IF EXISTS r; DROP TABLE IF EXISTS rm;"
        f"CREATE TABLE r (id INTEGER PRIMARY KEY, v {declared});"
        f"CREATE TABLE rm (id INTEGER, v {declared})"
    )
    override = f'types={{ v = "{law.kind}" }}\n' if law.kind else ""
    sets = "" if law.kind else '[R.multivalued.many]\ntable="rm"\nkey="id"\nvalue="v"'
    host = target.host(f'[R]\ntable="r"\n{override}{sets}', **{"Data Source Date Time Format": "o"})
    adds = []
    for i, value in enumerate(values):
        many = {} if law.kind else {"many": [str(value).lower() if name == "boolean" else value]}
        adds.append(CSEntryChange.add("R", {"id": i}, attributes={"v": value, **many}))
    results = host.export(*adds)
    found = {entry.anchor["id"]: entry.attributes for entry in host.full()}
    for i, (value, result) in enumerate(zip(values, results, strict=True)):
        if codes([result]) != ["Success"]:
            assert target.name in law.refused_by, (value, result.error_detail)
            assert i not in found
            continue
        assert law.key(found[i]["v"]) == law.key(value)
        if not law.kind:
            (one,) = found[i]["many"]
            assert law.key(one) == law.key(value)


UNSIGNED = st.integers(0, 2**64 - 1).map(str)


@pytest.mark.parametrize("target", ["mariadb"], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(numbers=st.lists(UNSIGNED, min_size=1, max_size=20, unique=True))
def test_unsigned_numbers_are_whole(target: Target, numbers: list[str]) -> None:
    """64 bits travel as text, for ECMA2 has one less; 32 bits as numbers, which the driver signs."""
    target.execute(
        "DROP TABLE IF EXISTS u;"
        "CREATE TABLE u (id INTEGER PRIMARY KEY, b BIGINT UNSIGNED, i INT UNSIGNED)"
    )
    host = target.host('[U]\ntable="u"')
    expected = [{"b": number, "i": int(number) % 2**32} for number in numbers]
    adds = [CSEntryChange.add("U", {"id": i}, attributes=v) for i, v in enumerate(expected)]
    assert set(codes(host.export(*adds))) == {"Success"}
    assert [entry.attributes for entry in host.full()] == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(
    moments=st.lists(
        st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        min_size=1,
        max_size=20,
    ),
    zone=st.sampled_from(["America/St_Johns", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu"]),
)
def test_moments_go_through_the_zone_of_the_data_source(
    target: Target, moments: list[datetime], zone: str
) -> None:
    """Every moment that local time can tell comes back; the others are refused."""
    declared = {"mariadb": "DATETIME(6)"}.get(target.name, "TIMESTAMP")
    target.execute(f"DROP TABLE IF EXISTS z; CREATE TABLE z (id INTEGER PRIMARY KEY, v {declared})")
    host = target.host('[Z]\ntable="z"', **{"Data Source Time Zone": zone})
    texts = [timestamp_text(moment) for moment in moments]
    adds = [CSEntryChange.add("Z", {"id": i}, attributes={"v": t}) for i, t in enumerate(texts)]
    results = host.export(*adds)
    found = {entry.anchor["id"]: entry.attributes["v"] for entry in host.full()}
    for i, (text, result) in enumerate(zip(texts, results, strict=True)):
        if codes([result]) == ["Success"]:
            assert found[i] == text
        else:
            assert "is the second" in str(result.error_detail)


@pytest.mark.parametrize("value", ["a\0b", "\0", "a\ud800", "\udfffb"])
def test_text_that_a_driver_would_cut_or_break_is_refused_by_attribute(
    target: Target, value: str
) -> None:
    """NUL and halves of surrogate pairs reach no driver: in a column, a set, or a key."""
    target.execute(
        "CREATE TABLE n (id VARCHAR(9) PRIMARY KEY, v {text}); CREATE TABLE nm (id VARCHAR(9), v {text})"
    )
    host = target.host('[N]\ntable="n"\n[N.multivalued.m]\ntable="nm"\nkey="id"\nvalue="v"')
    results = host.export(
        CSEntryChange.add("N", {"id": "1"}, attributes={"v": value}),
        CSEntryChange.add("N", {"id": "2"}, attributes={"m": ["a", value]}),
        CSEntryChange.add("N", {"id": value}),
    )
    assert codes(results) == ["ExportErrorInvalidAttributeValue"] * 3
    assert [result.error_detail.split(":")[0] for result in results if result.error_detail] == [
        "Attribute 'v'",
        "Attribute 'm'",
        "Attribute 'id'",
    ]
    assert host.full() == []


def test_an_empty_text_is_a_value_and_not_null(target: Target) -> None:
    """All databases tried here tell them apart; Oracle does not, and reads '' as NULL."""
    target.execute("CREATE TABLE e (id INTEGER PRIMARY KEY, v {text})")
    host = target.host('[E]\ntable="e"')
    host.export(
        CSEntryChange.add("E", {"id": 1}, attributes={"v": ""}), CSEntryChange.add("E", {"id": 2})
    )
    assert [entry.attributes for entry in host.full()] == [{"v": ""}, {}]
    assert target.rows("SELECT COUNT(*) FROM e WHERE v IS NULL") == [(1,)]
