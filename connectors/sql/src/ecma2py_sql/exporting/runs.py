"""Runs of updates that are one statement each: prepared once, as fast as the driver goes."""

from collections.abc import Callable, Mapping, Sequence

from attrs import define, field, frozen

from ecma2py.entries import CSEntryChange, ObjectModificationType, ValueModificationType
from ecma2py.errors import ObjectNotFoundError
from ecma2py.schema import Value
from ecma2py_sql.drivers.errors import DatabaseError, entry_error
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.exporting.addresses import Addresses
from ecma2py_sql.exporting.changed import ChangeReader
from ecma2py_sql.exporting.statements import RowWriter
from ecma2py_sql.exporting.values import Parameter, Write, refused
from ecma2py_sql.mapping.mapped import MappedType

Anchor = Mapping[str, Value] | None
WriteOne = Callable[[CSEntryChange], Anchor]

_ADDED = ValueModificationType.ADD
_MOST_PLANS = 1_000
"""Changes of a wide type may name more sets of attributes than are worth keeping."""


@frozen
class _Plan:
    """One statement for all updates that give the same attributes of one type a value each."""

    mapped: MappedType
    statement: str
    writes: Sequence[Write]
    """What makes the parameters, in the order in which the changes come."""
    is_unique: bool = field(init=False)
    """No two rows have the same key."""

    @is_unique.default
    def _has_primary_key(self) -> bool:
        key = self.mapped.table.primary_key
        return bool(key) and {each.column.name for each in self.mapped.anchor}.issuperset(key)

    def values(self, change: CSEntryChange) -> list[Parameter] | None:
        """The parameters of *change* without its key; None if it is more than a value for each."""
        found = []
        for each, write in zip(change.changes.values(), self.writes, strict=True):
            if len(each.value_changes) != 1:
                return None
            (only,) = each.value_changes
            if only.modification_type is not _ADDED:
                return None
            try:
                found.append(write(only.value))
            except ValueError as error:
                raise refused(each.name, error) from error
        return found


@define
class Runs:
    """Writes entries, updates of the same columns of one row each in one go."""

    session: Session
    types: Mapping[str, MappedType]
    reader: ChangeReader
    addresses: Addresses
    rows: RowWriter
    _plans: dict[tuple[str | None, ...], _Plan | None] = field(factory=dict, init=False)
    """By type and attributes; None where an update takes more than one statement."""

    def write(self, changes: Sequence[CSEntryChange], one: WriteOne) -> list[Anchor]:
        """Write *changes* in order, what is no plain update by *one*; gives the anchors it gave.

        Whatever raises does not tell which entry is at fault.
        """
        anchors: list[Anchor] = []
        waiting: list[Sequence[Parameter]] = []
        plan: _Plan | None = None
        for change in changes:
            found = self._plan(change)
            parameters = self._parameters(found, change) if found else None
            if found is not plan or parameters is None:
                self._run_all(plan, waiting)
                plan, waiting = found, []
            if parameters is None:
                anchors.append(one(change))
            else:
                anchors.append(None)
                waiting.append(parameters)
        self._run_all(plan, waiting)
        return anchors

    def _plan(self, change: CSEntryChange) -> _Plan | None:
        """The plan for updates like *change*; None if it takes more than one statement."""
        is_update = change.object_modification_type is ObjectModificationType.UPDATE
        if not is_update or not change.anchor:
            return None
        shape = (change.object_type, *change.changes)
        try:
            return self._plans[shape]
        except KeyError:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[shape] = self._planned(change)
            return plan

    def _planned(self, change: CSEntryChange) -> _Plan | None:
        mapped = self.types.get(change.object_type or "")
        if mapped is None or not mapped.is_stored:
            return None
        plain = self.reader.plain(mapped, change.changes.values())
        if not plain:
            return None
        statement = self.rows.update_of(mapped, [column for column, _ in plain])
        return _Plan(mapped, statement, [write for _, write in plain])

    def _parameters(self, plan: _Plan, change: CSEntryChange) -> Sequence[Parameter] | None:
        values = plan.values(change)
        if values is not None:
            values += self.addresses.key(plan.mapped, change)
        return values

    def _run_all(self, plan: _Plan | None, rows: Sequence[Sequence[Parameter]]) -> None:
        if plan is None or not rows:
            return
        try:
            if plan.is_unique:
                is_whole = self.session.run_all(plan.statement, rows) == len(rows)
            else:
                is_whole = all(n == 1 for n in self.session.run_many(plan.statement, rows))
        except DatabaseError as error:
            raise entry_error(error) from error
        if not is_whole:
            raise ObjectNotFoundError("An update found no row, or several.")
