"""What goes wrong in a run beside what the connector itself reports."""

from typing import Self

from ecma2py.errors import ECMA2Error, Retry, StopRun


class CallTimeoutError(StopRun):
    """A connector call did not come back in time; its instance is given up."""


class CallCancelledError(StopRun):
    """The run was stopped while a connector call was under way that did not come back."""


class ConnectorFaultError(ECMA2Error):
    """Stands for a foreign exception of a connector whose text cannot be freed of a secret.

    A host does what it does about the exceptions it does not know.
    """


def legible(error: Exception) -> Exception:
    """*error*, or what stands for one that cannot even tell its text."""
    try:
        f"{error}{error!r}"
    except Exception:  # noqa: BLE001  whatever its own methods raise
        return ConnectorFaultError(f"{type(error).__name__}, whose text cannot be read.")
    return error


class QueueFullError(Retry):
    """As many changes wait for the connector as may: try again later."""

    @classmethod
    def of(cls, waiting: int) -> Self:
        """The error that says how many wait."""
        return cls(f"{waiting} changes wait for the connector already: try again later.")


class SessionClosedError(Retry):
    """The session takes no more work, because it was closed."""


class CommitFailedError(ECMA2Error):
    """The target has the change, but the host could not record it; the next import will."""
