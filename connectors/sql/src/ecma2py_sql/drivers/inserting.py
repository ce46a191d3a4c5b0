"""How each database inserts a row and tells the key that it gave it, as text.

Values are always bound.
"""

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.drivers.procedures import Quote

Empty = tuple[str, str]
"""The columns and the values of an INSERT that gives no column a value; ``{key}`` is a column."""
STANDARD_EMPTY: Empty = ("", "DEFAULT VALUES")


@frozen(kw_only=True)
class NewRow:
    """A row that is to be inserted."""

    table: str
    """Its name, quoted."""
    columns: Sequence[str]
    """Those that are given a value, in the order of the parameters."""
    key: Sequence[Column]
    quote: Quote
    selected: Callable[[str, Column], str]
    """The SELECT expression of a column whose quoted name is given."""
    empty: Empty = STANDARD_EMPTY

    @property
    def assigned(self) -> list[str]:
        """The columns of the key that the database is to give a value."""
        return [each.name for each in self.key if each.name not in self.columns]

    def statement(self, output: str = "") -> str:
        """The plain INSERT, with *output* before the values."""
        names, values = self.empty
        if self.columns:
            names = f"({', '.join(map(self.quote, self.columns))})"
            values = f"VALUES ({', '.join('?' * len(self.columns))})"
        names = names.format(key=self.quote(self.key[0].name)) if "{key}" in names else names
        return " ".join(filter(None, ["INSERT INTO", self.table, names, output, values]))

    def selected_key(self) -> str:
        """The SELECT list of the key."""
        return ", ".join(self.selected(self.quote(each.name), each) for each in self.key)


Telling = Callable[[NewRow], str | None]
"""Makes the statement that inserts a row and gives its key as a row; None for the plain INSERT,
where the database tells no key, or where all of it is known."""


def untold(row: NewRow) -> None:
    """The key is not told."""
    return


def returning(row: NewRow) -> str:
    """``INSERT ... RETURNING``, also of a key that was given: the database may write it otherwise.

    A column of fixed width fills it up, a trigger may change it.
    """
    return f"{row.statement()} RETURNING {row.selected_key()}"


def final_table(row: NewRow) -> str | None:
    """``SELECT ... FROM FINAL TABLE (INSERT ...)``, DB2's."""
    if not row.assigned:
        return None
    return f"SELECT {row.selected_key()} FROM FINAL TABLE ({row.statement()})"


def output_into(row: NewRow) -> str | None:
    """``INSERT ... OUTPUT INSERTED.id INTO @variable``, SQL Server's.

    Without INTO it refuses tables with triggers. The variable lives as long as the batch, and its
    columns need types of their own.
    """
    if not row.assigned:
        return None
    told = [row.quote(each.name) for each in row.key]
    types = ", ".join(
        f"{name} {_SQL_SERVER_TYPES[each.native]}" for name, each in zip(told, row.key, strict=True)
    )
    output = f"OUTPUT {', '.join(f'INSERTED.{name}' for name in told)} INTO {_VARIABLE}"
    return "; ".join(
        [
            # The count of inserted rows would be a result of its own before the row.
            "SET NOCOUNT ON",
            f"DECLARE {_VARIABLE} TABLE ({types})",
            row.statement(output),
            f"SELECT {row.selected_key()} FROM {_VARIABLE}",
        ]
    )


_VARIABLE = "@ecma2py_key"
_SQL_SERVER_TYPES: Mapping[Kind, str] = {
    Kind.TEXT: "nvarchar(4000)",
    Kind.INTEGER: "bigint",
    Kind.BOOLEAN: "bit",
    Kind.BINARY: "varbinary(8000)",
    # Without decimals: what counts up has none.
    Kind.DECIMAL: "decimal(38, 0)",
    Kind.FLOAT: "float",
    Kind.REAL: "real",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.TIMESTAMP: "datetime2",
    Kind.TIMESTAMP_TZ: "datetimeoffset",
    Kind.UUID: "uniqueidentifier",
}
"""The widest of each kind that a key may have."""
