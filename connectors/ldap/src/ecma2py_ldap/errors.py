"""What a directory says went wrong, by tables: LDAP result codes, and what ldap3 raises."""

from collections.abc import Mapping

from attrs import field, frozen

from ecma2py.errors import (
    BadServerCredentialsError,
    DroppedConnectionError,
    ECMA2Error,
    EntryExportError,
    FailedConnectionError,
    FailedSearchError,
    InvalidParameterError,
    MAExportError,
    MissingParentObjectError,
    ObjectNotFoundError,
    OldPasswordIncorrectError,
    PasswordExtensionError,
    PasswordIllFormedError,
    PasswordPolicyViolationError,
    ServerBusyError,
    ServerDownError,
    UnexpectedDataError,
)

NO_SUCH_ATTRIBUTE = 16
VALUE_EXISTS = 20
NO_SUCH_OBJECT = 32
_NAMING_VIOLATION = 64
_NOT_ALLOWED_ON_RDN = 67


@frozen
class Verdict:
    """What a result code means to an administrator, to one entry, and to a run."""

    sentence: str
    entry: MAExportError = MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_ERROR
    run: type[ECMA2Error] = field(default=FailedSearchError, kw_only=True)
    ends_batch: bool = field(default=False, kw_only=True)
    """No other entry can be written either."""


_TOO_MUCH = "raise the limit for this account, or make page size, bases or filters smaller"
_PROTECT = "choose starttls or ldaps for 'Security'"

_VERDICTS: Mapping[int, Verdict] = {
    1: Verdict("The server could not do it in its present state"),
    2: Verdict("The server did not understand the request"),
    3: Verdict(f"The server's time limit was reached: {_TOO_MUCH}"),
    4: Verdict(f"The server's size limit cut the answer short: {_TOO_MUCH}"),
    7: Verdict(
        "The server does not allow this way to bind",
        MAExportError.EXPORT_ERROR_PERMISSION_ISSUE,
        run=BadServerCredentialsError,
    ),
    8: Verdict(
        f"The server demands a stronger way to bind: {_PROTECT}",
        MAExportError.EXPORT_ERROR_PERMISSION_ISSUE,
        run=BadServerCredentialsError,
    ),
    10: Verdict("Another server holds it, and referrals are not followed: connect to that server"),
    11: Verdict(f"An administrative limit was reached: {_TOO_MUCH}"),
    12: Verdict("The server lacks an extension that is needed"),
    13: Verdict(
        f"The server demands a protected connection: {_PROTECT}",
        MAExportError.EXPORT_ERROR_PERMISSION_ISSUE,
        run=BadServerCredentialsError,
    ),
    16: Verdict(
        "The object has no such attribute or value",
        MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
    ),
    17: Verdict(
        "The server's schema has no such attribute",
        MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
    ),
    18: Verdict(
        "The attribute cannot be compared like this",
        MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION,
    ),
    19: Verdict(
        "A rule of the directory forbids it", MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION
    ),
    20: Verdict(
        "The attribute holds that value already", MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION
    ),
    21: Verdict(
        "A value does not fit the attribute's syntax", MAExportError.EXPORT_ERROR_SYNTAX_VIOLATION
    ),
    32: Verdict(
        "There is no such object, or the account may not see it",
        MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT,
        run=UnexpectedDataError,
    ),
    34: Verdict("The DN is not well formed", MAExportError.EXPORT_ERROR_INVALID_DN),
    48: Verdict(
        "This account cannot bind like this",
        MAExportError.EXPORT_ERROR_PERMISSION_ISSUE,
        run=BadServerCredentialsError,
    ),
    49: Verdict(
        "The bind DN or the password was refused",
        MAExportError.EXPORT_ERROR_PERMISSION_ISSUE,
        run=BadServerCredentialsError,
    ),
    50: Verdict(
        "The account may not do this: grant it the right",
        MAExportError.EXPORT_ERROR_PERMISSION_ISSUE,
    ),
    51: Verdict("The server is busy: try again", run=ServerBusyError, ends_batch=True),
    52: Verdict("The server is not available", run=ServerDownError, ends_batch=True),
    53: Verdict(
        "The server is unwilling to do it", MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION
    ),
    64: Verdict(
        "The DN does not fit the object's class or attributes",
        MAExportError.EXPORT_ERROR_INVALID_DN,
    ),
    65: Verdict(
        "The object would break the rules of its classes",
        MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION,
    ),
    66: Verdict(
        "There are objects below it: delete or move them first",
        MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION,
    ),
    67: Verdict(
        "The value is part of the object's DN: rename the object instead",
        MAExportError.EXPORT_ERROR_CHANGE_NAMING_ATTRIBUTE,
    ),
    68: Verdict(
        "There is an object of that DN already",
        MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_EXISTING_OBJECT,
    ),
    69: Verdict(
        "The classes of an object cannot be changed like this",
        MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION,
    ),
    71: Verdict(
        "The object would move to another server", MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION
    ),
}
"""RFC 4511, Appendix A."""
_UNKNOWN = Verdict("The server refused it")


