"""Every command does its work, says so in text and in JSON, and ends with its exit code."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from attrs import frozen
from click.testing import CliRunner

from ecma2py.cli.app import run
from ecma2py.host.hosting import Host
from ecma2py.host.server import serve
from examples.memory_directory import DIRECTORIES
from tests.host.serving import ROOT, config_text

MEMORY = ["--type", "examples.memory_directory:MemoryDirectory", "--path", str(ROOT)]
CSV = ["--type", "examples.csv_file:CsvFile", "--path", str(ROOT)]


@frozen
class Result:
    """What a command printed."""

    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Both streams."""
        return self.stdout + self.stderr


def ecma2py(*arguments: str, typed: str | None = None, code: int = 0) -> Result:
    """What one command prints, run in this process."""
    with CliRunner().isolation(typed) as streams:
        ended = run(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
        result = Result(streams[0].getvalue().decode(), streams[1].getvalue().decode())
    assert ended == code, result
    return result


def as_json(*arguments: str, typed: str | None = None, code: int = 0) -> Any:
    """The JSON that one command prints: a document, or a list of lines."""
    text = ecma2py(*arguments, "--json", typed=typed, code=code).stdout
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines()]


def lines(text: str) -> list[Any]:
    """JSON lines."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A CSV file of two people."""
    file = tmp_path / "people.csv"
    file.write_text("id,name,mail\n1,Ann,a@x\n2,Bob,\n", encoding="utf-8")
    return file


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration file with one in-memory connector."""
    file = tmp_path / "ecma2py.toml"
    text = config_text(name=uuid4().hex).replace("127.0.0.1:8585", "127.0.0.1:0")
    file.write_text(text, encoding="utf-8")
    return file


def test_describing(people: Path) -> None:
    """A connector is described without a configuration file, in text and in JSON."""
    given = [*CSV, "--set", f"File={people}"]

    assert "sql" in ecma2py("connectors").output
    assert any(each["name"] == "sql" for each in as_json("connectors"))
    assert "File" in ecma2py("parameters", *given).output
    assert as_json("parameters", *given)
    assert "name" in ecma2py("schema", *given).output
    assert "person" in json.dumps(as_json("schema", *given))
    assert "ATTRIBUTE" in ecma2py("capabilities", *given).output.upper()
    assert "delta_import" in json.dumps(as_json("capabilities", *given))


def test_import_and_delta(people: Path, tmp_path: Path) -> None:
    """Objects come as JSON lines; a delta starts from the watermark a good run left."""
    given = [*CSV, "--set", f"File={people}", "--watermark", str(tmp_path / "mark")]

    first = ecma2py("import", *given)
    assert [each["anchor"]["id"] for each in lines(first.stdout)] == ["1", "2"]
    people.write_text("id,name,mail\n1,Ann,a@x\n3,Cid,\n", encoding="utf-8")
    delta = ecma2py("import", "--delta", *given)
    assert sorted(each["anchor"]["id"] for each in lines(delta.stdout)) == ["2", "3"]


def test_import_of_a_target_that_is_down(tmp_path: Path) -> None:
    """A target that cannot be reached has an exit code of its own, and no traceback."""
    result = ecma2py("import", *CSV, "--set", f"File={tmp_path / 'none.csv'}", code=3)

    assert "cannot be read" in result.stderr
    assert "Traceback" not in result.output


def test_export(people: Path) -> None:
    """Changes in JSON lines are written; one that fails has its own result and exit code."""
    given = [*CSV, "--set", f"File={people}"]
    changes = [
        {"change": "add", "type": "person", "anchor": {"id": "3"}, "attributes": {"name": "Cid"}},
        {"change": "delete", "type": "person", "anchor": {"id": "9"}},
    ]
    text = "\n".join(map(json.dumps, changes))

    result = ecma2py("export", *given, typed=text, code=4)

    assert len(lines(result.stdout)) == 2
    assert "ConnectedDirectoryMissingObject" in result.stdout
    assert "3,Cid," in people.read_text(encoding="utf-8")
    ecma2py("export", *given, typed="{no json", code=4)


def test_password() -> None:
    """A password is read from standard input, never from an argument, and never printed."""
    name = uuid4().hex
    given = [*MEMORY, "--set", f"Name={name}"]
    DIRECTORIES[name].objects["person", "7"] = {"login": "ann"}

    good = ecma2py("password", "--stdin", *given, "7", typed="a long password\n")
    assert DIRECTORIES[name].passwords == {"7": "a long password"}
    refused = ecma2py("password", "--stdin", *given, "7", typed="short\n", code=1)

    assert "a long password" not in good.output
    assert "eight characters" in refused.stderr


def test_tokens(config: Path) -> None:
    """Tokens are created once, listed without themselves, added, and revoked."""
    where = ["--config", str(config)]

    created = as_json("token", "create", "MEM", "--label", "one", *where)
    ecma2py("token", "create", *where)
    added = ecma2py(
        "token", "add", "MEM", "--label", "two", "--stdin", *where, typed="my-own-token-1\n"
    )
    ecma2py("token", "add", "MEM", "--label", "three", "--stdin", *where, typed="short\n", code=2)
    listed = ecma2py("token", "list", *where)

    assert created["token"] not in listed.output
    assert "my-own-token-1" not in added.output + listed.output
    assert {"one", "two"} <= {each["label"] for each in as_json("token", "list", "MEM", *where)}
    ecma2py("token", "revoke", "MEM", "one", *where)
    assert "one" not in {each["label"] for each in as_json("token", "list", *where)}


def test_certificates(tmp_path: Path) -> None:
    """The host's certificate is shown and renewed."""
    file = tmp_path / "ecma2py.toml"
    file.write_text('[host]\nnames = ["hr.example"]\n', encoding="utf-8")
    where = ["--config", str(file)]

    ecma2py("certificate", "show", *where, code=1)
    ecma2py("certificate", "renew", *where)
    shown = as_json("certificate", "show", *where)
    assert "hr.example" in json.dumps(shown)
    assert "hr.example" in ecma2py("certificate", "show", *where).output
    renewed = as_json("certificate", "renew", *where)
    assert renewed != shown
    ecma2py("certificate", "renew", *where)


