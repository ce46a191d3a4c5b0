"""Reads .NET assemblies as files: no runtime is needed, and nothing of them runs.

``Assembly.read`` says what a connector's DLL is, what it was built for and what it needs;
``used_types`` and ``defined_types`` tell whether what it needs is all there.
Beneath it lie ``image`` (the file), ``tables`` (its metadata) and ``signatures`` (types and custom
attributes), after ECMA-335.
"""

from ecma2py.clr.metadata.assembly import Assembly, AssemblyName, identity
from ecma2py.clr.metadata.image import NotAnAssemblyError
from ecma2py.clr.metadata.types import defined_types, used_types

__all__ = [
    "Assembly",
    "AssemblyName",
    "NotAnAssemblyError",
    "defined_types",
    "identity",
    "used_types",
]
