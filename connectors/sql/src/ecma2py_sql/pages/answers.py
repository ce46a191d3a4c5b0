"""What was answered on a page, each field checked, with its default where nothing was said."""

from collections.abc import Iterable

from ecma2py.errors import InvalidParameterError
from ecma2py.parameters import ConfigParameterDefinition, ConfigParameters
from ecma2py_sql.mapping.settings import Argument

Page = list[ConfigParameterDefinition]
Answers = dict[str, str]
"""By the name of the field."""


def answered(page: Iterable[ConfigParameterDefinition], parameters: ConfigParameters) -> Answers:
    """The answers on *page*; ``InvalidParameterError`` names the field, and the choices it has."""
    answers: Answers = {}
    for each in page:
        if not each.type.holds_value:
            continue
        given = parameters.get(each.name)
        if given is None:
            value = each.default_value
        else:
            value = given.secure_value.reveal() if given.is_encrypted else given.value
        if problem := each.problem(value):
            raise InvalidParameterError(problem, parameter_name=each.name)
        # An empty drop-down means what it shows until somebody chooses.
        answers[each.name] = value or (each.default_value if each.values else "")
    return answers


def wrong(name: str, problem: str) -> InvalidParameterError:
    """The error for the answer to *name*."""
    return InvalidParameterError(f"Parameter {name!r}: {problem}.", parameter_name=name)


def needed(answers: Answers, name: str, why: str) -> str:
    """The answer to *name*, without the space around it; an error says *why* it must not be empty.

    Names of columns and tables are written with brackets where space belongs to them.
    """
    value = answers[name].strip()
    if not value:
        raise wrong(name, f"give it a value, because {why}")
    return value


def arguments(answers: Answers, name: str) -> tuple[Argument, ...]:
    """A procedure's parameters, one on a line."""
    try:
        return tuple(map(Argument.parse, filter(str.strip, answers[name].splitlines())))
    except ValueError as error:
        raise wrong(name, f"write a parameter on each line: {error}") from None


def check_names(page: Page) -> Page:
    """*page* if each of its fields has a name of its own.

    An object type 'A' with an attribute 'B:x' has the same field as a type 'A:B' with an 'x'.
    """
    seen: set[str] = set()
    for each in page:
        if each.type.holds_value and each.name in seen:
            raise wrong(
                each.name,
                "two object types, or attributes of two, would share this field: rename a type",
            )
        seen.add(each.name)
    return page
