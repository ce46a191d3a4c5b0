"""Filling in a connector's parameter pages one after another, as an administrator does."""

from collections.abc import Callable, Mapping

from ecma2py.connector import IMAExtensible2GetParameters, IMAExtensible2GetParametersEx
from ecma2py.errors import ConfigurationError
from ecma2py.host.config_reader import nearest
from ecma2py.parameters import (
    ConfigParameter,
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    ConfigParameterType,
    SecureString,
)
from ecma2py.runs.pages import MAX_SCHEMA_PAGES, PAGE_ORDER, ParameterPage
from ecma2py.runs.source import ConnectorInstance

Answer = Callable[[ParameterPage, ConfigParameters], Mapping[str, str | SecureString]]
"""The values for the fields of a page, given those of the pages before it."""


def fill_pages(
    instance: ConnectorInstance, answer: Answer
) -> tuple[ConfigParameters, list[ParameterPage]]:
    """Every parameter as its page's *answer* has it, and the pages that have a field.

    A later page may depend on earlier answers: each is asked for with those given so far. Secrets
    become secrets and all else text, as the definitions want them.
    """
    filled: list[ConfigParameter] = []
    pages: list[ParameterPage] = []
    parameters = ConfigParameters()
    for page in PAGE_ORDER:
        for number in _numbers(instance, page):
            found = ParameterPage(page, number, _definitions(instance, parameters, page, number))
            if not found.definitions:
                break
            pages.append(found)
            values = answer(found, parameters)
            filled += [_bound(each, values) for each in found.definitions if each.type.holds_value]
            parameters = ConfigParameters(filled)
    return parameters, pages


def from_settings(settings: Mapping[str, str | SecureString]) -> Answer:
    """Answers out of a configuration; what it leaves out takes its default."""

    def answer(
        page: ParameterPage, parameters: ConfigParameters
    ) -> Mapping[str, str | SecureString]:
        return settings

    return answer


def check_names(settings: Mapping[str, object], parameters: ConfigParameters) -> None:
    """Return if the connector has every parameter that is set; ConfigurationError if not."""
    for name in settings:
        if name not in parameters:
            raise ConfigurationError(
                f"The connector has no parameter {name!r}: {nearest(name, parameters)}"
            )


def _numbers(instance: ConnectorInstance, page: ConfigParameterPage) -> range:
    if IMAExtensible2GetParametersEx in instance.interfaces:
        several = page is ConfigParameterPage.SCHEMA
        return range(1, MAX_SCHEMA_PAGES + 1) if several else range(1)
    return range(1 if IMAExtensible2GetParameters in instance.interfaces else 0)


def _definitions(
    instance: ConnectorInstance,
    parameters: ConfigParameters,
    page: ConfigParameterPage,
    number: int,
) -> tuple[ConfigParameterDefinition, ...]:
    if IMAExtensible2GetParametersEx in instance.interfaces:
        found = instance.call("get_config_parameters_ex", parameters, page, number)
    else:
        found = instance.call("get_config_parameters", parameters, page)
    return tuple(found or ())


def _bound(
    definition: ConfigParameterDefinition, values: Mapping[str, str | SecureString]
) -> ConfigParameter:
    value = values.get(definition.name, definition.default_value)
    text = value.reveal() if isinstance(value, SecureString) else value
    is_secret = definition.type is ConfigParameterType.ENCRYPTED_STRING
    return ConfigParameter(definition.name, SecureString(text) if is_secret else text)
