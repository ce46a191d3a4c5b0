"""What a change asks of attributes, as modifications: no more than what it says is sent."""

from collections.abc import Iterable, Mapping, Sequence

from ecma2py.entries import AttributeChange, AttributeModificationType, CSEntryChange
from ecma2py.errors import EntryExportError, MAExportError, NoSuchAttributeInObjectTypeError
from ecma2py.schema import AttributeOperation, Value, Values
from ecma2py_ldap.connection import Change, Modification
from ecma2py_ldap.dn import Component
from ecma2py_ldap.mapping import DN_ANCHOR, OBJECT_CLASS, MappedAttribute, MappedType


def updates(mapped: MappedType, change: CSEntryChange) -> list[Modification]:
    """The modifications of an Update: one member added is one value sent."""
    found: list[Modification] = []
    for each in change.changes.values():
        if not each.is_new_dn:
            found += _update(attribute_of(mapped, each.name), each)
    return found


def replacements(mapped: MappedType, change: CSEntryChange) -> list[Modification]:
    """The modifications that leave the object with the attributes of a Replace, and no others.

    What cannot be read, what the server keeps and what names or classifies the object stays.
    """
    given = _octets(mapped, change.attributes)
    naming = {"objectclass"}
    if change.dn:
        naming |= {part.split("=")[0].strip().lower() for part in (change.rdn or "").split("+")}
    found = [Modification(Change.REPLACE, wire, values) for wire, values in given.items()]
    found += [
        Modification(Change.REPLACE, each.wire, ())
        for each in mapped.attributes.values()
        if each.wire not in given
        and each.operation is AttributeOperation.IMPORT_EXPORT
        and naming.isdisjoint(each.wire_names)
    ]
    return found


def new_entry(
    mapped: MappedType, change: CSEntryChange, component: Component
) -> dict[str, Sequence[bytes]]:
    """The attributes of an Add: as given, with the classes of its type and the values of its DN."""
    octets = _octets(mapped, change.attributes)
    classes = octets.pop(OBJECT_CLASS, [])
    known = {each.lower() for each in classes}
    missing = [
        each.encode() for each in mapped.object_classes if each.lower().encode() not in known
    ]
    octets[OBJECT_CLASS] = [*classes, *missing]
    for assertion in component:
        if isinstance(assertion.value, bytes):
            continue  # the server alone knows what the encoding means
        wanted = assertion.type.lower()
        wire = next(
            (a.wire for a in mapped.attributes.values() if wanted in a.wire_names), assertion.type
        )
        value = assertion.value.encode()
        present = octets.setdefault(wire, [])
        if value.lower() not in {each.lower() for each in present}:
            present.append(value)
    return {wire: values for wire, values in octets.items() if values}


def attribute_of(mapped: MappedType, name: str) -> MappedAttribute:
    """The attribute *name* of the type; ``NoSuchAttributeInObjectTypeError`` if it has none."""
    attribute = mapped.attributes.get(name)
    if attribute is None:
        if name == DN_ANCHOR and mapped.anchor is None:
            raise EntryExportError(
                "The DN is no attribute: rename the object instead.",
                MAExportError.EXPORT_ERROR_CHANGE_NAMING_ATTRIBUTE,
                attribute_name=name,
            )
        raise NoSuchAttributeInObjectTypeError(
            f"Object type {mapped.name!r} has no attribute {name!r}: add it to 'Object types'.",
            attribute_name=name,
        )
    return attribute


def _update(attribute: MappedAttribute, change: AttributeChange) -> list[Modification]:
    wire = attribute.wire
    added = _encoded(attribute, change.values)
    removed = _encoded(attribute, change.removed)
    kind = change.modification_type
    if kind is AttributeModificationType.DELETE:
        return [Modification(Change.REPLACE, wire, ())]
    if kind is AttributeModificationType.REPLACE or (added and not attribute.is_multi_valued):
        return [Modification(Change.REPLACE, wire, added)]
    found = []
    if removed:
        found.append(Modification(Change.DELETE, wire, removed))
    if added:
        found.append(Modification(Change.ADD, wire, added))
    return found


def _octets(mapped: MappedType, attributes: Mapping[str, Values]) -> dict[str, list[bytes]]:
    """Attributes by wire name, without an anchor that the server assigns."""
    found: dict[str, list[bytes]] = {}
    for name, given in attributes.items():
        if mapped.anchor is None and name == DN_ANCHOR:
            continue
        attribute = attribute_of(mapped, name)
        if attribute is mapped.anchor and attribute.operation is AttributeOperation.IMPORT_ONLY:
            continue
        values = given if isinstance(given, (list, tuple)) else [given]
        found[attribute.wire] = _encoded(attribute, values)
    return found


def _encoded(attribute: MappedAttribute, values: Iterable[Value]) -> list[bytes]:
    """Each value once: a server refuses one that is given twice."""
    return list(dict.fromkeys(attribute.kind.encode(attribute.name, each) for each in values))
