"""Objects of the connector as SCIM resources, ready for a JSON encoder.

What is the same for every object of a type is worked out once for each projection; an object is
then rendered by walking a few flat tables.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from attrs import frozen

from ecma2py.schema import AttributeType, Value
from ecma2py.scim.bindings import (
    PRIMARY,
    Binding,
    Entry,
    Held,
    PublishedAttribute,
    Returned,
    Role,
    Shape,
)
from ecma2py.scim.projection import Parts, Projection, Selection, parse_projection, project
from ecma2py.scim.single_values import first
from ecma2py.scim.types import ResourceType
from ecma2py.values import as_values, value_text

Reference = tuple[str | None, str | None, str]
"""An object referred to: its id and object type, None where it is not known, and the text."""

References = Callable[[str], Sequence[Reference]]
"""The references that one attribute of the object holds; asked only for what is shown."""


class Subject(Protocol):
    """What is rendered; objects of the space are such."""

    @property
    def id(self) -> str:
        """The SCIM id."""

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Values in their JSON form, Binary as base64 text; multi-valued references left out."""

    @property
    def dn(self) -> str | None:
        """The DN; None for an object without one."""

    @property
    def version(self) -> int:
        """Another number after every change."""

    @property
    def created(self) -> str:
        """ISO 8601."""

    @property
    def modified(self) -> str:
        """ISO 8601."""


def etag(version: int) -> str:
    """The weak entity tag of one version of a resource (RFC 7644 section 3.14)."""
    return f'W/"{version}"'


class _State:
    """One object while it is rendered; references are read once however often they are shown."""

    __slots__ = ("_known", "_read", "get", "subject")

    def __init__(self, subject: Subject, references: References) -> None:
        self.subject = subject
        self.get = subject.attributes.get
        self._read = references
        self._known: dict[str, Sequence[Reference]] = {}

    def references(self, attribute: str) -> Sequence[Reference]:
        if (found := self._known.get(attribute)) is None:
            found = self._known[attribute] = self._read(attribute)
        return found


_Reader = Callable[[_State], object]
"""The value of one attribute of the resource; None, or something empty, where it has none."""

_Entries = Callable[[_State], list[dict[str, object]]]
"""Entries of a multi-valued complex attribute."""

_Convert = Callable[[Any], object]


@frozen
class _Section:
    """What is shown of one schema: values that go through as they are, then all others."""

    schema: str | None
    plain: tuple[tuple[str, str], ...]
    """Connector attribute and SCIM name."""
    read: tuple[tuple[str, _Reader], ...]

    def write(self, state: _State, target: dict[str, object]) -> None:
        get = state.get
        for attribute, name in self.plain:
            value = get(attribute)
            if value is not None:
                target[name] = value
        for name, reader in self.read:
            value = reader(state)
            if value is not None:
                target[name] = value


@frozen
class _Plan:
    """One resource type under one projection."""

    top: _Section
    extensions: tuple[_Section, ...]
    meta: Selection


