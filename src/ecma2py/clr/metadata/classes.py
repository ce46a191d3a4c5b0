"""The public classes of an assembly that objects can be made of, and what they implement."""

from collections.abc import Iterator

from attrs import frozen

from ecma2py.clr.metadata.signatures import Signatures
from ecma2py.clr.metadata.tables import (
    ASSEMBLY_REF,
    INTERFACE_IMPL,
    TYPE_DEF,
    TYPE_REF,
    Row,
    Tables,
    Token,
)

VISIBILITY = 0x7
"""The bits of a type's flags that say who sees it."""
_PUBLIC = 0x1
_INTERFACE, _ABSTRACT = 0x20, 0x80
_EVERYBODYS = ("object", "System.")


@frozen
class ConcreteClass:
    """A public class that is not abstract."""

    interfaces: tuple[str, ...]
    """What it and its bases in the same assembly declare."""
    foreign_base: str
    """The simple name of the assembly with the base that lies outside; nothing for .NET's own."""


def concrete_classes(tables: Tables) -> dict[str, ConcreteClass]:
    """The public concrete classes by their full names, in the order of the metadata."""
    return dict(_Classes(tables).all())


class _Classes:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._signatures = Signatures(tables)
        self._rows = dict(enumerate(tables.rows(TYPE_DEF), 1))
        self._numbers = {
            self._signatures.type_name(Token(TYPE_DEF, number)): number for number in self._rows
        }
        # A generic base is named with what it is made of; by its plain name it is found again.
        self._generic = {
            name.partition("`")[0]: number for name, number in self._numbers.items() if "`" in name
        }
        self._declared: dict[int, list[str]] = {}
        for row in tables.rows(INTERFACE_IMPL):
            interface = tables.token(row, "Interface")
            if interface.table in (TYPE_DEF, TYPE_REF):
                owner = self._declared.setdefault(tables.token(row, "Class").row, [])
                owner.append(self._signatures.type_name(interface))

    def all(self) -> Iterator[tuple[str, ConcreteClass]]:
        for name, number in self._numbers.items():
            flags = self._tables.number(self._rows[number], "Flags")
            if flags & VISIBILITY == _PUBLIC and not flags & (_INTERFACE | _ABSTRACT):
                yield name, self._class(number)

    def _class(self, number: int) -> ConcreteClass:
        interfaces = list(self._declared.get(number, ()))
        seen = {number}
        while True:
            extends = self._tables.token(self._rows[number], "Extends")
            base = self._here(extends)
            if base is None or base in seen:
                return ConcreteClass(tuple(dict.fromkeys(interfaces)), self._elsewhere(extends))
            seen.add(base)
            interfaces += self._declared.get(base, ())
            number = base

    def _here(self, extends: Token) -> int | None:
        if extends.row == 0:
            return None
        name = self._signatures.type_name(extends)
        return self._numbers.get(name) or self._generic.get(name.partition("<")[0])

    def _elsewhere(self, extends: Token) -> str:
        if extends.table != TYPE_REF or self._signatures.type_name(extends).startswith(_EVERYBODYS):
            return ""
        row: Row = self._tables.row(*extends)
        scope = self._tables.token(row, "Scope")
        if scope.table != ASSEMBLY_REF or scope.row == 0:
            return ""
        return self._tables.text(self._tables.row(*scope), "Name")
