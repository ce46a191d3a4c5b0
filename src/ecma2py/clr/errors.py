"""What can be wrong with .NET on this machine, or with a DLL, before any connector is called.

DotNetError
  AssemblyMissingError    the contract or the bridge is neither carried nor can it be built
  ContractRefusedError    the contract assembly that was named will not do
  RuntimeMissingError     no runtime here runs the connector
  RuntimeStartError       the runtime does not start, or another one did already
  ConnectorLoadError      the connector's DLL does not load, or holds no connector
"""

from ecma2py.errors import ConfigurationError


class DotNetError(ConfigurationError):
    """A .NET connector cannot be run as things are; the text says what to do about it."""


class AssemblyMissingError(DotNetError):
    """An assembly of ours is not there: none is carried, and no compiler could build it."""


class ContractRefusedError(DotNetError):
    """The file that was named as the contract assembly is none, or too old a one."""


class RuntimeMissingError(DotNetError):
    """No .NET runtime on this machine runs what was asked for."""


class RuntimeStartError(DotNetError):
    """The runtime does not start in this process."""


class ConnectorLoadError(DotNetError):
    """The connector's DLL does not load, or has no class that is a connector."""


class DotNetException(Exception):
    """An exception of a connector that is none of ECMA2's; its class has the name of that one's."""
