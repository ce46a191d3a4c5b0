"""What the catalogue suggests as object types."""

from ecma2py import ConfigParameterPage, ConfigParameters
from ecma2py_sql import SqlConnector
from tests.connectors.sql.targets import PEOPLE, Target

SUGGESTED = """\
[people]
table = "{0}people"
anchor = "id"
references = {{ manager = "people" }}

[people.multivalued.phones]
table = "{0}phones"
key = "person"
value = "number"

[teams]
table = "{0}teams"
anchor = "code"

[teams.multivalued.members]
table = "{0}members"
key = "team"
value = "person"
references = "people"
"""


def suggested(target: Target) -> str:
    """The default of 'Object types' once the connection is known."""
    parameters = ConfigParameters(target.parameters)
    connector = SqlConnector()
    (definition,) = connector.get_config_parameters(parameters, ConfigParameterPage.SCHEMA)
    return definition.default_value


def test_tables_keys_and_references_become_types_anchors_and_attributes(target: Target) -> None:
    """A table of keys is a multi-valued attribute, every other with a key an object type."""
    target.execute(PEOPLE)
    schema = "public." if target.name == "postgresql" else ""
    text = suggested(target)
    assert text == SUGGESTED.format(schema)
    assert target.host(text).schema() == target.host("").schema()


def test_a_suggestion_can_be_used_as_it_is(target: Target) -> None:
    """Odd names are quoted, clashing attributes renamed, and what does not fit is left out."""
    table, key, value = map(target.quote, ("a b", "k 1", 'v"x'))
    target.execute_exactly(f"CREATE TABLE {table} ({key} INTEGER PRIMARY KEY, {value} VARCHAR(9))")
    target.execute(
        f"CREATE TABLE c (id VARCHAR(5) PRIMARY KEY, {key} VARCHAR(5), tags INTEGER);"
        "CREATE TABLE two (x INTEGER, y INTEGER, z INTEGER NOT NULL, PRIMARY KEY (x, y));"
        f"CREATE TABLE tags (owner INTEGER REFERENCES {table} ({key}), tag VARCHAR(9));"
        "CREATE TABLE of_two (c VARCHAR(5) REFERENCES c (id), "
        "x INTEGER, y INTEGER, PRIMARY KEY (c, x), FOREIGN KEY (x, y) REFERENCES two (x, y));"
        "CREATE TABLE more (c VARCHAR(5) REFERENCES c (id), n INTEGER, must INTEGER NOT NULL,"
        " PRIMARY KEY (c, n));"
        "CREATE TABLE no_key (a INTEGER, b INTEGER, c INTEGER)"
    )
    text = suggested(target)
    types = target.host(text).schema().types
    assert set(types) == {"a b", "c", "more", "two"}
    assert list(types["c"].attributes) == ["id", "c_k 1", "c_tags", "of_two"]
    assert types["a b"].attributes["tags"].is_multi_valued
    assert list(types["two"].anchor_attributes) == ["x", "y"]
