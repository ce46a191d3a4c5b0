"""Evaluation: the comparison rules of RFC 7643 and 7644 on rendered resources."""

from datetime import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scim2_models import EnterpriseUser, User
from scim2_models.exceptions import InvalidFilterException
from scim2_models.path import ScimFilter

from ecma2py.scim.comparing import Characteristics
from ecma2py.scim.errors import ScimError
from ecma2py.scim.evaluate import compile_filter, compile_value_filter
from ecma2py.scim.filters import (
    And,
    Comparison,
    Filter,
    Not,
    Operator,
    Or,
    Present,
    ValueFilter,
    format_filter,
    parse_filter,
)
from ecma2py.scim.names import AttributePath
from tests.scim.trees import CORE, ENTERPRISE, HOST, NAMES, combined, filters

BJENSEN = {
    "schemas": [CORE, ENTERPRISE, HOST],
    "id": "2819c223-7F76",
    "userName": "Bjensen",
    "externalId": "701984",
    "title": "",
    "nickName": None,
    "active": True,
    "age": 42,
    "score": 4.5,
    "name": {"familyName": "O'Malley", "givenName": None},
    "emails": [
        {"value": "bjensen@example.com", "type": "work", "primary": "True"},
        {"value": "babs@jensen.org", "type": "home"},
        {"type": "other", "value": None},
    ],
    "phoneNumbers": [],
    "addresses": {},
    "roles": [{}],
    "badges": ["Red", "blue"],
    "photo": "QUJD",
    "meta": {
        "resourceType": "User",
        "created": "2011-05-13T04:42:34Z",
        "lastModified": "2011-05-13T06:42:34.5+02:00",
        "version": 'W/"3694e05e9dff590"',
    },
    ENTERPRISE: {"employeeNumber": "701984", "manager": {"value": "26118915", "$ref": "../x"}},
    HOST: {"Employee ID": 7, "-dn-": "CN=b,OBJECT=person", "address.city": "Oslo"},
}
TYPES = {
    "userName": Characteristics("string"),
    "nickName": Characteristics("string"),
    "title": Characteristics("string", case_exact=True),
    "externalId": Characteristics("string", case_exact=True),
    "active": Characteristics("boolean"),
    "age": Characteristics("integer"),
    "score": Characteristics("decimal"),
    "name": Characteristics("complex"),
    "name.familyName": Characteristics("string"),
    "name.givenName": Characteristics("string"),
    "emails": Characteristics("complex"),
    "emails.value": Characteristics("string"),
    "emails.type": Characteristics("string"),
    "emails.primary": Characteristics("boolean"),
    "phoneNumbers": Characteristics("complex"),
    "phoneNumbers.value": Characteristics("string"),
    "badges": Characteristics("string", case_exact=True),
    "photo": Characteristics("binary"),
    "password": Characteristics("string", filterable=False),
    f"{ENTERPRISE}:employeeNumber": Characteristics("string"),
    f"{ENTERPRISE}:manager": Characteristics("complex"),
    f"{ENTERPRISE}:manager.value": Characteristics("reference", case_exact=True),
    f"{HOST}:Employee ID": Characteristics("integer"),
    f"{HOST}:-dn-": Characteristics("reference"),
    f"{HOST}:address.city": Characteristics("string"),
}


def _lookup(path: AttributePath) -> Characteristics | None:
    return TYPES.get(str(path))


def _holds(text: str, *, typed: bool = True) -> bool:
    tree = parse_filter(text, NAMES)
    return compile_filter(tree, lookup=_lookup if typed else None, core=(CORE,))(BJENSEN)


