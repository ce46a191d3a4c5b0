"""One request, four forms: a change as the connector's ``MAExportType`` wants it.

A host states a change in AttributeUpdate form, because that is what a request says. The object's
current attributes are read only if the form needs them.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping

from ecma2py.capabilities import MAExportType, MANormalizations
from ecma2py.entries import (
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    ObjectModificationType,
    apply_change,
)
from ecma2py.errors import EntryExportError, MAExportError
from ecma2py.schema import (
    AttributeOperation,
    AttributeType,
    Schema,
    SchemaAttribute,
    SchemaType,
    Value,
    Values,
)

EXPORT_PASSWORD = "export_password"  # noqa: S105  the name of the attribute
"""The virtual attribute that carries an initial password (ECMA2)."""

Attributes = Mapping[str, Values]
CurrentProvider = Callable[[], Attributes] | Attributes | None
_PASSWORD = SchemaAttribute(
    EXPORT_PASSWORD, allowed_attribute_operation=AttributeOperation.EXPORT_ONLY
)


class Current:
    """The attributes an object has, read at most once and only when asked for."""

    __slots__ = ("_known", "_provider")

    def __init__(self, provider: CurrentProvider = None) -> None:
        self._known: Attributes | None = None
        self._provider: Callable[[], Attributes] | None = None
        if isinstance(provider, Mapping):
            self._known = provider
        else:
            self._provider = provider

    @property
    def is_available(self) -> bool:
        """True if ``get`` has an answer."""
        return self._known is not None or self._provider is not None

    @property
    def known(self) -> Attributes | None:
        """The attributes, if they cost nothing any more."""
        return self._known

    def get(self, change: CSEntryChange) -> Attributes:
        """The attributes; an ``EntryExportError`` for *change* if nobody can tell them."""
        if self._known is None:
            if self._provider is None:
                raise EntryExportError(
                    "The connector wants more than the change says, and the object's current "
                    "attributes are not known: import the object first.",
                    MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT,
                    dn=change.dn,
                    object_type=change.object_type,
                )
            self._known = self._provider()
        return self._known

    def advance(self, change: CSEntryChange) -> None:
        """Remember that *change* happened."""
        if change.object_modification_type is ObjectModificationType.ADD:
            self._known = apply_change({}, change)
        elif self._known is not None:
            self._known = apply_change(self._known, change)
        elif self._provider is not None:
            provider = self._provider
            self._provider = lambda: apply_change(provider(), change)


def convert(
    change: CSEntryChange,
    export_type: MAExportType,
    *,
    types: Schema,
    current: Current | CurrentProvider = None,
    normalizations: MANormalizations = MANormalizations.NONE,
    replace_as_is: bool = False,
) -> CSEntryChange | None:
    """*change* in the connector's form, as an entry of its own; None if nothing is left to do.

    Applied to the object's attributes, the result makes of them what *change* makes of them; data
    types and multi-valuedness are those of *types*. ``EntryExportError`` for an object type or
    attribute that *types* does not have, or if the form needs *current* and there is none. A
    Replace becomes an Update in the three attribute forms, unless *replace_as_is*.
    """
    known = _selected(change, types)
    if not isinstance(current, Current):
        current = Current(current)
    entry = CSEntryChange(
        change.object_type,
        change.object_modification_type,
        anchor=normalized(change.anchor, normalizations),
        dn=change.dn,
        schema_type=known,
    )
    kind = change.object_modification_type
    if known is None or kind is ObjectModificationType.DELETE:
        entry.changes = dict(change.changes)
        return entry
    if kind is ObjectModificationType.ADD:
        entry.attributes = _shaped(change.attributes, known)
        return entry
    replaces = kind is ObjectModificationType.REPLACE and replace_as_is
    if replaces or export_type is MAExportType.OBJECT_REPLACE:
        return _as_replace(entry, change, known, current)
    if kind is ObjectModificationType.REPLACE:
        change = _as_update(change, known, current)
    form = _FORMS[export_type]
    updated = CSEntryChange(
        entry.object_type,
        ObjectModificationType.UPDATE,
        anchor=entry.anchor,
        dn=entry.dn,
        schema_type=known,
    )
    for name, each in change.changes.items():
        if each.is_new_dn:
            updated.changes[name] = each
            continue
        definition = definition_of(known, name)
        formed = form(definition, _typed(definition, each), _Values(current, change))
        if formed is not None:
            updated.changes[name] = formed
    return updated if updated.changes else None


def normalized(anchor: Mapping[str, Value], rules: MANormalizations) -> dict[str, Value]:
    """*anchor* with its texts in upper case and without accents, as the capabilities ask."""
    if not rules:
        return dict(anchor)
    return {
        name: _normalized_text(value, rules) if isinstance(value, str) else value
        for name, value in anchor.items()
    }


def _normalized_text(text: str, rules: MANormalizations) -> str:
    if MANormalizations.REMOVE_ACCENTS in rules:
        parts = unicodedata.normalize("NFD", text)
        text = "".join(each for each in parts if not unicodedata.combining(each))
        text = unicodedata.normalize("NFC", text)
    return text.upper() if MANormalizations.UPPERCASE in rules else text


def definition_of(schema_type: SchemaType, name: str) -> SchemaAttribute:
    """The attribute *name* of a type; ``EntryExportError`` if the type has none."""
    found = schema_type.attributes.get(name)
    if found is not None:
        return found
    if name == EXPORT_PASSWORD:
        return _PASSWORD
    raise EntryExportError(
        f"Object type {schema_type.name!r} has no selected attribute {name!r}: "
        "add it to the configuration.",
        MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
        object_type=schema_type.name,
        attribute_name=name,
    )


def _selected(change: CSEntryChange, types: Schema) -> SchemaType | None:
    """The type of the object; None if the change may go without one (a DN as anchor)."""
    if change.object_type is None:
        return None
    known = types.types.get(change.object_type)
    if known is None:
        raise EntryExportError(
            f"Object type {change.object_type!r} is not selected: add it to the configuration.",
            MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION,
            object_type=change.object_type,
        )
    return known


class _Values:
    """The current values of one change's object."""

    __slots__ = ("_change", "_current")

    def __init__(self, current: Current, change: CSEntryChange) -> None:
        self._current = current
        self._change = change

    @property
    def available(self) -> bool:
        return self._current.is_available

    def known(self, name: str) -> tuple[Value, ...] | None:
        """Without reading; None if that would be needed."""
        attributes = self._current.known
        return None if attributes is None else _list(attributes.get(name))

    def read(self, name: str) -> tuple[Value, ...]:
        return _list(self._current.get(self._change).get(name))


