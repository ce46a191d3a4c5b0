"""Full imports: every row once, whole, whatever the page size; a bad row keeps nobody else."""

import tracemalloc
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py import AttributeChange, CSEntryChange, Schema, SchemaType
from ecma2py.errors import (
    FailedSearchError,
    InvalidParameterError,
    UnexpectedDataError,
)
from ecma2py_sql import SqlConnector
from tests.connectors.sql.targets import PEOPLE, PEOPLE_TYPES, Target, codes, content


def fill(target: Target, people: int = 23) -> None:
    """People with phones and managers, and teams of them."""
    target.execute(PEOPLE)
    target.execute(
        "INSERT INTO people (id, name, manager) VALUES (?, ?, ?)",
        [(i, f"n{i}", 1 if i > 1 else None) for i in range(1, people + 1)],
    )
    target.execute(
        "INSERT INTO phones VALUES (?, ?)",
        [(i, f"{i}-{j}") for i in range(1, people + 1) for j in range(i % 4)],
    )
    target.execute("INSERT INTO teams VALUES (?, ?)", [(c, None) for c in ("a", "B", "\u00e9", "")])
    target.execute(
        "INSERT INTO members VALUES (?, ?)",
        [(c, i) for c in ("a", "\u00e9") for i in range(1, people + 1, 2)],
    )


def test_every_page_size_gives_the_same_objects(target: Target) -> None:
    """full(p) is the same set for every p, multi-valued attributes and references included."""
    fill(target)
    host = target.host(PEOPLE_TYPES)
    whole = {entry.dn: content(entry) for entry in host.full(page_size=1000)}
    assert len(whole) == 27
    assert whole["CN=7,OBJECT=Person"] == {
        "id": 7,
        "name": "n7",
        "manager": "CN=1,OBJECT=Person",
        "phones": frozenset({"7-0", "7-1", "7-2"}),
    }
    assert whole["CN=\u00e9,OBJECT=Team"]["members"] == frozenset(
        f"CN={i},OBJECT=Person" for i in range(1, 24, 2)
    )
    for size in (1, 2, 7, 23, 26, 27):
        entries = host.full(page_size=size)
        assert len(entries) == 27
        assert {entry.dn: content(entry) for entry in entries} == whole


@pytest.mark.parametrize("size", [500, 5_000])
def test_more_rows_than_a_page_are_all_read(sqlite_file: Target, size: int) -> None:
    """Microsoft's connector once stopped after the first page of 5,000, of a table and of a query."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    sqlite_file.execute("INSERT INTO t VALUES (?)", [(i,) for i in range(1, 10_002)])
    table = '[T]\ntable = "t"\n'
    query = "SELECT id FROM t WHERE id BETWEEN @StartIndex AND @EndIndex"
    paged = f'[T.import]\nquery = "{query}"\nstart_index = "@StartIndex"\nend_index = "@EndIndex"\n'
    for types in (table, table + paged):
        found = [each.anchor["id"] for each in sqlite_file.host(types).full(page_size=size)]
        assert found == list(range(1, 10_002))


def test_a_compound_anchor_pages_in_the_order_of_its_columns(target: Target) -> None:
    """The key of a page is all of the anchor, not its first column."""
    target.execute(
        "CREATE TABLE posts (unit VARCHAR(9), nr INTEGER, title VARCHAR(9),"
        " PRIMARY KEY (nr, unit));"
        "CREATE TABLE tags (u VARCHAR(9), n INTEGER, tag VARCHAR(9))"
    )
    keys = [(unit, nr) for unit in ("a+b", "a,b", "c") for nr in range(5)]
    target.execute("INSERT INTO posts VALUES (?, ?, 't')", keys)
    target.execute("INSERT INTO tags VALUES (?, ?, 'x')", keys[::2])
    host = target.host(
        '[Post]\ntable="posts"\n[Post.multivalued.tags]\ntable="tags"\nkey=["n", "u"]\nvalue="tag"'
    )
    whole = host.state()
    assert len(whole) == 15
    assert whole[r"CN=3+a\+b,OBJECT=Post"]["nr"] == 3
    assert sum("tags" in each for each in whole.values()) == 8
    for size in (1, 2, 3, 4):
        assert {entry.dn: content(entry) for entry in host.full(page_size=size)} == whole


def test_only_selected_types_and_attributes_are_read(target: Target) -> None:
    """A smaller schema gives the projection of the whole import; the anchor is always there."""
    fill(target)
    host = target.host(PEOPLE_TYPES)
    person = host.schema().types["Person"]
    chosen = Schema([SchemaType("Person", [person.attributes[n] for n in ("id", "phones")])])
    assert host.state(chosen) == {
        dn: {name: value for name, value in each.items() if name in ("id", "phones")}
        for dn, each in host.state().items()
        if dn.endswith("=Person")
    }


def test_null_is_absence_and_empty_text_is_a_value(target: Target) -> None:
    """An attribute without value is not in the entry; an empty string is."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5), b VARCHAR(5))")
    target.execute("INSERT INTO t VALUES (?, ?, ?)", [(1, None, "")])
    assert target.host('[T]\ntable="t"').state() == {"CN=1,OBJECT=T": {"id": 1, "b": ""}}


