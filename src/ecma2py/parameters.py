"""What an administrator fills in: parameter definitions, values and their validation."""

import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Self, overload

from attrs import define, field, frozen

from ecma2py.errors import InvalidParameterError, NoSuchParameterError


class ConfigParameterPage(IntEnum):
    """The page on which a parameter is asked for; numbers as in ECMA2."""

    CONNECTIVITY = 0
    GLOBAL = 1
    RUN_STEP = 2
    PARTITION = 3
    CAPABILITIES = 4
    SCHEMA = 5


class ConfigParameterType(IntEnum):
    """What kind of field a parameter is; numbers as in ECMA2."""

    STRING = 0
    ENCRYPTED_STRING = 1
    LABEL = 2
    TEXT = 3
    DROP_DOWN = 4
    CHECK_BOX = 5
    DIVIDER = 6
    FILE = 7

    @property
    def holds_value(self) -> bool:
        """False for labels and dividers, which only shape the page."""
        return self not in (ConfigParameterType.LABEL, ConfigParameterType.DIVIDER)


class SecureString:
    """A secret that prints as ``***``; only ``reveal()`` gives the text (.NET ``SecureString``)."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself: hand it to the target at once, and to nobody else."""
        return self._text

    def __repr__(self) -> str:
        return "SecureString(***)"

    def __str__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecureString):
            return NotImplemented
        return hmac.compare_digest(
            self._text.encode("utf-8", "surrogatepass"),
            other._text.encode("utf-8", "surrogatepass"),
        )

    def __hash__(self) -> int:
        return hash(("SecureString", self._text))

    def __reduce__(self) -> str:
        raise TypeError("A secret is not pickled: pass it on by itself.")


@frozen
class ConfigParameter:
    """One parameter with its value (ECMA2 ``ConfigParameter``).

    A plain parameter is read through ``value``, an encrypted one through ``secure_value``; the
    wrong one is an ``InvalidParameterError``, where .NET throws InvalidOperationException.
    """

    name: str
    _content: str | SecureString = field(alias="value")

    @property
    def is_encrypted(self) -> bool:
        """True if the value is a secret."""
        return isinstance(self._content, SecureString)

    @property
    def value(self) -> str:
        """The text of a plain parameter; ``InvalidParameterError`` for an encrypted one."""
        if isinstance(self._content, SecureString):
            raise InvalidParameterError(
                f"Parameter {self.name!r} is encrypted: read secure_value.",
                parameter_name=self.name,
            )
        return self._content

    @property
    def secure_value(self) -> SecureString:
        """The secret of an encrypted parameter; ``InvalidParameterError`` for a plain one."""
        if not isinstance(self._content, SecureString):
            raise InvalidParameterError(
                f"Parameter {self.name!r} is not encrypted: read value.", parameter_name=self.name
            )
        return self._content


