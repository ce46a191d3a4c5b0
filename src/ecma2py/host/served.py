"""A connector being served: its space, its sessions, its schedule, and what SCIM makes of it."""

import asyncio
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from attrs import define, field

from ecma2py.entries import CSEntryChange, ObjectModificationType, generated_dn
from ecma2py.host.answers import Answers
from ecma2py.host.config import Limits
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.host.crossing import Crossing
from ecma2py.host.departure import departure
from ecma2py.host.discovering import DiscoveryDocuments
from ecma2py.host.importing import Importer
from ecma2py.host.logs import audit, get_logger, request_id
from ecma2py.host.metrics import Metrics
from ecma2py.host.refusals import refusal
from ecma2py.host.schedule import Schedule
from ecma2py.host.under_way import UnderWay
from ecma2py.host.views import Views
from ecma2py.parameters import SecureString
from ecma2py.runs import (
    Description,
    Exported,
    ExportOutcome,
    ExportSession,
    PasswordSession,
    QueueFullError,
    SessionClosedError,
    Submission,
)
from ecma2py.runs.outcomes import failed
from ecma2py.scim.errors import ScimError, unavailable
from ecma2py.scim.operations import PatchLimits
from ecma2py.space import AuditRecord, Space, SpaceObject, Write
from ecma2py.steps import CloseReason

if TYPE_CHECKING:
    from ecma2py.host.endpoint import ScimEndpoint

IMPORT_RETRY_SECONDS = 30
_LONGEST_DETAIL = 2000
"""Characters of what a connector says that the audit keeps."""
_log = get_logger("ecma2py.host")


@define(eq=False)
class _Going:
    """One write on its way: what the write-through must know, and the object it leaves."""

    id: str | None
    operation: str
    actor: str
    request_id: str
    after: SpaceObject | None = None


