"""The life of one import: begun, staged page by page, then committed, held or abandoned."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from types import TracebackType
from typing import Any, Self

import orjson
from attrs import asdict, evolve

from ecma2py.entries import CSEntryChange
from ecma2py.space.catalog import Catalog
from ecma2py.space.database import Database
from ecma2py.space.errors import ImportHeldError, SpaceError
from ecma2py.space.history import check_watermark
from ecma2py.space.indexes import Indexes
from ecma2py.space.merging import Merge, end_import
from ecma2py.space.records import CommitReport, HeldImport, StageReport
from ecma2py.space.stagefile import ImportJob, StageFile, empty_stage, sync_stage
from ecma2py.space.staging import Staging
from ecma2py.space.younger import forget_writes
from ecma2py.steps import GUARD_SHARE

_UNSEEN_CHUNK = 5_000


class SqliteImport:
    """One import under way; used by one thread.

    Leaving a ``with`` block without ``commit`` abandons it.
    """

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        indexes: Indexes,
        *,
        full: bool,
        run_id: int,
        kind: str,
        types: Collection[str] | None,
        within: str | None,
    ) -> None:
        self._database = database
        self._catalog = catalog
        self._indexes = indexes
        self._full = full
        self._within = within
        names = catalog.type_ids.keys() if types is None else types
        type_ids = tuple(sorted(catalog.type_ids[n] for n in names if n in catalog.type_ids))
        _refuse_if_held(database, full=full)
        self._stage: StageFile | None = StageFile.create(database.stage_path)
        try:
            token = _begin(database)
            job = ImportJob(run_id=run_id, kind=kind, token=token, types=type_ids)
            self._staging = Staging(database, catalog, indexes, self._stage, full=full, job=job)
        except BaseException:
            self._stage.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abandon()

    def begin_page(self, moment: int | None = None) -> int:
        """Call before the connector is asked for a page: exports from now on are younger.

        Gives this moment; with one of an earlier call, exports since then are younger.
        """
        self._open()
        return self._staging.begin_page(moment)

    def stage(self, entries: Iterable[CSEntryChange]) -> StageReport:
        """Write down what the page changes; the space stays as it is."""
        self._open()
        return self._staging.stage(entries)

    def commit(
        self,
        watermark: str | None = None,
        *,
        complete: bool = True,
        guard_share: float = GUARD_SHARE,
    ) -> CommitReport:
        """Make the space what the import said, in one transaction.

        *complete* is False after a run with errors: then nothing is removed for not having been
        seen, and the watermark stays. The same holds if an entry was refused. A full import that
        would remove more than *guard_share* of the objects it is about changes nothing and is
        held for an operator.
        """
        stage = self._open()
        check_watermark(watermark)
        staging = self._staging
        complete = complete and not staging.refused
        if self._full and complete:
            for rows in self._unseen():
                stage.connection.executemany("INSERT INTO doomed VALUES (?)", rows)
        job = evolve(
            staging.job, unchanged=staging.unchanged, watermark=watermark, complete=complete
        )
        stage.publish(job)
        stage.close()
        self._stage = None
        return merge(self._database, self._catalog, self._indexes, job, guard_share=guard_share)

    def abandon(self) -> None:
        """Forget what was staged; does nothing after ``commit``."""
        stage, self._stage = self._stage, None
        if stage is None:
            return
        stage.close()
        try:
            with self._database.writing() as connection:
                _end_if_current(connection, self._staging.job.token)
        finally:
            empty_stage(self._database.stage_path)

    def _open(self) -> StageFile:
        if self._stage is None:
            raise SpaceError("The import has been committed or abandoned: begin another.")
        return self._stage

    def _unseen(self) -> Iterator[list[tuple[int]]]:
        """The rows that were there when the import began and that it did not see, in pages."""
        staging = self._staging
        # Answered by the index on types alone, which gives rows in their order.
        sql = "SELECT row FROM objects WHERE type = ? AND row > ? AND row <= ? ORDER BY row LIMIT ?"
        for type_id in staging.job.types:
            after = 0
            while rows := self._database.all(
                sql, (type_id, after, staging.last_row, _UNSEEN_CHUNK)
            ):
                unseen = staging.seen.missing(rows)
                yield unseen if self._within is None else list(filter(self._is_within, unseen))
                after = rows[-1][0]

    def _is_within(self, row: tuple[int]) -> bool:
        assert self._within is not None
        found = self._database.one("SELECT ref_key FROM objects WHERE row = ?", row)
        ref_key = found[0] if found is not None else None
        top = self._catalog.reference_key(self._within)
        return ref_key is not None and (ref_key == top or ref_key.endswith(f",{top}"))


def merge(
    database: Database, catalog: Catalog, indexes: Indexes, job: ImportJob, *, guard_share: float
) -> CommitReport:
    """Commit the published stage, or hold it if it would remove more than *guard_share*."""
    with database.writing_with(database.stage_path) as connection:
        merging = Merge(connection, catalog, indexes, job)
        merging.overlay()
        unseen, stored = merging.implicit_deletes(), merging.stored()
        held = unseen > guard_share * stored
        report = (
            CommitReport(held=True, would_delete=unseen, unchanged=job.unchanged)
            if held
            else merging.apply()
        )
    if not held:
        empty_stage(database.stage_path)
        return report
    sync_stage(database.stage_path)
    note = HeldImport(
        run_id=job.run_id, kind=job.kind, would_delete=unseen, objects=stored, share=guard_share
    )
    with database.writing() as connection:
        connection.execute("UPDATE state SET held = ?", (orjson.dumps(asdict(note)).decode(),))
    return report


def held_import(database: Database) -> HeldImport | None:
    """The import that waits for an operator; None if there is none."""
    row = database.one("SELECT held FROM state")
    values: dict[str, Any] | None = orjson.loads(row[0]) if row and row[0] else None
    return HeldImport(**values) if values is not None else None


def doomed_rows(database: Database, limit: int) -> list[int]:
    """The first rows that approving the held import would remove; none if no import is held."""
    if held_import(database) is None:
        return []
    written = {row for (row,) in database.all("SELECT DISTINCT row FROM younger")}
    found = StageFile.read_doomed(database.stage_path, limit + len(written))
    return [row for row in found if row not in written][:limit]


def approve_held(database: Database, catalog: Catalog, indexes: Indexes) -> CommitReport:
    """Commit the held import, whatever it removes; younger exports still win."""
    _expect_held(database)
    job = StageFile.read_job(database.stage_path)
    return merge(database, catalog, indexes, job, guard_share=1.0)


def discard_held(database: Database) -> HeldImport:
    """Forget the held import: the space stays as it is, and so does the watermark."""
    note = _expect_held(database)
    with database.writing() as connection:
        forget_writes(connection)
        connection.execute("UPDATE state SET import_clock = NULL, held = NULL")
    empty_stage(database.stage_path)
    return note


def end_abandoned(connection: sqlite3.Connection) -> bool:
    """Forget an import whose process died; False if there is none, or it is held."""
    row = connection.execute("SELECT 1 FROM state WHERE import_clock > 0 AND held IS NULL")
    if row.fetchone() is None:
        return False
    forget_writes(connection)
    connection.execute("UPDATE state SET import_clock = NULL")
    return True


def _refuse_if_held(database: Database, *, full: bool) -> None:
    """A delta cannot build on what is not decided yet; a full import makes it needless."""
    held = held_import(database)
    if held is not None and not full:
        raise ImportHeldError(
            f"Import run {held.run_id} is held, since it would remove {held.would_delete} of "
            f"{held.objects} objects: approve it, discard it, or run a full import."
        )


def _expect_held(database: Database) -> HeldImport:
    note = held_import(database)
    if note is None:
        raise SpaceError("No import is held: there is nothing to approve or to discard.")
    return note


def _begin(database: Database) -> int:
    """Note that an import is under way, and the clock that tells it from all others."""
    with database.writing() as connection:
        forget_writes(connection)
        connection.execute(
            "UPDATE state SET clock = clock + 1, import_clock = clock + 1, held = NULL"
        )
        token: int = connection.execute("SELECT clock FROM state").fetchone()[0]
    return token


def _end_if_current(connection: sqlite3.Connection, token: int) -> None:
    row = connection.execute("SELECT clock, import_clock FROM state").fetchone()
    if row[1] == token:
        end_import(connection, row[0])
