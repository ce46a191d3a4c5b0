"""Changes of one object, merged attribute by attribute until there is one for each."""

from collections.abc import Iterable, Sequence

from ecma2py.entries import AttributeChange, AttributeModificationType
from ecma2py.parameters import SecureString
from ecma2py.schema import Value
from ecma2py.scim.bindings import Binding, Role
from ecma2py.scim.errors import mutability
from ecma2py.scim.intents import (
    Current,
    Intent,
    Resolve,
    check_writable,
    connector_values,
    special_value,
)
from ecma2py.scim.types import ResourceType


class Pending:
    """What a request does to one connector attribute, merged from several operations."""

    __slots__ = ("added", "binding", "cleared", "removed")

    def __init__(self, binding: Binding) -> None:
        self.binding = binding
        self.cleared = False
        """True if what the object held before does not count any more."""
        self.added: dict[Value, None] = {}
        self.removed: dict[Value, None] = {}

    def replace(self, values: Iterable[Value]) -> None:
        """The attribute has these values and no other."""
        self.cleared = True
        self.removed = {}
        self.added = dict.fromkeys(values)

    def add(self, values: Iterable[Value]) -> None:
        """The set gains these values."""
        for value in values:
            self.removed.pop(value, None)
            self.added[value] = None

    def remove(self, values: Iterable[Value]) -> None:
        """The set loses these values."""
        for value in values:
            self.added.pop(value, None)
            if not self.cleared:
                self.removed[value] = None

    def values(self, before: Sequence[Value]) -> list[Value]:
        """What the attribute holds after this, if it held *before*."""
        kept = () if self.cleared else (v for v in before if v not in self.removed)
        return list(dict.fromkeys((*kept, *self.added)))

    def change(self) -> AttributeChange | None:
        """The one change of the attribute; None if nothing happens to it."""
        attribute = self.binding.schema_attribute
        if not self.cleared:
            if not self.added and not self.removed:
                return None
            kind = AttributeModificationType.UPDATE
        elif self.added:
            kind = AttributeModificationType.REPLACE
        else:
            return AttributeChange(
                attribute.name,
                AttributeModificationType.DELETE,
                data_type=attribute.data_type,
                is_multi_valued=attribute.is_multi_valued,
            )
        return AttributeChange.of(
            attribute.name,
            kind,
            added=tuple(self.added),
            removed=tuple(self.removed),
            is_multi_valued=attribute.is_multi_valued,
            data_type=attribute.data_type,
        )


class Draft:
    """Collects the changes a PATCH makes, attribute by attribute, in the order they come."""

    __slots__ = ("_current", "_pending", "_resolve", "_type", "active", "dn", "password")

    def __init__(
        self, resource_type: ResourceType, resolve: Resolve, current: Current | None
    ) -> None:
        self._type = resource_type
        self._resolve = resolve
        self._current = current
        self._pending: dict[str, Pending] = {}
        self.dn: str | None = None
        self.active: bool | None = None
        self.password: SecureString | None = None

    def replace(self, binding: Binding, raws: Sequence[object]) -> None:
        """*binding* gets these JSON values and loses all others; with none it is cleared."""
        values = connector_values(binding, raws, self._resolve)
        if not binding.is_changeable and not check_writable(binding, values, self._current):
            return
        if binding.role is Role.ATTRIBUTE:
            self._of(binding).replace(values)
        if binding.is_active:
            self.active = _truth(binding, values)
        elif binding.role is not Role.ATTRIBUTE:
            self._special(binding, values)

    def add(self, binding: Binding, raws: Sequence[object]) -> None:
        """*binding* gains these JSON values."""
        if not raws:
            return
        if not binding.is_multi_valued:
            self.replace(binding, raws)
            return
        values = connector_values(binding, raws, self._resolve)
        if check_writable(binding, values, self._current):
            self._of(binding).add(values)

    def remove(self, binding: Binding, raws: Sequence[object]) -> None:
        """A multi-valued *binding* loses these JSON values."""
        values = connector_values(binding, raws, self._resolve, removing=True)
        if check_writable(binding, [], self._current):
            self._of(binding).remove(values)

    def held(self, binding: Binding) -> list[Value] | None:
        """What *binding* holds by now; None if that is not known here."""
        pending = self._pending.get(binding.attribute)
        if self._current is None and (pending is None or not pending.cleared):
            return None
        stored = self._current().get(binding.attribute, ()) if self._current else ()
        before = stored if isinstance(stored, (list, tuple)) else (stored,)
        return pending.values(before) if pending is not None else list(before)

    def intent(self) -> Intent:
        """All of it as one intent; 400 mutability if a required attribute would be cleared."""
        changes = []
        for name, pending in self._pending.items():
            change = pending.change()
            if change is None:
                continue
            if change.modification_type is AttributeModificationType.DELETE and (
                binding := self._type.required.get(name)
            ):
                raise mutability(f"{binding.path} is required: it cannot be removed")
            changes.append(change)
        return Intent(
            changes=tuple(changes), dn=self.dn, active=self.active, password=self.password
        )

    def _of(self, binding: Binding) -> Pending:
        pending = self._pending.get(binding.attribute)
        if pending is None:
            pending = self._pending[binding.attribute] = Pending(binding)
        return pending

    def _special(self, binding: Binding, values: Sequence[Value]) -> None:
        self.dn, self.password = special_value(binding, values, self.dn, self.password)


def _truth(binding: Binding, values: Sequence[Value]) -> bool | None:
    return bool(binding.published(values[0])) if values else None