@define(eq=False, kw_only=True)
class ServedConnector:
    """Everything that one ``/ecma2host_<Name>/scim`` needs; made by ``opening.open_connector``."""

    name: str
    config: ConnectorConfig
    limits: Limits
    description: Description
    space: Space
    views: Views
    session: ExportSession
    passwords: PasswordSession
    importer: Importer
    metrics: Metrics
    discovery: DiscoveryDocuments
    generates_dn: bool
    schedule: Schedule = field(init=False)
    endpoint: "ScimEndpoint" = field(init=False)
    answers: Answers = field(init=False, repr=False)
    patch_limits: PatchLimits = field(init=False)
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _crossing: Crossing[Submission, ExportOutcome] = field(init=False, repr=False)
    requests: UnderWay = field(factory=UnderWay, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.answers = Answers(self.space)
        self._crossing = Crossing(self.session.submit_all)
        self.patch_limits = PatchLimits(self.limits.max_patch_operations)
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
        return not self.description.can_import or self.importer.can_serve()

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
            "waiting_exports": self.waiting_exports,
            "importing": None
            if progress is None
            else {"objects": progress.objects, "rate": round(progress.rate)},
            "last_run": None
            if last is None
            else {"id": last.id, "kind": last.kind, "result": last.result, "at": last.finished},
            "held": None if held is None else {"would_delete": held.would_delete},
        }

    def check_ready(self) -> None:
        """Return if requests can be served; 503 while the first import is under way."""
        if not self.is_ready:
            raise unavailable(
                "The ECMA host is currently importing data from the target application: "
                f"connector {self.name} serves requests once its first full import is done.",
                retry_after=IMPORT_RETRY_SECONDS,
            )

    def check_exports(self) -> None:
        """Return if the connector can write; 403 if it only reads."""
        if not self.description.can_export:
            raise ScimError(403, f"Connector {self.name} only imports: nothing can be changed.")

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

    def _close(self, reason: CloseReason, seconds: float) -> None:
        self.views.close()
        self.session.close(reason, timeout=seconds)
        self.passwords.close()
        self.importer.wait(seconds)
        self.space.close()

    @property
    def waiting_exports(self) -> int:
        """How many writes wait for the connector."""
        return self._crossing.waiting + self.session.waiting

    async def export(
        self, entry: CSEntryChange, found: SpaceObject | None, operation: str, actor: str
    ) -> tuple[ExportOutcome, SpaceObject | None]:
        """What became of *entry*, and the object as the space holds it afterwards.

        Nothing is reported as done before the connector said so and the space has it on disk.
        """
        started = perf_counter()
        if (way := departure.get()) is not None:
            way.check()
        kind = next(each for each in self.views.kinds if each.object_type == entry.object_type)
        going = _Going(found.id if found else None, operation, actor, request_id.get())
        provider = (lambda: self.views.whole(kind, found)) if found is not None else None
        try:
            outcome = await self._crossing.result(
                lambda ticket: Submission(entry, ticket, current=provider, context=going), way
            )
        except (QueueFullError, SessionClosedError) as error:
            raise unavailable(str(error), retry_after=IMPORT_RETRY_SECONDS) from error
        after = going.after
        audit(
            connector=self.name,
            object_type=str(entry.object_type),
            object_id=(after or found).id if after or found else "",  # type: ignore[union-attr]
            operation=operation,
            attributes=entry.changed_attribute_names,
            outcome="success" if outcome.is_success else "failure",
            error_name="" if outcome.is_success else outcome.error_code.ecma_name,
            duration=perf_counter() - started,
        )
        return outcome, after

    def write_through(self, exported: Sequence[Exported]) -> None:
        """Put one batch into the space, in one transaction; the export session's ``commit``."""
        self.metrics.export_batch(self.name, len(exported))
        applied = [each for each in exported if each.applied is not None]
        objects = self.space.apply([self._write(each) for each in applied])
        for each, after in zip(applied, objects, strict=True):
            if isinstance(each.context, _Going):
                each.context.after = after
        refused = [each for each in exported if each.applied is None]
        if refused:
            self.space.record_audit([self._record(each) for each in refused])

    def _write(self, each: Exported) -> Write:
        change = each.applied
        assert change is not None
        going = each.context if isinstance(each.context, _Going) else None
        new_dn = each.outcome.new_dn
        adds = change.object_modification_type is ObjectModificationType.ADD
        if adds and new_dn is None and change.dn is None and self.generates_dn:
            new_dn = generated_dn(each.outcome.anchor.values(), str(change.object_type))
        return Write(
            change,
            id=going.id if going else None,
            new_anchor=each.outcome.new_anchor,
            new_dn=new_dn,
            audit=self._record(each),
        )

    def _record(self, each: Exported) -> AuditRecord:
        going = each.context if isinstance(each.context, _Going) else None
        return AuditRecord(
            going.actor if going else "",
            going.operation if going else "export",
            object_type=str(each.change.object_type),
            object_id=(going.id or "") if going else "",
            outcome="success" if each.outcome.is_success else each.outcome.error_code.ecma_name,
            request_id=going.request_id if going else "",
            detail=(each.outcome.error_detail or ", ".join(each.change.changed_attribute_names))[
                :_LONGEST_DETAIL
            ],
        )

    async def set_password(self, found: SpaceObject, password: SecureString, actor: str) -> None:
        """Set the password of an object that exists; ScimError says why it was refused."""
        started, asked = perf_counter(), request_id.get()
        if (way := departure.get()) is not None:
            way.leave()
        entry = CSEntryChange(found.object_type, anchor=found.anchor, dn=found.dn)
        entry.attributes.update(found.attributes)
        outcome = await asyncio.to_thread(self._password_outcome, entry, password)
        error_name = "" if outcome.is_success else outcome.error_code.ecma_name
        record = AuditRecord(
            actor,
            "password",
            object_type=found.object_type,
            object_id=found.id,
            outcome=error_name or "success",
            request_id=asked,
            detail=outcome.error_detail[:_LONGEST_DETAIL],
        )
        await asyncio.to_thread(self.space.record_audit, [record])
        audit(
            connector=self.name,
            object_type=found.object_type,
            object_id=found.id,
            operation="password",
            outcome="success" if outcome.is_success else "failure",
            error_name=error_name,
            duration=perf_counter() - started,
        )
        if not outcome.is_success:
            raise refusal(outcome)

    def _password_outcome(self, entry: CSEntryChange, password: SecureString) -> ExportOutcome:
        try:
            self.passwords.set_password(entry, password)
        except Exception as error:  # noqa: BLE001  whatever it is, the client is told
            return failed(error)
        return ExportOutcome()

    async def decide_held_import(self, *, approve: bool) -> Mapping[str, Any]:
        """Do or drop what an import wanted to remove; says what became of it."""
        return await asyncio.to_thread(self.importer.decide, approve=approve)
