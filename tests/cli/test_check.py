"""``ecma2py check``: every step of every connector, and the exit code of the worst."""

from pathlib import Path

import pytest

from tests.cli.commands import EXAMPLES, ODD, here, succeed


def failed(folder: Path, text: str) -> tuple[int, dict[str, str]]:
    """The exit code, and what is wrong by step."""
    folder.joinpath("ecma2py.toml").write_text(text, encoding="utf-8")
    done = here("check", "--json")
    return done.code, {each["step"]: each["detail"] for each in done.data if not each["ok"]}


def vault(password: str = "${VAULT_PASSWORD}", server: str = "x") -> str:
    """A vault behind a server."""
    return (
        f"[connectors.vault]\ntype = 'odd_connectors:Vault'\npath = '{ODD}'\n"
        f"parameters = {{ Password = '{password}', Server = '{server}' }}\n"
    )


def test_everything_is_in_order(configured: Path) -> None:
    """Each connector is loaded, connected to, and mapped."""
    rows = succeed("check", "--json").data
    assert all(each["ok"] for each in rows)
    steps = [each["step"] for each in rows if each["about"] == "CSV"]
    assert steps == ["load", "connect", "parameters", "schema", "mapping", "tokens"]


@pytest.mark.parametrize(
    ("text", "code", "step", "says"),
    [
        (vault(server="down"), 3, "connect", "does not answer"),
        (vault(server="crash"), 1, "connect", "cannot log on with ***"),
        (vault().replace("Vault'", "Volt'"), 2, "load", "Volt"),
        (vault() + "person = 'robot'\n", 2, "mapping", "robot"),
        (
            vault() + "[connectors.vault.scim.mapping.User]\nuserName = 'colour'\n",
            2,
            "mapping",
            "colour",
        ),
    ],
)
def test_the_step_that_fails_says_why(
    folder: Path, text: str, code: int, step: str, says: str
) -> None:
    """Later steps are not tried; secrets stay out of the reason."""
    ended, problems = failed(folder, text)
    assert (ended, list(problems)) == (code, [step])
    assert says in problems[step]


def test_a_mistake_in_the_file_comes_before_a_target_that_is_down(folder: Path) -> None:
    """The exit code is that of what has to be mended first."""
    csv = f"[connectors.CSV]\ntype = 'csv_file:CsvFil'\npath = '{EXAMPLES}'\n"
    ended, problems = failed(folder, vault(server="down") + csv)
    assert (ended, sorted(problems)) == (2, ["connect", "load"])
