"""``ecma2py init``: the file it writes, by options or by asking."""

import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.commands import EXAMPLES, ODD, ROOT, at_terminal, here, succeed
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


def test_what_is_a_default_is_a_comment(folder: Path) -> None:
    """As the file's head says: a line with a # shows what holds when the key is left out."""
    succeed("init", "V", *VAULT, "--set", PLAIN, "--set", "Mode=write", "--set", "Strict=0")
    lines = written(folder).splitlines()
    for line in ('# Server = "localhost"', '# Port = "5432"', 'Mode = "write"', "Strict = false"):
        assert line in lines
    succeed("init", "W", *VAULT, "--set", PLAIN, "--set", "Server=x", "--config", "other.toml")
    other = folder.joinpath("other.toml").read_text(encoding="utf-8").splitlines()
    for line in ('Server = "x"', '# Mode = "read"', "# Strict = true"):
        assert line in other


def test_the_types_chosen_are_told_and_can_be_given(folder: Path) -> None:
    """Nobody finds out only afterwards who is served at /Users."""
    told = succeed("init", "V", *VAULT, "--set", PLAIN)
    assert "People are 'key', groups are 'team'." in told.out
    given = ("--person", "team", "--group", "-", "--config", "other.toml")
    assert (
        "People are 'team', groups there are none."
        in succeed("init", "V", *VAULT, "--set", PLAIN, *given).out
    )
    served = tomllib.loads(folder.joinpath("other.toml").read_text("utf-8"))["connectors"]["V"]
    assert (served["person"], "group" in served) == ("team", False)
    for option in ("--person", "--group"):
        refused = here("init", "X", *VAULT, "--set", PLAIN, option, "tem")
        assert (refused.code, "did you mean 'team'?" in refused.err) == (2, True)


def test_what_the_mapping_needs_with_one_value_is_written(folder: Path) -> None:
    """A connector that has several of everything is served as soon as the file is written."""
    given = ("--type", "tests.host.plural:Plural", "--path", ROOT)
    succeed("init", "P", *given)

    scim = tomllib.loads(written(folder))["connectors"]["P"]["scim"]
    assert scim["single_value"] == {"person": ["uid", "cn", "boss"]}
    mapped = {"userName": "uid", "displayName": "cn", "manager": "boss"}
    assert scim["mapping"] == {"User": mapped}
    assert succeed("check", "P").code == 0
    succeed("init", "V", *VAULT, "--set", PLAIN, "--config", "other.toml")
    assert "single_value" not in folder.joinpath("other.toml").read_text(encoding="utf-8")


def test_a_target_that_is_down_leaves_nothing_behind(folder: Path) -> None:
    """The exit code and the message say what is wrong, and the next try begins anew."""
    done = here("init", "V", *VAULT, "--set", PLAIN, "--set", "Server=down")

    assert (done.code, done.out) == (3, "")
    assert "The vault does not answer" in done.err
    assert "Nothing is written" in done.err
    assert not folder.joinpath("ecma2py.toml").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("answer", "says"), [("y", "complete it"), ("n", "V_PASSWORD")])
def test_answers_need_not_be_lost_to_a_target_that_is_down(
    folder: Path, answer: str, says: str
) -> None:
    """Whoever has typed them may have them written."""
    done = at_terminal(
        "init",
        "V",
        *VAULT,
        cwd=folder,
        answers=[
            ("Server", "down"),
            ("Password: ", PASSWORD),
            *[
                (question, "")
                for question in ("Spare key: ", "Port", "Mode", "Edit this", "Strict")
            ],
            ("Write the file without object types?", answer),
        ],
    )

    assert (done.code, says in done.err) == (3, True), done.err
    assert "The vault does not answer" in done.err
    assert folder.joinpath("ecma2py.toml").exists() is (answer == "y")
    if answer == "y":
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
