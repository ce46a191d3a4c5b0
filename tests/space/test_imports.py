import threading

import pytest

from ecma2py.entries import AttributeChange, CSEntryChange
from ecma2py.space import SpaceBusyError, SpaceError, SqliteSpace
from tests.space.spaces import (
    begin,
    changed,
    contents,
    counts,
    dn_of,
    gone,
    group,
    run,
    user,
    write,
)


def change_count(space: SqliteSpace) -> int:
    """How many rows of the file this process has written."""
    return space._database._writer.total_changes


def test_a_full_import_makes_the_space_the_source(space: SqliteSpace) -> None:
    """What is new is added, what changed updated, what is not seen removed, the rest untouched."""
    run(space, [user("E1"), user("E2", title="x"), user("E3"), group("g", ["E1"])])
    ids = {o.anchor["key"]: o.id for o in space.page("user", 0, 10)}
    report = run(space, [user("E2", title="y"), user("E3"), user("E4"), group("g", ["E3"])])
    assert counts(report) == (1, 2, 1, 1)
    assert contents(space) == {
        ("user", "E2"): {"dn": dn_of("E2"), "key": "E2", "title": "y"},
        ("user", "E3"): {"dn": dn_of("E3"), "key": "E3"},
        ("user", "E4"): {"dn": dn_of("E4"), "key": "E4"},
        ("group", "g"): {"dn": dn_of("g"), "key": "g", "member": [dn_of("E3")]},
    }
    for each in space.page("user", 0, 2):
        assert each.id == ids[str(each.anchor["key"])]
    assert space.count("user") == 3


def test_an_unchanged_import_writes_no_object(space: SqliteSpace) -> None:
    """Neither order of values nor order of objects counts; versions and rows stay."""
    entries = [user(f"E{n}", phones=["1", "2"], title=str(n)) for n in range(700)]
    run(space, [*entries, group("g", ["E1", "E2"])])
    before = [(o.row, o.version) for o in space.page("user", 0, 1000)]
    again = [user(f"E{n}", phones=["2", "1"], title=str(n)) for n in reversed(range(700))]
    written = change_count(space)
    report = run(space, [group("g", ["E2", "E1"]), *again])
    assert counts(report) == (0, 0, 0, 701)
    assert [(o.row, o.version) for o in space.page("user", 0, 1000)] == before
    assert change_count(space) - written < 10


def test_nothing_changes_before_commit(space: SqliteSpace) -> None:
    """A page that fails, or a run that is stopped, leaves the space of the last good run."""
    run(space, [user("E1", title="x")], watermark="w1")
    before = contents(space)
    with begin(space) as stage:
        stage.stage([user("E1", title="y"), user("E2")])
        assert contents(space) == before
    assert contents(space) == before
    assert space.watermark() == "w1"
    with pytest.raises(SpaceError, match="begin another"):
        stage.stage([])
    with pytest.raises(SpaceError, match="begin another"):
        stage.commit()


def test_an_object_that_comes_twice_in_a_full_import_counts_once(space: SqliteSpace) -> None:
    """The first counts, the second is reported: in one page, across pages, known or new."""
    run(space, [user("E1")])
    stage = begin(space)
    first = stage.stage([user("E1", title="1"), user("E2", title="1"), user("E2", title="2")])
    stage.begin_page()
    second = stage.stage([user("E3"), user("E2", title="3"), user("E1", title="3"), user("E4")])
    assert [e.attributes["title"] for e in first.duplicates] == ["2"]
    assert sorted(str(e.attributes["title"]) for e in second.duplicates) == ["3", "3"]
    assert counts(stage.commit(guard_share=1.0)) == (3, 1, 0, 0)
    assert contents(space)["user", "E2"]["title"] == "1"


