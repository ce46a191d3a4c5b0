"""The socket beneath a driver's connection: cut, it ends a call that nothing else ends.

A server that is frozen answers neither a statement nor its cancellation, while its machine goes on
to acknowledge whatever is sent to it: no time-out of TCP is ever over.
"""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

Ports = tuple[int, int]
"""The port of a connection at this end, and at the server's."""

_OPEN_FILES = Path("/dev/fd")


def cut(ports: Ports) -> bool:
    """End the connection between *ports*; False if this process has none, or cannot tell."""
    found = False
    for each in _sockets():
        with each:
            if _ports_of(each) == ports:
                each.shutdown(socket.SHUT_RDWR)
                found = True
    return found


def _sockets() -> Iterator[socket.socket]:
    """A handle of our own on each socket of this process."""
    with suppress(OSError):  # Windows has no such folder
        for file in list(_OPEN_FILES.iterdir()):
            with suppress(OSError):  # it is closed meanwhile
                number = int(file.name)
                # Whoever closes a handle on a file ends the locks that this process has on the
                # file, those of SQLite among them: only sockets are touched.
                if stat.S_ISSOCK(os.fstat(number).st_mode):
                    yield socket.socket(fileno=os.dup(number))


def _ports_of(found: socket.socket) -> Ports | None:
    try:
        return found.getsockname()[1], found.getpeername()[1]
    except (OSError, IndexError, TypeError):  # it is not connected, or no socket of the Internet
        return None
