"""A connector's schema and a mapping as SCIM resource types."""

import pytest

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.errors import ConfigurationError
from ecma2py.schema import AttributeOperation, AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.scim.bindings import Binding, Mutability, Returned, Role, Shape, Uniqueness
from ecma2py.scim.builder import Mapped, Settings, Source
from ecma2py.scim.core import GROUP, USER
from ecma2py.scim.mapping import build_resource_types
from ecma2py.scim.mapping_paths import unknown_attribute
from ecma2py.scim.types import ResourceType
from tests.scim.people import (
    BOOLEAN,
    ENT,
    EXT,
    GROUP_TYPE,
    INTEGER,
    PERSON,
    TEAM_TYPE,
    UNIT_TYPE,
    USER_TYPE,
    multi,
    plain_user_type,
    single,
)


def bound(resource_type: ResourceType, path: str) -> Binding:
    """The binding whose path is *path*."""
    return next(each for each in resource_type.bindings if each.path == path)


def user(mapping: Mapped, *attributes: SchemaAttribute) -> ResourceType:
    """A user type with these attributes under this mapping."""
    person = SchemaType("person", [SchemaAttribute.anchor("key"), *attributes])
    (found,) = build_resource_types(Schema([person]), person="person", mappings={"User": mapping})
    return found


def test_endpoints() -> None:
    """The person type is at /Users, the group type at /Groups, others under their own names."""
    assert [(t.name, t.endpoint, t.object_type) for t in (USER_TYPE, TEAM_TYPE, UNIT_TYPE)] == [
        ("User", "/Users", "person"),
        ("Group", "/Groups", "team"),
        ("org_unit", "/org_unit", "org unit"),
    ]
    assert (USER_TYPE.core_schema, TEAM_TYPE.core_schema) == (USER, GROUP)
    assert UNIT_TYPE.core_schema.endswith(":ECMA2Host:2.0:org_unit")
    assert UNIT_TYPE.extensions == (UNIT_TYPE.extension_urn,)
    assert USER_TYPE.extensions == (ENT, EXT)


def test_names_never_collide() -> None:
    """Two object types never share an endpoint, nor take one that RFC 7644 reserves."""
    anchor = SchemaAttribute.anchor("key")
    names = ["a b", "a_b", "A/b", "Users", "schemas", "Ж"]
    found = build_resource_types(Schema([SchemaType(name, [anchor]) for name in names]))
    endpoints = [t.endpoint.lower() for t in found]
    assert len(set(endpoints)) == len(names)
    assert endpoints == ["/a_b", "/a_b_2", "/a_b_3", "/users_2", "/schemas_2", "/_"]


def test_every_attribute_is_published_under_its_own_name() -> None:
    """The extension holds every attribute of the connector, and -dn- and export_password."""
    members = USER_TYPE.members(EXT)
    for name in (*PERSON.attributes, "-dn-", "export_password"):
        assert members[name].binding.path == f"{EXT}:{name}"
    assert members["-dn-"].binding.role is Role.DN
    assert members["export_password"].binding.role is Role.PASSWORD
    assert "export_password" not in TEAM_TYPE.members(TEAM_TYPE.extension_urn)


def test_dn_and_password_only_where_the_connector_has_them() -> None:
    """Without DN style and password support neither is published."""
    bare = plain_user_type().members(EXT)
    assert "-dn-" not in bare
    assert "export_password" not in bare


def test_declared_export_password_is_the_password() -> None:
    """An attribute a connector itself calls export_password is published once, as the password."""
    found = user({}, single("export_password", operation=AttributeOperation.EXPORT_ONLY))
    binding = bound(found, f"{EXT}:export_password")
    assert binding.role is Role.PASSWORD
    assert sum(each.name == "export_password" for each in found.attributes) == 1


