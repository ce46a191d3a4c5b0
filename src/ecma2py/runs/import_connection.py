"""An open import: page after page comes out, and it is closed once whatever happens."""

import logging
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from attrs import define, field

from ecma2py.entries import CSEntryChange
from ecma2py.errors import UnexpectedDataError
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.runs.checks import bounded, expect, expect_or_none, expect_sequence
from ecma2py.runs.errors import CallCancelledError
from ecma2py.runs.files import FileFormat, read_entries
from ecma2py.runs.instance import ConnectorInstance
from ecma2py.runs.moments import Moments
from ecma2py.runs.sinks import ImportSink
from ecma2py.runs.source import ConnectorSource, Description
from ecma2py.runs.stopping import Stopped, cancelled_by, stopped_by
from ecma2py.schema import Schema
from ecma2py.steps import (
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
Pages = Iterator[Sequence[CSEntryChange]]

MAX_PAGE = 10_000
"""No page is larger, whatever the connector allows."""
FILE_PAGE = 200
"""How many entries of a file make a page."""
MAX_EMPTY_PAGES = 100
"""How many empty pages with the same custom data may follow each other."""
MAX_EMPTY_PAGES_MOVING = 10_000
"""How many may follow each other if the custom data changes."""
_ENDLESS = (
    "get_import_entries gave {} empty pages in a row, and says that there is more: it must set "
    "more_to_import to False at the end."
)


@define(kw_only=True)
class ImportConnection:
    """What one import run asks of the connector; whatever that raises comes out as ``Stopped``."""

    source: ConnectorSource
    sink: ImportSink
    """Hears when each page is begun."""
    types: Schema | None
    partition: Partition | None
    included: list[HierarchyNode]
    excluded: list[HierarchyNode]
    page_size: int | None
    cancel: threading.Event | None
    file_format: FileFormat
    custom_data: str | None
    """The watermark, as far as the connector has moved it on."""
    moments: Moments = field(factory=Moments)
    """When the calls of the open connection were made."""

    def describe(self) -> Description:
        """What the connector says of itself."""
        return self._ask(lambda: self.source.describe(cancel=self.cancel))

    @contextmanager
    def opened(self, kind: OperationType, wanted: Sequence[CSEntryChange] = ()) -> Iterator[Pages]:
        """The pages of a connector that is open inside the block.

        It is closed once with the right reason. *wanted* are the objects a FULL_OBJECT import is
        about.
        """
        instance = self._ask(lambda: self.source.start(cancel=self.cancel))
        reason = CloseReason.OPEN_CONNECTION_FAILURE
        try:
            self._open(instance, kind)
            reason = CloseReason.UNKNOWN
            yield self._pages(instance, wanted)
        except BaseException as error:
            if isinstance(error, Stopped) and error.reason is not CloseReason.UNKNOWN:
                reason = error.reason
            self._close_failed(instance, reason)
            raise
        else:
            closed = self._ask(lambda: self._close(instance, CloseReason.NORMAL))
            if kind is not OperationType.FULL_OBJECT:
                self._chain(closed)
        finally:
            instance.end()

    @contextmanager
    def file(self, kind: OperationType, schema: Schema) -> Iterator[Pages]:
        """The entries of a file that the connector writes by *schema*, inside the block."""
        types = self.types or schema
        with (
            tempfile.TemporaryDirectory(prefix="ecma2py-import-") as folder,
            self.source.instance(cancel=self.cancel) as instance,
        ):
            path = Path(folder, f"import{self.file_format.suffix}")
            step = WriteImportFileRunStep(
                file_path=path,
                import_type=kind,
                custom_data=self.custom_data,
                step_partition=self.partition,
            )
            self.sink.begin_page()
            answer = self._ask(
                lambda: expect_or_none(
                    instance.call("write_import_file", self.source.run_parameters, types, step),
                    WriteImportFileResults,
                    "write_import_file",
                )
            )
            self._chain(self._ask(lambda: _custom_data(answer, "write_import_file")))
            yield self._file_pages(read_entries(path, schema, self.file_format))

    def _ask(self, work: Callable[[], T]) -> T:
        """What *work* gives; whatever the connector raises stops the run."""
        try:
            return work()
        except CallCancelledError as error:
            raise cancelled_by(self.cancel, error) from error
        except Exception as error:
            raise stopped_by(error) from error

    def _check_cancelled(self) -> None:
        if self.cancel is not None and self.cancel.is_set():
            raise cancelled_by(self.cancel, CallCancelledError("The run was stopped."))

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
                instance.call("open_import_connection", self.source.run_parameters, types, step),
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

    def _pages(self, instance: ConnectorInstance, wanted: Sequence[CSEntryChange]) -> Pages:
        """Page after page until the connector has no more, or goes on without getting anywhere.

        A connector in a process of its own makes the next page while this one is taken.
        """
        empty = empty_moving = 0
        custom_data = self.custom_data
        step: GetImportEntriesRunStep | None = None
        more = True
        while more:
            self._check_cancelled()
            step = step or self._step(custom_data, wanted)
            answer, given, read = self._ask(partial(self._answer, instance, step))
            more = bool(answer.more_to_import)
            moves = given is not None and given != custom_data
            if given is not None:
                custom_data = given
                if not wanted:
                    self._chain(given)
            step = None
            if more and instance.is_elsewhere and not wanted:
                step = self._step(custom_data, wanted)
                self._ask(partial(instance.begin, "get_import_entries", step))
            entries = self._ask(partial(_entries, instance, answer))
            del answer
            empty = 0 if entries or moves else empty + 1
            empty_moving = 0 if entries else empty_moving + 1
            if empty > MAX_EMPTY_PAGES or empty_moving > MAX_EMPTY_PAGES_MOVING:
                raise stopped_by(UnexpectedDataError(_ENDLESS.format(empty_moving)))
            self.sink.begin_page(read)
            yield entries
            del entries

    def _step(
        self, custom_data: str | None, wanted: Sequence[CSEntryChange]
    ) -> GetImportEntriesRunStep:
        """What the next page is asked for with, now."""
        self.moments.add(self.sink.begin_page())
        return GetImportEntriesRunStep(custom_data=custom_data, full_object_entries=list(wanted))

    def _answer(
        self, instance: ConnectorInstance, step: GetImportEntriesRunStep
    ) -> tuple[GetImportEntriesResults, str | None, int]:
        """A page whose entries are still to be read, its custom data, and the moment it is of."""
        answer = expect(
            instance.call_unread("get_import_entries", step),
            GetImportEntriesResults,
            "get_import_entries",
        )
        call = expect_or_none(answer.read_in_call, int, "read_in_call of get_import_entries")
        return answer, _custom_data(answer, "get_import_entries"), self.moments.of(call)

    def _file_pages(self, records: Iterator[CSEntryChange]) -> Pages:
        while page := self._ask(lambda: list(islice(records, FILE_PAGE))):
            self._check_cancelled()
            yield page


def _entries(
    instance: ConnectorInstance, answer: GetImportEntriesResults
) -> Sequence[CSEntryChange]:
    return expect_sequence(instance.read_entries(answer).cs_entries, "get_import_entries")


def _custom_data(answer: ImportResults | None, method: str) -> str | None:
    """The watermark in an answer; None if there is none."""
    if answer is None:
        return None
    return expect_or_none(answer.custom_data, str, f"custom_data of {method}")
