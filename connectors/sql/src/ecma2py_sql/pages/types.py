"""Schema 1: the object types."""

from ecma2py.parameters import ConfigParameterDefinition, ConfigParameters
from ecma2py_sql.mapping.settings import Method, Rows
from ecma2py_sql.pages.answers import Answers, Page, answered, needed
from ecma2py_sql.pages.spelling import split_list, unquoted
from ecma2py_sql.pages.tables import METHODS, Tables, procedure

DETECTION = "Object type detection method"
NAMES = "Fixed value list/Table/View/SP"
COLUMN = "Column Name for Table/View/SP"
ARGUMENTS = "Store Procedure Parameters"
QUERY = "Provide SQL query for detecting object types"
FIXED = "Fixed Value"

ARGUMENTS_HELP = (
    "One on a line: Name:Direction:Value, with a direction of INPUT, OUTPUT or INPUTOUTPUT."
)
PAGE: Page = [
    ConfigParameterDefinition.drop_down(
        DETECTION,
        [FIXED, *METHODS],
        text="Instead of 'Object types': the pages that follow ask for each type. Empty: they do "
        "not.",
    ),
    ConfigParameterDefinition.string(
        NAMES, text="The names of the types with commas between, or what the names are read from."
    ),
    ConfigParameterDefinition.string(COLUMN, text="The column that holds the names of types."),
    ConfigParameterDefinition.multi_line(ARGUMENTS, text=ARGUMENTS_HELP),
    ConfigParameterDefinition.multi_line(QUERY, text="It gives one column, of text."),
]


def detects_types(parameters: ConfigParameters) -> bool:
    """True if the pages describe the types, and not 'Object types'."""
    return bool(parameters.text(DETECTION, ""))


def type_names(parameters: ConfigParameters, tables: Tables) -> list[str]:
    """The names of the object types, each once."""
    answers = answered(PAGE, parameters)
    method = answers[DETECTION]
    if method == FIXED:
        found = split_list(needed(answers, NAMES, "it lists the object types"))
        return list(dict.fromkeys(map(unquoted, found)))
    rows, name = _rows(METHODS[method], answers, tables)
    return tables.texts(rows, name, column=unquoted(answers[COLUMN].strip()))


def _rows(method: Method, answers: Answers, tables: Tables) -> tuple[Rows, str]:
    """What gives the names, and the field that is wrong if it does not."""
    if method is Method.QUERY:
        query = needed(answers, QUERY, "it lists the object types")
        return Rows(Method.QUERY, query), QUERY
    if method is Method.PROCEDURE:
        return procedure(answers, NAMES, ARGUMENTS), NAMES
    needed(answers, COLUMN, "it holds the names of the types")
    text = needed(answers, NAMES, "it names what the types are read from")
    return tables.rows(method, text, NAMES), COLUMN
