"""Every kind of run, in the partition in use, is opened with the parameters its table gives."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ecma2py.errors import ConfigurationError
from ecma2py.host import logs
from ecma2py.host.binding import RunStep, bind_connector
from ecma2py.host.config_connectors import ConnectorConfig, RunStepsConfig
from ecma2py.host.planning import Plan
from ecma2py.parameters import SecureString
from ecma2py.partitions import Partition
from tests.host.serving import EXTENSION, Client, config_text, running
from tests.host.stepwise import TOLD

MEMORY = "examples.memory_directory:MemoryDirectory"
STEPWISE = "tests.host.stepwise:Stepwise"
PEOPLE = Partition("OBJECT=person", "People")
TABLES = """
[connectors.MEM.run_steps.delta_import]
"Operation Method" = "Query"
[connectors.MEM.run_steps.export]
"Operation Method" = "{export}"
"Run key" = "open sesame"
[connectors.MEM.partitions."OBJECT=person"]
"Partition Server" = "people"
[connectors.MEM.partitions."OBJECT=group"]
"Partition Server" = "groups"
"""


def text(folder: Path, *, export: str = "Query", partition: str = "OBJECT=person") -> str:
    """The configuration of a directory that works another way in each run."""
    made = config_text(
        name=folder.name,
        connector=f'partition = "{partition}"',
        more=TABLES.format(export=export),
    )
    return made.replace(MEMORY, STEPWISE)


def config(**more: Any) -> ConnectorConfig:
    """The table of such a directory."""
    steps = RunStepsConfig(**more.pop("run_steps", {}))
    return ConnectorConfig(type=STEPWISE, run_steps=steps, **more)


async def imported(client: Client, kind: str) -> dict[str, Any]:
    """What the history says of one import."""
    importer = client.host.connectors["MEM"].importer
    return await asyncio.to_thread(importer.run, kind)  # type: ignore[arg-type]


async def test_each_run_works_as_its_table_says(tmp_path: Path) -> None:
    """Full and delta import, export and password: only runs get what is given for runs."""
    async with running(tmp_path, text(tmp_path)) as client:
        ann = await client.person("ann")
        await client.patch(f"/Users/{ann['id']}", {"op": "add", "path": "title", "value": "T"})
        where = f"{EXTENSION}:User:export_password"
        change = {"op": "replace", "path": where, "value": "long enough"}
        assert (await client.patch(f"/Users/{ann['id']}", change)).is_success
        assert (await imported(client, "delta"))["result"] == "success"

    assert set(TOLD[tmp_path.name]) == {
        ("schema", "Table", "main"),
        ("full", "Table", "people"),
        ("delta", "Query", "people"),
        ("export", "Query", "people"),
        ("password", "Table", "main"),
    }


@pytest.mark.parametrize(
    ("partition", "table"), [("People", "OBJECT=person"), ("OBJECT=person", "People")]
)
async def test_a_partition_may_be_called_by_its_name(
    tmp_path: Path, partition: str, table: str
) -> None:
    """The parameters are those of the partition in use, however either is called."""
    made = text(tmp_path, partition=partition)
    async with running(tmp_path, made.replace('s."OBJECT=person"', f's."{table}"')):
        pass

    assert ("full", "Table", "people") in TOLD[tmp_path.name]


async def test_a_reload_takes_over_what_changed_for_a_run(tmp_path: Path) -> None:
    """A connector is opened anew when a value of one of its runs changes, and not before."""
    async with running(tmp_path, text(tmp_path)) as client:
        old = client.host.connectors["MEM"]
        assert (await client.host.reload())["changed"] == ()
        changed = text(tmp_path, export="Table")
        tmp_path.joinpath("ecma2py.toml").write_text(changed, encoding="utf-8")
        assert (await client.host.reload())["changed"] == ("MEM",)
        assert client.host.connectors["MEM"] is not old
        await client.person("ann")

    assert TOLD[tmp_path.name][-1] == ("export", "Table", "people")


async def test_a_table_of_no_partition_is_found_before_anything_changes(tmp_path: Path) -> None:
    """A connector whose table is wrong goes on as it was."""
    async with running(tmp_path, text(tmp_path)) as client:
        wrong = text(tmp_path).replace('partitions."OBJECT=group"', 'partitions."OBJECT=grop"')
        tmp_path.joinpath("ecma2py.toml").write_text(wrong, encoding="utf-8")
        assert "no partition 'OBJECT=grop'" in (await client.host.reload())["kept"]["MEM"]


async def test_no_client_learns_the_secret_of_a_run(tmp_path: Path) -> None:
    """What a connector says of a run is freed of the run's secrets."""
    async with running(tmp_path, text(tmp_path, export="Stored Procedure")) as client:
        answer = await client.send("POST", "/Users", {"userName": "ann"})

    assert not answer.is_success
    assert "nobody lets *** in" in answer.text
    assert logs._redactor.text("open sesame") == "***"


