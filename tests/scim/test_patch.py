"""PATCH bodies as connector deltas."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ecma2py.entries import AttributeModificationType
from ecma2py.schema import AttributeType, Schema, SchemaAttribute, SchemaType, Values
from ecma2py.scim.core import USER
from ecma2py.scim.errors import ScimError
from ecma2py.scim.intents import Intent
from ecma2py.scim.mapping import build_resource_types
from ecma2py.scim.patch import read_patch
from ecma2py.scim.types import ResourceType
from tests.scim.people import (
    ENT,
    EXT,
    REFERENCE,
    TEAM_EXT,
    TEAM_TYPE,
    USER_TYPE,
    multi,
    plain_user_type,
    resolve,
    single,
)

Op = dict[str, Any]
UUID = "7a1e4b0c-1f0e-4c57-9a39-2f0a9d6ce1aa"


def patch(*operations: Op, kind: ResourceType = USER_TYPE, **options: Any) -> Intent:
    """What a PATCH of these operations asks for."""
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": list(operations),
    }
    return read_patch(body, kind, resolve=resolve, **options)


def delta(*operations: Op, **options: Any) -> dict[str, tuple[str, list[Any], list[Any]]]:
    """Each change as (kind, values added, values removed) by attribute."""
    intent = patch(*operations, **options)
    found = {c.name: (c.modification_type.name, [*c.values], [*c.removed]) for c in intent.changes}
    assert len(found) == len(intent.changes), "one attribute is changed twice"
    return found


def op(name: str, path: str | None, *value: Any) -> Op:
    """One operation; without *value* it has no such member."""
    found: Op = {"op": name}
    if path is not None:
        found["path"] = path
    if value:
        (found["value"],) = value
    return found


def put(*values: Any) -> tuple[str, list[Any], list[Any]]:
    """The attribute is replaced by these values."""
    return "REPLACE", list(values), []


GONE: tuple[str, list[Any], list[Any]] = ("DELETE", [], [])


def gains(*values: Any, loses: Sequence[Any] = ()) -> tuple[str, list[Any], list[Any]]:
    """The set gains these values and loses those."""
    return "UPDATE", list(values), list(loses)


WORK = 'emails[type eq "work"].value'

USER_SHAPES: list[tuple[str, list[Op], dict[str, Any]]] = [
    ("replace", [op("Replace", "userName", "x")], {"login": put("x")}),
    ("add", [op("Add", "title", "x")], {"title": put("x")}),
    ("remove", [op("Remove", "title")], {"title": GONE}),
    ("replace-null", [op("replace", "title", None)], {"title": GONE}),
    ("replace-empty-list", [op("replace", "title", [])], {"title": GONE}),
    ("add-null", [op("add", "title", None)], {}),
    ("core-urn", [op("Replace", f"{USER}:title", "x")], {"title": put("x")}),
    ("case", [op("REPLACE", "TITLE", "x")], {"title": put("x")}),
    ("blanks", [op("replace", "  title ", "x")], {"title": put("x")}),
    ("false-word", [op("Replace", "active", "False")], {"disabled": put(True)}),
    ("real-boolean", [op("replace", "active", True)], {"disabled": put(False)}),
    ("active-list", [op("Replace", "active", ["False"])], {"disabled": put(True)}),
    ("sub", [op("Add", "name.familyName", "x")], {"sn": put("x")}),
    ("sub-remove", [op("Remove", "name.familyName")], {"sn": GONE}),
    (
        "name-merges",
        [op("replace", "name", {"familyName": None, "givenName": "g"})],
        {"sn": GONE, "givenName": put("g")},
    ),
    ("name-one-part", [op("replace", "name", {"familyName": "f"})], {"sn": put("f")}),
    ("name-remove", [op("remove", "name")], {"sn": GONE, "givenName": GONE}),
    ("name-null", [op("replace", "name", None)], {"sn": GONE, "givenName": GONE}),
    ("name-remove-parts", [op("remove", "name", {"givenName": "x"})], {"givenName": GONE}),
    ("no-such-entry-is-made", [op("Replace", WORK, "a@b")], {"mail": put("a@b")}),
    ("add-to-entry", [op("Add", WORK, "a@b")], {"mail": put("a@b")}),
    ("remove-differing", [op("Remove", WORK, "other@b")], {"mail": GONE}),
    ("entry", [op("add", 'emails[type eq "work"]', {"value": "m"})], {"mail": put("m")}),
    ("entry-list", [op("add", 'emails[type eq "work"]', [{"value": "m"}])], {"mail": put("m")}),
    ("entry-bare", [op("add", 'emails[type eq "work"]', "m")], {"mail": put("m")}),
    ("entry-remove", [op("remove", 'emails[type eq "home"]')], {"homeMail": GONE}),
    (
        "entry-and",
        [op("replace", 'emails[type eq "work" and primary eq true].value', "m")],
        {"mail": put("m")},
    ),
    (
        "entry-or",
        [op("remove", 'emails[type eq "work" or type eq "home"]')],
        {"mail": GONE, "homeMail": GONE},
    ),
    ("entry-contradiction", [op("remove", 'emails[type eq "work" and type eq "home"]')], {}),
    ("entry-qualifier", [op("replace", 'emails[type eq "work"].primary', True)], {}),
    ("entry-unmapped-remove", [op("remove", 'emails[type eq "fax"].value')], {}),
    (
        "entry-keeps-other-parts",
        [op("replace", 'addresses[type eq "work"]', {"streetAddress": "s", "primary": True})],
        {"street": put("s")},
    ),
    (
        "list-replaces-all",
        [op("replace", "emails", [{"type": "work", "value": "m"}])],
        {"mail": put("m"), "homeMail": GONE},
    ),
    ("list-adds", [op("add", "emails", [{"type": "work", "value": "m"}])], {"mail": put("m")}),
    ("list-removes", [op("remove", "emails", [{"type": "work", "value": "z"}])], {"mail": GONE}),
    ("list-gone", [op("remove", "emails")], {"mail": GONE, "homeMail": GONE}),
    ("primary-word", [op("Replace", 'roles[primary eq "True"].value', "r")], {"appRole": put("r")}),
    (
        "roles-list",
        [op("Replace", "roles", [{"primary": "True", "value": '{"id":1}'}])],
        {"appRole": put('{"id":1}')},
    ),
    ("sole-entry-is-primary", [op("remove", "roles.value")], {"appRole": GONE}),
    (
        "set-of-a-type",
        [op("add", "phoneNumbers", [{"type": "other", "value": "1"}])],
        {"otherPhone": gains("1")},
    ),
    (
        "set-of-a-type-by-path",
        [op("add", 'phoneNumbers[type eq "other"].value', "1")],
        {"otherPhone": gains("1")},
    ),
    (
        "one-of-a-type",
        [op("remove", 'phoneNumbers[type eq "other" and value eq "1"]')],
        {"otherPhone": gains(loses=["1"])},
    ),
    (
        "entitlement-changes",
        [op("replace", 'entitlements[value eq "a"].value', "b")],
        {"entitlement": gains("b", loses=["a"])},
    ),
    (
        "entitlement-changes-whole",
        [op("replace", 'entitlements[value eq "a"]', {"value": "b"})],
        {"entitlement": gains("b", loses=["a"])},
    ),
    ("entitlements-part", [op("remove", "entitlements.value")], {"entitlement": GONE}),
    (
        "entitlements-part-one",
        [op("remove", "entitlements.value", ["a"])],
        {"entitlement": gains(loses=["a"])},
    ),
    ("roles-none", [op("replace", None, {"roles": []})], {"appRole": GONE}),
    ("manager-text", [op("Replace", f"{ENT}:manager", "id-1")], {"manager": put("CN=1")}),
    ("manager-empty", [op("Replace", f"{ENT}:manager", "")], {"manager": GONE}),
    ("manager-null", [op("Replace", f"{ENT}:manager", None)], {"manager": GONE}),
    (
        "manager-array",
        [op("Replace", "manager", [{"$ref": "http://x", "value": "id-1"}])],
        {"manager": put("CN=1")},
    ),
    ("manager-object", [op("add", "manager", {"value": "id-1"})], {"manager": put("CN=1")}),
    ("manager-object-null", [op("add", "manager", {"value": None})], {}),
    ("manager-object-emptied", [op("replace", "manager", {"value": ""})], {"manager": GONE}),
    ("manager-part", [op("replace", f"{ENT}:manager.value", "id-1")], {"manager": put("CN=1")}),
    ("manager-remove", [op("Remove", f"{ENT}:manager", [{"value": "id-1"}])], {"manager": GONE}),
    ("enterprise-bare", [op("add", "department", "d")], {"dept": put("d")}),
    ("host", [op("Replace", f"{EXT}:Employee ID", "x")], {"Employee ID": put("x")}),
    ("host-odd-name", [op("Replace", f"{EXT}:a.b [c]", "x")], {"a.b [c]": put("x")}),
    ("host-set", [op("Add", f"{EXT}:proxy", ["a", "b"])], {"proxy": gains("a", "b")}),
    ("host-set-one", [op("Add", f"{EXT}:proxy", "a")], {"proxy": gains("a")}),
    ("host-set-remove", [op("Remove", f"{EXT}:proxy", ["a"])], {"proxy": gains(loses=["a"])}),
    ("host-set-gone", [op("Remove", f"{EXT}:proxy")], {"proxy": GONE}),
    ("host-set-replace", [op("Replace", f"{EXT}:proxy", ["a"])], {"proxy": put("a")}),
    ("host-set-value", [op("add", f"{EXT}:proxy.value", "a")], {"proxy": gains("a")}),
    (
        "host-set-filter",
        [op("remove", f'{EXT}:badges[value eq "7"]')],
        {"badges": gains(loses=[7])},
    ),
    ("host-reference", [op("Replace", f"{EXT}:manager", "CN=X")], {"manager": put("CN=X")}),
    ("host-binary", [op("Replace", f"{EXT}:photo", "AAEC")], {"photo": put(b"\0\1\2")}),
    ("host-number", [op("Replace", f"{EXT}:employeeNumber", "5")], {"employeeNumber": put(5)}),
    (
        "pathless-dotted",
        [
            op("replace", None, {
                "displayName": "d",
                "name.givenName": "g",
                f"{ENT}:employeeNumber": "5",
                WORK: "m",
            }),
        ],
        {
            "displayName": put("d"),
            "givenName": put("g"),
            "employeeNumber": put(5),
            "mail": put("m"),
        },
    ),
    (
        "pathless-nested",
        [op("Add", "", {ENT: {"department": "d"}, EXT: {"proxy": ["a"]}, "id": "me"})],
        {"dept": put("d"), "proxy": gains("a")},
    ),
    (
        "pathless-core-urn",
        [op("replace", None, [{USER: {"name": {"familyName": "f"}}, f"{EXT}:title": None}])],
        {"sn": put("f"), "title": GONE},
    ),
    (
        "extension-by-path",
        [op("replace", ENT, {"department": "d"})],
        {"dept": put("d")},
    ),
    (
        "extension-removed",
        [op("remove", ENT)],
        {"dept": GONE, "employeeNumber": GONE, "manager": GONE},
    ),
    ("extension-null", [op("replace", None, {ENT: None})],
     {"dept": GONE, "employeeNumber": GONE, "manager": GONE}),
    ("extension-add-null", [op("add", None, {ENT: None})], {}),
    ("nothing-known", [op("add", None, {"nope": None, "urn:x:y": {}, "a b!": []})], {}),
    (
        "add-then-remove",
        [op("add", "entitlements", ["a", "b"]), op("remove", 'entitlements[value eq "a"]')],
        {"entitlement": gains("b", loses=["a"])},
    ),
    (
        "remove-then-add",
        [op("remove", 'entitlements[value eq "a"]'), op("add", "entitlements", ["a"])],
        {"entitlement": gains("a")},
    ),
    (
        "replace-then-both",
        [
            op("replace", "entitlements", ["a", "b"]),
            op("remove", "entitlements", [{"value": "a"}]),
            op("add", f"{EXT}:entitlement", ["c"]),
        ],
        {"entitlement": put("b", "c")},
    ),
    ("last-wins", [op("add", "title", "a"), op("replace", "title", "b")], {"title": put("b")}),
    ("gone-then-back", [op("remove", "title"), op("add", "title", "b")], {"title": put("b")}),
    ("emptied", [op("replace", "entitlements", ["a"]), op("remove", "entitlements", ["a"])],
     {"entitlement": GONE}),
    ("two-names", [op("add", "title", "a"), op("add", f"{EXT}:title", "b")], {"title": put("b")}),
]  # fmt: skip

GROUP_SHAPES: list[tuple[str, list[Op], dict[str, Any]]] = [
    ("rename", [op("Replace", "displayName", "x")], {"cn": put("x")}),
    ("rename-okta", [op("replace", None, {"id": "me", "displayName": "x"})], {"cn": put("x")}),
    (
        "add-entra",
        [op("Add", "members", [{"$ref": None, "value": "id-1"}])],
        {"member": gains("CN=1")},
    ),
    (
        "add-many",
        [op("Add", "members", [{"value": "id-1"}, {"value": "id-2"}])],
        {"member": gains("CN=1", "CN=2")},
    ),
    ("add-object", [op("add", "members", {"value": "id-1"})], {"member": gains("CN=1")}),
    ("add-text", [op("add", "members", "id-1")], {"member": gains("CN=1")}),
    ("add-texts", [op("add", "members", ["id-1", "id-2"])], {"member": gains("CN=1", "CN=2")}),
    ("add-pathless", [op("add", None, {"members": ["id-1"]})], {"member": gains("CN=1")}),
    (
        "remove-entra",
        [op("Remove", "members", [{"$ref": None, "value": "id-1"}])],
        {"member": gains(loses=["CN=1"])},
    ),
    (
        "remove-filter",
        [op("remove", 'members[value eq "id-1"]')],
        {"member": gains(loses=["CN=1"])},
    ),
    (
        "remove-filter-or",
        [op("remove", 'members[value eq "id-1" or value eq "id-2"]')],
        {"member": gains(loses=["CN=1", "CN=2"])},
    ),
    (
        "remove-filter-part",
        [op("remove", 'members[value eq "id-1"].value')],
        {"member": gains(loses=["CN=1"])},
    ),
    ("remove-unknown", [op("remove", f'members[value eq "{UUID}"]')], {}),
    (
        "remove-dangling",
        [op("remove", "members", ["CN=lost,DC=x"])],
        {"member": gains(loses=["CN=lost,DC=x"])},
    ),
    ("remove-none", [op("remove", "members", [])], {}),
    ("remove-all", [op("remove", "members")], {"member": GONE}),
    ("replace-null", [op("replace", "members", None)], {"member": GONE}),
    ("replace", [op("Replace", "members", [{"value": "id-1"}])], {"member": put("CN=1")}),
    (
        "one-operation-each",
        [op("Add", "members", [{"value": f"id-{n}"}]) for n in range(3)]
        + [op("Remove", "members", [{"value": "id-1"}])],
        {"member": gains("CN=0", "CN=2", loses=["CN=1"])},
    ),
    (
        "host",
        [op("Add", f"{TEAM_EXT}:member", ["id-1", "CN=x"])],
        {"member": gains("CN=1", "CN=x")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operations", "expected"),
    [pytest.param(ops, expected, id=name) for name, ops, expected in USER_SHAPES],
)
def test_user_shapes(operations: list[Op], expected: dict[str, Any]) -> None:
    """Every shape of operation on a user that a client is known to send becomes its delta."""
    assert delta(*operations, id="me") == expected


@pytest.mark.parametrize(
    ("operations", "expected"),
    [pytest.param(ops, expected, id=name) for name, ops, expected in GROUP_SHAPES],
)
def test_group_shapes(operations: list[Op], expected: dict[str, Any]) -> None:
    """Every shape of operation on a group that a client is known to send becomes its delta."""
    assert delta(*operations, kind=TEAM_TYPE, id="me") == expected


@pytest.mark.parametrize(
    ("operation", "scim_type", "named"),
    [
        (op("move", "title", "x"), "invalidSyntax", "'move'"),
        (op("", "title", "x"), "invalidSyntax", "op must be"),
        ({"op": 5}, "invalidSyntax", "a number"),
        ("x", "invalidSyntax", "An operation must be a JSON object"),
        (op("add", "title"), "invalidValue", "add title: value is missing"),
        ({"op": "add", "path": 5, "value": 1}, "invalidPath", "path must be a string"),
        (op("remove", None), "noTarget", "path"),
        (op("add", None, 5), "invalidSyntax", "without path"),
        (op("add", "nope", 5), "invalidPath", "nope is not an attribute of User"),
        (op("add", "nickName", "x"), "invalidPath", "nickName is not an attribute of User: map it"),
        (op("remove", "nope"), "invalidPath", "nope"),
        (op("add", f"{EXT}:nope", 5), "invalidPath", f"{EXT}:nope"),
        (op("add", EXT, {"nope": 5}), "invalidPath", f"{EXT}:nope"),
        (op("add", None, {"a b!": 5}), "invalidPath", "Path"),
        (op("add", None, {"nope": 5}), "invalidPath", "nope"),
        (op("add", "urn:x:y", {"a": 5}), "invalidPath", "urn:x:y"),
        (op("add", "name.nope", "x"), "invalidPath", "name.nope"),
        (op("add", "title.nope", "x"), "invalidPath", "title.nope"),
        (op("add", "emails[", "x"), "invalidFilter", "Filter"),
        (op("add", 'title[type eq "x"]', "x"), "invalidPath", "title is not multi-valued"),
        (op("add", 'emails[type eq "fax"].value', "x"), "noTarget", 'emails[type eq "fax"].value'),
        (op("add", 'emails[type eq "work"].nope', "x"), "invalidPath", ".nope"),
        (op("replace", 'emails[value eq "x"].value', "y"), "noTarget", "type"),
        (op("remove", 'emails[type ne "work"]'), "noTarget", "eq"),
        (op("remove", 'entitlements[value sw "x"]'), "noTarget", "eq"),
        (op("remove", "entitlements[value eq null]"), "noTarget", "eq"),
        (op("add", "emails", [{"type": "fax", "value": "x"}]), "invalidPath", "fax"),
        (op("replace", "userName", None), "mutability", "userName is required"),
        (op("remove", f"{EXT}:login"), "mutability", "userName is required"),
        (op("replace", f"{EXT}:EmpId", "8"), "mutability", "EmpId is immutable"),
        (op("replace", f"{EXT}:lastLogon", "8"), "mutability", "lastLogon is read-only"),
        (op("remove", EXT), "mutability", "EmpId is immutable"),
        (op("remove", USER), "noTarget", "core schema"),
        (op("replace", "id", "x"), "mutability", "id is given by the server"),
        (op("replace", "groups", []), "mutability", "groups"),
        (op("replace", None, {"id": "you"}), "mutability", "id"),
        (op("replace", "title", 5), "invalidValue", "title takes a string"),
        (op("replace", "title", ["a", "b"]), "invalidValue", "title is given 2 values"),
        (op("replace", "displayName", "x" * 65), "invalidValue", "65 characters"),
        (op("replace", "active", "nein"), "invalidValue", "active takes true or false"),
        (op("replace", "manager", "who"), "invalidValue", "no resource has the id 'who'"),
        (op("remove", f"{EXT}:-dn-"), "invalidValue", "-dn-"),
        (op("remove", f"{EXT}:export_password"), "invalidValue", "export_password"),
    ],
)  # fmt: skip
def test_refusals_name_the_attribute(operation: Op, scim_type: str, named: str) -> None:
    """What cannot be done is a 400 that names path or attribute and says why."""
    with pytest.raises(ScimError) as caught:
        patch(operation, id="me")
    assert (caught.value.status, caught.value.scim_type) == (400, scim_type)
    assert named in caught.value.detail


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"Operations": {}}, {"Operations": []}, {"operations": None}],
)
def test_bodies_that_are_no_patch(body: Any) -> None:
    """A PATCH is an object with at least one operation."""
    with pytest.raises(ScimError) as caught:
        read_patch(body, USER_TYPE, resolve=resolve)
    assert caught.value.scim_type == "invalidSyntax"


def test_unknown_members_of_a_group() -> None:
    """A member that does not exist is named."""
    with pytest.raises(ScimError, match="members: no resource has the id 'x'"):
        patch(op("add", "members", [{"value": "x"}]), kind=TEAM_TYPE)


def test_unknown_attributes_can_be_ignored() -> None:
    """Where unknown attributes are ignored, the rest of the PATCH is done."""
    found = delta(
        op("add", "nope", 5),
        op("add", 'emails[type eq "fax"].value', "x"),
        op("add", None, {"nix": 5, "a b!": 5, EXT: {"nil": 5}, "name": {"nick": "x"}}),
        op("add", "title", "t"),
        unknown="ignore",
    )
    assert found == {"title": put("t")}


def test_dn_and_password() -> None:
    """``-dn-`` renames, ``export_password`` sets a password; neither is an attribute change."""
    intent = patch(
        op("Replace", f"{EXT}:-dn-", "CN=New,DC=x"),
        op("Replace", f"{EXT}:export_password", "hush hush"),
    )
    assert (intent.dn, intent.changes) == ("CN=New,DC=x", ())
    assert intent.password is not None
    assert intent.password.reveal() == "hush hush"
    assert "hush" not in repr(intent)


def test_active_without_attribute() -> None:
    """Where nothing is bound to ``active``, the host still learns what the client said."""
    intent = patch(op("Replace", "active", "False"), kind=plain_user_type())
    assert (intent.active, intent.changes) == (False, ())
    assert patch(op("remove", "active"), kind=plain_user_type()) == Intent()


def test_active_with_attribute() -> None:
    """Where an attribute is bound to ``active``, the host learns of it all the same."""
    assert patch(op("Replace", "active", "False")).active is False
    assert patch(op("Replace", f"{EXT}:disabled", True)).active is None


def test_changes_carry_the_schema() -> None:
    """A change knows type and form of its attribute, for connectors that look at them."""
    changes = {
        c.name: c
        for c in patch(
            op("add", "entitlements", ["a"]), op("add", "manager", "id-1"), op("remove", "title")
        ).changes
    }
    assert changes["entitlement"].is_multi_valued
    assert changes["manager"].data_type is REFERENCE
    assert changes["title"].data_type is AttributeType.STRING
    assert changes["title"].modification_type is AttributeModificationType.DELETE


def test_one_member_is_one_value_and_nothing_read() -> None:
    """Adding one member asks for one name, reads nothing, and changes exactly one value."""
    asked: list[Sequence[str]] = []

    def resolve_one(ids: Sequence[str]) -> Mapping[str, str]:
        asked.append(ids)
        return dict.fromkeys(ids, "CN=x")

    def never() -> Mapping[str, Values]:
        raise AssertionError("the object was read")

    body = {"Operations": [op("Add", "members", [{"value": UUID}])]}
    intent = read_patch(body, TEAM_TYPE, resolve=resolve_one, current=never)
    (change,) = intent.changes
    assert [c.value for c in change.value_changes] == ["CN=x"]
    assert asked == [[UUID]]


STORED: dict[str, Values] = {
    "EmpId": "7",
    "lastLogon": "Today",
    "mail": "ada@old.com",
    "homeMail": "ada@home.com",
    "street": "Main Street",
    "entitlement": ["alpha", "beta"],
}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (op("replace", f"{EXT}:EmpId", "7"), {}),
        (op("replace", f"{EXT}:lastLogon", "today"), {}),
        (op("replace", 'emails[value eq "ada@old.com"].value', "n"), {"mail": put("n")}),
        (op("remove", "emails", [{"value": "ada@home.com"}]), {"homeMail": GONE}),
        (op("remove", "emails", [{"value": "someone@else"}]), {}),
        (op("remove", 'emails[value ew "@old.com"]'), {"mail": GONE}),
        (op("remove", 'emails[type ne "work"]'), {"homeMail": GONE}),
        (op("remove", "phoneNumbers[value pr]"), {}),
        (op("remove", 'entitlements[value sw "a"]'), {"entitlement": gains(loses=["alpha"])}),
        (
            op("remove", 'entitlements[not (value eq "beta")]'),
            {"entitlement": gains(loses=["alpha"])},
        ),
        (op("remove", 'addresses[streetAddress co "Main"].locality'), {"city": GONE}),
    ],
)  # fmt: skip
def test_with_the_object_at_hand(operation: Op, expected: dict[str, Any]) -> None:
    """Given the stored object, filters of any kind choose, and what is equal is no change."""
    assert delta(operation, current=lambda: STORED) == expected


def test_filters_see_earlier_operations() -> None:
    """What an operation did counts for the filters of the next."""
    found = delta(
        op("add", "entitlements", ["gamma"]),
        op("remove", 'entitlements[value co "m"]'),
        current=lambda: STORED,
    )
    assert found == {"entitlement": gains(loses=["gamma"])}
    assert delta(
        op("replace", "entitlements", ["gamma", "delta"]),
        op("remove", 'entitlements[value co "m"]'),
    ) == {"entitlement": put("delta")}


def test_filters_that_multiply_are_bounded() -> None:
    """A filter that spells out thousands of combinations is refused, not computed."""
    values = " or ".join(f'value eq "{n}"' for n in range(20))
    types = " or ".join(f'type eq "{n}"' for n in range(20))
    pairs = f"({values}) and ({types})"
    for tree in (f"{pairs} and ({values.replace('value', 'display')})", f"{pairs} or {pairs}"):
        with pytest.raises(ScimError, match="'eq'"):
            patch(op("remove", f"entitlements[{tree}]"))
    assert len(delta(op("remove", f"entitlements[{pairs}]"))["entitlement"][2]) == 20


def test_required_set_may_lose_values() -> None:
    """A required multi-valued attribute cannot be emptied as a whole."""
    tags = SchemaAttribute("tags", is_multi_valued=True, is_required=True)
    kind = SchemaType("k", [SchemaAttribute.anchor("key"), tags])
    (found,) = build_resource_types(Schema([kind]))
    path = f"{found.extension_urn}:tags"
    assert delta(op("remove", path, ["a"]), kind=found) == {"tags": gains(loses=["a"])}
    with pytest.raises(ScimError, match="tags is required"):
        patch(op("remove", path), kind=found)


def test_read_only_sets() -> None:
    """A read-only set takes no value, loses none, and is left alone when its list is replaced."""
    memberships = multi("memberOf", REFERENCE)
    kind = SchemaType("k", [SchemaAttribute.anchor("key"), memberships, single("x")])
    (found,) = build_resource_types(
        Schema([kind]), person="k", mappings={"User": {"groups": "memberOf", "title": "x"}}
    )
    for each in (
        op("add", "groups", [{"value": "id-1"}]),
        op("remove", "groups", [{"value": "id-1"}]),
        op("remove", "groups"),
        op("replace", None, {"groups": [{"value": "id-1"}]}),
    ):
        with pytest.raises(ScimError) as caught:
            patch(each, kind=found)
        assert caught.value.scim_type == "mutability"
    assert delta(op("replace", "groups", []), kind=found, current=dict) == {}
