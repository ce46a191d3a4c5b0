"""Ends statements that outlive the command timeout, where the server does not."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from typing import Any

_GRACE = 1.0
"""Seconds in which the server may end a statement itself, which says more clearly why."""
_INTERVAL = 0.2


class Watchdog:
    """Cancels the statement that is watched when its time is over."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._stopped = Event()
        self._cursor: Any = None
        self._end = 0.0
        self.has_cancelled = False
        """The statement watched last was cancelled."""
        self._is_running = False

    @contextmanager
    def watching(self, cursor: Any) -> Iterator[None]:
        """What *cursor* does inside is cancelled when it takes too long."""
        if self._seconds and not self._is_running:
            self._is_running = True
            Thread(target=self._watch, name="ecma2py-sql-watchdog", daemon=True).start()
        self._end = time.monotonic() + self._seconds + _GRACE
        self.has_cancelled = False
        self._cursor = cursor
        try:
            yield
        finally:
            # Not before a cancel under way is through: it must not meet the next statement.
            with self._lock:
                self._cursor = None

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(_INTERVAL):
            with self._lock:
                if self._cursor is not None and time.monotonic() > self._end:
                    self.has_cancelled = True
                    # A driver that cannot cancel leaves the statement to the server.
                    with suppress(Exception):
                        self._cursor.cancel()
