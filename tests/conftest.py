"""Fixtures that any test may ask for: real servers, each started once and only when asked for."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.servers.needs import require

if TYPE_CHECKING:
    from tests.servers.mariadb import MariadbServer
    from tests.servers.postgresql import PostgresServer
    from tests.servers.slapd import LdapServer

# A slow machine is no reason to fail, so no profile has a deadline. `ci` draws the same examples
# every time; `dev` looks for new ones; `nightly` looks long.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile(
    "nightly",
    deadline=None,
    max_examples=5_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"),
)


@pytest.fixture(scope="session")
def postgresql() -> "Iterator[PostgresServer]":
    """A PostgreSQL server on loopback, one for the whole run."""
    require("postgresql")
    from tests.servers.postgresql import postgresql_server

    with postgresql_server() as server:
        yield server


@pytest.fixture
def postgresql_odbc(postgresql: "PostgresServer") -> Iterator[str]:
    """The ODBC connection string of an empty PostgreSQL database, one for each test."""
    require("odbc-postgresql")
    with postgresql.database() as name:
        yield postgresql.odbc(name)


@pytest.fixture(scope="session")
def mariadb() -> "Iterator[MariadbServer]":
    """A MariaDB server on loopback, one for the whole run."""
    require("mariadb")
    from tests.servers.mariadb import mariadb_server

    with mariadb_server() as server:
        yield server


@pytest.fixture
def mariadb_odbc(mariadb: "MariadbServer") -> Iterator[str]:
    """The ODBC connection string of an empty MariaDB database, one for each test."""
    require("odbc-mariadb")
    with mariadb.database() as name:
        yield mariadb.odbc(name)


@pytest.fixture(scope="session")
def slapd() -> "Iterator[LdapServer]":
    """An OpenLDAP server on loopback, one for the whole run."""
    require("slapd")
    from tests.servers.slapd import slapd_server

    with slapd_server() as server:
        yield server
