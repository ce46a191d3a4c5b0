"""What the demonstrations share: a host that serves for a while, requests, and what they did."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table

from examples.demo.client import ScimClient

EXTENSION = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0"
console = Console(highlight=False, soft_wrap=True)


@contextmanager
def serving(
    config: Path, name: str, port: int, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[ScimClient]:
    """A ``with`` block in which a configuration is served; the client is for one connector."""
    created = run(
        "token", "create", name, "--label", "demo", "--config", str(config), "--json",
        environment=environment,
    )  # fmt: skip
    started = time.monotonic()
    command = [sys.executable, "-m", "ecma2py.cli", "serve", "--config", str(config)]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, stdout=output, stderr=output, env={**os.environ, **(environment or {})}
        ) as host,
    ):
        try:
            wait_until_ready(port, host)
            url = f"http://127.0.0.1:{port}/ecma2host_{name}/scim"
            say(f"The host serves it at {url}, {time.monotonic() - started:.1f} s after its start.")
            yield ScimClient(url, json.loads(created)["token"])
        finally:
            run("stop", "--config", str(config), environment=environment)
            host.wait(30)


def patch(client: ScimClient, path: str, operations: list[dict[str, Any]]) -> None:
    """Send a PATCH and say how it was answered."""
    status, answer = client.send("PATCH", path, patch_body(operations))
    for each in operations:
        console.print(f"  {each['op']} {each['path']} = {json.dumps(each['value'])}")
    console.print(f"  {status} {answer.get('detail', '')}")


def patch_body(operations: list[dict[str, Any]]) -> dict[str, Any]:
    """The body of a PATCH."""
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}


class Watched:
    """One record of the target, shown as it was and as it is."""

    def __init__(self, title: str, names: tuple[str, ...], read: Callable[[], Mapping[str, str]]):
        self._title = title
        self._names = names
        self._read = read
        self._before = read()

    def show(self) -> None:
        """A table of what changed since the last one."""
        after = self._read()
        table = Table(self._title, "before", "after", title=None, min_width=60)
        for name in self._names:
            old, new = self._before.get(name, ""), after.get(name, "")
            table.add_row(
                name, old, new if new == old else f"[bold green]{new or '-'}[/bold green]"
            )
        console.print(table)
        self._before = after


def updated(client: ScimClient, person: str, group: dict[str, Any], row: Watched) -> None:
    """Rename a person, then add it to a group and disable it; the record after each step."""
    say("Update, in the words of Microsoft Entra", title=True)
    family = {"op": "Replace", "path": "name.familyName", "value": "King"}
    title = {"op": "Replace", "path": "title", "value": "Head of Research"}
    patch(client, f"/Users/{person}", [family, title])
    row.show()

    say(f"Add to the group {group['displayName']!r}, and disable", title=True)
    member = {"op": "Add", "path": "members", "value": [{"value": person}]}
    patch(client, f"/Groups/{group['id']}", [member])
    patch(client, f"/Users/{person}", [{"op": "Replace", "path": "active", "value": "False"}])
    row.show()


def deleted(client: ScimClient, person: str, row: Watched) -> None:
    """Delete a person, and show that its record is gone."""
    say("Delete", title=True)
    status, _ = client.send("DELETE", f"/Users/{person}")
    console.print(f"  {status}")
    row.show()


def run(
    *arguments: str, environment: Mapping[str, str] | None = None, given: str | None = None
) -> str:
    """What one ecma2py command prints; ``given`` is its standard input."""
    command = [sys.executable, "-m", "ecma2py.cli", *arguments]
    return subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        input=given,
        env={**os.environ, **(environment or {})},
    ).stdout


def wait_until_ready(port: int, host: subprocess.Popen[bytes]) -> None:
    """Return when the first import is done."""
    while host.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The host ended with {host.returncode}.")


def free_port() -> int:
    """A port of the loopback interface that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program() -> Path:
    """The ecma2py program by its place: the environment that was set up is not activated."""
    return Path(os.path.relpath(sys.executable)).with_name("ecma2py")


def say(text: str, *, title: bool = False) -> None:
    """One line, or the heading of a step."""
    console.print(f"\n[bold]{text}[/bold]" if title else text)
