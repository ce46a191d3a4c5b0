"""An import never undoes a younger export, wherever in the run the connector read its rows."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from ecma2py import (
    AttributeChange,
    ConfigParameters,
    Connector,
    CSEntryChange,
    ImportRun,
    OperationType,
    Schema,
    SchemaAttribute,
    SchemaType,
)
from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.runs import ConnectorSource, ExportSession, ImportResult, run_import
from ecma2py.runs.moments import Moments
from ecma2py.space import SqliteSpace, Write
from ecma2py.steps import GetImportEntriesResults
from ecma2py_sql.connector import SqlConnector
from examples.csv_file import CsvFile
from tests.runs.zoo import NO_DN, Target, person


class World:
    """A connector, its space, and exports in the midst of imports."""

    def __init__(self, source: ConnectorSource, folder: Path) -> None:
        self.source = source
        described = source.describe()
        self.space = SqliteSpace.open(
            folder / "space.db",
            connector="x",
            schema=described.schema,
            dn_style=described.capabilities.distinguished_name_style,
        )
        self.session = ExportSession(
            source,
            commit=lambda batch: self.space.apply([Write(e.applied) for e in batch if e.applied]),
        )

    def load(
        self,
        between: Callable[[], None] = lambda: None,
        *,
        after_page: int = 1,
        delta: bool = False,
        **options: Any,
    ) -> ImportResult:
        """One import; *between* is called once that page is in."""
        run_id = self.space.start_run("delta" if delta else "full")
        result = run_import(
            self.source,
            self.space.begin_import(not delta, run_id),
            operation=OperationType.DELTA if delta else OperationType.FULL,
            watermark=self.space.watermark() if delta else None,
            progress=lambda told: between() if told.pages == after_page else None,
            **options,
        )
        assert result.result == "success", result
        return result

    def rename(self, object_type: str, key: str, name: str) -> None:
        """An export that the target takes."""
        change = AttributeChange.replace("name", name)
        outcome = self.session.submit(
            CSEntryChange.update(object_type, {"id": key}, changes=[change])
        )
        assert outcome.result(5).is_success

    def delete(self, object_type: str, key: str) -> None:
        """Another one."""
        assert (
            self.session.submit(CSEntryChange.delete(object_type, {"id": key})).result(5).is_success
        )

    def name(self, key: str, object_type: str = "person") -> object:
        """What the space says; None without the object."""
        found = self.space.by_anchor(object_type, {"id": key})
        return found.attributes.get("name") if found is not None else None


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[Callable[[ConnectorSource], World]]:
    made: list[World] = []

    def make(source: ConnectorSource) -> World:
        made.append(World(source, tmp_path))
        return made[-1]

    yield make
    for world in made:
        world.session.close(timeout=5)
        world.space.close()


def test_a_connector_that_reads_all_at_once(
    worlds: Callable[[ConnectorSource], World], tmp_path: Path
) -> None:
    """Later pages of a file that was read for the first one undo no change and no removal."""
    file = tmp_path / "people.csv"
    file.write_text("id,name\n" + "".join(f"{n},old\n" for n in range(9)), encoding="utf-8")
    world = worlds(ConnectorSource(CsvFile, ConfigParameters({"File": str(file)}), timeout=5))
    world.load(page_size=2)

    def between() -> None:
        world.rename("person", "5", "new")
        world.delete("person", "6")

    world.load(between, page_size=2)

    assert (world.name("5"), world.name("6")) == ("new", None)
    assert "5,new\n" in file.read_text(encoding="utf-8")
    world.load(page_size=2)
    assert (world.name("5"), world.name("6")) == ("new", None)


def test_the_same_in_a_delta(worlds: Callable[[ConnectorSource], World], tmp_path: Path) -> None:
    """Rows that had changed before the export bring back neither their values nor their object."""
    file = tmp_path / "people.csv"
    rows = "".join(f"{n},old\n" for n in range(9))
    file.write_text("id,name\n" + rows, encoding="utf-8")
    world = worlds(ConnectorSource(CsvFile, ConfigParameters({"File": str(file)}), timeout=5))
    world.load(page_size=2)
    file.write_text("id,name\n" + rows.replace("old", "changed"), encoding="utf-8")

    def between() -> None:
        world.rename("person", "5", "new")
        world.delete("person", "6")

    world.load(between, page_size=2, delta=True)

    assert [world.name(each) for each in "4567"] == ["changed", "new", None, "changed"]


def test_the_pages_of_a_database_are_dated_by_its_queries(
    worlds: Callable[[ConnectorSource], World], tmp_path: Path
) -> None:
    """A row left over from the query before is as old as that query, and no older."""
    database = tmp_path / "target.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        for table, rows in (("people", 3), ("groups", 25)):
            connection.execute(f"CREATE TABLE {table}(id TEXT PRIMARY KEY, name TEXT)")
            connection.executemany(
                f"INSERT INTO {table} VALUES (?, 'old')", [(f"{n:02}",) for n in range(rows)]
            )
    types = "[person]\ntable='people'\n[group]\ntable='groups'\n"
    given = {"Data source": f"sqlite:///{database}", "Object types": types}
    world = worlds(ConnectorSource(SqlConnector, ConfigParameters(given), timeout=5))
    world.load(page_size=10)

    def elsewhere(key: str) -> None:
        with closing(sqlite3.connect(database)) as other, other:
            other.execute("UPDATE groups SET name = 'elsewhere' WHERE id = ?", (key,))

    def between() -> None:
        # Groups 00 to 09 have been read along with the people; the others have not.
        for key in ("08", "20"):
            world.rename("group", key, "new")
            elsewhere(key)

    world.load(between, page_size=10)

    assert [world.name(key, "group") for key in ("08", "20")] == ["new", "elsewhere"]


class Reading(Connector):
    """Reads two rows a query, and may say so."""

    rows: dict[str, str] = {}
    says = True

    def schema(self) -> Schema:
        return Schema(
            [SchemaType("person", [SchemaAttribute.anchor("id"), SchemaAttribute.single("name")])]
        )

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        for start in range(0, len(self.rows), 2):
            if self.says:
                run.reading()
            for key in sorted(self.rows)[start : start + 2]:
                yield CSEntryChange.add("person", {"id": key}, attributes={"name": self.rows[key]})

    def export_entry(self, run: object, change: CSEntryChange) -> None:
        self.rows[str(change.anchor["id"])] = str(change.changes["name"].value)


@pytest.mark.parametrize("says", [True, False])
def test_an_author_may_say_when_he_reads(
    worlds: Callable[[ConnectorSource], World], *, says: bool
) -> None:
    """What others changed after an export is taken in where the author says that he reads anew."""
    rows = dict.fromkeys("abcdefghi", "old")
    made = type("Made", (Reading,), {"rows": rows, "says": says})
    world = worlds(ConnectorSource(made, timeout=5))
    world.load(page_size=3)

    def between() -> None:
        for key in "dg":
            world.rename("person", key, "new")
            rows[key] = "elsewhere"

    world.load(between, page_size=3)

    # c and d came from one query, which was made for the first page.
    assert [world.name(key) for key in "dg"] == ["new", "elsewhere" if says else "new"]


@pytest.mark.parametrize(("call", "kept"), [(None, False), (2, False), (1, True), (0, True)])
def test_a_connector_by_hand_dates_its_pages(
    worlds: Callable[[ConnectorSource], World], call: int | None, *, kept: bool
) -> None:
    """A page counts as read between call and return, unless it says in which call it was read."""
    target = Target(entries=[person(number, name="old") for number in range(6)])
    world = worlds(target.source(timeout=5))
    world.load()

    def dated(connector: Any, step: Any) -> GetImportEntriesResults:
        given, connector.left = connector.left[:3], connector.left[3:]
        more = bool(connector.left)
        return GetImportEntriesResults(
            cs_entries=given, more_to_import=more, read_in_call=None if more else call
        )

    target.hooks["get_import_entries"] = dated
    world.load(lambda: world.rename("person", "4", "new"))

    assert world.name("4") == ("new" if kept else "old")


def test_nonsense_about_when_a_page_was_read_stops_the_run(
    worlds: Callable[[ConnectorSource], World],
) -> None:
    """A call is told by its number."""
    target = Target(entries=[person(1)], capabilities=evolve(NO_DN))
    answer = GetImportEntriesResults(read_in_call="first")  # type: ignore[arg-type]
    target.hooks["get_import_entries"] = lambda *_: answer
    world = worlds(target.source(timeout=5))
    assert world.source.describe().capabilities.distinguished_name_style is (
        MADistinguishedNameStyle.NONE
    )

    result = run_import(world.source, world.space.begin_import(True, 1))

    assert result.result == "stopped-unexpected-data"


def test_moments_take_no_room_without_exports() -> None:
    """A million calls at one moment are one; a number out of range is the nearest call."""
    moments = Moments()
    for moment in (5, *[7] * 1000, 9):
        moments.add(moment)

    assert [moments.of(call) for call in (-3, 0, 1, 1000, 1001, 5000, None)] == [
        *(5, 5, 7, 7, 9, 9, 9),
    ]
    assert len(moments._moments) == 3
