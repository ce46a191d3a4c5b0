"""An export session: batches, results, passes, and a connector that fails in every way."""

import threading
import time
from concurrent.futures import CancelledError
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from ecma2py.entries import (
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    CSEntryChangeResult,
    apply_change,
)
from ecma2py.errors import (
    DroppedConnectionError,
    ServerDownError,
)
from ecma2py.runs import (
    CommitFailedError,
    ExportSession,
    QueueFullError,
    SessionClosedError,
)
from ecma2py.runs import calls as calls_module
from ecma2py.steps import CloseReason
from tests.runs.sessions import (
    CLOSE,
    ERROR,
    KIND,
    Session,
    answering,
    failing,
    gate,
    renamed,
    until,
)
from tests.runs.zoo import LDAP, NO_DN, Base, Raw, Target, person, results


def test_a_change_is_written_recorded_and_answered():
    """Open, one batch, commit before the future resolves; the session stays open."""
    target = Target()
    with Session(target) as s:
        outcome = s.send(person(1, name="Ann"), context="ctx")
        assert outcome.is_success
        assert outcome.anchor == {"id": "1"}
        assert target.objects == {(("id", "1"),): {"name": "Ann"}}
        assert s.committed[0].context == "ctx"
        assert s.committed[0].applied.attributes == {"name": "Ann"}
        assert s.session.is_open
        s.send(renamed(1))
        assert target.names().count("open_export_connection") == 1
    assert target.reasons(CLOSE) == [CloseReason.NORMAL]
    assert target.instances == 2  # one described, one exported


def test_changes_that_wait_go_out_as_the_next_batch():
    """What came while a batch was under way is one batch, in order, bounded by the batch size."""
    target = Target()
    with Session(target, batch_size=4) as s:
        assert all(o.is_success for o in s.together(*(person(n) for n in range(6))))
    assert [len(batch) for batch in target.batches] == [1, 4, 2]
    assert [e.anchor["id"] for b in target.batches[1:] for e in b] == list("012345")


def test_changes_of_one_object_keep_their_order_in_batches_of_their_own():
    """No batch holds an object twice; others overtake, the object itself never."""
    target = Target()
    with Session(target) as s:
        s.together(renamed(1, "a"), renamed(2), renamed(1, "b"), renamed(1, "c"), renamed(3))
    sent = [[(e.anchor["id"], e.changes["name"].value) for e in b] for b in target.batches[1:]]
    assert sent == [[("1", "a"), ("2", "new"), ("3", "new")], [("1", "b")], [("1", "c")]]


def test_the_batch_size_is_the_connectors_within_its_limit():
    """Default, wish and limit."""
    for wanted, given_size in ((None, 50), (7, 7), (10**6, 100)):
        target = Target()
        with Session(target, batch_size=wanted) as s:
            s.send(person(1))
        step = next(call[1] for call in target.calls if call[0] == "open_export_connection")
        assert step.batch_size == given_size


def test_results_are_matched_by_identifier_not_by_place(caplog):
    """Shuffled results, missing ones (success), doubled ones and results for strangers."""

    def hook(connector, entries):
        bad = CSEntryChangeResult.failure(entries[1], ERROR.EXPORT_ERROR_INVALID_DN, "bad")
        return results(
            bad,
            CSEntryChangeResult.success(entries[2]),
            CSEntryChangeResult.failure(entries[2], ERROR.EXPORT_ERROR_DUPLICATE_ANCHOR, "twice"),
            bad,
            CSEntryChangeResult.success(person(99)),
        )

    target = Target(hooks={"put_export_entries": hook})
    with Session(target) as s:
        outcomes = s.together(person(0), person(1), person(2), person(3))
    assert [o.error_code for o in outcomes] == [
        ERROR.SUCCESS,
        ERROR.EXPORT_ERROR_INVALID_DN,
        ERROR.EXPORT_ERROR_DUPLICATE_ANCHOR,
        ERROR.SUCCESS,
    ]
    assert outcomes[1].error_detail == "bad"
    assert outcomes[1].error_name == "ExportErrorInvalidDN"
    assert "several results" in outcomes[2].notes[0]
    assert "which it was not sent" in caplog.text
    applied = [each.applied is not None for each in s.commits[1]]
    assert applied == [True, False, False, True]


