"""What commands have in common: --json and --debug, --config, and which connector is meant."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ecma2py.cli.output import Output

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


def _set_flag(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        setattr(ctx.ensure_object(Output), str(param.name), True)


def _common() -> list[click.Option]:
    # Eager, so that an error in another option is told in the form asked for.
    shared: dict[str, Any] = {
        "is_flag": True,
        "is_eager": True,
        "expose_value": False,
        "callback": _set_flag,
    }
    return [
        click.Option(["--json", "as_json"], help="Print JSON.", **shared),
        click.Option(["--debug"], help="Show the traceback of an error.", **shared),
    ]


class Command(click.Command):
    """A command with ``--json`` and ``--debug``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_common())


class Group(click.Group):
    """A group of commands with ``--json`` and ``--debug``."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_common())


def command(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function the command called *name*."""
    return click.command(name, cls=Command)


def group(name: str) -> Callable[[Callable[..., Any]], Group]:
    """Make a function the group called *name*."""
    return click.group(name, cls=Group)


config_option = click.option(
    "--config",
    "-c",
    "config_file",
    type=FILE,
    envvar="ECMA2PY_CONFIG",
    default=Path("ecma2py.toml"),
    show_default=True,
    show_envvar=True,
    help="The configuration file.",
)

_CONNECTOR = (
    click.argument("name", required=False),
    config_option,
    click.option(
        "--type",
        "type_name",
        help="Do without a configuration file: an installed connector's name, or module:Class.",
    ),
    click.option("--path", type=FOLDER, help="Where to look for the module of module:Class first."),
    click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        help="A parameter of the connector; may be repeated. '${NAME}' in a value is taken from "
        "the environment; a secret can be given in no other way.",
    ),
)


def connector_options(function: F) -> F:
    """A connector: NAME in the configuration file, or --type with --set."""
    for option in reversed(_CONNECTOR):
        function = option(function)
    return function
