"""A wrong configuration is refused with what is wrong, where, and what would be right."""

import pytest

from ecma2py.errors import InvalidParameterError
from ecma2py_ldap.config import DEFAULT, TypeConfig, parse_object_types
from ecma2py_ldap.definitions import ServerSchema
from ecma2py_ldap.kinds import Kind
from ecma2py_ldap.mapping import map_types
from ecma2py_ldap.selection import parse_bases

RFC = "1.3.6.1.4.1.1466.115.121.1."
SERVER = ServerSchema(
    ["( 1.1 NAME 'objectClass' SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )",
     f"( 1.2 NAME ( 'cn' 'commonName' ) SYNTAX {RFC}15 )",
     f"( 1.3 NAME 'id' SYNTAX {RFC}40 SINGLE-VALUE )",
     f"( 1.4 NAME 'link' SYNTAX {RFC}12 SINGLE-VALUE )"],
    ["( 2.0 NAME 'top' ABSTRACT MUST objectClass )", "( 2.1 NAME 'a' SUP top MUST cn MAY gone )",
     "( 2.2 NAME 'b' SUP a )", "( 2.3 NAME 'c' SUP b )", "( 2.4 NAME 'x' SUP top )"],
)  # fmt: skip


def test_everything_can_be_said() -> None:
    """Each key of a type is read; text stands for a list of one."""
    text = """
    [t]
    class = ["a", "b"]
    auxiliary = "x"
    filter = " (cn=*) "
    attributes = ["*", "id"]
    types = { id = "string" }
    """
    assert parse_object_types(text) == [
        TypeConfig(
            "t",
            ("a", "b"),
            auxiliary=("x",),
            filter="(cn=*)",
            attributes=("*", "id"),
            types={"id": Kind.STRING},
        )
    ]


def test_nothing_said_is_the_default() -> None:
    """People and groups of the usual classes."""
    assert parse_object_types("  \n") == parse_object_types(DEFAULT)
    assert [(t.name, t.classes) for t in parse_object_types("")] == [
        ("person", ("inetOrgPerson",)),
        ("group", ("groupOfNames",)),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[", "no TOML"),
        ("t = 1", r"\[t\] is a table"),
        ("[t]", "class is missing"),
        ("[t]\nclass = 1", "class is text"),
        ("[t]\nclass = ['a', '']", "class is text"),
        ("[t]\nclass = ['a', 'A']", "class holds one name twice"),
        ("[t]\nclass = 'a'\nclasses = 'b'", "classes is unknown; there are class"),
        ("[t]\nclass = 'a'\nfilter = 'cn=*'", "filter is an LDAP filter in brackets"),
        ("[t]\nclass = 'a'\nfilter = 1", "filter is an LDAP filter in brackets"),
        ("[t]\nclass = 'a'\ntypes = 1", "types is a table"),
        ("[t]\nclass = 'a'\ntypes = { cn = 'text' }", "types takes string, integer"),
        ("[t]\nclass = 'zz'", "no object class 'zz'"),
        ("[t]\nclass = 'a'\nauxiliary = 'zz'", "no object class 'zz'"),
        ("[t]\nclass = 'a'\nattributes = ['zz']", "no attribute 'zz'"),
        ("[t]\nclass = 'a'\ntypes = { zz = 'string' }", "'zz' is not among its attributes"),
        ("# nothing", "describe one object type"),
    ],
)
def test_a_wrong_description_is_refused(text: str, problem: str) -> None:
    """The error names the parameter, the type and the key."""
    with pytest.raises(InvalidParameterError, match=problem) as refused:
        map_types(parse_object_types(text), SERVER, "id")
    assert refused.value.parameter_name == "Object types"


@pytest.mark.parametrize("anchor", ["zz", "cn", "link"])
def test_an_anchor_identifies(anchor: str) -> None:
    """It is an attribute of the server, of one value, and no reference."""
    with pytest.raises(InvalidParameterError, match="'dn'") as refused:
        map_types(parse_object_types("[t]\nclass = 'a'"), SERVER, anchor)
    assert refused.value.parameter_name == "Anchor"


def test_a_line_that_is_no_dn_is_no_base() -> None:
    """Empty lines do not count."""
    assert parse_bases(" ou=a , dc=x \n\n dc=y") == ["ou=a,dc=x", "dc=y"]
    with pytest.raises(InvalidParameterError, match="'Base DNs'"):
        parse_bases("nonsense")


def test_an_object_is_of_its_most_special_type_only() -> None:
    """A type leaves out the objects of types whose class is a subclass of its own."""
    types = map_types(
        parse_object_types(
            "[all]\nclass='a'\n[some]\nclass=['b','x']\n[few]\nclass='c'\nfilter='(cn=*)'"
        ),
        SERVER,
        "dn",
    )
    assert {name: each.filter for name, each in types.items()} == {
        "all": "(&(objectClass=a)(!(objectClass=b))(!(objectClass=c)))",
        "some": "(&(|(objectClass=b)(objectClass=x))(!(objectClass=c)))",
        "few": "(&(objectClass=c)(cn=*))",
    }
    assert types["few"].object_classes == ("c", "b", "a", "top")
    assert list(types["few"].attributes) == ["objectClass", "cn"]
    assert types["few"].required == {"cn"}
