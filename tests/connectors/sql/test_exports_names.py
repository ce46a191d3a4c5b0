"""Exports of objects that are named by a column of their own, and of references to any type."""

import pytest

from ecma2py import (
    AttributeChange,
    ConfigParameterPage,
    CSEntryChange,
    MAExportType,
    Value,
)
from ecma2py.errors import InvalidParameterError
from ecma2py_sql import SqlConnector
from tests.connectors.sql.targets import Host, Target, codes

TABLES = """
CREATE TABLE staff (id {counter}, login VARCHAR(40) NOT NULL UNIQUE, boss VARCHAR(40),
    owner VARCHAR(40), owner_type VARCHAR(20));
CREATE TABLE desks (id INTEGER PRIMARY KEY, note VARCHAR(9));
CREATE TABLE held (staff INTEGER NOT NULL REFERENCES staff (id), what VARCHAR(40) NOT NULL,
    kind CHAR(10) NOT NULL, PRIMARY KEY (staff, what, kind))
"""
TYPES = """
[Staff]
table = "staff"
dn = "login"
columns = ["boss", "owner"]
references = { boss = "Staff", owner = "*" }
reference_types = { owner = "owner_type" }
[Staff.multivalued.holds]
table = "held"
key = "staff"
value = "what"
references = "*"
reference_type = "kind"
[Desk]
table = "desks"
"""
ANN, BOB, DESK = "CN=ann,OBJECT=Staff", "CN=bob,OBJECT=Staff", "CN=7,OBJECT=Desk"


def office(target: Target) -> Host:
    """Ann, Bob who reports to her and is named by his DN alone, and a desk."""
    target.execute(TABLES)
    host = target.host(TYPES)
    results = host.export(
        CSEntryChange.add("Staff", dn=ANN, attributes={"login": "ann", "holds": [DESK, BOB]}),
        CSEntryChange.add("Staff", dn=BOB, attributes={"boss": ANN, "owner": DESK}),
        CSEntryChange.add("Desk", {"id": 7}),
    )
    assert codes(results) == ["Success"] * 3
    return host


def update(dn: str, *changes: AttributeChange) -> CSEntryChange:
    """A change that knows its object by the DN alone."""
    return CSEntryChange.update("Staff", {}, dn=dn, changes=changes)


def test_a_new_object_is_named_by_its_dn(target: Target) -> None:
    """The naming column takes the value in the DN, and the assigned key is told as the anchor."""
    assert office(target).state() == {
        ANN: {"id": 1, "login": "ann", "holds": frozenset({DESK, BOB})},
        BOB: {"id": 2, "login": "bob", "boss": ANN, "owner": DESK},
        DESK: {"id": 7},
    }


def test_a_name_and_a_dn_that_differ_are_refused(target: Target) -> None:
    """An add and a rename may give the name twice, but not two names."""
    host = office(target)
    before = host.state()
    new = AttributeChange.new_dn("CN=cid,OBJECT=Staff")
    results = host.export(
        CSEntryChange.add("Staff", dn="CN=cid,OBJECT=Staff", attributes={"login": "dan"}),
        CSEntryChange.update(
            "Staff", {"id": 1}, dn=ANN, changes=[new, AttributeChange.replace("login", "dan")]
        ),
        CSEntryChange.add("Staff", dn=DESK),
    )
    assert codes(results) == [
        "ExportErrorInvalidAttributeValue",
        "ExportErrorInvalidAttributeValue",
        "ExportErrorInvalidDN",
    ]
    assert "make them agree" in results[0].error_detail
    assert host.state() == before


def test_a_rename_writes_the_naming_column(target: Target) -> None:
    """The row keeps its key and takes the name of the new DN, with whatever else is changed."""
    host = office(target)
    new = "CN=anna\\, b,OBJECT=Staff"
    changes = [AttributeChange.new_dn(new), AttributeChange.replace("boss", BOB)]
    assert codes(host.export(update(ANN, *changes))) == ["Success"]
    assert host.state()[new] == {
        "id": 1,
        "login": "anna, b",
        "boss": BOB,
        "holds": frozenset({DESK, BOB}),
    }
    again = AttributeChange.new_dn("CN=bob,OBJECT=Staff")
    (result,) = host.export(CSEntryChange.update("Staff", {"id": 1}, dn=new, changes=[again]))
    assert result.error_code.ecma_name == "ExportErrorConnectedDirectoryExistingObject"


def test_a_dn_finds_the_row_by_its_name(target: Target) -> None:
    """Rows beside it are found by the key, deletes too; a name nobody has is missing."""
    host = office(target)
    gone = "CN=zed,OBJECT=Staff"
    results = host.export(
        update(ANN, AttributeChange.update("holds", [ANN], [BOB])),
        CSEntryChange.delete("Staff", {}, dn=BOB),
        CSEntryChange.delete("Staff", {}, dn=gone),
    )
    assert codes(results) == [
        "Success",
        "Success",
        "ExportErrorConnectedDirectoryMissingObject",
    ]
    assert "'zed'" in results[2].error_detail
    assert host.state() == {
        ANN: {"id": 1, "login": "ann", "holds": frozenset({DESK, ANN})},
        DESK: {"id": 7},
    }


def test_a_replace_keeps_the_name_it_does_not_mention(target: Target) -> None:
    """What a Replace leaves out is cleared, but not what names the object."""
    host = office(target)
    replace = CSEntryChange.replace("Staff", {"id": 2}, dn=BOB, attributes={"holds": [DESK]})
    assert codes(host.export(replace)) == ["Success"]
    assert host.state()[BOB] == {"id": 2, "login": "bob", "holds": frozenset({DESK})}


