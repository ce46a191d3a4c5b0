"""What one attribute's change looks like in each of the attribute-wise export types."""

from collections.abc import Callable, Iterable

from ecma2py.capabilities import MAExportType
from ecma2py.entries import AttributeChange, AttributeModificationType, CSEntryChange
from ecma2py.runs.current import Current
from ecma2py.schema import AttributeType, SchemaAttribute, Value
from ecma2py.values import as_values


class CurrentValues:
    """The current values of one change's object."""

    __slots__ = ("_change", "_current")

    def __init__(self, current: Current, change: CSEntryChange) -> None:
        self._current = current
        self._change = change

    @property
    def available(self) -> bool:
        """True if ``read`` has an answer."""
        return self._current.is_available

    def known(self, name: str) -> tuple[Value, ...] | None:
        """The values of an attribute, without reading; None if that would be needed."""
        attributes = self._current.known
        return None if attributes is None else as_values(attributes.get(name))

    def read(self, name: str) -> tuple[Value, ...]:
        """The values of an attribute, none for an absent one; an error if nobody can tell them."""
        return as_values(self._current.get(self._change).get(name))


def _made(
    definition: SchemaAttribute,
    kind: AttributeModificationType,
    *,
    added: Iterable[Value] = (),
    removed: Iterable[Value] = (),
) -> AttributeChange:
    return AttributeChange.of(
        definition.name,
        kind,
        added=tuple(added),
        removed=tuple(removed),
        is_multi_valued=definition.is_multi_valued,
        data_type=definition.data_type,
    )


def _deleted(definition: SchemaAttribute) -> AttributeChange:
    return _made(definition, AttributeModificationType.DELETE)


def _clears(change: AttributeChange) -> bool:
    """True if the attribute has no value afterwards, whatever it had before."""
    if change.modification_type is AttributeModificationType.DELETE:
        return True
    replaces = change.modification_type is AttributeModificationType.REPLACE
    return replaces and not change.values


def _single(
    definition: SchemaAttribute, change: AttributeChange, current: CurrentValues, *, with_old: bool
) -> AttributeChange | None:
    """The new value, with the old one as a Delete where that is wanted and costs no reading."""
    if _clears(change):
        return _deleted(definition)
    value = change.value
    if value is None:
        if not current.available:
            return change
        before = current.read(definition.name)
        return _deleted(definition) if set(before) & set(change.removed) else None
    old = current.known(definition.name) if with_old else None
    if old and old[0] != value:
        return _made(definition, AttributeModificationType.UPDATE, added=(value,), removed=old[:1])
    replaces = change.modification_type is AttributeModificationType.REPLACE
    if replaces and len(change.value_changes) == 1:
        return change
    return _made(definition, AttributeModificationType.REPLACE, added=(value,))


def _deltas(
    definition: SchemaAttribute, change: AttributeChange, current: CurrentValues
) -> AttributeChange | None:
    """Values gained and lost; a new set is compared with the old one where that is known."""
    if _clears(change):
        return _deleted(definition)
    update = AttributeModificationType.UPDATE
    if change.modification_type is update:
        return change
    if change.modification_type is AttributeModificationType.ADD:
        return _made(definition, update, added=change.values)
    if not current.available:
        return change
    before, wanted = current.read(definition.name), change.values
    gone, kept = set(before) - set(wanted), set(before)
    added = [value for value in wanted if value not in kept]
    if not gone and not added:
        return None
    removed = [value for value in before if value in gone]
    return _made(definition, update, added=added, removed=removed)


def _whole_set(
    definition: SchemaAttribute, change: AttributeChange, current: CurrentValues
) -> AttributeChange | None:
    """The full set of values the attribute shall have."""
    if _clears(change):
        return _deleted(definition)
    if change.modification_type is AttributeModificationType.REPLACE:
        return change
    gone = set(change.removed)
    kept = dict.fromkeys(v for v in current.read(definition.name) if v not in gone)
    kept.update(dict.fromkeys(change.values))
    if not kept:
        return _deleted(definition)
    return _made(definition, AttributeModificationType.REPLACE, added=kept)


def _attribute_update(
    definition: SchemaAttribute, change: AttributeChange, current: CurrentValues
) -> AttributeChange | None:
    if definition.is_multi_valued:
        return _deltas(definition, change, current)
    return _single(definition, change, current, with_old=True)


def _attribute_replace(
    definition: SchemaAttribute, change: AttributeChange, current: CurrentValues
) -> AttributeChange | None:
    if definition.is_multi_valued:
        return _whole_set(definition, change, current)
    return _single(definition, change, current, with_old=False)


def _reference_update(
    definition: SchemaAttribute, change: AttributeChange, current: CurrentValues
) -> AttributeChange | None:
    if definition.is_multi_valued and definition.data_type is not AttributeType.REFERENCE:
        return _whole_set(definition, change, current)
    return _attribute_update(definition, change, current)


Form = Callable[[SchemaAttribute, AttributeChange, CurrentValues], AttributeChange | None]
FORMS: dict[MAExportType, Form] = {
    MAExportType.ATTRIBUTE_UPDATE: _attribute_update,
    MAExportType.ATTRIBUTE_REPLACE: _attribute_replace,
    MAExportType.MULTIVALUED_REFERENCE_ATTRIBUTE_UPDATE: _reference_update,
}
