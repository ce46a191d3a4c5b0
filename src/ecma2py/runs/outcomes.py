"""What became of a submitted change, and what of it is now in the target."""

from collections.abc import Mapping

from attrs import field, frozen

from ecma2py.connector import error_code, error_name
from ecma2py.connector.died import ConnectorDiedError
from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.errors import (
    BadServerCredentialsError,
    MAExportError,
    Retry,
    ServerDownError,
)
from ecma2py.runs.errors import CallTimeoutError
from ecma2py.schema import Value

_TRY_AGAIN = (
    Retry,
    ServerDownError,
    BadServerCredentialsError,
    CallTimeoutError,
    ConnectorDiedError,
)
_TRY_AGAIN_NAMES = frozenset(
    each().ecma_name for each in (*Retry.__subclasses__(), *_TRY_AGAIN) if each is not Retry
)


@frozen(kw_only=True)
class ExportOutcome:
    """How one submitted change ended, after all its passes."""

    error_code: MAExportError = MAExportError.SUCCESS
    error_name: str = ""
    error_detail: str = ""
    anchor: Mapping[str, Value] = field(factory=dict)
    """The object's anchor afterwards, with what the target assigned."""
    new_anchor: Mapping[str, Value] | None = None
    """The anchor, if the target assigned or changed it; None if it is as submitted."""
    new_dn: str | None = None
    """The object's DN, if it changed or the target assigned it."""
    retryable: bool = False
    """The connected system was at fault, not the change: it may succeed later."""
    uncertain: bool = False
    """Nobody knows whether the change took effect, e.g. after a time-out."""
    passes: int = 1
    """In how many passes the change was sent."""
    notes: tuple[str, ...] = ()
    """What the connector did that it should not have, without harm to this change."""

    @property
    def is_success(self) -> bool:
        """True if the target has the whole change."""
        return self.error_code is MAExportError.SUCCESS


@frozen(kw_only=True)
class Exported:
    """One submitted change with its outcome, as a commit callable gets it."""

    change: CSEntryChange
    """As submitted; it may hold a password."""
    outcome: ExportOutcome
    applied: CSEntryChange | None
    """What the target took of it, without the password: the whole change after a success, a part
    if a later pass failed, None if nothing was written. Add, Update, Replace or Delete."""
    context: object = None
    """What the submitter gave along."""


def failed(error: Exception) -> ExportOutcome:
    """The outcome of a change that ended in *error*."""
    name = error_name(error)
    return ExportOutcome(
        error_code=error_code(error),
        error_name=name,
        error_detail=str(error) or name,
        retryable=isinstance(error, _TRY_AGAIN),
    )


def is_retryable(result: CSEntryChangeResult) -> bool:
    """True if a connector's result names an error of the connected system, not of the change."""
    return result.error_name in _TRY_AGAIN_NAMES


def ends_session(result: CSEntryChangeResult) -> bool:
    """True if the connector must be closed after this result: it stopped, or lost its target."""
    stops = result.error_code == MAExportError.EXPORT_ERROR_CUSTOM_STOP_RUN
    return stops or is_retryable(result)
