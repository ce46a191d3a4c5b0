"""The one transaction in which an import becomes the space.

Exports that were written meanwhile are laid over what was staged; then objects go, change and
come, each by a few statements over all of them, and the watermark is set with them.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

import orjson

from ecma2py.space.catalog import Catalog
from ecma2py.space.database import now
from ecma2py.space.errors import SpaceBusyError
from ecma2py.space.history import store_watermark
from ecma2py.space.indexes import Index, Indexes, entries_of
from ecma2py.space.migrations import OBJECT_INDEXES
from ecma2py.space.names import settle_names
from ecma2py.space.overlay import Overlay
from ecma2py.space.records import CommitReport
from ecma2py.space.stagefile import SEARCHES, ImportJob, put_keys
from ecma2py.space.younger import forget_writes, traced_keys

_CHUNK = 500
_BULK = 1_000
"""From so many new objects on, indexes may be cheaper to build anew than to keep up to date."""


class Merge:
    """Commits one import; its stage is attached to the connection."""

    def __init__(
        self, connection: sqlite3.Connection, catalog: Catalog, indexes: Indexes, job: ImportJob
    ) -> None:
        self._connection = connection
        self._catalog = catalog
        self._indexes = indexes
        self._job = job
        clock, token, newest_index = connection.execute(
            "SELECT clock, import_clock, coalesce((SELECT max(id) FROM indexes), 0) FROM state"
        ).fetchone()
        if token != job.token:
            raise SpaceBusyError("Another import has taken this one's place: run it again.")
        indexes.refresh(connection, newest_index)
        self._clock: int = clock + 1
        self._now = now()

    def overlay(self) -> None:
        """Let younger exports win, and drop what says only what the space holds already."""
        for name, columns in SEARCHES.items() if traced_keys(self._connection) else ():
            self._run(f"CREATE INDEX IF NOT EXISTS stage.{name} ON {columns}")
        Overlay(self._connection, self._connection, self._catalog, self._indexes).lay_all()
        self._run("DELETE FROM doomed WHERE row IN (SELECT row FROM younger)")
        # New objects are most of a large stage: every statement about others goes by this index.
        self._run(
            "CREATE INDEX IF NOT EXISTS stage.staged_row ON staged(row) WHERE row IS NOT NULL"
        )
        self._run(
            "DELETE FROM staged WHERE row IS NOT NULL AND gone = 0 AND EXISTS "
            "(SELECT 1 FROM objects o WHERE o.row = staged.row AND o.digest = staged.digest)"
        )
        self._run("DELETE FROM doomed WHERE row NOT IN (SELECT row FROM objects)")

    def implicit_deletes(self) -> int:
        """How many objects were not seen and no export has written."""
        return self._number("SELECT count(*) FROM doomed")

    def stored(self) -> int:
        """How many objects the space holds of the types this import is about."""
        types = ",".join(map(str, self._job.types))
        return self._number(f"SELECT coalesce(sum(objects), 0) FROM types WHERE id IN ({types})")

    def apply(self) -> CommitReport:
        """Change the space, set the watermark, and say what has been done."""
        unseen = self.implicit_deletes()
        ended = "FROM staged WHERE row IS NOT NULL AND gone = 1"
        self._run(f"INSERT OR IGNORE INTO doomed SELECT row {ended}")
        self._run(f"DELETE {ended}")
        deleted = self.implicit_deletes()
        updated = self._number("SELECT count(*) FROM staged WHERE row IS NOT NULL")
        added = self._number("SELECT count(*) FROM staged") - updated
        if added or updated or deleted:
            self._add_late_keys()
            self._remove_stale_keys()
            if deleted:
                self._delete()
            if updated:
                self._update()
            base = self._insert(added)
            self._put_keys_and_links(base)
            if self._catalog.has_names:
                settle_names(self._connection, self._clock)
            self._run(
                "UPDATE types SET objects = (SELECT count(*) FROM objects WHERE type = types.id)"
            )
        job = self._job
        if job.complete and job.watermark is not None:
            store_watermark(self._connection, job.kind, job.watermark, job.run_id)
        end_import(self._connection, self._clock)
        return CommitReport(
            added=added,
            updated=updated,
            deleted=deleted,
            unchanged=job.unchanged,
            would_delete=unseen,
        )

    def _run(self, sql: str, parameters: tuple[Any, ...] = ()) -> None:
        self._connection.execute(sql, parameters)

    def _number(self, sql: str) -> int:
        return int(self._connection.execute(sql).fetchone()[0])

    def _chunks(self, sql: str) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query over ascending numbers, a page at a time.

        *sql* takes the last number seen and the size of the page, and gives the number first.
        """
        after = 0
        while rows := self._connection.execute(sql, (after, _CHUNK)).fetchall():
            yield rows
            after = rows[-1][0]

    def _add_late_keys(self) -> None:
        """Stage the keys for indexes that were asked for while the import was under way."""
        late = self._indexes.numbers - set(self._job.indexes)
        if not late:
            return
        sql = "SELECT seq, type, document FROM staged WHERE seq > ? ORDER BY seq LIMIT ?"
        for rows in self._chunks(sql):
            put_keys(
                self._connection,
                [
                    (seq, *entry)
                    for seq, type_id, document in rows
                    for entry in self._entries(type_id, document)
                    if entry[0] in late
                ],
            )

    def _entries(self, type_id: int, document: bytes | None) -> list[tuple[int, str]]:
        indexes: tuple[Index, ...] = self._indexes.of_type(type_id)
        if document is None or not indexes:
            return []
        return entries_of(indexes, orjson.loads(document))

    def _remove_stale_keys(self) -> None:
        changed = (
            "SELECT o.row, o.type, o.document, s.document FROM staged s "
            "JOIN objects o ON o.row = s.row WHERE s.row > ? ORDER BY s.row LIMIT ?"
        )
        doomed = (
            "SELECT o.row, o.type, o.document, NULL FROM doomed d "
            "JOIN objects o ON o.row = d.row WHERE d.row > ? ORDER BY d.row LIMIT ?"
        )
        for sql in (changed, doomed):
            for rows in self._chunks(sql):
                stale = [
                    (*entry, row)
                    for row, type_id, before, after in rows
                    for entry in set(self._entries(type_id, before))
                    - set(self._entries(type_id, after))
                ]
                self._connection.executemany(
                    "DELETE FROM lookup WHERE idx = ? AND key = ? AND row = ?", stale
                )

    def _delete(self) -> None:
        self._run("DELETE FROM links WHERE row IN (SELECT row FROM doomed)")
        self._run("DELETE FROM objects WHERE row IN (SELECT row FROM doomed)")

    def _update(self) -> None:
        self._run(
            "UPDATE objects SET digest = s.digest, version = ?, modified = ?, dn = s.dn, "
            "ref_key = s.ref_key, anchor = s.anchor, document = s.document "
            "FROM staged s WHERE s.row = objects.row",
            (self._clock, self._now),
        )
        self._run(
            "DELETE FROM links WHERE (row, attribute, key) IN ("
            "SELECT k.row, k.attribute, k.key FROM staged s "
            "JOIN staged_sets m ON m.seq = s.seq "
            "JOIN links k ON k.row = s.row AND k.attribute = m.attribute "
            "LEFT JOIN staged_links l ON l.seq = s.seq AND l.attribute = k.attribute "
            "AND l.key = k.key AND l.text = k.text "
            "WHERE s.row IS NOT NULL AND l.seq IS NULL)"
        )

    def _insert(self, added: int) -> int:
        """Add the new objects; the number to add to an object's ``seq`` for its row."""
        base = self._number(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'objects'"
        )
        if not added:
            return base
        stored = self._number("SELECT count(*) FROM objects")
        if stored:
            self._settle_ids()
        bulk = added >= _BULK and added > 2 * stored
        if bulk:
            for name in OBJECT_INDEXES:
                self._run(f"DROP INDEX {name}")
        self._run(
            "INSERT INTO objects(row, type, id, key, digest, version, created, modified, ref_key, "
            "dn, anchor, document) SELECT ? + seq, type, id, key, digest, ?, ?, ?, ref_key, dn, "
            "anchor, document FROM staged WHERE row IS NULL ORDER BY seq",
            (base, self._clock, self._now, self._now),
        )
        if bulk:
            for definition in OBJECT_INDEXES.values():
                self._run(definition)
        return base

    def _settle_ids(self) -> None:
        """Give new objects whose id is taken, by one that was renamed away, another one."""
        taken = self._connection.execute(
            "SELECT s.seq, s.key FROM staged s JOIN objects o ON o.id = s.id WHERE s.row IS NULL"
        ).fetchall()
        for seq, key in taken:
            id = self._catalog.free_id(self._connection, key)
            self._run("UPDATE staged SET id = ? WHERE seq = ?", (id, seq))

    def _put_keys_and_links(self, base: int) -> None:
        self._run(
            "INSERT OR IGNORE INTO lookup SELECT k.idx, k.key, coalesce(s.row, ? + s.seq) "
            "FROM staged_keys k JOIN staged s ON s.seq = k.seq ORDER BY 1, 2, 3",
            (base,),
        )
        self._run(
            "INSERT OR IGNORE INTO links SELECT coalesce(s.row, ? + s.seq), l.attribute, l.key, "
            "l.text FROM staged_links l JOIN staged s ON s.seq = l.seq ORDER BY 1, 2, 3",
            (base,),
        )


def end_import(connection: sqlite3.Connection, clock: int) -> None:
    """No import is under way or held any more."""
    forget_writes(connection)
    connection.execute("UPDATE state SET clock = ?, import_clock = NULL, held = NULL", (clock,))