TRUE = [
    'userName eq "bjensen"',
    'userName EQ "BJENSEN"',
    'userName ne "x"',
    'userName co "JEN"',
    'userName sw "b"',
    'userName ew "N"',
    'userName gt "bjensem"',
    'userName le "bjensen"',
    f'{CORE}:userName eq "bjensen"',
    'id eq "2819c223-7F76"',
    'externalId eq "701984"',
    "externalId eq 701984",
    "userName pr",
    "active eq true",
    'active eq "True"',
    "active ne false",
    "age gt 41",
    'age eq "42"',
    "age eq 42.0",
    "age le 42.5",
    "score lt 4.6",
    'name.familyName co "o\'m"',
    "name pr",
    "name ne null",
    'emails co "jensen.org"',
    'emails.value co "EXAMPLE"',
    'emails ne "bjensen@example.com"',
    'emails.type eq "home"',
    'emails[type eq "work"].value eq "bjensen@example.com"',
    'emails[primary eq "True"]',
    'emails[primary eq true and value co "@example"]',
    'not (emails[type eq "home" and value co "@example"])',
    'emails[not (type eq "work")]',
    'emails[primary ne true and type eq "home"]',
    "emails[value eq null]",
    'badges eq "Red"',
    'badges[value sw "bl"]',
    'badges.value ew "e"',
    'photo eq "QUJD"',
    'photo sw "QU"',
    "phoneNumbers eq null",
    'phoneNumbers ne "x"',
    "nickName eq null",
    'nickName ne "x"',
    'title eq ""',
    "title ne null",
    "not (title pr)",
    "userName ne null",
    f'schemas eq "{ENTERPRISE}"',
    f'schemas eq "{ENTERPRISE.upper()}"',
    'meta.resourceType eq "User"',
    "meta.resourceType eq User or meta.resourceType eq Group",
    'meta.created eq "2011-05-13T06:42:34+02:00"',
    'meta.created eq "2011-05-13t04:42:34z"',
    'meta.lastModified gt "2011-05-13T04:42:34Z"',
    'meta.lastModified ge "2011-05-13"',
    'meta.lastModified le "2011-05-13T04:42:34.500"',
    'meta.created sw "2011-05"',
    'meta.version eq "W/\\"3694e05e9dff590\\""',
    f'{ENTERPRISE}:manager eq "26118915"',
    f'{ENTERPRISE}:manager.value eq "26118915"',
    f"{HOST}:Employee ID ge 7",
    f'{HOST}:employee id eq "7"',
    f'{HOST}:-dn- sw "cn=B,"',
    f'{HOST}:address.city eq "oslo"',
    f"{HOST} pr",
    f"{CORE} pr",
    'PLACEHOLDER eq "x" or userName pr',
]
FALSE = [
    'userName eq "bjense"',
    'id eq "2819C223-7f76"',
    'meta.resourceType eq "user"',
    'badges eq "red"',
    'photo eq "qujd"',
    "title pr",
    "nickName pr",
    "phoneNumbers pr",
    "name.givenName pr",
    "name.givenName ne null",
    'nickName eq "x"',
    'nickName gt ""',
    "active eq false",
    "age lt 42",
    'emails[type eq "home" and value co "@example"]',
    'emails.nothing eq "x"',
    'phoneNumbers[value ne "x"]',
    'meta.created gt "2011-05-13T04:42:34Z"',
    f'{ENTERPRISE}:manager.value eq "26118915 "',
    "urn:example:none:1.0:User:a pr",
    "urn:example:none:1.0:User pr",
    'PLACEHOLDER eq "8646d011"',
    'PLACEHOLDER ne "8646d011"',
    "PLACEHOLDER eq null",
    'not (PLACEHOLDER eq "8646d011")',
    "not (PLACEHOLDER pr)",
    "not (not (PLACEHOLDER pr))",
    'PLACEHOLDER eq "x" and userName pr',
    'not (PLACEHOLDER eq "x" or nickName pr)',
    'emails[nothing eq "x"]',
    'not (emails[nothing eq "x"])',
    'emails[not (nothing eq "x")]',
    f"{HOST}:gone pr",
    f"not ({HOST}:gone pr)",
]


@pytest.mark.parametrize("text", TRUE)
def test_a_filter_that_holds(text: str) -> None:
    """Each rule of table 3 of RFC 7644 where it matches."""
    assert _holds(text)


@pytest.mark.parametrize("text", FALSE)
def test_a_filter_that_does_not_hold(text: str) -> None:
    """The same where it does not match; unknown attributes match nothing, negated or not."""
    assert not _holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "active gt true",
        "active le false",
        'active co "t"',
        'photo gt "A"',
        'photo le "A"',
        'age co "4"',
        'age gt "forty"',
        "age gt 1e999999",
        'meta.created gt "yesterday"',
        "meta.created gt 5",
        "emails.primary ge true",
        "emails[primary gt true]",
        "userName gt null",
        "userName co null",
        'name eq "x"',
        'meta co "x"',
        f'{HOST} eq "x"',
        'password eq "secret"',
        'password sw "s"',
        "password pr",
    ],
)
def test_comparisons_a_type_does_not_have_are_refused(text: str) -> None:
    """400 invalidFilter, and never an answer that would betray what is not returned."""
    with pytest.raises(ScimError) as caught:
        _holds(text)
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidFilter")


