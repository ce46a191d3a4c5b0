"""One request in four forms: each makes of the object what the request makes of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.capabilities import MAExportType, MANormalizations
from ecma2py.entries import (
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    ObjectModificationType,
    apply_change,
)
from ecma2py.errors import EntryExportError, MAExportError
from ecma2py.runs import convert
from ecma2py.runs.current import Current
from ecma2py.schema import (
    AttributeOperation,
    AttributeType,
    Schema,
    SchemaAttribute,
    SchemaType,
)
from tests.runs.zoo import SCHEMA

UPDATE, REPLACE, OBJECT, REFERENCES = (
    MAExportType.ATTRIBUTE_UPDATE,
    MAExportType.ATTRIBUTE_REPLACE,
    MAExportType.OBJECT_REPLACE,
    MAExportType.MULTIVALUED_REFERENCE_ATTRIBUTE_UPDATE,
)
KIND = AttributeModificationType
VALUES = {
    AttributeType.STRING: st.sampled_from(["a", "b", "c", "d"]),
    AttributeType.REFERENCE: st.sampled_from(["1", "2", "3"]),
    AttributeType.INTEGER: st.integers(-3, 3),
    AttributeType.BINARY: st.sampled_from([b"", b"x", b"y"]),
    AttributeType.BOOLEAN: st.booleans(),
}
DEFINITIONS = [
    SchemaAttribute.single("name"),
    SchemaAttribute.single("age", AttributeType.INTEGER),
    SchemaAttribute.single("active", AttributeType.BOOLEAN),
    SchemaAttribute.single("photo", AttributeType.BINARY),
    SchemaAttribute.single("manager", AttributeType.REFERENCE),
    SchemaAttribute.multi("mail"),
    SchemaAttribute.multi("codes", AttributeType.INTEGER),
    SchemaAttribute.multi("member", AttributeType.REFERENCE),
]
PLAIN = Schema([SchemaType("person", [SchemaAttribute.anchor("id"), *DEFINITIONS])])


def update(*changes: AttributeChange) -> CSEntryChange:
    return CSEntryChange.update("person", {"id": "1"}, changes=changes)


def one(change: AttributeChange, form: MAExportType, current: Any = None) -> AttributeChange | None:
    """What becomes of one attribute change."""
    entry = convert(update(change), form, types=SCHEMA, current=current)
    return entry.changes[change.name] if entry is not None else None


def as_sets(attributes: dict[str, Any]) -> dict[str, Any]:
    """Attributes with multi-valued ones as sets, since their order says nothing."""
    return {k: frozenset(v) if isinstance(v, list) else v for k, v in attributes.items()}


@st.composite
def objects(draw):
    """The attributes of some object."""
    found = {}
    for each in DEFINITIONS:
        one_value = VALUES[each.data_type]
        if each.is_multi_valued:
            values = draw(st.lists(one_value, unique=True, max_size=3))
            if values:
                found[each.name] = values
        elif draw(st.booleans()):
            found[each.name] = draw(one_value)
    return found


@st.composite
def changes(draw):
    """An Update in AttributeUpdate form."""
    made = []
    for each in draw(st.lists(st.sampled_from(DEFINITIONS), unique=True, max_size=5)):
        one_value = VALUES[each.data_type]
        values = st.lists(one_value, unique=True, max_size=3)
        kind = draw(st.sampled_from(["add", "replace", "update", "delete"]))
        if kind == "delete":
            made.append(AttributeChange.delete(each.name))
        elif kind == "update":
            added, removed = draw(values), draw(values)
            if each.is_multi_valued:
                made.append(AttributeChange.update(each.name, added, removed))
            else:
                made.append(
                    AttributeChange.of(
                        each.name,
                        KIND.UPDATE,
                        added=added[:1],
                        removed=removed,
                        is_multi_valued=False,
                    )
                )
        else:
            given_values = draw(values) if each.is_multi_valued else draw(one_value)
            make = AttributeChange.add if kind == "add" else AttributeChange.replace
            made.append(make(each.name, given_values))
    return update(*made)


@given(objects(), changes(), st.sampled_from(list(MAExportType)))
def test_all_forms_make_the_same_of_the_object(before, change, form):
    """apply_change(before, converted) equals apply_change(before, change) in all four forms."""
    wanted = apply_change(before, change)
    for current in (before, lambda: before):
        entry = convert(change, form, types=PLAIN, current=current)
        after = before if entry is None else apply_change(before, entry)
        assert as_sets(after) == as_sets(wanted)


@given(objects(), objects(), st.sampled_from(list(MAExportType)), st.booleans())
def test_a_replace_makes_the_whole_object(before, after, form, is_known):
    """A Replace ends in the object it names, whether the current one is known or not."""
    change = CSEntryChange.replace("person", {"id": "1"}, attributes=after)
    entry = convert(change, form, types=PLAIN, current=before if is_known else None)
    found = before if entry is None else apply_change(before, entry)
    assert as_sets(found) == as_sets(after)


@given(objects(), changes(), st.sampled_from(list(MAExportType)))
def test_types_are_always_those_of_the_schema(before, change, form):
    """Every change a connector sees has its data type and multi-valuedness from the schema."""
    entry = convert(change, form, types=PLAIN, current=before)
    for name, each in (entry.attribute_changes if entry else {}).items():
        definition = PLAIN.types["person"].attributes[name]
        assert each.data_type is definition.data_type
        assert each.is_multi_valued is definition.is_multi_valued


def never() -> Any:
    raise AssertionError("the current attributes are not needed here")


def test_deltas_need_no_reading():
    """AttributeUpdate takes deltas and single values without asking for the object."""
    delta = one(AttributeChange.update("member", ["a"], ["b"]), UPDATE, never)
    assert (delta.values, delta.removed, delta.modification_type) == (("a",), ("b",), KIND.UPDATE)
    added = one(AttributeChange.add("mail", ["a"]), UPDATE, never)
    assert (added.values, added.modification_type) == (("a",), KIND.UPDATE)
    single = one(AttributeChange.replace("name", "x"), UPDATE, never)
    assert (single.values, single.removed, single.modification_type) == (("x",), (), KIND.REPLACE)
    assert one(AttributeChange.delete("mail"), REPLACE, never).modification_type is KIND.DELETE
    whole = one(AttributeChange.replace("mail", ["x"]), REPLACE, never)
    assert whole.values == ("x",)
    assert one(AttributeChange.update("member", ["a"]), REFERENCES, never).values == ("a",)
    assert one(AttributeChange.replace("mail", []), UPDATE, never).modification_type is KIND.DELETE
    kept = one(AttributeChange.replace("mail", ["x"]), UPDATE)
    assert kept.modification_type is KIND.REPLACE
    assert one(AttributeChange.update("name", removed=["x"]), UPDATE).removed == ("x",)


def test_the_old_value_goes_along_where_it_is_known():
    """AttributeUpdate carries Delete old and Add new for a single value, if that costs nothing."""
    change = AttributeChange.replace("name", "new")
    both = one(change, UPDATE, {"name": "old"})
    assert (both.removed, both.values, both.modification_type) == (("old",), ("new",), KIND.UPDATE)
    assert one(change, UPDATE, {"name": "new"}).modification_type is KIND.REPLACE
    assert one(change, UPDATE, {}).removed == ()
    assert one(change, REPLACE, {"name": "old"}).removed == ()


def test_full_sets_are_computed_once_from_the_object():
    """The forms that need the object read it once; references may stay deltas."""
    reads = []

    def current():
        reads.append(1)
        return {"mail": ["a", "b"], "codes": [1], "member": ["x"]}

    change = update(
        AttributeChange.update("mail", ["c"], ["a"]),
        AttributeChange.update("codes", [], [1]),
        AttributeChange.update("member", ["y"]),
    )
    entry = convert(change, REFERENCES, types=SCHEMA, current=current)
    assert entry.changes["mail"].values == ("b", "c")
    assert entry.changes["codes"].modification_type is KIND.DELETE
    assert entry.changes["member"].modification_type is KIND.UPDATE
    assert reads == [1]


def test_nothing_left_to_do_is_nothing_to_send():
    """A change that changes nothing makes no entry."""
    same = update(AttributeChange.replace("mail", ["b", "a"]))
    assert convert(same, UPDATE, types=SCHEMA, current={"mail": ["a", "b"]}) is None
    gone = update(AttributeChange.update("name", removed=["x"]))
    assert convert(gone, UPDATE, types=SCHEMA, current={"name": "y"}) is None
    assert convert(update(), UPDATE, types=SCHEMA) is None


def test_object_replace_sends_every_writable_attribute_and_the_new_dn():
    """The whole object as Add changes; what only the target writes stays out."""
    current = {"id": "1", "name": "Ann", "created": "now", "mail": ["a"]}
    change = CSEntryChange.update(
        "person",
        {"id": "1"},
        dn="CN=a",
        changes=[AttributeChange.replace("name", "Bo"), AttributeChange.new_dn("CN=b")],
    )
    entry = convert(change, OBJECT, types=SCHEMA, current=current)
    assert entry.object_modification_type is ObjectModificationType.REPLACE
    assert entry.attributes == {"id": "1", "name": "Bo", "mail": ["a"]}
    assert (entry.dn, entry.new_dn) == ("CN=a", "CN=b")
    assert convert(change, UPDATE, types=SCHEMA).new_dn == "CN=b"


def test_a_replace_leaves_one_way_attributes_alone():
    """A Replace as Update deletes what it does not name, but not what it cannot know."""
    change = CSEntryChange.replace("person", {"id": "1"}, attributes={"name": "Ann"})
    entry = convert(change, UPDATE, types=SCHEMA)
    assert entry.changes["name"].value == "Ann"
    assert {"created", "pin", "id"}.isdisjoint(entry.changes)
    assert entry.changes["mail"].modification_type is KIND.DELETE
    as_is = convert(change, UPDATE, types=SCHEMA, replace_as_is=True)
    assert as_is.object_modification_type is ObjectModificationType.REPLACE


def test_adds_and_deletes_are_the_same_in_every_form():
    """An Add carries shaped values and its type, a Delete only the names."""
    add = CSEntryChange.add(
        "person", {"id": "1"}, attributes={"mail": "a", "name": ["Ann"], "codes": []}
    )
    for form in MAExportType:
        entry = convert(add, form, types=SCHEMA)
        assert entry.attributes == {"mail": ["a"], "name": "Ann"}
        assert entry.attribute_changes["mail"].is_multi_valued
        assert entry is not add
        gone = convert(CSEntryChange.delete("person", {"id": "1"}), form, types=SCHEMA)
        assert gone.object_modification_type is ObjectModificationType.DELETE
    untyped = convert(CSEntryChange.delete(None, {}, dn="CN=a"), UPDATE, types=SCHEMA)
    assert untyped.dn == "CN=a"


@pytest.mark.parametrize(
    ("change", "form", "code"),
    [
        (CSEntryChange.add("robot", {}), UPDATE, MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION),
        (
            CSEntryChange.add("person", {}, attributes={"zzz": 1}),
            UPDATE,
            MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
        ),
        (
            CSEntryChange.add("person", {}, attributes={"name": ["a", "b"]}),
            UPDATE,
            MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
        ),
        (
            update(AttributeChange.update("mail", ["a"])),
            REPLACE,
            MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT,
        ),
        (
            update(AttributeChange.replace("name", "a")),
            OBJECT,
            MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT,
        ),
    ],
)
def test_what_cannot_be_said_is_an_error_of_the_entry(change, form, code):
    """Unknown types and attributes, and forms that need an object nobody knows."""
    with pytest.raises(EntryExportError) as caught:
        convert(change, form, types=SCHEMA)
    assert caught.value.error_code is code


def test_anchors_are_normalised_as_the_capabilities_ask():
    """Upper case and accents follow the flags; numbers stay."""
    change = CSEntryChange.delete("person", {"id": "José", "n": 5})
    both = MANormalizations.UPPERCASE | MANormalizations.REMOVE_ACCENTS
    entry = convert(change, UPDATE, types=SCHEMA, normalizations=both)
    assert entry.anchor == {"id": "JOSE", "n": 5}
    accents = convert(change, UPDATE, types=SCHEMA, normalizations=MANormalizations.REMOVE_ACCENTS)
    assert accents.anchor["id"] == "Jose"


def test_current_follows_what_happened():
    """After a step, the attributes are those the step made, read or not."""
    change = update(AttributeChange.replace("name", "Bo"))
    read = Current(lambda: {"name": "Ann"})
    read.advance(change)
    assert read.known is None
    assert read.get(change) == {"name": "Bo"}
    known = Current({"name": "Ann"})
    known.advance(change)
    assert known.known == {"name": "Bo"}
    nothing = Current()
    nothing.advance(change)
    assert not nothing.is_available
    nothing.advance(CSEntryChange.add("person", {}, attributes={"name": "Cy"}))
    assert nothing.known == {"name": "Cy"}


INVALID = MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE
BAD_VALUES = [
    ("age", "not a number", "INTEGER, and a value is str"),
    ("age", 2**63, "beyond 64 bits"),
    ("age", True, "bool"),
    ("active", 1, "BOOLEAN, and a value is int"),
    ("photo", "text", "BINARY, and a value is str"),
    ("name", 5, "STRING, and a value is int"),
    ("name", ["a", "b"], "one value, not 2"),
    ("manager", 7, "REFERENCE"),
    ("mail", ["a", 1], "int"),
    ("codes", [1, -(2**63) - 1], "beyond 64 bits"),
    ("codes", [1, "2"], "str"),
]


@pytest.mark.parametrize("form", MAExportType)
@pytest.mark.parametrize(("name", "value", "text"), BAD_VALUES)
def test_a_value_of_another_type_is_not_sent(form, name, value, text):
    """In whichever form and change it comes: the entry fails, and says which attribute and type."""
    current = {"id": "1", "mail": ["x"]}
    changes = [
        CSEntryChange.add("person", {"id": "1"}, attributes={name: value}),
        CSEntryChange.replace("person", {"id": "1"}, attributes={name: value}),
        update(AttributeChange.replace(name, value)),
        update(AttributeChange.add(name, value)),
    ]
    if name in ("mail", "codes"):
        changes.append(update(AttributeChange.update(name, added=value)))
        changes.append(update(AttributeChange.update(name, removed=value)))
    for change in changes:
        with pytest.raises(EntryExportError, match=text) as refused:
            convert(change, form, types=SCHEMA, current=current)
        assert refused.value.error_code is INVALID
        assert refused.value.attribute_name == name


@pytest.mark.parametrize("form", MAExportType)
def test_what_only_the_target_writes_is_not_sent(form):
    """Naming it fails the entry; an anchor that the target makes may be named."""
    types = Schema(
        [
            SchemaType(
                "person",
                [
                    SchemaAttribute.anchor("id", operation=AttributeOperation.IMPORT_ONLY),
                    SchemaAttribute.single("name"),
                    SchemaAttribute.single("created", operation=AttributeOperation.IMPORT_ONLY),
                ],
            )
        ]
    )
    for change in (
        CSEntryChange.add("person", {"id": "1"}, attributes={"created": "x"}),
        CSEntryChange.replace("person", {"id": "1"}, attributes={"created": "x"}),
        update(AttributeChange.replace("created", "x")),
        update(AttributeChange.delete("created")),
    ):
        with pytest.raises(EntryExportError, match="'created'") as refused:
            convert(change, form, types=types, current={"id": "1", "created": "y"})
        assert refused.value.error_code is MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION
    named = CSEntryChange.add("person", attributes={"id": "1", "name": "a"})
    assert convert(named, form, types=types) is not None
