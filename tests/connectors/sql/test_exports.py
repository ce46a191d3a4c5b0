"""Exports: a change is written as it says, entry by entry, and a failed entry leaves nothing."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py import AttributeChange, CSEntryChange, DroppedConnectionError, Value, apply_change
from ecma2py_sql import SqlConnector
from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.drivers.errors import DatabaseError
from ecma2py_sql.drivers.sqlite import SqliteSession
from tests.connectors.sql.targets import PEOPLE, PEOPLE_TYPES, Host, Target, codes, content

ANN, BOB, CID = (f"CN={i},OBJECT=Person" for i in (1, 2, 3))
TEAM = "CN=t,OBJECT=Team"


def company(target: Target) -> Host:
    """Ann, Bob who reports to her, Cid, and a team of Ann and Bob."""
    target.execute(PEOPLE)
    host = target.host(PEOPLE_TYPES)
    results = host.export(
        CSEntryChange.add("Person", attributes={"name": "Ann", "phones": ["1", "2"]}),
        CSEntryChange.add("Person", attributes={"name": "Bob", "mail": "bob@x", "manager": ANN}),
        CSEntryChange.add("Person", attributes={"name": "Cid", "active": False}),
        CSEntryChange.add("Team", {"code": "t"}, attributes={"members": [ANN, BOB]}),
    )
    assert codes(results) == ["Success"] * 4
    assert [anchor(each) for each in results] == [{"id": 1}, {"id": 2}, {"id": 3}, {}]
    return host


def anchor(result: Any) -> dict[str, Any]:
    """The anchor a result brings."""
    return {each.name: each.value for each in result.anchor_attributes}


def test_an_object_is_read_back_as_it_was_written(target: Target) -> None:
    """An add is found by the next import under the anchor the result told."""
    assert company(target).state() == {
        ANN: {"id": 1, "name": "Ann", "phones": frozenset({"1", "2"})},
        BOB: {"id": 2, "name": "Bob", "mail": "bob@x", "manager": ANN},
        CID: {"id": 3, "name": "Cid", "active": False},
        TEAM: {"code": "t", "members": frozenset({ANN, BOB})},
    }


LEAVES_OUT = {
    "sqlite3": ["CREATE TRIGGER no BEFORE INSERT ON {0} BEGIN SELECT RAISE(IGNORE); END"],
    "postgresql": [
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
        "CREATE TRIGGER no BEFORE INSERT ON {0} FOR EACH ROW EXECUTE FUNCTION no()",
    ],
}
LEAVES_OUT["sqlite-odbc"] = LEAVES_OUT["sqlite3"]
"""What takes a row from an INSERT without an error; MariaDB has nothing of the kind."""


@pytest.mark.parametrize("table", ["people", "phones"])
def test_a_row_that_the_database_leaves_out_is_no_success(target: Target, table: str) -> None:
    """The entry fails whole, and its other rows do not become those of the row written last."""
    host = company(target)
    before = host.state()
    for statement in LEAVES_OUT.get(target.name, []):
        target.execute_exactly(statement.format(table))
    dan = CSEntryChange.add("Person", attributes={"name": "Dan", "phones": ["7"]})
    eve = CSEntryChange.add("Person", attributes={"name": "Eve", "phones": ["8", "9"]})
    if target.name in LEAVES_OUT:
        assert codes(host.export(dan, eve)) == ["ExportErrorConstraintViolation"] * 2
        assert host.state() == before
    else:
        assert codes(host.export(dan, eve)) == ["Success"] * 2


def test_a_key_that_a_default_gives_is_told_as_it_is_or_not_at_all(target: Target) -> None:
    """Not as the last number of a counter: rows beside it would be of another object."""
    target.execute("CREATE TABLE t (k VARCHAR(9) DEFAULT 'x' PRIMARY KEY, v INTEGER)")
    target.execute("CREATE TABLE c (k VARCHAR(9), n INTEGER)")
    host = target.host(
        '[T]\ntable = "t"\nmultivalued.n = { table = "c", key = "k", value = "n" }\n'
    )
    (result,) = host.export(CSEntryChange.add("T", attributes={"v": 1, "n": [2]}))
    if target.name == "sqlite-odbc":
        assert codes([result]) == ["ExportErrorMissingAnchorComponent"]
        assert host.full() == []
    else:
        assert anchor(result) == {"k": "x"}
        assert host.state() == {"CN=x,OBJECT=T": {"k": "x", "v": 1, "n": frozenset({2})}}


def test_an_update_changes_what_it_names_and_nothing_else(target: Target) -> None:
    """Values set, cleared and taken away; every other attribute and object stays."""
    host = company(target)
    before = host.state()
    changes = [
        CSEntryChange.update(
            "Person",
            {"id": 2},
            changes=[
                AttributeChange.replace("name", "Robert"),
                AttributeChange.delete("manager"),
                AttributeChange.add("age", 30),
                AttributeChange.update("phones", ["9"]),
            ],
        ),
        CSEntryChange.update(
            "Person",
            {"id": 1},
            changes=[
                AttributeChange.update("phones", ["3", "2"], ["1", "7"]),
                AttributeChange.replace("manager", CID),
            ],
        ),
        CSEntryChange.update("Person", {}, dn=CID, changes=[AttributeChange.replace("name", "")]),
        CSEntryChange.update(
            "Team", {"code": "t"}, changes=[AttributeChange.replace("members", [CID, ANN])]
        ),
    ]
    assert codes(host.export(*changes)) == ["Success"] * 4
    assert host.state() == {
        ANN: {**before[ANN], "phones": frozenset({"2", "3"}), "manager": CID},
        BOB: {"id": 2, "name": "Robert", "mail": "bob@x", "age": 30, "phones": frozenset({"9"})},
        CID: {**before[CID], "name": ""},
        TEAM: {"code": "t", "members": frozenset({ANN, CID})},
    }


def test_a_value_is_taken_away_only_while_it_is_the_one_held(target: Target) -> None:
    """Removing another value than the column holds changes nothing."""
    host = company(target)

    def removal(value: str) -> CSEntryChange:
        change = AttributeChange.update("mail", removed=[value])
        return CSEntryChange.update("Person", {"id": 2}, changes=[change])

    host.export(removal("other@x"))
    assert host.state()[BOB]["mail"] == "bob@x"
    host.export(removal("bob@x"))
    assert "mail" not in host.state()[BOB]


@pytest.mark.parametrize(
    "change",
    [AttributeChange.delete("members"), AttributeChange.replace("members", []),
     AttributeChange.update("members", removed=[ANN, BOB])],
)  # fmt: skip
def test_the_last_value_can_go(target: Target, change: AttributeChange) -> None:
    """An attribute without values is absent, however it was emptied."""
    host = company(target)
    assert codes(host.export(CSEntryChange.update("Team", {"code": "t"}, changes=[change]))) == [
        "Success"
    ]
    assert host.state()[TEAM] == {"code": "t"}


def test_a_member_there_already_and_one_gone_already_are_no_errors(target: Target) -> None:
    """Sets converge: adding twice and removing twice changes nothing."""
    host = company(target)
    change = AttributeChange.update("members", [ANN, CID, CID], [CID])
    again = AttributeChange.update("members", [ANN], [CID])
    for each in (change, again, again):
        host.export(CSEntryChange.update("Team", {"code": "t"}, changes=[each]))
    assert host.state()[TEAM]["members"] == frozenset({ANN, BOB})


def test_an_update_to_what_is_there_finds_its_row(target: Target) -> None:
    """Nothing changes, and that is no missing object: MariaDB counts such a row only if asked to."""
    host = company(target)
    same = AttributeChange.replace("name", "Ann")
    assert codes(host.export(CSEntryChange.update("Person", {"id": 1}, changes=[same]))) == [
        "Success"
    ]


def test_a_delete_takes_the_rows_of_its_values_along(target: Target) -> None:
    """No row of a multi-valued table stays behind; the second delete finds nothing."""
    host = company(target)
    delete = [
        CSEntryChange.delete("Team", {"code": "t"}),
        CSEntryChange.delete("Team", {}, dn=TEAM),
    ]
    assert codes(host.export(*delete)) == [
        "Success",
        "ExportErrorConnectedDirectoryMissingObject",
    ]
    assert target.rows("SELECT * FROM members") == []
    assert TEAM not in host.state()


def test_a_replace_leaves_what_it_names_of_the_selected_attributes(target: Target) -> None:
    """Attributes that are not mentioned are cleared, read-only ones stay."""
    host = company(target)
    target.execute("UPDATE people SET changed = 7")
    replace = CSEntryChange.replace(
        "Person", {"id": 1}, attributes={"name": "Anna", "phones": ["2", "5"]}
    )
    assert codes(host.export(replace)) == ["Success"]
    assert host.state()[ANN] == {
        "id": 1,
        "name": "Anna",
        "phones": frozenset({"2", "5"}),
        "changed": 7,
    }


REFUSED = [
    ("duplicate key", CSEntryChange.add("Person", {"id": 1}, attributes={"name": "x"}),
     "ExportErrorDuplicateAnchor", ""),
    ("duplicate value", CSEntryChange.add("Person", attributes={"name": "x", "mail": "bob@x"}),
     "ExportErrorConnectedDirectoryExistingObject", ""),
    ("required", CSEntryChange.add("Person", attributes={"mail": "x"}),
     "ExportErrorMissingProvisioningAttribute", "Attribute 'name'"),
    ("cleared", CSEntryChange.update("Person", {"id": 1}, changes=[AttributeChange.delete("name")]),
     "ExportErrorMissingProvisioningAttribute", "Attribute 'name'"),
    ("check", CSEntryChange.add("Person", attributes={"name": "x", "age": -1, "phones": ["8"]}),
     "ExportErrorConstraintViolation", ""),
    ("reference", CSEntryChange.update("Person", {"id": 1}, changes=[
        AttributeChange.replace("manager", "CN=99,OBJECT=Person")]),
     "ExportErrorReferenceAttributeFailure", ""),
    ("reference in a set", CSEntryChange.add("Team", {"code": "u"}, attributes={
        "members": [ANN, "CN=99,OBJECT=Person"]}),
     "ExportErrorReferenceAttributeFailure", ""),
    ("reference to another type", CSEntryChange.update("Person", {"id": 1}, changes=[
        AttributeChange.replace("manager", TEAM)]),
     "ExportErrorReferenceAttributeFailure", "names no 'Person'"),
    ("reference that is no DN", CSEntryChange.update("Person", {"id": 1}, changes=[
        AttributeChange.replace("manager", 2)]),
     "ExportErrorReferenceAttributeFailure", "a reference is a DN"),
    ("reference to no number", CSEntryChange.update("Person", {"id": 1}, changes=[
        AttributeChange.replace("manager", "CN=x,OBJECT=Person")]),
     "ExportErrorReferenceAttributeFailure", "Attribute 'manager'"),
    ("still referred to", CSEntryChange.delete("Person", {"id": 1}),
     "ExportErrorConstraintViolation", ""),
    ("missing", CSEntryChange.update("Person", {"id": 99}, changes=[
        AttributeChange.replace("name", "x")]),
     "ExportErrorConnectedDirectoryMissingObject", "no row with the key 99"),
    ("missing, a set alone", CSEntryChange.update("Team", {"code": "u"}, changes=[
        AttributeChange.update("members", [ANN])]),
     "ExportErrorConnectedDirectoryMissingObject", "no row with the key 'u'"),
    ("no anchor", CSEntryChange.update("Person", {}, changes=[]),
     "ExportErrorMissingAnchorComponent", "Attribute 'id'"),
    ("no anchor for an add", CSEntryChange.add("Team", attributes={"title": "x"}),
     "ExportErrorMissingAnchorComponent", "Attribute 'code'"),
    ("a set as anchor", CSEntryChange.add("Team", attributes={"code": ["a", "b"]}),
     "ExportErrorInvalidAttributeValue", "holds one value"),
    ("another DN", CSEntryChange.update("Person", {}, dn=TEAM, changes=[]),
     "ExportErrorInvalidDN", ""),
    ("no number in the DN", CSEntryChange.delete("Person", {}, dn="CN=x,OBJECT=Person"),
     "ExportErrorInvalidDN", "holds no key"),
    ("renamed", CSEntryChange.update("Person", {"id": 1}, dn=ANN, changes=[
        AttributeChange.new_dn("CN=8,OBJECT=Person")]),
     "ExportErrorChangeNamingAttribute", "cannot be renamed"),
    ("anchor changed", CSEntryChange.update("Person", {"id": 1}, changes=[
        AttributeChange.replace("id", 8)]),
     "ExportErrorChangeNamingAttribute", "Attribute 'id'"),
    ("several values", CSEntryChange.add("Person", attributes={"name": ["a", "b"]}),
     "ExportErrorInvalidAttributeValue", "holds one value"),
    ("wrong type", CSEntryChange.add("Person", attributes={"name": 5}),
     "ExportErrorInvalidAttributeValue", "Attribute 'name'"),
    ("NUL", CSEntryChange.add("Person", attributes={"name": "a\0b"}),
     "ExportErrorInvalidAttributeValue", "NUL"),
    ("lone surrogate", CSEntryChange.add("Person", attributes={"name": "x", "phones": ["\udc00"]}),
     "ExportErrorInvalidAttributeValue", "Attribute 'phones'"),
    ("read only", CSEntryChange.add("Person", attributes={"name": "x", "changed": 1}),
     "ExportErrorInvalidAttributeValue", "the database alone sets it"),
    ("unknown attribute", CSEntryChange.add("Person", attributes={"name": "x", "nick": "y"}),
     "ExportErrorInvalidAttributeValue", "has no attribute 'nick'"),
    ("unknown type", CSEntryChange.add("Robot", attributes={"name": "x"}),
     "ExportErrorCustomContinueRun", "There is no object type 'Robot'"),
]  # fmt: skip


def _fresh(change: CSEntryChange) -> CSEntryChange:
    return CSEntryChange(
        change.object_type,
        change.object_modification_type,
        anchor=dict(change.anchor),
        dn=change.dn,
        attributes=dict(change.attributes),
        changes=dict(change.changes),
    )


def test_a_refused_entry_is_told_why_and_leaves_no_trace(target: Target) -> None:
    """Every refusal has its own code and names what is at fault; the rest of the batch stands."""
    host = company(target)
    before = host.state()
    found = {}
    for name, change, code, says in REFUSED:
        ((found[name]),) = codes(results := host.export(_fresh(change)))
        assert says in results[0].error_detail, name
        assert found[name] == code, (name, results[0].error_detail)
    assert host.state() == before
    good = CSEntryChange.update("Person", {"id": 3}, changes=[AttributeChange.replace("age", 5)])
    mixed = [_fresh(change) for _, change, _, _ in REFUSED]
    mixed.insert(9, good)
    assert codes(host.export(*mixed)) == [
        *(code for _, _, code, _ in REFUSED[:9]),
        "Success",
        *(code for _, _, code, _ in REFUSED[9:]),
    ]
    assert host.state() == {**before, CID: {**before[CID], "age": 5}}


def test_a_value_too_long_is_refused_where_the_database_minds(target: Target) -> None:
    """PostgreSQL and MariaDB refuse it; SQLite keeps it whole; nobody cuts it."""
    host = company(target)
    (code,) = codes(host.export(CSEntryChange.add("Person", attributes={"name": "n" * 65})))
    if target.name in ("postgresql", "mariadb"):
        assert code == "ExportErrorInvalidAttributeValue"
    else:
        assert host.state()["CN=4,OBJECT=Person"]["name"] == "n" * 65


@pytest.mark.parametrize("target", ["sqlite3", "sqlite-odbc", "postgresql"], indirect=True)
def test_a_constraint_checked_at_commit_fails_its_own_entry(target: Target) -> None:
    """Deferred constraints are told at the end: the batch is then written entry by entry."""
    target.execute(
        "CREATE TABLE a (id INTEGER PRIMARY KEY,"
        " boss INTEGER REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    host = target.host('[A]\ntable="a"\nreferences={boss="A"}')
    adds = [
        CSEntryChange.add("A", {"id": i}, attributes={"boss": f"CN={boss},OBJECT=A"})
        for i, boss in ((1, 1), (2, 77), (3, 1))
    ]
    assert codes(host.export(*adds)) == [
        "Success",
        "ExportErrorReferenceAttributeFailure",
        "Success",
    ]
    assert set(host.state()) == {"CN=1,OBJECT=A", "CN=3,OBJECT=A"}


def test_a_new_object_needs_no_value_at_all(target: Target) -> None:
    """A row of nothing but defaults is inserted, and its key told."""
    target.execute("CREATE TABLE d (id {counter}, x INTEGER DEFAULT 7)")
    host = target.host('[D]\ntable="d"')
    (result,) = host.export(CSEntryChange.add("D"))
    assert anchor(result) == {"id": 1}
    assert host.state() == {"CN=1,OBJECT=D": {"id": 1, "x": 7}}


def test_an_anchor_that_is_not_unique_is_not_updated(target: Target) -> None:
    """Several rows for one object are told as ambiguous, and none is touched."""
    target.execute("CREATE TABLE t (k VARCHAR(5) NOT NULL, v VARCHAR(5))")
    target.execute("INSERT INTO t VALUES (?, ?)", [("a", "1"), ("a", "2")])
    host = target.host('[T]\ntable="t"\nanchor="k"')
    change = CSEntryChange.update("T", {"k": "a"}, changes=[AttributeChange.replace("v", "x")])
    assert codes(host.export(change)) == ["ExportErrorAmbiguousUpdate"]
    assert target.rows("SELECT v FROM t ORDER BY v") == [("1",), ("2",)]


def test_two_rows_of_one_object_do_not_stand_for_a_missing_other(target: Target) -> None:
    """As many rows as entries were changed, and still neither entry is written."""
    target.execute("CREATE TABLE t (k VARCHAR(5) NOT NULL, v VARCHAR(5))")
    target.execute("INSERT INTO t VALUES (?, ?)", [("a", "1"), ("a", "2")])
    host = target.host('[T]\ntable="t"\nanchor="k"')
    changes = [
        CSEntryChange.update("T", {"k": key}, changes=[AttributeChange.replace("v", "x")])
        for key in ("a", "b")
    ]
    assert codes(host.export(*changes)) == [
        "ExportErrorAmbiguousUpdate",
        "ExportErrorConnectedDirectoryMissingObject",
    ]
    assert target.rows("SELECT v FROM t ORDER BY v") == [("1",), ("2",)]


def test_a_new_name_is_no_value_of_a_column_called_so(target: Target) -> None:
    """A rename beside a change of the column "DN" leaves each with its own."""
    target.execute(
        'CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(9), "DN" VARCHAR(99))'.replace(
            '"', target.mark
        )
    )
    target.execute("INSERT INTO t VALUES (1, 'a', 'kept'), (2, 'b', 'kept')")
    host = target.host('[T]\ntable="t"\ndn="name"')
    changes = [
        CSEntryChange.update(
            "T",
            {"id": number},
            dn=f"CN={old},OBJECT=T",
            changes=[AttributeChange.new_dn(f"CN={old}{old},OBJECT=T")],
        )
        for number, old in ((1, "a"), (2, "b"))
    ]
    assert codes(host.export(*changes)) == ["Success"] * 2
    assert target.rows("SELECT * FROM t ORDER BY id") == [(1, "aa", "kept"), (2, "bb", "kept")]


def test_what_is_known_of_sets_of_attributes_is_bounded(
    sqlite_file: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forgetting it changes nothing."""
    monkeypatch.setattr("ecma2py_sql.exporting.runs._MOST_PLANS", 2)
    names = ["a", "b", "c"]
    sqlite_file.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(names)})")
    sqlite_file.execute("INSERT INTO t (id) VALUES (?)", [(i,) for i in range(8)])
    host = sqlite_file.host('[T]\ntable="t"')
    chosen = [[name for bit, name in enumerate(names) if i >> bit & 1] for i in range(8)]
    changes = [
        CSEntryChange.update("T", {"id": i}, changes=[AttributeChange.replace(n, n) for n in some])
        for i, some in enumerate(chosen)
    ]
    assert codes(host.export(*changes)) == ["Success"] * 8
    assert sqlite_file.rows("SELECT a, b, c FROM t ORDER BY id") == [
        tuple(name if name in some else None for name in names) for some in chosen
    ]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_batches_of_any_size_reach_the_same_state(target: Target, size: int) -> None:
    """Outcome and results do not depend on how the changes are cut into batches."""
    target.execute(PEOPLE)
    host = target.host(PEOPLE_TYPES)
    changes = [
        CSEntryChange.add("Person", {"id": i}, attributes={"name": f"n{i}"}) for i in range(9)
    ]
    changes += [CSEntryChange.add("Person", {"id": i}, attributes={"name": "x"}) for i in (3, 9)]
    changes += [
        CSEntryChange.add("Person", attributes={}),
        CSEntryChange.delete("Person", {"id": 5}),
    ]
    results = codes(host.export(*changes, batch=size))
    assert results[-4:] == [
        "ExportErrorDuplicateAnchor",
        "Success",
        "ExportErrorMissingProvisioningAttribute",
        "Success",
    ]
    assert results[:9] == ["Success"] * 9
    assert {each["name"] for each in host.state().values()} == {
        *(f"n{i}" for i in range(9) if i != 5),
        "x",
    }


