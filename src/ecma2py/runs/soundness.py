"""What a sound entry looks like: one look-up and one type comparison an attribute tell.

The rules of a type are compiled once a run, those of an order of attributes once it comes.
"""

from typing import Any

from attrs import frozen

from ecma2py.entries import CSEntryChange, ObjectModificationType
from ecma2py.schema import AttributeOperation, AttributeType, SchemaType

_ADD = ObjectModificationType.ADD
_PYTHON: dict[AttributeType, type] = {
    AttributeType.STRING: str,
    AttributeType.REFERENCE: str,
    AttributeType.BINARY: bytes,
    AttributeType.BOOLEAN: bool,
    AttributeType.INTEGER: int,
}
_LARGEST = 2**63


def is_integer(value: object) -> bool:
    """True for a whole number of 64 bits."""
    return type(value) is int and -_LARGEST <= value < _LARGEST


@frozen
class _Shape:
    """What the plain attributes of an entry must be, for one order of their names."""

    types: tuple[type, ...]
    integers: tuple[str, ...]
    """The names whose values must fit 64 bits."""
    lists: tuple[tuple[str, frozenset[type]], ...]
    """The names whose values must be lists of one type."""


_NO_SHAPE = _Shape((), (), ())
_MAX_SHAPES = 4096


class TypeRules:
    """The compiled rules of one object type."""

    __slots__ = ("anchors", "ignored", "name", "selected", "shapes")

    def __init__(self, selected: SchemaType, whole: SchemaType) -> None:
        self.name = selected.name
        self.selected = {
            name: each
            for name, each in selected.attributes.items()
            if each.allowed_attribute_operation is not AttributeOperation.EXPORT_ONLY
        }
        self.ignored = (selected.attributes.keys() | whole.attributes.keys()) - set(self.selected)
        """What the connector may give though nobody asked: it is left out."""
        self.anchors = {name: _PYTHON[a.data_type] for name, a in whole.anchor_attributes.items()}
        self.shapes: dict[tuple[str, ...], _Shape] = {}

    def shape_of(self, names: tuple[str, ...]) -> _Shape:
        """The shape of an entry with these attributes; ``_NO_SHAPE`` if one is unknown."""
        known = self.selected
        if not all(name in known for name in names):
            return _NO_SHAPE
        found = [known[name] for name in names]
        shape = _Shape(
            tuple(list if each.is_multi_valued else _PYTHON[each.data_type] for each in found),
            tuple(
                each.name
                for each in found
                if each.data_type is AttributeType.INTEGER and not each.is_multi_valued
            ),
            tuple(
                (each.name, frozenset({_PYTHON[each.data_type]}))
                for each in found
                if each.is_multi_valued
            ),
        )
        if len(self.shapes) >= _MAX_SHAPES:
            self.shapes.clear()
        self.shapes[names] = shape
        return shape


def is_sound(entry: CSEntryChange, rules: TypeRules | None) -> bool:
    """True for a whole object that is as the schema says, without a question left."""
    if rules is None or entry._modification is not _ADD or entry.error_code_import:
        return False
    anchor, anchors = entry.anchor, rules.anchors
    if len(anchor) != len(anchors) or entry.changes:
        return False
    for name, kind in anchors.items():
        value = anchor.get(name)
        if type(value) is not kind or not (value or value == 0):
            return False
        if kind is int and not is_integer(value):
            return False
    attributes: dict[str, Any] = entry.attributes
    names = tuple(attributes)
    shape = rules.shapes.get(names) or rules.shape_of(names)
    if tuple(map(type, attributes.values())) != shape.types:
        return False
    for name in shape.integers:
        if not -_LARGEST <= attributes[name] < _LARGEST:
            return False
    for name, kinds in shape.lists:
        values = attributes[name]
        if set(map(type, values)) != kinds:
            return False
        if int in kinds and not all(map(is_integer, values)):
            return False
    return True
