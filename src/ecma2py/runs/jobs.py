"""One submitted change on its way through the passes of a batch."""

from collections.abc import Hashable, Mapping
from concurrent.futures import Future
from typing import Protocol, Self

from attrs import define, field, frozen

from ecma2py.entries import (
    EXPORT_PASSWORD,
    AttributeChange,
    CSEntryChange,
    ObjectModificationType,
)
from ecma2py.parameters import SecureString
from ecma2py.runs.current import Current, CurrentProvider
from ecma2py.runs.outcomes import ExportOutcome
from ecma2py.schema import AttributeType, Schema, SchemaType, Value, Values

_ADD, _UPDATE, _DELETE = (
    ObjectModificationType.ADD,
    ObjectModificationType.UPDATE,
    ObjectModificationType.DELETE,
)


def keys_of(change: CSEntryChange) -> frozenset[Hashable]:
    """What the change's object is known by: two changes that share a key are sent in order."""
    keys: list[Hashable] = []
    if change.anchor:
        keys.append((change.object_type, *sorted(change.anchor.items())))
    if change.dn is not None:
        keys.append(change.dn)
    if change.new_dn is not None:
        keys.append(change.new_dn)
    return frozenset(keys)


class Waiter(Protocol):
    """Who hears what becomes of a change. The session's thread calls it, and it must not raise."""

    def begins(self) -> bool:
        """The change is about to be sent; False if nobody wants it any more, and it is not."""
        ...

    def resolve(self, outcome: ExportOutcome) -> None:
        """The change ended like this."""
        ...

    def fail(self, error: Exception) -> None:
        """The change was not sent, or is written and could not be recorded."""
        ...


@frozen
class FutureWaiter:
    """Whoever waits for a future, and may cancel it before the change is sent."""

    future: "Future[ExportOutcome]" = field(factory=Future)

    def begins(self) -> bool:
        """False if the future was cancelled."""
        return self.future.set_running_or_notify_cancel()

    def resolve(self, outcome: ExportOutcome) -> None:
        """Give the future its result."""
        self.future.set_result(outcome)

    def fail(self, error: Exception) -> None:
        """Give the future its error."""
        self.future.set_exception(error)


@frozen
class Submission:
    """A change to be sent: an Add, an Update in AttributeUpdate form, a Replace or a Delete."""

    change: CSEntryChange
    waiter: Waiter
    current: CurrentProvider = field(default=None, kw_only=True)
    """The object's attributes, for a connector that wants more than the change."""
    context: object = field(default=None, kw_only=True)
    """What ``commit`` gets along with the change."""


@define(eq=False)
class Job:
    """What is known of one change: what is still to be sent, and what was."""

    change: CSEntryChange
    current: Current = field(factory=Current)
    waiter: Waiter | None = field(default=None, kw_only=True)
    """None for a change that the session makes by itself."""
    context: object = field(default=None, kw_only=True)
    keys: frozenset[Hashable] = field(factory=frozenset, kw_only=True)
    steps: list[CSEntryChange] = field(factory=list, kw_only=True)
    """What is still to be sent, one a pass, in AttributeUpdate form."""
    done: list[CSEntryChange] = field(factory=list, kw_only=True)
    """The steps the target took."""
    secret: SecureString | None = field(default=None, kw_only=True)
    """The password the change holds."""
    sets_password: bool = field(default=False, kw_only=True)
    """The password goes through SetPassword, after all steps."""
    parent: "Job | None" = field(default=None, kw_only=True)
    """Its parent, being exported first."""
    replaced_by: "Job | None" = field(default=None, kw_only=True)
    """The Add that makes this Delete a Replace."""
    anchor: dict[str, Value] = field(factory=dict, kw_only=True)
    new_anchor: dict[str, Value] | None = field(default=None, kw_only=True)
    new_dn: str | None = field(default=None, kw_only=True)
    retries: int = field(default=0, kw_only=True)
    passes: int = field(default=0, kw_only=True)
    notes: list[str] = field(factory=list, kw_only=True)
    outcome: ExportOutcome | None = field(default=None, kw_only=True)

    @classmethod
    def of(cls, submission: Submission) -> Self:
        """The job that *submission* is."""
        change = submission.change
        return cls(
            change,
            Current(submission.current),
            waiter=submission.waiter,
            context=submission.context,
            keys=keys_of(change),
            secret=password_of(change),
        )

    @property
    def applied(self) -> CSEntryChange | None:
        """What the target took, without the password."""
        if self.outcome is not None and not self.steps and self.done:
            return without(self.change, {EXPORT_PASSWORD})
        return without(self.done[0], {EXPORT_PASSWORD}) if self.done else None

    def taken(self, step: CSEntryChange) -> None:
        """The target took *step*."""
        self.steps.pop(0)
        self.done.append(step)
        self.current.advance(step)

    def identified(self, step: CSEntryChange) -> CSEntryChange:
        """*step* with the anchor and DN the object has by now."""
        if self.new_anchor is None and self.new_dn is None:
            return step
        return copied(step, anchor=dict(self.anchor), dn=self.new_dn or step.dn)


