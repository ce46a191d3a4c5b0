"""Bodies of POST and PUT as connector values."""

from collections.abc import Sequence
from typing import Any

import pytest

from ecma2py.schema import Schema, SchemaAttribute, SchemaType, Values
from ecma2py.scim.bodies import read_resource
from ecma2py.scim.core import GROUP, MICROSOFT_GROUP, MISTYPED_ENTERPRISE_USER, USER
from ecma2py.scim.errors import ScimError
from ecma2py.scim.intents import Intent
from ecma2py.scim.mapping import build_resource_types
from tests.scim.people import (
    BINARY,
    ENT,
    EXT,
    REFERENCE,
    TEAM_TYPE,
    UNIT_TYPE,
    USER_TYPE,
    multi,
    plain_user_type,
    resolve,
    single,
)


def create(body: Any, **options: Any) -> Intent:
    """What a POST of a user with this body asks for; ``userName`` is there if not given."""
    if isinstance(body, dict) and "userName" not in body:
        body = {"userName": "ada", **body}
    return read_resource(body, USER_TYPE, resolve=resolve, **options)


def values(body: Any, **options: Any) -> dict[str, Values]:
    """The values of a new user beside its login."""
    found = dict(create(body, **options).values)
    found.pop("login")
    return found


def refused(body: Any, **options: Any) -> ScimError:
    """The error a POST of this body gives."""
    with pytest.raises(ScimError) as caught:
        create(body, **options)
    assert caught.value.status == 400
    return caught.value


