"""The fields of Microsoft's Generic SQL connector; ``ecma2py_sql`` has them by the same names."""

import re

from attrs import evolve

from ecma2py.host.foreign.model import Parameter
from ecma2py.parameters import ConfigParameterPage, ConfigParameterType

LIBRARY = "Microsoft.IAM.Connector.GenericSql"

_Page, _Kind = ConfigParameterPage, ConfigParameterType
_LINE, _LINES, _CHOICE = _Kind.STRING, _Kind.TEXT, _Kind.DROP_DOWN
_TICK, _SECRET, _FILE = _Kind.CHECK_BOX, _Kind.ENCRYPTED_STRING, _Kind.FILE

_Place = tuple[ConfigParameterPage, int, ConfigParameterType]


def _places(page: ConfigParameterPage, number: int = 0, **kinds: str) -> dict[str, _Place]:
    return {
        name.strip(): (page, number, _Kind[kind.upper()])
        for kind, names in kinds.items()
        for name in names.split("|")
    }


_FIXED: dict[str, _Place] = {
    **_places(
        _Page.CONNECTIVITY,
        file="DSN File",
        string="User Name|Command Timeout",
        encrypted_string="Password",
        check_box="DN is Anchor|Export Type:Object Replace",
    ),
    **_places(
        _Page.SCHEMA,
        1,
        drop_down="Object type detection method",
        string="Fixed value list/Table/View/SP|Column Name for Table/View/SP",
        text="Store Procedure Parameters|Provide SQL query for detecting object types",
    ),
    **_places(
        _Page.GLOBAL,
        drop_down="Delta Strategy|Data Source Time Zone|Operation Methods",
        string="Data Source Date Time Format|Set Password SP Name|Change Password SP Name"
        "|Extension Name",
        text="Water Mark Query|Set Password SP Parameters|Change Password SP Parameters",
        check_box="Use named parameters",
    ),
    **_places(
        _Page.PARTITION,
        file="Partition DSN File",
        string="Partition User Name|Partition Date Time Format",
        encrypted_string="Partition Password",
        drop_down="Partition Data Source Time Zone|Delta Import Strategy",
        text="Partition Water Mark Query",
    ),
}
_OF_RUNS = _places(
    _Page.RUN_STEP,
    drop_down="Operation Method",
    string="Table/View/SP|Start Index Parameter Name|End Index Parameter Name|Add SP Name"
    "|Update SP Name|Delete SP Name|Name of Multi-valued Table/Views"
    "|History Table or Snapshot database name|Delta Operation Column Name|Water Mark Column Name",
    text="Stored Procedure Parameters|Add SP Parameters|Update SP Parameters|Delete SP Parameters"
    "|Join Condition|SQL Query|Insert Query|Update Query|Delete Query"
    "|Join Condition with Parent Table",
)
OF_ALL_RUNS = frozenset({"Join Condition", "Water Mark Column Name"})
"""Run-step fields that the schema depends on, as ``ecma2py_sql`` has it."""
_WORDS = _places(_Page.RUN_STEP, string="Add|Update|Delete")
_ALL = {**_FIXED, **_OF_RUNS, **_WORDS}

_OF_TYPES: tuple[tuple[str, int, ConfigParameterType], ...] = (
    (r".+:Attribute Detection", 2, _CHOICE),
    (r".+:(Table/View/SP|Name of Multi-valued Table/Views)", 2, _LINE),
    (r".+:(Store Procedure Parameters|Provide SQL query for detecting attributes)", 2, _LINES),
    (r"Select DN attribute for .+", 3, _CHOICE),
    (r".+:.+ (DataType|Direction)", 4, _CHOICE),
    (r".+: Object type column for .+", 5, _CHOICE),
    (r".+:Reference .+", 5, _CHOICE),
    (r".+:.+", 3, _TICK),
)
"""Names that hold an object type and, but for schema 2, an attribute; the first that fits."""

_EXTENSION = "Password Extension"
_REASONS = {
    "Data source": "Microsoft's connector knows file DSNs alone: write a 'DSN File'",
    "Object types": "Microsoft's connector asks for types on pages: describe them by 'Object type "
    "detection method' and what follows it",
}


def take(parameter: Parameter) -> Parameter | str:
    """The parameter itself; a reason if ``ecma2py_sql`` does not have it, or not that choice."""
    if parameter.name == "Operation Methods" and parameter.value == _EXTENSION:
        return (
            f"{_EXTENSION} is not offered: a .NET library that sets passwords cannot be loaded "
            "here: set them by stored procedures"
        )
    place = _place(parameter.name)
    if place is None:
        return _REASONS.get(parameter.name, "ecma2py's SQL connector has no such parameter")
    kind = _SECRET if place[2] is _SECRET else parameter.kind
    return evolve(parameter, kind=kind)


def give(name: str, value: str) -> Parameter | str:
    """The parameter as Microsoft's connector has it; a reason if it does not."""
    place = _place(name)
    if place is None:
        return _REASONS.get(name, "Microsoft's Generic SQL connector has no such field")
    page, number, kind = place
    return Parameter(
        name=name,
        value=value,
        page=page,
        number=number,
        kind=kind,
        is_encrypted=kind is _SECRET,
    )


def step_name(name: str, object_type: str) -> str:
    """A field of the run-step page in a run that has several object types."""
    return f"{name} for {object_type}" if name in _OF_RUNS else name


def _place(name: str) -> _Place | None:
    if name in _ALL:
        return _ALL[name]
    for pattern, number, kind in _OF_TYPES:
        if re.fullmatch(pattern, name, re.DOTALL):
            return _Page.SCHEMA, number, kind
    return None
