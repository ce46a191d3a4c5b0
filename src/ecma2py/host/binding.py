"""A connector with the parameters that it, its partitions and its runs are given."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from attrs import frozen

from ecma2py.errors import ConfigurationError, Retry, StopRun
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.host.config_reader import join_key
from ecma2py.host.isolation import Factory, close, closed_on_error, connector_in, workers
from ecma2py.host.logs import register_secrets
from ecma2py.host.paging import check_names, filled_pages, from_settings, on_page
from ecma2py.host.secrets import looks_secret
from ecma2py.parameters import ConfigParameterPage, ConfigParameters, SecureString
from ecma2py.partitions import Partition
from ecma2py.runs import ConnectorSource, Description, ParameterPage
from ecma2py.runs.pages import PAGE_ORDER

_PARTITION, _RUN_STEP = ConfigParameterPage.PARTITION, ConfigParameterPage.RUN_STEP
_BEFORE_RUNS = tuple(each for each in PAGE_ORDER if each not in (_PARTITION, _RUN_STEP))


class RunStep(StrEnum):
    """A run for which ECMA2's run-step page is filled in by itself; its key in the file."""

    FULL_IMPORT = "full_import"
    DELTA_IMPORT = "delta_import"
    EXPORT = "export"


@frozen(kw_only=True)
class BoundConnector:
    """A connector with its parameters, the pages it asks for them on, and what its runs get."""

    factory: Factory
    """Makes the connector, in this process or in one of its own."""
    source: ConnectorSource
    """For all that is no run."""
    pages: tuple[ParameterPage, ...]
    partitions: Mapping[str, ConfigParameters]
    """What differs in a partition, by its DN or name."""
    run_steps: Mapping[RunStep, ConfigParameters]
    """What differs in a run."""
    unasked: str = ""
    """Why there are more pages than these, which could not be asked for: what they would take is
    as it was written, with no default beside it."""

    @property
    def workers(self) -> int:
        """How many processes of its own the connector has now."""
        return workers(self.factory)

    def close(self) -> None:
        """End what processes of its own the connector has; it makes no run any more."""
        close(self.factory)

    def for_run(self, step: RunStep, partition: Partition | None) -> ConnectorSource:
        """The connector for runs of this kind; *partition* is None for the default one."""
        return self._in(partition).with_parameters(self.run_steps[step])

    def validate(self, description: Description, partition: Partition | None) -> None:
        """Return if each page's values are accepted, those of a run for every run there is.

        ConfigurationError names the table, and the parameter in it, that is refused.
        """
        for table, source, wanted in self._to_validate(description, partition):
            verdict = source.validate(wanted)
            if not verdict.is_success:
                names = [table, *filter(None, [verdict.error_parameter])] if table else []
                key = f"{join_key(*names)}: " if names else ""
                raise ConfigurationError(f"{key}{verdict.error_message}")

    def _in(self, partition: Partition | None) -> ConnectorSource:
        used = partition or Partition.default()
        overlay = self.partitions.get(used.dn) or self.partitions.get(used.name)
        return self.source.with_parameters(overlay) if overlay else self.source

    def _to_validate(
        self, description: Description, partition: Partition | None
    ) -> Iterator[tuple[str, ConnectorSource, tuple[ConfigParameterPage, ...]]]:
        """Which pages are validated with what, and the table it is from; empty for the whole."""
        yield "", self.source, _BEFORE_RUNS
        if self._in(partition) is self.source:
            yield "", self.source, (_PARTITION,)
        for dn, overlay in self.partitions.items():
            yield join_key("partitions", dn), self.source.with_parameters(overlay), (_PARTITION,)
        if not any(self.run_steps.values()):
            yield "", self._in(partition), (_RUN_STEP,)
            return
        for step in offered_steps(description):
            yield f"run_steps.{step}", self.for_run(step, partition), (_RUN_STEP,)


