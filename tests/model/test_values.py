"""Values as text and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.schema import AttributeType, Value, Values
from ecma2py.values import as_values, is_storable, parse_value, value_text


@given(st.text() | st.integers() | st.booleans() | st.binary())
def test_a_value_is_read_back_from_its_text(value: Value) -> None:
    """Nothing is lost on the way through text, if the type is known."""
    kind = AttributeType.of(value)

    read = parse_value(kind, value_text(value))

    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (AttributeType.INTEGER, "many", "a whole number"),
        (AttributeType.INTEGER, "9" * 5000, "a whole number"),
        (AttributeType.BOOLEAN, "yes", "true or false"),
        (AttributeType.BINARY, "&&", "base64"),
        (AttributeType.BINARY, "é", "base64"),
    ],
)
def test_what_is_no_value_of_the_type_is_told(
    kind: AttributeType, text: str, expected: str
) -> None:
    """The error says what it must be, and does not repeat what it is."""
    with pytest.raises(ValueError, match=f"^{expected}$"):
        parse_value(kind, text)


@pytest.mark.parametrize(
    ("values", "expected"), [(None, ()), ("a", ("a",)), ([1, 2], (1, 2)), ((), ()), (b"x", (b"x",))]
)
def test_an_attribute_is_a_tuple_of_values_whatever_its_shape(
    values: Values | None, expected: tuple[Value, ...]
) -> None:
    """One value, several, none, or no attribute at all."""
    assert as_values(values) == expected


@pytest.mark.parametrize(("text", "storable"), [("é", True), ("a\0b", False), ("a\ud800", False)])
def test_what_no_system_stores_is_known(text: str, storable: bool) -> None:
    """NUL ends a text in most systems, and half a surrogate pair has no encoding."""
    assert is_storable(text) is storable
