"""Connectors are found by the name of an entry point, or by module and class."""

import importlib
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from attrs import frozen

from ecma2py.errors import ConfigurationError

GROUP = "ecma2py.connectors"


@frozen
class Installed:
    """A connector that is installed: what ``type`` may name."""

    name: str
    distribution: str
    version: str
    target: str


def installed() -> list[Installed]:
    """Every connector that an installed distribution offers, by name."""
    found = []
    for each in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        dist = each.dist
        found.append(
            Installed(
                each.name,
                dist.name if dist else "",
                dist.version if dist else "",
                each.value,
            )
        )
    return found


def is_dll(type_name: str) -> bool:
    """True for the name of a .NET connector's library."""
    return type_name.lower().endswith(".dll")


def connector_factory(type_name: str, path: Path | None = None) -> Callable[[], object]:
    """What makes a fresh instance of the connector called *type_name*.

    *type_name* is an entry point's name, or ``module:Class``, whose module is looked for in *path*
    first. ConfigurationError says what is installed, or why the module cannot be loaded.
    """
    if is_dll(type_name):
        raise ConfigurationError(
            f"Connector {type_name!r} is a .NET connector, which runs in a worker of its own: make "
            'it by a WorkerPool of Recipe(kind="dotnet").'
        )
    module, _, name = type_name.partition(":")
    target = _from_module(module, name, path) if name else _from_entry_point(type_name)
    if not callable(target):
        raise ConfigurationError(f"Connector {type_name!r} is no class: it cannot be started.")
    return target


def _from_entry_point(name: str) -> Callable[[], object]:
    matching: tuple[EntryPoint, ...] = tuple(entry_points(group=GROUP, name=name))
    if not matching:
        names = ", ".join(each.name for each in installed()) or "none"
        raise ConfigurationError(
            f"No connector {name!r} is installed (there are: {names}). Install its package, or "
            "name a class of your own as module:Class."
        )
    target: Callable[[], object] = _loaded(name, matching[0].load)
    return target


def _from_module(module: str, name: str, path: Path | None) -> Callable[[], object]:
    if path is not None and str(path) not in sys.path:
        sys.path.insert(0, str(path))
    loaded = _loaded(f"{module}:{name}", lambda: importlib.import_module(module))
    target: Callable[[], object] | None = getattr(loaded, name, None)
    if target is None:
        raise ConfigurationError(f"Module {module!r} has no class {name!r}.")
    return target


def _loaded(name: str, load: Callable[[], Any]) -> Any:
    try:
        return load()
    except Exception as error:
        raise ConfigurationError(
            f"Connector {name!r} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
