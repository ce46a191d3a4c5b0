"""The connector space in one SQLite file."""

import threading
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakSet

from ecma2py.capabilities import MADistinguishedNameStyle, MANormalizations
from ecma2py.schema import Schema
from ecma2py.space.catalog import load_catalog
from ecma2py.space.database import Database
from ecma2py.space.history import History, end_interrupted
from ecma2py.space.importing import (
    SqliteImport,
    approve_held,
    discard_held,
    doomed_rows,
    end_abandoned,
    held_import,
)
from ecma2py.space.indexes import Indexes
from ecma2py.space.migrations import migrate
from ecma2py.space.records import CommitReport, HeldImport, MatchRule, SpaceObject, Write
from ecma2py.space.references import ReferenceReads
from ecma2py.space.stagefile import StageFile, empty_stage
from ecma2py.space.writes import WriteBatch

AUDIT_LIMIT = 100_000
BUSY_TIMEOUT = 10.0


class SqliteSpace(ReferenceReads, History):
    """A ``Space`` in one file, with a second one beside it while an import is under way.

    Several processes may open the file at once; each write of one is seen by all. Reads never
    wait. A write waits for the one before it, at worst for the commit of an import.
    """

    def __init__(self, database: Database, *, audit_limit: int) -> None:
        self._database = database
        self._audit_limit = audit_limit
        self._imports: WeakSet[SqliteImport] = WeakSet()
        self._closing = threading.Lock()

    @property
    def changes(self) -> int:
        """A number that every write through this object changes before it is acknowledged."""
        return self._database.changes

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        connector: str,
        schema: Schema,
        dn_style: MADistinguishedNameStyle,
        matching: Iterable[MatchRule] = (),
        normalizations: MANormalizations = MANormalizations.NONE,
        audit_limit: int = AUDIT_LIMIT,
        busy_timeout: float = BUSY_TIMEOUT,
    ) -> Self:
        """Open the space at *path*, made or brought to this release's layout if need be.

        *busy_timeout* is in seconds. ``SpaceMismatchError`` for a file that is something else or
        belongs to another connector, ``SpaceVersionError`` for one of a newer release,
        ``SpaceStorageError`` for one that cannot be read or written. Imports and runs whose
        process died are ended.
        """
        database = Database(Path(path), busy_timeout=busy_timeout)
        space = cls(database, audit_limit=audit_limit)
        try:
            space._prepare(connector, schema, dn_style, matching, normalizations)
        except BaseException:
            database.close()
            raise
        return space

    def _prepare(
        self,
        connector: str,
        schema: Schema,
        dn_style: MADistinguishedNameStyle,
        matching: Iterable[MatchRule],
        normalizations: MANormalizations,
    ) -> None:
        database = self._database
        alone = not StageFile.is_busy(database.stage_path)
        with database.writing() as connection:
            migrate(connection, database.place)
            self._catalog = load_catalog(
                connection,
                database.place,
                connector=connector,
                schema=schema,
                style=dn_style,
                normalizations=normalizations,
            )
            if alone:
                end_interrupted(connection)
            abandoned = alone and end_abandoned(connection)
            self._indexes = Indexes(database, self._catalog, schema)
            self._indexes.declare(connection, matching)
        if abandoned:
            empty_stage(database.stage_path)
        self._indexes.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def apply(self, writes: Sequence[Write]) -> list[SpaceObject | None]:
        """The objects as accepted writes leave them, None for those removed; durable.

        All in one transaction: ``SpaceValueError`` if one cannot be stored, and none is.
        """
        with self._database.writing() as connection:
            batch = WriteBatch(
                connection, self._catalog, self._indexes, audit_limit=self._audit_limit
            )
            return batch.apply(writes)

    def begin_import(
        self,
        full: bool,
        run_id: int,
        *,
        kind: str = "",
        types: Collection[str] | None = None,
        within: str | None = None,
    ) -> SqliteImport:
        """An import under way; ``SpaceBusyError`` while there is another.

        *kind* names the watermark it sets. A full import removes what it did not see: only
        objects of *types*, and only at or below the DN *within*, if these are given. It takes the
        place of a held import; a delta is refused with ``ImportHeldError``.
        """
        begun = SqliteImport(
            self._database,
            self._catalog,
            self._indexes,
            full=full,
            run_id=run_id,
            kind=kind,
            types=types,
            within=within,
        )
        self._imports.add(begun)
        return begun

    def held_import(self) -> HeldImport | None:
        """The import that waits for an operator; None if there is none."""
        return held_import(self._database)

    def held_removals(self, limit: int = 20) -> list[SpaceObject]:
        """The first of the objects that approving the held import would remove."""
        return list(self.by_rows(doomed_rows(self._database, limit)))

    def approve_held(self) -> CommitReport:
        """Commit the held import, whatever it removes; younger exports still win."""
        return approve_held(self._database, self._catalog, self._indexes)

    def discard_held(self) -> HeldImport:
        """Forget the held import: the space stays as it is, and so does the watermark."""
        return discard_held(self._database)

    def wait_for_indexes(self, timeout: float | None = None) -> bool:
        """True once every index is complete; False if *timeout* seconds were not enough."""
        return self._indexes.wait(timeout)

    def close(self) -> None:
        """Close the file; an import under way is abandoned. May be called twice."""
        with self._closing:
            if self._database.closed:
                return
            self._indexes.close()
            for each in list(self._imports):
                each.abandon()
            self._database.close()
