"""Import runs: pages, watermarks, failed entries, and connectors that misbehave."""

import threading
import time
from typing import Any

import pytest
from attrs import evolve

from ecma2py.connector import Connector
from ecma2py.entries import AttributeChange, CSEntryChange
from ecma2py.errors import (
    BadServerCredentialsError,
    ConfigurationError,
    MAImportError,
    ServerDownError,
    WarningNoWatermarkError,
)
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.partitions import Partition
from ecma2py.runs import ConnectorSource, ListSink, StopSignal, run_import
from ecma2py.runs import calls as calls_module
from ecma2py.runs import import_connection as connection_module
from ecma2py.runs import imports as imports_module
from ecma2py.runs.sinks import ListReport
from ecma2py.schema import Schema
from ecma2py.steps import (
    CloseImportConnectionResults,
    CloseReason,
    OpenImportConnectionResults,
    OperationType,
)
from tests.runs.importing import DELTA, imported
from tests.runs.zoo import LDAP, NO_DN, PERSON, SCHEMA, Base, Raw, Target, page, person


def test_a_full_import_takes_page_after_page_and_closes_normally():
    """Open, pages until done, Close once with NORMAL; everything is committed."""
    target = Target(entries=[person(n) for n in range(7)])
    seen = []
    result, sink = imported(target, progress=seen.append)
    assert (result.result, result.is_success, result.pages) == ("success", True, 3)
    assert len(sink) == 7
    assert (result.counts.read, result.counts.staged, result.counts.failed) == (7, 7, 0)
    assert target.names()[1:] == [
        "open_import_connection",
        *["get_import_entries"] * 3,
        "close_import_connection",
    ]
    assert target.reasons() == [CloseReason.NORMAL]
    assert [(each.objects, each.pages) for each in seen] == [(3, 1), (6, 2), (7, 3)]
    assert seen[-1].rate > 0
    assert evolve(seen[-1], seconds=0.0).rate == 0.0
    assert result.commit.added == 7


def test_page_size_is_clamped():
    """The step's page size is within the connector's and the module's bounds."""
    for wanted, given in ((None, 3), (5, 5), (10**9, 1000), (0, 1000)):
        target = Target()
        imported(target, page_size=wanted)
        assert next(c[1] for c in target.calls if c[0] == "open_import_connection").page_size == (
            given
        )


def test_a_page_that_ignores_its_size_is_still_taken():
    """A connector may give more than asked for; it is staged in bounded pieces."""
    target = Target(hooks={"get_import_entries": lambda *_: page(map(person, range(1201)))})
    result, sink = imported(target)
    assert result.counts.staged == len(sink) == 1201


def test_no_objects_has_a_word_of_its_own():
    """A full import that finds nothing says so; null lists and null answers are borne."""
    target = Target(
        hooks={"get_import_entries": lambda *_: page(), "close_import_connection": None}
    )
    target.hooks.pop("close_import_connection")
    result, _ = imported(target)
    assert result.result == "completed-no-objects"
    assert result.is_success

    def null(self, step):
        answer = page()
        answer.cs_entries = None
        return answer

    assert imported(Target(hooks={"get_import_entries": null}))[0].is_success
    delta, _ = imported(Target(), operation=DELTA, watermark="1")
    assert delta.result == "success"


def test_custom_data_is_chained_and_close_comes_last():
    """Each call's output is the next one's input; the last value that is not null is stored."""
    steps: list[Any] = []
    answers = iter([page(more=True, custom_data="p1"), page(more=True), page(custom_data="p3")])

    def pages(self, step):
        steps.append(step.custom_data)
        return next(answers)

    target = Target(
        hooks={
            "open_import_connection": lambda self, step: (
                steps.append(step.custom_data) or OpenImportConnectionResults("open")
            ),
            "get_import_entries": pages,
            "close_import_connection": lambda self, reason, data: (
                steps.append(data) or CloseImportConnectionResults("close")
            ),
        }
    )
    result, sink = imported(target, watermark="old")
    assert steps == ["old", "open", "p1", "p1", "p3"]
    assert result.watermark == sink.watermark == "close"

    target.hooks.pop("close_import_connection")
    answers = iter([page(custom_data="p1")])
    assert imported(target, watermark="old")[0].watermark == "p1"
    assert imported(Target(), watermark="old")[0].watermark == "old"


