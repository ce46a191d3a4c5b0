"""Many rows by few statements: what a statement costs beside its rows is paid once for many."""

import sqlite3
from collections.abc import Iterable
from itertools import chain, islice
from typing import Any

from ecma2py.space.database import placeholders

_TOGETHER = 40
"""Rows a statement: from here on more of them gain nothing."""


def insert_rows(
    connection: sqlite3.Connection, into: str, width: int, rows: Iterable[tuple[Any, ...]]
) -> int:
    """Insert *rows* of *width* values each; gives how many are new.

    *into* is the statement up to its values, such as ``INSERT OR IGNORE INTO staged``.
    """
    left, written = iter(rows), 0
    one = f"({placeholders(width)})"
    many = f"{into} VALUES {','.join([one] * _TOGETHER)}"
    while some := list(islice(left, _TOGETHER)):
        if len(some) == _TOGETHER:
            done = connection.execute(many, list(chain.from_iterable(some)))
        else:
            done = connection.executemany(f"{into} VALUES {one}", some)
        written += done.rowcount
    return written
