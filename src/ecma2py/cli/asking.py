"""What the administrator answers to a connector's parameter pages, and how it is written down."""

import os
from collections.abc import Mapping
from pathlib import Path

import click
from attrs import define, field, frozen

from ecma2py.cli.output import Output
from ecma2py.cli.target import check_typed_secret
from ecma2py.errors import ConfigurationError
from ecma2py.host.secrets import (
    References,
    UnresolvedReferenceError,
    escaped,
    variable_name,
)
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameters,
    ConfigParameterType,
    SecureString,
)
from ecma2py.runs import ParameterPage


@frozen
class Written:
    """One parameter as it stands in the file."""

    page: ParameterPage
    definition: ConfigParameterDefinition
    text: str
    """With ``${NAME}`` for what comes from the environment; empty for no value."""
    variable: str = ""
    """The environment variable a secret is to be put into."""

    @property
    def default(self) -> str:
        """What the file means if it leaves the parameter out, written as *text* is."""
        return escaped(self.definition.default_value)


@define
class Answers:
    """Answers pages from ``--set``, from the terminal if there is one, and from the defaults."""

    output: Output
    connector: str
    typed: Mapping[str, str]
    """``--set`` options, as they were typed."""
    is_interactive: bool
    written: list[Written] = field(factory=list)
    _references: References = field(factory=lambda: References(Path.cwd()))

    def __call__(
        self, page: ParameterPage, parameters: ConfigParameters
    ) -> Mapping[str, str | SecureString]:
        """The values of a page, for the connector; what is to be written is kept in ``written``."""
        if self.is_interactive and any(each.type.holds_value for each in page.definitions):
            self.output.note(f"\n{page.page.name.replace('_', ' ').capitalize()} parameters")
        values: dict[str, str | SecureString] = {}
        for each in page.definitions:
            if each.type is ConfigParameterType.LABEL and self.is_interactive:
                self.output.note(each.text)
            elif each.type.holds_value:
                values[each.name] = self._value(page, each)
        self.output.hide(self._references.resolved)
        return values

    def _value(
        self, page: ParameterPage, definition: ConfigParameterDefinition
    ) -> str | SecureString:
        typed = self.typed.get(definition.name)
        if definition.type is ConfigParameterType.ENCRYPTED_STRING:
            return self._secret(page, definition, typed)
        if typed is not None:
            text = typed
        elif self.is_interactive:
            text = self._asked(definition)
        else:
            text = escaped(definition.default_value)
        value = self._resolved(definition, text)
        problem = definition.problem(value)
        if problem:
            hint = f" (--set '{definition.name}=...')" if not value else ""
            raise ConfigurationError(problem + hint)
        self.written.append(Written(page, definition, text))
        return value

    def _resolved(self, definition: ConfigParameterDefinition, text: str) -> str:
        try:
            secret = self._references.secret(text)
            return secret.reveal() if secret is not None else self._references.expand(text)
        except UnresolvedReferenceError as error:
            raise ConfigurationError(f"Parameter {definition.name!r}: {error}.") from error

    def _secret(
        self, page: ParameterPage, definition: ConfigParameterDefinition, typed: str | None
    ) -> SecureString:
        if typed is not None:
            check_typed_secret(definition, typed)
            self.written.append(Written(page, definition, typed))
            return SecureString(self._resolved(definition, typed))
        variable = variable_name(self.connector, definition.name)
        given = os.environ.get(variable, "")
        if self.is_interactive and not given:
            self.output.note(f"(kept out of the file: it will refer to ${{{variable}}})")
            given = self._hidden(definition)
        if given:
            self.output.hide([given])
        text = f"${{{variable}}}" if given or definition.required else ""
        self.written.append(Written(page, definition, text, variable))
        return SecureString(given)

    def _hidden(self, definition: ConfigParameterDefinition) -> str:
        prompt = _prompt(definition)
        return str(click.prompt(prompt, hide_input=True, default="", show_default=False, err=True))

    def _asked(self, definition: ConfigParameterDefinition) -> str:
        """What is typed at the terminal, until it can be taken."""
        default = escaped(definition.default_value)
        prompt = _prompt(definition)
        while True:
            if definition.type is ConfigParameterType.CHECK_BOX:
                return "1" if click.confirm(prompt, default=default == "1", err=True) else "0"
            if definition.type is ConfigParameterType.TEXT:
                text = _edited(self.output, prompt, default)
            else:
                choices = f" ({', '.join(definition.values)})" if definition.values else ""
                text = str(click.prompt(prompt + choices, default=default, err=True))
            problem = definition.problem(self._resolved(definition, text))
            if not problem:
                return text
            self.output.note(problem)


def _prompt(definition: ConfigParameterDefinition) -> str:
    help_text = f": {definition.text.rstrip('.')}" if definition.text else ""
    return f"{definition.name}{help_text}"


def _edited(output: Output, prompt: str, default: str) -> str:
    """Several lines: taken as proposed, or changed in the administrator's editor."""
    output.note(f"{prompt}\n{default}")
    if click.confirm("Edit this text?", default=not default, err=True):
        return (click.edit(default) or default).rstrip()
    return default