@pytest.mark.parametrize("text", ["active gt true", "active co false", "age lt true"])
def test_booleans_have_no_order_even_where_no_type_is_known(text: str) -> None:
    """Without a schema the literal says that the comparison is one of booleans."""
    with pytest.raises(ScimError, match="boolean"):
        _holds(text, typed=False)


@pytest.mark.parametrize(
    "text",
    [
        'PLACEHOLDER eq "x"',
        'userName pr or not (gone eq "x")',
        'emails[gone eq "x"]',
        f"{HOST}:gone pr",
        "name.gone pr",
    ],
)
def test_unknown_attributes_are_refused_when_asked_for(text: str) -> None:
    """`strict` names the attribute in a 400 invalidFilter."""
    tree = parse_filter(text, NAMES)
    with pytest.raises(ScimError, match=r"(gone|PLACEHOLDER) does not exist") as caught:
        compile_filter(tree, lookup=_lookup, core=(CORE,), strict=True)
    assert caught.value.scim_type == "invalidFilter"
    assert compile_filter(parse_filter("userName pr"), lookup=_lookup, strict=True)(BJENSEN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('USERNAME eq "bjensen"', True),
        ('EMAILS[TYPE eq "work"].VALUE co "example"', True),
        (f'{HOST.lower()}:-DN- sw "cn="', True),
        ("active eq true", True),
        ('active eq "TRUE"', True),
        ("emails.primary eq true", True),
        ("age ge 42", True),
        ("externalId gt 700000", True),
        ('age sw "4"', True),
        ("age co 2", True),
        ("userName gt 5", False),
        ("userName ne 5", True),
        ("userName eq true", False),
        ('name eq "x"', False),
        ('name ne "x"', True),
        ('gone eq "x"', False),
        ("not (gone pr)", True),
    ],
)
def test_without_a_schema_the_literal_decides(text: str, *, expected: bool) -> None:
    """No look-up: members are found in any case and compared as the literal suggests."""
    tree = parse_filter(text)
    assert compile_filter(tree)(BJENSEN) is expected


def test_a_core_urn_chooses_the_type() -> None:
    """At the root a qualified path speaks of one type, though the others have the attribute too."""
    group = "urn:ietf:params:scim:schemas:core:2.0:Group"
    tree = Comparison(AttributePath(group, "displayName"), Operator.EQ, "x")
    holds = compile_filter(tree, core=(CORE, group))
    assert holds({"schemas": [group], "displayName": "x"})
    assert not holds({"schemas": [CORE], "displayName": "x"})
    assert not holds({"displayName": "x"})
    whole = compile_filter(Present(AttributePath(group, "")), core=(CORE, group))
    assert whole({"schemas": [group]})
    assert not whole({"schemas": [CORE], "displayName": "x"})
    assert compile_filter(Present(AttributePath(group, "id")), lookup=_lookup, core=(group,))(
        {"schemas": [group], "id": "1"}
    )


def test_an_extension_that_is_not_an_object_has_no_members() -> None:
    """A malformed resource is no reason to fail."""
    assert not compile_filter(parse_filter("urn:x:y:a pr"))({"urn:x:y": "text"})
    assert not compile_filter(parse_filter("a.b eq 1"))({"a": ["x", 5, None, {"b": {"c": 1}}]})


def test_values_of_one_attribute_are_chosen() -> None:
    """What PATCH needs: which values of an attribute a filter in brackets means."""
    emails = AttributePath(None, "emails")
    chosen = compile_value_filter(emails, parse_filter('type eq "WORK"'), lookup=_lookup)
    assert [chosen(value) for value in BJENSEN["emails"]] == [True, False, False]
    badges = AttributePath(None, "badges")
    exact = compile_value_filter(badges, parse_filter('value eq "red"'), lookup=_lookup)
    assert [exact(value) for value in ("red", "Red", None)] == [True, False, False]
    with pytest.raises(ScimError, match=r"emails\.gone"):
        compile_value_filter(emails, parse_filter("gone pr"), lookup=_lookup, strict=True)
    with pytest.raises(ScimError, match=r"emails\.primary is of type boolean"):
        compile_value_filter(emails, parse_filter("primary gt true"), lookup=_lookup)