def test_a_run_with_errors_commits_neither_watermark_nor_deletes():
    """Good entries go live, what was not seen stays, the watermark stays."""
    sink = ListSink()
    imported(Target(entries=[person(1), person(2)]), sink=sink)
    target = Target(
        entries=[person(3), person(4, age="x")],
        hooks={"close_import_connection": lambda *_: CloseImportConnectionResults("new")},
    )
    result, _ = imported(target, sink=sink, watermark="old")
    assert result.result == "completed-discovery-errors"
    assert not result.is_success
    assert result.watermark == "old"
    assert sink.watermark is None
    assert sorted(entry.anchor["id"] for entry in sink) == ["1", "2", "3"]
    assert [failure.anchor["id"] for failure in result.errors] == ["4"]


def test_unseen_objects_are_deleted_after_a_good_full_import_within_the_guard():
    """Implicit deletes happen up to the share; beyond it the run is held and nothing moves."""
    sink = ListSink()
    imported(Target(entries=[person(n) for n in range(10)]), sink=sink)
    result, _ = imported(Target(entries=[person(n) for n in range(9)]), sink=sink)
    assert (result.commit.deleted, result.commit.unchanged, len(sink)) == (1, 9, 9)
    held, _ = imported(Target(entries=[person(0)]), sink=sink, watermark="old")
    assert held.result == "stopped-deletion-threshold-exceeded"
    assert held.is_held
    assert not held.is_success
    assert held.watermark == "old"
    assert len(sink) == 9
    sink.abandon()
    free, _ = imported(Target(entries=[person(0, name="x")]), sink=sink, guard_share=1.0)
    assert (free.commit.deleted, free.commit.updated, free.is_held) == (8, 1, False)


def test_the_same_object_twice_is_a_duplicate():
    """The second entry of one anchor in a full import is an error of that entry."""
    result, sink = imported(Target(entries=[person(1), person(1), person(2)]))
    assert [failure.name for failure in result.errors] == ["duplicate-object"]
    assert len(sink) == 2


def failing(error: Exception):
    def hook(*_: Any) -> None:
        raise error

    return hook


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ServerDownError("gone"), "stopped-server-down"),
        (BadServerCredentialsError("no"), "stopped-bad-server-credentials"),
        (WarningNoWatermarkError("none"), "warning-no-watermark"),
        (ZeroDivisionError("x"), "stopped-extension-dll-exception"),
        (SystemExit(), "stopped-extension-dll-exception"),
    ],
)
@pytest.mark.parametrize(
    ("method", "reasons"),
    [
        ("get_schema", []),
        ("open_import_connection", [CloseReason.OPEN_CONNECTION_FAILURE]),
        ("get_import_entries", [CloseReason.UNKNOWN]),
        ("close_import_connection", [CloseReason.NORMAL]),
    ],
)
def test_an_error_anywhere_stops_the_run_in_mims_words(method, reasons, error, word):
    """The error's own result, Close once with the right reason, and nothing committed."""
    target = Target(entries=[person(1)], hooks={method: failing(error)})
    result, sink = imported(target, watermark="old")
    assert result.result == word
    assert result.error_detail
    assert result.watermark == "old"
    assert target.reasons() == reasons
    assert len(sink) == 0
    assert sink.watermark is None


