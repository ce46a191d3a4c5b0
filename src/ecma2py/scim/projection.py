"""Which attributes an answer shows: ``attributes`` and ``excludedAttributes`` of RFC 7644, 3.9.

``id`` and ``schemas`` are always shown, what is never returned never is, and names nobody knows
select nothing. A projection says the same before rendering (so that what is not wanted is not even
read) and after: :meth:`Projection.apply` of the whole resource is the resource rendered with it.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from attrs import field, frozen

from ecma2py.scim.bindings import Binding, PublishedAttribute, Shape
from ecma2py.scim.errors import ScimError
from ecma2py.scim.names import COMMON_ATTRIBUTES, AttributePath
from ecma2py.scim.paths import parse_path
from ecma2py.scim.types import ResourceType

ALWAYS = frozenset({"id", "schemas"})
"""Shown whatever a client asks for (RFC 7643 section 7, ``returned: always``)."""

_COMMON = {name.lower(): name for name in COMMON_ATTRIBUTES if name != "externalId"}
_MAX_CACHED = 1024


@frozen
class Parts:
    """Some sub-attributes of a complex attribute, by lower-case name: these, or all but these."""

    names: frozenset[str]
    are_shown: bool

    def shows(self, part: str) -> bool:
        """True if the sub-attribute is part of the answer."""
        return (part.lower() in self.names) is self.are_shown


Selection = Parts | bool
"""All of an attribute, none of it, or some of its sub-attributes."""

_Tree = dict[tuple[str | None, str], set[str] | None]
"""Sub-attributes in lower case by extension URN and attribute name; None for all of it."""


@frozen(eq=False)
class Projection:
    """Which attributes of a resource type are shown; compared by identity, so it can key caches."""

    resource_type: ResourceType
    _named: Mapping[tuple[str | None, str], frozenset[str] | None]
    _are_shown: bool
    _extensions: frozenset[str] = field(init=False, repr=False)

    @_extensions.default
    def _extension_urns(self) -> frozenset[str]:
        return frozenset(self.resource_type.extensions)

    @property
    def is_whole(self) -> bool:
        """True if everything that is returned by default is shown."""
        return not self._named and not self._are_shown

    def selection(self, schema: str | None, name: str) -> Selection:
        """How much is shown of the attribute called *name* in an extension (None: top level)."""
        if schema is None and name in ALWAYS:
            return True
        key = schema, name
        if key not in self._named:
            return not self._are_shown
        parts = self._named[key]
        return self._are_shown if parts is None else Parts(parts, self._are_shown)

    def wants(self, binding: Binding) -> bool:
        """True if rendering needs the connector attribute behind *binding*."""
        return self.selection(binding.schema, binding.name) is not False

    def apply(self, resource: Mapping[str, object]) -> dict[str, object]:
        """The part of a whole rendered resource that is shown; *resource* stays as it is."""
        if self.is_whole:
            return dict(resource)
        shown: dict[str, object] = {}
        for name, value in resource.items():
            if name in self._extensions and isinstance(value, Mapping):
                shown_value: object = self._members(name, value)
            else:
                shown_value = project(value, self.selection(None, name))
            if shown_value is not None:
                shown[name] = shown_value
        schemas = resource.get("schemas")
        if isinstance(schemas, list):
            absent = self._extensions - shown.keys()
            shown["schemas"] = [urn for urn in schemas if urn not in absent]
        return shown

    def _members(self, schema: str, extension: Mapping[str, object]) -> dict[str, object] | None:
        projected = (
            (name, project(value, self.selection(schema, name)))
            for name, value in extension.items()
        )
        return {name: value for name, value in projected if value is not None} or None


def project(value: object, selection: Selection) -> object:
    """What is shown of one rendered value; None if that is nothing."""
    if isinstance(selection, bool):
        return value if selection else None
    if isinstance(value, Mapping):
        return {part: each for part, each in value.items() if selection.shows(part)} or None
    if isinstance(value, list):
        entries = (project(entry, selection) for entry in value)
        return [entry for entry in entries if entry is not None] or None
    return value


def parse_projection(
    resource_type: ResourceType,
    attributes: Iterable[str] = (),
    excluded: Iterable[str] = (),
) -> Projection:
    """The projection that lists of attribute paths ask for; both empty for the default.

    Paths are read as RFC 7644 section 3.10 has them, with URN or without, with sub-attribute or
    without, in any case; a URN alone is its whole schema. Of the two lists one is given at most.
    Excluding a multi-valued reference (``members``) also leaves out the connector's own attribute
    behind it, which would show the same values again.
    """
    names, hidden = tuple(attributes), tuple(excluded)
    if sum(map(len, names)) + sum(map(len, hidden)) > _MAX_CACHED:
        return _parse(resource_type, names, hidden)
    return _cached(resource_type, names, hidden)


def _parse(
    resource_type: ResourceType, attributes: tuple[str, ...], excluded: tuple[str, ...]
) -> Projection:
    tree: _Tree = {}
    for text in attributes or excluded:
        for key, part in _targets(resource_type, text):
            _add(tree, key, part)
    if not attributes:
        for schema, name in [key for key, parts in tree.items() if parts is None]:
            for twin in _twins(resource_type, schema, name):
                tree[twin] = None
    named = {key: None if parts is None else frozenset(parts) for key, parts in tree.items()}
    return Projection(resource_type, named, bool(attributes))


_cached = lru_cache(maxsize=1024)(_parse)


def _add(tree: _Tree, key: tuple[str | None, str], part: str | None) -> None:
    if part is None:
        tree[key] = None
    elif (parts := tree.setdefault(key, set())) is not None:
        parts.add(part.lower())


def _targets(
    resource_type: ResourceType, text: str
) -> list[tuple[tuple[str | None, str], str | None]]:
    """The attributes that one path names, each with the sub-attribute, or None for the whole."""
    try:
        path = parse_path(text, resource_type.names)
    except ScimError:
        return []
    if not path.attribute:
        section = resource_type.section(path.schema or "")
        return [
            ((each.schema, each.name), None)
            for each in resource_type.attributes
            if section is not None and each.schema == section[0]
        ]
    if path.schema is None and (common := _COMMON.get(path.attribute.lower())) is not None:
        return [((None, common), path.sub_attribute)]
    found = resource_type.find(path)
    if found is None:
        return []
    return [((found.schema, found.name), part) for part in _part(found, path)]


def _part(found: PublishedAttribute, path: AttributePath) -> list[str | None]:
    """The sub-attribute a path names; none at all for one that a simple attribute cannot have."""
    sub = path.sub_attribute
    if found.shape is Shape.PLAIN and sub is not None:
        return [None] if sub.lower() == "value" else []
    return [sub]


def _twins(
    resource_type: ResourceType, schema: str | None, name: str
) -> list[tuple[str | None, str]]:
    sources = {
        binding.attribute
        for each in resource_type.attributes
        if (each.schema, each.name) == (schema, name)
        for binding in each.bindings
        if binding.is_reference and binding.is_multi_valued
    }
    return [
        (binding.schema, binding.name)
        for binding in resource_type.bindings
        if binding.is_extension and binding.attribute in sources
    ]
