"""Whoever waits for another thread gets what it found, however the two meet."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from time import perf_counter

import pytest

from ecma2py.host.crossing import Crossing
from ecma2py.runs import QueueFullError


async def test_results_and_errors_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every waiter gets its own result or error, and a whole batch wakes the loop once."""
    loop = asyncio.get_running_loop()
    wakes: list[object] = []
    real = loop.call_soon_threadsafe
    crossing: Crossing[int] = Crossing()
    futures: list[Future[int]] = [Future() for _ in range(10)]
    waiting = [asyncio.ensure_future(crossing.result(lambda each=each: each)) for each in futures]
    await asyncio.sleep(0.05)

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
    crossing: Crossing[int] = Crossing()
    early: Future[int] = Future()
    early.set_result(7)
    assert await crossing.result(lambda: early) == 7

    left: Future[int] = Future()
    waiter = asyncio.ensure_future(crossing.result(lambda: left))
    await asyncio.sleep(0)
    waiter.cancel()
    left.set_result(1)
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert not left.cancelled()

    cancelled: Future[int] = Future()
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await crossing.result(lambda: cancelled)
    assert await asyncio.to_thread(early.result) == 7


async def test_what_comes_together_sets_off_together() -> None:
    """All that a busy loop brings is submitted in one go; what cannot be ends its own waiter."""
    crossing: Crossing[int] = Crossing()
    rounds: list[int] = []
    now = 0

    def submit(number: int) -> Future[int]:
        rounds.append(now)
        if number == 2:
            raise ValueError(number)
        done: Future[int] = Future()
        done.set_result(number)
        return done

    waiting = []
    for number in range(5):
        waiting.append(asyncio.ensure_future(crossing.result(lambda n=number: submit(n))))
        await asyncio.sleep(0)
        now += 1
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [each for each in found if isinstance(each, int)] == [0, 1, 3, 4]
    assert isinstance(found[2], ValueError)
    assert rounds == [5] * 5


async def test_a_loop_that_never_rests_keeps_nothing_back() -> None:
    """Work sets off after its longest wait, however much follows it."""
    crossing: Crossing[int] = Crossing()
    submitted: list[int] = []

    def submit(number: int) -> Future[int]:
        submitted.append(number)
        done: Future[int] = Future()
        done.set_result(number)
        return done

    waiting = []
    until = perf_counter() + 30
    while not submitted and perf_counter() < until:
        count = len(waiting)
        waiting.append(asyncio.ensure_future(crossing.result(lambda n=count: submit(n))))
        await asyncio.sleep(0)
    assert submitted
    assert await asyncio.gather(*waiting) == list(range(len(waiting)))


async def test_what_waits_is_bounded_and_waits_for_what_is_under_way() -> None:
    """Nothing sets off before the last is back; beyond the limit the client is told to come later."""
    crossing: Crossing[int] = Crossing(limit=2)
    under_way: list[Future[int]] = []

    def submit() -> Future[int]:
        under_way.append(Future())
        return under_way[-1]

    waiting = [asyncio.ensure_future(crossing.result(submit))]
    await asyncio.sleep(0.05)
    waiting += [asyncio.ensure_future(crossing.result(submit)) for _ in range(2)]
    await asyncio.sleep(0.05)
    assert (len(under_way), crossing.waiting) == (1, 2)
    with pytest.raises(QueueFullError, match="try again later"):
        await crossing.result(submit)
    under_way[0].set_result(0)
    await asyncio.sleep(0.05)
    assert (len(under_way), crossing.waiting) == (3, 0)
    for number in (2, 1):
        under_way[number].set_result(number)
    assert await asyncio.gather(*waiting) == [0, 1, 2]
