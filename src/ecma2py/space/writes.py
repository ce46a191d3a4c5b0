"""Write-through: what the connector has accepted is in the space before anybody hears of it."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import orjson
from attrs import frozen

from ecma2py.entries import AttributeChange, CSEntryChange, ObjectModificationType, apply_change
from ecma2py.schema import Value, Values
from ecma2py.space.catalog import Catalog
from ecma2py.space.database import now, placeholders
from ecma2py.space.documents import (
    Document,
    TypePlan,
    decode_anchor,
    document_hash,
    encode,
    encode_anchor,
    redone,
    shifted,
)
from ecma2py.space.errors import SpaceValueError
from ecma2py.space.history import about, store_audit
from ecma2py.space.indexes import Indexes, entries_of
from ecma2py.space.links import LinkWriter
from ecma2py.space.names import take_name
from ecma2py.space.records import AuditRecord, SpaceObject, Write
from ecma2py.space.younger import Trace, YoungerLog

_QUERY_LIMIT = 500
_STORED = "SELECT row, type, id, key, digest, version, created, modified, dn, anchor, document"


@frozen
class Stored:
    """A row of the object table."""

    row: int
    type_id: int
    id: str
    key: str
    digest: bytes
    version: int
    created: str
    modified: str
    dn: str | None
    anchor: bytes
    document: bytes


@frozen(kw_only=True)
class _After:
    """What an object is to become."""

    plan: TypePlan
    key: str
    anchor: bytes
    dn: str | None
    document: bytes
    values: Document
    """What the document says."""
    links: dict[str, tuple[str, ...]]
    """The attributes whose references are given as a whole."""
    link_changes: list[AttributeChange]


class WriteBatch:
    """Some accepted changes in one write transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        catalog: Catalog,
        indexes: Indexes,
        *,
        audit_limit: int,
    ) -> None:
        self._connection = connection
        self._catalog = catalog
        self._indexes = indexes
        self._audit_limit = audit_limit
        clock, import_clock, newest_index = connection.execute(
            "SELECT clock, import_clock, coalesce((SELECT max(id) FROM indexes), 0) FROM state"
        ).fetchone()
        indexes.refresh(connection, newest_index)
        self._clock: int = clock + 1
        self._now = now()
        self._links = LinkWriter(connection, catalog.attribute_ids, catalog.reference_key)
        self._log = YoungerLog(connection, self._clock, wanted=import_clock is not None)
        self._counts: dict[int, int] = {}
        self._audit: list[AuditRecord] = []
        self._known: dict[str, Stored] = {}
        """Rows by id that were read together and that no write of this batch can have changed."""
        self._rows: list[tuple[bytes, int, str, bytes, int]] = []
        """What rows are to hold, written together before anything is read again."""
        self._keys: list[tuple[int, str, int]] = []
        """What new rows are looked up by, written together before any other is."""

    def apply(self, writes: Sequence[Write]) -> list[SpaceObject | None]:
        """The objects as they are now, in the order of *writes*; None for those removed."""
        self._read_together([write.id for write in writes if write.id is not None])
        applied = [self._applied(write) for write in writes]
        self._write_rows()
        self._write_keys()
        self._connection.execute("UPDATE state SET clock = ?", (self._clock,))
        self._connection.executemany(
            "UPDATE types SET objects = objects + ? WHERE id = ?",
            [(change, type_id) for type_id, change in self._counts.items()],
        )
        store_audit(self._connection, self._audit, self._audit_limit)
        return applied

    def _applied(self, write: Write) -> SpaceObject | None:
        change = write.change
        stored = self._located(write)
        if change.object_modification_type is ObjectModificationType.DELETE:
            self._delete(change, stored)
            self._note_audit(write, stored, None)
            return None
        type_name = self._catalog.type_names[stored.type_id] if stored else change.object_type
        after = self._after(write, self._catalog.plan(type_name), stored)
        if stored is None:
            made = self._insert(after, write.id)
        else:
            is_update = change.object_modification_type is ObjectModificationType.UPDATE
            made = self._update(stored, after, change.changes if is_update else None)
        self._log_change(change, made, stored, after)
        self._note_audit(write, stored, made)
        return made

    def _located(self, write: Write) -> Stored | None:
        """The object the change is about: by its id, else by its anchor, else by its DN."""
        change = write.change
        found = None
        if write.id is not None:
            found = self._known.pop(write.id, None) or self._stored("id", write.id)
        if found is None and change.anchor and change.object_type is not None:
            plan = self._catalog.plan(change.object_type)
            found = self._stored("key", self._catalog.key(plan, change.anchor, change.dn))
        if found is None and change.dn and not change.anchor:
            found = self._stored("ref_key", self._catalog.reference_key(change.dn))
        return found

    def _read_together(self, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), _QUERY_LIMIT):
            some = ids[start : start + _QUERY_LIMIT]
            sql = f"{_STORED} FROM objects WHERE id IN ({placeholders(len(some))})"
            for row in self._connection.execute(sql, some).fetchall():
                stored = Stored(*row)
                self._known[stored.id] = stored

    def _write_rows(self) -> None:
        """Digest, version, time and document of rows whose names stay as they are."""
        if self._rows:
            self._connection.executemany(
                "UPDATE objects SET digest = ?, version = ?, modified = ?, document = ? "
                "WHERE row = ?",
                self._rows,
            )
            self._rows.clear()

    def _stored(self, column: str, value: str) -> Stored | None:
        self._write_rows()
        sql = f"{_STORED} FROM objects WHERE {column} = ?"
        row = self._connection.execute(sql, (value,)).fetchone()
        if row is None:
            return None
        stored = Stored(*row)
        # Whoever asked is about to change it: what was read ahead of that does not count.
        self._known.pop(stored.id, None)
        return stored

    # What an object becomes.

    def _after(self, write: Write, plan: TypePlan, stored: Stored | None) -> _After:
        change = write.change
        before = plan.typed(stored.document) if stored is not None else {}
        whole = change.object_modification_type is not ObjectModificationType.UPDATE
        link_changes = [] if whole else [c for c in change.changes.values() if c.name in plan.links]
        attributes = _attributes(plan, change, before)
        attributes = conformed(plan, attributes, attributes if whole else change.changes)
        anchor = self._anchor(write, plan, stored, attributes)
        held_dn = stored.dn if stored is not None else None
        dn = self._catalog.kept_dn(write.new_dn or change.new_dn or held_dn or change.dn)
        document, links = plan.written(anchor, attributes)
        replaced = change.object_modification_type is ObjectModificationType.REPLACE
        kept = plan.import_only if replaced else ()
        return _After(
            plan=plan,
            key=self._catalog.key(plan, anchor, dn),
            anchor=encode_anchor(anchor),
            dn=dn,
            document=encode(document),
            values=document,
            links={
                name: texts
                for name, texts in links.items()
                if whole and (name in attributes or (replaced and name not in kept))
            },
            link_changes=link_changes,
        )

    @staticmethod
    def _anchor(
        write: Write, plan: TypePlan, stored: Stored | None, attributes: dict[str, Values]
    ) -> dict[str, Value]:
        if stored is not None:
            anchor = decode_anchor(stored.anchor)
        else:
            given = ((name, attributes.get(name)) for name in plan.anchor_names)
            anchor = {n: v for n, v in given if v is not None and not isinstance(v, (list, tuple))}
            anchor.update(write.change.anchor)
        anchor.update(write.new_anchor or {})
        return anchor

    # Putting it into the file.

    def _insert(self, after: _After, id: str | None) -> SpaceObject:
        made = self._inserted(after, id or self._catalog.new_id(after.key))
        if made is None:
            # The connected system gives the anchor of an object it no longer has to a new one.
            gone = self._stored("key", after.key)
            if gone is not None:
                self._remove(gone)
            is_free = id is not None and self._stored("id", id) is None
            free = id if id and is_free else self._catalog.free_id(self._connection, after.key)
            made = self._inserted(after, free)
            assert made is not None
        self._counts[made.type_id] = self._counts.get(made.type_id, 0) + 1
        entries = entries_of(self._indexes.of_type(made.type_id), after.values)
        self._keys += [(*entry, made.row) for entry in entries]
        self._take_name(made.row, after)
        return self._update(made, after)

    def _inserted(self, after: _After, id: str) -> Stored | None:
        """The new row; None if its key or its id is taken."""
        digest = document_hash(after.document, after.dn)
        done = self._connection.execute(
            "INSERT INTO objects(type, id, key, digest, version, created, modified, ref_key, dn, "
            "anchor, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                *(after.plan.type_id, id, after.key, digest, self._clock, self._now, self._now),
                self._catalog.object_key(after.key, after.dn),
                *(after.dn, after.anchor, after.document),
            ),
        )
        if not done.rowcount or done.lastrowid is None:
            return None
        return Stored(
            done.lastrowid,
            after.plan.type_id,
            id,
            after.key,
            digest,
            self._clock,
            self._now,
            self._now,
            after.dn,
            after.anchor,
            after.document,
        )

    def _is_unindexed(self, type_id: int, changed: Collection[str] | None) -> bool:
        """True if only these attributes changed, and no index is about one of them."""
        return changed is not None and all(
            index.attribute not in changed for index in self._indexes.of_type(type_id)
        )

    def _update(
        self, stored: Stored, after: _After, changed: Collection[str] | None = None
    ) -> SpaceObject:
        if after.key != stored.key:
            holder = self._stored("key", after.key)
            if holder is not None:
                self._remove(holder)
        linked = sum(self._links.put(stored.row, n, texts) for n, texts in after.links.items())
        linked += sum(self._links.change(stored.row, each) for each in after.link_changes)
        digest = document_hash(after.document, after.dn)
        if after.plan.links:
            digest = redone(stored.digest, document_hash(stored.document, stored.dn), digest)
        digest = shifted(digest, linked)
        same = (digest, after.key, after.dn, after.anchor) == (
            stored.digest,
            stored.key,
            stored.dn,
            stored.anchor,
        )
        ref_key = self._catalog.object_key(after.key, after.dn)
        version, modified = stored.version, stored.modified
        if not same:
            version, modified = self._clock, self._now
            self._put_row(stored, after, digest, ref_key)
            if after.key != stored.key or not self._is_unindexed(stored.type_id, changed):
                self._index(stored.row, stored.type_id, stored.document, after.document)
        if (after.key, after.dn) != (stored.key, stored.dn):
            self._take_name(stored.row, after)
        return SpaceObject(
            stored.id,
            after.plan.name,
            stored.row,
            version,
            stored.created,
            modified,
            after.dn,
            after.key,
            after.anchor,
            after.document,
        )

    def _take_name(self, row: int, after: _After) -> None:
        """Leave the DN, if there is one, to the object in *row* alone."""
        ref_key = self._catalog.object_key(after.key, after.dn)
        if after.dn is None or ref_key is None:
            return
        self._write_rows()
        if take_name(self._connection, row, ref_key, self._clock):
            self._known.clear()

    def _put_row(self, stored: Stored, after: _After, digest: bytes, ref_key: str | None) -> None:
        """Write the row anew; SQLite writes the indexes of all columns that a statement names."""
        written = (digest, self._clock, self._now, after.document)
        if (after.key, after.dn, after.anchor) == (stored.key, stored.dn, stored.anchor):
            self._rows.append((*written, stored.row))
            return
        self._connection.execute(
            "UPDATE objects SET digest = ?, version = ?, modified = ?, document = ?, "
            "key = ?, ref_key = ?, dn = ?, anchor = ? WHERE row = ?",
            (*written, after.key, ref_key, after.dn, after.anchor, stored.row),
        )

    def _delete(self, change: CSEntryChange, stored: Stored | None) -> None:
        if stored is not None:
            self._remove(stored)
        elif change.object_type is not None and (change.anchor or change.dn):
            plan = self._catalog.plan(change.object_type)
            self._log.note(self._catalog.key(plan, change.anchor, change.dn), 0, Trace.GONE)

    def _remove(self, stored: Stored) -> None:
        self._known.pop(stored.id, None)
        self._connection.execute("DELETE FROM objects WHERE row = ?", (stored.row,))
        self._connection.execute("DELETE FROM links WHERE row = ?", (stored.row,))
        self._index(stored.row, stored.type_id, stored.document, None)
        self._counts[stored.type_id] = self._counts.get(stored.type_id, 0) - 1
        self._log.note(stored.key, stored.row, Trace.GONE)

    def _write_keys(self) -> None:
        self._connection.executemany("INSERT OR IGNORE INTO lookup VALUES (?, ?, ?)", self._keys)
        self._keys.clear()

    def _index(self, row: int, type_id: int, before: bytes, after: bytes | None) -> None:
        if before == after:
            return
        self._write_keys()
        held = orjson.loads(before)
        given = orjson.loads(after) if after is not None else {}
        indexes = [
            index
            for index in self._indexes.of_type(type_id)
            if held.get(index.attribute) != given.get(index.attribute)
        ]
        if not indexes:
            return
        old, new = set(entries_of(indexes, held)), set(entries_of(indexes, given))
        self._connection.executemany(
            "DELETE FROM lookup WHERE idx = ? AND key = ? AND row = ?",
            [(*entry, row) for entry in old - new],
        )
        self._keys += [(*entry, row) for entry in new - old]

    # Remembering it.

    def _log_change(
        self, change: CSEntryChange, made: SpaceObject, stored: Stored | None, after: _After
    ) -> None:
        log = self._log
        if not log.wanted:
            return
        moved = stored is not None and stored.key != after.key
        if moved:
            assert stored is not None
            log.note(stored.key, made.row, Trace.GONE)
        if moved or change.object_modification_type is ObjectModificationType.REPLACE:
            log.note(made.key, made.row, Trace.WHOLE)
            return
        names = [each for each in change.changed_attribute_names if each in after.plan.known]
        log.note(made.key, made.row, Trace.ATTRIBUTE, names)
        if stored is None or stored.dn != after.dn or change.new_dn is not None:
            log.note(made.key, made.row, Trace.NAME)

    def _note_audit(self, write: Write, stored: Stored | None, made: SpaceObject | None) -> None:
        if write.audit is None:
            return
        names = self._catalog.type_names
        if made is not None:
            kind, id, target = made.object_type, made.id, made.reference
        elif stored is not None:
            target = stored.dn or stored.key.partition(":")[2]
            kind, id = names[stored.type_id], stored.id
        else:
            kind, id, target = write.change.object_type or "", write.id or "", write.change.dn or ""
        self._audit.append(about(write.audit, object_type=kind, object_id=id, target=target))