def _list(values: Values | None) -> tuple[Value, ...]:
    if values is None:
        return ()
    return tuple(values) if isinstance(values, (list, tuple)) else (values,)


def _shape(definition: SchemaAttribute, values: Values) -> Values:
    """A list for a multi-valued attribute, the value itself for a single-valued one."""
    if definition.is_multi_valued:
        return list(_list(values))
    if not isinstance(values, (list, tuple)):
        return values
    if len(values) != 1:
        raise EntryExportError(
            f"Attribute {definition.name!r} holds one value, not {len(values)}.",
            MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
            attribute_name=definition.name,
        )
    return values[0]


def _shaped(attributes: Attributes, schema_type: SchemaType) -> dict[str, Values]:
    return {
        name: _shape(definition_of(schema_type, name), values)
        for name, values in attributes.items()
        if values != []
    }


def _typed(definition: SchemaAttribute, change: AttributeChange) -> AttributeChange:
    if (
        change.data_type is definition.data_type
        and change.is_multi_valued is definition.is_multi_valued
    ):
        return change
    return AttributeChange(
        change.name,
        change.modification_type,
        value_changes=change.value_changes,
        data_type=definition.data_type,
        is_multi_valued=definition.is_multi_valued,
    )


def _as_replace(
    entry: CSEntryChange, change: CSEntryChange, schema_type: SchemaType, current: Current
) -> CSEntryChange:
    """The whole object as it shall be; what only the target writes is left out."""
    if change.object_modification_type is ObjectModificationType.REPLACE:
        after: Attributes = change.attributes
    else:
        typed = CSEntryChange(change.object_type, ObjectModificationType.UPDATE)
        for name, each in change.changes.items():
            if not each.is_new_dn:
                typed.changes[name] = _typed(definition_of(schema_type, name), each)
        after = apply_change(current.get(change), typed)
    read_only = {
        name
        for name, each in schema_type.attributes.items()
        if each.allowed_attribute_operation is AttributeOperation.IMPORT_ONLY
    }
    kept = {name: values for name, values in after.items() if name not in read_only}
    return CSEntryChange(
        entry.object_type,
        ObjectModificationType.REPLACE,
        anchor=entry.anchor,
        dn=entry.dn,
        attributes=_shaped(kept, schema_type),
        changes={name: each for name, each in change.changes.items() if each.is_new_dn},
        schema_type=schema_type,
    )


