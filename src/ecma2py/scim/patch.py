"""PATCH operations into connector deltas, RFC 7644 section 3.5.2 and both dialects of Entra.

No operation reads the object: adding one member to a group is one added value, however many
members the group has.
"""

from collections.abc import Callable, Iterable

from ecma2py.scim.bindings import (
    PRIMARY,
    Binding,
    Entry,
    Mutability,
    PublishedAttribute,
    Role,
    Selector,
    Shape,
)
from ecma2py.scim.bodies import SERVER_OWNED, as_object, check_id
from ecma2py.scim.coercion import is_nothing, shown
from ecma2py.scim.core import QUALIFIERS
from ecma2py.scim.drafts import Draft
from ecma2py.scim.errors import (
    ScimError,
    invalid_filter,
    invalid_path,
    invalid_value,
    mutability,
    no_target,
)
from ecma2py.scim.intents import Current, Intent, Resolve, Unknown
from ecma2py.scim.mapping_paths import unknown_attribute
from ecma2py.scim.operations import PatchLimits, Target, read_operations, read_target
from ecma2py.scim.selecting import (
    Choice,
    Hit,
    choices_of_values,
    entries_of,
    hits_of_choice,
    hits_of_filter,
)
from ecma2py.scim.spreading import elements, raw_values, spread, spread_parts, unwrapped
from ecma2py.scim.types import ResourceType

DEFAULT_LIMITS = PatchLimits()


def read_patch(
    body: object,
    resource_type: ResourceType,
    *,
    resolve: Resolve,
    unknown: Unknown = "error",
    limits: PatchLimits = DEFAULT_LIMITS,
    current: Current | None = None,
    id: str | None = None,
    pace: Callable[[int], None] | None = None,
) -> Intent:
    """What a PATCH asks for, as one change an attribute in AttributeUpdate form.

    *current*, if given, is called only where an operation writes a read-only or immutable
    attribute (the value it has already is no change), or chooses entries by more than ``eq``.
    *id* is what a path-less value may repeat as ``id``. *pace*, if given, is called before each
    operation and each filter with the number of comparisons so far, and what it raises ends the
    reading. Raises :class:`ScimError` alone otherwise.
    """
    patcher = _Patcher(resource_type, resolve, unknown, current, id, limits=limits, pace=pace)
    for operation in read_operations(body, limits):
        patcher.apply(*operation)
    return patcher.draft.intent()


