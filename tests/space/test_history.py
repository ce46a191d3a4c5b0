from pathlib import Path

import pytest

from ecma2py.space import AuditRecord, SpaceError, SqliteSpace, Write, history
from tests.space.spaces import open_space, user


def test_runs_are_listed_newest_first_with_what_came_of_them(space: SqliteSpace) -> None:
    """Kind, times, result, counts and errors, however odd an error's text."""
    first = space.start_run("full-import", detail="partition a")
    second = space.start_run("export")
    space.finish_run(first, "success", {"added": 3}, [{"name": "x", "detail": "\ud800", "no": 1}])
    newest, oldest = space.runs()
    assert (newest.id, newest.kind, newest.result, newest.finished) == (
        second,
        "export",
        None,
        None,
    )
    assert (oldest.result, oldest.counts, oldest.detail) == ("success", {"added": 3}, "partition a")
    assert oldest.errors == [{"name": "x", "detail": "\ud800", "no": 1}]
    assert oldest.finished is not None
    assert oldest.finished >= oldest.started
    assert [each.id for each in space.runs(1)] == [second]
    assert space.run(first) == oldest
    assert space.run(99) is None


def test_runs_of_a_dead_process_are_interrupted(path: Path) -> None:
    """Nobody will finish them; those that were finished stay as they are."""
    with open_space(path) as space:
        done, left = space.start_run("full-import"), space.start_run("full-import")
        space.finish_run(done, "success")
    with open_space(path) as space:
        assert [each.result for each in space.runs()] == ["interrupted", "success"]
        assert space.run(left) is not None


def test_a_run_under_way_elsewhere_is_not_interrupted(path: Path) -> None:
    """Somebody who looks into the file of a host that is importing does no harm."""
    with open_space(path) as space:
        run_id = space.start_run("full-import")
        stage = space.begin_import(True, run_id)
        with open_space(path) as looker:
            found = looker.run(run_id)
            assert found is not None
            assert found.result is None
        stage.stage([user("E1")])
        assert stage.commit().added == 1


def test_history_is_bounded(
    space: SqliteSpace, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old runs, old audit records and endless errors make room."""
    monkeypatch.setattr(history, "KEPT_RUNS", 3)
    monkeypatch.setattr(history, "KEPT_RUN_ERRORS", 2)
    running = space.start_run("export")
    for _ in range(5):
        space.finish_run(space.start_run("x"), "success", errors=[{"n": n} for n in range(5)])
    assert [each.id for each in space.runs(99)] == [6, 5, 4, running]
    assert space.runs()[0].errors == [{"n": 0}, {"n": 1}]
    space.close()
    with open_space(path, audit_limit=4) as bounded:
        bounded.record_audit(AuditRecord("a", "create", detail=str(n)) for n in range(10))
        bounded.record_audit([])
        assert [each.detail for each in bounded.audit()] == ["9", "8", "7", "6"]


def test_refused_exports_are_in_the_audit_too(space: SqliteSpace) -> None:
    """With their outcome, and with text that is no valid Unicode made storable."""
    space.record_audit(
        [AuditRecord("client", "create", outcome="ExportErrorDuplicateAnchor", detail="\ud800")]
    )
    (record,) = space.audit()
    assert (record.outcome, record.detail) == ("ExportErrorDuplicateAnchor", "?")
    assert record.at
    space.apply([Write(user("E1"), audit=AuditRecord("client", "create"))])
    assert len(space.audit()) == 2


def test_a_watermark_has_to_be_text_that_can_be_stored(space: SqliteSpace) -> None:
    """Half a character pair is refused before anything is written."""
    with pytest.raises(SpaceError, match="watermark"):
        space.set_watermark("\ud800")
    stage = space.begin_import(True, 1)
    with stage, pytest.raises(SpaceError, match="watermark"):
        stage.commit("\ud800")
    assert space.watermark() is None