def test_a_failure_of_no_entry_may_be_of_any_without_a_result():
    """Nothing is told as done that may have failed; what has a result keeps it."""

    def hook(connector, entries):
        stray = CSEntryChangeResult.failure(person(99), ERROR.EXPORT_ERROR_INVALID_DN, "bad DN")
        return results(CSEntryChangeResult.success(entries[0]), stray)

    target = Target(hooks={"put_export_entries": hook})
    with Session(target) as s:
        known, unknown = s.together(person(0), person(1))
    assert known.is_success
    assert unknown.error_code is ERROR.EXPORT_ERROR_CUSTOM_CONTINUE_RUN
    assert unknown.uncertain
    assert "bad DN" in unknown.error_detail


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (5, "put_export_entries gave int"),
        (results(5), "put_export_entries gave int where CSEntryChangeResult is due"),
        (results("ab"), "gave str"),
    ],
)
def test_nonsense_fails_the_batch_and_the_session_reopens(answer, text):
    """A wrong type is no success: the batch fails, the connector is closed and opened anew."""
    target = Target(hooks={"put_export_entries": lambda *_: answer})
    with Session(target) as s:
        outcome = s.send(person(1))
        assert text in outcome.error_detail
        assert outcome.uncertain
        target.hooks.clear()
        assert s.send(person(1)).is_success
    assert target.reasons(CLOSE) == [CloseReason.UNKNOWN, CloseReason.NORMAL]


def test_no_answer_at_all_is_success_and_unknown_codes_are_failures():
    """None means no results; a code outside the enum lets the run go on."""

    class Quiet(Raw):
        def put_export_entries(self, cs_entries):
            return None

    with Session(Target(), connector=Quiet) as s:
        assert s.send(person(1)).is_success
    odd = Target(hooks={"put_export_entries": answering(77)})  # type: ignore[arg-type]
    with Session(odd) as s:
        outcome = s.send(person(1))
        assert outcome.error_code is ERROR.EXPORT_ERROR_CUSTOM_CONTINUE_RUN
        assert "unknown error code 77" in outcome.notes[0]


@pytest.mark.parametrize("error", [DroppedConnectionError("lost"), ServerDownError("gone")])
def test_an_exception_fails_its_batch_and_the_next_one_opens_anew(error):
    """Every entry of the batch is told; whether it took effect is not known; Close is UNKNOWN."""
    target = Target(hooks={"put_export_entries": failing(error, times=1)})
    with Session(target) as s:
        outcome = s.send(person(1))
        assert not outcome.is_success
        assert outcome.retryable
        assert outcome.uncertain
        assert outcome.error_name == error.ecma_name
        assert outcome.error_detail == str(error)
        assert s.committed[0].applied is None
        assert s.send(person(1)).is_success
    assert target.reasons(CLOSE) == [CloseReason.UNKNOWN, CloseReason.NORMAL]
    assert target.names().count("open_export_connection") == 2


def test_a_connector_that_cannot_be_opened_is_closed_and_tried_again():
    """Open fails: OPEN_CONNECTION_FAILURE, the change was not sent, the next one tries anew."""
    target = Target(
        hooks={
            "open_export_connection": failing(ServerDownError("gone"), times=1),
            CLOSE: failing(ValueError("x"), times=1),
        }
    )
    with Session(target) as s:
        outcome = s.send(person(1))
        assert (outcome.retryable, outcome.uncertain) == (True, False)
        assert outcome.error_detail == "gone"
        assert s.send(person(1)).is_success
    assert target.reasons(CLOSE) == [CloseReason.OPEN_CONNECTION_FAILURE, CloseReason.NORMAL]


