"""Nothing is lost or changed on the wire, and nonsense on it harms nobody."""

import os
import subprocess
import sys
from contextlib import suppress
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ecma2py
from ecma2py import errors
from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.errors import ECMA2Error, MAExportError, UnexpectedDataError
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameters,
    ParameterValidationResult,
    SecureString,
)
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.schema import ChangeTypeDescription, Schema
from ecma2py.steps import (
    CloseImportConnectionRunStep,
    CloseReason,
    GetImportEntriesResults,
    GetImportEntriesRunStep,
    OpenImportConnectionRunStep,
    PasswordOptions,
    PutExportEntriesResults,
    WriteImportFileRunStep,
)
from ecma2py.workers.channel import BrokenChannelError, Channel
from ecma2py.workers.codec import Codec
from ecma2py.workers.faults import fault, rebuilt
from ecma2py.workers.pages import EntryWriter
from ecma2py.workers.wire import ENTRIES, Encoded
from tests.workers import strategies
from tests.workers.shapes import shape


def passed(*message: Any, codec: Codec | None = None) -> Any:
    """What the other side has of a message."""
    found = Codec().decode(memoryview((codec or Codec()).encode(*message)))
    return found[0] if len(message) == 1 else found


@given(strategies.schemas())
def test_a_schema_arrives_as_it_was(schema: Schema) -> None:
    """Types and attributes keep every property and their order, whatever their names."""
    assert shape(passed(schema)) == shape(schema)


@given(st.lists(strategies.entries, max_size=6))
def test_a_page_arrives_as_it_was(entries: list[CSEntryChange]) -> None:
    """Any text, any number, any bytes, any change: a page on the other side is equal to it."""
    page = GetImportEntriesResults(cs_entries=entries, custom_data="\ud800", more_to_import=True)
    assert shape(passed(page)) == shape(page)


@given(st.lists(strategies.entries, min_size=1, max_size=6))
def test_a_batch_arrives_as_it_was(entries: list[CSEntryChange]) -> None:
    """A list of entries, and one entry alone, are equal on the other side."""
    assert shape(passed(["put_export_entries", [entries]])) == shape(
        ["put_export_entries", [entries]]
    )
    assert shape(passed(entries[0])) == shape(entries[0])


@given(st.lists(st.tuples(strategies.changes, st.sampled_from(MAExportError), strategies.texts)))
def test_results_arrive_as_they_were(given: list[Any]) -> None:
    """Identifier, code, name, detail and anchors of each result are those given."""
    results = PutExportEntriesResults(
        [
            CSEntryChangeResult(UUID(int=at), code, anchor_attributes=[change], error_detail=text)
            for at, (change, code, text) in enumerate(given)
        ]
    )
    assert shape(passed(results)) == shape(results)


def test_a_schema_type_is_told_once() -> None:
    """A batch names by number the types that an earlier one told, and they are still known."""
    kind = ecma2py.SchemaType("person", [ecma2py.SchemaAttribute.anchor("id")])
    batch = [CSEntryChange("person", schema_type=kind), CSEntryChange("person", schema_type=kind)]
    here, there = Codec(), Codec()
    first, second = here.encode(batch), here.encode(batch)

    assert len(second) < len(first)
    for data in (first, second):
        (found,) = there.decode(memoryview(data))
        assert [each.schema_type for each in found] == [kind, kind]
        assert found[0].schema_type is found[1].schema_type


@pytest.mark.parametrize(
    "value",
    [
        ConfigParameters({"Server": "x", "Password": SecureString("p\ud800"), "Empty": ""}),
        OpenImportConnectionRunStep(
            page_size=7,
            custom_data="w",
            step_partition=Partition("DC=x", "X", hidden_by_default=True),
            inclusion_hierarchy_nodes=[HierarchyNode("OU=a", "a")],
        ),
        GetImportEntriesRunStep(full_object_entries=[CSEntryChange.delete("person", {"id": "1"})]),
        CloseImportConnectionRunStep(reason=CloseReason.TERMINATED_BY_USER, custom_data="c"),
        WriteImportFileRunStep(file_path=Path("some", "fïle.txt")),
        ecma2py.MACapabilities(
            normalizations=ecma2py.MANormalizations.UPPERCASE
            | ecma2py.MANormalizations.REMOVE_ACCENTS
        ),
        [Partition.default(), HierarchyNode("OU=x", "x")],
        [
            ConfigParameterDefinition.drop_down("Kind", ["a", "b,c"], "a", extensible=True),
            ConfigParameterDefinition.encrypted_string("Password", "x+", required=True),
            ConfigParameterDefinition.label("Words"),
            ConfigParameterDefinition.divider(),
        ],
        ParameterValidationResult.failure("No.", "Server"),
        Schema(change_type=ChangeTypeDescription("changetype", add="A"), types=[]),
        PasswordOptions.UNLOCK_ACCOUNT | PasswordOptions.VALIDATE_PASSWORD,
        PasswordOptions(64),
        2**200,
        -(2**63) - 1,
        [1.5, None, True, b"\0", {"a": [1, "\udfff"]}],
    ],
    ids=lambda value: type(value).__name__,
)
def test_all_of_the_vocabulary_arrives_as_it_was(value: Any) -> None:
    """Parameters, steps, capabilities, partitions and the rest are equal on the other side."""
    assert shape(passed(value)) == shape(value)


