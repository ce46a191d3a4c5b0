"""Which attributes are shown, RFC 7644 section 3.9."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.scim.core import USER
from ecma2py.scim.projection import parse_projection
from ecma2py.scim.rendering import Renderer
from tests.scim.published import (
    BASE,
    ENTERPRISE,
    FULL,
    OWN_GROUP,
    OWN_USER,
    TEAM,
    published_types,
    stored_users,
)

TYPES = published_types()
USER_TYPE, GROUP_TYPE, PLACE_TYPE = TYPES
USERS = Renderer(USER_TYPE, base_url=BASE, resource_types=TYPES)
GROUPS = Renderer(GROUP_TYPE, base_url=BASE, resource_types=TYPES)
MISTYPED = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"

PATHS = [
    "id",
    "ID",
    "schemas",
    "meta",
    "meta.location",
    "META.VERSION",
    "userName",
    "username",
    f"{USER}:userName",
    USER,
    "name",
    "name.familyName",
    "name.givenName",
    "emails",
    "emails.value",
    "emails.TYPE",
    "emails.nothing",
    "userName.value",
    "userName.part",
    "addresses.locality",
    "groups",
    "groups.value",
    "roles",
    "active",
    ENTERPRISE,
    f"{ENTERPRISE}:manager",
    f"{ENTERPRISE}:manager.$ref",
    f"{ENTERPRISE.lower()}:employeenumber",
    f"{MISTYPED}:manager",
    "manager.value",
    OWN_USER,
    f"{OWN_USER}:Employee ID",
    f"{OWN_USER}:-dn-",
    f"{OWN_USER}:photo;x-1",
    f"{OWN_USER}:memberOf",
    f"{OWN_USER}:pin",
    "title",
    "unknown",
    "urn:unknown:User",
    "urn:unknown:User:x",
    "not a path(",
    "",
]
lists = st.lists(st.sampled_from(PATHS), min_size=1, max_size=4)


def _shown(attributes=(), excluded=()) -> dict:
    projection = parse_projection(USER_TYPE, attributes, excluded)
    return USERS.render(FULL, FULL.references, projection)


@given(stored=stored_users, names=lists, excluding=st.booleans())
def test_rendering_and_applying_are_the_same(stored, names, excluding) -> None:
    """A projection applied to the whole resource gives what rendering with it gives."""
    projection = parse_projection(USER_TYPE, *(((), names) if excluding else (names, ())))
    whole = USERS.render(stored, stored.references)
    before = copy.deepcopy(whole)

    applied = projection.apply(whole)

    assert USERS.render(stored, stored.references, projection) == applied
    assert before == whole


@given(names=lists, other=lists)
def test_more_names_show_more_and_hide_more(names, other) -> None:
    """Of two lists both in one show what either shows; excluded both, what neither hides."""
    either = _shown(names).keys() | _shown(other).keys()
    assert _shown([*names, *other]).keys() == either
    neither = _shown((), names).keys() & _shown((), other).keys()
    assert _shown((), [*names, *other]).keys() <= neither


@given(names=lists)
def test_id_and_schemas_are_always_shown(names) -> None:
    """Whatever is asked for or excluded, id and the schemas in use are there."""
    for shown in (_shown(names), _shown((), names)):
        extensions = {ENTERPRISE, OWN_USER} & shown.keys()
        assert shown["id"] == FULL.id
        assert set(shown["schemas"]) == {USER} | extensions


@given(names=lists)
def test_wants_is_true_for_all_that_is_shown(names) -> None:
    """An attribute that is shown is wanted, so nothing shown was not read."""
    projection = parse_projection(USER_TYPE, names)
    shown = USERS.render(FULL, FULL.references, projection)

    for binding in USER_TYPE.bindings:
        section = shown if binding.schema is None else shown.get(binding.schema, {})
        if binding.name in section:
            assert projection.wants(binding)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("USERNAME", {"userName": "jane"}),
        (f"{USER}:userName", {"userName": "jane"}),
        ("name.familyName", {"name": {"familyName": "Doe"}}),
        ("name.givenName", {}),
        (
            "emails.value",
            {"emails": [{"value": "jane@work.example"}, {"value": "jane@home.example"}]},
        ),
        ("emails.primary", {"emails": [{"primary": True}]}),
        ("meta.version", {"meta": {"version": 'W/"3"'}}),
        ("meta.unknown", {}),
        (f"{OWN_USER}:Employee ID", {OWN_USER: {"Employee ID": 42}}),
        (f"{ENTERPRISE}:manager.value", {ENTERPRISE: {"manager": {"value": "id-2"}}}),
        (f"{MISTYPED}:employeeNumber", {ENTERPRISE: {"employeeNumber": "42"}}),
        ("employeeNumber", {ENTERPRISE: {"employeeNumber": "42"}}),
        ("unknown", {}),
        ("id", {}),
    ],
)
def test_a_name_shows_what_it_names(name: str, expected: dict) -> None:
    """Paths with URN or without, with sub-attribute or without, in any case, select just that."""
    shown = _shown([name])

    assert {key: value for key, value in shown.items() if key not in ("id", "schemas")} == expected


def test_a_urn_alone_is_its_whole_schema() -> None:
    """A core URN shows the core attributes, an extension's URN the extension."""
    whole = _shown()

    assert _shown([OWN_USER])[OWN_USER] == whole[OWN_USER]
    core = _shown([USER])
    assert not {OWN_USER, ENTERPRISE, "meta"} & core.keys()
    assert core["emails"] == whole["emails"]
    hidden = _shown((), [USER])
    assert hidden.keys() == {"schemas", "id", "meta", OWN_USER, ENTERPRISE}


