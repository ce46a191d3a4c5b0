"""How each database wants its stored procedures called, as text; values are always bound."""

import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from attrs import field, frozen

from ecma2py.errors import ConfigurationError

Quote = Callable[[str], str]
_MARK = "ecma2py_"
"""Begins the names of the variables and columns that carry OUTPUT parameters."""


class Direction(Enum):
    """Which way the value of a parameter goes."""

    INPUT = "input"
    OUTPUT = "output"
    INPUT_OUTPUT = "inputoutput"

    @property
    def is_output(self) -> bool:
        """The procedure gives it a value."""
        return self is not Direction.INPUT


@frozen
class Passed:
    """A parameter of a procedure."""

    name: str
    value: Any = None
    direction: Direction = Direction.INPUT


@frozen
class Call:
    """The statements of one call."""

    sql: str
    parameters: tuple[Any, ...] = ()
    before: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    """Statements that prepare it."""
    after: str | None = None
    """The query for the OUTPUT parameters, where the call itself does not give them."""
    outputs: tuple[str, ...] = ()
    """Names of the OUTPUT parameters, in the order of the row that has their values."""
    many: bool = field(default=True, kw_only=True)
    """It may give results beside its rows."""
    outputs_in: Callable[[Sequence[str]], bool] = field(default=lambda _: False, kw_only=True)
    """Whether the result set with these columns is that row."""

    def outputs_of(self, columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
        """The OUTPUT parameters in *row*: by the names of its columns if they are theirs."""
        theirs = {_bare(name): name for name in self.outputs}
        names = map(theirs.get, columns) if set(columns) == set(theirs) else self.outputs
        return {str(name): value for name, value in zip(names, row, strict=True)}


Plan = Callable[[str, Sequence[Passed], bool, Quote], Call]
"""Makes a call of the quoted name, the arguments, whether they go by name, and how to quote."""


def call_inputs_only(name: str, arguments: Sequence[Passed], named: bool, quote: Quote) -> Call:
    """``{call p(?)}``, ODBC's own form, whose OUTPUT parameters pyodbc cannot bind."""
    _no_outputs(name, arguments)
    _no_names(name, named)
    marks = ", ".join("?" * len(arguments))
    return Call(f"{{call {name}({marks})}}", _values(arguments))


def call_db2(name: str, arguments: Sequence[Passed], named: bool, quote: Quote) -> Call:
    """``CALL p(?)`` or ``CALL p(a => ?)``."""
    _no_outputs(name, arguments)
    marks = ", ".join(f"{_named(each, quote)} => ?" if named else "?" for each in arguments)
    return Call(f"CALL {name}({marks})", _values(arguments))


def call_mariadb(name: str, arguments: Sequence[Passed], named: bool, quote: Quote) -> Call:
    """``{call p(?, @x)}``: OUTPUT parameters are variables of the session."""
    _no_names(name, named)
    marks, before, variables = [], [], []
    for at, each in enumerate(arguments):
        if each.direction.is_output:
            variables.append(f"@{_MARK}{at}")
            before.append((f"SET @{_MARK}{at} = ?", (each.value,)))
        marks.append(f"@{_MARK}{at}" if each.direction.is_output else "?")
    return Call(
        f"{{call {name}({', '.join(marks)})}}",
        _values([each for each in arguments if not each.direction.is_output]),
        tuple(before),
        f"SELECT {', '.join(variables)}" if variables else None,
        _outputs(arguments),
    )


def call_postgresql(name: str, arguments: Sequence[Passed], named: bool, quote: Quote) -> Call:
    """``CALL p(?, NULL)``: the OUTPUT parameters are the row it gives."""
    marks = []
    for each in arguments:
        mark = "NULL" if each.direction is Direction.OUTPUT else "?"
        marks.append(f"{_named(each, quote)} => {mark}" if named else mark)
    given = [each for each in arguments if each.direction is not Direction.OUTPUT]
    sql = f"CALL {name}({', '.join(marks)})"
    return Call(sql, _values(given), outputs=_outputs(arguments), outputs_in=bool)


def call_function(name: str, arguments: Sequence[Passed], named: bool, quote: Quote) -> Call:
    """``SELECT * FROM f(?)``: OUTPUT parameters are the columns of its one row."""
    given = [each for each in arguments if each.direction is not Direction.OUTPUT]
    marks = ", ".join(f"{_named(each, quote)} => ?" if named else "?" for each in given)
    outputs = _outputs(arguments)
    return Call(
        f"SELECT * FROM {name}({marks})",
        _values(given),
        outputs=outputs,
        outputs_in=lambda columns: bool(outputs) and set(columns) == set(map(_bare, outputs)),
    )


def call_sql_server(name: str, arguments: Sequence[Passed], named: bool, quote: Quote) -> Call:
    """``EXEC p ?`` or ``EXEC p @a = ?``: OUTPUT parameters are variables, selected at the end."""
    declared, marks, selected = [], [], []
    for at, each in enumerate(arguments):
        mark = "?"
        if each.direction.is_output:
            # One batch, because the variables live no longer; any type converts from and to this.
            declared.append(f"DECLARE @{_MARK}{at} nvarchar(4000) = ?")
            selected.append(f"@{_MARK}{at} AS {_MARK}{at}")
            mark = f"@{_MARK}{at} OUTPUT"
        marks.append(f"{_variable(each.name)} = {mark}" if named else mark)
    values = [each.value for each in arguments if each.direction.is_output]
    values += [each.value for each in arguments if not each.direction.is_output]
    call = f"EXEC {name} {', '.join(marks)}".rstrip()
    if selected:
        # Counts of changed rows would be results of their own before the rows.
        parts = ["SET NOCOUNT ON", *declared, call, f"SELECT {', '.join(selected)}"]
        call = "; ".join(parts)
    return Call(
        call,
        tuple(values),
        outputs=_outputs(arguments),
        outputs_in=lambda columns: bool(columns) and columns[0].startswith(_MARK),
    )


def _named(argument: Passed, quote: Quote) -> str:
    return quote(_bare(argument.name))


def _bare(name: str) -> str:
    """*name* without the @ that Microsoft's connector writes it with, as SQL Server does."""
    return name.removeprefix("@")


def _values(arguments: Sequence[Passed]) -> tuple[Any, ...]:
    return tuple(each.value for each in arguments)


def _outputs(arguments: Sequence[Passed]) -> tuple[str, ...]:
    return tuple(each.name for each in arguments if each.direction.is_output)


def _no_outputs(name: str, arguments: Sequence[Passed]) -> None:
    if outputs := _outputs(arguments):
        raise ConfigurationError(
            f"Procedure {name}: the driver does not hand over the OUTPUT parameter {outputs[0]!r}: "
            "let the procedure give it as a row."
        )


def _no_names(name: str, named: bool) -> None:
    if named:
        raise ConfigurationError(
            f"Procedure {name}: this database takes its parameters by position only: turn named "
            "parameters off."
        )


def _variable(name: str) -> str:
    bare = _bare(name)
    if not re.fullmatch(r"[^\W\d][\w$#]*", bare):
        raise ConfigurationError(f"{name!r} is no name of a parameter of SQL Server.")
    return f"@{bare}"
