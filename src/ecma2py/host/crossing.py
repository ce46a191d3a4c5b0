"""Work that crosses from the event loop to another thread and back, many pieces at a time.

Two threads that compute by turns take the interpreter from each other at every system call. What
crosses together keeps one of them at rest while the other one works.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Generic, TypeVar

from ecma2py.host.departure import Departure
from ecma2py.runs import DEFAULT_MAX_WAITING, QueueFullError

_W = TypeVar("_W")
_T = TypeVar("_T")

_QUIET_ROUNDS = 20
"""Rounds of the loop in which nothing more comes, after which what waits sets off."""
_LONGEST_WAIT = 0.005
"""Seconds after which it sets off in any case, unless other work is still under way."""


class Ticket(Generic[_T]):
    """The way back of one piece of work: the other thread calls ``resolve`` or ``fail`` once.

    Whoever is cancelled does not take back what was handed over; ``take_back`` does.
    """

    __slots__ = ("_arrive", "_forget", "_unclaimed", "waiting")

    def __init__(
        self,
        waiting: "asyncio.Future[_T]",
        arrive: "Callable[[Ticket[_T], _T | None, Exception | None], None]",
        forget: "Callable[[Ticket[_T]], None]",
    ) -> None:
        self.waiting = waiting
        self._arrive = arrive
        self._forget = forget
        self._unclaimed = [None]
        """Whichever thread takes the only element has the work: taking it is one step."""

    def begins(self) -> bool:
        """True if the other thread may begin; False if the work was taken back."""
        if self._claim():
            return True
        self._arrive(self, None, None)
        return False

    def take_back(self, error: Exception) -> bool:
        """True if the other thread has not begun: it never will, and the waiter gets *error*."""
        if not self._claim():
            return False
        self._forget(self)
        if not self.waiting.done():
            self.waiting.set_exception(error)
        return True

    def _claim(self) -> bool:
        try:
            self._unclaimed.pop()
        except IndexError:
            return False
        return True

    def resolve(self, result: _T) -> None:
        """The work ended in *result*."""
        self._arrive(self, result, None)

    def fail(self, error: Exception) -> None:
        """The work ended in *error*."""
        self._arrive(self, None, error)


class Crossing(Generic[_W, _T]):
    """Hands work of one event loop to another thread, and the results to the loop, in groups.

    Work sets off once all that set off before is back and the loop has nothing else to do: at once
    in a loop at rest, together with all that the other requests bring in a busy one. It is for a
    thread that does one thing after another, which could not begin with it earlier.
    """

    def __init__(self, send: Callable[[list[_W]], None], limit: int = DEFAULT_MAX_WAITING) -> None:
        self._send = send
        self._limit = limit
        self._leaving: list[tuple[Ticket[_T], _W]] = []
        self._under_way = 0
        self._latest = 0.0
        self._arrived: deque[tuple[Ticket[_T], _T | None, Exception | None]] = deque()
        self._is_called = False

    async def result(self, prepare: Callable[[Ticket[_T]], _W], way: Departure | None = None) -> _T:
        """What the work ends in that *prepare* makes for its ticket, or the error of *send*.

        Whoever is cancelled meanwhile does not cancel what was sent; *way* can keep it until it
        begins. ``QueueFullError`` if too much waits already.
        """
        if len(self._leaving) >= self._limit:
            raise QueueFullError.of(len(self._leaving))
        loop = asyncio.get_running_loop()
        ticket: Ticket[_T] = Ticket(loop.create_future(), self._arrive, self._forget)
        if way is not None:
            way.waiting = ticket
        self._leaving.append((ticket, prepare(ticket)))
        if len(self._leaving) == 1 and not self._under_way:
            self._begin(loop)
        return await ticket.waiting

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
        leaving = [each for each in self._leaving if not each[0].waiting.done()]
        self._leaving = []
        if not leaving:
            return
        try:
            self._send([work for _, work in leaving])
        except Exception as error:  # noqa: BLE001  it is the waiters'
            for ticket, _ in leaving:
                ticket.waiting.set_exception(error)
        else:
            self._under_way += len(leaving)

    def _forget(self, ticket: Ticket[_T]) -> None:
        """Make room for others, if what was taken back has not set off."""
        if self._under_way:  # else all that waits is setting off right now, but for what is over
            self._leaving = [each for each in self._leaving if each[0] is not ticket]

    def _arrive(self, ticket: Ticket[_T], result: _T | None, error: Exception | None) -> None:
        """Called in the other thread; a whole batch wakes the loop once."""
        self._arrived.append((ticket, result, error))
        if not self._is_called:
            self._is_called = True
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                ticket.waiting.get_loop().call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        # Before anything is taken: what arrives from now on calls again.
        self._is_called = False
        while self._arrived:
            ticket, result, error = self._arrived.popleft()
            self._under_way -= 1
            if ticket.waiting.done():
                continue
            if error is None:
                ticket.waiting.set_result(result)  # type: ignore[arg-type]
            else:
                ticket.waiting.set_exception(error)
        if self._leaving and not self._under_way:
            self._begin(asyncio.get_running_loop())
