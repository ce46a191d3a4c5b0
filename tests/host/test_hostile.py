"""What a hostile client sends is its own fault, never ours, and keeps nobody else waiting."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from ecma2py.host import writing
from ecma2py.host.application import Application
from tests.host.serving import EXTENSION, PATCH, TOKEN, Client, config_text, running, until

HEADER = {"Authorization": f"Bearer {TOKEN}"}
BASE = "/ecma2host_MEM/scim"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a fresh, empty directory."""
    async with running(tmp_path, config_text(name=str(tmp_path))) as started:
        yield started


BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "invalid UTF-8": b'{"userName": "\xff\xfe"}',
    "UTF-8 of a surrogate": b'{"userName": "\xed\xa0\x80"}',
    "a lone surrogate": b'{"userName": "\\ud800"}',
    "NUL": b'{"userName": "a\\u0000b"}',
    "NaN": b'{"userName": NaN}',
    "infinity": b'{"userName": "n", "x": -Infinity}',
    "a number too large": b'{"userName": 1e400}',
    "an integer too large": b'{"userName": ' + b"9" * 5000 + b"}",
    "an integer too large to store": json.dumps(
        {"userName": "big", f"{EXTENSION}:User": {"badge": 2**64}}
    ).encode(),
    "null": b"null",
    "a list": b"[]",
    "a text": b'"x"',
    "depth": b"[" * 900 + b"]" * 900,
    "great depth": b'{"a":' * 100_000,
    "prototype": b'{"__proto__": {"x": 1}, "constructor": 1, "userName": "p"}',
    "no operations": b'{"Operations": []}',
    "operations of another kind": b'{"Operations": {"op": "add"}}',
    "operations that are none": b'{"Operations": [null, 1, "x", [], {}]}',
    "a path of NUL": b'{"Operations": [{"op": "add", "path": "\\u0000", "value": "x"}]}',
    "a deep path": b'{"Operations": [{"op": "remove", "path": "' + b"emails[" * 900 + b'"}]}',
    "a path that is a list": b'{"Operations": [{"op": "add", "path": [1], "value": "x"}]}',
    "an op that is a list": b'{"Operations": [{"op": ["add"], "path": "title", "value": "x"}]}',
}


