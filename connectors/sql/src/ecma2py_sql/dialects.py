"""What sets the databases apart, in one table with the reasons."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen

from ecma2py_sql.kinds import WRITERS, Kind, Writer, as_text, written_decimal, written_timestamp


@frozen
class Dialect:
    """One database, or the ODBC drivers of one."""

    name: str
    words: tuple[str, ...] = field(default=(), kw_only=True)
    """What the name of the DBMS or of its driver contains, in lower case."""
    options: Mapping[str, str] = field(factory=dict, kw_only=True)
    """Put into the connection string unless the administrator chose otherwise."""
    session: tuple[str, ...] = field(default=(), kw_only=True)
    """Statements for every new connection; ``{seconds}`` and ``{milliseconds}`` are the command
    timeout, which no driver tried enforces by itself."""
    encoding: str | None = field(default=None, kw_only=True)
    """Of text on its way to and from the driver; None for the driver's wide characters."""
    returning: bool = field(default=False, kw_only=True)
    """``INSERT ... RETURNING`` tells a key the database assigned."""
    last_key: str | None = field(default=None, kw_only=True)
    """Where there is no RETURNING: the query for the counter's last value."""
    empty_insert: str = field(default="DEFAULT VALUES", kw_only=True)
    """What follows the table's name in an INSERT without any column."""
    savepoints: bool = field(default=False, kw_only=True)
    """A failed entry can be taken back without the others of its batch."""
    limited: Callable[[str, int], str] = field(
        default=lambda sql, rows: f"{sql} FETCH FIRST {rows} ROWS ONLY", kw_only=True
    )
    """A SELECT, and how many rows it shall give at most."""
    writers: Mapping[Kind, Writer] = field(factory=dict, kw_only=True)
    moments_as_text: bool = field(default=False, kw_only=True)
    """The driver would drop the fractions of seconds of a date and time it is given as such."""
    casts: Mapping[Kind, str] = field(factory=dict, kw_only=True)
    """``{}`` is a column that the driver would not hand over whole."""
    details: str | None = field(default=None, kw_only=True)
    """For a schema and table, what ODBC's catalogue does not tell or tells wrongly: column,
    nullable, assigned, generated, kind or NULL, greatest length or NULL."""

    def writer(self, kind: Kind) -> Writer:
        """What makes a parameter of this database from a value of *kind*."""
        return self.writers.get(kind) or WRITERS[kind]

    def parameter(self, value: Any) -> Any:
        """A value as the driver returned it, so that the driver takes it back unchanged."""
        if self.moments_as_text and isinstance(value, datetime):
            return value.isoformat(" ")
        return value

    def selected(self, column: str, kind: Kind) -> str:
        """The SELECT expression of a quoted column."""
        return self.casts[kind].format(column) if kind in self.casts else column


def _limit(sql: str, rows: int) -> str:
    return f"{sql} LIMIT {rows}"


def _top(sql: str, rows: int) -> str:
    return sql.replace("SELECT", f"SELECT TOP {rows}", 1)


_TEXTS = {kind: as_text(WRITERS[kind]) for kind in (Kind.DATE, Kind.TIME, Kind.TIMESTAMP)}

SQLITE = Dialect(
    "SQLite",
    words=("sqlite",),
    # Without FKSupport the driver leaves foreign keys unchecked.
    options={"FKSupport": "1", "Timeout": "{milliseconds}"},
    returning=True,
    savepoints=True,
    limited=_limit,
    # Text sorts and compares as SQLite's own date functions write it; sqlite3 knows no Decimal.
    writers={**_TEXTS, Kind.DECIMAL: as_text(written_decimal)},
)

SQLITE_ODBC = evolve(
    SQLITE,
    # The driver gives no rows for an INSERT.
    returning=False,
    last_key="SELECT last_insert_rowid()",
    # And it cuts moments to milliseconds; the text SQLite holds is also what it compares by.
    casts=dict.fromkeys((Kind.DATE, Kind.TIME, Kind.TIMESTAMP), "CAST({} AS TEXT)"),
)

POSTGRESQL = Dialect(
    "PostgreSQL",
    words=("postgres", "psql"),
    # Without BoolsAsChar=0 a boolean arrives as '1'; the zone is fixed because drivers drop it.
    options={"BoolsAsChar": "0"},
    session=("SET TIME ZONE 'UTC'", "SET statement_timeout = {milliseconds}"),
    returning=True,
    savepoints=True,
    limited=_limit,
    writers={Kind.TIME: _TEXTS[Kind.TIME]},
    casts={Kind.TIME: "CAST({} AS varchar(32))"},
    details=(
        "SELECT column_name, is_nullable = 'YES',"
        " column_default IS NOT NULL OR is_identity = 'YES',"
        " is_generated = 'ALWAYS' OR coalesce(identity_generation, '') = 'ALWAYS',"
        " NULL, character_maximum_length"
        " FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
    ),
)

MARIADB = Dialect(
    "MariaDB",
    words=("maria", "mysql", "maodbc", "myodbc"),
    # Option=2: an update that changes nothing still counts its row, so that it is not "missing".
    options={"Option": "2"},
    # Without strict mode a value that is too long is cut and stored.
    session=(
        "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')",
        "SET SESSION time_zone = '+00:00'",
        "SET SESSION max_statement_time = {seconds}",
        "SET SESSION innodb_lock_wait_timeout = {seconds}",
    ),
    # Without it the driver loses characters without a word: of long texts when it writes, and the
    # one after U+00D8 (or any of the like) when it reads.
    encoding="utf-8",
    returning=True,
    empty_insert="() VALUES ()",
    savepoints=True,
    limited=_limit,
    moments_as_text=True,
    writers={
        Kind.TIMESTAMP: as_text(written_timestamp),
        Kind.TIME: _TEXTS[Kind.TIME],
    },
    casts={Kind.TIME: "CAST({} AS CHAR(32))"},
    details=(
        "SELECT column_name, is_nullable = 'YES',"
        " column_default IS NOT NULL AND column_default <> 'NULL'"
        " OR extra LIKE '%auto_increment%',"
        " generation_expression IS NOT NULL AND generation_expression <> '',"
        " CASE column_type WHEN 'tinyint(1)' THEN 'boolean' WHEN 'bit(1)' THEN 'boolean'"
        " WHEN 'uuid' THEN 'uuid' END,"
        " CASE WHEN data_type LIKE '%text' THEN NULL ELSE character_maximum_length END"
        " FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
    ),
)

SQL_SERVER = Dialect(
    "SQL Server",
    words=("sql server", "msodbcsql", "freetds", "tdsodbc"),
    session=("SET LOCK_TIMEOUT {milliseconds}",),
    limited=_top,
)

GENERIC = Dialect("generic")

DIALECTS = (SQLITE_ODBC, POSTGRESQL, MARIADB, SQL_SERVER, GENERIC)


def find_dialect(*descriptions: str) -> Dialect:
    """The dialect one of whose words is in a description of DBMS or driver; else the generic."""
    text = " ".join(descriptions).lower()
    return next((each for each in DIALECTS if any(w in text for w in each.words)), GENERIC)
