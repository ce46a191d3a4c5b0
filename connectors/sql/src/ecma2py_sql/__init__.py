"""An ECMA2 connector for SQL databases: SQLite, and any ODBC data source."""

from ecma2py_sql.connector import SqlConnector

__all__ = ["SqlConnector"]
