"""What happens to an attribute and to its values, and which change fits into which."""

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Self

from attrs import field, frozen

from ecma2py.errors import ModelError
from ecma2py.schema import AttributeType, Value, Values

DN_ATTRIBUTE = "DN"
"""The name of the attribute change that carries a new DN (ECMA2 ``DetachedUtils``)."""
EXPORT_PASSWORD = "export_password"  # noqa: S105  the name of the attribute
"""The virtual attribute that carries an initial password (ECMA2)."""


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


LEGAL_ATTRIBUTE_CHANGES: Mapping[ObjectModificationType, frozenset[AttributeModificationType]] = {
    ObjectModificationType.ADD: frozenset({AttributeModificationType.ADD}),
    ObjectModificationType.REPLACE: frozenset({AttributeModificationType.ADD}),
    ObjectModificationType.UPDATE: frozenset(
        set(AttributeModificationType) - {AttributeModificationType.UNCONFIGURED}
    ),
    ObjectModificationType.DELETE: frozenset(),
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


def _null(name: str) -> ModelError:
    return ModelError(
        f"Attribute {name!r} is given a null value: leave it out, or delete it.",
        attribute_name=name,
    )


def _checked(name: str, values: Iterable[Value]) -> tuple[Value, ...]:
    """*values* as a tuple without a null among them."""
    if values is None:
        raise _null(name)
    if isinstance(values, (str, bytes)):
        raise ModelError(
            f"Attribute {name!r} is given one value where several may be: put it into a list.",
            attribute_name=name,
        )
    found = tuple(values)
    if None in found:
        raise _null(name)
    return found


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
        gone = ValueModificationType.DELETE
        changes = (*[ValueChange(each, gone) for each in removed], *map(ValueChange, added))
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
        added, removed = _checked(name, added), _checked(name, removed)
        return cls.of(
            name,
            AttributeModificationType.UPDATE,
            added=added,
            removed=removed,
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
        if isinstance(values, (list, tuple)):
            return cls.of(name, kind, added=_checked(name, values), is_multi_valued=True)
        if values is None:
            raise _null(name)
        return cls(
            name, kind, value_changes=(ValueChange(values),), data_type=AttributeType.of(values)
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
        return tuple([c.value for c in self.value_changes if c.modification_type is wanted])

    @property
    def removed(self) -> tuple[Value, ...]:
        """The values deleted, in order."""
        wanted = ValueModificationType.DELETE
        return tuple([c.value for c in self.value_changes if c.modification_type is wanted])

    @property
    def value(self) -> Value | None:
        """The first value added, None if there is none: what a single-valued attribute gets."""
        for change in self.value_changes:
            if change.modification_type is ValueModificationType.ADD:
                return change.value
        return None
