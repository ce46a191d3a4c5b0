"""Calls into a connector: each instance lives in a thread of its own and can be given up."""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import ParamSpec, TypeVar

from ecma2py.connector.died import ConnectorDiedError
from ecma2py.runs.errors import CallCancelledError, CallTimeoutError
from ecma2py.steps import CloseReason

P = ParamSpec("P")
T = TypeVar("T")

POLL_SECONDS = 0.1
"""How often a waiting call looks whether its run was stopped."""
GRACE_SECONDS = 5.0
"""How long a call under way may still take after its run was stopped."""

_Reply = SimpleQueue[tuple[bool, object]]


class StopSignal(threading.Event):
    """An event that also says why a run is to stop; a plain ``Event`` means the user's wish."""

    reason: CloseReason = CloseReason.TERMINATED_BY_USER

    def stop(self, reason: CloseReason = CloseReason.TERMINATED_BY_USER) -> None:
        """Ask every run that watches this signal to end."""
        self.reason = reason
        self.set()

    @staticmethod
    def reason_of(signal: threading.Event) -> CloseReason:
        """Why *signal* was set."""
        return getattr(signal, "reason", CloseReason.TERMINATED_BY_USER)


class ConnectorThread:
    """One daemon thread that does one call after another, in the order they were given.

    A call that does not come back in time raises ``CallTimeoutError`` in its caller. The thread
    is then given up: no further call is taken but what is owed (Close), which runs as soon as
    the hanging call ends, if ever.
    """

    def __init__(self, name: str) -> None:
        self._requests: SimpleQueue[tuple[Callable[[], object], _Reply | None] | None]
        self._requests = SimpleQueue()
        self._given_up = ""
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    @property
    def is_given_up(self) -> bool:
        """True after a call that did not come back."""
        return bool(self._given_up)

    @property
    def is_alive(self) -> bool:
        """True until everything asked for is done and ``end`` was called."""
        return self._thread.is_alive()

    def call(
        self,
        function: Callable[[], T],
        *,
        what: str,
        timeout: float | None = None,
        cancel: threading.Event | None = None,
    ) -> T:
        """What *function* returns or raises; *what* names the call in errors.

        Raises ``CallTimeoutError`` after *timeout* seconds, ``CallCancelledError`` if *cancel* is
        set and the call has not ended ``GRACE_SECONDS`` later, ``ConnectorDiedError`` if the
        connector tries to end the thread or was given up before.
        """
        if self._given_up:
            raise ConnectorDiedError(f"{what} was not called: {self._given_up}")
        reply: _Reply = SimpleQueue()
        self._requests.put((function, reply))
        try:
            returned, outcome = _wait(reply, what, timeout, cancel)
        except (CallTimeoutError, CallCancelledError) as error:
            self._given_up = str(error)
            raise
        if returned:
            return outcome  # type: ignore[return-value]
        try:
            if isinstance(outcome, Exception):
                raise outcome
            name = type(outcome).__name__
            raise ConnectorDiedError(f"The connector ended its thread in {what} ({name}).")
        finally:
            del outcome  # no cycle between the exception and this frame

    def owe(self, function: Callable[[], object]) -> None:
        """Do *function* as soon as the calls before it have ended; nobody waits for it."""
        self._requests.put((function, None))

    def end(self) -> None:
        """Let the thread end when everything asked for is done."""
        self._requests.put(None)

    def join(self, timeout: float | None = None) -> None:
        """Wait until the thread has ended."""
        self._thread.join(timeout)

    def _serve(self) -> None:
        while (request := self._requests.get()) is not None:
            function, reply = request
            outcome: tuple[bool, object]
            try:
                outcome = (True, function())
            except BaseException as error:  # noqa: BLE001  the caller raises it
                outcome = (False, error)
            if reply is not None:
                reply.put(outcome)
            # A page must not live on here while the thread waits for its next call.
            del request, function, reply, outcome


def _wait(
    reply: _Reply, what: str, timeout: float | None, cancel: threading.Event | None
) -> tuple[bool, object]:
    if cancel is None:
        try:
            return reply.get(timeout=timeout)
        except Empty:
            raise _too_late(what, timeout) from None
    deadline = None if timeout is None else time.monotonic() + timeout
    stop_at: float | None = None
    while True:
        now = time.monotonic()
        if deadline is not None and now >= deadline:
            raise _too_late(what, timeout)
        if stop_at is None and cancel.is_set():
            stop_at = now + GRACE_SECONDS
        if stop_at is not None and now >= stop_at:
            raise CallCancelledError(
                f"The run was stopped, and {what} did not come back within "
                f"{GRACE_SECONDS:g} seconds after that."
            )
        try:
            return reply.get(timeout=POLL_SECONDS)
        except Empty:
            continue


def _too_late(what: str, timeout: float | None) -> CallTimeoutError:
    return CallTimeoutError(
        f"{what} did not come back within {timeout:g} seconds, and whether it took effect is not "
        "known. Raise the time-out if the connected system is slow."
    )
