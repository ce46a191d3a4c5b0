"""Discovery documents, RFC 7643 sections 5 to 7."""

import json

import pytest
from scim2_models import Context, ListResponse, ResourceType, Schema, ServiceProviderConfig

from ecma2py.scim.bulk import BulkLimits
from ecma2py.scim.core import GROUP, USER
from ecma2py.scim.discovery import (
    AuthenticationScheme,
    Discovery,
    ProviderSettings,
    check_discovery_query,
)
from ecma2py.scim.errors import ScimError
from ecma2py.scim.schemas import PROVIDER_CONFIG, RESOURCE_TYPE, SCHEMA
from tests.scim.published import BASE, ENTERPRISE, OWN_USER, published_types

TYPES = published_types()
FOUND = Discovery(TYPES, base_url=f"{BASE}/")
CHARACTERISTICS = {
    "name",
    "type",
    "multiValued",
    "description",
    "required",
    "caseExact",
    "mutability",
    "returned",
    "uniqueness",
}
ANSWER = Context.RESOURCE_QUERY_RESPONSE


def _attributes(urn: str) -> dict[str, dict]:
    return {each["name"]: each for each in FOUND.schema(urn)["attributes"]}


def _parts(attribute: dict) -> dict[str, dict]:
    return {each["name"]: each for each in attribute["subAttributes"]}


def _every_value(value: object):
    yield value
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _every_value(each)


def test_every_document_is_valid_scim_without_nulls() -> None:
    """scim2-models accepts each list and document, and none of them holds a null."""
    ListResponse[Schema].model_validate(FOUND.schemas, scim_ctx=ANSWER)
    ListResponse[ResourceType].model_validate(FOUND.resource_types, scim_ctx=ANSWER)
    ServiceProviderConfig.model_validate(FOUND.service_provider_config, scim_ctx=ANSWER)
    for document in (FOUND.schemas, FOUND.resource_types, FOUND.service_provider_config):
        assert None not in list(_every_value(document))
        assert json.loads(json.dumps(document)) == document


def test_every_attribute_has_every_characteristic() -> None:
    """Nothing is left to defaults a client may not know (RFC 7643 section 7)."""
    for schema in FOUND.schemas["Resources"]:
        pending = list(schema["attributes"])
        assert pending
        while pending:
            each = pending.pop()
            assert each.keys() >= CHARACTERISTICS
            assert ("subAttributes" in each) is (each["type"] == "complex")
            assert ("referenceTypes" in each) is (each["type"] == "reference")
            pending += each.get("subAttributes", [])


def test_every_schema_is_listed_once_and_found_by_urn_in_any_case() -> None:
    """The list holds each schema that a resource type or SCIM itself has, and no other."""
    urns = [each["id"] for each in FOUND.schemas["Resources"]]

    wanted = {urn for each in TYPES for urn in (each.core_schema, *each.extensions)}
    assert set(urns) == wanted | {PROVIDER_CONFIG, RESOURCE_TYPE, SCHEMA}
    assert len(urns) == len(set(urns)) == FOUND.schemas["totalResults"]
    for urn in urns:
        document = FOUND.schema(urn.upper())
        assert document["id"] == urn
        assert document["meta"] == {"resourceType": "Schema", "location": f"{BASE}/Schemas/{urn}"}


def test_every_resource_type_is_listed_and_found_by_name() -> None:
    """Each names its endpoint, its base schema and its extensions, all of them published."""
    names = [each["name"] for each in FOUND.resource_types["Resources"]]
    assert names == ["User", "Group", "work_place"]
    for name, each in zip(names, TYPES, strict=True):
        document = FOUND.resource_type(name)
        assert document["id"] == name
        assert (document["endpoint"], document["schema"]) == (each.endpoint, each.core_schema)
        assert document["meta"]["location"] == f"{BASE}/ResourceTypes/{name}"
        extensions = [one["schema"] for one in document["schemaExtensions"]]
        assert extensions == list(each.extensions)
        for urn in (document["schema"], *extensions):
            FOUND.schema(urn)


@pytest.mark.parametrize("name", ["users", "user", "", "\ud800", "x" * 10_000])
def test_what_is_not_there_is_404(name: str) -> None:
    """Unknown schemas and types are 404, and the message is short."""
    for find in (FOUND.schema, FOUND.resource_type):
        with pytest.raises(ScimError) as raised:
            find(name)
        assert raised.value.status == 404
        assert len(raised.value.detail) < 400


def test_core_schemas_hold_what_is_mapped_and_nothing_else() -> None:
    """Attributes and sub-attributes without a mapping are not promised."""
    user = _attributes(USER)

    assert "nickName" not in user
    assert "externalId" not in user
    assert _parts(user["name"]).keys() == {"familyName"}
    assert _parts(user["emails"]).keys() == {"value", "primary", "type"}
    assert _parts(user["emails"])["type"]["canonicalValues"] == ["work", "home"]
    assert _parts(user["emails"])["primary"]["type"] == "boolean"
    assert _parts(user["addresses"]).keys() == {"streetAddress", "locality", "type"}
    assert user["emails"]["multiValued"]
    assert user["active"]["type"] == "boolean"
    assert _attributes(ENTERPRISE).keys() == {"employeeNumber", "manager"}