def bind_connector(
    name: str, config: ConnectorConfig, *, takes_unasked: bool = False
) -> BoundConnector:
    """The connector that *config* names, with its parameters, and the pages it asks for them on.

    Each page sees those before it, a value left out being its default; a secret is a secret however
    it was written. ConfigurationError for a name that is on no page, or not on the page whose table
    it stands in. A connector that cannot ask for a page, because its target is down, raises what it
    raises, unless *takes_unasked*.
    """
    factory = connector_in(name, config)
    with closed_on_error(factory):
        return _bound(name, config, factory, takes_unasked=takes_unasked)


def _bound(
    name: str, config: ConnectorConfig, factory: Factory, *, takes_unasked: bool
) -> BoundConnector:
    given = ConfigParameters(config.parameters)
    timeout = config.imports.timeout_seconds
    asked = ConnectorSource(factory, given, name=name, timeout=timeout)
    parameters, pages, unasked = ConfigParameters(), list[ParameterPage](), ""
    with asked.instance() as instance:
        try:
            for page, known in filled_pages(instance, from_settings(config.parameters)):
                parameters = known
                pages.append(page)
        except (StopRun, Retry) as error:
            if not takes_unasked:
                raise
            unasked = str(error)
    if unasked:
        parameters = ConfigParameters(_unread(config.parameters)).overlaid(parameters)
    else:
        check_names(config.parameters, parameters)

    def overlay(
        page: ConfigParameterPage, settings: Mapping[str, str | SecureString], table: str
    ) -> ConfigParameters:
        if unasked:
            return ConfigParameters(_unread(settings))
        return on_page(pages, page, settings, table)

    bound = BoundConnector(
        factory=factory,
        source=ConnectorSource(factory, parameters, name=name, timeout=timeout),
        pages=tuple(pages),
        partitions={
            dn: overlay(_PARTITION, settings, join_key("partitions", dn))
            for dn, settings in config.partitions.items()
        },
        run_steps={
            step: overlay(_RUN_STEP, getattr(config.run_steps, step), f"run_steps.{step}")
            for step in RunStep
        },
        unasked=unasked,
    )
    for each in (parameters, *bound.partitions.values(), *bound.run_steps.values()):
        register_secrets(filter(None, each.secrets))
    return bound


def _unread(settings: Mapping[str, str | SecureString]) -> dict[str, str | SecureString]:
    """*settings* of which no page tells the sense: what is called like a secret is one."""
    return {
        name: SecureString(value) if isinstance(value, str) and looks_secret(name) else value
        for name, value in settings.items()
    }


def offered_steps(description: Description) -> list[RunStep]:
    """The runs there are of a connector that says *description*."""
    offered = {
        RunStep.FULL_IMPORT: description.can_import,
        RunStep.DELTA_IMPORT: description.can_import and description.capabilities.delta_import,
        RunStep.EXPORT: description.can_export,
    }
    return [step for step in RunStep if offered[step]]


def check_runs(config: ConnectorConfig, description: Description) -> None:
    """Return if the connector has every run and partition that *config* has parameters for."""
    offered = offered_steps(description)
    for step in RunStep:
        if getattr(config.run_steps, step) and step not in offered:
            raise ConfigurationError(
                f"run_steps.{step} has no effect: the connector does {_listed(offered)}."
            )
    tables: dict[Partition, str] = {}
    for key in config.partitions:
        partition = partition_called(key, description)
        if partition in tables:
            raise ConfigurationError(
                f"partitions: {key!r} and {tables[partition]!r} are the same partition."
            )
        tables[partition] = key
    several = len(description.partitions) > 1
    if several and config.partition is None and any(config.partitions.values()):
        raise ConfigurationError(
            "partitions has no effect: say with the key partition which of them to work in."
        )


def partition_called(name: str, description: Description) -> Partition:
    """The partition with this DN or name; ConfigurationError if there is none."""
    for each in description.partitions:
        if name in (each.dn, each.name):
            return each
    names = ", ".join(each.dn for each in description.partitions)
    raise ConfigurationError(f"There is no partition {name!r}: there are {names}.")


def _listed(steps: Iterable[RunStep]) -> str:
    return ", ".join(steps) or "neither imports nor exports"
