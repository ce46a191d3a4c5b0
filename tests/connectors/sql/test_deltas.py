"""Delta imports by watermark: nothing lost at a boundary, nothing told twice without a change."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py import ConfigParameters, ObjectModificationType
from ecma2py.errors import WarningNoWatermarkError
from ecma2py_sql import SqlConnector
from ecma2py_sql.deltas.kept import MOST_DIGESTS, untagged
from ecma2py_sql.deltas.watermarks import WatermarkColumns, earlier
from tests.connectors.sql.targets import PEOPLE, PEOPLE_TYPES, Host, Target, content

NUMBERED = '[T]\ntable="t"\ndelta={watermark="w", overlap=0}'


def numbered(target: Target, *rows: tuple[int, str, Any]) -> Host:
    """A table whose watermark is a number, read in full."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(20), w INTEGER)")
    if rows:
        target.execute("INSERT INTO t VALUES (?, ?, ?)", rows)
    host = target.host(NUMBERED)
    host.full()
    return host


def told(host: Host) -> list[tuple[int, str]]:
    """Anchor and name of each entry of a delta, all of which are whole objects."""
    entries = host.delta()
    assert {e.object_modification_type for e in entries} <= {ObjectModificationType.REPLACE}
    return [(entry.anchor["id"], entry.attributes["name"]) for entry in entries]


def test_a_delta_tells_what_changed_since_and_then_nothing(target: Target) -> None:
    """Changed and new rows come once, in the order of their keys, multi-valued rows too."""
    target.execute(PEOPLE)
    target.execute(
        "INSERT INTO people (id, name, changed) VALUES (?, ?, ?)",
        [(i, f"n{i}", i) for i in range(1, 9)],
    )
    host = target.host(PEOPLE_TYPES)
    host.full()
    assert host.delta() == []
    target.execute("UPDATE people SET name = 'new', changed = 20 WHERE id = 3")
    target.execute("INSERT INTO people (id, name, changed) VALUES (9, 'n9', 10)")
    target.execute("INSERT INTO phones VALUES (?, ?)", [(3, "a"), (3, "b"), (4, "c")])
    entries = host.delta(page_size=1)
    assert [content(entry) for entry in entries] == [
        {"id": 3, "name": "new", "changed": 20, "phones": frozenset({"a", "b"})},
        {"id": 9, "name": "n9", "changed": 10},
    ]
    assert host.delta() == []


def test_rows_that_share_the_last_watermark_are_not_lost(target: Target) -> None:
    """A row committed later under the same value comes, its neighbours do not come again."""
    host = numbered(target, (1, "a", 5), (2, "b", 5))
    target.execute("INSERT INTO t VALUES (3, 'c', 5)")
    assert told(host) == [(3, "c")]
    target.execute("UPDATE t SET name = 'B' WHERE id = 2")
    assert told(host) == [(2, "B")]
    assert told(host) == []


def test_a_transaction_that_commits_late_is_caught_by_the_overlap(target: Target) -> None:
    """Rows under a watermark somewhat older than the last are read as well."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(20), w {timestamp})")
    target.execute("INSERT INTO t VALUES (1, 'a', '2026-01-02 10:00:00')")
    target.execute("INSERT INTO t VALUES (2, 'b', '2026-01-02 10:00:30')")
    host = target.host('[T]\ntable="t"\ndelta={watermark="w", overlap=60}')
    host.full()
    assert told(host) == []
    target.execute("INSERT INTO t VALUES (3, 'late', '2026-01-02 09:59:45')")
    target.execute("INSERT INTO t VALUES (4, 'too late', '2026-01-02 09:59:00')")
    assert told(host) == [(3, "late")]
    target.execute("UPDATE t SET name = 'A', w = '2026-01-02 10:05:00.25' WHERE id = 1")
    assert told(host) == [(1, "A")]
    assert told(host) == []


def test_an_empty_table_gets_its_first_rows_by_delta(target: Target) -> None:
    """No watermark yet means everything is new."""
    host = numbered(target)
    assert told(host) == []
    target.execute("INSERT INTO t VALUES (1, 'a', -5)")
    target.execute("INSERT INTO t VALUES (2, 'never', NULL)")
    assert told(host) == [(1, "a")]
    assert told(host) == []


def test_a_watermark_that_goes_back_does_not_repeat_the_past(sqlite_file: Target) -> None:
    """Deleting the newest row leaves the watermark where it was."""
    host = numbered(sqlite_file, (1, "a", 5), (2, "b", 9))
    sqlite_file.execute("DELETE FROM t WHERE id = 2")
    assert told(host) == []
    sqlite_file.execute("INSERT INTO t VALUES (3, 'c', 9)")
    assert told(host) == [(3, "c")]


def test_too_many_rows_under_one_watermark_are_repeated_rather_than_lost(
    sqlite_file: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered is bounded; beyond it a row may come twice, never not at all."""
    monkeypatch.setattr("ecma2py_sql.deltas.kept.MOST_DIGESTS", 3)
    host = numbered(sqlite_file, *((i, "a", 5) for i in range(5)))
    assert host.custom_data is not None
    assert json.loads(host.custom_data)["T"]["state"]["seen"] == []
    assert len(told(host)) == 5
    assert MOST_DIGESTS > 1_000


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(("put", "put", "touch", "delta")),
        st.integers(1, 5),
        st.sampled_from("abc"),
        st.integers(0, 2),
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(operations=OPERATIONS, size=st.integers(1, 4))
def test_full_and_deltas_together_equal_a_later_full_import(
    sqlite_file: Target, operations: list[tuple[str, int, str, int]], size: int
) -> None:
    """apply(full(W0), deltas) == full(W1) for any changes but deletes, ties included."""
    sqlite_file.execute("DROP TABLE IF EXISTS t")
    host = numbered(sqlite_file, (1, "a", 0))
    known = host.state()
    clock = 0
    for action, key, name, step in [*operations, ("delta", 0, "", 0)]:
        if action == "delta":
            for entry in host.delta(page_size=size):
                before = known.get(entry.dn)
                assert content(entry) != before, "a delta invented a change"
                known[entry.dn] = content(entry)
        else:
            clock += step
            sqlite_file.execute(
                "INSERT INTO t VALUES (?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name, w = excluded.w",
                [(key, name, clock)],
            )
    assert known == target_state(sqlite_file)