def test_values_of_a_set_are_told_once(target: Target) -> None:
    """A table without a key may repeat a value, and hold NULL: neither reaches the attribute."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    target.execute("CREATE TABLE v (t INTEGER, v {boolean})")
    target.execute("INSERT INTO t VALUES (?)", [(1,), (2,)])
    target.execute("INSERT INTO v VALUES (?, ?)", [(1, True), (1, True), (1, None), (2, False)])
    host = target.host('[T]\ntable="t"\n[T.multivalued.v]\ntable="v"\nkey="t"\nvalue="v"')
    entries = host.full()
    assert [entry.attributes["v"] for entry in entries] == [["true"], ["false"]]


def test_rows_without_a_key_are_reported_not_skipped(target: Target) -> None:
    """A NULL in the anchor is an import error of that row; all others arrive."""
    target.execute("CREATE TABLE t (code VARCHAR(9) UNIQUE, name VARCHAR(9))")
    target.execute(
        "INSERT INTO t VALUES (?, ?)", [("a", "x"), (None, "y"), ("b", "z"), (None, "w")]
    )
    host = target.host('[T]\ntable="t"\nanchor="code"')
    for size in (1, 2, 10):
        entries = host.full(page_size=size)
        assert {e.dn for e in entries if not e.error_code_import} == {
            "CN=a,OBJECT=T",
            "CN=b,OBJECT=T",
        }
        failed = [e.error_detail for e in entries if e.error_code_import]
        assert len(failed) == 2, size
        assert all("'code' is NULL, and names the object" in detail for detail in failed)


def test_an_unreadable_row_keeps_nobody_else(sqlite_file: Target) -> None:
    """SQLite holds anything in any column: a wrong value is that row's import error."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, age INTEGER, name TEXT)")
    bad = [
        (1, 5, "a"),
        (2, "old", "b"),
        (3, 6, b"\xff"),
        (4, 1.5, "d"),
        (5, b"x", "e"),
        (6, 7, "f"),
    ]
    sqlite_file.execute("INSERT INTO t VALUES (?, ?, ?)", bad)
    sqlite_file.execute("INSERT INTO t VALUES (7, 8, CAST(X'61ff' AS TEXT))")
    entries = sqlite_file.host('[T]\ntable="t"').full(page_size=3)
    assert [bool(entry.error_code_import) for entry in entries] == [0, 1, 1, 1, 1, 0, 1]
    assert "table 't', row with id 3: column 'name' holds a bytes" in entries[2].error_detail
    assert [entries[0].dn, entries[5].dn] == ["CN=1,OBJECT=T", "CN=6,OBJECT=T"]


def test_a_row_of_any_shape_is_read(sqlite_file: Target) -> None:
    """Each value is read for what it is, and NULL is no value, whatever the rows before held."""
    columns = [f"c{i}" for i in range(4)]
    sqlite_file.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(columns)})")
    rows = [[i, *(i if i >> bit & 1 else None for bit in range(4))] for i in range(16)]
    sqlite_file.execute("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
    state = sqlite_file.host('[T]\ntable="t"').state()
    for row in rows:
        wanted = {name: str(v) for name, v in zip(columns, row[1:], strict=True) if v is not None}
        assert state[f"CN={row[0]},OBJECT=T"] == {"id": row[0], **wanted}


def test_a_column_dropped_after_the_schema_was_read_stops_the_run(target: Target) -> None:
    """The run ends with what the database says, and what to ask."""
    fill(target, 5)
    connector: Any = SqlConnector()
    host = target.host(PEOPLE_TYPES)
    with host.importing(connector, page_size=2):
        host.next_page(connector)
        target.execute("ALTER TABLE people RENAME COLUMN name TO full_name")
        with pytest.raises(UnexpectedDataError, match="has the database changed"):
            list(map(host.next_page, [connector] * 3))


def test_references_hold_the_anchor_of_their_target(target: Target) -> None:
    """A column that refers to another column than the anchor is refused, with what to do."""
    fill(target, 3)
    types = '[P]\ntable="people"\nanchor="mail"\nreferences={manager="P"}'
    with pytest.raises(
        InvalidParameterError, match="holds 'id' of 'people', but a 'P' is named by"
    ):
        target.host(types).schema()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    keys=st.sets(st.text(min_size=1, max_size=6).filter(lambda t: "\0" not in t)), data=st.data()
)
def test_text_keys_page_by_the_order_the_database_gives_them(
    sqlite_file: Target, keys: set[str], data: st.DataObject
) -> None:
    """Whatever the collation, no key is read twice or left out."""
    usable = [key for key in keys if not any(0xD800 <= ord(char) < 0xE000 for char in key)]
    collation = data.draw(st.sampled_from(("BINARY", "NOCASE", "RTRIM")))
    sqlite_file.execute(f"DROP TABLE IF EXISTS t; CREATE TABLE t (k TEXT COLLATE {collation})")
    if usable:
        sqlite_file.execute("INSERT INTO t VALUES (?)", [(key,) for key in usable])
    distinct = len(sqlite_file.rows("SELECT DISTINCT k FROM t"))
    size = data.draw(st.integers(1, 5))
    entries = sqlite_file.host('[T]\ntable="t"\nanchor="k"').full(page_size=size)
    assert distinct <= len({entry.dn for entry in entries}) <= len(usable)
    if distinct == len(usable):
        assert {entry.anchor["k"] for entry in entries} == set(usable)


