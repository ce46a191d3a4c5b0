"""A connector that is slow, or ill in part, keeps neither the others nor its own good part back."""

import asyncio
import stat
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from ecma2py.errors import ConfigurationError, ServerDownError
from ecma2py.host import hosting
from ecma2py.host.binding import RunStep, bind_connector
from ecma2py.host.config_connectors import ConnectorConfig, RunStepsConfig
from ecma2py.host.files import alone
from ecma2py.host.opening import open_connector
from ecma2py.host.served import ServedConnector
from ecma2py.parameters import SecureString
from ecma2py.partitions import Partition
from ecma2py.space import SqliteSpace
from examples.memory_directory import DIRECTORIES
from tests.host.serving import TOKEN, Client, config_text, running, until
from tests.host.sluggish import Asking, Partial, Sluggish

MEMORY = "examples.memory_directory:MemoryDirectory"
SLOW = """
[connectors.SLOW]
type = "tests.host.sluggish:Sluggish"
path = '{root}'

[connectors.SLOW.parameters]
Name = "slow"
"""


def slow() -> str:
    """The table of a connector that does not speak yet."""
    return SLOW.format(root=Path(__file__).parents[2])


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> dict[str, ServedConnector]:
    """The connectors that hosts have opened, each under its name, the last one of each."""
    found: dict[str, ServedConnector] = {}

    def noting(name: str, *rest: Any, **more: Any) -> ServedConnector:
        found[name] = open_connector(name, *rest, **more)
        return found[name]

    monkeypatch.setattr(hosting, "open_connector", noting)
    return found


def is_closed(served: ServedConnector) -> bool:
    """Whether the file of its space has been let go."""
    assert isinstance(served.space, SqliteSpace)
    return served.space._database.closed


def odd(kind: str, **parameters: str | SecureString) -> ConnectorConfig:
    """The table of one of the command line's odd connectors."""
    folder = Path(__file__).parents[1] / "cli"
    return ConnectorConfig(type=f"odd_connectors:{kind}", path=folder, parameters=parameters)


def test_parameters_are_taken_as_their_definitions_want_them() -> None:
    """A secret is a secret however it was written, all else is text, and a default stands in."""
    config = odd("Vault", Password="literal", Server=SecureString("from the environment"))
    bound = bind_connector("vault", config)

    source = bound.source
    assert source.parameters["Password"].secure_value == SecureString("literal")
    assert source.parameters["Server"].value == "from the environment"
    assert source.parameters["Mode"].value == "read"
    assert [each.page.name for each in bound.pages] == ["CONNECTIVITY", "GLOBAL"]
    with pytest.raises(ConfigurationError, match="did you mean 'Server'"):
        bind_connector("vault", odd("Vault", Serve="x"))


def test_a_page_sees_the_defaults_of_those_before_it() -> None:
    """What the file leaves out is known to the pages that come after, as it is to the commands."""
    bound = bind_connector("extended", odd("Extended"))

    assert list(bound.source.parameters) == ["Type", "Anchor of thing"]


ASKING = ConnectorConfig(
    type="tests.host.sluggish:Asking",
    path=Path(__file__).parents[2],
    parameters={
        "Name": "asking",
        "Realm": "nowhere",
        "Key": SecureString("s3cret"),
        "Bind Password": "in the file",
    },
    partitions={"OBJECT=person": {"Key": SecureString("other")}},
    run_steps=RunStepsConfig(export={"Size": "7"}),
)


