"""Calls into the bridge: one request as bytes in, one answer as bytes out.

Texts cross inside those bytes alone. As an argument of pythonnet, one with half of a surrogate pair
would end the process.
"""

import ctypes
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NoReturn, Protocol

from ecma2py import errors
from ecma2py.clr.errors import DotNetException
from ecma2py.errors import ECMA2Error

_LENGTH = ctypes.sizeof(ctypes.c_int64)
_LONGEST_TRACE = 4_000


class Codec(Protocol):
    """What knows the wire between a host and its worker, which the bridge speaks too."""

    def encode(self, *message: Any) -> bytes:
        """The bytes of the parts of a message."""
        ...

    def decode(self, data: memoryview) -> list[Any]:
        """The parts of a message; entries and results stay in their wire form."""
        ...


class Caller:
    """Calls the connector that the bridge holds; all calls come from one thread.

    *after* each of them, whatever came of it, some things are done.
    """

    def __init__(self, door: Any, codec: Codec, after: Sequence[Callable[[], object]] = ()) -> None:
        self._door = door
        self._codec = codec
        self._after = dict.fromkeys(after)

    def renew(self) -> None:
        """From now on a new connector is called."""
        self._door.Renew()

    def call(self, method: str, *arguments: Any) -> Any:
        """What the connector's *method*, called as .NET calls it, gave as plain values.

        An exception of ECMA2 is raised as its class of ``ecma2py.errors``, any other one as a
        ``DotNetException`` with the name of its class; running out of memory as ``MemoryError``.
        """
        answer = self.answered(method, self._codec.encode(*arguments))
        for each in self._after:
            each()
        outcome, value = self._codec.decode(memoryview(answer))
        if outcome == "error":
            _raise(value)
        return value

    def answered(self, method: str, request: bytes) -> bytes:
        """The bytes of what the bridge answers."""
        place = ctypes.cast(ctypes.c_char_p(request), ctypes.c_void_p).value
        answer = self._door.Call(method, place, len(request))
        size = ctypes.c_int64.from_address(answer).value
        return ctypes.string_at(answer + _LENGTH, size)


def _raise(found: dict[str, Any]) -> NoReturn:
    name, family, text = found["name"], found["family"], found["text"]
    if "OutOfMemoryException" in family:
        raise MemoryError(text)
    for each in family:
        known = getattr(errors, f"{each.removesuffix('Exception')}Error", None)
        if isinstance(known, type) and issubclass(known, ECMA2Error):
            raise known(
                text, object_type=found["object_type"], attribute_name=found["attribute_name"]
            )
    error = _named(name)(text)
    if found["trace"]:
        error.add_note(found["trace"][:_LONGEST_TRACE])
    raise error


@lru_cache(maxsize=256)
def _named(name: str) -> type[DotNetException]:
    return type(name, (DotNetException,), {})
