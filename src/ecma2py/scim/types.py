"""SCIM resource types as compiled from a connector's schema: which path is which attribute.

Immutable and made once for a configuration (``mapping.build_resource_types``); reading bodies,
reading PATCH operations, rendering and discovery all go by these tables.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from ecma2py.schema import AttributeType, SchemaType
from ecma2py.scim.bindings import (
    Binding,
    Mutability,
    PublishedAttribute,
    Returned,
    Shape,
    Uniqueness,
    scim_type,
)
from ecma2py.scim.comparing import Characteristics
from ecma2py.scim.core import (
    CORE_ATTRIBUTES,
    ENTERPRISE_USER,
    GROUP,
    MICROSOFT_GROUP,
    MISTYPED_ENTERPRISE_USER,
    USER,
)
from ecma2py.scim.names import COMMON_ATTRIBUTES, AttributePath, Names
from ecma2py.scim.single_values import first

_QUALIFIER_TYPES: Mapping[str, Characteristics] = {
    "type": Characteristics("string"),
    "display": Characteristics("string"),
    "displayname": Characteristics("string"),
    "primary": Characteristics("boolean"),
    "$ref": Characteristics("reference", case_exact=True),
}


def _characteristics(binding: Binding) -> Characteristics:
    return Characteristics(
        scim_type(binding.data_type),
        case_exact=binding.case_exact,
        filterable=binding.returned is not Returned.NEVER,
    )


def _by_name(attributes: Iterable[PublishedAttribute]) -> dict[str, PublishedAttribute]:
    """By name as spelled and in lower case; where two differ in case only, the first wins that."""
    keyed: dict[str, PublishedAttribute] = {}
    for each in attributes:
        keyed.setdefault(each.name.lower(), each)
    return keyed | {each.name: each for each in attributes}


@frozen(eq=False)
class ResourceType:
    """One object type as SCIM serves it; compared by identity, so it can key caches.

    The base schema is the RFC's for users and groups. Any other type has a base schema of its
    own with what is mapped to it; its attributes are all in the connector's extension, where a
    column called ``id`` or ``meta`` does no harm.
    """

    name: str
    """``User``, ``Group``, or the object type's own name made fit for a URN."""
    object_type: str = field(kw_only=True)
    """The connector's object type."""
    schema_type: SchemaType = field(kw_only=True)
    """As clients see it: what is in ``firsts`` is single-valued here."""
    firsts: frozenset[str] = field(default=frozenset(), kw_only=True)
    """The connector's multi-valued attributes of which clients see the first value alone."""
    endpoint: str = field(kw_only=True)
    """``/Users``, ``/Groups`` or ``/<name>``."""
    core_schema: str = field(kw_only=True)
    extension_urn: str = field(kw_only=True)
    attributes: tuple[PublishedAttribute, ...] = field(kw_only=True)
    bindings: tuple[Binding, ...] = field(init=False, repr=False)
    names: Names = field(init=False, repr=False)
    """For ``parse_filter``, ``parse_path`` and ``parse_patch_path``."""
    required: Mapping[str, Binding] = field(init=False, repr=False)
    """By connector attribute, what a client must give a value on creation."""
    binary: frozenset[str] = field(init=False, repr=False)
    """The connector's attributes whose values are bytes."""
    unique: tuple[Binding, ...] = field(init=False, repr=False)
    """What no two objects of the type may share a value of."""
    _sections: Mapping[str | None, Mapping[str, PublishedAttribute]] = field(init=False, repr=False)
    _urns: Mapping[str, str | None] = field(init=False, repr=False)

    @bindings.default
    def _all_bindings(self) -> tuple[Binding, ...]:
        return tuple(binding for each in self.attributes for binding in each.bindings)

    @required.default
    def _required(self) -> Mapping[str, Binding]:
        return {
            each.attribute: each
            for each in reversed(self.bindings)
            if each.required and each.mutability is not Mutability.READ_ONLY
        }

    @binary.default
    def _binary(self) -> frozenset[str]:
        known, binary = self.schema_type.attributes, AttributeType.BINARY
        return frozenset(name for name, each in known.items() if each.data_type is binary)

    @unique.default
    def _unique(self) -> tuple[Binding, ...]:
        server = Uniqueness.SERVER
        return tuple(each for each in self.bindings if each.uniqueness is server and each.attribute)

    @_sections.default
    def _by_section(self) -> Mapping[str | None, Mapping[str, PublishedAttribute]]:
        sections: dict[str | None, dict[str, PublishedAttribute]] = {
            urn: _by_name([each for each in self.attributes if each.schema == urn])
            for urn in (None, ENTERPRISE_USER, self.extension_urn)
        }
        # Entra also writes enterprise attributes without their URN; a type of ours has no
        # meaning for a bare name but the connector's own.
        own = {} if self.core_schema in (USER, GROUP) else dict(sections[self.extension_urn])
        for name in COMMON_ATTRIBUTES:
            own.pop(name, None)
            own.pop(name.lower(), None)
        sections[None] = {**own, **sections[ENTERPRISE_USER], **sections[None]}
        return sections

    @_urns.default
    def _known_urns(self) -> Mapping[str, str | None]:
        urns: dict[str, str | None] = {
            self.core_schema.lower(): None,
            self.extension_urn.lower(): self.extension_urn,
        }
        if self.core_schema == USER:
            urns[ENTERPRISE_USER.lower()] = ENTERPRISE_USER
            urns[MISTYPED_ENTERPRISE_USER.lower()] = ENTERPRISE_USER
        if self.core_schema == GROUP:
            urns[MICROSOFT_GROUP.lower()] = None
        return urns

    @names.default
    def _names(self) -> Names:
        known: dict[str, dict[str, list[str]]] = {}
        for urn in (self.core_schema, *((ENTERPRISE_USER,) if self.core_schema == USER else ())):
            defined = CORE_ATTRIBUTES.get(urn, {}).values()
            known[urn] = {each.name: list(each.parts) for each in defined}
        known[self.extension_urn] = {}
        for each in self.attributes:
            parts = [binding.part for binding in each.bindings if binding.part is not None]
            known[each.schema or self.core_schema].setdefault(each.name, parts)
        if self.core_schema == USER:
            known[MISTYPED_ENTERPRISE_USER] = known[ENTERPRISE_USER]
        return Names(known, core=(self.core_schema,))

    @property
    def enterprise(self) -> bool:
        """True if anything is mapped to the enterprise extension."""
        return any(each.schema == ENTERPRISE_USER for each in self.attributes)

    @property
    def extensions(self) -> tuple[str, ...]:
        """URNs of the schema extensions this type has."""
        return (*((ENTERPRISE_USER,) if self.enterprise else ()), self.extension_urn)

    def shown(self, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """What an object holds, by connector attribute, as far as clients see it."""
        if not self.firsts:
            return attributes
        return {
            name: first(values) if name in self.firsts else values
            for name, values in attributes.items()
        }

    def members(self, schema: str | None) -> Mapping[str, PublishedAttribute]:
        """The attributes of one schema (None: the top level) by name and by lower-case name.

        The top level also finds what clients write there without its URN.
        """
        return self._sections[schema]

    def member(self, schema: str | None, name: str) -> PublishedAttribute | None:
        """The attribute of one schema that *name* means, whatever its case; None if none."""
        members = self._sections[schema]
        return members.get(name) or members.get(name.lower())

    def section(self, urn: str) -> tuple[str | None] | None:
        """The key for ``members`` that *urn* stands for, in a tuple; None if it is not known."""
        lowered = urn.lower()
        return (self._urns[lowered],) if lowered in self._urns else None

    def find(self, path: AttributePath) -> PublishedAttribute | None:
        """The attribute at a parsed path, its sub-attribute left aside."""
        section = (None,) if path.schema is None else self.section(path.schema)
        if section is None:
            return None
        return self.member(section[0], path.attribute)

    def lookup(self, path: AttributePath) -> Characteristics | None:
        """What filters must know of the attribute at a path; None if no schema has it."""
        found = self.find(path)
        if found is None:
            return None
        sub = path.sub_attribute.lower() if path.sub_attribute is not None else None
        if found.shape is Shape.PLAIN:
            return _characteristics(found.binding) if sub in (None, "value") else None
        if sub is None:
            return Characteristics("complex")
        bound = [each for each in found.bindings if (each.part or "value").lower() == sub]
        if bound:
            return _characteristics(bound[0])
        return _QUALIFIER_TYPES.get(sub)
