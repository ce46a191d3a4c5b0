"""One client's connection: uvicorn's HTTP protocol, with an end to all that a client can draw out.

What a client may keep waiting for is bounded before a token is looked at: the head of a request in
size and time, what comes between and behind the bytes of a body, a body nobody reads any more, an
answer the client does not take, requests sent ahead of their turn, and how many connections there
are at all.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

import httptools
import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ecma2py.scim.errors import ScimError

MAX_HEAD = 64 * 1024
"""Bytes of a request's target and headers together, and of all that is no body after them."""
MAX_HEADERS = 200
MAX_CHUNKS = 4096
"""Chunks of a body in one read: each costs more than its bytes do."""
MAX_PIPELINE = 16
"""Requests of one connection that wait for the answer to an earlier one."""
KNOWN = "client_is_known"
"""What the state of a request has under this name is to be called once its client has proved that
it may come in."""
HEAD_SECONDS = 15.0
"""From the connection, or the first byte of a later request, to the end of its headers."""
DRAIN_SECONDS = 5.0
"""How long a body goes on being received whose request is answered already."""
WRITE_SECONDS = 60.0
"""How long a client may leave an answer untaken."""
_NO_UPGRADE = frozenset({b"upgrade", b"connection", b"http2-settings"})
_PHRASES = {
    400: b"Bad Request",
    405: b"Method Not Allowed",
    431: b"Request Header Fields Too Large",
}


