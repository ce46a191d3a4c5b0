"""ECMA2 connectors written for .NET.

``metadata`` reads assemblies as files, without a runtime; ``runtimes`` finds those of the machine,
``references`` what a DLL needs of them, ``natives`` what it names of machine code, ``hollow`` what
is there by name alone, and ``suitability`` the runtime that fits it.
``contract`` holds the C# sources of the assembly that connectors are compiled against, ``bridge``
those of ours in the runtime, ``standins`` those that take the place of what .NET lacks of .NET
Framework; ``compiling`` builds them, and ``assemblies`` says where they are. ``doctor`` puts it all
together for a person who wants to know what is missing.
``hosting`` starts a runtime in this process and loads a connector. It needs the extra ``dotnet``.
"""

from ecma2py.clr.assemblies import bridge_assembly, contract_assembly, stand_in_folder
from ecma2py.clr.errors import (
    AssemblyMissingError,
    ConnectorLoadError,
    ContractRefusedError,
    DotNetError,
    RuntimeMissingError,
    RuntimeStartError,
)

__all__ = [
    "AssemblyMissingError",
    "ConnectorLoadError",
    "ContractRefusedError",
    "DotNetError",
    "RuntimeMissingError",
    "RuntimeStartError",
    "bridge_assembly",
    "contract_assembly",
    "stand_in_folder",
]
