"""Parameters as an author declares them: typed class attributes that read the configuration."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, Protocol, Self, TypeVar, overload

from ecma2py.errors import InvalidParameterError
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    SecureString,
)

T = TypeVar("T")
_CONNECTIVITY = ConfigParameterPage.CONNECTIVITY


class Configured(Protocol):
    """What has the values of its parameters: a ``Connector``."""

    @property
    def parameters(self) -> ConfigParameters:
        """The values an administrator gave."""
        ...


class Parameter(Generic[T]):
    """A parameter of a connector: on the class its definition, on an instance its value.

    ``host = Parameter.string("Host", default="localhost")`` puts a field on the connectivity
    page, and ``self.host`` is the text the administrator gave.
    """

    def __init__(
        self,
        definition: ConfigParameterDefinition,
        page: ConfigParameterPage,
        read: Callable[[str], T],
    ) -> None:
        self.definition = definition
        self.page = page
        self._read = read

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Configured, owner: type) -> T: ...
    def __get__(self, instance: Configured | None, owner: type) -> Self | T:
        if instance is None:
            return self
        return self.value(instance.parameters)

    def value(self, parameters: ConfigParameters) -> T:
        """The value in *parameters*, or the default; a refused one is ``InvalidParameterError``."""
        given = parameters.get(self.definition.name)
        if given is None:
            content = self.definition.default_value
        else:
            content = given.secure_value.reveal() if given.is_encrypted else given.value
        problem = self.definition.problem(content)
        if problem:
            raise InvalidParameterError(problem, parameter_name=self.definition.name)
        try:
            return self._read(content)
        except ValueError as error:
            raise InvalidParameterError(
                f"Parameter {self.definition.name!r}: {error}", parameter_name=self.definition.name
            ) from error

    @staticmethod
    def string(
        name: str,
        *,
        default: str = "",
        validation: str = "",
        required: bool = False,
        text: str = "",
        page: ConfigParameterPage = _CONNECTIVITY,
    ) -> "Parameter[str]":
        """A line of text."""
        definition = ConfigParameterDefinition.string(
            name, validation, default, text=text, required=required
        )
        return Parameter(definition, page, str)

    @staticmethod
    def text(
        name: str, *, default: str = "", text: str = "", page: ConfigParameterPage = _CONNECTIVITY
    ) -> "Parameter[str]":
        """Text of several lines."""
        return Parameter(ConfigParameterDefinition.multi_line(name, default, text=text), page, str)

    @staticmethod
    def secret(
        name: str,
        *,
        required: bool = False,
        text: str = "",
        page: ConfigParameterPage = _CONNECTIVITY,
    ) -> "Parameter[SecureString]":
        """A secret: it never prints, ``.reveal()`` gives it."""
        definition = ConfigParameterDefinition.encrypted_string(name, text=text, required=required)
        return Parameter(definition, page, SecureString)

    @staticmethod
    def integer(
        name: str,
        *,
        default: int | None = None,
        required: bool = False,
        text: str = "",
        page: ConfigParameterPage = _CONNECTIVITY,
    ) -> "Parameter[int]":
        """A whole number; without value and default it reads as 0."""
        definition = ConfigParameterDefinition.string(
            name,
            r"-?\d{1,18}",
            "" if default is None else str(default),
            text=text,
            required=required,
        )
        return Parameter(definition, page, lambda content: int(content or "0"))

    @staticmethod
    def boolean(
        name: str,
        *,
        default: bool = False,
        text: str = "",
        page: ConfigParameterPage = _CONNECTIVITY,
    ) -> "Parameter[bool]":
        """Yes or no, a check box."""
        definition = ConfigParameterDefinition.check_box(name, default, text=text)
        return Parameter(definition, page, lambda content: content == "1")

    @staticmethod
    def choice(
        name: str,
        values: Sequence[str],
        *,
        default: str = "",
        required: bool = False,
        text: str = "",
        page: ConfigParameterPage = _CONNECTIVITY,
    ) -> "Parameter[str]":
        """One of *values*, a drop-down."""
        definition = ConfigParameterDefinition.drop_down(
            name, values, default, text=text, required=required
        )
        return Parameter(definition, page, str)

    @staticmethod
    def file(
        name: str,
        *,
        default: str = "",
        required: bool = False,
        text: str = "",
        page: ConfigParameterPage = _CONNECTIVITY,
    ) -> "Parameter[Path]":
        """The path of a file or folder."""
        definition = ConfigParameterDefinition.file(name, default, text=text, required=required)
        return Parameter(definition, page, Path)
