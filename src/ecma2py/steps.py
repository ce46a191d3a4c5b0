"""The arguments and answers of each step of a run (ECMA2 run steps and results)."""

from enum import IntEnum, IntFlag
from pathlib import Path
from typing import TypeVar

from attrs import define, field, frozen

from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.partitions import HierarchyNode, Partition

GUARD_SHARE = 0.2
"""The share of all objects that one full import may remove unasked."""
_T = TypeVar("_T")


def _listed(given: list[_T] | None) -> list[_T]:
    """What was given; a new list for null."""
    return [] if given is None else given


class OperationType(IntEnum):
    """Which objects a run takes; numbers as in ECMA2."""

    FULL = 0
    FULL_OBJECT = 1
    DELTA = 2


class CloseReason(IntEnum):
    """Why a connection is closed; numbers as in ECMA2."""

    NORMAL = 0
    TERMINATED_BY_USER = 1
    TERMINATED_SHUTTING_DOWN = 2
    OPEN_CONNECTION_FAILURE = 3
    UNKNOWN = 4


class ConnectionSecurityLevel(IntEnum):
    """Whether passwords travel over a protected connection."""

    NOT_SECURE = 0
    SECURE = 1


class PasswordOptions(IntFlag):
    """What else happens when a password is set."""

    NONE = 0
    FORCE_CHANGE_AT_LOG_ON = 1
    UNLOCK_ACCOUNT = 2
    VALIDATE_PASSWORD = 4


@frozen(kw_only=True)
class ImportRunStep:
    """What every step of an import is told (ECMA2 ``ImportRunStep``)."""

    custom_data: str | None = None
    """At Open the watermark of the last good run, then what the steps before gave back; opaque to
    everybody but the connector."""


@frozen(kw_only=True)
class ExportRunStep:
    """What the steps of an export are told that begin one (ECMA2 ``ExportRunStep``)."""

    export_type: OperationType = OperationType.FULL


@define
class ImportResults:
    """What every step of an import may give back (ECMA2 ``ImportResults``)."""

    custom_data: str | None = None
    """The watermark from now on; None leaves it as it is."""


@frozen(kw_only=True)
class OpenImportConnectionRunStep(ImportRunStep):
    """How an import run opens. The defaults are .NET's; a host gives every field."""

    import_type: OperationType = OperationType.FULL
    page_size: int = 1
    step_partition: Partition | None = None
    inclusion_hierarchy_nodes: list[HierarchyNode] = field(factory=list)
    exclusion_hierarchy_nodes: list[HierarchyNode] = field(factory=list)


@define
class OpenImportConnectionResults(ImportResults):
    """What opening an import gives back."""


@frozen(kw_only=True)
class GetImportEntriesRunStep(ImportRunStep):
    """One page is asked for; for FULL_OBJECT imports, the objects wanted whole."""

    full_object_entries: list[CSEntryChange] = field(factory=list)


@define(kw_only=True)
class GetImportEntriesResults(ImportResults):
    """One page. ``cs_entries`` is never null, as .NET's default result has it."""

    cs_entries: list[CSEntryChange] = field(factory=list, converter=_listed)
    more_to_import: bool = False
    read_in_call: int | None = None
    """In which call of this connection the first of the entries was read: 0 Open, 1 the first
    GetImportEntries, None this one. What was exported since stays. Not in ECMA2."""


@frozen(kw_only=True)
class CloseImportConnectionRunStep(ImportRunStep):
    """Why an import run closes, with the custom data of its last page."""

    reason: CloseReason = CloseReason.NORMAL


@define
class CloseImportConnectionResults(ImportResults):
    """What closing an import gives back: the watermark, if it was not given before."""


@frozen(kw_only=True)
class OpenExportConnectionRunStep(ExportRunStep):
    """How an export run opens. The defaults are .NET's; a host gives every field."""

    batch_size: int = 1
    step_partition: Partition | None = None
    inclusion_hierarchy_nodes: list[HierarchyNode] = field(factory=list)
    exclusion_hierarchy_nodes: list[HierarchyNode] = field(factory=list)


@define
class PutExportEntriesResults:
    """The results of one batch; an entry without one succeeded."""

    cs_entry_change_results: list[CSEntryChangeResult] = field(factory=list, converter=_listed)


@frozen
class CloseExportConnectionRunStep:
    """Why an export run closes."""

    reason: CloseReason = CloseReason.NORMAL


@frozen(kw_only=True)
class WriteImportFileRunStep(ImportRunStep):
    """A file-based import: the connector writes ``file_path``, the host reads it."""

    file_path: Path
    import_type: OperationType = OperationType.FULL
    step_partition: Partition | None = None


@define
class WriteImportFileResults(ImportResults):
    """What writing an import file gives back."""


@frozen(kw_only=True)
class ReadExportFileRunStep(ExportRunStep):
    """A file-based export: the host wrote ``file_path``, the connector delivers it."""

    file_path: Path
    step_partition: Partition | None = None
