"""A connector being served: its space, its sessions, its schedule, and what SCIM makes of it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from attrs import define, field

from ecma2py.host.answers import Answers
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.host.endpoint import ScimEndpoint
from ecma2py.host.exporting import Exporter
from ecma2py.host.importing import Importer
from ecma2py.host.readiness import Readiness
from ecma2py.host.schedule import Schedule
from ecma2py.host.under_way import UnderWay
from ecma2py.host.views import Views
from ecma2py.runs import Description
from ecma2py.space import Space
from ecma2py.steps import CloseReason


@define(eq=False, kw_only=True)
class ServedConnector:
    """Everything that one ``/ecma2host_<Name>/scim`` needs; made by ``opening.open_connector``."""

    name: str
    config: ConnectorConfig
    description: Description
    space: Space
    views: Views
    exporter: Exporter
    importer: Importer
    readiness: Readiness
    endpoint: ScimEndpoint
    unasked: str = ""
    """Why its parameters could not be checked in whole."""
    released: Callable[[], None] = field(default=lambda: None, repr=False)
    """Called once no run works any more."""
    schedule: Schedule = field(init=False)
    answers: Answers = field(init=False, repr=False)
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    requests: UnderWay = field(factory=UnderWay, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.answers = Answers(self.space)
        self.schedule = Schedule(
            self.name,
            self.config.imports,
            self.importer.run,
            has_delta=self.description.can_import and self.description.capabilities.delta_import,
            is_loaded=self.importer.is_loaded,
        )

    @property
    def is_ready(self) -> bool:
        """True if requests are served from the space: a full import was done, or there is none."""
        return self.readiness.is_ready

    def status(self) -> dict[str, Any]:
        """How the connector is, for an operator."""
        progress = self.importer.progress
        held = self.space.held_import()
        last = next(iter(self.space.runs(1)), None)
        return {
            "state": "ready" if self.is_ready else "importing",
            "url": self.views.base_url,
            "objects": {
                kind.object_type: self.space.count(kind.object_type) for kind in self.views.kinds
            },
            "waiting_exports": self.exporter.waiting,
            "importing": None
            if progress is None
            else {"objects": progress.objects, "rate": round(progress.rate)},
            "last_run": None
            if last is None
            else {"id": last.id, "kind": last.kind, "result": last.result, "at": last.finished},
            "held": None if held is None else {"would_delete": held.would_delete},
        }

    def start(self) -> None:
        """Begin the schedule; called in the event loop."""
        if self.description.can_import:
            self._task = asyncio.ensure_future(self.schedule.run_forever())

    async def close(self, reason: CloseReason, seconds: float) -> None:
        """Take no more work, finish what was taken, close every connection."""
        if self._task is not None:
            self._task.cancel()
        self.importer.stop(reason)
        await self.requests.ended(seconds)
        await asyncio.to_thread(self._close, reason, seconds)

    def discard(self) -> None:
        """Close what was opened too late to be started; in any thread."""
        self._close(CloseReason.TERMINATED_SHUTTING_DOWN, 0)

    def _close(self, reason: CloseReason, seconds: float) -> None:
        self.views.close()
        self.exporter.close(reason, seconds)
        self.importer.wait(seconds)
        self.released()
        self.space.close()

    async def decide_held_import(self, *, approve: bool) -> Mapping[str, Any]:
        """Do or drop what an import wanted to remove; says what became of it."""
        return await asyncio.to_thread(self.importer.decide, approve=approve)