def test_a_connector_that_cannot_export_says_so():
    """No interface, no export; a failing description fails the change."""
    with Session(Target(), connector=Base) as s:
        assert "cannot export" in s.send(person(1)).error_detail
    with Session(Target(hooks={"get_schema": failing(ServerDownError("gone"))})) as s:
        assert s.send(person(1)).error_detail == "gone"


def test_a_hanging_batch_times_out_and_the_session_goes_on():
    """A time-out is told as such; Close is owed; other changes go through a new instance."""
    release, closed = gate(), threading.Event()
    target = Target(hooks={"put_export_entries": lambda *_: release.wait() and None})
    target.hooks[CLOSE] = lambda *_: closed.set()
    with Session(target, source={"timeout": 0.1}) as s:
        outcome = s.send(person(1))
        assert outcome.error_name == "CallTimeoutException"
        assert (outcome.uncertain, outcome.retryable) == (True, True)
        target.hooks.pop("put_export_entries")
        assert s.send(person(2)).is_success
        assert not closed.is_set()
        release.set()
        assert closed.wait(5)


def test_a_connector_that_ends_its_thread_fails_its_batch_only():
    """SystemExit in a batch is that batch's failure."""

    def leave(*_):
        raise SystemExit(3)

    target = Target(hooks={"put_export_entries": leave})
    with Session(target) as s:
        assert s.send(person(1)).error_name == "ConnectorDiedException"
        target.hooks.clear()
        assert s.send(person(1)).is_success


def test_a_stop_result_closes_the_session_and_what_came_after_is_not_done():
    """CustomStopRun: entries behind it without a result are failures, not successes."""

    def hook(connector, entries):
        if len(entries) < 3:
            return None
        return results(
            connector.apply(entries[0]),
            CSEntryChangeResult.failure(entries[1], ERROR.EXPORT_ERROR_CUSTOM_STOP_RUN, "full"),
        )

    target = Target(hooks={"put_export_entries": hook})
    with Session(target) as s:
        good, stop, after = s.together(person(0), person(1), person(2))
        assert good.is_success
        assert stop.error_code is ERROR.EXPORT_ERROR_CUSTOM_STOP_RUN
        assert "the run ended before it: full" in after.error_detail
        assert after.uncertain
    assert target.reasons(CLOSE) == [CloseReason.UNKNOWN]


def test_a_result_that_names_a_lost_connection_is_retryable_and_reopens():
    """The sugar reports a lost target entry by entry; the session is opened anew."""
    lost = CSEntryChangeResult.failure

    def hook(connector, entries):
        code = ERROR.EXPORT_ERROR_CONNECTED_DIRECTORY_ERROR
        return results(lost(entries[0], code, "lost", name="DroppedConnectionException"))

    target = Target(hooks={"put_export_entries": hook})
    with Session(target) as s:
        assert s.send(person(1)).retryable
        assert not s.session.is_open


def test_an_idle_session_closes_and_opens_again():
    """After idle_seconds Close is called; the next change opens."""
    target = Target()
    with Session(target, idle_seconds=0.03) as s:
        s.send(person(1))
        until(lambda: target.reasons(CLOSE) == [CloseReason.NORMAL])
        assert not s.session.is_open
        assert s.send(person(2)).is_success
    assert target.reasons(CLOSE) == [CloseReason.NORMAL] * 2


def test_a_failing_close_does_not_change_results(caplog):
    """The changes are written; Close's failure is logged."""
    target = Target(hooks={CLOSE: failing(ValueError("stuck"))})
    with Session(target) as s:
        assert s.send(person(1)).is_success
    assert "stuck" in caplog.text


