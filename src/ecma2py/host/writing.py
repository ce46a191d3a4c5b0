"""Creates, changes and deletes: a SCIM request becomes one export, and its answer what it says."""

import asyncio
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from attrs import define, evolve, field, frozen

from ecma2py.entries import (
    EXPORT_PASSWORD,
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    generated_dn,
)
from ecma2py.errors import MAExportError
from ecma2py.host.deprovisioning import Flows
from ecma2py.host.differences import changes_between, effective
from ecma2py.host.exporting import Exporter
from ecma2py.host.http import LARGE_BODY, Request
from ecma2py.host.refusals import refusal
from ecma2py.host.views import Views
from ecma2py.schema import Value
from ecma2py.scim.bindings import Binding
from ecma2py.scim.bodies import read_resource
from ecma2py.scim.errors import (
    export_error,
    mutability,
    not_found,
    precondition_failed,
    uniqueness,
)
from ecma2py.scim.intents import Intent, Unknown, is_same
from ecma2py.scim.operations import PatchLimits
from ecma2py.scim.patch import read_patch
from ecma2py.scim.types import ResourceType
from ecma2py.space import SpaceObject

_AT_ONCE = 10_000
"""Comparisons that the filters of one PATCH may ask for before it is read in a thread."""


@define
class Writer:
    """The writes of one connector."""

    _views: Views
    _exporter: Exporter
    _flows: Mapping[str, Flows]
    """By object type."""
    _patch_limits: PatchLimits = field(kw_only=True)
    _seconds: float = field(kw_only=True)
    """How long the reading of a body may take."""
    _unknown: Unknown = field(kw_only=True)
    """What becomes of an attribute that is not known."""
    _renames: bool = field(kw_only=True)
    """True if the connector can give an object another DN."""
    _turns: dict[str, "_Turn"] = field(factory=dict, init=False)
    _arriving: set[tuple[str, str, str]] = field(factory=set, init=False)
    """Unique values of objects that are being created, so that no two take the same."""

    async def create(self, kind: ResourceType, body: object, request: Request) -> SpaceObject:
        """The new object; 409 if a unique value is taken."""

        def read() -> Intent:
            return read_resource(
                body, kind, resolve=self._resolve, mode="create", unknown=self._unknown
            )

        intent = await self._views.beside(read) if request.is_large else read()
        intent = self._flows[kind.object_type].created(intent)
        values = dict(intent.values)
        names = kind.schema_type.anchor_attributes
        anchor = {name: values.pop(name) for name in names if name in values}
        dn = intent.dn
        if dn is None and self._exporter.generates_dn and len(anchor) == len(names):
            dn = generated_dn(anchor.values(), kind.object_type)  # type: ignore[arg-type]
        entry = CSEntryChange.add(kind.object_type, anchor, dn=dn, attributes=values)  # type: ignore[arg-type]
        if intent.password is not None:
            entry.attributes[EXPORT_PASSWORD] = intent.password.reveal()
        with self._unique(kind, intent.values, None):
            made = await self._export(kind, entry, None, "create", request.label)
        if made is None:
            raise export_error(
                MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT,
                "The connector gave the new object no anchor.",
            )
        return made

    async def patch(
        self, kind: ResourceType, object_id: str, body: object, request: Request
    ) -> SpaceObject | None:
        """The changed object; None if disabling it deleted it."""
        async with self._turn(object_id):
            found = self._found(kind, object_id, request)

            def read(reading: _Reading) -> Intent:
                intent = read_patch(
                    body,
                    kind,
                    resolve=self._resolve,
                    current=reading.current,
                    limits=self._patch_limits,
                    id=object_id,
                    pace=reading.pace,
                    unknown=self._unknown,
                )
                return self._needed(reading, intent)

            intent = await self._read(kind, found, request, read)
            return await self._change(kind, found, intent, request.label, "patch")

    async def replace(
        self, kind: ResourceType, object_id: str, body: object, request: Request
    ) -> SpaceObject | None:
        """The object as the body has it: what the body leaves out has no value afterwards."""
        async with self._turn(object_id):
            found = self._found(kind, object_id, request)

            def read(reading: _Reading) -> Intent:
                current = reading.current()
                intent = read_resource(
                    body,
                    kind,
                    resolve=self._resolve,
                    mode="replace",
                    current=reading.current,
                    id=object_id,
                    unknown=self._unknown,
                )
                changes = tuple(changes_between(kind, current, intent.values, body))
                return self._needed(reading, evolve(intent, changes=changes))

            intent = await self._read(kind, found, request, read)
            return await self._change(kind, found, intent, request.label, "replace")

    async def delete(self, kind: ResourceType, object_id: str, request: Request) -> None:
        """What the Delete flow says becomes of the object."""
        async with self._turn(object_id):
            found = self._found(kind, object_id, request)
            flows = self._flows[kind.object_type]
            if flows.delete_deletes:
                await self._delete(kind, found, request.label)
            elif flows.delete is not None:
                change = flows.delete.change(flows.delete.off)
                needed = effective(self._views.space, kind, found, [change])
                await self._update(kind, found, needed, request.label, "delete")

    async def _read(
        self,
        kind: ResourceType,
        found: SpaceObject,
        request: Request,
        read: "Callable[[_Reading], Intent]",
    ) -> Intent:
        """What *read* makes of a body: at once, or where that takes long, in a thread."""
        if not request.is_large and len(found.document) <= LARGE_BODY:
            try:
                return read(_Reading(self._views, kind, found))
            except _TakesLongError:
                pass
        until = perf_counter() + self._seconds
        return await self._views.beside(lambda: read(_Reading(self._views, kind, found, until)))

    def _needed(self, reading: "_Reading", intent: Intent) -> Intent:
        """*intent* without what the object has already."""
        intent = self._flows[reading.kind.object_type].changed(intent)
        changes = list(intent.changes)
        replaces = AttributeModificationType.REPLACE
        if any(each.is_multi_valued and each.modification_type is replaces for each in changes):
            reading.compare()
        kind, found = reading.kind, reading.found
        needed = effective(self._views.space, kind, found, changes)
        return intent if needed == changes else evolve(intent, changes=tuple(needed))

    async def _change(
        self, kind: ResourceType, found: SpaceObject, intent: Intent, actor: str, operation: str
    ) -> SpaceObject | None:
        changes = list(intent.changes)
        if intent.active is False and self._flows[kind.object_type].disable_deletes:
            await self._delete(kind, found, actor)
            return None
        if intent.dn is not None and intent.dn != found.dn:
            if not self._renames:
                raise mutability("-dn- cannot change: the connector renames no objects.")
            changes.append(AttributeChange.new_dn(intent.dn))
        wanted = {each.name: each.value for each in changes if each.value is not None}
        with self._unique(kind, wanted, found):
            after = await self._update(kind, found, changes, actor, operation)
        if intent.password is not None:
            await self._exporter.set_password(kind, after, intent.password, actor)
        return after

    async def _update(
        self,
        kind: ResourceType,
        found: SpaceObject,
        changes: list[AttributeChange],
        actor: str,
        operation: str,
    ) -> SpaceObject:
        """The object after *changes*; as it is if there are none."""
        if not changes:
            return found
        entry = CSEntryChange.update(kind.object_type, found.anchor, dn=found.dn, changes=changes)
        return await self._export(kind, entry, found, operation, actor) or found

    async def _delete(self, kind: ResourceType, found: SpaceObject, actor: str) -> None:
        entry = CSEntryChange.delete(kind.object_type, found.anchor, dn=found.dn)
        await self._export(kind, entry, found, "delete", actor)

    async def _export(
        self,
        kind: ResourceType,
        entry: CSEntryChange,
        found: SpaceObject | None,
        operation: str,
        actor: str,
    ) -> SpaceObject | None:
        outcome, after = await self._exporter.export(kind, entry, found, operation, actor)
        if not outcome.is_success:
            raise refusal(outcome)
        return after

    def _found(self, kind: ResourceType, object_id: str, request: Request) -> SpaceObject:
        found = self._views.space.get(kind.object_type, object_id)
        if found is None:
            raise not_found(f"There is no {kind.name} with the id {object_id!r}.")
        if not request.may_change(found.version):
            raise precondition_failed(
                f"{kind.name} {object_id} is at version {found.version}: read it again first."
            )
        return found

    def _resolve(self, ids: Any) -> Mapping[str, str]:
        """The texts behind ids, which a client may also give as the location of the resource."""
        prefix = f"{self._views.base_url}/"
        known = {each: each.rsplit("/", 1)[1] if each.startswith(prefix) else each for each in ids}
        found = self._views.space.resolve_ids(list(known.values()))
        return {given: found[each][1] for given, each in known.items() if each in found}

    def _unique(
        self, kind: ResourceType, values: Mapping[str, Any], own: SpaceObject | None
    ) -> "_Reservation":
        """Keeps the unique values among *values* for the object *own*, or for a new one."""
        wanted = []
        for binding in kind.unique:
            value = values.get(binding.attribute)
            if value is None or isinstance(value, (list, tuple)):
                continue
            name, space = kind.object_type, self._views.space
            # What the space takes for the same value is the same value while it arrives, too.
            claim = (name, binding.attribute, space.match_key(name, binding.attribute, value))
            holders = space.find(name, binding.attribute, value)
            own_id = own.id if own is not None else None
            others = (each for each in holders if each.id != own_id)
            if claim in self._arriving or any(
                _shows(kind, binding, each, value) for each in others
            ):
                raise uniqueness(f"{binding.path} {value!r} is in use by another {kind.name}.")
            wanted.append(claim)
        return _Reservation(self._arriving, wanted)

    def _turn(self, object_id: str) -> "_Turn":
        """Writes to one object come one after another, each seeing what the last one left."""
        turn = self._turns.get(object_id)
        if turn is None:
            turn = self._turns[object_id] = _Turn(self._turns, object_id)
        return turn


