"""An import run: page after page is checked and staged in a sink, then all is committed."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from attrs import define, field

from ecma2py.connector import IMAExtensible2CallImport
from ecma2py.entries import CSEntryChange
from ecma2py.errors import ConfigurationError, ECMA2Error, MAImportError
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.runs import import_results as words
from ecma2py.runs.errors import CallCancelledError
from ecma2py.runs.failures import EntryFailure, duplicate_object, need_full_object
from ecma2py.runs.files import FileFormat
from ecma2py.runs.import_connection import ImportConnection
from ecma2py.runs.import_results import ImportCounts, ImportProgress, ImportResult
from ecma2py.runs.sinks import CommitReport, ImportSink, key_of
from ecma2py.runs.source import ConnectorSource, Description
from ecma2py.runs.stopping import Stopped, StoppedByEntries, cancelled_by
from ecma2py.runs.validation import Checked, EntryChecker
from ecma2py.schema import Schema
from ecma2py.steps import GUARD_SHARE, OperationType

logger = logging.getLogger("ecma2py.runs")

ERROR_LIMIT = 5_000
"""A run with more failed entries than this stops."""
MAX_UNKNOWN = 10_000
"""How many objects one run asks for whole."""
BURST = 200
"""How many entries are worked on before ``pause`` is called."""

Progress = Callable[[ImportProgress], None]


def run_import(
    source: ConnectorSource,
    sink: ImportSink,
    *,
    operation: OperationType = OperationType.FULL,
    types: Schema | None = None,
    watermark: str | None = None,
    partition: Partition | None = None,
    included: Sequence[HierarchyNode] = (),
    excluded: Sequence[HierarchyNode] = (),
    page_size: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    file_format: FileFormat = FileFormat.LDIF,
    guard_share: float = GUARD_SHARE,
    pause: Callable[[float], None] = lambda _: None,
) -> ImportResult:
    """Import everything, or what changed since *watermark*, into *sink*; never halfway.

    Whatever the connector does, an ``ImportResult`` says how it ended, and the connector is closed
    once. A run that stopped abandons what it staged. One whose entries failed commits the others,
    but neither the watermark nor the absence of what it did not see.

    *types* are the selected types and attributes, all if not given; *cancel* stops the run between
    two pages (see ``StopSignal``); *progress* is called after every page, *pause* every few hundred
    entries with the seconds they took, to make way for others. A full import that would
    delete more than *guard_share* of the objects is held by the sink. Raises
    ``ConfigurationError`` for a run the connector does not offer, and what *sink* and *progress*
    raise.
    """
    if operation is OperationType.FULL_OBJECT:
        raise ConfigurationError(
            "A FULL_OBJECT import is started by a delta import, not by itself."
        )
    run = _Run(
        source=source,
        sink=sink,
        operation=operation,
        types=types,
        watermark=watermark,
        partition=partition,
        progress=progress,
        cancel=cancel,
        guard_share=guard_share,
        pause=pause,
        connection=ImportConnection(
            source=source,
            sink=sink,
            types=types,
            partition=partition,
            included=list(included),
            excluded=list(excluded),
            page_size=page_size,
            cancel=cancel,
            file_format=file_format,
            custom_data=watermark,
        ),
    )
    return run.run()


@define(kw_only=True)
class _Run:
    source: ConnectorSource
    sink: ImportSink
    operation: OperationType
    types: Schema | None
    watermark: str | None
    partition: Partition | None
    progress: Progress | None
    cancel: threading.Event | None
    guard_share: float
    pause: Callable[[float], None]
    connection: ImportConnection
    pages: int = 0
    counts: ImportCounts = field(factory=ImportCounts)
    failures: list[EntryFailure] = field(factory=list)
    unknown: list[CSEntryChange] = field(factory=list)
    started: float = field(factory=time.monotonic)

    def run(self) -> ImportResult:
        try:
            description = self.connection.describe()
            self._check_offered(description)
            checker = self._checker(description)
            with self.source.admit(cancel=self.cancel):
                self._read(description, checker)
                if self.unknown:
                    self._fetch_unknown(description, checker)
        except Stopped as stopped:
            self.sink.abandon()
            return self._stopped(stopped)
        except CallCancelledError as error:
            self.sink.abandon()
            return self._stopped(cancelled_by(self.cancel, error))
        except BaseException:
            self.sink.abandon()
            raise
        try:
            return self._committed()
        except BaseException:
            self.sink.abandon()
            raise

    def _check_offered(self, description: Description) -> None:
        if not description.can_import:
            raise ConfigurationError(f"Connector {self.source.name} cannot import.")
        if self.operation is OperationType.DELTA and not description.capabilities.delta_import:
            raise ConfigurationError(
                f"Connector {self.source.name} has no delta import: run a full one."
            )

    def _checker(self, description: Description) -> EntryChecker:
        return EntryChecker(
            self.types or description.schema,
            whole=description.schema,
            style=description.capabilities.distinguished_name_style,
            partition=self.partition,
            is_full=self.operation is OperationType.FULL,
            is_dn_as_anchor=description.capabilities.is_dn_as_anchor,
            clean=self.source.redactor.clean,
        )

    def _read(self, description: Description, checker: EntryChecker) -> None:
        connection = self.connection
        if IMAExtensible2CallImport in description.interfaces:
            opened = connection.opened(self.operation)
        else:
            opened = connection.file(self.operation, description.schema)
        with opened as pages:
            for page in pages:
                self._take(page, checker)
                del page  # before the next one is made: one page is alive at a time

    def _fetch_unknown(self, description: Description, checker: EntryChecker) -> None:
        """Ask for the objects whole of which only a change came."""
        wanted, self.unknown = self.unknown, []
        missing = {key_of(entry): entry for entry in wanted}
        if IMAExtensible2CallImport in description.interfaces:
            try:
                with self.connection.opened(OperationType.FULL_OBJECT, wanted) as pages:
                    for page in pages:
                        for entry in page:
                            with suppress(TypeError, AttributeError):  # told when it is checked
                                missing.pop(key_of(entry), None)
                        self.counts.fetched += len(page)
                        self._take(page, checker)
            except StoppedByEntries:
                raise
            except Stopped as stopped:
                if not stopped.is_refusal:
                    raise
                logger.warning(
                    "%s does not give single objects: %s", self.source.name, stopped.error
                )
        for entry in (*missing.values(), *self.unknown):
            self._fail(need_full_object(entry))

    # Handing on to the sink

    def _take(self, entries: Sequence[CSEntryChange], checker: EntryChecker) -> None:
        self.counts.read += len(entries)
        for start in range(0, len(entries), BURST):
            began = time.monotonic()
            checked = Checked()
            checker.check(entries[start : start + BURST], checked)
            self.counts.dropped += checked.dropped
            if checked.valid:
                self._stage(checked.valid)
            for failure in checked.failures:
                self._fail(failure)
            self.pause(time.monotonic() - began)
        self.pages += 1
        if self.progress is not None:
            self.progress(
                ImportProgress(
                    objects=self.counts.read,
                    failed=self.counts.failed,
                    pages=self.pages,
                    seconds=time.monotonic() - self.started,
                )
            )

    def _stage(self, entries: list[CSEntryChange]) -> None:
        report = self.sink.stage(entries)
        left = len(report.unknown) + len(report.duplicates) + len(report.refused)
        self.counts.staged += len(entries) - left
        for refusal in report.refused:
            self._fail(
                EntryFailure.of(
                    refusal.entry,
                    MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
                    refusal.reason,
                )
            )
        for entry in report.duplicates:
            self._fail(duplicate_object(entry))
        for entry in report.unknown:
            if len(self.unknown) < MAX_UNKNOWN:
                self.unknown.append(entry)
            else:
                self._fail(need_full_object(entry))

    def _fail(self, failure: EntryFailure) -> None:
        self.failures.append(failure)
        self.counts.failed += 1
        if failure.code in _STOPPING:
            error = ECMA2Error(failure.detail or failure.name, object_type=failure.object_type)
            raise StoppedByEntries(_STOPPING[failure.code], error)
        if len(self.failures) >= ERROR_LIMIT:
            error = ECMA2Error(f"{ERROR_LIMIT} entries failed: the run was given up.")
            raise StoppedByEntries(words.ERROR_LIMIT_REACHED, error)

    # How it ends

    def _stopped(self, stopped: Stopped) -> ImportResult:
        error = stopped.error
        return self._result(
            stopped.result,
            watermark=self.watermark,
            error_name=getattr(error, "ecma_name", type(error).__name__),
            error_detail=str(error) or type(error).__name__,
        )

    def _committed(self) -> ImportResult:
        complete = not self.failures
        report = self.sink.commit(
            self.connection.custom_data if complete else None,
            complete=complete,
            guard_share=self.guard_share,
        )
        if not complete:
            result = words.DISCOVERY_ERRORS
        elif report.held:
            result = words.DELETIONS_HELD
        elif not self.counts.read and self.operation is OperationType.FULL:
            result = words.NO_OBJECTS
        else:
            result = words.SUCCESS
        moved = complete and not report.held
        return self._result(
            result,
            watermark=self.connection.custom_data if moved else self.watermark,
            commit=report,
        )

    def _result(
        self,
        result: str,
        *,
        watermark: str | None,
        error_name: str = "",
        error_detail: str = "",
        commit: CommitReport | None = None,
    ) -> ImportResult:
        return ImportResult(
            result=result,
            operation=self.operation,
            counts=self.counts,
            errors=tuple(self.failures),
            error_name=error_name,
            error_detail=error_detail,
            watermark=watermark,
            pages=self.pages,
            seconds=time.monotonic() - self.started,
            commit=commit,
        )


_STOPPING = {
    MAImportError.IMPORT_ERROR_READ_ERROR: words.READ_ERROR,
    MAImportError.IMPORT_ERROR_CUSTOM_STOP_RUN: words.CUSTOM_STOP,
}
"""The entry errors that end the run."""
