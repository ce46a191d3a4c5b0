"""The host around the connectors: who may come in, commands, reload, schedule and restart."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from structlog.testing import capture_logs

from ecma2py.capabilities import MACapabilities
from ecma2py.connector.loading import connector_factory, installed
from ecma2py.errors import ConfigurationError
from ecma2py.host import hosting
from ecma2py.host.certificates import CertificateError
from ecma2py.host.config import Address
from ecma2py.host.config_connectors import ImportConfig
from ecma2py.host.control_address import ControlAddress
from ecma2py.host.deprovisioning import NOTHING_DISABLES
from ecma2py.host.hosting import Host
from ecma2py.host.remembered import recall, remember
from ecma2py.host.schedule import Schedule
from ecma2py.runs import ConnectorSource
from ecma2py.scim.errors import ScimError
from examples.csv_file import CsvFile
from examples.memory_directory import DIRECTORIES, MemoryDirectory
from tests.host.serving import EXTENSION, TOKEN, Client, config_text, running, until


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a fresh, empty directory."""
    async with running(tmp_path, config_text(name=str(tmp_path))) as started:
        yield started


def operator(client: Client) -> dict[str, str]:
    """The header that opens the control endpoint."""
    return {"Authorization": f"Bearer {client.host.control_token}"}


async def command(client: Client, method: str, name: str, body: Any = None) -> Any:
    """The answer to a command that must succeed."""
    url = f"/control/{name}"
    answer = await client.http.request(method, url, json=body, headers=operator(client))
    assert answer.is_success, answer.text
    return answer.json()


@pytest.mark.parametrize(
    "path",
    [
        "/ecma2host_MEM/scim/Users",
        "/ecma2host_MEM/scim/Nothing",
        "/ecma2host_MEM",
        "/ecma2host_mem/scim/Users",
        "/ecma2host_Other/scim/Users",
        "/ecma2host_%4DEM/scim/Users",
        "/control/status",
        "/nothing",
        "/",
    ],
)
@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": "Bearer wrong-token-1"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Authorization": b"Bearer \xff\x00token-token"},
        {"Authorization": "Bearer " + "x" * 10_000},
    ],
)
async def test_nobody_comes_in_without_a_token(client: Client, path: str, header: Any) -> None:
    """Every path is 401 in one constant shape before it is routed, whether it exists or not."""
    answer = await client.http.get(path, headers=header)

    assert answer.status_code == 401
    assert answer.json()["detail"] == "Show a bearer token of this connector."
    assert answer.headers["www-authenticate"] == 'Bearer realm="ecma2py"'


async def test_a_token_opens_its_connector_alone(client: Client) -> None:
    """A connector's token is refused everywhere else."""
    header = {"Authorization": f"Bearer {TOKEN}"}

    assert (await client.http.get("/ecma2host_MEM/scim/Users", headers=header)).is_success
    assert (await client.http.get("/ecma2host_MEM/other", headers=header)).status_code == 404
    assert (await client.http.get("/ecma2host_Other/scim", headers=header)).status_code == 401
    assert (await client.http.get("/control/status", headers=header)).status_code == 401


async def test_health_and_metrics(client: Client) -> None:
    """Health needs no token; metrics tell what was served to those who may see them."""
    await client.person("ann")

    assert (await client.http.get("/healthz")).text == "ok\n"
    assert (await client.http.get("/readyz")).text == "ready\n"
    answer = await client.http.get("/metrics", headers=operator(client))
    assert answer.headers["content-type"] == CONTENT_TYPE_LATEST
    metrics = answer.text
    assert 'ecma2py_requests_total{connector="MEM",method="POST",route="User",status="201"}' in (
        metrics
    )
    assert "ecma2py_import_runs_total" in metrics
    assert TOKEN not in metrics


