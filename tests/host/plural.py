"""A directory in which everything may have several values, in each form of export."""

from ecma2py import (
    AttributeType,
    CSEntryChange,
    ExportRun,
    MACapabilities,
    MAExportType,
    Parameter,
    Schema,
    SchemaAttribute,
    SchemaType,
    Value,
)
from ecma2py.parameters import ConfigParameters
from examples.memory_directory import MemoryDirectory

SENT: dict[str, list[CSEntryChange]] = {}
"""What each directory was sent, oldest first."""


class Plural(MemoryDirectory):
    """The in-memory directory with people whose attributes are all multi-valued."""

    form = Parameter.choice(
        "Form", [each.name for each in MAExportType], default=MAExportType.ATTRIBUTE_UPDATE.name
    )

    def get_capabilities_ex(self, config_parameters: ConfigParameters) -> MACapabilities:
        """Changes come in the form that is asked for."""
        found = super().get_capabilities_ex(config_parameters)
        found.export_type = MAExportType[self.form]
        return found

    def schema(self) -> Schema:
        """One type; ``boss`` and ``peers`` hold ids."""
        multi = SchemaAttribute.multi
        names = ("uid", "cn", "status", "tags")
        references = (multi(name, AttributeType.REFERENCE) for name in ("boss", "peers"))
        anchor = SchemaAttribute.anchor("id")
        return Schema([SchemaType("person", [anchor, *map(multi, names), *references])])

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> dict[str, Value]:
        """Remembers what it was given."""
        SENT.setdefault(self.name, []).append(change)
        return super().export_entry(run, change)
