"""How a worker process is started: with a connection that nobody else has, and nothing said aloud.

Neither the command line nor the environment says what it is for: the first message does.
"""

import os
import socket
import subprocess
import sys
from typing import Any

from ecma2py.workers.channel import Channel
from ecma2py.workers.job import Job
from ecma2py.workers.recipes import Recipe

MODULE = "ecma2py.workers"

Started = tuple[Channel, "subprocess.Popen[bytes]", Job | None]


def started(recipe: Recipe) -> Started:
    """The host's end of the connection, the process, and on Windows the job that holds it."""
    if sys.platform == "win32":
        return _started_on_windows(recipe)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        number = theirs.fileno()
        process = subprocess.Popen(  # noqa: S603  a command of our own
            _command(number),
            pass_fds=[number],
            start_new_session=True,  # a key that ends the host in order leaves it alone
            **_standard(recipe),
        )
        descriptor = ours.detach()
    return Channel(descriptor, descriptor), process, None


def _started_on_windows(recipe: Recipe) -> Started:
    """The same with two pipes and a job. It has not been run on a Windows machine yet."""
    import msvcrt

    windows: Any = subprocess
    handles: Any = msvcrt
    system: Any = os
    their_reader, our_writer = os.pipe()
    our_reader, their_writer = os.pipe()
    given = [handles.get_osfhandle(each) for each in (their_reader, their_writer)]
    for each in given:
        system.set_handle_inheritable(each, True)
    startup = windows.STARTUPINFO(lpAttributeList={"handle_list": given})
    process = subprocess.Popen(  # noqa: S603  a command of our own
        _command(*given), startupinfo=startup, **_standard(recipe)
    )
    running: Any = process
    job = Job(int(running._handle), recipe.memory_limit_mb)
    for descriptor in (their_reader, their_writer):
        os.close(descriptor)
    return Channel(our_reader, our_writer), process, job


def _command(*numbers: int) -> list[str]:
    # -P: what lies in the working directory is not taken for a library.
    return [sys.executable, "-P", "-m", MODULE, *map(str, numbers)]


def _standard(recipe: Recipe) -> dict[str, Any]:
    return {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "bufsize": 0,
        "env": None if recipe.environment is None else dict(recipe.environment),
    }
