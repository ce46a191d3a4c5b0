"""What ``ecma2py init`` takes for people and groups, and for their attributes."""

import pytest

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.cli.suggestions import Suggestion, suggest
from ecma2py.schema import AttributeOperation, AttributeType, Schema, SchemaAttribute, SchemaType

INTEGER, REFERENCE = AttributeType.INTEGER, AttributeType.REFERENCE
MAIL = 'emails[type eq "work"].value'


def kind(name: str, *attributes: str | SchemaAttribute, anchor: str = "id") -> SchemaType:
    """An object type with a number the target assigns, and attributes of text."""
    given = [SchemaAttribute.single(each) if isinstance(each, str) else each for each in attributes]
    return SchemaType(name, [SchemaAttribute.anchor(anchor, INTEGER), *given])


def suggested(*kinds: SchemaType) -> Suggestion:
    """What is made of these types."""
    return suggest(Schema(kinds), MADistinguishedNameStyle.NONE)


MEMBERS = SchemaAttribute.multi("members", REFERENCE)
LOG = kind("audit_log", "happened", "user_name")
DEPARTMENTS = kind("departments", "title", "manager")


@pytest.mark.parametrize(
    ("people", "others"),
    [
        (kind("staff", "name"), [LOG, DEPARTMENTS]),
        (kind("hr_employees", "phone"), [LOG, DEPARTMENTS]),
        (kind("T042", "mail", "first_name", "last_name"), [LOG, DEPARTMENTS]),
        (kind("appUser", "nick"), [LOG, kind("team_membership", "since")]),
        (LOG, [DEPARTMENTS, kind("things")]),
    ],
)
def test_people_are_known_by_name_and_by_what_they_have(
    people: SchemaType, others: list[SchemaType]
) -> None:
    """Wherever in the schema they stand."""
    assert suggested(*others, people).person == people.name
    assert suggested(people, *others).person == people.name


@pytest.mark.parametrize(
    ("attributes", "user_name"),
    [
        (["mail", SchemaAttribute.single("user_id", INTEGER)], "mail"),
        (["email_address"], "email_address"),
        (["e_mail", "login"], "login"),
        (["ad_login"], "ad_login"),
        ([SchemaAttribute.single("uid", INTEGER)], "uid"),
        ([SchemaAttribute.multi("mail")], "mail"),
        ([SchemaAttribute.multi("uid"), SchemaAttribute.single("account", INTEGER)], "uid"),
        ([SchemaAttribute.multi("uid"), "ad_login"], "ad_login"),
        ([SchemaAttribute.single("login", operation=AttributeOperation.EXPORT_ONLY)], "id"),
        (["title"], "id"),
    ],
)
def test_people_log_on_with_text_if_there_is_any(
    attributes: list[str | SchemaAttribute], user_name: str
) -> None:
    """A number is assigned by the target, so that nobody could give it."""
    assert suggested(kind("people", *attributes)).user["userName"] == user_name


def test_attributes_may_carry_the_name_of_their_type() -> None:
    """As in databases; but a word that means something as a whole keeps its meaning."""
    found = suggested(kind("users", "user_mail", "user_name"))
    assert found.user == {"userName": "user_name", MAIL: "user_mail"}


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        (["teams_name"], "teams_name"),
        (["note", "short_title"], "short_title"),
        (["note", SchemaAttribute.single("code", required=True)], "code"),
        (["note"], "note"),
        ([SchemaAttribute.single("secret", operation=AttributeOperation.EXPORT_ONLY)], None),
    ],
)
def test_a_group_is_called_something(
    attributes: list[str | SchemaAttribute], name: str | None
) -> None:
    """By the usual name, else by the text that most looks like one."""
    found = suggested(kind("people", "login"), kind("teams", *attributes, MEMBERS))
    assert (found.group, found.group_mapping.get("displayName")) == ("teams", name)
    assert found.group_mapping["members"] == "members"


def test_a_group_may_have_a_longer_name_if_it_has_members() -> None:
    """What only ends like one is none."""
    people = kind("people", "login")
    assert suggested(people, kind("app_roles", "name", MEMBERS)).group == "app_roles"
    assert suggested(people, kind("user_roles", "since")).group is None
