"""The catalogue of a database behind an ODBC driver, mended where the driver is known to err."""

import re
from typing import Any

from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.catalogue import Column, ForeignKey, Table
from ecma2py_sql.drivers.session import Session

_SYSTEM_SCHEMAS = frozenset(
    ("information_schema", "pg_catalog", "pg_toast", "sys", "mysql", "performance_schema")
)
_TYPES = frozenset(("TABLE", "VIEW", "BASE TABLE", "MATVIEW", "PARTITIONED TABLE"))
_KINDS = {
    2: Kind.DECIMAL,
    3: Kind.DECIMAL,
    4: Kind.INTEGER,
    5: Kind.INTEGER,
    6: Kind.FLOAT,
    7: Kind.REAL,
    8: Kind.FLOAT,
    9: Kind.DATE,
    10: Kind.TIME,
    11: Kind.TIMESTAMP,
    16: Kind.BOOLEAN,
    91: Kind.DATE,
    92: Kind.TIME,
    93: Kind.TIMESTAMP,
    -2: Kind.BINARY,
    -3: Kind.BINARY,
    -4: Kind.BINARY,
    -5: Kind.INTEGER,
    -6: Kind.INTEGER,
    -7: Kind.BOOLEAN,
    -11: Kind.UUID,
    -154: Kind.TIME,
    -155: Kind.TIMESTAMP_TZ,
    -360: Kind.DECIMAL,
}
"""By the SQL data type codes of ODBC and of drivers; anything else is read as text."""
_BY_NAME = {
    "timestamptz": Kind.TIMESTAMP_TZ,
    "timestamp with time zone": Kind.TIMESTAMP_TZ,
    "timestamp with local time zone": Kind.TIMESTAMP_TZ,
    "datetimeoffset": Kind.TIMESTAMP_TZ,
    "money": Kind.DECIMAL,
}
"""By the database's own word, where the code tells less."""
_PRECISION = re.compile(r" *\([\d, ]*\)")
"""Oracle says it within the name of a type: ``TIMESTAMP(6) WITH TIME ZONE``."""
_BINARY = -2
_SIZED = frozenset((1, 12, -8, -9, -2, -3))
_SCALED = frozenset((Kind.DECIMAL, Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ))
_FIXED = frozenset(("char", "nchar", "bpchar", "character", "binary"))
"""Types whose values are padded."""
_LONGEST = 32_767
"""Beyond this a driver states its own limit, not the column's."""