_SQLITE_KEYS = {
    "TEXT": ["'a'", "CAST(x'62ff' AS TEXT)", "'c'", "'d'"],
    "REAL": ["-9e999", "-1.5", "0.5"],
    "BLOB": ["x''", "x'00'", "x'01'"],
}
AWKWARD_KEYS = {
    "sqlite3": _SQLITE_KEYS,
    "sqlite-odbc": _SQLITE_KEYS,
    "postgresql": {"REAL": ["0.1", "0.3", "0.7"]},
    "mariadb": {
        "BIT(8)": ["b'1'", "b'10'", "b'11'"],
        "BIGINT UNSIGNED": ["1", "18446744073709551613", "18446744073709551614"],
    },
}
"""What drivers do not take back as it was, or databases compare otherwise than they order it."""


@pytest.mark.parametrize("size", [1, 2])
def test_no_row_is_lost_or_told_twice_where_a_page_ends(target: Target, size: int) -> None:
    """Every row comes once, or the run ends with an error: a row left out would be removed."""
    for number, (column, values) in enumerate(AWKWARD_KEYS[target.name].items()):
        target.execute(f"CREATE TABLE t{number} (k {column} PRIMARY KEY, v INTEGER)")
        for at, value in enumerate(values):
            target.execute(f"INSERT INTO t{number} VALUES ({value}, {at})")
        host = target.host(f'[T]\ntable = "t{number}"\n')
        try:
            found = host.full(page_size=size)
        except (UnexpectedDataError, FailedSearchError):
            assert "UNSIGNED" not in column
            continue
        # One that cannot be read has no name.
        told = [entry.attributes["v"] for entry in found if entry.dn]
        assert len(set(told)) == len(told)
        assert len(found) == len(values)


@pytest.mark.parametrize("target", ["mariadb"], indirect=True)
@pytest.mark.parametrize("declared", ["ENUM('z', 'a', 'm')", "SET('z', 'a', 'm')"])
def test_keys_of_declared_words_are_keys_like_others(target: Target, declared: str) -> None:
    """MariaDB orders them by the declaration and compares texts: every row comes, once."""
    target.execute(
        f"CREATE TABLE t (k {declared} PRIMARY KEY, v INTEGER, up {declared} REFERENCES t (k));"
        f"CREATE TABLE m (k {declared} REFERENCES t (k), v INTEGER)"
    )
    host = target.host(
        '[T]\ntable="t"\nreferences={up="T"}\ndelta={row_hashes=true}\n'
        '[T.multivalued.m]\ntable="m"\nkey="k"\nvalue="v"'
    )
    adds = [CSEntryChange.add("T", {"k": k}, attributes={"m": [1, 2]}) for k in ("z", "a", "m")]
    assert codes(host.export(*adds)) == ["Success"] * 3
    for size in (1, 2, 3, 500):
        found = host.full(page_size=size)
        assert sorted(entry.anchor["k"] for entry in found) == ["a", "m", "z"]
        assert all(sorted(entry.attributes["m"]) == [1, 2] for entry in found)
    changes = [AttributeChange.replace("up", "CN=z,OBJECT=T"), AttributeChange.replace("v", 7)]
    update = CSEntryChange.update("T", {"k": "a"}, changes=changes)
    assert codes(host.export(update, CSEntryChange.delete("T", {"k": "m"}))) == ["Success"] * 2
    kinds = {entry.anchor["k"]: entry.object_modification_type.name for entry in host.delta()}
    assert kinds == {"a": "REPLACE", "m": "DELETE"}
    assert host.state()["CN=a,OBJECT=T"]["up"] == "CN=z,OBJECT=T"


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
def test_values_are_read_by_the_keys_of_a_page_alone(target: Target) -> None:
    """Of a big table of values each page reads its own part, so that time grows with the rows."""
    target.execute(
        "CREATE TABLE g (id INTEGER PRIMARY KEY); CREATE TABLE m (g INTEGER, v INTEGER);"
        "CREATE INDEX i ON m (g)"
    )
    many = 200_000
    target.execute(f"INSERT INTO g SELECT generate_series(1, {many})")
    target.execute(f"INSERT INTO m SELECT s, 1 FROM generate_series(1, {many}) s")
    target.execute("ANALYZE g; ANALYZE m")
    connector: Any = SqlConnector()
    host = target.host('[G]\ntable="g"\n[G.multivalued.m]\ntable="m"\nkey="g"\nvalue="v"')
    with host.importing(connector, page_size=500):
        read = 0
        while read < 50_000:
            read += len(host.next_page(connector).cs_entries)
    # A session that has ended has told what it did.
    query = "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'm'"
    ((scanned,),) = target.rows(query)
    # Making the index read it once; each of a hundred pages would have.
    assert scanned < 10 * many