def _attributes(plan: TypePlan, change: CSEntryChange, before: dict[str, Any]) -> dict[str, Values]:
    """The attributes after the change, links only where the change gives them as a whole."""
    kind = change.object_modification_type
    if kind is ObjectModificationType.ADD:
        return {**before, **change.attributes}
    if kind is ObjectModificationType.REPLACE:
        kept = {name: before[name] for name in plan.import_only if name in before}
        return {**change.attributes, **kept}
    if kind is not ObjectModificationType.UPDATE:
        raise SpaceValueError(f"{kind.name} is no change: use ADD, REPLACE, UPDATE or DELETE.")
    if not plan.links or change.changes.keys().isdisjoint(plan.links):
        return apply_change(before, change)
    others = [each for each in change.changes.values() if each.name not in plan.links]
    return apply_change(before, CSEntryChange.update(plan.name, {}, changes=others))


def conformed(
    plan: TypePlan, attributes: dict[str, Values], names: Iterable[str]
) -> dict[str, Values]:
    """The attributes with one value where the schema allows but one, among *names*."""
    single = {
        name: values
        for name in names
        if isinstance(values := attributes.get(name), (list, tuple))
        and name in plan.known
        and name not in plan.sets
    }
    if not single:
        return attributes
    plain = {name: values for name, values in attributes.items() if name not in single}
    plain.update((name, values[0]) for name, values in single.items() if values)
    return plain
