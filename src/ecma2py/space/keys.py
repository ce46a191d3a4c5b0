"""The comparison keys of the space: two spellings of one thing have one key.

A key is text. Strings that compare case-insensitively are keyed by the case folding of their NFC
form; LDAP names additionally by the spacing and escaping rules of RFC 4514.
"""

import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from unicodedata import normalize

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.schema import Value
from ecma2py.values import value_text

KeyFunction = Callable[[Value], str]


def folded(text: str) -> str:
    """Equal for two texts that differ in case or in composed form only."""
    return text.lower() if text.isascii() else normalize("NFC", text).casefold()


def exact_key(value: Value) -> str:
    """Equal for equal values only."""
    return value_text(value)


def folded_key(value: Value) -> str:
    """Equal for values that differ in case or in composed form only."""
    return folded(value if isinstance(value, str) else value_text(value))


_UNUSUAL = ("\\", '"', "+", ";", "  ", ", ", " ,", "= ", " =")
_TOKEN = re.compile(
    r'(?P<hex>(?:\\[0-9a-fA-F]{2})+)|\\(?P<escaped>.)|"(?P<quoted>(?:[^"\\]|\\.)*)"'
    r"|(?P<separator>[,;+])|(?P<plain>[^\\]|\\$)",
    re.DOTALL,
)
_LITERAL_SPACE = "\0"


def dn_key(dn: str) -> str:
    """Equal for two spellings of one LDAP name: case, spacing and escapes (RFC 4514) differ.

    Attribute values compare case-insensitively whatever their attribute's own rule, since a
    connector space knows no directory schema. A name that breaks the grammar is only folded.
    """
    if _is_usual(dn):
        return folded(dn)
    names: list[list[list[str]]] = [[[]]]
    """The names, each of pairs, each in the pieces it was read in."""
    for token in _TOKEN.finditer(dn):
        if token["separator"] == "+":
            names[-1].append([])
        elif token["separator"]:
            names.append([[]])
        elif token["plain"] is not None:
            names[-1][-1].append(token["plain"])
        else:
            names[-1][-1].append(_literal(token))
    return folded(",".join("+".join(sorted(map(_tidied, name))) for name in names))


def _is_usual(dn: str) -> bool:
    """True if no rule of RFC 4514 asks for more than folding; most names are like that."""
    if not dn.isprintable() or dn.startswith(" ") or dn.endswith(" "):
        return False
    for mark in _UNUSUAL:  # noqa: SIM110 - a generator costs more than all the searches
        if mark in dn:
            return False
    return True


def _literal(token: re.Match[str]) -> str:
    """What an escape stands for, with what would separate escaped once more."""
    if token["hex"]:
        text = bytes.fromhex(token["hex"].replace("\\", "")).decode("utf-8", "replace")
    else:
        text = token["escaped"] or re.sub(r"\\(.)", r"\1", token["quoted"] or "")
    return re.sub(r'([\\,;+"])', r"\\\1", text).replace(" ", _LITERAL_SPACE)


def _tidied(pieces: list[str]) -> str:
    name, equals, value = "".join(pieces).partition("=")
    spaced = " ".join(value.split())
    return f"{name.strip()}{equals}{spaced.replace(_LITERAL_SPACE, ' ')}"


def _same(text: str) -> str:
    return text


def reference_key(
    style: MADistinguishedNameStyle, normalized: Callable[[str], str] | None
) -> Callable[[str], str]:
    """The function that keys references: LDAP names by ``dn_key``, Generic ones exactly.

    Without DNs a reference is an anchor, and compares as anchors do.
    """
    if style is MADistinguishedNameStyle.LDAP:
        return dn_key
    if style is MADistinguishedNameStyle.NONE and normalized is not None:
        return normalized
    return _same


def anchor_text(values: Sequence[Value]) -> str:
    """The reference text of an anchor: its value, or for several components a tuple of them.

    Commas and backslashes in the components of a compound anchor are escaped, so that two
    different anchors never share a text.
    """
    if len(values) == 1:
        return value_text(values[0])
    parts = (re.sub(r"([\\,])", r"\\\1", value_text(value)) for value in values)
    return f"({','.join(parts)})"


def id_seed(connector: str, object_type: str) -> "blake2b":
    """What the SCIM ids of all objects of one type begin from."""
    return blake2b(f"{connector}\0{object_type}\0".encode(), digest_size=16)


def object_id(seed: "blake2b", anchor: str, attempt: int = 0) -> str:
    """The SCIM id of an object, a function of connector, object type and first anchor alone.

    *attempt* is above 0 only where an object that was renamed away still holds the id. The form
    is that of a UUID version 8 (RFC 9562 section 5.8).
    """
    state = seed.copy()
    state.update((f"{anchor}\0{attempt}" if attempt else anchor).encode())
    h = state.hexdigest()
    return f"{h[:8]}-{h[8:12]}-8{h[13:16]}-a{h[17:20]}-{h[20:]}"
