"""A SCIM client as small as can be: what an identity service sends, and what comes back."""

import json
import ssl
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen


class ScimClient:
    """Talks to one SCIM endpoint with a bearer token."""

    def __init__(self, base_url: str, token: str, certificate: str | None = None) -> None:
        self._base_url = base_url
        self._token = token
        self._context = ssl.create_default_context(cafile=certificate) if certificate else None

    def find(self, endpoint: str, filter: str) -> list[dict[str, Any]]:
        """The resources that match."""
        _, answer = self.send("GET", f"{endpoint}?filter={quote(filter)}")
        found: list[dict[str, Any]] = answer["Resources"]
        return found

    def send(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        """Status and document of one request; an error has both, too."""
        request = Request(
            self._base_url + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/scim+json",
            },
        )
        try:
            with urlopen(request, timeout=30, context=self._context) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")
