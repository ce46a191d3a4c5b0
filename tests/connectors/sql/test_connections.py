"""Databases that are not there, refuse, hang or go away: a clear error within the time-out."""

import re
import socket
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ecma2py import ConfigParameters, CSEntryChange, SecureString
from ecma2py.errors import (
    BadServerCredentialsError,
    ConfigurationError,
    ECMA2Error,
    ServerDownError,
)
from ecma2py_sql import SqlConnector
from ecma2py_sql.drivers.dialects import POSTGRESQL
from tests.connectors.sql.targets import (
    PEOPLE,
    PEOPLE_TYPES,
    Host,
    Target,
    codes,
    postgresql_target,
)
from tests.servers.needs import require


@pytest.fixture
def postgresql_target_(postgresql_odbc: str) -> Target:
    """An empty PostgreSQL database."""
    return postgresql_target(postgresql_odbc)


def check(**parameters: str | SecureString) -> None:
    """Try to connect."""
    connector = SqlConnector()
    names = {"source": "Data source", "user": "User Name", "password": "Password"}
    connector.parameters = ConfigParameters({names[k]: v for k, v in parameters.items()})
    connector.check()


def test_a_missing_file_is_not_created(tmp_path: Path) -> None:
    """A wrong path is told, where sqlite3 alone would make an empty database."""
    with pytest.raises(ServerDownError, match=r"There is no SQLite database .*nowhere\.db"):
        check(source=f"sqlite:///{tmp_path / 'nowhere.db'}")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """The database's own words are passed on."""
    (tmp_path / "x.db").write_bytes(b"no database" * 500)
    with pytest.raises(ServerDownError, match="file is not a database"):
        check(source=f"sqlite:{tmp_path / 'x.db'}")


@pytest.mark.parametrize("form", ["sqlite:{}", "sqlite:///{}", "SQLite:{}"])
def test_a_path_may_be_written_in_the_usual_ways(tmp_path: Path, form: str) -> None:
    """With or without slashes, the same file."""
    path = tmp_path / "a b#c?d.db"
    sqlite3.connect(path).close()
    check(source=form.format(path))


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("No module named 'pyodbc'", "pip install 'ecma2py-sql\\[odbc\\]'"),
        ("libodbc.so.2: cannot open shared object file", "apt install unixodbc"),
    ],
)
def test_a_missing_library_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, message: str, advice: str
) -> None:
    """SQLite works without pyodbc; another data source names the missing part."""

    class Missing:
        """Stands in for an import system that cannot load pyodbc."""

        def find_spec(self, name: str, *_: Any) -> None:
            if name == "pyodbc":
                raise ImportError(message)

    monkeypatch.delitem(sys.modules, "pyodbc", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(ConfigurationError, match=advice) as caught:
        check(source="DSN=payroll")
    assert "SQLite" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="For SQLite write sqlite:///staff.db"):
        check(source="staff.db")


def test_an_unknown_data_source_is_told() -> None:
    """Neither DSN nor driver of that name: the driver manager's words, and how to list them."""
    require("odbc-sqlite")
    for source in ("no-such-dsn", "Driver=No Such Driver;Server=x", "Driver=/no/lib.so"):
        with pytest.raises(ServerDownError, match=r"IM002|Can't open lib") as caught:
            check(source=source)
        assert "odbcinst -q -d lists" in str(caught.value)
        assert "odbcinst -q -s" in str(caught.value)


def test_windows_lists_its_data_sources_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not exist on a system is not advised there."""
    require("odbc-sqlite")
    monkeypatch.setattr("ecma2py_sql.drivers.odbc.sys.platform", "win32")
    with pytest.raises(ServerDownError, match="The ODBC Data Source Administrator") as caught:
        check(source="no-such-dsn")
    assert "odbcinst" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "state", "advises"),
    [("staff.db", "IM002", True), ("staff.db", "08001", False), ("payroll", "IM002", False)],
)
def test_a_file_named_as_a_data_source_is_told_how_to_write_it(
    monkeypatch: pytest.MonkeyPatch, source: str, state: str, advises: bool
) -> None:
    """The driver manager knows no data source of that name, and the name is a file's."""

    class Driver:
        """As much of pyodbc as a connection that cannot be made needs."""

        Error = OSError

        @staticmethod
        def connect(*_: object, **__: object) -> None:
            raise OSError(state, f"[{state}] Data source name not found")

    monkeypatch.setattr("ecma2py_sql.drivers.odbc._load", lambda _: Driver)
    kind = ConfigurationError if advises else ServerDownError
    with pytest.raises(kind) as caught:
        check(source=source)
    assert ("For SQLite write sqlite:///staff.db" in str(caught.value)) is advises