class Renderer:
    """Renders the objects of one resource type; every URL begins with *base_url*.

    *resource_types* are all types of the connector: they give references their ``$ref`` and
    ``type``.
    """

    __slots__ = ("_endpoints", "_plan", "_url", "resource_type", "whole")

    def __init__(
        self,
        resource_type: ResourceType,
        *,
        base_url: str,
        resource_types: Iterable[ResourceType] = (),
    ) -> None:
        base = base_url.rstrip("/")
        self.resource_type = resource_type
        self.whole = parse_projection(resource_type)
        """What is returned when the client asks for nothing in particular."""
        self._url = f"{base}{resource_type.endpoint}/"
        self._endpoints = {
            each.object_type: (each.name, f"{base}{each.endpoint}/")
            for each in (resource_type, *resource_types)
        }
        self._plan = lru_cache(maxsize=256)(self._compile)

    def location(self, id: str) -> str:
        """The URL of the resource with this id."""
        return f"{self._url}{id}"

    def render(
        self, subject: Subject, references: References, projection: Projection | None = None
    ) -> dict[str, object]:
        """The resource as a plain dict; ``schemas`` are those with attributes in it."""
        plan = self._plan(projection or self.whole)
        state = _State(subject, references)
        schemas = [self.resource_type.core_schema]
        resource: dict[str, object] = {"schemas": schemas, "id": subject.id}
        plan.top.write(state, resource)
        for section in plan.extensions:
            extension: dict[str, object] = {}
            section.write(state, extension)
            if extension and section.schema is not None:
                schemas.append(section.schema)
                resource[section.schema] = extension
        if plan.meta is not False:
            meta = self._meta(subject)
            resource["meta"] = meta if plan.meta is True else project(meta, plan.meta)
            if not resource["meta"]:
                del resource["meta"]
        return resource

    def _meta(self, subject: Subject) -> dict[str, object]:
        return {
            "resourceType": self.resource_type.name,
            "created": subject.created,
            "lastModified": subject.modified,
            "location": self.location(subject.id),
            "version": etag(subject.version),
        }

    def _compile(self, projection: Projection) -> _Plan:
        top, *extensions = [
            self._section(projection, schema) for schema in (None, *self.resource_type.extensions)
        ]
        shown = tuple(each for each in extensions if each.plain or each.read)
        return _Plan(top, shown, projection.selection(None, "meta"))

    def _section(self, projection: Projection, schema: str | None) -> _Section:
        plain: list[tuple[str, str]] = []
        read: list[tuple[str, _Reader]] = []
        for each in self.resource_type.attributes:
            selection = projection.selection(schema, each.name)
            if each.schema != schema or selection is False:
                continue
            if _goes_through(each):
                plain.append((each.binding.attribute, each.name))
            elif (reader := self._reader(each)) is not None:
                read.append((each.name, _projected(reader, selection)))
        return _Section(schema, tuple(plain), tuple(read))

    def _reader(self, attribute: PublishedAttribute) -> _Reader | None:
        if attribute.shape is Shape.PLAIN:
            return self._plain(attribute.binding)
        if attribute.shape is Shape.COMPLEX:
            return self._complex(attribute)
        return self._entries(attribute)

    def _plain(self, binding: Binding) -> _Reader | None:
        if binding.returned is Returned.NEVER:
            return None
        if binding.role is Role.ACTIVE:
            return _activity(binding.disabled)
        if binding.is_reference:
            return _reference_ids(binding)
        if not binding.is_multi_valued:
            return _single(binding)
        values = _values(binding)
        return lambda state: values(state) or None

    def _complex(self, attribute: PublishedAttribute) -> _Reader | None:
        references: list[_Entries] = []
        parts: list[Binding] = []
        for binding in attribute.bindings:
            if binding.returned is Returned.NEVER:
                continue
            if binding.is_reference:
                references.append(self._references(binding, with_type=False))
            else:
                parts.append(binding)
        together = _together(parts)
        if not references:
            return (lambda state: together(state) or None) if parts else None

        def read(state: _State) -> object:
            shown: dict[str, object] = {}
            for held in references:
                shown.update(next(iter(held(state)), {}))
            shown.update(together(state))
            return shown or None

        return read

    def _entries(self, attribute: PublishedAttribute) -> _Reader | None:
        readers: list[_Entries] = []
        for entry, is_primary in _merged(attribute.entries):
            bindings = [b for b in entry.parts.values() if b.returned is not Returned.NEVER]
            # The type of a user's groups is "direct" or "indirect" (RFC 7643 section 4.1.2).
            with_type = attribute.name != "groups"
            readers += [
                self._references(b, with_type=with_type) for b in bindings if b.is_reference
            ]
            bindings = [b for b in bindings if not b.is_reference]
            if bindings:
                readers.append(_entry_reader(_fixed(entry, is_primary), bindings))
        if not readers:
            return None
        if len(readers) == 1:
            only = readers[0]
            return lambda state: only(state) or None
        return lambda state: [each for reader in readers for each in reader(state)] or None

    def _references(self, binding: Binding, *, with_type: bool) -> _Entries:
        """References as ``members`` has them; those to objects nobody knows are left out."""
        held = _held_references(binding)
        endpoints = self._endpoints

        def read(state: _State) -> list[dict[str, object]]:
            entries: list[dict[str, object]] = []
            for known, object_type, _ in held(state):
                if known is None:
                    continue
                entry: dict[str, object] = {"value": known}
                if object_type in endpoints:
                    name, url = endpoints[object_type]
                    entry["$ref"] = url + known
                    if with_type:
                        entry["type"] = name
                entries.append(entry)
            return entries

        return read


def _goes_through(attribute: PublishedAttribute) -> bool:
    """True if the stored value is the published one, with no list that could be empty."""
    binding = attribute.bindings[0]
    return (
        attribute.shape is Shape.PLAIN
        and binding.role is Role.ATTRIBUTE
        and binding.returned is not Returned.NEVER
        and not binding.is_multi_valued
        and not binding.is_reference
        and _conversion(binding) is None
    )


def _projected(reader: _Reader, selection: Selection) -> _Reader:
    if not isinstance(selection, Parts):
        return reader
    return lambda state: None if (v := reader(state)) is None else project(v, selection)


