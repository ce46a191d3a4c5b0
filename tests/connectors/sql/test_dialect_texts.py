"""Whole statements for each database, as text: SQL Server, Oracle and DB2 have never seen them.

What is bound is left out; the databases that run here take the same code in every other test.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve

from ecma2py import AttributeChange, CSEntryChange, ImportRun, MAExportError, SecureString
from ecma2py.errors import EntryExportError
from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.deltas.objects import Objects
from ecma2py_sql.drivers.catalogue import Column, Table
from ecma2py_sql.drivers.catalogue_odbc import OdbcCatalogue
from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.drivers.dialects import (
    DB2,
    FREETDS,
    GENERIC,
    MARIADB,
    MYSQL,
    ORACLE,
    POSTGRESQL,
    SQL_SERVER,
    SQLITE,
    SQLITE_ODBC,
)
from ecma2py_sql.drivers.results import Row
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.drivers.source import OdbcSource
from ecma2py_sql.exporting.values import ColumnWriter
from ecma2py_sql.exporting.writing import EntryWriter
from ecma2py_sql.importing.selected import Selected
from ecma2py_sql.mapping.config import parse_object_types
from ecma2py_sql.mapping.mapped import MappedType
from ecma2py_sql.mapping.resolving import make_schema, map_types

ALL = [SQLITE, SQLITE_ODBC, POSTGRESQL, MARIADB, MYSQL, SQL_SERVER, FREETDS, ORACLE, DB2, GENERIC]


class Said(Session):
    """Writes down what it is told, and answers as a database with the row that is asked for."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(None, dialect)
        self.said: list[str] = []
        self.pages: list[list[Row]] = []

    @property
    def quote_character(self) -> str:
        return "`" if self.dialect.name in ("MariaDB", "MySQL") else '"'

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        assert sql.count("?") == len(parameters)
        self.said.append(sql)
        if sql.startswith("SELECT COUNT(*)"):
            return [(1,)]
        return self.pages.pop(0) if self.pages else [(7,)]

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        assert sql.count("?") == len(parameters)
        self.said.append(sql)
        return 1

    def begin(self) -> None: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def ready(self) -> None: ...

    def limited(self, cursor: Any) -> AbstractContextManager[None]:
        return nullcontext()


class Tables:
    """A catalogue of one table, whose key the database assigns, and of its values."""

    def names(self) -> list[tuple[str | None, str]]:
        return [("hr", "people"), ("hr", "phones")]

    def read(self, schema: str | None, name: str) -> Table:
        key = Column("id", Kind.INTEGER, nullable=False, assigned=True)
        columns = [key, Column("name", Kind.TEXT)]
        if name == "phones":
            columns = [Column("person", Kind.INTEGER, nullable=False), Column("nr", Kind.TEXT)]
        return Table(
            name,
            schema=schema,
            columns={each.name: each for each in columns},
            primary_key=(columns[0].name,),
        )


TYPES = """
[P]
table = "people"
[P.multivalued.phones]
table = "phones"
key = "person"
value = "nr"
"""


def mapped(text: str = TYPES) -> dict[str, MappedType]:
    """The types *text* describes."""
    return map_types(parse_object_types(text), Tables(), lambda rows, where: {})


def written(dialect: Dialect, change: CSEntryChange) -> list[str]:
    """The statements that write *change*, with quotes as the standard has them."""
    session, types = Said(dialect), mapped()
    EntryWriter(session, types, make_schema(types)).write(change)
    return [each.replace("`", '"') for each in session.said]


NAMED = CSEntryChange.add("P", attributes={"name": "ann"})
EMPTY = CSEntryChange.add("P")
GIVEN = CSEntryChange.add("P", {"id": 5}, attributes={"name": "ann"})
INSERT = 'INSERT INTO "hr"."people" ("name") VALUES (?)'
PLAIN = 'INSERT INTO "hr"."people" ("name", "id") VALUES (?, ?)'
THERE = 'SELECT COUNT(*) FROM "hr"."people" WHERE "id" = ?'
"""Whether the key that was counted is that of the row."""
VARIABLE = 'SET NOCOUNT ON; DECLARE @ecma2py_key TABLE ("id" bigint); INSERT INTO "hr"."people"'
OUTPUT = 'OUTPUT INSERTED."id" INTO @ecma2py_key'
TOLD = '; SELECT "id" FROM @ecma2py_key'


