"""How an object is written down: JSON document, digest and links, by a plan compiled per type.

The document holds every attribute that is stored except multi-valued references; those are links,
kept value by value, so that a change of one member costs nothing for the others. The digest says
whether two states are equal. It is a sum (modulo 2**128) of the document's hash and of one hash
per link, so a link is added to it or taken from it without looking at the other links.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import Any

import orjson
from attrs import frozen

from ecma2py.entries import EXPORT_PASSWORD
from ecma2py.schema import AttributeOperation, AttributeType, SchemaType, Value, Values
from ecma2py.space.errors import SpaceValueError
from ecma2py.space.keys import anchor_text
from ecma2py.values import is_unicode

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_MODULUS = 1 << 128
_BINARY = "$binary"
_EMPTY = blake2b(digest_size=16)

Document = dict[str, Any]
Links = dict[str, tuple[str, ...]]


def _base64(value: object) -> str:
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    raise TypeError(f"{type(value).__name__} is no type ECMA2 can carry")


def encode(document: Mapping[str, Any]) -> bytes:
    """The document as JSON with sorted keys; ``SpaceValueError`` names the attribute at fault."""
    try:
        return orjson.dumps(document, _base64, _OPTIONS)
    except TypeError as exc:
        raise SpaceValueError(_fault(document)) from exc


def _fault(document: Mapping[str, Any]) -> str:
    for name, values in document.items():
        try:
            orjson.dumps({name: values}, _base64, _OPTIONS)
        except TypeError as exc:
            return f"Attribute {name!r} cannot be stored: {exc.__cause__ or exc}."
    raise AssertionError("every attribute can be encoded alone, but not all together")


def encode_anchor(anchor: Mapping[str, Value]) -> bytes:
    """The anchor as JSON from which ``decode_anchor`` makes the same values again."""
    try:
        return orjson.dumps(anchor, _tagged, _OPTIONS)
    except TypeError as exc:
        raise SpaceValueError(f"The anchor cannot be stored: {exc.__cause__ or exc}.") from exc


def _tagged(value: object) -> dict[str, str]:
    return {_BINARY: _base64(value)}


def decode_anchor(encoded: bytes) -> dict[str, Value]:
    """The anchor that was encoded, Binary components as bytes."""
    return {
        name: b64decode(value[_BINARY]) if isinstance(value, dict) else value
        for name, value in orjson.loads(encoded).items()
    }


def typed_document(encoded: bytes, binary: Collection[str]) -> Document:
    """The document that was encoded, the *binary* attributes as bytes."""
    document: Document = orjson.loads(encoded)
    for name in binary:
        values = document.get(name)
        if values is None:
            continue
        document[name] = (
            [b64decode(v) for v in values] if isinstance(values, list) else b64decode(values)
        )
    return document


def document_hash(encoded: bytes, dn: str | None) -> bytes:
    """The digest of an object without links."""
    state = _EMPTY.copy()
    state.update(encoded)
    if dn:
        state.update(b"\0" + dn.encode())
    return state.digest()


def links_hash(attribute: str, texts: Iterable[str]) -> int:
    """What the links of one attribute add to the digest."""
    seed = blake2b(attribute.encode() + b"\0", digest_size=16)
    total = 0
    for text in texts:
        one = seed.copy()
        one.update(text.encode())
        total += int.from_bytes(one.digest(), "big")
    return total


def shifted(digest: bytes, amount: int) -> bytes:
    """The digest with *amount* added: positive for what came, negative for what went."""
    if not amount:
        return digest
    return ((int.from_bytes(digest, "big") + amount) % _MODULUS).to_bytes(16, "big")


def redone(digest: bytes, before: bytes, after: bytes) -> bytes:
    """The digest after the document's hash went from *before* to *after*, links untouched."""
    return shifted(digest, int.from_bytes(after, "big") - int.from_bytes(before, "big"))