def test_a_second_failure_in_close_does_not_hide_the_first(caplog):
    """The error that ended the run is told, the one of Close is logged."""
    target = Target(
        hooks={
            "get_import_entries": failing(ServerDownError("first")),
            "close_import_connection": failing(ValueError("second")),
        }
    )
    assert imported(target)[0].error_detail == "first"
    assert "second" in caplog.text


@pytest.mark.parametrize(
    ("hooks", "text"),
    [
        ({"open_import_connection": lambda *_: 5}, "open_import_connection gave int"),
        ({"get_import_entries": lambda *_: []}, "get_import_entries gave list"),
        ({"get_import_entries": lambda *_: page_of(7)}, "get_import_entries gave int"),
        ({"get_import_entries": lambda *_: page_of("abc")}, "get_import_entries gave str"),
        ({"close_import_connection": lambda *_: "x"}, "close_import_connection gave str"),
    ],
)
def test_nonsense_is_told_as_unexpected_data(hooks, text):
    """An answer of the wrong type stops the run with the method's name."""
    result, _ = imported(Target(hooks=hooks))
    assert result.result == "stopped-unexpected-data"
    assert text in result.error_detail


def page_of(entries: Any) -> Any:
    answer = page()
    answer.cs_entries = entries
    return answer


def test_nonsense_entries_are_errors_of_their_own():
    """What is no entry fails alone; any iterable is a page."""
    target = Target(hooks={"get_import_entries": lambda *_: page_of(iter([person(1), 5, None]))})
    result, sink = imported(target)
    assert [failure.name for failure in result.errors] == ["ImportErrorParseError"] * 2
    assert len(sink) == 1


def test_a_hanging_page_ends_the_run_and_close_is_owed():
    """A time-out is a clear error; Close comes once the call ends."""
    release, closed = threading.Event(), threading.Event()
    target = Target(
        hooks={
            "get_import_entries": lambda *_: release.wait() and page(),
            "close_import_connection": lambda *_: closed.set(),
        }
    )
    result, _ = imported(target, timeout=0.05)
    assert result.error_name == "CallTimeoutException"
    assert "get_import_entries did not come back" in result.error_detail
    assert not closed.is_set()
    release.set()
    assert closed.wait(5)
    assert target.reasons() == [CloseReason.UNKNOWN]


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        (CloseReason.TERMINATED_BY_USER, "stopped-user-termination-from-wmi-or-ui"),
        (CloseReason.TERMINATED_SHUTTING_DOWN, "stopped-service-shutdown"),
    ],
)
def test_a_stopped_run_closes_with_its_reason(reason, word):
    """Stopping works between pages; the connector learns why."""
    signal = StopSignal()
    target = Target(entries=[person(n) for n in range(9)])
    result, sink = imported(target, cancel=signal, progress=lambda _: signal.stop(reason))
    assert result.result == word
    assert result.pages == 1
    assert target.reasons() == [reason]
    assert len(sink) == 0


@pytest.mark.parametrize(
    "where",
    [
        "get_schema",
        "capabilities",
        "import_default_page_size",
        "open_import_connection",
        "get_import_entries",
        "close_import_connection",
    ],
)
def test_stopping_gives_up_a_hanging_call(monkeypatch, where):
    """A user's stop need not wait for the time-out, wherever the run is; a plain event will do."""
    monkeypatch.setattr(calls_module, "GRACE_SECONDS", 0.02)
    monkeypatch.setattr(calls_module, "POLL_SECONDS", 0.01)
    release, signal = threading.Event(), threading.Event()

    def hang(*_):
        signal.set()
        release.wait(5)

    class Hanging(Raw):
        @property
        def capabilities(self):
            return hang() if where == "capabilities" else self.target.capabilities

        @property
        def import_default_page_size(self):
            return hang() if where == "import_default_page_size" else 3

    target = Target(entries=[person(1)], hooks={where: hang})
    began = time.monotonic()
    result, sink = imported(target, connector=Hanging, cancel=signal, timeout=5)
    assert time.monotonic() - began < 2
    assert result.result == "stopped-user-termination-from-wmi-or-ui"
    assert len(sink) == 0
    release.set()


