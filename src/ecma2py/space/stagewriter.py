"""Objects as they are written to a stage: one row each, its keys, and its references."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ecma2py.entries import CSEntryChange
from ecma2py.schema import Value
from ecma2py.space.bulk import insert_rows
from ecma2py.space.catalog import Catalog
from ecma2py.space.documents import Document, TypePlan, encode, encode_anchor
from ecma2py.space.indexes import Indexes, entries_of
from ecma2py.space.stagefile import StageFile, drop_links, put_keys

_COLUMNS = ("seq", "row", "type", "id", "key", "digest", "ref_key", "dn", "anchor", "document")
_STAGED = f"staged({', '.join(_COLUMNS)}, clock)"
_WIDTH = len(_COLUMNS) + 1


class Item(NamedTuple):
    """One object of a page, ready to be compared and written."""

    entry: CSEntryChange
    plan: TypePlan
    key: str
    anchor: Mapping[str, Value]
    dn: str | None
    document: Document
    digest: bytes
    links: Mapping[str, dict[str, str]]
    """Per attribute the texts by key."""


class StageWriter:
    """Numbers objects in the order they come, and writes them with the clock of their page."""

    def __init__(self, stage: StageFile, catalog: Catalog, indexes: Indexes, *, clock: int) -> None:
        self._stage = stage
        self._catalog = catalog
        self._indexes = indexes
        self._seq = 0
        self.clock = clock

    def write(self, changed: Sequence[tuple[Item, int | None]]) -> list[Item]:
        """Stage objects with their rows, if they have one; gives back those staged before."""
        first = self._seq + 1
        self._seq += len(changed)
        connection = self._stage.connection
        rows = self._rows(first, changed)
        written = insert_rows(connection, f"INSERT OR IGNORE INTO {_STAGED}", _WIDTH, rows)
        numbered = dict(enumerate((item for item, _ in changed), first))
        ignored = self._take_ignored(numbered) if written < len(changed) else []
        of_type = self._indexes.of_type
        put_keys(
            connection,
            (
                (seq, *entry)
                for seq, item in numbered.items()
                for entry in entries_of(of_type(item.plan.type_id), item.document)
            ),
        )
        linked = [(seq, item) for seq, item in numbered.items() if item.links]
        if linked:
            self._write_links(linked)
        return ignored

    def add(self, item: Item, row: int | None) -> None:
        """Stage one object that is not staged yet."""
        self._seq += 1
        rows = self._rows(self._seq, [(item, row)])
        insert_rows(self._stage.connection, f"INSERT INTO {_STAGED}", _WIDTH, rows)
        self._put_parts(self._seq, item)

    def rewrite(self, seq: int, item: Item) -> None:
        """Stage the object anew under its number; references that *item* does not name stay."""
        connection = self._stage.connection
        connection.execute(
            "UPDATE staged SET digest = ?, ref_key = ?, dn = ?, document = ?, clock = ? "
            "WHERE seq = ?",
            (
                item.digest,
                self._catalog.object_key(item.key, item.dn),
                item.dn,
                encode(item.document),
                self.clock,
                seq,
            ),
        )
        connection.execute("DELETE FROM staged_keys WHERE seq = ?", (seq,))
        for name in item.links:
            drop_links(connection, seq, self._catalog.attribute_ids[name])
        self._put_parts(seq, item)

    def end(self, row: int, type_id: int, key: str) -> None:
        """Stage the end of a stored object."""
        self._seq += 1
        self._stage.connection.execute(
            "INSERT INTO staged(seq, row, type, key, clock, gone) VALUES (?, ?, ?, ?, ?, 1)",
            (self._seq, row, type_id, key, self.clock),
        )

    def _put_parts(self, seq: int, item: Item) -> None:
        entries = entries_of(self._indexes.of_type(item.plan.type_id), item.document)
        put_keys(self._stage.connection, [(seq, *entry) for entry in entries])
        self._write_links([(seq, item)])

    def _rows(
        self, first: int, items: Iterable[tuple[Item, int | None]]
    ) -> Iterator[tuple[Any, ...]]:
        catalog, clock = self._catalog, self.clock
        for seq, ((_, plan, key, anchor, dn, document, digest, _), row) in enumerate(items, first):
            yield (
                seq,
                row,
                plan.type_id,
                catalog.new_id(key) if row is None else None,
                key,
                digest,
                catalog.object_key(key, dn),
                dn,
                encode_anchor(anchor),
                encode(document),
                clock,
            )

    def _take_ignored(self, numbered: dict[int, Item]) -> list[Item]:
        """The items that were staged before under another number, taken out of *numbered*."""
        rows = self._stage.connection.execute(
            "SELECT seq FROM staged WHERE seq >= ?", (min(numbered),)
        ).fetchall()
        return [numbered.pop(seq) for seq in numbered.keys() - {seq for (seq,) in rows}]

    def _write_links(self, numbered: Iterable[tuple[int, Item]]) -> None:
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
