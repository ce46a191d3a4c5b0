"""An import never undoes a younger export: what exports wrote since is laid over what it read.

Attribute by attribute the younger side wins.
"""

import sqlite3

import orjson
from attrs import frozen

from ecma2py.space.catalog import Catalog
from ecma2py.space.documents import document_hash, encode, links_hash, shifted
from ecma2py.space.indexes import Indexes, entries_of
from ecma2py.space.stagefile import drop_links, drop_staged, put_keys
from ecma2py.space.younger import Trace, YoungerWrites, traced_keys, writes_after


@frozen
class _Staged:
    seq: int
    key: str
    type_id: int
    dn: str | None
    document: bytes | None
    clock: int


@frozen
class _Live:
    row: int
    digest: bytes
    dn: str | None
    document: bytes


@frozen
class Overlay:
    """Lays exports over a stage; while an import is committed both connections are one."""

    live: sqlite3.Connection
    stage: sqlite3.Connection
    catalog: Catalog
    indexes: Indexes

    def lay_all(self) -> None:
        """Lay all that exports wrote since the import began over what it staged."""
        for key in traced_keys(self.live):
            self.lay_one(key)

    def lay_one(self, key: str) -> bool:
        """Lay what exports wrote over one staged object; False if there was nothing to do."""
        row = self.stage.execute(
            "SELECT seq, key, type, dn, document, clock FROM staged WHERE key = ?", (key,)
        ).fetchone()
        if row is None:
            return False
        staged = _Staged(*row)
        writes = writes_after(self.live, key, staged.clock)
        if not writes.traces:
            return False
        found = self.live.execute(
            "SELECT row, digest, dn, document FROM objects WHERE key = ?", (key,)
        ).fetchone()
        if found is None or staged.document is None or writes.traces & {Trace.WHOLE, Trace.GONE}:
            drop_staged(self.stage, [staged.seq])
        else:
            self._merge(staged, staged.document, _Live(*found), writes)
        return True

    def _merge(self, staged: _Staged, encoded: bytes, live: _Live, writes: YoungerWrites) -> None:
        plan = self.catalog.plan(self.catalog.type_names[staged.type_id])
        document, newer = orjson.loads(encoded), orjson.loads(live.document)
        for name in writes.attributes:
            document.pop(name, None)
            if name in newer:
                document[name] = newer[name]
        for name in writes.attributes & set(plan.links):
            drop_links(self.stage, staged.seq, self.catalog.attribute_ids[name])
        dn = live.dn if Trace.NAME in writes.traces else staged.dn
        merged = encode(document)
        linked = sum(self._links_hash(staged.seq, live.row, name) for name in plan.links)
        digest = shifted(document_hash(merged, dn), linked)
        if digest == live.digest:
            drop_staged(self.stage, [staged.seq])
            return
        self.stage.execute(
            "UPDATE staged SET row = ?, digest = ?, ref_key = ?, dn = ?, document = ? "
            "WHERE seq = ?",
            (
                *(live.row, digest, self.catalog.object_key(staged.key, dn), dn),
                *(merged, staged.seq),
            ),
        )
        self.stage.execute("DELETE FROM staged_keys WHERE seq = ?", (staged.seq,))
        entries = entries_of(self.indexes.of_type(staged.type_id), document)
        put_keys(self.stage, [(staged.seq, *entry) for entry in entries])

    def _links_hash(self, seq: int, row: int, name: str) -> int:
        number = self.catalog.attribute_ids[name]
        whole = self.stage.execute(
            "SELECT 1 FROM staged_sets WHERE seq = ? AND attribute = ?", (seq, number)
        ).fetchone()
        if whole is not None:
            sql = "SELECT text FROM staged_links WHERE seq = ? AND attribute = ?"
            rows = self.stage.execute(sql, (seq, number))
        else:
            sql = "SELECT text FROM links WHERE row = ? AND attribute = ?"
            rows = self.live.execute(sql, (row, number))
        return links_hash(name, (text for (text,) in rows))
