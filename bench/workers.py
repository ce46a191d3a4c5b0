"""A connector in a process of its own against one in this process: ``python -m bench.workers``.

The same connector, the same runs; what differs is the way of each page and batch. These are rates:
what else the machine does can only slow them, so the fastest of some rounds counts.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import Any

from bench.directory import SCHEMA, BenchDirectory
from bench.people import person
from bench.report import Row, run, table
from ecma2py import (
    AttributeChange,
    ConfigParameters,
    Connector,
    CSEntryChange,
    ImportRun,
    OpenExportConnectionRunStep,
    Parameter,
    Schema,
)
from ecma2py.host.pace import tune_process
from ecma2py.runs import ConnectorSource, run_import
from ecma2py.workers import Recipe, WorkerPool
from ecma2py.workers.guard import descendants

PAGE = 500
ROUNDS = 5
ROOT = Path(__file__).resolve().parent.parent
_TEMPLATES = [person(number) for number in range(1000)]


class Prepared(BenchDirectory):
    """The bench connector, whose application is there before the first page is asked for."""

    def open(self) -> None:
        """Make the application."""
        assert self.directory


class Endless(Connector):
    """Gives people without having them."""

    people = Parameter.integer("People")

    def schema(self) -> Schema:
        """People of 15 attributes."""
        return SCHEMA

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """As many as the parameter says."""
        for number in range(self.people):
            key = f"{number:07}"
            attributes = {**_TEMPLATES[number % 1000], "id": key}
            yield CSEntryChange.add("person", {"id": key}, attributes=attributes)  # type: ignore[arg-type]


class Counting:
    """A sink that keeps nothing, and knows when the first page was asked for."""

    def __init__(self, at_page: Callable[[int], object] = lambda page: None) -> None:
        self.objects = self.pages = 0
        self.began = 0.0
        self._at_page = at_page

    def begin_page(self, moment: int | None = None) -> int:
        self.pages += 1
        if self.pages == 2:  # the first moment is that of opening
            self.began = perf_counter()
        self._at_page(self.pages)
        return 0

    def stage(self, entries: Sequence[CSEntryChange]) -> Any:
        self.objects += len(entries)
        return SimpleNamespace(unknown=[], duplicates=[], refused=[])

    def commit(self, watermark: str | None, **settings: Any) -> Any:
        return SimpleNamespace(added=0, updated=0, deleted=0, unchanged=0, held=False)

    def abandon(self) -> None:
        return None


def measure(quick: bool = False) -> list[Row]:
    """Imports and exports both ways, and memory over many objects."""
    tune_process()
    people, many = (20_000, 100_000) if quick else (200_000, 1_000_000)
    pool = _pool("Prepared")
    ways = {"in this process": Prepared, "in a worker": pool}
    read = {name: _import_rate(each, people) for name, each in ways.items()}
    written = {name: _export_rate(each, people // 4) for name, each in ways.items()}
    pool.close()
    table(
        f"{people:,} objects of 15 attributes in, {people // 4:,} changes out, pages of {PAGE}",
        ("connector", "objects/s in", "changes/s out"),
        [(name, read[name], written[name]) for name in ways],
    )
    grown = _growth(many)
    table(
        f"Resident memory over {many:,} objects, after the first tenth and at the end",
        ("process", "first MB", "last MB"),
        [(name, before, after) for name, (before, after) in grown.items()],
    )
    share = 100 * read["in a worker"] / read["in this process"]
    growth = max(after - before for before, after in grown.values())
    return [
        Row("Import by a worker, share of the rate without", share, 60, ">=", "%"),
        Row("Changes to a worker", written["in a worker"], 20_000, ">=", "changes/s"),
        Row(f"Memory grown over {many:,} objects", growth, 20, "<", "MB"),
    ]


def _pool(name: str) -> WorkerPool:
    settings = {"type": f"bench.workers:{name}", "path": str(ROOT)}
    return WorkerPool(Recipe(name="bench", settings=settings), warm=1)


def _import_rate(factory: Callable[[], object], people: int) -> float:
    source = _source(factory, people)
    source.describe()
    best = 0.0
    for _ in range(ROUNDS):
        sink = Counting()
        assert run_import(source, sink, types=SCHEMA, page_size=PAGE).is_success
        best = max(best, sink.objects / (perf_counter() - sink.began))
    return best


def _export_rate(factory: Callable[[], object], number: int) -> float:
    source = _source(factory, number)
    kind = SCHEMA.types["person"]
    batches = [
        [_change(at, kind) for at in range(first, first + PAGE)]
        for first in range(1, number - PAGE, PAGE)
    ]
    best = 0.0
    for _ in range(ROUNDS):
        with source.instance() as instance:
            step = OpenExportConnectionRunStep(batch_size=PAGE)
            instance.call("open_export_connection", source.parameters, SCHEMA, step)
            began = perf_counter()
            for batch in batches:
                results = instance.call("put_export_entries", batch).cs_entry_change_results
                assert len(results) == PAGE
            best = max(best, len(batches) * PAGE / (perf_counter() - began))
    return best


def _change(number: int, kind: Any) -> CSEntryChange:
    """In turn a whole new object, and an update of two attributes."""
    if number % 2:
        found = CSEntryChange.add("person", attributes=person(number))  # type: ignore[arg-type]
    else:
        changes = [AttributeChange.replace(name, f"{name} {number}") for name in ("title", "phone")]
        found = CSEntryChange.update("person", {"id": f"{number:07}"}, changes=changes)
    found.schema_type = kind
    assert found.identifier
    return found


def _growth(many: int) -> dict[str, tuple[float, float]]:
    """Resident megabytes of both processes, early and late in one long import."""
    seen: list[dict[str, float]] = []
    pool = _pool("Endless")

    def look(page: int) -> None:
        if page in (many // PAGE // 10, many // PAGE - 1):
            workers = {f"worker {at}": _resident(pid) for at, pid in enumerate(_busy())}
            seen.append({"host": _resident(os.getpid()), "worker": max(workers.values())})

    result = run_import(_source(pool, many), Counting(look), types=SCHEMA, page_size=PAGE)
    assert result.is_success, result
    pool.close()
    first, last = seen
    return {name: (first[name], last[name]) for name in first}


def _busy() -> list[int]:
    return descendants(os.getpid())


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _source(factory: Callable[[], object], people: int) -> ConnectorSource:
    return ConnectorSource(factory, ConfigParameters({"People": str(people)}), name="bench")


if __name__ == "__main__":
    run(measure, sys.argv[1:])
