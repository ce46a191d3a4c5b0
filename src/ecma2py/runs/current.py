"""The attributes an object has, for those forms of an export that need them."""

from collections.abc import Callable, Mapping

from ecma2py.entries import CSEntryChange, ObjectModificationType, apply_change
from ecma2py.errors import EntryExportError, MAExportError
from ecma2py.schema import Values

Attributes = Mapping[str, Values]
CurrentProvider = Callable[[], Attributes] | Attributes | None


class Current:
    """The attributes an object has, read at most once and only when asked for."""

    __slots__ = ("_known", "_provider")

    def __init__(self, provider: CurrentProvider = None) -> None:
        self._known: Attributes | None = None
        self._provider: Callable[[], Attributes] | None = None
        if isinstance(provider, Mapping):
            self._known = provider
        else:
            self._provider = provider

    @property
    def is_available(self) -> bool:
        """True if ``get`` has an answer."""
        return self._known is not None or self._provider is not None

    @property
    def known(self) -> Attributes | None:
        """The attributes, if they cost nothing any more."""
        return self._known

    def get(self, change: CSEntryChange) -> Attributes:
        """The attributes; an ``EntryExportError`` for *change* if nobody can tell them."""
        if self._known is None:
            if self._provider is None:
                raise EntryExportError(
                    "The connector wants more than the change says, and the object's current "
                    "attributes are not known: import the object first.",
                    MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT,
                    dn=change.dn,
                    object_type=change.object_type,
                )
            self._known = self._provider()
        return self._known

    def advance(self, change: CSEntryChange) -> None:
        """Remember that *change* happened."""
        if change.object_modification_type is ObjectModificationType.ADD:
            self._known = apply_change({}, change)
        elif self._known is not None:
            self._known = apply_change(self._known, change)
        elif self._provider is not None:
            provider = self._provider
            self._provider = lambda: apply_change(provider(), change)
