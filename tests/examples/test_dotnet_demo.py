"""The demonstration of a connector in C# tells on each runtime its whole story, and it is true."""

import re
from pathlib import Path

import pytest

from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.dotnet import KINDS, runtime
from tests.examples.telling import by_heading, output, row

HEADINGS = {
    "match": "Match",
    "create": "Create a person",
    "update": "Update",
    "disable": "Add to the group",
    "refuse": "What the connector refuses",
    "delete": "Delete",
    "password": "Set a password",
    "files": "The files afterwards",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def whole(folder: Path) -> str:
    """What the demonstration prints."""
    for kind in (RuntimeKind.MONO, RuntimeKind.CORECLR):
        runtime(kind)
    return output("dotnet", folder, timeout=280)


def told(whole: str, kind: RuntimeKind) -> dict[str, str]:
    """What it says of one runtime, by its headings."""
    part = whole.partition(f"\nOn {runtime(kind)}\n")[2]
    assert part, whole
    part = re.split(r"\nOn [.M]|\nHow to go on", part)[0]
    return by_heading(part, HEADINGS)


@KINDS
def test_each_step_is_in_the_file(whole: str, kind: RuntimeKind) -> None:
    """What a request says stands in the connector's file after it, and nothing else changes."""
    steps = told(whole, kind)

    assert "grace is Grace Hopper" in steps["match"]
    assert "a random name is 0 people" in steps["match"]
    assert "201, id " in steps["create"]
    assert row(steps["create"])["manager"] == ("", "P0001")
    changed = {name: pair for name, pair in row(steps["update"]).items() if pair[0] != pair[1]}
    assert changed == {
        "familyName": ("Byron", "King"),
        "title": ("Researcher", "Head of Research"),
    }
    changed = {name: pair for name, pair in row(steps["disable"]).items() if pair[0] != pair[1]}
    assert changed == {"active": ("true", "false"), "groups": ("", "Compilers")}
    assert "400 invalidValue: " in steps["refuse"]
    assert "title has a line break" in steps["refuse"]
    assert {after for _, after in row(steps["delete"]).values()} == {"-"}
    assert "The password is set." in steps["password"]
    assert "horse" not in steps["password"]


@KINDS
def test_the_host_ended_without_an_error(whole: str, folder: Path, kind: RuntimeKind) -> None:
    """Nothing is in its log that a reader would have to look into, and no file is left half-way."""
    work = folder / ".work" / "demo-dotnet" / kind.value
    log = (work / "host.log").read_text(encoding="utf-8")

    assert not re.search(r'"level":"(error|critical)"|Traceback', log), log
    assert sorted(path.name for path in (work / "data").iterdir()) == [
        "changes.log",
        "group.csv",
        "passwords.csv",
        "person.csv",
    ]
