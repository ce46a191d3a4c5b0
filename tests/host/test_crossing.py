"""Whoever waits for another thread gets what it found, however the two meet."""

import asyncio
from collections.abc import Callable
from time import perf_counter

import pytest

from ecma2py.host.crossing import Crossing, Ticket
from ecma2py.host.departure import Departure
from ecma2py.runs import QueueFullError
from ecma2py.scim.errors import ScimError

Tickets = list[Ticket[int]]


async def test_results_and_errors_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every waiter gets its own result or error, and a whole batch wakes the loop once."""
    loop = asyncio.get_running_loop()
    wakes: list[object] = []
    real = loop.call_soon_threadsafe
    sent: Tickets = []
    crossing: Crossing[Ticket[int], int] = Crossing(sent.extend)
    waiting = [asyncio.ensure_future(crossing.result(lambda own: own)) for _ in range(10)]
    await asyncio.sleep(0.05)

    def wake(call: Callable[[], None]) -> None:
        wakes.append(call)
        real(call)

    monkeypatch.setattr(loop, "call_soon_threadsafe", wake)
    for number, ticket in enumerate(sent):
        if number % 3:
            ticket.resolve(number)
        else:
            ticket.fail(ValueError(number))
    monkeypatch.undo()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [each if isinstance(each, int) else each.args[0] for each in found] == list(range(10))
    assert [isinstance(each, ValueError) for each in found] == [n % 3 == 0 for n in range(10)]
    assert len(wakes) == 1


async def test_what_is_resolved_already_and_what_is_given_up() -> None:
    """An early result is not missed; a waiter that leaves ends in peace, and takes nothing back."""

    def at_once(tickets: Tickets) -> None:
        for ticket in tickets:
            ticket.resolve(7)

    assert await Crossing[Ticket[int], int](at_once).result(lambda own: own) == 7

    sent: Tickets = []
    crossing: Crossing[Ticket[int], int] = Crossing(sent.extend)
    waiter = asyncio.ensure_future(crossing.result(lambda own: own))
    await asyncio.sleep(0.05)
    waiter.cancel()
    assert sent[0].begins()
    sent[0].resolve(1)
    with pytest.raises(asyncio.CancelledError):
        await waiter
    next_one = asyncio.ensure_future(crossing.result(lambda own: own))
    await asyncio.sleep(0.05)
    sent[1].resolve(2)
    assert await next_one == 2


async def test_who_leaves_before_the_crossing_sends_nothing() -> None:
    """What nobody waits for any more is not sent, and keeps nothing that comes after it."""
    sent: Tickets = []
    crossing: Crossing[Ticket[int], int] = Crossing(sent.extend)
    waiter = asyncio.ensure_future(crossing.result(lambda own: own))
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.sleep(0.05)
    assert not sent
    next_one = asyncio.ensure_future(crossing.result(lambda own: own))
    await asyncio.sleep(0.05)
    sent[0].resolve(2)
    assert await next_one == 2


async def test_a_result_after_the_loop_is_closed_disturbs_nobody() -> None:
    """A host that ends leaves the other thread in peace."""
    loop = asyncio.new_event_loop()
    sent: Tickets = []
    crossing: Crossing[Ticket[int], int] = Crossing(sent.extend)

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(crossing.result(lambda own: own), 0.05)

    await asyncio.to_thread(loop.run_until_complete, leave())
    loop.close()
    sent[0].resolve(1)


async def test_what_comes_together_sets_off_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that a busy loop brings is sent in one go, and hears together why it cannot be."""
    # However slow the machine, what comes meanwhile decides, and not the time.
    monkeypatch.setattr("ecma2py.host.crossing._LONGEST_WAIT", 60.0)
    rounds: list[int] = []
    now = 0

    def send(tickets: Tickets) -> None:
        rounds.append(now)
        if len(rounds) == 2:
            raise ValueError("no room")
        for number, ticket in enumerate(tickets):
            ticket.resolve(number)

    crossing: Crossing[Ticket[int], int] = Crossing(send)
    for turn in range(2):
        waiting = []
        for _ in range(5):
            waiting.append(asyncio.ensure_future(crossing.result(lambda own: own)))
            await asyncio.sleep(0)
            now += 1
        found = await asyncio.gather(*waiting, return_exceptions=True)
        assert found == [0, 1, 2, 3, 4] or (turn == 1 and {type(e) for e in found} == {ValueError})
    assert rounds == [5, 10]


async def test_a_loop_that_never_rests_keeps_nothing_back() -> None:
    """Work sets off after its longest wait, however much follows it."""
    sent: Tickets = []
    crossing: Crossing[Ticket[int], int] = Crossing(sent.extend)
    waiting = []
    until = perf_counter() + 30
    while not sent and perf_counter() < until:
        waiting.append(asyncio.ensure_future(crossing.result(lambda own: own)))
        await asyncio.sleep(0)
    assert sent
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_waits_is_bounded_and_waits_for_what_is_under_way() -> None:
    """Nothing sets off before the last is back; beyond the limit the client is told to come later."""
    sent: Tickets = []
    crossing: Crossing[Ticket[int], int] = Crossing(sent.extend, limit=2)
    waiting = [asyncio.ensure_future(crossing.result(lambda own: own))]
    await asyncio.sleep(0.05)
    waiting += [asyncio.ensure_future(crossing.result(lambda own: own)) for _ in range(2)]
    await asyncio.sleep(0.05)
    assert (len(sent), crossing.waiting) == (1, 2)
    with pytest.raises(QueueFullError, match="try again later"):
        await crossing.result(lambda own: own)
    sent[0].resolve(0)
    await asyncio.sleep(0.05)
    assert (len(sent), crossing.waiting) == (3, 0)
    for number in (2, 1):
        sent[number].resolve(number)
    assert await asyncio.gather(*waiting) == [0, 1, 2]


async def test_what_has_not_begun_can_be_taken_back() -> None:
    """Before it sets off or after; what begins is not, and nothing that comes later is held up."""
    sent: Tickets = []
    crossing: Crossing[Ticket[int], int] = Crossing(sent.extend)
    ways = [Departure() for _ in range(3)]
    first = asyncio.ensure_future(crossing.result(lambda own: own, ways[0]))
    await asyncio.sleep(0.05)
    later = [asyncio.ensure_future(crossing.result(lambda own: own, way)) for way in ways[1:]]
    await asyncio.sleep(0.05)
    assert (len(sent), crossing.waiting) == (1, 2)

    assert ways[1].keep()
    assert crossing.waiting == 1
    assert ways[0].keep()
    assert not sent[0].begins()
    for each in (first, later[0]):
        with pytest.raises(ScimError, match="Nothing was sent"):
            await each
    await asyncio.sleep(0.05)
    assert sent[1].begins()
    assert not ways[2].keep()
    sent[1].resolve(3)
    assert await later[1] == 3
    assert not ways[2].keep()


async def test_what_is_kept_back_is_sent_by_nobody() -> None:
    """A request that was kept before it came to the connector does not go there; one of many does."""
    kept, gone = Departure(), Departure()
    assert kept.keep()
    gone.leave()
    assert not gone.keep()
    for call in (kept.check, kept.leave):
        with pytest.raises(ScimError):
            call()
