"""The statements on an object's own row that the connector makes itself."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from attrs import define, field

from ecma2py.errors import EntryExportError, MAExportError
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.drivers.inserting import NewRow
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.exporting.addresses import Addresses, Key, check_count
from ecma2py_sql.exporting.values import Parameter, refused
from ecma2py_sql.mapping.mapped import MappedType


@define
class RowWriter:
    """Inserts, updates, reads and deletes rows by their key."""

    session: Session
    addresses: Addresses
    _updates: dict[tuple[Any, ...], str] = field(factory=dict, init=False)
    """The statement for each set of columns: making it costs more than running it."""

    def insert(self, mapped: MappedType, columns: Mapping[str, Parameter]) -> Key:
        """Insert the row; its key as the database has it."""
        quote, dialect = self.session.quote, self.session.dialect
        row = NewRow(
            table=self._table(mapped),
            columns=tuple(columns),
            key=[each.column for each in mapped.anchor],
            quote=quote,
            selected=dialect.selected,
            empty=dialect.empty_insert,
        )
        given = list(columns.values())
        if telling := dialect.insert(row):
            rows = self.session.rows(telling, given)
            check_inserted(mapped.table.name, len(rows))
            return tuple(map(dialect.parameter, rows[0]))
        assigned, last = row.assigned, dialect.last_key
        if len(assigned) > (1 if last else 0):
            raise _untold(mapped, assigned[0])
        check_inserted(mapped.table.name, self.session.run(row.statement(), given))
        if not assigned:
            return tuple(columns[each.name] for each in row.key)
        counted = self.session.rows(last or "")[0][0]
        key = tuple(columns.get(each.name, counted) for each in row.key)
        if self.count(mapped, key) != 1:
            # A default gave the key, and not the counter.
            raise _untold(mapped, assigned[0])
        return key

    def update(
        self,
        mapped: MappedType,
        columns: Mapping[str, Parameter],
        losses: Mapping[str, Parameter],
        key: Key,
    ) -> None:
        """Give the row new values; *losses* go only if they are still what the columns hold.

        ``ObjectNotFoundError`` if no row has the key, ``EntryExportError`` if several have.
        """
        if not columns and not losses:
            self.check(mapped, key)
            return
        given = [*columns.values(), *losses.values(), *key]
        sql = self.update_of(mapped, columns, losses)
        check_count(mapped, self.session.run(sql, given), key)

    def update_of(
        self, mapped: MappedType, columns: Collection[str], losses: Collection[str] = ()
    ) -> str:
        """The statement that gives a row values for *columns*, then *losses*, then its key."""
        shape = (mapped.name, tuple(columns), tuple(losses))
        sql = self._updates.get(shape)
        if sql is None:
            sql = self._updates[shape] = self._update(mapped, columns, losses)
        return sql

    def clear_reference(
        self, mapped: MappedType, columns: Sequence[Column], held: Sequence[Parameter], key: Key
    ) -> None:
        """Clear a reference and its type, the *columns*, if both are still what is *held*."""
        quote = self.session.quote
        cleared = ", ".join(f"{quote(each.name)} = NULL" for each in columns if each.nullable)
        same = "".join(f" AND {quote(each.name)} = ?" for each in columns)
        sql = f"UPDATE {self._table(mapped)} SET {cleared}{self._where(mapped)}{same}"
        self.session.run(sql, [*key, *held])

    def check(self, mapped: MappedType, key: Key) -> None:
        """Return if one row has the key; errors as for ``update``."""
        check_count(mapped, self.count(mapped, key), key)

    def count(self, mapped: MappedType, key: Key) -> int:
        """How many rows have the key."""
        sql = f"SELECT COUNT(*) FROM {self._table(mapped)}{self._where(mapped)}"
        return int(self.session.rows(sql, key)[0][0])

    def read(self, mapped: MappedType, key: Key) -> dict[str, Parameter]:
        """What the row holds, by column, as the driver takes it back."""
        quote, dialect = self.session.quote, self.session.dialect
        columns = {each.name: each for one in mapped.columns for each in one.all_columns}
        chosen = ", ".join(dialect.selected(quote(name), each) for name, each in columns.items())
        sql = f"SELECT {chosen} FROM {self._table(mapped)}{self._where(mapped)}"
        rows = self.session.rows(sql, key)
        check_count(mapped, len(rows), key)
        return dict(zip(columns, map(dialect.parameter, rows[0]), strict=True))

    def column(self, mapped: MappedType, name: str, key: Key) -> list[Parameter]:
        """What the rows with the key hold in one column."""
        sql = f"SELECT {self.session.quote(name)} FROM {self._table(mapped)}{self._where(mapped)}"
        return [row[0] for row in self.session.rows(sql, key)]

    def delete(self, mapped: MappedType, key: Key) -> None:
        """Delete the row; errors as for ``update``."""
        sql = f"DELETE FROM {self._table(mapped)}{self._where(mapped)}"
        check_count(mapped, self.session.run(sql, key), key)

    def _update(self, mapped: MappedType, columns: Collection[str], losses: Collection[str]) -> str:
        quote = self.session.quote
        assigned = [f"{quote(name)} = ?" for name in columns]
        # The value goes only if it is still the one that shall go.
        assigned += [f"{quote(name)} = NULLIF({quote(name)}, ?)" for name in losses]
        return f"UPDATE {self._table(mapped)} SET {', '.join(assigned)}{self._where(mapped)}"

    def _table(self, mapped: MappedType) -> str:
        return self.session.quote(*mapped.table.qualified)

    def _where(self, mapped: MappedType) -> str:
        return self.addresses.where(mapped.anchor)


def check_inserted(table: str, count: int) -> None:
    """The row is there: not all databases call it an error if it is not."""
    if count == 0:
        raise EntryExportError(
            f"Table {table!r} took no row: a trigger, a rule or ON CONFLICT IGNORE of "
            "the database left it out.",
            MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION,
        )


def _untold(mapped: MappedType, column: str) -> EntryExportError:
    return refused(
        column,
        "this database does not tell the key it assigns: give the object one, or write "
        f"[{mapped.name}.export.add] with a query that selects it.",
        MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT,
    )
