"""Names as Microsoft's fields spell them: lists with commas, ``[ ]`` around any character.

``[Server].[Db].[Schema].[Table]`` has four parts; a ``]`` inside is doubled. Double quotes serve as
well. A name without either is taken as it stands.
"""

import re

Parts = tuple[str, ...]

_QUOTED = r'\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"'
_ITEM = re.compile(rf"(?P<quoted>{_QUOTED})|(?P<separator>[,\r\n])|.", re.DOTALL)
_PART = rf'(?:{_QUOTED}|[^.\[\]"]+)'
_NAME = re.compile(rf"{_PART}(?:\s*\.\s*{_PART})*")
_BETWEEN = re.compile(
    rf"(?P<quoted>{_QUOTED})|(?P<separator>\s+AND\s+|[;,\r\n])|.", re.IGNORECASE | re.DOTALL
)
_SIDES = re.compile(rf"(?P<quoted>{_QUOTED})|(?P<separator>=)|.", re.DOTALL)


def split_list(text: str) -> list[str]:
    """The items of *text*, which commas or line ends separate where no bracket holds them."""
    return _split(_ITEM, text)


def unquoted(text: str) -> str:
    """*text* without the brackets around it, if they are around it all."""
    return _unquoted(text) if re.fullmatch(_QUOTED, text, re.DOTALL) else text


def name_parts(text: str) -> Parts:
    """The parts of a qualified name; one part if it is not written as such."""
    text = text.strip()
    if not _NAME.fullmatch(text):
        return (text,)
    found = [each.strip() for each in re.findall(_PART, text)]
    return tuple(unquoted(each) for each in found if each)


def split_equalities(text: str) -> list[tuple[Parts, Parts]]:
    """Both sides of each ``Table.Column = Other.Column``; ``ValueError`` for anything else."""
    found = []
    for condition in _split(_BETWEEN, text):
        sides = [name_parts(side) for side in _split(_SIDES, condition)]
        if len(sides) != 2:
            raise ValueError(f"{condition!r} is no equality of two columns")
        found.append((sides[0], sides[1]))
    return found


def _split(pattern: re.Pattern[str], text: str) -> list[str]:
    items = [""]
    for match in pattern.finditer(text):
        if match["separator"]:
            items.append("")
        else:
            items[-1] += match[0]
    return [item.strip() for item in items if item.strip()]


def _unquoted(text: str) -> str:
    closing = text[-1]
    return text[1:-1].replace(closing * 2, closing)
