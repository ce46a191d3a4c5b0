"""One protocol for each ``IMAExtensible2*`` interface: what a connector may implement.

A connector has a power by having the protocol's methods; nothing needs to be inherited. Method
names are .NET's in snake_case, arguments come in .NET's order.
"""

from typing import Protocol, runtime_checkable

from ecma2py.capabilities import MACapabilities
from ecma2py.entries import CSEntryChange
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    ParameterValidationResult,
    SecureString,
)
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.schema import Schema
from ecma2py.steps import (
    CloseExportConnectionRunStep,
    CloseImportConnectionResults,
    CloseImportConnectionRunStep,
    ConnectionSecurityLevel,
    GetImportEntriesResults,
    GetImportEntriesRunStep,
    OpenExportConnectionRunStep,
    OpenImportConnectionResults,
    OpenImportConnectionRunStep,
    PasswordOptions,
    PutExportEntriesResults,
    ReadExportFileRunStep,
    WriteImportFileResults,
    WriteImportFileRunStep,
)


@runtime_checkable
class IMAExtensible2CallImport(Protocol):
    """Objects are read page by page: open once, get until nothing more is left, close once."""

    @property
    def import_default_page_size(self) -> int:
        """The page size a run has unless its step says otherwise."""
        ...

    @property
    def import_max_page_size(self) -> int:
        """The largest page size a run may ask for."""
        ...

    def open_import_connection(
        self,
        config_parameters: ConfigParameters,
        types: Schema,
        import_run_step: OpenImportConnectionRunStep,
    ) -> OpenImportConnectionResults | None:
        """Connect for one run; *types* holds only the selected types and attributes.

        A delta import goes on from the step's ``custom_data``, which an earlier import left.
        """
        ...

    def get_import_entries(
        self, import_run_step: GetImportEntriesRunStep
    ) -> GetImportEntriesResults:
        """The next page; ``more_to_import`` says whether another one is to be asked for."""
        ...

    def close_import_connection(
        self, import_run_step: CloseImportConnectionRunStep
    ) -> CloseImportConnectionResults | None:
        """Disconnect; called once for every open, also for one that failed."""
        ...


@runtime_checkable
class IMAExtensible2CallExport(Protocol):
    """Changes are written batch by batch: open once, put as often as needed, close once."""

    @property
    def export_default_page_size(self) -> int:
        """The batch size a run has unless its step says otherwise."""
        ...

    @property
    def export_max_page_size(self) -> int:
        """The largest batch a run may send."""
        ...

    def open_export_connection(
        self,
        config_parameters: ConfigParameters,
        types: Schema,
        export_run_step: OpenExportConnectionRunStep,
    ) -> None:
        """Connect for any number of batches; *types* holds only the selected types and attributes.

        What is raised here becomes the result of every change that waits.
        """
        ...

    def put_export_entries(self, cs_entries: list[CSEntryChange]) -> PutExportEntriesResults:
        """Write one batch; an entry without a result succeeded."""
        ...

    def close_export_connection(self, export_run_step: CloseExportConnectionRunStep) -> None:
        """Disconnect; called once for every open, also for one that failed."""
        ...


@runtime_checkable
class IMAExtensible2FileImport(Protocol):
    """Objects are handed over in a file, which the host reads."""

    def write_import_file(
        self,
        config_parameters: ConfigParameters,
        types: Schema,
        import_run_step: WriteImportFileRunStep,
    ) -> WriteImportFileResults | None:
        """Write ``file_path``."""
        ...


@runtime_checkable
class IMAExtensible2FileExport(Protocol):
    """Changes are handed over in a file, which the connector delivers."""

    def read_export_file(
        self,
        config_parameters: ConfigParameters,
        types: Schema,
        export_run_step: ReadExportFileRunStep,
    ) -> None:
        """Deliver ``file_path``; there is no result for each object."""
        ...


