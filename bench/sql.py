"""The SQL connector beside its own drivers: ``python -m bench.sql``.

The peer is the least that a program of this kind could do: fetch the same rows, write the same
values by one ``executemany``.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from attrs import frozen

from bench.people import person
from bench.report import Row, run, table
from ecma2py import AttributeChange, CSEntryChange
from ecma2py.host.pace import tune_process
from ecma2py_sql import SqlConnector
from tests.connectors.sql.targets import Target, postgresql_target, sqlite_target
from tests.servers.postgresql import postgresql_server

ROUNDS = 5
_NAMES = tuple(person(1))
_TYPES = '[person]\ntable = "people"\n'
_FETCHED = 1_000
"""Rows that the bare fetch holds at a time."""


@frozen
class Place:
    """A database full of people."""

    name: str
    target: Target

    def fill(self, people: int) -> None:
        """People of 15 attributes."""
        columns = ", ".join(
            f'"{name}" {"BOOLEAN" if name == "active" else "VARCHAR(80)"}'
            f"{' PRIMARY KEY' if name == 'id' else ''}"
            for name in _NAMES
        )
        self.target.execute(f"CREATE TABLE people ({columns})")
        marks = ", ".join("?" * len(_NAMES))
        rows = [tuple(person(number).values()) for number in range(1, people + 1)]
        self.target.execute(f"INSERT INTO people VALUES ({marks})", rows)
        self.target.execute_exactly("ANALYZE")

    def fetch(self, people: int) -> float:
        """Seconds that a bare fetch of all rows takes."""
        columns = ", ".join(f'"{name}"' for name in _NAMES)
        with closing(self.target.connect()) as connection:
            began = perf_counter()
            cursor = connection.cursor()
            cursor.execute(f"SELECT {columns} FROM people ORDER BY id")
            seen = 0
            while rows := cursor.fetchmany(_FETCHED):
                seen += len(rows)
            seconds = perf_counter() - began
        assert seen == people
        return seconds

    def imported(self, people: int) -> float:
        """Seconds that a full import takes."""
        host, connector, seen = self.target.host(_TYPES), SqlConnector(), 0
        types = host.schema()
        with host.importing(connector, types=types):
            began, more = perf_counter(), True
            while more:
                page = host.next_page(connector)
                seen += len(page.cs_entries)
                more = page.more_to_import
            seconds = perf_counter() - began
        assert seen == people
        return seconds

    def written(self, updates: Sequence[tuple[str, str]]) -> float:
        """Seconds that one ``executemany`` takes."""
        with closing(self.target.connect()) as connection:
            began = perf_counter()
            connection.cursor().executemany("UPDATE people SET title = ? WHERE id = ?", updates)
            connection.commit()
            return perf_counter() - began

    def exported(self, updates: Sequence[tuple[str, str]]) -> float:
        """Seconds that the same takes as an export."""
        host, connector = self.target.host(_TYPES), SqlConnector()
        changes = [
            CSEntryChange.update(
                "person", {"id": key}, changes=[AttributeChange.replace("title", title)]
            )
            for title, key in updates
        ]
        with host.exporting(connector):
            began = perf_counter()
            results = connector.put_export_entries(changes)  # type: ignore[attr-defined]
            seconds = perf_counter() - began
        assert not any(each.error_code for each in results.cs_entry_change_results)
        return seconds


def measure(quick: bool = False) -> list[Row]:
    """Imports and exports on SQLite and PostgreSQL, the bare driver and the connector by turns."""
    people, updates = (20_000, 1_000) if quick else (200_000, 10_000)
    tune_process()
    lines: list[tuple[str, float, float, float]] = []
    found: list[Row] = []
    with places() as all_places:
        for place in all_places:
            place.fill(people)
            ratio, line = _pairs(
                f"import, {place.name}",
                people,
                lambda place=place: place.fetch(people),  # type: ignore[misc]
                lambda place=place: place.imported(people),  # type: ignore[misc]
            )
            lines.append(line)
            bare = f"SQL import beside a bare fetch, {place.name}"
            found.append(Row(bare, 100 * ratio, 50, ">=", "%"))
            ratio, line = _pairs(
                f"export, {place.name}",
                updates,
                lambda place=place: place.written(_updates(updates)),  # type: ignore[misc]
                lambda place=place: place.exported(_updates(updates)),  # type: ignore[misc]
            )
            lines.append(line)
            bare = f"SQL export beside executemany, {place.name}"
            found.append(Row(bare, 1 / ratio, 3, "<"))
    table(
        f"SQL: {people:,} rows of {len(_NAMES)} columns read, {updates:,} updated, median of "
        f"{ROUNDS} rounds",
        ("what", "bare rows/s", "connector rows/s", "% of bare"),
        lines,
    )
    return found


@contextmanager
def places() -> Iterator[list[Place]]:
    """SQLite, and PostgreSQL where it can be started."""
    with (
        TemporaryDirectory(prefix="ecma2py-bench-") as folder,
        postgresql_server() as server,
        server.database() as name,
    ):
        yield [
            Place("SQLite", sqlite_target(Path(folder))),
            Place("PostgreSQL", postgresql_target(server.odbc(name))),
        ]


_turn = iter(range(sys.maxsize))


def _updates(count: int) -> list[tuple[str, str]]:
    """Another title for each of so many people, every time."""
    turn = next(_turn)
    return [(f"Title {turn}", f"{number:07}") for number in range(1, count + 1)]


def _pairs(
    name: str, count: int, bare: Callable[[], float], ours: Callable[[], float]
) -> tuple[float, tuple[str, float, float, float]]:
    """How fast *ours* is in times of *bare*, in the middle one of some rounds."""
    pairs = [(bare(), ours()) for _ in range(ROUNDS)]
    ratio = median(one / other for one, other in pairs)
    rates = [count / median(each) for each in zip(*pairs, strict=True)]
    return ratio, (name, rates[0], rates[1], 100 * ratio)


if __name__ == "__main__":
    run(measure, sys.argv[1:])