class _Patcher:
    """Applies operations to a draft."""

    def __init__(
        self,
        resource_type: ResourceType,
        resolve: Resolve,
        unknown: Unknown,
        current: Current | None,
        id: str | None,
        *,
        limits: PatchLimits,
        pace: Callable[[int], None] | None,
    ) -> None:
        self._type = resource_type
        self._unknown = unknown
        self._id = id
        self._limits = limits
        self._pace = pace
        self._comparisons = 0
        self.draft = Draft(resource_type, resolve, current)

    def apply(self, op: str, path: str, value: object) -> None:
        """One operation."""
        if self._pace is not None:
            self._pace(self._comparisons)
        if path.strip():
            self._at(op, read_target(self._type, path), value)
            return
        if op == "remove":
            raise no_target("remove needs a path")
        check_id(value, self._id)
        members = as_object(unwrapped(value), "The value of an operation without path")
        for key, raw in members.items():
            if key.lower() not in SERVER_OWNED or key in self._type.members(None):
                self._at_key(op, key, raw)

    def _at_key(self, op: str, key: str, raw: object) -> None:
        """One member of a path-less value; a key that is no path names nothing."""
        try:
            target = read_target(self._type, key)
        except ScimError:
            if is_nothing(raw) or self._unknown == "ignore":
                return
            raise
        self._at(op, target, raw)

    def _at(self, op: str, target: Target, value: object) -> None:
        if target.section is not None:
            self._at_section(op, *target.section, value)
        elif target.attribute is None:
            if target.text.lower() in SERVER_OWNED:
                raise mutability(f"{target.text} is given by the server: it cannot be changed")
            if op == "remove" or not is_nothing(value):
                self._refuse_unknown(target.text)
        elif target.tree is not None:
            self._at_entries(op, target, target.attribute, value)
        elif target.part is not None:
            self._at_part(op, target, target.attribute, target.part, value)
        elif op == "remove":
            self._remove(target.attribute, value)
        else:
            self._write(op, target.attribute, value)

    def _refuse_unknown(self, path: str) -> None:
        if self._unknown == "error":
            raise invalid_path(unknown_attribute(self._type, shown(path)))

    def _on_unknown(self, path: str, value: object) -> None:
        if not is_nothing(value):
            self._refuse_unknown(path)

    def _at_section(self, op: str, schema: str | None, value: object) -> None:
        """A whole extension: each attribute by name, or all of them removed."""
        if op == "remove" or value is None:
            if op != "add":
                self._clear_section(schema)
            return
        for key, raw in as_object(value, schema or self._type.core_schema).items():
            attribute = self._type.member(schema, key)
            if attribute is not None:
                self._write(op, attribute, raw)
            elif key.lower() != "schemas":
                self._on_unknown(f"{schema or self._type.core_schema}:{key}", raw)

    def _clear_section(self, schema: str | None) -> None:
        if schema is None:
            raise no_target("A core schema cannot be removed: name the attributes")
        for each in {each.name: each for each in self._type.members(schema).values()}.values():
            self._clear(each)

    def _write(self, op: str, attribute: PublishedAttribute, value: object) -> None:
        """Add to, or replace, a whole attribute. A complex one keeps what is not mentioned."""
        given = list(spread(attribute, value, self._on_unknown))
        if op == "add":
            for binding, raws in given:
                self.draft.add(binding, raws)
            return
        if attribute.shape is Shape.ENTRIES:
            mentioned = {binding.path for binding, _ in given}
            self._clear(attribute, but=mentioned)
        for binding, raws in given:
            self.draft.replace(binding, raws)

    def _clear(self, attribute: PublishedAttribute, but: Iterable[str] = ()) -> None:
        """Take all values of the attribute that a client may take."""
        for binding in attribute.bindings:
            if (
                binding.role is Role.ATTRIBUTE
                and binding.path not in but
                and (binding.mutability is not Mutability.READ_ONLY)
            ):
                self.draft.replace(binding, [])

    def _remove(self, attribute: PublishedAttribute, value: object) -> None:
        """Remove all values, or those *value* lists; a single value goes whatever it says."""
        if value is not None and attribute.is_multi_valued:
            listed = choices_of_values(elements(value))
            self._apply_hits("remove", self._hits(attribute, listed))
        elif attribute.shape is Shape.COMPLEX and isinstance(value, dict):
            parts = spread_parts(attribute.path, attribute.parts, value, self._on_unknown)
            for binding, _ in parts:
                self.draft.replace(binding, [])
        else:
            for binding in attribute.bindings:
                self.draft.replace(binding, [])

    def _hits(self, attribute: PublishedAttribute, choices: Iterable[Choice]) -> list[Hit]:
        return [
            hit for choice in choices for hit in hits_of_choice(attribute, choice, self.draft.held)
        ]

    def _at_part(
        self, op: str, target: Target, attribute: PublishedAttribute, part: str, value: object
    ) -> None:
        """``name.familyName``, ``manager.value``, ``emails.value``."""
        entries = entries_of(attribute)
        if entries:
            having = [entry for entry in entries if part in entry.parts]
            whole = [entry for entry in having if entry.selector in (None, PRIMARY)]
            bound = [entry.parts[part] for entry in whole or having]
        else:
            bound = [each for each in attribute.bindings if (each.part or "value").lower() == part]
        if not bound:
            self._unbound_part(op, target, part, entries, value)
        for binding in bound:
            if op == "remove" and binding.is_multi_valued and value is not None:
                self.draft.remove(binding, raw_values(binding, value))
            else:
                self._put(op, binding, value)

    def _unbound_part(
        self, op: str, target: Target, part: str, entries: Iterable[Entry], value: object
    ) -> None:
        """A sub-attribute that holds nothing: it may be told what it is anyway, or be emptied.

        ``primary`` is taken as a hint where no entry is chosen by it.
        """
        fixed = [e.selector for e in entries if e.selector and e.selector.part.lower() == part]
        for selector in fixed:
            if op == "remove" or not selector.agrees(unwrapped(value)):
                raise _fixed_part(target.text, selector)
        if fixed or part == "primary":
            return
        can_be_told = part in QUALIFIERS or part == "displayname"
        if not (can_be_told and (op == "remove" or is_nothing(value))):
            self._refuse_unknown(target.text)

    def _at_entries(
        self, op: str, target: Target, attribute: PublishedAttribute, value: object
    ) -> None:
        """``emails[type eq "work"].value``, ``members[value eq "id"]``."""
        if not attribute.is_multi_valued or target.tree is None:
            raise invalid_path(f"{attribute.path} is not multi-valued: it takes no filter")
        if target.choices is None:
            hits = hits_of_filter(attribute, target.tree, self.draft.held, self._spend)
        else:
            hits = self._hits(attribute, target.choices)
        if not hits and self._unknown == "error" and op != "remove":
            raise no_target(f"{shown(target.text)} is no entry that {self._type.name} has")
        part = target.part
        if hits and part is not None and not any(part in hit.entry.parts for hit in hits):
            self._unbound_part(op, target, part, [hit.entry for hit in hits], value)
        self._apply_hits(op, hits, part, value)

    def _spend(self, comparisons: int) -> None:
        self._comparisons += comparisons
        if self._comparisons > self._limits.comparisons:
            raise invalid_filter(
                f"The filters of this PATCH ask for more than {self._limits.comparisons} "
                "comparisons: choose the values by 'eq', or send fewer operations"
            )
        if self._pace is not None:
            self._pace(self._comparisons)

    def _apply_hits(
        self, op: str, hits: Iterable[Hit], part: str | None = None, value: object = None
    ) -> None:
        gone: dict[str, tuple[Binding, list[object]]] = {}
        came: dict[str, list[object]] = {}
        for hit in hits:
            for binding, raw in self._of_hit(op, hit, part, value):
                if hit.value is None or not binding.is_multi_valued:
                    self._put(op, binding, raw)
                    continue
                gone.setdefault(binding.path, (binding, []))[1].append(hit.value)
                if op != "remove":
                    came[binding.path] = raw_values(binding, raw)
        for path, (binding, raws) in gone.items():
            self.draft.remove(binding, raws)
            self.draft.add(binding, came.get(path, []))

    def _of_hit(
        self, op: str, hit: Hit, part: str | None, value: object
    ) -> Iterable[tuple[Binding, object]]:
        """The bindings of an entry that an operation means, and the JSON value for each."""
        parts = hit.entry.parts
        if part is not None:
            return [(parts[part], value)] if part in parts else []
        if op == "remove":
            return [(binding, None) for binding in parts.values()]
        given = unwrapped(value)
        if not isinstance(given, dict):
            given = {"value": given}
        selector = hit.entry.selector
        if selector is not None and not selector.allows(given):
            raise _fixed_part(f"{hit.entry.path}.{selector.part}", selector)
        return list(spread_parts(hit.entry.path, parts, given, self._on_unknown))

    def _put(self, op: str, binding: Binding, value: object) -> None:
        raws = [] if op == "remove" else raw_values(binding, value)
        if op == "add":
            self.draft.add(binding, raws)
        else:
            self.draft.replace(binding, raws)


def _fixed_part(path: str, selector: Selector) -> ScimError:
    """The refusal to make of an entry one of another kind: its attribute of the target stays."""
    value = selector.value if isinstance(selector.value, str) else str(selector.value).lower()
    return invalid_value(f"{shown(path)} is {value!r}: an entry cannot become one of another kind")
