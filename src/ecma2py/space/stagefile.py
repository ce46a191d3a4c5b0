"""Where an import is written down until it is committed: a file of its own beside the space.

It holds what has changed and nothing else. Only a held import has to outlive the process, so the
file is written without waiting for the disk. Whoever writes to it is the one import under way.
"""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import orjson
from attrs import asdict, frozen

from ecma2py.space.bulk import insert_rows
from ecma2py.space.database import make_private
from ecma2py.space.errors import SpaceBusyError, translated

_CACHE_KIB = 16_000
_PAGE_BYTES = 32_768
"""Rows come in order and are read in order: large pages cost a quarter less an object."""
_TABLES = {
    "info": "CREATE TABLE info(job TEXT NOT NULL) STRICT",
    "staged": """CREATE TABLE staged(
        seq INTEGER PRIMARY KEY,
        row INTEGER,
        type INTEGER NOT NULL,
        id TEXT,
        key TEXT NOT NULL UNIQUE,
        digest BLOB,
        ref_key TEXT,
        dn TEXT,
        anchor BLOB,
        document BLOB,
        clock INTEGER NOT NULL,
        gone INTEGER NOT NULL DEFAULT 0) STRICT""",
    "staged_keys": """CREATE TABLE staged_keys(
        seq INTEGER NOT NULL,
        idx INTEGER NOT NULL,
        key TEXT NOT NULL) STRICT""",
    # The attributes whose references are staged as a whole; all others stay as they are.
    "staged_sets": """CREATE TABLE staged_sets(
        seq INTEGER NOT NULL,
        attribute INTEGER NOT NULL,
        PRIMARY KEY(seq, attribute)) STRICT, WITHOUT ROWID""",
    "staged_links": """CREATE TABLE staged_links(
        seq INTEGER NOT NULL,
        attribute INTEGER NOT NULL,
        key TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY(seq, attribute, key)) STRICT, WITHOUT ROWID""",
    "doomed": "CREATE TABLE doomed(row INTEGER PRIMARY KEY) STRICT",
}
# What only deltas and younger exports need, made when they come.
SEARCHES = {
    "staged_ref": "staged(ref_key)",
    "staged_keys_seq": "staged_keys(seq)",
}
_PARTS = ("staged_keys", "staged_sets", "staged_links", "staged")


@frozen(kw_only=True)
class ImportJob:
    """What has to be known of an import to commit it, perhaps days later in another process."""

    run_id: int
    kind: str
    token: int
    """The clock when the import began; tells it from all other imports."""
    types: tuple[int, ...] = ()
    """The object types it is about."""
    indexes: tuple[int, ...] = ()
    """The indexes whose keys were staged."""
    unchanged: int = 0
    watermark: str | None = None
    complete: bool = True
    """Whether the run may set the watermark and remove what it did not see."""


class StageFile:
    """The staging tables, in one transaction from ``create`` to ``publish``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        make_private(path)
        self.connection = sqlite3.connect(
            path, timeout=0, isolation_level=None, check_same_thread=False
        )
        try:
            self.connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            self.connection.execute("PRAGMA journal_mode = MEMORY")
            self.connection.execute("PRAGMA synchronous = OFF")
            self.connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        except BaseException:
            self.connection.close()
            raise

    @classmethod
    def create(cls, path: Path) -> "StageFile":
        """An empty stage; ``SpaceBusyError`` while another import is under way.

        What a process left there that died is thrown away.
        """
        try:
            return cls._created(path)
        except sqlite3.DatabaseError as exc:
            _refuse_if_busy(exc, path)
        path.unlink(missing_ok=True)
        try:
            return cls._created(path)
        except sqlite3.Error as exc:
            raise translated(exc, str(path)) from exc

    @classmethod
    def _created(cls, path: Path) -> "StageFile":
        stage = cls(path)
        try:
            stage.connection.execute("BEGIN IMMEDIATE")
            for name, definition in _TABLES.items():
                stage.connection.execute(f"DROP TABLE IF EXISTS {name}")
                stage.connection.execute(definition)
        except sqlite3.Error:
            stage.connection.close()
            raise
        return stage

    @classmethod
    def is_busy(cls, path: Path) -> bool:
        """True while an import is under way, in this process or another."""
        make_private(path)
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.DatabaseError as exc:
            return _is_busy(exc)
        finally:
            connection.close()
        return False

    @staticmethod
    def read_job(path: Path) -> ImportJob:
        """The job of the import that is held there."""
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            (job,) = connection.execute("SELECT job FROM info").fetchone()
        except sqlite3.Error as exc:
            raise translated(exc, str(path)) from exc
        finally:
            connection.close()
        values = orjson.loads(job)
        lists = {name: tuple(values[name]) for name in ("types", "indexes")}
        return ImportJob(**{**values, **lists})

    @staticmethod
    def read_doomed(path: Path, limit: int) -> list[int]:
        """The first rows that the import held there would remove for not having seen them."""
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            rows = connection.execute("SELECT row FROM doomed ORDER BY row LIMIT ?", (limit,))
            return [row for (row,) in rows]
        except sqlite3.Error as exc:
            raise translated(exc, str(path)) from exc
        finally:
            connection.close()

    def prepare_changes(self) -> None:
        """Make finding and changing what is staged cheap, as a delta needs it."""
        for name, columns in SEARCHES.items():
            self.connection.execute(f"CREATE INDEX {name} ON {columns}")

    def drop(self, seqs: Iterable[int]) -> None:
        """Forget what was staged under these numbers."""
        drop_staged(self.connection, seqs)

    def publish(self, job: ImportJob) -> None:
        """Let others read the stage, and what it is about."""
        self.connection.execute("DELETE FROM info")
        self.connection.execute(
            "INSERT INTO info VALUES (?)", (orjson.dumps(asdict(job)).decode(),)
        )
        self.connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file; what was not published is forgotten."""
        self.connection.close()


def drop_staged(connection: sqlite3.Connection, seqs: Iterable[int]) -> None:
    """Forget what was staged under these numbers."""
    rows = [(seq,) for seq in seqs]
    for table in _PARTS:
        connection.executemany(f"DELETE FROM {table} WHERE seq = ?", rows)


def drop_links(connection: sqlite3.Connection, seq: int, attribute: int) -> None:
    """Let the references of one attribute be as they are stored."""
    for table in ("staged_sets", "staged_links"):
        connection.execute(f"DELETE FROM {table} WHERE seq = ? AND attribute = ?", (seq, attribute))


def put_keys(connection: sqlite3.Connection, keys: Iterable[tuple[int, int, str]]) -> None:
    """Stage index keys: the number of the object, the index, the key."""
    insert_rows(connection, "INSERT INTO staged_keys", 3, keys)


def empty_stage(path: Path) -> None:
    """Give the room of a stage back that nobody needs any more.

    The file itself stays, since another process may be about to open it.
    """
    with suppress(sqlite3.DatabaseError):  # in use again, or damaged: the next import empties it
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            for name in _TABLES:
                connection.execute(f"DROP TABLE IF EXISTS {name}")
            connection.execute("VACUUM")
        finally:
            connection.close()


def sync_stage(path: Path) -> None:
    """The stage is on the disk when this returns."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _is_busy(error: sqlite3.Error) -> bool:
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF == sqlite3.SQLITE_BUSY


def _refuse_if_busy(error: sqlite3.Error, path: Path) -> None:
    if _is_busy(error):
        raise SpaceBusyError(
            f"Another import writes to {path}: wait until it ends, or stop it."
        ) from error