@given(filters)
def test_any_filter_can_be_applied_or_is_refused(tree: Filter) -> None:
    """No tree that was parsed raises anything but a SCIM error, typed or not."""
    for lookup in (None, _lookup):
        try:
            result = compile_filter(tree, lookup=lookup, core=(CORE,))(BJENSEN)
        except ScimError as error:
            result = error.status == 400
        assert isinstance(result, bool)


# --- an oracle that works by the letter of the rules, None meaning "unknown" ---------------------

_people = st.fixed_dictionaries(
    {},
    optional={
        "userName": st.sampled_from(["a", "A", "ab", "b", "", None]),
        "title": st.sampled_from(["a", "A", "ab", ""]),
        "active": st.sampled_from([True, False, None, "True", "false"]),
        "age": st.integers(0, 3) | st.none(),
        "emails": st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "value": st.sampled_from(["a", "b", None]),
                    "type": st.sampled_from(["work", "home", ""]),
                    "primary": st.booleans(),
                },
            ),
            max_size=3,
        ),
        "meta": st.fixed_dictionaries(
            {"created": st.sampled_from(["2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00"])}
        ),
    },
)
_words = st.sampled_from(["a", "A", "b", "work", ""])
_order = [Operator.GT, Operator.GE, Operator.LT, Operator.LE]


def _compare(
    names: list[str], operators: list[Operator], values: st.SearchStrategy[object]
) -> st.SearchStrategy[Filter]:
    made = st.sampled_from(names).map(lambda name: AttributePath(None, *name.split(".")))
    return (
        st.builds(Comparison, made, st.sampled_from(operators), values)
        | st.builds(Comparison, made, st.sampled_from([Operator.EQ, Operator.NE]), st.none())
        | st.builds(Present, made)
    )


_typed_filters = combined(
    _compare(["userName", "title", "emails", "emails.type", "gone"], list(Operator), _words)
    | _compare(["active", "emails.primary"], [Operator.EQ, Operator.NE], st.booleans())
    | _compare(["age"], [Operator.EQ, Operator.NE, *_order], st.integers(0, 3))
    | _compare(
        ["meta.created"],
        [Operator.EQ, Operator.NE, *_order],
        st.sampled_from(["2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z"]),
    )
    | st.builds(
        ValueFilter,
        st.just(AttributePath(None, "emails")),
        combined(_compare(["value", "type", "gone"], list(Operator), _words)),
    )
)
_EXACT = {"title"}
_UNKNOWN = {"gone", "emails.gone"}


def _oracle(tree: Filter, node: dict, prefix: str = "") -> bool | None:
    """RFC 7644 section 3.4.2.2 by case distinction, in Kleene's three-valued logic."""
    if isinstance(tree, Not):
        inner = _oracle(tree.operand, node, prefix)
        return None if inner is None else not inner
    if isinstance(tree, And | Or):
        parts = [_oracle(term, node, prefix) for term in tree.terms]
        decisive = isinstance(tree, Or)
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    name = prefix + str(tree.path)
    if name in _UNKNOWN:
        return None
    if isinstance(tree, ValueFilter):
        parts = [_oracle(tree.filter, value, "emails.") for value in node.get("emails", [])]
        return True if True in parts else None if None in parts else False
    values = _oracle_values(node, str(tree.path))
    if isinstance(tree, Present):
        return any(value not in ("", None) for value in values)
    if tree.value is None:
        assigned = any(value is not None for value in values)
        return assigned is (tree.operator is Operator.NE)
    if name == "emails":
        values = _oracle_values(node, "emails.value")
    values = [value for value in values if value is not None]
    if not values:
        return tree.operator is Operator.NE
    return any(_oracle_compare(name, value, tree.operator, tree.value) for value in values)


def _oracle_values(node: dict, name: str) -> list[object]:
    head, _, rest = name.partition(".")
    found = node.get(head)
    found = found if isinstance(found, list) else [found]
    if not rest:
        return [
            part for one in found for part in (one.values() if isinstance(one, dict) else [one])
        ]
    return [one.get(rest) for one in found if one is not None]