class DirectoryError(Exception):
    """An operation whose result code is not success (RFC 4511, 4.1.9)."""

    def __init__(self, code: int, name: str, text: str = "") -> None:
        super().__init__(f"{name}: {text}" if text else name)
        self.code = code
        self.name = name
        self.text = text


def entry_error(
    failure: DirectoryError, *, dn: str | None = None, to_new_place: bool = False
) -> ECMA2Error:
    """The error of the entry whose operation failed; of the run, if nothing else can work.

    *to_new_place*: the object was to be made or renamed, so that what is missing is its parent and
    what breaks the rules of naming is its new DN.
    """
    code = failure.code
    if code == _NAMING_VIOLATION and not to_new_place:
        code = _NOT_ALLOWED_ON_RDN
    verdict = _VERDICTS.get(code, _UNKNOWN)
    if verdict.ends_batch:
        return run_error(failure)
    if code == NO_SUCH_OBJECT:
        if to_new_place:
            return MissingParentObjectError(
                f"The container of {dn!r} does not exist: create it first. {_said(failure)}", dn=dn
            )
        return ObjectNotFoundError(f"{verdict.sentence}: {dn!r}. {_said(failure)}", dn=dn)
    return EntryExportError(
        f"{verdict.sentence}. {_said(failure)}", verdict.entry, error_name=failure.name, dn=dn
    )


def run_error(failure: DirectoryError, what: str = "") -> ECMA2Error:
    """The error that ends a run; *what* tells which part of it failed."""
    verdict = _VERDICTS.get(failure.code, _UNKNOWN)
    return verdict.run(f"{what}{verdict.sentence}. {_said(failure)}")


_PASSWORD_ERRORS: Mapping[int, type[ECMA2Error]] = {
    19: PasswordPolicyViolationError,
    21: PasswordIllFormedError,
    32: ObjectNotFoundError,
    53: PasswordPolicyViolationError,
}


def password_error(failure: DirectoryError, *, dn: str, knows_old: bool = False) -> ECMA2Error:
    """Why a password was not set; *knows_old* if the old one was given along."""
    verdict = _VERDICTS.get(failure.code, _UNKNOWN)
    if verdict.ends_batch:
        return run_error(failure)
    # Servers say 49 for a wrong old password, OpenLDAP 53 with a sentence.
    if knows_old and (failure.code == 49 or (failure.code == 53 and "old" in failure.text)):
        return OldPasswordIncorrectError(
            f"The old password of {dn!r} is wrong. {_said(failure)}", dn=dn
        )
    kind = _PASSWORD_ERRORS.get(failure.code, PasswordExtensionError)
    return kind(f"The password of {dn!r} was not set. {_said(failure)}", dn=dn)


_BY_EXCEPTION: Mapping[str, tuple[type[ECMA2Error], str]] = {
    "LDAPSocketOpenError": (ServerDownError, "The server cannot be reached"),
    "LDAPInvalidPortError": (InvalidParameterError, "The port is none"),
    "LDAPInvalidServerError": (InvalidParameterError, "The host is none"),
    "LDAPInvalidFilterError": (
        InvalidParameterError,
        "A filter in 'Object types' is not well formed",
    ),
    "LDAPStartTLSError": (FailedConnectionError, "The server does not start TLS"),
    "LDAPPasswordIsMandatoryError": (
        InvalidParameterError,
        "A bind DN needs a bind password; leave both empty to bind anonymously",
    ),
    "LDAPException": (UnexpectedDataError, "The server's answer cannot be understood"),
    "LDAPCommunicationError": (DroppedConnectionError, "The connection was lost"),
    "LDAPResponseTimeoutError": (DroppedConnectionError, "The server did not answer in time"),
    "OSError": (DroppedConnectionError, "The connection was lost"),
}
"""By class name, the nearest base class first: ldap3 is loaded only when needed."""


def communication_error(error: Exception) -> ECMA2Error:
    """The error of a run in which ldap3 or the network raised *error*."""
    text = str(error).strip()
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return FailedConnectionError(
            "The server's certificate is not trusted for this host: give the authority that "
            f"issued it as 'CA file', and the name it was issued for as 'Host'. ({text})"
        )
    names = [base.__name__ for base in type(error).__mro__]
    kind, sentence = next(_BY_EXCEPTION[name] for name in names if name in _BY_EXCEPTION)
    return kind(f"{sentence}. ({text})")


def _said(failure: DirectoryError) -> str:
    return f"The directory says: {failure} ({failure.code})"
