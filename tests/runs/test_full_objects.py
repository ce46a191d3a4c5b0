"""Objects of which a delta brings a change only: they are asked for whole, or noted."""

import pytest

from ecma2py.entries import CSEntryChange
from ecma2py.errors import (
    DroppedConnectionError,
    EntryPointNotImplementedError,
    ExtensibleExtensionError,
    MAImportError,
    ServerDownError,
    UnexpectedDataError,
)
from ecma2py.runs import StopSignal
from ecma2py.runs import imports as imports_module
from ecma2py.steps import CloseReason, OperationType
from tests.runs.importing import DELTA, imported, known, rename
from tests.runs.zoo import Target, page, person


def test_an_unknown_object_is_asked_for_whole():
    """A second open of FULL_OBJECT type brings the objects of which only a change came."""

    def pages(self, step):
        if self.step.import_type is OperationType.FULL_OBJECT:
            wanted = step.full_object_entries
            return page(
                [person(each.anchor["id"], name="whole") for each in wanted], custom_data="no"
            )
        return page([rename(1), rename(2)], custom_data="next")

    target, sink = Target(hooks={"get_import_entries": pages}), known()
    result, _ = imported(target, sink=sink, operation=DELTA, watermark="w")
    assert result.result == "success"
    assert result.watermark == "next"
    assert result.counts.fetched == 1
    assert {each.anchor["id"]: each.attributes["name"] for each in sink} == {
        "1": "new",
        "2": "whole",
    }
    assert target.reasons() == [CloseReason.NORMAL] * 2
    assert target.instances == 3


@pytest.mark.parametrize("where", ["open_import_connection", "get_import_entries"])
@pytest.mark.parametrize(
    "error",
    [
        EntryPointNotImplementedError("no"),
        RuntimeError("FullObject Import is not supported"),
        UnexpectedDataError("what is that?"),
        ExtensibleExtensionError("no"),
    ],
)
def test_a_connector_without_full_object_leaves_a_note(where, error):
    """However it refuses, and wherever, the delta counts and the objects are noted."""

    def hook(self, step):
        if self.step.import_type is OperationType.FULL_OBJECT:
            raise error
        return page([rename(2)]) if where == "get_import_entries" else None

    target = Target(entries=[rename(2)], hooks={where: hook})
    result, sink = imported(target, sink=known(), operation=DELTA, watermark="w")
    assert result.result == "completed-discovery-errors"
    assert [(f.name, f.anchor["id"]) for f in result.errors] == [("need-full-object", "2")]
    assert len(sink) == 1


def test_objects_that_do_not_come_whole_are_noted(monkeypatch):
    """Not given, given as a change again, or too many: each is an error of its entry."""
    monkeypatch.setattr(imports_module, "MAX_UNKNOWN", 2)

    def pages(self, step):
        if self.step.import_type is OperationType.FULL_OBJECT:
            return page([5, rename(2)])
        return page([rename(2), rename(3), rename(4)])

    result, _ = imported(
        Target(hooks={"get_import_entries": pages}), sink=known(), operation=DELTA, watermark="w"
    )
    named = [(f.name, f.anchor.get("id")) for f in result.errors]
    assert sorted(named, key=str) == [
        ("ImportErrorParseError", None),
        ("need-full-object", "2"),
        ("need-full-object", "3"),
        ("need-full-object", "4"),
    ]


@pytest.mark.parametrize("error", [ServerDownError("gone"), DroppedConnectionError("cut")])
def test_a_target_that_fails_while_asked_for_whole_objects_stops_the_run(error):
    """A lost target in the second open is an error of the run: all comes again."""

    def hook(self, step):
        if self.step.import_type is OperationType.FULL_OBJECT:
            raise error

    target = Target(entries=[rename(2)], hooks={"open_import_connection": hook})
    result, _ = imported(target, sink=known(), operation=DELTA, watermark="w")
    assert result.result == error.run_result
    assert target.reasons() == [CloseReason.NORMAL, CloseReason.OPEN_CONNECTION_FAILURE]


@pytest.mark.parametrize("how", ["stop", "entry"])
def test_a_run_that_is_to_stop_while_asking_for_whole_objects_stops(how):
    """A stop of the user's, or of an entry, is no refusal to give objects."""
    signal = StopSignal()

    def pages(self, step):
        if self.step.import_type is not OperationType.FULL_OBJECT:
            return None
        if how == "stop":
            signal.stop()
            return page([], more=True)
        code = MAImportError.IMPORT_ERROR_CUSTOM_STOP_RUN
        return page([CSEntryChange.import_error("person", {"id": "2"}, code)])

    target = Target(entries=[rename(2)], hooks={"get_import_entries": pages})
    result, _ = imported(target, sink=known(), operation=DELTA, watermark="w", cancel=signal)
    assert result.result.startswith("stopped-")
    assert result.commit is None
