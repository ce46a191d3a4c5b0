"""What became of an exported entry, and what a change makes of an object."""

from collections.abc import Iterable, Mapping
from typing import Self
from uuid import UUID

from attrs import field, frozen

from ecma2py.entries.changes import (
    AttributeChange,
    AttributeModificationType,
    ObjectModificationType,
)
from ecma2py.entries.entry import CSEntryChange
from ecma2py.errors import MAExportError, ModelError
from ecma2py.schema import Value, Values
from ecma2py.values import as_values


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
        """The entry is exported; *anchor* is what the target assigned, if anything.

        ``ModelError`` for what cannot be an anchor.
        """
        if anchor is None:
            return cls(entry.identifier)
        if not isinstance(anchor, Mapping):
            raise ModelError(
                f"The anchor is {type(anchor).__name__}: give a mapping of names to values, or "
                "nothing if the target assigned none."
            )
        changes = []
        for name, value in anchor.items():
            if not isinstance(value, (str, int, bytes)):
                raise ModelError(
                    f"Anchor {name!r} is {type(value).__name__}: a component is one text, number "
                    "or bytes.",
                    attribute_name=name,
                )
            changes.append(AttributeChange.add(name, value))
        return cls(entry.identifier, anchor_attributes=changes)

    @classmethod
    def failure(
        cls, entry: CSEntryChange, error_code: MAExportError, detail: object = "", *, name: str = ""
    ) -> Self:
        """The entry is not exported, for this reason: a text, or what has one, as an exception."""
        return cls(
            entry.identifier,
            error_code,
            error_name=name or error_code.ecma_name,
            error_detail="" if detail is None else str(detail),
        )


def apply_change(attributes: Mapping[str, Values], change: CSEntryChange) -> dict[str, Values]:
    """The attributes an object has after *change*; the argument stays as it was.

    Lists of values that an update does not touch are those of the argument.
    """
    kind = change.object_modification_type
    if kind in (ObjectModificationType.ADD, ObjectModificationType.REPLACE):
        return _copied(change.attributes)
    if kind is not ObjectModificationType.UPDATE:
        return {}
    # What an attribute change touches gets a new list: the others can be shared.
    after = dict(attributes)
    for each in change.changes.values():
        if not each.is_new_dn:
            _apply_attribute(after, each)
    return after


def _copied(attributes: Mapping[str, Values]) -> dict[str, Values]:
    return {
        name: list(values) if isinstance(values, (list, tuple)) else values
        for name, values in attributes.items()
    }


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
        kept = dict.fromkeys(as_values(before))
        for value in change.removed:
            kept.pop(value, None)
    kept.update(dict.fromkeys(change.values))
    if kept:
        after[change.name] = list(kept)
    else:
        after.pop(change.name, None)