@pytest.mark.parametrize(
    ("dialect", "change", "statements"),
    [
        (SQLITE, NAMED, [f'{INSERT} RETURNING "id"']),
        (SQLITE, EMPTY, ['INSERT INTO "hr"."people" DEFAULT VALUES RETURNING "id"']),
        (SQLITE, GIVEN, [f'{PLAIN} RETURNING "id"']),
        (SQLITE_ODBC, NAMED, [INSERT, "SELECT last_insert_rowid()", THERE]),
        (POSTGRESQL, NAMED, [f'{INSERT} RETURNING "id"']),
        (POSTGRESQL, EMPTY, ['INSERT INTO "hr"."people" DEFAULT VALUES RETURNING "id"']),
        (MARIADB, NAMED, [f'{INSERT} RETURNING "id"']),
        (MARIADB, EMPTY, ['INSERT INTO "hr"."people" () VALUES () RETURNING "id"']),
        (MYSQL, NAMED, [INSERT, "SELECT LAST_INSERT_ID()", THERE]),
        (
            MYSQL,
            EMPTY,
            ['INSERT INTO "hr"."people" () VALUES ()', "SELECT LAST_INSERT_ID()", THERE],
        ),
        (SQL_SERVER, NAMED, [f'{VARIABLE} ("name") {OUTPUT} VALUES (?){TOLD}']),
        (SQL_SERVER, EMPTY, [f"{VARIABLE} {OUTPUT} DEFAULT VALUES{TOLD}"]),
        (SQL_SERVER, GIVEN, [PLAIN]),
        (FREETDS, NAMED, [f'{VARIABLE} ("name") {OUTPUT} VALUES (?){TOLD}']),
        (DB2, NAMED, [f'SELECT "id" FROM FINAL TABLE ({INSERT})']),
        (
            DB2,
            EMPTY,
            ['SELECT "id" FROM FINAL TABLE (INSERT INTO "hr"."people" ("id") VALUES (DEFAULT))'],
        ),
        (DB2, GIVEN, [PLAIN]),
        (ORACLE, GIVEN, [PLAIN]),
        (GENERIC, GIVEN, [PLAIN]),
    ],
)
def test_each_database_inserts_and_tells_the_key_in_its_own_form(
    dialect: Dialect, change: CSEntryChange, statements: list[str]
) -> None:
    """The key that the database assigns comes back with the row, where there is a form for it."""
    assert written(dialect, change) == statements


@pytest.mark.parametrize("dialect", [ORACLE, GENERIC], ids=lambda dialect: dialect.name)
def test_a_key_that_nobody_tells_is_refused_before_anything_is_written(dialect: Dialect) -> None:
    """The object could not be found again: what to write instead is said."""
    session, types = Said(dialect), mapped()
    with pytest.raises(EntryExportError, match=r"write \[P.export.add\] with a query") as caught:
        EntryWriter(session, types, make_schema(types)).write(NAMED)
    assert caught.value.error_code is MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT
    assert session.said == []


def test_a_row_without_a_value_is_inserted_by_oracle_s_own_form() -> None:
    """It has no DEFAULT VALUES; another database tells the key, so that only the text is asked."""
    telling = evolve(ORACLE, last_key="SELECT seq.CURRVAL FROM DUAL")
    assert written(telling, EMPTY)[0] == 'INSERT INTO "hr"."people" ("id") VALUES (DEFAULT)'


def test_a_key_that_is_read_only_is_the_databases_to_give() -> None:
    """A catalogue may not tell that a column counts by itself: the administrator says it."""

    class Silent(Tables):
        def read(self, schema: str | None, name: str) -> Table:
            table = super().read(schema, name)
            columns = {n: evolve(c, assigned=False) for n, c in table.columns.items()}
            return evolve(table, columns=columns)

    def write(text: str) -> list[str]:
        types = map_types(parse_object_types(text), Silent(), lambda rows, where: {})
        session = Said(DB2)
        EntryWriter(session, types, make_schema(types)).write(NAMED)
        return session.said

    assert write('[P]\ntable = "people"\nread_only = ["id"]') == [
        f'SELECT "id" FROM FINAL TABLE ({INSERT})'
    ]
    with pytest.raises(EntryExportError, match="the database gives none"):
        write('[P]\ntable = "people"')


