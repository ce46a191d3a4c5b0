from collections.abc import Iterator
from pathlib import Path

import pytest

from ecma2py.space import SqliteSpace
from tests.space.spaces import open_space


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the space of a test is."""
    return tmp_path / "space.db"


@pytest.fixture
def space(path: Path) -> Iterator[SqliteSpace]:
    """An empty space of the small world."""
    with open_space(path) as opened:
        yield opened
