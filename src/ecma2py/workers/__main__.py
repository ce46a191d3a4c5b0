"""``python -m ecma2py.workers CONNECTION``: a worker; hosts start it, nobody else has to.

*CONNECTION* is the number of an inherited socket, or on Windows of the handles of two pipes.
"""

import os
import sys

from ecma2py.workers.channel import Channel
from ecma2py.workers.serving import serve


def _connection(arguments: list[str]) -> Channel:
    numbers = [int(each) for each in arguments]
    if sys.platform == "win32":
        import msvcrt

        reader = msvcrt.open_osfhandle(numbers[0], os.O_RDONLY | os.O_BINARY)
        return Channel(reader, msvcrt.open_osfhandle(numbers[1], os.O_BINARY))
    from ecma2py.workers import guard

    (number,) = numbers
    os.set_inheritable(number, False)
    guard.split(number)
    return Channel(number, number)


if __name__ == "__main__":
    serve(_connection(sys.argv[1:]))
