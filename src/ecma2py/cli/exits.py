"""The exit codes, and which error ends a command with which of them."""

from enum import IntEnum

from ecma2py.errors import ConfigurationError, ECMA2Error, Retry, StopRun


class Exit(IntEnum):
    """How a command ended; scripts may rely on these numbers."""

    OK = 0
    FAILED = 1
    USAGE = 2
    STOPPED = 3
    ENTRIES = 4
    NO_HOST = 5
    INTERRUPTED = 130


MEANINGS = {
    Exit.OK: "done",
    Exit.FAILED: "the operation failed",
    Exit.USAGE: "the command line or the configuration is wrong",
    Exit.STOPPED: "the target cannot be reached, or the run was stopped",
    Exit.ENTRIES: "some entries failed, all others are done",
    Exit.NO_HOST: "no host is running",
    Exit.INTERRUPTED: "interrupted",
}
"""What each code means, as ``ecma2py --help`` says it."""


class CommandError(Exception):
    """A command ends with *code*; the message, if any, goes to standard error."""

    def __init__(self, message: str = "", code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code


class HostNotRunningError(CommandError):
    """A command for a running host found none."""

    def __init__(self, message: str) -> None:
        super().__init__(message, Exit.NO_HOST)


_CODES: tuple[tuple[type[BaseException], Exit], ...] = (
    (ConfigurationError, Exit.USAGE),
    (StopRun, Exit.STOPPED),
    (Retry, Exit.STOPPED),
    (ECMA2Error, Exit.FAILED),
)


def code_of(error: BaseException) -> Exit:
    """The exit code for an error that ends a command."""
    if isinstance(error, CommandError):
        return error.code
    return next((code for kind, code in _CODES if isinstance(error, kind)), Exit.FAILED)
