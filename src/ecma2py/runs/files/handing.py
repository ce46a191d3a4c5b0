"""Reading and writing a file in whichever format it has."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ecma2py.entries import CSEntryChange
from ecma2py.runs.files import delimited, ldif
from ecma2py.runs.files.formats import FileFormat
from ecma2py.schema import Schema


def read_entries(path: Path, schema: Schema, file_format: FileFormat) -> Iterator[CSEntryChange]:
    """The entries of a file one by one; ``UnexpectedDataError`` for a file that is none at all."""
    reader = ldif.read if file_format is FileFormat.LDIF else delimited.read
    return reader(path, schema)


def write_changes(
    path: Path, changes: Iterable[CSEntryChange], types: Schema, file_format: FileFormat
) -> None:
    """Write *changes* into a new file; ``ModelError`` for what the format cannot say."""
    writer = ldif.write if file_format is FileFormat.LDIF else delimited.write
    writer(path, changes, types)
