"""One object, or one change of one (ECMA2 ``CSEntryChange``)."""

from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Self
from uuid import UUID

from attrs import define, field

from ecma2py.entries.changes import (
    DN_ATTRIBUTE,
    LEGAL_ATTRIBUTE_CHANGES,
    AnchorAttribute,
    AttributeChange,
    AttributeModificationType,
    ObjectModificationType,
)
from ecma2py.entries.dn import split_dn
from ecma2py.errors import MAImportError, ModelError
from ecma2py.schema import AttributeType, SchemaType, Value, Values
from ecma2py.values import as_values

_random = Random()  # noqa: S311  identifiers are no secret
_RANDOM_BITS = ~(0xF000 << 64 | 0xC000 << 48)
_VERSION_4 = 0x4000 << 64 | 0x8000 << 48


def _fresh_identifier() -> UUID:
    """As ``uuid4``, which asks the system for every one and takes half as long again."""
    return UUID(int=_random.getrandbits(128) & _RANDOM_BITS | _VERSION_4)


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
            if kind is not ObjectModificationType.UPDATE:
                added = change.values
                if not added and not change.is_multi_valued:
                    raise ModelError(
                        f"Attribute {change.name!r} is added without a value: leave it out.",
                        attribute_name=change.name,
                    )
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
        return cls._whole(object_type, ObjectModificationType.ADD, anchor, dn, attributes)

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
        return cls._whole(object_type, ObjectModificationType.REPLACE, anchor, dn, attributes)

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
        entry = cls(object_type, ObjectModificationType.UPDATE, anchor=dict(anchor), dn=dn)
        target = AttributeChanges(entry)
        for change in changes:
            target.add(change)
        return entry

    @classmethod
    def delete(
        cls, object_type: str | None, anchor: Mapping[str, Value], *, dn: str | None = None
    ) -> Self:
        """The object does not exist, or shall not exist, any more."""
        return cls(object_type, ObjectModificationType.DELETE, anchor=dict(anchor), dn=dn)

    @classmethod
    def import_error(
        cls,
        object_type: str | None,
        anchor: Mapping[str, Value] | None,
        code: MAImportError,
        *,
        name: str = "",
        detail: object = "",
        dn: str | None = None,
    ) -> Self:
        """An object that could not be read: reported, while the import goes on.

        The detail is a text, or what has one, such as an exception.
        """
        return cls(
            object_type,
            ObjectModificationType.ADD,
            anchor=dict(anchor or {}),
            dn=dn,
            error_code_import=code,
            error_name=name or code.ecma_name,
            error_detail="" if detail is None else str(detail),
        )

    @classmethod
    def of(
        cls,
        object_type: str,
        kind: ObjectModificationType,
        anchor: dict[str, Value],
        dn: str | None,
        attributes: dict[str, Values],
    ) -> Self:
        """An entry that keeps these very dictionaries, unchecked: for imports by the million.

        Slots set one by one take a third of what the constructor takes with its keywords.
        """
        entry = cls.__new__(cls)
        entry.object_type = object_type
        entry._modification = kind
        entry.anchor = anchor
        entry.dn = dn
        entry.attributes = attributes
        entry.changes = {}
        entry.error_code_import = MAImportError.SUCCESS
        entry.error_name = entry.error_detail = ""
        entry.schema_type = entry._identifier = None
        return entry

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
            self._identifier = _fresh_identifier()
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
            added=as_values(values),
            is_multi_valued=many,
            data_type=known.data_type if known else AttributeType.UNDEFINED,
        )
