"""Deltas by history tables: triggers write a row for every change, and a column of it grows.

The history says which objects to look at; what they are now is read from their own rows, so that
many changes of one object are told once, and an object is gone if its row is. The history of a
multi-valued table tells of the object whose values they are.

A transaction that took its number earlier may commit later. The numbers close to the last one are
therefore kept with how often each was there: one that comes late is found, and found once.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define, field

from ecma2py.entries import CSEntryChange
from ecma2py.errors import UnexpectedDataError
from ecma2py_sql.deltas import kept
from ecma2py_sql.deltas.kept import no_watermark, tagged, untagged
from ecma2py_sql.deltas.traces import ALIAS, Trace
from ecma2py_sql.deltas.tracker import Tracker
from ecma2py_sql.deltas.watermarks import earlier
from ecma2py_sql.importing.selection import Conditions
from ecma2py_sql.mapping.mapped import HistoryTable
from ecma2py_sql.mapping.settings import OPERATION_WORDS

_OWN = ""
"""Among the multi-valued attributes, the type itself."""
_MOST_LATE = 500
"""More numbers that came late than this are not asked for one by one."""
_ALSO = "Modify_Attribute"
"""What Microsoft's connector takes for an update as well."""


@define
class _Place:
    """How far one history has been read."""

    last: Any
    """Its greatest number; None if it was empty."""
    close: Mapping[str, int] | None
    """How many rows each number close to the last has; None if there were too many."""

    def dump(self) -> dict[str, Any]:
        return {"last": tagged(self.last), "close": self.close}

    @classmethod
    def load(cls, state: Any) -> "_Place":
        close = state["close"]
        return cls(untagged(state["last"]), None if close is None else dict(close))


@define
class HistoryTracker(Tracker):
    """Tells the objects that histories name."""

    _before: dict[str, _Place] = field(factory=dict, init=False)
    _now: dict[str, _Place] = field(factory=dict, init=False)

    @property
    def _histories(self) -> dict[str, HistoryTable]:
        own = self.delta.history
        assert own is not None
        children = self.objects.selected.children
        return {_OWN: own, **{c.attribute: c.history for c in children if c.history}}

    def begin(self) -> None:
        self._now = {name: self._place(name, each) for name, each in self._histories.items()}

    def resume(self, state: Any) -> None:
        self._before = {name: _Place.load(state[name]) for name in self._histories}

    def changes(self) -> Iterator[CSEntryChange]:
        self.begin()
        traces = {}
        for name, history in self._histories.items():
            if self._now[name].last is not None:
                traces[name] = self._trace(name, history)
        if own := traces.get(_OWN):
            self._check_words(own)
            self.objects.run.reading()
            yield from map(self.objects.gone, own.gone(self.objects))
        touched = [each.touched(self.objects) for each in traces.values()]
        for _, entry in self.objects.some(Conditions.any_of(touched)):
            yield entry

    def state(self) -> Any:
        return {name: place.dump() for name, place in self._now.items()}

    def _place(self, name: str, history: HistoryTable) -> _Place:
        session, column = self.objects.session, self._order(history)
        chosen = session.dialect.selected(column, history.order)
        sql = f"SELECT {chosen} FROM {self._from(history)} WHERE {column} IS NOT NULL"
        rows = session.rows(session.dialect.limited(f"{sql} ORDER BY {column} DESC", 1))
        before = self._before.get(name)
        known = before.last if before is not None else None
        last = rows[0][0] if rows else None
        if known is not None and last is None:
            # The rows were read and cleared away, which changes nothing.
            last = known
        elif known is not None and last < known:
            problem = f"is {known!r} of the history {history.table.name!r}, which begins anew"
            raise no_watermark(self.objects.mapped.name, problem)
        return _Place(last, {} if last is None else self._close(history, last))

    def _close(self, history: HistoryTable, last: Any) -> dict[str, int] | None:
        """How many rows each number has from somewhat below *last* up to it."""
        session, column = self.objects.session, self._order(history)
        chosen, taken = (
            session.dialect.selected(column, history.order),
            session.dialect.parameter,
        )
        sql = (
            f"SELECT {chosen}, COUNT(*) FROM {self._from(history)}"
            f" WHERE {column} >= ? AND {column} <= ? GROUP BY {column}"
        )
        least = earlier(last, self.delta.settings.overlap)
        rows = session.rows(sql, (taken(least), taken(last)))
        if len(rows) > kept.MOST_DIGESTS:
            return None
        return {json.dumps(tagged(number)): int(count) for number, count in rows}

    def _trace(self, name: str, history: HistoryTable) -> Trace:
        """The rows up to the last that were not there before."""
        taken, column = self.objects.session.dialect.parameter, self._order(history)
        found = Conditions((f"{column} <= ?",), (taken(self._now[name].last),))
        before = self._before[name].last
        if before is not None:
            late = self._late(name, history)
            if late is None:
                least = taken(earlier(before, self.delta.settings.overlap))
                found &= Conditions((f"{column} >= ?",), (least,))
            else:
                again = [Conditions((f"{column} = ?",), (taken(each),)) for each in late]
                found &= Conditions.any_of(
                    [Conditions((f"{column} > ?",), (taken(before),)), *again]
                )
        return Trace(self._from(history), history.key, found)

    def _late(self, name: str, history: HistoryTable) -> list[Any] | None:
        """The numbers up to the last that have more rows than before; None if nobody can tell."""
        before = self._before[name]
        there = self._close(history, before.last)
        if before.close is None or there is None:
            return None
        late = [number for number, count in there.items() if count > before.close.get(number, 0)]
        return [untagged(json.loads(each)) for each in late] if len(late) <= _MOST_LATE else None

    def _check_words(self, own: Trace) -> None:
        """A word that nobody explained may mean that all others are misunderstood as well."""
        history, session = self.delta.history, self.objects.session
        assert history is not None
        if history.operation is None:
            return
        column = f"{ALIAS}.{session.quote(history.operation.name)}"
        sql = f"SELECT DISTINCT {column} FROM {own.source} WHERE {' AND '.join(own.which.texts)}"
        words = {**OPERATION_WORDS, **self.delta.settings.words}
        known = {each.casefold() for each in (*words.values(), _ALSO)}
        for (word,) in session.rows(sql, own.which.parameters):
            if str(word).strip().casefold() not in known:
                raise UnexpectedDataError(
                    f"{self.objects.mapped.place}: history {history.table.name!r} says {word!r} in "
                    f"{history.operation.name!r}, which is none of {', '.join(words.values())}: "
                    "correct 'words' of the delta."
                )

    def _from(self, history: HistoryTable) -> str:
        return f"{self.objects.session.quote(*history.table.qualified)} {ALIAS}"

    def _order(self, history: HistoryTable) -> str:
        return f"{ALIAS}.{self.objects.session.quote(history.order.name)}"