def test_what_a_page_would_take_is_taken_unasked_if_the_target_is_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only for a host that serves what is stored, and only what no page could tell the sense of."""
    monkeypatch.setattr(Asking, "is_down", True)
    with pytest.raises(ServerDownError):
        bind_connector("a", ASKING)
    bound = bind_connector("a", ASKING, takes_unasked=True)

    assert bound.unasked == "The target is down."
    given = bound.source.parameters
    assert (given["Name"].value, given["Realm"].value) == ("asking", "nowhere")
    assert given["Key"].secure_value == SecureString("s3cret")
    assert given["Bind Password"].secure_value == SecureString("in the file")
    of_run = bound.for_run(RunStep.EXPORT, Partition("OBJECT=person")).run_parameters
    assert (of_run["Size"].value, of_run["Key"].secure_value) == ("7", SecureString("other"))

    monkeypatch.setattr(Asking, "is_down", False)
    for takes_unasked in (False, True):
        with pytest.raises(ConfigurationError, match="no parameter 'Key'"):
            bind_connector("a", ASKING, takes_unasked=takes_unasked)


async def test_a_connector_whose_pages_cannot_be_asked_for_serves_what_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that starts while the target is down knows the objects, and checks the pages later."""
    monkeypatch.setattr(hosting, "RETRY_SECONDS", 0.05)
    text = config_text(name=str(tmp_path)).replace(MEMORY, "tests.host.sluggish:Asking")
    monkeypatch.setattr(Asking, "is_down", True)
    async with running(tmp_path, text) as client:
        assert (await client.send("GET", "/Users")).status_code == 503
        monkeypatch.setattr(Asking, "is_down", False)
        await until(lambda: "MEM" in client.host.connectors and client.host.is_ready)
        ann = await client.person("ann")
    monkeypatch.setattr(Asking, "is_down", True)
    async with running(tmp_path, text) as client:
        assert await client.found("/Users", 'userName eq "ann"') == [ann]
        old = client.host.connectors["MEM"]
        await asyncio.sleep(0.2)
        assert client.host.connectors["MEM"] is old
        reason = client.host.status()["connectors"]["MEM"]["reason"]
        assert reason == "served with parameters that are not all checked yet: The target is down."

        monkeypatch.setattr(Asking, "is_down", False)
        await until(lambda: client.host.connectors.get("MEM") not in (None, old))
        assert "reason" not in client.host.status()["connectors"]["MEM"]
        assert client.host.connectors["MEM"].exporter.source.parameters["Realm"].value == "south"
    del DIRECTORIES[str(tmp_path)]


async def states(client: Client) -> dict[str, str]:
    """How each connector is."""
    return {name: each["state"] for name, each in client.host.status()["connectors"].items()}


