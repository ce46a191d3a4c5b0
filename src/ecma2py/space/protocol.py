"""What a connector space does, whichever database keeps it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from ecma2py.entries import CSEntryChange
from ecma2py.schema import Value
from ecma2py.space.records import (
    AuditRecord,
    CommitReport,
    HeldImport,
    RunRecord,
    SpaceObject,
    StageReport,
    Write,
)
from ecma2py.steps import GUARD_SHARE


class ImportStage(Protocol):
    """One import under way: used by one thread, and ended by ``commit`` or ``abandon``."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def begin_page(self) -> None:
        """Call before the connector is asked for a page: exports from now on are younger."""
        ...

    def stage(self, entries: Iterable[CSEntryChange]) -> StageReport:
        """Write down what the page changes; the space stays as it is."""
        ...

    def commit(
        self,
        watermark: str | None = None,
        *,
        complete: bool = True,
        guard_share: float = GUARD_SHARE,
    ) -> CommitReport:
        """Make the space what the import said, in one transaction, or hold it for an operator."""
        ...

    def abandon(self) -> None:
        """Forget what was staged; does nothing after ``commit``."""
        ...


class Space(Protocol):
    """Objects by id, anchor, DN and value; exports, imports and what happened.

    Every call may come from any thread. What a call has acknowledged is durable, and the next
    read sees it.
    """

    # Objects.

    def get(self, object_type: str, id: str) -> SpaceObject | None: ...
    def by_id(self, id: str) -> SpaceObject | None: ...
    def by_anchor(self, object_type: str, anchor: Mapping[str, Value]) -> SpaceObject | None: ...
    def by_dn(self, dn: str) -> SpaceObject | None: ...
    def has_index(self, object_type: str, attribute: str) -> bool: ...
    @property
    def changes(self) -> int: ...
    def find(
        self, object_type: str, attribute: str, value: Value, limit: int | None = None
    ) -> list[SpaceObject]: ...
    def page(self, object_type: str, offset: int, limit: int) -> list[SpaceObject]: ...
    def scan(self, object_type: str, after_row: int = 0, limit: int = 500) -> list[SpaceObject]: ...
    def count(self, object_type: str) -> int: ...
    def resolve_ids(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]: ...

    # References.

    def references(
        self, row: int, attribute: str, *, offset: int = 0, limit: int | None = None
    ) -> list[str]: ...
    def reference_ids(
        self, row: int, attribute: str, *, offset: int = 0, limit: int | None = None
    ) -> list[tuple[str | None, str | None, str]]: ...
    def count_references(self, row: int, attribute: str) -> int: ...
    def has_reference(self, row: int, attribute: str, text: str) -> bool: ...
    def referrers(
        self, object_type: str | None, attribute: str | None, target_text: str
    ) -> list[SpaceObject]: ...

    # Exports and imports.

    def apply(self, writes: Sequence[Write]) -> list[SpaceObject | None]: ...
    def begin_import(
        self,
        full: bool,
        run_id: int,
        *,
        kind: str = "",
        types: Collection[str] | None = None,
        within: str | None = None,
    ) -> ImportStage: ...
    def held_import(self) -> HeldImport | None: ...
    def held_removals(self, limit: int = 20) -> list[SpaceObject]: ...
    def approve_held(self) -> CommitReport: ...
    def discard_held(self) -> HeldImport: ...

    # What happened.

    def watermark(self, kind: str = "") -> str | None: ...
    def set_watermark(self, value: str | None, kind: str = "") -> None: ...
    def start_run(self, kind: str, *, detail: str = "") -> int: ...
    def finish_run(
        self,
        id: int,
        result: str,
        counts: Mapping[str, int] | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
    ) -> None: ...
    def runs(self, limit: int = 20) -> list[RunRecord]: ...
    def run(self, id: int) -> RunRecord | None: ...
    def record_audit(self, records: Iterable[AuditRecord]) -> None: ...
    def audit(
        self, limit: int = 100, *, before: int | None = None, object_id: str | None = None
    ) -> list[AuditRecord]: ...
    def close(self) -> None: ...