def test_a_dsn_gets_the_options_of_its_driver(
    sqlite_file: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DSN hides its driver: the connection is made again once the driver is known."""
    require("odbc-sqlite")
    database = tmp_path / "target.db"
    ini = tmp_path / "odbc.ini"
    ini.write_text(f"[payroll]\nDriver = SQLite3\nDatabase = {database}\n")
    monkeypatch.setenv("ODBCINI", str(ini))
    sqlite_file.execute(PEOPLE)
    host = Host(ConfigParameters({"Data source": "payroll", "Object types": PEOPLE_TYPES}))
    add = CSEntryChange.add("Person", attributes={"name": "x", "manager": "CN=9,OBJECT=Person"})
    assert codes(host.export(add)) == ["ExportErrorReferenceAttributeFailure"]


def test_a_driver_that_loses_text_is_refused(postgresql_odbc: str) -> None:
    """PostgreSQL's ANSI driver fails on every string: the other one is named."""
    target = postgresql_target(postgresql_odbc)
    parameters = dict(target.parameters)
    parameters["Data source"] = str(parameters["Data source"]).replace("Unicode", "ANSI")
    connector = SqlConnector()
    connector.parameters = ConfigParameters(parameters)
    with pytest.raises(ConfigurationError, match="use 'PostgreSQL Unicode'"):
        connector.check()


def refused(target: Target, kind: type[ECMA2Error], **changed: str | SecureString) -> str:
    """What connecting says with parameters *changed*: in time, and without the password."""
    given = {key.replace("_", " "): value for key, value in changed.items()}
    connector = SqlConnector()
    connector.parameters = ConfigParameters({**target.parameters, **given, "Command Timeout": "2"})
    start = time.monotonic()
    with pytest.raises(kind) as caught:
        connector.check()
    assert time.monotonic() - start < 6
    password = connector.password.reveal()
    assert password not in str(caught.value)
    return str(caught.value)


def source_with(target: Target, keyword: str, value: str) -> str:
    """The data source with another value for *keyword*."""
    source = re.sub(f"{keyword}=[^;]*", f"{keyword}={value}", str(target.parameters["Data source"]))
    assert source != target.parameters["Data source"]
    return source


SERVERS = pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)


@SERVERS
def test_a_wrong_password_or_user_is_told_and_not_shown(target: Target) -> None:
    """The credentials are at fault, and appear nowhere."""
    wrong = SecureString("wr%20ong+}")
    assert "refused" in refused(target, BadServerCredentialsError, Password=wrong)
    assert "refused" in refused(target, BadServerCredentialsError, User_Name="no;body")


@SERVERS
def test_a_server_or_database_that_is_not_there_is_told(target: Target) -> None:
    """Nobody listens on the port, the host has no address, or the database no such name."""
    for keyword, value in (("Port", "1"), ("Server", "no.such.host.invalid"), ("Database", "no")):
        says = refused(target, ServerDownError, Data_source=source_with(target, keyword, value))
        assert "cannot be reached" in says


@SERVERS
def test_a_server_that_never_answers_is_given_up_in_time(target: Target) -> None:
    """It takes the connection and says nothing: drivers tell that as a time-out, or as a loss."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        source = source_with(target, "Port", str(silent.getsockname()[1]))
        assert "cannot be reached" in refused(target, ServerDownError, Data_source=source)


def test_a_setting_the_server_refuses_is_told(
    postgresql_target_: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection without its settings is not used."""
    from attrs import evolve

    broken = evolve(POSTGRESQL, session=("SET no_such_setting = 1",))
    monkeypatch.setattr("ecma2py_sql.drivers.odbc.find_dialect", lambda *_: broken)
    connector = SqlConnector()
    connector.parameters = ConfigParameters(postgresql_target_.parameters)
    with pytest.raises(ECMA2Error, match="no_such_setting"):
        connector.check()


def test_a_rollback_of_everything_by_one_entry_costs_only_that_entry(sqlite_file: Target) -> None:
    """A trigger may take the whole transaction back: the others are then written by themselves."""
    sqlite_file.execute_exactly("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    sqlite_file.execute_exactly(
        "CREATE TRIGGER no_two BEFORE INSERT ON t WHEN NEW.id = 2"
        " BEGIN SELECT RAISE(ROLLBACK, 'not two'); END"
    )
    host = sqlite_file.host('[T]\ntable="t"')
    results = host.export(*(CSEntryChange.add("T", {"id": i}) for i in (1, 2, 3)))
    assert codes(results) == ["Success", "ExportErrorConstraintViolation", "Success"]
    assert set(host.state()) == {"CN=1,OBJECT=T", "CN=3,OBJECT=T"}


@pytest.mark.parametrize("target", ["sqlite-odbc"], indirect=True)
def test_a_connection_that_is_closed_is_not_kept(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver manager's pool would hand it to the next run, with its settings and its locks."""
    import pyodbc

    monkeypatch.setattr(pyodbc, "pooling", True)
    with target.session():
        assert pyodbc.pooling is False
