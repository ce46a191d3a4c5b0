"""What the tests of .NET share: our assemblies, built once for the whole run."""

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from ecma2py.clr.compiling import (
    BRIDGE_NAME,
    CONTRACT_NAME,
    build_bridge,
    build_contract,
    build_stand_ins,
)
from tests.clr.building import contract_of
from tests.clr.hosted import Ours
from tests.clr.probing import Probing
from tests.servers.needs import require


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-ins, built from their sources."""
    require("mono")
    folder = tmp_path_factory.mktemp("standins")
    build_stand_ins(folder)
    return folder


@pytest.fixture
def probe(tmp_path: Path, ours: Ours, stand_ins: Path) -> Probing:
    """A connector that tries something."""
    return Probing(tmp_path, ours, stand_ins)


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contract assembly, built from its sources."""
    require("mono")
    built = tmp_path_factory.mktemp("contract") / f"{CONTRACT_NAME}.dll"
    build_contract(built)
    return built


@pytest.fixture(scope="session")
def older(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The contract as a connector may have been compiled against it: "4.1.3.0 unsigned"."""

    @functools.cache
    def built(version: str) -> Path:
        number, _, unsigned = version.partition(" ")
        return contract_of(tmp_path_factory.mktemp("older"), number, signed=not unsigned)

    return built


@pytest.fixture(scope="session")
def ours(contract: Path, tmp_path_factory: pytest.TempPathFactory) -> Ours:
    """The contract, and our own assembly inside the runtime, built from its sources."""
    bridge = tmp_path_factory.mktemp("bridge") / f"{BRIDGE_NAME}.dll"
    build_bridge(bridge, contract)
    return Ours(contract, bridge)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workers of this run keep our assemblies, which the first one of them builds."""
    require("mono")
    return tmp_path_factory.mktemp("cache")