def test_the_queue_is_bounded_and_closed_sessions_refuse():
    """Too many waiting changes are refused at once; so is everything after close."""
    target, release, started = Target(), gate(), gate()
    target.hooks["put_export_entries"] = lambda *_: started.set() or (release.wait(5) and None)
    with Session(target, max_waiting=2) as s:
        s.session.submit(person(0))
        assert started.wait(5)
        s.session.submit(person(1))
        s.session.submit(person(2))
        assert s.session.waiting == 2
        with pytest.raises(QueueFullError, match="2 changes wait"):
            s.session.submit(person(3))
    with pytest.raises(SessionClosedError):
        s.session.submit(person(4))
    assert len(target.objects) == 3  # close finishes what was taken
    ExportSession(target.source()).close()


def test_close_without_draining_does_not_wait_for_a_connector_that_describes_itself(monkeypatch):
    """Nobody waits for the time-out of ``get_schema``, or for what it would have been asked for."""
    monkeypatch.setattr(calls_module, "GRACE_SECONDS", 0.02)
    monkeypatch.setattr(calls_module, "POLL_SECONDS", 0.01)
    asked, release = gate(), gate()

    def hang(*_):
        asked.set()
        release.wait(5)

    with Session(Target(hooks={"get_schema": hang})) as s:
        future = s.session.submit(person(1))
        assert asked.wait(5)
        began = time.monotonic()
        s.session.close(drain=False, timeout=5)
        assert time.monotonic() - began < 2
        with pytest.raises(SessionClosedError):
            future.result(0)


def test_close_without_draining_refuses_what_waits():
    """Waiting changes fail, the one under way ends, Close gets the reason."""
    target, release, started = Target(), gate(), gate()
    target.hooks["put_export_entries"] = lambda *_: started.set() or (release.wait(5) and None)
    with Session(target) as s:
        first = s.session.submit(person(0))
        assert started.wait(5)
        second, third = s.session.submit(person(1)), s.session.submit(person(2))
        assert third.cancel()
        s.session.close(CloseReason.TERMINATED_SHUTTING_DOWN, drain=False, timeout=0)
        with pytest.raises(SessionClosedError):
            second.result(5)
        release.set()
        assert first.result(5).is_success
        s.session.close(timeout=5)
    assert target.reasons(CLOSE) == [CloseReason.TERMINATED_SHUTTING_DOWN]


def test_a_cancelled_change_is_not_sent():
    """A caller that gives up before the batch leaves no trace."""
    target, release, started = Target(), gate(), gate()
    target.hooks["put_export_entries"] = lambda *_: started.set() or (release.wait(5) and None)
    with Session(target) as s:
        s.session.submit(person(0))
        assert started.wait(5)
        future = s.session.submit(person(1))
        assert future.cancel()
        release.set()
        with pytest.raises(CancelledError):
            future.result(5)
    assert len(target.objects) == 1


def test_a_commit_that_fails_fails_the_futures_clearly():
    """The target has the change, the host not: the future says so, with the cause."""

    def commit(batch):
        raise OSError("disk full")

    target = Target()
    with Session(target, commit=commit) as s:
        future = s.session.submit(person(1))
        with pytest.raises(CommitFailedError, match=r"has the change.*disk full") as caught:
            future.result(5)
        assert isinstance(caught.value.__cause__, OSError)
        target.hooks["put_export_entries"] = answering(ERROR.EXPORT_ERROR_INVALID_DN)
        with pytest.raises(CommitFailedError, match="The change failed, and"):
            s.session.submit(person(2)).result(5)
    assert len(target.objects) == 1


