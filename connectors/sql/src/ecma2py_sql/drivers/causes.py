"""Why statements fail, by tables: what each driver says, and which cause it is.

Drivers differ: PostgreSQL gives an exact SQLSTATE, MariaDB and SQL Server a general one and a
number of their own in the text, SQLite's ODBC driver only a text, and sqlite3 a name.
"""

import re
from collections.abc import Mapping
from enum import Enum


class Cause(Enum):
    """Why a statement failed; the value is what an administrator may do about it."""

    DUPLICATE = "The key or another unique value is taken"
    MISSING_VALUE = "A value is required"
    REFERENCE = "It refers to a row that does not exist, or is still referred to"
    CHECK = "A rule of the database forbids it"
    TOO_LONG = "A value is too long"
    BAD_VALUE = "A value is not of the column's type or range"
    PERMISSION = "The account may not do this: grant it the right"
    CREDENTIALS = "The user name or password was refused"
    UNREACHABLE = "The database cannot be reached"
    DROPPED = "The connection was lost"
    BUSY = "Another transaction holds the row or the database: try again"
    TIMEOUT = "The command took too long: try again, or raise the command timeout"
    NO_SUCH_TABLE = (
        "A table or column is missing: has the database changed? Give it back, or change what "
        "names it and reload"
    )
    UNKNOWN = "The database refused it"


_BY_SQLITE_NAME = {
    "SQLITE_CONSTRAINT_UNIQUE": Cause.DUPLICATE,
    "SQLITE_CONSTRAINT_PRIMARYKEY": Cause.DUPLICATE,
    "SQLITE_CONSTRAINT_ROWID": Cause.DUPLICATE,
    "SQLITE_CONSTRAINT_NOTNULL": Cause.MISSING_VALUE,
    "SQLITE_CONSTRAINT_FOREIGNKEY": Cause.REFERENCE,
    "SQLITE_CONSTRAINT_DATATYPE": Cause.BAD_VALUE,
    "SQLITE_CONSTRAINT": Cause.CHECK,
    "SQLITE_MISMATCH": Cause.BAD_VALUE,
    "SQLITE_TOOBIG": Cause.TOO_LONG,
    "SQLITE_READONLY": Cause.PERMISSION,
    "SQLITE_AUTH": Cause.PERMISSION,
    "SQLITE_PERM": Cause.PERMISSION,
    "SQLITE_CANTOPEN": Cause.UNREACHABLE,
    "SQLITE_NOTADB": Cause.UNREACHABLE,
    "SQLITE_BUSY": Cause.BUSY,
    "SQLITE_LOCKED": Cause.BUSY,
    "SQLITE_INTERRUPT": Cause.TIMEOUT,
}
"""Extended names of sqlite3; the longest that begins the name given decides."""

_BY_SQLSTATE = {
    "08001": Cause.UNREACHABLE,
    "08004": Cause.UNREACHABLE,
    "08": Cause.DROPPED,
    "22001": Cause.TOO_LONG,
    "22": Cause.BAD_VALUE,
    "23502": Cause.MISSING_VALUE,
    "23503": Cause.REFERENCE,
    "23505": Cause.DUPLICATE,
    "23513": Cause.CHECK,
    "23": Cause.CHECK,
    "28": Cause.CREDENTIALS,
    "3D000": Cause.UNREACHABLE,
    "40": Cause.BUSY,
    "40003": Cause.DROPPED,
    "42501": Cause.PERMISSION,
    "42704": Cause.NO_SUCH_TABLE,
    "42883": Cause.NO_SUCH_TABLE,
    "42P01": Cause.NO_SUCH_TABLE,
    "42703": Cause.NO_SUCH_TABLE,
    "42S02": Cause.NO_SUCH_TABLE,
    "42S22": Cause.NO_SUCH_TABLE,
    "428C9": Cause.BAD_VALUE,
    "55P03": Cause.BUSY,
    "57014": Cause.TIMEOUT,
    "57033": Cause.BUSY,
    "57P": Cause.DROPPED,
    "HYT00": Cause.TIMEOUT,
    "HYT01": Cause.TIMEOUT,
    "70100": Cause.TIMEOUT,
    "HY008": Cause.TIMEOUT,
    "HY018": Cause.TIMEOUT,
    "IM": Cause.UNREACHABLE,
}
"""The longest entry that begins the SQLSTATE decides."""

