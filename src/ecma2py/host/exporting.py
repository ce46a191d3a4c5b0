"""Exports: each change and each password to the connector, and what came of it into the space."""

import asyncio
from collections.abc import Sequence
from time import perf_counter

from attrs import define, field

from ecma2py.entries import CSEntryChange, ObjectModificationType, generated_dn
from ecma2py.host.config_connectors import ExportConfig
from ecma2py.host.crossing import Crossing
from ecma2py.host.departure import departure
from ecma2py.host.logs import audit, request_id
from ecma2py.host.metrics import Metrics
from ecma2py.host.refusals import RETRY_SECONDS, refusal
from ecma2py.host.views import Views
from ecma2py.parameters import SecureString
from ecma2py.partitions import Partition
from ecma2py.runs import (
    ConnectorSource,
    Exported,
    ExportOutcome,
    ExportSession,
    PasswordSession,
    QueueFullError,
    SessionClosedError,
    Submission,
)
from ecma2py.runs.outcomes import failed
from ecma2py.schema import Schema
from ecma2py.scim.errors import unavailable
from ecma2py.scim.types import ResourceType
from ecma2py.space import AuditRecord, SpaceObject, Write
from ecma2py.steps import CloseReason

_LONGEST_DETAIL = 2000
"""Characters of what a connector says that the audit keeps."""


@define(eq=False)
class _Going:
    """One write on its way: what the write-through must know, and the object it leaves."""

    id: str | None
    operation: str
    actor: str
    request_id: str
    after: SpaceObject | None = None


@define(eq=False, kw_only=True)
class Exporter:
    """Exports what clients write to one connector, and writes it through to the space."""

    name: str
    source: ConnectorSource
    views: Views
    types: Schema
    config: ExportConfig
    metrics: Metrics
    partition: Partition | None = None
    generates_dn: bool
    """True if the host makes the DN of a new object."""
    session: ExportSession = field(init=False)
    passwords: PasswordSession = field(init=False)
    _crossing: Crossing[Submission, ExportOutcome] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.session = ExportSession(
            self.source.with_timeout(self.config.timeout_seconds),
            types=self.types,
            commit=self.write_through,
            partition=self.partition,
            batch_size=self.config.batch_size,
            idle_seconds=self.config.idle_seconds,
            allow_not_secure=self.config.allow_low_security,
        )
        self.passwords = PasswordSession(
            self.source,
            partition=self.partition,
            idle_seconds=self.config.idle_seconds,
            allow_not_secure=self.config.allow_low_security,
        )
        self._crossing = Crossing(self.session.submit_all)

    @property
    def waiting(self) -> int:
        """How many writes wait for the connector."""
        return self._crossing.waiting + self.session.waiting

    def close(self, reason: CloseReason, seconds: float) -> None:
        """Finish what waits, in so many seconds, and close the connector."""
        self.session.close(reason, timeout=seconds)
        self.passwords.close()

    async def export(
        self,
        kind: ResourceType,
        entry: CSEntryChange,
        found: SpaceObject | None,
        operation: str,
        actor: str,
    ) -> tuple[ExportOutcome, SpaceObject | None]:
        """What became of *entry*, and the object as the space holds it afterwards.

        Nothing is reported as done before the connector said so and the space has it on disk.
        """
        started = perf_counter()
        if (way := departure.get()) is not None:
            way.check()
        going = _Going(found.id if found else None, operation, actor, request_id.get())
        provider = (lambda: self.views.whole(kind, found)) if found is not None else None
        try:
            outcome = await self._crossing.result(
                lambda ticket: Submission(entry, ticket, current=provider, context=going), way
            )
        except (QueueFullError, SessionClosedError) as error:
            raise unavailable(str(error), retry_after=RETRY_SECONDS) from error
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
        objects = self.views.space.apply([self._write(each) for each in applied])
        for each, after in zip(applied, objects, strict=True):
            if isinstance(each.context, _Going):
                each.context.after = after
        refused = [each for each in exported if each.applied is None]
        if refused:
            self.views.space.record_audit([self._record(each) for each in refused])

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

    async def set_password(
        self, kind: ResourceType, found: SpaceObject, password: SecureString, actor: str
    ) -> None:
        """Set the password of an object that exists; ScimError says why it was refused."""
        started, asked = perf_counter(), request_id.get()
        if (way := departure.get()) is not None:
            way.leave()
        entry = CSEntryChange(found.object_type, anchor=found.anchor, dn=found.dn)
        entry.attributes.update(self.views.whole(kind, found))
        entry.attributes.pop("-dn-", None)
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
        await asyncio.to_thread(self.views.space.record_audit, [record])
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
