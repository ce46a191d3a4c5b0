"""Objects rendered as SCIM resources."""

import json

import pytest
from attrs import evolve
from hypothesis import given
from scim2_models import Context, EnterpriseUser, Group, ScimProvider, User
from scim2_models import ResourceType as ResourceTypeModel
from scim2_models import Schema as SchemaModel

from ecma2py.scim.core import USER
from ecma2py.scim.discovery import Discovery
from ecma2py.scim.projection import parse_projection
from ecma2py.scim.rendering import Renderer, etag
from tests.scim.published import (
    BASE,
    ENTERPRISE,
    FULL,
    OWN_GROUP,
    OWN_USER,
    TEAM,
    Stored,
    published_types,
    reference_lists,
    stored_users,
)

TYPES = published_types()
USER_TYPE, GROUP_TYPE, PLACE_TYPE = TYPES
USERS, GROUPS, PLACES = (
    Renderer(each, base_url=f"{BASE}/", resource_types=TYPES) for each in TYPES
)


def _user(stored: Stored) -> dict:
    return USERS.render(stored, stored.references)


def _discovered() -> ScimProvider:
    found = Discovery(TYPES, base_url=BASE)
    wanted = [one for each in TYPES for one in (each.core_schema, *each.extensions)]
    return ScimProvider.from_discovery(
        [SchemaModel.model_validate(found.schema(urn)) for urn in dict.fromkeys(wanted)],
        [ResourceTypeModel.model_validate(one) for one in found.resource_types["Resources"]],
    )


PROVIDER = _discovered()


def test_a_user_shows_core_enterprise_and_own_attributes() -> None:
    """Every form of mapping comes out as RFC 7643 has it, and the connector's names as they are."""
    shown = _user(FULL)

    assert shown["schemas"] == [USER, ENTERPRISE, OWN_USER]
    assert shown["userName"] == "jane"
    assert shown["externalId"] == "7"
    assert shown["displayName"] == "true"
    assert shown["name"] == {"familyName": "Doe"}
    assert shown["emails"] == [
        {"value": "jane@work.example", "type": "work", "primary": True},
        {"value": "jane@home.example", "type": "home"},
    ]
    assert shown["roles"] == [{"value": "admin"}, {"value": "reader"}]
    assert shown["addresses"] == [{"streetAddress": "1 Main St", "locality": "Ulm", "type": "work"}]
    assert shown["entitlements"] == [{"value": "3"}, {"value": "5"}]
    assert shown["x509Certificates"] == [{"value": "AAEC"}, {"value": "AwQF"}]
    assert shown[ENTERPRISE]["employeeNumber"] == "42"
    own = shown[OWN_USER]
    assert (own["Employee ID"], own["photo;x-1"], own["id"]) == (42, "AAEC", 7)
    assert own["-dn-"] == "CN=1,OBJECT=person"
    assert own["otherMail"] == ["admin", "reader"]


def test_active_is_the_inverse_where_the_mapping_says_so() -> None:
    """``active`` mapped to ``!disabled`` is true exactly where ``disabled`` is false."""
    assert _user(Stored({"disabled": False}))["active"] is True
    assert _user(Stored({"disabled": True}))["active"] is False
    assert "active" not in _user(Stored({}))


def test_active_without_attribute_is_true() -> None:
    """A user whose connector has nothing like ``active`` shows as active."""
    plain = published_types(mappings={"User": {"userName": "login"}})[0]
    renderer = Renderer(plain, base_url=BASE)

    assert renderer.render(FULL, FULL.references)["active"] is True


def test_references_are_ids_with_urls_and_unknown_ones_text() -> None:
    """Core references are {value, $ref, type} of known objects; the extension has all of them."""
    user, group = _user(FULL), GROUPS.render(TEAM, TEAM.references)

    assert user[ENTERPRISE]["manager"] == {
        "value": "id-2",
        "$ref": f"{BASE}/Users/id-2",
        "displayName": "John",
    }
    assert user["groups"] == [{"value": "id-9", "$ref": f"{BASE}/Groups/id-9"}]
    assert user[OWN_USER]["boss"] == "id-2"
    assert user[OWN_USER]["memberOf"] == ["id-9", "CN=gone,OBJECT=team"]
    assert group["members"] == [
        {"value": "id-1", "$ref": f"{BASE}/Users/id-1", "type": "User"},
        {"value": "id-9", "$ref": f"{BASE}/Groups/id-9", "type": "Group"},
        {"value": "id-5"},
    ]
    assert group[OWN_GROUP]["staff"] == ["id-1", "CN=gone", "id-9", "id-5"]
    assert group[OWN_GROUP]["owner"] == "CN=gone"


def test_a_manager_nobody_knows_is_left_out_of_the_core_path() -> None:
    """An unresolved manager shows in the connector's extension alone."""
    stored = Stored({"boss": "CN=gone"}, {"boss": [(None, None, "CN=gone")]})

    shown = _user(stored)

    assert ENTERPRISE not in shown
    assert shown[OWN_USER]["boss"] == "CN=gone"


def test_what_may_only_be_written_is_never_shown() -> None:
    """Export-only attributes and passwords appear under no path."""
    text = json.dumps(_user(FULL))

    assert "secret-pin" not in text
    assert "export_password" not in text
    assert "pin" not in _user(FULL)[OWN_USER]


def test_meta_comes_from_the_base_url_alone() -> None:
    """Location and version are those of the object; the base URL ends in one slash at most."""
    shown = _user(FULL)

    assert shown["meta"] == {
        "resourceType": "User",
        "created": FULL.created,
        "lastModified": FULL.modified,
        "location": f"{BASE}/Users/{FULL.id}",
        "version": etag(3),
    }
    assert USERS.location("x") == f"{BASE}/Users/x"


