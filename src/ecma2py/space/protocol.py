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
    def begin_page(self, moment: int | None = None) -> int:
        """Call before the connector is asked for a page: exports from now on are younger.

        Gives this moment; with one of an earlier call, exports since then are younger.
        """
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

    @property
    def changes(self) -> int:
        """A number that every write through this object changes before it is acknowledged."""
        ...

    def get(self, object_type: str, id: str) -> SpaceObject | None:
        """The object of this type and SCIM id; None if there is none."""
        ...

    def by_id(self, id: str) -> SpaceObject | None:
        """The object of this SCIM id, whatever its type."""
        ...

    def by_anchor(self, object_type: str, anchor: Mapping[str, Value]) -> SpaceObject | None:
        """The object of this anchor; ``SpaceValueError`` if a component is missing."""
        ...

    def by_dn(self, dn: str) -> SpaceObject | None:
        """The object others refer to by this text: its DN, without DNs its anchor."""
        ...

    def has_index(self, object_type: str, attribute: str) -> bool:
        """True if ``find`` answers for this attribute without reading all objects."""
        ...

    def find(
        self, object_type: str, attribute: str, value: Value, limit: int | None = None
    ) -> list[SpaceObject]:
        """The first *limit* objects that have the value, in stable order; all for None.

        Values compare by the attribute's rule. Without an index this reads all objects of the
        type, and asks for an index that the next search will find.
        """
        ...

    def match_key(self, object_type: str, attribute: str, value: Value) -> str:
        """Equal for two values exactly if ``find`` takes them for the same one."""
        ...

    def page(self, object_type: str, offset: int, limit: int) -> list[SpaceObject]:
        """At most *limit* objects after the first *offset*, in stable order."""
        ...

    def scan(self, object_type: str, after_row: int = 0, limit: int = 500) -> list[SpaceObject]:
        """At most *limit* objects behind a row, in stable order.

        Such a page costs the same wherever it lies, and no change in between shifts it.
        """
        ...

    def count(self, object_type: str) -> int:
        """How many objects of the type there are."""
        ...

    def resolve_ids(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Object type and reference text of each of the ids that exists."""
        ...

    # References.

    def references(
        self, row: int, attribute: str, *, offset: int = 0, limit: int | None = None
    ) -> list[str]:
        """The reference texts of one attribute in stable order, single-valued or not."""
        ...

    def reference_ids(
        self, row: int, attribute: str, *, offset: int = 0, limit: int | None = None
    ) -> list[tuple[str | None, str | None, str]]:
        """As ``references``, each after id and type of the object it leads to, None if to none."""
        ...

    def count_references(self, row: int, attribute: str) -> int:
        """How many references the attribute holds."""
        ...

    def has_reference(self, row: int, attribute: str, text: str) -> bool:
        """True if the attribute refers to the object that *text* names, however it is spelled."""
        ...

    def referrers(
        self, object_type: str | None, attribute: str | None, target_text: str
    ) -> list[SpaceObject]:
        """The objects that refer to the target ("member in"), in stable order.

        None stands for every type, and for every reference attribute.
        """
        ...

    # Exports and imports.

    def apply(self, writes: Sequence[Write]) -> list[SpaceObject | None]:
        """The objects as accepted writes leave them, None for those removed; durable.

        All or none are written: ``SpaceValueError`` if one cannot be stored.
        """
        ...

    def begin_import(
        self,
        full: bool,
        run_id: int,
        *,
        kind: str = "",
        types: Collection[str] | None = None,
        within: str | None = None,
    ) -> ImportStage:
        """An import under way; ``SpaceBusyError`` while there is another.

        *kind* names the watermark it sets. A full import removes what it did not see: only
        objects of *types*, and only at or below the DN *within*, if these are given. It takes the
        place of a held import; a delta is refused with ``ImportHeldError``.
        """
        ...

    def held_import(self) -> HeldImport | None:
        """The import that waits for an operator; None if there is none."""
        ...

    def held_removals(self, limit: int = 20) -> list[SpaceObject]:
        """The first objects that the held import would remove; none without one."""
        ...

    def approve_held(self) -> CommitReport:
        """Commit the held import, whatever it removes; younger exports still win."""
        ...

    def discard_held(self) -> HeldImport:
        """Forget the held import: the space stays as it is, and so does the watermark."""
        ...

    # What happened.

    def watermark(self, kind: str = "") -> str | None:
        """The watermark a good run of this kind left; None if there is none."""
        ...

    def set_watermark(self, value: str | None, kind: str = "") -> None:
        """Put another watermark in its place; None removes it, so that the next run is full."""
        ...

    def start_run(self, kind: str, *, detail: str = "") -> int:
        """The number of a new run in the history; the oldest finished ones make room."""
        ...

    def finish_run(
        self,
        id: int,
        result: str,
        counts: Mapping[str, int] | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """The run has ended like this; only the first errors are kept."""
        ...

    def runs(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs, newest first."""
        ...

    def run(self, id: int) -> RunRecord | None:
        """One run; None if it never was, or made room for newer ones."""
        ...

    def record_audit(self, records: Iterable[AuditRecord]) -> None:
        """Write down exports that changed nothing in the space, such as refused ones."""
        ...

    def audit(
        self, limit: int = 100, *, before: int | None = None, object_id: str | None = None
    ) -> list[AuditRecord]:
        """The newest records, newest first; *before* a number, or about one object alone."""
        ...

    def close(self) -> None:
        """End all work with the space; an import under way is abandoned. May be called twice."""
        ...
