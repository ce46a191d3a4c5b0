"""Connectors that are slow to open, cannot read all, are asked too often, or remember."""

import threading
from collections.abc import Iterator
from typing import ClassVar

from ecma2py import (
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    CSEntryChange,
    CSEntryChangeResult,
    ExportRun,
    ImportRun,
    MAExportError,
    PasswordOptions,
    Schema,
    SecureString,
    ServerBusyError,
    ServerDownError,
    Value,
)
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


class Busy(MemoryDirectory):
    """The in-memory directory behind an interface that wants fewer requests."""

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> dict[str, Value]:
        """Nothing is taken for a minute and a half."""
        raise ServerBusyError("Too many requests", retry_after=90)


class BusyByResult(MemoryDirectory):
    """The same, told as a .NET connector would."""

    def export_entries(
        self, run: ExportRun, changes: list[CSEntryChange]
    ) -> Iterator[CSEntryChangeResult]:
        """Each entry has its result."""
        for each in changes:
            yield CSEntryChangeResult.failure(
                each,
                MAExportError.EXPORT_ERROR_CUSTOM_CONTINUE_RUN,
                "Too many requests (retry after 90 seconds)",
                name="ServerBusyException",
            )


class Keyring(MemoryDirectory):
    """The in-memory directory, which remembers whose password it was to set."""

    asked: ClassVar[list[CSEntryChange]] = []

    def set_password(
        self, cs_entry: CSEntryChange, new_password: SecureString, options: PasswordOptions
    ) -> None:
        """Note the object."""
        self.asked.append(cs_entry)


class Asking(MemoryDirectory):
    """The in-memory directory with a page that cannot be made while its target is down."""

    is_down = False

    def schema(self) -> Schema:
        """The directory's."""
        self._reach()
        return super().schema()

    def get_config_parameters_ex(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage, page_number: int
    ) -> list[ConfigParameterDefinition]:
        """The directory's, and a choice that only the target knows."""
        found = self.get_config_parameters(config_parameters, page)
        if page is ConfigParameterPage.GLOBAL:
            self._reach()
            found.append(ConfigParameterDefinition.drop_down("Realm", ["north", "south"], "south"))
        return found

    def validate_config_parameters_ex(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage, page_number: int
    ) -> None:
        """Anything goes."""

    def _reach(self) -> None:
        if self.is_down:
            raise ServerDownError("The target is down.")
