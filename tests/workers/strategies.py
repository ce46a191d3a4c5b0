"""Schemas, entries and changes of every kind, and values at the edges of what there is."""

from typing import Any

from hypothesis import strategies as st

from ecma2py.entries import (
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    ObjectModificationType,
    ValueChange,
    ValueModificationType,
)
from ecma2py.errors import MAImportError
from ecma2py.schema import AttributeOperation, AttributeType, Schema, SchemaAttribute, SchemaType

ANY_CHARACTER = st.characters(codec=None, exclude_categories=())
"""Any code point, halves of surrogate pairs and NUL among them."""
texts = st.text(ANY_CHARACTER, max_size=12) | st.sampled_from(["\udfff", "a\ud800"])
names = st.text(ANY_CHARACTER, min_size=1, max_size=8) | st.sampled_from(["\ud800", "\0", "DN"])
integers = st.integers(-(2**63), 2**63 - 1)
values: st.SearchStrategy[Any] = st.one_of(
    texts,
    integers,
    st.booleans(),
    st.binary(max_size=20),
    st.sampled_from([0, -(2**63), 2**63 - 1, "", b"", "\ud800", "\U0010ffff", "\0"]),
)
attributes = st.dictionaries(names, values | st.lists(values, max_size=4), max_size=5)
anchors = st.dictionaries(names, values, max_size=2)


@st.composite
def schema_attributes(draw: st.DrawFn, name: str) -> SchemaAttribute:
    kinds = [each for each in AttributeType if each is not AttributeType.UNDEFINED]
    kind = draw(st.sampled_from(kinds))
    anchor = draw(st.booleans()) and kind not in (AttributeType.BOOLEAN, AttributeType.REFERENCE)
    many = draw(st.booleans()) and not anchor and kind is not AttributeType.BOOLEAN
    return SchemaAttribute(
        name,
        kind,
        is_multi_valued=many,
        is_anchor=anchor,
        allowed_attribute_operation=draw(st.sampled_from(AttributeOperation)),
        hidden_by_default=draw(st.booleans()),
        is_required=draw(st.booleans()),
        max_length=draw(st.none() | st.integers(0, 2**40)),
        description=draw(texts),
    )


@st.composite
def schema_types(draw: st.DrawFn, name: str) -> SchemaType:
    found = draw(st.lists(names, unique=True, max_size=5))
    return SchemaType(
        name,
        [draw(schema_attributes(each)) for each in found],
        locked=draw(st.booleans()),
        possible_dn_components_for_provisioning=draw(st.lists(texts, max_size=2)),
    )


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    found = draw(st.lists(names, unique=True, max_size=3))
    kind = draw(st.none() | texts)
    return Schema([draw(schema_types(each)) for each in found], object_type_attribute_name=kind)


changes = st.builds(
    AttributeChange,
    names,
    st.sampled_from(AttributeModificationType),
    value_changes=st.lists(
        st.builds(ValueChange, values, st.sampled_from(ValueModificationType)), max_size=4
    ),
    data_type=st.sampled_from(AttributeType),
    is_multi_valued=st.booleans(),
)
entries = st.builds(
    CSEntryChange,
    st.none() | texts,
    st.sampled_from(ObjectModificationType),
    anchor=anchors,
    dn=st.none() | texts,
    attributes=attributes,
    changes=st.lists(changes, max_size=3).map(lambda found: {each.name: each for each in found}),
    error_code_import=st.sampled_from(MAImportError),
    error_name=texts,
    error_detail=texts,
    identifier=st.none() | st.uuids(),
    schema_type=st.none() | names.flatmap(schema_types),
) | st.builds(CSEntryChange.add, texts, anchors, attributes=attributes)
