"""How a delta import finds what has changed, as the global and run-step pages say it together."""

from attrs import evolve

from ecma2py.parameters import ConfigParameters
from ecma2py_sql.mapping.settings import DeltaSettings, Method, Strategy, TypeConfig
from ecma2py_sql.pages.answers import wrong
from ecma2py_sql.pages.keys import is_of
from ecma2py_sql.pages.spelling import name_parts, unquoted
from ecma2py_sql.pages.steps import (
    HISTORY,
    HISTORY_JOIN,
    METHOD,
    OPERATION,
    WATERMARK,
    Change,
    Step,
)
from ecma2py_sql.pages.tables import Tables
from ecma2py_sql.pages.wide import strategy


def with_delta(
    config: TypeConfig,
    step: Step,
    parameters: ConfigParameters,
    tables: Tables,
    *,
    is_import: bool,
) -> TypeConfig:
    """*config* with the way its changes are found, as far as the run tells it."""
    chosen, query = strategy(parameters, tables.session.dialect)
    if chosen is None:
        return config
    source = step.text(WATERMARK if chosen is Strategy.WATERMARK else HISTORY)
    if not source and not (is_import and step.is_alone):
        # A run step may say it for imports alone. Of several types, those that it is said of are in
        # delta imports; the others are not, as where 'Object types' leaves it out.
        return config
    if chosen is Strategy.WATERMARK:
        return _by_watermark(config, step, query, tables)
    settings = DeltaSettings(strategy=chosen)
    if chosen is Strategy.HISTORY:
        settings = _by_history(config, step)
    elif chosen is Strategy.SNAPSHOT_DATABASE:
        source = unquoted(step.needed(HISTORY, "it names the snapshot database"))
        settings = evolve(settings, source=source)
    elif config.imports is not None and config.imports.method is Method.QUERY:
        raise wrong(step.named(METHOD), "change tracking goes with tables and views, not a query")
    return evolve(config, delta=settings)


def _by_watermark(config: TypeConfig, step: Step, query: str, tables: Tables) -> TypeConfig:
    column = unquoted(step.needed(WATERMARK, "every import notes how far it has come"))
    if config.rows.is_table:
        columns = tables.read(config.rows.text).columns
        if column not in columns:
            raise wrong(
                step.named(WATERMARK),
                f"{config.rows.text!r} has no column {column!r}; it has {', '.join(columns)}",
            )
    return evolve(
        config,
        delta=DeltaSettings(strategy=Strategy.WATERMARK, source=column, query=query),
        multivalued=tuple(
            evolve(each, watermark=column) if column in tables.read(each.table).columns else each
            for each in config.multivalued
        ),
    )


def _by_history(config: TypeConfig, step: Step) -> DeltaSettings:
    parts = name_parts(step.needed(HISTORY, "it names the history table"))
    join: dict[str, str] = {}
    for one, other in step.equalities(HISTORY_JOIN):
        history, parent = (one, other) if is_of(one, parts[-1]) else (other, one)
        join[history[-1]] = parent[-1]
    if join and set(join.values()) != set(config.anchor):
        raise wrong(
            step.named(HISTORY_JOIN),
            f"join the anchor of {config.name!r}, which is {', '.join(config.anchor)}",
        )
    return DeltaSettings(
        strategy=Strategy.HISTORY,
        source=".".join(parts),
        operation=unquoted(step.needed(OPERATION, "it tells what happened to an object")),
        order=unquoted(step.text(WATERMARK)),
        join=join,
        words={each.value.lower(): step.text(each.value) for each in Change},
    )
