"""What a worker is to run: told by its first message, not by command line or environment."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from ecma2py.connector.loading import connector_factory
from ecma2py.errors import ConfigurationError

Maker = Callable[[], object]
"""Makes a fresh connector in the worker."""

TAKES_BUFFERS = "takes_buffers"
"""What a connector sets to True that is given entries as ``Encoded`` buffers, and may give pages
and results as such: a bridge to another language, which reads and writes them itself."""


@frozen(kw_only=True)
class Recipe:
    """Which connector a worker runs, and under what limits.

    *kind* names the way of loading, *settings* are for it alone: ``python`` takes ``type``, an
    entry point or ``module:Class``, and ``path``, a directory in which the module is looked for
    first. ``dotnet`` takes ``dll``, its path, and what is to be chosen otherwise than by itself:
    ``name`` of the management agent, ``folder`` of its files, ``runtime`` by its name, ``contract``
    and ``settings``, the paths of a genuine contract and of a ``.config`` file.
    """

    name: str
    """The connector's name in the log and in errors."""
    kind: str = "python"
    settings: Mapping[str, Any] = field(factory=dict)
    memory_limit_mb: int | None = None
    """Memory that the worker may have; None for no limit."""
    start_seconds: float | None = 120.0
    """How long loading and making the connector may take; None for no limit."""
    environment: Mapping[str, str] | None = None
    """The environment of the worker; None for that of this process."""


def load_python(settings: Mapping[str, Any]) -> Maker:
    """What makes a connector written in Python; ``ConfigurationError`` if it cannot be loaded."""
    path = settings.get("path")
    return connector_factory(settings["type"], None if path is None else Path(path))


def load_dotnet(settings: Mapping[str, Any]) -> Maker:
    """What makes a connector of a .NET DLL; ``ConfigurationError`` if it cannot be run here."""
    from ecma2py.workers import dotnet  # nobody else needs what it imports

    return dotnet.load_dotnet(settings)


WAYS: dict[str, Callable[[Mapping[str, Any]], Maker]] = {
    "python": load_python,
    "dotnet": load_dotnet,
}
"""The ways of loading a connector in a worker."""


def load(kind: str, settings: Mapping[str, Any]) -> Maker:
    """What makes the connector; ``ConfigurationError`` if there is no such way, or it fails."""
    way = WAYS.get(kind)
    if way is None:
        raise ConfigurationError(f"A worker loads {', '.join(WAYS)}, not {kind!r}.")
    return way(settings)
