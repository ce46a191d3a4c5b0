"""Delta imports tied to the columns and tables they need: every name is one the catalogue knows."""

from collections.abc import Callable, Sequence

from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.catalogue import Column, Table
from ecma2py_sql.mapping.mapped import HistoryTable, MappedDelta
from ecma2py_sql.mapping.settings import (
    DeltaSettings,
    MultiValuedConfig,
    Strategy,
    TypeConfig,
    refused,
)

Find = Callable[[str, str], Table]
"""The table of this name; the second text says where it is configured."""

_TABLES_ALONE = (Strategy.CHANGE_TRACKING, Strategy.SNAPSHOT_DATABASE, Strategy.TRANSACTION_ID)
_OF_ONE_TABLE = (Strategy.SNAPSHOT_DATABASE, Strategy.TRANSACTION_ID)
"""The strategies that look at rows as the table holds them."""


def map_delta(
    config: TypeConfig, table: Table, anchor: Sequence[str], find: Find, *, source: Table
) -> MappedDelta | None:
    """How deltas of the type are found; ``InvalidParameterError`` if they cannot be.

    Rows are read from *source*.
    """
    delta = config.delta
    if delta is None:
        return None
    where = f"[{config.name}] delta"
    _check_source(config, delta, where)
    if source is not table and delta.strategy in _OF_ONE_TABLE:
        raise refused(
            f"{where}: {delta.strategy.value} is of the table {table.name!r}, and [{config.name}."
            f"import] reads {source.name!r}: use watermark, history or row_hashes"
        )
    if delta.strategy is Strategy.CHANGE_TRACKING:
        check_tracked(table, anchor, where)
    by_watermark = delta.strategy is Strategy.WATERMARK
    by_history = delta.strategy is Strategy.HISTORY
    return MappedDelta(
        delta,
        watermark=source.column(delta.source, where) if by_watermark else None,
        history=_history(delta, find(delta.source, where), anchor, where) if by_history else None,
        deleted=_deleted(delta, source, where) if delta.deleted else None,
    )


def map_child_history(
    config: TypeConfig, child: MultiValuedConfig, find: Find
) -> HistoryTable | None:
    """The history of a multi-valued table, if it has one."""
    if child.history is None:
        return None
    where = f"[{config.name}.multivalued.{child.attribute}] history"
    order = child.order or (config.delta.order if config.delta else "")
    if config.delta is None or config.delta.strategy is not Strategy.HISTORY:
        raise refused(f"{where}: it goes with a delta of {config.name!r} by history")
    table = find(child.history, where)
    return HistoryTable(
        table,
        key=tuple(table.column(name, where) for name in child.key),
        order=table.column(order, where),
    )


def check_tracked(table: Table, key: Sequence[str], where: str) -> None:
    """Return only if what change tracking tells of a removed row names its object."""
    if missing := [name for name in key if name not in table.primary_key]:
        raise refused(
            f"{where}: change tracking tells the primary key of a removed row alone, and "
            f"{missing[0]!r} is not in that of {table.name!r}: use row_hashes"
        )


def _check_source(config: TypeConfig, delta: DeltaSettings, where: str) -> None:
    rows = config.imports or config.rows
    if delta.strategy in _TABLES_ALONE and not (rows.is_table and config.rows.is_table):
        raise refused(
            f"{where}: {delta.strategy.value} is something that tables have, and this is a "
            f"{rows.method.value}: use watermark, history or row_hashes"
        )
    if not rows.can_be_asked and delta.strategy is not Strategy.ROW_HASHES:
        raise refused(
            f"{where}: a {rows.method.value} whose rows cannot be chosen gives all of them or "
            "none: use row_hashes"
        )
    if not rows.can_be_asked and delta.deleted:
        raise refused(f"{where}: let the {rows.method.value} leave out the rows that are deleted")


def _history(delta: DeltaSettings, table: Table, anchor: Sequence[str], where: str) -> HistoryTable:
    where = f"{where} history"
    holder = {held: name for name, held in delta.join.items()} or {name: name for name in anchor}
    if holder.keys() != set(anchor):
        raise refused(
            f"{where}: join says for each anchor column ({', '.join(anchor)}) which column of "
            f"{table.name!r} holds it"
        )
    return HistoryTable(
        table,
        key=tuple(table.column(holder[name], where) for name in anchor),
        order=table.column(delta.order, where),
        operation=table.column(delta.operation, where) if delta.operation else None,
    )


def _deleted(delta: DeltaSettings, table: Table, where: str) -> Column:
    column = table.column(delta.deleted, where)
    if column.kind in (Kind.TEXT, Kind.UUID, Kind.BINARY) and not delta.deleted_values:
        raise refused(
            f"{where}: {delta.deleted!r} holds text: say with deleted_values what it holds in a "
            "row that is deleted"
        )
    return column
