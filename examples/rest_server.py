"""The tiny HTTP API that ``rest_api.py`` talks to: people in memory, with a change feed."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-of-the-example"


class People:
    """Who is there, and when each was last changed."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.people: dict[int, dict[str, Any]] = {}
        self.changed: dict[int, int] = {}
        self.now = 0

    def save(self, person: int, values: dict[str, Any] | None) -> None:
        """Write or, for None, remove a person, and put that into the feed."""
        self.now += 1
        self.changed[person] = self.now
        if values is None:
            del self.people[person]
        else:
            kept = {name: value for name, value in values.items() if value is not None}
            self.people[person] = kept


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: "Server"

    def do_GET(self) -> None:
        """One person, or a page of them."""
        people = self.server.people
        url = urlsplit(self.path)
        if url.path != "/people":
            number = self._number()
            self._answer(200, {"id": number, **people.people[number]})
            return
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        after, limit = int(query.get("after", 0)), int(query.get("limit", 100))
        since = int(query.get("since", 0))
        known = people.changed if since else people.people
        numbers = sorted(n for n in known if n > after and people.changed[n] > since)[:limit]
        items = [
            {"id": n, **people.people[n]} if n in people.people else {"id": n, "deleted": True}
            for n in numbers
        ]
        self._answer(200, {"items": items, "now": people.now})

    def do_POST(self) -> None:
        """A new person, whose login nobody else has."""
        people, values = self.server.people, self._body()
        if any(each["login"] == values.get("login") for each in people.people.values()):
            self._answer(409, {"error": f"login {values.get('login')!r} is taken"})
            return
        number = max(people.changed, default=0) + 1
        people.save(number, values)
        self._answer(201, {"id": number})

    def do_PATCH(self) -> None:
        """Some values of one person; null removes a value."""
        number, values = self._number(), self._body()
        if "login" in values and not values["login"]:
            self._answer(422, {"error": "login is required"})
            return
        self.server.people.save(number, {**self.server.people.people[number], **values})
        self._answer(204)

    def do_DELETE(self) -> None:
        """One person leaves."""
        self.server.people.save(self._number(), None)
        self._answer(204)

    def handle_one_request(self) -> None:
        """Requests come one at a time; an unknown person is a 404."""
        with self.server.people.lock:
            try:
                super().handle_one_request()
            except KeyError:
                self._answer(404, {"error": "no such person"})

    def parse_request(self) -> bool:
        """Only those who show the token are heard."""
        parsed = super().parse_request()
        if parsed and self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401, {"error": "wrong token"})
            return False
        return parsed

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: this is an example."""

    def _number(self) -> int:
        number = int(urlsplit(self.path).path.rpartition("/")[2])
        if number not in self.server.people.people:
            raise KeyError(number)
        return number

    def _body(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(
            self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}"
        )
        return content

    def _answer(self, status: int, document: object = None) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """The API on a free port of the loopback interface."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.people = People()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"
