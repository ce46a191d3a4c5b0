"""Ends what outlives the command timeout, where the server does not."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from typing import Any

_GRACE = 1.0
"""Seconds in which the server may end a statement itself, which says more clearly why."""
_INTERVAL = 0.2


class Watchdog:
    """Ends what is watched when its time is over: a statement, or else the whole connection.

    Where the server ends statements itself, one that did not is not there to be cancelled: what is
    left is to *cut* the connection, which tells whether it could.
    """

    def __init__(self, seconds: int, cut: Callable[[], bool]) -> None:
        self._seconds = seconds
        self._cut = cut
        self._lock = Lock()
        self._stopped = Event()
        self._cursor: Any = None
        self._end: float | None = None
        self.cancels = True
        """Statements are cancelled. Whatever is no statement is cut."""
        self.has_ended = False
        """What was watched last was ended."""
        self._is_running = False

    @contextmanager
    def watching(self, cursor: Any = None) -> Iterator[None]:
        """What *cursor* does inside, or the connection itself, is ended when it takes too long."""
        if not self._seconds:
            yield
            return
        if not self._is_running:
            self._is_running = True
            Thread(target=self._watch, name="ecma2py-sql-watchdog", daemon=True).start()
        self.has_ended = False
        with self._lock:
            self._cursor = cursor
            self._end = time.monotonic() + self._seconds + _GRACE
        try:
            yield
        finally:
            # Not before a cancel under way is through: it must not meet the next statement.
            with self._lock:
                self._end = None
                self._cursor = None

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(_INTERVAL):
            with self._lock:
                if self._end is None or time.monotonic() < self._end:
                    continue
                if self._cursor is None or not self.cancels:
                    self.has_ended = self._cut() or self.has_ended
                    continue
                self.has_ended = True
                # A driver that cannot cancel leaves the statement to the server.
                with suppress(Exception):
                    self._cursor.cancel()
