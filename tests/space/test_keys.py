import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.schema import Value
from ecma2py.space import keys

NAMES = st.text(string.ascii_letters + ' ,+\\"=#;<>äß\t', min_size=1, max_size=12)


def escaped(value: str) -> str:
    """One value of a DN as RFC 4514 section 2.4 writes it."""
    text = "".join(f"\\{c}" if c in ',+"\\;<>' else c for c in value)
    if text[:1] in {" ", "#"}:
        text = f"\\{text}"
    return f"{text[:-1]}\\ " if len(value) > 1 and value.endswith(" ") else text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=Ann,DC=Test", "cn=ann,dc=test"),
        ("CN=Ann,DC=Test", "  CN = Ann ,  DC=Test "),
        ("CN=Ann  Lee,DC=x", "cn=ann lee,dc=x"),
        ("CN=Lee\\, Ann,DC=x", 'CN="Lee, Ann",DC=x'),
        ("CN=Lee\\, Ann,DC=x", "CN=Lee\\2C Ann,DC=x"),
        ("CN=\\C3\\84rger,DC=x", "cn=ärger,dc=x"),
        ("OU=a+CN=b,DC=x", "cn=b + ou=a,dc=x"),
        ("CN=a\\ b,DC=x", "CN=a b,DC=x"),
        ("CN=A\u0308,DC=x", "cn=\u00e4,dc=x"),
        ("CN=a;DC=x", "CN=a,DC=x"),
    ],
)
def test_spellings_of_one_dn_share_a_key(one: str, other: str) -> None:
    """Case, spacing, escapes, order of a multi-valued RDN and composed form do not count."""
    assert keys.dn_key(one) == keys.dn_key(other)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["\x01", "\\2C", '"x"', "+", '\\"'])
def test_a_long_dn_costs_no_more_than_its_length(piece: str) -> None:
    """Whatever a name of a million characters is made of, its key is there in a moment."""
    assert keys.dn_key("cn=" + piece * (1_000_000 // len(piece)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=Lee\\, Ann,DC=x", "CN=Lee,Ann,DC=x"),
        ("CN=a\\+b,DC=x", "CN=a+b,DC=x"),
        ("CN=\\ a,DC=x", "CN=a,DC=x"),
        ("CN=a,DC=x", "CN=a,DC=y"),
        ("CN=a\\\\,DC=x", "CN=a\\,DC=x"),
    ],
)
def test_different_dns_have_different_keys(one: str, other: str) -> None:
    """An escaped separator is part of the value."""
    assert keys.dn_key(one) != keys.dn_key(other)


@given(st.lists(NAMES, min_size=1, max_size=3), st.lists(NAMES, min_size=1, max_size=3))
def test_dns_made_by_the_grammar_keep_apart_what_differs(one: list[str], other: list[str]) -> None:
    """Two names share a key exactly if their values are equal but for case and spacing."""

    def plain(values: list[str]) -> list[str]:
        tidied = []
        for value in values:
            inner = " ".join(value.split())
            lead = " " if value[:1] == " " else ""
            trail = " " if len(value) > 1 and value.endswith(" ") else ""
            tidied.append(keys.folded(f"{lead}{inner}{trail}"))
        return tidied

    first, second = (",".join(f"CN={escaped(v)}" for v in values) for values in (one, other))
    if not any("\t" in v or v.strip(" ") == "" for v in one + other):
        assert (keys.dn_key(first) == keys.dn_key(second)) == (plain(one) == plain(other))


@given(st.text(max_size=30))
def test_any_text_has_a_dn_key(text: str) -> None:
    """A name that breaks the grammar is keyed all the same, and always alike."""
    assert keys.dn_key(text) == keys.dn_key(text)


@given(st.text(max_size=20))
def test_case_and_composition_do_not_count_in_folded_keys(text: str) -> None:
    """A text and its case folding have one key unless folding itself is not idempotent."""
    assert keys.folded(text) == keys.folded_key(text)
    assert keys.folded("Ä") == keys.folded("a\u0308") == "ä"


@pytest.mark.parametrize(
    ("value", "text"),
    [("Ann", "Ann"), (True, "true"), (False, "false"), (-7, "-7"), (b"\x00\xff", "AP8=")],
)
def test_every_type_of_value_has_a_text(value: Value, text: str) -> None:
    """Keys are text whatever the type of the attribute."""
    assert keys.exact_key(value) == text
    assert keys.folded_key(value) == keys.folded(text)


def test_compound_anchors_with_commas_keep_apart() -> None:
    """A comma in a component is not taken for the border between two."""
    assert keys.anchor_text(["a,b", "c"]) != keys.anchor_text(["a", "b,c"])
    assert keys.anchor_text(["a\\", "b"]) != keys.anchor_text(["a", "\\b"])
    assert keys.anchor_text([7]) == "7"


def test_references_compare_by_the_dn_style() -> None:
    """LDAP names fold, Generic names are exact, anchors compare as anchors do."""
    ldap, generic, none = (
        keys.reference_key(style, str.upper)
        for style in (
            MADistinguishedNameStyle.LDAP,
            MADistinguishedNameStyle.GENERIC,
            MADistinguishedNameStyle.NONE,
        )
    )
    assert ldap("CN=A") == ldap("cn=a")
    assert generic("CN=A") != generic("cn=a")
    assert none("a") == "A"
    assert keys.reference_key(MADistinguishedNameStyle.NONE, None)("a") == "a"


def test_ids_depend_on_connector_type_and_anchor_alone() -> None:
    """The id is a UUID of version 8, equal in every process and release."""
    first = keys.object_id(keys.id_seed("hr", "user"), "E1")
    again = keys.object_id(keys.id_seed("hr", "user"), "E1")
    assert first == again == "e4726f3e-b295-83d1-a1a2-464bed72cf0b"
    others = {
        keys.object_id(keys.id_seed("hr2", "user"), "E1"),
        keys.object_id(keys.id_seed("hr", "group"), "E1"),
        keys.object_id(keys.id_seed("hr", "user"), "E2"),
        keys.object_id(keys.id_seed("hr", "user"), "E1", 1),
    }
    assert len(others | {first}) == 5
