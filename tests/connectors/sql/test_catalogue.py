"""What the catalogue says, and what is made of it."""

import pytest

from ecma2py import AttributeOperation, AttributeType
from ecma2py.errors import InvalidParameterError, InvalidSchemaError
from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.drivers.catalogue_odbc import column_kind
from ecma2py_sql.drivers.catalogue_sqlite import declared_kind
from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.drivers.dialects import DB2, FREETDS, MYSQL, ORACLE, SQL_SERVER
from tests.connectors.sql.targets import PEOPLE, PEOPLE_TYPES, Target

RULES = """
CREATE TABLE rules (
    id {counter},
    a VARCHAR(10) NOT NULL,
    b VARCHAR(10) NOT NULL DEFAULT 'x',
    c TEXT,
    d INTEGER GENERATED ALWAYS AS (1 + 1) STORED,
    e CHAR(3),
    f DECIMAL(10, 2)
)
"""


def test_the_schema_says_what_the_columns_say(target: Target) -> None:
    """Required, greatest length, read-only and assigned keys come from the catalogue."""
    target.execute(RULES)
    attributes = target.host('[R]\ntable="rules"\nread_only=["c"]').schema().types["R"].attributes
    assert list(attributes) == ["id", "a", "b", "c", "d", "e", "f"]
    assert [a.name for a in attributes.values() if a.is_anchor] == ["id"]
    assert [a.name for a in attributes.values() if a.is_required] == ["a"]
    assert {a.name: a.max_length for a in attributes.values() if a.max_length} == {
        "a": 10,
        "b": 10,
        "e": 3,
    }
    assert {type(a.max_length) for a in attributes.values() if a.max_length} == {int}
    read_only = AttributeOperation.IMPORT_ONLY
    assert [a.name for a in attributes.values() if a.allowed_attribute_operation is read_only] == [
        "c",
        "d",
    ]


def test_the_schema_is_a_function_of_the_configuration(target: Target) -> None:
    """Asked twice it is the same, and keeps ECMA2's rules."""
    target.execute(PEOPLE)
    host = target.host(PEOPLE_TYPES)
    assert host.schema() == host.schema()
    assert host.schema().problems() == []


def test_a_schema_that_is_read_anew_keeps_its_references(target: Target) -> None:
    """Microsoft's connector once made texts of them: a table that has grown changes nothing else."""
    target.execute(PEOPLE)
    for number, host in enumerate((target.host(PEOPLE_TYPES), target.host(""))):
        before = host.schema()
        target.execute(f"ALTER TABLE people ADD COLUMN extra{number} INTEGER")
        after = host.schema()
        for name, each in before.types.items():
            kept = {a: after.types[name].attributes[a] for a in each.attributes}
            assert kept == dict(each.attributes)
        kinds = [a.data_type for each in after.types.values() for a in each.attributes.values()]
        assert kinds.count(AttributeType.REFERENCE) == 2


def test_a_compound_primary_key_keeps_its_declared_order(target: Target) -> None:
    """The key is (b, a), as declared, although a comes first in the table."""
    target.execute("CREATE TABLE k (a INTEGER, b INTEGER, PRIMARY KEY (b, a))")
    schema_type = target.host('[K]\ntable="k"').schema().types["K"]
    assert list(schema_type.anchor_attributes) == ["b", "a"]


