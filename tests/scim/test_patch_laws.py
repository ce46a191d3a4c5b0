"""PATCH against an oracle, and both readers against anything a client may send."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scim2_models import EnterpriseUser, PatchOp, ScimPolicy, User

from ecma2py.entries import CSEntryChange, apply_change
from ecma2py.schema import Values
from ecma2py.scim.bodies import read_resource
from ecma2py.scim.core import USER
from ecma2py.scim.errors import ScimError
from ecma2py.scim.intents import Intent
from ecma2py.scim.patch import read_patch
from ecma2py.scim.types import ResourceType
from tests.scim.people import ENT, EXT, TEAM_TYPE, USER_TYPE, resolve

Document = dict[str, Any]
OraclePatch = PatchOp[User[EnterpriseUser]]
ENTRA = ScimPolicy(
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
)
SIMPLE = {"displayName": "displayName", "title": "title", "externalId": "seenId"}
PARTS = {"familyName": "sn", "givenName": "givenName"}
EMAILS = {"work": "mail", "home": "homeMail"}
ADDRESS = {"streetAddress": "street", "locality": "city"}

texts = st.sampled_from(["alpha@a.org", "beta@a.org", "gamma@a.org"])
members = st.sampled_from(["id-1", "id-2", "id-3"])
writing = st.sampled_from(["add", "replace", "Add", "Replace"])
removing = st.sampled_from(["remove", "Remove"])


def render(held: Mapping[str, Values]) -> Document:
    """Connector attributes as the document a client sees; the test's own, and plain."""
    shown: Document = {"schemas": [USER, ENT], "userName": held["login"]}
    shown |= {name: held[a] for name, a in SIMPLE.items() if a in held}
    if name := {part: held[a] for part, a in PARTS.items() if a in held}:
        shown["name"] = name
    if emails := [{"type": t, "value": held[a]} for t, a in EMAILS.items() if a in held]:
        shown["emails"] = emails
    if address := {part: held[a] for part, a in ADDRESS.items() if a in held}:
        shown["addresses"] = [{"type": "work", **address}]
    entitlements = held.get("entitlement", [])
    assert isinstance(entitlements, list)
    if entitlements:
        shown["entitlements"] = [{"value": each} for each in sorted(map(str, entitlements))]
    if "disabled" in held:
        shown["active"] = not held["disabled"]
    enterprise: Document = {"department": held["dept"]} if "dept" in held else {}
    if "manager" in held:
        enterprise["manager"] = {"value": str(held["manager"]).replace("CN=", "id-")}
    return {**shown, ENT: enterprise} if enterprise else shown


def normal(document: Document) -> Document:
    """The oracle's document as far as the connector can hold it: no entry without a value."""
    found = {key: value for key, value in document.items() if key not in ("id", "schemas")}
    emails = [each for each in found.pop("emails", []) if each.get("value") is not None]
    if emails:
        order = list(EMAILS)
        emails.sort(key=lambda each: order.index(each["type"]))
        found["emails"] = [{"type": e["type"], "value": e["value"]} for e in emails]
    addresses = [each for each in found.pop("addresses", []) if each.keys() & ADDRESS.keys()]
    if addresses:
        found["addresses"] = addresses
    if entitlements := sorted(each["value"] for each in found.pop("entitlements", [])):
        found["entitlements"] = [{"value": each} for each in dict.fromkeys(entitlements)]
    return {key: value for key, value in found.items() if value not in ({}, [])}


stored = st.fixed_dictionaries(
    {"login": texts},
    optional={
        **dict.fromkeys((*SIMPLE.values(), *PARTS.values(), "dept"), texts),
        **dict.fromkeys((*EMAILS.values(), *ADDRESS.values()), texts),
        "entitlement": st.lists(texts, min_size=1, max_size=3, unique=True),
        "disabled": st.booleans(),
        "manager": members.map(lambda each: each.replace("id-", "CN=")),
    },
)


def operation(op: str, path: str | None, value: object = ...) -> Document:
    """One operation; without *value* it has no such member."""
    found: Document = {"op": op}
    if path is not None:
        found["path"] = path
    if value is not ...:
        found["value"] = value
    return found


