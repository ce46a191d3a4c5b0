"""What a client draws out comes to an end, and costs nobody else anything."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from uvicorn.server import ServerState

from ecma2py.host import protocol
from ecma2py.host.http import Receive, Response, Scope, Send, read_body
from ecma2py.host.protocol import KNOWN, MAX_HEAD, MAX_HEADERS, MAX_PIPELINE, bounded_protocol

HEAD = b"POST /x HTTP/1.1\r\nHost: a\r\n"


class Line:
    """A server on loopback that answers each request with its body, or at once with ``early``."""

    def __init__(self, *, past_asgi: bool) -> None:
        self.past_asgi = past_asgi
        """True if answers are written at once where they can be, as the host does."""
        self.rejected: Counter[str] = Counter()
        self.answer = b""
        self.seen: list[list[tuple[bytes, bytes]]] = []
        """The headers of each request."""
        self.port = 0

    async def application(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        self.seen.append(list(scope["headers"]))
        more = scope["path"] != "/early"
        if scope["path"] == "/known":
            scope["state"][KNOWN]()
        if more:
            body = await read_body({}, receive, 2**20)
        answer = self.answer or body
        if self.past_asgi:
            await Response(200, answer).send(send, "1", is_head=scope["method"] == "HEAD")
            return
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


@pytest.fixture(params=[True, False], ids=["at once", "by ASGI"])
async def line(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Line]:
    """A server whose clients have little time and which takes four connections."""
    for name in ("HEAD_SECONDS", "DRAIN_SECONDS", "WRITE_SECONDS"):
        monkeypatch.setattr(protocol, name, 0.2)
    line = Line(past_asgi=request.param)
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


KNOWN_CLIENT = b"GET /known HTTP/1.1\r\nHost: a\r\n\r\n"


async def test_no_more_connections_than_allowed(line: Line) -> None:
    """One connection too many is cut where all clients are known; the next has a place later."""
    async with asyncio.timeout(5):
        async with line.connected() as a, line.connected() as b, line.connected() as c:
            async with line.connected() as d:
                for reader, writer in (a, b, c, d):
                    writer.write(KNOWN_CLIENT)
                    await reader.readuntil(b"\r\n\r\n")
                assert await line.told() == b""
                assert line.rejected == {"too many connections": 1}
            await asyncio.sleep(0.05)
            answer = await line.told(HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\nhi")
    assert answer.endswith(b"\r\n\r\nhi")


async def test_idle_strangers_make_room(line: Line) -> None:
    """Whoever shows no token holds no place: the oldest such connection goes, not a known one."""
    async with asyncio.timeout(5):
        async with line.connected() as known, line.connected() as old, line.connected() as young:
            known[1].write(KNOWN_CLIENT)
            await known[0].readuntil(b"\r\n\r\n")
            for reader, writer in (old, young):
                writer.write(GOOD)
                await reader.readuntil(b"\r\n\r\n")
            async with line.connected() as busy, line.connected() as last:
                busy[1].write(HEAD + b"Content-Length: 4\r\n\r\n")
                with suppress(ConnectionError):
                    assert await old[0].read() == b""
                for reader, writer in (known, young, last):
                    writer.write(GOOD)
                    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
    assert line.rejected == {"too many connections": 1}


def chunked(trailers: bytes) -> bytes:
    """A request whose body has one byte and these trailers."""
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + trailers


async def test_trailers_are_no_headers(line: Line) -> None:
    """What stands behind a body is dropped, and cannot be what the head had to say."""
    end = HEAD + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    await line.told(chunked(b"Authorization: Bearer x\r\nX-A: b\r\n\r\n") + end)
    assert line.seen[0] == [(b"host", b"a"), (b"transfer-encoding", b"chunked")]


@pytest.mark.parametrize(
    "flood",
    [
        b"a:\r\n" * (MAX_HEADERS + 1),
        b"a: " + b"b" * MAX_HEAD,
        b"a" * MAX_HEAD,
    ],
    ids=["fields", "value", "name"],
)
async def test_trailers_end(line: Line, flood: bytes) -> None:
    """Nothing behind a body goes on without end, whether its request is answered or not."""
    early = chunked(b"").replace(b"/x", b"/early")
    for start in (chunked(b""), early):
        await line.told(start, flood, b"x")
    assert sum(line.rejected.values()) == 2
    assert "a body went on after its answer" not in line.rejected


async def test_a_chunk_has_no_endless_extension(line: Line) -> None:
    """What stands between the bytes of a body is bounded as a head is."""
    start = HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1;"
    await line.told(start, b"x" * MAX_HEAD, b"x")
    assert line.rejected == {"answered 431": 1}


async def test_a_body_is_not_all_chunks(line: Line) -> None:
    """A body may come in small chunks; not in so many of one byte that others wait for them."""
    start, end = HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n", b"0\r\n\r\n"
    answer = await line.told(start, b"8\r\n12345678\r\n" * 2000 + end)
    assert answer.endswith(b"12345678" * 2000)
    assert await line.told(start, b"1\r\na\r\n" * 40_000 + end) == b""
    assert line.rejected == {"answered 400": 1}


async def test_a_long_body_is_no_long_head(line: Line) -> None:
    """Half a head in the same read as the end of a long body may be completed."""
    long = HEAD + b"Content-Length: 200000\r\n\r\n" + b"a" * 200_000
    answer = await line.told(long + b"GET /y HT", b"TP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 2


async def test_the_pipeline_is_bounded(line: Line) -> None:
    """A client sends some requests ahead, in order, and is cut where it sends too many."""
    last = HEAD + b"Content-Length: 3\r\nConnection: close\r\n\r\nend"
    assert (await line.told(GOOD * MAX_PIPELINE + last)).count(b"HTTP/1.1 200 OK") == 17
    assert not line.rejected
    assert await line.told(GOOD * 4000) == b""
    assert line.rejected == {"too many requests ahead of their turn": 1}


async def test_offers_to_upgrade_in_a_row(line: Line) -> None:
    """Many requests that offer another protocol, in one read, are as many requests."""
    offer = b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"
    last = HEAD + b"Content-Length: 3\r\nConnection: close\r\n\r\nend"
    assert (await line.told(offer * MAX_PIPELINE + last)).count(b"HTTP/1.1 200 OK") == 17
    assert await line.told(offer * 4000) == b""
    assert line.rejected == {"too many requests ahead of their turn": 1}


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
