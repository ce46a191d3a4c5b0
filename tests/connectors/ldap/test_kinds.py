"""Values are what their syntax says, and come back from their octets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.errors import EntryExportError, MAExportError
from ecma2py.schema import Value
from ecma2py_ldap.kinds import Kind, is_transferred_as_binary, kind_of

TEXT = st.text(st.characters(codec="utf-8"))
VALUES = (
    st.tuples(st.just(Kind.STRING), TEXT)
    | st.tuples(st.just(Kind.INTEGER), st.integers(-(2**63), 2**63 - 1))
    | st.tuples(st.just(Kind.BOOLEAN), st.booleans())
    | st.tuples(st.just(Kind.BINARY), st.binary())
    | st.tuples(st.just(Kind.REFERENCE), st.just("cn=a\\, b,dc=x"))
)


@given(VALUES)
def test_a_value_comes_back_from_its_octets(case: tuple[Kind, Value]) -> None:
    """Type and value survive."""
    kind, value = case
    back = kind.decode(kind.encode("a", value))
    assert (type(back), back) == (type(value), value)


@pytest.mark.parametrize(
    ("kind", "octets"),
    [
        (Kind.STRING, b"\xff"),
        (Kind.REFERENCE, b"\xff"),
        (Kind.INTEGER, b"x"),
        (Kind.INTEGER, b"9223372036854775808"),
        (Kind.BOOLEAN, b"true"),
    ],
)
def test_octets_that_are_no_value_are_refused(kind: Kind, octets: bytes) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r".+"):
        kind.decode(octets)


@pytest.mark.parametrize(
    ("kind", "value"),
    [(Kind.STRING, 1), (Kind.INTEGER, "1"), (Kind.INTEGER, 2**63), (Kind.BOOLEAN, "TRUE"),
     (Kind.BINARY, "x"), (Kind.REFERENCE, b"x"), (Kind.STRING, "\ud800")],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_by_name(kind: Kind, value: Value) -> None:
    """The error names the attribute."""
    with pytest.raises(EntryExportError, match="'mail'") as refused:
        kind.encode("mail", value)
    assert refused.value.error_code is MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE
    assert refused.value.attribute_name == "mail"


def test_syntaxes_decide() -> None:
    """Every syntax that is not text by RFC 4517 has its type; an unknown one is text."""
    rfc = "1.3.6.1.4.1.1466.115.121.1."
    binary = {n for n in range(1, 59) if kind_of(f"{rfc}{n}") is Kind.BINARY}
    assert binary == {4, 5, 8, 9, 10, 23, 28, 40, 49}
    assert kind_of(f"{rfc}27") is Kind.INTEGER
    assert kind_of(f"{rfc}7") is Kind.BOOLEAN
    assert kind_of(f"{rfc}12") is kind_of(f"{rfc}34") is Kind.REFERENCE
    assert kind_of(f"{rfc}15") is kind_of("9.9") is kind_of(None) is Kind.STRING
    assert is_transferred_as_binary(f"{rfc}8")
    assert not is_transferred_as_binary(f"{rfc}40")
