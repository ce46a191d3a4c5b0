"""What a hostile client sends is its own fault, never ours, and keeps nobody else waiting."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from ecma2py.entries import AttributeChange, AttributeModificationType
from ecma2py.host import views, writing
from ecma2py.host.application import Application
from ecma2py.host.differences import effective
from ecma2py.host.http import Request, Response
from ecma2py.host.views import Views
from ecma2py.schema import Schema, SchemaAttribute, SchemaType
from ecma2py.scim import bulk
from ecma2py.scim.mapping import build_resource_types
from ecma2py.space import Space, SpaceObject
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
    threads: list[str] = []

    def waiting(read: Callable[..., Any]) -> Callable[..., Any]:
        def wait(*given: Any, **more: Any) -> Any:
            entered.set()
            threads.append(threading.current_thread().name)
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
    # In threads of its own, so that no other connector waits either.
    assert threads[0].startswith("read-MEM")


async def test_the_number_of_operations_is_bounded(client: Client) -> None:
    """One operation more than allowed is refused whole, in PATCH and in Bulk."""
    ann = await client.person("ann")
    path = f"/Users/{ann['id']}"
    patched = await client.send("PATCH", path, operations(1001, "title", "x"))
    each = {"method": "DELETE", "path": path}
    bulk = await client.send("POST", "/Bulk", {"schemas": [BULK], "Operations": [each] * 1001})

    assert (patched.status_code, bulk.status_code) == (413, 413)
    assert (await client.json("GET", path)) == ann


class Threads:
    """In which threads functions are called from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.of: dict[str, list[str]] = {}

    def watch(self, owner: Any, name: str) -> None:
        """Write down each call of ``owner.name``: "" stands for the event loop's thread."""
        real = getattr(owner, name)
        seen = self.of[name] = []
        loop = threading.current_thread()

        def watched(*given: Any, **more: Any) -> Any:
            here = threading.current_thread()
            seen.append("" if here is loop else here.name.rsplit("_", 1)[0])
            return real(*given, **more)

        self._monkeypatch.setattr(owner, name, watched)


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Threads:
    """Says in which threads functions are called."""
    return Threads(monkeypatch)


async def test_a_large_object_is_read_once_and_beside(
    client: Client, monkeypatch: pytest.MonkeyPatch, threads: Threads
) -> None:
    """What must look at a group with many members reads it once, in a thread, and so its answer."""
    members = [{"value": (await client.person(f"p{n}"))["id"]} for n in range(3)]
    group = await client.json("POST", "/Groups", {"displayName": "g", "members": members})
    path, extension = f"/Groups/{group['id']}", f"{EXTENSION}:Group"
    anchor = {"op": "add", "path": f"{extension}:id", "value": group[extension]["id"]}
    monkeypatch.setattr(views, "_MANY", 2)
    threads.watch(Views, "whole")
    threads.watch(Views, "rendered")
    whole, rendered = threads.of["whole"], threads.of["rendered"]

    assert (await client.patch(path, *[anchor] * 100)).is_success
    assert set(whole) == {"read-MEM"}
    assert len(whole) == 1
    title = {"op": "replace", "path": "displayName", "value": "h"}
    assert (await client.patch(path, title, excludedAttributes="displayName")).is_success
    assert (await client.send("PUT", path, {"displayName": "i", "members": members})).is_success
    assert len(rendered) >= 2
    assert {*whole, *rendered} == {"read-MEM"}


async def test_a_small_patch_waits_for_no_thread(client: Client, threads: Threads) -> None:
    """Most changes are worked through at once."""
    threads.watch(writing, "read_patch")
    ann = await client.person("ann")
    title = {"op": "replace", "path": "title", "value": "x"}
    assert (await client.patch(f"/Users/{ann['id']}", title)).is_success
    assert threads.of["read_patch"] == [""]


TAGS = f"{EXTENSION}:User:tags"


def searches(values: int, terms: int, times: int) -> list[dict[str, Any]]:
    """Operations that first add values and then look for some among them."""
    added = {"op": "add", "path": TAGS, "value": [str(number) for number in range(values)]}
    filter = " or ".join(['value co "z"'] * terms)
    return [added, *[{"op": "remove", "path": f"{TAGS}[{filter}]"}] * times]


