"""Deltas by watermark beyond the column itself: marks of deletion, queries, multi-valued tables."""

import pytest
from hypothesis import HealthCheck, given, settings

from ecma2py import CSEntryChange, ObjectModificationType
from ecma2py.errors import InvalidParameterError, UnexpectedDataError, WarningNoWatermarkError
from tests.connectors.sql.delta_laws import (
    OPERATIONS,
    TABLES,
    Operation,
    World,
    a_run_that_broke_off_repeats,
    deltas_equal_a_full_import,
)
from tests.connectors.sql.targets import Target, codes, content

TYPES = """
[T]
table = "t"
columns = ["name"]
delta = { watermark = "w", overlap = 0, deleted = "gone" }
[T.multivalued.values]
table = "v"
key = "t"
value = "value"
watermark = "w"
"""
DELETE = ObjectModificationType.DELETE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(operations=OPERATIONS)
def test_deltas_equal_a_later_full_import(target: Target, operations: list[Operation]) -> None:
    """Changes, marks of deletion and values alone are all found, ties at the boundary too."""
    target.execute(TABLES.replace("TABLE", "TABLE IF NOT EXISTS"))
    deltas_equal_a_full_import(World(target, TYPES, soft=True), operations)


def test_a_run_that_broke_off_is_repeated(sqlite_file: Target) -> None:
    """Nothing is lost if the watermark of a delta was not stored."""
    sqlite_file.execute(TABLES)
    sqlite_file.execute("INSERT INTO t VALUES (?, ?, ?, ?)", [(1, "a", 1, 0), (2, "b", 1, 0)])
    host = sqlite_file.host(TYPES)
    host.full()

    def change() -> None:
        sqlite_file.execute("UPDATE t SET gone = 1, w = 2 WHERE id = 1")
        sqlite_file.execute("INSERT INTO v VALUES (2, 'x', 5)")

    gone, changed = a_run_that_broke_off_repeats(host, change)
    assert (gone.object_modification_type, gone.dn) == (DELETE, "CN=1,OBJECT=T")
    assert content(changed) == {"id": 2, "name": "b", "values": frozenset({"x"})}


@pytest.mark.parametrize(
    ("declared", "settings", "mark", "live"),
    [
        ("{boolean}", "", True, False),
        ("INTEGER", "", 7, 0),
        ("{timestamp}", "", "2026-01-02 10:00:00", None),
        ("VARCHAR(10)", ', deleted_values = ["left", "gone"]', "gone", "here"),
        ("INTEGER", ', deleted_values = "2"', 2, 1),
    ],
)
def test_a_row_marked_as_deleted_is_no_object(
    target: Target, declared: str, settings: str, mark: object, live: object
) -> None:
    """True, a number but 0, any moment, or a word of the administrator's; NULL never marks."""
    target.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER, gone {declared})")
    target.execute("INSERT INTO t VALUES (?, ?, ?)", [(1, 1, mark), (2, 1, live), (3, 1, None)])
    delta = f'delta = {{ watermark = "w", overlap = 0, deleted = "gone"{settings} }}'
    host = target.host(f'[T]\ntable = "t"\ncolumns = ["w"]\n{delta}')
    assert sorted(host.state()) == ["CN=2,OBJECT=T", "CN=3,OBJECT=T"]
    assert host.delta() == []
    target.execute("UPDATE t SET gone = ?, w = 2 WHERE id = 3", [(mark,)])
    (gone,) = host.delta()
    assert (gone.object_modification_type, gone.anchor["id"]) == (DELETE, 3)
    target.execute("UPDATE t SET gone = ?, w = 3 WHERE id = 1", [(live,)])
    (back,) = host.delta()
    assert (back.object_modification_type, back.anchor["id"]) == (ObjectModificationType.REPLACE, 1)


def test_a_delete_removes_the_row_unless_it_is_written_to_mark_it(target: Target) -> None:
    """Marks are read, not set; a delete of the administrator's may set one, and stays a delete."""
    target.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER, gone INTEGER);"
        "INSERT INTO t VALUES (1, 1, 0); INSERT INTO t VALUES (2, 1, 0)"
    )
    types = '[T]\ntable="t"\ncolumns=["w"]\ndelta={watermark="w", overlap=0, deleted="gone"}\n'
    assert codes(target.host(types).export(CSEntryChange.delete("T", {"id": 1}))) == ["Success"]
    assert target.rows("SELECT id, gone FROM t") == [(2, 0)]
    host = target.host(
        f'{types}[T.export.delete]\nquery="UPDATE t SET gone = 1, w = 2 WHERE id = @id AND gone = 0"'
    )
    assert [entry.anchor["id"] for entry in host.full()] == [2]
    delete = CSEntryChange.delete("T", {"id": 2})
    assert codes(host.export(delete)) == ["Success"]
    assert target.rows("SELECT id, gone FROM t") == [(2, 1)]
    assert codes(host.export(delete)) == ["ExportErrorConnectedDirectoryMissingObject"]
    (gone,) = host.delta()
    assert (gone.object_modification_type, gone.anchor) == (DELETE, {"id": 2})
    assert host.full() == []