def test_entries_that_cannot_be_stored_are_refused_alone(space: SqliteSpace) -> None:
    """Each with its reason; then the run is not complete: nothing is removed, no watermark set."""
    run(space, [user("E1"), user("E9")], watermark="w1")
    stage = begin(space)
    report = stage.stage(
        [
            user("E1", title="\ud800"),
            user("\udc00"),
            user("E2", dn="CN=\ud800"),
            user("E3", level=2**64),
            user("E4", phones=["a", 1]),
            CSEntryChange.add("robot", {"key": "x"}),
            CSEntryChange.add("user", {}),
            user("E5\0"),
            CSEntryChange.add("group", {"key": "g"}, dn="g", attributes={"member": ["\ud800"]}),
            user("E6"),
        ]
    )
    assert report.staged == 1
    reasons = {refusal.entry.anchor.get("key"): refusal.reason for refusal in report.refused}
    assert reasons.keys() == {"E1", "\udc00", "E2", "E3", "E4", "x", None, "E5\0", "g"}
    assert all(reasons.values())
    assert "title" in reasons["E1"]
    assert counts(stage.commit("w2")) == (1, 0, 0, 0)
    assert space.watermark() == "w1"
    assert space.count("user") == 3


def test_a_run_with_errors_removes_nothing_and_keeps_the_watermark(space: SqliteSpace) -> None:
    """What it staged counts all the same."""
    run(space, [user("E1"), user("E2")], watermark="w1")
    stage = begin(space)
    stage.stage([user("E1", title="x")])
    assert counts(stage.commit(None, complete=False)) == (0, 1, 0, 0)
    assert space.count("user") == 2
    assert space.watermark() == "w1"


def test_watermarks_belong_to_their_kind(space: SqliteSpace) -> None:
    """One a partition, set with the objects in one transaction."""
    run(space, [user("E1")], watermark="w1", kind="one")
    run(space, [user("E1")], watermark="w2", kind="two")
    assert (space.watermark("one"), space.watermark("two"), space.watermark()) == ("w1", "w2", None)
    space.set_watermark(None, "one")
    space.set_watermark("w3")
    assert (space.watermark("one"), space.watermark()) == (None, "w3")


def test_deltas_compose_on_what_came_before(space: SqliteSpace) -> None:
    """Add, update, replace and delete of one object in one delta: the last state counts."""
    run(space, [user("E1", phones=["1"], title="x"), user("E2"), user("E3"), group("g", ["E1"])])
    stage = begin(space, full=False)
    report = stage.stage(
        [
            changed("user", "E1", AttributeChange.update("phones", ["2"], ["1"])),
            changed("user", "E1", AttributeChange.update("phones", ["3"])),
            user("E4", title="new"),
            changed("user", "E4", AttributeChange.replace("title", "newer")),
            gone("user", "E2"),
            user("E5"),
            gone("user", "E5"),
            gone("user", "unknown"),
            changed("group", "g", AttributeChange.update("member", [dn_of("E3")])),
            changed("group", "g", AttributeChange.update("member", [dn_of("E4")], [dn_of("E1")])),
            CSEntryChange.replace("user", {"key": "E3"}, dn=dn_of("E3"), attributes={"title": "r"}),
            CSEntryChange.replace("user", {"key": "E3"}, dn=dn_of("E3"), attributes={"title": "s"}),
        ]
    )
    assert list(report.unknown) == list(report.duplicates) == []
    assert counts(stage.commit())[:3] == (1, 3, 1)
    held = contents(space)
    assert held["user", "E1"]["phones"] == ["2", "3"]
    assert held["user", "E1"]["title"] == "x"
    assert held["user", "E4"]["title"] == "newer"
    assert held["user", "E3"]["title"] == "s"
    assert held["group", "g"]["member"] == [dn_of("E3"), dn_of("E4")]
    assert {key for _, key in held} == {"E1", "E3", "E4", "g"}


def test_an_object_deleted_and_added_in_one_delta_stays(space: SqliteSpace) -> None:
    """And keeps its id, since it is the same anchor."""
    run(space, [user("E1", title="x")])
    before = space.by_dn(dn_of("E1"))
    report = run(space, [gone("user", "E1"), user("E1", title="y")], full=False)
    after = space.by_dn(dn_of("E1"))
    assert counts(report) == (0, 1, 0, 0)
    assert before is not None
    assert after is not None
    assert (after.id, after.attributes["title"]) == (before.id, "y")


