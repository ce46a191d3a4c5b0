"""The file: one writer behind a lock, one reader a thread, and what is acknowledged is on disk."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from weakref import WeakSet

from ecma2py.space.errors import SpaceStorageError, translated, translating

Row = tuple[Any, ...]

_READER_CACHE_KIB = 8_000
_WRITER_CACHE_KIB = 16_000
_LARGEST_IDLE_LOG = 64 * 1024 * 1024
_LOG_PAGES = 4_000
"""So many pages of the log are folded into the file at once: pages written often, only once."""


def now() -> str:
    """The time as the space writes it down: ISO 8601, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def make_private(path: Path) -> None:
    """A file that is not there yet is its owner's alone, as what SQLite puts beside it will be.

    One that is there is not touched: closing it would end all locks this process has on it.
    """
    with suppress(OSError):  # SQLite says it better
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


class _Reader:
    """A connection that closes with its thread.

    Whoever uses it holds its lock: SQLite must not close a connection that another thread uses.
    """

    __slots__ = ("__weakref__", "connection", "lock")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.lock = threading.Lock()

    def __del__(self) -> None:
        self.connection.close()

    def end(self) -> None:
        """Close now, whatever is being read: the thread that reads gets an error."""
        with suppress(sqlite3.ProgrammingError):  # its thread ended at this very moment
            self.connection.interrupt()
        with self.lock:
            self.connection.close()


class Database:
    """A SQLite file in WAL mode: readers never wait, writers wait for one another."""

    def __init__(self, path: Path, *, busy_timeout: float) -> None:
        self.path = path
        self.place = str(path)
        self._busy_timeout = busy_timeout
        self._lock = threading.Lock()
        self._local = threading.local()
        self._readers: WeakSet[_Reader] = WeakSet()
        self._closed = False
        self.changes = 0
        """How many writes of this object have ended; each is counted before its caller goes on."""
        make_private(path)
        with translating(self.place):
            self._writer = self._connect(_WRITER_CACHE_KIB)
            try:
                self._writer.execute("PRAGMA journal_mode = WAL")
            except sqlite3.Error:
                self._writer.close()
                raise
            self._writer.execute("PRAGMA synchronous = FULL")
            # Who has written folds, while no other can write: before version 3.51.3 SQLite may lose
            # a write beside which another connection folds the log (sqlite.org/wal.html, part 11).
            self._writer.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
            self._writer.execute(f"PRAGMA journal_size_limit = {_LARGEST_IDLE_LOG}")

    @property
    def closed(self) -> bool:
        """True after ``close``."""
        return self._closed

    @property
    def stage_path(self) -> Path:
        """Where an import under way, or held, is written down."""
        return self.path.with_name(f"{self.path.name}-stage")

    def _connect(self, cache_kib: int) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=self._busy_timeout, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: on disk when the block ends, undone if it raises."""
        with self._lock:
            try:
                with translating(self.place), _transaction(self._writer):
                    yield self._writer
            finally:
                self.changes += 1

    @contextmanager
    def writing_with(self, stage: Path) -> Iterator[sqlite3.Connection]:
        """As ``writing``, with the database at *stage* attached under the name ``stage``.

        What becomes of the stage need not outlive a power failure, so it is not waited for.
        """
        with self._lock, translating(self.place):
            writer = self._writer
            writer.execute("ATTACH ? AS stage", (str(stage),))
            writer.execute("PRAGMA stage.journal_mode = MEMORY")
            writer.execute("PRAGMA stage.synchronous = OFF")
            try:
                with _transaction(writer):
                    yield writer
            finally:
                self.changes += 1
                writer.execute("DETACH stage")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """This thread's own connection for reading; not to be asked for again inside."""
        reader = self._reader()
        with reader.lock:
            yield reader.connection

    def _reader(self) -> _Reader:
        if self._closed:
            raise SpaceStorageError(f"Connector space {self.place} has been closed: open it again.")
        try:
            reader: _Reader = self._local.reader
        except AttributeError:
            with translating(self.place):
                reader = _Reader(self._connect(_READER_CACHE_KIB))
            self._local.reader = reader
            self._readers.add(reader)
        return reader

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of the answer; None if there is none."""
        reader = self._reader()
        try:
            with reader.lock:
                row: Row | None = reader.connection.execute(sql, parameters).fetchone()
        except sqlite3.Error as exc:
            raise translated(exc, self.place) from exc
        return row

    def all(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """All rows of the answer."""
        reader = self._reader()
        try:
            with reader.lock:
                return reader.connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as exc:
            raise translated(exc, self.place) from exc

    def close(self) -> None:
        """Close all connections; every acknowledged write is in the file."""
        with self._lock:
            self._closed = True
            for reader in list(self._readers):
                reader.end()
            self._writer.close()


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def placeholders(count: int) -> str:
    """That many question marks for an IN list."""
    return ",".join("?" * count)
