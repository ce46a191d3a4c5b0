"""What a connector can hold: object types, their attributes and anchors (ECMA2 ``Schema``)."""

from collections.abc import Iterable
from enum import IntEnum
from types import MappingProxyType
from typing import Self

from attrs import define, field, frozen

from ecma2py.errors import InvalidSchemaError

Value = str | int | bool | bytes
"""One value of an attribute; a reference is a ``str``, an integer fits into 64 bits."""

Values = Value | list[Value] | tuple[Value, ...]
"""The plain form of an attribute: one value, or a list for a multi-valued one."""


class AttributeType(IntEnum):
    """The type of an attribute's values; numbers as in ECMA2 ``AttributeType``."""

    STRING = 0
    INTEGER = 1
    REFERENCE = 2
    BINARY = 3
    BOOLEAN = 4
    UNDEFINED = 5

    def accepts(self, value: object) -> bool:
        """True if *value* is of this type; ``bool`` is no integer, an integer fits 64 bits.

        ECMA2 ``Utils.IsTypeCompatible``; UNDEFINED accepts nothing, as there.
        """
        if self is AttributeType.INTEGER:
            return type(value) is int and -(2**63) <= value < 2**63
        return type(value) is _PYTHON_TYPES.get(self)

    @classmethod
    def of(cls, value: object) -> "AttributeType":
        """The type a plain value has by itself; UNDEFINED for anything ECMA2 cannot carry."""
        return _TYPES_BY_PYTHON.get(type(value), cls.UNDEFINED)


_PYTHON_TYPES: dict[AttributeType, type] = {
    AttributeType.STRING: str,
    AttributeType.REFERENCE: str,
    AttributeType.BINARY: bytes,
    AttributeType.BOOLEAN: bool,
}
_TYPES_BY_PYTHON: dict[type, AttributeType] = {
    str: AttributeType.STRING,
    int: AttributeType.INTEGER,
    bytes: AttributeType.BINARY,
    bool: AttributeType.BOOLEAN,
}


class AttributeOperation(IntEnum):
    """In which direction an attribute may travel (ECMA2 ``AttributeOperation``)."""

    IMPORT_EXPORT = 0
    EXPORT_ONLY = 1
    IMPORT_ONLY = 2


@frozen
class SchemaAttribute:
    """One attribute of an object type (ECMA2 ``SchemaAttribute``).

    An anchor is single-valued and neither Boolean nor Reference; a Boolean is single-valued:
    ``InvalidSchemaError`` otherwise, as .NET refuses them with NotSupportedException.
    """

    name: str
    data_type: AttributeType = AttributeType.STRING
    is_multi_valued: bool = field(default=False, kw_only=True)
    is_anchor: bool = field(default=False, kw_only=True)
    allowed_attribute_operation: AttributeOperation = field(
        default=AttributeOperation.IMPORT_EXPORT, kw_only=True
    )
    hidden_by_default: bool = field(default=False, kw_only=True, eq=False)
    is_required: bool = field(default=False, kw_only=True, eq=False)
    """An object cannot be created without it. Not in ECMA2, where only the target knows."""
    max_length: int | None = field(default=None, kw_only=True, eq=False)
    """Most characters (or bytes) a value may have; None where unknown. Not in ECMA2."""
    description: str = field(default="", kw_only=True, eq=False)
    """Shown in SCIM's /Schemas. Not in ECMA2."""

    def __attrs_post_init__(self) -> None:
        if not self.name:
            raise InvalidSchemaError("An attribute has an empty name: give every attribute a name.")
        if self.data_type is AttributeType.UNDEFINED:
            raise InvalidSchemaError(f"Attribute {self.name!r} has no data type: choose one.")
        if self.is_anchor and self.data_type in (AttributeType.BOOLEAN, AttributeType.REFERENCE):
            raise InvalidSchemaError(
                f"Anchor {self.name!r} is {self.data_type.name.lower()}: an anchor is a string, "
                "an integer or binary."
            )
        if self.is_multi_valued and (self.is_anchor or self.data_type is AttributeType.BOOLEAN):
            raise InvalidSchemaError(
                f"Attribute {self.name!r} is multi-valued: an anchor and a Boolean hold one value."
            )

    @classmethod
    def anchor(
        cls,
        name: str,
        data_type: AttributeType = AttributeType.STRING,
        *,
        operation: AttributeOperation = AttributeOperation.IMPORT_EXPORT,
        description: str = "",
    ) -> Self:
        """An attribute that identifies the object for life (``CreateAnchorAttribute``)."""
        return cls(
            name,
            data_type,
            is_anchor=True,
            allowed_attribute_operation=operation,
            description=description,
        )

    @classmethod
    def single(
        cls,
        name: str,
        data_type: AttributeType = AttributeType.STRING,
        *,
        operation: AttributeOperation = AttributeOperation.IMPORT_EXPORT,
        required: bool = False,
        max_length: int | None = None,
        description: str = "",
    ) -> Self:
        """An attribute of at most one value (``CreateSingleValuedAttribute``)."""
        return cls(
            name,
            data_type,
            allowed_attribute_operation=operation,
            is_required=required,
            max_length=max_length,
            description=description,
        )

    @classmethod
    def multi(
        cls,
        name: str,
        data_type: AttributeType = AttributeType.STRING,
        *,
        operation: AttributeOperation = AttributeOperation.IMPORT_EXPORT,
        max_length: int | None = None,
        description: str = "",
    ) -> Self:
        """An attribute that holds a set of values (``CreateMultiValuedAttribute``)."""
        return cls(
            name,
            data_type,
            is_multi_valued=True,
            allowed_attribute_operation=operation,
            max_length=max_length,
            description=description,
        )


