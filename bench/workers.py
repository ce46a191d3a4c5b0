"""A connector in a process of its own against one in this process: ``python -m bench.workers``.

The same connector, the same runs; what differs is the way of each page and batch. A worker makes a
page while the host stores the one before: the clock counts, and what both took of the processor
stands beside it.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from types import SimpleNamespace
from typing import Any

from attrs import frozen

from bench.directory import SCHEMA, BenchDirectory
from bench.imports import space_at
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
from ecma2py.space import ImportStage
from ecma2py.workers import Recipe, WorkerPool
from ecma2py.workers.guard import descendants

PAGE = 500
ROUNDS = 3
ROOT = Path(__file__).resolve().parent.parent
_TEMPLATES = [person(number) for number in range(1000)]


class Prepared(BenchDirectory):
    """The bench connector, whose application is there before the first page is asked for."""

    def open(self) -> None:
        """Make the application."""
        assert self.directory is not None


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
            yield CSEntryChange.add("person", {"id": key}, attributes=attributes)


@frozen
class Spent:
    """Seconds that went by, and those of the processor for this process and all below it."""

    clock: float
    processor: float

    @classmethod
    def now(cls) -> "Spent":
        """Since some moment in the past."""
        below = sum(map(_processor_seconds, descendants(os.getpid())))
        return cls(perf_counter(), process_time() + below)

    def since(self, other: "Spent") -> "Spent":
        """What was spent between the two."""
        return Spent(self.clock - other.clock, self.processor - other.processor)

    def rate(self, number: int) -> "Spent":
        """How many a second of each, if it was spent on this *number*."""
        return Spent(number / self.clock, number / self.processor)


class Counting:
    """A sink that keeps nothing, and knows what was spent from the first page to the last."""

    def __init__(self, at_page: Callable[[int], object] = lambda page: None) -> None:
        self.objects = self.pages = self.before_last = 0
        self.first = self.last = Spent(0.0, 0.0)
        self._at_page = at_page

    def begin_page(self, moment: int | None = None) -> int:
        if moment is not None:
            return moment
        self.pages += 1
        if self.pages == 2:  # the first moment is that of opening
            self.first = Spent.now()
        if self.pages % 20 == 2:
            self.last, self.before_last = Spent.now(), self.objects
        self._at_page(self.pages)
        return 0

    @property
    def rate(self) -> Spent:
        """Objects a second, by the clock and by the processor."""
        return self.last.since(self.first).rate(self.before_last)

    def stage(self, entries: Sequence[CSEntryChange]) -> Any:
        self.objects += len(entries)
        return SimpleNamespace(unknown=[], duplicates=[], refused=[])

    def commit(self, watermark: str | None, **settings: Any) -> Any:
        return SimpleNamespace(added=0, updated=0, deleted=0, unchanged=0, held=False)

    def abandon(self) -> None:
        return None


class Storing(Counting):
    """The stage of a space, in its place."""

    def __init__(self, stage: ImportStage) -> None:
        super().__init__()
        self._stage = stage
        self._committing = Spent(0.0, 0.0)

    def begin_page(self, moment: int | None = None) -> int:
        super().begin_page(moment)
        return self._stage.begin_page(moment)

    def stage(self, entries: Sequence[CSEntryChange]) -> Any:
        self.objects += len(entries)
        return self._stage.stage(entries)

    def commit(self, watermark: str | None, **settings: Any) -> Any:
        began = Spent(perf_counter(), process_time())
        found = self._stage.commit(watermark, **settings)
        self._committing = Spent(perf_counter(), process_time()).since(began)
        return found

    def abandon(self) -> None:
        self._stage.abandon()

    @property
    def rate(self) -> Spent:
        """Objects a second with the commit, by the clock and by the processor."""
        pages, share = self.last.since(self.first), self.objects / self.before_last
        spent = Spent(
            pages.clock * share + self._committing.clock,
            pages.processor * share + self._committing.processor,
        )
        return spent.rate(self.objects)


def measure(quick: bool = False) -> list[Row]:
    """Imports and exports both ways, and memory over many objects."""
    tune_process()
    people, many = (20_000, 100_000) if quick else (200_000, 1_000_000)
    pool = _pool("Prepared")
    ways: dict[str, Callable[[], object]] = {"in this process": Prepared, "in a worker": pool}
    stored = {name: _stored_rate(each, people) for name, each in ways.items()}
    read = {name: _import_rate(each, people) for name, each in ways.items()}
    written = {name: _export_rate(each, people // 4) for name, each in ways.items()}
    pool.close()
    figures = {
        "objects/s, full import into the space, unchanged": stored,
        "objects/s, full import, nothing stored": read,
        "changes/s out": written,
    }
    table(
        f"{people:,} objects of 15 attributes in, {people // 4:,} changes out, pages of {PAGE}: a "
        "second, and a second of the processor",
        ("rate", *(head for name in ways for head in (name, "processor"))),
        [
            (what, *(part for n in ways for part in (each[n].clock, each[n].processor)))
            for what, each in figures.items()
        ],
    )
    grown = _growth(many)
    table(
        f"Resident memory over {many:,} objects, after the first tenth and at the end",
        ("process", "first MB", "last MB"),
        [(name, before, after) for name, (before, after) in grown.items()],
    )
    share = 100 * stored["in a worker"].clock / stored["in this process"].clock
    growth = max(after - before for before, after in grown.values())
    return [
        Row("Full import by a worker, share of the rate without", share, 60, ">=", "%"),
        Row("Changes to a worker", written["in a worker"].clock, 20_000, ">=", "changes/s"),
        Row(f"Memory grown over {many:,} objects", growth, 20, "<", "MB"),
    ]


def _pool(name: str) -> WorkerPool:
    settings = {"type": f"bench.workers:{name}", "path": str(ROOT)}
    return WorkerPool(Recipe(name="bench", settings=settings), warm=0)


def _processor_seconds(pid: int) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def best(rates: Sequence[Spent]) -> Spent:
    """The highest rate of each."""
    return Spent(max(each.clock for each in rates), max(each.processor for each in rates))


def _import_rate(factory: Callable[[], object], people: int) -> Spent:
    source = _source(factory, people)
    source.describe()
    rates = []
    for _ in range(ROUNDS):
        sink = Counting()
        assert run_import(source, sink, types=SCHEMA, page_size=PAGE).is_success
        rates.append(sink.rate)
    return best(rates)


def _stored_rate(factory: Callable[[], object], people: int) -> Spent:
    """That of imports into a space which has all of it."""
    source = _source(factory, people)
    rates = []
    with TemporaryDirectory(prefix="ecma2py-bench-") as folder:
        space = space_at(Path(folder, "space.db"))
        for _ in range(1 + ROUNDS):
            stage = space.begin_import(full=True, run_id=space.start_run("full"))
            sink = Storing(stage)
            assert run_import(source, sink, types=SCHEMA, page_size=PAGE).is_success
            rates.append(sink.rate)
        space.close()
    return best(rates[1:])


def _export_rate(factory: Callable[[], object], number: int) -> Spent:
    source = _source(factory, number)
    kind = SCHEMA.types["person"]
    batches = [
        [_change(at, kind) for at in range(first, first + PAGE)]
        for first in range(1, number - PAGE, PAGE)
    ]
    rates = []
    for _ in range(ROUNDS):
        with source.instance() as instance:
            step = OpenExportConnectionRunStep(batch_size=PAGE)
            instance.call("open_export_connection", source.parameters, SCHEMA, step)
            began = Spent.now()
            for batch in batches:
                results = instance.call("put_export_entries", batch).cs_entry_change_results
                assert len(results) == PAGE
            rates.append(Spent.now().since(began).rate(len(batches) * PAGE))
    return best(rates)


def _change(number: int, kind: Any) -> CSEntryChange:
    """In turn a whole new object, and an update of two attributes."""
    if number % 2:
        found = CSEntryChange.add("person", attributes=person(number))
    else:
        changes = [AttributeChange.replace(name, f"{name} {number}") for name in ("title", "phone")]
        found = CSEntryChange.update("person", {"id": f"{number:07}"}, changes=changes)
    found.schema_type = kind
    assert found.identifier is not None  # made now, and not while the time is taken
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
