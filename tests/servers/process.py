"""What every server of the tests shares: a port, a folder and a user that is not root."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def free_port() -> int:
    """A TCP port on loopback that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def unprivileged(*users: str) -> dict[str, Any]:
    """The arguments that make ``subprocess`` drop root for the first of the users that exists."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[user] for user in (*users, "nobody") if user in known)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@contextmanager
def server_folder(name: str, credentials: dict[str, Any]) -> Iterator[Path]:
    """A folder that only the server's user can read, gone at the end with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix=f"ecma2py-{name}-"))
    try:
        if credentials:
            shutil.chown(folder, credentials["user"], credentials["group"])
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(
    command: Sequence[str | Path],
    folder: Path,
    credentials: dict[str, Any],
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[Path]:
    """Run a server as a child of the tests, give its log, and stop it by the signal it obeys."""
    log = folder / "log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            **credentials,
        )
    try:
        yield log
    finally:
        process.send_signal(stop)
        process.wait(timeout=30)


def wait_until(ready: Callable[[], bool], what: str, log: Path, seconds: float = 30) -> None:
    """Poll until the server answers; past the time its log is the error."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not answer in {seconds:g} s:\n{log.read_text()}")
        time.sleep(0.02)


def listens(port: int) -> bool:
    """Whether somebody accepts connections on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
