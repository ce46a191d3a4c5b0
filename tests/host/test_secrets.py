"""References lead to secrets, and what is registered never comes out of a redactor."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecma2py.host.secrets import (
    LARGEST_SECRET_FILE,
    Redactor,
    References,
    UnresolvedReferenceError,
    looks_secret,
)
from ecma2py.parameters import SecureString
from ecma2py.redaction import MASK


@pytest.fixture
def references(tmp_path: Path) -> References:
    """An environment with two variables, and a directory with one file."""
    (tmp_path / "password.txt").write_bytes(b"\xef\xbb\xbff1le-secret\r\n")
    return References(tmp_path, {"DB_PASSWORD": "s3cret!", "EMPTY": ""})


def test_variables_are_filled_in_and_a_doubled_dollar_keeps_them(references: References) -> None:
    """``${NAME}`` is replaced, ``$${NAME}`` stays as text, and other dollars mean nothing."""
    text = "Pwd=${DB_PASSWORD};$${DB_PASSWORD};${not a name};$HOME"
    assert references.expand(text) == "Pwd=s3cret!;${DB_PASSWORD};${not a name};$HOME"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Pwd=${DB_PASSWORD}", "Pwd=s3cret!"),
        ({"env": "DB_PASSWORD"}, "s3cret!"),
        ({"env": "EMPTY"}, ""),
        ({"file": "password.txt"}, "f1le-secret"),
    ],
)
def test_a_reference_becomes_a_secret(references: References, value: object, text: str) -> None:
    """Whatever comes from the environment or a file is a secret, without the file's line end."""
    assert references.secret(value) == SecureString(text)


def test_plain_text_is_no_reference(references: References) -> None:
    """Text without a variable refers to nothing, and nothing is remembered."""
    assert references.secret("$${DB_PASSWORD}") is None
    assert references.resolved == []


def test_the_variable_inside_a_text_is_remembered_by_itself(references: References) -> None:
    """A connection string and the password in it are both kept out of the logs."""
    references.secret("Pwd=${DB_PASSWORD}")
    assert {each.reveal() for each in references.resolved} == {"s3cret!", "Pwd=s3cret!"}


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("${MISSING}", "MISSING"),
        ({"env": "MISSING"}, "MISSING"),
        ({"file": "missing.txt"}, "missing.txt"),
        ({"file": "big"}, "larger than"),
        ({"file": "binary"}, "UTF-8"),
        ({"file": "a", "env": "b"}, "one key only"),
        ({"path": "a"}, "one key only"),
        ({"env": 1}, "one key only"),
        (7, "expected"),
    ],
)
def test_a_reference_that_leads_nowhere_is_named(
    references: References, value: object, named: str
) -> None:
    """The error names the variable or file."""
    (references.base / "big").write_bytes(b"x" * (LARGEST_SECRET_FILE + 1))
    (references.base / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(UnresolvedReferenceError, match=named):
        references.secret(value)


@pytest.mark.parametrize(
    "key", ["password", "export_password", "Client-Secret", "X-Api-Key", "Authorization", "PWD"]
)
def test_secret_keys_are_recognised_however_written(key: str) -> None:
    """Case and punctuation do not hide a secret key."""
    assert looks_secret(key)


@pytest.mark.parametrize("key", ["userName", "connector", "duration", "passed", "pass_through"])
def test_ordinary_keys_are_not_secret(key: str) -> None:
    """Keys that only resemble a secret one are shown."""
    assert not looks_secret(key)


@given(secret=st.text(min_size=4), before=st.text(), after=st.text())
def test_no_registered_secret_is_left_in_a_text(secret: str, before: str, after: str) -> None:
    """A registered secret is gone from any text, whatever stands around it."""
    redacted = Redactor([secret]).text(before + secret + after)
    assert secret not in redacted


@given(secret=st.text(min_size=4))
@example(secret="both ' and \"")
def test_a_secret_is_found_in_a_repr(secret: str) -> None:
    """A secret quoted by repr, as in the message of a KeyError, is recognised."""
    redacted = Redactor([secret]).text(str(KeyError(secret)))
    assert repr(secret)[1:-1] not in redacted


def test_a_secret_that_begins_another_leaves_no_tail() -> None:
    """Of two secrets that fit, the longer one is taken out."""
    assert Redactor(["hunter", "hunter22"]).text("is hunter22") == f"is {MASK}"


def test_a_short_secret_does_not_blank_out_words() -> None:
    """Three characters are not registered: they would occur everywhere."""
    assert Redactor(["sa", SecureString("abc")]).text("sat abc") == "sat abc"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abc.def", f"Authorization: Bearer {MASK}"),
        ("DSN=hr;UID=sa;PWD={a;b};X=1", f"DSN=hr;UID=sa;PWD={MASK};X=1"),
        ('{"password": "a b", "x": 1}', f'{{"password": {MASK}, "x": 1}}'),
        ("token_value='q w' next", f"token_value={MASK} next"),
        ("password: must have 8 characters", "password: must have 8 characters"),
    ],
)
def test_assignments_in_free_text_lose_their_value(text: str, expected: str) -> None:
    """A secret nobody registered is recognised by what stands before it."""
    assert Redactor().text(text) == expected


def test_values_are_redacted_at_any_depth() -> None:
    """Lists, tables, bytes, numbers, errors and keys are searched too; plain ones stay."""
    redactor = Redactor([SecureString("12345678"), "hunter22"])
    value = {
        "list": [b"x hunter22", ("hunter22",)],
        "number": 12345678,
        "share": 0.5,
        "nested": {"pwd": "anything", "hunter22": None},
        "error": ValueError("hunter22"),
        "secret_text": SecureString("other"),
        "plain": True,
        "surrogate": "\ud800",
        "held": SecureString("other"),
    }
    assert redactor.value(value) == {
        "list": [f"x {MASK}", [MASK]],
        "number": MASK,
        "share": 0.5,
        "nested": {"pwd": MASK, MASK: None},
        "error": MASK,
        "secret_text": MASK,
        "plain": True,
        "surrogate": "\\ud800",
        "held": MASK,
    }
