"""Object types tied to the tables that hold them: every name is one the catalogue knows."""

from collections.abc import Callable, Collection, Sequence

from attrs import evolve

from ecma2py.schema import Schema
from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.catalogue import Catalogue, Column, Table, find_table
from ecma2py_sql.mapping.mapped import MappedColumn, MappedTable, MappedType, Reference
from ecma2py_sql.mapping.resolving_deltas import Find, check_tracked, map_child_history, map_delta
from ecma2py_sql.mapping.settings import (
    ANY_TYPE,
    MultiValuedConfig,
    Rows,
    Strategy,
    TypeConfig,
    refused,
)

Describe = Callable[[Rows, str], dict[str, Column]]
"""The columns of what a query or procedure gives; the text says where it is configured."""


def map_types(
    configs: Sequence[TypeConfig], catalogue: Catalogue, describe: Describe
) -> dict[str, MappedType]:
    """The types by name; ``InvalidParameterError`` for a name the catalogue does not know.

    *describe* tells the columns of what a query or procedure gives.
    """
    names = catalogue.names()

    def find(name: str, where: str) -> Table:
        return find_table(catalogue, names, name, where)

    def table(config: TypeConfig) -> Table:
        where = f"[{config.name}]"
        if config.rows.is_table:
            return find(config.rows.text, where)
        return Table(config.name, columns=describe(config.rows, where))

    tables = {each.name: table(each) for each in configs}
    children = {
        (c.name, m.attribute): find(m.table, _place(c, m)) for c in configs for m in c.multivalued
    }
    naming = {c.name: _naming(c, tables[c.name]) for c in configs}
    return {c.name: _map_type(c, tables, children, naming, find) for c in configs}


def make_schema(types: dict[str, MappedType]) -> Schema:
    """The schema of these types."""
    return Schema(each.schema_type() for each in types.values())


Naming = dict[str, tuple[Column, ...]]
"""By type, the columns whose values are in the DN."""


def _naming(config: TypeConfig, table: Table) -> tuple[Column, ...]:
    return _anchor(config, table) if config.dn is None else (_typed(config, table, config.dn),)


def _anchor(config: TypeConfig, table: Table) -> tuple[Column, ...]:
    names = config.anchor or table.primary_key
    if not names:
        raise refused(
            f"[{config.name}] table {table.name!r} has no primary key: choose the columns that "
            "tell its rows apart with 'anchor'"
        )
    return tuple(_typed(config, table, name) for name in names)


def _typed(config: TypeConfig, table: Table, name: str) -> Column:
    return _of_kind(table.column(name, f"[{config.name}]"), config.types.get(name))


def _of_kind(column: Column, kind: Kind | None) -> Column:
    if kind is None:
        return column
    length = column.max_length if kind in (Kind.TEXT, Kind.BINARY) else None
    return evolve(column, kind=kind, max_length=length)


def _map_type(
    config: TypeConfig,
    tables: dict[str, Table],
    children: dict[tuple[str, str], Table],
    naming: Naming,
    find: Find,
) -> MappedType:
    table = tables[config.name]
    anchor = [column.name for column in _anchor(config, table)]
    chosen = table.columns if config.columns is None else dict.fromkeys(config.columns)
    names = dict.fromkeys([*anchor, *([config.dn] if config.dn else []), *chosen])
    if config.password and config.password.column:
        _hide(names, config, table, anchor)
    source = _source(config, table, find)
    delta = map_delta(config, table, anchor, find, source=source)
    watermark = delta.watermark.name if delta and delta.watermark else None
    _check_columns(config, table, names)
    columns = tuple(
        MappedColumn(
            config.names.get(name, name),
            column := _typed(config, table, name),
            reference=_reference(config, table, name, naming, tables),
            is_anchor=name in anchor,
            read_only=column.generated or name == watermark or name in config.read_only,
            write_only=name in config.write_only,
        )
        for name in names
    )
    by_column = {each.column.name: each for each in columns}
    mapped = MappedType(
        config.name,
        table,
        rows=config.imports or config.rows,
        source=source,
        columns=columns,
        multivalued=tuple(
            _multivalued(
                config, m, children[config.name, m.attribute], naming, len(anchor), find=find
            )
            for m in config.multivalued
        ),
        anchor=tuple(by_column[name] for name in anchor),
        dn=by_column[config.dn] if config.dn else None,
        exports=config.exports,
        is_stored=config.rows.is_table,
        password=config.password,
        delta=delta,
    )
    if source is not table:
        _check_source(mapped)
    # It refuses what a schema cannot hold.
    mapped.schema_type()
    return mapped


