"""Attribute names in SCIM text: which are known, and where one ends.

RFC 7644's grammar ends a name at the first character that is not a letter, digit, ``-`` or ``_``.
Attributes of connected systems are called ``Employee ID``, ``-dn-``, ``sn;lang-fr`` or
``address.city``. Where such a name is known, the longest known one wins; every other name is read
by the grammar, widened by ``$`` and ``;`` and by freedom in the first character.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from attrs import field, frozen

COMMON_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "schemas": (),
    "id": (),
    "externalId": (),
    "meta": ("resourceType", "created", "lastModified", "location", "version"),
}
"""What every resource has, with sub-attributes (RFC 7643 section 3.1)."""

_NAME = re.compile(r"[A-Za-z0-9_$;-]+")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.:/_~%@#?=&-]*")
_NAME_STOPS = " \t\r\n()[]."
_PATH_STOPS = " \t\r\n()[]"
_SCHEMA_STOPS = " \t\r\n()[]:"


@frozen
class AttributePath:
    """One attribute of a resource, or one sub-attribute of it (RFC 7644 section 3.10).

    Spelled as the schema spells it where the name is known, else as the client did.
    """

    schema: str | None
    """The URN in front, or None for a top-level attribute."""
    attribute: str
    """The name; empty when the path is a schema URN alone and means the whole extension."""
    sub_attribute: str | None = None

    def __str__(self) -> str:
        name = self.attribute
        if self.schema is not None:
            name = f"{self.schema}:{name}" if name else self.schema
        return name if self.sub_attribute is None else f"{name}.{self.sub_attribute}"


@frozen(eq=False)
class _Table:
    """Known names by their lower-case spelling, looked up where they stand in a text."""

    spellings: dict[str, str]
    lengths: tuple[int, ...]
    """Every length a name has, longest first: one look-up for each finds the longest match."""

    @classmethod
    def of(cls, names: Iterable[str]) -> "_Table":
        known = [name for name in names if name]
        lengths = sorted({len(name) for name in known}, reverse=True)
        return cls({name.lower(): name for name in reversed(known)}, tuple(lengths))

    def longest(self, text: str, start: int, stops: str) -> tuple[str, int] | None:
        for length in self.lengths:
            end = start + length
            if end > len(text) or (end < len(text) and text[end] not in stops):
                continue
            if (name := self.spellings.get(text[start:end].lower())) is not None:
                return name, end
        return None


_NO_NAMES = _Table({}, ())


@frozen(eq=False)
class Names:
    """The schema URNs and attribute names that are known when SCIM text is read.

    Compared by identity: make one for each published schema and keep it, since parsed filters are
    cached for it.
    """

    schemas: Mapping[str, Mapping[str, Collection[str]]] = field(factory=dict)
    """Attribute names by schema URN, and the sub-attribute names of each (none if simple)."""
    core: Collection[str] = ()
    """Those URNs whose attributes stand at the top level of a resource.

    With one core URN, ``<URN>:userName`` reads as ``userName``. With several (a query over all
    types) the URN stays in the path, because there it also chooses the type.
    """
    _urns: _Table = field(init=False)
    _attributes: dict[str | None, _Table] = field(init=False)
    _subs: dict[tuple[str | None, str], _Table] = field(init=False)

    def __attrs_post_init__(self) -> None:
        top: dict[str, set[str]] = {name: set(subs) for name, subs in COMMON_ATTRIBUTES.items()}
        by_urn: dict[str | None, dict[str, set[str]]] = {None: top}
        for urn, attributes in self.schemas.items():
            own = by_urn[urn] = {name: set(subs) for name, subs in attributes.items()}
            if urn in self.core:
                for name, subs in own.items():
                    top.setdefault(name, set()).update(subs)
                for name, common in COMMON_ATTRIBUTES.items():
                    own.setdefault(name, set()).update(common)
        tables = {urn: _Table.of(attributes) for urn, attributes in by_urn.items()}
        parts = {
            (urn, name): _Table.of(sorted(inner))
            for urn, attributes in by_urn.items()
            for name, inner in attributes.items()
        }
        object.__setattr__(self, "_urns", _Table.of([*self.schemas, *self.core]))
        object.__setattr__(self, "_attributes", tables)
        object.__setattr__(self, "_subs", parts)

    def read(self, text: str, start: int) -> tuple[AttributePath, int] | None:
        """The attribute path that begins at ``start`` and where it ends, or None if none does."""
        schema: str | None = None
        if (known := self._urns.longest(text, start, _SCHEMA_STOPS)) is not None:
            schema, end = known
            if end == len(text) or text[end] != ":":
                return AttributePath(schema, ""), end
            if len(self.core) == 1 and schema in self.core:
                schema = None
            name = self._name(schema, text, end + 1)
        elif (name := self._attributes[None].longest(text, start, _NAME_STOPS)) is None:
            schema, begin = _split_unknown(text, start)
            name = _grammar_name(text, begin)
        if name is None:
            return None
        attribute, end = name
        sub: str | None = None
        if text.startswith(".", end):
            inner = AttributePath(schema, attribute)
            if (found := self.read_sub(inner, text, end + 1)) is None:
                return None
            sub, end = found
        if end < len(text) and text[end] not in _PATH_STOPS:
            return None
        return AttributePath(schema, attribute, sub), end

    def read_sub(self, path: AttributePath, text: str, start: int) -> tuple[str, int] | None:
        """The sub-attribute name of ``path`` that begins at ``start`` and where it ends."""
        table = self._subs.get((path.schema, path.attribute), _NO_NAMES)
        return table.longest(text, start, _PATH_STOPS) or _grammar_name(text, start)

    def _name(self, schema: str | None, text: str, start: int) -> tuple[str, int] | None:
        table = self._attributes.get(schema, _NO_NAMES)
        return table.longest(text, start, _NAME_STOPS) or _grammar_name(text, start)


NO_NAMES = Names()
"""Knows the common attributes only: everything else is read by the grammar."""


def _grammar_name(text: str, start: int) -> tuple[str, int] | None:
    match = _NAME.match(text, start)
    return (match.group(), match.end()) if match else None


def _split_unknown(text: str, start: int) -> tuple[str | None, int]:
    """An unknown schema URI is all up to the last colon of the word; the name begins after it."""
    match = _URI.match(text, start)
    if match is None:
        return None, start
    schema, colon, _ = match.group().rpartition(":")
    return (schema, start + len(schema) + 1) if colon else (None, start)
