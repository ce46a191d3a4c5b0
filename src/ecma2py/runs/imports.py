"""An import run: open, page after page into a sink, close, commit."""

import logging
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TypeVar

from attrs import define, field

from ecma2py.connector import IMAExtensible2CallImport
from ecma2py.entries import CSEntryChange
from ecma2py.errors import (
    ConfigurationError,
    ECMA2Error,
    MAImportError,
    Retry,
    ServerDownError,
    UnexpectedDataError,
)
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.runs import import_results as words
from ecma2py.runs.calls import StopSignal
from ecma2py.runs.checks import bounded, expect, expect_or_none, expect_sequence
from ecma2py.runs.errors import CallCancelledError, CallTimeoutError, ConnectorDiedError
from ecma2py.runs.files import FileFormat, read_entries
from ecma2py.runs.import_results import ImportCounts, ImportProgress, ImportResult
from ecma2py.runs.instance import ConnectorInstance
from ecma2py.runs.moments import Moments
from ecma2py.runs.sinks import CommitReport, ImportSink, key_of
from ecma2py.runs.source import ConnectorSource, Description
from ecma2py.runs.validation import Checked, EntryChecker, EntryFailure
from ecma2py.schema import Schema
from ecma2py.steps import (
    GUARD_SHARE,
    CloseImportConnectionResults,
    CloseImportConnectionRunStep,
    CloseReason,
    GetImportEntriesResults,
    GetImportEntriesRunStep,
    ImportResults,
    OpenImportConnectionResults,
    OpenImportConnectionRunStep,
    OperationType,
    WriteImportFileResults,
    WriteImportFileRunStep,
)

logger = logging.getLogger("ecma2py.runs")

T = TypeVar("T")

MAX_PAGE = 10_000
"""No page is larger, whatever the connector allows."""
ERROR_LIMIT = 5_000
"""A run with more failed entries than this stops."""
MAX_UNKNOWN = 10_000
"""How many objects one run asks for whole."""
MAX_EMPTY_PAGES = 100
"""How many empty pages with the same custom data may follow each other."""
MAX_EMPTY_PAGES_MOVING = 10_000
"""How many may follow each other if the custom data changes."""
BURST = 200
"""How many entries are worked on before ``pause`` is called."""

Progress = Callable[[ImportProgress], None]


class _Stopped(Exception):
    """The run ends here."""

    def __init__(
        self, result: str, error: Exception, reason: CloseReason = CloseReason.UNKNOWN
    ) -> None:
        super().__init__(str(error))
        self.result = result
        self.error = error
        self.reason = reason


class _StoppedByEntries(_Stopped):
    """The connector goes on, but an entry of it, or their number, ends the run."""


