"""What an imported object of 15 attributes costs in memory objects: ``python -m bench.entries``."""

import gc
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from bench.people import person
from bench.report import Row, run, table
from ecma2py import AttributeChange, CSEntryChange, Values

PAGE = 500
LIMIT_US = 20.0


def lean(values: dict[str, Values]) -> object:
    """The entry as connectors make it: attributes stay plain until somebody asks."""
    return CSEntryChange.add("person", {"id": values["id"]}, attributes=values)  # type: ignore[dict-item]


def read(values: dict[str, Values]) -> object:
    """The lean entry with every attribute asked for as an object, one after the other."""
    entry = CSEntryChange.add("person", {"id": values["id"]}, attributes=values)  # type: ignore[dict-item]
    for change in entry.attribute_changes.values():
        assert change.value is not None
    return entry


def eager(values: dict[str, Values]) -> object:
    """What .NET has: an AttributeChange and a ValueChange for each attribute, kept."""
    entry = CSEntryChange.add("person", {"id": values["id"]})  # type: ignore[dict-item]
    changes = [AttributeChange.add(name, value) for name, value in values.items()]
    return entry, changes, [change.value_changes for change in changes]


def measure(quick: bool = False) -> list[Row]:
    """Pages of 500 made and dropped, garbage collection as a run has it."""
    rounds, pages = (3, 10) if quick else (5, 100)
    source = [person(number) for number in range(PAGE)]
    forms = {"lean": lean, "lean, every attribute read": read, "eager": eager}
    taken: dict[str, list[float]] = {name: [] for name in forms}
    for _ in range(rounds):
        for name, make in forms.items():
            taken[name].append(_microseconds(make, source, pages))
    middle = {name: median(times) for name, times in taken.items()}
    table(
        f"One object of 15 attributes, in pages of {PAGE}",
        ("form", "us/object", "x lean"),
        [(name, each, each / middle["lean"]) for name, each in middle.items()],
    )
    return [Row("Imported object, lean form", middle["lean"], LIMIT_US, "<", "us")]


def _microseconds(
    make: Callable[[dict[str, Values]], object], source: list[dict[str, Values]], pages: int
) -> float:
    gc.collect()
    began = perf_counter()
    for _ in range(pages):
        page = [make(values) for values in source]
        del page
    return (perf_counter() - began) / (pages * len(source)) * 1e6


if __name__ == "__main__":
    run(measure, sys.argv[1:])