def _check_columns(config: TypeConfig, table: Table, names: Collection[str]) -> None:
    """Return if what is said of columns is said of some that are there, and among *names*."""
    for key in ("names", "references", "types", "read_only", "write_only"):
        for name in getattr(config, key):
            table.column(name, f"[{config.name}] {key}")
            if name not in names and key != "types":
                raise refused(f"[{config.name}] {key}: add {name!r} to 'columns', or leave it out")


def _check_source(mapped: MappedType) -> None:
    """Return if the table that rows are read from has every column that is read."""
    for each in mapped.columns:
        if not each.write_only or each in (*mapped.anchor, mapped.dn):
            for column in each.all_columns:
                mapped.source.column(column.name, f"[{mapped.name}.import]")


def _source(config: TypeConfig, table: Table, find: Find) -> Table:
    """The table or view that rows are read from; *table* where they come from it, or from none."""
    rows = config.imports
    if rows is None or not rows.is_table:
        return table
    found = find(rows.text, f"[{config.name}.import]")
    return table if found.qualified == table.qualified else found


def _hide(names: dict[str, None], config: TypeConfig, table: Table, anchor: list[str]) -> None:
    """Leave the column with hashes of passwords out of what is imported."""
    assert config.password is not None
    column, where = config.password.column, f"[{config.name}.password] column"
    if not config.rows.is_table:
        raise refused(f"{where} needs a table, and this type has none: use set and change")
    table.column(column, where)
    if column in (config.columns or ()) or column in (*anchor, config.dn):
        raise refused(f"{where}: {column!r} holds hashes, make it no attribute")
    names.pop(column, None)


def _reference(
    config: TypeConfig, table: Table, name: str, naming: Naming, tables: dict[str, Table]
) -> Reference | None:
    target = config.references.get(name)
    if target is None:
        return None
    where = f"[{config.name}] references: column {name!r}"
    if target == ANY_TYPE:
        return Reference(
            ANY_TYPE, Kind.TEXT, type_column=table.column(config.reference_types[name], where)
        )
    foreign = table.reference(name)
    if foreign and target in tables and foreign.table == tables[target].name and foreign.referred:
        key = [column.name for column in naming[target]]
        if key != list(foreign.referred):
            raise refused(
                f"{where} holds {foreign.referred[0]!r} of {foreign.table!r}, but a {target!r} is "
                f"named by {', '.join(key)}: make it the same column"
            )
    return _target(where, target, naming)


def _target(where: str, target: str, naming: Naming) -> Reference:
    if target not in naming:
        raise refused(f"{where} refers to {target!r}: there are {', '.join(naming)}, or *")
    if len(naming[target]) > 1:
        raise refused(f"{where} refers to {target!r}, which is named by more than one column")
    return Reference(target, naming[target][0].kind)


def _place(config: TypeConfig, child: MultiValuedConfig) -> str:
    return f"[{config.name}.multivalued.{child.attribute}]"


def _multivalued(
    config: TypeConfig,
    child: MultiValuedConfig,
    table: Table,
    naming: Naming,
    components: int,
    *,
    find: Find,
) -> MappedTable:
    where = _place(config, child)
    if len(child.key) != components:
        raise refused(
            f"{where} key: name as many columns as the anchor of {config.name!r} has, in its order"
        )
    if config.delta is not None and config.delta.strategy is Strategy.CHANGE_TRACKING:
        check_tracked(table, child.key, where)
    reference = None
    if child.references == ANY_TYPE:
        assert child.reference_type is not None
        reference = Reference(
            ANY_TYPE, Kind.TEXT, type_column=table.column(child.reference_type, where)
        )
    elif child.references is not None:
        reference = _target(where, child.references, naming)
    return MappedTable(
        child.attribute,
        table,
        key=tuple(table.column(name, where) for name in child.key),
        value=_of_kind(table.column(child.value, where), child.kind),
        reference=reference,
        watermark=table.column(child.watermark, where) if child.watermark else None,
        history=map_child_history(config, child, find),
        read_only=child.read_only,
        write_only=child.write_only,
    )
