"""What the tests of .NET share: the contract assembly, built once for the whole run."""

from pathlib import Path

import pytest

from ecma2py.clr.compiling import CONTRACT_NAME, build_contract
from tests.servers.needs import require


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contract assembly, built from its sources."""
    require("mono")
    built = tmp_path_factory.mktemp("contract") / f"{CONTRACT_NAME}.dll"
    build_contract(built)
    return built
