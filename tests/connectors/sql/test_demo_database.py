"""The HR database of the demonstration."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ecma2py import ConfigParameters
from examples.demo.database import OBJECT_TYPES, create_database
from tests.connectors.sql.targets import Host


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def _host(path: Path) -> Host:
    return Host(
        ConfigParameters({"Data source": f"sqlite:///{path}", "Object types": OBJECT_TYPES})
    )


def test_the_same_seed_gives_the_same_company(tmp_path: Path) -> None:
    """The demonstration shows everybody the same people; another seed shows others."""
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        create_database(tmp_path / name, people=200, groups=20, seed=seed)
    assert _dump(tmp_path / "a") == _dump(tmp_path / "b") != _dump(tmp_path / "c")
    with pytest.raises(FileExistsError, match="remove it"):
        create_database(tmp_path / "a")


def test_the_connector_reads_every_person_and_group(tmp_path: Path) -> None:
    """Each row is an object, managers and members are people of the same import."""
    create_database(tmp_path / "hr.db", people=300, groups=20)
    state = _host(tmp_path / "hr.db").state()
    people = {dn for dn in state if dn.endswith("OBJECT=Person")}
    assert (len(people), len(state)) == (300, 320)
    assert {each["manager"] for each in state.values() if "manager" in each} <= people
    assert frozenset().union(*(each.get("members", ()) for each in state.values())) == people


def test_a_change_of_a_row_or_of_its_values_moves_its_watermark(tmp_path: Path) -> None:
    """Deltas see phones and memberships too."""
    path = tmp_path / "hr.db"
    create_database(path, people=50, groups=15)
    host = _host(path)
    host.full()
    assert host.delta() == []
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE people SET title = 'x' WHERE employee_number = 'E10003'")
        connection.execute("INSERT INTO phones VALUES ('E10004', '1')")
        connection.execute("DELETE FROM memberships WHERE group_id = 2")
    assert {entry.dn for entry in host.delta()} == {
        "CN=E10003,OBJECT=Person",
        "CN=E10004,OBJECT=Person",
        "CN=2,OBJECT=Group",
    }
