"""A small process above each worker's own: nothing that the connector starts outlives it.

It runs none of the connector's code, so that it acts whatever that does. When the host's end of the
connection closes, as it does even by kill -9, or on SIGTERM, it ends the worker and all processes
that this one has left. POSIX only; on Windows a job does the same (``job``).
"""

import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from ecma2py.workers import limits

GRACE_SECONDS = 2.0
"""How long a worker may take to end by itself after the host has gone or let it go."""
_KILL_SECONDS = 5.0
_POLL_SECONDS = 0.01
_ZOMBIES = "ZX"


def split(connection: int) -> None:
    """Returns in a child process, which is the worker; this one guards it and never returns."""
    limits.adopt_orphans()
    guard = os.getpid()
    child = os.fork()
    if child:
        Guard(child, connection).watch()
    os.setpgid(0, 0)
    limits.die_with_parent()
    if os.getppid() != guard:
        os._exit(1)


class Guard:
    """Waits for the end of one child, or for the word that it shall end."""

    def __init__(self, child: int, connection: int) -> None:
        self._child = child
        self._connection = connection
        self._status: int | None = None
        self._is_ordered = False
        self._woken, wakes = os.pipe()
        for each in (self._woken, wakes):
            os.set_blocking(each, False)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.signal(signal.SIGTERM, self._ordered)

    def watch(self) -> NoReturn:
        """End as the child ended, once it and all that it left have."""
        poll = select.poll()
        poll.register(self._woken, select.POLLIN)
        poll.register(self._connection, getattr(select, "POLLRDHUP", 0))
        deadline: float | None = None
        while True:
            self._reap()
            if self._status is not None or self._is_ordered:
                break
            if deadline is not None and time.monotonic() >= deadline:
                break
            events = poll.poll(None if deadline is None else 1000 * GRACE_SECONDS / 20)
            for descriptor, _ in events:
                if descriptor == self._connection:
                    poll.unregister(descriptor)
                    deadline = time.monotonic() + GRACE_SECONDS
                else:
                    os.read(descriptor, 4096)
        self._kill_all()
        self._end_alike()

    def _ordered(self, number: int, frame: object) -> None:
        self._is_ordered = True

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if pid == self._child:
                self._status = status

    def _kill_all(self) -> None:
        deadline = time.monotonic() + _KILL_SECONDS
        while time.monotonic() < deadline:
            left = descendants(os.getpid()) if sys.platform == "linux" else []
            for pid in left:
                _kill(pid)
            if sys.platform != "linux":
                _kill(-self._child)
            self._reap()
            if self._status is not None and not left:
                return
            time.sleep(_POLL_SECONDS)

    def _end_alike(self) -> NoReturn:
        status = self._status
        if status is not None and os.WIFSIGNALED(status):
            limits.no_core_dump()
            number = os.WTERMSIG(status)
            if number != signal.SIGKILL:
                signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        os._exit(os.waitstatus_to_exitcode(status) if status is not None else 1)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def descendants(ancestor: int) -> list[int]:
    """All living processes below *ancestor*, by Linux's ``/proc``."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # The name in parentheses may hold anything, a parenthesis too.
            state, parent = folder.joinpath("stat").read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if state not in _ZOMBIES:
            children.setdefault(int(parent), []).append(int(folder.name))
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found