class OdbcCatalogue:
    """Tables by ODBC's catalogue functions, details by a query where the dialect has one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def names(self) -> list[tuple[str | None, str]]:
        found = [
            (row.table_schem or None, str(row.table_name))
            for row in self._call("tables")
            if str(row.table_type).upper() in _TYPES
            and str(row.table_schem or row.table_cat).lower() not in _SYSTEM_SCHEMAS
        ]
        return sorted(found, key=lambda each: (each[0] or "", each[1]))

    def read(self, schema: str | None, name: str) -> Table:
        rows = [
            row
            for row in self._call(
                "columns", table=self._pattern(name), schema=schema and self._pattern(schema)
            )
            if row.table_name == name and (row.table_schem or None) == schema
        ]
        owner = str(rows[0].table_schem or rows[0].table_cat or "") if rows else ""
        return Table(
            name,
            schema=schema,
            columns=self._columns(rows, owner, name),
            primary_key=self._primary_key(schema, name),
            foreign_keys=self._foreign_keys(schema, name),
        )

    def _columns(self, rows: list[Any], schema: str, table: str) -> dict[str, Column]:
        details: dict[str, tuple[bool, bool, bool, str | None, int | None, int | None]] = {}
        query = self._session.dialect.details
        if query:
            for column, nullable, assigned, generated, *rest in self._session.rows(
                query, (schema, table)
            ):
                details[column] = (_yes(nullable), _yes(assigned), _yes(generated), *rest)
        columns = {}
        for row in rows:
            name, code = str(row.column_name), int(row.data_type)
            size = row.column_size or 0
            type_name = str(row.type_name).lower()
            # SQL Server says so in the name of the type alone: "int identity"; its "timestamp" is
            # no moment but a counter of changes.
            is_counter = "identity" in type_name or (code == _BINARY and type_name == "timestamp")
            known = (
                row.nullable != 0,
                row.column_def is not None or is_counter,
                is_counter,
                None,
                size if code in _SIZED and 0 < size <= _LONGEST else None,
                row.decimal_digits,
            )
            nullable, assigned, generated, word, length, scale = details.get(name, known)
            kind = Kind(word) if word else column_kind(code, type_name)
            if length is not None:
                # MariaDB counts in unsigned 64-bit numbers, which its driver gives as decimals.
                length = int(length)
            columns[name] = Column(
                name,
                kind,
                type_name=type_name,
                nullable=nullable,
                assigned=assigned,
                generated=generated,
                max_length=length if kind in (Kind.TEXT, Kind.BINARY) else None,
                scale=scale if kind in _SCALED else None,
                fixed=type_name in _FIXED,
            )
        return columns

    def _primary_key(self, schema: str | None, name: str) -> tuple[str, ...]:
        rows = self._call("primaryKeys", table=name, schema=schema)
        names = [str(row.column_name) for row in sorted(rows, key=lambda row: int(row.key_seq))]
        if len(names) < 2:
            return tuple(names)
        # MariaDB's driver numbers the columns by alphabet; the index behind the key knows better.
        indexes: dict[str, list[tuple[int, str]]] = {}
        for row in self._call("statistics", table=name, schema=schema, unique=True):
            if row.column_name:
                columns = indexes.setdefault(str(row.index_name), [])
                columns.append((int(row.ordinal_position), str(row.column_name)))
        for columns in indexes.values():
            if {column for _, column in columns} == set(names):
                return tuple(column for _, column in sorted(columns))
        return tuple(names)

    def _foreign_keys(self, schema: str | None, name: str) -> tuple[ForeignKey, ...]:
        found: dict[str, list[Any]] = {}
        for row in self._call("foreignKeys", foreignTable=name, foreignSchema=schema):
            found.setdefault(str(row.fk_name), []).append(row)
        return tuple(
            ForeignKey(
                tuple(str(row.fkcolumn_name) for row in rows),
                table=str(rows[0].pktable_name),
                referred=tuple(str(row.pkcolumn_name) for row in rows),
            )
            for rows in (sorted(each, key=lambda r: int(r.key_seq)) for each in found.values())
        )

    def _call(self, function: str, *arguments: Any, **options: Any) -> list[Any]:
        with self._session.sorted_out():
            cursor = self._session.connection.cursor()
            try:
                with self._session.limited(cursor):
                    return list(getattr(cursor, function)(*arguments, **options).fetchall())
            finally:
                cursor.close()

    def _pattern(self, name: str) -> str:
        """What finds *name* at least: ``_`` in it is no wildcard where the driver has an escape.

        The escape itself cannot be escaped with every driver, and any character stands for it.
        """
        import pyodbc

        escape = str(self._session.connection.getinfo(pyodbc.SQL_SEARCH_PATTERN_ESCAPE) or "")
        if not escape:
            return name
        parts = name.split(escape)
        return "_".join(re.sub("[_%]", lambda char: escape + char[0], each) for each in parts)


def column_kind(code: int, type_name: str) -> Kind:
    """The kind of a column with this ODBC data type code and type name."""
    if code == -5 and "unsigned" in type_name.lower():
        # Half of its range does not fit into ECMA2's 64 bits.
        return Kind.DECIMAL
    word = _PRECISION.sub("", type_name.lower())
    return _BY_NAME.get(word) or _KINDS.get(code, Kind.TEXT)


def _yes(value: object) -> bool:
    """Drivers give a truth value as bool, number or text."""
    return str(value).lower() in ("1", "true", "t", "yes")
