"""A secret is found in whatever way another text spells it."""

import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.host import secrets
from ecma2py.redaction import MASK, masked, pattern_of
from ecma2py.runs import Redactor

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "repr": lambda text: repr(text)[1:-1],
    "repr beside both quotes": lambda text: repr(f"{text}\"'")[1:-4],
    "JSON in ASCII": lambda text: json.dumps(text)[1:-1],
    "JSON in Unicode": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "path of a URL": lambda text: quote(text, errors="replace"),
    "part of a URL": lambda text: quote(text, safe="", errors="replace"),
    "form": lambda text: quote_plus(text, errors="replace"),
}
spellings = pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)


@spellings
@given(secret=st.text(min_size=4), before=st.text(), after=st.text())
def test_a_secret_is_masked_however_it_is_spelled(
    spelled: Callable[[str], str], secret: str, before: str, after: str
) -> None:
    """It is gone from any text, whatever stands around it."""
    shown = spelled(secret)

    assert shown not in masked(before + shown + after, pattern_of([secret]))


@spellings
@pytest.mark.parametrize("secret", ['a"é1x', "x/y1z?", 'it\'s "so"', "\ud800abc"])
def test_runs_and_host_know_the_same_spellings(spelled: Callable[[str], str], secret: str) -> None:
    """What the log leaves out of a message, the run that gave it leaves out as well."""
    shown = f"<{spelled(secret)}>"

    assert Redactor([secret]).clean(shown) == f"<{MASK}>"
    assert secrets.Redactor([secret]).value(shown) == f"<{MASK}>"


@given(secrets=st.lists(st.text("ab*", min_size=1, max_size=8), max_size=4), text=st.text("ab*"))
def test_a_replacement_never_makes_another_secret(secrets: list[str], text: str) -> None:
    """Secrets that overlap, or that a replacement would join together, are gone as well."""
    cleaned = masked(text, pattern_of(secrets))

    assert not any(secret in cleaned for secret in secrets if secret not in MASK)


def test_what_holds_no_secret_is_given_back_as_it_is() -> None:
    """Whoever asks whether there was a secret need not compare texts."""
    text = "nothing"

    assert masked(text, pattern_of(["secret"])) is masked(text, pattern_of([])) is text
