"""Runs a piece of Python in a process of its own that hosts a .NET runtime."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.dotnet import needs_pythonnet, runtime

_START = """
import json, sys, warnings
from pathlib import Path
warnings.filterwarnings("ignore", message="Hosting Mono versions before v6.12")
from ecma2py.clr import DotNetError
from ecma2py.clr.hosting import start
from ecma2py.clr.runtimes import RuntimeKind, find_runtimes

kind, contract, bridge, settings, stand_ins, *paths = sys.argv[1:]
paths = list(map(Path, paths))
runtime = next(each for each in find_runtimes() if each.kind is RuntimeKind(kind))
host = start(
    runtime,
    contract=Path(contract),
    bridge=Path(bridge),
    settings=Path(settings) if settings else None,
    stand_ins=Path(stand_ins) if stand_ins else None,
)


def told(call):
    try:
        return call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""


class Ours(NamedTuple):
    """The two assemblies of ours that every process loads."""

    contract: Path
    bridge: Path


def hosted(
    kind: RuntimeKind,
    code: str,
    *paths: Path,
    ours: Ours,
    settings: Path | None = None,
    stand_ins: Path | None = None,
) -> Any:
    """What the code puts into ``result``, after the runtime has started as ``host``."""
    runtime(kind)
    needs_pythonnet()
    program = f"{_START}\n{code}\nprint('result', json.dumps(result))"
    arguments = [
        kind.value,
        str(ours.contract),
        str(ours.bridge),
        str(settings or ""),
        str(stand_ins or ""),
        *map(str, paths),
    ]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = [each for each in done.stdout.splitlines() if each.startswith("result ")]
    return json.loads(line.removeprefix("result "))
