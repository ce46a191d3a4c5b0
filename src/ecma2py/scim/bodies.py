"""The body of a POST or PUT into the values a connector is given."""

from collections.abc import Mapping
from typing import Literal

from ecma2py.parameters import SecureString
from ecma2py.schema import Value, Values
from ecma2py.scim.bindings import Binding, Mutability, PublishedAttribute, Role
from ecma2py.scim.coercion import is_nothing, json_type, shown
from ecma2py.scim.errors import ScimError, invalid_syntax, invalid_value, mutability
from ecma2py.scim.intents import (
    Current,
    Intent,
    Resolve,
    Unknown,
    check_writable,
    connector_values,
    is_same,
    special_value,
)
from ecma2py.scim.mapping_paths import unknown_attribute
from ecma2py.scim.names import AttributePath
from ecma2py.scim.paths import parse_path
from ecma2py.scim.spreading import spread
from ecma2py.scim.types import ResourceType

Mode = Literal["create", "replace"]

SERVER_OWNED = frozenset({"schemas", "id", "meta", "groups"})
"""Attributes that are ours to set: whatever a client sends for them is left aside."""


def read_resource(
    body: object,
    resource_type: ResourceType,
    *,
    resolve: Resolve,
    mode: Mode = "create",
    unknown: Unknown = "error",
    current: Current | None = None,
    id: str | None = None,
) -> Intent:
    """What the body of a POST (*create*) or PUT (*replace*) asks for.

    Nulls, empty arrays and ``""`` for a reference say that there is no value. On a replace,
    *current* lets read-only and immutable attributes through that are sent back as they are, and
    *id* is what the body's ``id`` must be if it has one. Raises :class:`ScimError` alone: 400
    invalidSyntax, invalidValue or mutability, naming the attribute.
    """
    reader = _Reader(resource_type, resolve, mode, unknown, current)
    reader.read(as_object(body, "The body"))
    if mode == "replace":
        check_id(body, id)
    return reader.intent()


def as_object(value: object, what: str) -> Mapping[str, object]:
    """*value* if it is a JSON object; 400 invalidSyntax else."""
    if isinstance(value, dict):
        return value
    raise invalid_syntax(f"{what} must be a JSON object, not {json_type(value)}")


def check_id(body: object, id: str | None) -> None:
    """Return if an ``id`` in the body is absent or *id*; 400 mutability else."""
    given = body.get("id") if isinstance(body, dict) else None
    if given is not None and id is not None and given != id:
        raise mutability("id is given by the server: it cannot be changed")


class _Reader:
    """Collects the values of one body."""

    def __init__(
        self,
        resource_type: ResourceType,
        resolve: Resolve,
        mode: Mode,
        unknown: Unknown,
        current: Current | None,
    ) -> None:
        self._type = resource_type
        self._resolve = resolve
        self._creating = mode == "create"
        self._unknown = unknown
        self._current = current
        self._values: dict[str, Values] = {}
        self._from: dict[str, str] = {}
        self._dn: str | None = None
        self._active: bool | None = None
        self._password: SecureString | None = None

    def read(self, body: Mapping[str, object]) -> None:
        """Take every member of the whole body."""
        for key, raw in body.items():
            attribute = self._type.member(None, key)
            if attribute is not None:
                self._take(attribute, raw)
            elif key.lower() not in SERVER_OWNED:
                self._read_other(key, raw)

    def intent(self) -> Intent:
        """What was read; 400 invalidValue if a required attribute has no value."""
        for attribute, binding in self._type.required.items():
            kept = not self._creating and binding.mutability is not Mutability.READ_WRITE
            if attribute not in self._values and not kept:
                raise invalid_value(f"{binding.path} is required: give it a value")
        return Intent(
            values=self._values, dn=self._dn, active=self._active, password=self._password
        )

    def _read_other(self, key: str, raw: object) -> None:
        """An extension object, an attribute under its full name, or nothing that is known."""
        section = self._type.section(key)
        if section is not None:
            if raw is not None:
                self._read_section(as_object(raw, shown(key)), *section)
            return
        path = self._path(key) if ":" in key else None
        attribute = self._type.find(path) if path is not None else None
        if path is None or attribute is None:
            self._on_unknown(shown(key), raw)
        else:
            self._take(attribute, {path.sub_attribute: raw} if path.sub_attribute else raw)

    def _path(self, key: str) -> AttributePath | None:
        try:
            return parse_path(key, self._type.names)
        except ScimError:  # then it is the name of nothing, and is treated as such
            return None

    def _read_section(self, body: Mapping[str, object], schema: str | None) -> None:
        for key, raw in body.items():
            attribute = self._type.member(schema, key)
            if attribute is not None:
                self._take(attribute, raw)
            elif key.lower() != "schemas":
                self._on_unknown(f"{schema or self._type.core_schema}:{shown(key)}", raw)

    def _on_unknown(self, path: str, raw: object) -> None:
        if self._unknown == "error" and not is_nothing(raw):
            raise invalid_syntax(unknown_attribute(self._type, path))

    def _take(self, attribute: PublishedAttribute, raw: object) -> None:
        if attribute.schema is None and attribute.name in SERVER_OWNED:
            return
        for binding, raws in spread(attribute, raw, self._on_unknown):
            if raws:
                values = connector_values(binding, raws, self._resolve)
                if binding.is_changeable or check_writable(
                    binding, values, self._current, creating=self._creating
                ):
                    self._put(binding, values)

    def _put(self, binding: Binding, values: list[Value]) -> None:
        if binding.is_active:
            self._active = bool(binding.published(values[0]))
        if binding.role is Role.ATTRIBUTE:
            given: Values = values if binding.is_multi_valued else values[0]
            held = self._values.setdefault(binding.attribute, given)
            if held is not given and held != given:
                given = self._settled(binding, held, given)
            self._values[binding.attribute] = given
            self._from[binding.attribute] = binding.path
        elif binding.role is not Role.ACTIVE:
            self._dn, self._password = special_value(binding, values, self._dn, self._password)

    def _settled(self, binding: Binding, first: Values, second: Values) -> Values:
        """Which of two values for one attribute counts: the one that is not what it has by now.

        A client that reads a resource, changes it and sends it back whole has changed one of the
        paths of an attribute that is published under two.
        """
        if is_same(binding, first, second):
            return first
        held = self._current().get(binding.attribute, ()) if self._current is not None else ()
        if is_same(binding, first, held):
            return second
        if is_same(binding, second, held):
            return first
        raise invalid_value(
            f"{binding.path} and {self._from[binding.attribute]} are the same attribute of the "
            "target: they cannot have different values"
        )