class Colour(Enum):
    RED = "red"


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "value", [Decimal(1), Colour.RED, Text("x"), {1}, object(), UUID(int=1), bytearray(b"x")]
)
def test_what_is_no_value_keeps_the_name_of_its_class(value: Any) -> None:
    """It is not turned into a value in silence: the host refuses it as it would have at home."""
    for attributes in ({"a": value, "c": 1}, {"b": [1, value], "c": [1]}, {"d": {"e": value}}):
        entry = CSEntryChange.add("person", {"id": "1"}, attributes=attributes)
        (found,) = passed([entry])
        assert shape(found.attributes) == shape(attributes)


class Cursed(CSEntryChange):
    @property
    def rdn(self) -> str:
        raise ValueError("no")

    def __getattribute__(self, name: str) -> Any:
        if name == "attributes":
            raise ValueError("the lake is poisoned")
        return super().__getattribute__(name)


def test_an_entry_that_cannot_be_read_leaves_the_others() -> None:
    """What is no entry, raises, or holds itself is that entry's trouble alone."""
    endless: list[Any] = []
    endless.append(endless)
    sound = CSEntryChange.add("person", {"id": "1"}, attributes={"n": "x"})
    knot = CSEntryChange.add("person", {"id": "2"}, attributes={"n": endless})

    found = passed(GetImportEntriesResults(cs_entries=[sound, Cursed(), 5, knot, None])).cs_entries

    assert shape(found[0]) == shape(sound)
    assert "the lake is poisoned" in found[1].error_detail
    assert type(found[2]).__name__ == "int"
    assert "Recursion" in type(found[3]).__name__ + str(getattr(found[3], "error_detail", ""))
    assert type(found[4]).__name__ == "NoneType"


def test_a_buffer_made_elsewhere_is_passed_on() -> None:
    """A bridge to another language gives its page in wire form, and it is not looked at."""
    data = EntryWriter().page([CSEntryChange.add("person", {"id": "1"})])

    page = passed(GetImportEntriesResults(cs_entries=Encoded(ENTRIES, data)))  # type: ignore[arg-type]

    assert page.cs_entries[0].anchor == {"id": "1"}


def _errors() -> list[type[ECMA2Error]]:
    found = [each for each in vars(errors).values() if isinstance(each, type)]
    return [each for each in found if issubclass(each, ECMA2Error)]


@pytest.mark.parametrize("kind", _errors(), ids=lambda kind: kind.__name__)
def test_every_error_of_ecma2_arrives_as_itself(kind: type[ECMA2Error]) -> None:
    """Class, text, notes and all that says where it happened are those of the connector's error."""
    error = kind("What happened \ud800.")
    error.dn, error.object_type, error.attribute_name = "CN=x", "person", "mail"
    error.add_note("By the way.")

    found = rebuilt(passed(fault(error)))

    assert type(found) is kind
    assert shape(found) == shape(error)
    assert found.__notes__ == ["By the way."]


def test_details_of_errors_arrive() -> None:
    """Error code and name, parameter and seconds are told, also those of a class of one's own."""

    class Own(errors.EntryError):
        error_code = MAExportError.EXPORT_ERROR_INVALID_DN

    for error in (
        errors.EntryExportError("x", MAExportError.EXPORT_ERROR_DUPLICATE_ANCHOR, error_name="n"),
        errors.InvalidParameterError("x", parameter_name="Server"),
        errors.ServerBusyError("Later", retry_after=7),
        Own("x"),
    ):
        assert shape(rebuilt(passed(fault(error)))) == shape(error)


@pytest.mark.parametrize("error", [KeyError("a"), ZeroDivisionError("by"), OSError(2, "gone", "f")])
def test_other_exceptions_keep_name_and_text(error: Exception) -> None:
    """The host says of them what it would have said of the exception itself."""
    found = rebuilt(passed(fault(error)))
    assert isinstance(found, Exception)
    assert (type(found).__name__, str(found)) == (type(error).__name__, str(error))


def test_what_ends_a_thread_ends_it_here_too() -> None:
    """SystemExit is no Exception there, nor here."""
    assert type(rebuilt(passed(fault(SystemExit(3))))) is SystemExit


def test_a_missing_library_names_the_extra() -> None:
    """Who has installed the SDK alone is told what workers need."""
    code = "import sys; sys.modules['msgspec'] = None; import ecma2py.workers"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'ecma2py[host]'" in done.stderr


@given(st.binary(max_size=60))
def test_bytes_that_are_no_message_are_refused(data: bytes) -> None:
    """Whatever bytes come, there is a message or an UnexpectedDataError."""
    with suppress(UnexpectedDataError):
        assert isinstance(Codec().decode(memoryview(data)), list)


@pytest.mark.parametrize("sent", [b"\0", b"\0\0\0\5abc", b"\xff\xff\xff\xffabc"])
def test_half_a_frame_is_no_frame(sent: bytes) -> None:
    """A frame that is cut short, or longer than any may be, breaks the connection."""
    reader, writer = os.pipe()
    os.write(writer, sent)
    os.close(writer)
    channel = Channel(reader, os.open(os.devnull, os.O_WRONLY))
    with pytest.raises(BrokenChannelError):
        channel.receive()
    channel.close()
