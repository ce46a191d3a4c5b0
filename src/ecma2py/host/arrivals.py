"""Results of other threads, handed to the event loop together: one wake-up for a whole batch."""

import asyncio
from collections import deque
from concurrent.futures import Future
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Arrivals(Generic[_T]):
    """Waits in one event loop for futures that other threads resolve.

    ``asyncio.wrap_future`` wakes the loop for every future. The loop then takes the interpreter
    from the very thread that is about to resolve the next one.
    """

    def __init__(self) -> None:
        self._arrived: deque[tuple[asyncio.Future[_T], Future[_T]]] = deque()
        self._is_called = False

    async def result(self, future: Future[_T]) -> _T:
        """The result of *future*; whoever is cancelled meanwhile does not cancel it."""
        waiting: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: self._take(waiting, done))
        return await waiting

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
