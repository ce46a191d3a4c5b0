"""Writes whose client stopped waiting, and values that only one object may have."""

import asyncio
from pathlib import Path
from typing import Any

from ecma2py import CSEntryChange, ExportRun, Value
from ecma2py.host.exporting import Exporter
from examples.memory_directory import DIRECTORIES, MemoryDirectory
from tests.host.serving import Client, config_text, running, until
from tests.host.turnstile import Gate, Turnstile

MEMORY = "examples.memory_directory:MemoryDirectory"


class Slow(MemoryDirectory):
    """Writes once it may."""

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> dict[str, Value] | None:
        """As the directory does, after the gate."""
        assert Gate.may_write.wait(20)
        return super().export_entry(run, change)


def slow(name: str) -> str:
    """A host whose clients wait for a second."""
    host = "[host.limits]\nrequest_timeout_seconds = 1"
    return config_text(name=name, host=host).replace(MEMORY, "tests.host.test_late_writes:Slow")


def title(value: str) -> dict[str, Any]:
    """A PATCH operation."""
    return {"op": "replace", "path": "title", "value": value}


async def test_a_write_that_took_too_long_keeps_its_object(tmp_path: Path) -> None:
    """The client is told 503; what it asked for still comes before what is asked for next."""
    Gate.reset()
    async with running(tmp_path, slow(str(tmp_path))) as client:
        ann = await client.person("ann")
        path, tag = f"/Users/{ann['id']}", ann["meta"]["version"]
        Gate.may_write.clear()
        late = await client.patch(path, title("first"))
        assert (late.status_code, "retry-after" in late.headers) == (503, True)
        assert "may still be done" in late.json()["detail"]

        held = await client.send(
            "PATCH", path, {"Operations": [title("second")]}, headers={"If-Match": tag}
        )
        assert held.status_code == 503
        assert "Nothing was sent" in held.json()["detail"]
        Gate.may_write.set()

        await until(lambda: not client.host.connectors["MEM"].requests.count)
        assert (await client.json("GET", path))["title"] == "first"


async def test_a_write_that_waited_in_vain_is_not_done_later(tmp_path: Path) -> None:
    """While an import keeps all writes waiting, each client is told that nothing was sent."""
    Turnstile.reset()
    text = slow(str(tmp_path)).replace("test_late_writes:Slow", "turnstile:Turnstile")
    async with running(tmp_path, text) as client:
        ann = await client.person("ann")
        Turnstile.may_import.clear()
        served = client.host.connectors["MEM"]
        imported = asyncio.ensure_future(served.schedule.run_now("full"))
        await until(Turnstile.importing.is_set)

        path = f"/Users/{ann['id']}"
        for _ in range(2):
            late = await asyncio.gather(
                client.send("POST", "/Users", {"userName": "bob"}),
                client.send("POST", "/Users", {"userName": "eve"}),
                client.patch(path, title("never")),
                client.send("DELETE", path),
            )
            assert [each.status_code for each in late] == [503] * 4
            assert all("Nothing was sent" in each.json()["detail"] for each in late)
            await until(lambda: not served.requests.count)
            assert served.exporter.waiting == 3
        Turnstile.may_import.set()

        await imported
        again = await client.person("bob")
        assert (await client.json("GET", path)).get("title") is None
        assert (await client.json("GET", "/Users"))["totalResults"] == 2
    assert len(DIRECTORIES[str(tmp_path)].objects) == 2
    assert again["userName"] == "bob"


async def test_a_name_is_kept_for_a_create_that_took_too_long(tmp_path: Path) -> None:
    """The client that tries again makes no second object."""
    Gate.reset()
    async with running(tmp_path, slow(str(tmp_path))) as client:
        Gate.may_write.clear()
        assert (await client.send("POST", "/Users", {"userName": "ann"})).status_code == 503
        assert (await client.send("POST", "/Users", {"userName": "ann"})).status_code == 409
        Gate.may_write.set()
        await until(lambda: not client.host.connectors["MEM"].requests.count)
        assert len(await client.found("/Users", 'userName eq "ann"')) == 1
    assert len(DIRECTORIES[str(tmp_path)].objects) == 1


async def test_a_change_to_a_name_in_use_is_refused(tmp_path: Path) -> None:
    """By PATCH and by PUT, as by POST; its own name an object may be given again."""
    async with running(tmp_path) as client:
        ann, bob = await client.person("ann"), await client.person("bob")
        path = f"/Users/{bob['id']}"
        rename = {"op": "replace", "path": "userName", "value": "ANN"}
        for answer in (
            await client.patch(path, rename),
            await client.send("PUT", path, {"userName": "ann"}),
        ):
            assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")
        own = await client.patch(f"/Users/{ann['id']}", rename)
        assert own.status_code == 204
        both = await asyncio.gather(
            *(_rename(client, each["id"], "eve") for each in (ann, bob)),
        )
        assert sorted(both) == [204, 409]


async def _rename(client: Client, id: str, name: str) -> int:
    rename = {"op": "replace", "path": "userName", "value": name}
    return (await client.patch(f"/Users/{id}", rename)).status_code


async def test_a_bulk_tells_what_was_done_when_one_operation_breaks(
    tmp_path: Path, monkeypatch: Any
) -> None:
    """The ids of what was made are told, whatever happened to the rest."""
    async with running(tmp_path) as client:
        exporter = client.host.connectors["MEM"].exporter
        record = Exporter.write_through

        def broken(self: Any, exported: Any) -> None:
            if any(each.change.attributes.get("login") == "eve" for each in exported):
                raise RuntimeError("no room for eve")
            record(self, exported)

        monkeypatch.setattr(Exporter, "write_through", broken)
        exporter.session._commit = exporter.write_through
        operations = [
            {"method": "POST", "path": "/Users", "bulkId": name, "data": {"userName": name}}
            for name in ("ann", "eve", "bob")
        ]
        answer = await client.json("POST", "/Bulk", {"Operations": operations})
        told = {each["bulkId"]: each["status"] for each in answer["Operations"]}
        assert told == {"ann": "201", "eve": "500", "bob": "201"}
