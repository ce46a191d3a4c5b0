from pathlib import Path

import pytest

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.entries import AttributeChange, CSEntryChange
from ecma2py.schema import AttributeType, Schema, SchemaAttribute, SchemaType, Value
from ecma2py.space import MatchRule, SpaceValueError, SqliteSpace, Write
from tests.space.spaces import SCHEMA, changed, dn_of, gone, open_space, run, user, write


def test_an_object_is_found_by_id_anchor_dn_and_value(space: SqliteSpace) -> None:
    """Every unique key leads to the same object, whatever the spelling of the DN."""
    run(space, [user("E1", mail="Ann@Test.org", level=3), user("E2")])
    found = space.by_anchor("user", {"key": "E1"})
    assert found is not None
    for each in (
        space.get("user", found.id),
        space.by_id(found.id),
        space.by_dn(" cn=e1 , dc=TEST"),
        space.find("user", "mail", "ann@test.ORG")[0],
        space.find("user", "key", "E1")[0],
    ):
        assert each is not None
        assert (each.row, each.document) == (found.row, found.document)
    assert found.reference == found.dn == dn_of("E1")
    assert found.anchor == {"key": "E1"}
    assert found.attributes == {"key": "E1", "mail": "Ann@Test.org", "level": 3}


@pytest.mark.parametrize("odd", ["", "nobody", "\0", "a\0b", "\ud800", "x" * 100_000])
def test_odd_keys_find_nothing(space: SqliteSpace, odd: str) -> None:
    """Whatever text a client sends as an id, a DN or a value, the answer is "none"."""
    run(space, [user("E1", mail="a@b")])
    assert space.by_id(odd) is None
    assert space.get("user", odd) is None
    assert space.by_dn(odd) is None
    assert space.find("user", "mail", odd) == []
    assert space.resolve_ids([odd]) == {}


def test_the_type_counts_in_get(space: SqliteSpace) -> None:
    """An id of another type is not found under this one."""
    run(space, [user("E1")])
    found = space.by_dn(dn_of("E1"))
    assert found is not None
    assert space.get("group", found.id) is None
    assert space.get("nonsense", found.id) is None


def test_binary_values_come_back_as_bytes(space: SqliteSpace) -> None:
    """Documents hold base64, ``typed`` gives a connector's own values."""
    run(space, [user("E1", photo=b"\x00\xff", keys=[b"b", b"a", b"a"], phones=["2", "1", "2"])])
    found = space.by_dn(dn_of("E1"))
    assert found is not None
    assert found.attributes["photo"] == "AP8="
    typed = found.typed({"photo", "keys"})
    assert typed["photo"] == b"\x00\xff"
    assert typed["keys"] == [b"a", b"b"]
    assert typed["phones"] == ["1", "2"]


def test_pages_and_scans_walk_the_same_stable_order(space: SqliteSpace) -> None:
    """Every object comes once, in the order of the source, however it is paged."""
    names = [f"E{number}" for number in range(25)]
    run(space, [user(name) for name in names])
    paged = [o for start in range(0, 30, 7) for o in space.page("user", start, 7)]
    scanned, after = [], 0
    while some := space.scan("user", after, 4):
        scanned += some
        after = some[-1].row
    assert [o.anchor["key"] for o in paged] == names
    assert [o.id for o in scanned] == [o.id for o in paged]
    assert space.count("user") == 25
    assert space.count("group") == space.count("nonsense") == 0
    assert space.page("nonsense", 0, 5) == space.scan("nonsense") == []
    assert space.page("user", -3, -1) == []


def test_a_row_is_never_given_again(space: SqliteSpace) -> None:
    """A cursor that stood behind the last object does not miss its successor."""
    write(space, user("E1"))
    (last,) = write(space, user("E2"))
    write(space, gone("user", "E2"))
    write(space, user("E3"))
    assert [o.anchor["key"] for o in space.scan("user", last.row)] == ["E3"]


def test_a_version_never_comes_back(space: SqliteSpace) -> None:
    """An object made anew under the same id has a higher version than its forerunner had."""
    (first,) = write(space, user("E1"))
    write(space, gone("user", "E1"))
    (second,) = write(space, user("E1"))
    assert first.id == second.id
    assert second.version > first.version


