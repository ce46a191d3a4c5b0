"""Finding the entry that a change is about: by its DN, and by its anchor where that has moved."""

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from ecma2py.entries import CSEntryChange
from ecma2py.errors import (
    EntryExportError,
    MAExportError,
    NoSuchObjectTypeError,
    ObjectNotFoundError,
)
from ecma2py_ldap.connection import Directory, escaped_filter_value
from ecma2py_ldap.dn import canonical
from ecma2py_ldap.errors import NO_SUCH_OBJECT, DirectoryError
from ecma2py_ldap.mapping import DN_ANCHOR, MappedType


@frozen
class Locator:
    """Finds entries of these types below these bases."""

    directory: Directory
    types: Mapping[str, MappedType]
    bases: Sequence[str]

    def type_of(self, change: CSEntryChange) -> MappedType:
        """The type *change* names."""
        mapped = self.types.get(change.object_type or "")
        if mapped is None:
            raise NoSuchObjectTypeError(
                f"There is no object type {change.object_type!r}: there are "
                f"{', '.join(self.types)}.",
                dn=change.dn,
            )
        return mapped

    def at(self, change: CSEntryChange, work: Callable[[str], None]) -> str:
        """Do *work* with the DN of the object, and tell the DN.

        If nothing is there any more, the object may have been renamed by somebody else: it is
        looked for by its anchor, and *work* is done where it is now.
        """
        dn = change.dn or str(change.anchor.get(DN_ANCHOR, ""))
        if dn:
            try:
                work(dn)
            except DirectoryError as error:
                if error.code != NO_SUCH_OBJECT:
                    raise
                found = self.by_anchor(change)
                if found is None or found == canonical(dn):
                    raise
            else:
                return dn
        else:
            found = self.by_anchor(change)
        if found is None:
            raise ObjectNotFoundError(
                f"No {change.object_type} has the anchor {dict(change.anchor)!r}.",
                object_type=change.object_type,
            )
        work(found)
        return found

    def by_anchor(self, change: CSEntryChange) -> str | None:
        """The DN of the object with the anchor of *change*; None if there is none."""
        mapped = self.type_of(change)
        anchor = mapped.anchor
        value = None if anchor is None else change.anchor.get(anchor.name)
        if anchor is None or value is None:
            return None
        octets = anchor.kind.encode(anchor.name, value)
        filter = f"(&{mapped.filter}({anchor.wire}={escaped_filter_value(octets)}))"
        found = [
            each.dn
            for base in self.bases
            for each in self.directory.search(base, filter, ("1.1",), page_size=2)
        ]
        if len(found) > 1:
            raise EntryExportError(
                f"{len(found)} objects have the anchor {value!r}: choose one that is unique.",
                MAExportError.EXPORT_ERROR_AMBIGUOUS_UPDATE,
                dn=change.dn,
            )
        return canonical(found[0]) if found else None
