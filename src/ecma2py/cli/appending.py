"""Adding connectors to the configuration file, which may not exist yet."""

import tomllib
from pathlib import Path

import click

from ecma2py.host.config import parse
from ecma2py.host.secrets import AnyVariable


def existing_text(file: Path) -> str:
    """The text of the file, empty if there is none; a usage error if it is not TOML."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file} cannot be read: {error}") from error
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise click.UsageError(f"{file} is not TOML: {error}") from error
    return text


def names_in(text: str) -> list[str]:
    """What the connectors in the text of a file are called."""
    return list(tomllib.loads(text).get("connectors", {}))


def append(file: Path, before: str, added: str) -> None:
    """*file*, whose text is *before*, has *added* at its end.

    ConfigFileError, and nothing is written, if the host would refuse the whole.
    """
    if before:
        added = f"\n{added}" if before.endswith("\n") else f"\n\n{added}"
    # What is written must be what the host reads, whatever names and values are in it.
    parse(before + added, file, AnyVariable())
    # Adding to a file leaves its owner and its mode as they are.
    with file.open("ab") as opened:
        opened.write(added.encode())
