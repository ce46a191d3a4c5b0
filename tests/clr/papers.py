"""The folder of the connector ``Papers``, and all that it can do, done in one go."""

from collections.abc import Mapping
from pathlib import Path

from ecma2py import SecureString
from ecma2py.entries import CSEntryChange
from ecma2py.parameters import ConfigParameters
from ecma2py.runs import ConnectorSource, ExportSession, ListSink, PasswordSession, run_import
from ecma2py.workers import WorkerPool
from tests.clr.building import assembly
from tests.clr.hosted import Ours
from tests.clr.workers import SOURCES


def papers(ours: Ours, folder: Path) -> Path:
    """The DLL, with the settings beside it that it reads."""
    dll = assembly(
        folder / "Papers.dll",
        (SOURCES / "Papers.cs").read_text(encoding="utf-8"),
        references=[ours.contract],
    )
    settings = folder / "settings" / "realm.txt"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text("here")
    return dll


def agent(folder: Path) -> Path:
    """The connector's own folder, with two people in it."""
    (folder / "people").mkdir(parents=True)
    for each in ("Ann", "Bob"):
        (folder / "people" / f"{each.upper()}.txt").write_text(each)
    return folder


def imported(pool: WorkerPool, *, realm: bool = True) -> list[Mapping[str, object]]:
    """Each person with its attributes."""
    sink = ListSink()
    result = run_import(
        ConnectorSource(pool, ConfigParameters({"Realm": "1" if realm else "0"})), sink
    )
    assert result.is_success, result.error_detail
    return [{**each.anchor, **each.attributes} for each in sink.entries]


def exported(pool: WorkerPool, *names: str) -> list[Mapping[str, object] | str]:
    """What came of new people: their anchors, or what is wrong."""
    session = ExportSession(ConnectorSource(pool))
    waiting = [
        session.submit(CSEntryChange.add("person", {}, attributes={"name": each})) for each in names
    ]
    found = [each.result(60) for each in waiting]
    session.close()
    return [each.new_anchor or each.error_detail for each in found]


def set_password(pool: WorkerPool, key: str, password: str) -> None:
    """Give a person a password."""
    entry = CSEntryChange.update("person", {"id": key})
    session = PasswordSession(ConnectorSource(pool))
    session.set_password(entry, SecureString(password))
    session.close()
