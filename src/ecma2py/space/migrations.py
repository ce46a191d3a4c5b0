"""The layout of the file, and how older layouts become it.

``PRAGMA user_version`` holds how many of ``MIGRATIONS`` a file has seen. A migration that has been
released is never changed; the next layout is one more function at the end.
"""

import sqlite3
from collections.abc import Callable

from ecma2py.space.errors import SpaceMismatchError, SpaceVersionError

APPLICATION_ID = 0x45434D32
"""Marks the file as a connector space ("ECM2" in ASCII)."""

OBJECT_INDEXES = {
    "objects_id": "CREATE UNIQUE INDEX objects_id ON objects(id)",
    "objects_key": "CREATE UNIQUE INDEX objects_key ON objects(key)",
    "objects_ref": "CREATE INDEX objects_ref ON objects(ref_key) WHERE ref_key IS NOT NULL",
    "objects_type": "CREATE INDEX objects_type ON objects(type)",
}
"""The indexes of the object table, by name: a first import builds them after the rows."""

_FIRST_LAYOUT = (
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    # One row: the clock of changes, and the import under way or held.
    """CREATE TABLE state(
        id INTEGER PRIMARY KEY CHECK (id = 1),
        clock INTEGER NOT NULL,
        import_clock INTEGER,
        held TEXT) STRICT""",
    "INSERT INTO state(id, clock) VALUES (1, 0)",
    """CREATE TABLE types(
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        objects INTEGER NOT NULL DEFAULT 0) STRICT""",
    "CREATE TABLE attributes(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
    # `key` is the type's number and the anchor; `ref_key` is what references are compared with.
    """CREATE TABLE objects(
        row INTEGER PRIMARY KEY AUTOINCREMENT,
        type INTEGER NOT NULL,
        id TEXT NOT NULL,
        key TEXT NOT NULL,
        digest BLOB NOT NULL,
        version INTEGER NOT NULL,
        created TEXT NOT NULL,
        modified TEXT NOT NULL,
        ref_key TEXT,
        dn TEXT,
        anchor BLOB NOT NULL,
        document BLOB NOT NULL) STRICT""",
    *OBJECT_INDEXES.values(),
    """CREATE TABLE indexes(
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        type INTEGER NOT NULL,
        attribute TEXT NOT NULL,
        kind TEXT NOT NULL,
        built_to INTEGER,
        UNIQUE(type, attribute)) STRICT""",
    """CREATE TABLE lookup(
        idx INTEGER NOT NULL,
        key TEXT NOT NULL,
        row INTEGER NOT NULL,
        PRIMARY KEY(idx, key, row)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE links(
        row INTEGER NOT NULL,
        attribute INTEGER NOT NULL,
        key TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY(row, attribute, key)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX links_target ON links(key, attribute)",
    # What exports did while an import was under way; empty otherwise.
    """CREATE TABLE younger(
        clock INTEGER NOT NULL,
        key TEXT NOT NULL,
        row INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        attribute TEXT NOT NULL) STRICT""",
    """CREATE TABLE watermarks(
        kind TEXT PRIMARY KEY,
        value TEXT NOT NULL,
        run INTEGER,
        at TEXT NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE runs(
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        detail TEXT NOT NULL,
        started TEXT NOT NULL,
        finished TEXT,
        result TEXT,
        counts BLOB NOT NULL,
        errors BLOB NOT NULL) STRICT""",
    """CREATE TABLE audit(
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        operation TEXT NOT NULL,
        object_type TEXT NOT NULL,
        object_id TEXT NOT NULL,
        target TEXT NOT NULL,
        outcome TEXT NOT NULL,
        request_id TEXT NOT NULL,
        detail TEXT NOT NULL) STRICT""",
)


def _create(connection: sqlite3.Connection) -> None:
    for statement in _FIRST_LAYOUT:
        connection.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_create,)


def migrate(connection: sqlite3.Connection, place: str) -> None:
    """Bring the file to this release's layout; the caller has begun a write transaction.

    ``SpaceVersionError`` for a file of a newer release, ``SpaceMismatchError`` for a database
    that is no connector space.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise SpaceVersionError(
            f"Connector space {place} has layout {version}, this release knows {len(MIGRATIONS)}: "
            "upgrade ecma2py, or choose another file."
        )
    tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables:
        mark: int = connection.execute("PRAGMA application_id").fetchone()[0]
        if mark != APPLICATION_ID:
            raise SpaceMismatchError(
                f"{place} is a database, but no connector space: choose another file."
            )
    if version == len(MIGRATIONS):
        return
    for step in MIGRATIONS[version:]:
        step(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
