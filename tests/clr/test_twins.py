"""The same connector in C# and in Python gives equal traces for the same script of calls."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.connector.protocols import INTERFACES
from ecma2py.entries import CSEntryChange
from ecma2py.parameters import ConfigParameterPage, ConfigParameters, SecureString
from ecma2py.partitions import Partition
from ecma2py.schema import ChangeTypeDescription, Schema
from ecma2py.steps import (
    CloseExportConnectionRunStep,
    CloseImportConnectionRunStep,
    CloseReason,
    GetImportEntriesResults,
    GetImportEntriesRunStep,
    OpenExportConnectionRunStep,
    OpenImportConnectionRunStep,
    OperationType,
    PasswordOptions,
    ReadExportFileRunStep,
    WriteImportFileRunStep,
)
from tests.clr import strategies, twin
from tests.clr.building import assembly
from tests.clr.hosted import Ours
from tests.clr.workers import SOURCES, workers
from tests.workers.shapes import shape

Script = list[tuple[str, list[Any]]]


@pytest.fixture(
    scope="module", params=[RuntimeKind.MONO, RuntimeKind.CORECLR], ids=lambda kind: kind.value
)
def remote(
    request: pytest.FixtureRequest,
    ours: Ours,
    cache: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Any]:
    """The twin in C#, in a worker; it is asked by many examples, one after another."""
    path = assembly(
        tmp_path_factory.mktemp("twin") / "Twin.dll",
        (SOURCES / "Twin.cs").read_text(encoding="utf-8"),
        references=[ours.contract, Path("System.Core.dll")],
    )
    with workers(request.param, path, cache) as pool:
        connector: Any = pool()
        yield connector
        connector.release()


def told(value: Any) -> Any:
    """*value* as plain data; of entries that which a connector can say of them."""
    if isinstance(value, GetImportEntriesResults):
        return [shape(value.custom_data), value.more_to_import, list(map(_entry, value.cs_entries))]
    return shape(value)


def _entry(entry: CSEntryChange) -> Any:
    parts = (
        entry.object_type,
        entry.object_modification_type,
        entry.anchor,
        entry.dn,
        entry.attributes,
        list(entry.changes.values()),
        entry.error_code_import,
        entry.error_name,
        entry.error_detail,
    )
    return [shape(each) for each in parts]


def trace(connector: Any, script: Script) -> list[Any]:
    """What each call of *script* gives or raises."""
    found = []
    for name, arguments in script:
        try:
            member = getattr(connector, name)
            found.append((name, told(member(*arguments) if callable(member) else member)))
        except Exception as error:
            found.append((name, type(error).__name__, str(error)))
    return found


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """A life of every kind, with arguments of every kind that .NET can hold."""
    config, types = draw(strategies.parameters), draw(strategies.schemas())
    text, custom = draw(strategies.texts), draw(st.none() | strategies.texts)
    partition: Partition | None = draw(st.none() | strategies.partitions)
    nodes = st.lists(strategies.nodes, max_size=2)
    batches = st.lists(strategies.changes(types), max_size=4)
    entry = draw(strategies.changes(types))
    page = draw(st.sampled_from(ConfigParameterPage))
    secret = SecureString(text)
    return [
        ("import_default_page_size", []),
        ("import_max_page_size", []),
        ("export_default_page_size", []),
        ("export_max_page_size", []),
        (
            "open_export_connection",
            [config, types, OpenExportConnectionRunStep(batch_size=3, step_partition=partition)],
        ),
        ("put_export_entries", [draw(batches)]),
        ("put_export_entries", [draw(batches)]),
        (
            "close_export_connection",
            [CloseExportConnectionRunStep(draw(st.sampled_from(CloseReason)))],
        ),
        (
            "open_import_connection",
            [
                config,
                types,
                OpenImportConnectionRunStep(
                    custom_data=custom,
                    import_type=draw(st.sampled_from(OperationType)),
                    page_size=draw(st.integers(0, 2**31 - 1)),
                    step_partition=partition,
                    inclusion_hierarchy_nodes=draw(nodes),
                    exclusion_hierarchy_nodes=draw(nodes),
                ),
            ],
        ),
        (
            "get_import_entries",
            [GetImportEntriesRunStep(custom_data=custom, full_object_entries=[entry])],
        ),
        ("close_import_connection", [CloseImportConnectionRunStep(custom_data=custom)]),
        ("get_schema", [config]),
        ("capabilities", []),
        ("get_capabilities_ex", [config]),
        ("get_config_parameters", [config, page]),
        ("validate_config_parameters", [config, page]),
        ("get_config_parameters_ex", [config, page, draw(st.integers(0, 3))]),
        ("validate_config_parameters_ex", [config, page, 2]),
        ("get_partitions", [config]),
        ("get_hierarchy", [config, draw(strategies.nodes)]),
        ("open_password_connection", [config, partition]),
        ("get_connection_security_level", []),
        ("set_password", [entry, secret, draw(st.sampled_from(PasswordOptions))]),
        ("change_password", [entry, secret, SecureString("")]),
        ("close_password_connection", []),
    ]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(script=scripts())
def test_a_script_has_the_same_trace(remote: Any, script: Script) -> None:
    """Whatever .NET can hold of names, values and errors crosses both ways unchanged."""
    assert trace(remote, script) == trace(twin.Twin(), script)


def test_files_are_handed_over_by_their_path(remote: Any, tmp_path: Path) -> None:
    """The connector writes and reads the files that the host names, and knows how a file is read."""
    path = tmp_path / "fïle"
    schema = Schema(
        object_type_attribute_name="t", change_type=ChangeTypeDescription("c", add="A", modify="M")
    )
    config = ConfigParameters({"a": "b"})
    script: Script = [
        (
            "write_import_file",
            [
                config,
                schema,
                WriteImportFileRunStep(
                    file_path=path, custom_data="w", step_partition=Partition("DC=x", "x")
                ),
            ],
        ),
        (
            "read_export_file",
            [
                config,
                schema,
                ReadExportFileRunStep(file_path=path, export_type=OperationType.DELTA),
            ],
        ),
        ("open_export_connection", [config, schema, OpenExportConnectionRunStep()]),
        ("get_schema", [config]),
    ]

    assert trace(remote, script) == trace(twin.Twin(), script)


def test_the_proxy_has_all_interfaces(remote: Any) -> None:
    """What the DLL implements is what the connector in Python satisfies."""
    assert all(isinstance(remote, each) for each in INTERFACES)


@settings(max_examples=1)
@given(script=scripts())
def test_the_script_calls_every_member(script: Script) -> None:
    """No member of the twelve interfaces is left out of the comparison."""
    members = {name for each in INTERFACES for name in vars(each) if not name.startswith("_")}
    assert members == {"write_import_file", "read_export_file", *(name for name, _ in script)}
