"""An export session: batches, results, passes, and a connector that fails in every way."""

import threading
import time
from concurrent.futures import CancelledError
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from ecma2py.capabilities import MAExportType
from ecma2py.entries import (
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    CSEntryChangeResult,
    ObjectModificationType,
    apply_change,
)
from ecma2py.errors import (
    DroppedConnectionError,
    EntryExportError,
    MAExportError,
    PasswordPolicyViolationError,
    ServerDownError,
)
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.runs import (
    CommitFailedError,
    Exported,
    ExportOutcome,
    ExportSession,
    ListSink,
    QueueFullError,
    SessionClosedError,
    run_import,
)
from ecma2py.runs import batches as batches_module
from ecma2py.schema import AttributeOperation, Schema, SchemaAttribute, SchemaType
from ecma2py.steps import CloseReason, ConnectionSecurityLevel
from tests.runs.zoo import LDAP, NO_DN, Base, Raw, Target, person, results

CLOSE = "close_export_connection"
ERROR = MAExportError
KIND = ObjectModificationType


class Session:
    """A session on a target, with what it committed."""

    def __init__(self, target: Target, *, source: dict[str, Any] | None = None, **options: Any):
        self.target = target
        self.commits: list[list[Exported]] = []
        commit = options.pop("commit", lambda batch: self.commits.append(list(batch)))
        connector = options.pop("connector", None)
        options.setdefault("idle_seconds", 60)
        made = target.source(connector, **{"timeout": 5, **(source or {})})
        self.session = ExportSession(made, commit=commit, **options)
        self.source = made

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        for event in GATES:
            event.set()
        GATES.clear()
        self.session.close(timeout=5)

    def send(self, change: CSEntryChange, **options: Any) -> ExportOutcome:
        """Submit and wait."""
        return self.session.submit(change, **options).result(5)

    def together(self, *changes: CSEntryChange, **options: Any) -> list[ExportOutcome]:
        """Submit all of them while a batch is under way, so that they go out as the next one."""
        started, go = gate(), gate()
        hook = self.target.hooks.get("put_export_entries")

        def hold(connector, entries):
            started.set()
            go.wait(5)
            self.target.hooks.pop("put_export_entries")
            if hook:
                self.target.hooks["put_export_entries"] = hook

        self.target.hooks["put_export_entries"] = hold
        first = self.session.submit(person("first"))
        assert started.wait(5)
        futures = [self.session.submit(change, **options) for change in changes]
        go.set()
        first.result(5)
        return [future.result(5) for future in futures]

    @property
    def committed(self) -> list[Exported]:
        return [each for batch in self.commits for each in batch]


GATES: list[threading.Event] = []


def gate() -> threading.Event:
    GATES.append(threading.Event())
    return GATES[-1]


def renamed(number: int | str, name: str = "new") -> CSEntryChange:
    change = AttributeChange.replace("name", name)
    return CSEntryChange.update("person", {"id": str(number)}, changes=[change])


def answering(*codes: MAExportError):
    """Results of these codes for the first entry of each batch; then everything is applied."""
    left = list(codes)

    def hook(connector, entries):
        if not left:
            return None
        return results(
            CSEntryChangeResult(entries[0].identifier, left.pop(0), error_detail="why"),
            *(connector.apply(entry) for entry in entries[1:]),
        )

    return hook


def failing(error: Exception, *, times: int = 10**9):
    count = iter(range(times))

    def hook(*_):
        if next(count, None) is not None:
            raise error

    return hook


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
            CSEntryChangeResult.failure(person(99), ERROR.EXPORT_ERROR_DUPLICATE_ANCHOR),
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


def until(true: Any) -> None:
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


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


def test_assigned_anchors_and_names_are_taken_over():
    """Anchors come back through the result; other names are left alone, wrong types noted."""

    def hook(connector, entries):
        connector.apply(entries[0])
        added = [
            AttributeChange.add("id", "77"),
            AttributeChange.add("DN", "CN=x"),
            AttributeChange.add("name", "ignored"),
        ]
        return results(CSEntryChangeResult(entries[0].identifier, anchor_attributes=added))

    with Session(Target(hooks={"put_export_entries": hook})) as s:
        outcome = s.send(CSEntryChange.add("person", attributes={"name": "Ann"}))
    assert (outcome.anchor, outcome.new_anchor) == ({"id": "77"}, {"id": "77"})
    assert outcome.new_dn == "CN=x"

    def wrong(connector, entries):
        return results(CSEntryChangeResult.success(entries[0], {"id": 5}))

    with Session(Target(hooks={"put_export_entries": wrong})) as s:
        outcome = s.send(CSEntryChange.add("person", attributes={"name": "Ann"}))
        assert outcome.error_code is ERROR.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT
        assert outcome.notes
        assert s.committed[0].applied is None
        kept = s.send(person(1))
        assert kept.is_success
        assert kept.new_anchor is None


