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
    assert steps == ["load", "connect", "parameters", "schema", "mapping", "active", "tokens"]


def test_what_would_disable_nobody_is_warned_of(folder: Path) -> None:
    """Unless active is mapped, or a flow says what disabling does; the exit code stays 0."""
    own = "[connectors.vault.%s]\n%s\n"
    mapped = own % ("scim.mapping.User", "userName = 'label'\nactive = '!disabled'")
    for more, warned in [
        ("", True),
        (mapped, False),
        (own % ("deprovisioning", "disable = 'delete'"), False),
    ]:
        folder.joinpath("ecma2py.toml").write_text(vault() + more, encoding="utf-8")
        done = succeed("check")
        assert ("active has no effect: map it" in done.out) is warned


@pytest.mark.parametrize(
    ("host", "warned"),
    [
        ("", False),
        ("listen = '0.0.0.0:8585'", True),
        ("listen = '0.0.0.0:8585'\nnames = ['hr.example']", False),
        ("listen = '0.0.0.0:8585'\n[host.tls]\npfx = 'own.pfx'", False),
    ],
)
def test_a_certificate_that_no_client_takes_is_warned_of(
    folder: Path, host: str, warned: bool
) -> None:
    """Whoever can be reached by others is called by a name of its own."""
    folder.joinpath("ecma2py.toml").write_text(f"[host]\n{host}\n", encoding="utf-8")
    assert ("for localhost alone" in here("check").out) is warned


def test_what_there_is_one_of_is_told_as_one(configured: Path) -> None:
    """One parameter, several parameters."""
    details = {
        each["about"]: each["detail"]
        for each in succeed("check", "--json").data
        if each["step"] == "load"
    }
    assert details["memory"].endswith(" 1 parameter")
    assert details["vault"].endswith(" 7 parameters")


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
