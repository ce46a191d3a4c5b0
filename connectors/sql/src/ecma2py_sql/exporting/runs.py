"""Runs of updates that are one statement each: prepared once, as fast as the driver goes."""

from collections.abc import Callable, Mapping, Sequence

from attrs import define

from ecma2py.entries import CSEntryChange, ObjectModificationType
from ecma2py.errors import ObjectNotFoundError
from ecma2py.schema import Value
from ecma2py_sql.drivers.errors import DatabaseError, entry_error
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.exporting.addresses import Addresses
from ecma2py_sql.exporting.changed import ChangeReader
from ecma2py_sql.exporting.statements import RowWriter
from ecma2py_sql.exporting.values import Parameter
from ecma2py_sql.mapping.mapped import MappedType

Anchor = Mapping[str, Value] | None
WriteOne = Callable[[CSEntryChange], Anchor]


@define
class Runs:
    """Writes entries, updates of the same columns of one row each in one go."""

    session: Session
    types: Mapping[str, MappedType]
    reader: ChangeReader
    addresses: Addresses
    rows: RowWriter

    def write(self, changes: Sequence[CSEntryChange], one: WriteOne) -> list[Anchor]:
        """Write *changes* in order, what is no plain update by *one*; gives the anchors it gave.

        Whatever raises does not tell which entry is at fault.
        """
        anchors: list[Anchor] = []
        waiting: list[Sequence[Parameter]] = []
        statement = ""
        for change in changes:
            plain = self._plain_update(change)
            if waiting and (plain is None or plain[0] != statement):
                self._run_all(statement, waiting)
                waiting = []
            if plain is None:
                anchors.append(one(change))
            else:
                anchors.append(None)
                statement, parameters = plain
                waiting.append(parameters)
        if waiting:
            self._run_all(statement, waiting)
        return anchors

    def _plain_update(self, change: CSEntryChange) -> tuple[str, Sequence[Parameter]] | None:
        """The one statement that *change* comes to; None if it takes more than that."""
        mapped = self.types.get(change.object_type or "")
        is_update = change.object_modification_type is ObjectModificationType.UPDATE
        if mapped is None or not is_update or not change.anchor or not mapped.is_stored:
            return None
        columns = self.reader.plain_columns(mapped, change.changes.values())
        if not columns:
            return None
        key = self.addresses.key(mapped, change)
        return self.rows.update_of(mapped, columns), (*columns.values(), *key)

    def _run_all(self, statement: str, rows: Sequence[Sequence[Parameter]]) -> None:
        try:
            counts = self.session.run_many(statement, rows)
        except DatabaseError as error:
            raise entry_error(error) from error
        if any(count != 1 for count in counts):
            raise ObjectNotFoundError("An update found no row, or several.")
