"""ECMA2 connectors written for .NET.

``metadata`` reads assemblies as files, without a runtime; ``runtimes`` finds those of the machine,
``references`` what a DLL needs of them, and ``suitability`` the one that fits it.
``contract`` holds the C# sources of the assembly that connectors are compiled against,
``compiling`` builds it, and ``contract_assembly`` says where it is.
"""

from ecma2py.clr.assemblies import contract_assembly
from ecma2py.clr.errors import (
    ContractMissingError,
    ContractRefusedError,
    DotNetError,
    RuntimeMissingError,
)

__all__ = [
    "ContractMissingError",
    "ContractRefusedError",
    "DotNetError",
    "RuntimeMissingError",
    "contract_assembly",
]
