"""A worker makes the next page while the host takes this one, and nothing else is different."""

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ecma2py import AttributeChange, CSEntryChange
from ecma2py.runs import ConnectorSource, ExportSession, ListSink, run_import
from ecma2py.space import SqliteSpace, Write
from ecma2py.steps import GetImportEntriesRunStep
from tests.workers.conftest import MakePool, until


class Watching(ListSink):
    """Calls *look* with the number of each page before it is taken."""

    def __init__(self, look: Callable[[int], object]) -> None:
        super().__init__()
        self._look = look
        self._pages = 0

    def stage(self, entries: Sequence[CSEntryChange]) -> Any:
        self._look(self._pages)
        self._pages += 1
        return super().stage(entries)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The folder of a connector with four rows."""
    (tmp_path / "rows").write_text(json.dumps(dict.fromkeys("abcd", "old")))
    (tmp_path / "calls").touch()
    return tmp_path


def calls(target: Path) -> list[str]:
    """Those of imports, in their order."""
    return (target / "calls").read_text().splitlines()


def test_the_next_page_is_made_meanwhile(pool: MakePool, target: Path) -> None:
    """No page is taken before the one after it has been asked for; the last one asks for none."""
    sink = Watching(lambda page: until(lambda: f"page {min(page + 1, 3)}" in calls(target)))
    result = run_import(ConnectorSource(pool("Paged")), sink)

    assert result.is_success
    assert [each.anchor["id"] for each in sink.entries] == list("abcd")
    assert calls(target) == ["page 0", "page 1", "page 2", "page 3", "close, NORMAL"]
    assert result.watermark == "4"


def test_a_page_made_before_an_export_does_not_undo_it(pool: MakePool, target: Path) -> None:
    """What is read ahead is as old as the moment it was asked for, and what comes later is not."""
    source = ConnectorSource(pool("Paged"))
    described = source.describe()
    space = SqliteSpace.open(
        target / "space.db",
        connector="x",
        schema=described.schema,
        dn_style=described.capabilities.distinguished_name_style,
    )
    session = ExportSession(source)

    def between(pages: int) -> None:
        if pages != 1:
            return
        until(lambda: "page 1" in calls(target))
        for key in "bd":
            change = AttributeChange.replace("n", "new")
            entry = CSEntryChange.update("person", {"id": key}, changes=[change])
            assert session.submit(entry).result(15).is_success
            space.apply([Write(entry)])
        rows = json.loads((target / "rows").read_text())
        (target / "rows").write_text(json.dumps(rows | {"d": "elsewhere"}))

    assert run_import(source, space.begin_import(True, space.start_run("full"))).is_success
    (target / "calls").write_text("")
    stage = space.begin_import(True, space.start_run("full"))
    assert run_import(source, stage, progress=lambda told: between(told.pages)).is_success

    found = [space.by_anchor("person", {"id": key}) for key in "bd"]
    assert [each.attributes["n"] for each in found if each] == ["new", "elsewhere"]
    session.close(timeout=15)
    space.close()


def test_a_stopped_run_is_closed_behind_the_page_it_asked_for(pool: MakePool, target: Path) -> None:
    """A run that stops at a page closes its connector once, after the page nobody takes."""
    stop = threading.Event()
    result = run_import(
        ConnectorSource(pool("Paged")), Watching(lambda page: stop.set()), cancel=stop
    )

    assert result.result == "stopped-user-termination-from-wmi-or-ui"
    assert calls(target) == ["page 0", "page 1", "close, TERMINATED_BY_USER"]


def test_a_death_in_the_page_ahead_is_that_pages(pool: MakePool, target: Path) -> None:
    """The page before it is taken whole; then the run says how the worker ended."""
    (target / "rows").write_text(json.dumps({"a": "old", "b": "die"}))
    taken: list[int] = []
    result = run_import(ConnectorSource(pool("Paged")), Watching(taken.append))

    assert taken == [0]
    assert "exit code 3 (in get_import_entries)" in result.error_detail


def test_what_nobody_asks_for_is_no_answer_to_anything_else(pool: MakePool, target: Path) -> None:
    """After a call begun in vain every other call and property gets its own answer."""
    connector: Any = pool("Paged")()
    first, other = (GetImportEntriesRunStep(custom_data=each) for each in "01")

    connector.begin("get_import_entries", first)
    assert connector.get_import_entries(other).cs_entries[0].anchor == {"id": "b"}
    connector.begin("get_import_entries", first)
    assert connector.import_max_page_size == 1
    connector.begin("get_import_entries", first)
    assert connector.get_import_entries(first).cs_entries[0].anchor == {"id": "a"}
    assert calls(target) == ["page 0", "page 1", "page 0", "page 0"]
    connector.release()