async def test_refused_requests_are_counted_by_route(client: Client) -> None:
    """Where it is known what was asked for, whoever watches errors sees it."""
    refused = [
        ("GET", "/Users/x", "User", 404),
        ("POST", "/Groups", "Group", 400),
        ("PATCH", "/Users", "User", 405),
        ("GET", "/Schemas/none", "schemas", 404),
        ("GET", "/?count=x", "root", 400),
        ("POST", "/Bulk", "bulk", 400),
        ("GET", "/Me", "me", 501),
        ("GET", "/Nothing", "", 404),
    ]
    for method, path, _, status in refused:
        body = {} if method == "POST" else None
        assert (await client.send(method, path, body)).status_code == status, path
    metrics = (await client.http.get("/metrics", headers=operator(client))).text
    for method, _, route, status in refused:
        labels = f'connector="MEM",method="{method}",route="{route}",status="{status}"'
        assert f"ecma2py_requests_total{{{labels}}}" in metrics


async def test_commands(client: Client) -> None:
    """An operator sees the status and runs imports; a wrong command is told so."""
    status = await command(client, "GET", "status")
    assert status["connectors"]["MEM"]["state"] == "ready"
    assert status["connectors"]["MEM"]["last_run"]["result"] == "completed-no-objects"
    DIRECTORIES[client.host.config.connectors["MEM"].parameters["Name"]].objects["person", "9"] = {  # type: ignore[index]
        "login": "direct"
    }
    DIRECTORIES[client.host.config.connectors["MEM"].parameters["Name"]].touch(("person", "9"))  # type: ignore[index]

    delta = await command(client, "POST", "import", {"connector": "MEM", "kind": "delta"})
    full = await command(client, "POST", "import", {"connector": "MEM"})

    assert delta["counts"]["added"] == 1
    assert (full["result"], full["counts"]["unchanged"]) == ("success", 1)
    assert (await client.found("/Users", 'userName eq "direct"'))[0]["userName"] == "direct"
    for name, body, code in [
        ("import", {"connector": "None"}, 404),
        ("import", {"connector": "MEM", "kind": "half"}, 400),
        ("nothing", {}, 404),
    ]:
        answer = await client.http.post(f"/control/{name}", json=body, headers=operator(client))
        assert answer.status_code == code
    for content in (b"{", b"[]"):
        bad = await client.http.post("/control/import", content=content, headers=operator(client))
        assert bad.status_code == 400
    stopped: list[bool] = []
    client.host.stop = lambda: stopped.append(True)
    await command(client, "POST", "stop")
    assert stopped == [True]


async def test_held_imports_wait_for_a_word(client: Client, tmp_path: Path) -> None:
    """An import that would remove too much is held until an operator approves or discards it."""
    people = [await client.person(f"p{number}") for number in range(5)]
    directory = DIRECTORIES[str(tmp_path)]
    keys = list(directory.objects)
    for key in keys[:4]:
        del directory.objects[key]

    with capture_logs() as events:
        held = await command(client, "POST", "import", {"connector": "MEM"})
    logged = next(each for each in events if each["event"] == "import")
    assert (logged["would_delete"], "space approve MEM" in logged["help"]) == (4, True)
    assert held["result"] == "stopped-deletion-threshold-exceeded"
    assert (await client.json("GET", "/Users"))["totalResults"] == 5
    status = await command(client, "GET", "status")
    assert status["connectors"]["MEM"]["held"] == {"would_delete": 4}
    dropped = await command(client, "POST", "discard", {"connector": "MEM"})
    assert dropped["result"] == "discarded"
    assert (await command(client, "POST", "approve", {"connector": "MEM"})) == {
        "result": "no-held-import"
    }

    await command(client, "POST", "import", {"connector": "MEM"})
    approved = await command(client, "POST", "approve", {"connector": "MEM"})
    assert approved["deleted"] == 4
    left = (await client.json("GET", "/Users"))["Resources"]
    assert [each["id"] for each in left] == [people[4]["id"]]


