"""PATCH finds an attribute under each name it has."""

from ecma2py.schema import AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.scim.core import GROUP
from ecma2py.scim.mapping import build_resource_types
from tests.scim.people import EXT, PERSON, TEAM_TYPE, single
from tests.scim.test_patch import delta, gains, op, put


def test_the_group_urn_of_core_is_understood() -> None:
    """Core attributes may carry their URN in a group as well."""
    assert delta(op("add", f"{GROUP}:members", ["id-1"]), kind=TEAM_TYPE) == {
        "member": gains("CN=1")
    }


def test_schemas_inside_an_extension_are_left_aside() -> None:
    """Libraries that write the extension's own ``schemas`` into it are understood."""
    body = {"schemas": [EXT], "sn": "x"}

    assert delta(op("replace", EXT, body)) == {"sn": put("x")}


def test_bare_and_primary_beside_typed_entries() -> None:
    """``emails.value`` alone means the primary entry where one is mapped."""
    person = SchemaType("p", [SchemaAttribute.anchor("k"), single("main"), single("work")])
    (found,) = build_resource_types(
        Schema([person]),
        person="p",
        mappings={"User": {"emails.value": "main", 'emails[type eq "work"].value': "work"}},
    )
    assert delta(op("replace", "emails.value", "x"), kind=found) == {"main": put("x")}
    both = [{"type": "work", "value": "w"}, {"type": "home", "value": "h"}]
    assert delta(op("add", "emails", both), kind=found) == {"main": put("h"), "work": put("w")}
    flagged = [{"type": "work", "value": "w", "primary": True}]
    assert delta(op("add", "emails", flagged), kind=found) == {"main": put("w"), "work": put("w")}


def test_every_attribute_can_be_written_under_its_full_name() -> None:
    """Each writable attribute of the connector is reached by URN and name, whatever its name."""
    for name, attribute in PERSON.attributes.items():
        if name in ("EmpId", "lastLogon"):
            continue
        value = {
            AttributeType.BINARY: "AAAA",
            AttributeType.BOOLEAN: True,
            AttributeType.INTEGER: 1,
        }.get(attribute.data_type, "CN=x")
        assert list(delta(op("replace", f"{EXT}:{name}", value))) == [name]
