"""The parameter pages of Microsoft's Generic SQL connector: every field, and what it means."""

import tomllib
from collections.abc import Mapping
from typing import Any

import pytest

from ecma2py import (
    ConfigParameterPage,
    ConfigParameters,
    CSEntryChange,
)
from ecma2py_sql import SqlConnector
from ecma2py_sql.mapping.config import parse_object_types
from ecma2py_sql.pages.runs import run_types
from ecma2py_sql.pages.tables import Tables
from tests.connectors.sql.targets import PEOPLE, Host, Target
from tests.host.serving import ROOT

Page = ConfigParameterPage
GUIDE = ROOT / "docs" / "how-to" / "sql-from-microsoft.md"

FIXED = {"Object type detection method": "Fixed Value"}
MICROSOFT = {
    **FIXED,
    "Fixed value list/Table/View/SP": "Person,Team",
    "Person:Attribute Detection": "Table",
    "Person:Table/View/SP": "people",
    "Person:Name of Multi-valued Table/Views": "phones",
    "Team:Attribute Detection": "Table",
    "Team:Table/View/SP": "[teams]",
    "Team:Name of Multi-valued Table/Views": "members",
    "Person:id": "1",
    "Team:code": "1",
    "Team:title": "0",
    "Person:manager DataType": "Reference",
    "Person:age Direction": "Import",
    "Person:photo Direction": "Export",
    "Team:person DataType": "Reference",
    "Person:Reference manager": "Person",
    "Team:Reference person": "Person",
    "Delta Strategy": "WaterMark",
    "Water Mark Query": "",
    "Water Mark Column Name for Person": "changed",
}
"""Two types by the names of Microsoft's fields, as an export of a configuration has them."""
TOML = """
[Person]
table = "{0}people"
anchor = "id"
references = {{ manager = "Person" }}
read_only = ["age"]
write_only = ["photo"]
delta = {{ watermark = "changed" }}
[Person.multivalued.number]
table = "{0}phones"
key = "person"
value = "number"
[Team]
table = "{0}teams"
anchor = "code"
[Team.multivalued.person]
table = "{0}members"
key = "team"
value = "person"
references = "Person"
"""


def by_fields(target: Target, fields: Mapping[str, str] = MICROSOFT, **more: str) -> Host:
    """The connector with types by Microsoft's fields."""
    return Host(ConfigParameters({**target.parameters, **fields, **more}))


def configs(host: Host) -> list[Any]:
    """The settings the pages amount to."""
    connector = SqlConnector()
    connector.parameters = host.parameters
    with connector._looked_up() as tables:
        assert isinstance(tables, Tables)
        return list(run_types(host.parameters, tables, None, None).configs)


def fields(parameters: ConfigParameters, page: Page, number: int = 1) -> list[str]:
    """The names on a page."""
    found = SqlConnector().get_config_parameters_ex(parameters, page, number)
    return [each.name for each in found if each.type.holds_value]


def definition(parameters: ConfigParameters, name: str, page: Page, number: int = 1) -> Any:
    """One field of a page."""
    found = SqlConnector().get_config_parameters_ex(parameters, page, number)
    return next(each for each in found if each.name == name)


