"""What an import run tells while it goes on, and when it has ended."""

from attrs import define, field, frozen

from ecma2py.runs.failures import EntryFailure
from ecma2py.runs.sinks import CommitReport
from ecma2py.steps import CloseReason, OperationType

SUCCESS = "success"
NO_OBJECTS = "completed-no-objects"
DISCOVERY_ERRORS = "completed-discovery-errors"
ERROR_LIMIT_REACHED = "stopped-error-limit"
DELETIONS_HELD = "stopped-deletion-threshold-exceeded"
READ_ERROR = "stopped-import-read"
CUSTOM_STOP = "stopped-extensible-extension-error"
STOPPED_BY = {
    CloseReason.TERMINATED_BY_USER: "stopped-user-termination-from-wmi-or-ui",
    CloseReason.TERMINATED_SHUTTING_DOWN: "stopped-service-shutdown",
}
"""What a run is called that was asked to stop."""


@define(kw_only=True)
class ImportCounts:
    """How many entries took which way."""

    read: int = 0
    """Entries the connector gave."""
    staged: int = 0
    """Entries the sink took."""
    failed: int = 0
    dropped: int = 0
    """Entries of object types that were not selected."""
    fetched: int = 0
    """Objects asked for whole, because a change of them came that the sink did not know."""


@frozen(kw_only=True)
class ImportProgress:
    """Where a run is after a page."""

    objects: int
    failed: int
    pages: int
    seconds: float

    @property
    def rate(self) -> float:
        """Objects a second so far."""
        return self.objects / self.seconds if self.seconds else 0.0


@frozen(kw_only=True)
class ImportResult:
    """How an import run ended; ``result`` is MIM's word for it."""

    result: str
    operation: OperationType
    counts: ImportCounts
    errors: tuple[EntryFailure, ...] = ()
    """The entries that failed, 5,000 at most."""
    error_name: str = ""
    error_detail: str = ""
    """Why the run stopped; empty if it went through."""
    watermark: str | None = None
    """What the next delta import starts from: the new one after a good run, else the old one."""
    pages: int = 0
    seconds: float = 0.0
    commit: CommitReport | None = field(default=None)
    """What the sink made of it; None if nothing was committed."""

    @property
    def is_success(self) -> bool:
        """True if everything was taken and the watermark moved on."""
        return self.result in (SUCCESS, NO_OBJECTS)

    @property
    def is_held(self) -> bool:
        """True if the sink waits for somebody to approve the deletes."""
        return self.commit is not None and self.commit.held
