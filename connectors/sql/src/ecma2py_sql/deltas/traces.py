"""Rows that tell of changed objects: of a history, of a multi-valued table, of change tracking.

They are joined to the rows of the objects by the database, whose rules of what is equal hold: a key
that differs by case or by trailing spaces alone must not be taken for that of a removed object.
"""

from typing import Any

from attrs import field, frozen

from ecma2py_sql.deltas.objects import Objects
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.importing.selection import Conditions
from ecma2py_sql.mapping.mapped import MappedTable

ALIAS = "h"
"""What the rows that tell are called in a statement."""


@frozen
class Trace:
    """Some rows, each of which holds the anchor of an object that may have changed."""

    source: str
    """What stands in FROM, named ``h``."""
    key: tuple[Column, ...]
    """In the order of the anchor."""
    which: Conditions = field(factory=Conditions)
    """Which of the rows are meant; its parameters come after those of the source, if it has any."""

    @classmethod
    def of_child(cls, session: Session, child: MappedTable, which: Conditions) -> "Trace":
        """Rows of a multi-valued table."""
        return cls(f"{session.quote(*child.table.qualified)} {ALIAS}", child.key, which)

    def touched(self, objects: Objects) -> Conditions:
        """What the rows of the objects satisfy that are told of."""
        texts = " AND ".join((self._joined(objects), *self.which.texts))
        return Conditions(
            (f"EXISTS (SELECT 1 FROM {self.source} WHERE {texts})",), self.which.parameters
        )

    def gone(self, objects: Objects) -> list[tuple[Any, ...]]:
        """The anchors told of that no object has any more."""
        session = objects.session
        names = [_quoted(session, each) for each in self.key]
        chosen = ", ".join(
            session.dialect.selected(name, each.column)
            for name, each in zip(names, objects.mapped.anchor, strict=True)
        )
        there = Conditions((self._joined(objects),)) & objects.alive
        texts = [
            *self.which.texts,
            *(f"{name} IS NOT NULL" for name in names),
            f"NOT EXISTS (SELECT 1 FROM {objects.rows.table} WHERE {' AND '.join(there.texts)})",
        ]
        sql = f"SELECT DISTINCT {chosen} FROM {self.source} WHERE {' AND '.join(texts)}"
        return list(map(tuple, session.rows(sql, self.which.parameters + there.parameters)))

    def _joined(self, objects: Objects) -> str:
        return " AND ".join(
            f"{_quoted(objects.session, each)} = {owner}"
            for each, owner in zip(self.key, objects.rows.key, strict=True)
        )


def _quoted(session: Session, column: Column) -> str:
    return f"{ALIAS}.{session.quote(column.name)}"