REFERENCE = {
    "B.1": (
        (Page.CONNECTIVITY, 1),
        ("DSN File|User Name|Password|DN is Anchor|Export Type:Object Replace|Command Timeout"),
    ),
    "B.2": (
        (Page.SCHEMA, 1),
        (
            "Object type detection method|Fixed value list/Table/View/SP|Column Name for Table/View/SP|"
            "Store Procedure Parameters|Provide SQL query for detecting object types"
        ),
    ),
    "B.3": (
        (Page.SCHEMA, 2),
        (
            "Person:Attribute Detection|Person:Table/View/SP|Person:Name of Multi-valued Table/Views|"
            "Person:Store Procedure Parameters|Person:Provide SQL query for detecting attributes|"
            "Team:Attribute Detection"
        ),
    ),
    "B.4": (
        (Page.SCHEMA, 3),
        (
            "Person:id|Person:name|Select DN attribute for Person|Team:code|Select DN attribute for Team"
        ),
    ),
    "B.5": (
        (Page.SCHEMA, 4),
        ("Person:name DataType|Person:name Direction|Team:person DataType|Team:person Direction"),
    ),
    "B.6": (
        (Page.SCHEMA, 5),
        (
            "Person:Reference manager|Person: Object type column for manager|Team:Reference person|"
            "Team: Object type column for person"
        ),
    ),
    "B.7": (
        (Page.GLOBAL, 1),
        (
            "Delta Strategy|Water Mark Query|Data Source Time Zone|Data Source Date Time Format|"
            "Operation Methods|Set Password SP Name|Set Password SP Parameters|"
            "Change Password SP Name|Change Password SP Parameters|Use named parameters"
        ),
    ),
    "B.8": (
        (Page.PARTITION, 1),
        (
            "Partition DSN File|Partition User Name|Partition Password|"
            "Partition Data Source Time Zone|Partition Date Time Format|Delta Import Strategy|"
            "Partition Water Mark Query"
        ),
    ),
    "B.9": (
        (Page.RUN_STEP, 1),
        (
            "Operation Method|Table/View/SP|Start Index Parameter Name|End Index Parameter Name|"
            "Stored Procedure Parameters|Add SP Name|Add SP Parameters|Update SP Name|"
            "Update SP Parameters|Delete SP Name|Delete SP Parameters|"
            "Name of Multi-valued Table/Views|Join Condition|SQL Query|Insert Query|Update Query|"
            "Delete Query|History Table or Snapshot database name|Join Condition with Parent Table|"
            "Delta Operation Column Name|Water Mark Column Name|Add|Update|Delete"
        ),
    ),
}
"""By section of the reference: the page, and its fields."""


@pytest.mark.parametrize("section", REFERENCE)
def test_every_field_of_microsofts_connector_is_on_its_page(
    sqlite_file: Target, section: str
) -> None:
    """A configuration made for Microsoft's connector finds each of its fields by name."""
    sqlite_file.execute(PEOPLE)
    (page, number), names = REFERENCE[section]
    found = fields(by_fields(sqlite_file).parameters, page, number)
    assert [name for name in names.split("|") if name not in found] == []


def test_no_two_fields_share_a_name(sqlite_file: Target) -> None:
    """A parameter has one value, whatever page it stands on."""
    sqlite_file.execute(PEOPLE)
    given = by_fields(sqlite_file).parameters
    pages = [(page, 1) for page in Page] + [(Page.SCHEMA, number) for number in range(2, 6)]
    found = [name for page, number in pages for name in fields(given, page, number)]
    assert len(found) == len(set(found)) > 140


def test_the_choices_are_microsofts(sqlite_file: Target) -> None:
    """A drop-down takes the very words that an exported configuration holds."""
    sqlite_file.execute(PEOPLE)
    given = by_fields(sqlite_file).parameters
    methods = ("Table", "View", "Stored Procedure", "SQL Query")
    expected = {
        ("Object type detection method", Page.SCHEMA, 1): ("Fixed Value", *methods),
        ("Person:Attribute Detection", Page.SCHEMA, 2): methods,
        ("Person:name Direction", Page.SCHEMA, 4): ("Import", "Export", "ImportExport"),
        ("Person:Reference manager", Page.SCHEMA, 5): ("Person", "Team", "*"),
        ("Delta Strategy", Page.GLOBAL, 1): (
            *("None", "Trigger", "WaterMark", "Snapshot", "ChangeTracking"),
        ),
        ("Operation Method", Page.RUN_STEP, 1): (*methods[:3], "Sql Query"),
    }
    for (name, page, number), values in expected.items():
        assert definition(given, name, page, number).values == values
    words = [definition(given, each, Page.RUN_STEP) for each in ("Add", "Update", "Delete")]
    assert [each.default_value for each in words] == ["Add", "Modify", "Delete"]
    kinds = definition(given, "Person:name DataType", Page.SCHEMA, 4).values
    assert {"String", "DateTime", "Reference"} <= set(kinds)


