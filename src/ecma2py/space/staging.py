"""An import as it comes in: each page compared with the space, changes written to the stage.

Nothing here changes the space. An object whose digest is the stored one costs no write at all.
Memory is that of one page, and one bit an object for "seen in this import".
"""

from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence
from typing import Any, NamedTuple

from attrs import define, evolve, field

from ecma2py.entries import CSEntryChange, ObjectModificationType, apply_change
from ecma2py.space.catalog import Catalog
from ecma2py.space.database import Database, placeholders
from ecma2py.space.documents import (
    Document,
    TypePlan,
    document_hash,
    encode,
    encode_anchor,
    links_hash,
    redone,
    shifted,
)
from ecma2py.space.errors import SpaceValueError
from ecma2py.space.indexes import Indexes, entries_of
from ecma2py.space.links import keyed
from ecma2py.space.overlay import Overlay
from ecma2py.space.records import Refusal, StageReport
from ecma2py.space.stagefile import ImportJob, StageFile
from ecma2py.space.writes import conformed

_ADD = ObjectModificationType.ADD
_REPLACE = ObjectModificationType.REPLACE
_QUERY_LIMIT = 500
_NO_LINKS: Mapping[str, dict[str, str]] = {}


class _Item(NamedTuple):
    """One object of a page, ready to be compared and written."""

    entry: CSEntryChange
    plan: TypePlan
    key: str
    dn: str | None
    document: Document
    encoded: bytes
    digest: bytes
    links: Mapping[str, dict[str, str]]
    """Per attribute the texts by key."""


@define(eq=False)
class _Page:
    """What became of the entries of a page so far."""

    staged: int = 0
    unchanged: int = 0
    unknown: list[CSEntryChange] = field(factory=list)
    duplicates: list[CSEntryChange] = field(factory=list)
    refused: list[Refusal] = field(factory=list)

    def refuse(self, entry: CSEntryChange, error: Exception) -> None:
        self.refused.append(Refusal(entry, str(error)))

    def report(self) -> StageReport:
        return StageReport(self.staged, self.unchanged, self.unknown, self.duplicates, self.refused)


class Seen:
    """Which rows an import has seen: one bit a row."""

    def __init__(self, rows: int) -> None:
        self._bits = bytearray((rows >> 3) + 1)

    def add(self, row: int) -> bool:
        """Mark the row; False if it was marked before."""
        byte, bit = row >> 3, 1 << (row & 7)
        try:
            old = self._bits[byte]
        except IndexError:
            self._bits.extend(bytes(byte + 1 - len(self._bits)))
            old = 0
        self._bits[byte] = old | bit
        return not old & bit

    def missing(self, rows: Iterable[tuple[int]]) -> list[tuple[int]]:
        """Those of *rows* that are not marked; all were there when the import began."""
        bits = self._bits
        return [each for each in rows if not bits[each[0] >> 3] >> (each[0] & 7) & 1]


