"""The pages of parameters a connector asks for, and whether their values can be used."""

from collections.abc import Callable, Collection, Iterator

from attrs import frozen

from ecma2py.connector import IMAExtensible2GetParameters, IMAExtensible2GetParametersEx
from ecma2py.errors import UnexpectedDataError
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    ParameterValidationResult,
    first_problem,
)
from ecma2py.runs.checks import expect, expect_list
from ecma2py.runs.instance import ConnectorInstance

PAGE_ORDER = (
    ConfigParameterPage.CONNECTIVITY,
    ConfigParameterPage.CAPABILITIES,
    ConfigParameterPage.SCHEMA,
    ConfigParameterPage.GLOBAL,
    ConfigParameterPage.PARTITION,
    ConfigParameterPage.RUN_STEP,
)
"""The order in which an administrator meets the pages."""

MAX_SCHEMA_PAGES = 100
"""More schema pages than this mean a connector that never ends them."""


@frozen
class ParameterPage:
    """One page with its fields; only schema pages have a number, from 1."""

    page: ConfigParameterPage
    number: int
    definitions: tuple[ConfigParameterDefinition, ...]


def validate(
    instance: ConnectorInstance,
    parameters: ConfigParameters,
    wanted: Collection[ConfigParameterPage] = PAGE_ORDER,
) -> ParameterValidationResult:
    """The first refusal, page by page: a value its definition excludes, or the connector's word.

    A later page may depend on an earlier one, hence nothing is asked beyond the first refusal.
    Pages that are not *wanted* are passed over.
    """
    for page in walk_pages(instance, lambda: parameters, wanted):
        result = first_problem(page.definitions, parameters)
        if result.is_success:
            result = _connector_verdict(instance, parameters, page)
        if not result.is_success:
            clean = instance.redactor.clean
            return ParameterValidationResult.failure(
                clean(result.error_message), result.error_parameter
            )
    return ParameterValidationResult()


def walk_pages(
    instance: ConnectorInstance,
    known: Callable[[], ConfigParameters],
    wanted: Collection[ConfigParameterPage] = PAGE_ORDER,
) -> Iterator[ParameterPage]:
    """Every page that is *wanted* in the order of ``PAGE_ORDER``, also one without a field.

    *known* is called anew for each: what was filled in on one page is known to the next.
    """
    extended = IMAExtensible2GetParametersEx in instance.interfaces
    if not extended and IMAExtensible2GetParameters not in instance.interfaces:
        return
    for page in (each for each in PAGE_ORDER if each in wanted):
        if not extended:
            found = instance.call("get_config_parameters", known(), page)
            yield _page(page, 0, found)
        elif page is not ConfigParameterPage.SCHEMA:
            found = instance.call("get_config_parameters_ex", known(), page, 0)
            yield _page(page, 0, found)
        else:
            yield from _schema_pages(instance, known)


def _schema_pages(
    instance: ConnectorInstance, known: Callable[[], ConfigParameters]
) -> Iterator[ParameterPage]:
    page = ConfigParameterPage.SCHEMA
    for number in range(1, MAX_SCHEMA_PAGES + 1):
        found = _page(
            page, number, instance.call("get_config_parameters_ex", known(), page, number)
        )
        if not found.definitions:
            return
        yield found
    raise UnexpectedDataError(
        f"The connector has more than {MAX_SCHEMA_PAGES} schema pages: it must answer with an "
        "empty list after the last one."
    )


def _page(page: ConfigParameterPage, number: int, found: object) -> ParameterPage:
    fields = expect_list(found, ConfigParameterDefinition, "get_config_parameters")
    return ParameterPage(page, number, tuple(fields))


def _connector_verdict(
    instance: ConnectorInstance, parameters: ConfigParameters, page: ParameterPage
) -> ParameterValidationResult:
    if IMAExtensible2GetParametersEx in instance.interfaces:
        verdict = instance.call("validate_config_parameters_ex", parameters, page.page, page.number)
    else:
        verdict = instance.call("validate_config_parameters", parameters, page.page)
    if verdict is None:
        return ParameterValidationResult()
    return expect(verdict, ParameterValidationResult, "validate_config_parameters")
