"""Commands know that a run, and a partition, may have parameters of their own."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.commands import ROOT, here, succeed
from tests.host.stepwise import TOLD

STEPWISE = ("--type", "tests.host.stepwise:Stepwise", "--path", ROOT)
ADD = {"change": "add", "type": "person", "anchor": {}, "attributes": {"login": "ann"}}


@pytest.fixture
def stepwise(folder: Path) -> Path:
    """The file of a directory that works another way in each run."""
    file = folder / "ecma2py.toml"
    file.write_text(
        f"""
        [connectors.S]
        type = "tests.host.stepwise:Stepwise"
        path = '{ROOT}'
        partition = "OBJECT=person"
        parameters = {{ Name = '{folder.name}' }}
        [connectors.S.run_steps.delta_import]
        "Operation Method" = "Query"
        [connectors.S.run_steps.export]
        "Operation Method" = "Query"
        "Run key" = "${{VAULT_PASSWORD}}"
        [connectors.S.partitions."OBJECT=person"]
        "Partition Server" = "people"
        """,
        encoding="utf-8",
    )
    return file


def test_a_command_runs_with_the_parameters_of_its_run(stepwise: Path, folder: Path) -> None:
    """Full import, delta import and export each do as their table says."""
    mark = ("--watermark", folder / "mark")
    succeed("export", "S", stdin=json.dumps(ADD))
    succeed("import", "S", *mark)
    succeed("import", "S", "--delta", *mark)

    assert [each for each in TOLD[folder.name] if each[0] != "schema"] == [
        ("export", "Query", "people"),
        ("full", "Table", "people"),
        ("delta", "Query", "people"),
    ]


def test_without_a_file_a_run_gets_what_is_set(folder: Path) -> None:
    """A command is one run: --set says what its pages are filled in with."""
    values = ("--set", f"Name={folder.name}", "--set", "Operation Method=Query")
    succeed("import", *STEPWISE, *values, "--set", "Partition Server=here")

    assert TOLD[folder.name][-1] == ("full", "Query", "here")


def test_parameters_of_a_run_follow_their_page(stepwise: Path) -> None:
    """What differs is listed with the run or the partition it is for; a secret is not shown."""
    rows = succeed("parameters", "S", "--json").data

    found = [(each["page"], each["name"], each["value"]) for each in rows]
    assert found[1:] == [
        ("partition", "Partition Server", "main"),
        ("partition OBJECT=person", "Partition Server", "people"),
        ("run_step", "Operation Method", "Table"),
        ("run_step", "Query", "one\ntwo"),
        ("run_step", "Run key", ""),
        ("run_step delta_import", "Operation Method", "Query"),
        ("run_step export", "Operation Method", "Query"),
        ("run_step export", "Run key", "***"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "step", "says"),
    [
        (
            'delta_import]\n        "Operation Method" = "Query"',
            'delta_import]\n        "Operation Method" = "Magic"',
            "parameters",
            "run_steps.delta_import.\"Operation Method\": Parameter 'Operation Method' is 'Magic'",
        ),
        ('"Operation Method" = "Query"', 'Metod = "Query"', "load", "on its run-step page"),
        ('partitions."OBJECT=person"', "partitions.nosuch", "parameters", "no partition 'nosuch'"),
    ],
)
def test_check_names_the_table_that_is_wrong(
    stepwise: Path, before: str, after: str, step: str, says: str
) -> None:
    """Every run's parameters are tried as the run would get them."""
    assert succeed("check", "S").code == 0
    stepwise.write_text(stepwise.read_text("utf-8").replace(before, after), encoding="utf-8")

    done = here("check", "S", "--json")
    (row,) = (each for each in done.data if not each["ok"])
    assert (done.code, row["step"]) == (2, step)
    assert says in row["detail"]


def test_a_run_without_its_partition_is_not_begun(stepwise: Path, folder: Path) -> None:
    """A command refuses the tables that the host refuses."""
    text = stepwise.read_text("utf-8").replace('partition = "OBJECT=person"', "")
    stepwise.write_text(text, encoding="utf-8")

    done = here("import", "S")
    assert (done.code, done.out) == (2, "")
    assert "say with the key partition" in done.err


def test_init_writes_a_table_for_each_run_and_partition(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What holds if nothing is added stands there as comments, which can be taken away."""
    monkeypatch.setenv("KEY", "open sesame")
    values = ("--set", "Operation Method=Query", "--set", "Run key=${KEY}")
    succeed("init", "S", *STEPWISE, *values)
    file = folder / "ecma2py.toml"
    text = file.read_text("utf-8")

    table = tomllib.loads(text)["connectors"]["S"]
    assert table["parameters"]["Operation Method"] == "Query"
    assert table["run_steps"] == {"full_import": {}, "delta_import": {}, "export": {}}
    assert table["partitions"] == {"OBJECT=person": {}, "OBJECT=group": {}}
    start, end = text.index("[connectors.S.run_steps.export]"), text.index("[connectors.S.import]")
    head, told, *rest = text[start:end].splitlines()
    assert told == "# What differs here from [connectors.S.parameters]."
    taken = "\n".join([head, *(line.removeprefix("# ") for line in rest)])
    assert tomllib.loads(taken)["connectors"]["S"]["run_steps"]["export"] == {
        "Operation Method": "Query",
        "Query": "one\ntwo",
        "Run key": "${KEY}",
    }
    assert succeed("check", "S").code == 0


def test_init_writes_no_table_that_a_connector_has_no_page_for(folder: Path) -> None:
    """Most connectors have neither run-step nor partition parameters."""
    succeed("init", "V", "--type", "memory_directory:MemoryDirectory", "--path", ROOT / "examples")

    text = (folder / "ecma2py.toml").read_text("utf-8")
    assert "run_steps" not in text
    assert "partitions" not in text
