"""What a process asks of its system: to die with its parent, to inherit orphans, to have bounds."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_IS_LINUX = sys.platform == "linux"


def die_with_parent() -> None:
    """On Linux this process is killed as soon as its parent ends, whatever it does then."""
    if _IS_LINUX:
        _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))


def adopt_orphans() -> None:
    """On Linux whatever this process's descendants leave behind becomes its child."""
    if _IS_LINUX:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, argument: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, argument, 0, 0, 0)


def memory_limit_problem() -> str:
    """Why memory cannot be limited on this system; empty if it can."""
    if _IS_LINUX or sys.platform == "win32":
        return ""
    return (
        f"this system ({sys.platform}) offers no limit that counts what a process allocates: "
        "limit the service as a whole instead"
    )


def limit_memory(megabytes: int) -> None:
    """This process and those it starts get no more memory of their own than this, each by itself.

    On Linux it is ``RLIMIT_DATA``: heap and anonymous memory that may be written. What is only
    reserved, as the .NET runtime reserves address space, does not count, unlike in ``RLIMIT_AS``.
    """
    if sys.platform != "linux":
        return
    import resource

    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def no_core_dump() -> None:
    """A crash of this process leaves no copy of its memory, and of the secrets in it, on disk."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
