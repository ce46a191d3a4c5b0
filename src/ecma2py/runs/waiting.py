"""Changes that wait for the next batch: in their order, and no object twice in one batch."""

from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from itertools import chain

from ecma2py.entries import ObjectModificationType
from ecma2py.runs.errors import QueueFullError, SessionClosedError
from ecma2py.runs.jobs import Job

_LOOK_AHEAD = 4
"""How many batches deep a batch looks for changes of objects it does not hold yet."""


class WaitingJobs:
    """A queue of *limit* jobs at most; whoever calls its methods holds the session's lock."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._jobs: deque[Job] = deque()

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, jobs: Sequence[Job]) -> None:
        """Take all of *jobs*; ``QueueFullError``, and none is taken, if there is no room."""
        if len(self._jobs) + len(jobs) > self.limit:
            raise QueueFullError.of(len(self._jobs))
        self._jobs.extend(jobs)

    def take(self, size: int, *, delete_add_as_replace: bool) -> list[Job]:
        """Up to *size* jobs in their order, no object twice.

        With *delete_add_as_replace*, an Add joins the Delete of its object that goes out with it.
        """
        taken: list[Job] = []
        keys: set[Hashable] = set()
        passed_over: list[Job] = []
        look_ahead = size * _LOOK_AHEAD
        while self._jobs and len(taken) < size and len(passed_over) < look_ahead:
            job = self._jobs.popleft()
            if keys.isdisjoint(job.keys):
                if job.waiter is None or job.waiter.begins():
                    taken.append(job)
                    keys |= job.keys
            elif not (delete_add_as_replace and _makes_replace(job, chain(taken, passed_over))):
                passed_over.append(job)
                keys |= job.keys
        self._jobs.extendleft(reversed(passed_over))
        return taken

    def refuse(self) -> None:
        """Take no job any more: those that waited fail with ``SessionClosedError``."""
        while self._jobs:
            waiter = self._jobs.popleft().waiter
            if waiter is not None and waiter.begins():
                waiter.fail(SessionClosedError("The export session was closed before."))


def _makes_replace(job: Job, earlier: Iterable[Job]) -> bool:
    """True if *job* adds what one of *earlier* deletes, and both become one Replace."""
    if job.change.object_modification_type is not ObjectModificationType.ADD:
        return False
    others = [each for each in earlier if not each.keys.isdisjoint(job.keys)]
    first = others[0]
    if (
        len(others) > 1
        or first.change.object_modification_type is not ObjectModificationType.DELETE
        or first.change.object_type != job.change.object_type
        or first.replaced_by is not None
    ):
        return False
    if job.waiter is None or job.waiter.begins():
        first.replaced_by = job
        first.secret = job.secret
    return True
