"""Resource types that the tests of bodies, PATCH and mapping share."""

from collections.abc import Mapping, Sequence

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.schema import AttributeOperation, AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.scim.builder import Settings
from ecma2py.scim.core import ENTERPRISE_USER
from ecma2py.scim.mapping import build_resource_types
from ecma2py.scim.types import ResourceType

single, multi = SchemaAttribute.single, SchemaAttribute.multi
INTEGER, BOOLEAN = AttributeType.INTEGER, AttributeType.BOOLEAN
BINARY, REFERENCE = AttributeType.BINARY, AttributeType.REFERENCE

PERSON = SchemaType(
    "person",
    [
        SchemaAttribute.anchor("EmpId"),
        single("login", required=True),
        single("sn"),
        single("givenName"),
        single("displayName", max_length=64),
        single("title"),
        single("mail"),
        single("homeMail"),
        single("mobile"),
        single("street"),
        single("city"),
        single("appRole"),
        multi("entitlement"),
        multi("otherPhone"),
        single("dept"),
        single("employeeNumber", INTEGER),
        single("disabled", BOOLEAN),
        single("manager", REFERENCE),
        multi("badges", INTEGER),
        single("photo", BINARY, max_length=8),
        single("Employee ID"),
        single("a.b [c]"),
        multi("proxy"),
        single("lastLogon", operation=AttributeOperation.IMPORT_ONLY),
        single("hint", operation=AttributeOperation.EXPORT_ONLY),
        single("seenId"),
    ],
)
GROUP_TYPE = SchemaType(
    "team",
    [
        SchemaAttribute.anchor("gid"),
        single("cn"),
        single("note"),
        multi("member", REFERENCE),
    ],
)
DEPARTMENT = SchemaType("org unit", [SchemaAttribute.anchor("id"), single("meta"), single("label")])

PERSON_MAPPING = {
    "userName": "login",
    "name.familyName": "sn",
    "name.givenName": "givenName",
    "displayName": "displayName",
    "title": "title",
    'emails[type eq "work"].value': "mail",
    'emails[type eq "home"].value': "homeMail",
    'phoneNumbers[type eq "mobile"].value': "mobile",
    'phoneNumbers[type eq "other"].value': "otherPhone",
    'addresses[type eq "work"].streetAddress': "street",
    'addresses[type eq "work"].locality': "city",
    'roles[primary eq "True"].value': "appRole",
    "entitlements": "entitlement",
    "active": "!disabled",
    "externalId": "seenId",
    f"{ENTERPRISE_USER}:department": "dept",
    f"{ENTERPRISE_USER}:employeeNumber": "employeeNumber",
    "manager": "manager",
}

USER_TYPE, TEAM_TYPE, UNIT_TYPE = build_resource_types(
    Schema([PERSON, GROUP_TYPE, DEPARTMENT]),
    person="person",
    group="team",
    mappings={
        "User": PERSON_MAPPING,
        "Group": {"displayName": "cn", "members": "member"},
        "org_unit": {"displayName": "label"},
    },
    dn_style=MADistinguishedNameStyle.LDAP,
    settings=Settings(password=True),
)
EXT = USER_TYPE.extension_urn
TEAM_EXT = TEAM_TYPE.extension_urn
ENT = ENTERPRISE_USER


def resolve(ids: Sequence[str]) -> Mapping[str, str]:
    """Every id that begins with ``id-`` is the object ``CN=<rest>``."""
    return {each: f"CN={each[3:]}" for each in ids if each.startswith("id-")}


def plain_user_type() -> ResourceType:
    """A user with no mapping at all, as the ECMA host of Microsoft publishes one."""
    (found,) = build_resource_types(Schema([PERSON]), person="person")
    return found