def bounded_protocol(
    connections_at_most: Callable[[], int], rejected: Callable[[str], None]
) -> "Callable[..., BoundedProtocol]":
    """What uvicorn makes its connections with; *rejected* is told why one was cut or refused."""
    strangers: dict[BoundedProtocol, None] = {}
    return partial(
        BoundedProtocol,
        connections_at_most=connections_at_most,
        rejected=rejected,
        strangers=strangers,
    )


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 on one connection (RFC 9112); it is cut where a client exceeds a bound."""

    def __init__(
        self,
        *args: Any,
        connections_at_most: Callable[[], int],
        rejected: Callable[[str], None],
        strangers: dict["BoundedProtocol", None],
        **rest: Any,
    ) -> None:
        super().__init__(*args, **rest)
        self._at_most = connections_at_most
        self._rejected = rejected
        self._strangers = strangers
        """The connections whose clients have not proved who they are, the oldest first."""
        self.app_state = {KNOWN: self._known}
        self._in_head = True
        self._received = 0
        """Bytes since the head began, or since the last byte of a body, as the reads tell them."""
        self._chunks = 0
        self._trailers = 0
        self._fault = (400, "This is not a request of HTTP/1.1.")
        """Why the parser does not go on."""
        self._timer: asyncio.TimerHandle | None = None
        """Runs while the client owes the rest of a head, or of a body that nobody reads."""
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or cut it where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self._at_most() and not self._make_room():
            self._cut("too many connections")
            return
        self._strangers[self] = None
        self._limit(HEAD_SECONDS, "no request came")

    def _make_room(self) -> bool:
        """Drop the oldest connection that asks for nothing, of a client nobody knows."""
        for other in self._strangers:
            if other.cycle is None or other.cycle.response_complete:
                other._known()
                other._cut("too many connections")
                return True
        return False

    def _known(self) -> None:
        """Note that the client has shown a token: it is not the first to make room."""
        self._strangers.pop(self, None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection and what waited for it."""
        self._known()
        self._in_time()
        if self._write_timer is not None:
            self._write_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; answer 4xx and close where it is no request that can be taken."""
        if self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        self._received += len(data)
        self._chunks = 0
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = self._stay(data[upgrade.args[0] :])
                continue
            except httptools.HttpParserError:
                if not self.transport.is_closing():
                    self._refuse(*self._fault)
            else:
                self._await_head()
            return

    def _end(self, status: int, detail: str) -> NoReturn:
        """Have the parser end, and ``data_received`` refuse the request."""
        self._fault = (status, detail)
        raise ValueError

    def _await_head(self) -> None:
        """See to it that what is no body ends: within its size, and a head in time."""
        if self._received > MAX_HEAD:
            self._refuse(431, f"A request has {MAX_HEAD} bytes at most beside its body.")
        elif self._in_head and self._timer is None:
            self._limit(HEAD_SECONDS, "the head did not end")

    def _stay(self, rest: bytes) -> bytes:
        """The request that offers another protocol as the HTTP/1.1 that it is too, and the rest.

        The parser skips the body of such a request, so it gets the request once more without the
        offer (RFC 9110, 7.8: a server may ignore it).
        """
        method = self.parser.get_method()
        if method == b"CONNECT":
            self._refuse(405, "This is no proxy.")
            return b""
        headers = [each for each in self.headers if each[0] not in _NO_UPGRADE]
        head = [method, b" ", self.url, b" HTTP/1.1\r\n"]
        for name, value in headers:
            head += [name, b": ", value, b"\r\n"]
        self.parser = httptools.HttpRequestParser(self)
        return b"".join([*head, b"\r\n", rest])

    def _should_upgrade(self) -> bool:
        return True  # so that uvicorn leaves the request alone until ``_stay`` has it

    def on_message_begin(self) -> None:
        """Note that a head has begun."""
        super().on_message_begin()
        self._in_head = True
        self._trailers = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head; one behind the body means nothing here (RFC 9110, 6.5)."""
        if self._in_head:
            super().on_header(name, value)
            return
        self._trailers += 1
        if self._trailers > MAX_HEADERS:
            self._end(431, f"A request has {MAX_HEADERS} trailers at most.")

    def on_headers_complete(self) -> None:
        """Have the request answered."""
        if len(self.headers) > MAX_HEADERS:
            self._end(431, f"A request has {MAX_HEADERS} headers at most.")
        self._in_head = False
        self._in_time()
        super().on_headers_complete()
        if len(self.pipeline) > MAX_PIPELINE:
            self._cut("too many requests ahead of their turn")
            raise ValueError  # the parser ends here, too

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._received = 0
        self._chunks += 1
        if self._chunks > MAX_CHUNKS:
            self._end(400, f"A body comes in {MAX_CHUNKS} chunks at a time at most.")
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the body is there, whether anybody reads it or not."""
        self._received = 0
        self._in_time()
        if not self.parser.should_upgrade():
            self.cycle.more_body = False
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on to the next request; not for ever while the body of the last one still comes."""
        unread = self.cycle.more_body and not self.pipeline
        super().on_response_complete()
        if unread:
            self._limit(DRAIN_SECONDS, "a body went on after its answer")

    def pause_writing(self) -> None:
        """Note that the client leaves its answer untaken."""
        super().pause_writing()
        self._write_timer = self.loop.call_later(
            WRITE_SECONDS, self._cut, "an answer was not taken"
        )

    def resume_writing(self) -> None:
        """Note that the client takes its answer."""
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """End a connection on which nothing comes, though its last answer may not be taken yet."""
        if self.transport.get_write_buffer_size():
            self._cut("an answer was not taken")
        else:
            super().timeout_keep_alive_handler()

    def _limit(self, seconds: float, why: str) -> None:
        self._in_time()
        self._timer = self.loop.call_later(seconds, self._cut, why)

    def _in_time(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cut(self, why: str) -> None:
        """Drop the connection without a farewell, which this client would not read."""
        self._rejected(why)
        self.transport.abort()

    def _refuse(self, status: int, detail: str) -> None:
        self._rejected(f"answered {status}")
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()  # in the middle of another answer there is no place for this one
            return
        body = orjson.dumps(ScimError(status, detail).body())
        head = (
            b"HTTP/1.1 %d %b\r\ncontent-type: application/scim+json\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head % (status, _PHRASES[status], len(body)) + body)
        self.transport.close()