@pytest.mark.parametrize(
    ("path", "mutability", "returned", "uniqueness"),
    [
        (f"{EXT}:EmpId", Mutability.IMMUTABLE, Returned.DEFAULT, Uniqueness.SERVER),
        (f"{EXT}:lastLogon", Mutability.READ_ONLY, Returned.DEFAULT, Uniqueness.NONE),
        (f"{EXT}:hint", Mutability.WRITE_ONLY, Returned.NEVER, Uniqueness.NONE),
        (f"{EXT}:export_password", Mutability.WRITE_ONLY, Returned.NEVER, Uniqueness.NONE),
        (f"{EXT}:-dn-", Mutability.READ_WRITE, Returned.DEFAULT, Uniqueness.SERVER),
        ("userName", Mutability.READ_WRITE, Returned.DEFAULT, Uniqueness.SERVER),
        ("title", Mutability.READ_WRITE, Returned.DEFAULT, Uniqueness.NONE),
    ],
)
def test_characteristics(
    path: str, mutability: Mutability, returned: Returned, uniqueness: Uniqueness
) -> None:
    """What ECMA2 says of an attribute is what SCIM says of it."""
    binding = bound(USER_TYPE, path)
    assert (binding.mutability, binding.returned, binding.uniqueness) == (
        mutability,
        returned,
        uniqueness,
    )


def test_anchor_assigned_by_the_target_is_read_only() -> None:
    """An anchor that only comes in cannot be given by a client."""
    kind = SchemaType("x", [SchemaAttribute.anchor("n", operation=AttributeOperation.IMPORT_ONLY)])
    (found,) = build_resource_types(Schema([kind]))
    assert found.bindings[0].mutability is Mutability.READ_ONLY


def test_dn_that_cannot_change() -> None:
    """Where the connector renames nothing, a DN is given on creation only."""
    (found,) = build_resource_types(
        Schema([GROUP_TYPE]),
        dn_style=MADistinguishedNameStyle.GENERIC,
        settings=Settings(rename=False),
    )
    assert bound(found, f"{found.extension_urn}:-dn-").mutability is Mutability.IMMUTABLE


def test_case_rules() -> None:
    """Text compares without case unless configured; references and binaries always with."""
    (found,) = build_resource_types(
        Schema([GROUP_TYPE]), settings=Settings(case_exact=frozenset({"note"}))
    )
    exact = {each.name for each in found.bindings if each.case_exact}
    assert exact == {"note", "member"}


def test_shapes() -> None:
    """A mapped path takes the JSON form that RFC 7643 gives its attribute."""
    shapes = {each.path: each.shape for each in USER_TYPE.attributes if each.schema != EXT}
    assert shapes["userName"] is Shape.PLAIN
    assert shapes["name"] is shapes[f"{ENT}:manager"] is Shape.COMPLEX
    assert shapes["emails"] is shapes["entitlements"] is Shape.ENTRIES
    assert [str(e.selector) for e in USER_TYPE.members(None)["emails"].entries] == [
        '[type eq "work"]',
        '[type eq "home"]',
    ]


def test_one_value_for_a_list_is_the_primary() -> None:
    """``emails.value`` on a single-valued attribute means the primary entry, on a set all."""
    one = user({"emails.value": "mail"}, single("mail"))
    many = user({"emails": "mails"}, multi("mails"))
    assert bound(one, "emails[primary eq true].value").attribute == "mail"
    assert bound(many, "emails.value").selector is None


def test_selector_on_primary_reads_the_word_as_boolean() -> None:
    """``roles[primary eq "True"]`` and ``[primary eq true]`` are the same entry."""
    for text in ('roles[primary eq "True"].value', "roles[primary eq true].value"):
        assert str(bound(user({text: "r"}, single("r")), "roles[primary eq true].value"))


def test_active() -> None:
    """``active`` is a Boolean whatever spells it in the target, and exists without mapping."""
    turned = bound(user({"active": "!off"}, single("off", BOOLEAN)), "active")
    assert (turned.coerce("True"), turned.published(True)) == (False, False)
    number = bound(user({"active": "n"}, single("n", INTEGER)), "active")
    assert (number.coerce(True), number.coerce("false"), number.published(7)) == (1, 0, None)
    text = bound(user({"active": "s"}, single("s")), "active")
    assert (text.coerce(True), text.published("false")) == ("true", False)
    letters = Source("s", truth=("A", "I"))
    chosen = bound(user({"active": letters}, single("s")), "active")
    assert (chosen.coerce("False"), chosen.published("A")) == ("I", True)
    assert bound(plain_user_type(), "active").role is Role.ACTIVE


def test_core_types_win_over_the_connectors() -> None:
    """A number behind a core attribute of type string is published as a string."""
    binding = bound(USER_TYPE, f"{ENT}:employeeNumber")
    assert binding.data_type is AttributeType.STRING
    assert (binding.published(7), binding.coerce("007")) == ("7", 7)
    flag = bound(user({"title": "flag"}, single("flag", BOOLEAN)), "title")
    assert flag.published(True) == "true"


