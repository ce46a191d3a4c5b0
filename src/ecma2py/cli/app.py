"""The root command: its subcommands, loaded when used, and how they end."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module, metadata
from itertools import takewhile

import click

from ecma2py.cli.exits import MEANINGS, Exit
from ecma2py.cli.options import Group
from ecma2py.cli.output import Output

COMMANDS = {
    "init": "ecma2py.cli.init:init",
    "check": "ecma2py.cli.check:check",
    "serve": "ecma2py.cli.running:serve",
    "status": "ecma2py.cli.running:status",
    "reload": "ecma2py.cli.running:reload",
    "stop": "ecma2py.cli.running:stop",
    "connectors": "ecma2py.cli.describing:connectors",
    "parameters": "ecma2py.cli.describing:parameters",
    "capabilities": "ecma2py.cli.describing:capabilities",
    "schema": "ecma2py.cli.describing:schema",
    "import": "ecma2py.cli.imports:import_entries",
    "export": "ecma2py.cli.exports:export_entries",
    "password": "ecma2py.cli.passwords:password",
    "space": "ecma2py.cli.history:space",
    "token": "ecma2py.cli.tokens:token",
    "certificate": "ecma2py.cli.certificates:certificate",
    "config": "ecma2py.cli.configuration:config",
    "dotnet": "ecma2py.cli.dotnet:dotnet",
}
"""Where each command is defined, in the order in which they are listed."""


class Commands(Group):
    """A group whose commands are imported when they are looked at."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of a connector's life, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now; None if there is none."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The exit codes, for all commands in one place."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), text) for code, text in MEANINGS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(metadata.version("ecma2py"), prog_name="ecma2py")
def ecma2py() -> None:
    """Write ECMA2 connectors in Python, and serve them over SCIM 2.0.

    Every command takes --json, which makes its output one JSON document or JSON lines, and --debug,
    which shows the traceback of an error. Results go to standard output, all else to standard
    error.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; whatever happens is told in one message."""
    output = Output(as_json=_asks_for_json(arguments))
    try:
        code = ecma2py.main(list(arguments), "ecma2py", standalone_mode=False, obj=output)
        sys.stdout.flush()
        return code if isinstance(code, int) else Exit.OK
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return Exit.USAGE
    except click.ClickException as error:
        return _usage(error, output)
    except (KeyboardInterrupt, click.Abort):
        message = "Interrupted."
        told = {"error": message, "exit_code": int(Exit.INTERRUPTED)}
        output.summary(told, message)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough of it; Python must not try to write the rest at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    except Exception as error:  # noqa: BLE001  it is told, and with --debug with its traceback
        return output.error(error)


def _asks_for_json(arguments: Sequence[str]) -> bool:
    """True if ``--json`` stands anywhere: what is wrong with the rest is told in this form too."""
    return "--json" in takewhile(lambda each: each != "--", arguments)


def _usage(error: click.ClickException, output: Output) -> int:
    if output.as_json:
        output.summary({"error": error.format_message(), "exit_code": int(Exit.USAGE)}, "")
    else:
        error.show()
    return Exit.USAGE
