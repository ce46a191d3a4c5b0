"""Connectors of the tests in C#, each compiled once, and the workers that run them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.workers import Recipe, WorkerPool
from tests.clr.dotnet import needs_pythonnet, runtime

KINDS = pytest.mark.parametrize(
    "kind", [RuntimeKind.MONO, RuntimeKind.CORECLR], ids=lambda kind: kind.value
)
SOURCES = Path(__file__).with_name("connectors")


@contextmanager
def workers(
    kind: RuntimeKind, dll: Path, cache: Path, *, warm: int = 0, **limits: Any
) -> Iterator[WorkerPool]:
    """A pool whose workers run the DLL on a runtime; *cache* is where our assemblies are kept."""
    runtime(kind)
    needs_pythonnet()
    settings = limits.pop("settings", {})
    recipe = Recipe(
        name="net",
        kind="dotnet",
        settings={"dll": str(dll), "runtime": kind.value, **settings},
        environment={**os.environ, "XDG_CACHE_HOME": str(cache)},
        **limits,
    )
    pool = WorkerPool(recipe, warm=warm)
    try:
        yield pool
    finally:
        pool.close()
