"""What a connector knows of its object types: the tables, columns and names behind each."""

from attrs import Factory, evolve, field, frozen

from ecma2py.schema import AttributeOperation, AttributeType, SchemaAttribute, SchemaType
from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.catalogue import Column, Table
from ecma2py_sql.mapping.settings import DeltaSettings, ExportSettings, PasswordSettings, Rows


@frozen
class Reference:
    """The objects a column refers to: their type, and what their name is."""

    object_type: str
    """``*`` where a column of the row tells it."""
    key: Kind
    type_column: Column | None = field(default=None, kw_only=True)


@frozen
class _Kept:
    """An attribute and the column that holds its values, with what is done with them."""

    attribute: str
    reference: Reference | None = field(default=None, kw_only=True)
    read_only: bool = field(default=False, kw_only=True)
    write_only: bool = field(default=False, kw_only=True)

    @property
    def holder(self) -> Column:
        """The column with the values."""
        raise NotImplementedError

    @property
    def type_column(self) -> Column | None:
        """The column with the type of the object a value refers to; None where it is fixed."""
        return self.reference.type_column if self.reference else None

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The column with the values, and the one with their types if there is one."""
        return (self.holder,) if self.type_column is None else (self.holder, self.type_column)


@frozen
class MappedColumn(_Kept):
    """A single-valued attribute and the column that holds it."""

    column: Column
    is_anchor: bool = field(default=False, kw_only=True)

    @property
    def holder(self) -> Column:
        return self.column

    def schema_attribute(self) -> SchemaAttribute:
        """What the schema says of it."""
        column = self.column
        kind = column.kind.attribute_type
        return SchemaAttribute(
            self.attribute,
            AttributeType.REFERENCE if self.reference else kind,
            is_anchor=self.is_anchor,
            is_required=(self.is_anchor or not column.nullable)
            and not (column.assigned or self.read_only),
            max_length=None if self.reference else column.max_length,
            allowed_attribute_operation=_operation(self),
        )


@frozen
class HistoryTable:
    """A table with a row for every change of another."""

    table: Table
    key: tuple[Column, ...] = field(kw_only=True)
    """In the order of the anchor they hold."""
    order: Column = field(kw_only=True)
    operation: Column | None = field(default=None, kw_only=True)


@frozen
class MappedDelta:
    """How deltas of one type are found, with the columns and tables this needs."""

    settings: DeltaSettings
    watermark: Column | None = field(default=None, kw_only=True)
    history: HistoryTable | None = field(default=None, kw_only=True)
    deleted: Column | None = field(default=None, kw_only=True)


@frozen
class MappedTable(_Kept):
    """A multi-valued attribute and the table that holds a row for each value."""

    table: Table
    key: tuple[Column, ...] = field(kw_only=True)
    """In the order of the anchor they hold."""
    value: Column = field(kw_only=True)
    watermark: Column | None = field(default=None, kw_only=True)
    history: HistoryTable | None = field(default=None, kw_only=True)

    @property
    def holder(self) -> Column:
        return self.value

    def schema_attribute(self) -> SchemaAttribute:
        """What the schema says of it; ECMA2 knows no multi-valued Boolean, it travels as text."""
        kind = self.value.kind.attribute_type
        if self.reference:
            kind = AttributeType.REFERENCE
        elif kind is AttributeType.BOOLEAN:
            kind = AttributeType.STRING
        length = None if self.reference else self.value.max_length
        return SchemaAttribute.multi(
            self.attribute, kind, operation=_operation(self), max_length=length
        )


@frozen
class MappedType:
    """An object type, its table, and the tables of its multi-valued attributes."""

    name: str
    table: Table
    """What the columns are of; for a query or procedure, a table that the catalogue lacks."""
    rows: Rows = field(kw_only=True)
    """Where a full import reads."""
    source: Table = field(default=Factory(lambda self: self.table, takes_self=True), kw_only=True)
    """The table or view those rows are in, where it is not *table*; writes go to *table* alone."""
    columns: tuple[MappedColumn, ...] = field(kw_only=True)
    multivalued: tuple[MappedTable, ...] = field(default=(), kw_only=True)
    anchor: tuple[MappedColumn, ...] = field(kw_only=True)
    dn: MappedColumn | None = field(default=None, kw_only=True)
    """What names an object in its DN; None for its anchor."""
    exports: ExportSettings = field(factory=ExportSettings, kw_only=True)
    is_stored: bool = field(default=True, kw_only=True)
    """The catalogue knows the table, so that its rows can be found by their key and written."""
    password: PasswordSettings | None = field(default=None, kw_only=True)
    delta: MappedDelta | None = field(default=None, kw_only=True)
    targets: "dict[str, MappedColumn | MappedTable]" = field(init=False, eq=False, repr=False)
    """Where each attribute is kept."""

    @targets.default
    def _by_attribute(self) -> "dict[str, MappedColumn | MappedTable]":
        columns = {each.attribute: each for each in self.columns}
        return {**columns, **{each.attribute: each for each in self.multivalued}}

    @property
    def place(self) -> str:
        """Where its rows come from, as a message says it."""
        return f"Object type {self.name!r}, {self.rows.method.value} {_short(self.rows.text)!r}"

    @property
    def has_own_writes(self) -> bool:
        """True if a procedure or query of the administrator's writes some of its changes."""
        exports = self.exports
        called = self.password is not None and self.password.set is not None
        return called or not (exports.add is exports.update is exports.delete is None)

    @property
    def renamed(self) -> "MappedColumn | None":
        """The column that a new DN changes; None if an object keeps its name."""
        kept = self.dn is None or self.dn.is_anchor or self.dn.read_only
        return None if kept else self.dn

    @property
    def naming(self) -> "tuple[MappedColumn, ...]":
        """The columns whose values are in the DN."""
        return self.anchor if self.dn is None else (self.dn,)

    def as_read(self, column: MappedColumn) -> MappedColumn:
        """*column* as the source has it, whose type there may be another."""
        if self.source is self.table:
            return column
        reference = column.reference
        if reference is not None and reference.type_column is not None:
            reference = evolve(reference, type_column=self._in_source(reference.type_column))
        return evolve(column, column=self._in_source(column.column), reference=reference)

    def schema_type(self) -> SchemaType:
        """What the schema says of it; the anchor comes first."""
        others = [each for each in self.columns if not each.is_anchor]
        attributes = [each.schema_attribute() for each in (*self.anchor, *others)]
        attributes += [each.schema_attribute() for each in self.multivalued]
        return SchemaType(self.name, attributes, locked=True)

    def _in_source(self, column: Column) -> Column:
        return evolve(self.source.columns[column.name], kind=column.kind)


def _operation(target: MappedColumn | MappedTable) -> AttributeOperation:
    if target.read_only:
        return AttributeOperation.IMPORT_ONLY
    if target.write_only:
        return AttributeOperation.EXPORT_ONLY
    return AttributeOperation.IMPORT_EXPORT


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