def test_one_change_that_cannot_be_recorded_costs_no_other_its_record():
    """A batch that cannot be committed is committed change by change."""
    recorded: list[Any] = []

    def commit(batch):
        if any(each.change.anchor == {"id": "2"} for each in batch):
            raise ValueError("no room for 2")
        recorded.extend(each.change.anchor["id"] for each in batch)

    target = Target()
    with Session(target, commit=commit) as s, pytest.raises(CommitFailedError, match="no room"):
        s.together(person(1), person(2), person(3))
    assert recorded == ["first", "1", "3"]
    assert len(target.objects) == 4


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["add", "set", "mail", "delete"])), max_size=14
    ),
    st.integers(1, 6),
    st.booleans(),
)
def test_the_outcome_is_the_same_for_every_batch_size(work, size, merges):
    """However changes fall into batches, the target ends as if they had come one by one."""
    changes = []
    for turn, (number, kind) in enumerate(work):
        if kind == "add":
            changes.append(person(number, name=f"n{turn}"))
        elif kind == "set":
            changes.append(renamed(number, f"n{turn}"))
        elif kind == "mail":
            change = AttributeChange.update("mail", [f"m{turn}"])
            changes.append(CSEntryChange.update("person", {"id": str(number)}, changes=[change]))
        else:
            changes.append(CSEntryChange.delete("person", {"id": str(number)}))
    wanted: dict[Any, Any] = {}
    for change in changes:
        key = tuple(change.anchor.items())
        if change.object_modification_type is KIND.DELETE:
            wanted.pop(key, None)
        else:
            wanted[key] = apply_change(wanted.get(key, {}), change)
    target = Target(capabilities=evolve(NO_DN, delete_add_as_replace=merges))
    with Session(target, batch_size=size) as s:
        assert all(future.is_success for future in s.together(*changes))
    target.objects.pop((("id", "first"),))
    assert target.objects == wanted
    assert all(len(batch) <= size for batch in target.batches)


def test_many_threads_may_submit():
    """Concurrent submitters all get their own outcome."""
    target = Target()
    with Session(target) as s:
        found: list[Any] = []

        def work(number: int) -> None:
            for turn in range(20):
                outcome = s.send(renamed(f"{number}-{turn}"))
                found.append(outcome.anchor["id"] == f"{number}-{turn}")

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert len(found) == 160
    assert all(found)
    assert AttributeModificationType.REPLACE in {
        e.changes["name"].modification_type for b in target.batches for e in b
    }


def test_what_waited_for_a_later_pass_when_the_session_ended_is_told():
    """A retry that cannot be sent any more fails with the reason the session ended."""

    def hook(connector, entries):
        if len(entries) < 2:
            return None
        retry, stop = (
            ERROR.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE,
            ERROR.EXPORT_ERROR_CUSTOM_STOP_RUN,
        )
        return results(
            CSEntryChangeResult.failure(entries[0], retry),
            CSEntryChangeResult.failure(entries[1], stop, "full"),
        )

    with Session(Target(hooks={"put_export_entries": hook})) as s:
        waiting, _ = s.together(person(1, name="Ann", manager="2"), person(2))
    assert waiting.error_detail == "Not sent again, because the session ended: full"
    assert s.commits[1][0].applied.attributes == {"name": "Ann"}


def test_a_rename_and_a_change_of_the_new_name_keep_their_order():
    """The new DN names the object too."""
    moved = CSEntryChange.update(
        "person", {}, dn="CN=a,DC=x", changes=[AttributeChange.new_dn("CN=b,DC=x")]
    )
    then = CSEntryChange.update(
        "person", {}, dn="CN=b,DC=x", changes=[AttributeChange.replace("name", "Bo")]
    )
    target = Target(capabilities=evolve(LDAP, is_dn_as_anchor=True))
    with Session(target) as s:
        first, _ = s.together(moved, then)
    assert first.new_dn == "CN=b,DC=x"
    assert [len(batch) for batch in target.batches] == [1, 1, 1]


def test_changes_without_a_type_pass_through_every_capability():
    """A DN as anchor may come without object type; nothing of it is withheld."""
    capabilities = evolve(LDAP, is_dn_as_anchor=True, no_reference_values_in_first_export=True)
    change = CSEntryChange.update(
        None, {}, dn="CN=a", changes=[AttributeChange.update("member", ["CN=b"])]
    )
    target = Target(capabilities=capabilities)
    with Session(target) as s:
        assert s.send(change).passes == 1
        assert s.send(person(1, name="Ann")).passes == 1
