"""A long-lived export: changes come from many threads and go out in batches."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from attrs import evolve

from ecma2py.entries import EXPORT_PASSWORD, CSEntryChange
from ecma2py.errors import ConfigurationError
from ecma2py.partitions import Partition
from ecma2py.runs.batches import Batch
from ecma2py.runs.calls import StopSignal
from ecma2py.runs.current import CurrentProvider
from ecma2py.runs.errors import CommitFailedError, SessionClosedError
from ecma2py.runs.export_connection import ExportConnection, open_export
from ecma2py.runs.files import FileFormat
from ecma2py.runs.gate import RunGate
from ecma2py.runs.jobs import FutureWaiter, Job, Submission, copied, without
from ecma2py.runs.outcomes import Exported, ExportOutcome, failed
from ecma2py.runs.passwords import PasswordSession
from ecma2py.runs.source import ConnectorSource, Description
from ecma2py.runs.waiting import WaitingJobs
from ecma2py.schema import Schema
from ecma2py.steps import CloseReason

logger = logging.getLogger("ecma2py.runs")

Commit = Callable[[Sequence[Exported]], None]

DEFAULT_MAX_WAITING = 10_000


class ExportSession:
    """Writes changes to the connector: those that wait go out together as the next batch.

    A change submitted while nothing is under way is sent at once. Changes of one object are
    written in the order they were submitted. The connector is opened for the first batch, stays
    open for the next ones, is closed after *idle_seconds* without work, and is opened anew after a
    failure.

    *commit* is called once a batch in the session's thread, before those who wait hear of it; if
    it raises, they get ``CommitFailedError``.
    """

    def __init__(
        self,
        source: ConnectorSource,
        *,
        types: Schema | None = None,
        commit: Commit | None = None,
        partition: Partition | None = None,
        batch_size: int | None = None,
        idle_seconds: float = 30.0,
        max_waiting: int = DEFAULT_MAX_WAITING,
        allow_not_secure: bool = False,
        file_format: FileFormat = FileFormat.LDIF,
    ) -> None:
        self._source = source
        self._types = types
        self._commit = commit
        self._partition = partition
        self._batch_size = batch_size
        self._idle_seconds = idle_seconds
        self._file_format = file_format
        self._passwords = PasswordSession(
            source,
            partition=partition,
            idle_seconds=idle_seconds,
            allow_not_secure=allow_not_secure,
        )
        self._ready = threading.Condition(threading.Lock())
        self._waiting = WaitingJobs(max_waiting)
        self._connection: ExportConnection | None = None
        self._gate: RunGate | None = None
        self._stop = StopSignal()
        self._closing: CloseReason | None = None
        self._is_wanted = False
        self._description: Description | None = None
        self._thread: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """How many changes wait for the next batch."""
        return len(self._waiting)

    @property
    def is_open(self) -> bool:
        """True while the connector is open."""
        return self._connection is not None

    def submit(
        self,
        change: CSEntryChange,
        *,
        current: CurrentProvider = None,
        context: object = None,
    ) -> "Future[ExportOutcome]":
        """A future of what becomes of *change*; it resolves when the target has it, or has not.

        *current* and *context* are those of a ``Submission``. A future that is cancelled before
        its batch is sent is left out. Raises what ``submit_all`` raises.
        """
        waiter = FutureWaiter()
        self.submit_all([Submission(change, waiter, current=current, context=context)])
        return waiter.future

    def submit_all(self, submissions: Sequence[Submission]) -> None:
        """Take changes that came together; each waiter hears what becomes of its own.

        Raises ``QueueFullError`` if there is no room for all of them, ``SessionClosedError`` after
        ``close``; then none is taken.
        """
        jobs = [Job.of(each) for each in submissions]
        with self._ready:
            if self._closing is not None:
                raise SessionClosedError("The export session is closed.")
            self._waiting.put(jobs)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._serve, name=f"export {self._source.name}", daemon=True
                )
                self._thread.start()
            self._ready.notify()

    def close(
        self,
        reason: CloseReason = CloseReason.NORMAL,
        *,
        drain: bool = True,
        timeout: float | None = None,
    ) -> None:
        """Take no more changes, finish those that wait (unless not *drain*), close the connector.

        Changes that are not sent fail with ``SessionClosedError``. Waits *timeout* seconds at most.
        """
        with self._ready:
            if self._closing is None:
                self._closing = reason
            if not drain:
                self._stop.stop(reason)
                self._waiting.refuse()
            thread = self._thread
            self._ready.notify()
        if thread is not None:
            thread.join(timeout)
        self._passwords.close()

    # Everything below runs in the session's own thread, but for _wanted.

    def _serve(self) -> None:
        while self._has_work():
            if self._waiting:
                self._work()
            if not self._waiting or self._is_wanted:
                self._rest()
        self._disconnect(self._closing or CloseReason.NORMAL)

    def _has_work(self) -> bool:
        """Wait for changes; False when the session is closed and nothing waits any more."""
        with self._ready:
            return bool(self._waiting) or self._closing is None

    def _rest(self) -> None:
        """Wait for changes with the connector open; close it when it was idle, or is wanted."""
        with self._ready:
            while not self._waiting and self._closing is None:
                if self._is_wanted:
                    break
                is_open = self._connection is not None
                if not self._ready.wait(self._idle_seconds if is_open else None):
                    break
            else:
                if not self._is_wanted:
                    return
        self._disconnect(CloseReason.NORMAL)

    def _work(self) -> None:
        """Send one batch."""
        try:
            connection = self._connect()
        except Exception as error:  # noqa: BLE001  whatever it is, the changes were not sent
            self._leave()
            problem = self._source.redactor.clean_error(error)
            jobs = self._taken(self._waiting.limit)
            for job in jobs:
                job.outcome = failed(problem)
        else:
            self._send(connection)
            return
        self._finish(jobs)  # outside the except block: no log shows the error before it was cleaned

    def _taken(self, size: int) -> list[Job]:
        known = self._description
        merges = known is not None and known.capabilities.delete_add_as_replace
        with self._ready:
            return self._waiting.take(size, delete_add_as_replace=merges)

    def _send(self, connection: ExportConnection) -> None:
        jobs = self._taken(connection.batch_size)
        if not jobs:
            return
        try:
            self._export(connection, jobs)
        except Exception as error:  # noqa: BLE001  nobody may wait for ever
            self._give_up(jobs, self._source.redactor.clean_error(error))

    def _export(self, connection: ExportConnection, jobs: list[Job]) -> None:
        description = self._description
        assert description is not None
        batch = Batch(
            types=self._types or description.schema,
            capabilities=description.capabilities,
            can_set_password=description.can_set_password,
            redactor=self._source.redactor,
            put=connection.put,
        )
        batch.run(jobs)
        if batch.broken is not None:
            logger.warning("The export session of %s ends: %s", self._source.name, batch.broken)
            self._disconnect(CloseReason.UNKNOWN)
        with_password = [job for job in jobs if job.sets_password]
        if with_password:
            self._set_passwords(with_password)
        self._finish([*reversed(batch.parents), *jobs])

    def _set_passwords(self, jobs: list[Job]) -> None:
        if self._gate is not None:
            self._disconnect(CloseReason.NORMAL)
        for job in jobs:
            if job.outcome is None or not job.outcome.is_success or job.secret is None:
                continue
            entry = without(job.change, {EXPORT_PASSWORD})
            entry = copied(entry, anchor=dict(job.anchor), dn=job.outcome.new_dn or entry.dn)
            try:
                self._passwords.set_password(entry, job.secret)
            except Exception as error:  # noqa: BLE001  it is this entry's result
                job.outcome = evolve(
                    failed(error),
                    error_detail=f"The object is written, but its password is not set: {error}",
                    anchor=job.outcome.anchor,
                    new_anchor=job.outcome.new_anchor,
                    new_dn=job.outcome.new_dn,
                    passes=job.outcome.passes,
                )

    def _finish(self, jobs: list[Job]) -> None:
        """Commit, then tell those who wait."""
        ended = _with_replacing(jobs)
        for job in jobs:
            if job.replaced_by is not None:
                job.replaced_by.outcome = job.outcome
                job.replaced_by.done = [job.replaced_by.change] if job.done else []
        problems = self._recorded(ended)
        for job, problem in zip(ended, problems, strict=True):
            waiter, job.waiter = job.waiter, None
            if waiter is None:
                continue
            if problem is None:
                waiter.resolve(_outcome(job))
                continue
            failure = CommitFailedError(
                "The connected system has the change, but it could not be recorded here "
                f"({problem}): the next import will bring it."
                if _outcome(job).is_success
                else f"The change failed, and that could not be recorded ({problem})."
            )
            failure.__cause__ = problem
            waiter.fail(failure)

    def _give_up(self, jobs: list[Job], error: Exception) -> None:
        """Tell those who still wait that something went wrong here; the next batch opens anew."""
        logger.error("A batch of %s was given up: %s", self._source.name, error)
        self._disconnect(CloseReason.UNKNOWN)
        for job in _with_replacing(jobs):
            waiter, job.waiter = job.waiter, None
            if waiter is not None:
                waiter.fail(
                    CommitFailedError(
                        f"What became of the change is not known ({error}): the next import will "
                        "tell."
                    )
                )

    def _recorded(self, jobs: list[Job]) -> list[Exception | None]:
        """Why each job could not be committed: together, or, if that fails, each by itself."""
        if self._commit is None:
            return [None] * len(jobs)
        try:
            self._commit([_exported(job) for job in jobs])
        except Exception as error:
            if len(jobs) > 1:
                return [problem for job in jobs for problem in self._recorded([job])]
            logger.exception("A change is written, but could not be recorded.")
            return [error]
        return [None] * len(jobs)

    def _connect(self) -> ExportConnection:
        if self._connection is not None:
            return self._connection
        self._description = self._source.describe(cancel=self._stop)
        if not self._description.can_export:
            raise ConfigurationError(f"Connector {self._source.name} cannot export.")
        gate = self._source.gate
        if gate is not None:
            gate.acquire(wanted=self._wanted, cancel=self._stop)
            self._gate = gate
        self._connection = open_export(
            self._source,
            self._types or self._description.schema,
            partition=self._partition,
            batch_size=self._batch_size,
            file_format=self._file_format,
        )
        return self._connection

    def _disconnect(self, reason: CloseReason) -> None:
        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                connection.close(reason)
        except Exception as error:  # noqa: BLE001  the results are in; the next batch opens anew
            logger.warning("Closing the export of %s failed: %s", self._source.name, error)
        finally:
            self._leave()

    def _leave(self) -> None:
        self._is_wanted = False
        gate, self._gate = self._gate, None
        if gate is not None:
            gate.release()

    def _wanted(self) -> None:
        with self._ready:
            self._is_wanted = True
            self._ready.notify()


def _with_replacing(jobs: list[Job]) -> list[Job]:
    return [each for job in jobs for each in (job, job.replaced_by) if each is not None]


def _outcome(job: Job) -> ExportOutcome:
    assert job.outcome is not None
    return job.outcome


def _exported(job: Job) -> Exported:
    return Exported(
        change=job.change, outcome=_outcome(job), applied=job.applied, context=job.context
    )
