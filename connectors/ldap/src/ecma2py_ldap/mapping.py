"""Object types tied to a server's classes: every attribute is one the server's schema knows."""

from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from ecma2py.errors import InvalidParameterError
from ecma2py.schema import AttributeOperation, Schema, SchemaAttribute, SchemaType
from ecma2py_ldap.config import EVERYTHING, TypeConfig, refused
from ecma2py_ldap.definitions import AttributeDefinition, ClassDefinition, ServerSchema
from ecma2py_ldap.kinds import Kind, is_transferred_as_binary, kind_of

DN_ANCHOR = "dn"
"""The anchor that is no attribute but the object's own DN."""
OBJECT_CLASS = "objectClass"
_PASSWORDS = frozenset({"userpassword", "unicodepwd"})
"""Written, never read: nobody needs the hashes of a directory in another place. One at a time."""
_KINDS_BY_NAME = {"userPassword": Kind.STRING}
"""Octets by syntax, but text in UTF-8 by meaning (RFC 4519, 2.41)."""


@frozen
class MappedAttribute:
    """An attribute of an object type, and how the server knows it."""

    name: str
    wire: str = field(kw_only=True)
    """As it is asked for and written, e.g. ``userCertificate;binary``."""
    wire_names: frozenset[str] = field(kw_only=True)
    """As it may be answered, in lower case."""
    kind: Kind = field(kw_only=True)
    is_multi_valued: bool = field(kw_only=True)
    operation: AttributeOperation = field(kw_only=True)
    description: str = field(default="", kw_only=True)

    def schema_attribute(self, *, is_anchor: bool, is_required: bool) -> SchemaAttribute:
        """What the schema says of it."""
        return SchemaAttribute(
            self.name,
            self.kind.attribute_type,
            is_multi_valued=self.is_multi_valued,
            is_anchor=is_anchor,
            is_required=is_required,
            allowed_attribute_operation=self.operation,
            description=self.description,
        )


@frozen
class MappedType:
    """An object type and the entries that are its objects."""

    name: str
    filter: str = field(kw_only=True)
    object_classes: tuple[str, ...] = field(kw_only=True)
    """What a new object is."""
    anchor: MappedAttribute | None = field(kw_only=True)
    """None where the DN is the anchor."""
    attributes: Mapping[str, MappedAttribute] = field(kw_only=True)
    """By name, the anchor first."""
    required: frozenset[str] = field(kw_only=True)

    def schema_type(self) -> SchemaType:
        """What the schema says of it."""
        attributes = [
            each.schema_attribute(
                is_anchor=each is self.anchor, is_required=each.name in self.required
            )
            for each in self.attributes.values()
        ]
        if self.anchor is None:
            # Changing it is renaming the object, which has its own way.
            dn = SchemaAttribute.anchor(
                DN_ANCHOR,
                operation=AttributeOperation.IMPORT_ONLY,
                description="The distinguished name",
            )
            attributes.insert(0, dn)
        return SchemaType(self.name, attributes, locked=True)


def make_schema(types: Mapping[str, MappedType]) -> Schema:
    """The schema of these types."""
    return Schema(each.schema_type() for each in types.values())


def map_types(
    configs: Sequence[TypeConfig], server: ServerSchema, anchor: str
) -> dict[str, MappedType]:
    """The types by name; ``InvalidParameterError`` for a name the server's schema does not know."""
    anchored = None if anchor == DN_ANCHOR else _anchor(anchor, server)
    if not configs:
        raise refused("describe one object type at least, or leave it empty for the default")
    return {each.name: _map_type(each, configs, server, anchored) for each in configs}


def _anchor(name: str, server: ServerSchema) -> MappedAttribute:
    definition = server.attribute(name)
    if definition is None:
        raise _no_anchor(name, "is no attribute of the server's schema")
    mapped = _attribute(name, definition, server, {})
    if mapped.is_multi_valued or mapped.kind in {Kind.BOOLEAN, Kind.REFERENCE}:
        raise _no_anchor(name, f"may have several values, or is a {mapped.kind.value}")
    return mapped


def _no_anchor(name: str, problem: str) -> InvalidParameterError:
    return InvalidParameterError(
        f"'Anchor' {name!r} {problem}: choose an attribute of one value that identifies an "
        f"object for life, or {DN_ANCHOR!r}.",
        parameter_name="Anchor",
    )


