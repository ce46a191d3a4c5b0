"""Look-up by value: which attributes have an index, what it holds, and how it comes to be.

All indexes live in one table of (index, key, row). An index that is not complete yet is kept up
to date like the others, but not used; a background thread fills it, a few milliseconds at a time.
"""

import sqlite3
import threading
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from attrs import field, frozen

from ecma2py.schema import AttributeType, Schema
from ecma2py.space.catalog import Catalog
from ecma2py.space.database import Database
from ecma2py.space.errors import SpaceError
from ecma2py.space.keys import KeyFunction, exact_key, folded_key
from ecma2py.space.records import MatchRule
from ecma2py.values import value_text

_CHUNK = 500
_PAUSE = 0.002
"""Seconds between two chunks, in which others may write."""
_RETRY = 1.0
"""Seconds before another try if the file could not be written."""


@frozen
class Index:
    """The index over one attribute of one type."""

    id: int
    type_id: int
    attribute: str
    kind: str
    """How its values compare: "exact", "folded" or "reference"."""
    complete: bool
    key: KeyFunction = field(repr=False, eq=False)

    def keys(self, document: Mapping[str, Any]) -> list[str]:
        """The keys an object with this document has in the index."""
        values = document.get(self.attribute)
        if values is None:
            return []
        if isinstance(values, (list, tuple)):
            return list({self.key(value) for value in values})
        return [self.key(values)]