async def test_restart_serves_at_once(tmp_path: Path) -> None:
    """What was acknowledged is served after a restart, also while the target is down."""
    text = config_text(name=str(tmp_path))
    async with running(tmp_path, text) as client:
        person = await client.person("ann")
    directory = DIRECTORIES.pop(str(tmp_path))

    quiet = "[connectors.MEM.import]\non_start = false"
    async with running(tmp_path, config_text(name=str(tmp_path), more=quiet)) as client:
        found = await client.json("GET", f"/Users/{person['id']}")

    assert found == person
    DIRECTORIES[str(tmp_path)] = directory


async def test_requests_wait_for_the_first_import(tmp_path: Path) -> None:
    """Before the first import is done, clients are told to come back; discovery is served."""
    directory = DIRECTORIES[str(tmp_path)]
    with directory.lock:
        held = asyncio.get_running_loop().run_in_executor(None, directory.lock.acquire, True, 0)
        await held
        async with running(tmp_path, config_text(name=str(tmp_path)), wait=False) as client:
            early = await client.send("GET", "/Users")
            discovery = await client.send("GET", "/Schemas")
            ready = await client.http.get("/readyz")
            directory.lock.release()
            await until(lambda: client.host.connectors["MEM"].is_ready)
            late = await client.send("GET", "/Users")
            directory.lock.acquire()

    assert early.status_code == 503
    assert early.headers["retry-after"] == "30"
    assert "currently importing" in early.json()["detail"]
    assert (discovery.status_code, ready.status_code, late.status_code) == (200, 503, 200)


async def test_reload(client: Client, tmp_path: Path) -> None:
    """A changed file is taken over connector by connector; a refused one changes nothing."""
    await client.person("ann")
    before = client.host.connectors["MEM"]
    file = tmp_path / "ecma2py.toml"

    file.write_text("[host]\nlisten = 7\n", encoding="utf-8")
    refused = await client.http.post("/control/reload", headers=operator(client))
    assert refused.status_code == 400
    assert "listen" in refused.json()["detail"]
    assert client.host.connectors["MEM"] is before

    file.write_text(config_text(name=str(tmp_path)), encoding="utf-8")
    same = await command(client, "POST", "reload")
    assert client.host.connectors["MEM"] is before
    assert same["changed"] == []

    text = config_text(name=str(tmp_path), scim="patch_response = 200")
    file.write_text(text, encoding="utf-8")
    changed = await command(client, "POST", "reload")
    assert changed["changed"] == ["MEM"]
    await until(lambda: client.host.connectors["MEM"].is_ready)
    found = await client.found("/Users", 'userName eq "ann"')
    path = f"/Users/{found[0]['id']}"
    operation = {"op": "replace", "path": "title", "value": "T"}
    assert (await client.patch(path, operation)).status_code == 200

    file.write_text('[host]\nlisten = "127.0.0.1:8585"\nplain_http = true\n', encoding="utf-8")
    assert (await command(client, "POST", "reload"))["removed"] == ["MEM"]
    assert (await client.send("GET", "/Users")).status_code == 401


@pytest.mark.parametrize(
    ("active", "more", "warned"),
    [
        ("", "", True),
        ('active = "active"', "", False),
        ("", '[connectors.MEM.deprovisioning]\ndisable = "delete"', False),
    ],
)
async def test_a_disabling_that_does_nothing_is_warned_of(
    tmp_path: Path, active: str, more: str, warned: bool
) -> None:
    """Clients are told that it is done: the operator has to know that it is not."""
    with capture_logs() as events:
        async with running(tmp_path, config_text(active=active, more=more)):
            pass

    assert (NOTHING_DISABLES in [each["event"] for each in events]) is warned


