"""The ASGI application: who may come in, which connector is meant, and what the answer cost."""

import asyncio
from collections.abc import Mapping
from time import perf_counter

from ecma2py.host.control import Control
from ecma2py.host.departure import Departure, departure, never_sent
from ecma2py.host.hosting import Host
from ecma2py.host.http import Receive, Request, Response, Scope, Send, path_segments, read_body
from ecma2py.host.logs import new_request_id, request_logger
from ecma2py.host.protocol import KNOWN
from ecma2py.host.served import ServedConnector
from ecma2py.host.tokens import Verdict, bearer
from ecma2py.scim.errors import ScimError, not_found, unavailable
from ecma2py.scim.listing import query_pairs

PREFIX = b"ecma2host_"
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Application:
    """Serves every connector of a host under ``/ecma2host_<Name>/scim``.

    A request is authenticated before anything else is looked at: a wrong token, another
    connector's token and the name of a connector that does not exist are answered alike.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.control = Control(host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            return
        self.host.pace.latest = perf_counter()
        headers = dict(scope["headers"])
        request_id = new_request_id(headers.get(b"x-request-id"))
        raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        first = raw_path.lstrip(b"/").split(b"/", 1)[0]
        of_connector = first.startswith(PREFIX)
        name = first[len(PREFIX) :].decode("ascii", "replace") if of_connector else ""
        answer = _Answer(self.host, scope["method"], name, send, request_id)
        try:
            if len(headers) != len(scope["headers"]) or b"host" not in headers:
                _check_fields(scope)
            if of_connector:
                response = await self._scim(answer, scope, raw_path, headers, receive)
            else:
                response = await self.control.answer(scope, raw_path, headers, receive)
        except ScimError as error:
            response = Response.of_error(error)
        except TimeoutError:
            response = _took_too_long()
        except Exception:  # noqa: BLE001  the client is told, the log has the rest
            request_logger().exception("request failed", connector=name, method=scope["method"])
            response = Response.of_error(
                ScimError(500, f"The host failed; its log says why under request id {request_id}.")
            )
        await answer.give(response)

    async def _scim(
        self,
        answer: "_Answer",
        scope: Scope,
        raw_path: bytes,
        headers: Mapping[bytes, bytes],
        receive: Receive,
    ) -> Response:
        name = answer.name
        label = await self._authenticated(name, scope, headers)
        query = scope.get("query_string", b"")
        served = self.host.connectors.get(name)
        if served is not None and scope["method"] == "GET" and b"if-none-match" not in headers:
            kept = served.answers.find(raw_path, query)
            if kept is not None:
                return kept
        segments = path_segments(raw_path)
        if len(segments) < 2 or segments[1] != "scim":
            raise not_found(f"SCIM is served below /ecma2host_{name}/scim.")
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        limits = self.host.config.host.limits
        body = b""
        if method in _BODY_METHODS:
            body = await read_body(headers, receive, limits.max_body)
        request = answer.request = Request(
            method,
            segments[2:],
            query_pairs(query),
            headers,
            body,
            query,
            label,
        )
        served = self.host.connectors.get(name) or await self._reopened(name)
        # Counted before anything is waited for, so that a reload does not close it under us.
        with served.requests:
            return await self._answered(served, request, raw_path, answer)

    async def _answered(
        self, served: ServedConnector, request: Request, raw_path: bytes, answer: "_Answer"
    ) -> Response:
        if request.method == "GET":  # answered at once, or within a limit of its own
            now = served.answers.now
            response = await served.endpoint.answer(request)
            served.answers.keep(raw_path, request, response, now)
            return response
        way = Departure()
        departure.set(way)
        timer = answer.due(self.host.config.host.limits.request_timeout_seconds, way)
        try:
            return await served.endpoint.answer(request)
        finally:
            timer.cancel()

    async def _authenticated(self, name: str, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        """Which token was shown for the connector of this name; 401 for any other."""
        client = scope.get("client") or ("",)
        token = bearer(headers.get(b"authorization"))
        verdict = await self.host.tokens.check(name, token, client[0])
        if verdict is Verdict.BUSY:
            raise unavailable("Too many tokens are being checked.", retry_after=1)
        if not isinstance(verdict, str) or not self.host.knows(name):
            self.host.metrics.token_refused()
            raise ScimError(401, "Show a bearer token of this connector.")
        if state := scope.get("state"):
            state[KNOWN]()
        return verdict

    async def _reopened(self, name: str) -> ServedConnector:
        """The connector, once it is open; 503 if that takes too long or cannot be."""
        served = await self.host.served(name)
        if served is None:
            raise unavailable(
                f"Connector {name} is not open; the host's status says why.", retry_after=30
            )
        return served


class _Answer:
    """The one answer to a request: what came of it, or that it takes too long.

    What the connector was called for cannot be taken back: it goes on after its client was told,
    and keeps others off its object until it has ended. All else is dropped.
    """

    __slots__ = ("_host", "_method", "_request_id", "_send", "_started", "_told", "name", "request")

    def __init__(self, host: Host, method: str, name: str, send: Send, request_id: str) -> None:
        self._host = host
        self._method = method
        self.name = name
        self._send = send
        self._request_id = request_id
        self._started = perf_counter()
        self.request: Request | None = None
        """Once it is read."""
        self._told: asyncio.Task[None] | None = None
        """Tells the client that its request takes too long."""

    def due(self, seconds: float, way: Departure) -> asyncio.TimerHandle:
        """A timer that tells the client, unless it is cancelled within so many seconds."""
        loop = asyncio.get_running_loop()
        return loop.call_later(seconds, self._tell, loop, way)

    def _tell(self, loop: asyncio.AbstractEventLoop, way: Departure) -> None:
        response = Response.of_error(never_sent()) if way.keep() else _took_too_long()
        self._told = loop.create_task(self._write(response))

    async def give(self, response: Response) -> None:
        """Answer the request, unless its client was told that it takes too long."""
        if self._told is None:
            await self._write(response)
            return
        request_logger().warning("request ended after its time-out", status=response.status)
        await self._told

    async def _write(self, response: Response) -> None:
        await response.send(self._send, self._request_id, is_head=self._method == "HEAD")
        known = self.name if self.name in self._host.connectors else ""
        seconds = perf_counter() - self._started
        route = response.route or (self.request.route if self.request else "")
        self._host.metrics.request(known, self._method, route, response.status, seconds)


def _check_fields(scope: Scope) -> None:
    """Return if a request has one Host (RFC 9112, 3.2) and one Authorization at most; else 400.

    Of two, whoever stands before this host may have looked at the other one.
    """
    names = [name for name, _ in scope["headers"]]
    if names.count(b"authorization") > 1:
        raise ScimError(400, "A request has one Authorization.")
    hosts = names.count(b"host")
    if hosts > 1 or (not hosts and scope["http_version"] == "1.1"):
        raise ScimError(400, "A request has one Host.")


def _took_too_long() -> Response:
    detail = "The request took too long; it may still be done."
    return Response.of_error(unavailable(detail, retry_after=30))