def test_one_member_more_is_one_row_more(sqlite_file: Target) -> None:
    """Adding a member reads and writes nothing of the others."""
    host = company(sqlite_file)
    sqlite_file.execute("INSERT INTO people (name) VALUES (?)", [("x",)] * 3_000)
    sqlite_file.execute("INSERT INTO members SELECT 't', id FROM people WHERE id > 3")
    statements: list[tuple[str, int]] = []
    connector: Any = SqlConnector()
    with host.exporting(connector):
        run, rows = connector._session.run, connector._session.rows

        def watched_rows(sql: str, parameters: Any = ()) -> Any:
            found = rows(sql, parameters)
            statements.append((sql.partition(" ")[0], len(found)))
            return found

        def watched_run(sql: str, parameters: Any = ()) -> int:
            count: int = run(sql, parameters)
            statements.append((sql.partition(" ")[0], count))
            return count

        connector._session.rows, connector._session.run = watched_rows, watched_run
        change = AttributeChange.update("members", [CID])
        connector.put_export_entries(
            [CSEntryChange.update("Team", {"code": "t"}, changes=[change])]
        )
    assert statements == [
        ("BEGIN", -1),
        ("SELECT", 1),
        ("SELECT", 0),
        ("INSERT", 1),
        ("COMMIT", -1),
    ]


