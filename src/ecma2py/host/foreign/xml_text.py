"""A tree as XML: indented, in UTF-8, and read back as the same tree."""

import re
from collections.abc import Iterator

from ecma2py.host.foreign.tree import Element

_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


class UnwritableError(ValueError):
    """XML has no form for a character of ``text``."""

    def __init__(self, text: str) -> None:
        super().__init__(f"XML has no form for a character of {text!r}")
        self.text = text


def writable(text: str) -> bool:
    """True if XML has a form for every character of *text*."""
    return _IMPOSSIBLE.search(text) is None


def xml_text(root: Element) -> str:
    """*root* as a document; UnwritableError for a text that XML has no form for."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', *_lines(root, "")]
    return "\n".join(lines) + "\n"


def _lines(element: Element, indent: str) -> Iterator[str]:
    attributes = "".join(
        f' {name}="{_escaped(value).replace(chr(10), "&#10;")}"'
        for name, value in element.attributes.items()
    )
    start = f"{indent}<{element.name}{attributes}"
    if element.children:
        yield f"{start}>"
        for each in element.children:
            yield from _lines(each, f"{indent}  ")
        yield f"{indent}</{element.name}>"
    elif element.text:
        yield f"{start}>{_escaped(element.text)}</{element.name}>"
    else:
        yield f"{start} />"


def _escaped(text: str) -> str:
    if not writable(text):
        raise UnwritableError(text)
    return "".join(map(_character, text))


def _character(each: str) -> str:
    # What is seen on no screen is written as a number: a reader normalises some of it, such as the
    # end of a line, and a terminal would obey some of it.
    shown = each if each.isprintable() or each == "\n" else f"&#{ord(each)};"
    return _ESCAPES.get(each, shown)
