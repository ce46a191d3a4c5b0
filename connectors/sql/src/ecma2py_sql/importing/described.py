"""What a query or procedure gives, told by running it: its columns, or the names it lists."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from attrs import evolve

from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.drivers.result_types import result_types
from ecma2py_sql.drivers.results import Row
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.importing.streams import opened
from ecma2py_sql.mapping.settings import Method, Rows, refused

MOST_NAMES = 1_000
"""More object types or attributes than this are a mistake in what lists them."""
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
    if rows.method is Method.COLUMN_NAMES:
        names = listed(session, evolve(rows, method=Method.QUERY), where)
        return {name: Column(name, Kind.TEXT) for name in names}
    with closing(opened(session, rows, 1, _SAMPLE)) as result:
        types = result.types or (None,) * len(result.columns)
        sample = next(iter(result), []) if None in types else []
        asked = result.asked
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
    if any(each.kind is Kind.TIMESTAMP for each in columns.values()):
        for name, word in result_types(session, list(columns), asked).items():
            if word.partition("(")[0] in session.dialect.zoned:
                columns[name] = evolve(
                    columns[name], kind=Kind.TIMESTAMP_TZ, native=Kind.TIMESTAMP_TZ
                )
    return columns


def listed(session: Session, rows: Rows, where: str, *, column: str = "") -> list[str]:
    """The texts in one column of *rows*, each once, as they come: in *column*, or the only one."""
    with closing(opened(session, rows, 1, MOST_NAMES + 1)) as result:
        columns = list(result.columns)
        if (column and column not in columns) or (not column and len(columns) != 1):
            wanted = f"no column {column!r}" if column else "not one column"
            raise refused(f"{where} gives {wanted}: it gives {', '.join(columns) or 'none'}")
        at = columns.index(column) if column else 0
        found = dict.fromkeys(row[at] for row in next(iter(result), []))
    names = [name for name in found if name not in (None, "")]
    if odd := [name for name in names if not isinstance(name, str)]:
        raise refused(f"{where} gives {odd[0]!r}: it must give text, the names")
    if not names or len(found) > MOST_NAMES:
        raise refused(f"{where} gives {'too many names' if names else 'no names'}")
    return names


def _type_of(sample: Sequence[Row], at: int) -> type:
    """The one type of all values in a column; text where they differ or there are none."""
    types = set(_types(row[at] for row in sample))
    return types.pop() if len(types) == 1 else str


def _types(values: Iterable[Any]) -> Iterable[type]:
    return (type(value) for value in values if value is not None)
