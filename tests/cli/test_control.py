"""Commands for a running host, when what is at its address is something else."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.cli.commands import here


class Stranger(BaseHTTPRequestHandler):
    """Answers as its server is told."""

    def do_GET(self) -> None:
        """The status and the body a test has chosen."""
        status, body = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def stranger(configured: Path) -> Iterator[HTTPServer]:
    """A server at the address a host left behind."""
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    left_behind(configured, server.server_port)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def left_behind(folder: Path, port: int) -> None:
    """A host that was killed left its address."""
    address = {"url": f"http://127.0.0.1:{port}", "token": "t", "fingerprint": None, "pid": 1}
    folder.joinpath("state").mkdir(exist_ok=True)
    folder.joinpath("state", "control.json").write_text(json.dumps(address), encoding="utf-8")


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        ((403, b'{"detail": "Not this token."}'), 1, "refused status: Not this token."),
        ((500, b"<html>"), 1, "refused status: 500"),
        ((200, b"<html>"), 1, "did not answer as a host does"),
    ],
)
def test_an_answer_that_is_no_hosts_is_told(
    stranger: HTTPServer, answer: tuple[int, bytes], code: int, says: str
) -> None:
    """The reason if there is one, the status otherwise; never a traceback."""
    stranger.answer = answer  # type: ignore[attr-defined]
    done = here("status")
    assert (done.code, says in done.err) == (code, True), done.err


def test_an_address_where_nobody_answers_is_no_host(configured: Path) -> None:
    """A host that was killed is told from one that refuses."""
    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        port = server.server_port
    left_behind(configured, port)
    done = here("reload")
    assert (done.code, "does not answer" in done.err) == (5, True)


def test_an_address_that_cannot_be_read_is_no_host(configured: Path) -> None:
    """The file is named."""
    configured.joinpath("state").mkdir()
    configured.joinpath("state", "control.json").write_text("[]", encoding="utf-8")
    done = here("stop", "--json")
    assert done.code == 5
    assert "control.json cannot be read" in json.loads(done.err)["error"]
