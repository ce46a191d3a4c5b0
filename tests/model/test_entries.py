"""The object model: entries, attribute changes and what they make of an object."""

from uuid import RFC_4122

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.entries import (
    LEGAL_ATTRIBUTE_CHANGES,
    AnchorAttribute,
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    CSEntryChangeResult,
    ObjectModificationType,
    ValueChange,
    apply_change,
    generated_dn,
    generated_dns,
    split_dn,
)
from ecma2py.errors import MAExportError, MAImportError, ModelError
from ecma2py.schema import AttributeType, SchemaAttribute, SchemaType, Value, Values

OBJECT_CHANGES = list(LEGAL_ATTRIBUTE_CHANGES)
LEGAL = {
    ("ADD", "ADD"),
    ("REPLACE", "ADD"),
    ("UPDATE", "ADD"),
    ("UPDATE", "REPLACE"),
    ("UPDATE", "UPDATE"),
    ("UPDATE", "DELETE"),
}
"""What .NET was seen to take; all else it refuses."""


def entry_of(kind: ObjectModificationType) -> CSEntryChange:
    """An empty change of this kind."""
    entry = CSEntryChange("user")
    entry.object_modification_type = kind
    return entry


def change_of(kind: AttributeModificationType) -> AttributeChange:
    """A change of one value, of this kind."""
    return AttributeChange.of("mail", kind, added=("a",), is_multi_valued=False)


@pytest.mark.parametrize("kind", OBJECT_CHANGES)
@pytest.mark.parametrize("change", list(AttributeModificationType))
def test_legal_matrix(kind: ObjectModificationType, change: AttributeModificationType) -> None:
    """An attribute change is taken exactly where ECMA2's matrix allows it."""
    entry = entry_of(kind)

    assert (change in LEGAL_ATTRIBUTE_CHANGES[kind]) == ((kind.name, change.name) in LEGAL)
    if (kind.name, change.name) in LEGAL:
        entry.attribute_changes.add(change_of(change))
        assert list(entry.attribute_changes) == ["mail"]
        assert entry.attribute_changes["mail"].modification_type is change
    else:
        with pytest.raises(ModelError, match="does not fit"):
            entry.attribute_changes.add(change_of(change))


@pytest.mark.parametrize("kind", OBJECT_CHANGES)
def test_new_dn_fits_everywhere(kind: ObjectModificationType) -> None:
    """A new DN is accepted for Add, Replace, Update and Delete."""
    entry = entry_of(kind)

    entry.attribute_changes.add(AttributeChange.new_dn("CN=b"))

    assert entry.new_dn == "CN=b"
    assert entry.changed_attribute_names == []


def test_modification_type_is_set_once() -> None:
    """The modification type is set once, and only to a real change."""
    entry = CSEntryChange("user")

    with pytest.raises(ModelError, match="before adding"):
        entry.attribute_changes.add(AttributeChange.add("mail", "a"))
    with pytest.raises(ModelError, match="is no change"):
        entry.object_modification_type = ObjectModificationType.NONE
    entry.object_modification_type = ObjectModificationType.ADD
    with pytest.raises(ModelError, match="already"):
        entry.object_modification_type = ObjectModificationType.ADD


def test_the_matrix_knows_every_change_of_an_object() -> None:
    """Add, Replace, Update and Delete, and nothing else."""
    assert [each.name for each in OBJECT_CHANGES] == ["ADD", "REPLACE", "UPDATE", "DELETE"]


def test_an_added_value_is_not_left_out() -> None:
    """An Add of one attribute without a value is refused by name."""
    empty = AttributeChange("mail", AttributeModificationType.ADD)

    with pytest.raises(ModelError, match="'mail' is added without a value"):
        CSEntryChange.add("user").attribute_changes.add(empty)


def test_attribute_changes_once() -> None:
    """One attribute is changed once in one entry."""
    entry = CSEntryChange.add("user", {"id": 1}, attributes={"mail": "a"})

    with pytest.raises(ModelError, match="twice"):
        entry.attribute_changes.add(AttributeChange.add("mail", "b"))
    with pytest.raises(ModelError, match="twice"):
        entry.anchor_attributes.add(AnchorAttribute("id", 2))