@runtime_checkable
class IMAExtensible2GetSchema(Protocol):
    """The connector knows what its target holds."""

    def get_schema(self, config_parameters: ConfigParameters) -> Schema:
        """All object types; equal parameters give an equal schema."""
        ...


@runtime_checkable
class IMAExtensible2GetCapabilities(Protocol):
    """The connector's capabilities are always the same."""

    @property
    def capabilities(self) -> MACapabilities:
        """What the connector can do."""
        ...


@runtime_checkable
class IMAExtensible2GetCapabilitiesEx(Protocol):
    """The connector's capabilities depend on its parameters."""

    def get_capabilities_ex(self, config_parameters: ConfigParameters) -> MACapabilities:
        """What the connector can do, given these parameters."""
        ...


@runtime_checkable
class IMAExtensible2GetParameters(Protocol):
    """The connector asks for parameters, a page at a time."""

    def get_config_parameters(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage
    ) -> list[ConfigParameterDefinition]:
        """The fields of *page*; an empty list for a page without any."""
        ...

    def validate_config_parameters(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage
    ) -> ParameterValidationResult:
        """Whether the values of *page* can be used."""
        ...


@runtime_checkable
class IMAExtensible2GetParametersEx(Protocol):
    """The connector asks for parameters on pages whose number depends on earlier answers."""

    def get_config_parameters_ex(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage, page_number: int
    ) -> list[ConfigParameterDefinition]:
        """The fields of *page*; schema pages count from 1 and end with an empty list."""
        ...

    def validate_config_parameters_ex(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage, page_number: int
    ) -> ParameterValidationResult:
        """Whether the values of this page can be used."""
        ...


@runtime_checkable
class IMAExtensible2GetPartitions(Protocol):
    """The target has several naming contexts."""

    def get_partitions(self, config_parameters: ConfigParameters) -> list[Partition]:
        """All partitions."""
        ...


@runtime_checkable
class IMAExtensible2GetHierarchy(Protocol):
    """The target's objects live in a tree of containers."""

    def get_hierarchy(
        self, config_parameters: ConfigParameters, parent: HierarchyNode
    ) -> list[HierarchyNode]:
        """The direct children of *parent*; a partition's root node has the partition's DN."""
        ...


@runtime_checkable
class IMAExtensible2Password(Protocol):
    """Passwords can be set in the target."""

    def open_password_connection(
        self, config_parameters: ConfigParameters, partition: Partition | None
    ) -> None:
        """Connect; the connection stays open for several passwords."""
        ...

    def close_password_connection(self) -> None:
        """Disconnect; called once for every open, also for one that failed."""
        ...

    def get_connection_security_level(self) -> ConnectionSecurityLevel:
        """Whether the password travels protected."""
        ...

    def set_password(
        self, cs_entry: CSEntryChange, new_password: SecureString, options: PasswordOptions
    ) -> None:
        """Set a password without knowing the old one; refusals are ``PasswordError``.

        .NET hands over the older ``CSEntry`` here. A Python connector gets the same kind of
        entry as everywhere: anchor, DN and type, and what the request changes beside the password.
        """
        ...

    def change_password(
        self, cs_entry: CSEntryChange, old_password: SecureString, new_password: SecureString
    ) -> None:
        """Set a password for whoever knows the old one."""
        ...


INTERFACES: tuple[type, ...] = (
    IMAExtensible2CallImport,
    IMAExtensible2CallExport,
    IMAExtensible2FileImport,
    IMAExtensible2FileExport,
    IMAExtensible2GetSchema,
    IMAExtensible2GetCapabilities,
    IMAExtensible2GetCapabilitiesEx,
    IMAExtensible2GetParameters,
    IMAExtensible2GetParametersEx,
    IMAExtensible2GetPartitions,
    IMAExtensible2GetHierarchy,
    IMAExtensible2Password,
)
"""The twelve ECMA2 interfaces."""