def test_an_anchor_among_the_attributes_is_enough():
    """An Add may carry its anchor as an attribute; a DN may be the anchor."""
    with Session(Target()) as s:
        outcome = s.send(CSEntryChange.add("person", attributes={"id": "5"}))
        assert outcome.anchor == {"id": "5"}
    dn_only = Target(capabilities=evolve(LDAP, is_dn_as_anchor=True))
    with Session(dn_only) as s:
        assert s.send(CSEntryChange.add("person", dn="CN=a")).is_success
        assert s.send(CSEntryChange.delete(None, {}, dn="CN=a")).is_success


def test_convert_update_to_add_sends_the_whole_object():
    """The object is gone in the target: it is added with all it should have."""
    action = ERROR.EXPORT_ACTION_CONVERT_UPDATE_TO_ADD
    target = Target(hooks={"put_export_entries": answering(action)})
    with Session(target) as s:
        outcome = s.send(renamed(1, "Bo"), current=lambda: {"name": "Ann", "mail": ["a"]})
    assert outcome.is_success
    assert outcome.passes == 2
    again = target.batches[1][0]
    assert again.object_modification_type is KIND.ADD
    assert again.attributes == {"name": "Bo", "mail": ["a"]}
    assert s.committed[0].applied.object_modification_type is KIND.UPDATE


@pytest.mark.parametrize("current", [None, failing(OSError("space is gone"))])
def test_convert_update_to_add_needs_the_object(current):
    """Without its attributes the object is missing, or the reader's own error is told."""
    action = ERROR.EXPORT_ACTION_CONVERT_UPDATE_TO_ADD
    with Session(Target(hooks={"put_export_entries": answering(action)})) as s:
        outcome = s.send(renamed(1), current=current)
    if current is None:
        assert outcome.error_code is ERROR.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT
    else:
        assert outcome.error_detail == "space is gone"


def test_actions_are_bounded():
    """A connector that asks for the same again and again gets the final error."""
    action = ERROR.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE
    target = Target(hooks={"put_export_entries": answering(*[action] * 50)})
    with Session(target) as s:
        outcome = s.send(renamed(1))
    assert outcome.error_code is ERROR.EXPORT_ERROR_REFERENCE_ATTRIBUTE_FAILURE
    assert len(target.batches) == batches_module.MAX_RETRIES + 1


def test_retried_references_come_again_alone():
    """The rest was taken; an Add is followed by an Update of the references."""
    action = ERROR.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE
    target = Target(hooks={"put_export_entries": answering(action)})
    with Session(target) as s:
        outcome = s.send(person(1, name="Ann", manager="2", member=["3"]))
        assert outcome.is_success
        again = target.batches[1][0]
        assert again.object_modification_type is KIND.UPDATE
        assert set(again.changes) == {"manager", "member"}
        assert again.changes["member"].data_type.name == "REFERENCE"
        assert s.committed[0].applied.attributes["manager"] == "2"
        target.hooks["put_export_entries"] = answering(action)
        both = CSEntryChange.update(
            "person",
            {"id": "1"},
            changes=[AttributeChange.replace("name", "x"), AttributeChange.update("member", ["9"])],
        )
        assert s.send(both).is_success
        assert set(target.batches[-1][0].changes) == {"member"}


def test_an_add_that_got_no_name_comes_again_whole():
    """Without an anchor nothing was made: the whole Add is repeated."""
    action = ERROR.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE
    target = Target(hooks={"put_export_entries": answering(action, ERROR.EXPORT_ERROR_INVALID_DN)})
    with Session(target) as s:
        s.send(CSEntryChange.add("person", attributes={"manager": "2"}))
    assert target.batches[1][0].object_modification_type is KIND.ADD


