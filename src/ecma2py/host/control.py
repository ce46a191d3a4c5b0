"""What the host answers about itself: health, metrics, and the operator's commands.

Health needs no token and tells nothing but yes or no. Metrics and commands need the control token,
which the host writes into ``control.json`` in its state directory when it starts: whoever may read
that file may operate the host. Metrics are also open to this machine itself.
"""

import hmac
import ipaddress
from collections.abc import Mapping
from typing import Any

import orjson

from ecma2py.host.hosting import Host
from ecma2py.host.http import Receive, Response, Scope, path_segments, read_body
from ecma2py.host.metrics import CONTENT_TYPE
from ecma2py.host.served import ServedConnector
from ecma2py.scim.errors import ScimError, invalid_value, not_found

_MAX_COMMAND = 64 * 1024


class Control:
    """Answers every path that belongs to no connector."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def answer(
        self, scope: Scope, raw_path: bytes, headers: Mapping[bytes, bytes], receive: Receive
    ) -> Response:
        """Health at once; metrics and commands for those who may ask."""
        path = raw_path.split(b"?", 1)[0].rstrip(b"/")
        if path == b"/healthz":
            return _text(200, b"ok\n", "healthz")
        if path == b"/readyz":
            ready = self._host.is_ready
            return _text(200, b"ready\n", "readyz") if ready else _text(503, b"not yet\n", "readyz")
        operator = self._is_operator(headers)
        if path == b"/metrics" and (operator or _is_local(scope)):
            body = self._host.metrics.render()
            return Response(200, body, content_type=CONTENT_TYPE, route="metrics")
        if not operator:
            raise ScimError(401, "Show a bearer token of this connector.")
        segments = path_segments(raw_path)
        if segments[0] != "control" or len(segments) < 2:
            raise not_found("There is nothing here.")
        body = await read_body(headers, receive, _MAX_COMMAND)
        try:
            arguments = orjson.loads(body) if body else {}
        except orjson.JSONDecodeError as error:
            raise invalid_value(f"The command is not JSON: {error}") from error
        if not isinstance(arguments, dict):
            raise invalid_value("A command's arguments are a JSON object.")
        return await self._command(scope["method"], segments[1], arguments)

    def _is_operator(self, headers: Mapping[bytes, bytes]) -> bool:
        expected = f"Bearer {self._host.control_token}".encode()
        return hmac.compare_digest(headers.get(b"authorization", b""), expected)

    async def _command(self, method: str, name: str, arguments: dict[str, Any]) -> Response:
        host = self._host
        answer: Any = {}
        if (method, name) == ("GET", "status"):
            answer = host.status()
        elif (method, name) == ("POST", "reload"):
            answer = await host.reload()
        elif (method, name) == ("POST", "stop"):
            host.stop()
        elif (method, name) == ("POST", "import"):
            kind = arguments.get("kind", "full")
            if kind not in ("full", "delta"):
                raise invalid_value("kind is full or delta.")
            served = self._connector(arguments)
            if not served.description.can_import:
                raise invalid_value(f"Connector {served.name} imports nothing.")
            answer = await served.schedule.run_now(kind)
        elif (method, name) == ("POST", "approve"):
            answer = await self._connector(arguments).decide_held_import(approve=True)
        elif (method, name) == ("POST", "discard"):
            answer = await self._connector(arguments).decide_held_import(approve=False)
        else:
            raise not_found(f"There is no command {method} {name}.")
        response = Response.json(200, answer)
        response.content_type = b"application/json"
        response.route = f"control/{name}"
        return response

    def _connector(self, arguments: dict[str, Any]) -> ServedConnector:
        name = str(arguments.get("connector", ""))
        served = self._host.connectors.get(name)
        if served is None:
            names = ", ".join(self._host.connectors) or "none"
            raise not_found(f"This host serves no connector {name!r}: it serves {names}.")
        return served


def _text(status: int, body: bytes, route: str) -> Response:
    return Response(status, body, content_type=b"text/plain; charset=utf-8", route=route)


def _is_local(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
