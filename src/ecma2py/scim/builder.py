"""Makes the published attributes of one resource type: the extension, and what is mapped."""

from collections.abc import Collection, Iterator, Mapping

from attrs import field, frozen

from ecma2py.entries import EXPORT_PASSWORD
from ecma2py.errors import ConfigurationError
from ecma2py.schema import AttributeOperation, AttributeType, SchemaAttribute, SchemaType, Value
from ecma2py.scim.bindings import (
    DN_NAME,
    PRIMARY,
    Binding,
    Held,
    Mutability,
    PublishedAttribute,
    Returned,
    Role,
    Selector,
    Shape,
    Uniqueness,
)
from ecma2py.scim.coercion import MAX_REFERENCE, Truth
from ecma2py.scim.core import GROUP, USER, CoreAttribute
from ecma2py.scim.mapping_paths import MappingPath, MappingPaths
from ecma2py.scim.single_values import single_valued
from ecma2py.scim.types import ResourceType

EXTENSION_PREFIX = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:"
OTHER_PREFIX = "urn:ietf:params:scim:schemas:ECMA2Host:2.0:"
"""Before the name of a type that is neither User nor Group, in the URN of its base schema."""


@frozen
class Source:
    """The connector attribute behind a mapped path, and how it spells true and false."""

    attribute: str
    """A name of the schema, ``-dn-`` or ``export_password``."""
    truth: Truth | None = field(default=None, kw_only=True)

    @classmethod
    def of(cls, given: "str | Source") -> "Source":
        """``"!disabled"`` is the attribute ``disabled`` turned round; other text is a name."""
        if isinstance(given, Source):
            return given
        if given.startswith("!"):
            return cls(given[1:], truth=(False, True))
        return cls(given)


@frozen(kw_only=True)
class Settings:
    """What a connector's schema does not say about how it is published."""

    password: bool = False
    """The connector sets passwords: ``export_password`` is published."""
    hide_dn: bool = False
    """Do not publish ``-dn-``: the host makes it, and clients have no use for it."""
    rename: bool = True
    """The DN of an existing object may change."""
    case_exact: frozenset[str] = frozenset()
    """Connector attributes whose text compares with case."""
    publish_mapped: bool = True
    """What is mapped to a core or enterprise attribute is published in the extension too."""
    single_value: Mapping[str, Collection[str]] = field(factory=dict)
    """For each object type, the multi-valued attributes of which clients see the first value."""
    disabled: Held | None = None
    """What a disabled user has, where ``active`` can be mapped to no attribute that tells it."""
    unique_group_names: bool = True
    """No two groups may have the same ``displayName``, by which clients find them."""


Mapped = Mapping[str, str | Source]
"""SCIM path to connector attribute, as ``{"name.familyName": "sn", "active": "!disabled"}``."""


