"""The page about the command line, of its own help; ``scripts.reference`` writes it."""

import inspect
import textwrap
from collections.abc import Iterator

import click

from ecma2py.cli import entry_json
from ecma2py.cli.app import ecma2py
from ecma2py.cli.exits import MEANINGS

COMMON = frozenset({"as_json", "debug"})
"""Options of every command, told once at the beginning of the page."""


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, groups before their members."""
    root = click.Context(ecma2py, info_name="ecma2py")
    for name in ecma2py.list_commands(root):
        command = ecma2py.get_command(root, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            for inner, member in command.commands.items():
                yield f"{name} {inner}", member


def page() -> Iterator[str]:
    """The lines of the page."""
    yield "# Command line"
    yield ""
    yield "<!-- Made by: python -m scripts.reference -->"
    yield ""
    yield from _help(ecma2py)
    yield "Install the extra `host` for it: `pip install '.[host]'` in a checkout."
    yield ""
    yield "## Exit codes"
    yield ""
    yield "| Code | Meaning |"
    yield "|---|---|"
    for code, meaning in MEANINGS.items():
        yield f"| {int(code)} | {meaning} |"
    yield ""
    yield "## Commands"
    for name, command in commands():
        yield ""
        yield f"### ecma2py {name}"
        yield ""
        yield from _command(name, command)
    yield ""
    yield "## Entries as JSON lines"
    yield ""
    yield from _entries()


def _command(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=f"ecma2py {name}")
    pieces = " ".join(command.collect_usage_pieces(context))
    yield "```text"
    yield f"ecma2py {name} {pieces}"
    yield "```"
    yield ""
    yield from _help(command)
    options = [
        each
        for each in command.params
        if isinstance(each, click.Option) and each.name not in COMMON
    ]
    if not options:
        return
    yield "| Option | Meaning |"
    yield "|---|---|"
    for option in options:
        names, meaning = option.get_help_record(context) or ("", "")
        yield f"| `{_cell(names)}` | {_cell(meaning)} |"


def _help(command: click.Command) -> Iterator[str]:
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        yield paragraph
        yield ""


def _entries() -> Iterator[str]:
    for paragraph in inspect.cleandoc(entry_json.__doc__ or "").split("\n\n"):
        if paragraph.startswith("    "):
            yield "```json"
            yield textwrap.dedent(paragraph)
            yield "```"
        else:
            yield paragraph.replace("``", "`")
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
