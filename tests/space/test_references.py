from pathlib import Path

import pytest

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.entries import AttributeChange, CSEntryChange
from ecma2py.space import SqliteSpace, Write
from tests.space.spaces import changed, dn_of, gone, group, open_space, run, user, write


@pytest.fixture
def staff(space: SqliteSpace) -> SqliteSpace:
    """Three people, of whom Ann leads the others, in two groups."""
    run(
        space,
        [
            user("ann"),
            user("bob", manager=dn_of("ann").upper()),
            user("cem", manager=dn_of("ann")),
            group("all", ["ann", "bob", "cem"]),
            group("few", ["cem", "nobody"]),
        ],
    )
    return space


def row_of(space: SqliteSpace, key: str) -> int:
    """The row of an object of the small world."""
    found = space.by_dn(dn_of(key))
    assert found is not None
    return found.row


def test_members_are_read_and_counted_by_pages(staff: SqliteSpace) -> None:
    """References come in one order, whole or in part."""
    row = row_of(staff, "all")
    whole = staff.references(row, "member")
    assert whole == [dn_of("ann"), dn_of("bob"), dn_of("cem")]
    assert staff.references(row, "member", offset=1, limit=1) == whole[1:2]
    assert staff.references(row, "member", offset=9) == []
    assert staff.count_references(row, "member") == 3
    assert staff.count_references(row, "owner") == staff.count_references(row, "title") == 0


def test_references_lead_to_ids_where_the_target_is_known(staff: SqliteSpace) -> None:
    """A reference nobody answers to keeps its text and has neither id nor type."""
    cem = staff.by_dn(dn_of("cem"))
    assert cem is not None
    resolved = staff.reference_ids(row_of(staff, "few"), "member")
    assert resolved == [(cem.id, "user", dn_of("cem")), (None, None, dn_of("nobody"))]
    assert staff.reference_ids(row_of(staff, "few"), "member", offset=1, limit=5) == resolved[1:]


def test_single_valued_references_are_read_likewise(staff: SqliteSpace) -> None:
    """A manager is a list of one reference, found in the document."""
    row, ann = row_of(staff, "bob"), staff.by_dn(dn_of("ann"))
    assert ann is not None
    assert staff.references(row, "manager") == [dn_of("ann").upper()]
    assert staff.reference_ids(row, "manager") == [(ann.id, "user", dn_of("ann").upper())]
    assert staff.references(row, "manager", offset=1) == []
    assert staff.count_references(row, "manager") == 1
    assert staff.references(ann.row, "manager") == staff.references(9_999, "manager") == []
    assert staff.has_reference(row, "manager", dn_of("ANN"))
    assert not staff.has_reference(ann.row, "manager", dn_of("ann"))


def test_a_reference_is_held_however_it_is_spelled(staff: SqliteSpace) -> None:
    """Membership compares names, not texts."""
    row = row_of(staff, "all")
    assert staff.has_reference(row, "member", "cn=ANN, dc=test")
    assert not staff.has_reference(row, "member", dn_of("nobody"))


def test_referrers_are_found_through_links_and_single_references(staff: SqliteSpace) -> None:
    """Both "member in" and "manager of", by type, by attribute or all at once."""

    def keys(kind: str | None, attribute: str | None, target: str) -> list[object]:
        return [o.anchor["key"] for o in staff.referrers(kind, attribute, dn_of(target))]

    assert keys("group", "member", "cem") == ["all", "few"]
    assert keys("user", "manager", "ANN") == ["bob", "cem"]
    assert keys(None, None, "ann") == ["bob", "cem", "all"]
    assert keys(None, "member", "ann") == ["all"]
    assert keys("user", "member", "ann") == []
    assert keys("nonsense", None, "ann") == []
    assert [o.anchor["key"] for o in staff.find("group", "member", dn_of("Cem"))] == ["all", "few"]
    assert staff.has_index("group", "member")


def test_one_member_comes_and_goes_without_touching_the_others(staff: SqliteSpace) -> None:
    """A value-level change keeps all other members, and tells a second spelling by its key."""
    row = row_of(staff, "all")
    add = AttributeChange.update("member", [dn_of("dan"), dn_of("ANN")], [dn_of("Bob")])
    write(staff, changed("group", "all", add))
    assert staff.references(row, "member") == [dn_of("ann"), dn_of("cem"), dn_of("dan")]
    write(staff, changed("group", "all", AttributeChange.delete("member")))
    assert staff.references(row, "member") == []
    write(staff, changed("group", "all", AttributeChange.replace("member", [dn_of("x")])))
    assert staff.references(row, "member") == [dn_of("x")]


def test_links_go_with_their_owner_but_not_with_their_target(staff: SqliteSpace) -> None:
    """A member that is gone stays a text until the group says otherwise."""
    row = row_of(staff, "all")
    write(staff, gone("user", "ann"), gone("group", "few"))
    assert staff.reference_ids(row, "member")[0] == (None, None, dn_of("ann"))
    assert [o.anchor["key"] for o in staff.referrers(None, None, dn_of("cem"))] == ["all"]


def test_exported_members_compare_equal_to_imported_ones(staff: SqliteSpace) -> None:
    """The digest after single changes is that of the whole: the next import finds no difference."""
    write(
        staff,
        changed("group", "all", AttributeChange.update("member", [dn_of("dan")], [dn_of("bob")])),
        changed("group", "few", AttributeChange.replace("member", [dn_of("dan")])),
        changed("group", "few", AttributeChange.replace("title", "Few")),
    )
    report = run(
        staff,
        [
            *(user("ann"), user("bob", manager=dn_of("ann").upper())),
            *(user("cem", manager=dn_of("ann")), group("all", ["ann", "cem", "dan"])),
            group("few", ["dan"], title="Few"),
        ],
    )
    assert (report.updated, report.unchanged) == (0, 5)


def test_without_dns_references_are_anchors(path: Path) -> None:
    """DN style None: the anchor's text is what others refer by, whatever DN an entry carries."""
    with open_space(path, dn_style=MADistinguishedNameStyle.NONE) as space:
        run(space, [user("ann"), CSEntryChange.add("group", {"key": "g"})])
        update = AttributeChange.update("member", ["ann"])
        (changed_group,) = space.apply(
            [Write(CSEntryChange.update("group", {"key": "g"}, changes=[update]))]
        )
        assert changed_group is not None
        ((id, kind, text),) = space.reference_ids(changed_group.row, "member")
        assert (kind, text) == ("user", "ann")
        assert id is not None
        assert space.resolve_ids([id]) == {id: ("user", "ann")}


def test_generic_names_are_exact(path: Path) -> None:
    """DN style Generic: a name that differs in case is another name."""
    with open_space(path, dn_style=MADistinguishedNameStyle.GENERIC) as space:
        run(space, [user("a", dn="Name"), user("b", dn="name")])
        assert space.by_dn("NAME") is None
        found = space.by_dn("name")
        assert found is not None
        assert found.anchor == {"key": "b"}


def test_referrers_are_complete_while_an_index_is_being_built(path: Path) -> None:
    """An index that is not filled yet is made up for by reading."""
    with open_space(path) as space:
        run(space, [user("ann"), user("bob", manager=dn_of("ann"))])
        with space._database.writing() as connection:
            connection.execute("UPDATE indexes SET built_to = 0 WHERE kind = 'reference'")
            connection.execute("DELETE FROM lookup")
            space._indexes.load(connection)
        found = space.referrers("user", "manager", dn_of("ann"))
        assert [o.anchor["key"] for o in found] == ["bob"]
