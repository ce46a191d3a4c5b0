"""What a .NET connector says of itself becomes the vocabulary, also where that is stricter."""

import pytest

from ecma2py.clr import answers
from ecma2py.errors import InvalidSchemaError
from ecma2py.parameters import ConfigParameterType


def row(kind: ConfigParameterType, **given: object) -> list[object]:
    """A definition as the bridge tells it."""
    told = {
        "text": "",
        "validation": "",
        "default": "",
        "choices": [],
        "extensible": False,
        **given,
    }
    return ["P", int(kind), *told.values()]


@pytest.mark.parametrize(
    ("pattern", "value", "is_taken"),
    [
        ("http", "an http address", True),
        ("http", "ftp", False),
        ("^http", "http://x", True),
        (r"^\d+$", "12", True),
        (r"^\d+$", "12 ", False),
        (r"\A[a-c]+\Z", "abd", False),
    ],
)
def test_patterns_search_as_in_dotnet(pattern: str, value: str, is_taken: bool) -> None:
    """A pattern matches anywhere in a value, unless it says where it begins and ends."""
    (found,) = answers.definitions([row(ConfigParameterType.STRING, validation=pattern)])
    assert (found.problem(value) is None) is is_taken


def test_a_pattern_of_dotnet_alone_stops_nothing() -> None:
    """What Python cannot check is left to the connector."""
    (found,) = answers.definitions([row(ConfigParameterType.STRING, validation="(?<n>[a-z-[b]])")])
    assert found.problem("anything") is None


def test_a_default_outside_of_the_choices_stays() -> None:
    """.NET does not mind, and the connector may rely on it."""
    (found,) = answers.definitions(
        [row(ConfigParameterType.DROP_DOWN, choices=["a"], default="b"), None]
    )
    assert (found.values, found.default_value) == (("a",), "b")


def test_an_attribute_of_no_type_is_refused_by_name() -> None:
    """A schema that may not be used is an error of the schema, not of the connection."""
    with pytest.raises(InvalidSchemaError, match="'n' has no data type"):
        answers.schema([[["t", False, [], [["n", 5, False, False, 0, False]]]], None, None])
