"""``ecma2py token``: who may come in, connector by connector."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from ecma2py.cli.options import config_option, group
from ecma2py.cli.output import Output
from ecma2py.cli.target import configured, read_config
from ecma2py.host.tokens import TokenStore


@group("token")
def token() -> None:
    """Create, add, list and revoke bearer tokens.

    A token opens one connector. Several may be valid at once, so that a client can be given a new
    one before the old one is revoked. Only salted hashes are stored; a running host sees a change
    within a second.
    """


_label_option = click.option(
    "--label",
    help="What to call the token, e.g. entra-2027, and in the audit whoever shows it; the date and "
    "time if left out.",
)


def _store(output: Output, config_file: Path, name: str | None) -> tuple[TokenStore, str]:
    config = read_config(config_file, output)
    connector, _ = configured(config, name)
    return TokenStore.in_state(config.host.state), connector


def _labelled(label: str | None) -> str:
    return label or f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


@token.command("create")
@click.argument("name", required=False)
@config_option
@_label_option
@click.pass_obj
def create(output: Output, /, *, name: str | None, config_file: Path, label: str | None) -> None:
    """Make a random token for a connector, and show it this once."""
    store, connector = _store(output, config_file, name)
    chosen = _labelled(label)
    made = store.create(connector, chosen)
    if output.as_json:
        output.document({"connector": connector, "label": chosen, "token": made})
    else:
        output.note(f"A token for {connector}, labelled {chosen!r}; it is not shown again:")
        output.text(made)


@token.command("add")
@click.argument("name", required=False)
@config_option
@_label_option
@click.option("--stdin", is_flag=True, help="Read the token from a line of standard input.")
@click.pass_obj
def add(
    output: Output, /, *, name: str | None, config_file: Path, label: str | None, stdin: bool
) -> None:
    """Accept a token that was chosen elsewhere, of 12 to 1024 printable ASCII characters."""
    store, connector = _store(output, config_file, name)
    if stdin:
        chosen = sys.stdin.readline().strip()
    elif sys.stdin.isatty():
        chosen = click.prompt("Token", hide_input=True, confirmation_prompt=True, err=True)
    else:
        raise click.UsageError("No terminal to ask for the token: use --stdin.")
    output.hide([chosen])
    label = _labelled(label)
    store.add(connector, chosen, label)
    output.done({"connector": connector, "label": label}, f"Added for {connector} as {label!r}.")


@token.command("list")
@click.argument("name", required=False)
@config_option
@click.pass_obj
def list_tokens(output: Output, /, *, name: str | None, config_file: Path) -> None:
    """List the tokens of one connector or of all: labels and dates, never the tokens."""
    config = read_config(config_file, output)
    found = TokenStore.in_state(config.host.state).list(name)
    rows = [
        {"connector": connector, "label": each.label, "created": each.created}
        for connector, each in found
    ]
    output.table(rows, empty="There are no tokens: make one with ecma2py token create.")


@token.command("revoke")
@click.argument("name")
@click.argument("label")
@config_option
@click.pass_obj
def revoke(output: Output, /, *, name: str, label: str, config_file: Path) -> None:
    """Let the token with this LABEL open nothing any more."""
    # The connector may be gone from the file; its tokens can still be taken away.
    config = read_config(config_file, output)
    TokenStore.in_state(config.host.state).revoke(name, label)
    output.done({"connector": name, "revoked": label}, f"Token {label!r} of {name} is revoked.")