def test_names_types_and_a_choice_of_columns_are_taken_over(target: Target) -> None:
    """Attributes are called and typed as configured, and columns nobody chose are left out."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b VARCHAR(9), c INTEGER)")
    target.execute("INSERT INTO t VALUES (?, ?, ?, ?)", [(1, 1, "x", 5)])
    host = target.host(
        '[T]\ntable="t"\ncolumns=["a","c"]\nnames={a="is on", id="number"}\n'
        'types={a="boolean", c="text", id="text"}'
    )
    assert host.state() == {"CN=1,OBJECT=T": {"number": "1", "is on": True, "c": "5"}}


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
def test_a_table_is_found_in_its_schema(target: Target) -> None:
    """One name in two schemas needs the schema; a key that only the server sets is read-only."""
    target.execute(
        "CREATE SCHEMA hr; CREATE SCHEMA old;"
        "CREATE TABLE hr.people (id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n TEXT);"
        "CREATE TABLE old.people (id INTEGER PRIMARY KEY);"
        "CREATE TABLE hr.teams (id SERIAL PRIMARY KEY)"
    )
    with pytest.raises(InvalidParameterError, match=r"several: write 'hr.people', 'old.people'"):
        target.host('[P]\ntable="people"').schema()
    types = (
        target.host('[P]\ntable="hr.people"\nnames={id="nr"}\n[T]\ntable="teams"').schema().types
    )
    key, name = types["P"].attributes.values()
    assert key.allowed_attribute_operation is AttributeOperation.IMPORT_ONLY
    assert not key.is_required
    assert name.max_length is None
    assert not types["T"].attributes["id"].is_required


@pytest.mark.parametrize(
    ("types", "says"),
    [
        ('[P]\ntable="person"', r"\[P\]: table 'person': there is none; there are '"),
        ('[P]\ntable="PEOPLE_"', r"there is none"),
        (
            '[P]\ntable="people"\nanchor="nr"',
            r"\[P\]: table 'people' has no column 'nr'; it has 'id'",
        ),
        ('[P]\ntable="people"\ndelta={watermark="w"}', r"has no column 'w'"),
        ('[P]\ntable="people"\nnames={x="y"}', r"\[P\] names: table 'people' has no column 'x'"),
        (
            '[P]\ntable="people"\ncolumns=["name"]\nread_only=["mail"]',
            r"read_only: add 'mail' to 'columns'",
        ),
        ('[P]\ntable="people"\nreferences={manager="X"}', r"refers to 'X': there are P"),
        (
            '[P]\ntable="people"\nreferences={manager="M"}\n[M]\ntable="members"',
            r"which is named by more than one column",
        ),
        (
            '[P]\ntable="people"\n[P.multivalued.m]\ntable="phones"\nkey=["person","number"]\nvalue="number"',
            r"\[P.multivalued.m\] key: name as many columns",
        ),
        (
            '[P]\ntable="people"\n[P.multivalued.m]\ntable="x"\nkey="person"\nvalue="number"',
            r"\[P.multivalued.m\]: table 'x': there is none",
        ),
        (
            '[P]\ntable="people"\n[P.multivalued.m]\ntable="phones"\nkey="person"\nvalue="nr"',
            r"\[P.multivalued.m\]: table 'phones' has no column 'nr'",
        ),
    ],
)
def test_a_name_the_database_does_not_know_is_told_with_those_it_knows(
    sqlite_file: Target, types: str, says: str
) -> None:
    """The administrator sees where it stands and what there is."""
    sqlite_file.execute(PEOPLE)
    with pytest.raises(InvalidParameterError, match=says) as caught:
        sqlite_file.host(types).schema()
    assert caught.value.parameter_name == "Object types"


@pytest.mark.parametrize(
    "types",
    [
        '[P]\ntable="people"\nanchor="active"',
        '[P]\ntable="people"\nnames={mail="name"}',
        '[P]\ntable="people"\n[T]\ntable="teams"\nnames={title="age"}',
    ],
)
def test_ecma2s_rules_for_a_schema_hold(sqlite_file: Target, types: str) -> None:
    """No Boolean anchor, no two attributes of one name, one definition for one name."""
    sqlite_file.execute(PEOPLE)
    with pytest.raises(InvalidSchemaError):
        sqlite_file.host(types).schema()


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("", Kind.TEXT),
        ("integer", Kind.INTEGER),
        ("BIGINT UNSIGNED", Kind.INTEGER),
        ("Bool", Kind.BOOLEAN),
        ("VARCHAR(20)", Kind.TEXT),
        ("NVARCHAR(20)", Kind.TEXT),
        ("timestamp with time zone", Kind.TIMESTAMP_TZ),
        ("DATE", Kind.DATE),
        ("TIME", Kind.TIME),
        ("VARBINARY(9)", Kind.BINARY),
        ("DOUBLE PRECISION", Kind.FLOAT),
        ("NUMERIC(9,2)", Kind.DECIMAL),
        ("UUID", Kind.TEXT),
    ],
)
def test_a_declared_type_of_sqlite_has_a_kind(declared: str, kind: Kind) -> None:
    """SQLite takes any word for a type: what it contains decides."""
    assert declared_kind(declared) is kind


def test_a_type_code_of_odbc_has_a_kind() -> None:
    """Unknown codes are read as text; an unsigned 64-bit number does not fit into ECMA2's."""
    assert column_kind(-5, "bigint") is Kind.INTEGER
    assert column_kind(-5, "BIGINT UNSIGNED") is Kind.DECIMAL
    assert column_kind(-150, "sql_variant") is Kind.TEXT


