"""Passwords, set by the Password Modify operation (RFC 3062), so that the server hashes them."""

from attrs import frozen

from ecma2py.entries import CSEntryChange
from ecma2py.errors import PasswordExtensionError, PasswordIllFormedError
from ecma2py.parameters import SecureString
from ecma2py.steps import PasswordOptions
from ecma2py_ldap.connection import PASSWORD_MODIFY, Change, Directory, Modification
from ecma2py_ldap.definitions import ServerSchema
from ecma2py_ldap.errors import NO_SUCH_OBJECT, DirectoryError, entry_error, password_error
from ecma2py_ldap.locating import Locator
from ecma2py_ldap.server import RootEntry

_MUST_CHANGE = Modification(Change.REPLACE, "pwdReset", (b"TRUE",))
_UNLOCKED = Modification(Change.REPLACE, "pwdAccountLockedTime", ())
"""draft-behera-ldap-password-policy, 5.3."""


@frozen
class PasswordWriter:
    """Sets and changes passwords."""

    directory: Directory
    locator: Locator
    root: RootEntry
    schema: ServerSchema

    def set(self, entry: CSEntryChange, new: SecureString, options: PasswordOptions) -> None:
        """Set a password without the old one; an option the server cannot do is refused first."""
        afterwards = [
            self._known(modification, option)
            for option, modification in (
                (PasswordOptions.FORCE_CHANGE_AT_LOG_ON, _MUST_CHANGE),
                (PasswordOptions.UNLOCK_ACCOUNT, _UNLOCKED),
            )
            if option in options
        ]
        dn = self._write(entry, new, None)
        if afterwards:
            try:
                self.directory.modify(dn, afterwards)
            except DirectoryError as error:
                raise entry_error(error, dn=dn) from error

    def change(self, entry: CSEntryChange, old: SecureString, new: SecureString) -> None:
        """Set a password for whoever knows the old one."""
        self._write(entry, new, _octets(old, "The old password"))

    def _write(self, entry: CSEntryChange, new: SecureString, old: bytes | None) -> str:
        if PASSWORD_MODIFY not in self.root.extensions:
            raise PasswordExtensionError(
                "The server does not offer the Password Modify operation (RFC 3062), by which this "
                "connector sets passwords."
            )
        octets = _octets(new, "The new password")
        dn = entry.dn or ""
        try:
            return self.locator.at(entry, lambda dn: self._modify(dn, octets, old))
        except DirectoryError as error:
            raise password_error(error, dn=dn, knows_old=old is not None) from error

    def _modify(self, dn: str, new: bytes, old: bytes | None) -> None:
        # Some servers answer with another code than 32 for a user who is not there.
        if self.directory.read(dn, ("1.1",)) is None:
            raise DirectoryError(NO_SUCH_OBJECT, "noSuchObject")
        self.directory.set_password(dn, new, old)

    def _known(self, modification: Modification, option: PasswordOptions) -> Modification:
        if self.schema.attribute(modification.attribute) is None:
            raise PasswordExtensionError(
                f"The server cannot do {option.name}: it has no password policy with the attribute "
                f"{modification.attribute!r}. Set the password without that option."
            )
        return modification


def _octets(password: SecureString, what: str) -> bytes:
    """The password in UTF-8: an empty one would make the server invent one (RFC 3062, 2)."""
    try:
        octets = password.reveal().encode()
    except UnicodeEncodeError:
        raise PasswordIllFormedError(
            f"{what} holds half a surrogate pair: it is no text."
        ) from None
    if not octets:
        raise PasswordIllFormedError(f"{what} is empty.")
    return octets