def test_what_was_taken_before_a_later_pass_failed_is_recorded():
    """References fail for good: the object without them is in the target and in the record."""
    action, final = (
        ERROR.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE,
        ERROR.EXPORT_ERROR_REFERENCE_ATTRIBUTE_FAILURE,
    )
    target = Target(hooks={"put_export_entries": answering(action, final)})
    with Session(target) as s:
        outcome = s.send(person(1, name="Ann", manager="2"))
    assert outcome.error_code is final
    assert s.committed[0].applied.attributes == {"name": "Ann"}


CHILD = CSEntryChange.add("person", {"id": "1"}, dn="CN=a,OU=x,OU=y,DC=z")


def tree(target: Target, *existing: str):
    """A directory: an object needs its parent."""
    made = set(existing)

    def hook(connector, entries):
        answers = []
        for entry in entries:
            parent = entry.dn.split(",", 1)[1]
            if parent in made:
                made.add(entry.dn)
                connector.apply(entry)
            else:
                answers.append(
                    CSEntryChangeResult.failure(entry, ERROR.EXPORT_ACTION_PROVISIONING_PARENT)
                )
        return results(*answers)

    target.hooks["put_export_entries"] = hook


def test_missing_parents_are_provisioned_once_and_first():
    """Two children, one missing branch: each parent goes once, bare, before its children."""
    target = Target(capabilities=LDAP)
    with Session(target) as s:
        s.send(CSEntryChange.add("unit", {"code": 1}, dn="OU=first,DC=z"))
        tree(target, "DC=z")
        other = CSEntryChange.add("person", {"id": "2"}, dn="CN=b,OU=x,OU=y,DC=z")
        futures = [s.session.submit(CHILD), s.session.submit(other)]
        assert all(future.result(5).is_success for future in futures)
    parents = [e for b in target.batches for e in b if e.dn in ("OU=x,OU=y,DC=z", "OU=y,DC=z")]
    made = [e.dn for e in parents if e.dn == "OU=y,DC=z"]
    assert len(made) == 1
    assert all(e.object_type == "unit" and not e.attributes for e in parents)
    recorded = [each.change.dn for each in s.committed if each.outcome.is_success]
    assert [each.applied is None for each in s.committed] == [False, True, True, False, False]
    assert recorded.index("OU=y,DC=z") < recorded.index("OU=x,OU=y,DC=z") < recorded.index(CHILD.dn)


@pytest.mark.parametrize("dn", ["CN=a,O=x,DC=z", "CN=a", "a,b"])
def test_a_parent_of_no_type_cannot_be_provisioned(dn):
    """Only types with that DN component can be parents."""
    target = Target(capabilities=LDAP)
    tree(target)
    target.hooks["put_export_entries"] = answering(ERROR.EXPORT_ACTION_PROVISIONING_PARENT)
    with Session(target) as s:
        outcome = s.send(CSEntryChange.add("person", {"id": "1"}, dn=dn))
    assert outcome.error_code is ERROR.EXPORT_ERROR_NON_EXISTING_PARENT


def test_a_parent_that_fails_fails_its_child():
    """The child is tried again and refused; passes are bounded."""
    target = Target(capabilities=LDAP)

    def hook(connector, entries):
        return results(
            *(
                CSEntryChangeResult.failure(
                    e,
                    ERROR.EXPORT_ERROR_PERMISSION_ISSUE
                    if e.object_type == "unit"
                    else ERROR.EXPORT_ACTION_PROVISIONING_PARENT,
                )
                for e in entries
            )
        )

    target.hooks["put_export_entries"] = hook
    with Session(target) as s:
        outcome = s.send(CHILD)
    assert outcome.error_code is ERROR.EXPORT_ERROR_NON_EXISTING_PARENT
    assert [each.applied for each in s.committed] == [None, None]


def test_endless_parents_end(monkeypatch):
    """A branch deeper than the passes allow is given up."""
    monkeypatch.setattr(batches_module, "MAX_PASSES", 3)
    target = Target(capabilities=LDAP)
    tree(target)
    with Session(target) as s:
        outcome = s.send(CSEntryChange.add("person", {"id": "1"}, dn="CN=a" + ",OU=b" * 40))
    assert "ever more passes" in outcome.error_detail