def target_state(target: Target) -> dict[str, dict[str, Any]]:
    """What a fresh full import finds."""
    return target.host(NUMBERED).state()


def test_a_run_that_broke_off_is_repeated_from_the_last_good_watermark(target: Target) -> None:
    """The watermark is the one of the close; a run cut short is simply run again."""
    host = numbered(target, (1, "a", 1))
    target.execute("INSERT INTO t VALUES (?, ?, ?)", [(2, "b", 2), (3, "c", 3)])
    kept = host.custom_data
    for _ in range(2):
        host.custom_data = kept
        assert told(host) == [(2, "b"), (3, "c")]


@pytest.mark.parametrize(
    "custom_data",
    [
        "",
        "rubbish",
        pytest.param("[" * 100_000, id="nested"),
        "[]",
        "{}",
        '{"T":1}',
        '{"T":{"of":"watermark t.w","state":null}}',
        '{"T":{"of":"watermark t.w","state":{"point":{"":{"x":1}},"seen":[]}}}',
    ],
)
def test_a_watermark_that_does_not_fit_is_refused(sqlite_file: Target, custom_data: str) -> None:
    """Garbage, or the watermark of another configuration, asks for a full import."""
    host = numbered(sqlite_file, (1, "a", 1))
    host.custom_data = custom_data
    with pytest.raises(WarningNoWatermarkError, match="full import first"):
        host.delta()


def test_the_watermark_of_another_column_is_refused(sqlite_file: Target) -> None:
    """A watermark belongs to the column it was read from."""
    host = numbered(sqlite_file, (1, "a", 1))
    other = sqlite_file.host('[T]\ntable="t"\ndelta={watermark="id"}')
    other.custom_data = host.custom_data
    with pytest.raises(WarningNoWatermarkError, match="is of watermark t.w, not of watermark t.id"):
        other.delta()


def test_a_watermark_of_the_far_future_yields_nothing(sqlite_file: Target) -> None:
    """No row is newer, so nothing is told."""
    host = numbered(sqlite_file, (1, "a", 1))
    state = '{"point":{"":{"integer":99999}},"seen":[]}'
    host.custom_data = f'{{"T":{{"of":"watermark t.w","state":{state}}}}}'
    assert host.delta() == []


def test_types_without_watermark_take_no_part_in_deltas(target: Target) -> None:
    """A mixed configuration gives deltas for the types that can, and says so in its schema."""
    target.execute(PEOPLE)
    host = target.host(PEOPLE_TYPES)
    host.full()
    target.execute("INSERT INTO teams VALUES ('t', 'x')")
    assert host.delta() == []
    without = target.host('[Team]\ntable="teams"')
    capabilities = SqlConnector().get_capabilities_ex
    assert capabilities(host.parameters).delta_import
    assert not capabilities(without.parameters).delta_import
    assert not capabilities(ConfigParameters(target.parameters)).delta_import
    without.full()
    assert without.custom_data is None


@pytest.mark.parametrize(
    ("value", "overlap", "expected"),
    [
        (100, 60, 40),
        ("2026-01-02 10:00:30", 60, "2026-01-02 09:59:30"),
        ("2026-01-02T10:00:30Z", 60, "2026-01-02T09:59:30Z"),
        ("2026-01-02T10:00:30.5", 30, "2026-01-02T10:00:00.500000"),
        ("release 7 of 2026", 60, "release 7 of 2026"),
        (b"\x07", 60, b"\x07"),
        (1.5, 60, 1.5),
    ],
)
def test_an_overlap_keeps_the_form_of_the_watermark(
    value: Any, overlap: int, expected: Any
) -> None:
    """A lower bound compares with the column as its own values do."""
    assert earlier(value, overlap) == expected


def test_every_kind_of_watermark_survives_its_storage(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers, moments, days, text, binary and decimals come back as the driver gave them."""
    given: list[Any] = []
    now = WatermarkColumns.now

    def noted(columns: WatermarkColumns, before: Any) -> Any:
        point = now(columns, before)
        given.append(point[""])
        return point

    monkeypatch.setattr(WatermarkColumns, "now", noted)
    columns = {
        "i": ("BIGINT", 2**62),
        "t": ("{timestamp}", "2026-01-02 10:00:00.123456"),
        "d": ("DATE", "2026-01-02"),
        "s": ("VARCHAR(20)", "x"),
        "b": ("{binary}", b"\x01\x02"),
        "n": ("DECIMAL(20,4)", "12.5"),
        "f": ("{double}", 1.5),
    }
    declared = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
    target.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {declared})")
    marks = ", ".join("?" * (len(columns) + 1))
    row = [1, *(value for _, value in columns.values())]
    target.execute(f"INSERT INTO t VALUES ({marks})", [row])
    for name in columns:
        host = target.host(f'[T]\ntable="t"\ndelta={{watermark="{name}", overlap=1}}')
        host.full()
        assert host.custom_data is not None
        kept = untagged(json.loads(host.custom_data)["T"]["state"]["point"][""])
        assert kept is not None, name
        assert (kept, type(kept)) == (given[-1], type(given[-1])), name
        assert host.delta() == [], name
        assert host.delta() == [], name