def test_schemas_are_those_in_use() -> None:
    """An extension without attributes is neither shown nor listed."""
    assert _user(evolve(FULL, attributes={}, held={}, dn=None))["schemas"] == [USER]


def test_a_type_of_its_own_has_a_base_schema_and_its_extension() -> None:
    """Columns called id and meta do no harm, since they stand in the extension."""
    stored = Stored({"id": "Ulm", "meta": "data"}, dn="CN=Ulm")
    shown = PLACES.render(stored, stored.references)

    assert shown["id"] == stored.id
    assert shown["displayName"] == "Ulm"
    assert shown["meta"]["resourceType"] == "work_place"
    assert shown[PLACE_TYPE.extension_urn] == {"id": "Ulm", "meta": "data", "-dn-": "CN=Ulm"}


@given(stored=stored_users)
def test_every_user_is_valid_scim_by_the_schemas_it_publishes(stored) -> None:
    """Models made from the discovery documents, and scim2-models' own, accept what is rendered."""
    shown = _user(stored)
    as_sent = json.loads(json.dumps(shown))

    assert as_sent == shown
    context = Context.RESOURCE_QUERY_RESPONSE
    PROVIDER.model_for("User").model_validate(as_sent, scim_ctx=context)
    own = as_sent.pop(OWN_USER, None)
    if own is not None:
        as_sent["schemas"].remove(OWN_USER)
    User[EnterpriseUser].model_validate(as_sent, scim_ctx=context)


@given(held=reference_lists)
def test_every_group_is_valid_scim(held) -> None:
    """scim2-models' Group accepts what is rendered, whatever its members are."""
    stored = Stored({"name": "x"}, {"staff": held})
    shown = GROUPS.render(stored, stored.references)

    context = Context.RESOURCE_QUERY_RESPONSE
    PROVIDER.model_for("Group").model_validate(shown, scim_ctx=context)
    shown.pop(OWN_GROUP)
    shown["schemas"].remove(OWN_GROUP)
    Group.model_validate(shown, scim_ctx=context)


def test_rendering_changes_nothing_and_shares_no_state() -> None:
    """Two renderings are equal and apart: changing one leaves the other and the object alone."""
    before = json.dumps(FULL.attributes)
    one, other = _user(FULL), _user(FULL)
    one["emails"][0]["value"] = "changed"
    one["schemas"].append("changed")

    assert other == _user(FULL)
    assert json.dumps(FULL.attributes) == before


def test_references_are_read_once_and_only_if_shown() -> None:
    """An attribute shown under two paths is read once; one that is not wanted is not read."""
    asked: list[str] = []

    def references(attribute: str):
        asked.append(attribute)
        return TEAM.references(attribute)

    GROUPS.render(TEAM, references)
    assert sorted(asked) == ["owner", "staff"]

    asked.clear()
    GROUPS.render(TEAM, references, parse_projection(GROUP_TYPE, [], ["members"]))
    assert asked == ["owner"]

    asked.clear()
    bare = evolve(TEAM, attributes={"name": "x"})
    GROUPS.render(bare, references, parse_projection(GROUP_TYPE, ["displayName"]))
    assert asked == []


def test_no_single_reference_is_looked_for_where_the_object_has_none() -> None:
    """A user without manager costs no look-up."""
    asked: list[str] = []

    def references(attribute: str):
        asked.append(attribute)
        return ()

    USERS.render(Stored({"login": "x"}), references)

    assert asked == ["memberOf"]


@pytest.mark.parametrize(
    ("stored", "entries"),
    [
        ({"otherMail": "lone"}, [{"value": "lone"}]),
        ({"otherMail": ()}, None),
        ({"otherMail": []}, None),
    ],
)
def test_sets_of_any_size_are_lists(stored: dict, entries: object) -> None:
    """A multi-valued attribute is an array, and absent where it is empty."""
    assert _user(Stored(stored)).get("roles") == entries


def test_a_set_with_a_type_is_one_entry_for_each_value() -> None:
    """A multi-valued attribute mapped to ``emails[type eq "other"]`` repeats the type."""
    mapping = {
        "userName": "login",
        'emails[type eq "other"].value': "otherMail",
        'emails[type eq "other"].display': "sn",
    }
    renderer = Renderer(published_types(mappings={"User": mapping})[0], base_url=BASE)

    shown = renderer.render(FULL, FULL.references)

    assert shown["emails"] == [
        {"display": "Doe", "type": "other"},
        {"value": "admin", "type": "other"},
        {"value": "reader", "type": "other"},
    ]


def test_the_primary_entry_stands_alone_where_it_shows_something_else() -> None:
    """Without a typed entry of the same attribute the primary one is an entry of its own."""
    mapping = {
        "userName": "login",
        "emails.value": "mail",
        'emails[type eq "home"].value': "private mail",
    }
    renderer = Renderer(published_types(mappings={"User": mapping})[0], base_url=BASE)

    assert renderer.render(FULL, FULL.references)["emails"] == [
        {"value": "jane@work.example", "primary": True},
        {"value": "jane@home.example", "type": "home"},
    ]


def test_complex_attributes_of_secrets_alone_are_never_shown() -> None:
    """Where everything below an attribute may only be written, nothing of it is shown."""
    mapping = {"userName": "login", "name.givenName": "pin", 'emails[type eq "x"].value': "pin"}
    renderer = Renderer(published_types(mappings={"User": mapping})[0], base_url=BASE)

    shown = renderer.render(FULL, FULL.references)

    assert not {"name", "emails"} & shown.keys()
