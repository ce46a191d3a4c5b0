"""One request, four forms: a change as the connector's ``MAExportType`` wants it.

A host states a change in AttributeUpdate form, because that is what a request says. The object's
current attributes are read only if the form needs them.
"""

from collections.abc import Iterable, Mapping

from ecma2py.capabilities import MAExportType, MANormalizations
from ecma2py.entries import (
    EXPORT_PASSWORD,
    AttributeChange,
    CSEntryChange,
    ObjectModificationType,
    apply_change,
)
from ecma2py.errors import EntryExportError, MAExportError
from ecma2py.runs.current import Attributes, Current, CurrentProvider
from ecma2py.runs.export_forms import FORMS, CurrentValues
from ecma2py.schema import (
    AttributeOperation,
    AttributeType,
    Schema,
    SchemaAttribute,
    SchemaType,
    Value,
    Values,
)
from ecma2py.values import as_values

_KINDS: dict[AttributeType, type] = {
    AttributeType.STRING: str,
    AttributeType.REFERENCE: str,
    AttributeType.BINARY: bytes,
    AttributeType.BOOLEAN: bool,
    AttributeType.INTEGER: int,
}
_PLAIN = {kind: each for kind, each in _KINDS.items() if each is not int}
"""The types of which every value can be sent."""
_READ_ONLY = AttributeOperation.IMPORT_ONLY
_PASSWORD = SchemaAttribute(
    EXPORT_PASSWORD, allowed_attribute_operation=AttributeOperation.EXPORT_ONLY
)


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
    attribute that *types* does not have, a value of another type, an attribute that only the
    target writes, or if the form needs *current* and there is none. A Replace becomes an Update in
    the three attribute forms, unless *replace_as_is*.
    """
    known = _selected(change, types)
    if not isinstance(current, Current):
        current = Current(current)
    kind = change.object_modification_type
    replaces = kind is ObjectModificationType.REPLACE
    is_whole = export_type is MAExportType.OBJECT_REPLACE or (replaces and replace_as_is)
    becomes_update = replaces and not is_whole and known is not None
    entry = CSEntryChange(
        change.object_type,
        ObjectModificationType.UPDATE if becomes_update else kind,
        anchor=normalized(change.anchor, normalizations),
        dn=change.dn,
        schema_type=known,
    )
    if known is None or kind is ObjectModificationType.DELETE:
        entry.changes = dict(change.changes)
        return entry
    if kind is ObjectModificationType.ADD:
        entry.attributes = _shaped(change.attributes, known)
        return entry
    if is_whole:
        return _as_replace(entry, change, known, current)
    if replaces:
        change = _as_update(change, known, current)
    form, values = FORMS[export_type], CurrentValues(current, change)
    for name, each in change.changes.items():
        if each.is_new_dn:
            entry.changes[name] = each
            continue
        definition = _settable(known, name)
        formed = form(definition, _typed(definition, each), values)
        if formed is not None:
            entry.changes[name] = formed
    return entry if entry.changes else None


def by_attribute(
    change: CSEntryChange, export_type: MAExportType, *, types: Schema, current: Current
) -> CSEntryChange:
    """A Replace as the Update that it comes to in an attribute form; any other change as it is.

    Only so can some of its attributes be sent later: a Replace without them would clear them.
    """
    replaces = change.object_modification_type is ObjectModificationType.REPLACE
    known = _selected(change, types)
    if not replaces or known is None or export_type is MAExportType.OBJECT_REPLACE:
        return change
    return _as_update(change, known, current)


def normalized(anchor: Mapping[str, Value], rules: MANormalizations) -> dict[str, Value]:
    """*anchor* with its texts in upper case and without accents, as the capabilities ask."""
    if not rules:
        return dict(anchor)
    return {
        name: rules.applied(value) if isinstance(value, str) else value
        for name, value in anchor.items()
    }


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


def writable(attributes: Attributes, schema_type: SchemaType) -> dict[str, Values]:
    """*attributes* without those that only the target writes."""
    known = schema_type.attributes
    return {
        name: values
        for name, values in attributes.items()
        if name not in known or known[name].allowed_attribute_operation is not _READ_ONLY
    }


def _settable(schema_type: SchemaType, name: str) -> SchemaAttribute:
    """The attribute, if it may be exported at all; an anchor that the target makes may be named."""
    definition = definition_of(schema_type, name)
    if definition.allowed_attribute_operation is _READ_ONLY and not definition.is_anchor:
        raise EntryExportError(
            f"Attribute {name!r} is written by the connected system alone.",
            MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION,
            object_type=schema_type.name,
            attribute_name=name,
        )
    return definition


def _unfit(definition: SchemaAttribute, reason: str) -> EntryExportError:
    return EntryExportError(
        f"Attribute {definition.name!r} {reason}.",
        MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
        attribute_name=definition.name,
    )


def _check_values(definition: SchemaAttribute, values: Iterable[Value]) -> None:
    for value in values:
        if not definition.data_type.accepts(value):
            kind, found = definition.data_type, type(value).__name__
            if kind is AttributeType.INTEGER and type(value) is int:
                found = "beyond 64 bits"
            raise _unfit(definition, f"is {kind.name}, and a value is {found}")


def _shape(definition: SchemaAttribute, values: Values) -> Values:
    """A list for a multi-valued attribute, the value itself for a single-valued one."""
    kind = _KINDS[definition.data_type]
    if definition.is_multi_valued:
        shaped = list(as_values(values))
        if kind is int or set(map(type, shaped)) != {kind}:
            _check_values(definition, shaped)
        return shaped
    if isinstance(values, (list, tuple)):
        if len(values) != 1:
            raise _unfit(definition, f"holds one value, not {len(values)}")
        values = values[0]
    if type(values) is not kind or kind is int:
        _check_values(definition, (values,))
    return values


def _shaped(attributes: Attributes, schema_type: SchemaType) -> dict[str, Values]:
    known = schema_type.attributes
    shaped: dict[str, Values] = {}
    for name, values in attributes.items():
        definition = known.get(name)
        if (
            definition is not None
            and type(values) is _PLAIN.get(definition.data_type)
            and not definition.is_multi_valued
            and definition.allowed_attribute_operation is not _READ_ONLY
        ):
            shaped[name] = values
        elif values != []:
            shaped[name] = _shape(_settable(schema_type, name), values)
    return shaped


def _typed(definition: SchemaAttribute, change: AttributeChange) -> AttributeChange:
    kind, given = _KINDS[definition.data_type], change.value_changes
    for each in given:
        if type(each.value) is not kind or kind is int:
            _check_values(definition, (each.value,))
    if len(given) > 1 and not definition.is_multi_valued and len(change.values) > 1:
        raise _unfit(definition, f"holds one value, not {len(change.values)}")
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
                typed.changes[name] = _typed(_settable(schema_type, name), each)
        after = writable(apply_change(current.get(change), typed), schema_type)
    return CSEntryChange(
        entry.object_type,
        ObjectModificationType.REPLACE,
        anchor=entry.anchor,
        dn=entry.dn,
        attributes=_shaped(after, schema_type),
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
        if before is None or set(as_values(before.get(name))) != set(as_values(values)):
            update.changes[name] = AttributeChange.replace(name, values)
    for name, definition in schema_type.attributes.items():
        both_ways = definition.allowed_attribute_operation is AttributeOperation.IMPORT_EXPORT
        left_out = name not in change.attributes and both_ways and not definition.is_anchor
        if left_out and (before is None or name in before):
            update.changes[name] = AttributeChange.delete(name)
    return update
