"""Anything of the vocabulary as plain data, so that two of it can be compared, types included."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from attrs import fields, has

from ecma2py.entries import CSEntryChange
from ecma2py.parameters import ConfigParameters, SecureString


def shape(value: Any) -> Any:
    """*value* and all in it, with the names of their classes; a tuple is as good as a list."""
    if isinstance(value, ConfigParameters):
        return ("ConfigParameters", [shape(each) for each in value.values()])
    if isinstance(value, SecureString):
        return ("SecureString", value.reveal())
    if isinstance(value, BaseException):
        return (type(value).__name__, str(value), _details(value))
    if isinstance(value, CSEntryChange):
        # Asking for an identifier makes one.
        return ("CSEntryChange", [shape(getattr(value, each.name)) for each in fields(type(value))])
    if has(type(value)):
        cls: Any = type(value)
        return (cls.__name__, {each.name: shape(getattr(value, each.name)) for each in fields(cls)})
    if isinstance(value, Mapping):
        return [(shape(name), shape(each)) for name, each in value.items()]
    if isinstance(value, (list, tuple)):
        return [shape(each) for each in value]
    if isinstance(value, Enum) and type(value).__module__.startswith("ecma2py."):
        return (type(value).__name__, value.value)
    if type(value) in (str, int, bool, float, bytes, type(None)):
        return (type(value).__name__, value)
    return type(value).__name__


def _details(error: BaseException) -> Any:
    names = ("dn", "object_type", "attribute_name", "error_code", "error_name", "parameter_name")
    return [shape(getattr(error, name, None)) for name in (*names, "retry_after", "run_result")]
