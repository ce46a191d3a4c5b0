r"""Reads the DNs of rows, ``CN=<anchor>,OBJECT=<type>``, that ``generated_dn`` wrote."""

import re

from ecma2py.entries import split_dn
from ecma2py.errors import InvalidDNError
from ecma2py.schema import AttributeType, Value

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PIECE = re.compile(r"\\.|.", re.DOTALL)


def anchor_value(text: str, data_type: AttributeType) -> Value:
    """The value that *text* stands for; ``ValueError`` if it is not of *data_type*."""
    if data_type is AttributeType.INTEGER:
        number = int(text)
        if str(number) != text:
            raise ValueError(f"{text!r} is no whole number in its usual form.")
        return number
    return bytes.fromhex(text) if data_type is AttributeType.BINARY else text


def parse_dn(dn: str) -> tuple[tuple[str, ...], str]:
    """The anchor texts and the object type of *dn*; ``InvalidDNError`` if it is another form."""
    parts = split_dn(dn)
    if len(parts) == 2:
        common, _, anchor = parts[0].partition("=")
        object_class, _, object_type = parts[1].partition("=")
        if (common.strip().upper(), object_class.strip().upper()) == ("CN", "OBJECT"):
            texts = tuple(_unescaped(each) for each in _components(anchor))
            return texts, _unescaped(object_type)
    raise InvalidDNError(
        f"{dn!r:.200} is no DN of this connector: write CN=<key>,OBJECT=<type>.", dn=dn
    )


def _components(anchor: str) -> list[str]:
    """*anchor* split at every ``+`` that no backslash escapes."""
    parts: list[list[str]] = [[]]
    for piece in _PIECE.findall(anchor):
        if piece == "+":
            parts.append([])
        else:
            parts[-1].append(piece)
    return ["".join(each) for each in parts]


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