ENTRA_USER = {
    "schemas": [USER, ENT],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "Test_User_ab6490ee-1e48-479e-a20b-2d77186b5dd1",
    "active": True,
    "emails": [{"primary": True, "type": "work", "value": "Test_User_fd0ea19b@testuser.com"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": None, "familyName": "familyName", "givenName": "givenName"},
    "roles": [],
}
ENTRA_NULLS = {
    "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
    "userName": "UserName123",
    "active": True,
    "displayName": "BobIsAmazing",
    "emails": [{"type": "work", "value": "testing@bob.com", "primary": True}],
    "meta": {"resourceType": "User"},
    "name": {"familyName": None, "givenName": "Ryan", "formatted": None},
    "department": None,
    "manager": None,
    "preferredLanguage": None,
}


def test_entra_creates_a_user() -> None:
    """The POST of the Entra documentation, with its empty roles and unmapped nulls, is read."""
    intent = create(ENTRA_USER)
    assert intent.values == {
        "seenId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "login": "Test_User_ab6490ee-1e48-479e-a20b-2d77186b5dd1",
        "disabled": False,
        "mail": "Test_User_fd0ea19b@testuser.com",
        "sn": "familyName",
        "givenName": "givenName",
    }
    assert intent.active is True


def test_entra_creates_a_user_with_nulls() -> None:
    """Explicit nulls, even of attributes no schema has, and a mistyped URN mean nothing."""
    assert values(ENTRA_NULLS) == {
        "disabled": False,
        "displayName": "BobIsAmazing",
        "mail": "testing@bob.com",
        "givenName": "Ryan",
    }


def test_entra_creates_a_group() -> None:
    """The group schema of Microsoft's own is accepted beside the RFC's, as a key too."""
    body = {
        "schemas": [GROUP, MICROSOFT_GROUP],
        "displayName": "displayName",
        "meta": {"resourceType": "Group"},
        MICROSOFT_GROUP: {},
    }
    assert read_resource(body, TEAM_TYPE, resolve=resolve).values == {"cn": "displayName"}


def test_host_extension_without_being_declared() -> None:
    """An extension object is read though ``schemas`` does not list its URN, in any case."""
    body = {
        "schemas": [USER],
        EXT.upper(): {
            "EmpId": "7",
            "Employee ID": "x",
            "a.b [c]": "y",
            "-dn-": "CN=Ada,DC=x",
            "export_password": "s3cret",
            "badges": ["1", 2, 3.0],
            "photo": "AAEC",
            "disabled": "True",
        },
    }
    intent = create(body)
    assert intent.values == {
        "login": "ada",
        "EmpId": "7",
        "Employee ID": "x",
        "a.b [c]": "y",
        "badges": [1, 2, 3],
        "photo": b"\0\1\2",
        "disabled": True,
    }
    assert intent.dn == "CN=Ada,DC=x"
    assert intent.password is not None
    assert intent.password.reveal() == "s3cret"
    assert "s3cret" not in repr(intent)
    assert intent.active is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"USERNAME": "b", "userName": "b"}, {}),
        ({"title": ["x"]}, {"title": "x"}),
        ({"title": ""}, {"title": ""}),
        ({"title": " as sent "}, {"title": " as sent "}),
        ({"active": "False"}, {"disabled": True}),
        ({"active": "TRUE"}, {"disabled": False}),
        ({"manager": "id-1"}, {"manager": "CN=1"}),
        ({"manager": {"value": "id-1", "$ref": None}}, {"manager": "CN=1"}),
        ({"manager": [{"$ref": "x", "value": "id-1"}]}, {"manager": "CN=1"}),
        ({"manager": ""}, {}),
        ({"manager": {"value": ""}}, {}),
        ({"manager": {"value": None}}, {}),
        ({ENT: {"manager": {"value": "id-1", "displayName": "Boss"}}}, {"manager": "CN=1"}),
        ({MISTYPED_ENTERPRISE_USER: {"department": "d"}}, {"dept": "d"}),
        ({ENT: None}, {}),
        ({f"{ENT}:department": "d"}, {"dept": "d"}),
        ({USER: {"title": "t"}}, {"title": "t"}),
        ({f"{USER}:name.familyName": "f"}, {"sn": "f"}),
        ({ENT: {"employeeNumber": "701984"}}, {"employeeNumber": 701984}),
        ({EXT: {"manager": "id-1"}}, {"manager": "CN=1"}),
        ({EXT: {"manager": "CN=Boss,DC=x"}}, {"manager": "CN=Boss,DC=x"}),
        ({EXT: {"manager": {"value": "id-1"}}}, {"manager": "CN=1"}),
        ({EXT: {"proxy": ["a", "b", "a", None]}}, {"proxy": ["a", "b"]}),
        ({EXT: {"proxy": "a"}}, {"proxy": ["a"]}),
        ({EXT: {"proxy": [{"value": "a"}]}}, {"proxy": ["a"]}),
        ({EXT: {"photo": "_-8"}}, {"photo": b"\xff\xef"}),
        ({EXT: {"photo": ""}}, {"photo": b""}),
        ({EXT: {"employeeNumber": -(2**63)}}, {"employeeNumber": -(2**63)}),
        ({"entitlements": [{"value": "a"}, {"value": "b"}]}, {"entitlement": ["a", "b"]}),
        ({"entitlements": ["a"]}, {"entitlement": ["a"]}),
        ({"entitlements": "a"}, {"entitlement": ["a"]}),
        ({"roles": [{"value": '{"x":1}', "primary": "True"}]}, {"appRole": '{"x":1}'}),
        ({"roles": [{"value": "only"}]}, {"appRole": "only"}),
        (
            {"phoneNumbers": [
                {"type": "Mobile", "value": "1"},
                {"type": "other", "value": "2"},
                {"type": "other", "value": "3"},
            ]},
            {"mobile": "1", "otherPhone": ["2", "3"]},
        ),
        (
            {"addresses": [{"type": "work", "streetAddress": "s", "locality": "c"}]},
            {"street": "s", "city": "c"},
        ),
        ({"emails": [{"type": "fax", "value": None}, {}]}, {}),
        ({"emails": {"type": "work", "value": "m"}}, {"mail": "m"}),
        ({"id": "x", "groups": [{"value": "g"}], "meta": 5, "schemas": 7}, {}),
        ({"nope": [], "nix": {}, "nil": {"a": None}}, {}),
    ],
)  # fmt: skip
def test_liberal_readings(body: dict[str, Any], expected: dict[str, Values]) -> None:
    """Every spelling that clients are known to use means what they mean by it."""
    assert values(body) == expected


