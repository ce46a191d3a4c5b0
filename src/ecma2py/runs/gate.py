"""One run at a time for connectors that cannot do two."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ecma2py.runs.calls import POLL_SECONDS
from ecma2py.runs.errors import CallCancelledError


class RunGate:
    """Whoever holds it is alone; the others wait in the order they came.

    A holder that could go on for ever, such as an open export session, is told through its
    *wanted* callback that somebody waits. The callback runs in the waiter's thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False
        self._wanted: Callable[[], None] | None = None

    def acquire(
        self, *, wanted: Callable[[], None] | None = None, cancel: threading.Event | None = None
    ) -> None:
        """Return when this caller is alone; ``CallCancelledError`` if *cancel* is set before."""
        turn = threading.Event()
        with self._lock:
            if not self._held:
                self._held, self._wanted = True, wanted
                return
            self._waiting.append(turn)
            tell = self._wanted
        if tell is not None:
            tell()
        while not turn.wait(POLL_SECONDS if cancel is not None else None):
            if cancel is not None and cancel.is_set():
                self._give_up(turn)
                raise CallCancelledError("The run was stopped while it waited for another one.")
        with self._lock:
            self._wanted = wanted
            others = bool(self._waiting)
        if others and wanted is not None:
            wanted()

    def release(self) -> None:
        """Let the next one in."""
        with self._lock:
            self._wanted = None
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False

    @contextmanager
    def hold(self, *, cancel: threading.Event | None = None) -> Iterator[None]:
        """Alone inside the ``with`` block."""
        self.acquire(cancel=cancel)
        try:
            yield
        finally:
            self.release()

    def _give_up(self, turn: threading.Event) -> None:
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self.release()  # the turn came in the same instant
