"""An object, or a change of one, on its way between connector and host (ECMA2 ``CSEntryChange``).

An imported object is plain: ``attributes`` maps a name to a value, or to a list for a
multi-valued attribute. ``AttributeChange`` and ``ValueChange`` objects are made when somebody
asks for them, because a page of thousands of them costs more than reading the objects did.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Self
from uuid import UUID, uuid4

from attrs import define, field, frozen

from ecma2py.errors import MAExportError, MAImportError, ModelError
from ecma2py.schema import AttributeType, SchemaType, Value, Values

DN_ATTRIBUTE = "DN"
"""The name of the attribute change that carries a new DN (ECMA2 ``DetachedUtils``)."""


class ObjectModificationType(IntEnum):
    """What happens to the object."""

    UNCONFIGURED = 0
    NONE = 1
    ADD = 2
    REPLACE = 3
    UPDATE = 4
    DELETE = 5


class AttributeModificationType(IntEnum):
    """What happens to one attribute."""

    UNCONFIGURED = 0
    ADD = 1
    REPLACE = 2
    UPDATE = 3
    DELETE = 4


class ValueModificationType(IntEnum):
    """What happens to one value."""

    UNCONFIGURED = 0
    ADD = 1
    DELETE = 2


_ADD, _REPLACE, _UPDATE, _DELETE = (
    ObjectModificationType.ADD,
    ObjectModificationType.REPLACE,
    ObjectModificationType.UPDATE,
    ObjectModificationType.DELETE,
)

LEGAL_ATTRIBUTE_CHANGES: Mapping[ObjectModificationType, frozenset[AttributeModificationType]] = {
    _ADD: frozenset({AttributeModificationType.ADD}),
    _REPLACE: frozenset({AttributeModificationType.ADD}),
    _UPDATE: frozenset(set(AttributeModificationType) - {AttributeModificationType.UNCONFIGURED}),
    _DELETE: frozenset(),
}
"""Which attribute change fits into which object change, as .NET enforces it."""


@frozen
class ValueChange:
    """One value added or deleted (ECMA2 ``ValueChange``)."""

    value: Value
    modification_type: ValueModificationType = ValueModificationType.ADD

    @classmethod
    def add(cls, value: Value) -> Self:
        """A value that the attribute shall have."""
        return cls(value, ValueModificationType.ADD)

    @classmethod
    def delete(cls, value: Value) -> Self:
        """A value that the attribute shall lose."""
        return cls(value, ValueModificationType.DELETE)


@frozen
class AnchorAttribute:
    """One component of an anchor (ECMA2 ``AnchorAttribute``)."""

    name: str
    value: Value

    @property
    def data_type(self) -> AttributeType:
        """The type the value has."""
        return AttributeType.of(self.value)


def _value_list(values: Values) -> tuple[Value, ...]:
    return tuple(values) if isinstance(values, (list, tuple)) else (values,)


def _value_changes(given: Iterable[ValueChange]) -> tuple[ValueChange, ...]:
    return tuple(given)


@frozen
class AttributeChange:
    """What happens to one attribute of one object (ECMA2 ``AttributeChange``).

    Made by the factories, a change knows whether it is multi-valued from the shape it was given
    (a list is), and its type from its values. .NET's factories say ``Undefined`` and
    multi-valued for everything, and turn ``CreateAttributeUpdate(name, value)`` into a Replace.
    """

    name: str
    modification_type: AttributeModificationType
    value_changes: tuple[ValueChange, ...] = field(
        default=(), kw_only=True, converter=_value_changes
    )
    data_type: AttributeType = field(default=AttributeType.UNDEFINED, kw_only=True)
    is_multi_valued: bool = field(default=False, kw_only=True)

    @classmethod
    def of(
        cls,
        name: str,
        modification_type: AttributeModificationType,
        *,
        added: Sequence[Value] = (),
        removed: Sequence[Value] = (),
        is_multi_valued: bool,
        data_type: AttributeType = AttributeType.UNDEFINED,
    ) -> Self:
        """A change from its parts; the type is that of its first value if not given."""
        if data_type is AttributeType.UNDEFINED:
            data_type = AttributeType.of(next(iter((*added, *removed)), None))
        changes = (*map(ValueChange.delete, removed), *map(ValueChange.add, added))
        return cls(
            name,
            modification_type,
            value_changes=changes,
            data_type=data_type,
            is_multi_valued=is_multi_valued,
        )

    @classmethod
    def add(cls, name: str, values: Values) -> Self:
        """The attribute gets these values, beside those it may have."""
        return cls._given(name, AttributeModificationType.ADD, values)

    @classmethod
    def replace(cls, name: str, values: Values) -> Self:
        """The attribute has these values and no other; an empty list clears it."""
        return cls._given(name, AttributeModificationType.REPLACE, values)

    @classmethod
    def update(cls, name: str, added: Iterable[Value] = (), removed: Iterable[Value] = ()) -> Self:
        """A multi-valued attribute gains and loses values; all others stay."""
        return cls.of(
            name,
            AttributeModificationType.UPDATE,
            added=tuple(added),
            removed=tuple(removed),
            is_multi_valued=True,
        )

    @classmethod
    def delete(cls, name: str) -> Self:
        """The attribute has no value any more."""
        return cls(name, AttributeModificationType.DELETE)

    @classmethod
    def new_dn(cls, dn: str) -> Self:
        """The object is renamed or moved to *dn* (``CreateNewDN``)."""
        return cls(
            DN_ATTRIBUTE,
            AttributeModificationType.UNCONFIGURED,
            value_changes=(ValueChange.add(dn),),
            data_type=AttributeType.STRING,
        )

    @classmethod
    def _given(cls, name: str, kind: AttributeModificationType, values: Values) -> Self:
        if values is None or (isinstance(values, (list, tuple)) and None in values):
            raise ModelError(
                f"Attribute {name!r} is given a null value: leave it out, or delete it.",
                attribute_name=name,
            )
        return cls.of(
            name,
            kind,
            added=_value_list(values),
            is_multi_valued=isinstance(values, (list, tuple)),
        )

    @property
    def is_new_dn(self) -> bool:
        """True if this carries a new DN rather than an attribute."""
        return (
            self.name == DN_ATTRIBUTE
            and self.modification_type is AttributeModificationType.UNCONFIGURED
        )

    @property
    def values(self) -> tuple[Value, ...]:
        """The values added, in order."""
        wanted = ValueModificationType.ADD
        return tuple(c.value for c in self.value_changes if c.modification_type is wanted)

    @property
    def removed(self) -> tuple[Value, ...]:
        """The values deleted, in order."""
        wanted = ValueModificationType.DELETE
        return tuple(c.value for c in self.value_changes if c.modification_type is wanted)

    @property
    def value(self) -> Value | None:
        """The first value added, None if there is none: what a single-valued attribute gets."""
        return next(iter(self.values), None)


class AttributeChanges(Mapping[str, AttributeChange]):
    """The attribute changes of an entry by name, each made when asked for.

    Iterating gives names, as Python mappings do; .NET's KeyedCollection gives the changes.
    """

    __slots__ = ("_entry",)

    def __init__(self, entry: "CSEntryChange") -> None:
        self._entry = entry

    def __getitem__(self, name: str) -> AttributeChange:
        change = self._entry.changes.get(name)
        if change is not None:
            return change
        return self._entry.plain_change(name)

    def __iter__(self) -> Iterator[str]:
        yield from self._entry.attributes
        yield from self._entry.changes

    def __len__(self) -> int:
        return len(self._entry.attributes) + len(self._entry.changes)

    def __repr__(self) -> str:
        return f"AttributeChanges({', '.join(self)})"

    def add(self, change: AttributeChange) -> None:
        """Put *change* into the entry; ``ModelError`` if the object change does not allow it.

        The object's modification type comes first. Add and Replace take Add only, Update takes
        Add, Replace, Update and Delete, Delete takes none; a new DN fits into all four.
        """
        entry = self._entry
        if change.name in entry.attributes or change.name in entry.changes:
            raise ModelError(
                f"Attribute {change.name!r} is changed twice in one entry: merge the changes.",
                attribute_name=change.name,
            )
        kind = entry.object_modification_type
        if kind not in LEGAL_ATTRIBUTE_CHANGES:
            raise ModelError("Set object_modification_type before adding attribute changes.")
        if not change.is_new_dn:
            if change.modification_type not in LEGAL_ATTRIBUTE_CHANGES[kind]:
                raise ModelError(
                    f"Attribute {change.name!r}: {change.modification_type.name} does not fit "
                    f"into an object {kind.name}.",
                    attribute_name=change.name,
                )
            if kind is not _UPDATE:
                added = change.values
                entry.attributes[change.name] = list(added) if change.is_multi_valued else added[0]
                return
        entry.changes[change.name] = change


class AnchorAttributes(Mapping[str, AnchorAttribute]):
    """The anchor of an entry by component name, each made when asked for."""

    __slots__ = ("_entry",)

    def __init__(self, entry: "CSEntryChange") -> None:
        self._entry = entry

    def __getitem__(self, name: str) -> AnchorAttribute:
        return AnchorAttribute(name, self._entry.anchor[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._entry.anchor)

    def __len__(self) -> int:
        return len(self._entry.anchor)

    def add(self, anchor: AnchorAttribute) -> None:
        """Add one component; a second of the same name is a ``ModelError``."""
        if anchor.name in self._entry.anchor:
            raise ModelError(f"Anchor {anchor.name!r} is given twice.", attribute_name=anchor.name)
        self._entry.anchor[anchor.name] = anchor.value


@define(eq=False)
class CSEntryChange:
    """An object read from, or a change to be written to, the connected system.

    Made by ``add``, ``replace``, ``update``, ``delete`` and ``import_error``; made bare, it is
    Unconfigured and ``object_modification_type`` may be set once, as in .NET.
    """

    object_type: str | None = None
    _modification: ObjectModificationType = field(
        default=ObjectModificationType.UNCONFIGURED, alias="modification"
    )
    anchor: dict[str, Value] = field(factory=dict, kw_only=True)
    """The anchor by component name; empty where the target assigns it."""
    dn: str | None = field(default=None, kw_only=True)
    attributes: dict[str, Values] = field(factory=dict, kw_only=True)
    """The object's values, for Add and Replace: name to value, or to a list if multi-valued."""
    changes: dict[str, AttributeChange] = field(factory=dict, kw_only=True)
    """The attribute changes of an Update, and a new DN whatever the object change."""
    error_code_import: MAImportError = field(default=MAImportError.SUCCESS, kw_only=True)
    error_name: str = field(default="", kw_only=True)
    error_detail: str = field(default="", kw_only=True)
    schema_type: SchemaType | None = field(default=None, kw_only=True, repr=False)
    """The object's type, set by a host on exports so that changes know their data type."""
    _identifier: UUID | None = field(default=None, alias="identifier", kw_only=True, repr=False)

    @classmethod
    def add(
        cls,
        object_type: str,
        anchor: Mapping[str, Value] | None = None,
        *,
        dn: str | None = None,
        attributes: Mapping[str, Values | None] | None = None,
    ) -> Self:
        """The object with all its attributes; None means no value and is left out."""
        return cls._whole(object_type, _ADD, anchor, dn, attributes)

    @classmethod
    def replace(
        cls,
        object_type: str,
        anchor: Mapping[str, Value] | None = None,
        *,
        dn: str | None = None,
        attributes: Mapping[str, Values | None] | None = None,
    ) -> Self:
        """The object as it is now: attributes that are not given have no value."""
        return cls._whole(object_type, _REPLACE, anchor, dn, attributes)

    @classmethod
    def update(
        cls,
        object_type: str | None,
        anchor: Mapping[str, Value],
        *,
        dn: str | None = None,
        changes: Iterable[AttributeChange] = (),
    ) -> Self:
        """A change of some attributes of an object that exists; all others stay."""
        entry = cls(object_type, _UPDATE, anchor=dict(anchor), dn=dn)
        target = AttributeChanges(entry)
        for change in changes:
            target.add(change)
        return entry

    @classmethod
    def delete(
        cls, object_type: str | None, anchor: Mapping[str, Value], *, dn: str | None = None
    ) -> Self:
        """The object does not exist, or shall not exist, any more."""
        return cls(object_type, _DELETE, anchor=dict(anchor), dn=dn)

    @classmethod
    def import_error(
        cls,
        object_type: str | None,
        anchor: Mapping[str, Value] | None,
        code: MAImportError,
        *,
        name: str = "",
        detail: str = "",
        dn: str | None = None,
    ) -> Self:
        """An object that could not be read: reported, while the import goes on."""
        return cls(
            object_type,
            _ADD,
            anchor=dict(anchor or {}),
            dn=dn,
            error_code_import=code,
            error_name=name or code.ecma_name,
            error_detail=detail,
        )

    @classmethod
    def _whole(
        cls,
        object_type: str,
        kind: ObjectModificationType,
        anchor: Mapping[str, Value] | None,
        dn: str | None,
        attributes: Mapping[str, Values | None] | None,
    ) -> Self:
        given = attributes or {}
        plain = {name: value for name, value in given.items() if value is not None}
        return cls(object_type, kind, anchor=dict(anchor or {}), dn=dn, attributes=plain)

    @property
    def identifier(self) -> UUID:
        """What ties a result to this entry; made when first asked for."""
        if self._identifier is None:
            self._identifier = uuid4()
        return self._identifier

    @property
    def object_modification_type(self) -> ObjectModificationType:
        """What happens to the object; settable once, to Add, Replace, Update or Delete."""
        return self._modification

    @object_modification_type.setter
    def object_modification_type(self, kind: ObjectModificationType) -> None:
        if self._modification is not ObjectModificationType.UNCONFIGURED:
            raise ModelError("object_modification_type has been set already: make a new entry.")
        if kind not in LEGAL_ATTRIBUTE_CHANGES:
            raise ModelError(f"{kind.name} is no change: use ADD, REPLACE, UPDATE or DELETE.")
        self._modification = ObjectModificationType(kind)

    @property
    def attribute_changes(self) -> AttributeChanges:
        """The attribute changes by name."""
        return AttributeChanges(self)

    @property
    def anchor_attributes(self) -> AnchorAttributes:
        """The anchor's components by name."""
        return AnchorAttributes(self)

    @property
    def changed_attribute_names(self) -> list[str]:
        """The names of all attributes this entry changes, without the new DN."""
        return [*self.attributes, *(c.name for c in self.changes.values() if not c.is_new_dn)]

    @property
    def new_dn(self) -> str | None:
        """The DN the object is renamed to; None if it keeps its name."""
        change = self.changes.get(DN_ATTRIBUTE)
        return str(change.value) if change is not None and change.is_new_dn else None

    @property
    def rdn(self) -> str | None:
        """The first component of the DN; None without a DN or for an empty one."""
        return (split_dn(self.dn)[0] if self.dn else None) or None

    def plain_change(self, name: str) -> AttributeChange:
        """The Add change of one plain attribute; ``KeyError`` if the entry has none."""
        values = self.attributes[name]
        known = self.schema_type.attributes.get(name) if self.schema_type else None
        many = known.is_multi_valued if known else isinstance(values, (list, tuple))
        return AttributeChange.of(
            name,
            AttributeModificationType.ADD,
            added=_value_list(values),
            is_multi_valued=many,
            data_type=known.data_type if known else AttributeType.UNDEFINED,
        )


