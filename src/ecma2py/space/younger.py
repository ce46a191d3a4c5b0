"""What exports did while an import was under way, so that the import does not undo it.

The log is kept only while there is an import that might: from its beginning until it is
committed, abandoned or, if it is held, decided on.
"""

import sqlite3
from collections.abc import Iterable
from enum import IntEnum

from attrs import frozen


class Trace(IntEnum):
    """What an export left behind."""

    ATTRIBUTE = 0
    """It wrote one attribute."""
    NAME = 1
    """It renamed the object."""
    WHOLE = 2
    """It wrote the object as a whole."""
    GONE = 3
    """It removed the object, or gave it another anchor."""


@frozen
class YoungerWrites:
    """What exports did to one object after the import had asked for it."""

    traces: frozenset[Trace]
    attributes: frozenset[str]


class YoungerLog:
    """The log as one batch of exports writes it; does nothing if no import is under way."""

    def __init__(self, connection: sqlite3.Connection, clock: int, *, wanted: bool) -> None:
        self._connection = connection
        self._clock = clock
        self.wanted = wanted
        """False while no import is under way: then nothing is noted."""

    def note(self, key: str, row: int, trace: Trace, attributes: Iterable[str] = ("",)) -> None:
        """One trace for each of the attributes."""
        if self.wanted:
            self._connection.executemany(
                "INSERT INTO younger VALUES (?, ?, ?, ?, ?)",
                [(self._clock, key, row, int(trace), name) for name in attributes],
            )


def traced_keys(connection: sqlite3.Connection) -> list[str]:
    """The keys of all objects that exports wrote since the import began."""
    return [key for (key,) in connection.execute("SELECT DISTINCT key FROM younger").fetchall()]


def writes_after(connection: sqlite3.Connection, key: str, clock: int) -> YoungerWrites:
    """What was written to the object after *clock*."""
    rows = connection.execute(
        "SELECT kind, attribute FROM younger WHERE key = ? AND clock > ?", (key, clock)
    ).fetchall()
    return YoungerWrites(
        frozenset(Trace(kind) for kind, _ in rows),
        frozenset(name for kind, name in rows if kind == Trace.ATTRIBUTE),
    )


def forget_writes(connection: sqlite3.Connection) -> None:
    """No import needs the log any more."""
    connection.execute("DELETE FROM younger")
