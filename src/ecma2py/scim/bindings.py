"""What one SCIM path is in the connector: the attribute behind it and how it may be used."""

from collections.abc import Mapping
from enum import Enum, StrEnum

from attrs import field, frozen

from ecma2py.schema import AttributeType, SchemaAttribute, Value
from ecma2py.scim.coercion import Coercer, Truth, coercer, member
from ecma2py.scim.comparing import ScimType

DN_NAME = "-dn-"
"""The extension attribute that carries an object's DN."""


class Role(Enum):
    """What the value of a path becomes in the connector."""

    ATTRIBUTE = "attribute"
    DN = "dn"
    PASSWORD = "password"  # noqa: S105 (the name of a role)
    ACTIVE = "active"
    """``active`` that is mapped to nothing: ``false`` is a disable request."""


class Mutability(StrEnum):
    """RFC 7643 section 7."""

    READ_WRITE = "readWrite"
    READ_ONLY = "readOnly"
    IMMUTABLE = "immutable"
    WRITE_ONLY = "writeOnly"


class Returned(StrEnum):
    """RFC 7643 section 7."""

    DEFAULT = "default"
    NEVER = "never"


class Uniqueness(StrEnum):
    """RFC 7643 section 7."""

    NONE = "none"
    SERVER = "server"


class Shape(Enum):
    """The JSON form of a published attribute."""

    PLAIN = "plain"
    """A value, or an array of values for a multi-valued connector attribute."""
    COMPLEX = "complex"
    """One object: ``name``, ``manager``."""
    ENTRIES = "entries"
    """An array of objects: ``emails``, ``members``."""


_SCIM_TYPES: Mapping[AttributeType, ScimType] = {
    AttributeType.STRING: "string",
    AttributeType.INTEGER: "integer",
    AttributeType.BOOLEAN: "boolean",
    AttributeType.BINARY: "binary",
    AttributeType.REFERENCE: "reference",
}


def scim_type(data_type: AttributeType) -> ScimType:
    """What RFC 7643 section 2.3 calls a connector's type; ``string`` where it has none."""
    return _SCIM_TYPES.get(data_type, "string")


@frozen
class Selector:
    """Which entries of a multi-valued attribute are meant: ``[type eq "work"]``."""

    part: str
    value: str | bool

    def __str__(self) -> str:
        value = f'"{self.value}"' if isinstance(self.value, str) else str(self.value).lower()
        return f"[{self.part} eq {value}]"

    def accepts(self, element: Mapping[str, object]) -> bool:
        """True if the entry is one of those; strings compare without case, as RFC 7643 types."""
        return self.agrees(member(element, self.part))

    def allows(self, element: Mapping[str, object]) -> bool:
        """True unless the entry says that it is another one."""
        given = member(element, self.part)
        return given is None or self.agrees(given)

    def agrees(self, given: object) -> bool:
        """True if *given* is this value, also where a boolean is written as a string."""
        if isinstance(given, str):
            return given.lower() == str(self.value).lower()
        return isinstance(self.value, bool) and given is self.value


PRIMARY = Selector("primary", True)


@frozen
class Held:
    """An attribute and the set of values it has in one state of its object."""

    attribute: SchemaAttribute
    values: tuple[Value, ...]