def test_the_documented_configuration_works(sqlite_file: Target) -> None:
    """The example of the guide names fields that are there, and makes the types it promises."""
    sqlite_file.execute(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, created DATETIME, manager INTEGER);"
        "CREATE TABLE phones (person INTEGER REFERENCES people (id), number VARCHAR(9));"
        "CREATE TABLE teams (code VARCHAR(9) PRIMARY KEY)"
    )
    text = GUIDE.read_text(encoding="utf-8")
    document = tomllib.loads(text.split("```toml\n")[1].split("```")[0])
    written = document["connectors"]["HR"]["parameters"]
    said = {k: "1" if v is True else v for k, v in written.items() if "DSN" not in k}
    host = by_fields(sqlite_file, said)
    assert {name: list(each.attributes) for name, each in host.schema().types.items()} == {
        "Person": ["id", "created", "manager", "number"],
        "Team": ["code"],
    }
    asked = {
        name for number in range(1, 6) for name in fields(host.parameters, Page.SCHEMA, number)
    }
    assert set(said) <= asked | set(fields(host.parameters, Page.CONNECTIVITY))


def test_microsofts_fields_and_the_text_are_the_same_settings(target: Target) -> None:
    """Both ways of writing types down become one TypeConfig, and import the same objects."""
    target.execute(PEOPLE)
    target.execute(
        "INSERT INTO people (id, name, age, changed) VALUES (?, ?, 7, 1)", [(1, "a"), (2, "b")]
    )
    target.execute("UPDATE people SET manager = 1 WHERE id = 2")
    target.execute("INSERT INTO phones VALUES (?, ?)", [(1, "1-1"), (1, "1-2")])
    target.execute("INSERT INTO teams VALUES (?, ?)", [("t", "T")])
    target.execute("INSERT INTO members VALUES (?, ?)", [("t", 1), ("t", 2)])
    toml = TOML.format("public." if target.name == "postgresql" else "")
    host, written = by_fields(target), target.host(toml)
    assert configs(host) == parse_object_types(toml)
    assert host.schema() == written.schema()
    assert host.state() == written.state()
    assert host.state()["CN=t,OBJECT=Team"]["person"] == {
        "CN=1,OBJECT=Person",
        "CN=2,OBJECT=Person",
    }


def test_microsofts_fields_and_the_text_export_the_same(target: Target) -> None:
    """What is written by one is what would be written by the other."""
    target.execute(PEOPLE)
    toml = TOML.format("public." if target.name == "postgresql" else "")
    states = []
    for number, host in enumerate((by_fields(target), target.host(toml)), 1):
        person, team = f"CN={number},OBJECT=Person", f"CN=t{number},OBJECT=Team"
        attributes = {"name": "n", "photo": b"p", "number": ["1", "2"]}
        host.export(
            CSEntryChange.add("Person", {"id": number}, dn=person, attributes=attributes),
            CSEntryChange.add(
                "Team", {"code": f"t{number}"}, dn=team, attributes={"person": [person]}
            ),
        )
        found = host.state()
        states.append((found[person] | {"id": 0}, len(found[team]["person"])))
        assert target.rows("SELECT photo FROM people WHERE id = ?", [number]) == [(b"p",)]
    assert states[0] == states[1] == ({"id": 0, "name": "n", "number": {"1", "2"}}, 1)


def test_pages_follow_only_what_needs_them(sqlite_file: Target) -> None:
    """Page 5 is there for references alone, and no page follows the last."""
    sqlite_file.execute(PEOPLE)
    given = by_fields(sqlite_file).parameters
    assert fields(given, Page.SCHEMA, 6) == []
    plain = {**MICROSOFT, "Person:manager DataType": "Integer", "Team:person DataType": "Integer"}
    assert fields(by_fields(sqlite_file, plain).parameters, Page.SCHEMA, 5) == []


def test_defaults_are_what_the_catalogue_tells(target: Target) -> None:
    """The key is ticked as the anchor, and each type is the detected one."""
    target.execute(PEOPLE)
    given = by_fields(target).parameters
    assert definition(given, "Person:id", Page.SCHEMA, 3).check_box_default
    assert not definition(given, "Person:name", Page.SCHEMA, 3).check_box_default
    names = fields(given, Page.SCHEMA, 3)
    assert "Person:active" not in names, "a Boolean tells nothing apart"
    assert "Person:number" not in names, "nor does a multi-valued attribute"
    kinds = {"id": "Integer", "name": "String", "active": "Boolean", "photo": "Binary"}
    for name, word in kinds.items():
        assert definition(given, f"Person:{name} DataType", Page.SCHEMA, 4).default_value == word
    assert definition(given, "Person:Reference manager", Page.SCHEMA, 5).default_value == "Person"


