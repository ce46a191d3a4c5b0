"""Deltas by SQL Server's change tracking: the database itself numbers what is committed.

It keeps what has changed for a limited time: a version it has forgotten asks for a full import.
Versions are given in the order of the commits, so that nothing comes late. What is committed while
a delta reads is told, and told again by the next. A removed row of a multi-valued table tells of
the object whose value it was, and of no more than a change of it.
"""

from collections.abc import Iterator
from typing import Any

from attrs import define, field

from ecma2py.entries import CSEntryChange
from ecma2py.errors import InvalidParameterError
from ecma2py_sql.deltas.kept import no_watermark
from ecma2py_sql.deltas.traces import ALIAS, Trace
from ecma2py_sql.deltas.tracker import Tracker
from ecma2py_sql.drivers.catalogue import Column, Table
from ecma2py_sql.importing.selection import Conditions
from ecma2py_sql.mapping.settings import PARAMETER


@define
class ChangeTrackingTracker(Tracker):
    """Tells the objects whose rows have changed since a version."""

    _before: int = field(default=0, init=False)
    _now: int = field(default=0, init=False)

    def begin(self) -> None:
        ((version,),) = self.objects.session.rows("SELECT CHANGE_TRACKING_CURRENT_VERSION()")
        if version is None:
            raise self._off("the database", "ALTER DATABASE ... SET CHANGE_TRACKING = ON")
        for table in self._tables():
            self._least(table)
        self._now = int(version)

    def resume(self, state: Any) -> None:
        self._before = int(state)

    def changes(self) -> Iterator[CSEntryChange]:
        self.begin()
        if self._before > self._now:
            problem = f"is of version {self._before}, and the database is at {self._now}"
            raise no_watermark(self.objects.mapped.name, problem)
        self._check_kept()
        objects, children = self.objects, self.objects.selected.children
        own = self._trace(
            objects.mapped.table, tuple(each.column for each in objects.mapped.anchor)
        )
        objects.run.reading()
        yield from map(objects.gone, own.gone(objects))
        traces = [own, *(self._trace(each.table, each.key) for each in children)]
        touched = [each.touched(objects) for each in traces]
        for _, entry in objects.some(Conditions.any_of(touched)):
            yield entry
        # Clearing up may have begun after the first look.
        self._check_kept()

    def state(self) -> Any:
        return self._now

    def _tables(self) -> list[Table]:
        children = self.objects.selected.children
        return [self.objects.mapped.table, *(each.table for each in children)]

    def _trace(self, table: Table, key: tuple[Column, ...]) -> Trace:
        name = self.objects.session.quote(*table.qualified)
        source = f"CHANGETABLE(CHANGES {name}, ?) AS {ALIAS}"
        return Trace(source, key, Conditions((), (self._before,)))

    def _check_kept(self) -> None:
        for table in self._tables():
            least = self._least(table)
            if self._before < least:
                problem = (
                    f"is of version {self._before}, and the changes of {table.name!r} are kept "
                    f"from version {least} on"
                )
                raise no_watermark(self.objects.mapped.name, problem)

    def _least(self, table: Table) -> int:
        """The earliest version from which all changes of *table* are known."""
        session = self.objects.session
        sql = "SELECT CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID(?))"
        # OBJECT_ID takes a name as text, apart in brackets whatever the connection quotes with.
        name = ".".join(f"[{part.replace(']', ']]')}]" for part in table.qualified)
        ((version,),) = session.rows(sql, (name,))
        if version is None:
            raise self._off(f"table {table.name!r}", "ALTER TABLE ... ENABLE CHANGE_TRACKING")
        return int(version)

    def _off(self, where: str, statement: str) -> InvalidParameterError:
        return InvalidParameterError(
            f"[{self.objects.mapped.name}] delta: change tracking is not enabled for {where}, or "
            f"the account lacks VIEW CHANGE TRACKING: run {statement}.",
            parameter_name=PARAMETER,
        )
