"""Imports and exports get the parameters of their run; all else goes by those of the connector."""

import threading
from typing import Any

import pytest
from attrs import evolve

from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    SecureString,
)
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.runs import ConnectorSource, ExportSession, ListSink, PasswordSession, run_import
from ecma2py.steps import OperationType, PasswordOptions
from tests.runs.zoo import NO_DN, Base, Raw, Target, person

BASE = ConfigParameters({"Host": "h", "Method": "Table"})
ALONE = evolve(NO_DN, concurrent_operation=False)
OVERLAY = ConfigParameters({"Method": "Query"})


def noted(connector: type) -> type:
    """The connector, which notes with every call what parameters it was given."""

    def noting(name: str) -> Any:
        def method(self: Any, config_parameters: ConfigParameters, *args: Any) -> Any:
            values = {each.name: each.value for each in config_parameters.values()}
            self.target.calls.append(("given", name, values))
            return getattr(super(made, self), name)(config_parameters, *args)

        return method

    names = [each for each in GIVEN if hasattr(connector, each)]
    made = type(connector.__name__, (connector,), {each: noting(each) for each in names})
    return made


class Calls(Raw):
    """All that is given parameters when it is called."""

    def get_capabilities_ex(self, config_parameters: Any) -> Any:
        return NO_DN

    def get_partitions(self, config_parameters: Any) -> list[Partition]:
        return [Partition("one")]

    def get_hierarchy(self, config_parameters: Any, parent: HierarchyNode) -> list[HierarchyNode]:
        return []


class Files(Base):
    """Reads and writes files."""

    def write_import_file(self, config_parameters: Any, types: Any, step: Any) -> None:
        step.file_path.write_text("")

    def read_export_file(self, config_parameters: Any, types: Any, step: Any) -> None:
        pass


RUNS = (
    "open_import_connection",
    "open_export_connection",
    "write_import_file",
    "read_export_file",
)
GIVEN = (
    *RUNS,
    "get_schema",
    "get_capabilities_ex",
    "get_partitions",
    "get_hierarchy",
    "open_password_connection",
)


def used(source: ConnectorSource) -> None:
    """Everything that can be done with a source is done."""
    description = source.describe()
    source.hierarchy(HierarchyNode("one"))
    run_import(source, ListSink(full=True))
    run_import(source, ListSink(full=False), operation=OperationType.DELTA, watermark="w")
    session = ExportSession(source)
    assert session.submit(person(1)).result(5).is_success
    session.close(timeout=5)
    if description.can_set_password:
        passwords = PasswordSession(source)
        passwords.set_password(person(1), SecureString("secret"), PasswordOptions.NONE)
        passwords.close()


@pytest.mark.parametrize("connector", [Calls, Files])
def test_runs_alone_get_the_overlay(connector: type) -> None:
    """Each way to open a run gets the overlaid values, and nothing else does."""
    target = Target(capabilities=NO_DN)
    used(target.source(noted(connector), parameters=BASE).with_parameters(OVERLAY))

    given = {
        (call[1], call[2]["Method"], call[2]["Host"]) for call in target.calls if call[0] == "given"
    }
    names = [each for each in GIVEN if hasattr(connector, each)]
    assert given == {(name, "Query" if name in RUNS else "Table", "h") for name in names}


def test_an_overlay_leaves_the_source_as_it_was() -> None:
    """Each copy has its own values: a delta import does not get those of an export."""
    target = Target()
    source = target.source(noted(Raw), parameters=BASE)
    delta = source.with_parameters(OVERLAY).with_parameters(ConfigParameters({"Column": "c"}))
    run_import(source, ListSink(full=True))
    run_import(delta, ListSink(full=True))

    opened = [call[2] for call in target.calls if call[:2] == ("given", RUNS[0])]
    assert opened == [
        {"Host": "h", "Method": "Table"},
        {"Host": "h", "Method": "Query", "Column": "c"},
    ]


def slowly(*_: Any) -> None:
    """Long enough for another run to begin, if one may."""
    threading.Event().wait(0.1)


def test_runs_of_all_copies_exclude_each_other() -> None:
    """A connector that does one thing at a time is opened once, whatever parameters a run has."""
    hooks = {"get_import_entries": slowly}
    target = Target(entries=[person(1)], capabilities=ALONE, hooks=hooks)
    source = target.source(parameters=BASE)
    copies = [source, source.with_parameters(OVERLAY), source.with_timeout(5)]
    runs = [
        threading.Thread(target=run_import, args=(each, ListSink(full=True))) for each in copies
    ]
    for each in runs:
        each.start()
    for each in runs:
        each.join(10)

    assert (len(target.reasons()), target.most_open) == (3, 1)


def test_copies_know_what_one_of_them_was_told() -> None:
    """A connector is asked once for what it says about itself, whichever copy wants to know."""
    target = Target()
    source = target.source(parameters=BASE)

    assert source.with_parameters(OVERLAY).describe() is source.describe()
    assert target.instances == 1


def test_no_copy_tells_a_secret_of_another() -> None:
    """What a connector says of any run is freed of the secrets of all runs."""

    def leak(connector: Any) -> None:
        raise RuntimeError("hunter2 and correcthorse")

    target = Target(hooks={"get_schema": leak})
    source = target.source(parameters=ConfigParameters({"Password": SecureString("correcthorse")}))
    run = source.with_parameters(ConfigParameters({"Run password": SecureString("hunter2")}))
    for each in (source, run):
        with pytest.raises(RuntimeError, match=r"^\*\*\* and \*\*\*$"):
            each.describe()


def test_a_page_is_validated_with_the_values_of_its_run() -> None:
    """The overlay is what the definition and the connector judge, on the pages asked for alone."""
    step = ConfigParameterPage.RUN_STEP

    class Paged(Base):
        def get_config_parameters(self, config_parameters: Any, page: Any) -> Any:
            self._called("page", page)
            fields = [ConfigParameterDefinition.drop_down("Method", ["Table", "Query"])]
            return fields if page is step else []

        def validate_config_parameters(self, config_parameters: Any, page: Any) -> None:
            self._called("validated", config_parameters["Method"].value)

    target = Target()
    source = target.source(Paged, parameters=BASE)
    assert source.with_parameters(OVERLAY).validate([step]).is_success
    assert target.calls == [("page", step), ("validated", "Query")]
    wrong = source.with_parameters(ConfigParameters({"Method": "Magic"})).validate([step])
    assert wrong.error_parameter == "Method"
    assert source.validate().is_success
