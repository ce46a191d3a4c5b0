"""Work that crosses from the event loop to another thread and back, many pieces at a time.

Two threads that compute by turns take the interpreter from each other at every system call. What
crosses together keeps one of them at rest while the other one works.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from time import perf_counter
from typing import Generic, TypeVar

from ecma2py.runs import DEFAULT_MAX_WAITING, QueueFullError

_T = TypeVar("_T")

_QUIET_ROUNDS = 20
"""Rounds of the loop in which nothing more comes, after which what waits sets off."""
_LONGEST_WAIT = 0.005
"""Seconds after which it sets off in any case, unless other work is still under way."""


class Crossing(Generic[_T]):
    """Hands work of one event loop to another thread, and the results to the loop, in groups.

    Work sets off once all that set off before is back and the loop has nothing else to do: at once
    in a loop at rest, together with all that the other requests bring in a busy one. It is for a
    thread that does one thing after another, which could not begin with it earlier.
    """

    def __init__(self, limit: int = DEFAULT_MAX_WAITING) -> None:
        self._limit = limit
        self._leaving: list[tuple[asyncio.Future[_T], Callable[[], Future[_T]]]] = []
        self._under_way = 0
        self._latest = 0.0
        self._arrived: deque[tuple[asyncio.Future[_T], Future[_T]]] = deque()
        self._is_called = False

    async def result(self, submit: Callable[[], Future[_T]]) -> _T:
        """The result of the future that *submit* gives, or the error of either.

        Whoever is cancelled meanwhile does not cancel what was submitted. ``QueueFullError`` if
        too much waits already.
        """
        if len(self._leaving) >= self._limit:
            raise QueueFullError.of(len(self._leaving))
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[_T] = loop.create_future()
        self._leaving.append((waiting, submit))
        if len(self._leaving) == 1 and not self._under_way:
            self._begin(loop)
        return await waiting

    @property
    def waiting(self) -> int:
        """How much has not set off yet."""
        return len(self._leaving)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._latest = perf_counter() + _LONGEST_WAIT
        loop.call_soon(self._gather, loop, len(self._leaving), 0)

    def _gather(self, loop: asyncio.AbstractEventLoop, seen: int, quiet: int) -> None:
        count = len(self._leaving)
        quiet = quiet + 1 if count == seen else 0
        if quiet < _QUIET_ROUNDS and perf_counter() < self._latest:
            loop.call_soon(self._gather, loop, count, quiet)
            return
        leaving, self._leaving = self._leaving, []
        for waiting, submit in leaving:
            if not waiting.done():
                self._submit(waiting, submit)

    def _submit(self, waiting: "asyncio.Future[_T]", submit: Callable[[], Future[_T]]) -> None:
        try:
            future = submit()
        except Exception as error:  # noqa: BLE001  it is the waiter's
            waiting.set_exception(error)
            return
        self._under_way += 1
        future.add_done_callback(lambda done: self._take(waiting, done))

    def _take(self, waiting: "asyncio.Future[_T]", done: Future[_T]) -> None:
        self._arrived.append((waiting, done))
        if not self._is_called:
            self._is_called = True
            waiting.get_loop().call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        # Before anything is taken: what arrives from now on calls again.
        self._is_called = False
        while self._arrived:
            waiting, done = self._arrived.popleft()
            self._under_way -= 1
            if waiting.done():
                continue
            if done.cancelled():
                waiting.cancel()
                continue
            error = done.exception()
            if error is None:
                waiting.set_result(done.result())
            else:
                waiting.set_exception(error)
        if self._leaving and not self._under_way:
            self._begin(asyncio.get_running_loop())
