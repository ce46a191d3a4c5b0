"""The configuration is taken over while requests come: none of them fails, none is done twice."""

import asyncio
import signal
import ssl
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Never

import httpx
import pytest
from cryptography.x509 import load_pem_x509_certificate

from ecma2py.errors import ServerDownError
from ecma2py.host import hosting
from ecma2py.host.certificates import names_of
from ecma2py.host.control_address import ControlAddress
from ecma2py.host.http import Request, Response
from ecma2py.host.tokens import TokenStore
from examples.memory_directory import MemoryDirectory
from tests.host.processes import (
    HostProcess,
    free_port,
    hr_config,
    hr_database,
    patch,
    person,
    process,
    rows,
)
from tests.host.serving import TOKEN, config_text, running
from tests.host.serving import until as soon

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
CLIENTS = 4


class Load:
    """Clients that write and read for as long as they are let."""

    def __init__(self, host: HostProcess) -> None:
        self.host = host
        self.made: set[str] = set()
        self.wrong: list[str] = []
        self.turns = 0
        self._going = True
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(CLIENTS)]

    def __enter__(self) -> "Load":
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._going = False
        for each in self._threads:
            each.join(30)

    def go_on(self, requests: int) -> None:
        """Return after so many more turns, or at the first request that failed."""
        until = self.turns + requests
        while self.turns < until and not self.wrong:
            assert any(each.is_alive() for each in self._threads)
            threading.Event().wait(0.01)

    def _work(self, who: int) -> None:
        with self.host.client() as http:
            turn = 0
            while self._going and not self.wrong:
                name = f"R{who}-{turn}"
                made = self._expect(201, http.post("/Users", json=person(name)))
                self.made.add(name)
                where = f"/Users/{made.json()['id']}" if made.is_success else "/Users"
                self._expect(204, http.patch(where, json=patch("title", "T")))
                self._expect(200, http.get("/Users", params={"count": "5"}))
                query = {"filter": f'userName eq "{name}@example.org"'}
                found = self._expect(200, http.get("/Users", params=query))
                if not found.is_success or found.json()["totalResults"] != 1:
                    self.wrong.append(f"{name} is not found: {found.text}")
                turn += 1
                self.turns += 1

    def _expect(self, status: int, answer: httpx.Response) -> httpx.Response:
        if answer.status_code != status:
            self.wrong.append(f"{answer.request.method} {answer.url}: {answer.text}")
        return answer


def reload(host: HostProcess) -> httpx.Response:
    """The operator's command."""
    address = ControlAddress.read(host.folder / "state")
    headers = {"Authorization": f"Bearer {address.token}"}
    return httpx.post(f"{address.url}/control/reload", headers=headers, timeout=60)


