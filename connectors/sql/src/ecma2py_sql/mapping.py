"""Object types tied to the tables that hold them: every name is one the catalogue knows."""

from collections.abc import Sequence

from attrs import evolve, field, frozen

from ecma2py.schema import AttributeOperation, AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py_sql.catalogue import Catalogue, Column, Table, find_table
from ecma2py_sql.config import MultiValuedConfig, TypeConfig, refused
from ecma2py_sql.kinds import Kind


@frozen
class Reference:
    """The objects a column refers to: their type, and what their key is."""

    object_type: str
    key: Kind


@frozen
class MappedColumn:
    """A single-valued attribute and the column that holds it."""

    attribute: str
    column: Column
    reference: Reference | None = field(default=None, kw_only=True)
    is_anchor: bool = field(default=False, kw_only=True)
    read_only: bool = field(default=False, kw_only=True)

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
            allowed_attribute_operation=(
                AttributeOperation.IMPORT_ONLY
                if self.read_only
                else AttributeOperation.IMPORT_EXPORT
            ),
        )


@frozen
class MappedTable:
    """A multi-valued attribute and the table that holds a row for each value."""

    attribute: str
    table: Table
    key: tuple[Column, ...] = field(kw_only=True)
    """In the order of the anchor they hold."""
    value: Column = field(kw_only=True)
    reference: Reference | None = field(default=None, kw_only=True)

    def schema_attribute(self) -> SchemaAttribute:
        """What the schema says of it; ECMA2 knows no multi-valued Boolean, it travels as text."""
        kind = self.value.kind.attribute_type
        if self.reference:
            kind = AttributeType.REFERENCE
        elif kind is AttributeType.BOOLEAN:
            kind = AttributeType.STRING
        length = None if self.reference else self.value.max_length
        return SchemaAttribute.multi(self.attribute, kind, max_length=length)


@frozen
class MappedType:
    """An object type, its table, and the tables of its multi-valued attributes."""

    name: str
    table: Table
    columns: tuple[MappedColumn, ...] = field(kw_only=True)
    multivalued: tuple[MappedTable, ...] = field(default=(), kw_only=True)
    anchor: tuple[MappedColumn, ...] = field(kw_only=True)
    watermark: Column | None = field(default=None, kw_only=True)
    overlap: int = field(default=0, kw_only=True)
    targets: "dict[str, MappedColumn | MappedTable]" = field(init=False, eq=False, repr=False)
    """Where each attribute is kept."""

    @targets.default
    def _by_attribute(self) -> "dict[str, MappedColumn | MappedTable]":
        columns = {each.attribute: each for each in self.columns}
        return {**columns, **{each.attribute: each for each in self.multivalued}}

    def schema_type(self) -> SchemaType:
        """What the schema says of it; the anchor comes first."""
        others = [each for each in self.columns if not each.is_anchor]
        attributes = [each.schema_attribute() for each in (*self.anchor, *others)]
        attributes += [each.schema_attribute() for each in self.multivalued]
        return SchemaType(self.name, attributes, locked=True)


def map_types(configs: Sequence[TypeConfig], catalogue: Catalogue) -> dict[str, MappedType]:
    """The types by name; ``InvalidParameterError`` for a name the catalogue does not know."""
    names = catalogue.names()
    tables = {c.name: find_table(catalogue, names, c.table, f"[{c.name}]") for c in configs}
    children = {
        (c.name, m.attribute): find_table(catalogue, names, m.table, _place(c, m))
        for c in configs
        for m in c.multivalued
    }
    anchors = {c.name: _anchor(c, tables[c.name]) for c in configs}
    return {c.name: _map_type(c, tables, children, anchors) for c in configs}


def make_schema(types: dict[str, MappedType]) -> Schema:
    """The schema of these types."""
    return Schema(each.schema_type() for each in types.values())


Anchors = dict[str, tuple[Column, ...]]


def _anchor(config: TypeConfig, table: Table) -> tuple[Column, ...]:
    names = config.anchor or table.primary_key
    if not names:
        raise refused(
            f"[{config.name}] table {table.name!r} has no primary key: choose the columns that "
            "tell its rows apart with 'anchor'"
        )
    return tuple(_typed(config, table, name) for name in names)


def _typed(config: TypeConfig, table: Table, name: str) -> Column:
    column = table.column(name, f"[{config.name}]")
    kind = config.types.get(name)
    if kind is None:
        return column
    length = column.max_length if kind in (Kind.TEXT, Kind.BINARY) else None
    return evolve(column, kind=kind, max_length=length)


def _map_type(
    config: TypeConfig,
    tables: dict[str, Table],
    children: dict[tuple[str, str], Table],
    anchors: Anchors,
) -> MappedType:
    table = tables[config.name]
    anchor = [column.name for column in anchors[config.name]]
    chosen = table.columns if config.columns is None else dict.fromkeys(config.columns)
    names = dict.fromkeys([*anchor, *chosen])
    for key in ("names", "references", "types", "read_only"):
        for name in getattr(config, key):
            table.column(name, f"[{config.name}] {key}")
            if name not in names and key != "types":
                raise refused(f"[{config.name}] {key}: add {name!r} to 'columns', or leave it out")
    columns = tuple(
        MappedColumn(
            config.names.get(name, name),
            column := _typed(config, table, name),
            reference=_reference(config, table, name, anchors, tables),
            is_anchor=name in anchor,
            read_only=column.generated or name == config.watermark or name in config.read_only,
        )
        for name in names
    )
    by_column = {each.column.name: each for each in columns}
    watermark = config.watermark
    mapped = MappedType(
        config.name,
        table,
        columns=columns,
        multivalued=tuple(
            _multivalued(config, m, children[config.name, m.attribute], anchors)
            for m in config.multivalued
        ),
        anchor=tuple(by_column[name] for name in anchor),
        watermark=None if watermark is None else _typed(config, table, watermark),
        overlap=config.overlap,
    )
    mapped.schema_type()
    return mapped


def _reference(
    config: TypeConfig, table: Table, name: str, anchors: Anchors, tables: dict[str, Table]
) -> Reference | None:
    target = config.references.get(name)
    if target is None:
        return None
    where = f"[{config.name}] references: column {name!r}"
    foreign = table.reference(name)
    if foreign and target in tables and foreign.table == tables[target].name and foreign.referred:
        key = [column.name for column in anchors[target]]
        if key != list(foreign.referred):
            raise refused(
                f"{where} holds {foreign.referred[0]!r} of {foreign.table!r}, but the anchor of "
                f"{target!r} is {', '.join(key)}: make it the same column"
            )
    return _target(where, target, anchors)


def _target(where: str, target: str, anchors: Anchors) -> Reference:
    if target not in anchors:
        raise refused(f"{where} refers to {target!r}: there are {', '.join(anchors)}")
    if len(anchors[target]) > 1:
        raise refused(f"{where} refers to {target!r}, whose anchor is more than one column")
    return Reference(target, anchors[target][0].kind)


def _place(config: TypeConfig, child: MultiValuedConfig) -> str:
    return f"[{config.name}.multivalued.{child.attribute}]"


def _multivalued(
    config: TypeConfig, child: MultiValuedConfig, table: Table, anchors: Anchors
) -> MappedTable:
    where = _place(config, child)
    if len(child.key) != len(anchors[config.name]):
        raise refused(
            f"{where} key: name as many columns as the anchor of {config.name!r} has, in its order"
        )
    target = child.references
    return MappedTable(
        child.attribute,
        table,
        key=tuple(table.column(name, where) for name in child.key),
        value=table.column(child.value, where),
        reference=None if target is None else _target(where, target, anchors),
    )
