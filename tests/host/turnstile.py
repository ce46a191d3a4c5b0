"""A connector that says it can do one thing at a time, and notices when it is asked to do two."""

import threading
from collections.abc import Iterator

from ecma2py import CloseReason, CSEntryChange, ImportRun
from examples.memory_directory import MemoryDirectory


class Turnstile(MemoryDirectory, concurrent_operation=False):
    """The in-memory directory, with a count of the connections that are open at once."""

    lock = threading.Lock()
    inside = 0
    most = 0
    importing = threading.Event()
    """Set while an import is under way."""
    may_import = threading.Event()
    """An import waits for it before its first entry."""

    @classmethod
    def reset(cls) -> None:
        """Nobody is inside, and imports run through."""
        cls.inside = cls.most = 0
        cls.importing.clear()
        cls.may_import.set()

    def open(self) -> None:
        """One more."""
        with self.lock:
            Turnstile.inside += 1
            Turnstile.most = max(self.most, self.inside)

    def close(self, reason: CloseReason) -> None:
        """One less."""
        with self.lock:
            Turnstile.inside -= 1

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """Everything, once it may."""
        self.importing.set()
        try:
            assert self.may_import.wait(20)
            yield from super().import_entries(run)
        finally:
            self.importing.clear()


class Gate:
    """Where a connector waits before it writes."""

    may_write = threading.Event()

    @classmethod
    def reset(cls) -> None:
        """Open."""
        cls.may_write.set()