@define(eq=False)
class _Turn:
    """The turns of one object's writes; forgets itself after the last."""

    _all: dict[str, "_Turn"]
    _object_id: str
    _lock: asyncio.Lock = field(factory=asyncio.Lock, init=False)
    _inside: int = field(default=0, init=False)

    async def __aenter__(self) -> None:
        self._inside += 1
        try:
            await self._lock.acquire()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(self, *error: object) -> None:
        self._lock.release()
        self._leave()

    def _leave(self) -> None:
        self._inside -= 1
        if not self._inside:
            del self._all[self._object_id]


class _TakesLongError(Exception):
    """What was begun at once is to be done in a thread: it has changed nothing yet."""


@define(eq=False)
class _Reading:
    """A body being compared with the object it is for: at once, or in a thread that ends in time.

    Most bodies can be read without the object; only those that cannot pay for its size.
    """

    _views: Views
    kind: ResourceType
    found: SpaceObject
    _until: float | None = None
    """When a thread gives up, since the client has been told so; None where others wait."""
    _current: Mapping[str, Any] | None = field(default=None, init=False)

    def current(self) -> Mapping[str, Any]:
        """Every attribute of the object, references too, as clients see them."""
        if self._current is None:
            self.compare()
            self._current = self.kind.shown(self._views.whole(self.kind, self.found))
        return self._current

    def compare(self) -> None:
        """Go on to look at all that the object refers to, if it may be looked at here."""
        if self._until is None and self._views.is_large(self.kind, self.found):
            raise _TakesLongError

    def pace(self, comparisons: int) -> None:
        """Go on after so many comparisons, if there is time for more."""
        if self._until is None:
            if comparisons > _AT_ONCE:
                raise _TakesLongError
        elif perf_counter() > self._until:
            raise TimeoutError


@frozen
class _Reservation:
    """Unique values held until the object that has them is in the space."""

    _arriving: set[tuple[str, str, str]]
    _wanted: list[tuple[str, str, str]]

    def __enter__(self) -> None:
        self._arriving.update(self._wanted)

    def __exit__(self, *error: object) -> None:
        self._arriving.difference_update(self._wanted)


def _shows(kind: ResourceType, binding: Binding, holder: SpaceObject, value: Value) -> bool:
    """False if *holder* has *value* only among those that clients do not see."""
    if not binding.is_first:
        return True
    held = kind.shown(holder.typed(kind.binary)).get(binding.attribute, ())
    return is_same(binding, held, value)
