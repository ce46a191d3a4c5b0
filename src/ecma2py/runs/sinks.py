"""Where imported objects go: the protocol of a sink, and a sink that keeps them in a list."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from attrs import define, field

from ecma2py.entries import CSEntryChange, ObjectModificationType, apply_change
from ecma2py.schema import Value

Key = tuple[str | None, tuple[tuple[str, Value], ...]]


class Refusal(Protocol):
    """An entry the sink cannot store."""

    @property
    def entry(self) -> CSEntryChange:
        """The entry."""
        ...

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        ...


class StageReport(Protocol):
    """What a sink did with one page."""

    @property
    def unknown(self) -> Sequence[CSEntryChange]:
        """Updates of objects the sink does not have: only the whole object would help."""
        ...

    @property
    def duplicates(self) -> Sequence[CSEntryChange]:
        """Entries whose object was in this full import already."""
        ...

    @property
    def refused(self) -> Sequence[Refusal]:
        """Entries the sink cannot store."""
        ...


class CommitReport(Protocol):
    """What a commit did, or would do if it is held."""

    @property
    def added(self) -> int:
        """Objects that are new."""
        ...

    @property
    def updated(self) -> int:
        """Objects that changed."""
        ...

    @property
    def deleted(self) -> int:
        """Objects that are gone."""
        ...

    @property
    def unchanged(self) -> int:
        """Objects that are as they were."""
        ...

    @property
    def held(self) -> bool:
        """Nothing was changed, because too many objects would be deleted: somebody must decide."""
        ...


class ImportSink(Protocol):
    """Takes the pages of one import run; what is staged counts only after ``commit``."""

    def begin_page(self, moment: int | None = None) -> int:
        """The connector is about to be asked for a page: whatever is exported later is younger.

        Gives this moment, by which a later page may be dated that was read no earlier.
        """
        ...

    def stage(self, entries: Sequence[CSEntryChange]) -> StageReport:
        """Take valid entries of the page."""
        ...

    def commit(self, watermark: str | None, *, complete: bool, guard_share: float) -> CommitReport:
        """Make what is staged count, with the watermark, in one step.

        Not *complete* means that some entries failed: then the watermark is None and stays what it
        was, and objects that were not seen stay. If more than *guard_share* of the objects would
        be deleted for not having been seen, nothing is changed and the report says ``held``.
        """
        ...

    def abandon(self) -> None:
        """Forget what is staged."""
        ...


def key_of(entry: CSEntryChange) -> Key:
    """What ties the entries of one object together: type and anchor, or its DN without one."""
    anchor = tuple(sorted(entry.anchor.items())) or (("DN", entry.dn or ""),)
    return (entry.object_type, anchor)


@define
class ListReport:
    """The report of a ``ListSink``."""

    unknown: list[CSEntryChange] = field(factory=list)
    duplicates: list[CSEntryChange] = field(factory=list)
    refused: list[Refusal] = field(factory=list)
    added: int = field(default=0, kw_only=True)
    updated: int = field(default=0, kw_only=True)
    deleted: int = field(default=0, kw_only=True)
    unchanged: int = field(default=0, kw_only=True)
    held: bool = field(default=False, kw_only=True)


class ListSink:
    """Objects in memory, for scripts and tests; several imports in a row may use one sink.

    ``objects`` are those committed, as Add entries by key; ``entries`` is what the last run gave,
    as it came.
    """

    def __init__(self, *, full: bool = True) -> None:
        self.full = full
        """An object that a complete run did not give is deleted."""
        self.objects: dict[Key, CSEntryChange] = {}
        self.entries: list[CSEntryChange] = []
        self.watermark: str | None = None
        self._staged: dict[Key, CSEntryChange | None] = {}

    def __iter__(self) -> Iterator[CSEntryChange]:
        return iter(self.objects.values())

    def __len__(self) -> int:
        return len(self.objects)

    def begin_page(self, moment: int | None = None) -> int:
        """Nothing to do: no export can come in between."""
        return 0

    def stage(self, entries: Sequence[CSEntryChange]) -> ListReport:
        report = ListReport()
        for entry in entries:
            key = key_of(entry)
            kind = entry.object_modification_type
            before = self._staged[key] if key in self._staged else self.objects.get(key)
            if self.full and key in self._staged:
                report.duplicates.append(entry)
                continue
            if kind is ObjectModificationType.UPDATE and before is None:
                report.unknown.append(entry)
                continue
            self.entries.append(entry)
            if kind is ObjectModificationType.DELETE:
                self._staged[key] = None
            elif before is None or kind is not ObjectModificationType.UPDATE:
                self._staged[key] = entry
            else:
                self._staged[key] = CSEntryChange.add(
                    entry.object_type or before.object_type or "",
                    before.anchor,
                    dn=entry.new_dn or entry.dn or before.dn,
                    attributes=apply_change(before.attributes, entry),
                )
        return report

    def commit(self, watermark: str | None, *, complete: bool, guard_share: float) -> ListReport:
        report = ListReport()
        gone = self.objects.keys() - self._staged.keys() if self.full and complete else set()
        if len(gone) > guard_share * len(self.objects):
            report.held = True
            return report
        for key, entry in self._staged.items():
            known = self.objects.pop(key, None)
            if entry is None:
                report.deleted += known is not None
                continue
            self.objects[key] = entry
            report.added += known is None
            same = known is not None and known.attributes == entry.attributes
            report.unchanged += same and known is not None and known.dn == entry.dn
        report.updated = sum(e is not None for e in self._staged.values())
        report.updated -= report.added + report.unchanged
        report.deleted += len(gone)
        for key in gone:
            del self.objects[key]
        if complete:
            self.watermark = watermark
        self._staged = {}
        return report

    def abandon(self) -> None:
        self._staged = {}
