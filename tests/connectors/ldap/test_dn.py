"""DNs by RFC 4514: what is put together comes apart again, and one DN has one form."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecma2py.errors import InvalidDNError
from ecma2py_ldap.dn import (
    Assertion,
    canonical,
    dn_key,
    escaped_value,
    format_dn,
    is_below,
    parse_dn,
    split,
)

TYPES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,8}|[0-9](\.[0-9]{1,3}){1,4}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.text(
    ' #"+,;<>=\\\x00\n', max_size=6
)
ASSERTIONS = st.builds(Assertion, TYPES, TEXTS | st.binary(min_size=1, max_size=5))
COMPONENTS = st.lists(ASSERTIONS, min_size=1, max_size=3).map(tuple)
NAMES = st.lists(COMPONENTS, max_size=4).map(tuple)


@given(NAMES)
@example(((Assertion("cn", " "),),))
@example(((Assertion("cn", "#a "),), (Assertion("o", "\\ "),)))
def test_what_is_formatted_is_parsed_again(name: tuple[tuple[Assertion, ...], ...]) -> None:
    """Any types and values survive, and the text is in its one form already."""
    text = format_dn(name)
    assert parse_dn(text) == name
    assert canonical(text) == text


@given(NAMES)
def test_every_character_may_be_escaped_as_octets(name: tuple[tuple[Assertion, ...], ...]) -> None:
    r"""Other servers write ``\\2C`` for ``\\,``, or everything in hexadecimal: it is the same DN."""
    spelled = ",".join(
        " + ".join(
            f" {each.type} = #{each.value.hex().upper()}"
            if isinstance(each.value, bytes)
            else f"{each.type}=" + "".join(f"\\{octet:02x}" for octet in each.value.encode())
            for each in component
        )
        for component in name
    )
    assert canonical(spelled) == format_dn(name)


@given(st.text(max_size=30) | st.text(' ab=,+\\"#2C', max_size=20))
def test_any_text_is_a_dn_or_refused(text: str) -> None:
    """Parsing never fails in another way, and what it takes keeps its meaning in its one form."""
    try:
        parsed = parse_dn(text)
    except InvalidDNError as error:
        assert error.dn == text
        assert canonical(text) == text
    else:
        assert parse_dn(canonical(text)) == parsed


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("CN=Doe\\2C John , DC=x", "CN=Doe\\, John,DC=x"),
        ("cn=a+sn=b,dc=x", "cn=a+sn=b,dc=x"),
        ("cn=\\ a\\ ,dc=x", "cn=\\ a\\ ,dc=x"),
        ("cn=Lu\\C4\\8Di\\C4\\87", "cn=Lučić"),
        ("cn=a\\0Ab", "cn=a\\0Ab"),
        ("1.3.6.1=#04024869", "1.3.6.1=#04024869"),
        ("cn=", "cn="),
        ("  ", ""),
    ],
)
def test_one_dn_has_one_form(text: str, form: str) -> None:
    """Spaces around separators go, escapes become the shortest, case and order stay."""
    assert canonical(text) == form


@pytest.mark.parametrize(
    "text",
    ["cn", "cn=a,", "cn=a,,dc=x", "=a", 'cn="a"', "cn=a;dc=x", "cn=a\\", "cn=a\\x", "cn=\\C4",
     "cn=#0", "cn=#zz", "cn=#04 x", "cn=a\x00", "cn=\ud800", "cn=a+", "1.=a"],
)  # fmt: skip
def test_what_the_grammar_forbids_is_refused(text: str) -> None:
    """The error quotes the DN and tells where."""
    with pytest.raises(InvalidDNError, match=r"no DN by RFC 4514: at position \d"):
        parse_dn(text)


def test_half_a_surrogate_pair_is_no_value() -> None:
    """What UTF-8 cannot carry is refused before it reaches a server."""
    with pytest.raises(InvalidDNError, match="surrogate"):
        escaped_value("\ud800")


def test_keys_fold_what_does_not_matter() -> None:
    """Case, spaces, escapes and the order within a component do not make another DN."""
    assert dn_key("CN=A  b\\2Cc+SN=x, DC=Y") == dn_key("sn=X+cn=a B\\,c,dc=y")
    assert dn_key("cn=#0401") != dn_key("cn=0401")
    assert is_below(dn_key("cn=a,dc=x"), dn_key("DC=X"))
    assert is_below(dn_key("dc=x"), dn_key("dc=x"))
    assert not is_below(dn_key("cn=a,dc=xx"), dn_key("dc=x"))


def test_a_dn_is_split_at_its_own_component() -> None:
    """An escaped comma is no separator; the empty DN has no component."""
    component, parent = split("cn=a\\,b,ou=c,dc=x")
    assert format_dn([component]) == "cn=a\\,b"
    assert format_dn(parent) == "ou=c,dc=x"
    with pytest.raises(InvalidDNError, match="empty"):
        split("")