def _conversion(binding: Binding) -> _Convert | None:
    """How a stored value becomes the published one; None where they are the same."""
    stored = binding.schema_attribute.data_type
    becomes_text = binding.data_type is AttributeType.STRING and stored in (
        AttributeType.INTEGER,
        AttributeType.BOOLEAN,
    )
    convert = binding.published if binding.truth is not None or becomes_text else None
    if not binding.is_first:
        return convert
    return first if convert is None else lambda stored: convert(first(stored))


def _single(binding: Binding) -> _Reader:
    """The published value of a single-valued attribute that is no reference."""
    if binding.role is Role.DN:
        return lambda state: state.subject.dn
    attribute, convert = binding.attribute, _conversion(binding)
    if convert is None:
        return lambda state: state.get(attribute)
    return lambda state: None if (value := state.get(attribute)) is None else convert(value)


def _activity(disabled: Held | None) -> _Reader:
    """False for an object that has just the values of a disabled one."""
    if disabled is None:
        return lambda _: True
    name, many = disabled.attribute.name, disabled.attribute.is_multi_valued
    wanted = {value_text(v) if isinstance(v, bytes) else v for v in disabled.values}

    def held(state: _State) -> Sequence[Value]:
        if disabled.attribute.data_type is AttributeType.REFERENCE:
            found: Sequence[Value] = [text for _, _, text in state.references(name)]
        else:
            found = as_values(state.get(name))
        return found if many else found[:1]

    return lambda state: set(held(state)) != wanted


def _values(binding: Binding) -> Callable[[_State], Sequence[object]]:
    """The published values of a multi-valued attribute that holds no references."""
    attribute, convert = binding.attribute, _conversion(binding)

    def read(state: _State) -> Sequence[object]:
        stored = state.get(attribute)
        if stored is None:
            return ()
        values = stored if isinstance(stored, list | tuple) else (stored,)
        if convert is None:
            return values
        return [shown for value in values if (shown := convert(value)) is not None]

    return read


def _held_references(binding: Binding) -> Callable[[_State], Sequence[Reference]]:
    attribute = binding.attribute
    if binding.is_multi_valued:
        return lambda state: state.references(attribute)
    if binding.is_first:
        return lambda state: state.references(attribute)[:1]
    # A single reference is stored with the object: nobody need be asked where there is none.
    return lambda state: () if state.get(attribute) is None else state.references(attribute)


def _reference_ids(binding: Binding) -> _Reader:
    """References as plain values: ids, and the target's own text where no id is known."""
    held = _held_references(binding)
    if binding.is_multi_valued:
        return lambda state: [known or text for known, _, text in held(state)] or None
    return lambda state: next((known or text for known, _, text in held(state)), None)


def _merged(entries: tuple[Entry, ...]) -> list[tuple[Entry, bool]]:
    """The entries, each with whether it is the primary one too.

    Where the primary entry shows the same attributes as one chosen otherwise they are one entry:
    RFC 7643 section 2.4 has no value twice.
    """
    primary = next((each for each in entries if each.selector == PRIMARY), None)
    sources = _sources(primary) if primary is not None else None
    twin = next((e for e in entries if e is not primary and _sources(e) == sources), None)
    return [(each, each is twin) for each in entries if each is not primary or twin is None]


def _sources(entry: Entry) -> dict[str, str]:
    return {part: binding.attribute for part, binding in entry.parts.items()}


def _fixed(entry: Entry, is_primary: bool) -> dict[str, object]:
    """The sub-attributes that tell which entry it is."""
    fixed: dict[str, object] = {}
    if entry.selector is not None:
        fixed[entry.selector.part] = entry.selector.value
    if is_primary:
        fixed["primary"] = True
    return fixed


def _entry_reader(fixed: dict[str, object], bindings: list[Binding]) -> _Entries:
    """One entry of all single values together, and one entry for each value of a set."""
    together = _together([b for b in bindings if not b.is_multi_valued])
    many = [(b.part or "value", _values(b)) for b in bindings if b.is_multi_valued]

    def read(state: _State) -> list[dict[str, object]]:
        entries = [shown | fixed] if (shown := together(state)) else []
        for part, values in many:
            entries += [{part: value, **fixed} for value in values(state)]
        return entries

    return read


def _together(bindings: list[Binding]) -> Callable[[_State], dict[str, object]]:
    """The sub-attributes that single values make of one complex value."""
    readers = [(b.part or "value", _single(b)) for b in bindings]
    if any(b.role is Role.DN or _conversion(b) is not None for b in bindings):

        def read(state: _State) -> dict[str, object]:
            return {part: v for part, each in readers if (v := each(state)) is not None}

        return read
    stored = [(b.part or "value", b.attribute) for b in bindings]

    def read_stored(state: _State) -> dict[str, object]:
        get = state.get
        return {part: v for part, name in stored if (v := get(name)) is not None}

    return read_stored