def test_references_are_withheld_into_a_second_pass():
    """NoReferenceValuesInFirstExport: first the object, then an Update with its references."""
    target = Target(capabilities=evolve(NO_DN, no_reference_values_in_first_export=True))
    with Session(target) as s:
        assert s.send(person(1, name="Ann", manager="2")).passes == 2
        first, second = target.batches[0][0], target.batches[1][0]
        assert first.attributes == {"name": "Ann"}
        assert second.object_modification_type is KIND.UPDATE
        assert second.changes["manager"].value == "2"
        mixed = CSEntryChange.update(
            "person",
            {"id": "1"},
            changes=[AttributeChange.replace("name", "x"), AttributeChange.update("member", ["9"])],
        )
        assert s.send(mixed).passes == 2
        only = CSEntryChange.update(
            "person", {"id": "1"}, changes=[AttributeChange.update("member", ["8"])]
        )
        assert s.send(only).passes == 1
        assert s.send(CSEntryChange.delete("person", {"id": "1"})).passes == 1


def test_the_second_pass_goes_by_the_assigned_anchor():
    """The Update of the references carries the anchor the first pass brought."""
    capabilities = evolve(
        NO_DN,
        no_reference_values_in_first_export=True,
        export_type=MAExportType.OBJECT_REPLACE,
    )

    def hook(connector, entries):
        if entries[0].object_modification_type is KIND.ADD:
            return results(CSEntryChangeResult.success(entries[0], {"id": "77"}))
        return None

    target = Target(capabilities=capabilities, hooks={"put_export_entries": hook})
    with Session(target) as s:
        assert s.send(
            CSEntryChange.add("person", attributes={"name": "A", "manager": "2"})
        ).is_success
    again = target.batches[1][0]
    assert again.anchor == {"id": "77"}
    assert again.object_modification_type is KIND.REPLACE
    assert again.attributes == {"name": "A", "manager": "2"}


@pytest.mark.parametrize("is_on", [True, False])
def test_delete_and_add_become_a_replace_where_the_connector_wants_it(is_on):
    """Delete and Add of one object that wait together: one Replace, or one after the other."""
    target = Target(capabilities=evolve(NO_DN, delete_add_as_replace=is_on))
    with Session(target) as s:
        outcomes = s.together(
            CSEntryChange.delete("person", {"id": "1"}), person(1, name="Bo"), renamed(1)
        )
        assert all(o.is_success for o in outcomes)
    kinds = [e.object_modification_type.name for b in target.batches[1:] for e in b]
    assert kinds == (["REPLACE", "UPDATE"] if is_on else ["DELETE", "ADD", "UPDATE"])
    recorded = [each.applied.object_modification_type.name for each in s.committed[1:]]
    assert recorded == ["DELETE", "ADD", "UPDATE"]


def test_only_a_delete_that_waits_alone_becomes_a_replace():
    """An Add after anything but the Delete of the same type keeps its place."""
    target = Target(capabilities=evolve(NO_DN, delete_add_as_replace=True))
    with Session(target) as s:
        s.together(
            renamed(1),
            person(1),
            CSEntryChange.delete("person", {"id": "2"}),
            renamed(2),
            person(2),
        )
    assert "REPLACE" not in [e.object_modification_type.name for b in target.batches for e in b]


def test_a_password_is_set_after_the_add():
    """export_password goes through SetPassword, never into the entry or the record."""
    target = Target()
    with Session(target) as s:
        outcome = s.send(person(1, name="Ann", export_password="S3cret!"))
        assert outcome.is_success
        assert target.batches[0][0].attributes == {"name": "Ann"}
        assert target.passwords == {"1": "S3cret!"}
        assert s.committed[0].applied.attributes == {"name": "Ann"}
        change = AttributeChange.replace("export_password", "N3w!")
        s.send(CSEntryChange.update("person", {"id": "1"}, changes=[change]))
        assert target.passwords == {"1": "N3w!"}
        assert len(target.batches) == 1
        names = target.names()
        assert names.index("put_export_entries") < names.index("set_password")


