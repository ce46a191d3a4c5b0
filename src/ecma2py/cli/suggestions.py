"""A first mapping for a connector nobody has mapped yet, by the names attributes usually have."""

import re
from collections.abc import Callable, Iterable, Mapping

from attrs import field, frozen

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.errors import ConfigurationError
from ecma2py.schema import AttributeOperation, AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.scim.builder import Settings
from ecma2py.scim.mapping import build_resource_types, single_values_for

_PERSONS = (
    *("user", "person", "people", "employee", "staff", "personnel", "worker", "account"),
    *("inetorgperson", "member", "contact"),
)
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
_WORK_MAIL = 'emails[type eq "work"].value'
_COMMON = frozenset(["externalId", "displayName", "title", "active", "department", "manager"])
"""Paths whose attributes things have as well as people."""
_LOGINS = ("login", "username", "mail")
_NAMES = ("name", "title", "label")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


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
    group = _named(names, _GROUPS) or _group_by_look(schema)
    others = [name for name in names if name != group] or names
    person = _named(others, _PERSONS) or max(others, key=lambda name: _looks(schema.types[name]))
    if group == person:
        group = None
    return suggest_mapping(schema, dn_style, person, group)


def suggest_mapping(
    schema: Schema, dn_style: MADistinguishedNameStyle, person: str, group: str | None
) -> Suggestion:
    """A mapping for these two types, some of it from attributes that need to be single-valued."""
    user = _user_mapping(schema.types[person])
    members = _group_mapping(schema.types[group]) if group is not None else {}

    def fits(resource: str, path: str, attribute: str) -> bool:
        object_type = person if resource == "User" else str(group)
        mapping = {path: attribute}
        try:
            needed = single_values_for(schema.types[object_type], resource, mapping)
            build_resource_types(
                schema,
                person=person,
                group=group,
                mappings={resource: mapping},
                dn_style=dn_style,
                settings=Settings(single_value={object_type: needed}),
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


def _ends_as(name: str, usual: tuple[str, ...]) -> bool:
    words = _WORDS.findall(name)
    return bool(words) and words[-1].lower().removesuffix("s") in usual


def _looks(kind: SchemaType) -> int:
    """How much a type looks like people, by the attributes that only people have."""
    found = _by_names(kind, USER_PATHS).keys() - _COMMON
    return len(found) + 2 * _ends_as(kind.name, _PERSONS)


def _group_by_look(schema: Schema) -> str | None:
    """A type that ends as groups are called and has members."""
    for name, kind in schema.types.items():
        if _ends_as(name, _GROUPS) and "members" in _group_mapping(kind):
            return name
    return None


def _user_mapping(kind: SchemaType) -> dict[str, str]:
    mapping = _by_names(kind, USER_PATHS)
    mapping["userName"] = _user_name(kind, mapping)
    if "active" not in mapping:
        for name, attribute in kind.attributes.items():
            if _folded(name) in _DISABLED and attribute.data_type is AttributeType.BOOLEAN:
                mapping["active"] = f"!{name}"
    if "manager" in mapping and not _is_reference(kind.attributes[mapping["manager"]]):
        del mapping["manager"]
    return {path: mapping[path] for path in USER_PATHS if path in mapping}


def _user_name(kind: SchemaType, mapping: Mapping[str, str]) -> str:
    """What people log on with: text before a number, which may be one that the target assigns."""
    text, one = _single(kind, AttributeType.STRING), _single(kind)
    several = _readable(kind, AttributeType.STRING)
    usual, usual_set, any_usual = (
        _by_names(kind, USER_PATHS, among).get("userName") for among in (text, several, one)
    )
    mail = [mapping[_WORK_MAIL]] if mapping.get(_WORK_MAIL) in text else []
    logins = [name for name in text if _folded(name).endswith(_LOGINS)]
    # The anchor is the one attribute that every object has.
    chosen = (usual, *mail, *logins, usual_set, any_usual, *kind.anchor_attributes)
    return next(filter(None, chosen))


def _readable(kind: SchemaType, *types: AttributeType) -> list[str]:
    """What can be read, of these types or of any."""
    return [
        name
        for name, each in kind.attributes.items()
        if each.data_type in (types or AttributeType)
        and each.allowed_attribute_operation is not AttributeOperation.EXPORT_ONLY
    ]


def _single(kind: SchemaType, *types: AttributeType) -> list[str]:
    """What can be read and has one value, of these types or of any."""
    return [n for n in _readable(kind, *types) if not kind.attributes[n].is_multi_valued]


def _group_name(kind: SchemaType) -> str | None:
    """What a group is called, where no attribute has a usual name."""
    text = _single(kind, AttributeType.STRING)
    named = [name for name in text if _folded(name).endswith(_NAMES)]
    required = [name for name in text if kind.attributes[name].is_required]
    return next(iter((*named, *required, *text)), None)


def _group_mapping(kind: SchemaType) -> dict[str, str]:
    mapping = _by_names(kind, GROUP_PATHS)
    if "displayName" not in mapping and (name := _group_name(kind)) is not None:
        mapping["displayName"] = name
    several = [
        name
        for name, each in kind.attributes.items()
        if _is_reference(each) and each.is_multi_valued
    ]
    if mapping.get("members") not in several:
        mapping.pop("members", None)
        if len(several) == 1:
            mapping["members"] = several[0]
    return {path: mapping[path] for path in GROUP_PATHS if path in mapping}


def _is_reference(attribute: SchemaAttribute) -> bool:
    return attribute.data_type is AttributeType.REFERENCE


def _by_names(
    kind: SchemaType, paths: Mapping[str, str], among: Iterable[str] | None = None
) -> dict[str, str]:
    """For each path the attribute that is called as is usual, with the type before it or not."""
    names = list(kind.attributes if among is None else among)
    usual = {word for words in paths.values() for word in words.split()}
    own = _folded(kind.name)
    folded = {_folded(name): name for name in names}
    for name in names:
        for prefix in (own, own.removesuffix("s")):
            # user_name of a user is no name: the whole word has a meaning of its own.
            if _folded(name) not in usual and _folded(name).startswith(prefix):
                folded.setdefault(_folded(name).removeprefix(prefix), name)
    return {
        path: found
        for path, words in paths.items()
        if (found := next((folded[each] for each in words.split() if each in folded), None))
    }