async def test_bodies_are_bounded(tmp_path: Path) -> None:
    """A body that is too large, too deep or no JSON is refused before anything is done."""
    text = config_text(host="[host.limits]\nmax_body = 2048\nmax_json_depth = 8")
    async with running(tmp_path, text) as client:
        large = await client.send("POST", "/Users", {"userName": "x" * 3000})
        deep: Any = "x"
        for _ in range(20):
            deep = [deep]
        nested = await client.send("POST", "/Users", {"userName": deep})
        header = {"Authorization": f"Bearer {TOKEN}"}
        url = "/ecma2host_MEM/scim/Users"
        broken = await client.http.post(url, content=b'{"userName": NaN}', headers=header)
        halved = await client.http.post(url, content=b'{"userName": "\\ud800"}', headers=header)

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(10):
                yield b"x" * 1000

        streamed = await client.http.post(url, content=chunks(), headers=header)

    codes = [a.status_code for a in (large, nested, broken, halved, streamed)]
    assert codes == [413, 400, 400, 400, 413]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


async def test_hostile_input_is_never_our_fault(client: Client) -> None:
    """Whatever a client sends, as body, path or query, is never answered by a 5xx."""
    person = await client.person("ann")
    path = f"/Users/{person['id']}"
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(
        JSON, st.text(max_size=40), st.sampled_from(["filter", "sortBy", "attributes", "cursor"])
    )
    def attack(body: Any, text: str, parameter: str) -> None:
        async def send() -> None:
            content = json.dumps(body).encode("utf-8", "surrogatepass")
            header = {"Authorization": f"Bearer {TOKEN}"}
            base = "/ecma2host_MEM/scim"
            for method, where in (("POST", "/Users"), ("PATCH", path), ("PUT", path)):
                url = f"{base}{where}"
                answer = await client.http.request(method, url, content=content, headers=header)
                assert answer.status_code < 500, answer.text
            bulk = await client.http.post(f"{base}/Bulk", content=content, headers=header)
            assert bulk.status_code < 500, bulk.text
            encoded = text.encode("utf-8", "surrogatepass")
            raw = "".join(f"%{byte:02x}" for byte in encoded)
            for url in (f"{base}/Users/{raw}", f"{base}/Users?{parameter}={raw}"):
                answer = await client.http.get(url, headers=header)
                assert answer.status_code < 500, answer.text

        asyncio.run_coroutine_threadsafe(send(), loop).result(30)

    await asyncio.to_thread(attack)


@pytest.mark.parametrize(
    "filter",
    [
        "(" * 10_000,
        "not (" * 5_000,
        " and ".join(['userName eq "x"'] * 2_000),
        'userName eq "' + "x" * 20_000 + '"',
        "userName eq " + "9" * 5_000,
        '__proto__ eq "x"',
        'userName eq "\\u0000"',
        'userName eq "\\ud800"',
        "emails[" * 500,
    ],
)
async def test_hostile_filters(client: Client, filter: str) -> None:
    """A filter made to hurt is refused or finds nothing, at once."""
    body = {"filter": filter}
    answer = await client.send("POST", "/Users/.search", body)

    assert answer.status_code in (200, 400)


def test_connectors_are_found() -> None:
    """A connector is found by entry point or by class; what cannot be found is said with advice."""
    assert "sql" in {each.name for each in installed()}
    assert connector_factory("sql")().__class__.__name__ == "SqlConnector"
    assert connector_factory("examples.csv_file:CsvFile") is CsvFile
    for wrong in ("nothing", "no.module:Class", "examples.csv_file:Missing", "json:__version__"):
        with pytest.raises(ConfigurationError):
            connector_factory(wrong)


def test_descriptions_are_remembered(tmp_path: Path) -> None:
    """What a connector said about itself comes back the same; a damaged file is no memory."""
    file = tmp_path / "description.json"
    description = ConnectorSource(MemoryDirectory).describe()

    remember(description, file)
    again = recall(file)

    assert again is not None
    assert again.schema.types == description.schema.types
    assert again.capabilities == description.capabilities
    assert isinstance(again.capabilities, MACapabilities)
    assert again.partitions == description.partitions
    assert again.interfaces == description.interfaces
    file.write_bytes(orjson.dumps({"version": 0}))
    assert recall(file) is None
    file.write_bytes(b"{")
    assert recall(file) is None
    assert recall(tmp_path / "none") is None