def test_a_refused_password_is_the_outcome_but_the_object_is_recorded():
    """The object is there without its password; the detail says so, without the password."""
    target = Target(
        hooks={"set_password": failing(PasswordPolicyViolationError("S3cret! is weak"))}
    )
    with Session(target) as s:
        outcome = s.send(person(1, export_password="S3cret!"))
    assert outcome.error_code is ERROR.EXPORT_ERROR_PASSWORD_POLICY_VIOLATION
    assert outcome.error_detail == "The object is written, but its password is not set: *** is weak"
    assert s.committed[0].applied is not None


def test_a_failed_add_sets_no_password():
    """SetPassword comes only after success."""
    target = Target(hooks={"put_export_entries": answering(ERROR.EXPORT_ERROR_INVALID_DN)})
    with Session(target) as s:
        s.send(person(1, export_password="S3cret!"))
    assert target.passwords == {}


def test_export_password_in_first_pass_sends_it_with_the_add():
    """The capability puts the password into the Add; the record still has none."""
    target = Target(capabilities=evolve(NO_DN, export_password_in_first_pass=True))
    with Session(target) as s:
        assert s.send(person(1, export_password="S3cret!")).is_success
        assert target.batches[0][0].attributes == {"export_password": "S3cret!"}
        assert s.committed[0].applied.attributes == {}
        target.hooks["put_export_entries"] = failing(ValueError("S3cret! leaked"))
        assert s.send(person(2, export_password="S3cret!")).error_detail == "*** leaked"


def test_without_password_interface_the_schema_decides():
    """An export_password attribute takes it; without one the change is refused unsent."""
    off = evolve(NO_DN, support_password=False)
    target = Target(capabilities=off)
    with Session(target) as s:
        outcome = s.send(person(1, export_password="S3cret!"))
    assert "can take none" in outcome.error_detail
    assert target.batches == []
    own = SchemaAttribute.single("export_password", operation=AttributeOperation.EXPORT_ONLY)
    schema = Schema([SchemaType("person", [SchemaAttribute.anchor("id"), own])])
    target = Target(capabilities=off, schema=schema)
    with Session(target) as s:
        assert s.send(person(1, export_password="S3cret!")).is_success
    assert target.batches[0][0].attributes == {"export_password": "S3cret!"}


def test_a_connection_that_is_not_secure_is_refused_unless_allowed():
    """NotSecure needs the host's word."""
    target = Target(security=ConnectionSecurityLevel.NOT_SECURE)
    with Session(target) as s:
        assert "not secure" in s.send(person(1, export_password="x")).error_detail
    with Session(target, allow_not_secure=True) as s:
        assert s.send(person(1, export_password="x")).is_success


def test_a_connector_without_concurrency_has_one_thing_open_at_a_time():
    """Export, password and import of one source never overlap; nobody waits for idle time."""
    target = Target(capabilities=evolve(NO_DN, concurrent_operation=False))
    with Session(target) as s:
        assert s.send(person(1, export_password="x")).is_success
        assert s.send(person(2)).is_success
        assert run_import(s.source, ListSink()).is_success
        assert s.send(person(3, export_password="x")).is_success
        assert run_import(s.source, ListSink()).is_success
    assert target.most_open == 1
    assert target.open_now == 0


def test_secrets_of_the_parameters_stay_out_of_outcomes():
    """Results and exceptions are cleaned."""
    parameters = ConfigParameters({"Password": SecureString("hunter2")})

    def hook(connector, entries):
        code = ERROR.EXPORT_ERROR_CUSTOM_CONTINUE_RUN
        return results(CSEntryChangeResult.failure(entries[0], code, "hunter2", name="hunter2"))

    target = Target(hooks={"put_export_entries": hook})
    with Session(target, source={"parameters": parameters}) as s:
        outcome = s.send(person(1))
        assert (outcome.error_detail, outcome.error_name) == ("***", "***")
        target.hooks["put_export_entries"] = failing(EntryExportError("hunter2"))
        assert s.send(person(1)).error_detail == "***"


def test_an_entry_that_cannot_be_converted_fails_alone():
    """An unknown type or attribute fails its own change; the rest of the batch goes out."""
    target = Target()
    with Session(target) as s:
        bad, good = s.together(person(1, zzz="x"), person(2))
        assert bad.error_code is ERROR.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE
        assert good.is_success
        empty = CSEntryChange.update("person", {"id": "1"})
        assert s.send(empty).is_success
        assert s.session.submit(renamed(1)).result(5).is_success
    assert len(target.batches) == 3


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
