"""Talking to a running host: its control address, over HTTP."""

import json
import ssl
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from attrs import field, frozen

from ecma2py.cli.exits import CommandError, HostNotRunningError
from ecma2py.errors import ConfigurationError
from ecma2py.host.config import Config
from ecma2py.host.control import ControlAddress

_SECONDS = 15.0
_LONGEST_SECONDS = {"import": 24 * 3600.0, "reload": 60.0}
"""How long commands may take that are answered once something is done."""


@frozen
class ControlClient:
    """Sends commands to the host that runs with a state directory."""

    url: str
    token: str = field(repr=False)
    certificate: str | None

    @classmethod
    def of(cls, config: Config) -> "ControlClient":
        """The client for the host of *config*; HostNotRunningError if none runs."""
        try:
            address = ControlAddress.read(config.host.state)
        except ConfigurationError as error:
            raise HostNotRunningError(str(error)) from error
        return cls(address.url, address.token, address.certificate)

    def get(self, name: str) -> dict[str, Any]:
        """What the host answers to a question."""
        return self._send("GET", name, None)

    def post(self, name: str, arguments: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the host answers to a command, once it is done."""
        return self._send("POST", name, dict(arguments or {}))

    def _send(self, method: str, name: str, arguments: Mapping[str, Any] | None) -> dict[str, Any]:
        request = Request(  # noqa: S310  the address is the host's own
            f"{self.url.rstrip('/')}/control/{name}",
            data=None if arguments is None else json.dumps(arguments).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
            method=method,
        )
        # The host is on this machine or beside it: a proxy of the environment does not know it.
        opener = build_opener(ProxyHandler({}), HTTPSHandler(context=self._context()))
        timeout = _LONGEST_SECONDS.get(name, _SECONDS)
        try:
            with opener.open(request, timeout=timeout) as response:
                answer: dict[str, Any] = json.loads(response.read())
                return answer
        except HTTPError as error:
            with error:
                raise CommandError(f"The host refused {name}: {_detail(error)}") from error
        except (URLError, OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise HostNotRunningError(
                f"The host at {self.url} does not answer: {reason}"
            ) from error
        except ValueError as error:
            raise CommandError(f"{self.url} did not answer as a host does.") from error

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.certificate is not None and Path(self.certificate).suffix not in (".pfx", ".p12"):
            # The host's own certificate is trusted as it is, whoever signed it.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.load_verify_locations(self.certificate)
        return context


def _detail(error: HTTPError) -> str:
    try:
        return str(json.loads(error.read())["detail"])
    except (ValueError, KeyError, TypeError, OSError):
        return f"{error.code} {error.reason}"
