"""File-based connectors: the host reads what they import and writes what they export."""

from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path

from ecma2py.entries import CSEntryChange
from ecma2py.schema import Schema


class FileFormat(Enum):
    """How objects are written in a file."""

    LDIF = ".ldif"
    DELIMITED = ".csv"

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return self.value


def write_changes(
    path: Path, changes: Iterable[CSEntryChange], types: Schema, file_format: FileFormat
) -> None:
    """Write."""
    raise NotImplementedError


def read_entries(path: Path, schema: Schema, file_format: FileFormat) -> Iterator[CSEntryChange]:
    """Read."""
    raise NotImplementedError
