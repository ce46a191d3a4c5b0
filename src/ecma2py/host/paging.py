"""Filling in a connector's parameter pages one after another, as an administrator does."""

from collections.abc import Callable, Iterable, Iterator, Mapping

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
from ecma2py.runs.instance import ConnectorInstance
from ecma2py.runs.pages import ParameterPage, walk_pages

Answer = Callable[[ParameterPage, ConfigParameters], Mapping[str, str | SecureString]]
"""The values for the fields of a page, given those of the pages before it."""


def fill_pages(
    instance: ConnectorInstance, answer: Answer
) -> tuple[ConfigParameters, list[ParameterPage]]:
    """Every parameter as its page's *answer* has it, and the pages that have a field.

    Secrets become secrets and all else text, as the definitions want them.
    """
    parameters, pages = ConfigParameters(), list[ParameterPage]()
    for page, known in filled_pages(instance, answer):
        parameters = known
        pages.append(page)
    return parameters, pages


def filled_pages(
    instance: ConnectorInstance, answer: Answer
) -> Iterator[tuple[ParameterPage, ConfigParameters]]:
    """Each page that has a field, with every parameter as far as that page.

    A later page may depend on earlier answers: each is asked for with those given so far.
    """
    filled: list[ConfigParameter] = []

    def known() -> ConfigParameters:
        return ConfigParameters(filled)

    for page in walk_pages(instance, known):
        if page.definitions:
            values = answer(page, known())
            filled += [_bound(each, values) for each in page.definitions if each.type.holds_value]
            yield page, known()


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


def on_page(
    pages: Iterable[ParameterPage],
    wanted: ConfigParameterPage,
    settings: Mapping[str, str | SecureString],
    table: str,
) -> ConfigParameters:
    """What *settings* give to fields of the *wanted* page, as their definitions want them.

    ConfigurationError names the *table* if one of them is no field of the page.
    """
    fields = {
        each.name: each
        for page in pages
        if page.page is wanted
        for each in page.definitions
        if each.type.holds_value
    }
    for name in settings:
        if name not in fields:
            page_name = wanted.name.lower().replace("_", "-")
            raise ConfigurationError(
                f"{table}: the connector has no parameter {name!r} on its {page_name} page: "
                f"{nearest(name, fields)}"
            )
    return ConfigParameters(_bound(fields[name], settings) for name in settings)


def _bound(
    definition: ConfigParameterDefinition, values: Mapping[str, str | SecureString]
) -> ConfigParameter:
    value = values.get(definition.name, definition.default_value)
    text = value.reveal() if isinstance(value, SecureString) else value
    is_secret = definition.type is ConfigParameterType.ENCRYPTED_STRING
    return ConfigParameter(definition.name, SecureString(text) if is_secret else text)
