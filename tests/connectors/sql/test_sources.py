"""Rows from tables, views and queries: the same objects, whatever they are read from."""

import pytest

from ecma2py import AttributeChange, CSEntryChange
from ecma2py.errors import InvalidParameterError, UnexpectedDataError
from tests.connectors.sql.targets import PEOPLE, Target, codes, content
from tests.connectors.sql.test_imports import fill

CHILDREN = """
[Person.multivalued.phones]
table = "phones"
key = "person"
value = "number"
"""
REFERENCES = 'references = { manager = "Person" }'
TABLE = f'[Person]\ntable = "people"\n{REFERENCES}\n{CHILDREN}'
COLUMNS = "id, name, mail, age, manager, active, photo, changed"


@pytest.mark.parametrize("size", [1, 4, 500])
def test_a_query_gives_what_its_table_gives(target: Target, size: int) -> None:
    """A query is read by key like a table, with the values of its children."""
    fill(target, 9)
    query = f'[Person]\nquery = "SELECT * FROM people;"\nanchor = "id"\n{REFERENCES}\n{CHILDREN}'
    by_query = target.host(query).full(page_size=size)
    assert {e.dn: content(e) for e in by_query} == target.host(TABLE).state()
    assert len(by_query) == 9


@pytest.mark.parametrize("size", [2, 4, 9, 500])
def test_a_query_paged_by_index_gives_every_row_once(target: Target, size: int) -> None:
    """Page after page until one is empty: one page that is short is not the last."""
    fill(target, 9)
    query = f"SELECT {COLUMNS} FROM people WHERE id BETWEEN @StartIndex AND @EndIndex AND id <> 4"
    text = (
        f'[Person]\ntable = "people"\n{REFERENCES}\n[Person.import]\nquery = "{query}"\n'
        f'start_index = "@StartIndex"\nend_index = "@EndIndex"\n{CHILDREN}'
    )
    host = target.host(text)
    wanted = target.host(TABLE).state()
    del wanted["CN=4,OBJECT=Person"]
    entries = host.full(page_size=size)
    assert {e.dn: content(e) for e in entries} == wanted
    assert len(entries) == 8


def test_the_columns_of_a_query_are_told_by_running_it(target: Target) -> None:
    """Types come from what the database gives; the author's word counts more."""
    target.execute(PEOPLE)
    target.execute("INSERT INTO people (id, name, age) VALUES (?, ?, ?)", [(1, "ann", 5)])
    text = '[P]\nquery = "SELECT id, name, age AS years FROM people"\nanchor = "id"'
    person = target.host(text).schema().types["P"]
    assert [each.data_type.name for each in person.attributes.values()] == [
        *("INTEGER", "STRING", "INTEGER"),
    ]
    typed = target.host(f'{text}\ntypes = {{ years = "text" }}').schema().types["P"]
    assert typed.attributes["years"].data_type.name == "STRING"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT id, name AS id FROM people", "two columns of one name 'id'"),
        ("SELECT id FROM nowhere", "nowhere"),
        ("SELECT name FROM people", "no column 'id'"),
    ],
)
def test_a_query_that_gives_no_object_is_refused(target: Target, query: str, says: str) -> None:
    """The administrator reads what is wrong with it when the schema is asked for."""
    target.execute(PEOPLE)
    host = target.host(f'[P]\nquery = "{query}"\nanchor = "id"')
    with pytest.raises((InvalidParameterError, UnexpectedDataError), match=says):
        host.schema()


