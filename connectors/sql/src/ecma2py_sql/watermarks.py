"""How far a delta import has come: the greatest watermark, and what was read close to it.

Rows are read from somewhat below the last watermark again, because a transaction that began
earlier may have committed later, and several rows may share one value. What was read before and
has not changed is recognised by its digest and not reported twice.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from attrs import define, field

from ecma2py.entries import CSEntryChange
from ecma2py.errors import WarningNoWatermarkError
from ecma2py_sql.mapping import MappedType
from ecma2py_sql.moments import parse_timestamp

MOST_DIGESTS = 10_000
"""More rows than this under one watermark are reported again rather than remembered."""

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
class Mark:
    """The watermark of one type."""

    column: str
    value: Any
    """As the driver gave it; None if no row had one."""
    seen: set[str] = field(factory=set)

    def lower(self, overlap: int) -> Any:
        """From where rows are read again."""
        return earlier(self.value, overlap)

    def note(self, digest: str) -> None:
        """Remember a row read close to the watermark; too many are not remembered at all."""
        if len(self.seen) <= MOST_DIGESTS:
            self.seen.add(digest)


def earlier(value: Any, overlap: int) -> Any:
    """*value* less *overlap* seconds, or counts; what cannot be reckoned with stays."""
    if type(value) is datetime:
        return value - timedelta(seconds=overlap)
    if isinstance(value, (int, Decimal)):
        return value - overlap
    if isinstance(value, str) and len(value) > 10:
        try:
            moment = parse_timestamp(value) - timedelta(seconds=overlap)
        except ValueError:
            return value
        # The text keeps its form, because SQLite compares it as text.
        return moment.isoformat(value[10]) + ("Z" if value.endswith("Z") else "")
    return value


def column_name(mapped: MappedType) -> str:
    """What a stored watermark belongs to."""
    assert mapped.watermark is not None
    return ".".join((*mapped.table.qualified, mapped.watermark.name))


def digest(entry: CSEntryChange) -> str:
    """Equal for two entries of one object exactly if they say the same."""
    attributes = sorted(entry.attributes.items())
    content = repr((entry.object_type, entry.dn, attributes, entry.error_detail))
    return blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def dump_marks(marks: Mapping[str, Mark]) -> str:
    """*marks* as text for the host to keep."""
    document = {}
    for name, mark in marks.items():
        seen = sorted(mark.seen) if len(mark.seen) <= MOST_DIGESTS else []
        document[name] = {"column": mark.column, "value": _tagged(mark.value), "seen": seen}
    return json.dumps(document, separators=(",", ":"))


def load_mark(text: str | None, mapped: MappedType) -> Mark:
    """The mark of a type in *text*; ``WarningNoWatermarkError`` if it has none that fits."""
    try:
        stored = json.loads(text or "")[mapped.name]
        mark = Mark(str(stored["column"]), _untagged(stored["value"]), set(stored["seen"]))
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise WarningNoWatermarkError(
            f"The stored watermark does not cover {mapped.name!r}: run a full import first."
        ) from error
    if mark.column != column_name(mapped):
        raise WarningNoWatermarkError(
            f"The stored watermark of {mapped.name!r} is of column {mark.column!r}, not "
            f"{column_name(mapped)!r}: run a full import first."
        )
    return mark


def _tagged(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    tag = next((t for t, (kind, _, _) in _TAGS.items() if type(value) is kind), None)
    if tag is None:
        raise TypeError(f"A {type(value).__name__} cannot be a watermark.")
    return {tag: _TAGS[tag][1](value)}


def _untagged(stored: Any) -> Any:
    if stored is None:
        return None
    ((tag, value),) = stored.items()
    return _TAGS[tag][2](value)