@pytest.mark.parametrize(
    ("body", "scim_type", "named"),
    [
        ([], "invalidSyntax", "an array"),
        (None, "invalidSyntax", "null"),
        ({"userName": None}, "invalidValue", "userName is required"),
        ({"userName": 5}, "invalidValue", "userName takes a string, not a number"),
        ({"title": True}, "invalidValue", "title takes a string, not a boolean"),
        ({"title": {"x": 1}}, "invalidValue", "title takes a string, not an object"),
        ({"title": ["a", "b"]}, "invalidValue", "title is given 2 values"),
        ({"title": "\ud800"}, "invalidValue", "title"),
        ({"title": "a\0b"}, "invalidValue", "title"),
        ({"displayName": "x" * 65}, "invalidValue", "displayName has 65 characters"),
        ({"active": "yes"}, "invalidValue", "active takes true or false, not the string 'yes'"),
        ({"active": 1}, "invalidValue", "active"),
        ({EXT: {"photo": "A"}}, "invalidValue", f"{EXT}:photo"),
        ({EXT: {"photo": "é"}}, "invalidValue", f"{EXT}:photo"),
        ({EXT: {"photo": 5}}, "invalidValue", f"{EXT}:photo takes base64 text"),
        ({EXT: {"photo": "AAAAAAAAAAAAAAAA"}}, "invalidValue", "has 12 bytes"),
        ({EXT: {"employeeNumber": 2**63}}, "invalidValue", "employeeNumber is out of range"),
        ({EXT: {"employeeNumber": 2.0**53}}, "invalidValue", "employeeNumber is too large for"),
        ({EXT: {"employeeNumber": "9" * 20}}, "invalidValue", "employeeNumber is out of range"),
        ({EXT: {"employeeNumber": "9" * 5000}}, "invalidValue", "employeeNumber takes a whole"),
        ({EXT: {"employeeNumber": 1.5}}, "invalidValue", "employeeNumber"),
        ({EXT: {"employeeNumber": float("nan")}}, "invalidValue", "employeeNumber"),
        ({EXT: {"employeeNumber": float("inf")}}, "invalidValue", "employeeNumber"),
        ({EXT: {"employeeNumber": "٣"}}, "invalidValue", "employeeNumber"),
        ({EXT: {"employeeNumber": True}}, "invalidValue", "employeeNumber"),
        ({EXT: {"badges": [1, "x"]}}, "invalidValue", "badges"),
        ({EXT: {"-dn-": ""}}, "invalidValue", "-dn-"),
        ({EXT: {"lastLogon": "x"}}, "mutability", f"{EXT}:lastLogon is read-only"),
        ({EXT: {"nope": 1}}, "invalidSyntax", f"{EXT}:nope"),
        ({EXT: 5}, "invalidSyntax", EXT),
        ({"shoeSize": 44}, "invalidSyntax", "shoeSize"),
        ({"urn:x:y": {"a": 1}}, "invalidSyntax", "urn:x:y"),
        ({"urn:x y:z\n": {"a": 1}}, "invalidSyntax", "urn:x y:z"),
        (
            {ENT: {"costCenter": "c"}},
            "invalidSyntax",
            "costCenter is not an attribute of User: map",
        ),
        ({"name": {"middleName": "m"}}, "invalidSyntax", "name.middleName"),
        ({"name": "Ada"}, "invalidValue", "name takes an object"),
        ({"addresses": [{"type": "work", "country": "c"}]}, "invalidSyntax", "country"),
        ({"emails": [{"type": "fax", "value": "x"}]}, "invalidSyntax", 'emails[type eq "fax"]'),
        ({"emails": [{"value": "x"}]}, "invalidSyntax", "emails"),
        (
            {"emails": [{"type": "work", "value": "a"}, {"type": "work", "value": "b"}]},
            "invalidValue",
            'emails[type eq "work"].value is given 2 values',
        ),
        ({"manager": "id"}, "invalidValue", f"{ENT}:manager: no resource has the id 'id'"),
        ({"manager": 5}, "invalidValue", "'5'"),
        ({"title": "a", EXT: {"title": "b"}}, "invalidValue", "same attribute of the target"),
        ({EXT: {"proxy": [[1]]}}, "invalidValue", "proxy"),
        ({USER: {USER: {"title": "x"}}}, "invalidSyntax", USER),
    ],
)
def test_refusals_name_the_attribute(body: Any, scim_type: str, named: str) -> None:
    """What cannot be stored is a 400 that names the attribute and says what it takes."""
    error = refused(body)
    assert error.scim_type == scim_type
    assert named in error.detail


def test_unknown_attributes_can_be_ignored() -> None:
    """A connector may be configured to leave aside what no schema has."""
    body = {
        "shoeSize": 44,
        "urn:x y:z\n": {"a": 1},
        EXT: {"nope": 1},
        "name": {"middleName": "m"},
        "emails": [{"type": "fax", "value": "x"}],
    }
    assert values(body, unknown="ignore") == {}


