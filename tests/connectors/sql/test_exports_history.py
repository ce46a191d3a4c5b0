"""What once went wrong in exports of SQL connectors, and what a crash leaves: nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ecma2py import AttributeChange, CSEntryChange, SecureString, Value, Values
from tests.connectors.sql.targets import PEOPLE, PEOPLE_TYPES, Host, Target, codes

ROOT = Path(__file__).parents[3]
ANN = "CN=1,OBJECT=Person"


def person(target: Target) -> Host:
    """A host with Ann."""
    target.execute(PEOPLE)
    host = target.host(PEOPLE_TYPES)
    attributes: dict[str, Values | None] = {"name": "Ann", "mail": "a@x", "age": 3}
    attributes |= {"active": True, "manager": ANN}
    add = CSEntryChange.add("Person", {"id": 1}, attributes=attributes)
    assert codes(host.export(add)) == ["Success"]
    return host


@pytest.mark.parametrize(
    "change", [AttributeChange.delete, lambda name: AttributeChange.replace(name, [])]
)
def test_every_kind_of_value_can_be_cleared(target: Target, change: object) -> None:
    """Text, number, truth and reference: what is cleared is NULL, not empty and not kept."""
    host = person(target)
    changes = [change(name) for name in ("mail", "age", "active", "manager")]  # type: ignore[operator]
    assert codes(host.export(CSEntryChange.update("Person", {"id": 1}, changes=changes))) == [
        "Success"
    ]
    assert target.rows("SELECT mail, age, active, manager FROM people") == [(None,) * 4]


@pytest.mark.parametrize("size", [0, 1, 4_000, 4_001, 8_001, 1_000_000])
def test_binary_values_of_any_size_arrive_whole(target: Target, size: int) -> None:
    """Also beyond 8,000 bytes, and with zero bytes at both ends."""
    host = person(target)
    photo = (b"\0" + os.urandom(max(0, size - 2)) + b"\0")[:size]
    change = AttributeChange.replace("photo", photo)
    host.export(CSEntryChange.update("Person", {"id": 1}, changes=[change]))
    assert host.state()[ANN]["photo"] == photo


def test_a_delete_deletes_the_row(target: Target) -> None:
    """A delete is no update, whatever the batch holds beside it."""
    host = person(target)
    bob = CSEntryChange.add("Person", {"id": 2}, attributes={"name": "Bob"})
    host.export(bob, CSEntryChange.delete("Person", {"id": 2}))
    assert target.rows("SELECT id FROM people") == [(1,)]


def test_many_updates_are_told_apart_whatever_fails_among_them(target: Target) -> None:
    """Runs of like updates are written together; missing rows and broken rules stay their own."""
    target.execute(PEOPLE)
    host = target.host(PEOPLE_TYPES)
    target.execute("INSERT INTO people (id, name) VALUES (?, ?)", [(i, "n") for i in range(1, 351)])

    def update(number: int, **values: Value) -> CSEntryChange:
        changes = [AttributeChange.replace(name, value) for name, value in values.items()]
        return CSEntryChange.update("Person", {"id": number}, changes=changes)

    changes = [update(i, name=f"x{i}", age=i) for i in range(1, 351)]
    changes[119] = update(120, name="x", age=-1)
    changes[120] = update(9_000, name="x", age=1)
    changes[339] = update(340, name="y")
    changes.append(update(1, name="last", age=1))
    results = codes(host.export(*changes))
    assert results[119] == "ExportErrorConstraintViolation"
    assert results[120] == "ExportErrorConnectedDirectoryMissingObject"
    assert [i for i, code in enumerate(results) if code != "Success"] == [119, 120]
    names = dict(target.rows("SELECT id, name FROM people"))
    expected = {i: f"x{i}" for i in range(1, 351)} | {120: "n", 121: "n", 340: "y", 1: "last"}
    assert names == expected


CRASHING = """
import os, signal, sys
from ecma2py import *
from ecma2py_sql import SqlConnector
from ecma2py_sql.exporting.children import ChildWriter

def die(self, given):
    os.kill(os.getpid(), signal.SIGKILL)

ChildWriter._insert = die
source, user, password, types = sys.argv[1:]
parameters = ConfigParameters({"Data source": source, "User Name": user,
    "Password": SecureString(password), "Object types": types})
connector = SqlConnector()
connector.open_export_connection(parameters, connector.get_schema(parameters),
    OpenExportConnectionRunStep())
connector.put_export_entries([
    CSEntryChange.update("Person", {"id": 1}, changes=[AttributeChange.replace("name", "lost")]),
    CSEntryChange.add("Person", {"id": 2}, attributes={"name": "Bob", "phones": ["1", "2"]}),
][-int(os.environ["ENTRIES"]):])
"""


@pytest.mark.parametrize("entries", [1, 2])
def test_a_crash_between_row_and_values_leaves_neither(target: Target, entries: int) -> None:
    """The process is killed after the main row: not a part of the entry or of its batch is there."""
    host = person(target)
    given = target.parameters
    password = given.get("Password", SecureString(""))
    assert isinstance(password, SecureString)
    arguments = [str(given["Data source"]), str(given.get("User Name", "")), password.reveal()]
    done = subprocess.run(
        [sys.executable, "-c", CRASHING, *arguments, PEOPLE_TYPES],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "ENTRIES": str(entries)},
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert target.rows("SELECT id, name FROM people") == [(1, "Ann")]
    assert target.rows("SELECT * FROM phones") == []
    again = CSEntryChange.add("Person", {"id": 2}, attributes={"name": "Bob", "phones": ["1"]})
    assert codes(host.export(again)) == ["Success"]
