"""A directory whose runs are told, on pages of their own, how and where they are to work."""

from collections.abc import Iterator

from ecma2py import (
    ConfigParameterPage,
    ConfigParameters,
    CSEntryChange,
    ExportRun,
    ImportRun,
    Parameter,
    Partition,
    PasswordOptions,
    Schema,
    SecureString,
    Value,
)
from examples.memory_directory import MemoryDirectory

TOLD: dict[str, list[tuple[str, str, str]]] = {}
"""For each directory what it did, by which method and on which server."""


class Stepwise(MemoryDirectory):
    """The in-memory directory with a run-step page and a partition page."""

    method = Parameter.choice(
        "Operation Method",
        ["Table", "Query", "Stored Procedure"],
        default="Table",
        text="How a run works.",
        page=ConfigParameterPage.RUN_STEP,
    )
    query = Parameter.text("Query", default="one\ntwo", page=ConfigParameterPage.RUN_STEP)
    key = Parameter.secret("Run key", page=ConfigParameterPage.RUN_STEP)
    server = Parameter.string(
        "Partition Server", default="main", required=True, page=ConfigParameterPage.PARTITION
    )

    def _tell(self, what: str) -> None:
        # As they are: whether they may be used is what tests of validation ask.
        method, server = (
            self.parameters[n].value for n in ("Operation Method", "Partition Server")
        )
        TOLD.setdefault(self.name, []).append((what, method, server))
        if method == "Stored Procedure":
            raise ConnectionError(f"nobody lets {self.key.reveal()} in")

    def schema(self) -> Schema:
        """The directory's."""
        self._tell("schema")
        return super().schema()

    def get_partitions(self, config_parameters: ConfigParameters) -> list[Partition]:
        """One for each object type."""
        return [Partition("OBJECT=person", "People"), Partition("OBJECT=group")]

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """As the directory does."""
        self._tell("delta" if run.is_delta else "full")
        yield from super().import_entries(run)

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> dict[str, Value]:
        """As the directory does."""
        self._tell("export")
        return super().export_entry(run, change)

    def set_password(
        self, cs_entry: CSEntryChange, new_password: SecureString, options: PasswordOptions
    ) -> None:
        """As the directory does."""
        self._tell("password")
        super().set_password(cs_entry, new_password, options)
