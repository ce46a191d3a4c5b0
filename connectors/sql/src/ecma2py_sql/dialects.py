"""What sets the databases apart, in one table with the reasons."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen

from ecma2py_sql.catalogue import Column
from ecma2py_sql.kinds import Kind, Reader, float_decimal
from ecma2py_sql.moments import Clock
from ecma2py_sql.writers import finite, float_number, number, sql_text, utc_text


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
    binders: Mapping[Kind, Callable[[Any], Any]] = field(factory=dict, kw_only=True)
    """What a parameter becomes so that the driver keeps it whole; ``ValueError`` if none does."""
    readers: Mapping[tuple[Kind, type], Reader] = field(factory=dict, kw_only=True)
    """For what only this driver returns of columns of a kind."""
    clock: Clock = field(factory=Clock, kw_only=True)
    """Of columns that hold moments without a zone."""
    moments_as_text: bool = field(default=False, kw_only=True)
    """The driver would drop the fractions of seconds of a date and time it is given as such."""
    casts: Mapping[Kind | str, str] = field(factory=dict, kw_only=True)
    """By type name or kind, where the driver would not hand a column, ``{0}``, over whole."""
    details: str | None = field(default=None, kw_only=True)
    """For a schema and table, what ODBC's catalogue does not tell or tells wrongly: column,
    nullable, assigned, generated, kind or NULL, greatest length or NULL, decimals or NULL."""

    def bound(self, kind: Kind, value: Any) -> Any:
        """The parameter for *value*, one of *kind*; moments are in the time that is stored."""
        binder = self.binders.get(kind) or _BINDERS.get(kind)
        return value if binder is None else binder(value)

    def parameter(self, value: Any) -> Any:
        """A value as the driver returned it, so that the driver takes it back unchanged."""
        if self.moments_as_text and isinstance(value, datetime):
            return value.isoformat(" ")
        return value

    def selected(self, quoted: str, column: Column) -> str:
        """The SELECT expression of *column*, whose qualified name is *quoted*."""
        cast = self.casts.get(column.type_name) or self.casts.get(column.native) or "{0}"
        return cast.format(quoted)


_BINDERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.FLOAT: finite,
    Kind.REAL: finite,
    # Drivers drop the zone of a moment without a word.
    Kind.TIMESTAMP_TZ: utc_text,
}


def _limit(sql: str, rows: int) -> str:
    return f"{sql} LIMIT {rows}"


def _top(sql: str, rows: int) -> str:
    return sql.replace("SELECT", f"SELECT TOP {rows}", 1)


# SQLite's own seventeen digits are not always those of the number.
_FLOAT_DIGITS = "CASE typeof({0}) WHEN 'real' THEN printf('%!.20g', {0}) ELSE CAST({0} AS TEXT) END"
_POSTGRESQL_MOMENT = (
    "CASE WHEN {0} BETWEEN '0001-01-01' AND '9999-12-31 23:59:59.999999'"
    " THEN to_char({0}, 'YYYY-MM-DD HH24:MI:SS.US') ELSE CAST({0} AS varchar) END"
)
_MARIADB_MOMENT = "DATE_FORMAT({0}, '%Y-%m-%d %H:%i:%s.%f')"

SQLITE = Dialect(
    "SQLite",
    words=("sqlite",),
    # Without FKSupport the driver leaves foreign keys unchecked.
    options={"FKSupport": "1", "Timeout": "{milliseconds}"},
    returning=True,
    savepoints=True,
    limited=_limit,
    # Text sorts and compares as SQLite's own date functions write it; sqlite3 knows no Decimal.
    binders={
        **dict.fromkeys((Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ), sql_text),
        Kind.DECIMAL: float_number,
        Kind.FLOAT: number,
    },
    # Any column may hold a number, such as the seconds of an era: what is no moment stays as it is.
    readers={
        **{(kind, int): str for kind in (Kind.DATE, Kind.TIME, Kind.TIMESTAMP)},
        **{(kind, float): repr for kind in (Kind.DATE, Kind.TIME, Kind.TIMESTAMP)},
    },
)

SQLITE_ODBC = evolve(
    SQLITE,
    # The driver gives no rows for an INSERT.
    returning=False,
    last_key="SELECT last_insert_rowid()",
    # Through wide characters it loses those of the last plane, and miscounts parameters.
    encoding="utf-8",
    # And it reads whole numbers as 32 bits, but for BigInt.
    options={**SQLITE.options, "BigInt": "1"},
    # It cuts fractions of seconds, and numbers to 15 digits; the text of a moment is also what
    # SQLite compares by.
    casts={
        **dict.fromkeys((Kind.DATE, Kind.TIME, Kind.TIMESTAMP), "CAST({0} AS TEXT)"),
        **dict.fromkeys((Kind.DECIMAL, Kind.FLOAT), _FLOAT_DIGITS),
    },
    readers={**SQLITE.readers, (Kind.DECIMAL, str): float_decimal},
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
    binders={Kind.TIME: sql_text, Kind.FLOAT: float, Kind.REAL: float},
    # The driver makes some day of this century of infinity, and of days before and after our era.
    casts={
        Kind.DATE: "CAST({0} AS varchar)",
        Kind.TIME: "CAST({0} AS varchar)",
        Kind.TIMESTAMP: _POSTGRESQL_MOMENT,
        Kind.TIMESTAMP_TZ: _POSTGRESQL_MOMENT,
        # It reads them as signed, and as floats.
        "oid": "CAST({0} AS bigint)",
        "money": "CAST({0} AS numeric)",
    },
    details=(
        "SELECT column_name, is_nullable = 'YES',"
        " column_default IS NOT NULL OR is_identity = 'YES',"
        " is_generated = 'ALWAYS' OR coalesce(identity_generation, '') = 'ALWAYS',"
        " NULL, character_maximum_length, coalesce(numeric_scale, datetime_precision)"
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
    # Given as such, moments and times lose their fractions.
    binders=dict.fromkeys((Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ), sql_text),
    # Read as such, times do too; a day that is none, such as 0000-00-00, is NULL or breaks it.
    casts={
        Kind.DATE: "CAST({0} AS CHAR(32))",
        Kind.TIME: "CAST({0} AS CHAR(32))",
        Kind.TIMESTAMP: _MARIADB_MOMENT,
        Kind.TIMESTAMP_TZ: _MARIADB_MOMENT,
        # It reads them as signed.
        "int unsigned": "CAST({0} AS SIGNED)",
    },
    details=(
        "SELECT column_name, is_nullable = 'YES',"
        " column_default IS NOT NULL AND column_default <> 'NULL'"
        " OR extra LIKE '%auto_increment%',"
        " generation_expression IS NOT NULL AND generation_expression <> '',"
        " CASE column_type WHEN 'tinyint(1)' THEN 'boolean' WHEN 'bit(1)' THEN 'boolean'"
        " WHEN 'uuid' THEN 'uuid' ELSE"
        # A TIMESTAMP is stored in UTC, and the session speaks UTC.
        " CASE data_type WHEN 'timestamp' THEN 'timestamptz' WHEN 'inet4' THEN 'text'"
        " WHEN 'inet6' THEN 'text' END END,"
        " CASE WHEN data_type LIKE '%text' THEN NULL ELSE character_maximum_length END,"
        " coalesce(numeric_scale, datetime_precision)"
        " FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
    ),
)

SQL_SERVER = Dialect(
    "SQL Server",
    words=("sql server", "msodbcsql", "freetds", "tdsodbc"),
    session=("SET LOCK_TIMEOUT {milliseconds}",),
    limited=_top,
    # pyodbc knows no such type; the style is ISO 8601 in UTC.
    casts={Kind.TIMESTAMP_TZ: "CONVERT(varchar(40), {0}, 127)"},
)

GENERIC = Dialect("generic")

DIALECTS = (SQLITE_ODBC, POSTGRESQL, MARIADB, SQL_SERVER, GENERIC)


def find_dialect(*descriptions: str) -> Dialect:
    """The dialect one of whose words is in a description of DBMS or driver; else the generic."""
    text = " ".join(descriptions).lower()
    return next((each for each in DIALECTS if any(w in text for w in each.words)), GENERIC)