def test_check(config: Path, tmp_path: Path) -> None:
    """A configuration is checked as a whole, with every connector, and what is wrong is named."""
    assert "MEM" in ecma2py("check", "--config", str(config)).output
    assert as_json("check", "MEM", "--config", str(config))
    broken = tmp_path / "broken.toml"
    broken.write_text('[host]\nlisten = "x"\nlistn = 1\n', encoding="utf-8")
    result = ecma2py("check", "--config", str(broken), code=2)
    assert "listn" in result.stderr
    assert "listen" in result.stderr
    ecma2py("check", "--config", str(tmp_path / "none.toml"), code=2)


def test_init(people: Path, tmp_path: Path) -> None:
    """A commented file is written that the host accepts, with secrets as references."""
    file = tmp_path / "new" / "ecma2py.toml"
    file.parent.mkdir()
    given = [*CSV, "--set", f"File={people}", "--defaults", "--config", str(file)]

    ecma2py("init", "HR", *given)

    text = file.read_text(encoding="utf-8")
    assert "[connectors.HR]" in text
    assert "#" in text
    ecma2py("check", "--config", str(file))


def test_init_of_a_database(tmp_path: Path) -> None:
    """A database is described by its own catalogue."""
    database = tmp_path / "hr.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, mail TEXT, name TEXT)")
    file = tmp_path / "ecma2py.toml"
    source = f"Data source=sqlite:///{database}"

    ecma2py("init", "HR", "--type", "sql", "--set", source, "--defaults", "--config", str(file))

    assert "people" in file.read_text(encoding="utf-8")
    ecma2py("check", "--config", str(file))


@pytest.fixture
def host(config: Path) -> Iterator[Host]:
    """A host that really listens, in a thread of this process."""
    text = config.read_text(encoding="utf-8").replace("127.0.0.1:0", f"127.0.0.1:{free_port()}")
    config.write_text(text, encoding="utf-8")
    started = threading.Event()
    hosts: list[Host] = []

    def ready(made: Host) -> None:
        hosts.append(made)
        started.set()

    thread = threading.Thread(target=serve, args=(config,), kwargs={"started": ready})
    thread.start()
    assert started.wait(20)
    yield hosts[0]
    hosts[0].stop()
    thread.join(20)
    assert not thread.is_alive()


