"""Exports: each change is one operation of the directory, whole or not at all."""

from collections.abc import Mapping, Sequence

from attrs import frozen

from ecma2py.entries import CSEntryChange, ObjectModificationType
from ecma2py.errors import EntryExportError, InvalidDNError, MAExportError
from ecma2py.schema import Value
from ecma2py_ldap.connection import Change, Directory, Modification
from ecma2py_ldap.dn import format_dn, key_of, parse_dn, split
from ecma2py_ldap.errors import (
    NO_SUCH_ATTRIBUTE,
    NO_SUCH_OBJECT,
    VALUE_EXISTS,
    DirectoryError,
    entry_error,
)
from ecma2py_ldap.locating import Locator
from ecma2py_ldap.mapping import DN_ANCHOR, MappedType
from ecma2py_ldap.modifications import new_entry, replacements, updates


@frozen
class EntryWriter:
    """Writes one change at a time."""

    directory: Directory
    locator: Locator

    def write(self, change: CSEntryChange) -> Mapping[str, Value] | None:
        """Write *change*; the anchor, where the directory assigned or changed it."""
        try:
            return self._write(self.locator.type_of(change), change)
        except DirectoryError as error:
            raise entry_error(error, dn=change.dn) from error

    def _write(self, mapped: MappedType, change: CSEntryChange) -> Mapping[str, Value] | None:
        kind = change.object_modification_type
        if kind is ObjectModificationType.ADD:
            return self._add(mapped, change)
        if kind is ObjectModificationType.DELETE:
            self.locator.at(change, self.directory.delete)
            return None
        if kind is ObjectModificationType.REPLACE:
            modifications = replacements(mapped, change)
        else:
            modifications = updates(mapped, change)
        renamed = change.new_dn
        if renamed is None or renamed == change.dn:
            self.locator.at(change, lambda dn: self._modify(dn, modifications))
            return None
        self._rename(change, renamed, modifications)
        return {DN_ANCHOR: renamed} if mapped.anchor is None else None

    def _add(self, mapped: MappedType, change: CSEntryChange) -> Mapping[str, Value] | None:
        dn = change.dn or str(change.anchor.get(DN_ANCHOR, ""))
        if not dn:
            raise InvalidDNError(
                "A new object has no DN: give the place and name it shall have in the directory."
            )
        component, _ = split(dn)
        try:
            self.directory.add(dn, new_entry(mapped, change, component))
        except DirectoryError as error:
            raise entry_error(error, dn=dn, to_new_place=True) from error
        if mapped.anchor is None:
            return {DN_ANCHOR: dn}
        return self._assigned(mapped, dn)

    def _assigned(self, mapped: MappedType, dn: str) -> Mapping[str, Value]:
        """The anchor of an object just made."""
        anchor = mapped.anchor
        assert anchor is not None
        found = self.directory.read(dn, [anchor.wire])
        octets = () if found is None else found.values(anchor.wire)
        if not octets:
            raise EntryExportError(
                f"{dn!r} was created, but the account cannot read its {anchor.name!r}: allow it to "
                "read the anchor, and import.",
                MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT,
                dn=dn,
            )
        return {anchor.name: anchor.kind.decode(octets[0])}

    def _rename(
        self, change: CSEntryChange, renamed: str, modifications: Sequence[Modification]
    ) -> None:
        """Rename, then modify: where the second fails, the first is taken back."""
        split(renamed)
        try:
            before = self.locator.at(change, lambda dn: self._move(dn, renamed))
        except DirectoryError as error:
            is_missing = error.code == NO_SUCH_OBJECT and not self._exists(change)
            raise entry_error(
                error, dn=change.dn if is_missing else renamed, to_new_place=not is_missing
            ) from error
        try:
            self._modify(renamed, modifications)
        except DirectoryError as error:
            failure = entry_error(error, dn=change.dn)
            try:
                self._move(renamed, before)
            except DirectoryError as stuck:
                failure.message += f" It keeps the new DN {renamed!r}: {stuck}."
            raise failure from error

    def _exists(self, change: CSEntryChange) -> bool:
        if change.dn and self.directory.read(change.dn, ("1.1",)) is not None:
            return True
        return self.locator.by_anchor(change) is not None

    def _move(self, dn: str, renamed: str) -> None:
        component, parent = split(renamed)
        same_parent = key_of(parent) == key_of(parse_dn(dn)[1:])
        self.directory.rename(
            dn, format_dn([component]), None if same_parent else format_dn(parent)
        )

    def _modify(self, dn: str, modifications: Sequence[Modification]) -> None:
        """Modify so that values there already and values gone already are no errors."""
        if not modifications:
            return
        try:
            self.directory.modify(dn, modifications)
        except DirectoryError as error:
            if error.code not in {NO_SUCH_ATTRIBUTE, VALUE_EXISTS}:
                raise
            needed = [each for each in (self._needed(dn, m) for m in modifications) if each]
            if needed == list(modifications):
                raise
            if needed:
                self.directory.modify(dn, needed)

    def _needed(self, dn: str, modification: Modification) -> Modification | None:
        """What of *modification* changes anything, asked value by value."""
        if modification.change is Change.REPLACE:
            return modification
        wanted = modification.change is Change.DELETE
        values = [
            value
            for value in modification.values
            if self._holds(dn, modification.attribute, value) == wanted
        ]
        return Modification(modification.change, modification.attribute, values) if values else None

    def _holds(self, dn: str, attribute: str, value: bytes) -> bool:
        try:
            return self.directory.holds(dn, attribute, value)
        except DirectoryError as error:
            if error.code == NO_SUCH_ATTRIBUTE:
                return False
            raise
