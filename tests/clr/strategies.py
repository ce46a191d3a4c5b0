"""Schemas and changes as a host sends them, with values at the edges of what .NET can hold."""

from typing import Any

from hypothesis import strategies as st

from ecma2py.entries import (
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    ObjectModificationType,
)
from ecma2py.errors import MAImportError
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.schema import AttributeOperation, AttributeType, Schema, SchemaAttribute, SchemaType

_ANY_CHARACTER = st.characters(codec=None, exclude_categories=())


def _as_utf16(text: str) -> str:
    """The same text; two halves that stand together are one character, as .NET has it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


texts = (
    st.text(_ANY_CHARACTER, max_size=12)
    | st.sampled_from(["\udfff", "a\ud800", "\0", "\U0010ffff"])
).map(_as_utf16)
filled = texts.filter(bool)
names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)
_VALUES: dict[AttributeType, st.SearchStrategy[Any]] = {
    AttributeType.STRING: texts,
    AttributeType.REFERENCE: texts,
    AttributeType.BOOLEAN: st.booleans(),
    AttributeType.BINARY: st.binary(max_size=20),
    AttributeType.INTEGER: st.integers(-(2**63), 2**63 - 1)
    | st.sampled_from([0, -1, -32, -33, 127, 128, 2**15, -(2**15) - 1, 2**31, -(2**63), 2**63 - 1]),
}
_ANCHORS = [AttributeType.STRING, AttributeType.INTEGER, AttributeType.BINARY]
_KINDS = [
    ObjectModificationType.ADD,
    ObjectModificationType.REPLACE,
    ObjectModificationType.UPDATE,
    ObjectModificationType.DELETE,
]
_CHANGES = [
    each for each in AttributeModificationType if each is not AttributeModificationType.UNCONFIGURED
]

parameters = st.dictionaries(names, texts | texts.map(SecureString), max_size=4).map(
    ConfigParameters
)
partitions = st.builds(
    Partition, filled, texts, identifier=st.uuids(), hidden_by_default=st.booleans()
)
nodes = st.builds(HierarchyNode, texts, texts)


@st.composite
def _attributes(draw: st.DrawFn, name: str) -> SchemaAttribute:
    is_anchor = draw(st.booleans())
    kind = draw(st.sampled_from(_ANCHORS if is_anchor else list(_VALUES)))
    many = draw(st.booleans()) and not is_anchor and kind is not AttributeType.BOOLEAN
    return SchemaAttribute(
        name,
        kind,
        is_multi_valued=many,
        is_anchor=is_anchor,
        allowed_attribute_operation=draw(st.sampled_from(AttributeOperation)),
        hidden_by_default=draw(st.booleans()),
    )


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """One to three types of some attributes."""
    found = []
    for name in draw(st.lists(names, unique=True, min_size=1, max_size=3)):
        attributes = [
            draw(_attributes(each)) for each in draw(st.lists(names, unique=True, max_size=5))
        ]
        components = draw(st.lists(texts, max_size=2))
        found.append(
            SchemaType(
                name,
                attributes,
                locked=draw(st.booleans()),
                possible_dn_components_for_provisioning=components,
            )
        )
    return Schema(found, object_type_attribute_name=draw(st.none() | texts))


_FAILURES: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.fixed_dictionaries(
    {
        "error_code_import": st.sampled_from([each for each in MAImportError if each]),
        "error_name": texts,
        "error_detail": texts,
    }
)
"""That an entry could not be read, and why; such entries go both ways."""


@st.composite
def changes(draw: st.DrawFn, schema: Schema) -> CSEntryChange:
    """A change of an object of one of the types."""
    known = draw(st.sampled_from(list(schema.types.values())))
    anchor = {name: draw(_VALUES[each.data_type]) for name, each in known.anchor_attributes.items()}
    chosen = [
        each for each in known.attributes.values() if not each.is_anchor and draw(st.booleans())
    ]
    entry = CSEntryChange(
        known.name,
        draw(st.sampled_from(_KINDS)),
        anchor=anchor,
        dn=draw(filled),
        identifier=draw(st.uuids()),
        schema_type=draw(st.sampled_from([known, None])),
        **draw(_FAILURES),
    )
    kind = entry.object_modification_type
    if kind in (ObjectModificationType.ADD, ObjectModificationType.REPLACE):
        for each in chosen:
            one = _VALUES[each.data_type]
            entry.attributes[each.name] = draw(
                st.lists(one, max_size=3) if each.is_multi_valued else one
            )
    if kind is ObjectModificationType.UPDATE:
        for each in chosen:
            values = st.lists(_VALUES[each.data_type], max_size=3)
            entry.changes[each.name] = AttributeChange.of(
                each.name,
                draw(st.sampled_from(_CHANGES)),
                added=draw(values),
                removed=draw(values),
                is_multi_valued=each.is_multi_valued,
                data_type=each.data_type,
            )
    if (
        kind is not ObjectModificationType.DELETE
        and "DN" not in known.attributes
        and draw(st.booleans())
    ):
        entry.changes["DN"] = AttributeChange.new_dn(draw(filled))
    return entry
