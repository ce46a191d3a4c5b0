"""What a space knows beside its objects: whose it is, its types, attributes and plans."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from ecma2py.capabilities import MADistinguishedNameStyle, MANormalizations
from ecma2py.schema import Schema, Value
from ecma2py.space.documents import TypePlan
from ecma2py.space.errors import SpaceMismatchError, SpaceValueError
from ecma2py.space.keys import id_seed, object_id, reference_key
from ecma2py.values import is_storable

_ID_TAKEN = "SELECT 1 FROM objects WHERE id = ?"


@frozen
class Catalog:
    """The fixed facts of an open space."""

    connector: str
    style: MADistinguishedNameStyle
    plans: Mapping[str, TypePlan]
    """The types of the schema in use, by name."""
    type_ids: Mapping[str, int]
    """All types the file knows, also those no schema holds any more."""
    type_names: Mapping[int, str]
    id_seeds: Mapping[str, Any] = field(repr=False)
    """By the number of the type as keys begin with it."""
    attribute_ids: Mapping[str, int]
    """The multi-valued references, by name."""
    reference_key: Callable[[str], str] = field(repr=False)
    normalized: Callable[[str], str] | None = field(repr=False)
    """How anchor texts are rewritten before they are compared; None if they are not."""

    def plan(self, object_type: str | None) -> TypePlan:
        """The plan of a type; ``SpaceValueError`` if the schema has none of that name."""
        plan = self.plans.get(object_type or "")
        if plan is None:
            raise SpaceValueError(
                f"Object type {object_type!r} is not in the schema: "
                f"it has {', '.join(self.plans) or 'no types'}."
            )
        return plan

    def key(self, plan: TypePlan, anchor: Mapping[str, Value], dn: str | None) -> str:
        """The object's unique key in the file: its type, and the text that tells it from others.

        That is its anchor, rewritten as the connector's normalizations say. An object without
        one, as connectors have whose DN is the anchor, is told by its DN.
        """
        text = plan.identity(anchor)
        if text is None:
            if not dn:
                raise SpaceValueError(f"A {plan.name} has neither an anchor nor a DN.")
            text = self.reference_key(dn)
        elif self.normalized is not None:
            text = self.normalized(text)
        if "\0" in text or not text.isascii():
            _check(text, "anchor")
        return plan.prefix + text

    def new_id(self, key: str, attempt: int = 0) -> str:
        """The SCIM id of a new object with this key."""
        type_id, _, identity = key.partition(":")
        return object_id(self.id_seeds[type_id], identity, attempt)

    def free_id(self, connection: sqlite3.Connection, key: str) -> str:
        """The first id for this key that no object has: one that was renamed away keeps its own."""
        attempt = 0
        while connection.execute(_ID_TAKEN, (id := self.new_id(key, attempt),)).fetchone():
            attempt += 1
        return id

    @property
    def has_names(self) -> bool:
        """True if objects have DNs, each of which belongs to one object."""
        return self.style is not MADistinguishedNameStyle.NONE

    def kept_dn(self, dn: str | None) -> str | None:
        """The DN as it is stored: None without DNs, whatever a connector says."""
        if not (dn and self.has_names):
            return None
        if "\0" in dn or not dn.isascii():
            _check(dn, "DN")
        return dn

    def object_key(self, key: str, dn: str | None) -> str | None:
        """What references to the object are compared with; None if nothing can refer to it."""
        if not self.has_names:
            return identity_of(key)
        return self.reference_key(dn) if dn else None


def _check(text: str, what: str) -> None:
    if not is_storable(text):
        raise SpaceValueError(f"The {what} {text!r} holds NUL or half a character pair.")


def identity_of(key: str) -> str:
    """The object's anchor text, or that of its DN, within its unique key."""
    return key.partition(":")[2]


def load_catalog(
    connection: sqlite3.Connection,
    place: str,
    *,
    connector: str,
    schema: Schema,
    style: MADistinguishedNameStyle,
    normalizations: MANormalizations,
) -> Catalog:
    """The catalog of the file, which learns the schema's types; inside a write transaction.

    ``SpaceMismatchError`` if the file was made for another connector, or for another DN style or
    other normalizations, under which its keys would mean something else.
    """
    facts = {
        "connector": connector,
        "dn_style": style.name,
        "normalizations": str(int(normalizations)),
    }
    stored = dict(connection.execute("SELECT name, value FROM meta").fetchall())
    for name, value in facts.items():
        if stored.get(name, value) != value:
            raise SpaceMismatchError(
                f"Connector space {place} was made for {name} {stored[name]!r}, not {value!r}: "
                "choose another file, or remove it and run a full import."
            )
    connection.executemany("INSERT OR IGNORE INTO meta VALUES (?, ?)", facts.items())
    connection.executemany(
        "INSERT OR IGNORE INTO types(name) VALUES (?)", [(name,) for name in schema.types]
    )
    type_ids = dict(connection.execute("SELECT name, id FROM types").fetchall())
    plans = {name: TypePlan.of(each, type_ids[name]) for name, each in schema.types.items()}
    links = {name for plan in plans.values() for name in plan.links}
    connection.executemany(
        "INSERT OR IGNORE INTO attributes(name) VALUES (?)", [(name,) for name in sorted(links)]
    )
    attribute_ids = dict(connection.execute("SELECT name, id FROM attributes").fetchall())
    normalized = normalizations.applied if normalizations else None
    return Catalog(
        connector,
        style,
        plans,
        type_ids,
        {number: name for name, number in type_ids.items()},
        {str(number): id_seed(connector, name) for name, number in type_ids.items()},
        attribute_ids,
        reference_key(style, normalized),
        normalized,
    )
