"""What may differ between databases, and between the drivers of one."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from ecma2py_sql.data.kinds import Kind, Reader
from ecma2py_sql.data.moments import Clock
from ecma2py_sql.data.writers import finite, utc_text
from ecma2py_sql.drivers import inserting, procedures
from ecma2py_sql.drivers.catalogue import Column


@frozen
class Savepoint:
    """The statements that take back a part of a transaction."""

    begin: str = "SAVEPOINT entry"
    undo: str = "ROLLBACK TO SAVEPOINT entry"
    release: str | None = "RELEASE SAVEPOINT entry"


@frozen
class Dialect:
    """One database, or the ODBC drivers of one."""

    name: str
    words: tuple[str, ...] = field(default=(), kw_only=True)
    """What the name of the DBMS or of its driver contains, in lower case."""
    options: Mapping[str, str] = field(factory=dict, kw_only=True)
    """Put into the connection string unless the administrator chose otherwise."""
    session: tuple[str, ...] = field(default=(), kw_only=True)
    """Statements for every new connection."""
    limits: tuple[str, ...] = field(default=(), kw_only=True)
    """Statements that let the server end what takes longer than the command timeout, if there is
    one: ``{seconds}`` or ``{milliseconds}``. No driver tried does it by itself."""
    ends_statements: bool = field(default=False, kw_only=True)
    """With these the server ends every statement, so that none needs to be cancelled from here."""
    ports: str | None = field(default=None, kw_only=True)
    """The query for the ports of the connection, the client's and the server's, where the driver
    has no time-out for a server that is frozen."""
    probe: str = field(default="SELECT 1", kw_only=True)
    """A query that every account may ask, and whose only answer is that the server is there."""
    now: str = field(default="SELECT CURRENT_TIMESTAMP", kw_only=True)
    """The query for the server's time, in UTC."""
    encoding: str | None = field(default=None, kw_only=True)
    """Of text on its way to and from the driver; None for the driver's wide characters."""
    insert: inserting.Telling = field(default=inserting.untold, kw_only=True)
    """How a row is inserted and its key told."""
    last_key: str | None = field(default=None, kw_only=True)
    """Where no INSERT tells a key: the query for the counter's last value."""
    empty_insert: inserting.Empty = field(default=inserting.STANDARD_EMPTY, kw_only=True)
    savepoint: Savepoint | None = field(default=None, kw_only=True)
    """How a failed entry is taken back without the others of its batch; None if it cannot be."""
    call: procedures.Plan | None = field(default=procedures.call_inputs_only, kw_only=True)
    """How a stored procedure is called, if there are any."""
    routines: str | None = field(default=None, kw_only=True)
    """For a name and schema or '', the query for ``f`` where functions are not called as
    procedures are."""
    buffers: bool = field(default=False, kw_only=True)
    """The driver holds all rows of a result: a query is put into a temporary table and read from
    there in portions."""
    type_of: str | None = field(default=None, kw_only=True)
    """The expression for the name of the type of ``{0}``, also where that is NULL."""
    zoned: frozenset[str] = field(default=frozenset(), kw_only=True)
    """The types, without what is in brackets, of moments whatever the zone of the data source."""
    pages_at_once: int = field(default=4, kw_only=True)
    """How many of the host's pages one query reads, so that fewer queries wait for the server."""
    limited: Callable[[str, int], str] = field(
        default=lambda sql, rows: f"{sql} FETCH FIRST {rows} ROWS ONLY", kw_only=True
    )
    """A SELECT, and how many rows it shall give at most."""
    binders: Mapping[Kind, Callable[[Any], Any]] = field(factory=dict, kw_only=True)
    """What a parameter becomes so that the driver keeps it whole; ``ValueError`` if none does."""
    readers: Mapping[tuple[Kind, type], Reader] = field(factory=dict, kw_only=True)
    """For what only this driver returns of columns of a kind."""
    clock: Clock = field(factory=Clock, kw_only=True)
    """Of columns that hold moments without a zone."""
    grains: Mapping[str, Callable[[datetime], None]] = field(factory=dict, kw_only=True)
    """By type name, what refuses a moment that a column of it would round; ``ValueError``."""
    own_moments: re.Pattern[str] | None = field(default=None, kw_only=True)
    """The database's own words for days and moments that Python has none for: text that is read
    from a column of them, and that such a column takes again."""
    moments_as_text: bool = field(default=False, kw_only=True)
    """The driver would drop the fractions of seconds of a date and time it is given as such."""
    casts: Mapping[Kind | str, str] = field(factory=dict, kw_only=True)
    """By type name or kind, where the driver would not hand a column, ``{0}``, over whole."""
    comparable: Mapping[str, str] = field(factory=dict, kw_only=True)
    """By type name, what compares as the values of a column, ``{0}``, are ordered, where the column
    itself does not."""
    decimals_as_bytes: bool = field(default=False, kw_only=True)
    """The driver loses decimal numbers that it is asked for as text."""
    details: str | None = field(default=None, kw_only=True)
    """For a schema and table, what ODBC's catalogue does not tell or tells wrongly: column,
    nullable, assigned, generated, kind or NULL, greatest length or NULL, decimals or NULL."""

    def bound(self, kind: Kind, value: Any) -> Any:
        """The parameter for *value*, one of *kind*; moments are in the time that is stored."""
        binder = self.binders.get(kind) or _BINDERS.get(kind)
        return value if binder is None else binder(value)

    def parameter(self, value: Any) -> Any:
        """A value as the driver returned it, so that the driver takes it back unchanged."""
        if self.moments_as_text and isinstance(value, datetime):
            return value.isoformat(" ")
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            # No driver takes it as a whole number.
            return Decimal(value)
        return value

    def selected(self, quoted: str, column: Column) -> str:
        """The SELECT expression of *column*, whose qualified name is *quoted*."""
        cast = self.casts.get(column.type_name) or self.casts.get(column.native) or "{0}"
        return cast.format(quoted)

    def compared(self, quoted: str, column: Column) -> str:
        """What *column*, whose qualified name is *quoted*, is ordered and compared by as a key."""
        return self.comparable.get(column.type_name, "{0}").format(quoted)


_BINDERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.FLOAT: finite,
    Kind.REAL: finite,
    # Drivers drop the zone of a moment without a word.
    Kind.TIMESTAMP_TZ: utc_text,
}
