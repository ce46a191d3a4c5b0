"""What the schema pages find: types and attributes by each method, anchors, DNs, references."""

from typing import Any

import pytest

from ecma2py import ConfigParameterPage, CSEntryChange
from ecma2py.errors import InvalidParameterError
from ecma2py_sql import SqlConnector
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.mapping.settings import Argument, Direction, Method, Rows
from ecma2py_sql.pages.spelling import name_parts, split_equalities, split_list
from tests.connectors.sql.targets import PEOPLE, Target, postgresql_target
from tests.connectors.sql.test_pages import FIXED, MICROSOFT, by_fields, configs, definition, fields

DETECTION = "Object type detection method"
NAMES = "Fixed value list/Table/View/SP"
ONE = {**FIXED, NAMES: "T", "T:Table/View/SP": "t"}


@pytest.mark.parametrize(
    "said",
    [
        {DETECTION: "Fixed Value", NAMES: "b:x, [a,1]\nb:x"},
        {DETECTION: "Table", NAMES: "kinds", "Column Name for Table/View/SP": "[ty pe]"},
        {DETECTION: "View", NAMES: "[kinds]", "Column Name for Table/View/SP": "ty pe"},
        {
            DETECTION: "SQL Query",
            "Provide SQL query for detecting object types": 'SELECT "ty pe" FROM kinds;',
        },
    ],
)
def test_types_are_found_by_every_method(target: Target, said: dict[str, str]) -> None:
    """What is listed, or what the database gives, each name once."""
    target.execute('CREATE TABLE kinds (id INTEGER PRIMARY KEY, "ty pe" VARCHAR(9))')
    target.execute(
        "INSERT INTO kinds VALUES (?, ?)", [(1, "b:x"), (2, "a,1"), (3, "b:x"), (4, None), (5, "")]
    )
    said = {name: text.replace('"', target.mark) for name, text in said.items()}
    found = fields(by_fields(target, said).parameters, ConfigParameterPage.SCHEMA, 2)
    assert {name.removesuffix(":Attribute Detection") for name in found if "Detection" in name} == {
        "a,1",
        "b:x",
    }


def test_a_query_lists_attributes_and_the_run_step_reads_them(target: Target) -> None:
    """Attributes that a query names are text until somebody says more; the run step has the rows."""
    target.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(9)); CREATE TABLE n (n VARCHAR(9))"
    )
    target.execute("INSERT INTO n VALUES (?)", [("id",), ("a",)])
    target.execute("INSERT INTO t VALUES (?, ?)", [(i, f"v{i}") for i in range(1, 6)])
    said = {
        **FIXED,
        NAMES: "T",
        "T:Attribute Detection": "SQL Query",
        "T:Provide SQL query for detecting attributes": "SELECT n FROM n",
        "T:id": "1",
        "T:id DataType": "Integer",
    }
    host = by_fields(target, said)
    assert [each.name for each in host.schema().types["T"].attributes.values()] == ["id", "a"]
    with pytest.raises(
        InvalidParameterError, match=r"'Operation Method': the schema pages name no"
    ):
        host.full()
    reading = {"Operation Method": "Sql Query", "SQL Query": "SELECT id, a FROM t"}
    assert by_fields(target, {**said, **reading}).state()["CN=3,OBJECT=T"] == {"id": 3, "a": "v3"}
    paged = "SELECT id, a FROM t WHERE id BETWEEN @StartIndex AND @EndIndex"
    for size in (1, 2, 5, 9):
        host = by_fields(target, {**said, **reading, "SQL Query": paged})
        assert len(host.full(page_size=size)) == 5
    written = by_fields(target, {**said, "Operation Method": "Table", "Table/View/SP": "t"})
    assert len(written.full()) == 5
    (result,) = written.export(CSEntryChange.add("T", {"id": 9}, attributes={"a": "new"}))
    assert not result.error_detail
    assert target.rows("SELECT a FROM t WHERE id = 9") == [("new",)]


def test_a_composite_anchor_and_a_dn_of_its_own(target: Target) -> None:
    """Several ticked attributes are the anchor together, and another may name the object."""
    target.execute("CREATE TABLE t (a INTEGER, b VARCHAR(9), c VARCHAR(9), PRIMARY KEY (a, b))")
    target.execute("INSERT INTO t VALUES (1, 'x', 'one')")
    assert by_fields(target, ONE).state() == {
        "CN=1+x,OBJECT=T": {"a": 1, "b": "x", "c": "one"},
    }
    assert list(by_fields(target, ONE, **{"Select DN attribute for T": "c"}).state()) == [
        "CN=one,OBJECT=T"
    ]


