import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ecma2py.entries import AttributeChange
from ecma2py.space import SqliteSpace
from tests.space import writer
from tests.space.spaces import changed, dn_of, open_space, run, user, write

ROOT = Path(__file__).parents[2]
KILLS = 6
LATER = {"new": {"new", "changed"}, "changed": {"changed", "gone"}, "gone": {"gone"}}


def acknowledged(path: Path, first: int, seconds: float) -> list[list[str]]:
    """What the writer said before it was killed, so long after it was ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.space.writer", str(path), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        process.kill()
        lines = process.stdout.read().splitlines(keepends=True)
    return [line.split() for line in lines if line.endswith("\n")]


def test_a_killed_process_loses_no_acknowledged_write(path: Path) -> None:
    """Kill -9 at random instants: every write that was acknowledged is there, look-ups agree."""
    chance = random.Random(7)
    states: dict[str, str] = {}
    imports = 0
    for turn in range(KILLS):
        first = turn * 1_000_000
        for key, state in acknowledged(path, first, chance.uniform(0.05, 0.35)):
            if key == "import":
                imports = int(state)
            else:
                states[key] = state
        newest = max(states, key=lambda key: int(key[1:]))
        with open_space(path) as space:
            check_exports(space, states, newest)
            imports = check_imports(space, imports)
    assert len(states) > KILLS
    assert imports > 0


def check_exports(space: SqliteSpace, states: dict[str, str], newest: str) -> None:
    """All objects are in the state that was acknowledged; the newest may be a step further."""
    group = space.by_dn(dn_of("all"))
    assert group is not None
    for key, state in states.items():
        found = space.by_anchor("user", {"key": key})
        actual = found.attributes["title"] if found is not None else "gone"
        assert actual in (LATER[state] if key == newest else {state}), key
        states[key] = actual
        hits = [each.id for each in space.find("user", "mail", f"{key}@TEST")]
        assert hits == ([found.id] if found is not None else [])
        assert space.has_reference(group.row, "member", dn_of(key)) == (actual != "new")
    everybody = space.scan("user", 0, 1_000_000)
    assert space.count("user") == len(everybody)
    assert space._database.all("PRAGMA integrity_check") == [("ok",)]


def check_imports(space: SqliteSpace, imports: int) -> int:
    """The watermark is that of the objects, and at most one import further than acknowledged."""
    watermark = int(space.watermark() or 0)
    assert imports <= watermark <= imports + 1
    generation = [user(f"I{n}", title=str(watermark)) for n in range(writer.IMPORTED)]
    report = run(space, generation, full=False) if watermark else None
    assert report is None or report.unchanged == writer.IMPORTED
    return watermark


def test_the_check_sees_a_lost_write(path: Path) -> None:
    """The test of the test: a state that was not acknowledged does not pass."""
    with open_space(path) as space:
        write(space, user("X1", title="new", mail="X1@test"), user("all"))
        write(space, changed("user", "X1", AttributeChange.delete("mail")))
        with pytest.raises(AssertionError, match="X1"):
            check_exports(space, {"X1": "changed", "X2": "gone"}, "X2")
