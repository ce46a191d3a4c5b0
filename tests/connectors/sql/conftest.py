"""The databases each law is tried on."""

from contextlib import suppress
from pathlib import Path

import pytest

from tests.connectors.sql.targets import (
    Target,
    mariadb_target,
    postgresql_target,
    sqlite_odbc_target,
    sqlite_target,
)
from tests.servers.needs import require


@pytest.fixture(scope="session", autouse=True)
def unpooled() -> None:
    """A connection that is closed is gone, with its locks, whoever was the first to make one."""
    with suppress(ImportError):  # without a driver manager there is nothing to pool
        import pyodbc

        pyodbc.pooling = False


@pytest.fixture(params=["sqlite3", "sqlite-odbc", "postgresql", "mariadb"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Target:
    """An empty database of each kind."""
    if request.param == "sqlite3":
        return sqlite_target(tmp_path)
    if request.param == "sqlite-odbc":
        require("odbc-sqlite")
        return sqlite_odbc_target(tmp_path)
    if request.param == "mariadb":
        return mariadb_target(request.getfixturevalue("mariadb_odbc"))
    return postgresql_target(request.getfixturevalue("postgresql_odbc"))


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Target:
    """An empty SQLite database, for laws that have nothing to do with a driver."""
    return sqlite_target(tmp_path)
