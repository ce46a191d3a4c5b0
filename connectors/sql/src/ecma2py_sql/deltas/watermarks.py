"""Watermark columns: of the type's own table, and of its multi-valued tables."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import define

from ecma2py.errors import UnexpectedDataError
from ecma2py_sql.data.moments import parse_timestamp
from ecma2py_sql.deltas.growing import Point
from ecma2py_sql.deltas.kept import no_watermark
from ecma2py_sql.deltas.objects import Objects
from ecma2py_sql.deltas.traces import ALIAS, Trace
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.importing.selection import Conditions
from ecma2py_sql.mapping.mapped import MappedTable
from ecma2py_sql.mapping.settings import DeltaSettings

_OWN = ""
"""Among the multi-valued attributes, the type itself."""


@define
class WatermarkColumns:
    """Columns whose value grows with every change of their row."""

    objects: Objects

    @property
    def _settings(self) -> DeltaSettings:
        delta = self.objects.mapped.delta
        assert delta is not None
        return delta.settings

    @property
    def _own(self) -> Column:
        delta = self.objects.mapped.delta
        assert delta is not None
        assert delta.watermark is not None
        return delta.watermark

    @property
    def _children(self) -> dict[str, tuple[MappedTable, Column]]:
        return {
            each.attribute: (each, each.watermark)
            for each in self.objects.selected.children
            if each.watermark is not None
        }

    def now(self, before: Point | None) -> Point:
        """The greatest values, or what the administrator's query gives."""
        names, rows, quote = [_OWN, *self._children], self.objects.rows, self.objects.session.quote
        if self._settings.query:
            found = dict.fromkeys(names, self._asked(self._settings.query))
        else:
            own = rows.quoted(self._own.name)
            found = {_OWN: self._greatest(rows.table, own, self._own)}
            for name, (child, watermark) in self._children.items():
                table = f"{quote(*child.table.qualified)} {ALIAS}"
                column = f"{ALIAS}.{quote(watermark.name)}"
                found[name] = self._greatest(table, column, watermark)
        earlier_ones = before or {}
        return {name: self._later(earlier_ones.get(name), found[name]) for name in names}

    def early(self, point: Point) -> Point:
        """Less the overlap."""
        overlap = self._settings.overlap
        return {name: earlier(value, overlap) for name, value in point.items()}

    def between(self, lower: Point | None, upper: Point) -> Conditions:
        """By the own column, or that of a row in a multi-valued table."""
        session = self.objects.session
        choices = []
        if upper[_OWN] is not None:
            column = self.objects.rows.quoted(self._own.name)
            choices.append(self._range(column, _OWN, lower, upper))
        for name, (child, watermark) in self._children.items():
            if upper[name] is not None:
                column = f"{ALIAS}.{session.quote(watermark.name)}"
                limits = self._range(column, name, lower, upper)
                trace = Trace.of_child(session, child, limits)
                choices.append(trace.touched(self.objects))
        return Conditions.any_of(choices)

    def _range(self, column: str, name: str, lower: Point | None, upper: Point) -> Conditions:
        taken = self.objects.session.dialect.parameter
        least = None if lower is None else lower[name]
        if least is None:
            return Conditions((f"{column} <= ?",), (taken(upper[name]),))
        return Conditions((f"{column} >= ? AND {column} <= ?",), (taken(least), taken(upper[name])))

    def _greatest(self, table: str, column: str, watermark: Column) -> Any:
        """The greatest watermark of all rows; None if there is none."""
        session = self.objects.session
        chosen = session.dialect.selected(column, watermark)
        # MAX() does not take every type that can be ordered.
        sql = f"SELECT {chosen} FROM {table} WHERE {column} IS NOT NULL ORDER BY {column} DESC"
        rows = session.rows(session.dialect.limited(sql, 1))
        return rows[0][0] if rows else None

    def _asked(self, query: str) -> Any:
        rows = self.objects.session.rows(query)
        if len(rows) != 1 or len(rows[0]) != 1 or rows[0][0] is None:
            raise UnexpectedDataError(
                f"{self.objects.mapped.place}: the query 'now' of its delta gives one row with one "
                f"value, and gave {len(rows)} rows: {query!r:.100}."
            )
        return rows[0][0]

    def _later(self, before: Any, found: Any) -> Any:
        known = [each for each in (before, found) if each is not None]
        try:
            return max(known, default=None)
        except TypeError:
            problem = f"is a {type(before).__name__}, and now it is a {type(found).__name__}"
            raise no_watermark(self.objects.mapped.name, problem) from None


def earlier(value: Any, overlap: int) -> Any:
    """*value* less *overlap* seconds, or counts; what cannot be reckoned with stays."""
    if type(value) is datetime:
        return value - timedelta(seconds=overlap)
    if isinstance(value, (int, Decimal)):
        return value - overlap
    if isinstance(value, str) and len(value) > 10:
        try:
            moment = parse_timestamp(value) - timedelta(seconds=overlap)
        except ValueError:
            return value
        # The text keeps its form, because SQLite compares it as text.
        return moment.isoformat(value[10]) + ("Z" if value.endswith("Z") else "")
    return value