def test_a_row_deleted_where_a_page_ends_stops_nothing(target: Target) -> None:
    """Others write while an import reads; what they leave alone comes."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    target.execute("INSERT INTO t VALUES (?)", [(each,) for each in (1, 2, 3, 4, 6, 8)])
    host, connector = target.host('[T]\ntable = "t"\n'), SqlConnector()
    found: list[int] = []
    with host.importing(connector, page_size=2):
        for gone, new in ((3, 5), (6, 7), (8, 9)):
            found += [each.anchor["id"] for each in host.next_page(connector).cs_entries]
            target.execute(f"DELETE FROM t WHERE id = {gone}")
            target.execute(f"INSERT INTO t VALUES ({new})")
        found += [each.anchor["id"] for each in host.next_page(connector).cs_entries]
    assert len(set(found)) == len(found)
    assert {1, 2, 4} <= set(found)


@pytest.mark.parametrize("comment", ["-- all of them", "-- all of them?", "/* don't ask: ? */"])
def test_a_query_may_end_with_a_comment(target: Target, comment: str) -> None:
    """What is put around it does not become a part of the comment, nor is a parameter in it."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, at {timestamp})")
    target.execute("INSERT INTO t (id) VALUES (1)")
    query = f"SELECT id, at FROM t {comment}"
    host = target.host(f'[T]\nquery = "{query}"\nanchor = "id"\n')
    assert [entry.anchor for entry in host.full()] == [{"id": 1}]


def test_memory_grows_with_the_page_not_with_the_table(sqlite_file: Target) -> None:
    """An import of ten times as many rows holds no more at once."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)")
    peaks = []
    for rows in (2_000, 20_000):
        sqlite_file.execute("INSERT INTO t (name) VALUES (?)", [("x" * 50,) for _ in range(rows)])
        connector: Any = SqlConnector()
        host = sqlite_file.host('[T]\ntable="t"')
        with host.importing(connector, page_size=200):
            tracemalloc.start()
            while host.next_page(connector).more_to_import:
                pass
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


@pytest.mark.parametrize("size", [100, 99])
def test_a_server_is_asked_for_some_pages_at_once(target: Target, size: int) -> None:
    """As many as its dialect says; a file for one, and anything for one if they are small."""
    fill(target, 4 * size)
    connector: Any = SqlConnector()
    host = target.host(PEOPLE_TYPES)
    with host.importing(connector, page_size=size):
        asked = [host.next_page(connector).read_in_call for _ in range(4)]
    is_file = target.name.startswith("sqlite")
    assert asked == ([1, 2, 3, 4] if is_file or size < 100 else [1, 1, 1, 1])


def test_entries_are_the_hosts_own(sqlite_file: Target) -> None:
    """What a host does to an entry changes no later one."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)")
    sqlite_file.execute("INSERT INTO t VALUES (?, ?)", [(1, "a"), (2, "b")])
    first, second = sqlite_file.host('[T]\ntable="t"').full(page_size=1)
    first.attributes.clear()
    first.anchor["id"] = 9
    assert isinstance(second, CSEntryChange)
    assert content(second) == {"id": 2, "name": "b"}


def test_a_view_is_an_object_type_once_it_has_an_anchor(sqlite_file: Target) -> None:
    """What has no primary key is refused until an anchor is chosen for it."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)")
    sqlite_file.execute("CREATE VIEW v AS SELECT name, id FROM t")
    sqlite_file.execute("INSERT INTO t VALUES (?, ?)", [(1, "a")])
    assert sqlite_file.host('[V]\ntable="v"\nanchor="id"').state() == {
        "CN=1,OBJECT=V": {"id": 1, "name": "a"}
    }
    with pytest.raises(InvalidParameterError, match="no primary key: choose"):
        sqlite_file.host('[V]\ntable="v"').schema()