def test_marks_that_are_words_have_to_be_said(sqlite_file: Target) -> None:
    """A text column does not tell by itself which rows are deleted."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER, state VARCHAR(9))")
    host = sqlite_file.host('[T]\ntable="t"\ndelta={watermark="w", deleted="state"}')
    with pytest.raises(InvalidParameterError, match="say with deleted_values"):
        host.schema()


def test_the_watermark_may_be_a_query_of_the_administrators(target: Target) -> None:
    """The next delta starts from what the query gave, whatever the rows hold."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER)")
    target.execute("CREATE TABLE clock (now INTEGER)")
    target.execute("INSERT INTO clock VALUES (10)")
    target.execute("INSERT INTO t VALUES (1, 1)")
    host = target.host(
        '[T]\ntable="t"\ndelta={watermark="w", overlap=0, now="SELECT now FROM clock"}'
    )
    host.full()
    target.execute("INSERT INTO t VALUES (2, 5)")
    target.execute("INSERT INTO t VALUES (3, 10)")
    assert [entry.anchor["id"] for entry in host.delta()] == [3]
    target.execute("UPDATE clock SET now = 20")
    target.execute("INSERT INTO t VALUES (4, 11)")
    target.execute("INSERT INTO t VALUES (5, 21)")
    assert [entry.anchor["id"] for entry in host.delta()] == [4]
    target.execute("UPDATE clock SET now = 30")
    assert [entry.anchor["id"] for entry in host.delta()] == [5]
    target.execute("DELETE FROM clock")
    with pytest.raises(UnexpectedDataError, match="gives one row with one value, and gave 0"):
        host.delta()


@pytest.mark.parametrize("target", ["mariadb"], indirect=True)
def test_a_moment_that_a_query_gave_keeps_its_fraction(target: Target) -> None:
    """MariaDB's driver cuts it when it is given back: a row of the same second would not be seen."""
    target.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, w DATETIME(6)); CREATE TABLE clock (now DATETIME(6))"
    )
    target.execute("INSERT INTO clock VALUES ('2026-03-04 05:06:07.900000')")
    host = target.host(
        '[T]\ntable="t"\ndelta={watermark="w", overlap=0, now="SELECT now FROM clock"}'
    )
    host.full()
    target.execute("INSERT INTO t VALUES (1, '2026-03-04 05:06:07.940000')")
    target.execute("UPDATE clock SET now = '2026-03-04 05:06:07.960000'")
    assert [entry.anchor["id"] for entry in host.delta()] == [1]


def test_a_watermark_of_another_type_is_refused(sqlite_file: Target) -> None:
    """A column that held numbers and holds text cannot go on from a number."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, w)")
    sqlite_file.execute("INSERT INTO t VALUES (1, 1)")
    host = sqlite_file.host('[T]\ntable="t"\ndelta={watermark="w"}')
    host.full()
    sqlite_file.execute("UPDATE t SET w = 'x'")
    with pytest.raises(WarningNoWatermarkError, match="is a int, and now it is a str"):
        host.delta()


def test_rows_that_nobody_can_choose_have_no_watermark(sqlite_file: Target) -> None:
    """A query paged by its author is read whole or not at all: row hashes are for it."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER)")
    host = sqlite_file.host(
        '[T]\nanchor="id"\nstart_index="@StartIndex"\nend_index="@EndIndex"\n'
        'query="SELECT * FROM t WHERE id BETWEEN @StartIndex AND @EndIndex"\n'
        'delta={watermark="w"}'
    )
    with pytest.raises(InvalidParameterError, match="use row_hashes"):
        host.schema()


def test_types_that_took_no_part_keep_their_watermark(sqlite_file: Target) -> None:
    """A delta of some types moves their watermarks on, and no others."""
    for name in "ab":
        sqlite_file.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, w INTEGER)")
    delta = 'delta={watermark="w", overlap=0}'
    host = sqlite_file.host(f'[A]\ntable="a"\n{delta}\n[B]\ntable="b"\n{delta}')
    host.full()
    sqlite_file.execute("INSERT INTO a VALUES (1, 1)")
    sqlite_file.execute("INSERT INTO b VALUES (1, 1)")
    only_a = type(host.schema())([host.schema().types["A"]])
    assert [entry.object_type for entry in host.delta(only_a)] == ["A"]
    assert [entry.object_type for entry in host.delta()] == ["B"]


def test_a_watermark_from_before_rows_were_marked_is_refused(sqlite_file: Target) -> None:
    """Objects that were imported although they are marked would stay for ever."""
    sqlite_file.execute(TABLES)
    before = sqlite_file.host(TYPES.replace(', deleted = "gone"', ""))
    before.full()
    host = sqlite_file.host(TYPES)
    host.custom_data = before.custom_data
    with pytest.raises(WarningNoWatermarkError, match="not of watermark t.w, .* without gone"):
        host.delta()
