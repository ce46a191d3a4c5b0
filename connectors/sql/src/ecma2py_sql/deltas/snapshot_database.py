"""Deltas by a snapshot database of SQL Server: the table, compared with itself as it was.

The administrator makes the snapshot before a full import: ``CREATE DATABASE ... AS SNAPSHOT OF``.
A delta tells the objects that differ from it, and those that it told before and that differ no
more; what each was when it was told last is kept by its digest, so that nothing is told twice. The
longer a snapshot stays, the more differs from it: replace it, and run a full import. A delta
against another snapshot than the full import saw would lose what changed between the two, and so
would a change that is made and taken back while a full import reads.

SQL Server compares no columns of the types text, ntext, image and xml: leave them out of 'columns'.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from attrs import define, field

from ecma2py.entries import CSEntryChange, ObjectModificationType
from ecma2py.errors import InvalidParameterError
from ecma2py_sql.deltas import marked
from ecma2py_sql.deltas.kept import digest, no_watermark, tagged, untagged
from ecma2py_sql.deltas.traces import ALIAS, Trace
from ecma2py_sql.deltas.tracker import Tracker
from ecma2py_sql.drivers.catalogue import Table
from ecma2py_sql.importing.selection import Conditions
from ecma2py_sql.mapping.mapped import MappedTable
from ecma2py_sql.mapping.settings import PARAMETER

MOST_TOLD = 10_000
"""More objects than this that differ from a snapshot are not kept: it has served its time."""

_CREATED = "SELECT create_date FROM sys.databases WHERE name = ? AND source_database_id IS NOT NULL"


@define
class SnapshotTracker(Tracker):
    """Tells the objects that differ from a snapshot, or did so when they were told last."""

    _before: str = field(default="", init=False)
    _created: str = field(default="", init=False)
    _told: dict[str, str] = field(factory=dict, init=False)
    """By key, the digest of what was told last; empty if it was in a full import."""

    def begin(self) -> None:
        name = self.delta.settings.source
        rows = self.objects.session.rows(_CREATED, (name,))
        if not rows:
            raise InvalidParameterError(
                f"[{self.objects.mapped.name}] delta: there is no snapshot database {name!r}, or "
                "the account may not see it: make it with CREATE DATABASE ... AS SNAPSHOT OF.",
                parameter_name=PARAMETER,
            )
        created = rows[0][0]
        self._created = created.isoformat() if isinstance(created, datetime) else str(created)

    def end(self) -> None:
        differing = self.objects.keys(self.objects.alive & self._differing(), MOST_TOLD + 1)
        gone = self._in_snapshot().gone(self.objects)
        self._told = dict.fromkeys(map(_line, [*differing, *gone]), "")

    def resume(self, state: Any) -> None:
        self._before = str(state["created"])
        self._told = dict(state["told"])

    def changes(self) -> Iterator[CSEntryChange]:
        self.begin()
        name = self.objects.mapped.name
        if self._before != self._created:
            raise no_watermark(name, "is of an earlier snapshot than the one that is there")
        if len(self._told) > MOST_TOLD:
            raise no_watermark(name, f"is of a snapshot that {len(self._told)} objects differ from")
        left = dict.fromkeys(self._told)
        objects = self.objects
        objects.run.reading()
        for key in self._in_snapshot().gone(objects):
            left.pop(_line(key), None)
            yield from self._news(_line(key), objects.gone(key))
        for row, entry in objects.some(self._differing()):
            line = _line(objects.selected.key(row))
            left.pop(line, None)
            yield from self._news(line, entry)
        for line in left:
            yield from self._news(line, self._as_it_is(line))

    def state(self) -> Any:
        return {"created": self._created, "told": self._told}

    def _news(self, line: str, entry: CSEntryChange) -> Iterator[CSEntryChange]:
        found = digest(entry).hex()
        if self._told.get(line) != found:
            self._told[line] = found
            yield entry

    def _as_it_is(self, line: str) -> CSEntryChange:
        """The object with this key; its Delete if there is none any more."""
        key = [untagged(each) for each in json.loads(line)]
        texts = tuple(f"{column} = ?" for column in self.objects.rows.key)
        parameters = tuple(map(self.objects.session.dialect.parameter, key))
        for _, entry in self.objects.some(Conditions(texts, parameters)):
            assert entry.object_modification_type is ObjectModificationType.REPLACE
            return entry
        return self.objects.gone(key)

    def _then(self, table: Table) -> str:
        """*table* in the snapshot database."""
        schema = table.schema or "dbo"
        return self.objects.session.quote(self.delta.settings.source, schema, table.name)

    def _in_snapshot(self) -> Trace:
        """The rows of objects that were there."""
        mapped, session = self.objects.mapped, self.objects.session
        there = marked.alive(session, mapped, lambda name: f"{ALIAS}.{session.quote(name)}")
        return Trace(
            f"{self._then(mapped.table)} {ALIAS}",
            tuple(each.column for each in mapped.anchor),
            there,
        )

    def _differing(self) -> Conditions:
        """The rows that are not just as they were, or whose values are not."""
        objects, quote = self.objects, self.objects.session.quote
        columns = [each.name for each in objects.selected.all]
        if self.delta.deleted is not None:
            columns.append(self.delta.deleted.name)
        now = ", ".join(map(objects.rows.quoted, columns))
        then = ", ".join(f"{ALIAS}.{quote(name)}" for name in columns)
        names = [each.column.name for each in objects.mapped.anchor]
        joined = " AND ".join(
            f"{ALIAS}.{quote(name)} = {owner}"
            for name, owner in zip(names, objects.rows.key, strict=True)
        )
        # INTERSECT takes two NULLs for equal, which = does not.
        same = (
            f"EXISTS (SELECT 1 FROM {self._then(objects.mapped.table)} {ALIAS}"
            f" WHERE {joined} AND EXISTS (SELECT {then} INTERSECT SELECT {now}))"
        )
        choices = [Conditions((f"NOT {same}",))]
        for child in objects.selected.children:
            live = quote(*child.table.qualified)
            for one, other in ((live, self._then(child.table)), (self._then(child.table), live)):
                text = f"EXISTS ({self._values(child, one)} EXCEPT {self._values(child, other)})"
                choices.append(Conditions((text,)))
        return Conditions.any_of(choices)

    def _values(self, child: MappedTable, table: str) -> str:
        quote = self.objects.session.quote
        joined = " AND ".join(
            f"{ALIAS}.{quote(key.name)} = {owner}"
            for key, owner in zip(child.key, self.objects.rows.key, strict=True)
        )
        chosen = ", ".join(f"{ALIAS}.{quote(each.name)}" for each in child.all_columns)
        return f"SELECT {chosen} FROM {table} {ALIAS} WHERE {joined}"


def _line(key: tuple[Any, ...]) -> str:
    return json.dumps([tagged(each) for each in key], separators=(",", ":"))
