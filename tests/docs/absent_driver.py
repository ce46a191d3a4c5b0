"""An ODBC driver whose database is not there: it knows tables, and notes what it is asked.

It stands in for pyodbc. What it shows is the text that a database would get, and nothing of what
the database would make of it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from attrs import define, field

from ecma2py_sql.drivers.catalogue_odbc import column_kind

Codes = Mapping[str, int]
"""By a word for a type, in lower case, the ODBC code its driver gives."""

_NOT_NULL = re.compile(r"NOT NULL|PRIMARY KEY", re.IGNORECASE)
_REFERENCES = re.compile(r"REFERENCES ([\w.]+) \((\w+)\)", re.IGNORECASE)
_TABLE = re.compile(r"^CREATE TABLE ([\w.]+) \(\n(.*?)^\)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^ {4}(?:CONSTRAINT \w+ )?PRIMARY KEY \((.+)\)", re.MULTILINE)
_FOREIGN = re.compile(r"^ {4}FOREIGN KEY \((\w+)\) REFERENCES ([\w.]+) \((\w+)\)", re.MULTILINE)
_COLUMN = re.compile(r"^ {4}(?!PRIMARY|FOREIGN|CONSTRAINT)(\w+) (.+?),?$", re.MULTILINE)


@define
class AbsentDriver:
    """The driver manager, the driver, and the tables that *sql* makes."""

    sql: str
    name: str
    """The driver's own name, as it tells it."""
    dbms: str
    codes: Codes
    answers: Mapping[str, list[Any]]
    """By a part of a statement, the rows that answer it."""
    fold: Any = str
    """How the database writes a name that nobody quoted."""
    mark: str = '"'
    asked: list[str] = field(factory=list)
    connected: list[str] = field(factory=list)
    pooling: bool = True

    class Error(Exception):
        """What the driver raises; this one never does."""

    SQL_DRIVER_NAME = 6
    SQL_DBMS_NAME = 17
    SQL_IDENTIFIER_QUOTE_CHAR = 29
    SQL_SEARCH_PATTERN_ESCAPE = 14
    SQL_CHAR, SQL_WCHAR, SQL_DECIMAL, SQL_NUMERIC = 1, -8, 3, 2

    def connect(self, connection_string: str, **_: Any) -> "Connection":
        """A connection to nowhere."""
        self.connected.append(connection_string)
        return Connection(self)

    def tables(self) -> Iterator[tuple[str | None, str, str]]:
        """Schema, name and text of each table."""
        for name, body in _TABLE.findall(self.sql):
            schema, _, bare = self.fold(name).rpartition(".")
            yield schema or None, bare, body

    def columns(self, body: str) -> Iterator[tuple[str, str, str]]:
        """Name, type and all that is said of each column."""
        for name, said in _COLUMN.findall(body):
            yield self.fold(name), self.type_of(said), said

    def type_of(self, said: str) -> str:
        """The type of a column, without its length."""
        lower = re.sub(r"\(.*?\)", "", said).lower()
        return max((each for each in self.codes if lower.startswith(each)), key=len)

    def kind(self, declared: str) -> str:
        """What the connector takes a column for that is declared so."""
        name = self.type_of(declared)
        return column_kind(self.codes[name], name).value


class Connection:
    """A connection to a database that is not there."""

    def __init__(self, driver: AbsentDriver) -> None:
        self.driver = driver
        self.autocommit = True

    def getinfo(self, number: int) -> str:
        driver = self.driver
        return {6: driver.name, 17: driver.dbms, 29: driver.mark, 14: "\\"}[number]

    def cursor(self) -> "Cursor":
        return Cursor(self.driver)

    def setencoding(self, **_: Any) -> None: ...
    def setdecoding(self, *_: Any, **__: Any) -> None: ...
    def add_output_converter(self, *_: Any) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


class Cursor:
    """Notes statements; answers questions about tables, and those that there are answers for."""

    rowcount = 1

    def __init__(self, driver: AbsentDriver) -> None:
        self.driver = driver
        self.description: Sequence[Any] | None = None
        self._rows: list[Any] = []

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "Cursor":
        assert sql.count("?") == len(parameters)
        self.driver.asked.append(sql)
        found = next((rows for part, rows in self.driver.answers.items() if part in sql), [])
        self._rows = list(found)
        if sql.startswith("SELECT column_name"):
            self._rows = list(self._details(parameters[1]))
        return self

    def _details(self, table: str) -> Iterator[tuple[Any, ...]]:
        """What MySQL tells of columns beyond ODBC."""
        for _, name, body in self.driver.tables():
            for column, _, said in self.driver.columns(body) if name == table else ():
                is_assigned = "AUTO_INCREMENT" in said or " DEFAULT " in said
                yield column, not _NOT_NULL.search(said), is_assigned, False, None, None, 6

    def fetchall(self) -> list[Any]:
        return self._rows

    def fetchmany(self, size: int) -> list[Any]:
        page, self._rows = self._rows[:size], self._rows[size:]
        return page

    def nextset(self) -> bool:
        return False

    def close(self) -> None: ...
    def cancel(self) -> None: ...

    def _answer(self, rows: Sequence[Mapping[str, Any]]) -> "Cursor":
        self._rows = [SimpleNamespace(**row) for row in rows]
        return self

    def tables(self) -> "Cursor":
        return self._answer(
            [
                {
                    "table_cat": "hr",
                    "table_schem": schema,
                    "table_name": name,
                    "table_type": "TABLE",
                }
                for schema, name, _ in self.driver.tables()
            ]
        )

    def columns(self, *, table: str, schema: str | None) -> "Cursor":
        table = table.replace("\\", "")
        return self._answer(
            [
                {
                    "table_cat": "hr",
                    "table_schem": schema,
                    "table_name": name,
                    "column_name": column,
                    "data_type": self.driver.codes[declared],
                    "type_name": declared,
                    "column_size": int(found[1]) if (found := re.search(r"\((\d+)", said)) else 10,
                    "decimal_digits": 6,
                    "nullable": 0 if _NOT_NULL.search(said) else 1,
                    "column_def": "?" if " DEFAULT " in said else None,
                }
                for schema, name, body in self.driver.tables()
                if name == table
                for column, declared, said in self.driver.columns(body)
            ]
        )

    def primaryKeys(self, *, table: str, schema: str | None) -> "Cursor":  # noqa: N802
        keys: list[str] = []
        for _, name, body in self.driver.tables():
            if name == table:
                keys += [c for c, _, said in self.driver.columns(body) if "PRIMARY KEY" in said]
                keys += [
                    self.driver.fold(c) for c in ", ".join(_KEY.findall(body)).split(", ") if c
                ]
        return self._answer(
            [{"column_name": column, "key_seq": at} for at, column in enumerate(keys, 1)]
        )

    def statistics(self, *, table: str, schema: str | None, unique: bool) -> "Cursor":
        return self._answer([])

    def foreignKeys(self, *, foreignTable: str, foreignSchema: str | None) -> "Cursor":  # noqa: N802, N803
        found: list[tuple[str, str, str]] = []
        for _, name, body in self.driver.tables():
            if name == foreignTable:
                found += _FOREIGN.findall(body)
                for column, _, said in self.driver.columns(body):
                    found += [(column, *each) for each in _REFERENCES.findall(said)]
        fold = self.driver.fold
        return self._answer(
            [
                {
                    "fk_name": f"fk_{column}",
                    "fkcolumn_name": fold(column),
                    "pktable_name": fold(table).rpartition(".")[2],
                    "pkcolumn_name": fold(referred),
                    "key_seq": 1,
                }
                for column, table, referred in found
            ]
        )
