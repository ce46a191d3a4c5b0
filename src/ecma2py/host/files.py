"""Small files that hold state: replaced whole or not at all, private, one writer at a time."""

import contextlib
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ecma2py.errors import ConfigurationError

if sys.platform == "win32":  # pragma: no cover - Windows only
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


LOCK_SECONDS = 10.0
"""How long a small file may be in use by another process."""


def private_directory(path: Path) -> None:
    """*path* is a directory; what had to be made of it is its owner's alone."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """*path* holds *content* whole, readable by its owner alone, or is left as it was.

    A crash at any instant leaves the old content or the new one. Windows has no modes: there the
    permissions of the directory hold.
    """
    private_directory(path.parent)
    # mkstemp makes the file with mode 0600.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def exclusive(path: Path, *, seconds: float = LOCK_SECONDS, what: str = "") -> Iterator[None]:
    """No other process is inside ``exclusive(path)`` at the same time.

    Waits *seconds* for that; ConfigurationError, which names *what*, if another one is still
    inside then.
    """
    private_directory(path.parent)
    name = path.with_name(f".{path.name}.lock")
    # Closing the file gives the lock back, and so does the death of the process.
    with os.fdopen(os.open(name, os.O_RDWR | os.O_CREAT, 0o600), "ab") as lock:
        deadline = time.monotonic() + seconds
        while True:
            try:
                _lock(lock.fileno())
                break
            except OSError as error:
                if time.monotonic() >= deadline:
                    raise ConfigurationError(
                        f"{what or path} is in use by another process."
                    ) from error
                time.sleep(0.02)
        yield


def alone(state: Path) -> contextlib.AbstractContextManager[None]:
    """No other process writes the spaces in the directory *state*; ConfigurationError if one does.

    What a host has read of a space would be wrong, and what two write would undo each other. A
    directory that everybody can write is refused: whoever replaces the tokens in it comes in.
    """
    private_directory(state)
    if sys.platform != "win32" and state.stat().st_mode & stat.S_IWOTH:
        raise ConfigurationError(
            f"[host] state: every user can write {state}: take that from them (chmod o-w), or name "
            "a directory inside it."
        )
    return exclusive(state / "host", seconds=0, what=f"[host] state: {state}")
