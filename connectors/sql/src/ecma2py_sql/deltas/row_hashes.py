"""Deltas by comparison: every row is read, and what differs from the last import is told.

It needs nothing of the database, finds whatever there is to find, deletes too, and costs as much
reading as a full import; the host is spared what has not changed.

The state is in the watermark: by anchor, 8 bytes of a hash of the object, its multi-valued
attributes included. There it is stored with the objects in one transaction, and only after a good
run; a file beside it would have to survive a crash between the two. The anchors are sorted and
compressed: 200,000 rows take two and a half megabytes with numbers for anchors, and seven with
UUIDs. A change is missed if its hash is the old one by chance, once in 2 ** 64.
"""

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define, field

from ecma2py.entries import CSEntryChange
from ecma2py.errors import MAImportError
from ecma2py.schema import Value
from ecma2py_sql.deltas.kept import digest, tagged, untagged
from ecma2py_sql.deltas.tracker import Tracker
from ecma2py_sql.drivers.results import Row

_SIZE = 8
Hashes = dict[str, bytes]
"""By anchor, as one line of JSON, the hash of the object."""


@define
class RowHashesTracker(Tracker):
    """Tells the objects whose hash is another, or new, or missing."""

    _before: Hashes = field(factory=dict, init=False)
    _now: Hashes = field(factory=dict, init=False)

    def begin(self) -> None:
        self._now = {}

    def note(self, row: Row, entry: CSEntryChange) -> None:
        if not _failed(entry):
            self._now[_line(entry.anchor)] = digest(entry)

    def resume(self, state: Any) -> None:
        self._before = unpack(state)

    def changes(self) -> Iterator[CSEntryChange]:
        self.begin()
        failed = False
        for _, entry in self.objects.as_they_are():
            if _failed(entry):
                failed = True
                yield entry
                continue
            line, found = _line(entry.anchor), digest(entry)
            self._now[line] = found
            if self._before.get(line) != found:
                yield entry
        missing = self._before.keys() - self._now.keys()
        if failed:
            # Some of them are there and cannot be read: nobody knows which.
            self._now.update((line, self._before[line]) for line in missing)
            return
        names = [each.attribute for each in self.objects.mapped.anchor]
        for line in sorted(missing):
            values = map(_value, json.loads(line))
            yield self.objects.deleted(dict(zip(names, values, strict=True)))

    def state(self) -> Any:
        return pack(self._now)


def pack(hashes: Mapping[str, bytes]) -> dict[str, str]:
    """*hashes* as text, the smaller for being sorted."""
    lines = sorted(hashes)
    anchors = zlib.compress("\n".join(lines).encode(), 9)
    values = b"".join(hashes[line] for line in lines)
    return {"anchors": b85encode(anchors).decode(), "hashes": b85encode(values).decode()}


def unpack(state: Any) -> Hashes:
    """What was packed; ``ValueError`` if it was not."""
    try:
        text = zlib.decompress(b85decode(state["anchors"])).decode()
    except zlib.error as error:
        raise ValueError(f"the anchors cannot be read: {error}") from error
    lines, values = text.split("\n") if text else [], b85decode(state["hashes"])
    if len(values) != _SIZE * len(lines):
        raise ValueError("anchors and hashes differ in number")
    return {line: values[at * _SIZE : (at + 1) * _SIZE] for at, line in enumerate(lines)}


def _line(anchor: Mapping[str, Value]) -> str:
    return json.dumps(list(anchor.values()), default=tagged, separators=(",", ":"))


def _failed(entry: CSEntryChange) -> bool:
    return entry.error_code_import is not MAImportError.SUCCESS


def _value(stored: Any) -> Any:
    return untagged(stored) if isinstance(stored, dict) else stored
