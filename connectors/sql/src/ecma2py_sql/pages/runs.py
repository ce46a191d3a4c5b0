"""What a run does with each object type: the schema pages, as the run's own page changes them."""

from collections.abc import Sequence

from attrs import evolve, frozen

from ecma2py.connector import ExportRun, ImportRun
from ecma2py.parameters import ConfigParameters
from ecma2py.partitions import Partition
from ecma2py_sql.mapping.settings import ExportSettings, Method, Rows, TypeConfig, Written
from ecma2py_sql.mapping.tokens import tokens_of
from ecma2py_sql.pages.answers import wrong
from ecma2py_sql.pages.deltas import with_delta
from ecma2py_sql.pages.schema import SchemaPages
from ecma2py_sql.pages.spelling import name_parts, split_list
from ecma2py_sql.pages.steps import (
    ARGUMENTS,
    END,
    METHOD,
    METHODS,
    MULTIVALUED,
    NAME,
    QUERIES,
    QUERY,
    START,
    Change,
    Step,
    procedure_arguments,
    procedure_field,
    step_of,
)
from ecma2py_sql.pages.tables import Tables
from ecma2py_sql.pages.wide import passwords, type_of

Run = ImportRun | ExportRun | None
_START, _END = "StartIndex", "EndIndex"


@frozen
class RunTypes:
    """The object types as one run takes them."""

    configs: Sequence[TypeConfig]
    """All, for references name those of other partitions."""
    names: tuple[str, ...]
    """Those in the run's partition."""


def run_types(
    parameters: ConfigParameters, tables: Tables, run: Run, partition: Partition | None
) -> RunTypes:
    """The types of *run*, or for None as the schema has them."""
    pages = SchemaPages(parameters, tables)
    names, password = pages.names, passwords(parameters)
    only = type_of(partition, names)

    def taken(config: TypeConfig) -> TypeConfig:
        config = evolve(config, password=password)
        step = step_of(config.name, names, parameters, is_alone=only is not None)
        if only not in (None, config.name):
            return config
        if isinstance(run, ImportRun):
            config = _imported(config, step, tables)
        elif isinstance(run, ExportRun):
            config = _exported(config, step, tables)
        return with_delta(config, step, parameters, tables, is_import=isinstance(run, ImportRun))

    return RunTypes(
        [taken(each) for each in pages.configs], tuple(names if only is None else [only])
    )


def _imported(config: TypeConfig, step: Step, tables: Tables) -> TypeConfig:
    config = _with_children(config, step, tables)
    method = METHODS.get(step.text(METHOD))
    if method is Method.PROCEDURE:
        rows = Rows(
            method,
            _procedure(step, NAME),
            arguments=step.arguments(ARGUMENTS),
            start_index=step.text(START),
            end_index=step.text(END),
        )
    elif method is Method.QUERY:
        text = step.needed(QUERY, f"{METHOD!r} is 'Sql Query'")
        has_tokens = {_START, _END} <= set(tokens_of(text))
        rows = Rows(
            method,
            text,
            start_index=step.text(START) or (f"@{_START}" if has_tokens else ""),
            end_index=step.text(END) or (f"@{_END}" if has_tokens else ""),
        )
    else:
        return _of_table(config, step, tables, method, needed=True)
    if bool(rows.start_index) != bool(rows.end_index):
        raise wrong(step.named(START), f"it goes with {END!r}: give both, or neither")
    return evolve(config, imports=rows)


def _exported(config: TypeConfig, step: Step, tables: Tables) -> TypeConfig:
    config = _with_children(config, step, tables)
    method = METHODS.get(step.text(METHOD))
    if method not in (Method.PROCEDURE, Method.QUERY):
        # Of several types, those that are only read keep nobody from writing the others.
        return _of_table(config, step, tables, method, needed=step.is_alone)
    written = _calls(step) if method is Method.PROCEDURE else _statements(step)
    return evolve(
        config,
        exports=ExportSettings(
            add=written[Change.ADD], update=written[Change.UPDATE], delete=written[Change.DELETE]
        ),
    )


def _calls(step: Step) -> dict[Change, Written]:
    return {
        each: Written(
            procedure=_procedure(step, procedure_field(each)),
            arguments=step.arguments(procedure_arguments(each)),
        )
        for each in Change
    }


def _statements(step: Step) -> dict[Change, Written]:
    return {
        each: Written(
            statements=split_statements(step.needed(name, "this run exports by 'Sql Query'"))
        )
        for each, name in QUERIES.items()
    }


def split_statements(text: str) -> tuple[str, ...]:
    """The statements of *text*: each up to a semicolon that ends a line, else one on a line."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if not any(line.endswith(";") for line in lines):
        return tuple(lines)
    found = [""]
    for line in lines:
        found[-1] += f"{line}\n"
        if line.endswith(";"):
            found.append("")
    return tuple(each.strip() for each in found if each)


def _procedure(step: Step, name: str) -> str:
    return ".".join(name_parts(step.needed(name, "this run calls stored procedures")))


def _of_table(
    config: TypeConfig, step: Step, tables: Tables, method: Method | None, *, needed: bool
) -> TypeConfig:
    """Rows of a table or view: another one than the attributes were found in, if one is named."""
    name = step.text(NAME)
    if name and method is None:
        raise wrong(
            step.named(METHOD), f"choose one of {', '.join(METHODS)}, for {NAME!r} is given"
        )
    if name and method is not None:
        rows = tables.rows(method, name, step.named(NAME))
        return evolve(config, rows=rows) if rows.is_table else evolve(config, imports=rows)
    names_nothing = config.rows.method is Method.COLUMN_NAMES and needed
    if names_nothing or (method and not config.rows.is_table):
        raise wrong(
            step.named(NAME if method else METHOD),
            f"the schema pages name no table or view of {config.name!r}: say here what the run "
            "reads or writes",
        )
    return config


def _with_children(config: TypeConfig, step: Step, tables: Tables) -> TypeConfig:
    """Multi-valued attributes from the tables this run names, in the order of the schema's."""
    given = split_list(step.text(MULTIVALUED))
    if not given:
        return config
    known = list(dict.fromkeys(each.table for each in config.multivalued))
    if len(given) != len(known):
        raise wrong(
            step.named(MULTIVALUED),
            f"name as many as on the schema page, where {config.name!r} has "
            f"{', '.join(known) or 'none'}",
        )
    found = [tables.find(each, step.named(MULTIVALUED)) for each in given]
    by_table = dict(zip(known, (".".join(each.qualified) for each in found), strict=True))
    return evolve(
        config,
        multivalued=tuple(evolve(m, table=by_table[m.table]) for m in config.multivalued),
    )
