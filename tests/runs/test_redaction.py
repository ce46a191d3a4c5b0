"""No secret leaves a run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.errors import ServerDownError
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.runs import ConnectorFaultError, Redactor

SECRETS = Redactor.of(
    ConfigParameters(
        {"Host": "db1", "Password": SecureString('p"w\\d é'), "Key": SecureString("p")}
    )
)


@given(st.text(min_size=1), st.text(), st.text())
def test_a_secret_never_remains(secret, before, after):
    """Whatever surrounds it, the secret is cut out in every spelling."""
    cleaned = Redactor([secret]).clean(f"{before}<{secret}|{secret!r}>{after}")
    assert secret not in cleaned.replace("***", "") or secret in "<|>''\"***"


def test_spellings_of_drivers_are_known():
    """Quoted, escaped and URL forms of a secret are cut out too."""
    for shown in ('p"w\\d é', 'p\\"w\\\\d \\u00e9', "p%22w%5Cd%20%C3%A9", "p%22w%5Cd+%C3%A9"):
        assert SECRETS.clean(f"url={shown};") == "url=***;"


def test_plain_parameters_stay():
    """Only encrypted parameters are secret."""
    assert SECRETS.also("x9").clean("host db1 x9") == "host db1 ***"
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
