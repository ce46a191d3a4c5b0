"""Full imports into the space, and where their time goes: ``python -m bench.imports``.

The targets are rates: what else the machine does can only slow them, so the fastest of some runs
counts. The bare lines say what the same people cost on the same machine without a connector space.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from attrs import define

from bench import bare
from bench.directory import SCHEMA, BenchDirectory
from bench.report import Cell, Row, run, table
from ecma2py import CSEntryChange, MADistinguishedNameStyle
from ecma2py.host.pace import tune_process
from ecma2py.parameters import ConfigParameter, ConfigParameters
from ecma2py.runs import ConnectorSource, run_import
from ecma2py.space import CommitReport, ImportStage, MatchRule, SqliteSpace, StageReport
from ecma2py.steps import GetImportEntriesResults, GetImportEntriesRunStep

ATTRIBUTES = 15
MATCHING = [MatchRule("person", name) for name in bare.LOOKED_UP]
ROUNDS = 4
"""How often an empty space is filled; what comes later is done in each of them."""
LATER = (("unchanged", 0, 3), ("1 % changed", 10, 2))
"""What an import into a full space is called, how many people in 1000 it changes, how often."""


@define
class Clock:
    """Seconds spent in the parts of an import that are known; the rest is the run's own."""

    connector: float = 0.0
    staging: float = 0.0
    merge: float = 0.0


class TimedDirectory(BenchDirectory):
    """The bench connector, which counts its own time."""

    clock = Clock()

    def get_import_entries(self, import_run_step: GetImportEntriesRunStep) -> Any:
        """A page."""
        began = perf_counter()
        page: GetImportEntriesResults = super().get_import_entries(import_run_step)  # type: ignore[misc]
        self.clock.connector += perf_counter() - began
        return page


@define
class TimedStage:
    """The stage of a space, its time counted."""

    stage_: ImportStage
    clock: Clock

    def begin_page(self, moment: int | None = None) -> int:
        return self.stage_.begin_page(moment)

    def stage(self, entries: Sequence[CSEntryChange]) -> StageReport:
        began = perf_counter()
        report = self.stage_.stage(entries)
        self.clock.staging += perf_counter() - began
        return report

    def commit(self, watermark: str | None, **settings: Any) -> CommitReport:
        began = perf_counter()
        report = self.stage_.commit(watermark, **settings)
        self.clock.merge += perf_counter() - began
        return report

    def abandon(self) -> None:
        self.stage_.abandon()


def measure(quick: bool = False) -> list[Row]:
    """First, unchanged and slightly changed imports, and memory for two numbers of objects."""
    few, many = (5_000, 20_000) if quick else (50_000, 200_000)
    small, large = _in_process(few), _in_process(many)
    lines: list[Sequence[Cell]] = []
    for name in ("first", *(each[0] for each in LATER)):
        figures = large["runs"][name]
        seconds = figures["seconds"]
        parts = [figures["connector"], figures["staging"], figures["merge"]]
        shares = [100 * each / seconds for each in (*parts, seconds - sum(parts))]
        lines.append((name, many / seconds, seconds, *shares))
    for name, seconds in large["bare"].items():
        lines.append((f"bare {name}", many / seconds, seconds, "", "", "", ""))
    table(
        f"Full import of {many:,} objects with {ATTRIBUTES} attributes into the space, fastest of "
        f"{ROUNDS} first and {ROUNDS * LATER[0][2]} unchanged ones",
        ("run", "objects/s", "s", "connector %", "staging %", "merge %", "validation, run %"),
        lines,
    )
    table(
        "Peak resident memory above that of the connector's own data",
        ("objects", "before MB", "growth MB"),
        [(f"{n:,}", each["before"], each["growth"]) for n, each in ((few, small), (many, large))],
    )
    speed = {name: many / figures["seconds"] for name, figures in large["runs"].items()}
    ratio = large["growth"] / max(small["growth"], 1.0)
    return [
        Row("First full import", speed["first"], 30_000, ">=", "objects/s"),
        Row("Full import, unchanged", speed["unchanged"], 80_000, ">=", "objects/s"),
        Row(f"Peak memory, {many // few} x the objects", ratio, many / few / 2, "<"),
    ]


def _in_process(people: int) -> dict[str, Any]:
    """The figures of one process of its own: its peak memory is nobody else's."""
    command = [sys.executable, "-m", "bench.imports", "--worker", str(people)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        sys.exit(said.stderr)
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def _work(people: int) -> None:
    found: dict[str, Any] = {}
    tune_process()
    _source(people, 0).describe()
    directory = TimedDirectory()
    directory.parameters = _parameters(people, 0)
    assert [*directory.directory.people.items()]  # the connector keeps such a list while it reads
    found["before"] = _peak_mb()
    done: dict[str, list[dict[str, float]]] = {}
    bare_done: dict[str, list[float]] = {}
    with TemporaryDirectory(prefix="ecma2py-bench-") as folder, ThreadPoolExecutor(1) as thread:
        for number in range(ROUNDS):
            space = space_at(Path(folder, f"space{number}.db"))
            for name, churn, times in (("first", 0, 1), *LATER):
                for _ in range(times):
                    figures = thread.submit(_import, space, people, churn).result()
                    done.setdefault(name, []).append(figures)
            space.close()
            for name, work in (("load", bare.load), ("comparison", bare.compare)):
                path = Path(folder, f"bare{number}.db")
                seconds = thread.submit(work, path, directory.directory.people).result()
                bare_done.setdefault(name, []).append(seconds)
    found["bare"] = {name: min(each) for name, each in bare_done.items()}
    found["runs"] = {name: min(each, key=itemgetter("seconds")) for name, each in done.items()}
    found["growth"] = _peak_mb() - found["before"]
    print(json.dumps(found))


def space_at(path: Path) -> SqliteSpace:
    """An empty space for the people of the measurements."""
    return SqliteSpace.open(
        path,
        connector="bench",
        schema=SCHEMA,
        dn_style=MADistinguishedNameStyle.NONE,
        matching=MATCHING,
    )


def _import(space: SqliteSpace, people: int, churn: int) -> dict[str, float]:
    clock = TimedDirectory.clock = Clock()
    began = perf_counter()
    run_id = space.start_run("full")
    stage = TimedStage(space.begin_import(full=True, run_id=run_id), clock)
    result = run_import(_source(people, churn), stage, types=SCHEMA)
    seconds = perf_counter() - began
    assert result.is_success, result
    return {
        "seconds": seconds,
        "connector": clock.connector,
        "staging": clock.staging,
        "merge": clock.merge,
    }


def _source(people: int, churn: int) -> ConnectorSource:
    return ConnectorSource(TimedDirectory, _parameters(people, churn), name="bench")


def _parameters(people: int, churn: int) -> ConfigParameters:
    return ConfigParameters(
        [ConfigParameter("People", str(people)), ConfigParameter("Churn", str(churn))]
    )


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        _work(int(sys.argv[2]))
    else:
        run(measure, sys.argv[1:])