def test_updates_of_unknown_objects_are_reported(space: SqliteSpace) -> None:
    """Their whole state is needed; an object that has just been deleted is unknown too."""
    run(space, [user("E1")])
    stage = begin(space, full=False)
    update = AttributeChange.replace("title", "x")
    report = stage.stage(
        [
            changed("user", "E7", update),
            gone("user", "E1"),
            changed("user", "E1", update),
            CSEntryChange.update(None, {}, dn="CN=nobody", changes=[update]),
            CSEntryChange.update(None, {"key": "E8"}, changes=[update]),
        ]
    )
    assert len(report.unknown) == 4
    stage.stage([user("E7", title="whole")])
    assert counts(stage.commit()) == (1, 0, 1, 0)


def test_deltas_may_name_objects_by_dn_or_without_type(space: SqliteSpace) -> None:
    """As connectors do whose DN is the anchor (ECMA2.2)."""
    run(space, [user("E1"), user("E2"), group("g"), user("E3")])
    title = [AttributeChange.replace("title", "x")]
    new = CSEntryChange.add("user", dn="CN=new,DC=x", attributes={"title": "a"})
    run(
        space,
        [
            CSEntryChange.update(None, {}, dn=dn_of("e1"), changes=title),
            CSEntryChange.update(None, {}, dn=dn_of("e1"), changes=title),
            CSEntryChange.update(None, {"key": "g"}, changes=title),
            CSEntryChange.delete(None, {}, dn=dn_of("E2")),
            CSEntryChange.delete(None, {}, dn=dn_of("E2")),
            new,
            CSEntryChange.update(None, {}, dn="cn=new,dc=x", changes=title),
            changed("user", "E3", AttributeChange.new_dn("CN=moved")),
        ],
        full=False,
    )
    assert {o.anchor.get("key"): o.attributes.get("title") for o in space.page("user", 0, 9)} == {
        "E1": "x",
        "E3": None,
        None: "x",
    }
    assert contents_of_group(space) == "x"
    assert space.by_dn("CN=moved") is not None


def contents_of_group(space: SqliteSpace) -> object:
    """The title of the only group."""
    (only,) = space.page("group", 0, 9)
    return only.attributes["title"]


def test_changes_within_a_full_import_are_applied(space: SqliteSpace) -> None:
    """A full import should give whole objects; an update counts as having seen the object."""
    run(space, [user("E1"), user("E2"), user("E3")])
    title = AttributeChange.replace("title", "x")
    report = run(space, [changed("user", "E1", title), user("E2"), gone("user", "E2")])
    assert counts(report) == (0, 1, 2, 1)
    assert contents(space) == {("user", "E1"): {"dn": dn_of("E1"), "key": "E1", "title": "x"}}


def test_names_may_be_swapped(space: SqliteSpace) -> None:
    """Two objects that exchange their DNs in one import both have one afterwards."""
    run(space, [user("E1", dn="CN=a"), user("E2", dn="CN=b")])
    run(space, [user("E1", dn="CN=b"), user("E2", dn="CN=a")])
    assert [o.dn for o in space.page("user", 0, 9)] == ["CN=b", "CN=a"]
    assert space.by_dn("CN=a").anchor == {"key": "E2"}  # type: ignore[union-attr]


def test_a_name_taken_over_leaves_its_older_holder_nameless(space: SqliteSpace) -> None:
    """In a delta the holder may not have been heard of yet; within one import the last one wins."""
    run(space, [user("E1", dn="CN=a"), user("E2", dn="CN=b")])
    run(space, [user("E2", dn="CN=a")], full=False)
    assert [o.dn for o in space.page("user", 0, 9)] == [None, "CN=a"]
    run(space, [user("E1", dn="CN=c"), user("E2", dn="CN=c")])
    assert [o.dn for o in space.page("user", 0, 9)] == [None, "CN=c"]


