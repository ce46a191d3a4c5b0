"""A session and its catalogue, for wherever an administrator says that the database is."""

from pathlib import Path

from ecma2py.errors import InvalidParameterError
from ecma2py.parameters import SecureString
from ecma2py_sql.drivers.catalogue import Catalogue
from ecma2py_sql.drivers.catalogue_odbc import OdbcCatalogue
from ecma2py_sql.drivers.catalogue_sqlite import SqliteCatalogue
from ecma2py_sql.drivers.dialects import SQLITE
from ecma2py_sql.drivers.odbc import open_odbc
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.drivers.source import (
    DATA_SOURCE,
    DSN_FILE,
    OdbcSource,
    parse_connection_string,
    parse_dsn_file,
)
from ecma2py_sql.drivers.sqlite import SqliteSession

_SQLITE = "sqlite:"


def open_session(
    data_source: str, dsn_file: str, *, user: str, password: SecureString, timeout: int
) -> Session:
    """A connection to what one of *data_source* and *dsn_file* names; the other is empty."""
    source, dsn_file = data_source.strip(), dsn_file.strip()
    if bool(source) is bool(dsn_file):
        raise InvalidParameterError(
            f"Where the database is comes from {DATA_SOURCE!r} or from {DSN_FILE!r}: fill in "
            f"{'one of them, not both' if source else 'one of them'}.",
            parameter_name=DATA_SOURCE,
        )
    if source.lower().startswith(_SQLITE):
        return SqliteSession.open(_path(source), timeout)
    keywords = parse_connection_string(source) if source else parse_dsn_file(dsn_file)
    return open_odbc(OdbcSource(keywords, user=user, password=password, timeout=timeout))


def catalogue_of(session: Session) -> Catalogue:
    """Where the tables of *session* are looked up."""
    is_sqlite = session.dialect.name == SQLITE.name
    return SqliteCatalogue(session) if is_sqlite else OdbcCatalogue(session)


def _path(source: str) -> Path:
    """The file that ``sqlite:path`` or ``sqlite:///path`` names."""
    rest = source[len(_SQLITE) :]
    return Path(rest.removeprefix("///"))
