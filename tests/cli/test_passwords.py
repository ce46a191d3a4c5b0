"""One password, never an argument and never shown."""

import sys
from pathlib import Path

import pytest

from tests.cli.commands import ODD, at_terminal, here, succeed

KEY = ("number=7", "row=a")
ROW = {"number": 7, "row": "a"}


def test_a_password_is_set_from_standard_input(configured: Path) -> None:
    """The first line is the password, for the object of this anchor and of the person type."""
    expected = f"('key', {ROW!r}, 0)"
    done = succeed("password", "vault", *KEY, "--stdin", stdin=f"{expected}\nignored\n")

    assert done.out == "The password is set.\n"
    assert expected not in done.err


def test_the_options_reach_the_connector(configured: Path) -> None:
    """Change at log-on, unlock, and the object type."""
    options = ("--must-change", "--unlock", "--object-type", "key", "--json")
    expected = f"('key', {ROW!r}, 3)"

    done = succeed("password", "vault", *KEY, "--stdin", *options, stdin=expected)
    assert done.data == {"result": "success"}


def test_a_binary_anchor_is_given_as_base64(configured: Path) -> None:
    """One component needs no name."""
    expected = "('team', {'hash': b'\\x00'}, 0)"
    command = ("password", "vault", "AA==", "--object-type", "team", "--stdin")

    succeed(*command, stdin=expected)


def test_a_password_is_changed_by_one_who_knows_the_old(configured: Path) -> None:
    """The old one comes first."""
    succeed("password", "vault", *KEY, "--stdin", "--change", stdin="the old one\nthe new one\n")


def test_without_a_file_the_anchor_comes_first(folder: Path) -> None:
    """With --type there is no NAME."""
    vault = ("--type", "odd_connectors:Vault", "--path", ODD, "--set", "Password=${VAULT_PASSWORD}")
    expected = f"('key', {ROW!r}, 0)"

    succeed("password", *KEY, *vault, "--stdin", stdin=expected)


def test_a_refusal_does_not_repeat_the_password(configured: Path) -> None:
    """The connector's own words are told, without the password in them."""
    done = here("password", "vault", *KEY, "--stdin", "--debug", stdin="too weak for us")

    assert done.code == 1
    assert "*** is too weak." in done.err
    assert "too weak for us" not in done.err


def test_a_connection_that_is_not_secure_must_be_allowed(configured: Path) -> None:
    """Unless told otherwise, no password crosses a connection in clear."""
    loose = ("password", "7", "--type", "odd_connectors:Loose", "--path", ODD, "--stdin")
    refused = here(*loose, stdin="long enough")
    assert refused.code == 1
    assert "not secure" in refused.err

    succeed(*loose, "--allow-not-secure", stdin="long enough")


@pytest.mark.parametrize(
    ("arguments", "stdin", "reason"),
    [
        (("vault", "7", "--stdin"), "x", "number=... row=..."),
        (("vault", "number=7", "--stdin"), "x", "number=... row=..."),
        (("vault", "number=x", "row=a", "--stdin"), "x", "'number' must be a whole number"),
        (("vault", "%", "--object-type", "team", "--stdin"), "x", "'hash' must be base64"),
        (("vault", "a", "b", "--object-type", "team", "--stdin"), "x", "is one value"),
        (("vault", "7", "--object-type", "lock", "--stdin"), "x", "there are key, team"),
        (("vault", *KEY, "--stdin"), "\n", "empty"),
        (("vault", *KEY), "x", "use --stdin"),
        (("vault",), "", "Say whose password"),
    ],
)
def test_a_wrong_command_is_refused(
    configured: Path, arguments: tuple[str, ...], stdin: str, reason: str
) -> None:
    """Before the connector is asked for anything."""
    done = here("password", *arguments, stdin=stdin)

    assert done.code == 2
    assert reason in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_a_password_is_asked_for_twice_and_not_echoed(configured: Path) -> None:
    """What is typed at the terminal does not appear on it."""
    done = at_terminal(
        "password",
        "memory",
        "7",
        "--allow-not-secure",
        cwd=configured,
        answers=[("New password", "a long secret"), ("Repeat", "a long secret")],
    )

    assert (done.code, done.out) == (0, "The password is set.\n")
    assert "a long secret" not in done.err
