"""The values of SCIM filters: JSON literals (RFC 8259), and bare words as Entra writes them.

Every reader here takes time linear in what it reads.
"""

import json
import math
import re

from ecma2py.scim.errors import invalid_filter
from ecma2py.values import is_storable, is_unicode

Literal = str | int | float | bool | None

MAX_TEXT = 16 * 1024
"""Characters of one filter or path."""
MAX_NUMBER = 400
"""Characters of one number; the longest finite double written out takes 310."""

_STRING = re.compile(r'"([^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*)"')
_WORD = re.compile(r'[^\x00-\x20\x7f"()\[\]]+')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_STOPS = " \t\r\n)]"


def text_fault(text: str) -> str | None:
    """Why ``text`` can be no filter or path at all, or None: too long, NUL, lone surrogates."""
    if len(text) > MAX_TEXT:
        return f"it has {len(text)} characters, {MAX_TEXT} are allowed"
    if "\0" in text:
        return "it contains the character NUL"
    if not is_unicode(text):
        return "it contains half of a surrogate pair"
    return None


def excerpt(text: str, position: int) -> str:
    """Where in ``text`` something is wrong, short enough for an error message."""
    if position >= len(text):
        return "at the end"
    cut = text[position : position + 30]
    return f"at character {position + 1}, {cut!r}"


def parse_number(text: str) -> int | float | None:
    """The number that ``text`` is in JSON's grammar, or None; ASCII digits, finite, bounded."""
    match = _NUMBER.fullmatch(text) if len(text) <= MAX_NUMBER else None
    if match is None:
        return None
    if match.group(1) is None and match.group(2) is None:
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else None


def read_literal(text: str, start: int) -> tuple[Literal, int]:
    """The comparison value that begins at ``start`` and where it ends.

    Quoted: a JSON string. Else ``true``, ``false`` (any case), ``null``, a JSON number, or a bare
    word taken as a string. Raises :class:`ScimError` (invalidFilter).
    """
    value, end = (_read_string if text.startswith('"', start) else _read_word)(text, start)
    if end < len(text) and text[end] not in _STOPS:
        raise invalid_filter(
            f"A space or a closing bracket must follow the value {excerpt(text, end)}"
        )
    return value, end


def _read_string(text: str, start: int) -> tuple[str, int]:
    match = _STRING.match(text, start)
    if match is None:
        raise invalid_filter(
            f"The string that begins {excerpt(text, start)} has no closing quote, or holds a "
            "control character that JSON wants escaped"
        )
    value: str = match.group(1)
    if "\\" in value:
        try:
            value = json.loads(match.group())
        except ValueError as exc:
            raise invalid_filter(
                f"The string that begins {excerpt(text, start)} has an escape JSON does not know"
            ) from exc
        if not is_storable(value):
            raise invalid_filter(
                f"The string that begins {excerpt(text, start)} escapes NUL or half of a surrogate "
                "pair"
            )
    return value, match.end()


def _read_word(text: str, start: int) -> tuple[Literal, int]:
    match = _WORD.match(text, start)
    if match is None or text[start] == "'":
        raise invalid_filter(
            f"A value is expected {excerpt(text, start)}: a string in double quotes, a number, "
            "true, false or null"
        )
    word, end = match.group(), match.end()
    if word == "null":
        return None, end
    if (lowered := word.lower()) in ("true", "false"):
        return lowered == "true", end
    if _NUMBER.match(word) is None:
        return word, end
    if (number := parse_number(word)) is not None:
        return number, end
    if _NUMBER.fullmatch(word) is not None:
        raise invalid_filter(f"The number {excerpt(text, start)} is out of range")
    return word, end
