"""No secret leaves a run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.errors import (
    EntryExportError,
    MAExportError,
    PasswordPolicyViolationError,
    ServerDownError,
    StopRun,
)
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.redaction import LEFT_OUT, MASK, SHORTEST_MASKED
from ecma2py.runs import ConnectorFaultError, Redactor

SECRETS = Redactor.of(
    ConfigParameters(
        {"Host": "db1", "Password": SecureString('p"w\\d é'), "Key": SecureString("p")}
    )
)


@given(st.text(min_size=1), st.text(), st.text())
def test_a_secret_never_remains(secret, before, after):
    """Whatever surrounds it, the secret is cut out in every spelling; a short one with all text."""
    cleaned = Redactor([secret]).clean(f"{before}<{secret}|{secret!r}>{after}")
    if len(secret) < SHORTEST_MASKED:
        assert cleaned == LEFT_OUT or secret in MASK
    else:
        assert secret not in cleaned.replace(MASK, "") or secret in "<|>''\"***"


def test_spellings_of_drivers_are_known():
    """Quoted, escaped and URL forms of a secret are cut out too."""
    for shown in ('p"w\\d é', 'p\\"w\\\\d \\u00e9', "p%22w%5Cd%20%C3%A9", "p%22w%5Cd+%C3%A9"):
        assert SECRETS.clean(f"url={shown};") == "url=***;"


def test_plain_parameters_stay():
    """Only encrypted parameters are secret."""
    assert SECRETS.also("x9y8").clean("host db1 x9y8") == "host db1 ***"
    assert Redactor().clean("db1") == "db1"


def test_an_exception_is_mended_with_all_its_causes():
    """Text, notes, fields and chain are free of secrets; type and traceback stay."""
    redactor = Redactor(["s3cret"])
    with pytest.raises(ServerDownError) as caught:
        try:
            raise KeyError("login s3cret")
        except KeyError as error:
            raise ServerDownError("cannot connect with s3cret", dn="s3cret") from error
    error = caught.value
    error.add_note("tried s3cret")
    mended = redactor.clean_error(error)
    assert mended is error
    assert str(mended) == "cannot connect with ***"
    assert mended.dn == "***"
    assert mended.__notes__ == ["tried ***"]
    assert str(mended.__cause__) == "'login ***'"


@pytest.mark.parametrize("secret", ["e", "at", "Err", "Password", "Violation"])
def test_the_name_of_a_class_is_no_secret(secret):
    """A password that is in the name of an error, or in any text, changes no verdict."""
    error = PasswordPolicyViolationError("A password has at least eight characters.", dn="CN=e")
    mended = Redactor([secret]).clean_error(error)
    assert mended is error
    assert str(error) in ("A password has at least eight characters.", LEFT_OUT)
    assert Redactor([secret]).clean_error(mended) is error


class Moody(EntryExportError):
    def __str__(self):
        return f"{super().__str__()}: the text of {self.args}"


def test_an_error_that_is_replaced_says_the_same_to_a_host():
    """An author's own error with a text of its own makes room for the one it is made of."""
    code = MAExportError.EXPORT_ERROR_SYNTAX_VIOLATION
    error = Moody("an e", code, error_name="no", dn="CN=1")
    told = Redactor(["e"]).clean_error(error)
    assert type(told) is EntryExportError
    assert str(told) == f"Moody: {LEFT_OUT}"
    assert (told.error_code, told.error_name, told.dn) == (code, "no", "CN=1")
    assert not isinstance(Redactor(["e"]).clean_error(OSError(2, "e")), StopRun)


class Stubborn(Exception):
    def __str__(self):
        return "always s3cret"


def test_an_exception_that_cannot_be_mended_is_replaced():
    """Neither it nor its place in a chain shows the secret."""
    redactor = Redactor(["s3cret"])
    assert isinstance(redactor.clean_error(Stubborn()), ConnectorFaultError)
    assert str(redactor.clean_error(Stubborn())) == "Stubborn: always ***"
    outer = ValueError("x")
    outer.__cause__ = Stubborn()
    outer.__context__ = outer
    assert redactor.clean_error(outer) is outer
    assert outer.__cause__ is None
    untouched = Stubborn()
    assert Redactor().clean_error(untouched) is untouched