def test_plain_attributes_are_add_changes() -> None:
    """A plain attribute reads as an Add change with the schema's type and multiplicity."""
    user = SchemaType(
        "user",
        [
            SchemaAttribute.anchor("id", AttributeType.INTEGER),
            SchemaAttribute.multi("boss", AttributeType.REFERENCE),
        ],
    )
    entry = CSEntryChange.add("user", {"id": 7}, attributes={"boss": "CN=x", "gone": None})
    untyped = entry.attribute_changes["boss"]
    entry.schema_type = user
    typed = entry.attribute_changes["boss"]

    assert (untyped.data_type, untyped.is_multi_valued) == (AttributeType.STRING, False)
    assert (typed.data_type, typed.is_multi_valued) == (AttributeType.REFERENCE, True)
    assert typed.value == "CN=x"
    assert "gone" not in entry.attribute_changes
    assert len(entry.attribute_changes) == 1
    assert entry.anchor_attributes["id"].data_type is AttributeType.INTEGER
    assert len(entry.anchor_attributes) == 1
    assert "boss" in repr(entry.attribute_changes)
    with pytest.raises(KeyError):
        entry.attribute_changes["none"]


@pytest.mark.parametrize("make", [AttributeChange.add, AttributeChange.replace])
@pytest.mark.parametrize("null", [None, [None], ["a", None]])
def test_null_values_are_refused(make: object, null: object) -> None:
    """A null value is refused with the attribute's name, where .NET takes null lists."""
    with pytest.raises(ModelError, match="'mail'"):
        make("mail", null)  # type: ignore[operator]


@pytest.mark.parametrize("side", ["added", "removed"])
@pytest.mark.parametrize("given", [None, [None], ("a", None), "abc", b"abc"])
def test_an_update_takes_lists_of_values(side: str, given: object) -> None:
    """Neither null nor a text, which is no list of its letters; the error names the attribute."""
    with pytest.raises(ModelError, match="'mail'"):
        AttributeChange.update("mail", **{side: given})  # type: ignore[arg-type]


def test_factories_know_their_shape() -> None:
    """A change made from a list is multi-valued, from one value it is not; types follow values."""
    assert AttributeChange.add("a", ["x"]).is_multi_valued
    assert not AttributeChange.replace("a", "x").is_multi_valued
    assert AttributeChange.replace("a", True).data_type is AttributeType.BOOLEAN
    assert AttributeChange.update("a", removed=[b"x"]).data_type is AttributeType.BINARY
    assert AttributeChange.update("a", added=["x"], removed=["y"]).removed == ("y",)
    assert AttributeChange.delete("a").value is None
    assert ValueChange.add("x") == ValueChange("x")


@pytest.mark.parametrize(
    ("dn", "parts"),
    [
        ("CN=a,DC=b", ["CN=a", "DC=b"]),
        (r"CN=a\,b,DC=c", [r"CN=a\,b", "DC=c"]),
        ("CN=a", ["CN=a"]),
        (r"CN=a\\,DC=c", [r"CN=a\\", "DC=c"]),
        ("CN=a\\", ["CN=a\\"]),
    ],
)
def test_split_dn(dn: str, parts: list[str]) -> None:
    """A DN is split at commas that no backslash escapes."""
    assert split_dn(dn) == parts
    assert CSEntryChange("u", dn=dn).rdn == parts[0]


def test_rdn_of_nothing() -> None:
    """Without a DN there is no RDN."""
    assert CSEntryChange("u").rdn is None
    assert CSEntryChange("u", dn="").rdn is None


def test_identifiers_are_their_own() -> None:
    """Every entry has an identifier of its own that never changes."""
    one, other = CSEntryChange("u"), CSEntryChange("u")

    assert one.identifier == one.identifier
    assert one.identifier != other.identifier


def test_import_error_entry() -> None:
    """An unreadable object says why, under MIM's name."""
    entry = CSEntryChange.import_error(
        "user", {"id": 1}, MAImportError.IMPORT_ERROR_PARSE_ERROR, detail="row 7"
    )

    assert entry.error_name == "ImportErrorParseError"
    assert entry.error_detail == "row 7"


def test_results() -> None:
    """A result carries the entry's identifier, the code and the anchors assigned."""
    entry = CSEntryChange.add("user")
    good = CSEntryChangeResult.success(entry, {"id": 5})
    bad = CSEntryChangeResult.failure(entry, MAExportError.EXPORT_ERROR_INVALID_DN, "no")

    assert good.identifier == bad.identifier == entry.identifier
    assert good.anchor_attributes[0].value == 5
    assert (bad.error_name, bad.error_detail) == ("ExportErrorInvalidDN", "no")
    assert CSEntryChangeResult(entry.identifier, anchor_attributes=None).anchor_attributes == ()


values = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@given(values, values, values)
def test_update_of_a_set(before: list[str], added: list[str], removed: list[str]) -> None:
    """A value update is set difference and union, in that order, and leaves its input alone."""
    original = {"tags": list(before)} if before else {}
    change = CSEntryChange.update(
        "u", {}, changes=[AttributeChange.update("tags", added=added, removed=removed)]
    )

    after = apply_change(original, change)

    assert set(after.get("tags", ())) == (set(before) - set(removed)) | set(added)  # type: ignore[arg-type]
    assert original == ({"tags": before} if before else {})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (AttributeChange.replace("a", "new"), {"a": "new", "b": ["1", "2"]}),
        (AttributeChange.delete("a"), {"b": ["1", "2"]}),
        (AttributeChange.replace("b", []), {"a": "old"}),
        (AttributeChange.replace("b", ["3"]), {"a": "old", "b": ["3"]}),
        (AttributeChange.add("b", ["2", "3"]), {"a": "old", "b": ["1", "2", "3"]}),
        (AttributeChange.update("b", removed=["1", "2"]), {"a": "old"}),
        (AttributeChange.new_dn("CN=x"), {"a": "old", "b": ["1", "2"]}),
        (
            AttributeChange.of(
                "a",
                AttributeModificationType.UPDATE,
                added=("new",),
                removed=("old",),
                is_multi_valued=False,
            ),
            {"a": "new", "b": ["1", "2"]},
        ),
        (
            AttributeChange.of(
                "a", AttributeModificationType.UPDATE, removed=("old",), is_multi_valued=False
            ),
            {"b": ["1", "2"]},
        ),
        (
            AttributeChange.of(
                "a", AttributeModificationType.UPDATE, removed=("other",), is_multi_valued=False
            ),
            {"a": "old", "b": ["1", "2"]},
        ),
    ],
)
def test_apply_change(change: AttributeChange, expected: dict[str, object]) -> None:
    """Each attribute change leaves the state that ECMA2 defines for it."""
    before = {"a": "old", "b": ["1", "2"]}

    assert apply_change(before, CSEntryChange.update("u", {}, changes=[change])) == expected


def test_whole_changes_replace_the_state() -> None:
    """Add and Replace give the state, Delete leaves nothing."""
    state = {"a": "x", "b": ["1"]}

    assert apply_change({"z": "1"}, CSEntryChange.add("u", attributes=state)) == state
    assert apply_change({"z": "1"}, CSEntryChange.replace("u", attributes=state)) == state
    assert apply_change(state, CSEntryChange.delete("u", {})) == {}


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=6), min_size=1, max_size=3))
def test_generated_dns_come_apart(anchor: list[str]) -> None:
    """A generated DN has two components, whatever the anchor holds, and depends on all of it."""
    dn = generated_dn(anchor, "person")

    assert len(split_dn(dn)) == 2
    assert dn != generated_dn([*anchor, ""], "person")


@given(st.text() | st.integers() | st.binary(), st.text())
def test_generated_dns_are_those_of_one_component(value: str | int | bytes, kind: str) -> None:
    """The maker for one type gives what ``generated_dn`` gives."""
    assert generated_dns(kind)(value) == generated_dn((value,), kind)


def test_an_entry_of_its_parts_is_as_the_constructor_makes_it() -> None:
    """The short way sets every slot, and keeps the dictionaries it was given."""
    anchor: dict[str, Value] = {"id": 1}
    attributes: dict[str, Values] = {"mail": "a"}
    entry = CSEntryChange.of("user", ObjectModificationType.ADD, anchor, "CN=1", attributes)
    same = CSEntryChange.add("user", anchor, dn="CN=1", attributes=attributes)
    assert attrs.asdict(entry) == attrs.asdict(same)
    assert entry.anchor is anchor
    assert entry.attributes is attributes
    assert (
        entry.changes
        is not CSEntryChange.of("u", entry.object_modification_type, {}, "", {}).changes
    )


def test_identifiers_are_random_uuids_of_their_own() -> None:
    """Version 4 as RFC 4122 lays it down, no two alike, and an entry keeps its own."""
    entries = [CSEntryChange("user") for _ in range(1000)]
    found = {entry.identifier for entry in entries}
    assert {(each.version, each.variant) for each in found} == {(4, RFC_4122)}
    assert found == {entry.identifier for entry in entries}
    assert len(found) == 1000


def test_generated_dn_of_types() -> None:
    """Numbers are written in decimal and binary in hexadecimal, special characters are escaped."""
    assert generated_dn([7], "user") == "CN=7,OBJECT=user"
    assert generated_dn([b"\x01\xff", "a,b+c\\"], "user") == r"CN=01ff+a\,b\+c\\,OBJECT=user"
