"""Whoever waits for another thread gets what it found, however the two meet."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from ecma2py.host.arrivals import Arrivals


async def test_results_and_errors_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every waiter gets its own result or error, and a whole batch wakes the loop once."""
    loop = asyncio.get_running_loop()
    wakes: list[object] = []
    real = loop.call_soon_threadsafe
    arrivals: Arrivals[int] = Arrivals()
    futures: list[Future[int]] = [Future() for _ in range(10)]
    waiting = [asyncio.ensure_future(arrivals.result(each)) for each in futures]
    await asyncio.sleep(0)

    def resolve() -> None:
        for number, each in enumerate(futures):
            if number % 3:
                each.set_result(number)
            else:
                each.set_exception(ValueError(number))

    def wake(call: Callable[[], None]) -> None:
        wakes.append(call)
        real(call)

    monkeypatch.setattr(loop, "call_soon_threadsafe", wake)
    resolve()
    monkeypatch.undo()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [each if isinstance(each, int) else each.args[0] for each in found] == list(range(10))
    assert [isinstance(each, ValueError) for each in found] == [n % 3 == 0 for n in range(10)]
    assert len(wakes) == 1


async def test_what_is_resolved_already_and_what_is_given_up() -> None:
    """An early result is not missed; a waiter that leaves, or a future cancelled, ends in peace."""
    arrivals: Arrivals[int] = Arrivals()
    early: Future[int] = Future()
    early.set_result(7)
    assert await arrivals.result(early) == 7

    left: Future[int] = Future()
    waiter = asyncio.ensure_future(arrivals.result(left))
    await asyncio.sleep(0)
    waiter.cancel()
    left.set_result(1)
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert not left.cancelled()

    cancelled: Future[int] = Future()
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await arrivals.result(cancelled)
    assert await asyncio.to_thread(early.result) == 7