@pytest.mark.parametrize(
    ("dialect", "code", "type_name", "kind", "selected"),
    [
        (ORACLE, 93, "DATE", Kind.TIMESTAMP, "c"),
        (ORACLE, 93, "TIMESTAMP(6)", Kind.TIMESTAMP, "c"),
        (ORACLE, 93, "TIMESTAMP(6) WITH TIME ZONE", Kind.TIMESTAMP_TZ, "SYS_EXTRACT_UTC(c)"),
        (ORACLE, 12, "TIMESTAMP WITH TIME ZONE", Kind.TIMESTAMP_TZ, "SYS_EXTRACT_UTC(c)"),
        (ORACLE, 93, "TIMESTAMP(9) WITH LOCAL TIME ZONE", Kind.TIMESTAMP_TZ, "SYS_EXTRACT_UTC(c)"),
        (DB2, 16, "BOOLEAN", Kind.BOOLEAN, "CASE c WHEN TRUE THEN 1 WHEN FALSE THEN 0 END"),
        (DB2, -360, "DECFLOAT", Kind.DECIMAL, "c"),
        (DB2, -3, "VARCHAR () FOR BIT DATA", Kind.BINARY, "c"),
        (SQL_SERVER, -155, "datetimeoffset", Kind.TIMESTAMP_TZ, "CONVERT(varchar(40), c, 127)"),
        (FREETDS, -9, "datetimeoffset", Kind.TIMESTAMP_TZ, "CONVERT(varchar(40), c, 127)"),
        (SQL_SERVER, -2, "timestamp", Kind.BINARY, "c"),
        (SQL_SERVER, 3, "smallmoney", Kind.DECIMAL, "c"),
    ],
)
def test_what_a_driver_that_is_not_here_tells_of_a_column_has_a_kind(
    dialect: Dialect, code: int, type_name: str, kind: Kind, selected: str
) -> None:
    """By its documentation, the code may say less than the name, and pyodbc read less than both."""
    column = Column("c", column_kind(code, type_name), type_name=type_name.lower())
    assert column.kind is kind
    assert dialect.selected("c", column) == selected


def test_the_tables_of_the_system_are_nobodys(target: Target) -> None:
    """Only what somebody made is offered, and named in errors."""
    target.execute("CREATE TABLE mine (id INTEGER PRIMARY KEY)")
    with pytest.raises(InvalidParameterError) as caught:
        target.host('[T]\ntable = "x"').schema()
    found = str(caught.value).partition("there are ")[2].strip("'.")
    assert found.removeprefix("public.") == "mine"


@pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize("name", ["a_b", "a%b", "a\\b", "a\\_b"])
def test_no_character_of_a_name_is_a_wildcard(target: Target, name: str) -> None:
    """ODBC's catalogue takes patterns: a table is found by its name alone, and no other with it."""
    for each, column in ((name, "mine"), ("axb", "other")):
        target.execute_exactly(
            f"CREATE TABLE {target.quote(each)} (id INTEGER PRIMARY KEY, {column} INTEGER)"
        )
    (found,) = target.host(f"[T]\ntable = '{name}'").schema().types.values()
    assert list(found.attributes) == ["id", "mine"]


@pytest.mark.parametrize("target", ["mariadb"], indirect=True)
def test_what_mysql_is_asked_about_columns_its_relative_understands(target: Target) -> None:
    """No MySQL runs here: the query is one that MariaDB answers, with the kinds that ODBC hides."""
    target.execute(
        "CREATE TABLE k (id INTEGER AUTO_INCREMENT PRIMARY KEY, b BOOLEAN, c BIT(1), m TIMESTAMP NULL,"
        " t LONGTEXT, v VARCHAR(9) NOT NULL)"
    )
    with target.session() as session:
        ((database,),) = session.rows("SELECT database()")
        rows = session.rows(str(MYSQL.details), (database, "k"))
    found = {row[0]: (bool(row[1]), bool(row[2]), row[4], row[5]) for row in rows}
    assert {name: said for name, (_, _, *said) in found.items()} == {
        "id": [None, None],
        "b": ["boolean", None],
        "c": ["boolean", None],
        "m": ["timestamptz", None],
        "t": [None, None],
        "v": [None, 9],
    }
    assert (found["id"][:2], found["v"][:2]) == ((False, True), (False, False))
