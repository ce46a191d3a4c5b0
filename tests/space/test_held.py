from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecma2py.entries import AttributeChange
from ecma2py.space import ImportHeldError, SpaceError, SqliteSpace
from tests.space.spaces import begin, changed, contents, counts, open_space, run, user, write


def fill(space: SqliteSpace, count: int = 10) -> None:
    """So many users, and a watermark."""
    run(space, [user(f"E{n}") for n in range(count)], watermark="w1")


def hold(space: SqliteSpace) -> None:
    """A full import that saw a third of what is there."""
    run(space, [user(f"E{n}", title="x") for n in range(3)], guard_share=0.2, watermark="w2")


def test_an_import_that_would_remove_too_much_is_held(space: SqliteSpace) -> None:
    """Nothing changes, neither objects nor the watermark, and the operator is told the numbers."""
    fill(space)
    before = contents(space)
    stage = begin(space)
    stage.stage([user("E0", title="x"), user("new")])
    report = stage.commit("w2", guard_share=0.2)
    assert (report.held, report.would_delete, counts(report)[:3]) == (True, 9, (0, 0, 0))
    assert contents(space) == before
    assert space.watermark() == "w1"
    held = space.held_import()
    assert held is not None
    assert (held.run_id, held.would_delete, held.objects, held.share) == (1, 9, 10, 0.2)


@settings(max_examples=30)
@given(st.integers(0, 20), st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0]))
def test_the_guard_holds_above_its_share_and_only_there(
    tmp_path_factory: pytest.TempPathFactory, kept: int, share: float
) -> None:
    """Exactly the share may go."""
    with open_space(tmp_path_factory.mktemp("space") / "s.db") as space:
        fill(space, 20)
        report = run(space, [user(f"E{n}") for n in range(kept)], guard_share=share)
        assert report.held == (20 - kept > share * 20)
        assert report.would_delete == 20 - kept
        assert space.count("user") == (20 if report.held else kept)


def test_a_held_import_survives_a_restart_and_is_approved(path: Path) -> None:
    """Approval commits what was staged, with its watermark; younger exports still win."""
    with open_space(path) as space:
        fill(space)
        hold(space)
        write(space, changed("user", "E0", AttributeChange.replace("title", "exported")))
        write(space, changed("user", "E7", AttributeChange.replace("title", "alive")))
    with open_space(path) as space:
        assert space.held_import() is not None
        assert counts(space.approve_held()) == (0, 2, 6, 0)
        assert space.held_import() is None
        assert space.watermark() == "w2"
        titles = {key: value.get("title") for (_, key), value in contents(space).items()}
        assert titles == {"E0": "exported", "E1": "x", "E2": "x", "E7": "alive"}
        with pytest.raises(SpaceError, match="nothing to approve"):
            space.approve_held()


def test_what_a_held_import_would_remove_can_be_looked_at(space: SqliteSpace) -> None:
    """The objects that approval removes, as many as wanted, without what exports wrote since."""
    fill(space)
    assert space.held_removals() == []
    hold(space)
    write(space, changed("user", "E4", AttributeChange.replace("title", "alive")))
    names = [str(each.anchor["key"]) for each in space.held_removals()]
    assert names == ["E3", "E5", "E6", "E7", "E8", "E9"]
    assert [str(each.anchor["key"]) for each in space.held_removals(2)] == names[:2]
    space.approve_held()
    assert space.held_removals() == []
    assert all(space.by_anchor("user", {"key": name}) is None for name in names)


def test_a_held_import_may_be_discarded(space: SqliteSpace) -> None:
    """The space stays, and the next import starts from where it was."""
    fill(space)
    hold(space)
    assert space.discard_held().would_delete == 7
    assert space.held_import() is None
    assert space.watermark() == "w1"
    with pytest.raises(SpaceError, match="nothing to approve"):
        space.discard_held()
    assert counts(run(space, [user("E0", title="x")], full=False)) == (0, 1, 0, 0)


def test_a_delta_waits_for_the_word_and_a_full_import_makes_it_needless(space: SqliteSpace) -> None:
    """A delta cannot build on what is not decided; a fresh full picture can."""
    fill(space)
    hold(space)
    with pytest.raises(ImportHeldError, match="approve it, discard it"):
        space.begin_import(False, 2)
    assert counts(run(space, [user(f"E{n}") for n in range(9)])) == (0, 0, 1, 9)
    assert space.held_import() is None


def test_a_stage_that_is_lost_cannot_be_approved(space: SqliteSpace, path: Path) -> None:
    """The error says so, and discarding still works."""
    fill(space)
    hold(space)
    path.with_name(f"{path.name}-stage").unlink()
    with pytest.raises(SpaceError):
        space.approve_held()
    space.discard_held()
    assert space.count("user") == 10