_BY_NATIVE_CODE = {
    # MariaDB and MySQL
    1044: Cause.PERMISSION,
    1045: Cause.CREDENTIALS,
    1048: Cause.MISSING_VALUE,
    1049: Cause.UNREACHABLE,
    1053: Cause.DROPPED,
    1062: Cause.DUPLICATE,
    1142: Cause.PERMISSION,
    1143: Cause.PERMISSION,
    1205: Cause.BUSY,
    1213: Cause.BUSY,
    1264: Cause.BAD_VALUE,
    1292: Cause.BAD_VALUE,
    1317: Cause.TIMEOUT,
    1364: Cause.MISSING_VALUE,
    1366: Cause.BAD_VALUE,
    1406: Cause.TOO_LONG,
    1451: Cause.REFERENCE,
    1452: Cause.REFERENCE,
    1927: Cause.DROPPED,
    1969: Cause.TIMEOUT,
    2002: Cause.UNREACHABLE,
    2003: Cause.UNREACHABLE,
    2005: Cause.UNREACHABLE,
    2006: Cause.DROPPED,
    2013: Cause.DROPPED,
    3024: Cause.TIMEOUT,
    3819: Cause.CHECK,
    4025: Cause.CHECK,
    # SQL Server
    208: Cause.NO_SUCH_TABLE,
    207: Cause.NO_SUCH_TABLE,
    229: Cause.PERMISSION,
    515: Cause.MISSING_VALUE,
    547: Cause.REFERENCE,
    1222: Cause.BUSY,
    2601: Cause.DUPLICATE,
    2627: Cause.DUPLICATE,
    2628: Cause.TOO_LONG,
    2812: Cause.NO_SUCH_TABLE,
    4060: Cause.UNREACHABLE,
    8152: Cause.TOO_LONG,
    18456: Cause.CREDENTIALS,
}
"""Numbers a driver appends to its text, for SQLSTATEs that do not tell causes apart."""

_CHECK_OF_SQL_SERVER = (547, "CHECK constraint")
"""One number for foreign keys and checks: the text tells them apart."""

_BY_ORACLE_CODE = {
    1: Cause.DUPLICATE,
    28: Cause.DROPPED,
    54: Cause.BUSY,
    60: Cause.BUSY,
    904: Cause.NO_SUCH_TABLE,
    942: Cause.NO_SUCH_TABLE,
    1013: Cause.TIMEOUT,
    1017: Cause.CREDENTIALS,
    1031: Cause.PERMISSION,
    1400: Cause.MISSING_VALUE,
    1407: Cause.MISSING_VALUE,
    1438: Cause.TOO_LONG,
    1722: Cause.BAD_VALUE,
    2290: Cause.CHECK,
    2291: Cause.REFERENCE,
    2292: Cause.REFERENCE,
    3113: Cause.DROPPED,
    3114: Cause.DROPPED,
    3135: Cause.DROPPED,
    12154: Cause.UNREACHABLE,
    12170: Cause.UNREACHABLE,
    12514: Cause.UNREACHABLE,
    12541: Cause.UNREACHABLE,
    12899: Cause.TOO_LONG,
    28000: Cause.CREDENTIALS,
}

_BY_TEXT = {
    "UNIQUE constraint failed": Cause.DUPLICATE,
    "NOT NULL constraint failed": Cause.MISSING_VALUE,
    "FOREIGN KEY constraint failed": Cause.REFERENCE,
    "CHECK constraint failed": Cause.CHECK,
    "cannot store": Cause.BAD_VALUE,
    "datatype mismatch": Cause.BAD_VALUE,
    "no such table": Cause.NO_SUCH_TABLE,
    "no such column": Cause.NO_SUCH_TABLE,
    "has no column": Cause.NO_SUCH_TABLE,
    "readonly database": Cause.PERMISSION,
    "database is locked": Cause.BUSY,
    "Can't open lib": Cause.UNREACHABLE,
    # What SQLite's driver says of a file that is not there.
    "connect failed": Cause.UNREACHABLE,
    "terminating connection": Cause.DROPPED,
    "server closed the connection": Cause.DROPPED,
    "no connection to the server": Cause.DROPPED,
    "could not send": Cause.DROPPED,
    "connection has been closed": Cause.DROPPED,
    "connection has been lost": Cause.DROPPED,
    # What the driver of PostgreSQL makes of a connection that ended between two portions of rows,
    # and between two statements of a transaction.
    "internal savepoint error": Cause.DROPPED,
    "internal SAVEPOINT failed": Cause.DROPPED,
    "SQL30082N": Cause.CREDENTIALS,
    "password authentication failed": Cause.CREDENTIALS,
    "no pg_hba.conf entry": Cause.CREDENTIALS,
}
"""For drivers that tell everything under one state, and for what has none."""

_GENERAL_STATES = ("", "01000", "08001", "08004", "23000", "42000", "HY000", "HY001")
_APPENDED = re.compile(r"\((\d{3,6})\)(?= \(SQL|;|$)")
_ORACLE = re.compile(r"ORA-(\d{5})")


def cause_of(sqlite_name: str | None, state: str, text: str) -> Cause:
    """The cause that the name, the SQLSTATE or the text of an error tells; UNKNOWN if none does."""
    by_name = _longest(_BY_SQLITE_NAME, sqlite_name or "")
    if by_name:
        return by_name
    if state not in _GENERAL_STATES:
        return _longest(_BY_SQLSTATE, state) or Cause.UNKNOWN
    for table, pattern in ((_BY_NATIVE_CODE, _APPENDED), (_BY_ORACLE_CODE, _ORACLE)):
        for code in map(int, pattern.findall(text)):
            if code == _CHECK_OF_SQL_SERVER[0] and _CHECK_OF_SQL_SERVER[1] in text:
                return Cause.CHECK
            if code in table:
                return table[code]
    found = next((cause for words, cause in _BY_TEXT.items() if words in text), None)
    return found or _longest(_BY_SQLSTATE, state) or Cause.UNKNOWN


def _longest(table: Mapping[str, Cause], code: str) -> Cause | None:
    for length in range(len(code), 1, -1):
        if code[:length] in table:
            return table[code[:length]]
    return None
