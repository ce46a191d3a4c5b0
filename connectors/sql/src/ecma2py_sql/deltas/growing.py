"""Deltas by something that grows with every change of a row.

Rows are read from somewhat below the last point again, because a transaction that began earlier
may have committed later, and several rows may share one value. What was read before and has not
changed is recognised by its digest and not told twice. A row that is gone leaves nothing to find:
only rows that are marked as deleted are told as Deletes, and a removed row of a multi-valued table
shows if its object's own row grows as well.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Protocol

from attrs import define, field

from ecma2py.entries import CSEntryChange
from ecma2py_sql.deltas import kept
from ecma2py_sql.deltas.kept import Seen, tagged, untagged
from ecma2py_sql.deltas.tracker import Tracker
from ecma2py_sql.drivers.results import Row
from ecma2py_sql.importing.selection import Conditions

Point = Mapping[str, Any]
"""How far it has grown, by what it is that grows."""


class Growing(Protocol):
    """What grows: a column, or the ids of transactions."""

    def now(self, before: Point | None) -> Point:
        """How far it has grown, never less than *before*."""
        ...

    def early(self, point: Point) -> Point:
        """From where rows may still be committed once *point* is passed."""
        ...

    def between(self, lower: Point | None, upper: Point) -> Conditions:
        """The rows changed from *lower* to *upper*, both included; from the first if None."""
        ...


@define
class GrowingTracker(Tracker):
    """Tells the rows that have changed, as *growing* says."""

    growing: Growing
    _before: Point | None = field(default=None, init=False)
    _known: Seen = field(factory=Seen, init=False)
    _now: Point = field(factory=dict, init=False)
    _seen: Seen = field(factory=Seen, init=False)
    _close: set[tuple[Any, ...]] = field(factory=set, init=False)
    """The keys of rows that the next delta will read again."""

    def begin(self) -> None:
        self._now = self.growing.now(self._before)
        most = kept.MOST_DIGESTS + 1
        close = self.objects.keys(self._still_open(), most)
        self._close = set(close) if len(close) < most else set()

    def note(self, row: Row, entry: CSEntryChange) -> None:
        if self._close and self.objects.selected.key(row) in self._close:
            self._seen.note(entry)

    def end(self) -> None:
        for row, entry in self.objects.marked_deleted(self._still_open()):
            self.note(row, entry)

    def resume(self, state: Any) -> None:
        self._before = {name: untagged(value) for name, value in state["point"].items()}
        self._known = Seen(set(state["seen"]))

    def changes(self) -> Iterator[CSEntryChange]:
        self.begin()
        assert self._before is not None
        changed = self.growing.between(self.growing.early(self._before), self._now)
        objects = self.objects
        for row, entry in chain(objects.marked_deleted(changed), objects.some(changed)):
            self.note(row, entry)
            if not self._known.has(entry):
                yield entry

    def state(self) -> Any:
        point = {name: tagged(value) for name, value in self._now.items()}
        return {"point": point, "seen": self._seen.dump()}

    def _still_open(self) -> Conditions:
        return self.growing.between(self.growing.early(self._now), self._now)