def test_endless_empty_pages_are_stopped(monkeypatch):
    """A connector that gets nowhere is told so; custom data that moves gives it more patience."""
    monkeypatch.setattr(connection_module, "MAX_EMPTY_PAGES_MOVING", 300)
    still = Target(hooks={"get_import_entries": lambda *_: page(more=True)})
    result, _ = imported(still)
    assert result.result == "stopped-unexpected-data"
    assert "101 empty pages in a row" in result.error_detail
    count = iter(range(10**6))
    moving = Target(
        hooks={"get_import_entries": lambda *_: page(more=True, custom_data=str(next(count)))}
    )
    assert "301 empty pages" in imported(moving)[0].error_detail


def test_too_many_errors_stop_the_run(monkeypatch):
    """A run gives up at the limit and keeps no more than that."""
    monkeypatch.setattr(imports_module, "ERROR_LIMIT", 4)
    target = Target(entries=[person(n, age="x") for n in range(50)])
    result, _ = imported(target)
    assert result.result == "stopped-error-limit"
    assert len(result.errors) == 4
    assert target.reasons() == [CloseReason.UNKNOWN]


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (MAImportError.IMPORT_ERROR_CUSTOM_STOP_RUN, "stopped-extensible-extension-error"),
        (MAImportError.IMPORT_ERROR_READ_ERROR, "stopped-import-read"),
    ],
)
def test_an_entry_may_stop_the_run(code, word):
    """CustomStopRun and ReadError end the run, CustomContinueRun does not."""
    bad = CSEntryChange.import_error("person", {"id": "1"}, code, detail="why")
    result, _ = imported(Target(entries=[bad, person(2)]))
    assert (result.result, result.error_detail) == (word, "why")
    go_on = CSEntryChange.import_error(
        "person", {"id": "1"}, MAImportError.IMPORT_ERROR_CUSTOM_CONTINUE_RUN
    )
    assert imported(Target(entries=[go_on]))[0].result == "completed-discovery-errors"


def test_what_a_connector_does_not_offer_is_refused():
    """No import interface, no delta, FULL_OBJECT by itself: a configuration error."""
    with pytest.raises(ConfigurationError, match="cannot import"):
        imported(Target(), connector=Base)
    no_delta = Target(capabilities=evolve(NO_DN, delta_import=False))
    with pytest.raises(ConfigurationError, match="no delta"):
        imported(no_delta, operation=DELTA)
    with pytest.raises(ConfigurationError, match="FULL_OBJECT"):
        imported(Target(), operation=OperationType.FULL_OBJECT)


class Broken(ListSink):
    abandoned = 0

    def stage(self, entries):
        raise OSError("disk full")

    def abandon(self):
        self.abandoned += 1


def test_a_failing_sink_closes_the_connector_and_comes_out():
    """The host's own error is raised; Close is called and the stage abandoned."""
    target, sink = Target(entries=[person(1)]), Broken()
    with pytest.raises(OSError, match="disk full"):
        imported(target, sink=sink)
    assert target.reasons() == [CloseReason.UNKNOWN]
    assert sink.abandoned == 1


def test_a_sink_may_refuse_an_entry():
    """What cannot be stored is an error of its entry."""

    class Reason:
        entry = person(1)
        reason = "a lone surrogate"

    class Picky(ListSink):
        def stage(self, entries):
            return ListReport(refused=[Reason()])

    result, _ = imported(Target(entries=[person(1)]), sink=Picky())
    assert result.errors[0].detail == "a lone surrogate"
    assert result.counts.staged == 0


