"""Whatever goes wrong with one entry becomes that entry's result, by one table."""

from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.errors import (
    EntryError,
    EntryExportError,
    MAExportError,
    PasswordError,
    Retry,
    StopRun,
)


def ends_batch(error: Exception) -> bool:
    """True if nothing more may be sent after *error*: the rest of the batch was not tried."""
    return isinstance(error, (StopRun, Retry))


def error_code(error: Exception) -> MAExportError:
    """The ``MAExportError`` that reports *error*; an unknown exception lets the run go on."""
    if isinstance(error, (EntryError, PasswordError)):
        return error.error_code
    if isinstance(error, Retry):
        return MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_ERROR
    if isinstance(error, StopRun):
        return MAExportError.EXPORT_ERROR_CUSTOM_STOP_RUN
    return MAExportError.EXPORT_ERROR_CUSTOM_CONTINUE_RUN


def result_of(entry: CSEntryChange, error: Exception) -> CSEntryChangeResult:
    """The failed result of *entry*: code, the error's own name, and its text."""
    code = error_code(error)
    if isinstance(error, EntryExportError) and error.error_name:
        name = error.error_name
    elif isinstance(error, (EntryError, PasswordError)):
        name = code.ecma_name
    else:
        name = getattr(error, "ecma_name", type(error).__name__)
    return CSEntryChangeResult.failure(entry, code, str(error) or name, name=name)


def not_sent(entry: CSEntryChange, error: Exception) -> CSEntryChangeResult:
    """The result of an entry that was never tried because *error* ended its batch."""
    name = getattr(error, "ecma_name", type(error).__name__)
    detail = f"Not sent, because the run ended before this entry: {error}"
    return CSEntryChangeResult.failure(entry, error_code(error), detail, name=name)
