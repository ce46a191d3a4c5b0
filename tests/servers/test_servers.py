"""The servers of the tests are real, private to the run, and gone afterwards."""

import contextlib
import subprocess
from pathlib import Path

import pytest

from scripts.system_packages import NEEDS, Need
from tests.servers import needs
from tests.servers.mariadb import MariadbServer, make_data
from tests.servers.postgresql import PostgresServer
from tests.servers.process import listens, server_folder, unprivileged
from tests.servers.slapd import LdapServer, slapd_server


def test_postgresql_answers_on_loopback_only(postgresql: PostgresServer) -> None:
    """The server takes SQL, and listens on no other address."""
    assert postgresql.execute("SELECT 1 + 1") == "2"
    assert postgresql.execute("SHOW listen_addresses") == "127.0.0.1"


def test_postgresql_asks_for_the_password(postgresql: PostgresServer) -> None:
    """Another user of the machine does not get in."""
    stranger = PostgresServer(postgresql.port, "wrong", postgresql.psql)

    with pytest.raises(RuntimeError, match="password authentication failed"):
        stranger.execute("SELECT 1")


def test_a_postgresql_database_is_gone_after_its_test(postgresql: PostgresServer) -> None:
    """Each test gets an empty database that leaves nothing behind."""
    with postgresql.database() as name:
        postgresql.execute("CREATE TABLE person (id int)", database=name)

    assert name not in postgresql.execute("SELECT datname FROM pg_database").splitlines()


def test_the_odbc_string_opens_the_database(postgresql_odbc: str) -> None:
    """The connection string works with pyodbc as it is, text beyond ASCII included."""
    import pyodbc

    with contextlib.closing(pyodbc.connect(postgresql_odbc)) as connection:
        assert connection.execute("SELECT lower('ÀÉ')").fetchval() == "àé"


def test_mariadb_answers_on_loopback_only(mariadb: MariadbServer) -> None:
    """The server takes SQL, and listens on no other address."""
    assert mariadb.execute("SELECT 1 + 1") == "2"
    assert mariadb.execute("SELECT @@bind_address") == "127.0.0.1"


def test_mariadb_asks_for_the_password(mariadb: MariadbServer) -> None:
    """Another user of the machine does not get in, nor does the administrator of the package."""
    stranger = MariadbServer(mariadb.port, "wrong", mariadb.client)

    with pytest.raises(RuntimeError, match="Access denied"):
        stranger.execute("SELECT 1")
    assert mariadb.execute("SELECT count(*) FROM mysql.user WHERE user = 'root'") == "0"


def test_a_mariadb_database_is_gone_after_its_test(mariadb: MariadbServer) -> None:
    """Each test gets an empty database that leaves nothing behind."""
    with mariadb.database() as name:
        mariadb.execute(f"CREATE TABLE {name}.person (id int)")

    assert name not in mariadb.execute("SHOW DATABASES").splitlines()


def test_the_odbc_string_of_mariadb_opens_the_database(mariadb_odbc: str) -> None:
    """The connection string works with pyodbc as it is."""
    import pyodbc

    with contextlib.closing(pyodbc.connect(mariadb_odbc)) as connection:
        assert connection.execute("SELECT lower('AB')").fetchval() == "ab"


def test_slapd_answers_with_its_base_entries(slapd: LdapServer) -> None:
    """A search with the administrator's password finds the two units."""
    bind = ["-x", "-LLL", "-H", slapd.url, "-D", slapd.admin, "-w", slapd.password]
    command = ["ldapsearch", *bind, "-b", slapd.suffix, "(objectClass=organizationalUnit)", "ou"]

    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert "ou: people" in found
    assert "ou: groups" in found


def test_a_stopped_server_leaves_its_port() -> None:
    """Nothing listens after the end, and no folder is left."""
    needs.require("slapd")
    with slapd_server() as server:
        assert listens(server.port)

    assert not listens(server.port)


@pytest.mark.parametrize(
    ("waived", "outcome"),
    [
        (None, pytest.skip.Exception),
        ("moon,sun", pytest.skip.Exception),
        ("sun", pytest.fail.Exception),
        ("", pytest.fail.Exception),
    ],
)
def test_what_is_missing_is_skipped_only_by_name(
    waived: str | None,
    outcome: type[BaseException],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the set-up ran, only what it could not install may be missing."""
    monkeypatch.setitem(NEEDS, "moon", Need("moon", ("moon-server",), lambda: False, "moon tests"))
    if waived is None:
        monkeypatch.delenv("ECMA2PY_TESTS_WITHOUT", raising=False)
    else:
        monkeypatch.setenv("ECMA2PY_TESTS_WITHOUT", waived)

    with pytest.raises(outcome, match="apt-get install moon-server"):
        needs.require("moon")


def test_a_server_folder_is_closed_to_other_users() -> None:
    """Nobody but the server reads what it keeps, and the folder does not outlive it."""
    with server_folder("check", unprivileged("nobody")) as folder:
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_a_mariadb_in_the_making_has_temporary_files_of_its_own(tmp_path: Path) -> None:
    """In a folder that several share, each that starts deletes the tables of those before it."""
    install = tmp_path / "install"
    install.write_text('#!/bin/sh\necho "$TMPDIR" > seen\n')
    install.chmod(0o755)

    make_data(install, tmp_path / "data", {})

    assert (tmp_path / "seen").read_text().strip() == str(tmp_path)
