"""Which types an assembly has and which it uses of others, so that what is missing shows early."""

from pathlib import Path

from ecma2py.clr.metadata.classes import VISIBILITY
from ecma2py.clr.metadata.image import Image, damage_told
from ecma2py.clr.metadata.tables import (
    ASSEMBLY_REF,
    EXPORTED_TYPE,
    TYPE_DEF,
    TYPE_REF,
    Row,
    Tables,
)

NESTED = 2
"""The first of the visibilities that a nested type has."""


def defined_types(path: Path) -> dict[str, str]:
    """The types in an assembly by full name, each with the assembly that it is passed on to.

    That is nothing for a type which is in the file itself. Nested types are left out. Raises
    ``NotAnAssemblyError`` and ``OSError``.
    """
    image = Image.read(path)
    with damage_told(path):
        tables = Tables(image)
        forwarded = {
            _full_name(tables, row): tables.text(tables.row(*target), "Name")
            for row in tables.rows(EXPORTED_TYPE)
            if (target := tables.token(row, "Implementation")).table == ASSEMBLY_REF
        }
        return forwarded | {
            _full_name(tables, row): ""
            for row in tables.rows(TYPE_DEF)
            if tables.number(row, "Flags") & VISIBILITY < NESTED
        }


def used_types(path: Path) -> dict[str, frozenset[str]]:
    """The full names of the types that an assembly uses, by the simple name of whose they are.

    Nested types are left out. Raises ``NotAnAssemblyError`` and ``OSError``.
    """
    image = Image.read(path)
    used: dict[str, set[str]] = {}
    with damage_told(path):
        tables = Tables(image)
        for row in tables.rows(TYPE_REF):
            scope = tables.token(row, "Scope")
            if scope.table == ASSEMBLY_REF and scope.row:
                owner = tables.text(tables.row(*scope), "Name")
                used.setdefault(owner, set()).add(_full_name(tables, row))
    return {owner: frozenset(names) for owner, names in used.items()}


def _full_name(tables: Tables, row: Row) -> str:
    namespace, name = tables.text(row, "Namespace"), tables.text(row, "Name")
    return f"{namespace}.{name}" if namespace else name
