"""Tokens in an administrator's SQL: ``@NAME`` becomes a bound parameter, never text.

A name with other characters is written ``@[First Name]``. What stands in quotes, comments and
dollar quotes is no token, and neither is a name that nobody gave a value for: SQL Server's own
variables stay as they are.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

_PIECE = re.compile(
    r"""
    '(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*`   # texts and identifiers
    | (?<!@)\[[^\]]*\]                                 # identifiers of SQL Server
    | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$                  # texts of PostgreSQL
    | --[^\n]* | /\*.*?\*/                             # comments
    | @@\w+                                            # what SQL Server says of itself
    | @(?:\[(?P<any>[^\]]+)\]|(?P<word>[^\W\d][\w$#]*))
    """,
    re.VERBOSE | re.DOTALL,
)

_COMMENT = re.compile(r"--(?=\s|$)|/\*(?!\+|M?!)")
"""What begins one: not what MySQL reads as two minus signs, nor a hint or condition."""


def without_comments(sql: str) -> str:
    """*sql* without its comments, in which some drivers look for parameters and for quotes.

    What they put behind a query would become a part of one at its end.
    """
    return _PIECE.sub(lambda piece: " " if _COMMENT.match(piece[0]) else piece[0], sql)


def bind(sql: str, value: Callable[[str], Any], names: Iterable[str]) -> tuple[str, list[Any]]:
    """*sql* with ``?`` for each token whose name is in *names*, and the parameters in order.

    Names are compared as written, and only if none fits without regard to case.
    """
    exact = set(names)
    folded: dict[str, str] = {}
    for name in sorted(exact):
        folded.setdefault(name.casefold(), name)
    parameters: list[Any] = []

    def replaced(piece: re.Match[str]) -> str:
        token = piece["any"] or piece["word"]
        if token is None:
            return piece[0]
        name = token if token in exact else folded.get(token.casefold())
        if name is None:
            return piece[0]
        parameters.append(value(name))
        return "?"

    return _PIECE.sub(replaced, sql), parameters


def tokens_of(sql: str) -> list[str]:
    """The names of all tokens in *sql*, as written, in order."""
    found = (piece["any"] or piece["word"] for piece in _PIECE.finditer(sql))
    return [each for each in found if each is not None]
