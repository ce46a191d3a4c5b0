"""Tokens: shown once, stored as hashes, each for one connector."""

import sys
from pathlib import Path

import pytest

from ecma2py.host.tokens import TokenStore, Verdict
from tests.cli.commands import at_terminal, here, succeed

CHOSEN = "chosen-elsewhere"


def store(folder: Path) -> TokenStore:
    """The store of the host in a folder."""
    return TokenStore.in_state(folder / "state")


def test_a_created_token_opens_its_connector(configured: Path) -> None:
    """The token alone is on standard output, and is the one that is accepted."""
    done = succeed("token", "create", "CSV", "--label", "entra")
    token = done.out.strip()

    assert store(configured).verify_slow("CSV", token) == "entra"
    assert store(configured).verify_slow("memory", token) is Verdict.REFUSED
    assert token not in done.err
    shown = succeed("token", "create", "CSV", "--json").data
    assert store(configured).verify_slow("CSV", shown["token"]) == shown["label"]


def test_a_token_chosen_elsewhere_is_read_not_typed(configured: Path) -> None:
    """It comes from standard input, and is shown nowhere."""
    done = succeed("token", "add", "CSV", "--label", "old", "--stdin", stdin=f"{CHOSEN}\n")

    assert store(configured).verify_slow("CSV", CHOSEN) == "old"
    assert CHOSEN not in done.out + done.err
    again = here("token", "add", "CSV", "--label", "old", "--stdin", stdin=CHOSEN)
    assert again.code == 2
    assert "already" in again.err
    assert here("token", "add", "CSV", "--stdin", stdin="short").code == 2
    assert "use --stdin" in here("token", "add", "CSV").err


def test_tokens_are_listed_without_themselves(configured: Path) -> None:
    """Of one connector or of all."""
    token = succeed("token", "create", "CSV", "--label", "a").out.strip()
    succeed("token", "create", "memory", "--label", "b")

    rows = succeed("token", "list", "--json").data
    assert [(each["connector"], each["label"]) for each in rows] == [("CSV", "a"), ("memory", "b")]
    assert len(succeed("token", "list", "CSV", "--json").data) == 1
    assert token not in succeed("token", "list").out


def test_a_revoked_token_opens_nothing(configured: Path) -> None:
    """Also one of a connector that is no longer configured."""
    token = succeed("token", "create", "CSV", "--label", "a").out.strip()
    configured.joinpath("ecma2py.toml").write_text("")

    assert succeed("token", "revoke", "CSV", "a", "--json").data["revoked"] == "a"
    assert store(configured).verify_slow("CSV", token) is Verdict.REFUSED
    assert here("token", "revoke", "CSV", "a").code == 2
    assert "There are no tokens" in succeed("token", "list").err


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_a_token_is_asked_for_at_a_terminal(configured: Path) -> None:
    """Twice, and without an echo."""
    done = at_terminal(
        "token", "add", "CSV", cwd=configured, answers=[("Token", CHOSEN), ("Repeat", CHOSEN)]
    )

    assert done.code == 0
    assert CHOSEN not in done.err
    assert store(configured).verify_slow("CSV", CHOSEN)
