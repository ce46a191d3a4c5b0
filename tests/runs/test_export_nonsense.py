"""An export outlives whatever a connector answers: an entry fails, nobody waits for ever."""

from typing import Any

import pytest
from attrs import evolve

from ecma2py.entries import AttributeChange, AttributeModificationType, CSEntryChangeResult
from ecma2py.errors import (
    EntryExportError,
    MAExportError,
    ObjectNotFoundError,
    ServerDownError,
)
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.runs import CommitFailedError, ConnectorSource, ExportSession
from ecma2py.runs.batches import Batch
from ecma2py.steps import PutExportEntriesResults
from tests.runs.sessions import CLOSE, ERROR, Session
from tests.runs.zoo import NO_DN, Target, person, results

REFUSED = MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION
SECRET = ConfigParameters({"Key": SecureString("hunter22")})


class Mute(Exception):
    """Cannot tell its text."""

    def __str__(self) -> str:
        return self.args  # type: ignore[return-value]


class Unprepared(EntryExportError):
    """Made without what its base class sets."""

    def __init__(self) -> None:
        pass


def answer(**given: Any):
    """One result of every entry, with these fields."""
    return lambda _, entries: results(
        *(CSEntryChangeResult(entry.identifier, **given) for entry in entries)
    )


@pytest.mark.parametrize("parameters", [ConfigParameters(), SECRET], ids=["plain", "secret"])
@pytest.mark.parametrize(
    ("detail", "text"),
    [(None, ""), (ValueError("why hunter22"), "why"), (404, "404"), (["a"], "['a']")],
    ids=["null", "exception", "number", "list"],
)
def test_a_detail_that_is_no_text_is_told_as_one(
    detail: Any, text: str, parameters: ConfigParameters
) -> None:
    """A result may carry anything for its name and detail; its code counts, no secret is told."""
    target = Target()
    with Session(target, source={"parameters": parameters}) as s:
        for names in ({"error_detail": detail}, {"error_detail": detail, "error_name": detail}):
            target.hooks["put_export_entries"] = answer(error_code=REFUSED, **names)
            outcome = s.send(person(1))
            assert outcome.error_code is REFUSED
            assert outcome.error_detail.startswith(text)
            assert parameters == ConfigParameters() or "hunter22" not in repr(outcome)
        target.hooks.clear()
        assert s.send(person(2)).is_success


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"error_code": ["bad"]}, "error code is list"),
        ({"error_code": {}}, "error code is dict"),
        ({"anchor_attributes": ["id"]}, "hold str"),
        ({"anchor_attributes": {"id": "7"}}, "hold str"),
        ({"anchor_attributes": [None]}, "hold NoneType"),
        (
            {"anchor_attributes": [AttributeChange(["id"], AttributeModificationType.ADD)]},  # type: ignore[arg-type]
            "hold AttributeChange",
        ),
        (
            {
                "anchor_attributes": [
                    AttributeChange("id", AttributeModificationType.ADD, value_changes="7")  # type: ignore[arg-type]
                ]
            },
            "no ValueChange",
        ),
    ],
)
def test_a_result_that_nobody_understands_fails_its_entry_alone(
    given: dict[str, Any], text: str
) -> None:
    """The others keep theirs, and whether the entry was written is not known."""
    target = Target()

    def hook(connector: Any, entries: Any) -> Any:
        bad = CSEntryChangeResult(entries[0].identifier, **given)
        return results(bad, *(connector.apply(entry) for entry in entries[1:]))

    target.hooks["put_export_entries"] = hook
    with Session(target) as s:
        bad, good = s.together(person(1), person(2))
        assert bad.error_code is ERROR.EXPORT_ERROR_CUSTOM_CONTINUE_RUN
        assert text in bad.error_detail
        assert bad.uncertain
        assert good.is_success
        assert s.session.is_open