def test_references_have_value_url_and_type() -> None:
    """Members are {value, $ref, type} of every type published, a manager has no type."""
    members = _parts(_attributes(GROUP)["members"])
    manager = _parts(_attributes(ENTERPRISE)["manager"])
    groups = _attributes(USER)["groups"]

    assert members.keys() == {"value", "$ref", "type"}
    assert members["value"]["type"] == "string"
    assert members["$ref"]["referenceTypes"] == ["User", "Group", "work_place"]
    assert members["$ref"]["mutability"] == "immutable"
    assert manager.keys() == {"value", "$ref", "displayName"}
    assert groups["mutability"] == "readOnly"
    assert {each["mutability"] for each in _parts(groups).values()} == {"readOnly"}


def test_the_extension_describes_every_connector_attribute() -> None:
    """Names, types and directions of the connector's schema are SCIM's characteristics."""
    own = _attributes(OWN_USER)

    assert own["Employee ID"]["type"] == "integer"
    assert own["photo;x-1"]["type"] == "binary"
    assert own["otherMail"]["multiValued"]
    assert own["boss"]["type"] == "string"
    assert own["id"]["mutability"] == "immutable"
    assert own["id"]["uniqueness"] == "server"
    assert own["changed"]["mutability"] == "readOnly"
    for secret in ("pin", "export_password"):
        assert own[secret]["mutability"] == "writeOnly"
        assert own[secret]["returned"] == "never"
    assert own["sn"]["description"] == "Last name"
    assert "-dn-" in own


def test_a_required_attribute_is_required_where_it_must_be_given() -> None:
    """Mapped to a core path it is required there; else in the extension, which then is too."""
    assert _attributes(USER)["userName"]["required"]
    assert not _attributes(OWN_USER)["login"]["required"]
    extension = FOUND.resource_type("User")["schemaExtensions"][-1]
    assert extension == {"schema": OWN_USER, "required": False}

    bare = Discovery(published_types(mappings={"User": {}}), base_url=BASE)
    own = {each["name"]: each for each in bare.schema(OWN_USER)["attributes"]}
    assert own["login"]["required"]
    assert bare.resource_type("User")["schemaExtensions"] == [
        {"schema": OWN_USER, "required": True}
    ]


def test_a_complex_attribute_of_secrets_alone_is_a_secret() -> None:
    """Where all parts are write-only, so is the whole."""
    mapping = {"name.givenName": "pin"}
    found = Discovery(published_types(mappings={"User": mapping}), base_url=BASE)
    user = {each["name"]: each for each in found.schema(USER)["attributes"]}

    assert user["name"]["mutability"] == "writeOnly"
    assert user["name"]["returned"] == "never"


def test_the_provider_configuration_says_what_is_set() -> None:
    """Limits, page sizes and schemes are those of the settings; absent ones are left out."""
    settings = ProviderSettings(
        bulk=BulkLimits(max_operations=7, max_payload_size=99),
        default_count=5,
        max_count=50,
        cursor_timeout=60,
        change_password=True,
        documentation_uri="https://docs.example",
    )
    config = Discovery(TYPES, base_url=BASE, settings=settings).service_provider_config

    ServiceProviderConfig.model_validate(config, scim_ctx=ANSWER)
    assert config["bulk"] == {"supported": True, "maxOperations": 7, "maxPayloadSize": 99}
    assert config["filter"] == {"supported": True, "maxResults": 50}
    assert config["pagination"] == {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 5,
        "maxPageSize": 50,
        "cursorTimeout": 60,
    }
    assert config["changePassword"] == {"supported": True}
    assert config["documentationUri"] == "https://docs.example"
    assert config["meta"]["location"] == f"{BASE}/ServiceProviderConfig"

    scheme = AuthenticationScheme(spec_uri=None)
    bare = ProviderSettings(cursor_timeout=None, authentication=(scheme,))
    config = Discovery(TYPES, base_url=BASE, settings=bare).service_provider_config
    ServiceProviderConfig.model_validate(config, scim_ctx=ANSWER)
    assert "cursorTimeout" not in config["pagination"]
    assert "specUri" not in config["authenticationSchemes"][0]
    assert "documentationUri" not in config


def test_a_filter_on_discovery_is_forbidden_and_other_parameters_ignored() -> None:
    """RFC 7644 section 4: 403 for a filter, so that nobody believes it was applied."""
    check_discovery_query([("attributes", "id"), ("startIndex", "2"), ("sortBy", "x")])
    with pytest.raises(ScimError) as raised:
        check_discovery_query([("Filter", "id pr")])

    assert raised.value.status == 403
