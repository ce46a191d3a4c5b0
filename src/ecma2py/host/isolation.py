"""Where a connector runs: in this process, or each run in a process of its own."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from ecma2py.connector.loading import connector_factory, is_dll
from ecma2py.errors import ConfigurationError
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.host.logs import is_secret
from ecma2py.parameters import SecureString
from ecma2py.workers import Recipe, WorkerPool, memory_limit_problem

Factory = Callable[[], object]
"""Makes a fresh connector."""


def connector_in(name: str, config: ConnectorConfig) -> Factory:
    """What makes the connector where *config* wants it; one that has workers must be closed.

    ConfigurationError says what cannot be loaded here, or limited on this system.
    """
    if not config.has_workers:
        return connector_factory(config.type, config.path)
    if config.memory_limit_mb is not None and (problem := memory_limit_problem()):
        raise ConfigurationError(f"memory_limit_mb cannot be kept: {problem}.")
    recipe = Recipe(
        name=name,
        kind="dotnet" if is_dll(config.type) else "python",
        settings=_settings(name, config),
        memory_limit_mb=config.memory_limit_mb,
        start_seconds=config.imports.timeout_seconds,
        environment=dict(_environment(config)),
    )
    return WorkerPool(recipe, warm=config.warm_workers)


def _settings(name: str, config: ConnectorConfig) -> dict[str, str | None]:
    """What a worker has to know to load the connector."""
    if not is_dll(config.type):
        return {"type": config.type, "path": None if config.path is None else str(config.path)}
    return {
        "dll": str(config.dll),
        "name": name,
        "runtime": config.wanted_runtime,
        "contract": None if config.contract is None else str(config.contract),
    }


def close(factory: Factory) -> None:
    """End the workers of *factory*, if it has any."""
    if isinstance(factory, WorkerPool):
        factory.close()


@contextmanager
def closed_on_error(factory: Factory) -> Iterator[None]:
    """A ``with`` block after which a connector that it could not do its work with is closed."""
    try:
        yield
    except BaseException:
        close(factory)
        raise


def workers(factory: Factory) -> int:
    """How many workers *factory* has now."""
    return factory.running if isinstance(factory, WorkerPool) else 0


def _environment(config: ConnectorConfig) -> Iterator[tuple[str, str]]:
    """The environment without what the configuration took from it as a secret."""
    own = {each.reveal() for each in _secrets(config)}
    for name, value in os.environ.items():
        if value not in own and not is_secret(value):
            yield name, value


def _secrets(config: ConnectorConfig) -> Iterable[SecureString]:
    steps = config.run_steps
    tables = (steps.full_import, steps.delta_import, steps.export, *config.partitions.values())
    for table in (config.parameters, *tables):
        yield from (each for each in table.values() if isinstance(each, SecureString))
