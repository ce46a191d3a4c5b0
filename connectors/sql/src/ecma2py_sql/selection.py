"""The SELECT statements that read the objects of one type, page by page, by key.

A page begins after the last key of the page before, so that it costs the same wherever it is.
"""

from collections.abc import Sequence
from typing import Any

from attrs import define, field

from ecma2py_sql.mapping import MappedColumn, MappedTable, MappedType
from ecma2py_sql.session import Row, Session

Key = tuple[Any, ...]
"""What a page is ordered by, as the driver gave it."""
MOST_WITHOUT_KEY = 1_000
"""So many rows without a key are reported: they cannot be read page by page, and one tells enough
for a host to remove nothing."""

_ROW = "p"
_CHILD = "c"


def bound(columns: Sequence[str], key: Key, sign: str, *, inclusive: bool) -> tuple[str, list[Any]]:
    """The condition that *columns* come after (``>``) or before (``<``) *key*, and its parameters.

    Written so that an index on the columns serves it, in any dialect.
    """
    column, value = columns[0], key[0]
    if len(columns) == 1:
        return f"{column} {sign}{'=' if inclusive else ''} ?", [value]
    inner, parameters = bound(columns[1:], key[1:], sign, inclusive=inclusive)
    return f"({column} {sign}= ? AND ({column} {sign} ? OR {inner}))", [value, value, *parameters]


@define
class Selection:
    """How to read the rows of one type, with the attributes that are wanted."""

    session: Session
    mapped: MappedType
    columns: tuple[MappedColumn, ...] = field(kw_only=True)
    """What is selected, in order; the watermark follows if there is one."""
    children: tuple[MappedTable, ...] = field(kw_only=True)
    by_watermark: bool = field(default=False, kw_only=True)
    """Pages are ordered by watermark, then key."""
    _table: str = field(init=False)
    _selected: str = field(init=False)
    _order: tuple[str, ...] = field(init=False)
    _order_at: tuple[int, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        mapped, session = self.mapped, self.session
        selected = [each.column for each in self.columns]
        if mapped.watermark:
            selected.append(mapped.watermark)
        expressions = [
            session.dialect.selected(f"{_ROW}.{session.quote(each.name)}", each)
            for each in selected
        ]
        self._table = f"{session.quote(*mapped.table.qualified)} {_ROW}"
        self._selected = ", ".join(expressions)
        names = [each.column.name for each in mapped.anchor]
        at = [next(i for i, c in enumerate(selected) if c.name == name) for name in names]
        if self.by_watermark and mapped.watermark:
            names.insert(0, mapped.watermark.name)
            at.insert(0, len(selected) - 1)
        self._order = tuple(f"{_ROW}.{session.quote(name)}" for name in names)
        self._order_at = tuple(at)

    def page(self, size: int, after: Key | None, conditions: "Conditions") -> list[Row]:
        """The next rows in order, those with an incomplete key left out."""
        texts, parameters = list(conditions.texts), list(conditions.parameters)
        texts += [f"{_ROW}.{self.session.quote(name)} IS NOT NULL" for name in self.nullable_keys()]
        if after is not None:
            text, values = self._bound(after, ">", inclusive=False)
            texts.append(text)
            parameters += values
        sql = f"SELECT {self._selected} FROM {self._table}{_where(texts)}"
        sql = self.session.dialect.limited(f"{sql} ORDER BY {', '.join(self._order)}", size)
        return self.session.rows(sql, parameters)

    def without_key(self) -> list[Row]:
        """The rows that no key tells apart from others, ``MOST_WITHOUT_KEY`` of them at most."""
        names = self.nullable_keys()
        if not names:
            return []
        missing = " OR ".join(f"{_ROW}.{self.session.quote(name)} IS NULL" for name in names)
        sql = f"SELECT {self._selected} FROM {self._table} WHERE {missing}"
        return self.session.rows(self.session.dialect.limited(sql, MOST_WITHOUT_KEY))

    def values(
        self, child: MappedTable, after: Key | None, last: Key, conditions: "Conditions"
    ) -> list[Row]:
        """The keys and values of *child* for the rows of a page, in one statement."""
        quote, dialect = self.session.quote, self.session.dialect
        keys = [
            dialect.selected(f"{_ROW}.{quote(each.column.name)}", each.column)
            for each in self.mapped.anchor
        ]
        value = f"{_CHILD}.{quote(child.value.name)}"
        joined = " AND ".join(
            f"{_CHILD}.{quote(key.name)} = {_ROW}.{quote(anchor.column.name)}"
            for key, anchor in zip(child.key, self.mapped.anchor, strict=True)
        )
        texts, parameters = list(conditions.texts), list(conditions.parameters)
        limits = [(last, "<", True)] if after is None else [(after, ">", False), (last, "<", True)]
        for key, sign, inclusive in limits:
            text, values = self._bound(key, sign, inclusive=inclusive)
            texts.append(text)
            parameters += values
        texts.append(f"{value} IS NOT NULL")
        sql = (
            f"SELECT {', '.join(keys)}, {dialect.selected(value, child.value)}"
            f" FROM {self._table} JOIN {quote(*child.table.qualified)} {_CHILD} ON {joined}"
        )
        return self.session.rows(sql + _where(texts), parameters)

    def _bound(self, key: Key, sign: str, *, inclusive: bool) -> tuple[str, list[Any]]:
        taken = tuple(map(self.session.dialect.parameter, key))
        return bound(self._order, taken, sign, inclusive=inclusive)

    def key(self, row: Row) -> Key:
        """What *row* is ordered by."""
        return tuple(row[at] for at in self._order_at)

    def anchor_at(self) -> tuple[int, ...]:
        """Where in a row the anchor stands."""
        return self._order_at[-len(self.mapped.anchor) :]

    def nullable_keys(self) -> list[str]:
        """The anchor columns that the database allows to be NULL."""
        return [each.column.name for each in self.mapped.anchor if each.column.nullable]

    def watermarks(self, lower: Any, upper: Any) -> "Conditions":
        """The rows whose watermark lies between these, both included; from the least if None."""
        assert self.mapped.watermark is not None
        taken = self.session.dialect.parameter
        column = f"{_ROW}.{self.session.quote(self.mapped.watermark.name)}"
        if lower is None:
            return Conditions((f"{column} <= ?",), (taken(upper),))
        return Conditions((f"{column} >= ?", f"{column} <= ?"), (taken(lower), taken(upper)))

    def highest_watermark(self) -> Any:
        """The greatest watermark of all rows; None if there is none."""
        assert self.mapped.watermark is not None
        dialect = self.session.dialect
        column = f"{_ROW}.{self.session.quote(self.mapped.watermark.name)}"
        selected = dialect.selected(column, self.mapped.watermark)
        # MAX() does not take every type that can be ordered.
        sql = f"SELECT {selected} FROM {self._table} WHERE {column} IS NOT NULL"
        rows = self.session.rows(dialect.limited(f"{sql} ORDER BY {column} DESC", 1))
        return rows[0][0] if rows else None


@define
class Conditions:
    """What rows must satisfy beside lying on the page."""

    texts: tuple[str, ...] = ()
    parameters: tuple[Any, ...] = ()


def _where(texts: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(texts)}" if texts else ""
