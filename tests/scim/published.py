"""A connector's types as SCIM publishes them, and objects of theirs, for tests of what is shown."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen
from hypothesis import strategies as st

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.schema import AttributeOperation, AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.scim.builder import Settings
from ecma2py.scim.mapping import build_resource_types
from ecma2py.scim.types import ResourceType

BASE = "https://host.example:8585/ecma2host_HR/scim"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
OWN_USER = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User"
OWN_GROUP = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:Group"

PERSON = SchemaType(
    "person",
    [
        SchemaAttribute.anchor("id", AttributeType.INTEGER),
        SchemaAttribute.single("login", required=True),
        SchemaAttribute.single("sn", description="Last name"),
        SchemaAttribute.single("Employee ID", AttributeType.INTEGER),
        SchemaAttribute.single("mail"),
        SchemaAttribute.single("private mail"),
        SchemaAttribute.multi("otherMail"),
        SchemaAttribute.multi("badges", AttributeType.INTEGER),
        SchemaAttribute.single("street"),
        SchemaAttribute.single("city"),
        SchemaAttribute.single("disabled", AttributeType.BOOLEAN),
        SchemaAttribute.single("vip", AttributeType.BOOLEAN),
        SchemaAttribute.single("photo;x-1", AttributeType.BINARY),
        SchemaAttribute.multi("certificate", AttributeType.BINARY),
        SchemaAttribute.single("boss", AttributeType.REFERENCE),
        SchemaAttribute.single("bossName"),
        SchemaAttribute.multi("memberOf", AttributeType.REFERENCE),
        SchemaAttribute.single("pin", operation=AttributeOperation.EXPORT_ONLY),
        SchemaAttribute.single("changed", operation=AttributeOperation.IMPORT_ONLY),
    ],
)
GROUP = SchemaType(
    "team",
    [
        SchemaAttribute.anchor("name"),
        SchemaAttribute.multi("staff", AttributeType.REFERENCE),
        SchemaAttribute.single("owner", AttributeType.REFERENCE),
    ],
)
PLACE = SchemaType("work place", [SchemaAttribute.anchor("id"), SchemaAttribute.single("meta")])

MAPPINGS = {
    "User": {
        "userName": "login",
        "externalId": "id",
        "displayName": "vip",
        "name.familyName": "sn",
        "emails.value": "mail",
        'emails[type eq "work"].value': "mail",
        'emails[type eq "home"].value': "private mail",
        "roles": "otherMail",
        "entitlements": "badges",
        'addresses[type eq "work"].streetAddress': "street",
        'addresses[type eq "work"].locality': "city",
        "active": "!disabled",
        "x509Certificates": "certificate",
        "groups": "memberOf",
        "title": "pin",
        f"{ENTERPRISE}:employeeNumber": "Employee ID",
        f"{ENTERPRISE}:manager": "boss",
        f"{ENTERPRISE}:manager.displayName": "bossName",
    },
    "Group": {"displayName": "name", "members": "staff"},
    "work_place": {"displayName": "id"},
}


def published_types(
    mappings: Mapping[str, Mapping[str, str]] = MAPPINGS,
) -> tuple[ResourceType, ...]:
    """A user, a group and another type; by default with a mapping of every form."""
    return build_resource_types(
        Schema([PERSON, GROUP, PLACE]),
        person="person",
        group="team",
        mappings=mappings,
        dn_style=MADistinguishedNameStyle.GENERIC,
        settings=Settings(password=True),
    )


Held = Mapping[str, Sequence[tuple[str | None, str | None, str]]]


@frozen
class Stored:
    """An object as the space hands it out, its references beside it."""

    attributes: dict[str, Any] = field(factory=dict)
    held: Held = field(factory=dict)
    id: str = "2819c223-7f76-453a-919d-413861904646"
    dn: str | None = "CN=1,OBJECT=person"
    version: int = 3
    created: str = "2026-01-01T00:00:00.000Z"
    modified: str = "2026-01-02T00:00:00.000Z"

    def references(self, attribute: str) -> Sequence[tuple[str | None, str | None, str]]:
        """What the space answers when it is asked for the references of an attribute."""
        return self.held.get(attribute, ())


FULL = Stored(
    {
        "id": 7,
        "login": "jane",
        "sn": "Doe",
        "Employee ID": 42,
        "mail": "jane@work.example",
        "private mail": "jane@home.example",
        "otherMail": ["admin", "reader"],
        "badges": [3, 5],
        "street": "1 Main St",
        "city": "Ulm",
        "disabled": False,
        "vip": True,
        "photo;x-1": "AAEC",
        "certificate": ["AAEC", "AwQF"],
        "boss": "CN=2,OBJECT=person",
        "bossName": "John",
        "changed": "yesterday",
        "pin": "secret-pin",
    },
    {
        "boss": [("id-2", "person", "CN=2,OBJECT=person")],
        "memberOf": [
            ("id-9", "team", "CN=9,OBJECT=team"),
            (None, None, "CN=gone,OBJECT=team"),
        ],
    },
)
TEAM = Stored(
    {"name": "Admins", "owner": "CN=gone"},
    {
        "staff": [
            ("id-1", "person", "CN=1,OBJECT=person"),
            (None, None, "CN=gone"),
            ("id-9", "team", "CN=9,OBJECT=team"),
            ("id-5", "unpublished", "CN=5"),
        ],
        "owner": [(None, None, "CN=gone")],
    },
    dn="CN=Admins,OBJECT=team",
)


def _values(attribute: SchemaAttribute) -> st.SearchStrategy:
    kinds = {
        "STRING": st.text(max_size=5),
        "INTEGER": st.integers(-(2**63), 2**63 - 1),
        "BOOLEAN": st.booleans(),
        "BINARY": st.binary(max_size=3).map(lambda raw: b64encode(raw).decode()),
        "REFERENCE": st.just("CN=x"),
    }
    one = kinds[attribute.data_type.name]
    return st.lists(one, max_size=3) if attribute.is_multi_valued else one


reference_lists = st.lists(
    st.tuples(
        st.none() | st.sampled_from(["id-1", "id-2"]),
        st.none() | st.sampled_from(["person", "team", "unpublished"]),
        st.text("xyz", min_size=1, max_size=3),
    ),
    max_size=3,
)
stored_users = st.builds(
    Stored,
    st.fixed_dictionaries(
        {"id": st.integers(0, 9), "login": st.text("ab", min_size=1)},
        optional={
            name: st.just("a@b.example") if "mail" in name else _values(each)
            for name, each in PERSON.attributes.items()
            if name not in ("id", "login", "memberOf")
        },
    ),
    st.fixed_dictionaries({}, optional={"boss": reference_lists, "memberOf": reference_lists}),
    dn=st.none() | st.just("CN=1"),
)
