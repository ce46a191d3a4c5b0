"""``ecma2py check``: whether the file, and every connector in it, can be used."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from attrs import define, field

from ecma2py.cli.exits import CommandError, Exit, code_of
from ecma2py.cli.options import command, config_option
from ecma2py.cli.output import Output
from ecma2py.cli.target import Target, bound, configured, read_config
from ecma2py.errors import ConfigurationError
from ecma2py.host.binding import check_runs
from ecma2py.host.config import Config
from ecma2py.host.deprovisioning import NOTHING_DISABLES, disables_nothing
from ecma2py.host.planning import resource_types
from ecma2py.host.tls import HostCertificate
from ecma2py.host.tokens import TokenStore
from ecma2py.scim.types import ResourceType


@command("check")
@click.argument("name", required=False)
@config_option
@click.pass_obj
def check(output: Output, /, *, name: str | None, config_file: Path) -> None:
    """Check the configuration file, and try its connectors.

    Every connector, or the one called NAME, is loaded, its parameters are validated, its target is
    connected to, and its schema is compared with the selection and the mapping. Nothing is changed
    in any target. What may be meant but seldom is has a warning, and is no failure.
    """
    config = read_config(config_file, output)
    names = list(config.connectors) if name is None else [configured(config, name)[0]]
    report = _Report(output)
    report.add("host", "file", lambda: f"{config.path} is well-formed")
    report.add("host", "certificate", lambda: _certificate(config))
    host = config.host
    if not (host.listen.is_loopback or host.names) and host.tls.is_generated:
        report.warn(
            "host",
            "names",
            "the certificate is for localhost alone: list what clients call this machine in names",
        )
    for each in names:
        _check_connector(report, config, each)
    report.tell()


@define
class _Report:
    """What was tried, and what came of it."""

    output: Output
    rows: list[dict[str, Any]] = field(factory=list)
    worst: Exit = Exit.OK

    def add(self, about: str, step: str, attempt: Callable[[], str]) -> bool:
        """Try a step; True if it went well."""
        try:
            row = {"about": about, "step": step, "ok": True, "detail": attempt()}
        except Exception as error:  # noqa: BLE001  whatever is wrong is what the command is to tell
            row = {"about": about, "step": step, "ok": False, "detail": self.output.told(error)}
            code = code_of(error)
            # A mistake in the file comes first: it has to be mended before anything else helps.
            if self.worst in (Exit.OK, Exit.STOPPED) or code is Exit.USAGE:
                self.worst = code
        self.rows.append(row)
        return bool(row["ok"])

    def warn(self, about: str, step: str, detail: str) -> None:
        """Tell of something that works, but hardly as it was meant."""
        self.rows.append({"about": about, "step": step, "ok": True, "detail": f"warning: {detail}"})

    def tell(self) -> None:
        """The table, and the exit code."""
        self.output.table(self.rows)
        if self.worst is not Exit.OK:
            raise CommandError("", self.worst)


def _check_connector(report: _Report, config: Config, name: str) -> None:
    table = config.connectors[name]
    found: list[Target] = []

    def load() -> str:
        found.append(bound(name, table))
        count = len(found[0].source.parameters)
        return f"{table.type}: {count} parameter{'' if count == 1 else 's'}"

    if not report.add(name, "load", load):
        return
    target = found[0]
    steps: Iterator[tuple[str, Callable[[], str]]] = iter(
        (
            ("connect", lambda: _connect(target)),
            ("parameters", lambda: _parameters(target)),
            ("schema", lambda: _schema(target)),
            ("mapping", lambda: _mapping(target)),
        )
    )
    if all(report.add(name, step, attempt) for step, attempt in steps):
        if _disables_nothing(target):
            report.warn(name, "active", NOTHING_DISABLES)
        report.add(name, "tokens", lambda: _tokens(config, name))


def _certificate(config: Config) -> str:
    if config.host.plain_http:
        return "none: plain HTTP on a loopback address"
    if config.host.tls.is_generated:
        return "made by the host"
    described = HostCertificate(config.host).description()
    if described.days_left < 0:
        raise ConfigurationError(f"The certificate expired on {described.not_after:%Y-%m-%d}.")
    return f"{described.subject}, {described.days_left} days left"


def _connect(target: Target) -> str:
    target.describe()
    return "the connector reached its target"


def _parameters(target: Target) -> str:
    check_runs(target.config, target.describe())
    target.connector.validate(target.describe(), target.partition())
    return "every value is accepted"


def _schema(target: Target) -> str:
    types = target.types()
    partition = target.partition()
    where = f" in {partition.dn}" if partition is not None else ""
    sizes = (f"{each.name} ({len(each.attributes)} attributes)" for each in types.types.values())
    return ", ".join(sizes) + where


def _mapping(target: Target) -> str:
    return ", ".join(f"{each.object_type} at {each.endpoint}" for each in _kinds(target))


def _kinds(target: Target) -> tuple[ResourceType, ...]:
    return resource_types(target.config, target.types(), target.describe())


def _disables_nothing(target: Target) -> bool:
    can_export = target.describe().can_export
    return can_export and disables_nothing(target.config.deprovisioning, _kinds(target))


def _tokens(config: Config, name: str) -> str:
    count = len(TokenStore.in_state(config.host.state).list(name))
    return f"{count} valid" if count else f"none yet: ecma2py token create {name}"
