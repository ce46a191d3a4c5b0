"""The transaction that wrote a row, PostgreSQL's ``xmin``: a watermark without a change of schema.

A delta reads the rows whose transaction is not older than the oldest that was open when the import
before began: whatever that import could not see is among them, however late it was committed, and
so are the rows of subtransactions, whose ids are greater than that of their transaction.

A row holds the lower 32 bits of an id. They are compared by their distance to the known id of 64
bits, so that they may wrap around: a row that changed is always found. A row that was written a
multiple of four thousand million transactions earlier, and frozen since, may be read needlessly.

An UPDATE writes a row anew, and tells its object, even if it changes nothing. A row that is gone
leaves nothing to find: only rows marked as deleted are told, and a removed row of a multi-valued
table shows in the next full import, unless the object's own row is written as well.
"""

from attrs import define

from ecma2py.errors import InvalidParameterError
from ecma2py_sql.deltas.growing import Point
from ecma2py_sql.deltas.kept import no_watermark
from ecma2py_sql.deltas.objects import Objects
from ecma2py_sql.deltas.traces import ALIAS, Trace
from ecma2py_sql.drivers.dialects import POSTGRESQL
from ecma2py_sql.importing.selection import Conditions
from ecma2py_sql.mapping.settings import PARAMETER

_OLDEST, _NEXT = "oldest", "next"
_BITS = 2**32


@define
class TransactionIds:
    """The ids of transactions: the oldest that is open, and the next that will be given."""

    objects: Objects

    def now(self, before: Point | None) -> Point:
        """As the database tells them now; none is less than it was, unless it is another one."""
        session = self.objects.session
        if session.dialect.name != POSTGRESQL.name:
            raise InvalidParameterError(
                f"[{self.objects.mapped.name}] delta: transaction_id is PostgreSQL's, and this is "
                f"{session.dialect.name}: use another strategy.",
                parameter_name=PARAMETER,
            )
        ((text,),) = session.rows("SELECT CAST(pg_current_snapshot() AS text)")
        oldest, following, _ = str(text).split(":")
        now = {_OLDEST: int(oldest), _NEXT: int(following)}
        if before is not None and not 0 <= now[_NEXT] - before[_OLDEST] < _BITS:
            problem = f"is of transaction {before[_OLDEST]}, and the database is at {now[_NEXT]}"
            raise no_watermark(self.objects.mapped.name, problem)
        return now

    def early(self, point: Point) -> Point:
        """As it is: that a transaction may still be open is in the point."""
        return point

    def between(self, lower: Point | None, upper: Point) -> Conditions:
        """By the own row, or that of a row in a multi-valued table."""
        assert lower is not None
        parameters = (lower[_OLDEST], upper[_NEXT] - lower[_OLDEST])
        choices = [Conditions((younger(self.objects.rows.quoted("xmin")),), parameters)]
        session = self.objects.session
        for child in self.objects.selected.children:
            written = Conditions((younger(f"{ALIAS}.{session.quote('xmin')}"),), parameters)
            choices.append(Trace.of_child(session, child, written).touched(self.objects))
        return Conditions.any_of(choices)


def younger(column: str) -> str:
    """That a row was written by one of so many transactions from a certain one on.

    The parameters are that one, and how many.
    """
    number = f"CAST(CAST({column} AS text) AS bigint)"
    return f"(({number} - CAST(? AS bigint)) & {_BITS - 1}) < CAST(? AS bigint)"
