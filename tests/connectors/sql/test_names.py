"""DNs of rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.entries import generated_dn
from ecma2py.errors import InvalidDNError
from ecma2py.schema import AttributeType
from ecma2py_sql.mapping.names import anchor_value, parse_dn

KEYS = st.one_of(st.text(), st.integers(-(2**63), 2**63 - 1), st.binary())
TEXTS = st.text(alphabet=st.sampled_from(",+\\= aB"))


@given(st.lists(TEXTS, min_size=1, max_size=3), TEXTS)
def test_a_dn_gives_back_the_anchor_and_the_type_it_was_made_of(
    anchor: list[str], object_type: str
) -> None:
    """parse_dn is the inverse of generated_dn, whatever special characters there are."""
    assert parse_dn(generated_dn(anchor, object_type)) == (tuple(anchor), object_type)


@given(KEYS)
def test_a_key_survives_the_text_form_it_has_in_a_dn(value: str | int | bytes) -> None:
    """What is read from a DN is the key it was made of, for each anchor type."""
    (text,), _ = parse_dn(generated_dn([value], "Person"))
    assert anchor_value(text, AttributeType.of(value)) == value


def test_a_dn_looks_as_microsofts_sql_connector_writes_it() -> None:
    """The form is CN=<key>,OBJECT=<type>, read whatever the case of its keywords."""
    assert generated_dn([17], "Person") == "CN=17,OBJECT=Person"
    assert generated_dn(["Smith, John", 1], "Person") == r"CN=Smith\, John+1,OBJECT=Person"
    assert parse_dn("cn=17,Object=Person") == (("17",), "Person")


@pytest.mark.timeout(20)
def test_a_long_dn_costs_no_more_than_its_length() -> None:
    """A name as long as a request may be is read, or refused in few words."""
    key = "a" * 2_000_000
    assert parse_dn(f"CN={key},OBJECT=Person") == ((key,), "Person")
    with pytest.raises(InvalidDNError) as caught:
        parse_dn(key)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("dn", ["", "17", "CN=1", "OU=1,OBJECT=Person", "CN=1,OBJECT=P,DC=x"])
def test_another_form_of_dn_is_refused(dn: str) -> None:
    """A DN of another form is an error that says how to write one."""
    with pytest.raises(InvalidDNError, match="write CN=<key>,OBJECT=<type>"):
        parse_dn(dn)


@pytest.mark.parametrize("text", ["x", "01", "+1", " 1", "1_0"])
def test_a_number_has_one_spelling_in_a_dn(text: str) -> None:
    """Two spellings of one key would be two DNs of one object."""
    with pytest.raises(ValueError, match=r"\S"):
        anchor_value(text, AttributeType.INTEGER)
