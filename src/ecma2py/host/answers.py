"""Answers to reads, kept for as long as the space that they were read from stays as it is."""

from ecma2py.host.http import Request, Response
from ecma2py.space import Space

MOST_BYTES = 32 * 1024 * 1024
LARGEST = 16 * 1024
"""Bytes of an answer that is worth keeping: a larger one is no answer to a match or a look."""

Key = tuple[bytes, bytes]


class Answers:
    """The small answers of one connector, by path and query; the oldest makes room for the newest.

    A client asks for the same objects again and again: to match, to look before a change and after
    it. Every write to the space, whatever it changed, ends what is kept: an answer may show more
    than one object. So the host that keeps answers must be the only writer of its spaces.
    """

    __slots__ = ("_at", "_kept", "_size", "_space")

    def __init__(self, space: Space) -> None:
        self._space = space
        self._kept: dict[Key, Response] = {}
        self._size = 0
        self._at = space.changes

    @property
    def now(self) -> int:
        """What ``keep`` wants to know: to be asked for before the space is read."""
        return self._space.changes

    def find(self, path: bytes, query: bytes) -> Response | None:
        """The answer to the same request, if nothing was written since."""
        if self._at != self._space.changes:
            return None
        return self._kept.get((path, query))

    def keep(self, path: bytes, request: Request, response: Response, at: int) -> None:
        """Keep *response*, which was read after ``now`` was *at*, unless it is not worth it."""
        if response.status != 200 or len(response.body) > LARGEST or b"cursor" in request.raw_query:
            return
        if at != self._space.changes:
            return
        if at != self._at:
            self._kept.clear()
            self._size, self._at = 0, at
        key = (path, request.raw_query)
        if key not in self._kept:
            self._kept[key] = response
            self._size += _size(key, response)
        while self._size > MOST_BYTES:
            oldest = next(iter(self._kept))
            self._size -= _size(oldest, self._kept.pop(oldest))


def _size(key: Key, response: Response) -> int:
    """Bytes in memory, roughly: the texts and what Python needs to hold them."""
    return len(key[0]) + len(key[1]) + len(response.body) + 1000
