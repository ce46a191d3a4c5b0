"""SQLite's catalogue, by its own table-valued pragmas, through either driver."""

import re

from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.catalogue import Column, ForeignKey, Table
from ecma2py_sql.drivers.session import Session

_TABLES = (
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
)
_COLUMNS = 'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)'
_KEY_INDEX = "SELECT count(*) FROM pragma_index_list(?) WHERE origin = 'pk'"
_REFERENCES = (
    'SELECT id, "table", "from", coalesce("to", \'\') FROM pragma_foreign_key_list(?)'
    " ORDER BY id, seq"
)
_KINDS = (
    ("BOOL", Kind.BOOLEAN),
    ("TIMESTAMPTZ", Kind.TIMESTAMP_TZ),
    ("TIME ZONE", Kind.TIMESTAMP_TZ),
    ("DATETIME", Kind.TIMESTAMP),
    ("TIMESTAMP", Kind.TIMESTAMP),
    ("DATE", Kind.DATE),
    ("TIME", Kind.TIME),
    ("INT", Kind.INTEGER),
    ("CHAR", Kind.TEXT),
    ("CLOB", Kind.TEXT),
    ("TEXT", Kind.TEXT),
    ("BLOB", Kind.BINARY),
    ("BINARY", Kind.BINARY),
    ("REAL", Kind.FLOAT),
    ("FLOA", Kind.FLOAT),
    ("DOUB", Kind.FLOAT),
    ("DEC", Kind.DECIMAL),
    ("NUM", Kind.DECIMAL),
)
"""The first word that a declared type contains decides, much as in SQLite's own affinity rules."""
_GENERATED = (2, 3)
_ROW_ID = "INTEGER"


class SqliteCatalogue:
    """The tables of the main database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def names(self) -> list[tuple[str | None, str]]:
        return [(None, str(row[0])) for row in self._session.rows(_TABLES)]

    def read(self, schema: str | None, name: str) -> Table:
        rows = self._session.rows(_COLUMNS, (name,))
        keys = sorted((int(row[4]), str(row[0])) for row in rows if row[4])
        declared = [str(row[1]).upper() for row in rows if row[4]]
        counts = declared == [_ROW_ID] and not self._session.rows(_KEY_INDEX, (name,))[0][0]
        columns = {}
        for column, kind, not_null, default, key, hidden in rows:
            columns[str(column)] = Column(
                str(column),
                declared_kind(str(kind)),
                nullable=not not_null and not (key and counts),
                max_length=_length(str(kind)),
                assigned=default is not None or bool(key and counts),
                generated=hidden in _GENERATED,
            )
        return Table(
            name,
            columns=columns,
            primary_key=tuple(column for _, column in keys),
            foreign_keys=self._references(name),
        )

    def _references(self, name: str) -> tuple[ForeignKey, ...]:
        found: dict[int, tuple[str, list[str], list[str]]] = {}
        for identifier, table, column, referred in self._session.rows(_REFERENCES, (name,)):
            _, columns, targets = found.setdefault(identifier, (str(table), [], []))
            columns.append(str(column))
            if referred:
                targets.append(str(referred))
        return tuple(
            ForeignKey(tuple(columns), table=table, referred=tuple(targets))
            for table, columns, targets in found.values()
        )


def declared_kind(declared: str) -> Kind:
    """The kind of a column declared as *declared*; text if that says nothing."""
    upper = declared.upper()
    return next((kind for word, kind in _KINDS if word in upper), Kind.TEXT)


def _length(declared: str) -> int | None:
    match = re.search(r"(?:CHAR|CLOB|TEXT|BINARY|BLOB)[A-Z ]*\(\s*(\d+)\s*\)", declared.upper())
    return int(match[1]) if match else None