class Indexes:
    """All indexes of a space."""

    def __init__(self, database: Database, catalog: Catalog, schema: Schema) -> None:
        self._database = database
        self._catalog = catalog
        self._schema = schema
        self._by_name: dict[tuple[str, str], Index] = {}
        self._by_type: dict[int, tuple[Index, ...]] = {}
        self._newest = 0
        self._asked: dict[tuple[str, str], str] = {}
        self._wanted = threading.Event()
        self._stopped = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._starting = threading.Lock()
        self._builder: threading.Thread | None = None

    def declare(self, connection: sqlite3.Connection, rules: Iterable[MatchRule]) -> None:
        """Create the indexes that matching and references need; inside a write transaction.

        An index whose comparison rule has changed is emptied and built anew, also one that a search
        asked for, or a rule that is no more.
        """
        kinds = {
            (rule.object_type, rule.attribute): self._kind(
                rule.object_type, rule.attribute, case_exact=rule.case_exact
            )
            for rule in rules
            if rule.object_type in self._catalog.plans
        }
        for plan in self._catalog.plans.values():
            kinds.update({(plan.name, name): "reference" for name in plan.references})
        for name in self._undeclared(connection) - kinds.keys():
            kinds[name] = self._kind(*name, case_exact=False)
        for (object_type, attribute), kind in kinds.items():
            self._create(connection, object_type, attribute, kind)
        self.load(connection)

    def _undeclared(self, connection: sqlite3.Connection) -> set[tuple[str, str]]:
        """The attributes of today's schema that have an index already, for whatever reason."""
        rows = connection.execute("SELECT type, attribute FROM indexes").fetchall()
        named = {(self._catalog.type_names[type_id], attribute) for type_id, attribute in rows}
        plans = self._catalog.plans
        return {(kind, name) for kind, name in named if kind in plans and name in plans[kind].known}

    def start(self) -> None:
        """Go on building what is not complete."""
        if any(not index.complete for index in self._by_name.values()):
            self._wake()

    def _create(
        self, connection: sqlite3.Connection, object_type: str, attribute: str, kind: str
    ) -> None:
        type_id = self._catalog.type_ids[object_type]
        row = connection.execute(
            "SELECT id, kind FROM indexes WHERE type = ? AND attribute = ?", (type_id, attribute)
        ).fetchone()
        if row is not None and row[1] == kind:
            return
        if row is not None:
            connection.execute("DELETE FROM lookup WHERE idx = ?", (row[0],))
            connection.execute("DELETE FROM indexes WHERE id = ?", (row[0],))
        empty = connection.execute(
            "SELECT NOT EXISTS (SELECT 1 FROM objects WHERE type = ?)", (type_id,)
        ).fetchone()[0]
        connection.execute(
            "INSERT INTO indexes(type, attribute, kind, built_to) VALUES (?, ?, ?, ?)",
            (type_id, attribute, kind, None if empty else 0),
        )

    def _kind(self, object_type: str, attribute: str, *, case_exact: bool) -> str:
        known = self._schema.types[object_type].attributes.get(attribute)
        if known is not None and known.data_type is AttributeType.REFERENCE:
            return "reference"
        return "folded" if not case_exact and self._is_text(known) else "exact"

    @staticmethod
    def _is_text(known: Any) -> bool:
        return known is None or known.data_type is AttributeType.STRING

    def _key_function(self, kind: str) -> KeyFunction:
        if kind == "reference":
            reference_key = self._catalog.reference_key
            return lambda value: reference_key(value_text(value))
        return folded_key if kind == "folded" else exact_key

    def load(self, connection: sqlite3.Connection) -> None:
        """Read the list of indexes from the file."""
        by_name: dict[tuple[str, str], Index] = {}
        by_type: dict[int, list[Index]] = {}
        rows = connection.execute(
            "SELECT id, type, attribute, kind, built_to IS NULL FROM indexes ORDER BY id"
        )
        for number, type_id, attribute, kind, complete in rows.fetchall():
            index = Index(
                number, type_id, attribute, kind, bool(complete), self._key_function(kind)
            )
            by_name[self._catalog.type_names[type_id], attribute] = index
            by_type.setdefault(type_id, []).append(index)
        self._by_name = by_name
        self._by_type = {type_id: tuple(each) for type_id, each in by_type.items()}
        self._newest = max((index.id for index in by_name.values()), default=0)

    def refresh(self, connection: sqlite3.Connection, newest: int) -> None:
        """Read the list again if another process has added an index, *newest* being the last."""
        if newest != self._newest:
            self.load(connection)

    def of_type(self, type_id: int) -> tuple[Index, ...]:
        """All indexes of a type, complete or not: each has to be kept up to date."""
        return self._by_type.get(type_id, ())

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of all indexes there are."""
        return frozenset(index.id for index in self._by_name.values())

    def usable(self, object_type: str, attribute: str) -> Index | None:
        """The index over an attribute; None if there is none yet, or not all of it."""
        index = self._by_name.get((object_type, attribute))
        return index if index is not None and index.complete else None

    def key_for(self, object_type: str, attribute: str) -> KeyFunction:
        """How values of an attribute compare, with or without an index."""
        index = self._by_name.get((object_type, attribute))
        if index is not None:
            return index.key
        return self._key_function(self._kind(object_type, attribute, case_exact=False))

    def want(self, object_type: str, attribute: str) -> None:
        """See to it that the attribute gets an index soon; unknown attributes get none.

        Returns at once: whoever reads does not wait for those who write.
        """
        name = (object_type, attribute)
        plan = self._catalog.plans.get(object_type)
        if name in self._by_name or name in self._asked:
            return
        if plan is not None and attribute in plan.known and attribute not in plan.links:
            self._asked[name] = self._kind(object_type, attribute, case_exact=False)
            self._wake()

    def wait(self, timeout: float | None = None) -> bool:
        """True once every index is complete; False if *timeout* seconds were not enough."""
        return self._idle.wait(timeout)

    def close(self) -> None:
        """Stop building; what is missing is built after the next opening."""
        self._stopped.set()
        self._wanted.set()
        builder = self._builder
        if builder is not None:
            builder.join()

    def _wake(self) -> None:
        with self._starting:
            self._idle.clear()
            self._wanted.set()
            if self._builder is None and not self._stopped.is_set():
                self._builder = threading.Thread(
                    target=self._build_all, name="space-indexes", daemon=True
                )
                self._builder.start()

    def _build_all(self) -> None:
        while not self._stopped.is_set():
            self._wanted.wait()
            self._wanted.clear()
            try:
                while not self._stopped.is_set() and self._build_some():
                    self._stopped.wait(_PAUSE)
            except SpaceError:
                # Somebody else holds the file, or the disk is full: searches stay correct without
                # the index, so there is time.
                self._stopped.wait(_RETRY)
                self._wanted.set()
            if not self._wanted.is_set():
                self._idle.set()

    def _build_some(self) -> bool:
        """Create what was asked for, or add one chunk of objects to the first incomplete index.

        False if there is nothing to do. Reading and adding are one write transaction, so that no
        change falls between them.
        """
        if self._asked:
            (object_type, attribute), kind = next(iter(self._asked.items()))
            with self._database.writing() as connection:
                self._create(connection, object_type, attribute, kind)
                self.load(connection)
            del self._asked[object_type, attribute]
            return True
        index = next((each for each in self._by_name.values() if not each.complete), None)
        if index is None:
            return False
        with self._database.writing() as connection:
            (built_to,) = connection.execute(
                "SELECT built_to FROM indexes WHERE id = ?", (index.id,)
            ).fetchone() or (None,)
            rows = connection.execute(
                "SELECT row, document FROM objects WHERE type = ? AND row > ? ORDER BY row LIMIT ?",
                (index.type_id, built_to or 0, _CHUNK),
            ).fetchall()
            connection.executemany(
                "INSERT OR IGNORE INTO lookup VALUES (?, ?, ?)",
                [
                    (index.id, key, row)
                    for row, document in rows
                    for key in index.keys(orjson.loads(document))
                ],
            )
            reached = rows[-1][0] if len(rows) == _CHUNK else None
            connection.execute("UPDATE indexes SET built_to = ? WHERE id = ?", (reached, index.id))
        # Only now can readers see what an index that is called complete holds.
        with self._database.reading() as reader:
            self.load(reader)
        return True


def entries_of(indexes: Iterable[Index], document: Mapping[str, Any]) -> list[tuple[int, str]]:
    """The (index, key) pairs an object with this document has."""
    entries = []
    for index in indexes:
        value = document.get(index.attribute)
        if value.__class__ is str:
            entries.append((index.id, index.key(value)))
        elif value is not None:
            entries.extend((index.id, key) for key in index.keys(document))
    return entries
