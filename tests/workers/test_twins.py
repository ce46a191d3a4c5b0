"""A script of calls has the same trace in this process and in a worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py.connector import protocols
from ecma2py.connector.protocols import INTERFACES
from ecma2py.entries import CSEntryChange
from ecma2py.errors import UnexpectedDataError
from ecma2py.parameters import ConfigParameterPage, ConfigParameters, SecureString
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.runs import ConnectorSource, ListSink, run_import
from ecma2py.schema import Schema, SchemaAttribute, SchemaType
from ecma2py.steps import (
    CloseExportConnectionRunStep,
    CloseImportConnectionRunStep,
    GetImportEntriesRunStep,
    OpenExportConnectionRunStep,
    OpenImportConnectionRunStep,
    OperationType,
    PasswordOptions,
    ReadExportFileRunStep,
    WriteImportFileRunStep,
)
from ecma2py.workers import Recipe, WorkerPool, channel
from examples.csv_file import CsvFile
from tests.host.serving import ROOT
from tests.workers import strategies, twins
from tests.workers.conftest import MakePool
from tests.workers.shapes import shape

Script = list[tuple[str, list[Any]]]
MEMBERS = sorted(
    {name for each in INTERFACES for name in vars(each) if not name.startswith("_")},
)


@pytest.fixture(scope="module")
def remote() -> Iterator[Any]:
    """The echo in a worker; it is asked by many examples, one after another."""
    settings = {"type": "tests.workers.twins:Echo", "path": str(ROOT)}
    pool = WorkerPool(Recipe(name="echo", settings=settings), warm=0)
    connector = pool()
    yield connector
    connector.release()
    pool.close()


def trace(connector: Any, script: Script) -> list[Any]:
    """What each call of *script* gives or raises."""
    found = []
    for name, arguments in script:
        try:
            member = getattr(connector, name)
            found.append(shape(member(*arguments) if callable(member) else member))
        except Exception as error:
            found.append(shape(error))
    return found


parameters = st.dictionaries(
    strategies.names, strategies.texts | strategies.texts.map(SecureString), max_size=4
).map(ConfigParameters)
batches = st.lists(strategies.entries, max_size=4).map(
    lambda found: [each for each in found if each.identifier]
)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """A life of every kind, with arguments of every kind."""
    config, types, text = draw(parameters), draw(strategies.schemas()), draw(strategies.texts)
    entry = draw(strategies.entries)
    page = draw(st.sampled_from(ConfigParameterPage))
    secret = SecureString(text)
    return [
        ("open_export_connection", [config, types, OpenExportConnectionRunStep(batch_size=3)]),
        ("put_export_entries", [draw(batches)]),
        ("put_export_entries", [draw(batches)]),
        ("close_export_connection", [CloseExportConnectionRunStep()]),
        ("import_default_page_size", []),
        ("open_import_connection", [config, types, OpenImportConnectionRunStep(custom_data=text)]),
        (
            "get_import_entries",
            [GetImportEntriesRunStep(custom_data=text, full_object_entries=[entry])],
        ),
        ("close_import_connection", [CloseImportConnectionRunStep(custom_data=text)]),
        ("get_schema", [config]),
        ("capabilities", []),
        ("get_capabilities_ex", [config]),
        ("get_config_parameters", [config, page]),
        ("validate_config_parameters", [config, page]),
        ("get_config_parameters_ex", [config, page, 2]),
        ("validate_config_parameters_ex", [config, page, 2]),
        ("get_partitions", [config]),
        ("get_hierarchy", [config, HierarchyNode(text, text)]),
        ("open_password_connection", [config, draw(st.none() | st.builds(Partition, texts))]),
        ("get_connection_security_level", []),
        ("set_password", [entry, secret, PasswordOptions.UNLOCK_ACCOUNT]),
        ("change_password", [entry, secret, SecureString("")]),
        ("close_password_connection", []),
    ]


texts = st.text(max_size=8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(script=scripts())
def test_a_script_has_the_same_trace(remote: Any, script: Script) -> None:
    """Whatever a connector is given, gives and raises: it is the same from a worker."""
    assert trace(remote, script) == trace(twins.Echo(), script)


def test_files_are_handed_over_by_their_path(remote: Any, tmp_path: Path) -> None:
    """The worker writes and reads the files that the host names."""
    path = tmp_path / "fïle"
    empty = ConfigParameters()
    remote.write_import_file(empty, Schema(), WriteImportFileRunStep(file_path=path))
    assert path.read_text(encoding="utf-8") == "written"
    script: Script = [
        ("read_export_file", [empty, Schema(), ReadExportFileRunStep(file_path=path)])
    ]
    assert trace(remote, script) == trace(twins.Echo(), script)


def test_a_proxy_has_the_interfaces_of_its_connector(pool: MakePool, remote: Any) -> None:
    """It satisfies the protocols that the connector in the worker satisfies, and no other."""
    found = pool("ImportOnly")()
    here = twins.ImportOnly()
    assert {each for each in INTERFACES if isinstance(found, each)} == {
        each for each in INTERFACES if isinstance(here, each)
    }
    assert all(isinstance(remote, each) for each in INTERFACES)
    assert not isinstance(found, protocols.IMAExtensible2CallExport)
    assert not hasattr(found, "put_export_entries")
    found.release()


@settings(max_examples=1)
@given(script=scripts())
def test_the_script_calls_every_member(script: Script) -> None:
    """No member of the twelve interfaces is left out of the comparison."""
    called = {"write_import_file", "read_export_file"}
    called |= {name for name, _ in script}
    sizes = {"import_max_page_size", "export_default_page_size", "export_max_page_size"}
    assert set(MEMBERS) == called | sizes


def test_a_bridge_is_given_buffers(pool: MakePool) -> None:
    """A connector that asks for them gets batches as they came, and its own are passed on."""
    bridge: Any = pool("Bridge")()
    batch = [CSEntryChange.add("person", {"id": "1"}, attributes={"n": "\ud800"})]
    assert bridge.put_export_entries(batch).cs_entry_change_results == []
    page = bridge.get_import_entries(GetImportEntriesRunStep())
    assert shape(page.cs_entries) == shape(batch)
    bridge.release()


def test_the_examples_import_as_they_do_here(tmp_path: Path) -> None:
    """The example of a CSV file gives the same entries from a worker, full and delta."""
    file = tmp_path / "people.csv"
    file.write_text("id,name,mail\n1,Ann,a@x|b@x\n2,Bob,\n", encoding="utf-8")
    given = ConfigParameters({"File": str(file), "Multi-valued columns": "mail"})
    settings = {"type": "examples.csv_file:CsvFile", "path": str(ROOT)}
    pool = WorkerPool(Recipe(name="csv", settings=settings), warm=1)
    found = {}
    for name, factory in (("here", CsvFile), ("there", pool)):
        source, sink, later = ConnectorSource(factory, given), ListSink(), ListSink()
        first = run_import(source, sink)
        delta = run_import(source, later, operation=OperationType.DELTA, watermark="{}")
        # The example reads columns in the order of a set, which differs from process to process.
        entries = [
            (e.anchor, sorted(e.attributes.items())) for e in (*sink.entries, *later.entries)
        ]
        found[name] = (first.result, first.watermark, delta.result, entries)
    pool.close()
    assert found["here"] == found["there"]
    assert found["here"][0] == "success"


def test_a_page_of_thousands_is_one_answer(remote: Any) -> None:
    """A page need not be small: what it holds comes whole."""
    batch = [
        CSEntryChange.add("person", {"id": str(each)}, attributes={"n": "x" * 1000})
        for each in range(10_000)
    ]
    remote.put_export_entries(batch)
    page = remote.get_import_entries(GetImportEntriesRunStep())
    assert [each.anchor for each in page.cs_entries] == [each.anchor for each in batch]


def test_what_was_too_long_to_be_sent_is_told_again(
    remote: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that cannot be passed is refused by name, and the next one is whole without it."""
    kind = SchemaType("person", [SchemaAttribute.anchor("id"), SchemaAttribute.single("n")])

    def change(value: str) -> CSEntryChange:
        entry = CSEntryChange.add("person", {"id": "1"}, attributes={"n": value})
        entry.schema_type = kind
        return entry

    monkeypatch.setattr(channel, "MAX_FRAME", 2_000)
    with pytest.raises(UnexpectedDataError, match="put_export_entries takes .* fewer changes"):
        remote.put_export_entries([change("x" * 3_000)])
    remote.put_export_entries([change("x")])

    (found,) = remote.get_import_entries(GetImportEntriesRunStep()).cs_entries
    assert shape(found.schema_type) == shape(kind)
