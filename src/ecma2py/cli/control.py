"""Talking to a running host: its control address, over HTTP."""

import hashlib
import json
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from attrs import field, frozen

from ecma2py.cli.exits import CommandError, HostNotRunningError
from ecma2py.errors import ConfigurationError
from ecma2py.host.config import Config
from ecma2py.host.control_address import ControlAddress

_SECONDS = 15.0
_LONGEST_SECONDS = {"import": 24 * 3600.0, "reload": 60.0}
"""How long commands may take that are answered once something is done."""


@frozen
class ControlClient:
    """Sends commands to the host that runs with a state directory."""

    url: str
    token: str = field(repr=False)
    fingerprint: str | None

    @classmethod
    def of(cls, config: Config) -> "ControlClient":
        """The client for the host of *config*; HostNotRunningError if none runs."""
        try:
            address = ControlAddress.read(config.host.state)
        except ConfigurationError as error:
            raise HostNotRunningError(str(error)) from error
        return cls(address.url, address.token, address.fingerprint)

    def get(self, name: str) -> dict[str, Any]:
        """What the host answers to a question."""
        return self._send("GET", name, None)

    def post(self, name: str, arguments: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the host answers to a command, once it is done."""
        return self._send("POST", name, dict(arguments or {}))

    def _send(self, method: str, name: str, arguments: Mapping[str, Any] | None) -> dict[str, Any]:
        body = None if arguments is None else json.dumps(arguments).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        # Straight to the host, which is on this machine: no proxy of the environment knows it.
        connection = self._connection(_LONGEST_SECONDS.get(name, _SECONDS))
        try:
            connection.connect()
            self._check_certificate(connection)
            connection.request(method, f"/control/{name}", body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as error:
            raise HostNotRunningError(f"The host at {self.url} does not answer: {error}") from error
        finally:
            connection.close()
        if response.status >= 300:
            raise CommandError(f"The host refused {name}: {_detail(response, content)}")
        try:
            answer: dict[str, Any] = json.loads(content)
        except ValueError as error:
            raise CommandError(f"{self.url} did not answer as a host does.") from error
        return answer

    def _connection(self, timeout: float) -> HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if self.fingerprint is None:
            return HTTPConnection(host, parts.port, timeout=timeout)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # The certificate itself is known: neither its names nor who signed it say more.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return HTTPSConnection(host, parts.port, timeout=timeout, context=context)

    def _check_certificate(self, connection: HTTPConnection) -> None:
        """Return if the other side is the host that left the address, before it sees the token."""
        if self.fingerprint is None:
            return
        assert isinstance(connection.sock, ssl.SSLSocket)
        shown = connection.sock.getpeercert(binary_form=True) or b""
        if hashlib.sha256(shown).digest().hex(":").upper() != self.fingerprint:
            raise HostNotRunningError(
                f"{self.url} shows another certificate than the host that left this address: "
                "it is another program's."
            )


def _detail(response: HTTPResponse, content: bytes) -> str:
    try:
        return str(json.loads(content)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{response.status} {response.reason}"
