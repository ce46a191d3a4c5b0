"""One batch of changes, carried through as many passes as the connector asks for."""

import logging
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from attrs import define, evolve, field

from ecma2py.capabilities import MACapabilities
from ecma2py.entries import (
    DN_ATTRIBUTE,
    EXPORT_PASSWORD,
    AttributeChange,
    CSEntryChange,
    CSEntryChangeResult,
    ObjectModificationType,
    apply_change,
    split_dn,
)
from ecma2py.errors import EntryExportError, MAExportError
from ecma2py.runs.checks import result_problem, with_texts
from ecma2py.runs.export_types import by_attribute, convert, writable
from ecma2py.runs.jobs import (
    Job,
    copied,
    only_references,
    references_of,
    steps_of,
    without,
)
from ecma2py.runs.outcomes import ExportOutcome, ends_session, failed, is_retryable
from ecma2py.runs.redaction import Redactor
from ecma2py.schema import Schema

logger = logging.getLogger("ecma2py.runs")

MAX_PASSES = 20
"""The passes of one batch, provisioned parents included."""
MAX_RETRIES = 3
"""How often one change is sent again because the connector asked for it."""

Put = Callable[[list[CSEntryChange]], list[CSEntryChangeResult]]

_FINAL = {
    MAExportError.EXPORT_ACTION_CONVERT_UPDATE_TO_ADD: (
        MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT
    ),
    MAExportError.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE: (
        MAExportError.EXPORT_ERROR_REFERENCE_ATTRIBUTE_FAILURE
    ),
    MAExportError.EXPORT_ACTION_PROVISIONING_PARENT: (
        MAExportError.EXPORT_ERROR_NON_EXISTING_PARENT
    ),
}
"""What an action becomes that was asked for in vain."""


