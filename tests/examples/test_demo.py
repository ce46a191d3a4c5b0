"""The demonstration tells its whole story, and the story is true."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.examples.telling import by_heading, output, row

HEADINGS = {
    "test": "Test connection",
    "match": "Match",
    "create": "Create a person",
    "update": "Update",
    "disable": "Add to the group",
    "refuse": "What cannot be",
    "delete": "Delete",
    "end": "How to go on",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, str]:
    """What the demonstration prints, by its headings."""
    return by_heading(output("demo", folder, "connectors/sql/src", timeout=180), HEADINGS)


def test_it_finds_whom_it_asks_for(told: dict[str, str]) -> None:
    """The host serves the database; a random name is nobody, an address of it somebody."""
    assert "3,000 people and 40 groups" in told["start"]
    assert "200, 0 results" in told["test"]
    assert re.search(r"\S+@example.com is \w+ \w+, id [0-9a-f-]{36}", told["match"])


def test_each_step_is_in_the_row(told: dict[str, str]) -> None:
    """What a request says stands in the database after it, and nothing else changes."""
    assert "201, id " in told["create"]
    created = row(told["create"])
    assert created["mail"] == ("", "ada.byron@example.org")
    assert created["active"] == ("", "1")
    assert created["manager"][1].startswith("E")

    assert "204" in told["update"]
    changed = {name: pair for name, pair in row(told["update"]).items() if pair[0] != pair[1]}
    assert changed == {
        "family_name": ("Byron", "King"),
        "title": ("Researcher", "Head of Research"),
    }

    assert told["disable"].count("204") == 2
    changed = {name: pair for name, pair in row(told["disable"]).items() if pair[0] != pair[1]}
    assert changed == {"active": ("1", "0"), "groups": ("", "All employees")}

    assert "204" in told["delete"]
    assert {after for _, after in row(told["delete"]).values()} == {"-"}


def test_what_cannot_be_is_told(told: dict[str, str]) -> None:
    """A taken name is 409, a value that the database forbids is 400 with its own words."""
    assert re.search(r"409 uniqueness: userName '\S+' is in use", told["refuse"])
    assert re.search(r"400 invalidValue: .*CHECK constraint failed: mail", told["refuse"])


def test_nothing_is_left_but_the_database(told: dict[str, str], folder: Path) -> None:
    """The host has ended without an error, and the people are those from the beginning."""
    work = folder / ".work" / "demo"
    log = (work / "host.log").read_text(encoding="utf-8")
    assert not re.search(r'"level":"(error|critical)"|Traceback', log), log
    assert "ecma2py serve --config" in told["end"]
    with closing(sqlite3.connect(work / "hr.db")) as connection:
        assert connection.execute("SELECT count(*) FROM people").fetchone() == (3000,)
        assert connection.execute(
            "SELECT count(*) FROM memberships WHERE employee_number = 'P-2001'"
        ).fetchone() == (0,)