def test_dn_is_anchor_asks_for_the_dn_alone(target: Target) -> None:
    """No check box is left, and a reference has its own type to choose from."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, login VARCHAR(9), boss VARCHAR(9))")
    target.execute("INSERT INTO t VALUES (1, 'ann', NULL)")
    target.execute("INSERT INTO t VALUES (2, 'bob', 'ann')")
    said = {
        **ONE,
        "DN is Anchor": "1",
        "Select DN attribute for T": "login",
        "T:boss DataType": "Reference",
    }
    host = by_fields(target, said)
    schema = ConfigParameterPage.SCHEMA
    assert fields(host.parameters, schema, 3) == ["Select DN attribute for T"]
    assert fields(host.parameters, schema, 5) == ["T:Reference boss"]
    assert definition(host.parameters, "T:Reference boss", schema, 5).values == ("T",)
    assert host.state()["CN=bob,OBJECT=T"]["boss"] == "CN=ann,OBJECT=T"
    assert list(host.schema().types["T"].anchor_attributes) == ["login"]


def test_a_reference_to_any_type_names_the_column_with_the_type(target: Target) -> None:
    """The column of the multi-valued table tells the type, and is no attribute itself."""
    target.execute(
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE g (id INTEGER PRIMARY KEY);"
        "CREATE TABLE m (g_id INTEGER REFERENCES g (id), member INTEGER, kind VARCHAR(9))"
    )
    target.execute("INSERT INTO p VALUES (1)")
    target.execute("INSERT INTO g VALUES (1)")
    target.execute("INSERT INTO m VALUES (?, ?, ?)", [(1, 1, "P"), (1, 1, "G")])
    host = by_fields(
        target,
        {
            **FIXED,
            NAMES: "P,G",
            "P:Table/View/SP": "p",
            "G:Table/View/SP": "g",
            "G:Name of Multi-valued Table/Views": "m",
            "G:member DataType": "Reference",
            "G:Reference member": "*",
            "G: Object type column for member": "kind",
        },
    )
    assert list(host.schema().types["G"].attributes) == ["id", "member"]
    assert host.state()["CN=1,OBJECT=G"]["member"] == {"CN=1,OBJECT=P", "CN=1,OBJECT=G"}


def test_several_multi_valued_tables_by_key_by_name_and_by_condition(target: Target) -> None:
    """A foreign key, the anchor's own names or the join condition tell the key of each."""
    target.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY);"
        "CREATE TABLE by_key (t INTEGER REFERENCES t (id), one VARCHAR(9));"
        "CREATE TABLE by_name (id INTEGER, two VARCHAR(9));"
        "CREATE TABLE by_condition (a INTEGER, b INTEGER, three VARCHAR(9))"
    )
    target.execute("INSERT INTO t VALUES (7)")
    for table in ("by_key", "by_name"):
        target.execute(f"INSERT INTO {table} VALUES (7, 'x')")
    target.execute("INSERT INTO by_condition VALUES (0, 7, 'x')")
    said = {**ONE, "T:Name of Multi-valued Table/Views": "by_key, by_name, [by_condition]"}
    with pytest.raises(InvalidParameterError, match=r"T:Name.*t\.id = by_condition\.<column>"):
        by_fields(target, said).schema()
    host = by_fields(target, said, **{"Join Condition": "T.id = By_Condition.b"})
    assert host.state()["CN=7,OBJECT=T"] == {
        "id": 7,
        "one": {"x"},
        "two": {"x"},
        "three": {"x"},
        "a": {0},
    }


def test_the_key_of_a_composite_anchor_may_be_written_in_any_order(sqlite_file: Target) -> None:
    """Each column goes with the one it is joined to, by a condition and by a foreign key."""
    sqlite_file.execute(
        "CREATE TABLE t (a INTEGER, b VARCHAR(9), PRIMARY KEY (a, b), UNIQUE (b, a));"
        "CREATE TABLE by_key (x VARCHAR(9), y INTEGER, one VARCHAR(9),"
        " FOREIGN KEY (x, y) REFERENCES t (b, a));"
        "CREATE TABLE by_condition (p VARCHAR(9), q INTEGER, two VARCHAR(9))"
    )
    sqlite_file.execute("INSERT INTO t VALUES (7, 'k')")
    for table in ("by_key", "by_condition"):
        sqlite_file.execute(f"INSERT INTO {table} VALUES ('k', 7, 'v')")
    said = {**ONE, "T:Name of Multi-valued Table/Views": "by_key,by_condition"}
    join = {"Join Condition": "t.b = by_condition.p AND t.a = by_condition.q"}
    host = by_fields(sqlite_file, said, **join)
    assert host.state()["CN=7+k,OBJECT=T"] == {"a": 7, "b": "k", "one": {"v"}, "two": {"v"}}


def test_a_column_of_both_tables_is_refused(sqlite_file: Target) -> None:
    """One name cannot be two attributes; the view to make is named."""
    sqlite_file.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER); CREATE TABLE m (id INTEGER, v INTEGER)"
    )
    said = {**ONE, "T:Name of Multi-valued Table/Views": "m"}
    with pytest.raises(InvalidParameterError, match="'t' and 'm' both have a column 'v'"):
        by_fields(sqlite_file, said).schema()


