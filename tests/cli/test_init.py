"""``ecma2py init``: the file it writes, by options or by asking."""

import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.commands import EXAMPLES, ODD, at_terminal, here, succeed
from tests.cli.odd_connectors import PASSWORD

VAULT = ("--type", "odd_connectors:Vault", "--path", ODD)
PLAIN = "Password=${VAULT_PASSWORD}"


def written(folder: Path) -> str:
    """The file as it stands."""
    return folder.joinpath("ecma2py.toml").read_text(encoding="utf-8")


def test_what_is_written_gives_the_connector_what_it_was_asked_with(folder: Path) -> None:
    """Values, texts of several lines and references come back from the file as they went in."""
    succeed("init", "V", *VAULT, "--set", PLAIN, "--set", "Port=99")

    told = succeed("parameters", "V", "--json").data
    values = {each["name"]: each.get("value") for each in told if "value" in each}
    assert (values["Port"], values["Notes"]) == ("99", "one\ntwo ${NOT_A_REFERENCE}")
    assert succeed("check", "V").code == 0
    assert PASSWORD not in written(folder)


def test_a_connector_is_added_to_a_file_that_exists(folder: Path) -> None:
    """What was there stays, the name must be new, and --json tells what comes next."""
    folder.joinpath("ecma2py.toml").write_text("# mine\n[host]\nplain_http = true", "utf-8")
    given = ("--type", "csv_file:CsvFile", "--path", EXAMPLES, "--set", "File=hr.csv")

    done = succeed("init", "CSV", *given, "--json")

    assert written(folder).startswith("# mine\n[host]\nplain_http = true\n")
    assert tomllib.loads(written(folder))["connectors"].keys() == {"CSV"}
    assert done.data["connector"] == "CSV"
    assert done.data["person"] == "person"
    assert done.data["next"][0] == "ecma2py check"
    again = here("init", "CSV", *given)
    assert again.code == 2
    assert "has a connector 'CSV' already" in again.err


def test_a_file_that_cannot_be_added_to_is_left_alone(folder: Path) -> None:
    """Neither TOML nor text: the error names the file."""
    for content in (b"[host", b"\xff\xfe\x00"):
        folder.joinpath("ecma2py.toml").write_bytes(content)
        done = here("init", "V", *VAULT, "--set", PLAIN)
        assert done.code == 2
        assert "ecma2py.toml" in done.err
        assert folder.joinpath("ecma2py.toml").read_bytes() == content


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--set", PLAIN], "installed are"),
        ([*VAULT, "--set", "Password=secret"], "${"),
        ([*VAULT, "--set", "Password=${NOBODY_SET_THIS}"], "NOBODY_SET_THIS"),
        ([*VAULT, "--set", PLAIN, "--set", "Colour=red"], "'Colour'"),
        ([*VAULT, "--set", PLAIN, "--set", "Port=many"], "'Port'"),
        ([*VAULT, "--set", PLAIN, "--set", "Server="], "--set 'Server=...'"),
        (["--type", "odd_connectors:Nothing", "--path", ODD], "Nothing"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(
    folder: Path, options: list[str], says: str
) -> None:
    """The message names the parameter or the option."""
    done = here("init", "V", *options)

    assert done.code == 2
    assert says in done.err
    assert not folder.joinpath("ecma2py.toml").exists()


def test_a_target_that_is_down_leaves_a_file_to_complete(folder: Path) -> None:
    """The parameters are kept; the exit code and the message say what is missing."""
    done = here("init", "V", *VAULT, "--set", PLAIN, "--set", "Server=down")

    assert done.code == 3
    assert "The vault does not answer" in done.err
    assert "without object types and mapping" in done.err
    text = written(folder)
    assert tomllib.loads(text)["connectors"]["V"]["parameters"]["Server"] == "down"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_terminal_is_asked_for_everything(folder: Path) -> None:
    """What is wrong is asked again, a secret is not shown nor written, the mapping can be edited."""
    done = at_terminal(
        "init",
        "V",
        "--path",
        ODD,
        cwd=folder,
        answers=[
            ("Connector", "odd_connectors:Vault"),
            ("Server", ""),
            ("Password: ", PASSWORD),
            ("Spare key: ", ""),
            ("Port", "many"),
            ("Port", "77"),
            ("Mode (read, write)", "write"),
            ("Edit this text?", "n"),
            ("Strict", "n"),
            ("Object type of people", "key"),
            ("Object type of groups", "team"),
            ("Take this mapping?", "n"),
            ("userName", "label"),
            *[(path, "-") for path in ("externalId", "displayName", "givenName", "familyName")],
            *[(path, "-") for path in ("title", "active", "emails", "work", "mobile")],
            *[(path, "-") for path in ("employeeNumber", "department", "manager")],
            *[(path, "-") for path in ("displayName", "externalId")],
            ("members", "keys"),
        ],
    )

    assert done.code == 0, done.err
    assert "Where the vault is" in done.err
    assert PASSWORD not in done.err + done.out + written(folder)
    served = tomllib.loads(written(folder))["connectors"]["V"]
    assert served["parameters"]["Password"] == "${V_PASSWORD}"
    assert served["parameters"]["Port"] == "77"
    assert served["parameters"]["Mode"] == "write"
    assert served["parameters"]["Strict"] is False
    assert served["scim"]["mapping"] == {
        "User": {"userName": "label"},
        "Group": {"members": "keys"},
    }
