"""A multi-valued attribute that is treated as single-valued is one to every client."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.entries import AttributeModificationType
from ecma2py.schema import AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.scim.bodies import read_resource
from ecma2py.scim.builder import Settings
from ecma2py.scim.discovery import Discovery
from ecma2py.scim.errors import ScimError
from ecma2py.scim.mapping import build_resource_types, single_values_for
from ecma2py.scim.patch import read_patch
from ecma2py.scim.rendering import Renderer
from ecma2py.scim.types import ResourceType
from tests.scim.people import ENT, EXT, resolve
from tests.scim.published import BASE, Stored

MULTI, SINGLE = SchemaAttribute.multi, SchemaAttribute.single
PERSON = SchemaType(
    "person",
    [
        SchemaAttribute.anchor("key"),
        evolve(MULTI("uid"), is_required=True),
        MULTI("cn"),
        MULTI("number", AttributeType.INTEGER),
        MULTI("photo", AttributeType.BINARY),
        MULTI("enabled"),
        MULTI("mail"),
        MULTI("boss", AttributeType.REFERENCE),
        MULTI("friends", AttributeType.REFERENCE),
        SINGLE("title"),
    ],
)
TREATED = ("uid", "cn", "number", "photo", "enabled", "mail", "boss")
MAPPING = {
    "userName": "uid",
    "name.formatted": "cn",
    "active": "enabled",
    "emails": "mail",
    "title": "title",
    f"{ENT}:employeeNumber": "number",
    f"{ENT}:manager": "boss",
}


def user(schema_type: SchemaType, *treated: str) -> ResourceType:
    """This type as User, some of its attributes treated as single-valued."""
    (found,) = build_resource_types(
        Schema([schema_type]),
        person="person",
        mappings={"User": MAPPING},
        settings=Settings(single_value={"person": treated}),
    )
    return found


TYPE = user(PERSON, *TREATED, "title")
PLAIN = user(
    SchemaType(
        "person",
        [
            evolve(each, is_multi_valued=each.is_multi_valued and each.name not in TREATED)
            for each in PERSON.attributes.values()
        ],
    )
)
"""The same for a connector whose attributes are single-valued."""

TEXTS = st.lists(st.sampled_from(["a", "b", "true", "false"]), min_size=1, unique=True)


@st.composite
def objects(draw: st.DrawFn) -> tuple[Stored, Stored]:
    """An object that holds several values, and one that holds the first of each."""
    several: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                **dict.fromkeys(("uid", "cn", "enabled", "mail", "photo"), TEXTS),
                "number": st.lists(st.integers(0, 9), min_size=1, unique=True),
            },
        )
    )
    held = draw(
        st.lists(
            st.sampled_from([("id-1", "person", "CN=1"), (None, None, "CN=gone")]), unique=True
        )
    )
    ones = {name: values[0] for name, values in several.items()}
    if held:
        ones["boss"] = held[0][2]
    return Stored(several, {"boss": held}), Stored(ones, {"boss": held[:1]})


def rendered(kind: ResourceType, stored: Stored) -> dict[str, Any]:
    """The resource that an object is."""
    return Renderer(kind, base_url=BASE, resource_types=[kind]).render(stored, stored.references)


@given(objects())
def test_shown_is_the_first_value(pair: tuple[Stored, Stored]) -> None:
    """An object looks like one that holds nothing else, under every path."""
    several, first = pair
    assert rendered(TYPE, several) == rendered(PLAIN, first)
    seen = {name: value for name, value in first.attributes.items() if name != "boss"}
    assert TYPE.shown(several.attributes) == seen


def test_what_was_stored_before_the_attribute_became_multi_valued_is_shown() -> None:
    """Until the next import the space holds such a value as it was."""
    assert rendered(TYPE, Stored({"uid": "ann"}))["userName"] == "ann"


def test_schemas_say_single_valued() -> None:
    """No document tells the two apart."""
    treated, plain = (Discovery([each], base_url=BASE) for each in (TYPE, PLAIN))
    assert treated.schemas == plain.schemas


def test_only_what_is_multi_valued_is_treated() -> None:
    """A single-valued attribute may be listed, and costs what it did."""
    assert TYPE.firsts == set(TREATED)
    assert user(PERSON, *TREATED).firsts == set(TREATED)
    assert PLAIN.firsts == frozenset()


@pytest.mark.parametrize(
    ("op", "path", "value"),
    [
        ("replace", "userName", "bob"),
        ("add", "userName", ["bob"]),
        ("replace", f"{EXT}:uid", "bob"),
        ("replace", "name.formatted", "Bob"),
        ("replace", "active", "False"),
        ("replace", f"{ENT}:employeeNumber", "7"),
        ("add", f"{ENT}:manager", {"value": "id-boss"}),
        ("replace", "emails.value", "b@x"),
        ("remove", "emails", None),
        ("remove", "emails", [{"value": "b@x"}]),
        ("remove", f"{ENT}:manager", None),
        ("remove", f"{EXT}:cn", ["no value of it"]),
    ],
)
def test_a_patch_means_the_whole_attribute(op: str, path: str, value: object) -> None:
    """It asks for what it would ask of a single-valued attribute: a new value, or none."""
    body = {"Operations": [{"op": op, "path": path, "value": value}]}
    asked = [
        read_patch(body, each, resolve=resolve, current=lambda: {"mail": "b@x"})
        for each in (TYPE, PLAIN)
    ]
    assert asked[0] == asked[1]
    kind = AttributeModificationType
    (change,) = asked[0].changes
    assert change.modification_type is (kind.DELETE if op == "remove" else kind.REPLACE)


def test_a_body_gives_one_value() -> None:
    """Two are refused, none at all too where one is required."""
    read = read_resource({"userName": "bob", "name": {"formatted": "Bob"}}, TYPE, resolve=resolve)
    assert read.values == {"uid": "bob", "cn": "Bob"}
    for body in ({"userName": ["a", "b"]}, {"name": {"formatted": "Bob"}}):
        with pytest.raises(ScimError, match="userName|uid"):
            read_resource(body, TYPE, resolve=resolve)
    with pytest.raises(ScimError, match="required"):
        read_patch({"Operations": [{"op": "remove", "path": "userName"}]}, TYPE, resolve=resolve)


def test_what_a_mapping_needs_is_told() -> None:
    """Each attribute once, and none that a multi-valued path takes as it is."""
    mapping = {**MAPPING, "displayName": "cn", "nickName": "nobody", "profileUrl": "!title"}
    assert single_values_for(PERSON, "User", mapping) == ["uid", "cn", "enabled", "number", "boss"]
    assert single_values_for(PERSON, "Group", {"displayName": "cn", "members": "friends"}) == ["cn"]
