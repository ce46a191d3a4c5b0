"""A server's schema is read as RFC 4512 writes it, whatever the server's taste in spaces."""

import pytest

from ecma2py.errors import UnexpectedDataError
from ecma2py_ldap.definitions import ServerSchema, parse_attribute, parse_class

SURNAME = (
    "( 2.5.4.4 NAME ( 'sn' 'surname' ) DESC 'RFC4519: it\\27s \\5C a name' SUP name "
    "SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{64} SINGLE-VALUE NO-USER-MODIFICATION "
    "USAGE directoryOperation X-ORIGIN ( 'RFC 4519' 'x' ) )"
)


def test_an_attribute_type_is_read_whole() -> None:
    """Names, superior, syntax without its length, flags and the description with its escapes."""
    sn = parse_attribute(SURNAME)
    assert (sn.oid, sn.name, sn.names, sn.superior) == (
        "2.5.4.4", "sn", ("sn", "surname"), "name",
    )  # fmt: skip
    assert sn.syntax == "1.3.6.1.4.1.1466.115.121.1.15"
    assert sn.single_value
    assert sn.no_user_modification
    assert sn.description == "RFC4519: it's \\ a name"


def test_a_class_is_read_whole() -> None:
    """Lists with and without spaces around the dollar sign, and a single name without brackets."""
    person = parse_class("(2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST (sn$ cn) MAY seeAlso )")
    assert (person.name, person.superiors, person.must, person.may) == (
        "person", ("top",), ("sn", "cn"), ("seeAlso",),
    )  # fmt: skip


def test_what_has_no_name_goes_by_its_oid() -> None:
    """A name is optional in the standard."""
    assert parse_attribute("( 1.2.3 SYNTAX '1.2.3.4' )").name == "1.2.3"
    assert parse_attribute("( 1.2.3 SYNTAX '1.2.3.4' )").syntax == "1.2.3.4"
    assert parse_class("( 1.2.4 )").name == "1.2.4"


@pytest.mark.parametrize("text", ["", "()", "2.5.4.4 NAME 'sn'", "( 2.5.4.4 NAME ( 'sn'"])
def test_what_is_no_description_stops_the_run(text: str) -> None:
    """The error quotes it."""
    with pytest.raises(UnexpectedDataError, match="none by RFC 4512"):
        parse_attribute(text)


def test_syntaxes_are_inherited() -> None:
    """From the nearest superior that has one; a circle or an unknown superior gives none."""
    schema = ServerSchema(
        ["( 1.1 NAME 'a' SUP b )", "( 1.2 NAME 'b' SUP c )", "( 1.3 NAME 'c' SYNTAX 9.9 )",
         "( 1.4 NAME 'd' SUP e )", "( 1.5 NAME 'e' SUP d )", "( 1.6 NAME 'f' SUP unknown )"],
        [],
    )  # fmt: skip
    found = {}
    for name in "ABDF":
        definition = schema.attribute(name)
        assert definition is not None
        found[name] = schema.syntax(definition)
    assert found == {"A": "9.9", "B": "9.9", "D": None, "F": None}


def test_a_class_has_all_its_ancestors_once() -> None:
    """Classes with two ways to the top, and ancestors the server does not show."""
    schema = ServerSchema(
        [],
        ["( 2.0 NAME 'top' )", "( 2.1 NAME 'a' SUP ( b $ c ) )", "( 2.2 NAME 'b' SUP top )",
         "( 2.3 NAME 'c' SUP ( top $ hidden ) )"],
    )  # fmt: skip
    assert [each.name for each in schema.lineage("A")] == ["a", "b", "c", "top"]
    assert schema.lineage("hidden") == []
    assert schema.attribute("x") is None