def test_a_type_or_a_branch_may_be_imported_alone(space: SqliteSpace) -> None:
    """Objects of other types or of other partitions are not taken for gone."""
    run(
        space,
        [user("E1", dn="CN=1,OU=a"), user("E2", dn="CN=2,OU=a"), user("E3", dn="CN=3,OU=b")],
    )
    run(space, [group("g")], types=["group"])
    assert space.count("user") == 3
    run(space, [user("E1", dn="CN=1,OU=a")], within="ou = A")
    assert [o.anchor["key"] for o in space.page("user", 0, 9)] == ["E1", "E3"]
    run(space, [], types=["user", "unheard of"])
    assert (space.count("user"), space.count("group")) == (0, 1)


def test_an_import_keeps_every_index_in_step(space: SqliteSpace) -> None:
    """Old values are not found any more, new ones are, also by an index asked for meanwhile."""
    run(space, [user("E1", mail="old@x", title="t"), user("E2", mail="two@x")])
    stage = begin(space)
    stage.stage([user("E1", mail="new@x", title="u"), user("E3", mail="three@x", title="u")])
    assert [o.anchor["key"] for o in space.find("user", "title", "t")] == ["E1"]
    assert space.wait_for_indexes(10)
    stage.commit(guard_share=1.0)
    for value, keys in (("old@x", []), ("two@x", []), ("new@x", ["E1"]), ("three@x", ["E3"])):
        assert [o.anchor["key"] for o in space.find("user", "mail", value)] == keys
    assert [o.anchor["key"] for o in space.find("user", "title", "U")] == ["E1", "E3"]
    assert space.find("user", "title", "t") == []


def test_a_large_import_into_a_small_space_builds_its_indexes_anew(space: SqliteSpace) -> None:
    """The short way for a first import leads to the same place."""
    write(space, user("E0", mail="zero@x"))
    run(space, [user(f"E{n}", mail=f"{n}@x") for n in range(1, 2001)], full=False)
    assert space.count("user") == 2001
    assert space.find("user", "mail", "1234@X")[0].anchor == {"key": "E1234"}
    assert space.by_dn(dn_of("E77")) is not None
    report = run(space, [user(f"E{n}", mail=f"{n}@x") for n in range(1, 2001)])
    assert counts(report) == (0, 0, 1, 2000)


def test_there_is_one_import_at_a_time(space: SqliteSpace) -> None:
    """A second one is refused until the first has ended."""
    stage = begin(space)
    with pytest.raises(SpaceBusyError, match="Another import"):
        space.begin_import(True, 2)
    stage.abandon()
    stage.abandon()
    begin(space).abandon()


def test_closing_abandons_an_import_under_way(space: SqliteSpace) -> None:
    """The stage is let go, and its run cannot commit any more."""
    stage = begin(space)
    stage.stage([user("E1")])
    space.close()
    with pytest.raises(SpaceError, match="begin another"):
        stage.commit()


def test_reads_and_writes_go_on_while_an_import_is_under_way(space: SqliteSpace) -> None:
    """Another thread writes through and reads while pages are staged."""
    run(space, [user(f"E{n}") for n in range(300)])
    failures: list[BaseException] = []
    done = threading.Event()

    def traffic() -> None:
        try:
            number = 0
            while not done.is_set():
                number += 1
                change = AttributeChange.replace("title", str(number))
                write(space, changed("user", "E5", change))
                found = space.by_anchor("user", {"key": "E5"})
                assert found is not None
                assert found.attributes["title"] == str(number)
        except BaseException as exc:
            failures.append(exc)

    thread = threading.Thread(target=traffic)
    thread.start()
    for turn in range(3):
        run(space, [user(f"E{n}", level=turn) for n in range(300)])
    done.set()
    thread.join()
    assert failures == []
    assert "title" in contents(space)["user", "E5"]
