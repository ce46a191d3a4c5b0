"""A connection with what its server says of itself, each asked for once and when needed."""

from functools import cached_property

from ecma2py.errors import InvalidParameterError
from ecma2py_ldap.config import parse_object_types
from ecma2py_ldap.connection import Directory
from ecma2py_ldap.definitions import ServerSchema
from ecma2py_ldap.locating import Locator
from ecma2py_ldap.mapping import MappedType, map_types
from ecma2py_ldap.selection import BASES, outermost, parse_bases
from ecma2py_ldap.server import RootEntry, read_root, read_schema


class Session:
    """One run's connection."""

    def __init__(self, directory: Directory, *, bases: str, object_types: str, anchor: str) -> None:
        self.directory = directory
        self._bases = bases
        self._object_types = object_types
        self._anchor = anchor

    @cached_property
    def bases(self) -> list[str]:
        """As configured; empty for everywhere."""
        return parse_bases(self._bases)

    @cached_property
    def root(self) -> RootEntry:
        """The root DSE, with the time at which it was first asked for."""
        return read_root(self.directory)

    @cached_property
    def schema(self) -> ServerSchema:
        """The server's schema."""
        return read_schema(self.directory, self.root)

    @cached_property
    def types(self) -> dict[str, MappedType]:
        """The object types by name."""
        return map_types(parse_object_types(self._object_types), self.schema, self._anchor)

    @cached_property
    def locator(self) -> Locator:
        """What finds entries below the bases."""
        bases = outermost(self.bases or self.root.contexts)
        return Locator(self.directory, self.types, bases)

    def check_root(self) -> None:
        """Return only if the server shows its root entry."""
        self.root  # noqa: B018  reading it is the check

    def check_bases(self) -> None:
        """Return only if every base is there to be read."""
        for base in self.bases:
            if self.directory.read(base, ("1.1",)) is None:
                raise InvalidParameterError(
                    f"{BASES!r}: {base!r} does not exist, or the account may not see it.",
                    parameter_name=BASES,
                )