def _map_type(
    config: TypeConfig,
    configs: Sequence[TypeConfig],
    server: ServerSchema,
    anchor: MappedAttribute | None,
) -> MappedType:
    where = f"[{config.name}]"
    for name in (*config.classes, *config.auxiliary):
        if server.object_class(name) is None:
            raise refused(f"{where} the server's schema has no object class {name!r}")
    lineage = _lineage((*config.classes, *config.auxiliary), server)
    must = _names((name for each in lineage for name in each.must), server)
    attributes = {} if anchor is None else {anchor.name: anchor}
    may = _names((name for each in lineage for name in each.may), server)
    chosen = [OBJECT_CLASS]
    for name in config.attributes:
        chosen += [*must, *may] if name == EVERYTHING else [name]
    for name in chosen:
        definition = server.attribute(name.partition(";")[0])
        if definition is None:
            raise refused(f"{where} the server's schema has no attribute {name!r}")
        mapped = _attribute(name, definition, server, config.types)
        attributes.setdefault(mapped.name, mapped)
    stray = [name for name in config.types if name not in attributes]
    if stray:
        raise refused(f"{where} types: {stray[0]!r} is not among its attributes")
    return MappedType(
        config.name,
        filter=_filter(config, configs, server),
        object_classes=tuple(
            each.name for each in _lineage((config.classes[0], *config.auxiliary), server)
        ),
        anchor=anchor,
        attributes=attributes,
        required=frozenset(
            name
            for name in must
            if name in attributes
            and name != OBJECT_CLASS
            and attributes[name].operation is not AttributeOperation.IMPORT_ONLY
        ),
    )


def _lineage(classes: Iterable[str], server: ServerSchema) -> list[ClassDefinition]:
    found = {each.oid: each for name in classes for each in server.lineage(name)}
    return list(found.values())


def _names(names: Iterable[str], server: ServerSchema) -> list[str]:
    """The attributes' own names, each once; what the server does not define is left out."""
    found = (server.attribute(name) for name in names)
    return list(dict.fromkeys(each.name for each in found if each is not None))


def _attribute(
    name: str, definition: AttributeDefinition, server: ServerSchema, types: Mapping[str, Kind]
) -> MappedAttribute:
    _, mark, options = name.partition(";")
    options = mark + options
    shown = definition.name + options
    syntax = server.syntax(definition)
    wired = ";binary" if is_transferred_as_binary(syntax) and not options else options
    is_password = definition.name.lower() in _PASSWORDS
    is_many = not (definition.single_value or is_password)
    kind = types.get(shown) or _KINDS_BY_NAME.get(definition.name) or kind_of(syntax)
    if kind is Kind.BOOLEAN and is_many:
        kind = Kind.STRING  # ECMA2 has no multi-valued Boolean
    if is_password:
        operation = AttributeOperation.EXPORT_ONLY
    elif definition.no_user_modification:
        operation = AttributeOperation.IMPORT_ONLY
    else:
        operation = AttributeOperation.IMPORT_EXPORT
    names = (definition.oid, *definition.names)
    return MappedAttribute(
        shown,
        wire=definition.name + wired,
        wire_names=frozenset(
            f"{each}{suffix}".lower() for each in names for suffix in (options, wired)
        ),
        kind=kind,
        is_multi_valued=is_many,
        operation=operation,
        description=definition.description,
    )


def _filter(config: TypeConfig, configs: Sequence[TypeConfig], server: ServerSchema) -> str:
    """What fits the objects of this type, but not those of a type whose class is a subclass."""
    own = {each.oid for name in config.classes for each in server.lineage(name)[:1]}
    wanted = "".join(f"(objectClass={name})" for name in config.classes)
    if len(config.classes) > 1:
        wanted = f"(|{wanted})"
    others = dict.fromkeys(name for each in configs for name in each.classes)
    special = [
        f"(!(objectClass={name}))"
        for name in others
        if own.intersection(each.oid for each in server.lineage(name)[1:])
        and own.isdisjoint(each.oid for each in server.lineage(name)[:1])
    ]
    parts = [*special, config.filter]
    return f"(&{wanted}{''.join(parts)})" if any(parts) else wanted
