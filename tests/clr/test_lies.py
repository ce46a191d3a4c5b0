"""What no connector should answer is told, fails what it is about alone, and costs no more memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.errors import UnexpectedDataError
from ecma2py.parameters import ConfigParameters
from ecma2py.runs import ConnectorSource, ImportResult, ListSink, run_import
from ecma2py.workers import WorkerPool
from tests.clr.building import assembly
from tests.clr.hosted import Ours
from tests.clr.workers import SOURCES, workers

MONO, CORECLR = RuntimeKind.MONO, RuntimeKind.CORECLR


@pytest.fixture(scope="module")
def dll(ours: Ours, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembly(
        tmp_path_factory.mktemp("lies") / "Lies.dll",
        (SOURCES / "Lies.cs").read_text(encoding="utf-8"),
        references=[ours.contract, Path("System.Core.dll")],
    )


@pytest.fixture(scope="module", params=[MONO, CORECLR], ids=lambda kind: kind.value)
def pool(request: pytest.FixtureRequest, dll: Path, cache: Path) -> Iterator[WorkerPool]:
    """Workers whose memory has bounds."""
    with workers(request.param, dll, cache, warm=1, memory_limit_mb=1_600) as found:
        yield found


def given(lie: str) -> ConfigParameters:
    return ConfigParameters({"Lie": lie})


def imported(pool: WorkerPool, lie: str) -> tuple[ImportResult, list[Any]]:
    """The result, and the keys of what was imported."""
    sink = ListSink()
    result = run_import(ConnectorSource(pool, given(lie), name="net"), sink)
    return result, [each.anchor["id"] for each in sink.entries]


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        ("huge values", "takes more than can be passed at once (127 MB)"),
        ("huge bytes", "takes more than can be passed at once (127 MB)"),
        ("null anchor", "no value for the anchor 'id'"),
        ("no anchor", "no value for the anchor 'id'"),
        ("no type", "no object type"),
        ("unknown type", "no object type 'martian'"),
        ("unconfigured", "does not say whether the object is added"),
        ("own class", "cannot be read (NullReferenceException"),
        ("silence in an entry", "cannot be read (Silence: )"),
        ("half name", "holds half of a character pair"),
    ],
)
def test_an_entry_fails_alone(pool: WorkerPool, lie: str, told: str) -> None:
    """Whatever is wrong with one entry, the next one is imported."""
    result, keys = imported(pool, lie)

    assert told in " ".join(each.detail for each in result.errors), result
    assert keys == ["2"]


def test_an_entry_that_cannot_be_read_is_named(pool: WorkerPool) -> None:
    """The error has the anchor of the entry, as far as that can be read."""
    result, _ = imported(pool, "huge values")

    assert [each.anchor for each in result.errors] == [{"id": "1"}]


@pytest.mark.parametrize(
    ("lie", "name", "told"),
    [
        ("null page", "UnexpectedDataException", "get_import_entries gave NoneType"),
        ("count", "IndexOutOfRangeException", "Index was outside the bounds"),
        ("negative count", "UnexpectedDataException", "says that it has -1 of them"),
        ("count that throws", "InvalidOperationException", "no count"),
        ("long page", "UnexpectedDataException", "ask for fewer objects at a time"),
        ("silence", "Silence", "Silence without a text"),
    ],
)
def test_a_page_fails_with_its_run(pool: WorkerPool, lie: str, name: str, told: str) -> None:
    """What is wrong with the list of entries is told, and the worker goes on to live."""
    result, _ = imported(pool, lie)

    assert (result.error_name, told in result.error_detail) == (name, True), result


def test_a_large_page_is_passed(pool: WorkerPool) -> None:
    """A value of 100 MB and 200,000 objects at a time come through."""
    assert imported(pool, "huge value")[1] == ["1", "2"]
    assert len(imported(pool, "huge page")[1]) == 200_000


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        ("attribute type", "77 for the data type of attribute 'x', which is no AttributeType"),
        ("export type", "99 for export_type, which is no MAExportType"),
        ("null partition", "null among the partitions"),
    ],
)
def test_what_it_says_of_itself_is_checked(pool: WorkerPool, lie: str, told: str) -> None:
    """An unknown number and a missing object are told with where they are."""
    with pytest.raises(UnexpectedDataError, match=told):
        ConnectorSource(pool, given(lie)).describe()


def test_a_node_that_is_missing_is_told(pool: WorkerPool) -> None:
    """Null where a node of the hierarchy is due is an error of the connector."""
    connector: Any = pool()
    with pytest.raises(UnexpectedDataError, match="null among the nodes"):
        connector.get_hierarchy(given("null node"), None)
    connector.release()
