"""What ends an import run before its time, and what the run is called then."""

import threading

from ecma2py.connector.died import ConnectorDiedError
from ecma2py.errors import ECMA2Error, Retry, ServerDownError
from ecma2py.runs import import_results as words
from ecma2py.runs.calls import StopSignal
from ecma2py.runs.errors import CallCancelledError, CallTimeoutError
from ecma2py.steps import CloseReason

_NO_REFUSALS = (Retry, ServerDownError, CallTimeoutError, CallCancelledError, ConnectorDiedError)
"""What says of a connector that it cannot work now, not that it does not do something."""


class Stopped(Exception):
    """The run ends here."""

    def __init__(
        self, result: str, error: Exception, reason: CloseReason = CloseReason.UNKNOWN
    ) -> None:
        super().__init__(str(error))
        self.result = result
        self.error = error
        self.reason = reason

    @property
    def is_refusal(self) -> bool:
        """True if the connector does not do what it was asked, and might do something else."""
        return self.reason is CloseReason.UNKNOWN and not isinstance(self.error, _NO_REFUSALS)


class StoppedByEntries(Stopped):
    """The connector goes on, but an entry of it, or their number, ends the run."""


def stopped_by(error: Exception) -> Stopped:
    """What the connector raised ends the run."""
    result = error.run_result if isinstance(error, ECMA2Error) else ECMA2Error.run_result
    return Stopped(result, error)


def cancelled_by(signal: threading.Event | None, error: CallCancelledError) -> Stopped:
    """Somebody set *signal*, by which the connector is told why it is closed."""
    reason = CloseReason.TERMINATED_BY_USER
    if signal is not None:
        reason = StopSignal.reason_of(signal)
    by_user = words.STOPPED_BY[CloseReason.TERMINATED_BY_USER]
    return Stopped(words.STOPPED_BY.get(reason, by_user), error, reason)
