"""The kinds of value a key of the configuration can take."""

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ecma2py.host.config_reader import Check, Reader, Refused, closest, join_key
from ecma2py.host.secrets import References, UnresolvedReferenceError
from ecma2py.parameters import SecureString

T = TypeVar("T")


def _typed(raw: Any, kind: type[T]) -> T:
    if not isinstance(raw, kind) or (isinstance(raw, bool) and kind is not bool):
        raise Refused
    return raw


def boolean() -> Check:
    """A TOML boolean."""
    return Check("true or false", lambda reader, key, raw: _typed(raw, bool))


def integer(low: int, high: int) -> Check:
    """A whole number from *low* to *high*."""

    def read(reader: Reader, key: str, raw: Any) -> int:
        if not low <= _typed(raw, int) <= high:
            raise Refused
        return int(raw)

    return Check(f"a whole number from {low} to {high}", read)


def number(low: float, high: float) -> Check:
    """A number, whole or not, from *low* to *high*."""

    def read(reader: Reader, key: str, raw: Any) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not low <= raw <= high:
            raise Refused
        return float(raw)

    return Check(f"a number from {low:g} to {high:g}", read)


def string(allowed: str = "text", pattern: str = r"(?s).+") -> Check:
    """Text that matches *pattern* whole."""

    def read(reader: Reader, key: str, raw: Any) -> str:
        if not re.fullmatch(pattern, _typed(raw, str)):
            raise Refused
        return str(raw)

    return Check(allowed, read)


def one_of(*choices: str | int) -> Check:
    """One of a closed list."""

    def read(reader: Reader, key: str, raw: Any) -> str | int:
        for choice in choices:
            if raw == choice and type(raw) is type(choice):
                return choice
        close = closest(raw, map(str, choices)) if isinstance(raw, str) else None
        raise Refused(f"did you mean {close!r}?" if close else "")

    return Check(" or ".join(repr(c).replace("'", '"') for c in choices), read)


def strings(allowed: str = "a list of strings") -> Check:
    """A list of distinct strings, none of them empty."""

    def read(reader: Reader, key: str, raw: Any) -> tuple[str, ...]:
        items = [_typed(item, str) for item in _typed(raw, list)]
        if not all(items):
            raise Refused("one is empty")
        if len(set(items)) < len(items):
            raise Refused("one is given twice")
        return tuple(reader.references.expand(item) for item in items)

    return Check(allowed, read)


def scalars() -> Check:
    """A string, a whole number or a boolean, or a list of them as a tuple."""

    def read(reader: Reader, key: str, raw: Any) -> str | int | bool | tuple[str | int | bool, ...]:
        if isinstance(raw, list) and all(isinstance(each, str | int) for each in raw):
            return tuple(raw)
        if not isinstance(raw, str | int):
            raise Refused
        return raw

    return Check("a string, a whole number, true or false, or a list of them", read)


def path() -> Check:
    """A file or directory, relative to the configuration file."""

    def read(reader: Reader, key: str, raw: Any) -> Path:
        if not _typed(raw, str) or "\0" in raw:
            raise Refused
        return reader.references.base / Path(raw).expanduser()

    return Check("a path, relative to this file", read)


def url() -> Check:
    """An absolute http or https URL, kept without a slash at its end."""

    def read(reader: Reader, key: str, raw: Any) -> str:
        try:
            parts = urlsplit(_typed(raw, str))
            valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError as error:
            raise Refused(str(error)) from error
        if not valid or parts.query or parts.fragment or parts.username or re.search(r"\s", raw):
            raise Refused
        return str(raw).rstrip("/")

    return Check('an absolute URL such as "https://host.example:8585"', read)


def secret() -> Check:
    """A secret: text, or a reference to an environment variable or a file."""

    def read(reader: Reader, key: str, raw: Any) -> SecureString:
        found = reader.references.secret(raw)
        return found if found is not None else SecureString(reader.references.expand(raw))

    return Check('text, "${NAME}", { env = "NAME" } or { file = "path" }', read, shown=False)


def parameters() -> Check:
    """A table of connector parameters in ECMA2's text form: a boolean is ``1`` or ``0``."""

    def read(reader: Reader, key: str, raw: Any) -> dict[str, str | SecureString]:
        found: dict[str, str | SecureString] = {}
        for name, value in _typed(raw, dict).items():
            try:
                found[name] = _parameter(reader.references, value)
            except (Refused, UnresolvedReferenceError) as error:
                reader.refuse(join_key(key, name), str(error))
        return found

    allowed = 'a table: name = text, a whole number, true, false, "${NAME}", { env = "NAME" } '
    return Check(allowed + 'or { file = "path" }', read, shown=False)


def _parameter(references: References, value: Any) -> str | SecureString:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str | Mapping):
        found = references.secret(value)
        return references.expand(str(value)) if found is None else found
    raise Refused(f"expected text, a whole number, true or false (got a {type(value).__name__})")


def section(cls: type) -> Check:
    """A table read as the settings class *cls*."""

    def read(reader: Reader, key: str, raw: Any) -> Any:
        return reader.settings(cls, _typed(raw, dict), key)

    return Check("a table", read)


def table_of(check: Check) -> Check:
    """A table with free keys whose values all pass *check*."""

    def read(reader: Reader, key: str, raw: Any) -> dict[str, Any]:
        return {
            name: reader.value(check, join_key(key, name), value)
            for name, value in _typed(raw, dict).items()
        }

    return Check(f"a table: name = {check.allowed}", read, shown=check.shown)


def host_name(text: str) -> bool:
    """True for an IP address or a DNS name in ASCII."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        label = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
        return len(text) <= 253 and re.fullmatch(rf"(\*\.)?{label}(\.{label})*", text) is not None
    return True
