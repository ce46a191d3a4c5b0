r"""Distinguished names by RFC 4514: taken apart, put together, and compared.

Liberal in: spaces around ``,`` ``+`` and ``=`` are no part of a value. Strict out: one form,
with ``\,`` rather than ``\2C``. A parsed name keeps the spelling of types and values; ``dn_key``
alone folds case and spaces, as the matching rules of most naming attributes do.
"""

import re
from collections.abc import Iterable, Sequence

from attrs import frozen

from ecma2py.errors import InvalidDNError

_TYPE = re.compile(r"[ ]*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)[ ]*=[ ]*")
_PIECE = re.compile(r'\\([0-9A-Fa-f]{2})|\\([ "#+,;<=>\\])|([^"+,;<>\\\x00])')
_HEXADECIMAL = re.compile(r"#((?:[0-9A-Fa-f]{2})+)[ ]*")
_SPACES = re.compile(r"[ ]+")
_PLAIN_VALUE = r'[^ "#+,;<>=\\\x00-\x1f](?:[^"+,;<>\\\x00-\x1f]*[^ "+,;<>\\\x00-\x1f])?'
_PLAIN = re.compile(
    rf"[A-Za-z][A-Za-z0-9-]*={_PLAIN_VALUE}(?:,[A-Za-z][A-Za-z0-9-]*={_PLAIN_VALUE})*"
)
"""DNs that are in their one form already: nearly all of them."""

_ESCAPED = str.maketrans({each: f"\\{each}" for each in '"+,;<>\\'}) | {
    number: f"\\{number:02X}" for number in range(32)
}

Key = tuple[tuple[tuple[str, str], ...], ...]
"""What two spellings of one DN have in common, the topmost component first."""


@frozen
class Assertion:
    """One ``type=value`` of a component; the value is bytes where it was given as BER."""

    type: str
    value: str | bytes

    def __str__(self) -> str:
        if isinstance(self.value, bytes):
            return f"{self.type}=#{self.value.hex()}"
        return f"{self.type}={escaped_value(self.value)}"


Component = tuple[Assertion, ...]
"""A relative DN: more than one assertion in a multi-valued one."""


def parse_dn(text: str) -> tuple[Component, ...]:
    """The components, the object's own first; ``InvalidDNError`` says where *text* is wrong."""
    components: list[Component] = []
    assertions: list[Assertion] = []
    at, end = 0, len(text)
    if not text.strip(" "):
        return ()
    while True:
        head = _TYPE.match(text, at)
        if head is None:
            raise _malformed(text, at, "an attribute type and '=' belong here")
        value, at = _value(text, head.end())
        assertions.append(Assertion(head[1], value))
        mark = text[at : at + 1]
        if mark not in {"", ",", "+"}:
            raise _malformed(text, at, f"{mark!r} is written with a backslash before it")
        if mark != "+":
            components.append(tuple(assertions))
            assertions = []
        if at >= end:
            return tuple(components)
        at += 1


def format_dn(components: Iterable[Component]) -> str:
    """The one form of a DN; ``parse_dn`` gives the components back."""
    return ",".join("+".join(map(str, component)) for component in components)


def escaped_value(value: str) -> str:
    """*value* as it stands in a DN; ``InvalidDNError`` for text that UTF-8 cannot carry."""
    if any("\ud800" <= each <= "\udfff" for each in value):
        raise InvalidDNError(f"{value!r} cannot be part of a DN: it holds half a surrogate pair.")
    text = value.translate(_ESCAPED)
    if value[:1] in {"#", " "}:
        text = f"\\{text}"
    if len(value) > 1 and value[-1] == " ":
        text = f"{text[:-1]}\\ "
    return text


def canonical(text: str) -> str:
    """*text* in its one form; text that is no DN stays as it is."""
    if _PLAIN.fullmatch(text):
        return text
    try:
        return format_dn(parse_dn(text))
    except InvalidDNError:
        return text


def split(text: str) -> tuple[Component, tuple[Component, ...]]:
    """The object's own component and those of its parent; ``InvalidDNError`` for an empty DN."""
    components = parse_dn(text)
    if not components:
        raise InvalidDNError("The DN is empty: an object has at least one component.", dn=text)
    return components[0], components[1:]


def key_of(components: Sequence[Component]) -> Key:
    """The key of parsed components; equal keys mean the same DN, spelled differently or not."""
    return tuple(
        tuple(sorted((each.type.casefold(), _folded(each.value)) for each in component))
        for component in reversed(components)
    )


def dn_key(text: str) -> Key:
    """The key of *text*; ``InvalidDNError`` if it is no DN."""
    return key_of(parse_dn(text))


def is_below(key: Key, ancestor: Key) -> bool:
    """True if the DN of *key* is that of *ancestor*, or lies below it."""
    return key[: len(ancestor)] == ancestor


def _value(text: str, at: int) -> tuple[str | bytes, int]:
    """The value that begins at *at*, and where it ends."""
    if text[at : at + 1] == "#":
        encoded = _HEXADECIMAL.match(text, at)
        if encoded is None:
            raise _malformed(text, at, "'#' begins a value in hexadecimal; write '\\#' for itself")
        return bytes.fromhex(encoded[1]), encoded.end()
    octets = bytearray()
    kept = 0  # trailing spaces are part of the value only if escaped
    while piece := _PIECE.match(text, at):
        pair, special, plain = piece.groups()
        try:
            octets += bytes.fromhex(pair) if pair else (special or plain).encode()
        except UnicodeEncodeError:
            raise _malformed(text, at, "half a surrogate pair is no text") from None
        at = piece.end()
        if plain != " ":
            kept = len(octets)
    if text[at : at + 1] == "\\":
        raise _malformed(text, at, "a backslash is followed by a special character or two digits")
    try:
        return octets[:kept].decode(), at
    except UnicodeDecodeError:
        raise _malformed(text, at, "the value before it is no UTF-8") from None


def _folded(value: str | bytes) -> str:
    if isinstance(value, bytes):
        return f"#{value.hex()}"
    return _SPACES.sub(" ", value.strip(" ")).casefold()


def _malformed(text: str, at: int, problem: str) -> InvalidDNError:
    return InvalidDNError(f"{text!r} is no DN by RFC 4514: at position {at}, {problem}.", dn=text)