@pytest.mark.parametrize("dialect", ALL, ids=lambda dialect: str(dialect.words))
def test_updates_and_deletes_are_the_same_everywhere(dialect: Dialect) -> None:
    """Nothing in them is any database's own."""
    change = AttributeChange.replace("name", "bob")
    phones = AttributeChange.update("phones", ["1"], ["2"])
    update = CSEntryChange.update("P", {"id": 5}, changes=[change, phones])
    assert written(dialect, update) == [
        'UPDATE "hr"."people" SET "name" = ? WHERE "id" = ?',
        'DELETE FROM "hr"."phones" WHERE "person" = ? AND "nr" IN (?)',
        'SELECT "nr" FROM "hr"."phones" WHERE "person" = ? AND "nr" IN (?)',
        'INSERT INTO "hr"."phones" ("person", "nr") VALUES (?, ?)',
    ]
    assert written(dialect, CSEntryChange.delete("P", {"id": 5})) == [
        'DELETE FROM "hr"."phones" WHERE "person" = ?',
        'DELETE FROM "hr"."people" WHERE "id" = ?',
    ]


LIMITED = {
    "SQLite": ("", " LIMIT 3", ""),
    "PostgreSQL": ("", " LIMIT 3", ""),
    "MariaDB": ("", " LIMIT 3", ""),
    "MySQL": ("", " LIMIT 3", ""),
    "SQL Server": (" TOP 3", "", ""),
    "Oracle": ("", ") WHERE ROWNUM <= 3", "SELECT * FROM ("),
    "DB2": ("", " FETCH FIRST 3 ROWS ONLY", ""),
    "generic": ("", " FETCH FIRST 3 ROWS ONLY", ""),
}


@pytest.mark.parametrize("dialect", ALL, ids=lambda dialect: str(dialect.words))
def test_a_page_begins_after_the_key_of_the_one_before(dialect: Dialect) -> None:
    """Two rows and one more, then the values of just these objects, in the words of each."""
    types = mapped()
    objects = Objects(
        Said(dialect),
        Selected.of(types["P"], make_schema(types).types["P"]),
        ImportRun(types=make_schema(types), page_size=2),
    )
    session = objects.session
    assert isinstance(session, Said)
    session.pages = [[(1, "a"), (2, "b"), (3, "c")], [(1, "x")], [(3, "c")], []]
    assert [entry.anchor["id"] for entry in objects.entries()] == [1, 2, 3]
    top, end, begin = LIMITED[dialect.name]
    page = f'{begin}SELECT{top} p."id", p."name" FROM "hr"."people" p'
    values = (
        'SELECT p."id", c."nr" FROM "hr"."people" p JOIN "hr"."phones" c ON c."person" = p."id"'
        ' WHERE {} AND c."nr" IS NOT NULL'
    )
    assert [each.replace("`", '"') for each in session.said] == [
        f'{page} ORDER BY p."id"{end}',
        values.format('p."id" <= ? AND c."person" <= ?'),
        f'{page} WHERE p."id" > ? ORDER BY p."id"{end}',
        values.format('p."id" > ? AND p."id" <= ? AND c."person" > ? AND c."person" <= ?'),
    ]


@pytest.mark.parametrize(
    ("dialect", "statements"),
    [
        (SQL_SERVER, ["SAVE TRANSACTION entry", "x", "ROLLBACK TRANSACTION entry"]),
        (ORACLE, ["SAVEPOINT entry", "x", "ROLLBACK TO SAVEPOINT entry"]),
        (
            DB2,
            [
                "SAVEPOINT entry ON ROLLBACK RETAIN CURSORS",
                *("x", "ROLLBACK TO SAVEPOINT entry", "RELEASE SAVEPOINT entry"),
            ],
        ),
        (
            POSTGRESQL,
            ["SAVEPOINT entry", "x", "ROLLBACK TO SAVEPOINT entry", "RELEASE SAVEPOINT entry"],
        ),
    ],
)
def test_an_entry_is_taken_back_in_the_words_of_each(
    dialect: Dialect, statements: list[str]
) -> None:
    """What failed goes, and no savepoint is left behind where it can be released."""
    session = Said(dialect)
    with pytest.raises(KeyError), session.savepoint():
        session.run("x")
        raise KeyError
    assert session.said == statements


