"""Reads .NET assemblies as files: no runtime is needed, and nothing of them runs.

``Assembly.read`` says what a connector's DLL is, what it was built for and what it needs.
Beneath it lie ``image`` (the file), ``tables`` (its metadata) and ``signatures`` (types and custom
attributes), after ECMA-335.
"""

from ecma2py.clr.metadata.assembly import Assembly, AssemblyName
from ecma2py.clr.metadata.image import NotAnAssemblyError

__all__ = ["Assembly", "AssemblyName", "NotAnAssemblyError"]