def test_a_query_that_gives_less_later_ends_the_run(sqlite_file: Target) -> None:
    """A column that is gone is told by name, with those that are left."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)")
    sqlite_file.execute("INSERT INTO t VALUES (1, 'x', 'y')")
    sqlite_file.execute("CREATE VIEW v AS SELECT id, a FROM t")
    text = (
        '[T]\ntable = "t"\n[T.import]\nstart_index = "@s"\nend_index = "@e"\n'
        'query = "SELECT * FROM v WHERE id BETWEEN @s AND @e"'
    )
    with pytest.raises(UnexpectedDataError, match="gives no column 'b' any more: it gives id, a"):
        sqlite_file.host(text).full()


def test_a_view_is_read_like_a_table(target: Target) -> None:
    """What the catalogue calls a view needs an anchor, since it has no key."""
    fill(target, 5)
    target.execute(f"CREATE VIEW staff AS SELECT {COLUMNS} FROM people WHERE id < 4")
    host = target.host(f'[Person]\nview = "staff"\nanchor = "id"\n{REFERENCES}\n{CHILDREN}')
    assert host.state().keys() == {f"CN={i},OBJECT=Person" for i in (1, 2, 3)}
    target.execute("DROP VIEW staff")


STAFF = f"""
{TABLE}
[Person.import]
view = "staff"
"""


@pytest.mark.parametrize("size", [1, 500])
def test_an_import_source_is_read_and_its_type_written(target: Target, size: int) -> None:
    """``[T.import]`` names what rows are read from, whatever the types of columns there."""
    fill(target, 5)
    chosen = COLUMNS.replace(" age,", " id + 40 AS age,")
    target.execute(f"CREATE VIEW staff AS SELECT {chosen} FROM people WHERE id < 4")
    host = target.host(STAFF)
    assert {e.dn: e.attributes["age"] for e in host.full(page_size=size)} == {
        f"CN={i},OBJECT=Person": i + 40 for i in (1, 2, 3)
    }
    change = [AttributeChange.replace("age", 7)]
    (result,) = host.export(CSEntryChange.update("Person", {"id": 5}, changes=change))
    assert codes([result]) == ["Success"]
    assert target.rows("SELECT age FROM people WHERE id = 5") == [(7,)]
    target.execute("DROP VIEW staff")


def test_deltas_are_read_from_the_import_source(sqlite_file: Target) -> None:
    """The watermark is a column of the source: what it leaves out is in no delta either."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, place TEXT)")
    sqlite_file.execute("CREATE TABLE clock (id INTEGER PRIMARY KEY, at INTEGER)")
    sqlite_file.execute(
        "CREATE VIEW here AS SELECT t.id, v, place, at FROM t JOIN clock c ON c.id = t.id"
        " WHERE place = 'here'"
    )
    host = sqlite_file.host(
        '[T]\ntable = "t"\ndelta = { watermark = "at", overlap = 0 }\n[T.import]\nview = "here"'
    )
    assert host.full() == []
    sqlite_file.execute("INSERT INTO t VALUES (1, 'a', 'here'); INSERT INTO clock VALUES (1, 1)")
    sqlite_file.execute("INSERT INTO t VALUES (2, 'a', 'there'); INSERT INTO clock VALUES (2, 2)")
    assert [entry.anchor for entry in host.delta()] == [{"id": 1}]
    assert host.delta() == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", r"\[T.import\]: table 'v' has no column 'b'; it has 'id', 'a'"),
        ('write_only = ["b"]', None),
        ('columns = ["a"]', None),
        (
            'columns = ["a"]\ndelta = { transaction_id = true }',
            "transaction_id is of the table 't', and .* reads 'v': use watermark",
        ),
    ],
)
def test_an_import_source_has_what_is_read(
    sqlite_file: Target, line: str, says: str | None
) -> None:
    """A column that it lacks is named when the schema is asked for, unless it is only written."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)")
    sqlite_file.execute("CREATE VIEW v AS SELECT id, a FROM t")
    host = sqlite_file.host(f'[T]\ntable = "t"\n{line}\n[T.import]\ntable = "v"')
    if says is None:
        assert host.full() == []
        return
    with pytest.raises(InvalidParameterError, match=says):
        host.schema()


LOGINS = """
[Person]
table = "people"
dn = "mail"
columns = ["name", "manager"]
references = { manager = "Person" }
"""


def test_a_column_beside_the_anchor_names_the_object(target: Target) -> None:
    """The DN holds its value, references hold the value too, and without one there is no object."""
    target.execute(
        "CREATE TABLE people (id {counter}, name VARCHAR(9), mail VARCHAR(9) UNIQUE,"
        " manager VARCHAR(9))"
    )
    rows = [(1, "n", "a@x", None), (2, "n", "b@x", "a@x"), (3, "n", None, None)]
    target.execute("INSERT INTO people (id, name, mail, manager) VALUES (?, ?, ?, ?)", rows)
    entries = target.host(LOGINS).full()
    good = {entry.dn: entry for entry in entries if not entry.error_code_import}
    assert good.keys() == {"CN=a@x,OBJECT=Person", "CN=b@x,OBJECT=Person"}
    second = good["CN=b@x,OBJECT=Person"]
    assert second.anchor == {"id": 2}
    assert second.attributes == {"name": "n", "mail": "b@x", "manager": "CN=a@x,OBJECT=Person"}
    (bad,) = [entry.error_detail for entry in entries if entry.error_code_import]
    assert "'mail' is NULL" in bad


def test_a_reference_of_another_column_than_the_name_is_refused(sqlite_file: Target) -> None:
    """A foreign key to the anchor cannot become a DN that another column makes."""
    sqlite_file.execute(PEOPLE)
    with pytest.raises(InvalidParameterError, match="holds 'id' of 'people'.*named by mail"):
        sqlite_file.host(LOGINS).schema()


ANY = """
[Team]
table = "teams"
references = { owner = "*" }
reference_types = { owner = "owner_type" }
columns = ["owner"]
[Team.multivalued.members]
table = "members"
key = "team"
value = "member"
references = "*"
reference_type = "kind"
"""


def test_a_reference_to_any_type_has_its_type_in_its_row(target: Target) -> None:
    """Of one attribute, each value refers to the type its own row tells."""
    target.execute(
        "CREATE TABLE teams (code VARCHAR(9) PRIMARY KEY, owner VARCHAR(9), owner_type VARCHAR(9));"
        "CREATE TABLE members (team VARCHAR(9), member VARCHAR(9), kind VARCHAR(9))"
    )
    target.execute(
        "INSERT INTO teams VALUES (?, ?, ?)",
        [("a", "7", "Person"), ("b", "x", "Team"), ("c", None, None), ("d", "7", None)],
    )
    target.execute(
        "INSERT INTO members VALUES (?, ?, ?)", [("a", "7", "Person"), ("a", "7", "Team")]
    )
    entries = target.host(ANY).full()
    good = {e.anchor["code"]: content(e) for e in entries if not e.error_code_import}
    assert good["a"]["owner"] == "CN=7,OBJECT=Person"
    assert good["a"]["members"] == {"CN=7,OBJECT=Person", "CN=7,OBJECT=Team"}
    assert good["b"]["owner"] == "CN=x,OBJECT=Team"
    assert "owner" not in good["c"]
    (bad,) = [entry.error_detail for entry in entries if entry.error_code_import]
    assert "'7' comes without the type" in bad


def test_what_is_only_written_is_never_read(target: Target) -> None:
    """A write-only column is in the schema for exports, and in no entry."""
    target.execute(PEOPLE)
    target.execute("INSERT INTO people (id, name, mail) VALUES (?, ?, ?)", [(1, "ann", "secret")])
    host = target.host('[P]\ntable = "people"\ncolumns = ["name", "mail"]\nwrite_only = ["mail"]')
    operation = host.schema().types["P"].attributes["mail"].allowed_attribute_operation
    assert operation.name == "EXPORT_ONLY"
    assert host.state() == {"CN=1,OBJECT=P": {"id": 1, "name": "ann"}}