@pytest.mark.parametrize("content", BODIES.values(), ids=BODIES.keys())
async def test_bodies(client: Client, content: bytes) -> None:
    """No body is answered by a 5xx, whatever the method; refusals are SCIM errors."""
    ann, group = (
        await client.person("ann"),
        await client.json("POST", "/Groups", {"displayName": "g"}),
    )
    for method, path in [
        ("POST", "/Users"),
        ("POST", "/Groups"),
        ("PUT", f"/Users/{ann['id']}"),
        ("PATCH", f"/Users/{ann['id']}"),
        ("PATCH", f"/Groups/{group['id']}"),
        ("POST", "/Bulk"),
        ("POST", "/Users/.search"),
        ("POST", "/.search"),
    ]:
        url = f"{BASE}{path}"
        answer = await client.http.request(method, url, content=content, headers=HEADER)
        assert answer.status_code < 500, (method, path, answer.text)
        if answer.status_code >= 400:
            document = answer.json()
            assert document["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
            assert document["status"] == str(answer.status_code)


@pytest.mark.parametrize(
    "raw",
    [
        "%00",
        "%ff",
        "%ed%a0%80",
        "%c0%af",
        "..%2f..%2fUsers",
        "%",
        "%2",
        "%zz",
        "a" * 5000,
        "%0d%0aX",
    ],
)
async def test_ids_and_queries(client: Client, raw: str) -> None:
    """An id or parameter that is no text of ours finds nothing, or is refused."""
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        url = f"http://any.example{BASE}/Users/{raw}"
        answer = await client.http.request(method, url, content=b"{}", headers=HEADER)
        assert answer.status_code in (400, 404, 414), answer.text
    names = ("filter", "attributes", "sortBy", "cursor", "startIndex", "count", "sortOrder")
    for name in names:
        answer = await client.http.get(
            f"http://any.example{BASE}/Users?{name}={raw}", headers=HEADER
        )
        assert answer.status_code < 500, answer.text


async def test_headers(client: Client) -> None:
    """Conditions and lengths that make no sense are no reason to fail."""
    ann = await client.person("ann")
    url = f"{BASE}/Users/{ann['id']}"
    for name in ("If-Match", "If-None-Match", "Content-Type", "X-Request-Id"):
        for value in (b"\xff\xfe", b'W/"', b"*, *", b",", b"x" * 10_000, b""):
            given = [(b"authorization", HEADER["Authorization"].encode()), (name.encode(), value)]
            answer = await client.http.patch(url, content=b"{}", headers=given)
            assert answer.status_code in (400, 412), answer.text
            assert (await client.http.get(url, headers=given)).status_code in (200, 304)


TWICE = {
    "no Host": [("Authorization", HEADER["Authorization"])],
    "two Hosts": [("Host", "a"), ("Host", "b"), ("Authorization", HEADER["Authorization"])],
    "two tokens": [
        ("Host", "a"),
        ("Authorization", "Bearer another-one"),
        ("Authorization", HEADER["Authorization"]),
    ],
}


@pytest.mark.parametrize("headers", TWICE.values(), ids=TWICE.keys())
async def test_who_is_asked_and_who_asks_is_said_once(
    client: Client, headers: list[tuple[str, str]]
) -> None:
    """A request that says it twice, or names no host, is refused: others may have read it so."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": f"{BASE}/Users",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    await Application(client.host)(scope, receive, send)
    assert told[0]["status"] == 400


def people(count: int) -> list[dict[str, str]]:
    """So many e-mail addresses."""
    return [{"type": "work", "value": f"{number}@x"} for number in range(count)]


def members(count: int) -> list[dict[str, str]]:
    """So many members that do not exist."""
    return [{"value": f"nobody-{number}"} for number in range(count)]


def operations(count: int, path: str, value: Any) -> dict[str, Any]:
    """A PATCH of so many operations."""
    return {"schemas": [PATCH], "Operations": [{"op": "add", "path": path, "value": value}] * count}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/Users", {"userName": "x", "emails": people(50_000)}),
        ("PUT", "/Users/{}", {"userName": "x", "emails": people(50_000)}),
        ("PATCH", "/Users/{}", operations(1, "emails", people(50_000))),
        ("PATCH", "/Users/{}", operations(1000, f"{EXTENSION}:User:tags", ["t"] * 400)),
        ("POST", "/Groups", {"displayName": "g", "members": members(50_000)}),
    ],
    ids=["create", "replace", "patch", "many operations", "members"],
)
async def test_others_are_answered_meanwhile(
    client: Client, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: Any
) -> None:
    """While one large body is worked through, other requests are answered."""
    ann = await client.person("ann")
    entered, answered = threading.Event(), threading.Event()

    def waiting(read: Callable[..., Any]) -> Callable[..., Any]:
        def wait(*given: Any, **more: Any) -> Any:
            entered.set()
            assert answered.wait(10), "nobody was answered"
            return read(*given, **more)

        return wait

    for name in ("read_resource", "read_patch"):
        monkeypatch.setattr(writing, name, waiting(getattr(writing, name)))
    url, content = f"{BASE}{path.format(ann['id'])}", json.dumps(body).encode()
    large = asyncio.ensure_future(client.http.request(method, url, content=content, headers=HEADER))
    await until(entered.is_set)
    assert await client.found("/Users", 'userName eq "ann"') == [ann]
    answered.set()

    assert (await large).status_code in (204, 400), (await large).text


async def test_the_number_of_operations_is_bounded(client: Client) -> None:
    """One operation more than allowed is refused whole, in PATCH and in Bulk."""
    ann = await client.person("ann")
    path = f"/Users/{ann['id']}"
    patched = await client.send("PATCH", path, operations(1001, "title", "x"))
    each = {"method": "DELETE", "path": path}
    bulk = await client.send("POST", "/Bulk", {"schemas": [BULK], "Operations": [each] * 1001})

    assert (patched.status_code, bulk.status_code) == (413, 413)
    assert (await client.json("GET", path)) == ann