def split_dn(dn: str) -> list[str]:
    """The components of a DN, split at commas that no backslash escapes, as .NET splits it."""
    parts, start, index = [], 0, 0
    while index < len(dn):
        if dn[index] == "\\":
            index += 1
        elif dn[index] == ",":
            parts.append(dn[start:index])
            start = index + 1
        index += 1
    parts.append(dn[start:])
    return parts


def _anchor_changes(given: Iterable[AttributeChange] | None) -> tuple[AttributeChange, ...]:
    return tuple(given or ())


@frozen
class CSEntryChangeResult:
    """What became of one exported entry (ECMA2 ``CSEntryChangeResult``).

    ``anchor_attributes`` are the anchors the target assigned or changed, as attribute changes.
    """

    identifier: UUID
    error_code: MAExportError = MAExportError.SUCCESS
    anchor_attributes: tuple[AttributeChange, ...] = field(
        default=(), kw_only=True, converter=_anchor_changes
    )
    error_name: str = field(default="", kw_only=True)
    error_detail: str = field(default="", kw_only=True)

    @classmethod
    def success(cls, entry: CSEntryChange, anchor: Mapping[str, Value] | None = None) -> Self:
        """The entry is exported; *anchor* is what the target assigned, if anything."""
        changes = tuple(AttributeChange.add(name, value) for name, value in (anchor or {}).items())
        return cls(entry.identifier, anchor_attributes=changes)

    @classmethod
    def failure(
        cls, entry: CSEntryChange, error_code: MAExportError, detail: str = "", *, name: str = ""
    ) -> Self:
        """The entry is not exported, for this reason."""
        return cls(
            entry.identifier,
            error_code,
            error_name=name or error_code.ecma_name,
            error_detail=detail,
        )


