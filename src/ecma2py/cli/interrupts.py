"""Ctrl-C ends a run in order: the connector is closed with ``TerminatedByUser``."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ecma2py.runs import StopSignal


@contextmanager
def stopping(*, at_once: bool = False) -> Iterator[StopSignal]:
    """A signal that the first Ctrl-C sets; a second one interrupts whatever is under way.

    With *at_once* the first one interrupts too: for a command whose main thread waits for input.
    A request to end the process (SIGTERM) counts as Ctrl-C.
    """
    stop = StopSignal()

    def interrupted(number: int, frame: FrameType | None) -> None:
        again = stop.is_set()
        stop.stop()
        if again or at_once:
            raise KeyboardInterrupt

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, interrupted) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
