"""Imported entries keep to the schema, or become errors of their own."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.entries import (
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    ObjectModificationType,
)
from ecma2py.errors import MAImportError
from ecma2py.partitions import Partition
from ecma2py.runs import EntryChecker
from ecma2py.runs import soundness as soundness_module
from ecma2py.runs.dn import comparable, is_below, is_ldap_dn
from ecma2py.runs.validation import Checked
from ecma2py.schema import AttributeType, Schema, SchemaAttribute, SchemaType
from tests.runs.zoo import PERSON, SCHEMA, person

LDAP = MADistinguishedNameStyle.LDAP
GENERIC = MADistinguishedNameStyle.GENERIC
ADD = ObjectModificationType.ADD
FULL_ENTRY = {
    "name": "Ann",
    "age": 5,
    "active": True,
    "photo": b"\0",
    "mail": ["a", "b"],
    "codes": [1, 2],
    "manager": "7",
    "member": ["8"],
    "created": "now",
}


def checked(*entries: Any, **options: Any) -> Checked:
    result = Checked()
    EntryChecker(options.pop("types", SCHEMA), **options).check(entries, result)
    return result


def refused(entry: Any, **options: Any) -> str:
    """The error of the only entry, as MIM writes it."""
    result = checked(entry, **options)
    assert not result.valid
    return result.failures[0].name


def test_a_sound_entry_passes_untouched():
    """What the schema says goes through as it is."""
    entry = person(1, **FULL_ENTRY)
    assert checked(entry).valid == [entry]
    assert entry.attributes == FULL_ENTRY


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"name": 5}, "ImportErrorInvalidAttributeValue"),
        ({"name": 2**63}, "ImportErrorInvalidAttributeValue"),
        ({"name": ["a", "b"]}, "ImportErrorInvalidAttributeValue"),
        ({"age": "5"}, "ImportErrorInvalidNumericValue"),
        ({"age": True}, "ImportErrorInvalidNumericValue"),
        ({"age": 2**63}, "ImportErrorInvalidNumericValue"),
        ({"codes": [1, 2**63]}, "ImportErrorInvalidNumericValue"),
        ({"codes": [1, "2"]}, "ImportErrorInvalidNumericValue"),
        ({"active": 1}, "ImportErrorInvalidBooleanValue"),
        ({"photo": "AA=="}, "ImportErrorInvalidBase64Value"),
        ({"mail": ["a", 1]}, "ImportErrorInvalidAttributeValue"),
        ({"member": [1]}, "ImportErrorInvalidAttributeValue"),
        ({"shoe size": "9"}, "unknown-attribute"),
    ],
)
def test_a_value_of_the_wrong_kind_is_an_error_of_its_entry(attributes, name):
    """Each kind of wrong value has its MAImportError, and the attribute is named."""
    result = checked(person(1, **attributes), person(2))
    assert result.failures[0].name == name
    assert result.failures[0].attribute_name == next(iter(attributes))
    assert result.failures[0].anchor == {"id": "1"}
    assert len(result.valid) == 1


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (CSEntryChange.add("person", {}, attributes={}), "missing-anchor-value"),
        (CSEntryChange.add("person", {"id": ""}), "missing-anchor-value"),
        (CSEntryChange.add("person", {"id": 5}), "ImportErrorInvalidAttributeValue"),
        (CSEntryChange.add("unit", {"code": 2**63}), "ImportErrorInvalidAttributeValue"),
        (CSEntryChange.add("person", {"id": "1", "x": 2}), "ImportErrorInvalidAttributeValue"),
        (CSEntryChange.add("", {"id": "1"}), "ImportErrorMissingObjectType"),
        (CSEntryChange.add("robot", {"id": "1"}), "unknown-object-type"),
        (CSEntryChange("person", anchor={"id": "1"}), "ImportErrorMissingChangeType"),
        (CSEntryChange.delete("person", {"id": "1"}), "ImportErrorInvalidChangeType"),
        (CSEntryChange.update("person", {"id": "1"}), "ImportErrorInvalidChangeType"),
        ({"id": 1}, "ImportErrorParseError"),
        (None, "ImportErrorParseError"),
    ],
)
def test_an_entry_that_names_no_object_is_an_error(entry, name):
    """Type, anchor and change type must be there and right."""
    assert refused(entry) == name


def test_an_entry_without_type_at_all_is_an_error():
    """None is no object type."""
    assert refused(CSEntryChange(None, anchor={"id": "1"})) == "ImportErrorMissingChangeType"
    entry = CSEntryChange(None, ObjectModificationType.ADD, anchor={"id": "1"})
    assert refused(entry) == "ImportErrorMissingObjectType"


def test_an_error_of_the_connector_passes_through_cleaned():
    """ErrorCodeImport, name and detail stay; secrets go."""
    entry = CSEntryChange.import_error(
        "person", {"id": "1"}, MAImportError.IMPORT_ERROR_READ_ERROR, name="x", detail="pw hunter2"
    )
    failure = checked(entry, clean=lambda text: text.replace("hunter2", "***")).failures[0]
    assert failure.code is MAImportError.IMPORT_ERROR_READ_ERROR
    assert (failure.name, failure.detail) == ("x", "pw ***")


def test_harmless_forms_are_mended():
    """None, empty lists, scalars for lists, lists of one, an anchor among the attributes."""
    entry = CSEntryChange.add(
        "person", {}, attributes={"id": "1", "mail": "a", "codes": [], "name": ["Ann"]}
    )
    entry.attributes["age"] = None
    entry.attributes["member"] = ("x",)
    assert checked(entry).valid == [entry]
    assert entry.anchor == {"id": "1"}
    assert entry.attributes == {"id": "1", "mail": ["a"], "name": "Ann", "member": ["x"]}


def test_what_was_not_selected_is_left_out_in_silence():
    """Unselected attributes and types, and export-only attributes, are no errors."""
    some = Schema([PERSON.select(["name"])])
    entry = person(1, name="Ann", age=5, pin="1")
    unit = CSEntryChange.add("unit", {"code": 1})
    result = checked(entry, unit, types=some, whole=SCHEMA)
    assert result.valid == [entry]
    assert entry.attributes == {"name": "Ann"}
    assert result.dropped == 1


def test_dn_styles_ask_for_a_dn():
    """Generic and LDAP styles need one, LDAP a well-formed one inside the partition."""
    inside = CSEntryChange.add("person", {"id": "1"}, dn="CN=a, DC=X,DC=y")
    partition = Partition("dc=x,dc=y")
    assert checked(inside, style=LDAP, partition=partition).valid
    assert checked(inside, style=LDAP, partition=Partition.default()).valid
    assert checked(CSEntryChange.add("person", {"id": "1"}, dn="a;b"), style=GENERIC).valid
    bare = person(1)
    assert refused(bare, style=GENERIC) == "ImportErrorMissingDomainName"
    assert refused(bare, style=LDAP) == "ImportErrorMissingDomainName"
    bad = CSEntryChange.add("person", {"id": "1"}, dn="no dn")
    assert refused(bad, style=LDAP) == "ImportErrorDomainNameNotLdapConformant"
    outside = CSEntryChange.add("person", {"id": "1"}, dn="CN=a,DC=zx,DC=y")
    assert refused(outside, style=LDAP, partition=partition) == "out-of-partition"
    number = CSEntryChange.add("person", {"id": "1"}, dn=5)
    assert refused(number, style=LDAP) == "ImportErrorInvalidDomainName"


def test_deltas_may_change_and_delete():
    """Updates are checked change by change; a delete needs its anchor only."""
    good = CSEntryChange.update(
        "person",
        {"id": "1"},
        changes=[
            AttributeChange.update("mail", ["a"], ["b"]),
            AttributeChange.replace("age", 6),
            AttributeChange.delete("name"),
            AttributeChange.replace("pin", "1"),
            AttributeChange.new_dn("x"),
        ],
    )
    gone = CSEntryChange.delete("person", {"id": "1"})
    result = checked(good, gone, person(1), is_full=False)
    assert len(result.valid) == 3
    assert "pin" not in good.changes
    wrong = [
        AttributeChange.replace("age", "six"),
        AttributeChange.update("mail", removed=[5]),
        AttributeChange.replace("name", ["a", "b"]),
        AttributeChange.replace("zzz", "a"),
    ]
    for change in wrong:
        entry = CSEntryChange.update("person", {"id": "1"}, changes=[change])
        assert checked(entry, is_full=False).failures[0].attribute_name == change.name
    odd = CSEntryChange.update("person", {"id": "1"})
    odd.changes["mail"] = "a"
    assert refused(odd, is_full=False) == "ImportErrorParseError"


UPDATE, REPLACE = ObjectModificationType.UPDATE, ObjectModificationType.REPLACE


@pytest.mark.parametrize(
    ("kind", "parts", "text"),
    [
        (UPDATE, {"attributes": {"name": "lost"}}, "'name' among 'changes'"),
        (ADD, {"changes": {"name": AttributeChange.add("name", "lost")}}, "among 'attributes'"),
        (REPLACE, {"changes": {"name": AttributeChange.add("name", "x")}}, "among 'attributes'"),
        (UPDATE, {"changes": {"name": AttributeChange.replace("pin", "x")}}, "one of 'pin'"),
        (ADD, {"changes": {"DN": AttributeChange.delete("DN")}}, "'DN'"),
        (
            UPDATE,
            {"changes": {"name": AttributeChange("name", AttributeModificationType.UNCONFIGURED)}},
            "what is to happen",
        ),
    ],
)
def test_a_change_that_does_not_fit_is_refused_rather_than_lost(kind, parts, text):
    """What the matrix of ECMA2 does not allow fails its entry, also if it was put in by hand."""
    entry = CSEntryChange("person", kind, anchor={"id": "1"}, **parts)

    (failure,) = checked(entry, is_full=False).failures

    assert text in failure.detail


def test_a_change_that_fits_passes():
    """A new DN fits anywhere, an anchor may stand among the attributes, a number names a kind."""
    by_number = CSEntryChange("person", 2, anchor={"id": "1"})  # type: ignore[arg-type]
    entries = [
        CSEntryChange(
            "person", ADD, anchor={"id": "1"}, changes={"DN": AttributeChange.new_dn("CN=x")}
        ),
        CSEntryChange("person", UPDATE, attributes={"id": "1"}),
        CSEntryChange("person", ObjectModificationType.DELETE, attributes={"id": "1"}),
        CSEntryChange.update("person", {"id": "1"}, changes=[AttributeChange.delete("name")]),
        by_number,
    ]

    assert checked(*entries, is_full=False).valid == entries
    assert by_number.object_modification_type is ADD


def test_a_dn_may_stand_for_the_anchor():
    """With a DN as anchor, changes may carry the DN alone, without type."""
    options = {"style": LDAP, "is_dn_as_anchor": True, "is_full": False}
    gone = CSEntryChange.delete(None, {}, dn="CN=a")
    whole = CSEntryChange.add("person", dn="CN=a", attributes={"name": "Ann"})
    assert len(checked(gone, whole, **options).valid) == 2
    assert whole.anchor == {"id": "CN=a"}
    assert refused(CSEntryChange.delete(None, {}), **options) == "ImportErrorMissingDomainName"
    assert refused(CSEntryChange.delete(None, {}), is_full=False) == "ImportErrorMissingObjectType"


def test_shapes_are_bounded(monkeypatch):
    """However many combinations of attributes come, the memory stays small."""
    monkeypatch.setattr(soundness_module, "_MAX_SHAPES", 2)
    names = ["name", "manager", "created"]
    entries = [person(1, **dict.fromkeys(names[:n], "x")) for n in (0, 1, 2, 3)]
    checker, result = EntryChecker(SCHEMA), Checked()
    checker.check(entries, result)
    assert len(result.valid) == 4
    assert len(checker._rules["person"].shapes) <= 2


TYPES = {
    AttributeType.STRING: st.text(),
    AttributeType.REFERENCE: st.text(),
    AttributeType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    AttributeType.BINARY: st.binary(),
    AttributeType.BOOLEAN: st.booleans(),
}
ANY = st.one_of(*TYPES.values(), st.integers(), st.none(), st.floats())


@given(st.data())
def test_an_entry_passes_if_and_only_if_every_value_is_of_its_type(data):
    """The compiled check agrees with AttributeType.accepts, value by value."""
    kinds = data.draw(st.lists(st.sampled_from(list(TYPES)), max_size=6))
    attributes = [
        SchemaAttribute(
            f"a{n}",
            kind,
            is_multi_valued=kind is not AttributeType.BOOLEAN and data.draw(st.booleans()),
        )
        for n, kind in enumerate(kinds)
    ]
    schema = Schema([SchemaType("t", [SchemaAttribute.anchor("id"), *attributes])])
    values: dict[str, Any] = {}
    for each in attributes:
        one = TYPES[each.data_type] | ANY
        values[each.name] = data.draw(st.lists(one, max_size=3) if each.is_multi_valued else one)
    entry = CSEntryChange.add("t", {"id": "1"}, attributes=values)
    fine = all(
        each.data_type.accepts(value)
        for each in attributes
        for value in (values[each.name] if each.is_multi_valued else [values[each.name]])
        if value is not None or each.is_multi_valued
    )
    assert bool(checked(entry, types=schema).valid) is fine


@pytest.mark.parametrize(
    ("dn", "is_one"),
    [
        ("CN=a", True),
        ("cn=a\\,b+sn=c , ou=x y,DC=d", True),
        ("CN=a\\0ACNF:x,DC=y", True),
        ('CN="a,b";O=c', True),
        ("2.5.4.3=#0402486e", True),
        ("CN=", True),
        ("", False),
        ("CN", False),
        ("CN=a,", False),
        ("CN=a,,DC=b", False),
        ("CN=a<b", False),
        ("CN=a\\", False),
        (" " * 50_000 + "x", False),
        ("CN=" + " " * 50_000 + ",", False),
    ],
)
def test_the_grammar_of_a_dn(dn, is_one):
    """RFC 4514, with what RFC 2253 allowed beside it; hostile text costs no time."""
    assert bool(is_ldap_dn(dn)) is is_one


def test_partitions_are_compared_by_components():
    """Case and spaces do not matter, a component counts as a whole."""
    base = comparable("DC=x, DC=y")
    assert is_below("dc=X,dc=Y", base)
    assert is_below("cn=a , DC=x ,DC=y", base)
    assert not is_below("cn=a,dc=xx,dc=y", base)
    assert not is_below("cn=adc=x,dc=y", base)
    assert is_below("anything", "")
