"""An import as it comes in: each page compared with the space, changes written to the stage.

Nothing here changes the space. An object whose digest is the stored one costs no write at all.
Memory is that of one page, and one bit an object for "seen in this import".
"""

from collections.abc import Iterable, Mapping

from attrs import define, evolve, field

from ecma2py.entries import CSEntryChange, ObjectModificationType
from ecma2py.space.catalog import Catalog
from ecma2py.space.database import Database, placeholders
from ecma2py.space.deltas import Deltas
from ecma2py.space.documents import (
    Document,
    TypePlan,
    document_hash,
    encode,
    links_hash,
    shifted,
)
from ecma2py.space.errors import SpaceValueError
from ecma2py.space.indexes import Indexes
from ecma2py.space.links import keyed
from ecma2py.space.live import LiveDigests, Seen
from ecma2py.space.records import Refusal, StageReport
from ecma2py.space.stagefile import ImportJob, StageFile
from ecma2py.space.stagewriter import Item, StageWriter

_ADD = ObjectModificationType.ADD
_REPLACE = ObjectModificationType.REPLACE
_DELETE = ObjectModificationType.DELETE
_QUERY_LIMIT = 500
_NO_LINKS: Mapping[str, dict[str, str]] = {}
_NOT_STORED: tuple[None, None] = None, None


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
        self._stage = stage
        self._full = full
        self.job = evolve(job, indexes=tuple(sorted(indexes.numbers)))
        row = database.one("SELECT coalesce(max(row), 0) FROM objects")
        self.last_row: int = row[0] if row is not None else 0
        self.seen = Seen(self.last_row)
        self._live = LiveDigests(database)
        self._writer = StageWriter(stage, catalog, indexes, clock=job.token)
        self._deltas = Deltas(
            database, catalog, indexes, stage=stage, writer=self._writer, seen=self.seen
        )
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
        self._writer.clock = moment
        return moment

    def stage(self, entries: Iterable[CSEntryChange]) -> StageReport:
        """Write down what a page changes, and say what became of its entries."""
        page = _Page()
        batch: dict[str, tuple[CSEntryChange, TypePlan]] = {}
        catalog = self._catalog
        for entry in entries:
            kind = entry.object_modification_type
            try:
                if kind is _ADD or kind is _REPLACE:
                    plan = catalog.plan(entry.object_type)
                    key = catalog.key(plan, entry.anchor, entry.dn)
                    if key in batch:
                        if self._full:
                            page.duplicates.append(entry)
                            continue
                        self._flush(batch, page)
                    batch[key] = entry, plan
                else:
                    self._flush(batch, page)
                    if self._deltas.take(entry):
                        page.staged += 1
                    elif kind is not _DELETE:
                        page.unknown.append(entry)
            except SpaceValueError as exc:
                page.refuse(entry, exc)
        self._flush(batch, page)
        self._unchanged += page.unchanged
        self._refused += len(page.refused)
        return page.report()

    def _flush(self, batch: dict[str, tuple[CSEntryChange, TypePlan]], page: _Page) -> None:
        if not batch:
            return
        live = self._live.of(batch.keys())
        if not self._full:
            self._forget_earlier(batch)
        changed: list[tuple[Item, int | None]] = []
        mark, full, unchanged = self.seen.add, self._full, 0
        for key, (entry, plan) in batch.items():
            try:
                dn, document, digest, links = self._state(entry, plan)
            except SpaceValueError as exc:
                page.refuse(entry, exc)
                continue
            row, known = live.get(key, _NOT_STORED)
            if row is not None and not mark(row) and full:
                page.duplicates.append(entry)
            elif known == digest:
                unchanged += 1
            else:
                changed.append(
                    (Item(entry, plan, key, entry.anchor, dn, document, digest, links), row)
                )
        page.unchanged += unchanged
        batch.clear()
        if changed:
            ignored = self._writer.write(changed)
            page.duplicates.extend(item.entry for item in ignored)
            page.staged += len(changed) - len(ignored)

    def _state(
        self, entry: CSEntryChange, plan: TypePlan
    ) -> tuple[str | None, Document, bytes, Mapping[str, dict[str, str]]]:
        """DN, document, digest and links of an object.

        The document as bytes is not kept: to make it once more for what changed costs a quarter
        of what it costs to hold a page of them.
        """
        catalog, dn = self._catalog, entry.dn
        document, links = plan.written(entry.anchor, entry.attributes)
        if dn or entry.changes:
            dn = catalog.kept_dn((entry.changes and entry.new_dn) or dn)
        digest = document_hash(encode(document), dn)
        if not links:
            return dn, document, digest, _NO_LINKS
        reference_key = catalog.reference_key
        texts = {name: keyed(each, reference_key) for name, each in links.items()}
        total = sum(links_hash(name, each.values()) for name, each in texts.items())
        return dn, document, shifted(digest, total), texts

    def _forget_earlier(self, batch: Iterable[str]) -> None:
        """In a delta the newest entry of an object counts."""
        keys = list(batch)
        for start in range(0, len(keys), _QUERY_LIMIT):
            some = keys[start : start + _QUERY_LIMIT]
            sql = f"SELECT seq FROM staged WHERE key IN ({placeholders(len(some))})"
            rows = self._stage.connection.execute(sql, some).fetchall()
            self._stage.drop(seq for (seq,) in rows)
