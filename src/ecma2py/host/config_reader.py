"""How a TOML table becomes a checked class: every problem is found, none stops the search.

A settings class is an attrs class whose fields are made with :func:`setting`; each names the check
its value must pass. :class:`Reader` walks such a class along a table.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import attrs
from attrs import define, field, frozen

from ecma2py.errors import ConfigurationError
from ecma2py.host.secrets import References, UnresolvedReferenceError

Table = Mapping[str, Any]
T = TypeVar("T")


@frozen
class Problem:
    """One thing wrong with one key."""

    key: str
    """The place in the file, e.g. ``connectors.HR.import.page_size``; empty for the whole file."""
    message: str

    def __str__(self) -> str:
        return f"{self.key}: {self.message}" if self.key else self.message


class ConfigFileError(ConfigurationError):
    """The configuration file cannot be used; ``problems`` holds all that is wrong with it."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{file}: {problem}" for problem in self.problems))


class Refused(Exception):
    """A check refuses a value; the message says why, without the value."""


@frozen
class Check:
    """A kind of value: what is allowed, in words, and how to read it."""

    allowed: str
    read: Callable[["Reader", str, Any], Any]
    """Gets the reader, the key and the raw value; raises Refused."""
    shown: bool = True
    """False if the raw value may be a secret, and is then never quoted."""


def setting(check: Check, default: Any = attrs.NOTHING, *, key: str | None = None) -> Any:
    """A field of a settings class; *key* where the TOML key is no Python name.

    A class as the default stands for a new instance of it.
    """
    if isinstance(default, type):
        default = attrs.Factory(default)
    return field(default=default, metadata={"check": check, "key": key})


def key_of(attribute: "attrs.Attribute[Any]") -> str:
    """The TOML key of a settings field."""
    return attribute.metadata["key"] or attribute.name


def settings_fields(cls: type) -> list["attrs.Attribute[Any]"]:
    """The fields of a settings class that are keys of the file."""
    return [each for each in attrs.fields(cls) if "check" in each.metadata]


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that *name* is most likely a slip for, if any is close."""
    folded = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), folded, n=1)
    return folded[close[0]] if close else None


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names the known key closest to *name*, or all of them if none is close."""
    names = list(known)
    close = closest(name, names)
    return f"did you mean {close!r}?" if close else f"known are {', '.join(names) or 'none'}"


@define
class Reader:
    """Reads settings classes from tables and collects every problem on the way."""

    references: References
    problems: list[Problem] = field(factory=list)

    def refuse(self, key: str, message: str) -> None:
        """Note a problem with *key*."""
        self.problems.append(Problem(key, message))

    def settings(self, cls: type[T], table: Table, key: str, **extra: Any) -> T | None:
        """An instance of *cls*; None if one of its own values was refused or is missing.

        A class may have ``check(self)``, yielding (key, message) for what is wrong between fields.
        It is asked even if a key is unknown or a table inside was refused, so that all that can
        be told is told at once.
        """
        known = {key_of(each): each for each in settings_fields(cls)}
        for name in table:
            if name not in known:
                self.refuse(join_key(key, name), f"unknown key: {nearest(name, known)}")
        given: dict[str, Any] = dict(extra)
        complete = True
        for name, attribute in known.items():
            check: Check = attribute.metadata["check"]
            if name in table:
                value = self.value(check, join_key(key, name), table[name])
                complete = complete and value is not attrs.NOTHING
                if value is not None:
                    given[attribute.name] = value
            elif attribute.default is attrs.NOTHING:
                self.refuse(join_key(key, name), f"missing: expected {check.allowed}")
                complete = False
        if not complete:
            return None
        made = cls(**given)
        for name, message in getattr(made, "check", tuple)():
            self.refuse(f"{key}.{name}".lstrip("."), message)
        return made

    def value(self, check: Check, key: str, raw: Any) -> Any:
        """*raw* as *check* reads it; ``attrs.NOTHING``, with the problem noted, if it refuses."""
        try:
            value = self.references.expand(raw) if check.shown and isinstance(raw, str) else raw
            return check.read(self, key, value)
        except Refused as refused:
            shown = f"{_quoted(raw)} is refused: " if check.shown else ""
            reason = f" ({refused})" if str(refused) else ""
            self.refuse(key, f"{shown}expected {check.allowed}{reason}")
        except UnresolvedReferenceError as error:
            self.refuse(key, str(error))
        return attrs.NOTHING


def join_key(*parts: str) -> str:
    """The dotted key made of *parts*."""
    # A key that TOML would want in quotes is shown in quotes, so that it can be found in the file.
    shown = [parts[0], *(p if re.fullmatch(r"[\w-]+", p) else f'"{p}"' for p in parts[1:])]
    return ".".join(part for part in shown if part)


def _quoted(raw: Any) -> str:
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, Mapping):
        return "a table"
    return repr(raw) if len(repr(raw)) <= 80 else f"{repr(raw)[:77]}..."