def test_types_of_our_own_accept_bare_names() -> None:
    """A type without RFC schema takes its attributes bare or in its extension."""
    urn = UNIT_TYPE.extension_urn
    body = {"id": "ignored", urn: {"id": "K1", "meta": "m"}, "label": "L"}
    found = read_resource(body, UNIT_TYPE, resolve=resolve)
    assert found.values == {"id": "K1", "meta": "m", "label": "L"}


def test_active_without_attribute() -> None:
    """Where nothing is bound to ``active``, the host still learns what the client said."""
    kind = plain_user_type()
    found = read_resource({"active": "False", EXT: {"login": "x"}}, kind, resolve=resolve)
    assert (found.active, dict(found.values)) == (False, {"login": "x"})


def test_references_are_resolved_in_one_call() -> None:
    """A group created with many members asks for all their names at once."""
    asked: list[Sequence[str]] = []

    def resolve_all(ids: Sequence[str]) -> dict[str, str]:
        asked.append(ids)
        return {each: each.upper() for each in ids}

    members = [{"value": f"m{n}"} for n in range(500)]
    found = read_resource({"members": members}, TEAM_TYPE, resolve=resolve_all)
    assert found.values == {"member": [f"M{n}" for n in range(500)]}
    assert len(asked) == 1


STORED: dict[str, Values] = {
    "EmpId": "7",
    "login": "ada",
    "title": "t",
    "lastLogon": "today",
    "proxy": ["a", "b"],
}


def put(body: dict[str, Any], **options: Any) -> Intent:
    """What a PUT of this body over the stored user asks for."""
    return create(body, mode="replace", current=lambda: STORED, id="me", **options)


def test_put_of_what_was_read() -> None:
    """Read-only and immutable values come back unchanged without harm, and change nothing."""
    body = {"id": "me", EXT: {"EmpId": "7", "lastLogon": "TODAY", "login": "ada"}}
    assert put(body).values == {"login": "ada"}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"id": "you"}, "id is given by the server"),
        ({EXT: {"EmpId": "8"}}, "EmpId is immutable"),
        ({EXT: {"lastLogon": "never"}}, "lastLogon is read-only"),
    ],
)
def test_put_of_what_cannot_change(body: dict[str, Any], named: str) -> None:
    """A changed read-only or immutable attribute is refused, RFC 7644 section 3.5.1."""
    with pytest.raises(ScimError) as caught:
        put(body)
    assert (caught.value.scim_type, named in caught.value.detail) == ("mutability", True)


@pytest.mark.parametrize(("core", "extension"), [("new", "t"), ("t", "new")])
def test_put_changed_under_one_of_two_names(core: str, extension: str) -> None:
    """Of two paths to one attribute the changed one counts, whichever it is."""
    assert put({"title": core, EXT: {"title": extension}}).values["title"] == "new"


def test_put_changed_under_both_names() -> None:
    """Two different changes of one attribute are refused; the same set in another order is not."""
    with pytest.raises(ScimError, match="same attribute"):
        put({"title": "x", EXT: {"title": "y"}})
    found = put({"entitlements": ["1", "2"], EXT: {"entitlement": ["2", "1"]}})
    assert found.values["entitlement"] == ["1", "2"]


def test_put_keeps_what_is_required() -> None:
    """A required attribute must be sent on a replace too, unless it cannot be read back."""
    kind = SchemaType(
        "k",
        [
            SchemaAttribute.anchor("key"),
            SchemaAttribute("must", is_required=True),
            single("pin", BINARY),
            multi("tags"),
        ],
    )
    (found,) = build_resource_types(Schema([kind]))
    with pytest.raises(ScimError, match="must is required"):
        read_resource({}, found, resolve=resolve, mode="replace")
    assert read_resource({"must": "x"}, found, resolve=resolve, mode="replace").values


def test_groups_of_a_user_are_left_aside() -> None:
    """``groups`` is changed through the groups: a PUT that repeats some of them is no error."""
    person = SchemaType("p", [SchemaAttribute.anchor("k"), multi("memberOf", REFERENCE)])
    (found,) = build_resource_types(
        Schema([person]), person="p", mappings={"User": {"groups": "memberOf"}}
    )
    body = {"groups": [{"value": "who"}]}
    assert read_resource(body, found, resolve=resolve, mode="replace", current=dict) == Intent()
