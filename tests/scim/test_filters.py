"""Filters: text to tree and back, as RFC 7644 and Entra write them, bounded on every input."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scim2_models.path import Comparison as TheirComparison
from scim2_models.path import LogicalExpr, LogicalOperator, ScimFilter, ValuePath
from scim2_models.path import Not as TheirNot
from scim2_models.path import Present as TheirPresent

from ecma2py.scim import filters as module
from ecma2py.scim.errors import ScimError
from ecma2py.scim.filters import (
    MAX_DEPTH,
    MAX_TERMS,
    And,
    Comparison,
    Filter,
    Not,
    Operator,
    Or,
    Present,
    ValueFilter,
    conjuncts,
    format_filter,
    parse_filter,
)
from ecma2py.scim.literals import MAX_TEXT
from ecma2py.scim.names import AttributePath, Names
from tests.scim.trees import CORE, ENTERPRISE, HOST, NAMES, ODD_NAMES, filters


def _path(attribute: str, sub: str | None = None, schema: str | None = None) -> AttributePath:
    return AttributePath(schema, attribute, sub)


def _is(name: str, operator: str, value: object) -> Comparison:
    attribute, _, sub = name.partition(".")
    return Comparison(_path(attribute, sub or None), Operator(operator), value)


_WORK_MAIL = ValueFilter(
    _path("emails"), And((_is("type", "eq", "work"), _is("value", "co", "@example.com")))
)
_XMPP = ValueFilter(_path("ims"), And((_is("type", "eq", "xmpp"), _is("value", "co", "@foo.com"))))
_EMPLOYEE = _is("userType", "eq", "Employee")
_DOMAINS = Or((_is("emails", "co", "example.com"), _is("emails.value", "co", "example.org")))

RFC_EXAMPLES: dict[str, Filter] = {
    'userName Eq "john"': _is("userName", "eq", "john"),
    'Username eq "john"': _is("Username", "eq", "john"),
    'userName eq "bjensen"': _is("userName", "eq", "bjensen"),
    'name.familyName co "O\'Malley"': _is("name.familyName", "co", "O'Malley"),
    'userName sw "J"': _is("userName", "sw", "J"),
    f'{CORE}:userName sw "J"': Comparison(_path("userName", None, CORE), Operator.SW, "J"),
    "title pr": Present(_path("title")),
    **{
        f'meta.lastModified {op} "2011-05-13T04:42:34Z"': _is(
            "meta.lastModified", op, "2011-05-13T04:42:34Z"
        )
        for op in ("gt", "ge", "lt", "le")
    },
    'title pr and userType eq "Employee"': And((Present(_path("title")), _EMPLOYEE)),
    'title pr or userType eq "Intern"': Or(
        (Present(_path("title")), _is("userType", "eq", "Intern"))
    ),
    f'schemas eq "{ENTERPRISE}"': _is("schemas", "eq", ENTERPRISE),
    'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")': And(
        (_EMPLOYEE, _DOMAINS)
    ),
    'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")': (
        And((_is("userType", "ne", "Employee"), Not(_DOMAINS)))
    ),
    'userType eq "Employee" and (emails.type eq "work")': And(
        (_EMPLOYEE, _is("emails.type", "eq", "work"))
    ),
    'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]': And(
        (_EMPLOYEE, _WORK_MAIL)
    ),
    'emails[type eq "work" and value co "@example.com"] or '
    'ims[type eq "xmpp" and value co "@foo.com"]': Or((_WORK_MAIL, _XMPP)),
    "(meta.resourceType eq User) or (meta.resourceType eq Group)": Or(
        (_is("meta.resourceType", "eq", "User"), _is("meta.resourceType", "eq", "Group"))
    ),
    'displayName sw "smith"': _is("displayName", "sw", "smith"),
}


@pytest.mark.parametrize("text", RFC_EXAMPLES)
def test_every_example_of_the_rfc_is_read(text: str) -> None:
    """Figures 2 and following of RFC 7644, and the examples of its sections 3.4.2.1 and 3.4.3."""
    assert parse_filter(text) == RFC_EXAMPLES[text]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a pr or b pr and c pr", "a pr or (b pr and c pr)"),
        ("a pr and b pr or c pr", "(a pr and b pr) or c pr"),
        ("not (a pr) and b pr", "(not (a pr)) and b pr"),
        ("(a pr or b pr) and c pr", "(a pr or b pr) and c pr"),
        ("e[a pr or b pr and not (c pr)]", "e[a pr or (b pr and (not (c pr)))]"),
    ],
)
def test_not_binds_before_and_before_or(text: str, tree: str) -> None:
    """RFC 7644 section 3.4.2.2, the order of operations."""
    assert parse_filter(text) == parse_filter(tree)
    assert parse_filter("a pr or b pr and c pr") != parse_filter("(a pr or b pr) and c pr")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('emails[type eq "work"].value eq "x"', 'emails[type eq "work" and value eq "x"]'),
        ('roles[primary eq "True"].value pr', 'roles[primary eq "True" and value pr]'),
        ("e[a pr and b pr].value pr", "e[a pr and b pr and value pr]"),
        ("e[a pr or b pr].value pr", "e[(a pr or b pr) and value pr]"),
        ("externalId eq jyoung", 'externalId eq "jyoung"'),
        ("externalId eq j.young@x-1.com", 'externalId eq "j.young@x-1.com"'),
        ("externalId eq 007", 'externalId eq "007"'),
        ("externalId eq 5abc", 'externalId eq "5abc"'),
        ("externalId eq -", 'externalId eq "-"'),
        ("externalId eq ２", 'externalId eq "２"'),
        ("(externalId eq jyoung)", 'externalId eq "jyoung"'),
        ("emails[type eq work]", 'emails[type eq "work"]'),
        ("active eq True", "active eq true"),
        ("active eq FALSE", "active eq false"),
        ("title EQ null AND NOT(a PR)", "title eq null and not (a pr)"),
        ("  title\t pr \r\n and( a pr )", "title pr and (a pr)"),
        ('userName eq"a" and(title pr)', 'userName eq "a" and title pr'),
    ],
)
def test_the_dialect_of_entra_is_read(text: str, tree: str) -> None:
    """What the Entra client sends beside RFC 7644 means the same as its RFC spelling."""
    assert parse_filter(text) == parse_filter(tree)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("1E-2", 0.01),
        ("9007199254740993", 9007199254740993),
        ("true", True),
        ("null", None),
        (r'"a\"b\\c\/\n\u0041"', 'a"b\\c/\nA'),
        (r'"\ud83d\ude00"', "😀"),
        ('"😀 or (x)"', "😀 or (x)"),
        ('""', ""),
    ],
)
def test_values_are_json(text: str, value: object) -> None:
    """Values are those of RFC 8259; numbers keep their kind and their precision."""
    tree = parse_filter(f"a eq {text}")
    assert tree == _is("a", "eq", value)
    assert isinstance(tree, Comparison)
    assert type(tree.value) is type(value)


def test_one_and_true_are_not_the_same_value() -> None:
    """Python holds 1 == True == 1.0; trees do not."""
    trees = [parse_filter(f"a eq {value}") for value in ("1", "true", "1.0", '"1"')]
    assert len(set(trees)) == 4


@given(filters)
@example(Comparison(AttributePath(HOST, "a [b] (c) eq"), Operator.EQ, "eq"))
@example(And((Or((Present(_path("a")), Present(_path("b")))), Present(_path("c")))))
def test_what_is_written_reads_the_same(tree: Filter) -> None:
    """parse(format(tree)) is tree, whatever the attributes are called."""
    assert parse_filter(format_filter(tree), NAMES) == tree


@pytest.mark.parametrize("name", ["userName", *(f"{HOST}:{name}" for name in ODD_NAMES)])
def test_operators_and_known_names_are_case_insensitive(name: str) -> None:
    """A known name comes back in the spelling of the schema, an operator as the operator."""
    spelled = "".join(letter.swapcase() if letter.isascii() else letter for letter in name)
    assert format_filter(parse_filter(f"{spelled} EQ 1", NAMES)) == f"{name} eq 1"


WORDS = [
    *("a", "b.c", "userName", "not", "and", "or", "eq", "ne", "pr", "co", "gt", "(", ")", "[", "]"),
    *('"x"', '"', "'y'", "true", "null", "5", "-", "1e999", ".", ",", ":", "\\", "\t", "\0", "ß"),
    *("emails[", "].value", "not(", f"{HOST}:", "urn:x:", "\ud800", '"\\ud800"', '"\\u0000"', "٣"),
]


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from(["", " "]))
def test_no_text_raises_anything_but_a_scim_error(words: list[str], glue: str) -> None:
    """Whatever is sent is either read, and then can be written and read again, or answered 400."""
    _read_or_refused(glue.join(words))


@given(st.text(st.characters(), max_size=40))
def test_arbitrary_text_is_read_or_refused(text: str) -> None:
    """The same for text without any resemblance to a filter."""
    _read_or_refused(text)


def _read_or_refused(text: str) -> None:
    refused = None
    try:
        tree = parse_filter(text, NAMES)
    except ScimError as error:
        refused = error
    if refused is None:
        assert parse_filter(format_filter(tree), NAMES) == tree
    else:
        assert (refused.status, refused.scim_type) == (400, "invalidFilter")
        json.dumps(refused.body(), ensure_ascii=False).encode()


HOSTILE = {
    "nothing": "",
    "blank": "   ",
    "path alone": "userName",
    "operator alone": "eq",
    "no value": "userName eq",
    "no value before a parenthesis": "(userName eq )",
    "unknown operator": 'userName regex "a"',
    "keyword glued to a value": 'userName eq "a"and title pr',
    "operator glued to more": "userName eqx 1",
    "two values": 'userName eq "a" "b"',
    "unquoted words": "displayName eq John Smith",
    "single quotes": "userName eq 'bjensen'",
    "open string": 'userName eq "abc',
    "string ending in a backslash": 'userName eq "abc\\',
    "unknown escape": r'userName eq "\x41"',
    "line break in a string": 'userName eq "a\nb"',
    "missing term": "title pr and",
    "missing first term": "and title pr",
    "two operators": "title pr and or a pr",
    "not without parentheses": "not title pr",
    "unclosed parenthesis": "(title pr",
    "stray parenthesis": "title pr)",
    "crossed brackets": "(emails[type pr)]",
    "unclosed bracket": 'emails[type eq "work"',
    "empty parentheses": "()",
    "empty brackets": "emails[]",
    "nested value filter": 'a[b[c eq "d"]]',
    "value filter of a sub-attribute": "name.familyName[value pr]",
    "value filter of an extension": f"{HOST}[value pr]",
    "URN within brackets": f"emails[{CORE}:type pr]",
    "dotted name within brackets": "emails[a.b pr]",
    "sub-attribute of a sub-attribute": "a.b.c pr",
    "dot without name": "a. pr",
    "dot after brackets without name": "emails[type pr]. pr",
    "brackets without name": "[type pr]",
    "colon without name": f"{HOST}: pr",
    "unknown URN without name": "urn:x: pr",
    "name behind a known one and a colon": f"{HOST}:2fa:b pr",
    "unicode name": "naïve pr",
    "NUL": 'userName eq "a\0"',
    "NUL escaped": r'userName eq "\u0000"',
    "lone surrogate": 'userName eq "\ud800"',
    "lone surrogate escaped": r'userName eq "\ud800"',
    "surrogates in the wrong order": r'userName eq "\ude00\ud83d"',
    "huge number": "a eq " + "9" * 10_000,
    "huge exponent": "a eq 1e999999999",
    "infinity": "a eq 1e400",
    "too long": 'a eq "' + "x" * MAX_TEXT + '"',
    "10,000 parentheses": "(" * 10_000,
    "10,000 balanced parentheses": "(" * 8_000 + "a pr" + ")" * 8_000,
    "10,000 not": "not (" * 10_000,
    "not to the limit of length": "not (" * 3_000,
    "one bracket too deep": "(" * (MAX_DEPTH + 1) + "a pr" + ")" * (MAX_DEPTH + 1),
    "value filter one too deep": "(" * MAX_DEPTH + "a[b pr]" + ")" * MAX_DEPTH,
    "one term too many": " or ".join(["a pr"] * (MAX_TERMS + 1)),
    "10,000 dots": "a" + ".b" * 8_000 + " pr",
    "10,000 colons": "urn" + ":b" * 5_000 + ": pr",
    "backslashes": 'a eq "' + "\\" * 16_000,
    "quotes": '"' * 16_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused(text: str) -> None:
    """400 invalidFilter with a short detail; no other exception, however deep or long."""
    with pytest.raises(ScimError) as caught:
        parse_filter(text, NAMES)
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidFilter")
    assert len(caught.value.detail) < 300


def test_the_limits_themselves_are_allowed() -> None:
    """Depth, terms and length up to the limit are read."""
    assert parse_filter("(" * MAX_DEPTH + "a pr" + ")" * MAX_DEPTH) == Present(_path("a"))
    wide = parse_filter(" or ".join(["a pr"] * MAX_TERMS))
    assert isinstance(wide, Or)
    assert len(wide.terms) == MAX_TERMS
    longest = 'a eq "' + "x" * (MAX_TEXT - 7) + '"'
    assert parse_filter(longest) == _is("a", "eq", longest[6:-1])
    many = "(a pr) and " * 200 + "(a pr)"
    assert len(conjuncts(parse_filter(many))) == 201


def test_the_longest_known_name_wins() -> None:
    """A name that begins with another one, or with a name and a dot, is read whole."""
    names = Names({"urn:x": dict.fromkeys(["a", "a b", "a.b", "a b eq"], ())})
    for name in ("a", "a b", "a.b", "a b eq"):
        tree = parse_filter(f"urn:x:{name} ge 1", names)
        assert tree == Comparison(AttributePath("urn:x", name), Operator.GE, 1)
    assert parse_filter("urn:x:a.c pr", names) == Present(AttributePath("urn:x", "a", "c"))
    assert parse_filter("urn:x:a-b pr", names) == Present(AttributePath("urn:x", "a-b"))


def test_with_one_core_schema_its_urn_is_dropped_and_with_several_kept() -> None:
    """`urn:...:User:userName` is `userName` at /Users, but chooses the type at the root."""
    group = "urn:ietf:params:scim:schemas:core:2.0:Group"
    schemas = {CORE: {"displayName": ()}, group: {"displayName": (), "members": ("value",)}}
    both = Names(schemas, core=(CORE, group))
    one = Names(schemas, core=(CORE,))
    text = f"{CORE.upper()}:DISPLAYNAME pr"
    assert parse_filter(text, one) == Present(_path("displayName"))
    assert parse_filter(text, both) == Present(_path("displayName", None, CORE))
    assert parse_filter(f"{group}:ID pr", both) == Present(_path("id", None, group))
    assert parse_filter("MEMBERS.VALUE pr", both) == Present(_path("members", "value"))
    assert parse_filter("MEMBERS.VALUE pr", one) == Present(_path("MEMBERS", "VALUE"))


def test_equal_filters_are_parsed_once() -> None:
    """The cache is keyed by text and names; texts too long for it are parsed anew."""
    assert parse_filter('a eq "1"', NAMES) is parse_filter('a eq "1"', NAMES)
    long = 'a eq "' + "1" * module.MAX_CACHED_TEXT + '"'
    assert parse_filter(long) == parse_filter(long)
    assert parse_filter(long) is not parse_filter(long)


def test_conjuncts_are_what_must_hold() -> None:
    """Nested and-terms come out flat and in order; a filter without `and` is its own conjunct."""
    tree = parse_filter('a eq "1" and (b pr and (c pr or d pr)) and not (e pr and f pr)')
    assert [format_filter(term) for term in conjuncts(tree)] == [
        'a eq "1"',
        "b pr",
        "c pr or d pr",
        "not (e pr and f pr)",
    ]
    assert conjuncts(parse_filter("a pr or b pr")) == (parse_filter("a pr or b pr"),)


_plain_names = st.sampled_from(["userName", "x-y", "a1", "$ref", "Emails", "nothing", "android"])
_plain_literals = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=10),
).map(json.dumps)
_operators = st.sampled_from(["eq", "NE", "Co", "sW", "ew", "gt", "ge", "lt", "le"])


@st.composite
def rfc_texts(draw: st.DrawFn, *, depth: int = 3, within: bool = False) -> str:
    """Filters in the RFC's own grammar, written without looking at our trees."""
    kinds = ["pr", "compare", *(["and", "or", "not", "group"] if depth else [])]
    kind = draw(st.sampled_from([*kinds, *([] if within or not depth else ["value", "entra"])]))
    inner = rfc_texts(depth=depth - 1, within=within)
    name = draw(_plain_names)
    if kind in {"value", "entra"}:
        chosen = f"{name}[{draw(rfc_texts(depth=depth - 1, within=True))}]"
        return chosen if kind == "value" else f"{chosen}.{draw(_plain_names)} pr"
    if kind in {"and", "or"}:
        return f"{draw(inner)} {draw(st.sampled_from([kind, kind.upper()]))} {draw(inner)}"
    if kind in {"not", "group"}:
        return f"{draw(st.sampled_from(['not ', 'NOT'])) if kind == 'not' else ''}({draw(inner)})"
    prefix = draw(st.sampled_from(["", "", f"{ENTERPRISE}:", "urn:x:y:1.0:"]))
    path = name if within else f"{prefix}{name}{draw(st.sampled_from(['', '.value']))}"
    if kind == "pr":
        return f"{path} {draw(st.sampled_from(['pr', 'PR']))}"
    return f"{path} {draw(_operators)} {draw(_plain_literals)}"


def _from_theirs(node: object) -> Filter:
    """The tree of scim2-models as one of ours."""
    match node:
        case TheirPresent(path):
            return Present(AttributePath(path.uri, path.attr, path.sub_attr))
        case TheirComparison(path, op, value):
            theirs = AttributePath(path.uri, path.attr, path.sub_attr)
            return Comparison(theirs, Operator(op.value), value)
        case TheirNot(inner):
            return Not(_from_theirs(inner))
        case ValuePath():
            path = AttributePath(node.attr_path.uri, node.attr_path.attr)
            return ValueFilter(path, _from_theirs(node.val_filter))
        case LogicalExpr(op, terms):
            kind = And if op is LogicalOperator.and_ else Or
            return kind(tuple(_from_theirs(term) for term in terms))
    raise AssertionError(node)


@given(rfc_texts())
def test_scim2_models_reads_the_same_tree(text: str) -> None:
    """An independent parser of RFC 7644 agrees on every filter of the RFC's grammar."""
    assert parse_filter(text) == _from_theirs(ScimFilter(text).ast)
