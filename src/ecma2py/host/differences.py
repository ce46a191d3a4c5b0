"""Only what differs from the stored object is exported; what changes nothing is not."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ecma2py.entries import AttributeChange, AttributeModificationType
from ecma2py.schema import (
    AttributeOperation,
    AttributeType,
    SchemaAttribute,
    Value,
    Values,
)
from ecma2py.scim.bindings import Mutability, Role
from ecma2py.scim.types import ResourceType
from ecma2py.space import Space, SpaceObject


def effective(
    space: Space, kind: ResourceType, found: SpaceObject, changes: list[AttributeChange]
) -> list[AttributeChange]:
    """The part of *changes* that changes what clients see of the object, in the same order.

    Values it has are not added again and values it lacks are not removed, each found by one
    look-up, so that a member added to a large group costs what it costs in a small one.
    """
    stored = kind.shown(found.typed(kind.binary))
    kept = []
    for change in changes:
        attribute = kind.schema_type.attributes.get(change.name)
        if attribute is None or _is_not_stored(attribute):
            kept.append(change)
        elif attribute.is_multi_valued:
            held = _held(space, found, attribute, stored.get(change.name))
            kept.extend(_changed_set(attribute, change, held))
        elif _one(space, kind, found, attribute, stored) != change.value:
            kept.append(change)
    return kept


def _one(
    space: Space,
    kind: ResourceType,
    found: SpaceObject,
    attribute: SchemaAttribute,
    stored: Mapping[str, Values],
) -> Values | None:
    """What a single-valued attribute holds; of several references, by its target's own text."""
    if attribute.name not in kind.firsts or attribute.data_type is not AttributeType.REFERENCE:
        return stored.get(attribute.name)
    for id, _, text in space.reference_ids(found.row, attribute.name, limit=1):
        known = space.resolve_ids([id]).get(id) if id is not None else None
        return known[1] if known is not None else text
    return None


def _is_not_stored(attribute: SchemaAttribute) -> bool:
    return attribute.allowed_attribute_operation is AttributeOperation.EXPORT_ONLY


class _References(Collection[Value]):
    """The references of one attribute of one object; membership is one look-up."""

    def __init__(self, space: Space, found: SpaceObject, name: str) -> None:
        self._space, self._row, self._name = space, found.row, name

    def __contains__(self, text: object) -> bool:
        return self._space.has_reference(self._row, self._name, str(text))

    def __iter__(self) -> Iterator[Value]:
        return iter(self._space.references(self._row, self._name))

    def __len__(self) -> int:
        return self._space.count_references(self._row, self._name)


def _held(
    space: Space, found: SpaceObject, attribute: SchemaAttribute, stored: Values | None
) -> Collection[Value]:
    if attribute.data_type is AttributeType.REFERENCE:
        return _References(space, found, attribute.name)
    listed = stored if isinstance(stored, (list, tuple)) else () if stored is None else (stored,)
    return dict.fromkeys(listed)  # a list would be searched from its start for each value


def _changed_set(
    attribute: SchemaAttribute, change: AttributeChange, held: Collection[Value]
) -> Iterator[AttributeChange]:
    kind = change.modification_type
    if kind is AttributeModificationType.DELETE:
        if len(held):
            yield change
        return
    added = [value for value in change.values if value not in held]
    if kind is AttributeModificationType.REPLACE:
        wanted = set(change.values)
        removed = [value for value in held if value not in wanted]
    else:
        removed = [value for value in change.removed if value in held]
    if added or removed:
        yield AttributeChange.of(
            change.name,
            AttributeModificationType.UPDATE,
            added=added,
            removed=removed,
            is_multi_valued=True,
            data_type=attribute.data_type,
        )


def changes_between(
    kind: ResourceType, current: Mapping[str, Any], wanted: Mapping[str, Values], body: object
) -> list[AttributeChange]:
    """What makes of an object with *current* one with *wanted*, as PUT asks.

    An attribute that is neither wanted nor could be named by the client stays: one published only
    in an extension that the body leaves out, one that cannot be written or is never shown.
    """
    changes = [
        AttributeChange.replace(name, value)
        for name, value in wanted.items()
        if name not in kind.schema_type.anchor_attributes
    ]
    cleared = {
        binding.attribute
        for binding in kind.bindings
        if binding.role is Role.ATTRIBUTE
        and binding.mutability is Mutability.READ_WRITE
        and _addressed(binding.schema, body)
    }
    changes += [
        AttributeChange.delete(name) for name in current if name in cleared and name not in wanted
    ]
    return changes


def _addressed(schema: str | None, body: object) -> bool:
    if schema is None or not isinstance(body, dict):
        return True
    return any(str(key).lower() == schema.lower() for key in body)