def test_a_table_of_another_server_is_read_by_its_whole_name(postgresql_odbc: str) -> None:
    """What the catalogue of this database does not list is described by reading it."""
    target = postgresql_target(postgresql_odbc)
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(9))")
    target.execute("INSERT INTO t VALUES (1, 'x')")
    ((database,),) = target.rows("SELECT current_database()")
    said = {**ONE, "T:Table/View/SP": f"[{database}].[public].[t]", "T:id": "1"}
    assert by_fields(target, said).state() == {"CN=1,OBJECT=T": {"id": 1, "a": "x"}}


def test_a_type_and_a_direction_decide_for_multi_valued_attributes_too(target: Target) -> None:
    """The data type and direction of schema page 4 hold whatever the attribute is kept in."""
    target.execute(PEOPLE)
    said = {**MICROSOFT, "Team:person DataType": "String", "Person:number Direction": "Import"}
    host = by_fields(target, {**said, "Team:person Direction": "Export"})
    types = host.schema().types
    operations = {
        name: types[of].attributes[name].allowed_attribute_operation.name
        for of, name in (("Team", "person"), ("Person", "number"))
    }
    assert operations == {"person": "EXPORT_ONLY", "number": "IMPORT_ONLY"}
    changes = [
        CSEntryChange.add("Person", {"id": 1}, attributes={"name": "n", "number": ["1"]}),
        CSEntryChange.add("Person", {"id": 2}, attributes={"name": "n"}),
        CSEntryChange.add("Team", {"code": "t"}, attributes={"person": ["2"]}),
    ]
    refused, *fine = host.export(*changes)
    assert "'number'" in (refused.error_detail or "")
    assert not any(each.error_detail for each in fine)
    assert "person" not in host.state()["CN=t,OBJECT=Team"]
    assert target.rows("SELECT person FROM members") == [(2,)]


def test_a_procedure_is_called_with_its_parameters(sqlite_file: Target) -> None:
    """Its name and parameters, one on a line, become what is called; values may hold colons."""
    sqlite_file.execute("CREATE TABLE n (n VARCHAR(9)); INSERT INTO n VALUES ('T')")
    calls: list[Any] = []

    def call(session: Any, name: str, given: Any, **_: Any) -> Any:
        calls.append((name, [(each.name, each.value) for each in given]))
        return session.stream("SELECT n, 1 AS other FROM n")

    said = {
        DETECTION: "Stored Procedure",
        NAMES: "[hr].[list types]",
        "Column Name for Table/View/SP": "n",
        "Store Procedure Parameters": "@a:INPUT:x:y\n\n@b:Output:",
        "T:Attribute Detection": "Stored Procedure",
        "T:Table/View/SP": "read_t",
        "T:Store Procedure Parameters": "k:input:1",
        "T:n": "1",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "call", call, raising=False)
        (config,) = configs(by_fields(sqlite_file, said))
        page = ConfigParameterPage.SCHEMA
        wrong = by_fields(sqlite_file, {**said, "T:Store Procedure Parameters": "k:1"}).parameters
        result = SqlConnector().validate_config_parameters_ex(wrong, page, 2)
    assert calls[0][0] == "hr.list types"
    assert calls[0][1] == [("@a", "x:y"), ("@b", "")]
    argument = Argument("k", Direction.INPUT, "1")
    assert config.rows == Rows(Method.PROCEDURE, "read_t", arguments=(argument,))
    assert result.error_parameter == "T:Store Procedure Parameters"
    assert "'k:1' is no Name:Direction:Value" in result.error_message


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", []),
        (" a , b\n,c", ["a", "b", "c"]),
        ("[a,b].[c],d", ["[a,b].[c]", "d"]),
        ('"x,y",[z]],w]', ['"x,y"', "[z]],w]"]),
        ("a[b,c", ["a[b", "c"]),
    ],
)
def test_a_list_is_split_at_commas_outside_brackets(text: str, items: list[str]) -> None:
    """What stands in brackets or quotes is one name."""
    assert split_list(text) == items


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("people", ("people",)),
        ("[Server].[Db].[Schema].[Table]", ("Server", "Db", "Schema", "Table")),
        ("hr . [a.b]", ("hr", "a.b")),
        ('[x]]y]."q""r"', ("x]y", 'q"r')),
        ('we"ird', ('we"ird',)),
        ("a[b", ("a[b",)),
        ("trailing.", ("trailing.",)),
    ],
)
def test_a_name_has_the_parts_its_dots_separate(text: str, parts: tuple[str, ...]) -> None:
    """Brackets hold what would separate; what is no qualified name is one name as it stands."""
    assert name_parts(text) == parts


def test_a_condition_is_equalities_of_columns() -> None:
    """Any of AND, comma, semicolon and line end goes between them."""
    text = "A.x = B.y AND A.[p = q] = [B and].z;\nC.1=D.2"
    assert split_equalities(text) == [
        (("A", "x"), ("B", "y")),
        (("A", "p = q"), ("B and", "z")),
        (("C", "1"), ("D", "2")),
    ]
