"""Import runs of tests in one call, and the changes of a delta."""

from typing import Any

from ecma2py.entries import AttributeChange, CSEntryChange
from ecma2py.runs import ImportResult, ListSink, run_import
from ecma2py.steps import OperationType
from tests.runs.zoo import Target, person

DELTA = OperationType.DELTA


def imported(target: Target, **options: Any) -> tuple[ImportResult, ListSink]:
    """The result of a run into a fresh list."""
    sink = options.pop("sink", None)
    if sink is None:
        sink = ListSink(full=options.get("operation") is not DELTA)
    connector = options.pop("connector", None)
    timeout = options.pop("timeout", 5)
    return run_import(target.source(connector, timeout=timeout), sink, **options), sink


def known() -> ListSink:
    """A sink for deltas that has the person 1."""
    sink = ListSink()
    imported(Target(entries=[person(1, name="Ann")]), sink=sink)
    sink.full = False
    return sink


def rename(number: int) -> CSEntryChange:
    change = AttributeChange.replace("name", "new")
    return CSEntryChange.update("person", {"id": str(number)}, changes=[change])
