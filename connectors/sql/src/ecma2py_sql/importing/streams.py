"""Rows of stored procedures, and of queries whose author pages them by index.

Nobody promises an order of keys here: rows are read as they come, a page at a time, and the values
of multi-valued attributes are asked for by the keys of each page.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from operator import itemgetter
from typing import Any

from attrs import define

from ecma2py.errors import UnexpectedDataError
from ecma2py_sql.drivers.procedures import Passed
from ecma2py_sql.drivers.results import Result, Row
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.importing.selected import Page, Selected
from ecma2py_sql.importing.selection import child_columns
from ecma2py_sql.mapping.mapped import MappedTable
from ecma2py_sql.mapping.settings import Method, Rows
from ecma2py_sql.mapping.tokens import bind, without_comments

_PARAMETERS = 1_000
"""In one statement; databases limit them, SQL Server to 2,100."""


def opened(session: Session, rows: Rows, start: int, end: int) -> Result:
    """The rows *start* to *end*, counted from 1, or all where they are not paged by index."""
    size = end - start + 1
    indexes = {rows.start_index.lstrip("@"): start, rows.end_index.lstrip("@"): end}
    if rows.method is Method.QUERY:
        text = without_comments(rows.text)
        sql, parameters = bind(text, indexes.__getitem__, filter(None, indexes))
        # PostgreSQL's driver writes on behind it, and its comments need no space after the dashes.
        return session.stream(f"{sql}\n", parameters, size)
    given = [
        Passed(each.name, indexes.get(each.name.lstrip("@"), each.value), each.direction)
        for each in rows.arguments
    ]
    return session.call(rows.text, given, size=size)


@define
class Stream:
    """Reads the rows of one type as a procedure or query gives them."""

    session: Session
    selected: Selected

    def pages(self, size: int) -> Iterator[Page]:
        """Every row once, *size* at a time; a page is read when it is asked for."""
        rows, start = self.selected.mapped.rows, 1
        if not rows.is_paged_by_index:
            yield from self._read(opened(self.session, rows, 1, size))
            return
        # A page may hold fewer rows than it was asked for: only an empty one is the last.
        while True:
            found = list(self._read(opened(self.session, rows, start, start + size - 1)))
            if not found:
                return
            yield from found
            start += size

    def without_key(self) -> list[Row]:
        """None: rows without a key come with the others here."""
        return []

    def _read(self, result: Result) -> Iterator[Page]:
        with closing(result):
            arranged = _arranger(result.columns, self.selected)
            for some in result:
                rows = list(map(arranged, some))
                yield Page(rows, self._values(rows))

    def _values(self, rows: Sequence[Row]) -> dict[str, list[Row]]:
        at = self.selected.anchor_at
        found = dict.fromkeys(tuple(row[i] for i in at) for row in rows)
        keys = [key for key in found if None not in key]
        return {each.attribute: self._of_child(each, keys) for each in self.selected.children}

    def _of_child(self, child: MappedTable, keys: Sequence[tuple[Any, ...]]) -> list[Row]:
        quote, dialect = self.session.quote, self.session.dialect
        names = [f"c.{quote(key.name)}" for key in child.key]
        anchor = self.selected.mapped.anchor
        owner = [
            dialect.selected(name, each.column) for name, each in zip(names, anchor, strict=True)
        ]
        chosen = ", ".join([*owner, *child_columns(self.session, child, "c")])
        one = " AND ".join(f"{name} = ?" for name in names)
        sql = (
            f"SELECT {chosen} FROM {quote(*child.table.qualified)} c "
            f"WHERE c.{quote(child.value.name)} IS NOT NULL AND"
        )
        found: list[Row] = []
        left = iter(keys)
        while some := list(islice(left, max(1, _PARAMETERS // len(names)))):
            condition = " OR ".join([f"({one})"] * len(some))
            values = [dialect.parameter(value) for key in some for value in key]
            found += self.session.rows(f"{sql} ({condition})", values)
        return found


def _arranger(names: Sequence[str], selected: Selected) -> Callable[[Row], Row]:
    """What makes of a row as it comes one in the order of *selected*."""
    place = {name: at for at, name in enumerate(names)}
    wanted = [each.name for each in selected.all]
    if missing := [name for name in wanted if name not in place]:
        raise UnexpectedDataError(
            f"{selected.mapped.place} gives no column {missing[0]!r} any more: it gives "
            f"{', '.join(names)}."
        )
    at = [place[name] for name in wanted]
    return itemgetter(*at) if len(at) > 1 else lambda row: (row[at[0]],)
