"""Which connector a command works with, and in which configuration."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from attrs import frozen

from ecma2py.cli.output import Output
from ecma2py.errors import ConfigurationError
from ecma2py.host.binding import BoundConnector, RunStep, bind_connector, check_runs
from ecma2py.host.config import Config, load
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.host.config_reader import closest
from ecma2py.host.logs import register_secrets
from ecma2py.host.planning import partition_of, selected
from ecma2py.host.secrets import REFERENCE, References, UnresolvedReferenceError
from ecma2py.parameters import ConfigParameterDefinition, ConfigParameterType, SecureString
from ecma2py.partitions import Partition
from ecma2py.runs.pages import ParameterPage
from ecma2py.runs.source import ConnectorSource, Description
from ecma2py.schema import Schema


@frozen
class Target:
    """A connector with its parameters, ready to be asked."""

    name: str
    config: ConnectorConfig
    connector: BoundConnector

    @property
    def source(self) -> ConnectorSource:
        """The connector for all that is no run."""
        return self.connector.source

    def for_run(self, step: RunStep) -> ConnectorSource:
        """The connector for one kind of run, in the configured partition."""
        check_runs(self.config, self.describe())
        return self.connector.for_run(step, self.partition())

    def describe(self) -> Description:
        """Schema, capabilities, partitions and interfaces."""
        return self.source.describe()

    def types(self) -> Schema:
        """The object types and attributes that the configuration selects."""
        return selected(self.config, self.describe().schema)

    def partition(self) -> Partition | None:
        """The partition to work in; ConfigurationError if the configured one does not exist."""
        return partition_of(self.config, self.describe())


def read_config(file: Path, output: Output) -> Config:
    """The configuration in *file*, whose secrets no message shows from now on."""
    config = load(file)
    output.hide(config.secrets)
    register_secrets(config.secrets)
    return config


def configured(config: Config, name: str | None) -> tuple[str, ConnectorConfig]:
    """The connector called *name*, or the only one; a usage error if that cannot be told."""
    if name is None and len(config.connectors) == 1:
        return next(iter(config.connectors.items()))
    names = ", ".join(config.connectors) or "none"
    if name is None:
        raise click.UsageError(f"Say which connector: {config.path} has {names}.")
    if name not in config.connectors:
        close = closest(name, config.connectors)
        hint = f"did you mean {close!r}?" if close else f"it has {names}."
        raise click.UsageError(f"{config.path} has no connector {name!r}: {hint}")
    return name, config.connectors[name]


def given_settings(settings: Iterable[str]) -> dict[str, str]:
    """``--set`` options by parameter name, as they were typed."""
    found: dict[str, str] = {}
    for each in settings:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            # The text is not repeated: it may be a secret typed by mistake.
            raise click.UsageError("--set expects NAME=VALUE, for example --set 'Port=5432'.")
        found[name.strip()] = value
    return found


def resolved_settings(settings: Mapping[str, str], output: Output) -> dict[str, str | SecureString]:
    """The values with ``${NAME}`` taken from the environment; such a value is a secret."""
    references = References(Path.cwd())
    try:
        found = {
            name: references.secret(value) or references.expand(value)
            for name, value in settings.items()
        }
    except UnresolvedReferenceError as error:
        raise ConfigurationError(f"--set: {error}.") from error
    output.hide(references.resolved)
    return found


def open_target(output: Output, options: Mapping[str, Any]) -> Target:
    """The connector that the options of ``connector_options`` mean."""
    if options["type_name"] is None:
        for name in ("path", "settings"):
            if options[name]:
                raise click.UsageError("--path and --set go with --type; a file has its own.")
        name, config = configured(read_config(options["config_file"], output), options["name"])
        return bound(name, config)
    typed = given_settings(options["settings"])
    settings = resolved_settings(typed, output)
    name = options["name"] or options["type_name"].rpartition(":")[2]
    path = options["path"].absolute() if options["path"] else None
    config = ConnectorConfig(type=options["type_name"], path=path, parameters=settings)
    target = bound(name, config)
    refuse_typed_secrets(target.connector.pages, typed)
    return target


def bound(name: str, config: ConnectorConfig) -> Target:
    """The connector with the parameters its configuration gives."""
    return Target(name, config, bind_connector(name, config))


def refuse_typed_secrets(pages: Iterable[ParameterPage], settings: Mapping[str, str]) -> None:
    """Return unless a secret was typed on the command line, where all users can see it."""
    for page in pages:
        for each in page.definitions:
            if each.type is ConfigParameterType.ENCRYPTED_STRING and each.name in settings:
                check_typed_secret(each, settings[each.name])


def check_typed_secret(definition: ConfigParameterDefinition, text: str) -> None:
    """Return if *text* only refers to the secret; a usage error, which does not repeat it."""
    if text and REFERENCE.fullmatch(text) is None:
        name = definition.name
        raise click.UsageError(
            f"{name!r} is a secret, and a command line is no secret: put it into an environment "
            f"variable and write --set '{name}=${{VARIABLE}}'."
        )