def test_the_whole_configuration_is_accepted_page_by_page(target: Target) -> None:
    """What the pages offer can be used as it is."""
    target.execute(PEOPLE)
    given = by_fields(target).parameters
    connector = SqlConnector()
    pages = [(page, 0) for page in Page if page is not Page.SCHEMA]
    for page, number in [*pages, *((Page.SCHEMA, n) for n in range(1, 6))]:
        result = connector.validate_config_parameters_ex(given, page, number)
        assert (result.error_message, result.is_success) == ("", True)


WRONG = [
    (1, {"Object types": "[T]\ntable='t'"}, "Object type detection method", "exclude each other"),
    (1, {"Object type detection method": "View?"}, "Object type detection method", "Fixed Value, "),
    (1, {"Fixed value list/Table/View/SP": ""}, "Fixed value list/Table/View/SP", "lists the"),
    (
        1,
        {"Object type detection method": "Table", "Fixed value list/Table/View/SP": "nobody"},
        "Column Name for Table/View/SP",
        "holds the names",
    ),
    (
        1,
        {
            "Object type detection method": "Table",
            "Fixed value list/Table/View/SP": "teams",
            "Column Name for Table/View/SP": "x",
        },
        "Column Name for Table/View/SP",
        "one of code, title, not 'x'",
    ),
    *(
        (
            1,
            {
                "Object type detection method": "SQL Query",
                "Provide SQL query for detecting object types": query,
            },
            "Provide SQL query for detecting object types",
            words,
        )
        for query, words in (
            ("SELECT 7", "gives 7: it must give text"),
            ("SELECT code FROM teams", "it gives no names"),
        )
    ),
    (
        2,
        {
            "Person:Attribute Detection": "SQL Query",
            "Person:Provide SQL query for detecting attributes": "SELECT 7",
        },
        "Person:Provide SQL query for detecting attributes",
        "it must give text",
    ),
    (
        1,
        {
            "Object type detection method": "SQL Query",
            "Provide SQL query for detecting object types": "SELECT code, title FROM teams",
        },
        "Provide SQL query for detecting object types",
        "not one column: it gives code, title",
    ),
    (2, {"Person:Table/View/SP": "nobody"}, "Person:Table/View/SP", "'people'"),
    (2, {"Team:Table/View/SP": ""}, "Team:Table/View/SP", "columns are the attributes"),
    (2, {"Person:Attribute Detection": "T"}, "Person:Attribute Detection", "Stored Procedure"),
    (
        2,
        {"Person:Attribute Detection": "SQL Query"},
        "Person:Provide SQL query for detecting attributes",
        "it lists the attributes",
    ),
    (
        2,
        {"Person:Name of Multi-valued Table/Views": "phones,x"},
        "Person:Name of Multi-valued Table/Views",
        "'x': there is none; there are",
    ),
    (3, {"Team:code": "0"}, "Team:code", "needs an anchor: tick one or more of 'Team:code'"),
    (3, {"Team:code": "yes"}, "Team:code", "0 or 1"),
    (3, {"Select DN attribute for Team": "x"}, "Select DN attribute for Team", "code, title"),
    (3, {"Select DN attribute for Team": "code"}, "Select DN attribute for Team", "leave this"),
    (3, {"DN is Anchor": "1"}, "Select DN attribute for Person", "required"),
    (
        3,
        {
            "DN is Anchor": "1",
            "Select DN attribute for Person": "id",
            "Select DN attribute for Team": "code",
        },
        "DN is Anchor",
        "there are Person, Team",
    ),
    (
        3,
        {"Team:Name of Multi-valued Table/Views": "phones"},
        "Team:Name of Multi-valued Table/Views",
        "teams.code = phones.<column>",
    ),
    (
        3,
        {"Join Condition": "phones.person = people.name"},
        "Join Condition",
        "anchor of 'Person' is id",
    ),
    (3, {"Join Condition": "phones.p = people.id"}, "Join Condition", "it has person, number"),
    (3, {"Join Condition": "phones"}, "Join Condition", "'phones' is no equality"),
    (4, {"Team:title DataType": "Text"}, "Team:title DataType", "String, Integer"),
    (4, {"Team:title Direction": "In"}, "Team:title Direction", "Import, Export, ImportExport"),
    (5, {"Person:Reference manager": "Group"}, "Person:Reference manager", "Person, Team, *"),
    (
        5,
        {"Person:Reference manager": "*"},
        "Person: Object type column for manager",
        "choose both, or neither",
    ),
]


