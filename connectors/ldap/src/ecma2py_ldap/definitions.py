"""A server's own schema: attribute types and object classes as its subschema describes them.

RFC 4512, 4.1.1 and 4.1.2. Names are compared without regard to case.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from attrs import field, frozen

from ecma2py.errors import UnexpectedDataError

_TOKEN = re.compile(r"'((?:[^'\\]|\\.)*)'|([()])|([^\s()']+)", re.DOTALL)
_FLAGS = frozenset(
    {"ABSTRACT", "AUXILIARY", "COLLECTIVE", "NO-USER-MODIFICATION", "OBSOLETE", "SINGLE-VALUE",
     "STRUCTURAL"}
)  # fmt: skip
_ESCAPE = re.compile(r"\\(27|5[cC])")


@frozen
class AttributeDefinition:
    """One attribute type."""

    oid: str
    names: tuple[str, ...] = field(kw_only=True)
    superior: str | None = field(default=None, kw_only=True)
    syntax: str | None = field(default=None, kw_only=True)
    """The OID alone; the length some servers append is a lower bound, no limit (RFC 4512)."""
    single_value: bool = field(default=False, kw_only=True)
    no_user_modification: bool = field(default=False, kw_only=True)
    description: str = field(default="", kw_only=True)

    @property
    def name(self) -> str:
        """The first name; the OID of an attribute without any."""
        return next(iter(self.names), self.oid)


@frozen
class ClassDefinition:
    """One object class."""

    oid: str
    names: tuple[str, ...] = field(kw_only=True)
    superiors: tuple[str, ...] = field(default=(), kw_only=True)
    must: tuple[str, ...] = field(default=(), kw_only=True)
    may: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def name(self) -> str:
        """The first name; the OID of a class without any."""
        return next(iter(self.names), self.oid)


class ServerSchema:
    """The attribute types and object classes a server knows, by any of their names."""

    def __init__(self, attribute_types: Iterable[str], object_classes: Iterable[str]) -> None:
        self._attributes: dict[str, AttributeDefinition] = {}
        self._classes: dict[str, ClassDefinition] = {}
        for attribute in map(parse_attribute, attribute_types):
            for name in (attribute.oid, *attribute.names):
                self._attributes[name.lower()] = attribute
        for each in map(parse_class, object_classes):
            for name in (each.oid, *each.names):
                self._classes[name.lower()] = each

    def attribute(self, name: str) -> AttributeDefinition | None:
        """The attribute type of that name; None if there is none."""
        return self._attributes.get(name.lower())

    def object_class(self, name: str) -> ClassDefinition | None:
        """The class of that name; None if there is none."""
        return self._classes.get(name.lower())

    def syntax(self, attribute: AttributeDefinition) -> str | None:
        """The OID of its syntax, or of the nearest superior that has one."""
        seen: set[str] = set()
        while attribute.syntax is None and attribute.superior and attribute.oid not in seen:
            seen.add(attribute.oid)
            superior = self.attribute(attribute.superior)
            if superior is None:
                break
            attribute = superior
        return attribute.syntax

    def lineage(self, name: str) -> list[ClassDefinition]:
        """The class, its superiors and theirs, each once; unknown ones are left out."""
        found: dict[str, ClassDefinition] = {}
        waiting = [name]
        while waiting:
            each = self.object_class(waiting.pop(0))
            if each is not None and each.oid not in found:
                found[each.oid] = each
                waiting += each.superiors
        return list(found.values())


def parse_attribute(text: str) -> AttributeDefinition:
    """The attribute type that *text* describes."""
    oid, parts = _parts(text)
    syntax = _first(parts, "SYNTAX")
    return AttributeDefinition(
        oid,
        names=parts.get("NAME", ()),
        superior=_first(parts, "SUP"),
        syntax=syntax.partition("{")[0] if syntax else None,
        single_value="SINGLE-VALUE" in parts,
        no_user_modification="NO-USER-MODIFICATION" in parts,
        description=_first(parts, "DESC") or "",
    )


def parse_class(text: str) -> ClassDefinition:
    """The object class that *text* describes."""
    oid, parts = _parts(text)
    return ClassDefinition(
        oid,
        names=parts.get("NAME", ()),
        superiors=parts.get("SUP", ()),
        must=parts.get("MUST", ()),
        may=parts.get("MAY", ()),
    )


def _parts(text: str) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The OID, and the values by keyword; a flag has none."""
    tokens = list(_tokens(text))
    if len(tokens) < 3 or tokens[0] != "(" or tokens[-1] != ")":
        raise UnexpectedDataError(
            f"The server's schema holds a description that is none by RFC 4512: {text[:100]!r}."
        )
    parts: dict[str, tuple[str, ...]] = {}
    rest = iter(tokens[2:-1])
    for keyword in rest:
        parts[keyword] = () if keyword in _FLAGS else _values(rest)
    return tokens[1], parts


def _tokens(text: str) -> Iterator[str]:
    for quoted, bracket, word in _TOKEN.findall(text):
        yield bracket or word or _ESCAPE.sub(lambda m: chr(int(m[1], 16)), quoted)


def _values(tokens: Iterator[str]) -> tuple[str, ...]:
    first = next(tokens, "")
    if first != "(":
        return (first.strip("'"),)
    inside = takewhile(lambda each: each != ")", tokens)
    return tuple(each for word in inside for each in word.split("$") if each)


def _first(parts: Mapping[str, tuple[str, ...]], keyword: str) -> str | None:
    return next(iter(parts.get(keyword, ())), None)
