"""What a connector says about itself, with and without a file."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import EXAMPLES, ODD, here, succeed

CSV = ("--type", "csv_file:CsvFile", "--path", EXAMPLES, "--set", "File=hr.csv")
VAULT = ("--type", "odd_connectors:Vault", "--path", ODD)
SECRET = ("--set", "Password=${VAULT_PASSWORD}")


def test_a_connector_needs_no_file(folder: Path) -> None:
    """--type and --set stand for a configuration."""
    done = succeed("schema", *CSV, "--json")

    (person,) = done.data["types"]
    assert person["name"] == "person"
    assert [each["name"] for each in person["attributes"] if each["anchor"]] == ["id"]


def test_the_schema_is_that_of_the_selection(configured: Path) -> None:
    """Types and attributes that the file does not select are shown only with --all."""
    file = configured / "ecma2py.toml"
    table = '[connectors.memory.attributes]\ngroup = ["displayName"]\n'
    text = file.read_text().replace("[connectors.vault]", f"{table}[connectors.vault]")
    file.write_text(text.replace("parameters = { Name", 'types = ["group"]\nparameters = { Name'))

    chosen = succeed("schema", "memory", "--json").data["types"]
    assert [each["name"] for each in chosen] == ["group"]
    assert [each["name"] for each in chosen[0]["attributes"]] == ["id", "displayName"]
    assert len(succeed("schema", "memory", "--all", "--json").data["types"]) == 2
    assert "displayName" in succeed("schema", "memory").out


def test_parameters_come_with_their_values_but_no_secret(folder: Path) -> None:
    """A secret is shown as set or not, in either form of output."""
    for form in ([], ["--json"]):
        done = succeed("parameters", *VAULT, *SECRET, *form)
        assert "correct horse" not in done.out + done.err
    found = {each["name"]: each for each in done.data}
    assert found["Password"]["value"] == "***"
    assert found["Spare key"]["value"] == ""
    assert found["Mode"]["choices"] == ["read", "write"]
    assert found["Strict"]["page"] == "global"
    assert found["Server"] == {
        "page": "connectivity",
        "name": "Server",
        "type": "string",
        "value": "localhost",
        "default": "localhost",
        "required": True,
        "choices": [],
        "help": "Its name.",
    }


def test_a_secret_is_not_taken_from_the_command_line(folder: Path) -> None:
    """A secret that was typed is refused, and not repeated."""
    done = here("schema", *VAULT, "--set", "Password=hunter22")

    assert done.code == 2
    assert "'Password' is a secret" in done.err
    assert "hunter22" not in done.err


def test_an_error_text_holds_no_secret(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connector that talks about its password is not repeated, not even in a traceback."""
    monkeypatch.setenv("VAULT_PASSWORD", "wrong-password")

    for more in ([], ["--debug"], ["--json"], ["--set", "Server=crash"]):
        done = here("schema", *VAULT, *SECRET, *more)
        assert done.code in (1, 3)
        assert "wrong-password" not in done.out + done.err
        assert ("Traceback" in done.err) is (more == ["--debug"])


def test_capabilities_name_interfaces_and_partitions(folder: Path) -> None:
    """All that decides how a connector is run."""
    data = succeed("capabilities", *CSV, "--json").data

    assert data["delta_import"] is True
    assert data["distinguished_name_style"] == "NONE"
    assert data["normalizations"] == "NONE"
    assert "IMAExtensible2CallExport" in data["interfaces"]
    assert data["partitions"] == ["default"]
    assert "ATTRIBUTE_UPDATE" in succeed("capabilities", *CSV).out


def test_later_pages_see_the_answers_to_earlier_ones(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Schema pages are numbered, and a value from the environment is text to the connector."""
    monkeypatch.setenv("KIND", "person")
    extended = ("--type", "odd_connectors:Extended", "--path", ODD, "--set", "Type=${KIND}")

    rows = succeed("parameters", *extended, "--json").data
    assert [(each["page"], each["name"]) for each in rows] == [
        ("schema", "Type"),
        ("schema 2", "Anchor of person"),
    ]
    (kind,) = succeed("schema", *extended, "--json").data["types"]
    assert (kind["name"], kind["attributes"][0]["name"]) == ("person", "id")


def test_installed_connectors_are_listed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each comes with what is needed to find and update it, and can be named as a type."""
    metadata = folder / "odd-1.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.2\n")
    (metadata / "entry_points.txt").write_text(
        "[ecma2py.connectors]\nloose = odd_connectors:Loose\n"
    )
    for place in (ODD, folder):
        monkeypatch.syspath_prepend(str(place))

    found = {each["name"]: each for each in succeed("connectors", "--json").data}
    assert found["loose"] == {
        "name": "loose",
        "distribution": "odd",
        "version": "1.2",
        "target": "odd_connectors:Loose",
    }
    assert "odd_connectors:Loose" in succeed("connectors").out
    assert succeed("schema", "--type", "loose", "--json").data["types"][0]["name"] == "person"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("schema",), "ecma2py.toml"),
        (("schema", *CSV, "--set", "Fil=x"), "did you mean 'File'"),
        (("schema", *CSV, "--set", "File"), "NAME=VALUE"),
        (("schema", *CSV, "--set", "Key column=${NOT_SET}"), "NOT_SET is not set"),
        (("schema", "--set", "File=hr.csv"), "go with --type"),
        (("schema", "--type", "nosuch"), "No connector 'nosuch' is installed"),
        (("schema", "--type", "nosuch:Class"), "cannot be loaded"),
        (("parameters", *VAULT, "--set", "Spare key=x"), "'Spare key' is a secret"),
    ],
)
def test_a_wrong_command_line_is_told_in_words(
    folder: Path, arguments: tuple[object, ...], reason: str
) -> None:
    """A usage or configuration error ends with 2 and says what is wrong."""
    done = here(*arguments)

    assert (done.code, done.out) == (2, "")
    assert reason in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        "--json statu",
        "statu --json",
        "space nope --json",
        "space --json nope",
        "--json",
        "--json -x",
    ],
)
def test_errors_are_json_wherever_it_is_asked_for(arguments: str) -> None:
    """Before the command, behind it, and for a command that there is not."""
    done = here(*arguments.split())
    assert (done.code, done.out) == (2, "")
    assert json.loads(done.err)["exit_code"] == 2


def test_the_form_may_be_asked_for_before_the_command(folder: Path) -> None:
    """As behind it; what stands behind a double dash is no option."""
    assert any(each["name"] == "sql" for each in succeed("--json", "connectors").data)
    assert here("statu", "--", "--json").err.startswith("Usage")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("CVS", "did you mean 'CSV'"), ("x", "it has CSV, memory, vault"), (None, "Say which")],
)
def test_an_unknown_connector_is_answered_with_those_there_are(
    configured: Path, name: str | None, reason: str
) -> None:
    """A name that is not in the file, or none where there are several."""
    done = here("schema", *filter(None, [name]))

    assert done.code == 2
    assert reason in done.err