def test_what_is_never_returned_cannot_be_asked_for() -> None:
    """Naming a write-only attribute shows nothing of it."""
    for name in ("title", f"{OWN_USER}:pin", f"{OWN_USER}:export_password", "password"):
        assert _shown([name]).keys() == {"schemas", "id"}


def test_excluded_sub_attributes_leave_the_others() -> None:
    """ExcludedAttributes takes away sub-attributes too, and what becomes empty with them."""
    assert _shown((), ["emails.type", "emails.primary"])["emails"] == [
        {"value": "jane@work.example"},
        {"value": "jane@home.example"},
    ]
    assert "name" not in _shown((), ["name.familyName"])
    assert _shown((), ["id", "schemas"]) == _shown()


def test_excluding_members_also_hides_the_attribute_behind_them() -> None:
    """What Entra excludes to spare big groups is not sent under the connector's own name either."""
    projection = parse_projection(GROUP_TYPE, (), ["members"])
    shown = GROUPS.render(TEAM, TEAM.references, projection)

    assert "members" not in shown
    assert shown[OWN_GROUP].keys() == {"name", "owner", "-dn-"}
    assert not any(
        projection.wants(each) for each in GROUP_TYPE.bindings if each.attribute == "staff"
    )
    own = parse_projection(GROUP_TYPE, (), [f"{OWN_GROUP}:staff"])
    assert "members" in GROUPS.render(TEAM, TEAM.references, own)
    part = parse_projection(GROUP_TYPE, (), ["members.type"])
    assert "staff" in GROUPS.render(TEAM, TEAM.references, part)[OWN_GROUP]


def test_the_default_projection_shows_everything() -> None:
    """Without names the projection is whole, and applying it copies the resource."""
    projection = parse_projection(USER_TYPE)
    whole = USERS.render(FULL, FULL.references)

    assert projection.is_whole
    assert projection.apply(whole) == whole
    assert projection.apply(whole) is not whole


def test_projections_are_kept_unless_they_are_huge() -> None:
    """Equal short lists give the same object; long ones are not kept, and mean the same."""
    assert parse_projection(USER_TYPE, ["id"]) is parse_projection(USER_TYPE, ["id"])
    names = ["userName", *(f"unknown{each}" for each in range(300))]
    first, second = parse_projection(USER_TYPE, names), parse_projection(USER_TYPE, names)
    assert first is not second
    assert _shown(["userName"]) == USERS.render(FULL, FULL.references, first)


def test_a_resource_of_another_make_is_projected_too() -> None:
    """Schemas that are no list, and an extension that is no object, are left as they are."""
    odd = {"id": "1", "schemas": "x", OWN_USER: "y", "userName": 5, "name": "z"}

    assert parse_projection(USER_TYPE, ["userName", "name.familyName"]).apply(odd) == {
        "id": "1",
        "schemas": "x",
        "userName": 5,
        "name": "z",
    }
