"""Whatever goes wrong with one entry becomes that entry's result, by one table."""

from collections.abc import Callable, Mapping, Sequence

from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.errors import (
    EntryError,
    EntryExportError,
    MAExportError,
    PasswordError,
    Retry,
    StopRun,
)
from ecma2py.schema import Value

Write = Callable[[CSEntryChange], CSEntryChangeResult | Mapping[str, Value] | None]
"""Writes one change to the target."""


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


def error_name(error: Exception) -> str:
    """The name that reports *error*: the connector's own, that of ECMA2, or that of its class."""
    if isinstance(error, EntryExportError) and error.error_name:
        return error.error_name
    if isinstance(error, (EntryError, PasswordError)):
        return error.error_code.ecma_name
    name: str = getattr(error, "ecma_name", type(error).__name__)
    return name


def result_of(entry: CSEntryChange, error: Exception) -> CSEntryChangeResult:
    """The failed result of *entry*: code, the error's own name, and its text."""
    name = error_name(error)
    return CSEntryChangeResult.failure(entry, error_code(error), str(error) or name, name=name)


def not_sent(entry: CSEntryChange, error: Exception) -> CSEntryChangeResult:
    """The result of an entry that was never tried because *error* ended its batch."""
    detail = f"Not sent, because the run ended before this entry: {error}"
    return CSEntryChangeResult.failure(entry, error_code(error), detail, name=error_name(error))


def each_by_itself(changes: Sequence[CSEntryChange], write: Write) -> list[CSEntryChangeResult]:
    """The result of each change, by itself through *write*: one that fails leaves the others alone.

    *write* gives the anchor the target assigned, a result, or nothing; whatever it raises is the
    result of its change, and of all behind it if it ends the batch.
    """
    results: list[CSEntryChangeResult] = []
    for position, change in enumerate(changes):
        try:
            outcome = write(change)
            if not isinstance(outcome, CSEntryChangeResult):
                outcome = CSEntryChangeResult.success(change, outcome)
        except Exception as error:  # noqa: BLE001  whatever it is, it is this entry's result
            results.append(result_of(change, error))
            if ends_batch(error):
                results += [not_sent(rest, error) for rest in changes[position + 1 :]]
                break
        else:
            results.append(outcome)
    return results
