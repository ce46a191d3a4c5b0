"""What a database calls the types of the columns that a query gives.

A driver tells the Python type of their values alone: of a moment, it does not tell a zone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ecma2py_sql.drivers.errors import DatabaseError
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.drivers.staging import staged_types


def result_types(
    session: Session, columns: Sequence[str], asked: tuple[str, Sequence[Any]]
) -> Mapping[str, str]:
    """By column, the database's word in lower case; empty if it does not tell, as of procedures."""
    sql, parameters = asked
    sql = sql.rstrip().rstrip(";")
    dialect = session.dialect
    try:
        if dialect.type_of:
            # One row in any case, for which nothing of the query is read.
            words = (dialect.type_of.format(f"q.{session.quote(name)}") for name in columns)
            found = session.rows(
                f"SELECT {', '.join(words)} FROM (SELECT 1 AS one) o"
                f" LEFT JOIN ({sql}\n) q ON 1 = 0",
                parameters,
            )
            return dict(zip(columns, map(str, found[0]), strict=True))
        return staged_types(session, sql, parameters) if dialect.buffers else {}
    except DatabaseError:
        # It is no query, or the account may not ask.
        return {}
