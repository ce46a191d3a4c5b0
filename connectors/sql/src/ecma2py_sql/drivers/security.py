"""Whether somebody on the way could read what is sent over a connection."""

from collections.abc import Mapping

from ecma2py.errors import InvalidParameterError
from ecma2py.steps import ConnectionSecurityLevel
from ecma2py_sql.drivers.dialects import MARIADB, POSTGRESQL, SQL_SERVER, SQLITE
from ecma2py_sql.drivers.errors import DatabaseError
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.drivers.source import parse_connection_string, parse_dsn_file

_SERVER = ("server", "servername", "address", "host")
_HERE = ("localhost", "127.0.0.1", "::1", "(local)", ".")

_ENCRYPTED: Mapping[str, str] = {
    POSTGRESQL.name: "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    MARIADB.name: (
        "SELECT variable_value <> '' FROM information_schema.session_status"
        " WHERE variable_name = 'Ssl_cipher'"
    ),
    SQL_SERVER.name: (
        "SELECT CASE encrypt_option WHEN 'TRUE' THEN 1 ELSE 0 END"
        " FROM sys.dm_exec_connections WHERE session_id = @@SPID"
    ),
}
"""By dialect, what the server says of the connection it is asked over."""


def security_level(session: Session, data_source: str) -> ConnectionSecurityLevel:
    """Secure if *data_source* is on this machine, or the server says that it is encrypted."""
    if session.dialect.name == SQLITE.name or _is_here(data_source) or _is_encrypted(session):
        return ConnectionSecurityLevel.SECURE
    return ConnectionSecurityLevel.NOT_SECURE


def _is_here(data_source: str) -> bool:
    read = parse_dsn_file if data_source.lstrip().startswith("[") else parse_connection_string
    try:
        keywords = read(data_source)
    except InvalidParameterError:
        return False
    given = {name.lower(): value.lower().strip("{}") for name, value in keywords.items()}
    servers = [given[name] for name in _SERVER if name in given]
    return bool(servers) and all(each in _HERE or each.startswith("/") for each in servers)


def _is_encrypted(session: Session) -> bool:
    sql = _ENCRYPTED.get(session.dialect.name)
    if sql is None:
        return False
    try:
        rows = session.rows(sql)
    except DatabaseError:
        # An account that may not look does not know.
        return False
    return bool(rows) and str(rows[0][0]).lower() in ("1", "true", "t")
