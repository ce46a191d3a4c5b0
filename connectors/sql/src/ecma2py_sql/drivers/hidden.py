"""The password of a connection, cut out of whatever a driver says of it."""

import re
from collections.abc import Iterator

from ecma2py.parameters import SecureString
from ecma2py.redaction import LEFT_OUT, MASK, SHORTEST_MASKED, masked, pattern_of

_KEYWORD = re.compile(r"\b(pwd|password)\s*=\s*(\{(?:[^}]|\}\})*(?:\}|$)|[^;]*)", re.IGNORECASE)
"""A part of a connection string, however much of it is left."""


class Hidden:
    """What no text may show, and no error may lead to."""

    def __init__(self, password: SecureString | None = None) -> None:
        secret = password.reveal() if password else ""
        self._pattern = pattern_of(_forms(secret)) if secret else None
        self._is_short = len(secret) < SHORTEST_MASKED

    def clean(self, text: str) -> str:
        """*text* without the password; without all of its words where a short one shows in it."""
        if self._pattern is None:
            return text
        text = _KEYWORD.sub(rf"\1={MASK}", text)
        if not self._is_short:
            return masked(text, self._pattern)
        return LEFT_OUT if self._pattern.search(text) else text

    def __repr__(self) -> str:
        return f"Hidden({MASK})"

    def mend(self, error: BaseException) -> None:
        """Cut it out of *error* and all that led to it: whoever raises from it shows it."""
        for each in _chain(error):
            each.args = tuple(self.clean(a) if isinstance(a, str) else a for a in each.args)
            if isinstance(each, UnicodeError):
                # It carries all of the text that it is about.
                each.args = ()
                if isinstance(each, UnicodeDecodeError):
                    each.object = b""
                elif isinstance(each, UnicodeEncodeError):
                    each.object = ""


def _forms(secret: str) -> set[str]:
    """As it is, in braces, and as SQL and connection strings double what stands in quotes."""
    doubled = {secret.replace(char, char * 2) for char in "}'\"\\"}
    return {secret, *doubled, secret.replace("'", "\\'")}


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    left = [error]
    while left:
        each = left.pop()
        if each not in seen:
            seen.append(each)
            yield each
            left += [other for other in (each.__cause__, each.__context__) if other is not None]
