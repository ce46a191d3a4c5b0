"""What a client draws out comes to an end, and costs nobody else anything."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from uvicorn.server import ServerState

from ecma2py.host import protocol
from ecma2py.host.http import Receive, Scope, Send
from ecma2py.host.protocol import MAX_HEAD, MAX_HEADERS, bounded_protocol

HEAD = b"POST /x HTTP/1.1\r\nHost: a\r\n"


class Line:
    """A server on loopback that answers each request with its body, or at once with ``early``."""

    def __init__(self) -> None:
        self.rejected: Counter[str] = Counter()
        self.answer = b""
        self.port = 0

    async def application(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        more = scope["path"] != "/early"
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        answer = self.answer or body
        headers = [(b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A client's connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()

    async def told(self, *chunks: bytes) -> bytes:
        """All that comes back for *chunks* until the server ends the connection."""
        told = bytearray()

        async def read(reader: asyncio.StreamReader) -> None:
            with suppress(ConnectionError):
                while got := await reader.read(65536):
                    told.extend(got)

        async with self.connected() as (reader, writer), asyncio.timeout(10):
            reading = asyncio.ensure_future(read(reader))
            for chunk in chunks:
                if reading.done():
                    break
                writer.write(chunk)
                await asyncio.sleep(0.02)
            await reading
        return bytes(told)


@pytest.fixture
async def line(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """A server whose clients have little time and which takes four connections."""
    for name in ("HEAD_SECONDS", "DRAIN_SECONDS", "WRITE_SECONDS"):
        monkeypatch.setattr(protocol, name, 0.2)
    line = Line()
    make = bounded_protocol(lambda: 4, lambda why: line.rejected.update([why]))
    config = uvicorn.Config(
        line.application, interface="asgi3", ws="none", timeout_keep_alive=1, log_config=None
    )
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: make(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    line.port = server.sockets[0].getsockname()[1]
    yield line
    server.close()


async def test_a_head_ends(line: Line) -> None:
    """Headers without end are answered 431, in one header, in many, and in one piece."""
    endless = b"X-A: " + b"a" * (MAX_HEAD // 2)
    many = b"".join(b"X-%d: a\r\n" % number for number in range(MAX_HEADERS))
    for chunks in ((HEAD, endless, endless), (HEAD, many, b"\r\n"), (HEAD + many + b"\r\n",)):
        assert (await line.told(*chunks)).startswith(b"HTTP/1.1 431 ")
    assert line.rejected == {"answered 431": 3}


GOOD = HEAD + b"Content-Length: 0\r\n\r\n"


@pytest.mark.parametrize("chunks", [(), (HEAD,), (GOOD, b"GET /y HT")])
async def test_a_head_is_in_time(line: Line, chunks: tuple[bytes, ...]) -> None:
    """A connection on which no whole head comes is cut, also after a good request."""
    await line.told(*chunks)
    assert sum(line.rejected.values()) == 1


async def test_no_more_connections_than_allowed(line: Line) -> None:
    """One connection too many is cut, and the next is taken once another has gone."""
    async with asyncio.timeout(5):
        async with line.connected(), line.connected(), line.connected(), line.connected():
            await asyncio.sleep(0.05)
            assert await line.told() == b""
            assert line.rejected["too many connections"] == 1
        await asyncio.sleep(0.05)
        answer = await line.told(HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\nhi")
    assert answer.endswith(b"\r\n\r\nhi")


async def test_no_request_is_answered_400(line: Line) -> None:
    """What is no HTTP is told so, as SCIM tells it."""
    answer = await line.told(b"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"urn:ietf:params:scim:api:messages:2.0:Error" in answer


@pytest.mark.parametrize("offer", [b"h2c", b"websocket"])
async def test_an_upgrade_is_not_taken(line: Line, offer: bytes) -> None:
    """A request that offers another protocol is answered whole, its body with it."""
    head = HEAD + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: %b\r\n" % offer
    head += b"Content-Length: 5\r\n\r\n"
    last = HEAD + b"Content-Length: 3\r\nConnection: close\r\n\r\nend"
    for chunks in ((head + b"hello", last), (head, b"hello", last)):
        answer = await line.told(*chunks)
        assert answer.count(b"HTTP/1.1 200 OK") == 2
        assert b"\r\n\r\nhello" in answer
    assert (await line.told(b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n")).startswith(b"HTTP/1.1 405")


async def test_a_body_nobody_reads_ends(line: Line) -> None:
    """A body that goes on after its request was answered does not hold the connection."""
    head = b"POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
    assert (await line.told(head, *[b"a"] * 20)).startswith(b"HTTP/1.1 200 ")
    assert line.rejected == {"a body went on after its answer": 1}


async def test_an_answer_must_be_taken(line: Line) -> None:
    """A client that does not read its answer loses it, and the connection."""
    line.answer = b"a" * 50_000_000
    async with line.connected() as (_, writer):
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
        await _soon(lambda: bool(line.rejected))
    assert line.rejected == {"an answer was not taken": 1}


async def _soon(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for is no event
            await asyncio.sleep(0.02)
