"""Passwords: set and changed by the server's own operation, refused with the right kind of error."""

import pytest

from ecma2py import CSEntryChange, PasswordOptions, SecureString
from ecma2py.errors import (
    ECMA2Error,
    ObjectNotFoundError,
    OldPasswordIncorrectError,
    PasswordExtensionError,
    PasswordIllFormedError,
    PasswordPolicyViolationError,
    ServerDownError,
)
from ecma2py_ldap.errors import DirectoryError, password_error
from tests.connectors.ldap.directories import Directory

GOOD = "correct-horse"


def ann(directory: Directory) -> str:
    """Ann has a password that keeps the policy."""
    dn = directory.dn("ann")
    directory.add(f"dn: {dn}\nobjectClass: inetOrgPerson\nsn: A\nuserPassword: {GOOD}\n")
    return dn


def entry(dn: str) -> CSEntryChange:
    """The object as a host names it."""
    return CSEntryChange.update("person", {}, dn=dn)


def put(
    directory: Directory,
    dn: str,
    new: str,
    *,
    old: str | None = None,
    options: PasswordOptions = PasswordOptions.NONE,
    as_oneself: bool = False,
) -> None:
    """Set or change the password in a session of its own."""
    account: dict[str, str | SecureString] = {}
    if as_oneself:  # the administrator stands above the server's policy
        account = {"Bind_DN": dn, "Bind_password": SecureString(GOOD)}
    with directory.host(**account).setting_passwords() as connector:
        if old is None:
            connector.set_password(entry(dn), SecureString(new), options)
        else:
            connector.change_password(entry(dn), SecureString(old), SecureString(new))


def test_a_password_that_is_set_opens_the_account(secured: Directory) -> None:
    """The new one does, the old one no more, whatever characters it has."""
    dn = ann(secured)
    put(secured, dn, "pässwörd €9")
    assert secured.can_bind(dn, "pässwörd €9")
    assert not secured.can_bind(dn, GOOD)


def test_a_password_is_changed_by_whoever_knows_the_old_one(secured: Directory) -> None:
    """A wrong old one is told as such, and changes nothing."""
    dn = ann(secured)
    with pytest.raises(OldPasswordIncorrectError, match="old password of"):
        put(secured, dn, "another-horse", old="wrong-horse")
    assert secured.can_bind(dn, GOOD)
    put(secured, dn, "another-horse", old=GOOD)
    assert secured.can_bind(dn, "another-horse")


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        ("short", PasswordPolicyViolationError),
        ("", PasswordIllFormedError),
        ("half a pair \ud800", PasswordIllFormedError),
    ],
)
def test_a_refused_password_changes_nothing_and_is_not_told(
    secured: Directory, new: str, kind: type[ECMA2Error]
) -> None:
    """The server's policy decides; an empty password would make the server invent one."""
    dn = ann(secured)
    with pytest.raises(kind) as caught:
        put(secured, dn, new, as_oneself=True)
    assert not new or new not in str(caught.value)
    assert secured.can_bind(dn, GOOD)


def test_nobody_has_no_password(secured: Directory) -> None:
    """An object that is not there is told from a refused password."""
    with pytest.raises(ObjectNotFoundError):
        put(secured, secured.dn("nobody"), GOOD)


def test_options_are_what_the_servers_policy_calls_them(secured: Directory) -> None:
    """Forced to change at log-on; unlocked where the account was locked."""
    dn = ann(secured)
    put(secured, dn, "first-horse", options=PasswordOptions.FORCE_CHANGE_AT_LOG_ON)
    assert "pwdReset: TRUE" in secured.tool("ldapsearch", "-b", dn, "+")
    put(secured, dn, "second-horse", options=PasswordOptions.UNLOCK_ACCOUNT)
    assert secured.can_bind(dn, "second-horse")


def test_an_option_the_server_cannot_do_is_refused_before_the_password_is_set(
    directory: Directory,
) -> None:
    """Half of a request is never done."""
    dn = ann(directory)
    with pytest.raises(PasswordExtensionError, match="FORCE_CHANGE_AT_LOG_ON"):
        put(directory, dn, "another-horse", options=PasswordOptions.FORCE_CHANGE_AT_LOG_ON)
    assert directory.can_bind(dn, GOOD)


@pytest.mark.parametrize(
    ("code", "text", "knows_old", "kind"),
    [
        (49, "", True, OldPasswordIncorrectError),
        (53, "unwilling to verify old password", True, OldPasswordIncorrectError),
        (53, "", True, PasswordPolicyViolationError),
        (19, "", False, PasswordPolicyViolationError),
        (21, "", False, PasswordIllFormedError),
        (50, "", False, PasswordExtensionError),
        (80, "", False, PasswordExtensionError),
        (52, "", False, ServerDownError),
    ],
)
def test_each_refusal_is_one_of_ecma2s_kinds(
    code: int, text: str, knows_old: bool, kind: type[ECMA2Error]
) -> None:
    """Other servers answer with other codes than the one at hand."""
    failure = DirectoryError(code, "name", text)
    assert type(password_error(failure, dn="cn=a", knows_old=knows_old)) is kind
