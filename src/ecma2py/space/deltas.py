"""Changes of objects, and their end: what a delta says builds on what is staged, or stored."""

from attrs import define

from ecma2py.entries import CSEntryChange, ObjectModificationType, apply_change
from ecma2py.space.catalog import Catalog
from ecma2py.space.database import Database
from ecma2py.space.documents import (
    decode_anchor,
    document_hash,
    encode,
    links_hash,
    redone,
    shifted,
)
from ecma2py.space.indexes import Indexes
from ecma2py.space.links import keyed
from ecma2py.space.live import Seen
from ecma2py.space.overlay import Overlay
from ecma2py.space.stagefile import StageFile
from ecma2py.space.stagewriter import Item, StageWriter
from ecma2py.space.writes import conformed


@define(eq=False)
class _Base:
    """What a change of an object builds on."""

    seq: int | None
    """Its number in the stage; None if it comes from the space."""
    row: int | None
    type_id: int
    key: str
    digest: bytes
    dn: str | None
    anchor: bytes
    document: bytes
    gone: int


class Deltas:
    """Takes the changes of one import."""

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        indexes: Indexes,
        *,
        stage: StageFile,
        writer: StageWriter,
        seen: Seen,
    ) -> None:
        self._database = database
        self._catalog = catalog
        self._indexes = indexes
        self._stage = stage
        self._writer = writer
        self._seen = seen

    def take(self, entry: CSEntryChange) -> bool:
        """Stage what *entry* changes or ends; False if its object is not there."""
        base = self._base(entry)
        if base is None:
            return False
        if entry.object_modification_type is ObjectModificationType.DELETE:
            if base.seq is not None:
                self._stage.drop([base.seq])
            if base.row is not None:
                self._writer.end(base.row, base.type_id, base.key)
            return True
        if base.gone:
            return False
        if base.row is not None:
            self._seen.add(base.row)
        self._update(entry, base)
        return True

    def _base(self, entry: CSEntryChange) -> _Base | None:
        """The object as staged before, else as stored; None if nobody knows it."""
        catalog = self._catalog
        if entry.object_type is not None and entry.anchor:
            key = catalog.key(catalog.plan(entry.object_type), entry.anchor, entry.dn)
            return self._staged("key", key) or self._stored("key", key)
        if entry.dn and not entry.anchor:
            name = catalog.reference_key(entry.dn)
            base = self._staged("ref_key", name) or self._stored("ref_key", name)
            return base and (self._staged("key", base.key) or base)
        for plan in catalog.plans.values():
            key = catalog.key(plan, entry.anchor, entry.dn)
            base = self._staged("key", key) or self._stored("key", key)
            if base is not None:
                return base
        return None

    def _staged(self, column: str, value: str) -> _Base | None:
        sql = (
            "SELECT seq, row, type, key, digest, dn, anchor, document, gone "
            f"FROM staged WHERE {column} = ?"
        )
        row = self._stage.connection.execute(sql, (value,)).fetchone()
        if row is None:
            return None
        # The clock of the object is about to move on: what exports wrote since it was staged has
        # to be in it before.
        base = _Base(*row)
        with self._database.reading() as reader:
            overlay = Overlay(reader, self._stage.connection, self._catalog, self._indexes)
            if not overlay.lay_one(base.key):
                return base
        laid = self._stage.connection.execute(sql, (value,)).fetchone()
        return _Base(*laid) if laid is not None else None

    def _stored(self, column: str, value: str) -> _Base | None:
        row = self._database.one(
            "SELECT NULL, row, type, key, digest, dn, anchor, document, 0 "
            f"FROM objects WHERE {column} = ?",
            (value,),
        )
        if row is None:
            return None
        return _Base(*row)

    def _update(self, entry: CSEntryChange, base: _Base) -> None:
        catalog = self._catalog
        plan = catalog.plan(catalog.type_names[base.type_id])
        linked = {c.name: c for c in entry.changes.values() if c.name in plan.links}
        others = [c for c in entry.changes.values() if c.name not in plan.links]
        plain = CSEntryChange.update(plan.name, {}, changes=others)
        attributes = apply_change(plan.typed(base.document), plain)
        attributes = conformed(plan, attributes, plain.changes)
        document, _ = plan.written({}, attributes)
        dn = catalog.kept_dn(entry.new_dn or entry.dn or base.dn)
        digest = redone(
            base.digest, document_hash(base.document, base.dn), document_hash(encode(document), dn)
        )
        links = {}
        for name, change in linked.items():
            before = self._links_of(base, catalog.attribute_ids[name])
            single = CSEntryChange.update(plan.name, {}, changes=[change])
            after = apply_change({name: list(before.values())}, single).get(name, [])
            assert isinstance(after, list)
            links[name] = keyed(map(str, after), catalog.reference_key)
            digest = shifted(
                digest, links_hash(name, links[name].values()) - links_hash(name, before.values())
            )
        anchor = decode_anchor(base.anchor)
        item = Item(entry, plan, base.key, anchor, dn, document, digest, links)
        if base.seq is None:
            self._writer.add(item, base.row)
        else:
            self._writer.rewrite(base.seq, item)

    def _links_of(self, base: _Base, number: int) -> dict[str, str]:
        if base.seq is not None:
            whole = self._stage.connection.execute(
                "SELECT 1 FROM staged_sets WHERE seq = ? AND attribute = ?", (base.seq, number)
            ).fetchone()
            if whole is not None:
                sql = "SELECT key, text FROM staged_links WHERE seq = ? AND attribute = ?"
                return dict(self._stage.connection.execute(sql, (base.seq, number)).fetchall())
        sql = "SELECT key, text FROM links WHERE row = ? AND attribute = ? ORDER BY key"
        return dict(self._database.all(sql, (base.row or 0, number)))