async def test_a_slow_connector_holds_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others are served, and reloads end, while one is being opened; it answers 503 until then."""
    monkeypatch.setattr(hosting, "WAIT_SECONDS", 0.2)
    Sluggish.may_speak.clear()
    text = config_text(name=str(tmp_path), more=slow())
    async with running(tmp_path, text, wait=False) as client:
        client.host.tokens._store.add("SLOW", TOKEN, "tests")
        await until(lambda: "MEM" in client.host.connectors)
        await until(lambda: client.host.connectors["MEM"].is_ready)
        assert await states(client) == {"MEM": "ready", "SLOW": "opening"}
        assert not client.host.is_ready
        await client.person("ann")
        path, headers = "/ecma2host_SLOW/scim/Users", {"Authorization": f"Bearer {TOKEN}"}
        early = await client.http.get(path, headers=headers)
        assert (early.status_code, early.headers["retry-after"]) == (503, "30")

        file = tmp_path / "ecma2py.toml"
        file.write_text(text + "\n[connectors.SLOW.export]\nbatch_size = 7\n", encoding="utf-8")
        assert (await client.host.reload())["opening"] == ["SLOW"]

        Sluggish.may_speak.set()
        await until(lambda: client.host.is_ready)
        assert client.host.connectors["SLOW"].config.exports.batch_size == 7
        assert (await client.http.get(path, headers=headers)).status_code == 200


async def test_a_host_can_be_closed_while_it_opens(
    tmp_path: Path, opened: dict[str, ServedConnector]
) -> None:
    """What does not open in time does not keep the host from ending, and is closed once it opens."""
    Sluggish.may_speak.clear()
    text = config_text(name=str(tmp_path), host="shutdown_seconds = 1", more=slow())
    async with asyncio.timeout(15), running(tmp_path, text, wait=False) as client:
        pass
    assert "SLOW" not in opened
    Sluggish.may_speak.set()
    await until(lambda: "SLOW" in opened and is_closed(opened["SLOW"]))
    assert "SLOW" not in client.host.connectors
    assert opened["SLOW"]._task is None


def test_what_opens_after_the_event_loop_has_ended_is_closed(
    tmp_path: Path, opened: dict[str, ServedConnector]
) -> None:
    """Its file is let go, also where nobody is left to be told that it opened."""
    Sluggish.may_speak.clear()
    text = config_text(name=str(tmp_path), host="shutdown_seconds = 1", more=slow())

    async def serve() -> None:
        async with running(tmp_path, text, wait=False):
            pass

    asyncio.run(serve())
    assert "SLOW" not in opened
    Sluggish.may_speak.set()
    asyncio.run(until(lambda: "SLOW" in opened and is_closed(opened["SLOW"])))


async def test_nothing_is_opened_after_a_host_is_closed(
    tmp_path: Path, opened: dict[str, ServedConnector]
) -> None:
    """A reload whose turn comes after the end changes nothing, however long an opening takes."""
    Sluggish.may_speak.clear()
    text = config_text(name=str(tmp_path), host="shutdown_seconds = 1", more=slow())
    async with running(tmp_path, text, wait=False) as client:
        file = tmp_path / "ecma2py.toml"
        file.write_text(text + "\n[connectors.SLOW.export]\nbatch_size = 7\n", encoding="utf-8")
        reloaded = asyncio.ensure_future(client.host.reload())
        await until(lambda: client.host.config.connectors["SLOW"].exports.batch_size == 7)
    Sluggish.may_speak.set()
    await reloaded
    assert "SLOW" not in client.host.connectors
    assert opened["SLOW"].config.exports.batch_size != 7
    assert is_closed(opened["SLOW"])


async def test_what_is_tried_when_a_host_is_closed_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: dict[str, ServedConnector]
) -> None:
    """A changed table that is found good after the end is the next host's to serve."""
    may_end = threading.Event()
    monkeypatch.setattr(hosting, "check_connector", lambda *_: may_end.wait(20))
    text = config_text(name=str(tmp_path), host="shutdown_seconds = 1")
    async with running(tmp_path, text) as client:
        old = client.host.connectors["MEM"]
        file = tmp_path / "ecma2py.toml"
        file.write_text(text + "\n[connectors.MEM.export]\nbatch_size = 7\n", encoding="utf-8")
        reloaded = asyncio.ensure_future(client.host.reload())
        await until(lambda: client.host.config.connectors["MEM"].exports.batch_size == 7)
    may_end.set()
    await reloaded
    assert opened["MEM"] is old
    assert is_closed(old)


async def test_what_can_be_read_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One object that cannot be read keeps the others from nobody; the next good run completes."""
    name = str(tmp_path)
    monkeypatch.setattr(Partial, "is_whole", False)
    text = config_text(name=name).replace(MEMORY, "tests.host.sluggish:Partial")
    async with running(tmp_path, text) as client:
        served = client.host.connectors["MEM"]
        assert served.status()["last_run"]["result"] == "completed-discovery-errors"
        ann = await client.person("ann")
        assert await client.found("/Users", 'userName eq "ann"') == [ann]
        assert not served.importer.is_loaded()
    async with running(tmp_path, text) as client:
        assert await client.found("/Users", 'userName eq "ann"') == [ann]
        monkeypatch.setattr(Partial, "is_whole", True)
        assert (await client.host.connectors["MEM"].schedule.run_now("full"))["result"] == "success"
        assert client.host.connectors["MEM"].importer.is_loaded()
    del DIRECTORIES[name]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
async def test_the_state_is_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else can look into what the host keeps of people."""
    async with running(tmp_path, config_text(name=str(tmp_path))) as client:
        state = client.host.config.host.state
        for directory in (state, state / "MEM"):
            assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        locks = list(state.glob(".*.lock"))
        assert locks
        files = [each for each in state.rglob("*") if each.is_file()]
        assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
        assert {"space.db", "space.db-wal"} <= {each.name for each in files}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_a_state_that_everybody_can_write_is_refused(tmp_path: Path) -> None:
    """Whoever could put tokens there could come in."""
    tmp_path.chmod(0o777)
    with pytest.raises(ConfigurationError, match="every user can write"), alone(tmp_path):
        pass
    tmp_path.chmod(0o775)
    with alone(tmp_path):
        pass