texts_at = st.sampled_from(
    [
        "userName",
        "title",
        "externalId",
        f"{USER}:displayName",
        "name.familyName",
        "name.givenName",
        'emails[type eq "work"].value',
        'emails[type eq "home"].value',
        'addresses[type eq "work"].locality',
        f"{ENT}:department",
    ]
)
names = st.dictionaries(st.sampled_from(list(PARTS)), texts, min_size=1)
addresses = st.dictionaries(st.sampled_from(list(ADDRESS)), texts, min_size=1)
entitlements = st.lists(texts, max_size=3, unique=True).map(lambda v: [{"value": e} for e in v])
manager = st.builds(lambda each: {"value": each}, members)
emails = st.dictionaries(st.sampled_from(list(EMAILS)), texts).map(
    lambda found: [{"type": kind, "value": text} for kind, text in found.items()]
)
pathless = st.fixed_dictionaries(
    {},
    optional={
        "title": texts,
        "active": st.booleans(),
        "name": names,
        "name.givenName": texts,
        f"{ENT}:department": texts,
        ENT: st.builds(lambda text: {"department": text}, texts),
    },
).filter(bool)
removable = st.sampled_from(
    [
        "title",
        "displayName",
        "name",
        "name.familyName",
        "emails",
        "entitlements",
        "addresses",
        f"{ENT}:department",
        f"{ENT}:manager",
    ]
)
operations = st.one_of(
    st.builds(operation, writing, texts_at, texts),
    st.builds(operation, writing, st.just("name"), names),
    st.builds(operation, writing, st.just("active"), st.booleans()),
    st.builds(operation, writing, st.just("entitlements"), entitlements.filter(bool)),
    st.builds(operation, writing, st.just('addresses[type eq "work"]'), addresses),
    st.builds(operation, writing, st.just(f"{ENT}:manager"), manager),
    st.builds(operation, writing, st.none(), pathless),
    st.builds(operation, st.just("replace"), st.just("emails"), emails),
    st.builds(operation, removing, removable),
    st.builds(operation, removing, texts.map(lambda t: f'entitlements[value eq "{t}"]')),
    st.builds(operation, removing, st.just("entitlements"), entitlements.filter(bool)),
)


@given(before=stored, given_operations=st.lists(operations, min_size=1, max_size=6))
def test_patch_is_what_the_oracle_says(
    before: dict[str, Values], given_operations: list[Document]
) -> None:
    """The deltas, applied to the target, give the document that scim2-models makes of it."""
    intent = read_patch({"Operations": given_operations}, USER_TYPE, resolve=resolve)
    changed = [each.name for each in intent.changes]
    assert len(changed) == len(set(changed))
    after = apply_change(before, CSEntryChange.update("person", {}, changes=intent.changes))

    resource = User[EnterpriseUser].model_validate(render(before))
    patch = OraclePatch.model_validate({"Operations": given_operations})
    patch.patch(resource, ENTRA)
    assert normal(render(after)) == normal(resource.model_dump())


@given(before=stored, given_operations=st.lists(operations, min_size=1, max_size=4))
def test_patch_equals_put_of_the_patched_document(
    before: dict[str, Values], given_operations: list[Document]
) -> None:
    """Patching, and putting the document that patching gives, ask for the same attributes."""
    intent = read_patch({"Operations": given_operations}, USER_TYPE, resolve=resolve)
    after = apply_change(before, CSEntryChange.update("person", {}, changes=intent.changes))
    put = read_resource(render(after), USER_TYPE, resolve=resolve, mode="replace")

    def sets(held: Mapping[str, Values]) -> Mapping[str, object]:
        return {k: set(v) if isinstance(v, list) else v for k, v in held.items()}

    assert sets(put.values) == sets(after)


