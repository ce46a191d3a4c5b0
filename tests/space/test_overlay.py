from collections.abc import Callable

import pytest

from ecma2py.entries import AttributeChange, CSEntryChange
from ecma2py.space import SqliteSpace, Write
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

Export = Callable[[SqliteSpace], object]


def exported(*changes: CSEntryChange) -> Export:
    """An export that writes these changes through."""
    return lambda space: write(space, *changes)


def title(value: str) -> CSEntryChange:
    """An export of one attribute of E1."""
    return changed("user", "E1", AttributeChange.replace("title", value))


def test_an_export_wins_over_a_page_asked_for_before_it(space: SqliteSpace) -> None:
    """Attribute by attribute: what the export did not write is taken from the import."""
    run(space, [user("E1", title="old", level=1)])
    stage = begin(space)
    write(space, title("exported"))
    stage.stage([user("E1", title="old", level=2)])
    assert counts(stage.commit()) == (0, 1, 0, 0)
    after = {"dn": dn_of("E1"), "key": "E1", "title": "exported", "level": 2}
    assert contents(space)["user", "E1"] == after
    report = run(space, [user("E1", title="exported", level=2)])
    assert counts(report) == (0, 0, 0, 1)


def test_an_export_after_staging_wins_as_well(space: SqliteSpace) -> None:
    """Until the commit nothing is decided."""
    run(space, [user("E1", title="old")])
    stage = begin(space)
    stage.stage([user("E1", title="read", level=2)])
    write(space, title("exported"))
    stage.commit()
    assert contents(space)["user", "E1"]["title"] == "exported"
    assert contents(space)["user", "E1"]["level"] == 2


def test_a_page_asked_for_after_the_export_wins(space: SqliteSpace) -> None:
    """It has read what the target held later."""
    run(space, [user("E1", title="old")])
    stage = begin(space)
    write(space, title("exported"))
    stage.begin_page()
    stage.stage([user("E1", title="later")])
    stage.commit()
    assert contents(space)["user", "E1"]["title"] == "later"


def test_an_import_that_says_no_more_than_the_export_changes_nothing(space: SqliteSpace) -> None:
    """The version the export made stays valid."""
    run(space, [user("E1", title="old")])
    stage = begin(space)
    stage.stage([user("E1", title="exported")])
    (made,) = write(space, title("exported"))
    assert counts(stage.commit()) == (0, 0, 0, 0)
    found = space.by_id(made.id)
    assert found is not None
    assert found.version == made.version


@pytest.mark.parametrize(
    ("export", "expected"),
    [
        (exported(gone("user", "E1")), None),
        (exported(gone("user", "E1"), user("E1", title="anew")), {"title": "anew"}),
        (
            exported(CSEntryChange.replace("user", {"key": "E1"}, attributes={"title": "whole"})),
            {"title": "whole"},
        ),
        (exported(changed("user", "E1", AttributeChange.delete("title"))), {"level": 2}),
        (
            exported(changed("user", "E1", AttributeChange.new_dn("CN=new"))),
            {"title": "read", "level": 2, "dn": "CN=new"},
        ),
        (
            exported(changed("user", "E1", AttributeChange.update("phones", ["1"]))),
            {"title": "read", "level": 2, "phones": ["1"]},
        ),
    ],
)
def test_every_kind_of_export_survives(
    space: SqliteSpace, export: Export, expected: dict[str, object] | None
) -> None:
    """A delete leaves a tombstone, a replace is the whole object, a rename a name."""
    run(space, [user("E1", title="old")])
    stage = begin(space)
    stage.stage([user("E1", title="read", level=2)])
    export(space)
    stage.commit()
    found = contents(space).get(("user", "E1"))
    if expected is None:
        assert found is None
    else:
        assert found == {"dn": dn_of("E1"), "key": "E1", **expected}


def test_a_new_object_is_merged_with_the_export_that_made_it(space: SqliteSpace) -> None:
    """The import may have read attributes that only the target gives."""
    stage = begin(space)
    stage.stage([user("E1", title="read", seen="today")])
    (made,) = write(space, user("E1", title="exported"))
    stage.commit()
    assert contents(space)["user", "E1"]["title"] == "exported"
    assert contents(space)["user", "E1"]["seen"] == "today"
    assert space.by_id(made.id) is not None