def apply_change(attributes: Mapping[str, Values], change: CSEntryChange) -> dict[str, Values]:
    """The attributes an object has after *change*; the argument stays as it was."""
    kind = change.object_modification_type
    if kind in (_ADD, _REPLACE):
        return {name: _copied(values) for name, values in change.attributes.items()}
    if kind is not _UPDATE:
        return {}
    after = {name: _copied(values) for name, values in attributes.items()}
    for each in change.changes.values():
        if not each.is_new_dn:
            _apply_attribute(after, each)
    return after


def _copied(values: Values) -> Values:
    return list(values) if isinstance(values, (list, tuple)) else values


def _apply_attribute(after: dict[str, Values], change: AttributeChange) -> None:
    before = after.get(change.name)
    many = change.is_multi_valued or isinstance(before, (list, tuple))
    if change.modification_type is AttributeModificationType.DELETE:
        after.pop(change.name, None)
        return
    if not many:
        if change.value is not None:
            after[change.name] = change.value
        elif change.modification_type is AttributeModificationType.REPLACE or (
            before in change.removed
        ):
            after.pop(change.name, None)
        return
    if change.modification_type is AttributeModificationType.REPLACE or before is None:
        kept: dict[Value, None] = {}
    else:
        kept = dict.fromkeys(_value_list(before))
        for value in change.removed:
            kept.pop(value, None)
    kept.update(dict.fromkeys(change.values))
    if kept:
        after[change.name] = list(kept)
    else:
        after.pop(change.name, None)
