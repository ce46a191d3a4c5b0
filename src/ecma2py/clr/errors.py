"""What can be wrong with .NET on this machine, before any connector is called.

DotNetError
  ContractMissingError    the contract assembly is neither carried nor can it be built
  ContractRefusedError    the contract assembly that was named will not do
  RuntimeMissingError     no runtime here runs the connector
"""

from ecma2py.errors import ConfigurationError


class DotNetError(ConfigurationError):
    """A .NET connector cannot be run as things are; the text says what to do about it."""


class ContractMissingError(DotNetError):
    """There is no contract assembly: none is carried, and no compiler could build it."""


class ContractRefusedError(DotNetError):
    """The file that was named as the contract assembly is none, or too old a one."""


class RuntimeMissingError(DotNetError):
    """No .NET runtime on this machine runs what was asked for."""
