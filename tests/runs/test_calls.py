"""One thread an instance, and calls that can be given up."""

import sys
import threading
import time

import pytest

from ecma2py.runs import (
    CallCancelledError,
    CallTimeoutError,
    ConnectorDiedError,
    ConnectorThread,
    StopSignal,
)
from ecma2py.runs import calls as calls_module
from ecma2py.runs.gate import RunGate
from ecma2py.steps import CloseReason


@pytest.fixture
def thread():
    made = ConnectorThread("test")
    yield made
    made.end()


def test_all_calls_run_in_one_thread_in_order(thread):
    """A connector never changes its thread."""
    seen = [thread.call(threading.current_thread, what="x") for _ in range(3)]
    assert len(set(seen)) == 1
    assert seen[0] is not threading.current_thread()


def test_an_exception_comes_out_as_raised(thread):
    """The caller sees the connector's own exception."""
    with pytest.raises(ZeroDivisionError):
        thread.call(lambda: 1 // 0, what="x")
    assert thread.call(lambda: 5, what="x") == 5


def test_a_connector_cannot_end_the_process_or_its_thread(thread):
    """sys.exit in a connector is an error of its run."""
    with pytest.raises(ConnectorDiedError, match="SystemExit"):
        thread.call(sys.exit, what="x")


def test_a_hanging_call_is_given_up_and_close_is_owed():
    """After a time-out no call is taken but the owed one, which runs when the hanging one ends."""
    thread, release, closed = ConnectorThread("t"), threading.Event(), threading.Event()
    with pytest.raises(CallTimeoutError, match=r"put did not come back within 0\.05 seconds"):
        thread.call(release.wait, what="put", timeout=0.05)
    assert thread.is_given_up
    with pytest.raises(ConnectorDiedError, match="was not called"):
        thread.call(lambda: 1, what="open")
    thread.owe(closed.set)
    thread.end()
    assert not closed.is_set()
    release.set()
    thread.join(5)
    assert closed.is_set()
    assert not thread.is_alive


def test_a_set_signal_gives_a_running_call_its_grace(monkeypatch, thread):
    """A stopped run waits for its call a while, and gives it up then."""
    monkeypatch.setattr(calls_module, "POLL_SECONDS", 0.01)
    signal = StopSignal()
    signal.stop()
    assert thread.call(lambda: time.sleep(0.05) or 7, what="x", cancel=signal, timeout=5) == 7
    monkeypatch.setattr(calls_module, "GRACE_SECONDS", 0.02)
    release = threading.Event()
    with pytest.raises(CallCancelledError):
        thread.call(release.wait, what="x", cancel=signal)
    release.set()


def test_a_signal_does_not_lift_the_time_out(monkeypatch, thread):
    """With a signal that is never set, the time-out holds."""
    monkeypatch.setattr(calls_module, "POLL_SECONDS", 0.01)
    release = threading.Event()
    with pytest.raises(CallTimeoutError):
        thread.call(release.wait, what="x", cancel=StopSignal(), timeout=0.03)
    release.set()


def test_a_signal_says_why():
    """A plain event means the user."""
    signal = StopSignal()
    signal.stop(CloseReason.TERMINATED_SHUTTING_DOWN)
    assert StopSignal.reason_of(signal) is CloseReason.TERMINATED_SHUTTING_DOWN
    assert StopSignal.reason_of(threading.Event()) is CloseReason.TERMINATED_BY_USER


def test_the_gate_lets_one_in_at_a_time_in_order_and_tells_the_holder():
    """Waiters come in their order, and whoever holds the gate learns that somebody waits."""
    gate, told, order = RunGate(), threading.Event(), []
    gate.acquire(wanted=told.set)

    def run(name):
        with gate.hold():
            order.append(name)

    threads = []
    for name in range(5):
        threads.append(threading.Thread(target=run, args=(name,)))
        threads[-1].start()
        assert told.wait(5)
        while len(gate._waiting) <= name:
            time.sleep(0.001)
    assert order == []
    gate.release()
    for each in threads:
        each.join(5)
    assert order == [0, 1, 2, 3, 4]


def test_a_holder_that_comes_in_while_others_wait_is_told_at_once():
    """A long-lived run that had to queue knows of those behind it."""
    gate, told = RunGate(), threading.Event()
    gate.acquire()
    first = threading.Thread(target=lambda: gate.acquire(wanted=told.set))
    first.start()
    while len(gate._waiting) < 1:
        time.sleep(0.001)
    second = threading.Thread(target=gate.acquire)
    second.start()
    while len(gate._waiting) < 2:
        time.sleep(0.001)
    gate.release()
    assert told.wait(5)
    first.join(5)
    gate.release()
    second.join(5)


def test_a_stopped_run_leaves_the_queue(monkeypatch):
    """Waiting for the gate ends with the run."""
    gate, signal = RunGate(), StopSignal()
    gate.acquire()
    signal.stop()
    with pytest.raises(CallCancelledError):
        gate.acquire(cancel=signal)
    gate.release()
    with gate.hold():
        pass
    turn = threading.Event()
    gate.acquire()
    gate._give_up(turn)  # its turn came in the same instant: the gate goes on to the next
    with gate.hold():
        pass