def _as_update(change: CSEntryChange, schema_type: SchemaType, current: Current) -> CSEntryChange:
    """A Replace as the changes it comes to: what it names is set, all else is deleted.

    Anchors, and what travels in one direction only, stay as they are unless named.
    """
    before = current.get(change) if current.is_available else None
    update = CSEntryChange(
        change.object_type,
        ObjectModificationType.UPDATE,
        anchor=change.anchor,
        dn=change.dn,
        changes=dict(change.changes),
    )
    for name, values in _shaped(change.attributes, schema_type).items():
        if before is None or set(_list(before.get(name))) != set(_list(values)):
            update.changes[name] = AttributeChange.replace(name, values)
    for name, definition in schema_type.attributes.items():
        both_ways = definition.allowed_attribute_operation is AttributeOperation.IMPORT_EXPORT
        left_out = name not in change.attributes and both_ways and not definition.is_anchor
        if left_out and (before is None or name in before):
            update.changes[name] = AttributeChange.delete(name)
    return update


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
    definition: SchemaAttribute, change: AttributeChange, current: _Values, *, with_old: bool
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
    return _made(definition, AttributeModificationType.REPLACE, added=(value,))


def _deltas(
    definition: SchemaAttribute, change: AttributeChange, current: _Values
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
    definition: SchemaAttribute, change: AttributeChange, current: _Values
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
    definition: SchemaAttribute, change: AttributeChange, current: _Values
) -> AttributeChange | None:
    if definition.is_multi_valued:
        return _deltas(definition, change, current)
    return _single(definition, change, current, with_old=True)


def _attribute_replace(
    definition: SchemaAttribute, change: AttributeChange, current: _Values
) -> AttributeChange | None:
    if definition.is_multi_valued:
        return _whole_set(definition, change, current)
    return _single(definition, change, current, with_old=False)


def _reference_update(
    definition: SchemaAttribute, change: AttributeChange, current: _Values
) -> AttributeChange | None:
    if definition.is_multi_valued and definition.data_type is not AttributeType.REFERENCE:
        return _whole_set(definition, change, current)
    return _attribute_update(definition, change, current)


_Form = Callable[[SchemaAttribute, AttributeChange, _Values], AttributeChange | None]
_FORMS: dict[MAExportType, _Form] = {
    MAExportType.ATTRIBUTE_UPDATE: _attribute_update,
    MAExportType.ATTRIBUTE_REPLACE: _attribute_replace,
    MAExportType.MULTIVALUED_REFERENCE_ATTRIBUTE_UPDATE: _reference_update,
}