@pytest.mark.parametrize(
    ("dialect", "probe", "now", "limits"),
    [
        (SQL_SERVER, "SELECT 1", "SELECT SYSUTCDATETIME()", ["SET LOCK_TIMEOUT 5000"]),
        (FREETDS, "SELECT 1", "SELECT SYSUTCDATETIME()", ["SET LOCK_TIMEOUT 5000"]),
        (ORACLE, "SELECT 1 FROM DUAL", "SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL", []),
        (
            DB2,
            "SELECT 1 FROM SYSIBM.SYSDUMMY1",
            "SELECT CURRENT TIMESTAMP - CURRENT TIMEZONE FROM SYSIBM.SYSDUMMY1",
            ["SET CURRENT LOCK TIMEOUT 5"],
        ),
        (GENERIC, "SELECT 1", "SELECT CURRENT_TIMESTAMP", []),
    ],
)
def test_each_database_is_asked_for_itself_in_its_own_words(
    dialect: Dialect, probe: str, now: str, limits: list[str]
) -> None:
    """A query that every account may ask, the time in UTC, and how long it may take."""
    assert (dialect.probe, dialect.now) == (probe, now)
    assert [OdbcSource({}, timeout=5).filled(each) for each in dialect.limits] == limits


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        (SQL_SERVER, "Server=db;MARS_Connection=yes;UID=me;PWD={a;b}}c}"),
        (FREETDS, "Server=db;TDS_Version=7.4;ClientCharset=UTF-8;UID=me;PWD={a;b}}c}"),
        (ORACLE, "Server=db;UID=me;PWD={a;b}}c}"),
        (DB2, "Server=db;UID=me;PWD={a;b}}c}"),
        (MYSQL, "Server=db;FOUND_ROWS=1;NO_SSPS=1;READTIMEOUT=8;WRITETIMEOUT=8;UID=me;PWD={a;b}}c}"),
    ],
)  # fmt: skip
def test_each_driver_is_given_what_it_needs(dialect: Dialect, text: str) -> None:
    """The options of its dialect, which the administrator may choose otherwise."""
    password = SecureString("a;b}c")
    source = OdbcSource({"Server": "db"}, user="me", password=password, timeout=5)
    found = source.connection_string(dialect)
    assert sorted(found.partition("PWD=")[0].split(";")) == sorted(
        text.partition("PWD=")[0].split(";")
    )
    assert found.endswith("PWD={a;b}}c}")
    for name, value in dialect.options.items():
        chosen = evolve(source, keywords={"Server": "db", name.lower(): "mine"})
        assert f"{name}={value}" not in chosen.connection_string(dialect)


@pytest.mark.parametrize(
    ("code", "type_name", "flags"),
    [
        (4, "int identity", (True, True)),
        (2, "numeric() identity", (True, True)),
        (-2, "timestamp", (True, True)),
        (93, "timestamp", (False, False)),
        (4, "int", (False, False)),
    ],
)
def test_a_column_that_sql_server_counts_is_its_own(
    code: int, type_name: str, flags: tuple[bool, bool]
) -> None:
    """The name of the type is all that says so: it is assigned, and nobody may write it."""
    row = SimpleNamespace(
        column_name="id",
        data_type=code,
        type_name=type_name,
        nullable=0,
        column_def=None,
        column_size=10,
        decimal_digits=None,
    )
    column = OdbcCatalogue(Said(SQL_SERVER))._columns([row], "dbo", "t")["id"]
    assert (column.assigned, column.generated) == flags


@pytest.mark.parametrize(
    ("type_name", "moment", "kept"),
    [
        ("datetime", "2026-01-02T03:04:05Z", True),
        ("datetime", "2026-01-02T03:04:05.003Z", True),
        ("datetime", "2026-01-02T03:04:05.997Z", True),
        ("datetime", "2026-01-02T03:04:05.004Z", False),
        ("datetime", "2026-01-02T03:04:05.999Z", False),
        ("smalldatetime", "2026-01-02T03:04:00Z", True),
        ("smalldatetime", "2026-01-02T03:04:30Z", False),
        ("datetime2", "2026-01-02T03:04:05.004Z", True),
    ],
)
@pytest.mark.parametrize(
    "dialect", [SQL_SERVER, FREETDS, MARIADB], ids=lambda each: str(each.words)
)
def test_a_moment_that_sql_server_would_round_is_refused(
    dialect: Dialect, type_name: str, moment: str, kept: bool
) -> None:
    """``datetime`` counts 300ths of a second, ``smalldatetime`` minutes; another database's do not."""
    column = Column("seen", Kind.TIMESTAMP, type_name=type_name, scale=3)
    write = ColumnWriter(column, dialect)
    if kept or dialect is MARIADB:
        write(moment)
        return
    with pytest.raises(ValueError, match="rounded to a .* declare the column as datetime2"):
        write(moment)
