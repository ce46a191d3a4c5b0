"""The rows that a statement gives, as they are read."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from attrs import define, field

Row = Sequence[Any]


@define
class Result:
    """The rows of one statement, a list at a time: nothing beyond the list is held.

    Iterate it to the end, or close it.
    """

    columns: tuple[str, ...]
    """The names of the values in a row; empty if the statement gives no rows."""
    types: tuple[type | None, ...] = field(default=(), kw_only=True)
    """Of the columns, where the driver tells them."""
    asked: tuple[str, Sequence[Any]] = field(default=("", ()), kw_only=True)
    """The statement and its parameters."""
    outputs: dict[str, Any] = field(factory=dict, kw_only=True)
    """The OUTPUT parameters of a stored procedure, known once all rows were read."""
    _pages: Iterator[list[Row]] = field(kw_only=True, repr=False)
    _close: Callable[[], object] = field(kw_only=True, repr=False)

    def __iter__(self) -> Iterator[list[Row]]:
        return self._pages

    def close(self) -> None:
        """Give the rest up; closed twice is closed."""
        # The driver's own words for closed already.
        with suppress(Exception):
            self._close()
