"""What a database says went wrong, without secrets, and the ECMA2 error for each cause."""

import re
from collections.abc import Mapping

from ecma2py.errors import (
    BadServerCredentialsError,
    DroppedConnectionError,
    ECMA2Error,
    EntryExportError,
    FailedSearchError,
    MAExportError,
    ServerDownError,
    UnexpectedDataError,
)
from ecma2py_sql.drivers.causes import Cause, cause_of
from ecma2py_sql.drivers.hidden import Hidden

_COLUMN_PATTERNS = (
    re.compile(r'null value in column "((?:[^"]|"")+)"'),
    re.compile(r"NOT NULL constraint failed: .*?\.(.+?)(?: \(\d+\))*(?: \(SQL\w+\))?$"),
    re.compile(r"Column '((?:[^']|'')+)' cannot be null"),
    re.compile(r"Field '((?:[^']|'')+)' doesn't have a default value"),
    re.compile(r"NULL into column '((?:[^']|'')+)'"),
    re.compile(r'ORA-014\d\d: cannot \w+ (?:NULL into )?\("[^"]+"\."[^"]+"\."([^"]+)"\)'),
)
NOTHING = Hidden()
"""For connections without a password."""
_NO_TEXT = (
    "the driver gives what is no text. SQLite's does so now and then for names of columns beyond "
    "ASCII: reach the file by sqlite:/// instead"
)


class DatabaseError(Exception):
    """A statement failed; ``cause`` sorts it, ``column`` is the one at fault where known."""

    def __init__(self, cause: Cause, text: str, *, column: str | None = None) -> None:
        super().__init__(text)
        self.cause = cause
        self.text = text
        self.column = column


def sort_out(error: Exception, hidden: Hidden = NOTHING) -> DatabaseError:
    """*error* of sqlite3 or pyodbc by its cause; neither shows any more what is *hidden*."""
    hidden.mend(error)
    if isinstance(error, UnicodeDecodeError):
        return DatabaseError(Cause.UNKNOWN, _NO_TEXT)
    state = str(error.args[0]) if len(error.args) > 1 else ""
    text = str(error.args[-1]) if error.args else str(error)
    cause = cause_of(getattr(error, "sqlite_errorname", None), state, text)
    column = next((m[1] for each in _COLUMN_PATTERNS if (m := each.search(text))), None)
    return DatabaseError(cause, text, column=column)


_ENTRY_CODES = {
    Cause.DUPLICATE: MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_EXISTING_OBJECT,
    Cause.MISSING_VALUE: MAExportError.EXPORT_ERROR_MISSING_PROVISIONING_ATTRIBUTE,
    Cause.REFERENCE: MAExportError.EXPORT_ERROR_REFERENCE_ATTRIBUTE_FAILURE,
    Cause.CHECK: MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION,
    Cause.TOO_LONG: MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
    Cause.BAD_VALUE: MAExportError.EXPORT_ERROR_SYNTAX_VIOLATION,
    Cause.PERMISSION: MAExportError.EXPORT_ERROR_PERMISSION_ISSUE,
    Cause.BUSY: MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_ERROR,
    Cause.TIMEOUT: MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_ERROR,
    Cause.NO_SUCH_TABLE: MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_ERROR,
    Cause.UNKNOWN: MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_ERROR,
}
_RUN_ERRORS: Mapping[Cause, type[ECMA2Error]] = {
    Cause.CREDENTIALS: BadServerCredentialsError,
    Cause.UNREACHABLE: ServerDownError,
    Cause.DROPPED: DroppedConnectionError,
    Cause.NO_SUCH_TABLE: UnexpectedDataError,
}


def entry_error(failure: DatabaseError, *, attribute_name: str | None = None) -> ECMA2Error:
    """The error of the entry whose statement failed; of the run, if nothing else can work."""
    code = _ENTRY_CODES.get(failure.cause)
    if code is None:
        return run_error(failure)
    reason = _sentence(failure)
    if attribute_name:
        reason = f"Attribute {attribute_name!r}: {reason}"
    return EntryExportError(reason, code, attribute_name=attribute_name)


def run_error(failure: DatabaseError) -> ECMA2Error:
    """The error that ends a run, for a statement or connection that failed as a whole."""
    kind = _RUN_ERRORS.get(failure.cause, FailedSearchError)
    return kind(_sentence(failure))


def _sentence(failure: DatabaseError) -> str:
    text = " ".join(failure.text.split())
    return f"{failure.cause.value}. The database says: {text}"
