"""What an administrator decides about object types, however it was written down.

The parameter 'Object types' says it in TOML, the parameter pages of Microsoft's Generic SQL
connector say it field by field; both become what is here.
"""

from collections.abc import Mapping, Sequence
from enum import Enum

from attrs import evolve, field, frozen

from ecma2py.errors import InvalidParameterError
from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.procedures import Direction

ANY_TYPE = "*"
"""The target of a reference whose rows name the type of each object they refer to."""


class Method(Enum):
    """What is read or called; the value is the key of 'Object types'."""

    TABLE = "table"
    VIEW = "view"
    QUERY = "query"
    PROCEDURE = "procedure"
    COLUMN_NAMES = "column_names"
    """A query that gives the names of columns, one a row; the rows come from elsewhere."""


@frozen
class Argument:
    """One parameter of a stored procedure, ``[Name]:[Direction]:[Value]``.

    On import the value is what is given; on export it is the name of the attribute whose value is
    given, or of a token: ``newPassword``, ``oldPassword``, ``PasswordOptions``.
    """

    name: str
    direction: Direction
    value: str

    @classmethod
    def parse(cls, line: str) -> "Argument":
        """The argument *line* writes, whose value may hold colons; ``ValueError`` if it is none."""
        name, _, rest = line.strip().partition(":")
        word, colon, value = rest.partition(":")
        try:
            direction = Direction(word.strip().lower().replace(" ", ""))
        except ValueError:
            direction = None
        if not name or direction is None or not colon:
            choices = ", ".join(each.value.upper() for each in Direction)
            raise ValueError(f"{line!r} is no Name:Direction:Value with a direction of {choices}")
        return cls(name.strip(), direction, value.strip())


@frozen
class Rows:
    """Where rows come from."""

    method: Method
    text: str
    """The name of the table, view or procedure, or the query."""
    arguments: tuple[Argument, ...] = field(default=(), kw_only=True)
    start_index: str = field(default="", kw_only=True)
    """What the first row of a page, counted from 1, is put in for: ``@StartIndex`` in a query, or
    the name of a procedure's parameter. Empty: the query is not paged by index."""
    end_index: str = field(default="", kw_only=True)

    @property
    def is_table(self) -> bool:
        """True for what the catalogue knows: a table or view."""
        return self.method in (Method.TABLE, Method.VIEW)

    @property
    def can_be_asked(self) -> bool:
        """True if a statement can choose some of the rows: a table, view or plain query."""
        return self.is_table or (self.method is Method.QUERY and not self.is_paged_by_index)

    @property
    def is_paged_by_index(self) -> bool:
        """True if whoever wrote it takes the first and last row of a page."""
        return bool(self.start_index and self.end_index)


@frozen
class Written:
    """How one kind of change is written where the connector does not make the statements."""

    procedure: str = field(default="", kw_only=True)
    arguments: tuple[Argument, ...] = field(default=(), kw_only=True)
    statements: tuple[str, ...] = field(default=(), kw_only=True)
    """SQL with tokens ``@ATTRIBUTE``; all in one transaction."""


@frozen
class ExportSettings:
    """How objects are added, changed and removed; None where the connector makes the statements."""

    add: Written | None = field(default=None, kw_only=True)
    update: Written | None = field(default=None, kw_only=True)
    delete: Written | None = field(default=None, kw_only=True)


HASHES = ("argon2id", "bcrypt", "pbkdf2-sha256")
"""How a column may hold passwords."""


@frozen(kw_only=True)
class PasswordSettings:
    """How passwords are set and changed: as hashes in a column, or by what is called."""

    column: str = ""
    """The column that holds hashes; it is no attribute."""
    hash: str = ""
    """One of ``HASHES``."""
    set: Written | None = None
    change: Written | None = None


class Strategy(Enum):
    """How a delta import finds what has changed; the value is the key of 'Object types'."""

    WATERMARK = "watermark"
    HISTORY = "history"
    CHANGE_TRACKING = "change_tracking"
    SNAPSHOT_DATABASE = "snapshot_database"
    ROW_HASHES = "row_hashes"
    TRANSACTION_ID = "transaction_id"


OPERATION_WORDS: Mapping[str, str] = {"add": "Add", "update": "Modify", "delete": "Delete"}
"""What the operation column of a history table holds unless the administrator says otherwise."""