@pytest.mark.parametrize(
    ("attribute", "value", "hits"),
    [
        ("title", "BOSS", 2),
        ("level", 5, 1),
        ("active", True, 1),
        ("phones", "2", 2),
        ("photo", b"x", 1),
        ("manager", "cn=e1,dc=test", 1),
        ("title", "none", 0),
        ("unheard of", "x", 0),
    ],
)
def test_a_search_finds_the_same_with_and_without_an_index(
    space: SqliteSpace, attribute: str, value: Value, hits: int
) -> None:
    """The first search reads everything; an index built after it gives the same answer."""
    run(
        space,
        [
            user("E1", title="Boss", phones=["1", "2"], active=True),
            user("E2", title="boss", phones=["2"], level=5, manager=dn_of("E1"), photo=b"x"),
        ],
    )
    first = space.find("user", attribute, value)
    assert len(first) == hits
    assert space.wait_for_indexes(10)
    assert space.has_index("user", attribute) == (attribute != "unheard of")
    assert [o.id for o in space.find("user", attribute, value)] == [o.id for o in first]


def test_searches_of_types_nobody_knows_find_nothing(space: SqliteSpace, path: Path) -> None:
    """A type that has left the schema is read until a full import removes it, but not searched."""
    assert space.find("nonsense", "mail", "x") == []
    run(space, [user("E1", title="x")])
    space.close()
    smaller = Schema([SCHEMA.types["group"]])
    with open_space(path, schema=smaller) as reopened:
        assert reopened.count("user") == 1
        with pytest.raises(SpaceValueError, match="no longer in the schema"):
            reopened.find("user", "title", "x")
        with pytest.raises(SpaceValueError, match="not in the schema"):
            reopened.by_anchor("user", {"key": "E1"})
        assert run(reopened, []).deleted == 1


def test_ids_are_resolved_to_types_and_references(space: SqliteSpace) -> None:
    """Hundreds of ids are answered at once, unknown ones left out."""
    run(space, [user(f"E{n}") for n in range(1200)])
    ids = [o.id for o in space.page("user", 0, 2000)]
    resolved = space.resolve_ids([*ids, "nobody", "\ud800"])
    assert len(resolved) == 1200
    assert resolved[ids[0]] == ("user", dn_of("E0"))


COMPOUND = Schema(
    [
        SchemaType(
            "seat",
            [
                SchemaAttribute.anchor("hall"),
                SchemaAttribute.anchor("number", AttributeType.INTEGER),
                SchemaAttribute.anchor("code", AttributeType.BINARY),
                SchemaAttribute.single("next", AttributeType.REFERENCE),
            ],
        )
    ]
)


def test_compound_and_binary_anchors_come_back_as_they_were(path: Path) -> None:
    """Every component keeps its type; an anchor that lacks one is refused by name."""
    anchor: dict[str, Value] = {"hall": "a,b", "number": 7, "code": b"\x01"}
    style = MADistinguishedNameStyle.NONE
    with open_space(path, schema=COMPOUND, dn_style=style, matching=()) as space:
        (made,) = space.apply([Write(CSEntryChange.add("seat", anchor, dn="ignored"))])
        assert made is not None
        assert made.dn is None
        found = space.by_anchor("seat", dict(reversed(anchor.items())))
        assert found is not None
        assert found.anchor == anchor
        assert found.reference == "(a\\,b,7,AQ==)"
        named = space.by_dn(found.reference)
        assert named is not None
        assert named.id == made.id
        with pytest.raises(SpaceValueError, match="lacks code, number"):
            space.by_anchor("seat", {"hall": "a"})
        change = CSEntryChange.update(
            "seat", anchor, changes=[AttributeChange.replace("next", found.reference)]
        )
        space.apply([Write(change)])
        (referrer,) = space.referrers(None, None, found.reference)
        assert referrer.id == made.id


def test_matching_rules_of_types_that_are_gone_do_no_harm(path: Path) -> None:
    """A rule for a type the schema does not have is passed over."""
    with open_space(path, matching=[MatchRule("robot", "mail")]) as space:
        assert not space.has_index("robot", "mail")


def test_reads_see_an_acknowledged_write_at_once(space: SqliteSpace) -> None:
    """There is no moment after ``apply`` in which the old state is read."""
    write(space, user("E1"))
    for number in range(20):
        write(space, changed("user", "E1", AttributeChange.replace("title", str(number))))
        found = space.by_dn(dn_of("E1"))
        assert found is not None
        assert found.attributes["title"] == str(number)
