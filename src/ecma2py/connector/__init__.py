"""What a connector is: ECMA2's interfaces as protocols, and ``Connector`` to subclass."""

from ecma2py.connector.declared import Parameter
from ecma2py.connector.outcomes import (
    each_by_itself,
    ends_batch,
    error_code,
    error_name,
    not_sent,
    result_of,
)
from ecma2py.connector.protocols import (
    IMAExtensible2CallExport,
    IMAExtensible2CallImport,
    IMAExtensible2FileExport,
    IMAExtensible2FileImport,
    IMAExtensible2GetCapabilities,
    IMAExtensible2GetCapabilitiesEx,
    IMAExtensible2GetHierarchy,
    IMAExtensible2GetParameters,
    IMAExtensible2GetParametersEx,
    IMAExtensible2GetPartitions,
    IMAExtensible2GetSchema,
    IMAExtensible2Password,
)
from ecma2py.connector.runs import ExportRun, ImportRun
from ecma2py.connector.sugar import Connector

__all__ = [
    "Connector",
    "ExportRun",
    "IMAExtensible2CallExport",
    "IMAExtensible2CallImport",
    "IMAExtensible2FileExport",
    "IMAExtensible2FileImport",
    "IMAExtensible2GetCapabilities",
    "IMAExtensible2GetCapabilitiesEx",
    "IMAExtensible2GetHierarchy",
    "IMAExtensible2GetParameters",
    "IMAExtensible2GetParametersEx",
    "IMAExtensible2GetPartitions",
    "IMAExtensible2GetSchema",
    "IMAExtensible2Password",
    "ImportRun",
    "Parameter",
    "each_by_itself",
    "ends_batch",
    "error_code",
    "error_name",
    "not_sent",
    "result_of",
]
