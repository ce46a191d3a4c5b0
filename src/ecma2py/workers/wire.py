"""What is passed between a host and a worker, as MessagePack: the specification, and its codec.

A **frame** (``channel``) holds one array. The host asks ``[kind, argument]``:

====== ================================ ====================================================
kind   argument                         answer
====== ================================ ====================================================
load   map, see ``recipes.Recipe``      nil; the connector's code is loaded
make   nil                              array of the names of the interfaces the new instance has
call   ``[method, [argument, ...]]``    what the method returned
read   name of a property               its value
====== ================================ ====================================================

The worker answers each with ``["ok", value]`` or ``["error", map]`` (``faults``). Names of methods
and properties are those of ``ecma2py.connector``. Nothing else is sent; a closed connection ends
the worker.

**Values.** Text, integers of 64 bits, booleans, binary, nil, doubles, arrays and maps stand for
themselves; a tuple is an array. All else is an extension type:

==== ========= ==================================================================================
code name      payload
==== ========= ==================================================================================
1    object    ``[class, {field: value}]``: a class of the vocabulary, fields by their names in
               Python; a field left out has its default. ``Schema.types``,
               ``SchemaType.attributes`` and ``ConfigParameters.parameters`` are arrays.
2    enum      ``[class, number]``
3    secret    UTF-8 of a ``SecureString``
4    integer   one beyond 64 bits: two's complement, the highest byte first
5    text      one with half surrogates: UTF-8 that encodes them like any other code point
6    UUID      16 bytes in the order of their hexadecimal form (not that of a .NET ``Guid``)
7    path      UTF-8 of a path
8    foreign   UTF-8 of the name of a class that is none of ECMA2's; there is only its name
9    entries   a page of an import, or a batch of an export (``pages``)
10   entry     one entry: a page that has one
11   results   the results of a batch (``pages``)
12   map       one whose keys are not all text: array in which keys and values take turns
==== ========= ==================================================================================
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

import msgspec
from attrs import fields

import ecma2py
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.schema import Schema, SchemaType

OBJECT, ENUM, SECRET, INTEGER, TEXT, UUID_, PATH, FOREIGN, ENTRIES, ENTRY, RESULTS, MAP = range(
    1, 13
)
ATOMS = frozenset({str, int, bool, bytes, float, type(None)})
"""The types that MessagePack has itself, as far as each value goes."""
_LONGEST_NAME = 200

Ext = msgspec.msgpack.Ext
Hook = Callable[[int, memoryview], Any]


class Foreign:
    """Stands for an object that is none of ECMA2's: all that is known is the name of its class."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Encoded:
    """A value that is in its wire form already, as a bridge to another language makes it."""

    __slots__ = ("code", "data")

    def __init__(self, code: int, data: bytes) -> None:
        self.code = code
        self.data = data


def _vocabulary() -> dict[str, type]:
    # Entries and their results have forms of their own.
    own = {"CSEntryChange", "CSEntryChangeResult", "ConfigParameters"}
    named = {name: getattr(ecma2py, name) for name in ecma2py.__all__ if name not in own}
    return {name: each for name, each in named.items() if hasattr(each, "__attrs_attrs__")}


def _enums() -> dict[str, type[Enum]]:
    named = {name: getattr(ecma2py, name) for name in ecma2py.__all__}
    return {
        name: each
        for name, each in named.items()
        if isinstance(each, type) and issubclass(each, Enum)
    }


_CLASSES = _vocabulary()
_ENUMS = _enums()
_AS_ARRAYS = {(Schema, "types"), (SchemaType, "attributes")}
_encode = msgspec.msgpack.Encoder().encode


def encode(plain: Any) -> bytes:
    """The bytes of what ``packed`` made."""
    return _encode(plain)


def foreign(value: object) -> Any:
    """What stands for *value*, of which only the name of its class is passed."""
    name = type(value).__name__[:_LONGEST_NAME]
    return Ext(FOREIGN, name.encode("utf-8", "replace"))


