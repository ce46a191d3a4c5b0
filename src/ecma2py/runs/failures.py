"""Why an imported entry was not taken."""

from collections.abc import Mapping

from attrs import field, frozen

from ecma2py.entries import CSEntryChange
from ecma2py.errors import MAImportError
from ecma2py.schema import AttributeType, Value


@frozen
class EntryFailure:
    """Why one imported entry was not taken (MIM's discovery error)."""

    code: MAImportError
    name: str
    detail: str = field(default="", kw_only=True)
    object_type: str | None = field(default=None, kw_only=True)
    anchor: Mapping[str, Value] = field(factory=dict, kw_only=True)
    dn: str | None = field(default=None, kw_only=True)
    attribute_name: str | None = field(default=None, kw_only=True)

    @classmethod
    def of(
        cls,
        entry: CSEntryChange,
        code: MAImportError,
        detail: str,
        *,
        name: str = "",
        attribute_name: str | None = None,
    ) -> "EntryFailure":
        """The failure of *entry*, with whatever names it."""
        return cls(
            code,
            name or code.ecma_name,
            detail=detail,
            object_type=entry.object_type if isinstance(entry.object_type, str) else None,
            anchor=_tellable(entry.anchor),
            dn=entry.dn if isinstance(entry.dn, str) else None,
            attribute_name=attribute_name,
        )


def duplicate_object(entry: CSEntryChange) -> EntryFailure:
    """The failure of an entry whose object was in this full import already."""
    return EntryFailure.of(
        entry,
        MAImportError.IMPORT_ERROR_CUSTOM_CONTINUE_RUN,
        "The object came before in this import: a full import gives each object once.",
        name="duplicate-object",
    )


def need_full_object(entry: CSEntryChange) -> EntryFailure:
    """The failure of a change whose object neither the sink knows nor the connector gives."""
    return EntryFailure.of(
        entry,
        MAImportError.IMPORT_ERROR_CUSTOM_CONTINUE_RUN,
        "A change came of an object that is not known here, and the connector did not give the "
        "whole object: run a full import.",
        name="need-full-object",
    )


def _tellable(anchor: object) -> dict[str, Value]:
    """What names an object, of whatever the connector gave as its anchor."""
    if not isinstance(anchor, Mapping):
        return {}
    return {str(n): v for n, v in anchor.items() if AttributeType.of(v) != AttributeType.UNDEFINED}