def _keyed(attributes: Iterable[SchemaAttribute]) -> dict[str, SchemaAttribute]:
    keyed: dict[str, SchemaAttribute] = {}
    for attribute in attributes:
        if attribute.name in keyed:
            raise InvalidSchemaError(f"Attribute {attribute.name!r} is defined twice in one type.")
        keyed[attribute.name] = attribute
    return keyed


def _names(given: Iterable[str]) -> list[str]:
    return list(given)


@define
class SchemaType:
    """One object type: its attributes by name, in order (ECMA2 ``SchemaType``)."""

    name: str
    attributes: dict[str, SchemaAttribute] = field(factory=dict, converter=_keyed)
    locked: bool = field(default=False, kw_only=True)
    """An administrator may not choose another anchor (``lockAnchorDefinition``)."""
    possible_dn_components_for_provisioning: list[str] = field(
        factory=list, converter=_names, kw_only=True
    )

    @property
    def anchor_attributes(self) -> dict[str, SchemaAttribute]:
        """The attributes that make up the anchor; several make a compound anchor."""
        return {name: each for name, each in self.attributes.items() if each.is_anchor}

    def set_read_only(self) -> None:
        """From now on attributes are neither added nor removed (``SetReadOnly``)."""
        object.__setattr__(self, "attributes", MappingProxyType(dict(self.attributes)))

    def select(self, names: Iterable[str]) -> "SchemaType":
        """This type with the named attributes and its anchors only; unknown names are an error."""
        wanted = set(names)
        unknown = wanted - self.attributes.keys()
        if unknown:
            raise InvalidSchemaError(
                f"Type {self.name!r} has no attribute {min(unknown)!r}: "
                f"it has {', '.join(self.attributes)}."
            )
        kept = [a for name, a in self.attributes.items() if a.is_anchor or name in wanted]
        return SchemaType(
            self.name,
            kept,
            locked=self.locked,
            possible_dn_components_for_provisioning=self.possible_dn_components_for_provisioning,
        )


def _keyed_types(types: Iterable[SchemaType]) -> dict[str, SchemaType]:
    keyed: dict[str, SchemaType] = {}
    for each in types:
        if each.name in keyed:
            raise InvalidSchemaError(f"Object type {each.name!r} is defined twice.")
        keyed[each.name] = each
    return keyed


@define
class Schema:
    """All object types of a connector by name (ECMA2 ``Schema``).

    ``object_type_attribute_name`` and ``change_type`` are for file-based connectors alone.
    """

    types: dict[str, SchemaType] = field(factory=dict, converter=_keyed_types)
    object_type_attribute_name: str | None = field(default=None, kw_only=True)
    change_type: "ChangeTypeDescription | None" = field(default=None, kw_only=True)

    def set_read_only(self) -> None:
        """From now on neither types nor their attributes are added or removed (``SetReadOnly``)."""
        for each in self.types.values():
            each.set_read_only()
        object.__setattr__(self, "types", MappingProxyType(dict(self.types)))

    def problems(self) -> list[str]:
        """What breaks ECMA2's rules, a sentence each; empty for a schema that may be used.

        Beyond ``Schema.Validate()``, a type needs an anchor even if it is not locked: a host
        cannot tell objects without one apart.
        """
        found: list[str] = []
        first: dict[str, tuple[str, SchemaAttribute]] = {}
        for schema_type in self.types.values():
            if not schema_type.anchor_attributes:
                found.append(f"Type {schema_type.name!r} has no anchor: mark an attribute as one.")
            for attribute in schema_type.attributes.values():
                owner, definition = first.setdefault(attribute.name, (schema_type.name, attribute))
                if not _same_definition(definition, attribute):
                    found.append(
                        f"Attribute {attribute.name!r} is defined differently in types "
                        f"{owner!r} and {schema_type.name!r}: one name has one definition."
                    )
        return found

    def validate(self) -> None:
        """Return only if the schema keeps ECMA2's rules; else ``InvalidSchemaError`` lists all."""
        problems = self.problems()
        if problems:
            raise InvalidSchemaError(" ".join(problems))


def _same_definition(one: SchemaAttribute, other: SchemaAttribute) -> bool:
    """ECMA2's equality: anchor and visibility do not count (measured on the real assembly)."""
    return (one.data_type, one.is_multi_valued, one.allowed_attribute_operation) == (
        other.data_type,
        other.is_multi_valued,
        other.allowed_attribute_operation,
    )


@frozen
class ChangeTypeDescription:
    """How a file marks an entry as added, modified or deleted (ECMA2 class of that name)."""

    attribute_name: str
    add: str = field(default="Add", kw_only=True)
    modify: str = field(default="Modify", kw_only=True)
    delete: str = field(default="Delete", kw_only=True)