def _choices(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(given)


@frozen
class ConfigParameterDefinition:
    """One field of a parameter page (ECMA2 ``ConfigParameterDefinition``).

    Beyond ECMA2, a definition is checked when it is made: a pattern that does not compile and a
    default outside a closed list are ``InvalidParameterError``; .NET takes both and fails later.
    """

    name: str
    type: ConfigParameterType = ConfigParameterType.STRING
    text: str = field(default="", kw_only=True)
    """What a label shows, and the help text of any other field."""
    validation: str = field(default="", kw_only=True)
    """A regular expression the whole value must match; empty for none."""
    default_value: str = field(default="", kw_only=True)
    values: tuple[str, ...] = field(default=(), kw_only=True, converter=_choices)
    """The choices of a drop-down."""
    drop_down_extensible: bool = field(default=False, kw_only=True)
    """A drop-down that takes other values too."""
    required: bool = field(default=False, kw_only=True)
    """An empty value is refused. Not in ECMA2, where a pattern must say so."""

    @property
    def check_box_default(self) -> bool:
        """True for a check box that is ticked unless the administrator says otherwise."""
        return self.type is ConfigParameterType.CHECK_BOX and self.default_value == "1"

    def __attrs_post_init__(self) -> None:
        try:
            re.compile(self.validation)
        except re.error as error:
            raise InvalidParameterError(
                f"Parameter {self.name!r} has a pattern that does not compile: {error}.",
                parameter_name=self.name,
            ) from error
        if self.default_value:
            problem = self.problem(self.default_value)
            if problem:
                raise InvalidParameterError(problem, parameter_name=self.name)

    @classmethod
    def string(
        cls,
        name: str,
        validation: str = "",
        default: str = "",
        *,
        text: str = "",
        required: bool = False,
    ) -> Self:
        """A line of text."""
        return cls(name, validation=validation, default_value=default, text=text, required=required)

    @classmethod
    def encrypted_string(
        cls, name: str, validation: str = "", *, text: str = "", required: bool = False
    ) -> Self:
        """A secret; it has no default, so that none is ever shown."""
        kind = ConfigParameterType.ENCRYPTED_STRING
        return cls(name, kind, validation=validation, text=text, required=required)

    @classmethod
    def multi_line(cls, name: str, default: str = "", *, text: str = "") -> Self:
        """Text of several lines (``CreateTextParameter``)."""
        return cls(name, ConfigParameterType.TEXT, default_value=default, text=text)

    @classmethod
    def check_box(cls, name: str, default: bool = False, *, text: str = "") -> Self:
        """Yes or no, stored as ``1`` and ``0``; .NET keeps an empty string for a false default."""
        kind = ConfigParameterType.CHECK_BOX
        return cls(name, kind, default_value="1" if default else "0", text=text)

    @classmethod
    def drop_down(
        cls,
        name: str,
        values: Iterable[str],
        default: str = "",
        *,
        extensible: bool = False,
        text: str = "",
        required: bool = False,
    ) -> Self:
        """One of *values*, or any text if *extensible*."""
        return cls(
            name,
            ConfigParameterType.DROP_DOWN,
            values=values,
            default_value=default,
            drop_down_extensible=extensible,
            text=text,
            required=required,
        )

    @classmethod
    def file(cls, name: str, default: str = "", *, text: str = "", required: bool = False) -> Self:
        """The path of a file."""
        kind = ConfigParameterType.FILE
        return cls(name, kind, default_value=default, text=text, required=required)

    @classmethod
    def label(cls, text: str) -> Self:
        """A line of text on the page; holds no value."""
        return cls("", ConfigParameterType.LABEL, text=text)

    @classmethod
    def divider(cls) -> Self:
        """A rule between fields; holds no value."""
        return cls("", ConfigParameterType.DIVIDER)

    def problem(self, value: str) -> str | None:
        """Why *value* cannot be taken, in a sentence that never quotes a secret; None if it can."""
        if not value:
            return (
                f"Parameter {self.name!r} is required: give it a value." if self.required else None
            )
        shown = "" if self.type is ConfigParameterType.ENCRYPTED_STRING else f" is {value!r}:"
        if self.type is ConfigParameterType.CHECK_BOX and value not in ("0", "1"):
            return f"Parameter {self.name!r}{shown} a check box is 0 or 1."
        if self.values and not self.drop_down_extensible and value not in self.values:
            return f"Parameter {self.name!r}{shown} choose one of {', '.join(self.values)}."
        if self.validation and not re.fullmatch(self.validation, value):
            return f"Parameter {self.name!r}{shown or ' '} it must match {self.validation!r}."
        return None


class ConfigParameters(Mapping[str, ConfigParameter]):
    """All parameters of a connector by name, of all pages (``ConfigParameterKeyedCollection``).

    Names are case-sensitive. Iterating gives names.
    """

    __slots__ = ("_parameters",)

    def __init__(
        self, parameters: Iterable[ConfigParameter] | Mapping[str, str | SecureString] = ()
    ) -> None:
        if isinstance(parameters, Mapping):
            parameters = [ConfigParameter(name, value) for name, value in parameters.items()]
        self._parameters: dict[str, ConfigParameter] = {}
        for parameter in parameters:
            if parameter.name in self._parameters:
                raise InvalidParameterError(
                    f"Parameter {parameter.name!r} is given twice.", parameter_name=parameter.name
                )
            self._parameters[parameter.name] = parameter

    def __getitem__(self, name: str) -> ConfigParameter:
        try:
            return self._parameters[name]
        except KeyError:
            raise NoSuchParameterError(
                f"There is no parameter {name!r}: there are "
                f"{', '.join(self._parameters) or 'none'}."
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._parameters

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def __repr__(self) -> str:
        return f"ConfigParameters({', '.join(self._parameters)})"

    @property
    def secrets(self) -> tuple[SecureString, ...]:
        """The values of all that is encrypted."""
        return tuple(each.secure_value for each in self.values() if each.is_encrypted)

    def overlaid(self, other: "ConfigParameters") -> "ConfigParameters":
        """These, with the parameters of *other* in place of those of the same name."""
        return ConfigParameters(({**self, **other}).values())

    @overload
    def text(self, name: str) -> str | None: ...
    @overload
    def text(self, name: str, default: str) -> str: ...
    def text(self, name: str, default: str | None = None) -> str | None:
        """The plain text of a parameter, *default* if it is not given."""
        return self[name].value if name in self else default


class ParameterValidationResultCode(IntEnum):
    """Whether the values of a page can be used."""

    SUCCESS = 0
    FAILURE = 1


@define
class ParameterValidationResult:
    """The verdict on a page of values; a bare one is a success (ECMA2 type of that name)."""

    code: ParameterValidationResultCode = ParameterValidationResultCode.SUCCESS
    error_message: str = ""
    error_parameter: str = field(default="", kw_only=True)

    @classmethod
    def failure(cls, message: str, parameter: str = "") -> Self:
        """The page is refused, because of *parameter* if named."""
        return cls(ParameterValidationResultCode.FAILURE, message, error_parameter=parameter)

    @property
    def is_success(self) -> bool:
        """True if the page can be used."""
        return self.code is ParameterValidationResultCode.SUCCESS


def first_problem(
    definitions: Sequence[ConfigParameterDefinition], parameters: ConfigParameters
) -> ParameterValidationResult:
    """The first value that its definition refuses; a success if every value can be taken."""
    for definition in definitions:
        if not definition.type.holds_value:
            continue
        given = parameters.get(definition.name)
        if given is None:
            content = definition.default_value
        elif given.is_encrypted:
            content = given.secure_value.reveal()
        else:
            content = given.value
        problem = definition.problem(content)
        if problem:
            return ParameterValidationResult.failure(problem, definition.name)
    return ParameterValidationResult()