@define(kw_only=True)
class Batch:
    """Jobs that go out together; ``run`` gives every job its outcome.

    ``broken`` is the error after which the connector must be closed, None if it can go on.
    """

    types: Schema
    capabilities: MACapabilities
    can_set_password: bool
    redactor: Redactor
    put: Put
    broken: Exception | None = None
    parents: list[Job] = field(factory=list)
    """Parents that were exported because a job needed them, the lowest first."""

    def run(self, jobs: Sequence[Job]) -> None:
        """Send pass after pass until every job has its outcome, whatever goes wrong."""
        try:
            self._run(jobs)
        except Exception as error:  # noqa: BLE001  nobody may wait for ever
            self.broken = error = self.redactor.clean_error(error)
            for job in (*jobs, *self.parents):
                if job.outcome is None:
                    self._fail(job, error, uncertain=True)

    def _run(self, jobs: Sequence[Job]) -> None:
        secrets = [job.secret for job in jobs if job.secret]
        if secrets:
            self.redactor = self.redactor.also(*secrets)
        active = [job for job in jobs if self._prepared(job)]
        for _ in range(MAX_PASSES):
            if not active:
                return
            active = self._pass(active)
        for job in active:
            self._fail(job, _refusal("The connector asks for ever more passes."))

    def _prepared(self, job: Job) -> bool:
        """Lay out the steps of *job*; False if it has failed already."""
        change = job.change
        try:
            if job.secret is not None:
                job.sets_password = self._sets_password(change)
                if job.sets_password:
                    change = without(change, {EXPORT_PASSWORD})
            if change.object_modification_type is ObjectModificationType.REPLACE:
                form, types = self.capabilities.export_type, self.types
                change = by_attribute(change, form, types=types, current=job.current)
        except Exception as error:  # noqa: BLE001  also what the host's reader raises
            self._fail(job, error)
            return False
        later = self.capabilities.no_reference_values_in_first_export
        job.anchor = dict(change.anchor)
        job.steps = steps_of(change, self.types, references_later=later)
        if job.replaced_by is not None:
            whole = copied(job.replaced_by.change, kind=ObjectModificationType.REPLACE)
            job.steps = [whole]
        return True

    def _sets_password(self, change: CSEntryChange) -> bool:
        """True if the password is set after the change, False if it is sent within."""
        is_new = change.object_modification_type is not ObjectModificationType.UPDATE
        if is_new and self.capabilities.export_password_in_first_pass:
            return False
        if self.can_set_password:
            return True
        known = self.types.types.get(change.object_type or "")
        if known is not None and EXPORT_PASSWORD in known.attributes:
            return False
        raise EntryExportError(
            "The change holds a password, and the connector can take none: do not map "
            f"{EXPORT_PASSWORD}.",
            MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
            attribute_name=EXPORT_PASSWORD,
        )

    def _pass(self, active: list[Job]) -> list[Job]:
        """Send what can be sent now; gives back the jobs that need another pass."""
        sent: dict[UUID, tuple[Job, CSEntryChange]] = {}
        unsent: list[Job] = []
        entries: list[CSEntryChange] = []
        for job in active:
            if job.parent is not None and job.parent.outcome is None:
                unsent.append(job)
                continue
            entry = self._next_entry(job)
            if entry is not None:
                entries.append(entry)
                sent[entry.identifier] = (job, job.steps[0])
        if entries:
            unsent.extend(self._sent(entries, sent))
        if self.broken is not None:
            for job in unsent:
                self._fail(job, self.broken, "Not sent again, because the session ended")
            return []
        return unsent

    def _next_entry(self, job: Job) -> CSEntryChange | None:
        """The next step of *job* in the connector's form; None if the job is finished."""
        while job.steps:
            step = job.identified(job.steps[0])
            try:
                entry = convert(
                    step,
                    self.capabilities.export_type,
                    types=self.types,
                    current=job.current,
                    normalizations=self.capabilities.normalizations,
                    replace_as_is=job.replaced_by is not None,
                )
            except Exception as error:  # noqa: BLE001  also what the host's reader raises
                self._fail(job, error)
                return None
            if entry is not None:
                job.passes += 1
                return entry
            job.taken(job.steps[0])
        self._succeed(job)
        return None

    def _sent(
        self, entries: list[CSEntryChange], sent: dict[UUID, tuple[Job, CSEntryChange]]
    ) -> list[Job]:
        try:
            results, stray = self._matched(self.put(entries), sent)
        except Exception as error:  # noqa: BLE001  whatever a connector raises ends its session
            self.broken = error = self.redactor.clean_error(error)
            for job, _ in sent.values():
                self._fail(job, error, uncertain=True)
            return []
        again: list[Job] = []
        stopped: CSEntryChangeResult | None = None
        for identifier, (job, step) in sent.items():
            result = results.get(identifier)
            if result is None and stopped is not None:
                self._fail(job, _stopped_before(stopped), uncertain=True)
            elif result is None and stray is not None:
                self._fail(job, _perhaps_meant(stray), uncertain=True)
            elif result is None:
                again.extend(self._stepped(job, step))
            elif problem := result_problem(result):
                detail = f"The connector's result for this entry means nothing: {problem}."
                self._fail(job, EntryExportError(detail), uncertain=True)
            else:
                again.extend(self._digested(job, step, result))
                if ends_session(result):
                    stopped = result
                    self.broken = _refusal(self.redactor.clean(result.error_detail))
        return again

    def _matched(
        self,
        results: Iterable[CSEntryChangeResult],
        sent: dict[UUID, tuple[Job, CSEntryChange]],
    ) -> tuple[dict[UUID, CSEntryChangeResult], CSEntryChangeResult | None]:
        """Results by identifier, and a failure that belongs to no entry, if there is one.

        Of several results for one entry a failure counts before a success.
        """
        matched: dict[UUID, CSEntryChangeResult] = {}
        stray: CSEntryChangeResult | None = None
        for given in results:
            result = with_texts(given)
            known = isinstance(result.identifier, UUID)
            found = sent.get(result.identifier) if known else None
            if found is None:
                logger.warning(
                    "put_export_entries gave a result for %s, which it was not sent.",
                    result.identifier,
                )
                if result.error_code not in (None, MAExportError.SUCCESS):
                    stray = result
                continue
            earlier = matched.get(result.identifier)
            if earlier is not None:
                note = "put_export_entries gave several results for this entry."
                found[0].notes.append(note)
                logger.warning("%s (%s)", note, result.identifier)
            if earlier is None or earlier.error_code == MAExportError.SUCCESS:
                matched[result.identifier] = result
        return matched, stray

    def _digested(self, job: Job, step: CSEntryChange, result: CSEntryChangeResult) -> list[Job]:
        """Act on a result; gives back the jobs to be sent in a later pass."""
        self._take_names(job, result.anchor_attributes)
        code = result.error_code
        if code == MAExportError.SUCCESS:
            return self._stepped(job, step)
        if code in _FINAL:
            if job.retries < MAX_RETRIES:
                job.retries += 1
                again = _ACTIONS[MAExportError(code)](self, job, step)
                if again:
                    return again
            return self._refused(job, evolve(result, error_code=_FINAL[MAExportError(code)]))
        return self._refused(job, result)

    def _stepped(self, job: Job, step: CSEntryChange) -> list[Job]:
        job.taken(step)
        if job.steps:
            return [job]
        missing = self._missing_anchor(job)
        if missing and job in self.parents:
            job.done.clear()  # made, but without its name nobody can record it
            self._succeed(job)
        elif missing:
            detail = f"The target has the object, but its anchor {missing!r} was not returned."
            code = MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT
            self._fail(job, EntryExportError(detail, code))
            job.done.clear()
        else:
            self._succeed(job)
        return []

    def _missing_anchor(self, job: Job) -> str:
        """The anchor component a created object lacks; empty if it has all."""
        change = job.change
        if change.object_modification_type is not ObjectModificationType.ADD:
            return ""
        known = self.types.types.get(change.object_type or "")
        if known is None or self.capabilities.is_dn_as_anchor:
            return ""
        for name in known.anchor_attributes:
            if name not in job.anchor:
                value = change.attributes.get(name)
                if value is None or isinstance(value, (list, tuple)):
                    return name
                job.anchor[name] = value
        return ""

    def _take_names(self, job: Job, returned: Iterable[AttributeChange]) -> None:
        """Take over what the target assigned: anchors, and a DN where there is one."""
        known = self.types.types.get(job.change.object_type or "")
        anchors = known.anchor_attributes if known is not None else {}
        for change in returned:
            value = change.value
            if change.name in anchors:
                if not anchors[change.name].data_type.accepts(value):
                    job.notes.append(f"The returned anchor {change.name!r} has a wrong type.")
                elif value is not None and job.anchor.get(change.name) != value:
                    job.anchor[change.name] = value
                    job.new_anchor = dict(job.anchor)
            elif change.name == DN_ATTRIBUTE and isinstance(value, str):
                job.new_dn = value

    # What the three actions do: each gives the jobs of the next passes, none if it cannot be done.

    def _retry_references(self, job: Job, step: CSEntryChange) -> list[Job]:
        """The rest was taken, the references come again; an object without name was not made."""
        names = references_of(step, self.types.types.get(step.object_type or ""))
        is_add = step.object_modification_type is ObjectModificationType.ADD
        if names and (job.anchor or not is_add):
            references = only_references(step, names)
            rest = without(step, names)
            if is_add or rest.changes or rest.attributes:
                job.taken(rest)
                job.steps.insert(0, references)
        return [job]

    def _convert_to_add(self, job: Job, step: CSEntryChange) -> list[Job]:
        """The object is not there: it is added with all the attributes it should have."""
        if not job.current.is_available:
            return []
        try:
            attributes = apply_change(job.current.get(step), step)
            known = self.types.types.get(step.object_type or "")
            if known is not None:
                attributes = writable(attributes, known)
        except Exception as error:  # noqa: BLE001  also what the host's reader raises
            self._fail(job, error)
            return []
        dn = step.new_dn or step.dn
        job.steps[0] = copied(
            step, kind=ObjectModificationType.ADD, dn=dn, attributes=attributes, changes={}
        )
        return [job]

    def _provision_parent(self, job: Job, step: CSEntryChange) -> list[Job]:
        """A bare parent is exported, once for all its children, and then the job again."""
        dn = step.new_dn or step.dn or ""
        parent_dn = ",".join(split_dn(dn)[1:]).strip()
        known = {parent.change.dn: parent for parent in self.parents}
        parent = known.get(parent_dn)
        if parent is not None:
            if parent.outcome is not None:
                return []
            job.parent = parent
            return [job]
        object_type = self._parent_type(parent_dn)
        if object_type is None:
            return []
        parent = Job(CSEntryChange.add(object_type, dn=parent_dn))
        parent.steps = [parent.change]
        self.parents.append(parent)
        job.parent = parent
        return [parent, job]

    def _parent_type(self, dn: str) -> str | None:
        """The object type that may be provisioned under the DN component *dn* begins with."""
        component = dn.split("=", 1)[0].strip().casefold()
        if not component or "=" not in dn:
            return None
        for each in self.types.types.values():
            allowed = each.possible_dn_components_for_provisioning
            if component in (name.casefold() for name in allowed):
                return each.name
        return None

    def _succeed(self, job: Job) -> None:
        job.outcome = ExportOutcome(
            anchor=job.anchor,
            new_anchor=job.new_anchor,
            new_dn=job.new_dn or job.change.new_dn,
            passes=job.passes,
            notes=tuple(job.notes),
        )

    def _refused(self, job: Job, result: CSEntryChangeResult) -> list[Job]:
        if job.outcome is None:
            detail = self.redactor.clean(result.error_detail)
            name = self.redactor.clean(result.error_name)
            try:
                code = MAExportError(result.error_code)
            except ValueError:
                job.notes.append(
                    f"The connector gave the unknown error code {result.error_code!r}."
                )
                code = MAExportError.EXPORT_ERROR_CUSTOM_CONTINUE_RUN
            error = EntryExportError(detail, code, error_name=name or code.ecma_name)
            self._fail(job, error, retryable=is_retryable(result) or None)
        return []

    def _fail(
        self,
        job: Job,
        error: Exception,
        prefix: str = "",
        *,
        uncertain: bool = False,
        retryable: bool | None = None,
    ) -> None:
        outcome = failed(self.redactor.clean_error(error))
        job.outcome = evolve(
            outcome,
            error_detail=f"{prefix}: {outcome.error_detail}" if prefix else outcome.error_detail,
            anchor=job.anchor,
            new_anchor=job.new_anchor,
            new_dn=job.new_dn,
            passes=job.passes,
            notes=tuple(job.notes),
            uncertain=uncertain,
            retryable=outcome.retryable if retryable is None else retryable,
        )


_ACTIONS: dict[MAExportError, Callable[[Batch, Job, CSEntryChange], list[Job]]] = {
    MAExportError.EXPORT_ACTION_CONVERT_UPDATE_TO_ADD: Batch._convert_to_add,
    MAExportError.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE: Batch._retry_references,
    MAExportError.EXPORT_ACTION_PROVISIONING_PARENT: Batch._provision_parent,
}


def _refusal(detail: str) -> EntryExportError:
    return EntryExportError(detail, MAExportError.EXPORT_ERROR_CUSTOM_STOP_RUN)


def _stopped_before(result: CSEntryChangeResult) -> EntryExportError:
    return _refusal(
        f"No result came for this entry, because the run ended before it: {result.error_detail}"
    )


def _perhaps_meant(stray: CSEntryChangeResult) -> EntryExportError:
    return EntryExportError(
        "No result came for this entry, but a failure with an identifier that no entry of the "
        f"batch has: {stray.error_detail or stray.error_name or stray.error_code}",
        MAExportError.EXPORT_ERROR_CUSTOM_CONTINUE_RUN,
    )
