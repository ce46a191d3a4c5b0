"""A host that runs its connectors in processes of their own serves as it would without."""

import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ecma2py.errors import ConfigurationError
from ecma2py.host.binding import bind_connector
from ecma2py.host.config import parse
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.parameters import SecureString
from ecma2py.workers.guard import descendants
from tests.host.processes import free_port, hr_config, hr_database, patch, person, process, rows
from tests.host.serving import EXTENSION, ROOT, Client, running, until
from tests.workers.conftest import is_alive
from tests.workers.conftest import until as until_now

CONFIG = """
[host]
listen = "127.0.0.1:{port}"
plain_http = true
{host}

[connectors.MEM]
type = "tests.workers.twins:{name}"
path = {root}
isolation = "process"
{connector}

[connectors.MEM.import]
timeout_seconds = 30

[connectors.MEM.parameters]
{parameters}

[connectors.MEM.scim.mapping.User]
{mapping}
"""


def config_text(
    name: str, parameters: str, *, port: int = 8585, host: str = "", connector: str = ""
) -> str:
    """The configuration of one isolated connector."""
    return CONFIG.format(
        port=port,
        host=host,
        name=name,
        root=json.dumps(str(ROOT)),
        connector=connector,
        parameters=parameters,
        mapping='userName = "login"\ntitle = "title"' if name == "People" else 'userName = "n"',
    )


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a host whose connector keeps people in a folder, one of them there already."""
    folder = tmp_path / "people"
    folder.mkdir()
    (folder / "1.person").write_text("login=ann\n")
    text = config_text("People", f"Folder = {json.dumps(str(folder))}")
    async with running(tmp_path, text) as found:
        yield found
    until_now(lambda: not _workers_of(os.getpid()))


def _workers_of(pid: int) -> list[int]:
    def is_worker(each: int) -> bool:
        try:
            return b"ecma2py.workers" in Path(f"/proc/{each}/cmdline").read_bytes()
        except OSError:
            return False

    return [each for each in descendants(pid) if is_worker(each)]


async def test_everything_a_client_does(client: Client, tmp_path: Path) -> None:
    """Import, create, patch, password and delete reach the target by way of workers."""
    folder = tmp_path / "people"
    assert [each["userName"] for each in await client.found("/Users", 'userName eq "ann"')]

    bob = await client.person("bob", title="Engineer")
    (file,) = [each for each in folder.glob("*.person") if each.stem != "1"]
    assert file.read_text() == "login=bob\ntitle=Engineer\n"

    change = {"op": "replace", "path": "title", "value": "Director"}
    assert (await client.patch(f"/Users/{bob['id']}", change)).is_success
    assert "title=Director" in file.read_text()

    where = f"{EXTENSION}:User:export_password"
    secret = {"op": "replace", "path": where, "value": "a new pass-word"}
    assert (await client.patch(f"/Users/{bob['id']}", secret)).is_success
    assert file.with_suffix(".password").read_text() == "a new pass-word"

    assert (await client.send("DELETE", f"/Users/{bob['id']}")).status_code == 204
    assert not file.exists()


async def test_a_dead_worker_costs_no_more_than_its_changes(client: Client, tmp_path: Path) -> None:
    """A session whose worker was killed is opened anew; the client may try again at once."""
    await client.person("bob")
    for pid in _workers_of(os.getpid()):
        os.kill(pid, signal.SIGKILL)
    answer = await client.send("POST", "/Users", {"userName": "eve"})
    assert answer.status_code in (201, 503), answer.text
    await client.person("joe")
    names = {each.read_text() for each in (tmp_path / "people").glob("*.person")}
    assert "login=joe\n" in names


async def test_a_connector_that_crashes_leaves_the_host(tmp_path: Path) -> None:
    """Its import fails with what happened, and the host goes on to answer."""
    text = config_text("Deeds", 'Deed = "segv"')
    async with running(tmp_path, text, wait=False) as client:
        served = await client.host.served("MEM")
        assert served is not None
        await until(lambda: [each for each in served.space.runs(1) if each.finished], 30)
        (run,) = served.space.runs(1)
        assert run.result == "stopped-extension-dll-exception"
        assert (await client.send("GET", "/Schemas")).status_code == 200


async def test_workers_are_counted(client: Client) -> None:
    """The metrics say how many processes a connector has."""
    await until(lambda: b'ecma2py_workers{connector="MEM"} ' in client.host.metrics.render())


def test_the_sql_connector_serves_so(tmp_path: Path) -> None:
    """The demonstration is served by workers, changed by a client, and stops in order with 0."""
    database, port = hr_database(tmp_path), free_port()
    text = hr_config(database, port).replace(
        "[connectors.HR]\n", '[connectors.HR]\nisolation = "process"\n'
    )
    with process(tmp_path, text, port) as host:
        host.until_up()
        assert host.process is not None
        assert _workers_of(host.process.pid)
        with host.client() as http:
            made = http.post("/Users", json=person("W1"))
            assert made.status_code == 201, made.text
            path = f"/Users/{made.json()['id']}"
            assert http.patch(path, json=patch("name.givenName", "Wendy")).is_success
        found = _workers_of(host.process.pid)
        assert host.stop() == 0
    assert rows(database, "SELECT given_name FROM people WHERE employee_number = 'W1'")
    until_now(lambda: not any(map(is_alive, found)))


def children_in(folder: Path) -> list[int]:
    """The processes that a connector has started."""
    file = folder / "children"
    return [int(each) for each in file.read_text().split()] if file.exists() else []


@pytest.mark.parametrize("deed", ["children, then loop", "children, then stuck"])
def test_a_killed_host_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    """Kill -9 of the host ends busy and waiting workers, what they started, and their guards."""
    monkeypatch.setenv("TWINS_FOLDER", str(tmp_path))
    port = free_port()
    text = config_text("Deeds", f'Deed = "{deed}"', port=port)
    with process(tmp_path, text, port, connector="MEM") as host:
        host.until_up("/healthz")
        assert host.process is not None
        pid = host.process.pid
        # A guard and a worker that wait, and as many that work or have started others.
        until_now(lambda: len(_workers_of(pid)) >= 4, 60)
        until_now(lambda: len(children_in(tmp_path)) == 2, 60)
        left = {*descendants(pid), *children_in(tmp_path)}
        assert all(map(is_alive, children_in(tmp_path)))
        host.kill()
    until_now(lambda: not any(map(is_alive, left)))


def test_the_environment_of_a_worker_has_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the configuration took from the environment as a secret is not passed on there."""
    monkeypatch.setenv("TOP", "the-secret-of-the-day")
    monkeypatch.setenv("PLAIN", "plain")
    config = ConnectorConfig(
        type="tests.workers.twins:Deeds",
        path=ROOT,
        isolation="process",
        parameters={"Password": SecureString("the-secret-of-the-day")},
    )
    bound = bind_connector("Deeds", config)
    environment: Any = bound.factory.recipe.environment  # type: ignore[attr-defined]
    bound.close()
    assert environment["PLAIN"] == "plain"
    assert "TOP" not in environment


def test_a_limit_needs_isolation() -> None:
    """A memory limit without a process of its own would be none: the file is refused."""
    text = config_text("People", "").replace('isolation = "process"', "memory_limit_mb = 500")
    with pytest.raises(ConfigurationError, match="memory_limit_mb"):
        parse(text, Path("ecma2py.toml"), {})


def test_a_limit_that_cannot_be_kept_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without such limits says so, rather than run without one."""
    monkeypatch.setattr("ecma2py.workers.limits._IS_LINUX", False)
    monkeypatch.setattr(sys, "platform", "darwin")
    config = ConnectorConfig(type="x:Y", isolation="process", memory_limit_mb=500)
    with pytest.raises(ConfigurationError, match="memory_limit_mb cannot be kept"):
        bind_connector("X", config)
