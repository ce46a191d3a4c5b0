"""What an import leaves for the next delta import, as text for the host to keep."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from attrs import define, field

from ecma2py.entries import CSEntryChange, ObjectModificationType
from ecma2py.errors import WarningNoWatermarkError

MOST_DIGESTS = 10_000
"""More objects than this close to a watermark are reported again rather than remembered."""

_TAGS: Mapping[str, tuple[type, Any, Any]] = {
    "integer": (int, int, int),
    "text": (str, str, str),
    "timestamp": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "binary": (bytes, bytes.hex, bytes.fromhex),
    "float": (float, float, float),
}


@define
class Seen:
    """Digests of what was read so close to the watermark that it will be read again."""

    digests: set[str] = field(factory=set)

    def note(self, entry: CSEntryChange) -> None:
        """Remember *entry*; too many are not remembered at all."""
        if len(self.digests) <= MOST_DIGESTS:
            self.digests.add(digest(entry).hex())

    def has(self, entry: CSEntryChange) -> bool:
        """True if just this was read before."""
        return digest(entry).hex() in self.digests

    def dump(self) -> list[str]:
        """What is kept of it."""
        return sorted(self.digests) if len(self.digests) <= MOST_DIGESTS else []


def digest(entry: CSEntryChange) -> bytes:
    """Equal for two entries of one object exactly if they say the same; 8 bytes."""
    attributes = [
        (name, sorted(map(repr, values)) if isinstance(values, list) else values)
        for name, values in sorted(entry.attributes.items())
    ]
    gone = entry.object_modification_type is ObjectModificationType.DELETE
    anchor = sorted(entry.anchor.items())
    content = repr((entry.object_type, anchor, entry.dn, attributes, entry.error_detail, gone))
    return blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def dump_kept(states: Mapping[str, tuple[str, Any]]) -> str:
    """By type, what its state belongs to and the state itself, as text."""
    document = {name: {"of": of, "state": state} for name, (of, state) in states.items()}
    return json.dumps(document, separators=(",", ":"))


def load_kept(text: str | None) -> dict[str, tuple[str, Any]]:
    """What ``dump_kept`` was given; of text that is none, nothing."""
    try:
        document = json.loads(text or "")
        return {name: (str(each["of"]), each["state"]) for name, each in document.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def no_watermark(object_type: str, problem: str) -> WarningNoWatermarkError:
    """The error of a delta import that has nothing to start from."""
    return WarningNoWatermarkError(
        f"The stored watermark of {object_type!r} {problem}: run a full import first."
    )


def tagged(value: Any) -> dict[str, Any] | None:
    """*value* as a driver gave it, so that it can be kept as JSON."""
    if value is None:
        return None
    tag = next((t for t, (kind, _, _) in _TAGS.items() if type(value) is kind), None)
    if tag is None:
        raise TypeError(f"A {type(value).__name__} cannot be a watermark.")
    return {tag: _TAGS[tag][1](value)}


def untagged(stored: Any) -> Any:
    """What was ``tagged``."""
    if stored is None:
        return None
    ((tag, value),) = stored.items()
    return _TAGS[tag][2](value)