def test_many_values_are_added_and_removed_whatever_their_number(target: Target) -> None:
    """More values than a statement takes parameters go in several."""
    target.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE v (t INTEGER, v VARCHAR(9))"
    )
    host = target.host('[T]\ntable="t"\n[T.multivalued.v]\ntable="v"\nkey="t"\nvalue="v"')
    many: list[Value] = [str(i) for i in range(1_234)]
    host.export(CSEntryChange.add("T", {"id": 1}, attributes={"v": many}))
    assert host.state()["CN=1,OBJECT=T"]["v"] == frozenset(many)
    change = AttributeChange.update("v", [*many[:600], "new"], many[601:])
    host.export(CSEntryChange.update("T", {"id": 1}, changes=[change]))
    assert host.state()["CN=1,OBJECT=T"]["v"] == frozenset([*many[:601], "new"])


VALUES = st.lists(st.sampled_from("abcd"), max_size=3, unique=True)
CHANGES = st.one_of(
    st.builds(AttributeChange.update, st.just("v"), VALUES, VALUES),
    st.builds(AttributeChange.replace, st.just("v"), VALUES),
    st.builds(AttributeChange.add, st.just("v"), VALUES),
    st.just(AttributeChange.delete("v")),
    st.builds(AttributeChange.replace, st.just("s"), st.sampled_from("abcd")),
    st.just(AttributeChange.delete("s")),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(changes=st.lists(CHANGES, max_size=12))
def test_every_change_does_what_the_model_says(
    sqlite_file: Target, changes: list[AttributeChange]
) -> None:
    """The database after a change is apply_change of the database before."""
    sqlite_file.execute(
        "DROP TABLE IF EXISTS t; DROP TABLE IF EXISTS v;"
        "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT); CREATE TABLE v (t INTEGER, v TEXT);"
        "INSERT INTO t VALUES (1, 'a'); INSERT INTO v VALUES (1, 'b')"
    )
    host = sqlite_file.host('[T]\ntable="t"\n[T.multivalued.v]\ntable="v"\nkey="t"\nvalue="v"')
    expected: dict[str, Any] = {"s": "a", "v": ["b"]}
    entries = [CSEntryChange.update("T", {"id": 1}, changes=[change]) for change in changes]
    for entry in entries:
        expected = apply_change(expected, entry)
    if entries:
        assert set(codes(host.export(*entries))) == {"Success"}
    (found,) = host.full()
    assert content(found) == {"id": 1} | {
        name: frozenset(values) if isinstance(values, list) else values
        for name, values in expected.items()
    }


def test_a_database_without_savepoints_commits_entry_by_entry(
    sqlite_file: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The generic dialect reaches the same state, one transaction an entry."""
    plain = Dialect("SQLite", limited=lambda sql, rows: f"{sql} LIMIT {rows}")
    monkeypatch.setattr("ecma2py_sql.drivers.sqlite.SQLITE", plain)
    sqlite_file.execute(PEOPLE)
    host = sqlite_file.host(PEOPLE_TYPES)
    results = host.export(
        CSEntryChange.add("Person", {"id": 1}, attributes={"name": "Ann"}),
        CSEntryChange.add("Person", {"id": 1}, attributes={"name": "Ann"}),
        CSEntryChange.add("Person", attributes={"name": "Bob"}),
        CSEntryChange.add("Person", {}, dn=BOB, attributes={"name": "Bob"}),
    )
    assert codes(results) == [
        "Success",
        "ExportErrorDuplicateAnchor",
        "ExportErrorMissingAnchorComponent",
        "Success",
    ]
    assert anchor(results[3]) == {}
    assert set(host.state()) == {ANN, BOB}


@pytest.mark.parametrize("count", [1, 3])
def test_what_may_be_written_is_not_written_again(
    sqlite_file: Target, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """A connection lost at the commit leaves it open whether the database has the batch."""
    host = company(sqlite_file)
    real, commits = SqliteSession.commit, []

    def lost(self: SqliteSession) -> None:
        commits.append(real(self))
        raise DatabaseError(Cause.DROPPED, "server closed the connection")

    monkeypatch.setattr(SqliteSession, "commit", lost)
    adds = [CSEntryChange.add("Person", attributes={"name": f"N{n}"}) for n in range(count)]
    if count == 1:  # by itself it is a result
        (result,) = host.export(*adds)
        assert result.error_name == "DroppedConnectionException"
        assert "not known" in result.error_detail
    else:
        with pytest.raises(DroppedConnectionError, match="not known"):
            host.export(*adds)
    monkeypatch.undo()
    assert len(commits) == 1
    assert len(host.state()) == 4 + count