_NO_REFUSALS = (Retry, ServerDownError, CallTimeoutError, CallCancelledError, ConnectorDiedError)
"""What says of a connector that it cannot work now, not that it does not do something."""


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
        included=list(included),
        excluded=list(excluded),
        page_size=page_size,
        progress=progress,
        cancel=cancel,
        file_format=file_format,
        guard_share=guard_share,
        pause=pause,
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
    included: list[HierarchyNode]
    excluded: list[HierarchyNode]
    page_size: int | None
    progress: Progress | None
    cancel: threading.Event | None
    file_format: FileFormat
    guard_share: float
    pause: Callable[[float], None]
    custom_data: str | None = None
    pages: int = 0
    counts: ImportCounts = field(factory=ImportCounts)
    failures: list[EntryFailure] = field(factory=list)
    unknown: list[CSEntryChange] = field(factory=list)
    moments: Moments = field(factory=Moments)
    """When the calls of the open connection were made."""
    started: float = field(factory=time.monotonic)

    def run(self) -> ImportResult:
        self.custom_data = self.watermark
        try:
            description = self._ask(lambda: self.source.describe(cancel=self.cancel))
            self._check_offered(description)
            checker = self._checker(description)
            with self.source.admit(cancel=self.cancel):
                self._read(description, checker)
                if self.unknown:
                    self._fetch_unknown(description, checker)
        except _Stopped as stopped:
            self.sink.abandon()
            return self._stopped(stopped)
        except CallCancelledError as error:
            self.sink.abandon()
            return self._stopped(self._cancelled(error))
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
        if IMAExtensible2CallImport not in description.interfaces:
            self._read_file(description, checker)
            return
        with self._opened(self.operation) as instance:
            for page in self._pages(instance):
                self._take(page, checker)
                del page  # before the next one is made: one page is alive at a time

    # Asking the connector

    def _ask(self, work: Callable[[], T]) -> T:
        """What *work* gives; whatever the connector raises stops the run."""
        try:
            return work()
        except CallCancelledError as error:
            raise self._cancelled(error) from error
        except Exception as error:
            raise _stopped_by(error) from error

    @contextmanager
    def _opened(self, kind: OperationType) -> Iterator[ConnectorInstance]:
        """An instance that is open inside the block, and closed once with the right reason."""
        instance = self._ask(lambda: self.source.start(cancel=self.cancel))
        reason = CloseReason.OPEN_CONNECTION_FAILURE
        try:
            self._open(instance, kind)
            reason = CloseReason.UNKNOWN
            yield instance
        except BaseException as error:
            if isinstance(error, _Stopped) and error.reason is not CloseReason.UNKNOWN:
                reason = error.reason
            self._close_failed(instance, reason)
            raise
        else:
            closed = self._ask(lambda: self._close(instance, CloseReason.NORMAL))
            if kind is not OperationType.FULL_OBJECT:
                self._chain(closed)
        finally:
            instance.end()

    def _open(self, instance: ConnectorInstance, kind: OperationType) -> None:
        default = self._ask(lambda: instance.read("import_default_page_size"))
        largest = self._ask(lambda: instance.read("import_max_page_size"))
        self.page_size = bounded(self.page_size, default, largest, MAX_PAGE)
        step = OpenImportConnectionRunStep(
            import_type=kind,
            page_size=self.page_size,
            custom_data=self.custom_data,
            step_partition=self.partition,
            inclusion_hierarchy_nodes=self.included,
            exclusion_hierarchy_nodes=self.excluded,
        )
        types = self.types or self.source.describe().schema
        self.moments = Moments()
        self.moments.add(self.sink.begin_page())
        answer = self._ask(
            lambda: expect_or_none(
                instance.call("open_import_connection", self.source.parameters, types, step),
                OpenImportConnectionResults,
                "open_import_connection",
            )
        )
        if kind is not OperationType.FULL_OBJECT:
            self._chain(self._ask(lambda: _custom_data(answer, "open_import_connection")))

    def _close(self, instance: ConnectorInstance, reason: CloseReason) -> str | None:
        step = CloseImportConnectionRunStep(reason=reason, custom_data=self.custom_data)
        answer = expect_or_none(
            instance.close("close_import_connection", step),
            CloseImportConnectionResults,
            "close_import_connection",
        )
        return _custom_data(answer, "close_import_connection")

    def _close_failed(self, instance: ConnectorInstance, reason: CloseReason) -> None:
        try:
            self._close(instance, reason)
        except Exception as error:  # noqa: BLE001  the error that ended the run is the one to tell
            logger.warning("Closing the import of %s failed: %s", self.source.name, error)

    def _chain(self, custom_data: str | None) -> None:
        """The last value that is not null wins: of Open, of the pages in their order, of Close."""
        if custom_data is not None:
            self.custom_data = custom_data

    def _pages(
        self, instance: ConnectorInstance, wanted: Sequence[CSEntryChange] = ()
    ) -> Iterator[Sequence[CSEntryChange]]:
        """Page after page until the connector has no more, or goes on without getting anywhere."""
        empty = empty_moving = 0
        custom_data = self.custom_data
        more = True
        while more:
            self._check_cancelled()
            asked = self.sink.begin_page()
            self.moments.add(asked)
            step = GetImportEntriesRunStep(
                custom_data=custom_data, full_object_entries=list(wanted)
            )
            entries, more, given, read = self._ask(lambda s=step: self._page(instance, s))  # type: ignore[misc]
            if read != asked:
                self.sink.begin_page(read)
            moves = given is not None and given != custom_data
            if given is not None:
                custom_data = given
                if not wanted:
                    self._chain(given)
            empty = 0 if entries or moves else empty + 1
            empty_moving = 0 if entries else empty_moving + 1
            if empty > MAX_EMPTY_PAGES or empty_moving > MAX_EMPTY_PAGES_MOVING:
                raise _stopped_by(
                    UnexpectedDataError(
                        f"get_import_entries gave {empty_moving} empty pages in a row, and says "
                        "that there is more: it must set more_to_import to False at the end."
                    )
                )
            yield entries
            del entries

    def _page(
        self, instance: ConnectorInstance, step: GetImportEntriesRunStep
    ) -> tuple[Sequence[CSEntryChange], bool, str | None, int]:
        """Its entries, whether there is more, the custom data, and the moment it was read."""
        answer = expect(
            instance.call("get_import_entries", step),
            GetImportEntriesResults,
            "get_import_entries",
        )
        entries = expect_sequence(answer.cs_entries, "get_import_entries")
        call = expect_or_none(answer.read_in_call, int, "read_in_call of get_import_entries")
        given = _custom_data(answer, "get_import_entries")
        return entries, bool(answer.more_to_import), given, self.moments.of(call)

    def _read_file(self, description: Description, checker: EntryChecker) -> None:
        types = self.types or description.schema
        with (
            tempfile.TemporaryDirectory(prefix="ecma2py-import-") as folder,
            self.source.instance(cancel=self.cancel) as instance,
        ):
            path = Path(folder, f"import{self.file_format.suffix}")
            step = WriteImportFileRunStep(
                file_path=path,
                import_type=self.operation,
                custom_data=self.custom_data,
                step_partition=self.partition,
            )
            self.sink.begin_page()
            answer = self._ask(
                lambda: expect_or_none(
                    instance.call("write_import_file", self.source.parameters, types, step),
                    WriteImportFileResults,
                    "write_import_file",
                )
            )
            self._chain(self._ask(lambda: _custom_data(answer, "write_import_file")))
            records = read_entries(path, description.schema, self.file_format)
            while page := self._ask(lambda: list(islice(records, BURST))):
                self._check_cancelled()
                self._take(page, checker)

    def _fetch_unknown(self, description: Description, checker: EntryChecker) -> None:
        """Ask for the objects whole of which only a change came."""
        wanted, self.unknown = self.unknown, []
        missing = {key_of(entry): entry for entry in wanted}
        if IMAExtensible2CallImport in description.interfaces:
            try:
                with self._opened(OperationType.FULL_OBJECT) as instance:
                    for page in self._pages(instance, wanted):
                        for entry in page:
                            with suppress(TypeError, AttributeError):  # told when it is checked
                                missing.pop(key_of(entry), None)
                        self.counts.fetched += len(page)
                        self._take(page, checker)
            except _StoppedByEntries:
                raise
            except _Stopped as stopped:
                refused = not isinstance(stopped.error, _NO_REFUSALS)
                if not refused or stopped.reason is not CloseReason.UNKNOWN:
                    raise
                logger.warning(
                    "%s does not give single objects: %s", self.source.name, stopped.error
                )
        for entry in (*missing.values(), *self.unknown):
            self._fail(_need_full_object(entry))

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
            self._fail(
                EntryFailure.of(
                    entry,
                    MAImportError.IMPORT_ERROR_CUSTOM_CONTINUE_RUN,
                    "The object came before in this import: a full import gives each object once.",
                    name="duplicate-object",
                )
            )
        for entry in report.unknown:
            if len(self.unknown) < MAX_UNKNOWN:
                self.unknown.append(entry)
            else:
                self._fail(_need_full_object(entry))

    def _fail(self, failure: EntryFailure) -> None:
        self.failures.append(failure)
        self.counts.failed += 1
        if failure.code in _STOPPING:
            error = ECMA2Error(failure.detail or failure.name, object_type=failure.object_type)
            raise _StoppedByEntries(_STOPPING[failure.code], error)
        if len(self.failures) >= ERROR_LIMIT:
            error = ECMA2Error(f"{ERROR_LIMIT} entries failed: the run was given up.")
            raise _StoppedByEntries(words.ERROR_LIMIT_REACHED, error)

    # How it ends

    def _check_cancelled(self) -> None:
        if self.cancel is not None and self.cancel.is_set():
            raise self._cancelled(CallCancelledError("The run was stopped."))

    def _cancelled(self, error: CallCancelledError) -> _Stopped:
        reason = CloseReason.TERMINATED_BY_USER
        if self.cancel is not None:
            reason = StopSignal.reason_of(self.cancel)
        by_user = words.STOPPED_BY[CloseReason.TERMINATED_BY_USER]
        return _Stopped(words.STOPPED_BY.get(reason, by_user), error, reason)

    def _stopped(self, stopped: _Stopped) -> ImportResult:
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
            self.custom_data if complete else None,
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
            result, watermark=self.custom_data if moved else self.watermark, commit=report
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


def _stopped_by(error: Exception) -> _Stopped:
    result = error.run_result if isinstance(error, ECMA2Error) else ECMA2Error.run_result
    return _Stopped(result, error)


def _custom_data(answer: ImportResults | None, method: str) -> str | None:
    """The watermark in an answer; None if there is none."""
    if answer is None:
        return None
    return expect_or_none(answer.custom_data, str, f"custom_data of {method}")


def _need_full_object(entry: CSEntryChange) -> EntryFailure:
    return EntryFailure.of(
        entry,
        MAImportError.IMPORT_ERROR_CUSTOM_CONTINUE_RUN,
        "A change came of an object that is not known here, and the connector did not give the "
        "whole object: run a full import.",
        name="need-full-object",
    )
