"""The SELECT statements that read the objects of one type, page by page, by key.

A page begins after the last key of the page before, so that it costs the same wherever it is. A
query is read in the same way, as a table that it makes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import define, field, frozen

from ecma2py.errors import UnexpectedDataError
from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.results import Row
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.importing.selected import Page, Selected
from ecma2py_sql.mapping.mapped import MappedTable
from ecma2py_sql.mapping.settings import Method
from ecma2py_sql.mapping.tokens import without_comments

Key = tuple[Any, ...]
"""What a page is ordered by, as the driver gave it."""
MOST_WITHOUT_KEY = 1_000
"""So many rows without a key are reported: they cannot be read page by page, and one tells enough
for a host to remove nothing."""

_MANY = 100
"""Who asks for fewer rows at a time has large ones, and gets no more together."""
_MOST_OF_ONE_KEY = 1_000

_Limit = tuple[Key, str, bool]
"""A key, on which side of it rows are, and whether it is one of theirs."""

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


@frozen
class Conditions:
    """What rows must satisfy: every one of some texts, whose parameters stand in their order."""

    texts: tuple[str, ...] = ()
    parameters: tuple[Any, ...] = ()

    def __and__(self, other: "Conditions") -> "Conditions":
        return Conditions(self.texts + other.texts, self.parameters + other.parameters)

    @classmethod
    def any_of(cls, choices: "Sequence[Conditions]") -> "Conditions":
        """What satisfies one of *choices* at least; nothing does if there are none."""
        texts = [" AND ".join(each.texts) for each in choices]
        text = " OR ".join(f"({each})" for each in texts) if texts else "1 = 0"
        return cls((f"({text})",), tuple(p for each in choices for p in each.parameters))


@define
class Selection:
    """How to read the rows of one type, with the attributes that are wanted."""

    session: Session
    selected: Selected
    conditions: Conditions = field(factory=Conditions, kw_only=True)
    table: str = field(init=False)
    """What stands in FROM."""
    key: tuple[str, ...] = field(init=False)
    """The columns of the anchor as they compare, by which pages are ordered."""
    _columns: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        mapped, session = self.selected.mapped, self.session
        if mapped.rows.method is Method.QUERY:
            # On a line of its own: the query may end with what only some databases call a comment.
            query = without_comments(mapped.rows.text).rstrip().rstrip(";")
            source = f"({query}\n)"
        else:
            source = session.quote(*mapped.source.qualified)
        self.table = f"{source} {_ROW}"
        self._columns = ", ".join(
            session.dialect.selected(self.quoted(each.name), each) for each in self.selected.all
        )
        compared = session.dialect.compared
        self.key = tuple(
            compared(self.quoted(each.column.name), each.column) for each in self.selected.anchor
        )

    def pages(self, size: int) -> Iterator[Page]:
        """Every row in order, some times *size* together; a page is read when it is asked for.

        Rows of one key, as the database compares keys, all come, wherever a page ends among them.
        UnexpectedDataError if the database compares keys otherwise than it orders them.
        """
        if size >= _MANY:
            size *= self.session.dialect.pages_at_once
        before: Key | None = None
        after: Key | None = None
        page: list[Row] = []
        following: Key | None = None
        while True:
            # One more than is wanted tells what the next page begins with.
            rows = self._page(size + 1, after)
            is_other = not rows or self.selected.key(rows[0]) != following
            if after is not None and is_other:
                left = self._left_of(after, page)
                if self._is_astray([*left, *rows], page, following, before):
                    raise UnexpectedDataError(
                        f"{self.selected.mapped.place} cannot be read on from the row with the key "
                        f"{after!r}: the database does not take it back as the value that it is, "
                        "or does not order rows as it compares them. Choose another anchor."
                    )
                if left:
                    yield Page(left, self._values([(after, ">", True), (after, "<", True)]))
            page, more = rows[:size], rows[size:]
            if page:
                last = self.selected.key(page[-1])
                limits: list[_Limit] = [(last, "<", True)]
                if after is not None:
                    limits.insert(0, (after, ">", False))
                yield Page(page, self._values(limits))
                before, after = after, last
            if not more:
                return
            following = self.selected.key(more[0])

    def without_key(self) -> list[Row]:
        """The rows that no key tells apart from others, ``MOST_WITHOUT_KEY`` of them at most."""
        names = self._nullable_keys()
        if not names:
            return []
        missing = " OR ".join(f"{self.quoted(name)} IS NULL" for name in names)
        sql = f"SELECT {self._columns} FROM {self.table} WHERE {missing}"
        return self.session.rows(self.session.dialect.limited(sql, MOST_WITHOUT_KEY))

    def keys(self, most: int) -> list[Key]:
        """The anchors of the rows that satisfy the conditions, *most* of them at most."""
        sql = f"SELECT {', '.join(self._selected_key())} FROM {self.table}"
        sql = self.session.dialect.limited(sql + _where(self.conditions.texts), most)
        return list(map(tuple, self.session.rows(sql, self.conditions.parameters)))

    def _page(self, size: int, after: Key | None) -> list[Row]:
        """The next rows in order, those with an incomplete key left out."""
        texts, parameters = list(self.conditions.texts), list(self.conditions.parameters)
        texts += [f"{self.quoted(name)} IS NOT NULL" for name in self._nullable_keys()]
        if after is not None:
            text, values = self._bound(after, ">", inclusive=False)
            texts.append(text)
            parameters += values
        sql = f"SELECT {self._columns} FROM {self.table}{_where(texts)}"
        sql = self.session.dialect.limited(f"{sql} ORDER BY {', '.join(self.key)}", size)
        return self.session.rows(sql, parameters)

    def _left_of(self, key: Key, page: Sequence[Row]) -> list[Row]:
        """The rows that the database takes to have *key*, without those in *page*."""
        texts = [*self.conditions.texts, *(f"{name} = ?" for name in self.key)]
        parameters = [*self.conditions.parameters, *map(self.session.dialect.parameter, key)]
        sql = f"SELECT {self._columns} FROM {self.table}{_where(texts)}"
        rows = self.session.rows(self.session.dialect.limited(sql, _MOST_OF_ONE_KEY), parameters)
        if len(rows) == _MOST_OF_ONE_KEY:
            raise UnexpectedDataError(
                f"{self.selected.mapped.place} has {len(rows)} rows or more with the key {key!r}: "
                "choose an anchor that tells rows apart."
            )
        given = Counter(map(tuple, page))
        left = []
        for row in rows:
            # Nothing but all of a row tells it from the others.
            if given[tuple(row)]:
                given[tuple(row)] -= 1
            else:
                left.append(row)
        return left

    def _is_astray(
        self, rows: Sequence[Row], page: Sequence[Row], following: Key | None, before: Key | None
    ) -> bool:
        """True if *rows*, which shall come after *page*, do not, though *following* is there.

        Rows that others wrote or deleted meanwhile are no sign of it.
        """
        given, found = (list(map(self.selected.key, each)) for each in (page, rows))
        if following in found:
            return any(key in given for key in found[: found.index(following)])
        # It was deleted, or comes after all the same when that page is read again.
        again = list(map(self.selected.key, self._page(len(page) + 1, before)))
        return following in again

    def _values(self, limits: Sequence[_Limit]) -> dict[str, list[Row]]:
        """The values of every multi-valued attribute for the rows whose key is within *limits*."""
        return {each.attribute: self._of_child(each, limits) for each in self.selected.children}

    def _of_child(self, child: MappedTable, limits: Sequence[_Limit]) -> list[Row]:
        quote = self.session.quote
        value = f"{_CHILD}.{quote(child.value.name)}"
        joined = " AND ".join(
            f"{_CHILD}.{quote(key.name)} = {owner}"
            for key, owner in zip(child.key, self.key, strict=True)
        )
        texts, parameters = list(self.conditions.texts), list(self.conditions.parameters)
        bounded = [self.key]
        if self._holds_alike(child):
            # No database concludes it, and PostgreSQL would read all of the table for each page.
            bounded.append(tuple(f"{_CHILD}.{quote(key.name)}" for key in child.key))
        for columns in bounded:
            for key, sign, inclusive in limits:
                text, values = self._bound(key, sign, inclusive=inclusive, columns=columns)
                texts.append(text)
                parameters += values
        texts.append(f"{value} IS NOT NULL")
        chosen = ", ".join([*self._selected_key(), *child_columns(self.session, child, _CHILD)])
        sql = (
            f"SELECT {chosen} FROM {self.table} "
            f"JOIN {quote(*child.table.qualified)} {_CHILD} ON {joined}"
        )
        return self.session.rows(sql + _where(texts), parameters)

    def quoted(self, name: str) -> str:
        """The column *name* of a row, as it is written in a statement."""
        return f"{_ROW}.{self.session.quote(name)}"

    def _bound(
        self, key: Key, sign: str, *, inclusive: bool, columns: Sequence[str] = ()
    ) -> tuple[str, list[Any]]:
        taken = tuple(map(self.session.dialect.parameter, key))
        return bound(columns or self.key, taken, sign, inclusive=inclusive)

    def _holds_alike(self, child: MappedTable) -> bool:
        """True if the key is ordered in *child* as it is in the rows.

        Numbers are; texts may have another collation in each table.
        """
        natives = {each.native for each in child.key}
        natives |= {each.column.native for each in self.selected.anchor}
        return natives == {Kind.INTEGER}

    def _selected_key(self) -> list[str]:
        selected = self.session.dialect.selected
        anchor = self.selected.anchor
        return [selected(self.quoted(each.column.name), each.column) for each in anchor]

    def _nullable_keys(self) -> list[str]:
        """The anchor columns that the database allows to be NULL."""
        return [each.column.name for each in self.selected.anchor if each.column.nullable]


def child_columns(session: Session, child: MappedTable, alias: str) -> list[str]:
    """What is selected of a multi-valued table: the value, and its type if it tells one."""
    return [
        session.dialect.selected(f"{alias}.{session.quote(each.name)}", each)
        for each in child.all_columns
    ]


def _where(texts: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(texts)}" if texts else ""