@frozen
class TypePlan:
    """What the schema says about storing objects of one type, looked up once."""

    type_id: int
    prefix: str
    """What the keys of its objects begin with."""
    name: str
    anchor_names: tuple[str, ...]
    dropped: tuple[str, ...]
    """Never stored: the target takes these attributes and never gives them back."""
    import_only: tuple[str, ...]
    """An export cannot carry these, so a replacing export leaves them as they are."""
    multiple: tuple[str, ...]
    """Multi-valued attributes other than references: sets, written down sorted."""
    links: tuple[str, ...]
    sets: frozenset[str]
    """Multi-valued attributes, references or not."""
    references: tuple[str, ...]
    """Single-valued references: in the document, and always indexed."""
    binary: frozenset[str]
    known: frozenset[str]

    @classmethod
    def of(cls, schema_type: SchemaType, type_id: int) -> "TypePlan":
        """The plan of *schema_type*, known in the file as *type_id*."""
        attributes = schema_type.attributes.values()
        stored = [
            a for a in attributes if a.allowed_attribute_operation != AttributeOperation.EXPORT_ONLY
        ]
        refs = [a for a in stored if a.data_type is AttributeType.REFERENCE]
        links = tuple(a.name for a in refs if a.is_multi_valued)
        return cls(
            type_id,
            f"{type_id}:",
            schema_type.name,
            tuple(schema_type.anchor_attributes),
            (*(a.name for a in attributes if a not in stored), EXPORT_PASSWORD),
            tuple(
                a.name
                for a in stored
                if a.allowed_attribute_operation == AttributeOperation.IMPORT_ONLY
            ),
            tuple(a.name for a in stored if a.is_multi_valued and a.name not in links),
            links,
            frozenset(a.name for a in stored if a.is_multi_valued),
            tuple(a.name for a in refs if not a.is_multi_valued),
            frozenset(a.name for a in stored if a.data_type is AttributeType.BINARY),
            frozenset(a.name for a in stored),
        )

    def identity(self, anchor: Mapping[str, Value]) -> str | None:
        """The anchor as text; None without one. ``SpaceValueError`` if a component is missing."""
        names = self.anchor_names
        if len(names) == 1 and len(anchor) == 1:
            value = anchor.get(names[0])
            if value.__class__ is str:
                return value
        if not anchor:
            return None
        chosen = names if names and set(names) <= anchor.keys() else tuple(sorted(anchor))
        if names and chosen is not names and anchor.keys() & set(names):
            missing = ", ".join(sorted(set(names) - anchor.keys()))
            raise SpaceValueError(
                f"The anchor of a {self.name} lacks {missing}: every component needs a value."
            )
        return anchor_text([anchor[name] for name in chosen])

    def written(
        self, anchor: Mapping[str, Value], attributes: Mapping[str, Values]
    ) -> tuple[Document, Links]:
        """The document and the links that *attributes* make; the anchor counts as attributes."""
        document: Document = (
            {**attributes, **anchor}
            if anchor.keys() <= self.known
            else ({**attributes, **{name: anchor[name] for name in self.known & anchor.keys()}})
        )
        for name in self.dropped:
            if name in document:
                del document[name]
        for name in self.multiple:
            if name in document:
                self._sort(document, name)
        if not self.links:
            return document, {}
        return document, {name: _texts(document.pop(name, ()), name) for name in self.links}

    def _sort(self, document: Document, name: str) -> None:
        values = document[name]
        try:
            document[name] = sorted({*values} if isinstance(values, (list, tuple)) else {values})
        except TypeError as exc:
            raise SpaceValueError(f"Attribute {name!r} mixes types of values.") from exc
        if not document[name]:
            del document[name]

    def typed(self, encoded: bytes) -> Document:
        """The document decoded with Binary as bytes, as a connector knows it."""
        return typed_document(encoded, self.binary)


def _texts(values: Any, name: str) -> tuple[str, ...]:
    texts = (values,) if isinstance(values, str) else tuple(values)
    for text in texts:
        if not isinstance(text, str):
            raise SpaceValueError(f"Attribute {name!r} refers by text, not by {text!r}.")
        if not is_unicode(text):
            raise SpaceValueError(f"Attribute {name!r} holds half a character pair.")
    return texts
