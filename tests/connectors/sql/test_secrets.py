"""The password of the connection is in nothing that an error shows or leads to."""

import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py import ConfigParameters, CSEntryChange, SecureString
from ecma2py.errors import ECMA2Error, InvalidParameterError
from ecma2py.redaction import LEFT_OUT
from ecma2py_sql import SqlConnector
from ecma2py_sql.drivers.dialects import GENERIC
from ecma2py_sql.drivers.hidden import Hidden
from ecma2py_sql.drivers.source import OdbcSource
from tests.connectors.sql.targets import Target
from tests.connectors.sql.test_connections import SERVERS

HOSTILE = st.text("xqzXQZ;}{'\"\\=%+ |\n\u00e9\U0001f511", min_size=6, max_size=30).filter(
    lambda text: text.strip("xqzXQZ") and not text.isspace() and len(set(text)) > 2
)


def shown(error: BaseException) -> Iterator[str]:
    """Every text that *error*, and what led to it, can be shown as."""
    seen: list[BaseException] = []
    left: list[BaseException | None] = [error]
    while left:
        each = left.pop()
        if each is None or each in seen:
            continue
        seen.append(each)
        yield from (str(each), repr(each), repr(each.args), repr(vars(each)))
        if isinstance(each, UnicodeError):
            yield repr(getattr(each, "object", ""))
        left += [each.__cause__, each.__context__]
    yield "".join(traceback.format_exception(error))
    yield "".join(traceback.TracebackException.from_exception(error).format())
    record = logging.LogRecord(
        "x", logging.ERROR, "", 0, "x", (), (type(error), error, error.__traceback__)
    )
    yield logging.Formatter().format(record)


class Driver:
    """A driver that repeats what it was told, as *says* has it."""

    class Error(Exception):
        """As pyodbc's: a state and a text."""

    SQL_IDENTIFIER_QUOTE_CHAR = SQL_DRIVER_NAME = SQL_DBMS_NAME = 0

    def __init__(self, says: Callable[[str, str], str], password: str, *, connects: bool) -> None:
        self.says, self.password, self.connects = says, password, connects
        self.autocommit = True

    def connect(self, text: str, **_: Any) -> "Driver":
        self.told = text
        if not self.connects:
            raise self.Error("08001", self.says(text, self.password))
        return self

    def getinfo(self, _: int) -> str:
        return "generic"

    def cursor(self) -> Any:
        raise self.Error("HY000", self.says(self.told, self.password))

    def close(self) -> None:
        raise self.Error("HY000", self.says(self.told, self.password))


SAYINGS: dict[str, Callable[[str, str], str]] = {
    "connection string": lambda text, password: f"cannot parse '{text}'",
    "its end": lambda text, password: f"near {text[-len(password) - 3 :]}",
    "bare": lambda text, password: f"PWD {password} is wrong",
    "quoted": lambda text, password: "bad password '" + password.replace("'", "''") + "'",
    "doubled": lambda text, password: f"near {password.replace('}', '}}')}",
    "cut": lambda text, password: text[: text.index("PWD=") + 6],
    "of Python": lambda text, password: f"could not use {password!r}",
}


@pytest.mark.parametrize("connects", [True, False])
@pytest.mark.parametrize("saying", SAYINGS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(password=HOSTILE)
def test_no_error_of_a_driver_shows_the_password(
    monkeypatch: pytest.MonkeyPatch, saying: str, connects: bool, password: str
) -> None:
    """Whatever the driver repeats, at the connection or at a statement, and in whatever form."""
    driver = Driver(SAYINGS[saying], password, connects=connects)
    monkeypatch.setattr("ecma2py_sql.drivers.odbc._load", lambda _: driver)
    connector = SqlConnector()
    given: dict[str, Any] = {"Data source": "Driver=x", "User Name": "me"}
    connector.parameters = ConfigParameters({**given, "Password": SecureString(password)})
    with pytest.raises(ECMA2Error) as caught:
        connector.check()
    ways = [
        password,
        password.replace("'", "''"),
        password.replace("}", "}}"),
        repr(password)[1:-1],
    ]
    if saying == "cut":
        ways = ["PWD={" + password[0]]
    for text in shown(caught.value):
        assert not any(way in text for way in ways)


@pytest.mark.parametrize("password", ["x\ud800y=zq", "xqz\0zqx"])
@pytest.mark.parametrize("name", ["Password", "User Name", "Data source"])
def test_what_no_driver_takes_is_refused_without_being_shown(name: str, password: str) -> None:
    """Python's own error of such text holds all of the connection string."""
    given: dict[str, str | SecureString] = {
        "Data source": "Driver=x",
        "Password": SecureString("p"),
    }
    given[name] = SecureString(password) if name == "Password" else f"Driver={password}"
    connector = SqlConnector()
    connector.parameters = ConfigParameters(given)
    with pytest.raises(InvalidParameterError, match=f"'{name}' holds .* type it anew") as caught:
        connector.check()
    assert caught.value.parameter_name == name
    if name == "Password":
        assert not any(password in text for text in shown(caught.value))


@SERVERS
@pytest.mark.parametrize("password", ["xq;zX}q{'\"\\Z=%41+", "{xqzxqz}", "xqzzqx' OR '1'='1"])
def test_no_error_of_a_real_server_shows_the_password(target: Target, password: str) -> None:
    """A password that is refused, and one that is in use when statements fail."""
    connector = SqlConnector()
    wrong: dict[str, Any] = {**target.parameters, "Password": SecureString(password)}
    connector.parameters = ConfigParameters(wrong)
    with pytest.raises(ECMA2Error) as caught:
        connector.check()
    assert not any(password in text for text in shown(caught.value))

    right = target.parameters["Password"]
    assert isinstance(right, SecureString)
    secret = right.reveal()
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    host = target.host('[T]\ntable="t"')
    exporter: Any = SqlConnector()
    with host.exporting(exporter):
        target.execute("DROP TABLE t")
        change = CSEntryChange.add("T", {"id": 1})
        (result,) = exporter.put_export_entries([change]).cs_entry_change_results
        assert secret not in repr(result) + str(result.error_detail)
        for sql in ("nonsense", f"SELECT '{secret}' FROM nowhere"):
            with pytest.raises(Exception) as failed:  # noqa: PT011  of whatever kind
                exporter._session.rows(sql)
            assert not any(secret in text for text in shown(failed.value))


def test_nothing_that_holds_the_password_shows_it() -> None:
    """Neither what is told of a source, nor its name in errors."""
    source = OdbcSource({"Driver": "x"}, user="me", password=SecureString("xqz;zqx"), timeout=5)
    assert "xqz" in source.connection_string(GENERIC)
    assert "xqz" not in f"{source!r}{source}{source.name}{source.advice}"
    assert "xqz" not in repr(Hidden(source.password))


@pytest.mark.parametrize("password", ["x", "x;q", "'}"])
def test_a_text_with_a_short_password_is_left_out(password: str) -> None:
    """What is left of a text from which one letter is cut would tell which letter it was."""
    hidden = Hidden(SecureString(password))
    assert hidden.clean(f"no {password} here") == LEFT_OUT
    assert hidden.clean("nothing") == "nothing"
