"""Databases that are not there, refuse, hang or go away: a clear error within the time-out."""

import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from ecma2py import ConfigParameters, CSEntryChange, SecureString
from ecma2py.errors import (
    BadServerCredentialsError,
    ConfigurationError,
    ECMA2Error,
    InvalidParameterError,
    ServerDownError,
)
from ecma2py_sql import SqlConnector
from ecma2py_sql.dialects import GENERIC, POSTGRESQL
from ecma2py_sql.source import OdbcSource, parse_connection_string
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
    names = {"source": "Data source", "user": "User name", "password": "Password"}
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


def test_a_connection_string_is_read_keyword_by_keyword() -> None:
    """Braces keep a value with a semicolon together; a word alone is a DSN."""
    assert parse_connection_string("Driver={My; Driver}}x};Server=host;Port=1;") == {
        "Driver": "{My; Driver}}x}",
        "Server": "host",
        "Port": "1",
    }
    assert parse_connection_string(" payroll ") == {"DSN": "payroll"}
    with pytest.raises(InvalidParameterError, match="no ODBC connection string"):
        parse_connection_string("Driver=x;nonsense")


@pytest.mark.parametrize("text", ["DSN=x;PWD=s3cret", "DSN=x; password = s3cret"])
def test_a_password_belongs_into_its_own_parameter(text: str) -> None:
    """A connection string is shown in the configuration: a password in it is refused unquoted."""
    with pytest.raises(InvalidParameterError, match="move it to 'Password'") as caught:
        parse_connection_string(text)
    assert "s3cret" not in str(caught.value)
    assert caught.value.parameter_name == "Data source"


def test_the_administrators_own_options_win() -> None:
    """What the dialect needs is added only where nothing was said."""
    source = OdbcSource(
        parse_connection_string("Driver=PostgreSQL Unicode;boolsaschar=1"),
        user="me",
        password=SecureString("a}b;c"),
        timeout=5,
    )
    assert source.connection_string(POSTGRESQL) == (
        "Driver=PostgreSQL Unicode;boolsaschar=1;UseDeclareFetch=1;Fetch=500;Protocol=7.4-2;"
        "UID=me;PWD={a}}b;c}"
    )
    assert "PWD" not in repr(source)
    assert "a}b;c" not in repr(source)
    other = OdbcSource({"DSN": "x"}, user="a;b")
    assert other.connection_string(GENERIC) == "DSN=x;UID={a;b}"


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
    """Neither DSN nor driver of that name: the driver manager's words are passed on."""
    require("odbc-sqlite")
    for source in ("no-such-dsn", "Driver=No Such Driver;Server=x"):
        with pytest.raises(ServerDownError, match=r"IM002|Can't open lib"):
            check(source=source)


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

    monkeypatch.setattr("ecma2py_sql.odbc._load", lambda _: Driver)
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


def test_a_wrong_password_is_told_and_not_shown(postgresql_target_: Target) -> None:
    """The credentials are at fault, and appear nowhere."""
    connector = SqlConnector()
    parameters = {**postgresql_target_.parameters, "Password": SecureString("wr%20ong+}")}
    connector.parameters = ConfigParameters(parameters)
    with pytest.raises(BadServerCredentialsError, match="refused") as caught:
        connector.check()
    assert "wr%20ong" not in str(caught.value)


def test_a_server_that_is_not_there_is_told(postgresql_target_: Target) -> None:
    """Nobody listens on the port."""
    source = str(postgresql_target_.parameters["Data source"])
    before, _, rest = source.partition("Port=")
    connector = SqlConnector()
    connector.parameters = ConfigParameters(
        {"Data source": f"{before}Port=1;{rest.partition(';')[2]}"}
    )
    with pytest.raises(ServerDownError, match="cannot be reached"):
        connector.check()


def test_a_setting_the_server_refuses_is_told(
    postgresql_target_: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection without its settings is not used."""
    from attrs import evolve

    broken = evolve(POSTGRESQL, session=("SET no_such_setting = 1",))
    monkeypatch.setattr("ecma2py_sql.odbc.find_dialect", lambda *_: broken)
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
