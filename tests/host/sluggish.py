"""Connectors that are slow to open, or cannot read all they have."""

import threading
from collections.abc import Iterator

from ecma2py import CSEntryChange, ImportRun, Schema
from examples.memory_directory import MemoryDirectory


class Sluggish(MemoryDirectory):
    """The in-memory directory, which says nothing about itself before it may."""

    may_speak = threading.Event()

    def schema(self) -> Schema:
        """The schema, once it may be told."""
        assert self.may_speak.wait(20)
        return super().schema()


class Partial(MemoryDirectory):
    """The in-memory directory, with one object more that has no anchor."""

    is_whole = False

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """Everything, and what cannot be taken."""
        yield from super().import_entries(run)
        if not self.is_whole:
            yield CSEntryChange.add("person", {}, attributes={"login": "nobody"})
