"""Looking up what a SCIM path means in one resource type."""

import pytest

from ecma2py.scim.bindings import PRIMARY, Selector
from ecma2py.scim.comparing import Characteristics
from ecma2py.scim.core import MISTYPED_ENTERPRISE_USER, USER
from ecma2py.scim.evaluate import compile_filter
from ecma2py.scim.filters import format_filter, parse_filter
from ecma2py.scim.names import AttributePath
from ecma2py.scim.paths import parse_path
from ecma2py.scim.qualifying import qualify
from tests.scim.people import ENT, EXT, PERSON, TEAM_EXT, TEAM_TYPE, UNIT_TYPE, USER_TYPE


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("userName", "login"),
        ("USERNAME", "login"),
        (f"{USER}:userName", "login"),
        (f"{EXT}:Employee ID", "Employee ID"),
        (f"{EXT.lower()}:employee id", "Employee ID"),
        (f"{EXT}:a.b [c]", "a.b [c]"),
        (f"{EXT}:-dn-", "-dn-"),
        (f"{ENT}:department", "dept"),
        (f"{MISTYPED_ENTERPRISE_USER}:department", "dept"),
        ("department", "dept"),
        ("manager.value", "manager"),
    ],
)
def test_paths_find_attributes(text: str, attribute: str) -> None:
    """Any spelling a client may use finds the attribute: case, URN or none, odd characters."""
    found = USER_TYPE.find(parse_path(text, USER_TYPE.names))
    assert found is not None
    assert found.bindings[0].attribute == attribute


@pytest.mark.parametrize("text", ["sn", "PLACEHOLDER", f"{EXT}:nope", "urn:x:y:userName"])
def test_unknown_paths_find_nothing(text: str) -> None:
    """A connector attribute has no bare name beside RFC 7643's, and other URNs are unknown."""
    assert USER_TYPE.find(parse_path(text, USER_TYPE.names)) is None
    assert USER_TYPE.lookup(parse_path(text, USER_TYPE.names)) is None


def test_types_of_our_own_know_bare_names() -> None:
    """Where no RFC gives a bare name its meaning, it is the connector's; ``id`` stays SCIM's."""
    found = UNIT_TYPE.find(AttributePath(None, "label"))
    assert found is not None
    assert found.schema == UNIT_TYPE.extension_urn
    assert UNIT_TYPE.members(UNIT_TYPE.extension_urn)["id"].binding.attribute == "id"


def test_names_differing_in_case_are_both_reachable() -> None:
    """The exact spelling comes first; any other finds the attribute defined first."""
    members = USER_TYPE.members(EXT)
    assert set(PERSON.attributes) <= set(members)
    assert members["employee id"] is members["Employee ID"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("userName", Characteristics("string")),
        ("externalId", Characteristics("string", case_exact=True)),
        ("name", Characteristics("complex")),
        ("name.familyName", Characteristics("string")),
        ("name.nope", None),
        ("emails", Characteristics("complex")),
        ("emails.value", Characteristics("string")),
        ("emails.type", Characteristics("string")),
        ("emails.primary", Characteristics("boolean")),
        ("emails.nope", None),
        ("active", Characteristics("boolean")),
        ("active.value", Characteristics("boolean")),
        (f"{ENT}:manager.value", Characteristics("reference", case_exact=True)),
        (f"{ENT}:manager.displayName", Characteristics("string")),
        (f"{EXT}:badges", Characteristics("integer")),
        (f"{EXT}:photo", Characteristics("binary", case_exact=True)),
        (f"{EXT}:export_password", Characteristics("string", filterable=False)),
        (f"{EXT}:hint", Characteristics("string", filterable=False)),
    ],
)
def test_what_filters_know(text: str, expected: Characteristics | None) -> None:
    """Type and case rule are the published ones; what is never returned is not filtered."""
    assert USER_TYPE.lookup(parse_path(text, USER_TYPE.names)) == expected


def test_filters_work_with_the_lookup() -> None:
    """A filter over a rendered resource goes by the type's look-up."""
    tree = parse_filter('members[value eq "a"] and displayName eq "x"', TEAM_TYPE.names)
    test = compile_filter(tree, lookup=TEAM_TYPE.lookup, core=(TEAM_TYPE.core_schema,))
    assert test({"displayName": "X", "members": [{"value": "a"}]})
    assert not test({"displayName": "X", "members": [{"value": "A"}]})


def test_sections() -> None:
    """A URN is found in any case, the one Microsoft mistyped is the enterprise extension."""
    assert USER_TYPE.section(USER.upper()) == (None,)
    assert USER_TYPE.section(MISTYPED_ENTERPRISE_USER) == (ENT,)
    assert USER_TYPE.section(TEAM_EXT) is None
    assert TEAM_TYPE.section(ENT) is None
    assert USER_TYPE.enterprise
    assert not TEAM_TYPE.enterprise


def test_selectors() -> None:
    """Text compares without case; ``primary`` is also understood when written as a string."""
    work = Selector("type", "work")
    assert work.accepts({"Type": "WORK"})
    assert not work.accepts({"type": 1})
    assert not work.accepts({})
    assert PRIMARY.accepts({"primary": "True"})
    assert PRIMARY.accepts({"primary": True})
    assert not PRIMARY.accepts({"primary": 1})


def test_required_names_the_core_path() -> None:
    """An attribute published twice is asked for under the name the RFC gives it."""
    assert USER_TYPE.required["login"].path == "userName"


@pytest.mark.parametrize(
    ("given", "proper"),
    [
        ('manager eq "x"', f'{ENT}:manager eq "x"'),
        ('id eq "a" and manager.value eq "x"', f'id eq "a" and {ENT}:manager.value eq "x"'),
        (f"not ({MISTYPED_ENTERPRISE_USER}:department pr)", f"not ({ENT}:department pr)"),
        ('username eq "x" or PLACEHOLDER eq "y"', 'userName eq "x" or PLACEHOLDER eq "y"'),
        ('EMAILS[type eq "work"]', 'emails[type eq "work"]'),
    ],
)
def test_filters_are_put_right(given: str, proper: str) -> None:
    """A filter without URN, or with Microsoft's misspelt one, means the attribute there is."""
    tree = qualify(parse_filter(given, USER_TYPE.names), USER_TYPE)
    assert format_filter(tree) == proper
