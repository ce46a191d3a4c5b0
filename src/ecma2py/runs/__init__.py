"""Import, export and password runs against any connector; nothing here knows SCIM or storage."""

from ecma2py.connector.died import ConnectorDiedError
from ecma2py.runs.calls import ConnectorThread, StopSignal
from ecma2py.runs.errors import (
    CallCancelledError,
    CallTimeoutError,
    CommitFailedError,
    ConnectorFaultError,
    QueueFullError,
    SessionClosedError,
)
from ecma2py.runs.export_types import convert
from ecma2py.runs.exports import DEFAULT_MAX_WAITING, ExportSession
from ecma2py.runs.failures import EntryFailure
from ecma2py.runs.files import FileFormat
from ecma2py.runs.import_results import ImportCounts, ImportProgress, ImportResult
from ecma2py.runs.imports import run_import
from ecma2py.runs.instance import ConnectorInstance
from ecma2py.runs.jobs import Submission, Waiter
from ecma2py.runs.outcomes import Exported, ExportOutcome
from ecma2py.runs.pages import ParameterPage
from ecma2py.runs.passwords import PasswordSession
from ecma2py.runs.redaction import Redactor
from ecma2py.runs.sinks import CommitReport, ImportSink, ListSink, Refusal, StageReport
from ecma2py.runs.source import ConnectorSource, Description
from ecma2py.runs.validation import EntryChecker

__all__ = [
    "DEFAULT_MAX_WAITING",
    "CallCancelledError",
    "CallTimeoutError",
    "CommitFailedError",
    "CommitReport",
    "ConnectorDiedError",
    "ConnectorFaultError",
    "ConnectorInstance",
    "ConnectorSource",
    "ConnectorThread",
    "Description",
    "EntryChecker",
    "EntryFailure",
    "ExportOutcome",
    "ExportSession",
    "Exported",
    "FileFormat",
    "ImportCounts",
    "ImportProgress",
    "ImportResult",
    "ImportSink",
    "ListSink",
    "ParameterPage",
    "PasswordSession",
    "QueueFullError",
    "Redactor",
    "Refusal",
    "SessionClosedError",
    "StageReport",
    "StopSignal",
    "Submission",
    "Waiter",
    "convert",
    "run_import",
]