def test_objects_made_or_changed_by_exports_are_not_taken_for_gone(space: SqliteSpace) -> None:
    """An import that did not see them cannot know better."""
    run(space, [user("E1"), user("E2"), user("E3")])
    stage = begin(space)
    stage.stage([])
    write(space, user("E4"), title("x"))
    report = stage.commit(guard_share=1.0)
    assert (report.deleted, report.would_delete) == (2, 2)
    assert {key for _, key in contents(space)} == {"E1", "E4"}


def test_an_exported_change_survives_a_delete_read_before(space: SqliteSpace) -> None:
    """A delta that says "gone" is older than an export that found the object."""
    run(space, [user("E1")])
    stage = begin(space, full=False)
    stage.stage([gone("user", "E1")])
    write(space, title("alive"))
    assert counts(stage.commit()) == (0, 0, 0, 0)
    assert contents(space)["user", "E1"]["title"] == "alive"


def test_a_delete_of_an_unknown_object_keeps_it_away(space: SqliteSpace) -> None:
    """The tombstone holds for objects the import is about to bring."""
    stage = begin(space)
    write(space, gone("user", "E1"))
    stage.stage([user("E1")])
    assert counts(stage.commit()) == (0, 0, 0, 0)


def test_members_changed_by_an_export_stay(space: SqliteSpace) -> None:
    """The other references of the group are taken from the import."""
    entry = CSEntryChange.add(
        "group", {"key": "g"}, dn=dn_of("g"), attributes={"member": ["a"], "owner": ["o"]}
    )
    run(space, [entry])
    stage = begin(space)
    entry.attributes["owner"] = ["p"]
    stage.stage([entry])
    write(space, changed("group", "g", AttributeChange.update("member", ["b"])))
    stage.commit()
    after = {"dn": dn_of("g"), "key": "g", "member": ["a", "b"], "owner": ["p"]}
    assert contents(space)["group", "g"] == after
    entry.attributes["member"] = ["b", "a"]
    assert counts(run(space, [entry])) == (0, 0, 0, 1)


def test_members_named_by_a_delta_give_way_to_the_export(space: SqliteSpace) -> None:
    """A delta that changed other attributes leaves the members as the export wrote them."""
    run(space, [group("g", ["a"])])
    stage = begin(space, full=False)
    stage.stage([changed("group", "g", AttributeChange.replace("title", "t"))])
    write(space, changed("group", "g", AttributeChange.update("member", [dn_of("b")])))
    stage.commit()
    assert contents(space)["group", "g"]["member"] == [dn_of("a"), dn_of("b")]
    assert counts(run(space, [group("g", ["a", "b"], title="t")])) == (0, 0, 0, 1)


def test_a_delta_builds_on_what_exports_wrote_between_its_pages(space: SqliteSpace) -> None:
    """An object staged on one page and changed on a later one keeps the export between them."""
    run(space, [user("E1", title="old", level=1), user("E2", title="old")])
    stage = begin(space, full=False)
    stage.stage([user("E1", title="old", level=2), user("E2", title="read")])
    write(space, title("exported"), gone("user", "E2"))
    stage.begin_page()
    report = stage.stage(
        [
            changed("user", "E1", AttributeChange.replace("level", 3)),
            changed("user", "E2", AttributeChange.replace("level", 3)),
        ]
    )
    assert [entry.anchor["key"] for entry in report.unknown] == ["E2"]
    stage.commit()
    assert contents(space) == {
        ("user", "E1"): {"dn": dn_of("E1"), "key": "E1", "title": "exported", "level": 3}
    }


def test_an_anchor_changed_by_an_export_is_not_brought_back(space: SqliteSpace) -> None:
    """What was read under the old anchor is older than the change of it."""
    run(space, [user("E1", title="x")])
    stage = begin(space)
    stage.stage([user("E1", title="read")])
    space.apply([Write(changed("user", "E1"), new_anchor={"key": "E9"})])
    stage.commit(guard_share=1.0)
    assert [key for _, key in contents(space)] == ["E9"]


def test_the_log_of_exports_is_empty_without_an_import(space: SqliteSpace) -> None:
    """It is written only while it is needed, and forgotten with the import."""

    def logged() -> object:
        return space._database.all("SELECT count(*) FROM younger")[0][0]

    write(space, user("E1"))
    assert logged() == 0
    for end in ("commit", "abandon"):
        stage = begin(space)
        write(space, title(end))
        assert logged() == 1
        stage.stage([user("E1", title=end)])
        getattr(stage, end)()
        assert logged() == 0