keys = st.one_of(
    st.sampled_from(
        [
            *(each.path for each in (*USER_TYPE.bindings, *TEAM_TYPE.bindings)),
            *("value", "type", "primary", "$ref", "id", "schemas", "meta", "groups", "emails"),
            *("name", "roles", "addresses", "members.value", EXT, ENT, USER, f"{ENT}:", "urn:x:y"),
            *("entitlements[value sw 1]", "emails[type eq", "phoneNumbers[value pr]", ""),
        ]
    ),
    st.text(st.characters(), max_size=8),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(["True", "id-1", "AAAA", "7", "", "work", "\ud800", "\0", "9" * 400]),
    st.text(st.characters(), max_size=8),
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from([USER_TYPE, TEAM_TYPE])
policies = st.sampled_from(["error", "ignore"])
HELD: dict[str, Values] = {"EmpId": "7", "mail": "m", "entitlement": ["a"], "member": ["CN=1"]}


def read(reader: Any, body: Any, kind: ResourceType, **options: Any) -> Intent | None:
    """What was read; None for a refusal, which must be one that can be sent."""
    found: Intent | None = None
    refusal = ScimError(400, "")
    try:
        found = reader(body, kind, resolve=resolve, **options)
    except ScimError as error:
        refusal = error
    assert 400 <= refusal.status < 500
    assert len(json.dumps(refusal.body(), ensure_ascii=False).encode()) < 4096
    return found


@given(
    body=anything | st.dictionaries(keys, anything),
    kind=kinds,
    unknown=policies,
    mode=st.sampled_from(["create", "replace"]),
)
def test_no_body_breaks_the_reader(body: Any, kind: ResourceType, unknown: str, mode: str) -> None:
    """Whatever the JSON is, a body is read or refused, and values have their schema's type."""
    found = read(read_resource, body, kind, unknown=unknown, mode=mode, current=lambda: HELD)
    for name, held in found.values.items() if found else ():
        attribute = kind.schema_type.attributes[name]
        assert isinstance(held, list) is attribute.is_multi_valued
        for value in held if isinstance(held, list) else [held]:
            assert attribute.data_type.accepts(value)


@given(
    operations=anything
    | st.lists(
        st.fixed_dictionaries(
            {"op": writing | removing}, optional={"path": keys, "value": anything}
        )
    ),
    kind=kinds,
    unknown=policies,
    current=st.sampled_from([None, lambda: HELD]),
)
def test_no_operation_breaks_the_reader(
    operations: Any, kind: ResourceType, unknown: str, current: Any
) -> None:
    """Whatever the operations are, they are read or refused, one legal change an attribute."""
    found = read(read_patch, {"Operations": operations}, kind, unknown=unknown, current=current)
    if found is None:
        return
    entry = CSEntryChange.update(kind.object_type, {}, changes=found.changes)
    for name in entry.changed_attribute_names:
        attribute = kind.schema_type.attributes[name]
        change = entry.attribute_changes[name]
        assert change.is_multi_valued is attribute.is_multi_valued
        assert change.data_type is attribute.data_type
        for each in change.value_changes:
            assert attribute.data_type.accepts(each.value)


@pytest.mark.parametrize("depth", [10, 10_000])
def test_depth_is_no_matter(depth: int) -> None:
    """Reading does not recurse into values, however deep they are."""
    deep: Any = "x"
    for _ in range(depth):
        deep = [deep]
    nested: Any = {}
    for _ in range(depth):
        nested = {USER: nested}
    for value in (deep, nested):
        for body in ({"userName": "a", "manager": value}, {"userName": "a", USER: value}):
            read(read_resource, body, USER_TYPE)
            read(read_patch, {"Operations": [{"op": "add", "value": body}]}, USER_TYPE)


def test_fifty_thousand_emails() -> None:
    """A body with 50,000 entries is refused or read in time linear in its length."""
    emails = [{"type": "work", "value": f"{n}@x"} for n in range(50_000)]
    body = {"userName": "a", "emails": emails}
    assert read(read_resource, body, USER_TYPE) is None
    phones = [{"type": "other", "value": str(n)} for n in range(50_000)]
    found = read(read_resource, {"userName": "a", "phoneNumbers": phones}, USER_TYPE)
    assert found is not None
    added = {"op": "add", "path": "phoneNumbers", "value": phones}
    (change,) = read_patch({"Operations": [added]}, USER_TYPE, resolve=resolve).changes
    assert len(change.values) == 50_000