@pytest.mark.parametrize(("number", "said", "name", "words"), WRONG)
def test_a_wrong_answer_is_refused_on_its_page(
    sqlite_file: Target, number: int, said: dict[str, str], name: str, words: str
) -> None:
    """The administrator reads which field is wrong, and what may stand there."""
    sqlite_file.execute(PEOPLE)
    given = by_fields(sqlite_file, {**MICROSOFT, **said}).parameters
    result = SqlConnector().validate_config_parameters_ex(given, Page.SCHEMA, number)
    assert (result.is_success, result.error_parameter) == (False, name)
    assert words in result.error_message


def test_names_that_begin_alike_stay_apart(sqlite_file: Target) -> None:
    """A type whose name begins with another's has fields and attributes of its own."""
    sqlite_file.execute(
        "CREATE TABLE e (id INTEGER PRIMARY KEY, a VARCHAR(5));"
        "CREATE TABLE et (id INTEGER PRIMARY KEY, b VARCHAR(5))"
    )
    host = by_fields(
        sqlite_file,
        {
            **FIXED,
            "Fixed value list/Table/View/SP": "Employee, EmployeeType",
            "Employee:Table/View/SP": "e",
            "EmployeeType:Table/View/SP": "et",
            "EmployeeType:b Direction": "Import",
        },
    )
    types = host.schema().types
    assert {name: list(each.attributes) for name, each in types.items()} == {
        "Employee": ["id", "a"],
        "EmployeeType": ["id", "b"],
    }


def test_a_field_that_two_types_would_share_is_refused(sqlite_file: Target) -> None:
    """Nobody could tell which of two types an answer is about."""
    sqlite_file.execute_exactly('CREATE TABLE a ("B:x" INTEGER PRIMARY KEY)')
    sqlite_file.execute_exactly("CREATE TABLE b (x INTEGER PRIMARY KEY)")
    names = {
        "Fixed value list/Table/View/SP": "A,A:B",
        "A:Table/View/SP": "a",
        "A:B:Table/View/SP": "b",
    }
    result = SqlConnector().validate_config_parameters_ex(
        by_fields(sqlite_file, {**FIXED, **names}).parameters, Page.SCHEMA, 2
    )
    assert result.error_parameter == "A:B:x"
    assert "rename a type" in result.error_message


def test_hostile_names_survive(target: Target) -> None:
    """Commas, colons, brackets, dots and quotes in names are names, in every field."""
    table, child = 'p,"e]o[p.l:e', "n,u.m]b'e:r s"
    key, name, value = "k,e]y", 'na:me "x"', "v[a].l,=ue"
    type_name = "T,y:pe [x]"
    q = target.quote
    target.execute_exactly(
        f"CREATE TABLE {q(table)} ({q(key)} INTEGER PRIMARY KEY, {q(name)} VARCHAR(20))"
    )
    target.execute_exactly(
        f"CREATE TABLE {q(child)} ({q('o=w')} INTEGER NOT NULL, {q(value)} VARCHAR(20) NOT NULL)"
    )

    def bracketed(text: str) -> str:
        return f"[{text.replace(']', ']]')}]"

    host = by_fields(
        target,
        {
            **FIXED,
            "Fixed value list/Table/View/SP": bracketed(type_name),
            f"{type_name}:Table/View/SP": bracketed(table),
            f"{type_name}:Name of Multi-valued Table/Views": bracketed(child),
            "Join Condition": f"{bracketed(table)}.{bracketed(key)}="
            f"{bracketed(child)}.{bracketed('o=w')}",
        },
    )
    dn = r"CN=1,OBJECT=T\,y:pe [x]"
    attributes = {name: "it's", value: ["a", "b"]}
    (result,) = host.export(CSEntryChange.add(type_name, {key: 1}, dn=dn, attributes=attributes))
    assert not result.error_detail
    ((found_dn, found),) = host.state().items()
    assert found == {key: 1, name: "it's", value: {"a", "b"}}
    assert found_dn == dn
