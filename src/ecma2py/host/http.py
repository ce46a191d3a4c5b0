"""Requests and responses as the host sees them: read whole, within limits, answered once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from attrs import define, field

from ecma2py.host.exchange import answered, received_body
from ecma2py.scim.errors import (
    ScimError,
    invalid_syntax,
    method_not_allowed,
    not_found,
    too_large,
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SCIM_JSON = b"application/scim+json"
LARGE_BODY = 64 * 1024
"""Bytes of a body from which on it is worked through in a thread, beside other requests."""
BYTES_OF_A_VALUE = 8
"""A body of the largest size has at most one bracket or comma in so many bytes."""
MAX_SEGMENT = 4096
READ_TIMEOUT_SECONDS = 60.0
_UNREAD = object()


@define
class Request:
    """One request with its body read; paths and query values are decoded, strictly UTF-8."""

    method: str
    segments: list[str]
    query: list[tuple[str, str]]
    headers: Mapping[bytes, bytes]
    body: bytes = b""
    raw_query: bytes = b""
    label: str = ""
    """Which token the client showed, for the audit."""
    route: str = ""
    """The route's name for the metrics, once it is known."""
    document: Any = _UNREAD
    """What the body says, where it is known: for an operation of a Bulk request its data."""

    @property
    def is_large(self) -> bool:
        """True if the body is worked through in a thread."""
        return len(self.body) > LARGE_BODY

    def json(self, max_depth: int, max_size: int) -> Any:
        """The body as JSON; ``invalidSyntax`` for anything else, and past *max_depth* levels.

        A body of which *max_size* bytes are allowed may not consist of brackets and commas alone:
        what it takes to read it goes with their number, and nobody else is served meanwhile.
        """
        if self.document is not _UNREAD:
            return self.document
        if self.is_large:
            self._check_values(max_size // BYTES_OF_A_VALUE)
        try:
            document = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise invalid_syntax(f"The body is not JSON: {error}.") from error
        # Few brackets cannot be deep; those within texts count too, and do no harm.
        brackets = self.body.count(b"{") + self.body.count(b"[")
        if brackets > max_depth and _deeper_than(document, max_depth):
            raise invalid_syntax(f"The body is nested deeper than {max_depth} levels.")
        return document

    def _check_values(self, limit: int) -> None:
        if sum(map(self.body.count, (b"[", b"{", b","))) > limit:
            raise too_large(f"The body has more than {limit} values: send it in parts.")

    def may_change(self, version: int) -> bool:
        """True if the resource of this version is meant: If-Match, If-None-Match (RFC 9110)."""
        wanted = self.headers.get(b"if-match")
        return (wanted is None or names_version(wanted, version)) and not self.is_known(version)

    def is_known(self, version: int) -> bool:
        """True if the client names this version as one that it has, or does not want to change."""
        known = self.headers.get(b"if-none-match")
        return known is not None and names_version(known, version)


def only(request: Request, *methods: str) -> None:
    """Return if the request has one of these methods; else 405."""
    if request.method not in methods:
        also = ("HEAD",) if "GET" in methods else ()
        raise method_not_allowed(*methods, *also)


def names_version(header: bytes, version: int) -> bool:
    """True if a list of entity tags has this version's, weak or not, or is ``*`` (RFC 9110)."""
    if header.strip() == b"*":
        return True
    wanted = f'"{version}"'.encode()
    return any(each.strip().removeprefix(b"W/") == wanted for each in header.split(b","))


def _deeper_than(document: Any, limit: int) -> bool:
    level = [document]
    for _ in range(limit):
        level = [
            child
            for each in level
            if isinstance(each, (dict, list))
            for child in (each.values() if isinstance(each, dict) else each)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True


@define
class Response:
    """One answer; ``headers`` come beside content type and length."""

    status: int
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(factory=list)
    content_type: bytes = SCIM_JSON
    route: str = ""
    """The route's name for the metrics."""

    @classmethod
    def json(
        cls, status: int, document: Any, headers: list[tuple[bytes, bytes]] | None = None
    ) -> "Response":
        """A JSON document as SCIM content."""
        return cls(status, orjson.dumps(document), headers or [])

    @classmethod
    def of_error(cls, error: ScimError) -> "Response":
        """The RFC 7644 error body, with Retry-After where the request may succeed later."""
        response = cls.json(error.status, error.body())
        if error.retry_after is not None:
            response.headers.append((b"retry-after", str(error.retry_after).encode()))
        if error.allow:
            response.headers.append((b"allow", ", ".join(error.allow).encode()))
        if error.status == 401:
            response.headers.append((b"www-authenticate", b'Bearer realm="ecma2py"'))
        return response

    async def send(self, send: Send, request_id: str, *, is_head: bool = False) -> None:
        """Write the answer to the request of this id; to a HEAD request without its body."""
        headers = [
            (b"content-length", b"%d" % len(self.body)),
            (b"x-request-id", request_id.encode()),
            *self.headers,
        ]
        if self.body:
            headers.append((b"content-type", self.content_type))
        body = b"" if is_head else self.body
        if answered(send, self.status, headers, body):
            return
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def path_segments(raw_path: bytes) -> list[str]:
    """The decoded segments of a path without its query; 404 for what is no UTF-8 text.

    Each segment is decoded by itself and once, so that an encoded slash stays part of an id and
    what was authenticated is what is routed.
    """
    segments = []
    for raw in raw_path.split(b"?", 1)[0].strip(b"/").split(b"/"):
        decoded = unquote_to_bytes(raw) if b"%" in raw else raw
        try:
            segments.append(decoded.decode())
        except UnicodeDecodeError:
            raise not_found("The path is not UTF-8 text.") from None
        if len(decoded) > MAX_SEGMENT:
            raise ScimError(414, f"A path segment is longer than {MAX_SEGMENT} bytes.")
    return segments


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """The whole body, 413 past *limit* bytes, 408 if it does not arrive in time."""
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared[:20]) > limit:
        raise too_large(f"The body has {declared[:20].decode()} bytes; {limit} are allowed.")
    body = received_body(receive)
    if body is not None:
        _check_size(len(body), limit)
        return body
    try:
        async with asyncio.timeout(READ_TIMEOUT_SECONDS):
            return await _received(receive, limit)
    except TimeoutError:
        raise ScimError(408, "The request did not arrive in time.") from None


async def _received(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ScimError(400, "The client left before its request was complete.")
        chunk = message.get("body", b"")
        size += len(chunk)
        _check_size(size, limit)
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise too_large(f"The body is larger than {limit} bytes.")