def test_secrets_are_secrets_and_all_else_is_text() -> None:
    """As for the connector's own parameters, the definition decides, not the file."""
    step = {"Run key": "typed", "Operation Method": SecureString("Query")}
    bound = bind_connector("S", config(run_steps={"export": step}))

    run = bound.for_run(RunStep.EXPORT, PEOPLE)
    assert run.run_parameters["Run key"].secure_value == SecureString("typed")
    assert run.run_parameters["Operation Method"].value == "Query"
    assert run.parameters["Operation Method"].value == "Table"


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        (
            {"run_steps": {"delta_import": {"Operation Metod": "Query"}}},
            r"^run_steps\.delta_import: .* on its run-step page: did you mean 'Operation Method'",
        ),
        (
            {"run_steps": {"export": {"Partition Server": "x"}}},
            r"^run_steps\.export: .*'Partition Server' on its run-step page",
        ),
        (
            {"partitions": {"OBJECT=person": {"Operation Method": "Query"}}},
            r"^partitions\.\"OBJECT=person\": .* on its partition page",
        ),
    ],
)
def test_a_value_stands_in_the_table_of_its_page(tables: dict[str, Any], says: str) -> None:
    """What is on no such page is refused with its table: it would have no effect."""
    with pytest.raises(ConfigurationError, match=says):
        bind_connector("S", config(**tables))


SERVER = {"Partition Server": "x"}


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"partitions": {"nosuch": {}}}, "no partition 'nosuch': there are OBJECT=person"),
        ({"partitions": {"OBJECT=person": SERVER}}, "say with the key partition"),
        (
            {"partition": "People", "partitions": {"People": SERVER, "OBJECT=person": {}}},
            "'OBJECT=person' and 'People' are the same",
        ),
    ],
)
def test_parameters_without_effect_are_refused(tables: dict[str, Any], says: str) -> None:
    """Nobody finds out from the target that a table was not used."""
    table = config(**tables)
    description = bind_connector("S", table).source.describe()

    with pytest.raises(ConfigurationError, match=says):
        Plan.of(table, description)


def test_a_run_that_the_connector_does_not_do_has_no_parameters() -> None:
    """Its table is refused with the runs there are."""
    table = ConnectorConfig(
        type="tests.host.stepwise:Stepwise",
        run_steps=RunStepsConfig(delta_import={"Operation Method": "Query"}),
    )
    source = bind_connector("S", table).source
    description = source.describe()
    description.capabilities.delta_import = False

    with pytest.raises(ConfigurationError, match=r"the connector does full_import, export\.$"):
        Plan.of(table, description)


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        (
            {"run_steps": {"delta_import": {"Operation Method": "Magic"}}},
            r"^run_steps\.delta_import\.\"Operation Method\": .*'Magic'",
        ),
        (
            {
                "parameters": {"Operation Method": "Magic"},
                "run_steps": {"full_import": {"Operation Method": "Query"}},
            },
            r"^run_steps\.delta_import\.\"Operation Method\": .*'Magic'",
        ),
        (
            {"parameters": {"Operation Method": "Magic"}},
            r"^Parameter 'Operation Method' is 'Magic'",
        ),
        (
            {"partitions": {"OBJECT=group": {"Partition Server": ""}}},
            r"^partitions\.\"OBJECT=group\"\.\"Partition Server\": .* required",
        ),
    ],
)
def test_what_is_refused_is_named_with_its_table(tables: dict[str, Any], says: str) -> None:
    """Values are judged as each run and each partition would get them."""
    bound = bind_connector("S", config(**tables))
    with pytest.raises(ConfigurationError, match=says):
        bound.validate(bound.source.describe(), PEOPLE)


def test_what_no_run_uses_is_not_judged() -> None:
    """A value that every run and the partition in use replaces keeps nothing from running."""
    good = {"Operation Method": "Query"}
    bound = bind_connector(
        "S",
        config(
            parameters={"Operation Method": "Magic", "Partition Server": ""},
            run_steps={"full_import": good, "delta_import": good, "export": good},
            partitions={"People": SERVER},
        ),
    )
    bound.validate(bound.source.describe(), PEOPLE)