def test_a_reference_of_any_type_writes_the_type_beside_the_value(target: Target) -> None:
    """Microsoft's connector once left the Member Type column empty; both go together here."""
    host = office(target)
    pair = "SELECT owner, owner_type FROM staff WHERE id = 2"
    assert target.rows(pair) == [("7", "Desk")]
    kinds = target.rows("SELECT what, kind FROM held ORDER BY what")
    assert [(what, kind.strip()) for what, kind in kinds] == [("7", "Desk"), ("bob", "Staff")]
    host.export(update(BOB, AttributeChange.replace("owner", "CN=ann,OBJECT=staff")))
    assert target.rows(pair) == [("ann", "Staff")]
    host.export(update(BOB, AttributeChange.delete("owner")))
    assert target.rows(pair) == [(None, None)]


def test_a_reference_of_any_type_goes_only_with_its_type(target: Target) -> None:
    """A removal must match value and type; of two values that differ in type alone one goes."""
    host = office(target)
    other, same = "CN=7,OBJECT=Staff", AttributeChange.update("owner", removed=[DESK])
    host.export(update(BOB, AttributeChange.update("owner", removed=[other])))
    assert host.state()[BOB]["owner"] == DESK
    host.export(update(BOB, same), update(ANN, AttributeChange.update("holds", [other])))
    assert "owner" not in host.state()[BOB]
    assert host.state()[ANN]["holds"] == {DESK, BOB, other}
    host.export(update(ANN, AttributeChange.update("holds", [other, BOB], [DESK])))
    assert host.state()[ANN]["holds"] == {BOB, other}
    host.export(update(ANN, AttributeChange.replace("holds", [DESK, other])))
    assert host.state()[ANN]["holds"] == {DESK, other}
    host.export(update(ANN, AttributeChange.delete("holds")))
    assert target.rows("SELECT * FROM held") == []


@pytest.mark.parametrize("value", ["x", 5, "CN=1+2,OBJECT=Desk", "CN=1,OBJECT="])
def test_what_is_no_dn_of_one_object_is_no_reference(target: Target, value: Value) -> None:
    """A reference of any type is still a DN with one key and a type."""
    host = office(target)
    (result,) = host.export(update(BOB, AttributeChange.replace("owner", value)))
    assert result.error_code.ecma_name == "ExportErrorReferenceAttributeFailure"
    assert target.rows("SELECT owner FROM staff WHERE id = 2") == [("7",)]


def test_objects_can_be_renamed_if_every_type_has_a_name(sqlite_file: Target) -> None:
    """One type named by its key, or by a column nobody may write, and none can be renamed."""
    named = '[A]\ntable="a"\nanchor="id"\ndn="login"\n'
    for text, renames in (
        (named, True),
        (named + '[B]\ntable="b"', False),
        (named + 'read_only=["login"]', False),
        ('[A]\ntable="a"\nanchor="id"\ndn="id"', False),
        ("", False),
    ):
        host = sqlite_file.host(text)
        assert SqlConnector().get_capabilities_ex(host.parameters).object_rename is renames


def test_the_export_type_follows_its_check_box(sqlite_file: Target) -> None:
    """Object Replace is asked for on the connectivity page."""
    plain = SqlConnector().get_capabilities_ex(sqlite_file.host("").parameters)
    assert plain.export_type is MAExportType.ATTRIBUTE_UPDATE
    host = sqlite_file.host("", **{"Export Type:Object Replace": "1"})
    chosen = SqlConnector().get_capabilities_ex(host.parameters)
    assert chosen.export_type is MAExportType.OBJECT_REPLACE


def test_the_dn_can_be_the_anchor(target: Target) -> None:
    """The naming column is then the key: objects go by it, and keep it."""
    target.execute(TABLES)
    text = '[Staff]\ntable="staff"\ndn="login"\ncolumns=["boss"]\nreferences={boss="Staff"}'
    host = target.host(text, **{"DN is Anchor": "1"})
    found = SqlConnector().get_capabilities_ex(host.parameters)
    assert (found.is_dn_as_anchor, found.object_rename) == (True, False)
    assert host.schema().types["Staff"].anchor_attributes.keys() == {"login"}
    renamed = AttributeChange.new_dn("CN=cid,OBJECT=Staff")
    results = host.export(
        CSEntryChange.add("Staff", dn=ANN),
        CSEntryChange.add("Staff", dn=BOB, attributes={"boss": ANN}),
        update(ANN, renamed),
        update(ANN, AttributeChange.replace("boss", BOB)),
    )
    assert codes(results) == ["Success", "Success", "ExportErrorChangeNamingAttribute", "Success"]
    assert host.state() == {
        ANN: {"login": "ann", "boss": BOB},
        BOB: {"login": "bob", "boss": ANN},
    }


MEMBERS_OF_ANY_TYPE = """
[A]
table = "a"
[A.multivalued.m]
table = "m"
key = "k"
value = "v"
references = "*"
reference_type = "t"
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[A]\ntable="a"\n[B]\ntable="b"', "one object type: there are A, B"),
        ('[A]\ntable="a"\nreferences={x="B"}', "references to 'A' alone"),
        (MEMBERS_OF_ANY_TYPE, "references to 'A' alone"),
        ('[A]\ntable="a"\ndn="x"\nanchor="y"', "'dn' or 'anchor'"),
    ],
)  # fmt: skip
def test_a_dn_as_anchor_has_its_limits(sqlite_file: Target, text: str, says: str) -> None:
    """One type, references to it alone, and one column; else the schema page says what is wrong."""
    host = sqlite_file.host(text, **{"DN is Anchor": "1"})
    with pytest.raises(InvalidParameterError, match=says):
        SqlConnector().get_capabilities_ex(host.parameters)
    page = SqlConnector().validate_config_parameters(host.parameters, ConfigParameterPage.SCHEMA)
    assert page.error_parameter == "Object types"
