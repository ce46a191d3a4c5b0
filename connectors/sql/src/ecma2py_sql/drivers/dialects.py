"""What sets the databases apart, in one table with the reasons."""

import re

from attrs import evolve

from ecma2py_sql.data.kinds import Kind, float_decimal
from ecma2py_sql.data.writers import float_number, in_300ths, in_minutes, not_nan, sql_text
from ecma2py_sql.drivers import inserting, procedures
from ecma2py_sql.drivers.dialect import Dialect, Savepoint


def _limit(sql: str, rows: int) -> str:
    return f"{sql} LIMIT {rows}"


def _rownum(sql: str, rows: int) -> str:
    return f"SELECT * FROM ({sql}) WHERE ROWNUM <= {rows}"


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
    now="SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
    insert=inserting.returning,
    call=None,
    savepoint=Savepoint(),
    # There is no server to wait for.
    pages_at_once=1,
    limited=_limit,
    # Text sorts and compares as SQLite's own date functions write it; sqlite3 knows no Decimal.
    binders={
        **dict.fromkeys((Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ), sql_text),
        Kind.DECIMAL: float_number,
        Kind.FLOAT: not_nan,
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
    insert=inserting.untold,
    last_key="SELECT last_insert_rowid()",
    # Through wide characters it loses those of the last plane, and miscounts parameters.
    encoding="utf-8",
    # And it reads whole numbers as 32 bits, but for BigInt, and makes a file that is not there.
    options={**SQLITE.options, "BigInt": "1", "NoCreat": "1"},
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
    options={
        # Without it a boolean arrives as '1'.
        "BoolsAsChar": "0",
        # Without them the driver holds all rows of a result.
        "UseDeclareFetch": "1",
        "Fetch": "500",
        # Without it a statement that fails takes its whole transaction along.
        "Protocol": "7.4-2",
    },
    # The zone is fixed because drivers drop it.
    session=("SET TIME ZONE 'UTC'",),
    limits=("SET statement_timeout = {milliseconds}",),
    ends_statements=True,
    ports="SELECT inet_client_port(), inet_server_port()",
    call=procedures.call_postgresql,
    routines=(
        "SELECT r.prokind FROM pg_catalog.pg_proc r"
        " JOIN pg_catalog.pg_namespace s ON s.oid = r.pronamespace"
        " CROSS JOIN (SELECT CAST(? AS text) AS name, CAST(? AS text) AS owner) wanted"
        " WHERE r.proname = wanted.name AND (s.nspname = wanted.owner"
        " OR wanted.owner = '' AND pg_catalog.pg_function_is_visible(r.oid))"
    ),
    insert=inserting.returning,
    savepoint=Savepoint(),
    type_of="CAST(pg_typeof({0}) AS varchar)",
    zoned=frozenset(("timestamp with time zone",)),
    limited=_limit,
    # Infinity, days before our era, and days after the year 9999.
    own_moments=re.compile(r"-?infinity|\d{4,}-\d\d-\d\d[ \d:.+-]* BC|\d{5,}-\d\d-\d\d[ \d:.+-]*"),
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

_LOCKS = (
    "SET SESSION innodb_lock_wait_timeout = {seconds}",
    "SET SESSION lock_wait_timeout = {seconds}",
)

MARIADB = Dialect(
    "MariaDB",
    words=("maria", "maodbc"),
    options={
        # An update that changes nothing still counts its row, so that it is not "missing".
        "Option": "2",
        # ODBC's own login timeout is ignored.
        "CONN_TIMEOUT": "{seconds}",
        # A server that is frozen never answers.
        "READ_TIMEOUT": "{patience}",
        "WRITE_TIMEOUT": "{patience}",
    },
    session=(
        # Without strict mode a value that is too long is cut and stored; without the other a key
        # of 0 becomes the next number of the counter.
        "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO')",
        "SET SESSION time_zone = '+00:00'",
    ),
    limits=("SET SESSION max_statement_time = {seconds}", *_LOCKS),
    ends_statements=True,
    now="SELECT UTC_TIMESTAMP(6)",
    call=procedures.call_mariadb,
    buffers=True,
    # Stored in UTC, and the session speaks UTC.
    zoned=frozenset(("timestamp",)),
    # Without it the driver loses characters without a word: of long texts when it writes, and the
    # one after U+00D8 (or any of the like) when it reads.
    encoding="utf-8",
    insert=inserting.returning,
    empty_insert=("()", "VALUES ()"),
    savepoint=Savepoint(),
    limited=_limit,
    moments_as_text=True,
    # They are ordered by the places of their words in the declaration, and compared as texts.
    comparable={"enum": "CONCAT({0})", "set": "CONCAT({0})"},
    # Of some that it is asked for as text, version 3.2.9 gives none of the digits.
    decimals_as_bytes=True,
    # Given as such, moments and times lose their fractions.
    binders=dict.fromkeys((Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ), sql_text),
    # Read as such, times do too; a day that is none, such as 0000-00-00, is NULL or breaks it.
    casts={
        Kind.DATE: "CAST({0} AS CHAR(32))",
        Kind.TIME: (
            "CASE WHEN MICROSECOND({0}) = 0 THEN TIME_FORMAT({0}, '%H:%i:%s')"
            " ELSE CAST({0} AS CHAR(32)) END"
        ),
        Kind.TIMESTAMP: _MARIADB_MOMENT,
        Kind.TIMESTAMP_TZ: _MARIADB_MOMENT,
        # It reads them as signed.
        "int unsigned": "CAST({0} AS SIGNED)",
        # Numbers of 32 bits come with six digits, or with those of 64 bits.
        Kind.REAL: "({0} + 0e0)",
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

MYSQL = evolve(
    MARIADB,
    name="MySQL",
    words=("mysql", "myodbc"),
    # As Option=2, by its name; statements prepared by the server lose parameters in 8.0.32.
    options={
        "FOUND_ROWS": "1",
        "NO_SSPS": "1",
        "READTIMEOUT": "{patience}",
        "WRITETIMEOUT": "{patience}",
    },
    ends_statements=False,
    decimals_as_bytes=False,
    # The first ends a SELECT alone; what else takes too long is cancelled.
    limits=("SET SESSION max_execution_time = {milliseconds}", *_LOCKS),
    encoding=None,
    insert=inserting.untold,
    last_key="SELECT LAST_INSERT_ID()",
    details=(
        "SELECT column_name, is_nullable = 'YES',"
        " column_default IS NOT NULL OR extra LIKE '%auto_increment%'"
        " OR extra LIKE '%DEFAULT_GENERATED%',"
        " generation_expression <> '',"
        " CASE column_type WHEN 'tinyint(1)' THEN 'boolean' WHEN 'bit(1)' THEN 'boolean'"
        " ELSE CASE data_type WHEN 'timestamp' THEN 'timestamptz' END END,"
        " CASE WHEN data_type LIKE '%text' THEN NULL ELSE character_maximum_length END,"
        " coalesce(numeric_scale, datetime_precision)"
        " FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
    ),
)

SQL_SERVER = Dialect(
    "SQL Server",
    words=("sql server", "msodbcsql"),
    # Without it no statement runs while the rows of another are read.
    options={"MARS_Connection": "yes"},
    limits=("SET LOCK_TIMEOUT {milliseconds}",),
    now="SELECT SYSUTCDATETIME()",
    # It has no release: a later one of the same name takes its place.
    savepoint=Savepoint("SAVE TRANSACTION entry", "ROLLBACK TRANSACTION entry", None),
    call=procedures.call_sql_server,
    insert=inserting.output_into,
    limited=_top,
    # It rounds to the next 300th of a second, and to the next minute.
    grains={"datetime": in_300ths, "smalldatetime": in_minutes},
    # pyodbc knows no such type; the style is ISO 8601 in UTC.
    casts={Kind.TIMESTAMP_TZ: "CONVERT(varchar(40), {0}, 127)"},
)

FREETDS = evolve(
    SQL_SERVER,
    words=("freetds", "tdsodbc", "libtds"),
    # Without them text beyond the server's code page is lost.
    options={"TDS_Version": "7.4", "ClientCharset": "UTF-8"},
)

# For databases without DEFAULT VALUES.
_EMPTY = ("({key})", "VALUES (DEFAULT)")

ORACLE = Dialect(
    "Oracle",
    words=("oracle", "sqora"),
    session=(
        "ALTER SESSION SET TIME_ZONE = '+00:00'",
        # Numbers come and go as text with a point, whatever the client's country.
        "ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,'",
    ),
    probe="SELECT 1 FROM DUAL",
    now="SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL",
    savepoint=Savepoint(release=None),
    # The driver drops the zone; of a moment without one the session's counts, which is UTC.
    casts={Kind.TIMESTAMP_TZ: "SYS_EXTRACT_UTC({0})"},
    binders={Kind.TIMESTAMP_TZ: lambda moment: moment},
    # Its RETURNING is into variables of a caller that pyodbc cannot be: the key is not told.
    empty_insert=_EMPTY,
    # FETCH FIRST would need version 12.
    limited=_rownum,
)

DB2 = Dialect(
    "DB2",
    words=("db2",),
    limits=("SET CURRENT LOCK TIMEOUT {seconds}",),
    probe="SELECT 1 FROM SYSIBM.SYSDUMMY1",
    now="SELECT CURRENT TIMESTAMP - CURRENT TIMEZONE FROM SYSIBM.SYSDUMMY1",
    savepoint=Savepoint("SAVEPOINT entry ON ROLLBACK RETAIN CURSORS"),
    # pyodbc knows no such type.
    casts={"boolean": "CASE {0} WHEN TRUE THEN 1 WHEN FALSE THEN 0 END"},
    call=procedures.call_db2,
    insert=inserting.final_table,
    empty_insert=_EMPTY,
)

GENERIC = Dialect("generic")

DIALECTS = (
    SQLITE_ODBC,
    POSTGRESQL,
    MARIADB,
    MYSQL,
    FREETDS,
    SQL_SERVER,
    ORACLE,
    DB2,
    GENERIC,
)


def find_dialect(*descriptions: str) -> Dialect:
    """The dialect one of whose words is in a description of DBMS or driver; else the generic."""
    text = " ".join(descriptions).lower()
    return next((each for each in DIALECTS if any(w in text for w in each.words)), GENERIC)
