"""Connectors of the tests in C#, each compiled once, and the workers that run them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.workers import Recipe, WorkerPool
from tests.clr.building import assembly
from tests.clr.dotnet import needs_pythonnet, runtime
from tests.clr.hosted import Ours

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


def deeds(ours: Ours, folder: Path) -> Path:
    """The connector that does what it is told."""
    return assembly(
        folder / "Deeds.dll",
        f"#define TRACE\n{(SOURCES / 'Deeds.cs').read_text(encoding='utf-8')}",
        references=[ours.contract],
    )
