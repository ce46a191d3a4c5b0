"""What is kept of a read is never older than the last write that was acknowledged."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from ecma2py.host import answers
from ecma2py.host.answers import Answers
from ecma2py.host.http import Request, Response
from ecma2py.space import Space
from examples.memory_directory import DIRECTORIES
from tests.host.serving import Client, config_text, running


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a fresh, empty directory."""
    async with running(tmp_path, config_text(name=str(tmp_path))) as started:
        yield started


def counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the requests that are not answered from what is kept."""
    asked: list[str] = []
    endpoint = client.host.connectors["MEM"].endpoint
    real = endpoint.answer

    async def answer(request: Request) -> Response:
        asked.append("/".join(request.segments))
        return await real(request)

    monkeypatch.setattr(endpoint, "answer", answer)
    return asked


async def test_a_second_look_is_answered_from_the_first(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same read is answered alike, with its own request id, and only for who may ask."""
    path = f"/Users/{(await client.person('ann'))['id']}"
    asked = counted(client, monkeypatch)
    first, second = await client.send("GET", path), await client.send("GET", path)
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert len(asked) == 1
    stranger = await client.send("GET", path, headers={"Authorization": "Bearer wrong-token-1"})
    assert stranger.status_code == 401
    other = await client.json("GET", path, attributes="userName")
    assert set(other) == {"schemas", "id", "userName"}
    known = {"If-None-Match": first.headers["etag"]}
    assert (await client.send("GET", path, headers=known)).status_code == 304


async def test_a_write_is_seen_by_the_next_read(client: Client) -> None:
    """A change by export, a delete, and an import each end what was kept, also of other objects."""
    ann, bob = await client.person("ann"), await client.person("bob")
    group = await client.json("POST", "/Groups", {"displayName": "G"})

    async def logins() -> list[str]:
        return [each["userName"] for each in (await client.json("GET", "/Users"))["Resources"]]

    for turn in range(5):
        operation = {"op": "replace", "path": "title", "value": f"T{turn}"}
        assert (await client.patch(f"/Users/{ann['id']}", operation)).is_success
        assert (await client.json("GET", f"/Users/{ann['id']}"))["title"] == f"T{turn}"
        found = await client.found("/Users", 'userName eq "ann"')
        assert found[0]["title"] == f"T{turn}"
    member = {"op": "add", "path": "members", "value": [{"value": bob["id"]}]}
    await client.patch(f"/Groups/{group['id']}", member)
    shown = await client.json("GET", f"/Groups/{group['id']}")
    assert [each["value"] for each in shown["members"]] == [bob["id"]]
    assert await logins() == ["ann", "bob"]
    assert (await client.send("DELETE", f"/Users/{bob['id']}")).status_code == 204
    assert await logins() == ["ann"]
    assert (await client.send("GET", f"/Users/{bob['id']}")).status_code == 404

    directory = DIRECTORIES[client.host.connectors["MEM"].config.parameters["Name"]]  # type: ignore[index]
    key = next(key for key in directory.objects if key[0] == "person")
    directory.objects[key]["title"] = "changed in the target"
    directory.touch(key)
    await client.host.connectors["MEM"].schedule.run_now("full")
    assert (await client.json("GET", f"/Users/{ann['id']}"))["title"] == "changed in the target"


async def test_no_read_is_older_than_a_write_before_it(client: Client) -> None:
    """Among many readers, each sees at least what was acknowledged before it asked."""
    path = f"/Users/{(await client.person('ann'))['id']}"
    acknowledged = 0
    going = True

    async def write() -> None:
        nonlocal acknowledged, going
        for turn in range(1, 40):
            operation = {"op": "replace", "path": "title", "value": str(turn)}
            assert (await client.patch(path, operation)).is_success
            acknowledged = turn
        going = False

    async def read() -> None:
        while going:
            before = acknowledged
            title = (await client.json("GET", path)).get("title", "0")
            assert int(title) >= before
            await asyncio.sleep(0)

    await asyncio.gather(write(), *(read() for _ in range(4)))


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest answer makes room; large, failed and moving ones are not kept."""
    monkeypatch.setattr(answers, "MOST_BYTES", 3500)
    space = SimpleNamespace(changes=1)
    kept = Answers(cast(Space, space))

    def ask(query: bytes, response: Response, at: int = 1) -> Response | None:
        kept.keep(b"/x", Request("GET", [], [], {}, raw_query=query), response, at)
        return kept.find(b"/x", query)

    good = Response(200, b"{}")
    assert [ask(b"%d" % number, good) for number in range(5)] == [good] * 5
    assert [kept.find(b"/x", b"%d" % number) for number in range(5)] == [None, None] + [good] * 3
    assert ask(b"cursor=", good) is None
    assert ask(b"a", Response(404, b"{}")) is None
    assert ask(b"b", Response(200, b"a" * (answers.LARGEST + 1))) is None
    space.changes = 2
    assert kept.find(b"/x", b"4") is None
    assert ask(b"read before the change", good, at=1) is None
