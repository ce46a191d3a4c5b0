"""Tables of TOML read key by key, with an error that names table and key."""

from typing import Any

from ecma2py.errors import InvalidParameterError
from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.mapping.settings import Argument, refused


class Section:
    """One TOML table, read key by key; what nobody asked for is an error."""

    def __init__(self, path: str, content: object) -> None:
        if not isinstance(content, dict):
            raise refused(f"[{path}] is a table of keys and values")
        self.path = path
        self._content = content
        self._asked: list[str] = []

    @property
    def given(self) -> list[str]:
        """The keys that are there, known or not."""
        return list(self._content)

    def get(self, key: str) -> Any:
        """Whatever the key holds; None if it is not there."""
        self._asked.append(key)
        return self._content.get(key)

    def text(self, key: str) -> str | None:
        """Text that is not empty, or None."""
        value = self.get(key)
        if value is not None and not (isinstance(value, str) and value):
            raise self.refused(key, "is text")
        return value

    def required(self, key: str) -> str:
        """Text that must be there."""
        value = self.text(key)
        if value is None:
            raise self.refused(key, "is missing")
        return value

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of different texts, which may be written as one text; or None."""
        value = self.get(key)
        if value is None:
            return None
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
            raise self.refused(key, "is text or a list of texts")
        if len(set(values)) < len(values):
            raise self.refused(key, "holds one name twice")
        return tuple(values)

    def mapping(self, key: str) -> dict[str, str]:
        """Texts by text; empty if there are none."""
        value = self.get(key) or {}
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise self.refused(key, 'is a table of texts: { column = "..." }')
        return value

    def kinds(self, key: str) -> dict[str, Kind]:
        """Kinds by column."""
        return {column: self._kind(key, word) for column, word in self.mapping(key).items()}

    def kind(self, key: str) -> Kind | None:
        """A kind, or None."""
        word = self.text(key)
        return None if word is None else self._kind(key, word)

    def _kind(self, key: str, word: str) -> Kind:
        try:
            return Kind(word)
        except ValueError as error:
            choices = ", ".join(kind.value for kind in Kind)
            raise self.refused(key, f"takes {choices}; {error}") from None

    def number(self, key: str, default: int) -> int:
        """A whole number, 0 or more."""
        value = self.get(key)
        if value is None:
            return default
        if type(value) is not int or value < 0:
            raise self.refused(key, "is a whole number, 0 or more")
        return value

    def flag(self, key: str) -> bool:
        """A truth, False if it is not there."""
        value = self.get(key)
        if value not in (None, True, False):
            raise self.refused(key, "is true or false")
        return bool(value)

    def section(self, key: str) -> "Section | None":
        """A table in this one, or None."""
        value = self.get(key)
        return None if value is None else Section(f"{self.path}.{key}", value)

    def arguments(self, key: str) -> tuple[Argument, ...]:
        """A procedure's parameters."""
        try:
            return tuple(map(Argument.parse, self.texts(key) or ()))
        except ValueError as error:
            raise self.refused(key, f"holds a line that cannot be read: {error}") from None

    def sections(self, key: str) -> "list[tuple[str, Section]]":
        """Tables in a table, each with its name."""
        value = self.get(key) or {}
        if not isinstance(value, dict):
            raise self.refused(key, f"is a table: [{self.path}.{key}.<attribute>]")
        return [(name, Section(f"{self.path}.{key}.{name}", each)) for name, each in value.items()]

    def finish(self) -> None:
        """Return if the table has no key that nobody asked for."""
        unknown = [key for key in self._content if key not in self._asked]
        if unknown:
            raise self.refused(unknown[0], f"is unknown; there are {', '.join(self._asked)}")

    def refused(self, key: str, problem: str) -> InvalidParameterError:
        """The error for a key."""
        return refused(f"[{self.path}] {key} {problem}")
