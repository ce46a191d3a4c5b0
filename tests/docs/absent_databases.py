"""The databases that cannot run here, and the statements that the examples of their pages send.

``python -m tests.docs.absent_databases`` writes the statements into the pages.
"""

import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import frozen

from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.drivers.dialects import DB2, MYSQL, ORACLE, SQL_SERVER
from tests.cli.commands import succeed
from tests.docs.absent_driver import AbsentDriver, Codes
from tests.docs.sql_pages import path_of, shown

LONGEST_LINE = 116
THEN = datetime(2026, 3, 1, 8, tzinfo=UTC).replace(tzinfo=None)


@frozen
class AbsentDatabase:
    """What is known of a database that is not there."""

    dialect: Dialect
    driver: str
    """The name its driver tells."""
    dbms: str
    codes: Codes
    answers: Mapping[str, list[Any]]
    """By a part of a statement, the rows it gives."""
    fold: Callable[[str], str] = str
    mark: str = '"'

    def absent(self, sql: str) -> AbsentDriver:
        """A driver for it, with the tables that *sql* makes."""
        return AbsentDriver(
            sql,
            name=self.driver,
            dbms=self.dbms,
            codes=self.codes,
            answers=self.answers,
            fold=self.fold,
            mark=self.mark,
        )


_ALIKE = {"int": 4, "bigint": -5, "decimal": 3, "real": 7, "char": 1, "varchar": 12, "date": 91}
MYSQL_CODES = {
    **_ALIKE,
    "bigint unsigned": -5,
    "double": 8,
    "float": 7,
    "varchar": -9,
    "longtext": -10,
    "json": -10,
    "varbinary": -3,
    "longblob": -4,
    "time": 92,
    "datetime": 93,
    "year": 5,
}
SQL_SERVER_CODES = {
    **_ALIKE,
    "int identity": 4,
    "bit": -7,
    "money": 3,
    "float": 6,
    "nvarchar": -9,
    "xml": -152,
    "varbinary": -3,
    "rowversion": -2,
    "uniqueidentifier": -11,
    "time": -154,
    "datetime2": 93,
    "datetime": 93,
    "datetimeoffset": -155,
}
ORACLE_CODES = {
    "number": 3,
    "binary_double": 8,
    "binary_float": 7,
    "char": 1,
    "varchar2": 12,
    "nvarchar2": -9,
    "clob": -1,
    "raw": -3,
    "blob": -4,
    "date": 93,
    "timestamp": 93,
    "timestamp with time zone": 93,
    "timestamp with local time zone": 93,
}
DB2_CODES = {
    **_ALIKE,
    "smallint": 5,
    "integer": 4,
    "double": 8,
    "clob": -1,
    "varchar for bit data": -3,
    "blob": -4,
    "time": 92,
    "timestamp": 93,
    "boolean": 16,
    "decfloat": -360,
}

DATABASES = {
    "mysql": AbsentDatabase(
        MYSQL,
        "myodbc9w.so",
        "MySQL",
        MYSQL_CODES,
        {
            "LAST_INSERT_ID": [(2,)],
            "COUNT(*)": [(1,)],
            "IS NOT NULL ORDER BY": [(THEN.isoformat(" "),)],
            "FROM `people` p ORDER BY": [(1, "ann", None, None)],
        },
        mark="`",
    ),
    "sql-server": AbsentDatabase(
        SQL_SERVER,
        "libmsodbcsql-18.4.so.1.1",
        "Microsoft SQL Server",
        SQL_SERVER_CODES,
        {
            "CURRENT_VERSION": [(7,)],
            "MIN_VALID_VERSION": [(3,)],
            "OUTPUT INSERTED": [(2,)],
            'FROM "dbo"."people" p ORDER BY': [(1, "ann", True, None, None, None)],
        },
    ),
    "oracle": AbsentDatabase(
        ORACLE,
        "SQORA32.DLL",
        "Oracle",
        ORACLE_CODES,
        {
            "IS NOT NULL ORDER BY": [(THEN,)],
            'FROM "HR"."PEOPLE" p ORDER BY': [("ann", 1, None, None)],
        },
        fold=str.upper,
    ),
    "db2": AbsentDatabase(
        DB2,
        "libdb2o.so.1",
        "DB2/LINUXX8664",
        DB2_CODES,
        {
            "IS NOT NULL ORDER BY": [(THEN,)],
            "FINAL TABLE": [(2,)],
            'FROM "HR"."PEOPLE" p ORDER BY': [(1, "ann", 1, None, None)],
        },
        fold=str.upper,
    ),
}


@contextmanager
def standing_in(driver: AbsentDriver) -> Iterator[None]:
    """Everybody who imports pyodbc gets *driver*."""
    before = sys.modules.get("pyodbc")
    sys.modules["pyodbc"] = driver  # type: ignore[assignment]
    try:
        yield
    finally:
        if before is None:
            del sys.modules["pyodbc"]
        else:
            sys.modules["pyodbc"] = before


@frozen
class Sent:
    """What an example sends."""

    connected: tuple[str, ...]
    """The connection strings."""
    set: tuple[str, ...]
    """The statements that a new connection begins with."""
    steps: tuple[str, ...]
    """By command, in the order of the page, the other statements, as the page shows them."""


def sent(name: str) -> Sent:
    """What the example on the page about *name* sends."""
    database = DATABASES[name]
    tables, *_ = shown(name, "sql")
    (toml,), (changes,) = shown(name, "toml"), shown(name, "json")
    driver = database.absent(tables)
    with TemporaryDirectory() as folder, standing_in(driver):
        config, watermark, given = (Path(folder, each) for each in ("e.toml", "w", "changes.jsonl"))
        config.write_text(toml.replace("${HR_PASSWORD}", "a long one"), encoding="utf-8")
        given.write_text(changes, encoding="utf-8")
        succeed("check", "-c", config)
        commands: tuple[tuple[Any, ...], ...] = (
            ("import", "--watermark", watermark),
            ("export", "--file", given),
            ("import", "--delta", "--watermark", watermark),
        )
        steps, begun = [], tuple(dict.fromkeys(_begun(database, driver.asked)))
        for command in commands:
            driver.asked.clear()
            succeed(*command, "-c", config)
            asked = [each for each in driver.asked if not _is_apart(database.dialect, each, begun)]
            steps.append("".join(map(_as_shown, dict.fromkeys(asked))))
    return Sent(tuple(dict.fromkeys(driver.connected)), begun, tuple(steps))


def _begun(database: AbsentDatabase, asked: list[str]) -> Iterator[str]:
    given = (*database.dialect.session, *database.dialect.limits)
    words = {each.partition("{")[0] for each in given}
    return (each for each in asked if any(each.startswith(word) for word in words))


def _is_apart(dialect: Dialect, statement: str, begun: tuple[str, ...]) -> bool:
    """Of every connection, or about tables and columns."""
    return statement in begun or statement in (dialect.probe, dialect.details)


def _as_shown(statement: str) -> str:
    lines = textwrap.wrap(
        f"{statement};",
        LONGEST_LINE,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "".join(f"{line}\n" for line in lines)


def _write(name: str) -> None:
    page = path_of(name)
    head, title, example = page.read_text(encoding="utf-8").partition("## A whole example\n")
    parts = re.split(r"(^```sql\n.*?^```\n)", example, flags=re.DOTALL | re.MULTILINE)
    for at, step in zip((3, 5, 7), sent(name).steps, strict=True):
        parts[at] = f"```sql\n{step}```\n"
    page.write_text(head + title + "".join(parts), encoding="utf-8")


if __name__ == "__main__":
    for each in DATABASES:
        _write(each)
