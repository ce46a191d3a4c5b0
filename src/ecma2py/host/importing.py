"""Imports into the space: one run from start to history, in the thread that the schedule gives."""

import threading
from collections.abc import Mapping
from typing import Any

from attrs import asdict, define, field

from ecma2py.errors import ECMA2Error
from ecma2py.host.config_connectors import ImportConfig
from ecma2py.host.logs import get_logger
from ecma2py.host.metrics import Metrics
from ecma2py.host.pace import Pace
from ecma2py.host.schedule import Kind
from ecma2py.partitions import Partition
from ecma2py.runs import ConnectorSource, ImportProgress, ImportResult, StopSignal, run_import
from ecma2py.schema import Schema
from ecma2py.space import Space
from ecma2py.steps import CloseReason, OperationType

LOADED = "loaded"
"""The watermark kind that says how the space was filled: ``WHOLLY`` or ``PARTLY``."""
WHOLLY = "yes"
"""By a full import without an error."""
PARTLY = "partly"
"""By a full import that went through but for entries which could not be read."""
_OPERATIONS: Mapping[Kind, OperationType] = {
    "full": OperationType.FULL,
    "delta": OperationType.DELTA,
}
_LONGEST_DETAIL = 2_000
"""In the log; the history has all of it."""
_log = get_logger("ecma2py.import")


def held_advice(connector: str) -> str:
    """What an operator can do about a held import."""
    return (
        f"`ecma2py space held {connector}` shows what it would remove, "
        f"`ecma2py space approve {connector}` removes it, `discard` in its place keeps it"
    )


@define(eq=False, kw_only=True)
class Importer:
    """Runs the imports of one connector, never two at a time."""

    name: str
    sources: Mapping[Kind, ConnectorSource]
    """The connector with the parameters of each kind of run."""
    space: Space
    types: Schema
    config: ImportConfig
    metrics: Metrics
    pace: Pace = field(factory=Pace)
    partition: Partition | None = None
    progress: ImportProgress | None = field(default=None, init=False)
    """How far the run under way is; None between runs."""
    _one: threading.Lock = field(factory=threading.Lock, init=False)
    _stop: StopSignal = field(factory=StopSignal, init=False)
    _loaded: str | None = field(default=None, init=False)

    def is_loaded(self) -> bool:
        """True once a full import was good, also before this process began."""
        if self._loaded != WHOLLY:
            self._loaded = self.space.watermark(LOADED)
        return self._loaded == WHOLLY

    def can_serve(self) -> bool:
        """True once a full import went through: an entry that cannot be read holds up no other."""
        if self._loaded is None:
            self._loaded = self.space.watermark(LOADED)
        return self._loaded is not None

    def run(self, kind: Kind) -> dict[str, Any]:
        """One import from open to commit; what the history says of it."""
        with self._one:
            run_id = self.space.start_run(kind)
            result: ImportResult | None = None
            failure = "stopped-extension-dll-exception"
            problem: list[dict[str, Any]] = []
            try:
                result = self._import(kind, run_id)
            except ECMA2Error as error:
                failure = error.run_result
                problem = [{"error_name": error.ecma_name, "detail": str(error)}]
            except Exception as error:
                problem = [{"error_name": type(error).__name__, "detail": str(error)}]
                raise
            finally:
                self.progress = None
                answer = self._finished(kind, run_id, result, failure, problem)
            if result is not None and kind == "full" and not self.is_loaded():
                self._note_loaded(result)
            return answer

    def _import(self, kind: Kind, run_id: int) -> ImportResult:
        stage = self.space.begin_import(full=kind == "full", run_id=run_id)
        return run_import(
            self.sources[kind],
            stage,
            operation=_OPERATIONS[kind],
            types=self.types,
            watermark=self.space.watermark() if kind == "delta" else None,
            partition=self.partition,
            page_size=self.config.page_size,
            guard_share=self.config.removal_guard,
            progress=self._on_progress,
            pause=self.pace.give_way,
            cancel=self._stop,
        )

    def _note_loaded(self, result: ImportResult) -> None:
        """Let a full import that went through open the space to requests."""
        if result.is_success:
            self.space.set_watermark(WHOLLY, LOADED)
        elif result.commit is not None and not result.is_held:
            self.space.set_watermark(PARTLY, LOADED)

    def _on_progress(self, progress: ImportProgress) -> None:
        self.progress = progress

    def _finished(
        self,
        kind: Kind,
        run_id: int,
        result: ImportResult | None,
        failure: str,
        problem: list[dict[str, Any]],
    ) -> dict[str, Any]:
        if result is None:
            name, counts, errors, objects, seconds = failure, {}, problem, 0, 0.0
        else:
            name, counts = result.result, _counts(result)
            errors = [asdict(each) for each in result.errors]
            if result.error_name:
                problem = [{"error_name": result.error_name, "detail": result.error_detail}]
            errors += problem
            objects, seconds = result.counts.read, result.seconds
        self.space.finish_run(run_id, name, counts, errors)
        self.metrics.import_run(self.name, kind, name, objects=objects, seconds=seconds)
        for object_type in self.types.types:
            self.metrics.space_objects(self.name, object_type, self.space.count(object_type))
        log = _log.info if result is not None and result.is_success else _log.warning
        notes: dict[str, object] = dict(counts)
        for each in problem:
            notes |= {"error": each["error_name"], "detail": each["detail"][:_LONGEST_DETAIL]}
        held = self.space.held_import()
        if held is not None and held.run_id == run_id:
            notes |= {"would_delete": held.would_delete, "help": held_advice(self.name)}
        log("import", connector=self.name, kind=kind, run=run_id, result=name, **notes)
        return {
            "run": run_id,
            "kind": kind,
            "result": name,
            "counts": counts,
            "errors": errors[:20],
        }

    def stop(self, reason: CloseReason) -> None:
        """End the run under way after its page."""
        self._stop.stop(reason)

    def wait(self, timeout: float) -> None:
        """Wait until no run is under way, *timeout* seconds at most."""
        if self._one.acquire(timeout=timeout):
            self._one.release()

    def decide(self, *, approve: bool) -> dict[str, Any]:
        """Do, or drop, the removals for which the last full import was held."""
        with self._one:
            return decide(self.space, approve=approve)


def decide(space: Space, *, approve: bool) -> dict[str, Any]:
    """Do, or drop, the removals for which the last full import into *space* was held."""
    held = space.held_import()
    if held is None:
        return {"result": "no-held-import"}
    if not approve:
        space.discard_held()
        return {"result": "discarded", "run": held.run_id}
    report = space.approve_held()
    space.set_watermark(WHOLLY, LOADED)
    return {"result": "approved", "run": held.run_id, "deleted": report.deleted}


def _counts(result: ImportResult) -> dict[str, int]:
    """What was read, and what the space made of it."""
    counts: dict[str, int] = asdict(result.counts)
    commit = result.commit
    if commit is not None:
        counts |= {
            "added": commit.added,
            "updated": commit.updated,
            "deleted": commit.deleted,
            "unchanged": commit.unchanged,
        }
    return counts
