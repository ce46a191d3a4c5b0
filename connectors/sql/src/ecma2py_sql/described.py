"""The columns of what a query or procedure gives, told by running it once for a few rows."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from ecma2py_sql.catalogue import Column
from ecma2py_sql.kinds import Kind
from ecma2py_sql.session import Row, Session
from ecma2py_sql.settings import Rows, refused
from ecma2py_sql.streams import opened

_SAMPLE = 100
"""Rows that are looked at where the driver does not tell the types of columns."""
_KINDS: dict[type, Kind] = {
    str: Kind.TEXT,
    int: Kind.INTEGER,
    bool: Kind.BOOLEAN,
    float: Kind.FLOAT,
    Decimal: Kind.DECIMAL,
    bytes: Kind.BINARY,
    bytearray: Kind.BINARY,
    datetime: Kind.TIMESTAMP,
    date: Kind.DATE,
    time: Kind.TIME,
    UUID: Kind.UUID,
}


def describe(session: Session, rows: Rows, where: str) -> dict[str, Column]:
    """The columns by name; ``InvalidParameterError`` for a column without a name, or two of one."""
    with closing(opened(session, rows, 1, _SAMPLE)) as result:
        types = result.types or (None,) * len(result.columns)
        sample = next(iter(result), []) if None in types else []
        found = list(zip(result.columns, types, strict=True))
    columns: dict[str, Column] = {}
    for at, (name, kind) in enumerate(found):
        if not name or name in columns:
            problem = "two columns of one name" if name else "a column without a name"
            raise refused(
                f"{where} {rows.method.value} gives {problem} {name!r}: name each with AS"
            )
        columns[name] = Column(name, _KINDS.get(kind or _type_of(sample, at), Kind.TEXT))
    if not columns:
        raise refused(f"{where} {rows.method.value} gives no rows: it must select something")
    return columns


def _type_of(sample: Sequence[Row], at: int) -> type:
    """The one type of all values in a column; text where they differ or there are none."""
    types = set(_types(row[at] for row in sample))
    return types.pop() if len(types) == 1 else str


def _types(values: Iterable[Any]) -> Iterable[type]:
    return (type(value) for value in values if value is not None)