@frozen
class Binding:
    """One SCIM path and the connector attribute that stands behind it."""

    attribute: str
    """The connector's attribute; ``""`` for ``Role.ACTIVE``."""
    name: str
    """The SCIM attribute, e.g. ``emails``."""
    schema: str | None = field(default=None, kw_only=True)
    """URN of the extension it is in; None for what stands at the top level of the resource."""
    selector: Selector | None = field(default=None, kw_only=True)
    part: str | None = field(default=None, kw_only=True)
    """The sub-attribute, e.g. ``value``; None if the attribute is simple."""
    role: Role = field(default=Role.ATTRIBUTE, kw_only=True)
    schema_attribute: SchemaAttribute = field(kw_only=True)
    data_type: AttributeType = field(kw_only=True)
    """As published: a core schema's type may differ from the connector's (userName of integers)."""
    truth: Truth | None = field(default=None, kw_only=True)
    """For a boolean the connector spells otherwise: what it holds for true, and for false."""
    mutability: Mutability = field(default=Mutability.READ_WRITE, kw_only=True)
    returned: Returned = field(default=Returned.DEFAULT, kw_only=True)
    uniqueness: Uniqueness = field(default=Uniqueness.NONE, kw_only=True)
    required: bool = field(default=False, kw_only=True)
    case_exact: bool = field(default=False, kw_only=True)
    is_extension: bool = field(default=False, kw_only=True)
    """In the connector's own extension, where a reference may be the target's own text."""
    is_first: bool = field(default=False, kw_only=True)
    """The connector's attribute is multi-valued, and clients see its first value alone."""
    disabled: Held | None = field(default=None, kw_only=True)
    """For ``Role.ACTIVE``: by what an object is known as disabled; None if none is."""
    path: str = field(init=False)
    """The whole path as a client writes it, and as errors name it."""
    coerce: Coercer = field(init=False, eq=False, repr=False)
    """A client's value as the connector's; a reference stays the id it was given as."""

    is_multi_valued: bool = field(init=False, eq=False, repr=False)
    """True if the connector's attribute holds a set of values."""
    is_reference: bool = field(init=False, eq=False, repr=False)
    """True if the values are objects of the connector, named by SCIM id."""
    is_active: bool = field(init=False, eq=False, repr=False)
    """True for ``active`` of a user, whether an attribute stands behind it or not."""
    is_changeable: bool = field(init=False, eq=False, repr=False)
    """True if a client may write it at any time."""

    @path.default
    def _path(self) -> str:
        head = f"{self.schema}:{self.name}" if self.schema is not None else self.name
        whole_reference = self.data_type is AttributeType.REFERENCE and self.part == "value"
        tail = "" if self.part is None or whole_reference else f".{self.part}"
        return f"{head}{self.selector or ''}{tail}"

    @coerce.default
    def _coerce(self) -> Coercer:
        return coercer(self.path, self.schema_attribute, self.truth)

    @is_multi_valued.default
    def _is_multi_valued(self) -> bool:
        return self.schema_attribute.is_multi_valued

    @is_reference.default
    def _is_reference(self) -> bool:
        return self.schema_attribute.data_type is AttributeType.REFERENCE

    @is_active.default
    def _is_active(self) -> bool:
        return self.schema is None and self.name == "active"

    @is_changeable.default
    def _is_changeable(self) -> bool:
        return self.mutability in (Mutability.READ_WRITE, Mutability.WRITE_ONLY)

    def published(self, value: Value) -> Value | None:
        """The connector's value as SCIM shows it; None for one that is neither true nor false."""
        if self.truth is not None:
            when_true, when_false = self.truth
            return True if value == when_true else False if value == when_false else None
        if self.data_type is AttributeType.STRING and isinstance(value, int):
            return str(value).lower() if isinstance(value, bool) else str(value)
        return value


@frozen
class Entry:
    """The entries of a multi-valued attribute that one selector means, part by part."""

    selector: Selector | None
    """None for all entries."""
    parts: Mapping[str, Binding]
    """By lower-case sub-attribute."""

    @property
    def path(self) -> str:
        """How errors name the entries: ``emails[type eq "work"]``."""
        first = next(iter(self.parts.values()))
        head = f"{first.schema}:{first.name}" if first.schema is not None else first.name
        return f"{head}{self.selector or ''}"


@frozen
class PublishedAttribute:
    """One attribute of a resource with everything bound to it or below it."""

    name: str
    shape: Shape
    bindings: tuple[Binding, ...]
    schema: str | None = field(default=None, kw_only=True)
    parts: Mapping[str, Binding] = field(init=False, repr=False)
    """Of a complex attribute: bindings by lower-case sub-attribute."""
    entries: tuple[Entry, ...] = field(init=False, repr=False)
    """Of a multi-valued complex attribute, in the order of the mapping."""

    @parts.default
    def _parts(self) -> Mapping[str, Binding]:
        if self.shape is not Shape.COMPLEX:
            return {}
        return {each.part.lower(): each for each in self.bindings if each.part is not None}

    @entries.default
    def _entries(self) -> tuple[Entry, ...]:
        grouped: dict[Selector | None, dict[str, Binding]] = {}
        if self.shape is Shape.ENTRIES:
            for each in self.bindings:
                grouped.setdefault(each.selector, {})[(each.part or "value").lower()] = each
        return tuple(Entry(selector, parts) for selector, parts in grouped.items())

    @property
    def path(self) -> str:
        """The attribute's path without sub-attribute."""
        return f"{self.schema}:{self.name}" if self.schema is not None else self.name

    @property
    def binding(self) -> Binding:
        """The only binding of a plain attribute."""
        return self.bindings[0]

    @property
    def is_multi_valued(self) -> bool:
        """True if the JSON form is an array."""
        if self.shape is Shape.PLAIN:
            return self.binding.is_multi_valued
        return self.shape is Shape.ENTRIES
