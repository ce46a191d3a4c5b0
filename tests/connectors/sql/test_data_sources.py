"""Connection strings, DSN files and the names of data sources, read exactly."""

from pathlib import Path

import pytest

from ecma2py import ConfigParameters, SecureString
from ecma2py.errors import InvalidParameterError
from ecma2py_sql import SqlConnector
from ecma2py_sql.drivers.dialects import GENERIC, POSTGRESQL
from ecma2py_sql.drivers.source import OdbcSource, parse_connection_string, parse_dsn_file
from tests.connectors.sql.targets import Target
from tests.servers.needs import require


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


def test_the_users_parameter_overrides_the_data_source() -> None:
    """A driver takes the first of two: the other one is left out."""
    source = OdbcSource({"DSN": "x", "uid": "old", "User ID": "older"}, user="new")
    assert source.connection_string(GENERIC) == "DSN=x;UID=new"
    assert OdbcSource({"DSN": "x", "UID": "old"}).connection_string(GENERIC) == "DSN=x;UID=old"


DSN = """\ufeff; made by the driver manager
[ODBC]
DRIVER = SQLite3
Database={database}
Description=a;b {{c}}

[other]
Driver=nothing
"""


def test_a_dsn_file_is_read_line_by_line() -> None:
    """The section [ODBC] alone counts; comments and a byte order mark do not."""
    assert parse_dsn_file(DSN.format(database="/x y/z")) == {
        "DRIVER": "SQLite3",
        "Database": "/x y/z",
        "Description": "{a;b {c}}}",
    }


@pytest.mark.parametrize("form", ["contents", "path"])
def test_a_dsn_file_connects(sqlite_file: Target, tmp_path: Path, form: str) -> None:
    """By its contents or by its path, the connection is the same."""
    require("odbc-sqlite")
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    text = DSN.format(database=tmp_path / "target.db")
    path = tmp_path / "my file.dsn"
    path.write_text(text, encoding="utf-8")
    connector = SqlConnector()
    connector.parameters = ConfigParameters({"DSN File": text if form == "contents" else str(path)})
    connector.check()
    assert set(connector.schema().types) == {"t"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[ODBC]\nDriver=x\nPWD=s3cret", "holds a password, .*move it to 'Password'"),
        ("[ODBC]\nDriver=x\npassword = s3cret", "holds a password"),
        ("[ODBC]\nDriver", r"line 2 is not KEYWORD=value"),
        ("[odbc]", r"no section \[ODBC\] with KEYWORD=value"),
        ("Driver=x", r"no section \[ODBC\]"),
        ("/nowhere/at/all.dsn", r"'/nowhere/at/all.dsn' cannot be read"),
    ],
)
def test_what_is_no_dsn_file_is_refused(text: str, says: str) -> None:
    """The line at fault is told, a password is not."""
    with pytest.raises(InvalidParameterError, match=says) as caught:
        parse_dsn_file(text)
    assert "s3cret" not in str(caught.value)
    assert caught.value.parameter_name == "DSN File"


def test_a_dsn_file_must_be_in_utf_8(tmp_path: Path) -> None:
    """Another encoding is told, not guessed; a password in the file is refused as well."""
    path = tmp_path / "x.dsn"
    path.write_bytes("[ODBC]\nDriver=\u00e9".encode("latin-1"))
    with pytest.raises(InvalidParameterError, match="not in UTF-8"):
        parse_dsn_file(str(path))
    path.write_text("[ODBC]\nPwd=s3cret")
    with pytest.raises(InvalidParameterError, match="holds a password") as caught:
        parse_dsn_file(str(path))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "given", [{}, {"Data source": "payroll", "DSN File": "[ODBC]\nDSN=payroll"}]
)
def test_one_place_says_where_the_database_is(given: dict[str, str]) -> None:
    """None is no connection, and of two nobody knows which counts."""
    connector = SqlConnector()
    connector.parameters = ConfigParameters(given)
    with pytest.raises(InvalidParameterError, match="'Data source' or from 'DSN File'"):
        connector.check()
