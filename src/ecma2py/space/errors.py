"""What can go wrong with a connector space, each class by what the caller must do.

SpaceError                  the root
  SpaceValueError           one object cannot be stored: report it, go on with the others
  SpaceBusyError            somebody else is writing or importing: try again later
    ImportHeldError         a held import waits for an operator: approve or discard it
  SpaceMismatchError        the file belongs to another connector: choose another file
  SpaceVersionError         the file was written by a newer release: upgrade
  SpaceStorageError         the disk is full or the file damaged: call an operator
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


class SpaceError(Exception):
    """The root of everything a connector space raises."""


class SpaceValueError(SpaceError):
    """One object holds something that cannot be stored; nothing of it has been."""


class SpaceBusyError(SpaceError):
    """Another import or another process holds the space; the same call may succeed later."""


class ImportHeldError(SpaceBusyError):
    """A held import has to be approved or discarded, or a full import to take its place, first."""


class SpaceMismatchError(SpaceError):
    """The file holds the space of another connector, or no space at all."""


class SpaceVersionError(SpaceError):
    """The file was written by a newer release of ecma2py."""


class SpaceStorageError(SpaceError):
    """The file cannot be read or written; what was acknowledged before is still in it."""


_BY_CODE: dict[int, tuple[type[SpaceError], str]] = {
    sqlite3.SQLITE_BUSY: (SpaceBusyError, "another process is writing to it: try again later"),
    sqlite3.SQLITE_LOCKED: (SpaceBusyError, "another run is writing to it: try again later"),
    sqlite3.SQLITE_FULL: (SpaceStorageError, "the disk is full: make room and try again"),
    sqlite3.SQLITE_IOERR: (SpaceStorageError, "the disk reports an error: check it"),
    sqlite3.SQLITE_READONLY: (SpaceStorageError, "it is read-only: allow writing to it"),
    sqlite3.SQLITE_PERM: (SpaceStorageError, "access is denied: allow access to it"),
    sqlite3.SQLITE_CANTOPEN: (
        SpaceStorageError,
        "it cannot be opened: check that its folder exists and may be written",
    ),
    sqlite3.SQLITE_CORRUPT: (
        SpaceStorageError,
        "it is damaged: restore it, or remove it and run a full import",
    ),
    sqlite3.SQLITE_NOTADB: (SpaceMismatchError, "it is no connector space: choose another file"),
}


def translated(error: sqlite3.Error, place: str) -> SpaceError:
    """The error of this module that says what *error* means for the space at *place*."""
    code = getattr(error, "sqlite_errorcode", None)
    kind, advice = _BY_CODE.get((code or 0) & 0xFF, (SpaceStorageError, str(error)))
    return kind(f"Connector space {place}: {advice}.")


@contextmanager
def translating(place: str) -> Iterator[None]:
    """Errors of SQLite leave the block as errors of this module."""
    try:
        yield
    except sqlite3.Error as exc:
        raise translated(exc, place) from exc
