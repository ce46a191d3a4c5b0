"""Cursors of RFC 9865: a place in a listing that a client carries and cannot make up."""

import hmac
import json
import struct
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from hashlib import sha256

from attrs import field, frozen

from ecma2py.scim.errors import expired_cursor, invalid_count, invalid_cursor

Position = int | str | bool | None | list["Position"]
"""Where the next page begins, in the words of whoever reads the pages; carried as JSON."""

LONGEST_CURSOR = 4096
"""Characters; cursors travel in URLs."""
SHORTEST_KEY = 16
"""Bytes of the key a :class:`Cursors` is made with."""

_VERSION = b"\x01"
_TAG_SIZE = 16
_HEADER = struct.Struct(">QI")


@frozen
class Place:
    """What a cursor holds."""

    position: Position
    count: int
    """The page size of the query the cursor belongs to."""


def _checked_key(key: bytes) -> bytes:
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"A cursor key has {SHORTEST_KEY} bytes or more; this one has {len(key)}.")
    return key


@frozen
class Cursors:
    """Only a cursor sealed here, for the same query, opens; everything else is refused.

    Sealed with HMAC-SHA256: the position is protected from change and not hidden, so it holds
    nothing its reader may not see. Hosts that share a key open one another's cursors.
    """

    key: bytes = field(converter=_checked_key, repr=False)
    timeout: int | None = field(default=3600, kw_only=True)
    """Seconds a cursor is valid; None for ever."""
    clock: Callable[[], float] = field(default=time.time, kw_only=True, repr=False, eq=False)

    def seal(self, position: Position, *, query: bytes, count: int) -> str:
        """The cursor of *position*: letters, digits, ``-`` and ``_`` only.

        *query* is what must be the same when the cursor comes back. Raises ValueError for a
        position too long to be carried in a URL.
        """
        content = json.dumps(position, separators=(",", ":")).encode()
        payload = _HEADER.pack(max(0, int(self.clock())), count) + content
        cursor = _encode(_VERSION + self._tag(query, payload) + payload)
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError(
                f"A position of {len(content)} bytes does not fit a cursor of {LONGEST_CURSOR} "
                "characters: page by something shorter."
            )
        return cursor

    def open(self, cursor: str, *, query: bytes, count: int | None) -> Place:
        """What :meth:`seal` put into *cursor*; *count* is what the client asks for, if it does.

        Raises :class:`ScimError`: invalidCursor for one not issued here or issued for another
        query, expiredCursor for one past the time-out, invalidCount where *count* is not the one
        of the first page (RFC 9865 section 2).
        """
        sealed = _decode(cursor)
        start = len(_VERSION) + _TAG_SIZE
        tag, payload = sealed[len(_VERSION) : start], sealed[start:]
        genuine = sealed.startswith(_VERSION) and hmac.compare_digest(
            tag, self._tag(query, payload)
        )
        if not genuine:
            raise invalid_cursor(
                "The cursor was not issued for this query: begin again with an empty cursor and "
                "send filter, sortBy and sortOrder unchanged with every page"
            )
        issued, sealed_count = _HEADER.unpack_from(payload)
        if self.timeout is not None and self.clock() - issued > self.timeout:
            raise expired_cursor(
                f"The cursor is older than {self.timeout} seconds: begin again with an empty cursor"
            )
        if count is not None and count != sealed_count:
            raise invalid_count(
                f"count is {count} and was {sealed_count} on the first page: repeat it, or none"
            )
        return Place(json.loads(payload[_HEADER.size :]), sealed_count)

    def _tag(self, query: bytes, payload: bytes) -> bytes:
        # The length in front keeps bytes from moving between query and payload.
        message = len(query).to_bytes(8, "big") + query + payload
        return hmac.digest(self.key, message, sha256().name)[:_TAG_SIZE]


def _encode(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _decode(cursor: str) -> bytes:
    """The bytes of *cursor*; none at all unless :func:`_encode` writes them exactly so."""
    if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
        return b""
    try:
        sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (Base64Error, ValueError):
        return b""
    return sealed if _encode(sealed) == cursor else b""
