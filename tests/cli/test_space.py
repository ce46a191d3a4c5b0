"""``ecma2py space`` without a host: what is stored, and the word an import waits for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.space import SqliteSpace
from tests.cli.commands import ODD, here, succeed
from tests.space.spaces import SCHEMA, group, user

PEOPLE = 30


@pytest.fixture
def stored(folder: Path) -> Iterator[SqliteSpace]:
    """The space of a connector that was served, and is not now: 30 people, one group of them all."""
    folder.joinpath("ecma2py.toml").write_text(
        f"[connectors.house]\ntype = 'odd_connectors:House'\npath = '{ODD}'\n", encoding="utf-8"
    )
    assert "There is no space of house yet" in here("space", "search").err
    state = folder / "state" / "house"
    state.mkdir(parents=True)
    with SqliteSpace.open(
        state / "space.db",
        connector="house",
        schema=SCHEMA,
        dn_style=MADistinguishedNameStyle.LDAP,
    ) as space:
        fill(space, PEOPLE)
        yield space


def fill(space: SqliteSpace, people: int, **problem: str) -> None:
    """A full import of so many people."""
    run = space.start_run("full")
    with space.begin_import(True, run) as stage:
        stage.begin_page()
        names = [f"E{number}" for number in range(people)]
        stage.stage([user(name, level=at, active=at > 1) for at, name in enumerate(names)])
        stage.stage([group("g", names)])
        report = stage.commit("mark")
    space.finish_run(
        run, "held" if report.held else "success", counts={}, errors=[problem] if problem else []
    )


def test_a_search_reads_the_value_as_the_type_of_the_attribute(stored: SqliteSpace) -> None:
    """Text, integer and Boolean; what cannot be one, or is no type, is a usage error."""
    (found,) = succeed("space", "search", "level=7", "--json").lines
    assert found["anchor"] == {"key": "E7"}
    assert len(succeed("space", "search", "house", "active=false", "--json").lines) == 2
    assert "E29" in succeed("space", "search", "house", "key=E29").out
    assert succeed("space", "search", "title=none").err == "No object found.\n"
    assert "'level' must be a whole number" in here("space", "search", "level=many").err
    for condition, says in [
        ("titel=x", "no attribute 'titel': did you mean 'title'?"),
        ("xyz=x", "no attribute 'xyz': known are key, mail,"),
        ("title", "write ATTRIBUTE=VALUE"),
    ]:
        refused = here("space", "search", "house", condition)
        assert (refused.code, says in refused.err) == (2, True), refused.err
    other = here("space", "search", "member=x", "--object-type", "user")
    assert (other.code, "no attribute 'member'" in other.err) == (2, True)
    wrong = here("space", "search", "--object-type", "robot")
    assert (wrong.code, "there are user, group" in wrong.err) == (2, True)


def test_a_search_says_that_there_is_more(stored: SqliteSpace) -> None:
    """A limit never passes for the end, and is a number of objects."""
    for command in ("space search", "space runs", "space audit"):
        assert here(*command.split(), "--limit", "-1").code == 2
    done = succeed("space", "search", "--object-type", "user", "--limit", "3")
    assert done.out.count("E") == 3 * 2
    assert "more than 3" in done.err
    everything = succeed("space", "search", "--object-type", "user", "--limit", "0", "--json")
    assert len(everything.lines) == PEOPLE


@pytest.mark.parametrize("named", ["E3", "CN=E3,DC=test", "cn=e3, dc=TEST"])
def test_an_object_is_shown_by_what_names_it(stored: SqliteSpace, named: str) -> None:
    """Its DN as DNs compare, or its anchor; by id it is the same."""
    shown = succeed("space", "show", "house", named, "--json").data
    assert shown["anchor"] == {"key": "E3"}
    assert succeed("space", "show", shown["id"], "--json").data == shown
    assert "no object 'E99'" in here("space", "show", "E99").err
    assert here("space", "show", "house", "E3", "E4").code == 2


def test_members_are_shown_in_part_to_people_and_whole_to_programs(stored: SqliteSpace) -> None:
    """Nobody takes twenty members for all of them."""
    assert "... 30 in all" in succeed("space", "show", "g").out
    members = succeed("space", "show", "g", "--json").data["attributes"]["member"]
    assert len(members) == PEOPLE


def test_a_run_tells_its_errors(stored: SqliteSpace) -> None:
    """The list counts them, the run itself shows them, and a run there is not is an error."""
    fill(stored, PEOPLE, anchor="E0", detail="worn")
    assert [len(each["errors"]) for each in succeed("space", "runs", "--json").data] == [1, 0]
    assert succeed("space", "runs").out.splitlines()[1].endswith(" 1")
    assert "worn" in succeed("space", "runs", "--run", "2").out
    assert succeed("space", "runs", "--run", "2", "--json").data["errors"][0]["detail"] == "worn"
    assert "has no run 9" in here("space", "runs", "--run", "9").err


@pytest.mark.parametrize(("word", "left"), [("approve", 3), ("discard", PEOPLE)])
def test_a_held_import_is_decided_without_a_host(stored: SqliteSpace, word: str, left: int) -> None:
    """It removes what it did not see, or is forgotten; a second word finds nothing to decide."""
    assert succeed("space", "held").out == "No import is held.\n"
    assert succeed("space", "held", "--json").data is None
    fill(stored, 3)
    assert stored.count("user") == PEOPLE
    shown = succeed("space", "held", "--limit", "2")
    assert "27 of 31 objects: 87.1%, where 20.0% are allowed" in shown.out
    assert [name in shown.out for name in ("E2", "E3", "E4", "E5")] == [False, True, True, False]
    assert "`ecma2py space approve house` removes them" in shown.out
    assert "2 of 27" in shown.err
    assert "of 27" not in succeed("space", "held", "--limit", "27").err
    told = succeed("space", "held", "--json").data
    assert (told["run_id"], len(told["some"])) == (2, 20)

    assert succeed("space", word, "--json").data["run"] == 2

    assert stored.count("user") == left
    again = here("space", word)
    assert (again.code, "No import of house is held" in again.err) == (1, True)


def test_nothing_was_changed_yet(stored: SqliteSpace) -> None:
    """An empty audit says so."""
    assert succeed("space", "audit").err == "Nothing was changed yet.\n"
    assert succeed("space", "audit", "--json").data == []