def _oracle_compare(name: str, have: object, operator: Operator, want: object) -> bool:
    if name == "meta.created":
        have, want = datetime.fromisoformat(str(have)), datetime.fromisoformat(str(want))
    elif isinstance(want, bool):
        have = str(have).lower() == "true"
    elif isinstance(want, str) and name not in _EXACT:
        have, want = str(have).lower(), want.lower()
    results = {
        Operator.EQ: lambda: have == want,
        Operator.NE: lambda: have != want,
        Operator.CO: lambda: str(have).find(str(want)) >= 0,
        Operator.SW: lambda: str(have)[: len(str(want))] == want,
        Operator.EW: lambda: (
            str(have)[len(str(have)) - len(str(want)) :] == want
            and len(str(have)) >= len(str(want))
        ),
        Operator.GT: lambda: have > want,
        Operator.GE: lambda: have == want or have > want,
        Operator.LT: lambda: have < want,
        Operator.LE: lambda: have == want or have < want,
    }
    return results[operator]()


@given(_typed_filters, _people)
def test_evaluation_agrees_with_the_letter_of_the_rules(tree: Filter, person: dict) -> None:
    """Compiled filters say what a naive three-valued interpreter says; unknown means no match."""
    assert compile_filter(tree, lookup=_lookup)(person) is (_oracle(tree, person) is True)


# --- an independent implementation, where it reads the RFC as we do -------------------------------

_their_people = st.fixed_dictionaries(
    {
        "schemas": st.just([CORE, ENTERPRISE]),
        "userName": st.sampled_from(["a", "B", "ab"]),
        ENTERPRISE: st.fixed_dictionaries({}, optional={"department": st.sampled_from(["a", "B"])}),
    },
    optional={
        "title": st.sampled_from(["a", "A", "ab"]),
        "active": st.booleans(),
        "emails": st.lists(
            st.fixed_dictionaries(
                {"value": st.sampled_from(["a@x.org", "b@x.org"])},
                optional={"type": st.sampled_from(["work", "home"]), "primary": st.booleans()},
            ),
            min_size=1,
            max_size=3,
        ),
        "meta": st.fixed_dictionaries(
            {"created": st.sampled_from(["2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"])}
        ),
    },
)
_positive = [operator for operator in Operator if operator is not Operator.NE]
_their_words = st.sampled_from(["a", "A", "b", "x.org", "work"])
_multi = st.sampled_from([AttributePath(None, "emails", part) for part in ("value", "type")])
_their_filters = combined(
    _compare(["userName", "title"], list(Operator), _their_words)
    | st.builds(
        Comparison,
        st.just(AttributePath(ENTERPRISE, "department")),
        st.sampled_from(Operator),
        _their_words,
    )
    # `ne` on several values and null among them are where readings of the RFC differ.
    | st.builds(
        Comparison,
        _multi | st.just(AttributePath(None, "emails")),
        st.sampled_from(_positive),
        _their_words,
    )
    | st.builds(Present, _multi)
    | _compare(["active"], [Operator.EQ, Operator.NE], st.booleans())
    | _compare(
        ["meta.created"],
        [Operator.EQ, Operator.NE, *_order],
        st.sampled_from(["2020-01-01T01:00:00+01:00", "2020-06-01T00:00:00Z"]),
    )
    | st.builds(
        ValueFilter,
        st.just(AttributePath(None, "emails")),
        combined(_compare(["value", "type"], list(Operator), _their_words)),
    )
)


@given(_their_filters, _their_people)
def test_evaluation_agrees_with_scim2_models(tree: Filter, person: dict) -> None:
    """An independent implementation of RFC 7644 matches the same resources."""
    try:
        theirs = ScimFilter[User[EnterpriseUser]](format_filter(tree))
    except InvalidFilterException:
        assume(False)
    user = User[EnterpriseUser].model_validate(person)
    assert compile_filter(tree)(person) is theirs.match(user)


@pytest.mark.parametrize(
    "text",
    ['active eq "yes"', "active eq 1", "age eq true", 'meta.created eq "２０１１-05-13"'],
)
def test_what_a_type_cannot_hold_equals_nothing(text: str) -> None:
    """An equality no value can have holds for nothing; only a strict reading refuses it."""
    assert not _holds(text)
    with pytest.raises(ScimError, match="no such value"):
        compile_filter(parse_filter(text), lookup=_lookup, strict=True)