def test_step_and_types_reach_the_connector():
    """Partition and selection are handed over; unselected types are counted."""
    some = Schema([PERSON.select(["name"])])
    seen = []

    class Curious(Raw):
        def open_import_connection(self, config_parameters, types, step):
            seen.append((types, step))
            return super().open_import_connection(config_parameters, types, step)

    inside = CSEntryChange.add("person", {"id": "1"}, dn="CN=a,DC=x")
    unit = CSEntryChange.add("unit", {"code": 1}, dn="CN=u,DC=x")
    outside = CSEntryChange.add("person", {"id": "2"}, dn="CN=a,DC=z")
    target = Target(entries=[inside, unit, outside], capabilities=LDAP)
    result, sink = imported(target, connector=Curious, types=some, partition=Partition("DC=x"))
    assert seen[0][0] is some
    assert seen[0][1].step_partition == Partition("DC=x")
    assert (len(sink), result.counts.dropped) == (1, 1)
    assert result.errors[0].name == "out-of-partition"


def test_runs_of_a_connector_without_concurrency_come_one_by_one():
    """ConcurrentOperation off: two imports never overlap; a waiting one can be stopped."""
    target = Target(capabilities=evolve(NO_DN, concurrent_operation=False), entries=[person(1)])
    source, go, started = target.source(), threading.Event(), threading.Event()
    target.hooks["get_import_entries"] = lambda *_: started.set() or (go.wait(5) and None)
    first = threading.Thread(target=lambda: run_import(source, ListSink()))
    first.start()
    assert started.wait(5)
    signal = StopSignal()
    signal.stop()
    stopped = run_import(source, ListSink(), cancel=signal)
    assert stopped.result == "stopped-user-termination-from-wmi-or-ui"
    second = threading.Thread(target=lambda: run_import(source, ListSink()))
    second.start()
    go.set()
    first.join(5)
    second.join(5)
    assert target.most_open == 1


def test_secrets_of_the_connector_stay_out_of_results():
    """Neither the run's error nor an entry's error shows an encrypted parameter."""
    parameters = ConfigParameters({"Password": SecureString("hunter2")})
    bad = CSEntryChange.import_error(
        "person", {"id": "1"}, MAImportError.IMPORT_ERROR_CUSTOM_CONTINUE_RUN, detail="hunter2"
    )
    target = Target(entries=[bad])
    result = run_import(target.source(parameters=parameters), ListSink())
    assert result.errors[0].detail == "***"
    target.hooks["get_import_entries"] = failing(ValueError("hunter2"))
    assert run_import(target.source(parameters=parameters), ListSink()).error_detail == "***"


def test_five_lines_import_a_connector_of_the_sugar():
    """A script needs a class, a source and a sink."""

    class Numbers(Connector, delta_import=True):
        def schema(self):
            return SCHEMA

        def import_entries(self, run):
            run.next_watermark = "10"
            return map(person, range(10))

    sink = ListSink()
    result = run_import(ConnectorSource(Numbers), sink)
    assert (result.result, result.watermark, len(sink)) == ("success", "10", 10)


def test_a_list_sink_follows_deltas():
    """Adds, updates, renames and deletes make of the objects what they say."""
    sink = ListSink(full=False)
    run = [
        CSEntryChange.add("person", {"id": "1"}, dn="CN=a", attributes={"name": "Ann"}),
        CSEntryChange.update(
            "person",
            {"id": "1"},
            changes=[AttributeChange.replace("name", "Bo"), AttributeChange.new_dn("CN=b")],
        ),
        person(2),
        CSEntryChange.delete("person", {"id": "2"}),
        CSEntryChange.delete("person", {"id": "3"}),
    ]
    assert not sink.stage(run).unknown
    report = sink.commit("w", complete=True, guard_share=0)
    only = next(iter(sink))
    assert (only.dn, only.attributes) == ("CN=b", {"name": "Bo"})
    assert (report.added, report.deleted) == (1, 0)
    assert len(sink.entries) == 5
    sink.stage([CSEntryChange.delete("person", {"id": "1"})])
    assert sink.commit("w", complete=True, guard_share=0).deleted == 1
