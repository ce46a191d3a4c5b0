"""How a secret looks inside other text, and how it is cut out of it."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "***"
SHORTEST_MASKED = 4
"""Characters of a secret that can be masked: a shorter one is in ordinary words, and what is left
of them would tell it."""
LEFT_OUT = f"{MASK} (left out, since it would show a secret)"
"""In place of a whole text that a shorter secret is in."""


def masked(text: str, secrets: re.Pattern[str] | None) -> str:
    """*text* with ``***`` for what *secrets*, of ``pattern_of``, finds; the same object if none."""
    if secrets is None:
        return text
    while (replaced := secrets.sub(MASK, text)) != text:
        # A replacement can join what stood around it into another secret: look again.
        text = replaced
    return text


def pattern_of(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """Finds each of *secrets* in any of its spellings; None if there is nothing to find."""
    # What the mask itself shows cannot be hidden by it.
    spellings = {form for secret in secrets for form in _spellings(secret) if form not in MASK}
    # The longest first, so that a secret that begins another leaves no tail behind.
    ordered = sorted(spellings, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None


def encodable(text: str) -> str:
    """*text* with half character pairs spelled out, since no encoder takes them."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _spellings(secret: str) -> set[str]:
    """The forms in which drivers, libraries and logs repeat a secret in their messages."""
    return {
        form
        for text in (secret, encodable(secret))
        for form in (
            text,
            # As in a Python repr that holds no double quote, and in one that does.
            repr(text)[1:-1],
            repr(f'"{text}')[2:-1],
            json.dumps(text)[1:-1],
            json.dumps(text, ensure_ascii=False)[1:-1],
            quote(text, errors="replace"),
            quote(text, safe="", errors="replace"),
            quote_plus(text, errors="replace"),
        )
    }
