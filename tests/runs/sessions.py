"""An export session on a target of tests, and what makes the target misbehave."""

import threading
import time
from typing import Any

from ecma2py.entries import (
    AttributeChange,
    CSEntryChange,
    CSEntryChangeResult,
    ObjectModificationType,
)
from ecma2py.errors import (
    MAExportError,
)
from ecma2py.runs import (
    Exported,
    ExportOutcome,
    ExportSession,
)
from tests.runs.zoo import Target, person, results

CLOSE = "close_export_connection"
ERROR = MAExportError
KIND = ObjectModificationType


class Session:
    """A session on a target, with what it committed."""

    def __init__(self, target: Target, *, source: dict[str, Any] | None = None, **options: Any):
        self.target = target
        self.commits: list[list[Exported]] = []
        commit = options.pop("commit", lambda batch: self.commits.append(list(batch)))
        connector = options.pop("connector", None)
        options.setdefault("idle_seconds", 60)
        made = target.source(connector, **{"timeout": 5, **(source or {})})
        self.session = ExportSession(made, commit=commit, **options)
        self.source = made

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        for event in GATES:
            event.set()
        GATES.clear()
        self.session.close(timeout=5)

    def send(self, change: CSEntryChange, **options: Any) -> ExportOutcome:
        """Submit and wait."""
        return self.session.submit(change, **options).result(5)

    def together(self, *changes: CSEntryChange, **options: Any) -> list[ExportOutcome]:
        """Submit all of them while a batch is under way, so that they go out as the next one."""
        started, go = gate(), gate()
        hook = self.target.hooks.get("put_export_entries")

        def hold(connector, entries):
            started.set()
            go.wait(5)
            self.target.hooks.pop("put_export_entries")
            if hook:
                self.target.hooks["put_export_entries"] = hook

        self.target.hooks["put_export_entries"] = hold
        first = self.session.submit(person("first"))
        assert started.wait(5)
        futures = [self.session.submit(change, **options) for change in changes]
        go.set()
        first.result(5)
        return [future.result(5) for future in futures]

    @property
    def committed(self) -> list[Exported]:
        return [each for batch in self.commits for each in batch]


GATES: list[threading.Event] = []


def gate() -> threading.Event:
    """An event that is set at the end of a session, so that nothing hangs."""
    GATES.append(threading.Event())
    return GATES[-1]


def renamed(number: int | str, name: str = "new") -> CSEntryChange:
    change = AttributeChange.replace("name", name)
    return CSEntryChange.update("person", {"id": str(number)}, changes=[change])


def answering(*codes: MAExportError):
    """Results of these codes for the first entry of each batch; then everything is applied."""
    left = list(codes)

    def hook(connector, entries):
        if not left:
            return None
        return results(
            CSEntryChangeResult(entries[0].identifier, left.pop(0), error_detail="why"),
            *(connector.apply(entry) for entry in entries[1:]),
        )

    return hook


def failing(error: Exception, *, times: int = 10**9):
    count = iter(range(times))

    def hook(*_):
        if next(count, None) is not None:
            raise error

    return hook


def until(true: Any) -> None:
    """Wait until it holds; fail after five seconds."""
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)
