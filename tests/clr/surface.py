"""The public surface of an assembly, read from its metadata in the form of ``data/contract.json``."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from ecma2py.clr.metadata.image import Image
from ecma2py.clr.metadata.signatures import Attribute, Signatures
from ecma2py.clr.metadata.tables import (
    CONSTANT,
    CUSTOM_ATTRIBUTE,
    FIELD,
    INTERFACE_IMPL,
    METHOD,
    METHOD_IMPL,
    METHOD_SEMANTICS,
    PARAM,
    PROPERTY,
    PROPERTY_MAP,
    TYPE_DEF,
    Row,
    Tables,
    Token,
)

PUBLIC_TYPE = (1, 2)
ACCESS = {6: "public", 4: "protected", 5: "protected internal"}
STATIC, VIRTUAL, NEW_SLOT, ABSTRACT, SPECIAL = 0x10, 0x40, 0x100, 0x400, 0x800
SETTER, GETTER = 0x1, 0x2
OUT = 0x2
PARAM_ARRAY = "System.ParamArrayAttribute"
# What compilers add for themselves says nothing of the contract.
COMPILER_MADE = {PARAM_ARRAY, "System.Runtime.CompilerServices.CompilerGeneratedAttribute"}


def surface(path: Path) -> dict[str, dict[str, Any]]:
    """Every public type by its full name."""
    return _Surface(Tables(Image.read(path))).types()


class _Surface:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.signatures = Signatures(tables)
        self.attributes: dict[Token, list[Attribute]] = {}
        for row in tables.rows(CUSTOM_ATTRIBUTE):
            made = self.signatures.attribute(tables.token(row, "Type"), tables.blob(row, "Value"))
            self.attributes.setdefault(tables.token(row, "Parent"), []).append(made)
        self.interfaces: dict[int, list[str]] = {}
        for row in tables.rows(INTERFACE_IMPL):
            name = self.signatures.type_name(tables.token(row, "Interface"))
            self.interfaces.setdefault(tables.token(row, "Class").row, []).append(name)
        self.property_lists = {
            tables.token(row, "Parent").row: tables.list_of(PROPERTY_MAP, number, "Properties")
            for number, row in enumerate(tables.rows(PROPERTY_MAP), 1)
        }
        self.accessors: dict[Token, dict[int, int]] = {}
        for row in tables.rows(METHOD_SEMANTICS):
            owner = self.accessors.setdefault(tables.token(row, "Association"), {})
            owner[tables.number(row, "Semantics")] = tables.token(row, "Method").row
        self.constants = {tables.token(row, "Parent"): row for row in tables.rows(CONSTANT)}
        self.implemented: dict[int, list[str]] = {}
        for row in tables.rows(METHOD_IMPL):
            declared = tables.row(*tables.token(row, "Declaration"))
            owner = self.signatures.type_name(tables.token(declared, "Class"))
            name = f"{owner}.{tables.text(declared, 'Name')}"
            self.implemented.setdefault(tables.token(row, "Body").row, []).append(name)

    def types(self) -> dict[str, dict[str, Any]]:
        found = {}
        for number, row in enumerate(self.tables.rows(TYPE_DEF), 1):
            if self.tables.number(row, "Flags") & 7 in PUBLIC_TYPE:
                shown = self._type(number, row)
                found[shown["fullName"]] = shown
        return found

    def _type(self, number: int, row: Row) -> dict[str, Any]:
        tables, token = self.tables, Token(TYPE_DEF, number)
        flags = tables.number(row, "Flags")
        extends = tables.token(row, "Extends")
        base = self.signatures.type_name(extends) if extends.row else None
        interface = bool(flags & 0x20)
        static = not interface and flags & 0x180 == 0x180
        shown: dict[str, Any] = {
            "namespace": tables.text(row, "Namespace"),
            "name": tables.text(row, "Name"),
            "fullName": self.signatures.type_name(token),
            "kind": "interface" if interface else "enum" if base == "System.Enum" else "class",
            "base": base,
            "interfaces": self.interfaces.get(number, []),
            "abstract": bool(flags & 0x80) and not interface and not static,
            "sealed": bool(flags & 0x100) and not static,
            "static": static,
            "serializable": bool(flags & 0x2000),
        }
        attributes = self._attributes(
            token, {"System.FlagsAttribute"} if shown["kind"] != "enum" else set()
        )
        if attributes:
            shown["attributes"] = attributes
        if shown["kind"] == "enum":
            shown |= self._enum(number, token)
        else:
            shown |= self._members(number)
        return shown

    def _enum(self, number: int, token: Token) -> dict[str, Any]:
        underlying, values = None, {}
        for field in self.tables.list_of(TYPE_DEF, number, "Fields"):
            row = self.tables.row(FIELD, field)
            if self.tables.number(row, "Flags") & STATIC:
                values[self.tables.text(row, "Name")] = self._constant(Token(FIELD, field))
            else:
                underlying = self.signatures.field(self.tables.blob(row, "Signature"))
        flags = any(a.type == "System.FlagsAttribute" for a in self.attributes.get(token, ()))
        return {"underlying": underlying, "flags": flags, "values": values}

    def _constant(self, owner: Token) -> object:
        value = self.tables.blob(self.constants[owner], "Value")
        if self.tables.number(self.constants[owner], "Type") == 0x0E:
            return value.decode("utf-16-le")
        return int.from_bytes(value, "little", signed=True)

    def _attributes(self, owner: Token, dropped: Collection[str] = ()) -> list[dict[str, Any]]:
        shown = []
        for attribute in self.attributes.get(owner, ()):
            if attribute.type in COMPILER_MADE or attribute.type in dropped:
                continue
            entry: dict[str, Any] = {"type": attribute.type, "args": list(attribute.values)}
            if attribute.named:
                entry["named"] = {name: _csharp(value) for name, value in attribute.named}
            shown.append(entry)
        return shown

    def _members(self, number: int) -> dict[str, Any]:
        groups: dict[str, list[dict[str, Any]]] = {
            "constructors": [],
            "fields": list(self._fields(number)),
            "properties": list(self._properties(number)),
            "methods": [],
        }
        for method in self.tables.list_of(TYPE_DEF, number, "Methods"):
            row = self.tables.row(METHOD, method)
            access = self._access(method)
            if access is None:
                continue
            if self.tables.text(row, "Name") == ".ctor":
                groups["constructors"].append(
                    {"access": access, "parameters": self._parameters(method)}
                )
            elif not self.tables.number(row, "Flags") & SPECIAL:
                groups["methods"].append(self._method(method, row, access))
        return {name: members for name, members in groups.items() if members}

    def _access(self, method: int) -> str | None:
        row = self.tables.row(METHOD, method)
        shown = ACCESS.get(self.tables.number(row, "Flags") & 7)
        return shown or ("explicit" if method in self.implemented else None)

    def _method(self, method: int, row: Row, access: str) -> dict[str, Any]:
        signature = self.signatures.method(self.tables.blob(row, "Signature"))
        shown: dict[str, Any] = {
            "name": self.tables.text(row, "Name"),
            "access": access,
            "returns": signature.result,
            "parameters": self._parameters(method),
        }
        if access == "explicit":
            shown["implements"] = self.implemented[method]
        elif modifiers := self._modifiers(method):
            shown["modifiers"] = modifiers
        if attributes := self._attributes(Token(METHOD, method)):
            shown["attributes"] = attributes
        return shown

    def _modifiers(self, method: int) -> list[str]:
        flags = self.tables.number(self.tables.row(METHOD, method), "Flags")
        if flags & STATIC:
            return ["static"]
        if flags & ABSTRACT:
            return ["abstract"]
        if flags & VIRTUAL and not flags & NEW_SLOT:
            return ["override"]
        return ["virtual"] if flags & VIRTUAL else []

    def _parameters(self, method: int) -> list[dict[str, Any]]:
        tables = self.tables
        row = tables.row(METHOD, method)
        types = self.signatures.method(tables.blob(row, "Signature")).parameters
        shown: list[dict[str, Any]] = [{"name": None, "type": name} for name in types]
        for number in tables.list_of(METHOD, method, "Params"):
            param = tables.row(PARAM, number)
            sequence = tables.number(param, "Sequence")
            if sequence == 0:
                continue
            entry = shown[sequence - 1]
            entry["name"] = tables.text(param, "Name")
            if entry["type"].endswith("&"):
                entry["type"] = entry["type"][:-1]
                entry["mode"] = "out" if tables.number(param, "Flags") & OUT else "ref"
            if any(a.type == PARAM_ARRAY for a in self.attributes.get(Token(PARAM, number), ())):
                entry["params"] = True
        return shown

    def _fields(self, number: int) -> Iterator[dict[str, Any]]:
        for field in self.tables.list_of(TYPE_DEF, number, "Fields"):
            row = self.tables.row(FIELD, field)
            flags = self.tables.number(row, "Flags")
            if access := ACCESS.get(flags & 7):
                yield {
                    "name": self.tables.text(row, "Name"),
                    "type": self.signatures.field(self.tables.blob(row, "Signature")),
                    "access": access,
                    "static": bool(flags & STATIC),
                    "readonly": bool(flags & 0x20),
                    "const": bool(flags & 0x40),
                    "value": self._constant(Token(FIELD, field)) if flags & 0x40 else None,
                }

    def _properties(self, number: int) -> Iterator[dict[str, Any]]:
        for entry in self.property_lists.get(number, ()):
            token = Token(PROPERTY, entry)
            row = self.tables.row(*token)
            accessors = self.accessors.get(token, {})
            seen = {
                name: ACCESS.get(self._method_flags(accessors[kind]) & 7)
                for name, kind in (("get", GETTER), ("set", SETTER))
                if kind in accessors
            }
            if not any(seen.values()):
                continue
            signature = self.signatures.method(self.tables.blob(row, "Signature"))
            getter = accessors.get(GETTER, accessors.get(SETTER, 0))
            shown: dict[str, Any] = {
                "name": self.tables.text(row, "Name"),
                "type": signature.result,
                "access": seen.get("get") or seen.get("set"),
                "get": seen.get("get"),
                "set": seen.get("set"),
            }
            if modifiers := self._modifiers(getter):
                shown["modifiers"] = modifiers
            if signature.parameters:
                shown["indexParameters"] = self._parameters(getter)
            if attributes := self._attributes(token):
                shown["attributes"] = attributes
            yield shown

    def _method_flags(self, method: int) -> int:
        return self.tables.number(self.tables.row(METHOD, method), "Flags")


def _csharp(value: object) -> object:
    """A type's assembly-qualified name as C# writes the type; any other value as it is."""
    if not isinstance(value, str):
        return value
    generic = re.fullmatch(r"([\w.]+)`1\[\[([\w.]+),[^\]]*\]\].*", value)
    return f"{generic[1]}<{generic[2]}>" if generic else value.partition(",")[0]
