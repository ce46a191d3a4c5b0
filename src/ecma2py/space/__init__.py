"""The connector space: what the connected system holds, as last heard, durable and indexed.

Reads are answered from it without a connector call; exports are written through to it; imports
change it by what differs. It needs the extra ``host`` (for orjson).
"""

from ecma2py.space.errors import (
    ImportHeldError,
    SpaceBusyError,
    SpaceError,
    SpaceMismatchError,
    SpaceStorageError,
    SpaceValueError,
    SpaceVersionError,
)
from ecma2py.space.protocol import ImportStage, Space
from ecma2py.space.records import (
    AuditRecord,
    CommitReport,
    HeldImport,
    MatchRule,
    Refusal,
    RunRecord,
    SpaceObject,
    StageReport,
    Write,
)
from ecma2py.space.sqlite import SqliteSpace

__all__ = [
    "AuditRecord",
    "CommitReport",
    "HeldImport",
    "ImportHeldError",
    "ImportStage",
    "MatchRule",
    "Refusal",
    "RunRecord",
    "Space",
    "SpaceBusyError",
    "SpaceError",
    "SpaceMismatchError",
    "SpaceObject",
    "SpaceStorageError",
    "SpaceValueError",
    "SpaceVersionError",
    "SqliteSpace",
    "StageReport",
    "Write",
]