async def test_a_certificate_that_cannot_be_renewed_stops_nothing_else(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one in use stays, and connectors that failed are still tried again."""
    asked: list[None] = []

    class Unreadable:
        def refresh(self, config: Any) -> bool:
            asked.append(config)
            raise CertificateError("hr.pem cannot be read")

    monkeypatch.setattr(hosting, "RETRY_SECONDS", 0.001)
    monkeypatch.setattr(hosting, "DAY_SECONDS", 0.001)
    host = Host(client.host.config)
    host.tls = Unreadable()  # type: ignore[assignment]
    tending = asyncio.ensure_future(host._tend())
    await until(lambda: len(asked) > 1 or tending.done())
    assert not tending.done()
    tending.cancel()
    host.tokens.close()


def test_control_address(tmp_path: Path) -> None:
    """A running host leaves its address for the command line, readable by its owner alone."""
    with pytest.raises(ConfigurationError, match="No host runs"):
        ControlAddress.read(tmp_path)
    address = ControlAddress.new(Address("10.0.0.7", 8585), "AA:BB")
    address.write(tmp_path)
    assert address.url == "https://10.0.0.7:8585"
    assert address.token not in repr(address)

    assert ControlAddress.read(tmp_path) == address
    assert (tmp_path / "control.json").stat().st_mode & 0o077 == 0
    ControlAddress.remove(tmp_path)
    (tmp_path / "control.json").write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        ControlAddress.read(tmp_path)


@pytest.mark.parametrize(
    ("listening", "url"), [("0.0.0.0", "http://127.0.0.1:1"), ("::", "http://[::1]:1")]
)
def test_a_host_that_listens_everywhere_takes_commands_on_loopback(
    listening: str, url: str
) -> None:
    """A wildcard is no address to connect to."""
    assert ControlAddress.new(Address(listening, 1), None).url == url


async def test_schedule() -> None:
    """A full import comes first, deltas between, a failed first one again, and one on demand."""
    ran: list[str] = []
    loaded = False

    def run(kind: str) -> dict[str, Any]:
        nonlocal loaded
        ran.append(kind)
        if len(ran) == 1:
            raise RuntimeError("the target is down")
        loaded = True
        return {"result": "success"}

    config = ImportConfig(interval_minutes=60, delta_minutes=0.0005)
    schedule = Schedule("X", config, run, has_delta=True, is_loaded=lambda: loaded)
    task = asyncio.ensure_future(schedule.run_forever())
    try:
        await until(lambda: len(ran) >= 1)
        answer = await schedule.run_now("full")
        await until(lambda: "delta" in ran)
    finally:
        task.cancel()

    assert answer == {"result": "success"}
    assert ran[:2] == ["full", "full"]


async def test_who_asked_for_an_import_is_told_of_the_end() -> None:
    """A connector that is closed leaves nobody waiting for its import."""
    going, held = threading.Event(), threading.Event()

    def run(kind: str) -> dict[str, Any]:
        going.set()
        assert held.wait(10)
        return {"result": "success"}

    config = ImportConfig(on_start=False)
    schedule = Schedule("X", config, run, has_delta=False, is_loaded=lambda: True)
    task = asyncio.ensure_future(schedule.run_forever())
    waiting = [asyncio.ensure_future(schedule.run_now("full")) for _ in range(2)]
    await until(going.is_set)
    task.cancel()

    for each in (*waiting, schedule.run_now("full")):
        with pytest.raises(ScimError, match="being closed") as caught:
            await each
        assert caught.value.status == 503
    held.set()


async def test_audit_and_space_agree(client: Client) -> None:
    """Every write leaves a record in the space, a refused one with its reason."""
    person = await client.person("ann", **{f"{EXTENSION}:User": {"id": "7"}})
    await client.send("POST", "/Users", {"userName": "bob", f"{EXTENSION}:User": {"id": "7"}})

    records = client.host.connectors["MEM"].space.audit()

    outcomes = {(each.operation, each.outcome) for each in records}
    assert ("create", "success") in outcomes
    assert person["id"] in {each.object_id for each in records}
