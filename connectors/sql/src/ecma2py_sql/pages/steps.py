"""The run-step page: what one run reads, calls and executes.

Microsoft's connector has a run for each object type. Where a run has several, a field of one type
is written ``<field> for <type>``; a plain one holds for every type, unless it names what one type
alone can have.
"""

from collections.abc import Mapping, Sequence
from enum import Enum

from attrs import evolve, field, frozen

from ecma2py.parameters import ConfigParameterDefinition, ConfigParameters
from ecma2py_sql.mapping.settings import OPERATION_WORDS, Argument, Method
from ecma2py_sql.pages.answers import Page, answered, arguments, check_names, wrong
from ecma2py_sql.pages.keys import JOIN, Equalities
from ecma2py_sql.pages.spelling import split_equalities
from ecma2py_sql.pages.types import ARGUMENTS_HELP

METHOD = "Operation Method"
NAME = "Table/View/SP"
START = "Start Index Parameter Name"
END = "End Index Parameter Name"
ARGUMENTS = "Stored Procedure Parameters"
MULTIVALUED = "Name of Multi-valued Table/Views"
QUERY = "SQL Query"
HISTORY = "History Table or Snapshot database name"
HISTORY_JOIN = "Join Condition with Parent Table"
OPERATION = "Delta Operation Column Name"
WATERMARK = "Water Mark Column Name"
METHODS = {
    "Table": Method.TABLE,
    "View": Method.VIEW,
    "Stored Procedure": Method.PROCEDURE,
    "Sql Query": Method.QUERY,
}


class Change(Enum):
    """A kind of change; the value begins the names of its procedure's fields, and its own."""

    ADD = "Add"
    UPDATE = "Update"
    DELETE = "Delete"


QUERIES = {
    Change.ADD: "Insert Query",
    Change.UPDATE: "Update Query",
    Change.DELETE: "Delete Query",
}


def procedure_field(change: Change) -> str:
    """The field with the procedure of a change."""
    return f"{change.value} SP Name"


def procedure_arguments(change: Change) -> str:
    """The field with the parameters of that procedure."""
    return f"{change.value} SP Parameters"


_LINE, _LINES = ConfigParameterDefinition.string, ConfigParameterDefinition.multi_line
_SPECIFIC: Page = [
    _LINE(NAME, text="Empty: what the attributes were found in."),
    _LINES(ARGUMENTS, text=ARGUMENTS_HELP),
    *(
        definition
        for each in Change
        for definition in (
            _LINE(procedure_field(each)),
            _LINES(procedure_arguments(each), text=f"{ARGUMENTS_HELP} A value names an attribute."),
        )
    ),
    _LINE(MULTIVALUED, text="Instead of those the attributes were found in, in the same order."),
    _LINES(QUERY, text="Reads the rows; @StartIndex and @EndIndex are those of a page."),
    *(
        _LINES(
            query,
            text="A statement on each line, or each up to a semicolon at the end of its line. "
            "@ATTRIBUTE is a value.",
        )
        for query in QUERIES.values()
    ),
]
"""What one object type alone can have."""
_COMMON: Page = [
    ConfigParameterDefinition.drop_down(METHOD, METHODS, text="Empty: as on the schema page."),
    _LINE(START, text="Of the stored procedure, or the token of the query."),
    _LINE(END),
    _LINES(JOIN, text="Table.Column = Multivalued.Column, one on a line or with AND between."),
    _LINE(HISTORY),
    _LINES(HISTORY_JOIN, text="Table.Column = History.Column, one on a line or with AND between."),
    _LINE(OPERATION),
    _LINE(WATERMARK),
]
_WORD_FIELDS: Page = [
    _LINE(each.value, default=OPERATION_WORDS[each.value.lower()]) for each in Change
]
_ALONE = frozenset(each.name for each in _SPECIFIC)


def step_field(type_name: str, name: str) -> str:
    """The field *name* of one of several types; the schema pages have ``<type>:<field>``."""
    return f"{name} for {type_name}"


def page(names: Sequence[str]) -> Page:
    """The fields of Microsoft's page, and for several types those of each."""
    fields = [*_COMMON, *_SPECIFIC]
    own = [
        evolve(each, name=step_field(name, each.name))
        for name in (names if len(names) > 1 else ())
        for each in fields
    ]
    return check_names([*fields, *_WORD_FIELDS, *own])


@frozen
class Step:
    """What the page says for one object type."""

    type_name: str
    answers: Mapping[str, str] = field(repr=False)
    is_alone: bool
    """The run has no other type: whatever is said is said of this one."""

    def named(self, name: str) -> str:
        """The field that decides: the type's own if it is filled in."""
        own = step_field(self.type_name, name)
        return own if self.answers.get(own) else name

    def text(self, name: str) -> str:
        """The answer to *name*; ``InvalidParameterError`` if it does not tell for which type."""
        at = self.named(name)
        value = self.answers[at].strip()
        if value and at == name and name in _ALONE and not self.is_alone:
            raise wrong(
                name,
                "there are several object types: write it as "
                f"{step_field(self.type_name, name)!r}, or run a partition",
            )
        return value

    def needed(self, name: str, why: str) -> str:
        """The answer to *name*, which must not be empty."""
        value = self.text(name)
        if not value:
            raise wrong(self.named(name), f"give it a value for {self.type_name!r}, because {why}")
        return value

    def arguments(self, name: str) -> tuple[Argument, ...]:
        """A procedure's parameters."""
        return arguments({name: self.text(name)}, name)

    def equalities(self, name: str) -> Equalities:
        """The columns that are joined."""
        try:
            return split_equalities(self.text(name))
        except ValueError as error:
            raise wrong(self.named(name), f"write Table.Column = Other.Column: {error}") from None


def step_of(
    name: str, names: Sequence[str], parameters: ConfigParameters, *, is_alone: bool = False
) -> Step:
    """What the page says for the type *name* of those in *names*."""
    return Step(name, answered(page(names), parameters), is_alone or len(names) == 1)
