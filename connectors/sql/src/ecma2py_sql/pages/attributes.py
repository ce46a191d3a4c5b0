"""Schema 2: where the attributes of each type are found."""

from attrs import frozen

from ecma2py.parameters import ConfigParameterDefinition, ConfigParameters
from ecma2py_sql.drivers.catalogue import Table
from ecma2py_sql.mapping.settings import Method, Rows
from ecma2py_sql.pages.answers import Answers, Page, answered, check_names, needed
from ecma2py_sql.pages.spelling import split_list
from ecma2py_sql.pages.tables import METHODS, Tables, procedure
from ecma2py_sql.pages.types import ARGUMENTS_HELP

DETECTION = "Attribute Detection"
NAME = "Table/View/SP"
MULTIVALUED = "Name of Multi-valued Table/Views"
ARGUMENTS = "Store Procedure Parameters"
QUERY = "Provide SQL query for detecting attributes"


@frozen
class FoundType:
    """An object type, the table with its columns, and the tables of its multi-valued attributes."""

    name: str
    rows: Rows
    table: Table
    children: tuple[Table, ...] = ()


def field_of(type_name: str, name: str) -> str:
    """The field *name* of one object type."""
    return f"{type_name}:{name}"


def page(names: list[str]) -> Page:
    """Five fields for each type."""
    return check_names([each for name in names for each in _fields(name)])


def _fields(name: str) -> Page:
    return [
        ConfigParameterDefinition.drop_down(
            field_of(name, DETECTION), METHODS, "Table", required=True
        ),
        ConfigParameterDefinition.string(
            field_of(name, NAME), text="Odd names stand in [ ]: [Schema].[Table]."
        ),
        ConfigParameterDefinition.string(
            field_of(name, MULTIVALUED),
            text="With commas between. Which of their columns hold the anchor is told by 'Join "
            "Condition', or by a foreign key, or by having its names; every other is an attribute.",
        ),
        ConfigParameterDefinition.multi_line(field_of(name, ARGUMENTS), text=ARGUMENTS_HELP),
        ConfigParameterDefinition.multi_line(
            field_of(name, QUERY), text="It gives the names of attributes in one column, of text."
        ),
    ]


def found_types(names: list[str], parameters: ConfigParameters, tables: Tables) -> list[FoundType]:
    """Each type with the columns that the database tells."""
    answers = answered(page(names), parameters)
    return [_found(name, answers, tables) for name in names]


def _found(name: str, answers: Answers, tables: Tables) -> FoundType:
    rows, at = _rows(name, METHODS[answers[field_of(name, DETECTION)]], answers, tables)
    many = field_of(name, MULTIVALUED)
    children = [tables.find(each, many) for each in split_list(answers[many])]
    return FoundType(name, rows, tables.columns(name, rows, at), tuple(children))


def _rows(name: str, method: Method, answers: Answers, tables: Tables) -> tuple[Rows, str]:
    if method is Method.QUERY:
        at = field_of(name, QUERY)
        return Rows(Method.COLUMN_NAMES, needed(answers, at, "it lists the attributes")), at
    at = field_of(name, NAME)
    if method is Method.PROCEDURE:
        return procedure(answers, at, field_of(name, ARGUMENTS)), at
    return tables.rows(method, needed(answers, at, "its columns are the attributes"), at), at
