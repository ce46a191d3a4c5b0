"""From a connector's schema and the configured mapping to SCIM resource types."""

import re
from collections.abc import Iterable, Iterator, Mapping

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.errors import ConfigurationError
from ecma2py.schema import Schema, SchemaType
from ecma2py.scim.builder import Mapped, Settings, Source, TypeBuilder
from ecma2py.scim.core import GROUP, USER
from ecma2py.scim.mapping_paths import MappingPaths
from ecma2py.scim.types import ResourceType

RESERVED_NAMES = frozenset(
    {"user", "users", "group", "groups", "schemas", "resourcetypes", "serviceproviderconfig"}
    | {"bulk", "me"}
)
"""Lower-case names that RFC 7644 section 3.2 gives to endpoints of its own."""


def build_resource_types(
    schema: Schema,
    *,
    person: str | None = None,
    group: str | None = None,
    mappings: Mapping[str, Mapped] | None = None,
    dn_style: MADistinguishedNameStyle = MADistinguishedNameStyle.NONE,
    settings: Settings | None = None,
) -> tuple[ResourceType, ...]:
    """Every object type as a resource type: *person* as User, *group* as Group, then the others.

    *mappings* are keyed by the resource type's name. ``ConfigurationError`` names what does not
    fit: an unknown type, path or attribute, or a path whose form the attribute cannot have.
    """
    settings = settings or Settings()
    mappings = mappings or {}
    special = {person: "User", group: "Group"}
    for wanted in (person, group, *settings.single_value):
        if wanted is not None and wanted not in schema.types:
            raise ConfigurationError(
                f"Object type {wanted!r} is not in the schema: it has {', '.join(schema.types)}."
            )
    if person is not None and person == group:
        raise ConfigurationError(f"Object type {person!r} cannot be both User and Group.")
    ordered = [t for t in (person, group) if t is not None]
    ordered += [t for t in schema.types if t not in ordered]
    names = dict(_resource_names(ordered, special))
    unknown = mappings.keys() - names.values()
    if unknown:
        raise ConfigurationError(
            f"A mapping is given for {min(unknown)!r}: the types are {', '.join(names.values())}."
        )
    has_dn = dn_style is not MADistinguishedNameStyle.NONE and not settings.hide_dn
    return tuple(
        TypeBuilder(schema.types[t], name, settings, has_dn=has_dn).build(mappings.get(name, {}))
        for t, name in names.items()
    )


def single_values_for(schema_type: SchemaType, name: str, mapped: Mapped) -> list[str]:
    """The multi-valued attributes that a mapping of User or Group needs with one value.

    They are what ``Settings.single_value`` has to list for the object type.
    """
    core = USER if name == "User" else GROUP
    paths = MappingPaths(core, enterprise=core == USER)
    several = {each.name for each in schema_type.attributes.values() if each.is_multi_valued}
    sources = {text: Source.of(given).attribute for text, given in mapped.items()}
    found = (
        name
        for text, name in sources.items()
        if name in several and not paths.read(text).core.is_multi_valued
    )
    return list(dict.fromkeys(found))


def _resource_names(
    ordered: Iterable[str], special: Mapping[str | None, str]
) -> Iterator[tuple[str, str]]:
    taken = set(RESERVED_NAMES)
    for object_type in ordered:
        name = special.get(object_type)
        if name is None:
            base = name = re.sub(r"[^A-Za-z0-9_-]+", "_", object_type)
            number = 1
            while name.lower() in taken:
                number += 1
                name = f"{base}_{number}"
            taken.add(name.lower())
        yield object_type, name