async def test_the_work_of_filters_is_bounded(
    client: Client, monkeypatch: pytest.MonkeyPatch, threads: Threads
) -> None:
    """Some searching is done at once, more in a thread until its time is up, and too much never."""
    ann = await client.person("ann")
    path = f"/Users/{ann['id']}"
    threads.watch(writing, "read_patch")

    assert (await client.patch(path, *searches(100, 10, 1))).is_success
    assert threads.of["read_patch"] == [""]
    assert (await client.patch(path, *searches(100, 10, 20))).is_success
    assert threads.of["read_patch"] == ["", "", "read-MEM"]
    refused = await client.patch(path, *searches(1000, 500, 1))
    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidFilter")
    times = iter(range(0, 100_000, 1000))
    monkeypatch.setattr(writing, "perf_counter", lambda: float(next(times)))
    assert (await client.patch(path, *searches(100, 10, 20))).status_code == 503


@pytest.mark.parametrize("value", ["[]", "{}", "0", '"bulkId:"'])
async def test_a_large_body_is_not_all_values(client: Client, threads: Threads, value: str) -> None:
    """A body of brackets and commas is refused before it is read, and beside other requests."""
    threads.watch(Request, "json")
    many = ",".join([value] * (600_000 if len(value) < 3 else 10_000))
    bulk = f'{{"Operations":[{{"method":"POST","path":"/Users","data":{{"a":[{many}]}}}}]}}'
    for path, text in (("/Users", f"[{many}]"), ("/Users/.search", f"[{many}]"), ("/Bulk", bulk)):
        url = f"{BASE}{path}"
        answer = await client.http.post(url, content=text.encode(), headers=HEADER)
        assert answer.status_code == 413 or len(value) > 2, answer.text
    assert threads.of["json"] == ["read-MEM"] * 3


async def test_a_large_bulk_request_is_read_beside(client: Client, threads: Threads) -> None:
    """Neither the body of many operations nor what they refer to is walked through at once."""
    for name in ("_operation", "_references"):
        threads.watch(bulk, name)
    create = {"method": "POST", "path": "/Users", "bulkId": "p", "data": {"userName": "p"}}
    members = [{"value": "bulkId:p"}] * 5000
    group = {"method": "POST", "path": "/Groups", "data": {"displayName": "g", "members": members}}
    rest = [{"method": "DELETE", "path": "/Users/nobody"}]
    body = {"schemas": [BULK], "Operations": [group, create, *rest]}

    done = await client.json("POST", "/Bulk", body)
    assert [each["status"] for each in done["Operations"]] == ["201", "201", "404"]
    found = await client.found("/Groups", 'displayName eq "g"')
    assert len(found[0]["members"]) == 1
    assert {*threads.of["_operation"], *threads.of["_references"]} == {"read-MEM"}


async def test_many_resources_are_written_out_beside(client: Client, threads: Threads) -> None:
    """A page of many resources is turned into JSON where it was read."""
    for number in range(3):
        await client.person(f"p{number}")
    threads.watch(Response, "json")
    await client.json("GET", "/Users", sortBy="userName")
    await client.json("GET", "/Users", count="2")
    assert threads.of["json"] == ["read-MEM", ""]


def test_values_are_found_without_a_search() -> None:
    """Values that an object has already cost as much among many others as among few."""

    class Counted(str):
        __slots__ = ()
        compared = 0

        def __eq__(self, other: object) -> bool:
            Counted.compared += 1
            return super().__eq__(other)

        __hash__ = str.__hash__

    count = 1000
    tags = SchemaAttribute.multi("tags")
    held = json.dumps({"tags": [str(number) for number in range(count)]}).encode()
    found = SpaceObject("", "person", 1, 1, "", "", None, "", b"{}", held)
    given = [Counted(number) for number in range(count // 2, count + count // 2)]
    update = AttributeModificationType.UPDATE
    change = AttributeChange.of("tags", update, added=given, is_multi_valued=True)
    schema = Schema([SchemaType("person", [SchemaAttribute.anchor("id"), tags])])
    (kind,) = build_resource_types(schema, person="person")
    (left,) = effective(cast("Space", None), kind, found, [change])
    assert left.values == tuple(str(number) for number in range(count, count + count // 2))
    assert Counted.compared < 10 * count
