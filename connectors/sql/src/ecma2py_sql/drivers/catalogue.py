"""What the database says about its tables: columns, keys and references between them."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from attrs import Factory, field, frozen

from ecma2py.errors import InvalidParameterError
from ecma2py_sql.data.kinds import Kind


@frozen(cache_hash=True)
class Column:
    """One column of a table."""

    name: str
    kind: Kind
    """What its values mean: as declared, unless the administrator says otherwise."""
    native: Kind = field(default=Factory(lambda self: self.kind, takes_self=True), kw_only=True)
    """As the database declares it."""
    type_name: str = field(default="", kw_only=True)
    """The database's word for its type, in lower case."""
    nullable: bool = field(default=True, kw_only=True)
    max_length: int | None = field(default=None, kw_only=True)
    """Most characters, or bytes of a binary column."""
    scale: int | None = field(default=None, kw_only=True)
    """Most decimals of a number, or of seconds; None where they are not limited."""
    fixed: bool = field(default=False, kw_only=True)
    """Each value is padded to ``max_length``: text with blanks, which say nothing."""
    assigned: bool = field(default=False, kw_only=True)
    """The database gives a value to a new row that brings none: a counter or a default."""
    generated: bool = field(default=False, kw_only=True)
    """The database gives the value, and takes none."""

    @property
    def is_utc(self) -> bool:
        """True for moments whatever the zone of the data source, by declaration or override."""
        declared = self.native if self.native is not Kind.TIMESTAMP else self.kind
        return declared is Kind.TIMESTAMP_TZ


@frozen
class ForeignKey:
    """Columns that hold the key of a row of another table."""

    columns: tuple[str, ...]
    table: str = field(kw_only=True)
    referred: tuple[str, ...] = field(kw_only=True)


@frozen
class Table:
    """A table or view."""

    name: str
    schema: str | None = field(default=None, kw_only=True)
    columns: dict[str, Column] = field(kw_only=True)
    primary_key: tuple[str, ...] = field(default=(), kw_only=True)
    foreign_keys: tuple[ForeignKey, ...] = field(default=(), kw_only=True)

    @property
    def qualified(self) -> tuple[str, ...]:
        """The parts of its name."""
        return (self.schema, self.name) if self.schema else (self.name,)

    def column(self, name: str, where: str) -> Column:
        """The column *name*; ``InvalidParameterError`` says *where* it was asked for."""
        try:
            return self.columns[name]
        except KeyError:
            raise InvalidParameterError(
                f"{where}: table {self.name!r} has no column {name!r}; it has "
                f"{', '.join(map(repr, self.columns))}.",
                parameter_name="Object types",
            ) from None

    def reference(self, column: str) -> ForeignKey | None:
        """The foreign key that consists of *column* alone."""
        return next((each for each in self.foreign_keys if each.columns == (column,)), None)


class Catalogue(Protocol):
    """Where tables are looked up."""

    def names(self) -> list[tuple[str | None, str]]:
        """Schema and name of every table and view of the user's, sorted."""
        ...

    def read(self, schema: str | None, name: str) -> Table:
        """The table or view of exactly this name."""
        ...


def find_table(
    catalogue: Catalogue, names: Sequence[tuple[str | None, str]], name: str, where: str
) -> Table:
    """The table an administrator calls *name*: ``table`` or ``schema.table``, exact spelling.

    *names* are those of the catalogue; ``InvalidParameterError`` says *where* it was asked for.
    """
    wanted: list[tuple[str | None, str]] = [(None, name)]
    wanted += [(name[:at], name[at + 1 :]) for at, char in enumerate(name) if char == "."]
    for schema, table in wanted:
        found = [each for each in names if each[1] == table and schema in (None, each[0])]
        if len(found) > 1:
            raise _refused(where, name, "there are several: write", _spelled(found))
        if found:
            return catalogue.read(*found[0])
    alike = [each for each in names if each[1].lower() == name.rpartition(".")[2].lower()]
    raise _refused(where, name, "there is none; there are", _spelled(alike or names[:50]))


def _refused(where: str, name: str, problem: str, choices: str) -> InvalidParameterError:
    return InvalidParameterError(
        f"{where}: table {name!r}: {problem} {choices or 'no tables at all'}.",
        parameter_name="Object types",
    )


def _spelled(names: Iterable[tuple[str | None, str]]) -> str:
    return ", ".join(repr(f"{schema}.{name}" if schema else name) for schema, name in names)