class LiveDigests:
    """Row and digest of stored objects by key.

    A source mostly gives objects in the order it gave them last time, which is their order in the
    file: so the rows after those of the last page are read first, and only what is not among them
    is looked up one by one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next_row: int | None = 0

    def of(self, keys: KeysView[str]) -> dict[str, tuple[int, bytes]]:
        """Read now, since an export may have changed them since the last page."""
        found = self._ahead(len(keys))
        missing = sorted(keys - found.keys())
        for start in range(0, len(missing), _QUERY_LIMIT):
            some = missing[start : start + _QUERY_LIMIT]
            sql = f"SELECT key, row, digest FROM objects WHERE key IN ({placeholders(len(some))})"
            found.update((key, (row, digest)) for key, row, digest in self._database.all(sql, some))
        rows = [found[key][0] for key in keys & found.keys()]
        close = bool(rows) and max(rows) - min(rows) < 2 * len(keys)
        self._next_row = max(rows) if close else None
        return found

    def _ahead(self, count: int) -> dict[str, tuple[int, bytes]]:
        if self._next_row is None:
            return {}
        sql = "SELECT key, row, digest FROM objects WHERE row > ? ORDER BY row LIMIT ?"
        rows = self._database.all(sql, (self._next_row, count))
        return {key: (row, digest) for key, row, digest in rows}


class Staging:
    """Writes the pages of one import to its stage."""

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        indexes: Indexes,
        stage: StageFile,
        *,
        full: bool,
        job: ImportJob,
    ) -> None:
        self._database = database
        self._catalog = catalog
        self._indexes = indexes
        self._stage = stage
        self._full = full
        self.job = evolve(job, indexes=tuple(sorted(indexes.numbers)))
        row = database.one("SELECT coalesce(max(row), 0) FROM objects")
        self.last_row: int = row[0] if row is not None else 0
        self.seen = Seen(self.last_row)
        self._live = LiveDigests(database)
        self._clock = job.token
        self._seq = 0
        self._unchanged = 0
        self._refused = 0
        if not full:
            stage.prepare_changes()

    @property
    def unchanged(self) -> int:
        """How many entries said what the space holds already."""
        return self._unchanged

    @property
    def refused(self) -> int:
        """How many entries could not be stored: the import is not complete without them."""
        return self._refused

    def begin_page(self, moment: int | None = None) -> int:
        """Exports that are written from *moment* on, or now, are younger than the next page."""
        if moment is None:
            row = self._database.one("SELECT clock FROM state")
            assert row is not None
            moment = row[0]
        self._clock = moment
        return moment

    def stage(self, entries: Iterable[CSEntryChange]) -> StageReport:
        """Write down what a page changes, and say what became of its entries."""
        page = _Page()
        batch: dict[str, _Item] = {}
        for entry in entries:
            kind = entry.object_modification_type
            try:
                if kind is _ADD or kind is _REPLACE:
                    item = self._whole(entry)
                    if item.key in batch:
                        if self._full:
                            page.duplicates.append(entry)
                            continue
                        self._flush(batch, page)
                    batch[item.key] = item
                else:
                    self._flush(batch, page)
                    self._change(entry, page)
            except SpaceValueError as exc:
                page.refuse(entry, exc)
        self._flush(batch, page)
        self._unchanged += page.unchanged
        self._refused += len(page.refused)
        return page.report()

    # Objects given as a whole.

    def _whole(self, entry: CSEntryChange) -> _Item:
        catalog, anchor, dn = self._catalog, entry.anchor, entry.dn
        plan = catalog.plan(entry.object_type)
        key = catalog.key(plan, anchor, dn)
        document, links = plan.written(anchor, entry.attributes)
        if dn or entry.changes:
            dn = catalog.kept_dn((entry.changes and entry.new_dn) or dn)
        encoded = encode(document)
        digest = document_hash(encoded, dn)
        if not links:
            return _Item(entry, plan, key, dn, document, encoded, digest, _NO_LINKS)
        reference_key = catalog.reference_key
        texts = {name: keyed(each, reference_key) for name, each in links.items()}
        total = sum(links_hash(name, each.values()) for name, each in texts.items())
        return _Item(entry, plan, key, dn, document, encoded, shifted(digest, total), texts)

    def _flush(self, batch: dict[str, _Item], page: _Page) -> None:
        if not batch:
            return
        live = self._live.of(batch.keys())
        if not self._full:
            self._forget_earlier(batch)
        changed: list[tuple[_Item, int | None]] = []
        mark, full, unchanged = self.seen.add, self._full, 0
        for key, item in batch.items():
            stored = live.get(key)
            if stored is None:
                changed.append((item, None))
            elif not mark(stored[0]) and full:
                page.duplicates.append(item.entry)
            elif stored[1] == item.digest:
                unchanged += 1
            else:
                changed.append((item, stored[0]))
        page.unchanged += unchanged
        batch.clear()
        if changed:
            self._write(changed, page)

    def _forget_earlier(self, batch: dict[str, _Item]) -> None:
        """In a delta the newest entry of an object counts."""
        keys = list(batch)
        for start in range(0, len(keys), _QUERY_LIMIT):
            some = keys[start : start + _QUERY_LIMIT]
            sql = f"SELECT seq FROM staged WHERE key IN ({placeholders(len(some))})"
            rows = self._stage.connection.execute(sql, some).fetchall()
            self._stage.drop(seq for (seq,) in rows)

    def _write(self, changed: Sequence[tuple[_Item, int | None]], page: _Page) -> None:
        first = self._seq + 1
        self._seq += len(changed)
        execute_many = self._stage.connection.executemany
        cursor = execute_many(
            "INSERT OR IGNORE INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            [self._row(seq, item, row) for seq, (item, row) in enumerate(changed, first)],
        )
        numbered = dict(enumerate((item for item, _ in changed), first))
        if cursor.rowcount < len(changed):
            page.duplicates.extend(item.entry for item in self._take_ignored(numbered))
        page.staged += len(numbered)
        of_type = self._indexes.of_type
        execute_many(
            "INSERT INTO staged_keys VALUES (?, ?, ?)",
            [
                (seq, *entry)
                for seq, item in numbered.items()
                for entry in entries_of(of_type(item.plan.type_id), item.document)
            ],
        )
        linked = [(seq, item) for seq, item in numbered.items() if item.links]
        if linked:
            self._write_links(linked)

    def _row(self, seq: int, item: _Item, row: int | None) -> tuple[Any, ...]:
        catalog, key = self._catalog, item.key
        return (
            seq,
            row,
            item.plan.type_id,
            catalog.new_id(key) if row is None else None,
            key,
            item.digest,
            catalog.object_key(key, item.dn),
            item.dn,
            encode_anchor(item.entry.anchor),
            item.encoded,
            self._clock,
        )

    def _take_ignored(self, numbered: dict[int, _Item]) -> Iterator[_Item]:
        """The items that were staged before under another number, taken out of *numbered*."""
        rows = self._stage.connection.execute(
            "SELECT seq FROM staged WHERE seq >= ?", (min(numbered),)
        ).fetchall()
        for seq in numbered.keys() - {seq for (seq,) in rows}:
            yield numbered.pop(seq)

    def _write_links(self, numbered: Iterable[tuple[int, _Item]]) -> None:
        numbers = self._catalog.attribute_ids
        for seq, item in numbered:
            for name, texts in item.links.items():
                number = numbers[name]
                self._stage.connection.execute(
                    "INSERT INTO staged_sets VALUES (?, ?)", (seq, number)
                )
                self._stage.connection.executemany(
                    "INSERT INTO staged_links VALUES (?, ?, ?, ?)",
                    [(seq, number, key, text) for key, text in texts.items()],
                )

    # Changes of objects, and their end.

    def _change(self, entry: CSEntryChange, page: _Page) -> None:
        base = self._base(entry)
        if entry.object_modification_type is ObjectModificationType.DELETE:
            if base is not None:
                self._end(base)
                page.staged += 1
            return
        if base is None or base.gone:
            page.unknown.append(entry)
            return
        if base.row is not None:
            self.seen.add(base.row)
        self._update(entry, base)
        page.staged += 1

    def _base(self, entry: CSEntryChange) -> "_Base | None":
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

    def _staged(self, column: str, value: str) -> "_Base | None":
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

    def _stored(self, column: str, value: str) -> "_Base | None":
        row = self._database.one(
            "SELECT NULL, row, type, key, digest, dn, anchor, document, 0 "
            f"FROM objects WHERE {column} = ?",
            (value,),
        )
        if row is None:
            return None
        return _Base(*row)

    def _end(self, base: "_Base") -> None:
        if base.seq is not None:
            self._stage.drop([base.seq])
        if base.row is not None:
            self._seq += 1
            self._stage.connection.execute(
                "INSERT INTO staged(seq, row, type, key, clock, gone) VALUES (?, ?, ?, ?, ?, 1)",
                (self._seq, base.row, base.type_id, base.key, self._clock),
            )

    def _update(self, entry: CSEntryChange, base: "_Base") -> None:
        catalog = self._catalog
        plan = catalog.plan(catalog.type_names[base.type_id])
        linked = {c.name: c for c in entry.changes.values() if c.name in plan.links}
        others = [c for c in entry.changes.values() if c.name not in plan.links]
        plain = CSEntryChange.update(plan.name, {}, changes=others)
        attributes = conformed(plan, apply_change(plan.typed(base.document), plain))
        document, _ = plan.written({}, attributes)
        encoded = encode(document)
        dn = catalog.kept_dn(entry.new_dn or entry.dn or base.dn)
        digest = redone(
            base.digest, document_hash(base.document, base.dn), document_hash(encoded, dn)
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
        self._restage(base, _Item(entry, plan, base.key, dn, document, encoded, digest, links))

    def _links_of(self, base: "_Base", number: int) -> dict[str, str]:
        if base.seq is not None:
            whole = self._stage.connection.execute(
                "SELECT 1 FROM staged_sets WHERE seq = ? AND attribute = ?", (base.seq, number)
            ).fetchone()
            if whole is not None:
                sql = "SELECT key, text FROM staged_links WHERE seq = ? AND attribute = ?"
                return dict(self._stage.connection.execute(sql, (base.seq, number)).fetchall())
        sql = "SELECT key, text FROM links WHERE row = ? AND attribute = ? ORDER BY key"
        return dict(self._database.all(sql, (base.row or 0, number)))

    def _restage(self, base: "_Base", item: _Item) -> None:
        """Write the object anew under its number, or under a new one if it has none."""
        if base.seq is None:
            self._seq += 1
            values = list(self._row(self._seq, item, base.row))
            values[8] = base.anchor
            self._stage.connection.execute(
                "INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)", values
            )
            seq = self._seq
        else:
            seq = base.seq
            self._stage.connection.execute(
                "UPDATE staged SET digest = ?, ref_key = ?, dn = ?, document = ?, clock = ? "
                "WHERE seq = ?",
                (
                    item.digest,
                    self._catalog.object_key(item.key, item.dn),
                    item.dn,
                    item.encoded,
                    self._clock,
                    seq,
                ),
            )
            self._stage.connection.execute("DELETE FROM staged_keys WHERE seq = ?", (seq,))
            for name in item.links:
                number = self._catalog.attribute_ids[name]
                for table in ("staged_sets", "staged_links"):
                    self._stage.connection.execute(
                        f"DELETE FROM {table} WHERE seq = ? AND attribute = ?", (seq, number)
                    )
        self._stage.connection.executemany(
            "INSERT INTO staged_keys VALUES (?, ?, ?)",
            [
                (seq, *entry)
                for entry in entries_of(self._indexes.of_type(item.plan.type_id), item.document)
            ],
        )
        self._write_links([(seq, item)])


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