def until(condition: Callable[[], bool]) -> None:
    """Return once *condition* holds."""
    for _ in range(2000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("It never came true.")


def test_a_reload_drops_no_request(tmp_path: Path) -> None:
    """By command and by SIGHUP, with changed and refused files: every request is answered well."""
    database, port = hr_database(tmp_path), free_port()
    file = tmp_path / "ecma2py.toml"

    def taken_over() -> int:
        text = host.log.read_text(encoding="utf-8")
        return text.count('"configuration taken over"') + text.count("configuration is refused")

    with process(tmp_path, hr_config(database, port), port) as host:
        host.until_up()
        with Load(host) as load:
            for turn in range(6):
                more = f"\n[connectors.HR.export]\nbatch_size = {turn + 1}\n"
                good = hr_config(database, port, more=more)
                file.write_text("[host]\nlisten = 7\n" if turn == 3 else good, encoding="utf-8")
                before = taken_over()
                if turn % 2:
                    host.send(signal.SIGHUP)
                else:
                    answer = reload(host)
                    assert answer.json()["changed"] == ["HR"], answer.text
                until(lambda before=before: taken_over() > before)  # type: ignore[misc]
                load.go_on(40)
        assert load.wrong == []
        assert host.stop() == 0
    written = rows(database, "SELECT employee_number FROM people WHERE title = 'T'")
    assert {row[0] for row in written} == load.made
    assert "exception was never retrieved" not in host.log.read_text(encoding="utf-8")


def test_only_what_is_open_is_said_to_be_served(tmp_path: Path) -> None:
    """The URL of a connector is printed when it is open, and not before."""
    database, port = hr_database(tmp_path), free_port()
    wrong = '\n[connectors.BAD]\ntype = "no_module:Nowhere"\n'
    with process(tmp_path, hr_config(database, port, more=wrong), port) as host:
        until(lambda: "Serving HR at" in host.log.read_text(encoding="utf-8"))
        until(lambda: "connector cannot be opened" in host.log.read_text(encoding="utf-8"))
        assert host.stop() == 0
        text = host.log.read_text(encoding="utf-8")
    assert f"Serving HR at http://localhost:{port}/ecma2host_HR/scim\n" in text
    assert "Serving BAD" not in text


def test_tokens_are_rotated_while_the_host_runs(tmp_path: Path) -> None:
    """A new token opens, and after the old one is revoked it opens nothing; nobody restarts."""
    database, port = hr_database(tmp_path), free_port()
    with process(tmp_path, hr_config(database, port), port) as host:
        host.until_up()
        tokens = TokenStore.in_state(tmp_path / "state")
        new = {"Authorization": f"Bearer {tokens.create('HR', 'new')}"}

        def status(headers: dict[str, str]) -> int:
            return httpx.get(f"{host.scim}/Users?count=0", headers=headers).status_code

        until(lambda: status(new) == 200)
        assert status(host.headers) == 200
        tokens.revoke("HR", "tests")
        until(lambda: status(host.headers) == 401)
        assert status(new) == 200
        text = host.log.read_text(encoding="utf-8")
        assert TOKEN not in text
        assert new["Authorization"][7:] not in text


def test_a_new_certificate_is_taken_over(tmp_path: Path) -> None:
    """A host name added to the file is in the certificate of the next connection."""
    database, port = hr_database(tmp_path), free_port()
    plain = hr_config(database, port).replace("plain_http = true", "")
    with process(tmp_path, plain, port, scheme="https") as host:
        host.until_up(verify=False)
        text = plain.replace("[host]\n", '[host]\nnames = ["hr.example"]\n')
        (tmp_path / "ecma2py.toml").write_text(text, encoding="utf-8")
        host.send(signal.SIGHUP)

        def names() -> tuple[str, ...]:
            pem = ssl.get_server_certificate(("127.0.0.1", port))
            return names_of(load_pem_x509_certificate(pem.encode()))

        until(lambda: "hr.example" in names())
        assert host.stop() == 0


async def test_a_connector_is_closed_after_its_last_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request under way keeps its connector open; one that comes meanwhile gets the new one."""
    async with running(tmp_path, config_text(name=str(tmp_path))) as client:
        ann = await client.person("ann")
        old = client.host.connectors["MEM"]
        entered, leave = asyncio.Event(), asyncio.Event()
        answer = old.endpoint._answer

        async def slow(request: Request) -> Response:
            entered.set()
            await leave.wait()
            return await answer(request)

        monkeypatch.setattr(old.endpoint, "_answer", slow)
        early = asyncio.ensure_future(client.send("GET", f"/Users/{ann['id']}"))
        await entered.wait()
        text = config_text(name=str(tmp_path), scim="patch_response = 200")
        (tmp_path / "ecma2py.toml").write_text(text, encoding="utf-8")
        reloaded = asyncio.ensure_future(client.host.reload())
        await soon(lambda: "MEM" not in client.host.connectors)
        late = asyncio.ensure_future(client.send("GET", f"/Users/{ann['id']}"))
        await asyncio.sleep(0.3)
        assert not early.done()
        assert not late.done()
        leave.set()

        assert (await reloaded)["changed"] == ("MEM",)
        assert (await early).json() == (await late).json() == ann
        assert client.host.connectors["MEM"] is not old


async def test_a_connector_that_cannot_be_opened_anew_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It serves as before and says so, until what is wrong is mended, here or in the file."""
    monkeypatch.setattr(hosting, "RETRY_SECONDS", 0.05)
    file = tmp_path / "ecma2py.toml"
    good = config_text(name=str(tmp_path), scim="patch_response = 200")
    wrong = good.replace('title = "title"', 'title = "titel"')
    async with running(tmp_path, config_text(name=str(tmp_path))) as client:
        host = client.host
        ann = await client.person("ann")
        old = host.connectors["MEM"]
        file.write_text(wrong, encoding="utf-8")
        answer = await host.reload()
        assert (list(answer["kept"]), answer["failed"]) == (["MEM"], {})
        assert "'titel'" in answer["kept"]["MEM"]
        assert host.connectors["MEM"] is old
        assert await client.json("GET", f"/Users/{ann['id']}") == ann
        assert (await client.http.get("/readyz")).status_code == 200
        status = host.status()["connectors"]["MEM"]
        assert (status["state"], "'titel'" in status["reason"]) == ("ready", True)

        file.write_text(good, encoding="utf-8")
        with monkeypatch.context() as down:
            down.setattr(hosting, "check_connector", refuse)
            assert (await host.reload())["kept"] == {"MEM": "The target is down."}
            assert host.connectors["MEM"] is old
        await soon(lambda: host.connectors.get("MEM") not in (None, old))

        assert host.kept == {}
        assert "reason" not in host.status()["connectors"]["MEM"]
        assert host.connectors["MEM"].config.scim.patch_response == 200


async def test_a_flow_of_no_object_type_is_found_before_anything_changes(tmp_path: Path) -> None:
    """What deprovisioning says of types is part of what a reload tries."""
    file = tmp_path / "ecma2py.toml"
    async with running(tmp_path, config_text(name=str(tmp_path))) as client:
        old = client.host.connectors["MEM"]
        flow = '[connectors.MEM.deprovisioning.types.nosuch]\ndelete = "none"'
        file.write_text(config_text(name=str(tmp_path), more=flow), encoding="utf-8")
        answer = await client.host.reload()
        assert "no object type 'nosuch'" in answer["kept"]["MEM"]
        assert client.host.connectors["MEM"] is old


async def test_a_change_is_tried_without_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A target that is down keeps nobody from changing what is served of it."""
    async with running(tmp_path, config_text(name=str(tmp_path))) as client:
        monkeypatch.setattr(MemoryDirectory, "schema", refuse)
        text = config_text(name=str(tmp_path), scim="patch_response = 200")
        (tmp_path / "ecma2py.toml").write_text(text, encoding="utf-8")
        answer = await client.host.reload()
        assert (answer["kept"], answer["failed"]) == ({}, {})
        (tmp_path / "state" / "MEM" / "description.json").unlink()
        (tmp_path / "ecma2py.toml").write_text(config_text(name=str(tmp_path)), encoding="utf-8")
        assert (await client.host.reload())["kept"] == {"MEM": "The target is down."}


def refuse(*_: object, **__: object) -> Never:
    """What a target that is down does to whoever asks for it."""
    raise ServerDownError("The target is down.")


async def test_who_waits_for_a_reopening_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connector that a reload cannot open again is 503 to those who waited, with Retry-After."""
    async with running(tmp_path, config_text(name=str(tmp_path))) as client:
        old = client.host.connectors["MEM"]
        monkeypatch.setattr(hosting, "open_connector", refuse)
        text = config_text(name=str(tmp_path), scim="patch_response = 200")
        (tmp_path / "ecma2py.toml").write_text(text, encoding="utf-8")
        with old.requests:
            reloaded = asyncio.ensure_future(client.host.reload())
            await soon(lambda: "MEM" not in client.host.connectors)
            waiting = asyncio.ensure_future(client.send("GET", "/Users"))
            await asyncio.sleep(0.1)
        failed = (await reloaded)["failed"]
        answer = await waiting
        ready = await client.http.get("/readyz")

    assert ready.status_code == 503
    assert failed == {"MEM": "The target is down."}
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
