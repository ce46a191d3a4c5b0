"""A first mapping for a connector nobody has mapped yet, by the names attributes usually have."""

import re
from collections.abc import Callable, Iterable

from attrs import field, frozen

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.errors import ConfigurationError
from ecma2py.schema import AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.scim.mapping import build_resource_types

_PERSONS = ("user", "person", "people", "employee", "account", "inetorgperson", "member", "contact")
_GROUPS = ("group", "team", "role", "groupofnames", "groupofuniquenames", "posixgroup")

USER_PATHS: dict[str, str] = {
    "userName": "username login loginname logon logonname userprincipalname upn samaccountname uid "
    "account accountname userid user mail email",
    "externalId": "externalid",
    "displayName": "displayname fullname commonname cn name",
    "name.givenName": "givenname firstname forename first",
    "name.familyName": "familyname lastname surname sn last",
    "title": "title jobtitle position",
    "active": "active enabled isactive isenabled accountenabled",
    'emails[type eq "work"].value': "mail email emailaddress workemail primaryemail",
    'phoneNumbers[type eq "work"].value': "phone telephone telephonenumber phonenumber workphone",
    'phoneNumbers[type eq "mobile"].value': "mobile mobilephone cellphone cell",
    "employeeNumber": "employeenumber employeeid badge badgenumber",
    "department": "department dept departmentname",
    "manager": "manager managerid supervisor boss",
}
"""Core and enterprise paths of a User, with the names of attributes that mean the same."""

GROUP_PATHS: dict[str, str] = {
    "displayName": "displayname groupname name cn title",
    "externalId": "externalid",
    "members": "members member uniquemember memberuid users",
}
_DISABLED = frozenset(["disabled", "isdisabled", "accountdisabled", "inactive", "isinactive"])


@frozen
class Suggestion:
    """What a connector's types and attributes seem to be."""

    person: str
    group: str | None
    user: dict[str, str] = field(factory=dict)
    """SCIM path to attribute, ``"!disabled"`` for the opposite; in the order of the paths."""
    group_mapping: dict[str, str] = field(factory=dict)


def suggest(schema: Schema, dn_style: MADistinguishedNameStyle) -> Suggestion:
    """Person and group type, and a mapping for both in which every line is one that may be used."""
    names = list(schema.types)
    if not names:
        raise ConfigurationError("The schema has no object type: there is nothing to serve.")
    group = _named(names, _GROUPS)
    others = [name for name in names if name != group] or names
    person = _named(others, _PERSONS) or others[0]
    if group == person:
        group = None
    return suggest_mapping(schema, dn_style, person, group)


def suggest_mapping(
    schema: Schema, dn_style: MADistinguishedNameStyle, person: str, group: str | None
) -> Suggestion:
    """A mapping for these two types."""
    user = _user_mapping(schema.types[person])
    members = _group_mapping(schema.types[group]) if group is not None else {}

    def fits(resource: str, path: str, attribute: str) -> bool:
        try:
            build_resource_types(
                schema,
                person=person,
                group=group,
                mappings={resource: {path: attribute}},
                dn_style=dn_style,
            )
        except ConfigurationError:
            return False
        return True

    return Suggestion(person, group, _kept(user, "User", fits), _kept(members, "Group", fits))


def _kept(
    mapping: dict[str, str], resource: str, fits: Callable[[str, str, str], bool]
) -> dict[str, str]:
    return {path: name for path, name in mapping.items() if fits(resource, path, name)}


def _named(names: Iterable[str], usual: tuple[str, ...]) -> str | None:
    folded = {_folded(name).removesuffix("s"): name for name in names}
    return next((folded[each] for each in usual if each in folded), None)


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _user_mapping(kind: SchemaType) -> dict[str, str]:
    mapping = _by_names(kind, USER_PATHS)
    if "userName" not in mapping:
        # Every User needs a userName, and the anchor is the one attribute every object has.
        mapping = {"userName": next(iter(kind.anchor_attributes)), **mapping}
    if "active" not in mapping:
        for name, attribute in kind.attributes.items():
            if _folded(name) in _DISABLED and attribute.data_type is AttributeType.BOOLEAN:
                mapping["active"] = f"!{name}"
    if "manager" in mapping and not _is_reference(kind.attributes[mapping["manager"]], many=False):
        del mapping["manager"]
    return {path: mapping[path] for path in USER_PATHS if path in mapping}


def _group_mapping(kind: SchemaType) -> dict[str, str]:
    mapping = _by_names(kind, GROUP_PATHS)
    several = [name for name, each in kind.attributes.items() if _is_reference(each, many=True)]
    if mapping.get("members") not in several:
        mapping.pop("members", None)
        if len(several) == 1:
            mapping["members"] = several[0]
    return {path: mapping[path] for path in GROUP_PATHS if path in mapping}


def _is_reference(attribute: SchemaAttribute, *, many: bool) -> bool:
    is_reference = attribute.data_type is AttributeType.REFERENCE
    return is_reference and attribute.is_multi_valued is many


def _by_names(kind: SchemaType, paths: dict[str, str]) -> dict[str, str]:
    folded = {_folded(name): name for name in kind.attributes}
    return {
        path: found
        for path, usual in paths.items()
        if (found := next((folded[each] for each in usual.split() if each in folded), None))
    }
