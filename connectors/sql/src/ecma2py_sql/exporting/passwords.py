"""Passwords: hashed into a column, or handed to a procedure or query of the administrator's."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from attrs import define

from ecma2py.entries import EXPORT_PASSWORD, CSEntryChange
from ecma2py.errors import (
    AccessDeniedError,
    DroppedConnectionError,
    ECMA2Error,
    EntryPointNotImplementedError,
    NoSuchObjectTypeError,
    ObjectTypeNotSupportedError,
    OldPasswordIncorrectError,
    PasswordExtensionError,
    PasswordIllFormedError,
    PasswordPolicyViolationError,
)
from ecma2py.parameters import SecureString
from ecma2py.redaction import pattern_of
from ecma2py.steps import PasswordOptions
from ecma2py_sql.data.writers import written_text
from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.errors import DatabaseError, run_error
from ecma2py_sql.drivers.session import CommitLostError, Session
from ecma2py_sql.exporting.addresses import Addresses, Key, check_count
from ecma2py_sql.exporting.hashes import SCHEMES, hashed, is_password
from ecma2py_sql.exporting.own import Known, OwnWriter
from ecma2py_sql.exporting.statements import RowWriter
from ecma2py_sql.exporting.values import Parameter, ParameterMaker, refused
from ecma2py_sql.mapping.mapped import MappedType
from ecma2py_sql.mapping.settings import PasswordSettings, Written

_SHOWN = 8
"""Databases cut long values in their messages: so much of a password is a password."""

_ERRORS: Mapping[Cause, type[ECMA2Error]] = {
    Cause.CHECK: PasswordPolicyViolationError,
    Cause.TOO_LONG: PasswordIllFormedError,
    Cause.BAD_VALUE: PasswordIllFormedError,
    Cause.CREDENTIALS: OldPasswordIncorrectError,
    Cause.PERMISSION: AccessDeniedError,
}


@define
class PasswordWriter:
    """Sets and changes the passwords of objects of all types, through one session."""

    session: Session
    make: ParameterMaker
    addresses: Addresses
    rows: RowWriter

    def set(
        self, entry: CSEntryChange, mapped: MappedType, new: SecureString, options: PasswordOptions
    ) -> None:
        """Give the object the password *new*, whatever it had."""
        settings = self._settings(mapped)
        key = self.addresses.key(mapped, entry)
        if settings.column:
            _check_options(options)
            self._write(mapped, settings, key, new)
        elif settings.set is None:
            raise EntryPointNotImplementedError(
                f"[{mapped.name}.password] has no 'set': passwords can only be changed."
            )
        else:
            given = {"newPassword": _text(new), "PasswordOptions": int(options)}
            self._call(mapped, settings.set, key, {}, given)

    def change(
        self, entry: CSEntryChange, mapped: MappedType, old: SecureString, new: SecureString
    ) -> None:
        """Give the object the password *new* if it has *old*; ``OldPasswordIncorrectError``."""
        settings = self._settings(mapped)
        key = self.addresses.key(mapped, entry)
        if settings.column:
            self._check_old(mapped, settings, key, old)
            self._write(mapped, settings, key, new)
        elif settings.change is None:
            raise EntryPointNotImplementedError(
                f"[{mapped.name}.password] has no 'change': passwords can only be set."
            )
        else:
            given = {"newPassword": _text(new), "oldPassword": _text(old), "PasswordOptions": 0}
            self._call(mapped, settings.change, key, {}, given)

    def columns(self, mapped: MappedType, password: SecureString) -> dict[str, Parameter]:
        """What the row of a new object holds of its password."""
        settings = self._of_export(mapped)
        column = settings.column
        return {column: hashed(settings.hash, password.reveal())} if column else {}

    def is_called(self, mapped: MappedType) -> bool:
        """True if a password that comes with an object is handed over once its row is written."""
        return not self._of_export(mapped).column

    def give(
        self, mapped: MappedType, key: Key, columns: Mapping[str, Parameter], password: SecureString
    ) -> None:
        """Set the password that came with an object whose row is written."""
        settings = self._of_export(mapped)
        if settings.column:
            self._write(mapped, settings, key, password)
        elif settings.set is not None:
            given = {"newPassword": _text(password), "PasswordOptions": 0}
            self._call(mapped, settings.set, key, columns, given)

    def _of_export(self, mapped: MappedType) -> PasswordSettings:
        settings = mapped.password
        if settings is None or not (settings.column or settings.set):
            raise refused(
                EXPORT_PASSWORD,
                f"objects of type {mapped.name!r} take none: write [{mapped.name}.password].",
            )
        return settings

    def _settings(self, mapped: MappedType) -> PasswordSettings:
        if mapped.password is None:
            raise ObjectTypeNotSupportedError(
                f"Objects of type {mapped.name!r} have no password: write [{mapped.name}.password]."
            )
        return mapped.password

    def _write(
        self, mapped: MappedType, settings: PasswordSettings, key: Key, new: SecureString
    ) -> None:
        self.rows.update(mapped, {settings.column: hashed(settings.hash, new.reveal())}, {}, key)

    def _check_old(
        self, mapped: MappedType, settings: PasswordSettings, key: Key, old: SecureString
    ) -> None:
        rows = self.rows.column(mapped, settings.column, key)
        check_count(mapped, len(rows), key)
        if not is_password(old.reveal(), str(rows[0] or "")):
            raise OldPasswordIncorrectError("The old password is not the one the object has.")

    def _call(
        self,
        mapped: MappedType,
        written: Written,
        key: Key,
        columns: Mapping[str, Parameter],
        given: Mapping[str, Parameter],
    ) -> None:
        anchor = {c.column.name: value for c, value in zip(mapped.anchor, key, strict=True)}
        known = Known(self.rows, mapped, key, {**columns, **anchor}, tokens=given)
        OwnWriter(self.session).change(written, known, {})


@define
class PasswordConnection:
    """Sets and changes passwords, each in a transaction of its own."""

    session: Session
    types: Mapping[str, MappedType]

    def set(self, entry: CSEntryChange, new: SecureString, options: PasswordOptions) -> None:
        """As ``PasswordWriter.set``; errors are those of ECMA2, and hold no password."""
        self._do(entry, lambda writer, mapped: writer.set(entry, mapped, new, options), new)

    def change(self, entry: CSEntryChange, old: SecureString, new: SecureString) -> None:
        """As ``PasswordWriter.change``; errors are those of ECMA2, and hold no password."""
        self._do(entry, lambda writer, mapped: writer.change(entry, mapped, old, new), old, new)

    def _do(
        self,
        entry: CSEntryChange,
        work: Callable[[PasswordWriter, MappedType], None],
        *secrets: SecureString,
    ) -> None:
        mapped = self.types.get(entry.object_type or "")
        if mapped is None:
            raise NoSuchObjectTypeError(
                f"There is no object type {entry.object_type!r}: there are {', '.join(self.types)}."
            )
        make = ParameterMaker(self.session.dialect, self.types)
        addresses = Addresses(self.session, make)
        writer = PasswordWriter(self.session, make, addresses, RowWriter(self.session, addresses))
        try:
            with self.session.transaction():
                work(writer, mapped)
        except (DatabaseError, CommitLostError) as error:
            failed = error
        else:
            return
        # Outside the handler: no error that is raised may lead to what the database said.
        raise _told(failed, [each.reveal() for each in secrets])


def cleaned(error: DatabaseError, secrets: Iterable[str]) -> DatabaseError:
    """*error* without the words of the database if they show any of *secrets* or a hash."""
    prefixes = [prefix for each in SCHEMES.values() for prefix in each.prefixes]
    shown = pattern_of([secret[:_SHOWN] for secret in secrets] + prefixes)
    if shown is None or not shown.search(error.text):
        return error
    return DatabaseError(
        error.cause, "left out here, since it would show a password", column=error.column
    )


def _told(failed: DatabaseError | CommitLostError, secrets: Sequence[str]) -> ECMA2Error:
    if isinstance(failed, CommitLostError):
        return DroppedConnectionError(
            "The connection was lost at the commit: whether the password is set is not known. Try "
            "again."
        )
    failure = run_error(cleaned(failed, secrets))
    if failed.cause is Cause.DROPPED:
        return failure
    kind = _ERRORS.get(failed.cause, PasswordExtensionError)
    if kind is OldPasswordIncorrectError and len(secrets) == 1:
        kind = PasswordExtensionError
    return kind(str(failure))


def _check_options(options: PasswordOptions) -> None:
    if options & (PasswordOptions.FORCE_CHANGE_AT_LOG_ON | PasswordOptions.UNLOCK_ACCOUNT):
        raise PasswordExtensionError(
            "A column of hashes can neither force a change at the next log-on nor unlock an "
            "account: set the password by a procedure or query, or without these options."
        )


def _text(password: SecureString) -> str:
    try:
        return written_text(password.reveal())
    except ValueError as error:
        problem = str(error)
    raise PasswordIllFormedError(f"The password cannot be handed over: {problem}")
