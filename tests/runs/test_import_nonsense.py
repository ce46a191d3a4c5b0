"""An import outlives whatever a connector gives: an entry fails, or the run stops and says why."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from ecma2py import (
    CloseImportConnectionResults,
    ConfigParameters,
    Connector,
    CSEntryChange,
    GetImportEntriesResults,
    ImportRun,
    MADistinguishedNameStyle,
    MAImportError,
    ObjectModificationType,
    OpenImportConnectionResults,
    OperationType,
    Schema,
    SecureString,
)
from ecma2py.runs import ConnectorSource, ListSink, run_import
from ecma2py.space import SpaceValueError, SqliteSpace
from tests.runs.zoo import NO_DN, SCHEMA, Target, page, person

ADD = ObjectModificationType.ADD
PARSE = MAImportError.IMPORT_ERROR_PARSE_ERROR


class Mute:
    """Has no text."""

    def __str__(self) -> str:
        raise RuntimeError("mute")

    __repr__ = __str__


def made(**given: Any) -> CSEntryChange:
    """An entry with nonsense somewhere."""
    facts: dict[str, Any] = {"object_type": "person", "modification": ADD, "anchor": {"id": "1"}}
    return CSEntryChange(**{**facts, **given})


@pytest.mark.parametrize("parameters", [{}, {"Key": SecureString("hunter22")}], ids=["", "secret"])
@pytest.mark.parametrize(
    ("entry", "name", "text"),
    [
        (made(anchor={"id": ["x"]}), "ImportErrorInvalidAttributeValue", "list"),
        (made(anchor={"id": {"x"}}), "ImportErrorInvalidAttributeValue", "set"),
        (made(anchor=None), "missing-anchor-value", "'id'"),
        (made(anchor=["1"]), "ImportErrorParseError", "'anchor' of the entry is list"),
        (made(anchor=5, error_code_import=PARSE), "ImportErrorParseError", ""),
        (made(attributes=[("name", "x")]), "ImportErrorParseError", "'attributes'"),
        (made(attributes={"name": Mute()}), "ImportErrorInvalidAttributeValue", "Mute"),
        (made(changes=("x",)), "ImportErrorParseError", "'changes'"),
        (made(object_type=["person"]), "ImportErrorMissingObjectType", "list"),
        (made(object_type=5), "ImportErrorMissingObjectType", "int"),
        (made(modification=[]), "ImportErrorMissingChangeType", ""),
        (made(error_code_import=99), "ImportErrorCustomContinueRun", "99"),
        (made(error_code_import="bad", error_name="mine"), "mine", "'bad'"),
        (made(error_code_import=PARSE, error_detail=None), "ImportErrorParseError", ""),
        (made(error_code_import=PARSE, error_detail=KeyError("x")), "ImportErrorParseError", "x"),
        (made(error_code_import=PARSE, error_name=7), "7", ""),
        (
            CSEntryChange.import_error("person", {"id": "1"}, PARSE, detail=OSError("hunter22")),
            "ImportErrorParseError",
            "",
        ),
        (made(error_code_import=PARSE, error_detail=Mute()), "ImportErrorParseError", "mute"),
    ],
)
def test_an_entry_that_is_nonsense_fails_alone(
    entry: CSEntryChange, name: str, text: str, parameters: dict[str, SecureString]
) -> None:
    """Whatever is in an entry, the others are imported, and its failure says what it was."""
    target = Target(entries=[person(2), evolve(entry), person(3)])
    sink = ListSink()

    source = target.source(timeout=5, parameters=ConfigParameters(parameters))
    result = run_import(source, sink)

    assert result.result == "completed-discovery-errors"
    (failure,) = result.errors
    assert failure.name == (name or failure.name)
    assert text in failure.detail
    assert not parameters or "hunter22" not in repr(failure)
    assert [each.anchor["id"] for each in sink] == ["2", "3"]


def test_null_parts_of_an_entry_are_empty() -> None:
    """.NET's habits: what is null holds nothing."""
    sink = ListSink()
    entries = [made(attributes=None), made(anchor={"id": "2"}, changes=None)]

    assert run_import(Target(entries=entries).source(timeout=5), sink).result == "success"
    assert [each.attributes for each in sink] == [{}, {}]


@pytest.mark.parametrize(
    "answer",
    [
        CSEntryChange.add("person", {"id": ["x"]}),
        CSEntryChange("person", ADD, anchor=None),  # type: ignore[arg-type]
        "nothing",
    ],
)
def test_nonsense_for_an_object_asked_for_whole_costs_nothing_else(answer: Any) -> None:
    """The delta counts, the answer fails, and the object is still wanted."""

    def hook(connector: Any, _: Any) -> Any:
        if connector.step.import_type is OperationType.FULL_OBJECT:
            return page([answer])
        return None

    change = CSEntryChange.update("person", {"id": "9"})
    target = Target(entries=[person(1), change], hooks={"get_import_entries": hook})
    target.capabilities = evolve(NO_DN, delta_import=True)
    sink = ListSink(full=False)

    result = run_import(
        target.source(timeout=5), sink, operation=OperationType.DELTA, watermark="w"
    )

    assert result.result == "completed-discovery-errors"
    assert "need-full-object" in [failure.name for failure in result.errors]
    assert len(result.errors) == 2
    assert len(sink) == 1


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("open_import_connection", OpenImportConnectionResults(5)),  # type: ignore[arg-type]
        ("get_import_entries", GetImportEntriesResults(custom_data=b"w")),  # type: ignore[arg-type]
        ("close_import_connection", CloseImportConnectionResults(5)),  # type: ignore[arg-type]
    ],
)
def test_a_watermark_that_is_no_text_stops_the_run(method: str, answer: Any) -> None:
    """Nothing is committed, and the connector is closed once."""
    target = Target(entries=[person(1)], hooks={method: lambda *_: answer})
    sink = ListSink()

    result = run_import(target.source(timeout=5), sink)

    assert result.result == "stopped-unexpected-data"
    assert f"custom_data of {method}" in result.error_detail
    assert (len(sink), len(target.reasons())) == (0, 1)


class Marking(Connector):
    """Leaves whatever it was told as its watermark."""

    mark: Any = 5

    def schema(self) -> Schema:
        return SCHEMA

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        yield person(1)
        run.next_watermark = self.mark


def test_the_space_is_free_after_an_import_that_could_not_be_committed(tmp_path: Path) -> None:
    """A watermark that cannot be stored ends its own import, not the next one."""
    space = SqliteSpace.open(
        tmp_path / "space.db",
        connector="x",
        schema=SCHEMA,
        dn_style=MADistinguishedNameStyle.NONE,
    )

    def load(mark: Any) -> str:
        source = ConnectorSource(type("Made", (Marking,), {"mark": mark}), timeout=5)
        return run_import(source, space.begin_import(True, 1)).result

    assert load(5) == "stopped-unexpected-data"
    with pytest.raises(SpaceValueError, match="watermark"):
        load("\ud800")
    assert space.count("person") == 0
    assert load("w") == "success"
    assert space.watermark() == "w"
    space.close()