def packed(value: Any, more: Callable[[Any], Any] = foreign) -> Any:
    """*value* in what MessagePack has, and extensions; *more* packs what is not known here."""
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _text(value)
    if kind is int:
        return value if -(2**63) <= value < 2**63 else _integer(value)
    if kind in ATOMS or kind is Ext:
        return value
    if kind is list or kind is tuple:
        return [packed(each, more) for each in value]
    if isinstance(value, ConfigParameters):
        parameters = [packed(each) for each in value.values()]
        return made("ConfigParameters", {"parameters": parameters})
    if isinstance(value, Mapping):
        return _map([(packed(name), packed(each, more)) for name, each in value.items()])
    for cls in kind.__mro__:
        if _CLASSES.get(cls.__name__) is cls:
            return made(cls.__name__, _fields(value, cls, more))
    return _extension(value, more)


def made(name: str, found: dict[str, Any]) -> Any:
    """An object of the class called *name* with these fields, which are packed."""
    return Ext(OBJECT, encode([name, found]))


def _map(items: list[tuple[Any, Any]]) -> Any:
    if all(type(name) is str for name, _ in items):
        return dict(items)
    return Ext(MAP, encode([part for item in items for part in item]))


def _text(value: str) -> Any:
    try:
        value.encode()
    except UnicodeEncodeError:
        return Ext(TEXT, value.encode("utf-8", "surrogatepass"))
    return value


def _integer(value: int) -> Any:
    return Ext(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def _extension(value: Any, more: Callable[[Any], Any]) -> Any:
    if isinstance(value, Encoded):
        return Ext(value.code, value.data)
    if isinstance(value, SecureString):
        return Ext(SECRET, value.reveal().encode("utf-8", "surrogatepass"))
    if isinstance(value, UUID):
        return Ext(UUID_, value.bytes)
    if isinstance(value, PurePath):
        return Ext(PATH, str(value).encode("utf-8", "surrogatepass"))
    if isinstance(value, Enum) and _ENUMS.get(type(value).__name__) is type(value):
        return Ext(ENUM, encode([type(value).__name__, value.value]))
    return more(value)


def _fields(value: object, cls: Any, more: Callable[[Any], Any]) -> dict[str, Any]:
    found = {}
    for each in fields(cls):
        content = getattr(value, each.name)
        if (cls, each.name) in _AS_ARRAYS and isinstance(content, Mapping):
            content = list(content.values())
        found[each.alias] = packed(content, more)
    return found


def unpacked(code: int, data: memoryview, hook: Hook) -> Any:
    """What an extension stands for; *hook* is for those within. ``ValueError`` for nonsense."""
    if code == OBJECT:
        return _object(*msgspec.msgpack.decode(data, ext_hook=hook))
    if code == MAP:
        parts = msgspec.msgpack.decode(data, ext_hook=hook)
        return dict(zip(parts[::2], parts[1::2], strict=True))
    if code == ENUM:
        name, number = msgspec.msgpack.decode(data)
        try:
            return _ENUMS[name](number)
        except ValueError:
            return number
    content = bytes(data)
    if code == INTEGER:
        return int.from_bytes(content, signed=True)
    if code == UUID_:
        return UUID(bytes=content)
    text = content.decode("utf-8", "surrogatepass")
    if code == SECRET:
        return SecureString(text)
    if code == TEXT:
        return text
    if code == PATH:
        return Path(text)
    if code == FOREIGN:
        return foreign_named(text)
    raise ValueError(f"extension {code} is unknown")


def foreign_named(name: str) -> Foreign:
    """What stands for an object of a class of this name."""
    return _foreign_class(name[:_LONGEST_NAME])()


def _object(name: str, given: dict[str, Any]) -> Any:
    if name == "ConfigParameters":
        return ConfigParameters(given["parameters"])
    cls = _CLASSES.get(name)
    if cls is None:
        raise ValueError(f"class {name!r} is unknown")
    return cls(**given)


@lru_cache(maxsize=256)
def _foreign_class(name: str) -> type[Foreign]:
    return type(name.replace("\0", "") or "object", (Foreign,), {"__slots__": ()})
