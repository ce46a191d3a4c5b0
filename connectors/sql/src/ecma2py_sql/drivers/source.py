"""Where an ODBC connection leads and as whom: connection strings and File DSNs."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePath

from attrs import field, frozen

from ecma2py.errors import InvalidParameterError
from ecma2py.parameters import SecureString
from ecma2py.redaction import encodable
from ecma2py_sql.drivers.dialect import Dialect

DATA_SOURCE = "Data source"
DSN_FILE = "DSN File"
USER_NAME, PASSWORD = "User Name", "Password"

_SQLITE_SUFFIXES = frozenset({".db", ".db3", ".sqlite", ".sqlite3"})
_PAIR = re.compile(r"\s*([^=;{}]+?)\s*=\s*(\{(?:[^}]|\}\})*\}|[^;]*)(?:;|$)")
_PATIENCE = 3
"""Seconds after the command timeout: the server, and then a cancel, may be the first."""
_USER = frozenset({"uid", "user", "username", "user name", "user id"})
_PASSWORD = frozenset({"pwd", "password"})


def parse_connection_string(text: str) -> dict[str, str]:
    """The keywords and values of *text*, a connection string or the bare name of a DSN.

    ``InvalidParameterError`` if it is neither, or holds a password, which would not be kept secret.
    """
    if "=" not in text:
        return {"DSN": text.strip()}
    found, position = {}, 0
    while match := _PAIR.match(text, position):
        found[match[1]] = match[2]
        position = match.end()
    if text[position:].strip(" ;"):
        raise InvalidParameterError(
            "'Data source' is no ODBC connection string: write KEYWORD=value;KEYWORD=value, and "
            "put braces around a value with a semicolon.",
            parameter_name=DATA_SOURCE,
        )
    return _without_password(found, DATA_SOURCE)


def parse_dsn_file(text: str) -> dict[str, str]:
    """The keywords and values of a File DSN: *text* is its contents, or the path of the file.

    ``InvalidParameterError`` if it is neither, or holds a password.
    """
    if "=" not in text and "[" not in text:
        text = _read(Path(text.strip()))
    found: dict[str, str] = {}
    section = ""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith((";", "#")):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip().lower()
        elif section == "odbc":
            keyword, equals, value = line.partition("=")
            if not equals or not keyword.strip():
                raise _no_dsn_file(f"line {number} is not KEYWORD=value")
            found[keyword.strip()] = _quoted(value.strip())
    if not found:
        raise _no_dsn_file("it has no section [ODBC] with KEYWORD=value lines")
    return _without_password(found, DSN_FILE)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise _no_dsn_file(f"{str(path)!r} is not in UTF-8: save it so") from None
    except OSError as error:
        raise _no_dsn_file(f"{str(path)!r} cannot be read: {error.strerror}") from error


def _no_dsn_file(problem: str) -> InvalidParameterError:
    return InvalidParameterError(
        f"{DSN_FILE!r} is no File DSN: {problem}.", parameter_name=DSN_FILE
    )


def _without_password(found: dict[str, str], parameter: str) -> dict[str, str]:
    if any(keyword.lower() in _PASSWORD for keyword in found):
        raise InvalidParameterError(
            f"{parameter!r} holds a password, which would be shown: move it to 'Password'.",
            parameter_name=parameter,
        )
    return found


@frozen
class OdbcSource:
    """Where to connect and as whom."""

    keywords: Mapping[str, str]
    user: str = field(default="", kw_only=True)
    password: SecureString = field(default=SecureString(""), kw_only=True)
    timeout: int = field(default=0, kw_only=True)
    """Seconds a statement may take; 0 for any time."""

    @property
    def name(self) -> str:
        """The data source as errors call it."""
        return ";".join(f"{keyword}={value}" for keyword, value in self.keywords.items())

    def connection_string(self, dialect: Dialect) -> str:
        """Everything the driver is told, with the password: never to be shown."""
        keywords = {
            keyword: value
            for keyword, value in self.keywords.items()
            if not (self.user and keyword.lower() in _USER)
        }
        given = {keyword.lower() for keyword in keywords}
        parts = [f"{keyword}={value}" for keyword, value in keywords.items()]
        for keyword, value in dialect.options.items():
            if keyword.lower() not in given:
                parts.append(f"{keyword}={self.filled(value)}")
        if self.user:
            # PostgreSQL's driver takes braces for a part of the user name.
            parts.append(f"UID={_quoted(self.user)}")
        if self.password:
            # And without braces it takes % and + in the password for an encoding.
            parts.append(f"PWD={_braced(self.password.reveal())}")
        return ";".join(parts)

    def check(self) -> None:
        """Return if every text can be handed over: what a driver manager says of it shows it."""
        given = {DATA_SOURCE: self.name, USER_NAME: self.user, PASSWORD: self.password.reveal()}
        for name, text in given.items():
            if "\0" in text or encodable(text) != text:
                raise InvalidParameterError(
                    f"{name!r} holds a NUL character or half a character, which no driver takes: "
                    "type it anew.",
                    parameter_name=name,
                )

    @property
    def advice(self) -> str:
        """What to write in place of a name that is a file's rather than a data source's."""
        name = self.keywords.get("DSN", "")
        is_file = PurePath(name).suffix.lower() in _SQLITE_SUFFIXES
        return f" For SQLite write sqlite:///{name}." if is_file else ""

    def filled(self, template: str) -> str:
        """*template* with the timeout put in.

        ``patience`` is some seconds more.
        """
        patience = self.timeout + _PATIENCE if self.timeout else 0
        return template.format(
            seconds=self.timeout, milliseconds=self.timeout * 1000, patience=patience
        )


def _quoted(value: str) -> str:
    """*value* in braces if it would end early without them."""
    is_braced = value.startswith("{") and value.endswith("}")
    return _braced(value) if any(char in ";{}" for char in value) and not is_braced else value


def _braced(value: str) -> str:
    return "{" + value.replace("}", "}}") + "}"
