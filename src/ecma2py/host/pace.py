"""How the host's threads share one interpreter: requests first, imports with what is left."""

import gc
import sys
from time import perf_counter, sleep

SWITCH_SECONDS = 0.001
"""How long a thread computes at most while another one waits: a read waits so long for its turn."""
YOUNG_OBJECTS = 50_000
"""How many new objects call for a collection: a page of an import is not garbage every time."""
OPEN_FILES = 65_536
"""How many files and connections the process may have open, where the system allows it."""
_GIVEN = 3.0
"""How long an import makes way at most, in times of what it last worked."""
_LOOK_SECONDS = 0.001
_RECENT_SECONDS = 0.005
"""After a request that is no longer ago the next one is expected."""


def tune_process() -> None:
    """Set up this process for serving; for programs, not for libraries."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    _allow_many_files()


def _allow_many_files() -> None:
    """Let the process open what its hard limit allows: every connection is a file, too."""
    if sys.platform == "win32":  # pragma: no cover  Windows has no such limit
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Pace:
    """Knows when the last request came, so that imports can make way for the next one."""

    __slots__ = ("latest",)

    def __init__(self) -> None:
        self.latest = 0.0
        """When the last request came, by ``perf_counter``; whoever takes requests sets it."""

    def give_way(self, worked: float) -> None:
        """Wait while requests come; no import works less than a quarter of its time."""
        until = perf_counter() + _GIVEN * worked
        sleep(_LOOK_SECONDS / 100)
        while (now := perf_counter()) < until and now - self.latest < _RECENT_SECONDS:
            sleep(_LOOK_SECONDS)