def copied(
    change: CSEntryChange,
    *,
    kind: ObjectModificationType | None = None,
    anchor: dict[str, Value] | None = None,
    dn: str | None = None,
    attributes: Mapping[str, Values] | None = None,
    changes: Mapping[str, AttributeChange] | None = None,
) -> CSEntryChange:
    """A new entry like *change* but for what is given."""
    return CSEntryChange(
        change.object_type,
        change.object_modification_type if kind is None else kind,
        anchor=dict(change.anchor) if anchor is None else anchor,
        dn=change.dn if dn is None else dn,
        attributes=dict(change.attributes if attributes is None else attributes),
        changes=dict(change.changes if changes is None else changes),
    )


def without(change: CSEntryChange, names: set[str]) -> CSEntryChange:
    """*change* less the named attributes; itself if it has none of them."""
    if names.isdisjoint(change.attributes) and names.isdisjoint(change.changes):
        return change
    return copied(
        change,
        attributes={k: v for k, v in change.attributes.items() if k not in names},
        changes={k: v for k, v in change.changes.items() if k not in names},
    )


def references_of(change: CSEntryChange, schema_type: SchemaType | None) -> set[str]:
    """The names of the reference attributes *change* touches."""
    if schema_type is None:
        return set()
    known = schema_type.attributes
    return {
        name
        for name in (*change.attributes, *change.changes)
        if name in known and known[name].data_type is AttributeType.REFERENCE
    }


def only_references(change: CSEntryChange, names: set[str]) -> CSEntryChange:
    """The second step of *change*: an Update that carries the named references alone."""
    changes = {name: each for name, each in change.changes.items() if name in names}
    for name, values in change.attributes.items():
        if name in names:
            changes[name] = AttributeChange.replace(name, values)
    return copied(
        change,
        kind=_UPDATE,
        dn=change.new_dn or change.dn,
        attributes={},
        changes=changes,
    )


def steps_of(
    change: CSEntryChange, types: Schema, *, references_later: bool
) -> list[CSEntryChange]:
    """*change* as it is sent: whole, or with its references withheld into a second step."""
    if not references_later or change.object_modification_type is _DELETE:
        return [change]
    names = references_of(change, types.types.get(change.object_type or ""))
    if not names:
        return [change]
    first, second = without(change, names), only_references(change, names)
    if change.object_modification_type is _UPDATE and not first.changes:
        return [second]
    return [first, second]


def password_of(change: CSEntryChange) -> SecureString | None:
    """The initial or new password that *change* carries; None if it carries none."""
    value: object = change.attributes.get(EXPORT_PASSWORD)
    update = change.changes.get(EXPORT_PASSWORD)
    if update is not None:
        value = update.value
    return SecureString(str(value)) if value is not None else None