def free_port() -> int:
    """A port of the loopback interface that nobody uses."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool]) -> None:
    """Return once *condition* holds."""

    async def until() -> None:
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110 - what is waited for is no event
                await asyncio.sleep(0.02)

    asyncio.run(until())


def test_a_running_host(host: Host, config: Path) -> None:
    """A running host is asked for its state, imports, reloads and stops."""
    where = ["--config", str(config)]
    wait_for(lambda: host.is_ready)
    name = str(host.config.connectors["MEM"].parameters["Name"])
    directory = DIRECTORIES[name]
    for number in range(5):
        directory.objects["person", str(number)] = {"login": f"p{number}"}
        directory.touch(("person", str(number)))

    assert "MEM" in ecma2py("status", *where).output
    assert as_json("status", *where)["connectors"]["MEM"]["state"] == "ready"
    assert as_json("import", "--into-space", "MEM", *where)["result"] == "success"
    ecma2py("import", "--into-space", "--delta", *where)
    found = ecma2py("space", "search", "MEM", *where)
    assert "id=1" in found.output
    ids = [each["id"] for each in as_json("space", "search", *where, "--limit", "0")]
    assert len(ids) == 5
    assert as_json("space", "search", "MEM", "login=p3", *where)["anchor"] == {"id": "3"}
    assert "p" in ecma2py("space", "show", "MEM", ids[0], *where).output
    assert as_json("space", "show", "MEM", ids[0], *where)
    ecma2py("space", "show", "MEM", str(uuid4()), *where, code=1)
    assert "success" in ecma2py("space", "runs", "MEM", *where).output
    assert as_json("space", "runs", *where)
    ecma2py("space", "runs", "--run", "1", *where)
    ecma2py("space", "audit", "MEM", *where)
    ecma2py("space", "held", "MEM", *where)
    for number in range(4):
        del directory.objects["person", str(number)]
    held = ecma2py("import", "--into-space", *where, code=3)
    assert "`ecma2py space approve MEM`" in held.stderr
    assert as_json("space", "held", "MEM", *where)
    status = ecma2py("status", *where).stdout
    assert "full, held, 20" in status
    assert "would remove too much (4):\n`ecma2py space held MEM` shows" in status
    assert "waiting" not in status
    ecma2py("space", "discard", "MEM", *where)
    ecma2py("import", "--into-space", *where, code=3)
    ecma2py("space", "approve", "MEM", *where)
    assert as_json("space", "search", *where)["anchor"] == {"id": "4"}
    ecma2py("reload", *where)
    ecma2py("stop", *where)


def test_a_reload_that_cannot_be_done_is_no_success(host: Host, config: Path) -> None:
    """The title says what became of each connector, and so does the exit code."""
    where = ["--config", str(config)]
    wait_for(lambda: "MEM" in host.connectors)
    good = config.read_text(encoding="utf-8")
    wrong = good.replace('title = "title"', 'title = "titel"')
    config.write_text(wrong + '[connectors.NEW]\ntype = "no_module:No"\n', encoding="utf-8")

    told = ecma2py("reload", *where, code=1).stdout
    assert "Reloaded, but NEW could not be opened; MEM could not be changed and goes on" in told
    assert "has no attribute 'titel'" in told
    assert "served as before" in ecma2py("status", *where).stdout
    config.write_text(good, encoding="utf-8")
    assert ecma2py("reload", *where).stdout.startswith("Reloaded.\n")


def test_no_host(config: Path) -> None:
    """Commands for a running host say so when there is none, with their own exit code."""
    for name in ("status", "reload", "stop"):
        assert "ecma2py serve" in ecma2py(name, "--config", str(config), code=5).stderr


def test_as_a_program(tmp_path: Path) -> None:
    """Run as a program, a wrong file is exit code 2 and no traceback, unless asked for."""
    command = [sys.executable, "-m", "ecma2py.cli", "serve", "--config", str(tmp_path / "none")]

    plain = subprocess.run(command, capture_output=True, text=True, check=False)
    debug = subprocess.run([*command, "--debug"], capture_output=True, text=True, check=False)

    assert plain.returncode == 2
    assert "Traceback" not in plain.stderr
    assert "Traceback" in debug.stderr