class TypeBuilder:
    """Makes one resource type: first what is mapped, then the extension."""

    def __init__(
        self, schema_type: SchemaType, name: str, settings: Settings, *, has_dn: bool
    ) -> None:
        wanted = settings.single_value.get(schema_type.name, ())
        self._type = single_valued(schema_type, wanted)
        known = schema_type.attributes
        self._firsts = frozenset(name for name in wanted if known[name].is_multi_valued)
        self._name = name
        self._settings = settings
        self._has_dn = has_dn
        self._extension = f"{EXTENSION_PREFIX}{name}"
        self._core = {"User": USER, "Group": GROUP}.get(name, f"{OTHER_PREFIX}{name}")

    def build(self, mapped: Mapped) -> ResourceType:
        """The resource type under this mapping; ``ConfigurationError`` for what does not fit."""
        paths = MappingPaths(self._core, enterprise=self._core == USER)
        attributes: dict[tuple[str | None, str], PublishedAttribute] = {}
        for text, given in mapped.items():
            path = paths.read(text)
            key = path.schema, path.core.name
            binding = self._mapped(text, path, Source.of(given))
            before = attributes[key].bindings if key in attributes else ()
            if binding.path in [each.path for each in before]:
                raise ConfigurationError(f"Mapping {text!r}: {binding.path} is mapped twice.")
            attributes[key] = _published(path.core, (*before, binding))
        if self._core == USER and (None, "active") not in attributes:
            attributes[None, "active"] = _unbound_active(self._settings.disabled)
        own = (
            PublishedAttribute(each.name, Shape.PLAIN, (each,), schema=each.schema)
            for each in self._extension_bindings(mapped)
        )
        plural = {"User": "/Users", "Group": "/Groups"}
        return ResourceType(
            self._name,
            object_type=self._type.name,
            schema_type=self._type,
            firsts=self._firsts,
            endpoint=plural.get(self._name, f"/{self._name}"),
            core_schema=self._core,
            extension_urn=self._extension,
            attributes=(*attributes.values(), *own),
        )

    def _mapped(self, text: str, path: MappingPath, source: Source) -> Binding:
        """The binding of one line of the mapping."""
        attribute, _ = self._source(source.attribute)
        core, selector = path.core, path.selector
        if attribute.is_multi_valued and not core.is_multi_valued:
            raise ConfigurationError(
                f"Mapping {text!r}: {source.attribute!r} is multi-valued, and {core.name} is not. "
                f"To show and write one value of it, list {source.attribute!r} under "
                f"scim.single_value.{self._type.name} in the connector's configuration.",
                attribute_name=source.attribute,
            )
        if core.is_multi_valued and selector is None and not attribute.is_multi_valued:
            selector = PRIMARY
        return self._bind(
            source, core.name, schema=path.schema, core=core, selector=selector, part=path.part
        )

    def _extension_bindings(self, mapped: Mapped) -> Iterator[Binding]:
        """The connector's own attributes, each under its own name."""
        elsewhere = {Source.of(each).attribute for each in mapped.values()}
        hidden = frozenset() if self._settings.publish_mapped else elsewhere
        for name in self._type.attributes:
            if name not in (DN_NAME, EXPORT_PASSWORD, *hidden):
                yield self._bind(Source(name), name, schema=self._extension)
        if self._has_dn:
            yield self._bind(Source(DN_NAME), DN_NAME, schema=self._extension)
        password = self._settings.password and self._core == USER
        if password or EXPORT_PASSWORD in self._type.attributes:
            yield self._bind(Source(EXPORT_PASSWORD), EXPORT_PASSWORD, schema=self._extension)

    def _bind(
        self,
        source: Source,
        name: str,
        *,
        schema: str | None,
        core: CoreAttribute | None = None,
        selector: Selector | None = None,
        part: str | None = None,
    ) -> Binding:
        attribute, role = self._source(source.attribute)
        data_type = attribute.data_type
        if core is not None and data_type is not AttributeType.REFERENCE:
            data_type = core.data_type if part in (None, "value") else AttributeType.STRING
        secret = role is Role.PASSWORD
        write_only = (
            secret or attribute.allowed_attribute_operation is AttributeOperation.EXPORT_ONLY
        )
        unique = attribute.is_anchor or role is Role.DN or name == "userName"
        if self._settings.unique_group_names and core is not None and self._core == GROUP:
            unique = unique or name == "displayName"
        exact = data_type in (AttributeType.BINARY, AttributeType.REFERENCE)
        if schema == self._extension and data_type is AttributeType.REFERENCE:
            # There it is an id or the target's own text; RFC 7643 has only URIs in references.
            data_type = AttributeType.STRING
        return Binding(
            source.attribute,
            name,
            schema=schema,
            selector=selector,
            part=part,
            role=role,
            schema_attribute=attribute,
            data_type=data_type,
            truth=_truth(source.truth, attribute, data_type),
            mutability=(
                Mutability.READ_ONLY
                if core is not None and core.is_read_only
                else self._mutability(attribute, role, write_only=write_only)
            ),
            returned=Returned.NEVER if write_only else Returned.DEFAULT,
            uniqueness=Uniqueness.SERVER if unique else Uniqueness.NONE,
            required=attribute.is_required or (self._core == USER and name == "userName"),
            case_exact=exact
            or (core is not None and core.case_exact)
            or source.attribute in self._settings.case_exact,
            is_extension=schema == self._extension,
            is_first=source.attribute in self._firsts,
        )

    def _source(self, name: str) -> tuple[SchemaAttribute, Role]:
        if name == DN_NAME:
            text = "The distinguished name."
            return SchemaAttribute(DN_NAME, max_length=MAX_REFERENCE, description=text), Role.DN
        if name == EXPORT_PASSWORD:
            return SchemaAttribute(EXPORT_PASSWORD, description="A new password."), Role.PASSWORD
        attribute = self._type.attributes.get(name)
        if attribute is None:
            raise ConfigurationError(
                f"Object type {self._type.name!r} has no attribute {name!r}: it has "
                f"{', '.join(self._type.attributes)}.",
                attribute_name=name,
            )
        return attribute, Role.ATTRIBUTE

    def _mutability(
        self, attribute: SchemaAttribute, role: Role, *, write_only: bool
    ) -> Mutability:
        if write_only:
            return Mutability.WRITE_ONLY
        if attribute.allowed_attribute_operation is AttributeOperation.IMPORT_ONLY:
            return Mutability.READ_ONLY
        if attribute.is_anchor or (role is Role.DN and not self._settings.rename):
            return Mutability.IMMUTABLE
        return Mutability.READ_WRITE


def _published(core: CoreAttribute, bindings: tuple[Binding, ...]) -> PublishedAttribute:
    one = Shape.COMPLEX if core.parts else Shape.PLAIN
    shape = Shape.ENTRIES if core.is_multi_valued else one
    return PublishedAttribute(core.name, shape, bindings, schema=bindings[0].schema)


def _unbound_active(disabled: Held | None) -> PublishedAttribute:
    """Every user can be asked to be disabled; what that does is the host's Disable flow."""
    kind = AttributeType.BOOLEAN
    binding = Binding(
        "",
        "active",
        role=Role.ACTIVE,
        schema_attribute=SchemaAttribute("active", kind),
        data_type=kind,
        disabled=disabled,
    )
    return PublishedAttribute("active", Shape.PLAIN, (binding,))


def _truth(
    given: Truth | None, attribute: SchemaAttribute, published: AttributeType
) -> Truth | None:
    """How the attribute spells true and false, if it does not as SCIM does."""
    kind = attribute.data_type
    if given is None and published is AttributeType.BOOLEAN:
        defaults: Mapping[AttributeType, tuple[Value, Value]] = {
            AttributeType.INTEGER: (1, 0),
            AttributeType.STRING: ("true", "false"),
        }
        given = defaults.get(kind)
    if given is not None and not all(map(kind.accepts, given)):
        raise ConfigurationError(
            f"Attribute {attribute.name!r} is {kind.name.lower()}: it cannot hold {given[0]!r} for "
            f"true and {given[1]!r} for false.",
            attribute_name=attribute.name,
        )
    return given