@frozen(kw_only=True)
class DeltaSettings:
    """How a delta import finds what has changed in one type."""

    strategy: Strategy
    source: str = ""
    """The watermark column, the history table, or the snapshot database."""
    overlap: int = 60
    """Seconds, or counts, by which a watermark is read again, for what is committed late."""
    query: str = ""
    """Gives the watermark as it is now; empty for the greatest of all rows."""
    deleted: str = ""
    """The column that marks a row as deleted though it is there: such rows are no objects."""
    deleted_values: tuple[str, ...] = ()
    """What *deleted* holds in such rows; empty: true, a number but 0, or any moment."""
    operation: str = ""
    """The column of a history table that says what happened; empty: it is not looked at."""
    order: str = ""
    """The column of a history table that grows with every row of it."""
    join: Mapping[str, str] = field(factory=dict)
    """By column of a history table, the anchor column it holds; the same names if empty."""
    words: Mapping[str, str] = field(factory=dict)
    """What the operation column holds where it is not one of ``OPERATION_WORDS``, by their keys."""


@frozen
class MultiValuedConfig:
    """A table with a row for each value of an attribute."""

    attribute: str
    table: str
    key: tuple[str, ...] = field(kw_only=True)
    value: str = field(kw_only=True)
    references: str | None = field(default=None, kw_only=True)
    reference_type: str | None = field(default=None, kw_only=True)
    """The column with the type of the object referred to, if *references* is ``*``."""
    watermark: str | None = field(default=None, kw_only=True)
    """Grows with every change of a row: makes its object a part of delta imports by watermark."""
    history: str | None = field(default=None, kw_only=True)
    """The history table of this table, for deltas by history; its key columns have the names of
    *key*."""
    order: str | None = field(default=None, kw_only=True)
    """The column of *history* that grows; None if it is named as in the type's own history."""
    kind: Kind | None = field(default=None, kw_only=True)
    """What the values are, where the catalogue says too little."""
    read_only: bool = field(default=False, kw_only=True)
    write_only: bool = field(default=False, kw_only=True)


@frozen
class TypeConfig:
    """One object type as the administrator describes it."""

    name: str
    rows: Rows
    anchor: tuple[str, ...] = field(default=(), kw_only=True)
    dn: str | None = field(default=None, kw_only=True)
    """The column whose value names the object in its DN; the anchor if None."""
    columns: tuple[str, ...] | None = field(default=None, kw_only=True)
    names: Mapping[str, str] = field(factory=dict, kw_only=True)
    references: Mapping[str, str] = field(factory=dict, kw_only=True)
    reference_types: Mapping[str, str] = field(factory=dict, kw_only=True)
    """For references to ``*``, the column with the type of the object referred to."""
    types: Mapping[str, Kind] = field(factory=dict, kw_only=True)
    read_only: tuple[str, ...] = field(default=(), kw_only=True)
    write_only: tuple[str, ...] = field(default=(), kw_only=True)
    multivalued: tuple[MultiValuedConfig, ...] = field(default=(), kw_only=True)
    imports: Rows | None = field(default=None, kw_only=True)
    """Where the rows of a full import come from, if not from where the columns were found."""
    exports: ExportSettings = field(factory=ExportSettings, kw_only=True)
    delta: DeltaSettings | None = field(default=None, kw_only=True)
    password: PasswordSettings | None = field(default=None, kw_only=True)

    @property
    def is_renamable(self) -> bool:
        """True if what names an object is a column of its own that may be written."""
        return self.dn is not None and self.dn not in (*self.anchor, *self.read_only)


PARAMETER = "Object types"
DN_IS_ANCHOR = "DN is Anchor"


def with_dn_as_anchor(configs: Sequence[TypeConfig]) -> list[TypeConfig]:
    """The one type of *configs* with its naming column as its anchor ("DN is Anchor").

    ``InvalidParameterError`` if there are more types, or references to another.
    """
    where = f"{DN_IS_ANCHOR!r} takes"
    if len(configs) > 1:
        raise refused(f"{where} one object type: there are {', '.join(c.name for c in configs)}")
    for each in configs:
        targets = [*each.references.values(), *(m.references for m in each.multivalued)]
        if any(target not in (None, each.name) for target in targets):
            raise refused(f"{where} references to {each.name!r} alone: correct [{each.name}]")
        if each.dn is not None and each.anchor not in ((), (each.dn,)):
            raise refused(f"{where} 'dn' or 'anchor', not both: correct [{each.name}]")
    return [
        each if each.dn is None else evolve(each, anchor=(each.dn,), dn=None) for each in configs
    ]


def refused(problem: str) -> InvalidParameterError:
    """The error for a wrong 'Object types'."""
    return InvalidParameterError(f"{PARAMETER!r}: {problem}.", parameter_name=PARAMETER)