def test_groups_of_a_user_are_read_only() -> None:
    """RFC 7643 section 4.1.2: membership is changed through the group."""
    found = user({"groups": "memberOf"}, multi("memberOf", AttributeType.REFERENCE))
    assert bound(found, "groups").mutability is Mutability.READ_ONLY


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        ({"userName": "nope"}, "'nope'"),
        ({"shoeSize": "sn"}, "'shoeSize'"),
        ({"name": "sn"}, "familyName"),
        ({"name.nick": "sn"}, "familyName"),
        ({"title.value": "sn"}, "no sub-attributes"),
        ({"addresses": "sn"}, "streetAddress"),
        ({"title": "tags"}, "list 'tags' under scim.single_value.person"),
        ({'emails[type ne "work"].value': "sn"}, "chooses an entry"),
        ({'name[type eq "x"].familyName': "sn"}, "chooses an entry"),
        ({"emails[": "sn"}, "'emails['"),
        ({"USERNAME": "sn", "userName": "sn"}, "mapped twice"),
        ({"active": "!sn"}, "cannot hold"),
        ({"active": Source("number", truth=("a", "b"))}, "cannot hold"),
        ({"urn:some:thing:title": "sn"}, "'urn:some:thing:title'"),
    ],
)
def test_refused_mappings(mapping: Mapped, named: str) -> None:
    """A mapping that cannot work is refused with the line at fault."""
    with pytest.raises(ConfigurationError) as caught:
        user(mapping, single("sn"), multi("tags"), single("number", INTEGER))
    assert named in str(caught.value)


def test_refused_types() -> None:
    """Types and mappings that the schema does not have are named."""
    schema = Schema([PERSON])
    with pytest.raises(ConfigurationError, match="'cat' is not in the schema"):
        build_resource_types(schema, person="cat")
    with pytest.raises(ConfigurationError, match="both User and Group"):
        build_resource_types(schema, person="person", group="person")
    with pytest.raises(ConfigurationError, match="'Group'"):
        build_resource_types(schema, person="person", mappings={"Group": {}})
    with pytest.raises(ConfigurationError, match="'cat' is not in the schema"):
        build_resource_types(schema, settings=Settings(single_value={"cat": ["tail"]}))
    with pytest.raises(ConfigurationError, match="'person' has no attribute 'tail'"):
        build_resource_types(schema, settings=Settings(single_value={"person": ["tail", "sn"]}))


@pytest.mark.parametrize(
    ("kind", "path", "advice"),
    [
        (USER_TYPE, "nickName", "map it under scim.mapping.User"),
        (USER_TYPE, f"{ENT}:costCenter", "map it under scim.mapping.User"),
        (USER_TYPE, "name.middleName", "map it under scim.mapping.User"),
        (USER_TYPE, 'emails[type eq "fax"].value', "map it under scim.mapping.User"),
        (TEAM_TYPE, "externalId", "map it under scim.mapping.Group"),
        (USER_TYPE, "shoeSize", None),
        (USER_TYPE, f"{EXT}:nope", None),
        (USER_TYPE, "a" * 300, None),
        (USER_TYPE, "emails[", None),
        (UNIT_TYPE, "title", None),
    ],
)
def test_an_attribute_that_could_be_mapped_is_told_where(
    kind: ResourceType, path: str, advice: str | None
) -> None:
    """The operator reads what to do; a path that no mapping takes is only told to be none."""
    told = unknown_attribute(kind, path)
    assert told.startswith(f"{path} is not an attribute of {kind.name}")
    assert told.endswith(f"{advice} in the connector's configuration" if advice else kind.name)


@pytest.mark.parametrize("path", ["password", "Password", f"{USER}:password"])
def test_a_password_that_is_not_mapped_is_told_where_it_goes(path: str) -> None:
    """A client that may set passwords reads under which name; where none is set, it reads no name."""
    told = unknown_attribute(USER_TYPE, path)
    assert f'send it as {EXT}:export_password, or write password = "export_password"' in told
    assert "under scim.mapping.User" in told
    assert "export_password" not in unknown_attribute(plain_user_type(), path)
