"""The load generator wrk, a Debian package: so many requests a second, and how long each took."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile, TemporaryDirectory

from attrs import frozen

from bench.people import scim_user
from bench.processes import TOKEN, Server
from scripts import system_packages

_SCRIPT = Path(__file__).with_name("load.lua")
_runs = count(1)
_folder = TemporaryDirectory(prefix="ecma2py-wrk-")
"""What wrk reads; gone with the process."""


@frozen
class Load:
    """What a server did under load; milliseconds."""

    rate: float
    p50: float
    p99: float
    longest: float

    @classmethod
    def middle(cls, rounds: "Sequence[Load]") -> "Load":
        """The median of each figure."""
        return cls(
            median(each.rate for each in rounds),
            median(each.p50 for each in rounds),
            median(each.p99 for each in rounds),
            median(each.longest for each in rounds),
        )


def require_wrk() -> None:
    """Return if wrk is here, installing it where that is allowed; else say how to get it."""
    if shutil.which("wrk"):
        return
    if not (system_packages.can_install() and system_packages.install("wrk")):
        sys.exit("The load generator wrk is missing; as root: apt-get install wrk")


class Client:
    """A wrk for one server: 16 connections, random users out of all it had at the start."""

    def __init__(self, server: Server) -> None:
        self.server = server
        known = server.ids() if server.base else [("1", "user")]
        self._ids = _file("\n".join(f"{key}\t{name}" for key, name in known))
        self._body = _file(json.dumps(scim_user(0) | {"userName": "@LOGIN@"}))

    def run(self, kind: str, seconds: float) -> Load:
        """Requests of one kind for that long; ends the program if one is answered by an error."""
        tag = f"{self.server.name}{next(_runs)}"
        command = [
            *("wrk", "-t1", "-c16", f"-d{seconds:g}s", "--timeout", "30s"),
            *("-s", str(_SCRIPT), f"http://127.0.0.1:{self.server.port}", "--"),
            *(kind, self.server.base, TOKEN, self._ids, tag, self._body),
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        figures = [line[6:] for line in said.stdout.splitlines() if line.startswith("BENCH ")]
        if not figures:
            sys.exit(f"wrk failed: {said.stdout}{said.stderr}")
        found = json.loads(figures[0])
        if found["failed"]:
            sys.exit(f"{self.server.name} failed {found['failed']} of {kind}: {said.stdout}")
        rate = found["requests"] / found["seconds"]
        return Load(rate, found["p50"], found["p99"], found["max"])


def _file(content: str) -> str:
    with NamedTemporaryFile("w", delete=False, dir=_folder.name, encoding="utf-8") as file:
        file.write(content)
    return file.name