def test_an_identifier_that_is_none_belongs_to_no_entry(caplog: pytest.LogCaptureFixture) -> None:
    """It is told, and the entries count as those without a result."""
    target = Target()
    target.hooks["put_export_entries"] = lambda *_: results(
        CSEntryChangeResult(["no"]),  # type: ignore[arg-type]
        CSEntryChangeResult(None),  # type: ignore[arg-type]
    )
    with Session(target) as s:
        assert s.send(person(1)).is_success
    assert caplog.text.count("was not sent") == 2


def _clear(_: Any, entries: list[Any]) -> None:
    entries.clear()


def _rename(_: Any, entries: list[Any]) -> PutExportEntriesResults:
    given = results(*map(CSEntryChangeResult.success, entries))
    for entry in entries:
        entry._identifier = None
    return given


@pytest.mark.parametrize("work", [_clear, _rename], ids=["list", "identifiers"])
def test_what_a_connector_was_given_is_its_own(work: Any) -> None:
    """A connector may use up the list, or spoil the entries, without harm to anybody."""
    target = Target(hooks={"put_export_entries": work})
    with Session(target) as s:
        assert all(outcome.is_success for outcome in s.together(person(1), person(2)))
        target.hooks.clear()
        assert s.send(person(3)).is_success


@pytest.mark.parametrize("parameters", [ConfigParameters(), SECRET], ids=["plain", "secret"])
@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ServerDownError(OSError("no route")), "no route"),
        (ObjectNotFoundError(404), "404"),
        (ObjectNotFoundError(None), "ExportErrorConnectedDirectoryMissingObject"),
        (Mute(), "Mute"),
        (Unprepared(), "ExportErrorCustomContinueRun"),
    ],
    ids=["exception", "number", "null", "mute", "unprepared"],
)
def test_an_error_that_holds_no_text_is_told(
    error: Exception, text: str, parameters: ConfigParameters
) -> None:
    """The batch fails with what can be told of it, and the next one goes out."""
    target = Target()

    def hook(*_: Any) -> None:
        raise error

    with Session(target, source={"parameters": parameters}) as s:
        target.hooks["put_export_entries"] = hook
        outcome = s.send(person(1))
        assert not outcome.is_success
        assert text in outcome.error_detail
        target.hooks.clear()
        assert s.send(person(2)).is_success


@pytest.mark.parametrize("place", ["run", "_run"])
def test_a_mistake_of_our_own_fails_the_batch_and_the_next_one_opens_anew(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong in the session's thread, all who wait are told."""

    def broken(self: Batch, jobs: Any) -> None:
        raise KeyError("a mistake")

    target = Target()
    target.capabilities = evolve(NO_DN, concurrent_operation=False)
    with Session(target) as s:
        with monkeypatch.context() as patch:
            patch.setattr(Batch, place, broken)
            future = s.session.submit(person(1))
            if place == "run":
                with pytest.raises(CommitFailedError, match="a mistake"):
                    future.result(5)
            else:
                outcome = future.result(5)
                assert outcome.uncertain
                assert "a mistake" in outcome.error_detail
        assert not s.session.is_open
        assert s.send(person(2)).is_success
    assert len(target.reasons(CLOSE)) == 2


def test_failure_takes_what_has_a_text() -> None:
    """An exception or nothing may be the detail of a failure."""
    entry = person(1)

    assert CSEntryChangeResult.failure(entry, REFUSED, ValueError("x")).error_detail == "x"
    assert CSEntryChangeResult.failure(entry, REFUSED, None).error_detail == ""


def test_a_factory_that_raises_what_cannot_be_read() -> None:
    """A connector that cannot be made fails the change, not the thread."""

    def factory() -> object:
        raise Mute

    session = ExportSession(ConnectorSource(factory, timeout=5))
    assert "Mute" in session.submit(person(1)).result(5).error_detail
    assert "Mute" in session.submit(person(2)).result(5).error_detail
    session.close(timeout=5)
