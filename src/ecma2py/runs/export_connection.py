"""An open export: batches go in, results come out, and it is closed once whatever happens."""

import tempfile
from pathlib import Path
from typing import Protocol

from ecma2py.connector import IMAExtensible2CallExport
from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.partitions import Partition
from ecma2py.runs.checks import bounded, expect, expect_list
from ecma2py.runs.files import FileFormat, write_changes
from ecma2py.runs.instance import ConnectorInstance
from ecma2py.runs.source import ConnectorSource
from ecma2py.schema import Schema
from ecma2py.steps import (
    CloseExportConnectionRunStep,
    CloseReason,
    OpenExportConnectionRunStep,
    OperationType,
    PutExportEntriesResults,
    ReadExportFileRunStep,
)

MAX_BATCH = 10_000
"""No batch is larger, whatever the connector allows."""


class ExportConnection(Protocol):
    """What a session needs of an open export."""

    @property
    def batch_size(self) -> int:
        """The most entries ``put`` takes."""
        ...

    def put(self, entries: list[CSEntryChange]) -> list[CSEntryChangeResult]:
        """The results of one batch; whatever the connector raises comes out."""
        ...

    def close(self, reason: CloseReason) -> None:
        """Close the connector; a second call does nothing."""
        ...


def open_export(
    source: ConnectorSource,
    types: Schema,
    *,
    partition: Partition | None,
    batch_size: int | None,
    file_format: FileFormat,
) -> ExportConnection:
    """An open export of a fresh instance; if opening fails, it is closed before the error."""
    instance = source.start()
    try:
        if IMAExtensible2CallExport in instance.interfaces:
            return _CallExport(instance, source, types, partition, batch_size)
        return _FileExport(
            instance, source, types, partition, size=batch_size, file_format=file_format
        )
    except BaseException:
        instance.end()
        raise


class _CallExport:
    def __init__(
        self,
        instance: ConnectorInstance,
        source: ConnectorSource,
        types: Schema,
        partition: Partition | None,
        batch_size: int | None,
    ) -> None:
        default = instance.read("export_default_page_size")
        largest = instance.read("export_max_page_size")
        self.batch_size = bounded(batch_size, default, largest, MAX_BATCH)
        self._instance = instance
        self._closed = False
        step = OpenExportConnectionRunStep(
            export_type=OperationType.DELTA,
            batch_size=self.batch_size,
            step_partition=partition,
        )
        try:
            instance.call("open_export_connection", source.run_parameters, types, step)
        except BaseException as error:
            self._close_after(error)
            raise

    def put(self, entries: list[CSEntryChange]) -> list[CSEntryChangeResult]:
        answer = self._instance.call("put_export_entries", list(entries))
        if answer is None:
            return []
        results = expect(answer, PutExportEntriesResults, "put_export_entries")
        given = results.cs_entry_change_results
        return expect_list(given, CSEntryChangeResult, "put_export_entries")

    def close(self, reason: CloseReason) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            self._instance.close("close_export_connection", CloseExportConnectionRunStep(reason))
        finally:
            self._instance.end()

    def _close_after(self, error: BaseException) -> None:
        try:
            self.close(CloseReason.OPEN_CONNECTION_FAILURE)
        except Exception as second:  # noqa: BLE001  the first error is the one to tell
            error.add_note(f"Closing it failed as well: {second}")


class _FileExport:
    """Each batch is one file; a delivered file means that all its entries succeeded."""

    def __init__(
        self,
        instance: ConnectorInstance,
        source: ConnectorSource,
        types: Schema,
        partition: Partition | None,
        *,
        size: int | None,
        file_format: FileFormat,
    ) -> None:
        self.batch_size = bounded(size, None, None, MAX_BATCH)
        self._instance = instance
        self._source = source
        self._types = types
        self._partition = partition
        self._format = file_format

    def put(self, entries: list[CSEntryChange]) -> list[CSEntryChangeResult]:
        with tempfile.TemporaryDirectory(prefix="ecma2py-export-") as folder:
            path = Path(folder, f"export{self._format.suffix}")
            write_changes(path, entries, self._types, self._format)
            step = ReadExportFileRunStep(
                file_path=path, export_type=OperationType.DELTA, step_partition=self._partition
            )
            self._instance.call("read_export_file", self._source.run_parameters, self._types, step)
        return []

    def close(self, reason: CloseReason) -> None:
        self._instance.end()
