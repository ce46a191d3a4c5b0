"""Multi-valued references in the file: one row a value, changed one by one.

Every function gives back what its change adds to the object's digest.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence

from ecma2py.entries import AttributeChange, AttributeModificationType
from ecma2py.space.documents import links_hash


def keyed(texts: Iterable[str], reference_key: Callable[[str], str]) -> dict[str, str]:
    """The texts by key: of two spellings of one name, the first."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(reference_key(text), text)
    return found


class LinkWriter:
    """Changes links inside one write transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        attribute_ids: Mapping[str, int],
        reference_key: Callable[[str], str],
    ) -> None:
        self._connection = connection
        self._attribute_ids = attribute_ids
        self._reference_key = reference_key

    def put(self, row: int, name: str, texts: Iterable[str]) -> int:
        """The attribute holds these references and no others."""
        number = self._attribute_ids[name]
        after = keyed(texts, self._reference_key)
        before: dict[str, str] = dict(
            self._connection.execute(
                "SELECT key, text FROM links WHERE row = ? AND attribute = ?", (row, number)
            ).fetchall()
        )
        gone = [(row, number, key) for key, text in before.items() if after.get(key) != text]
        come = [(row, number, k, text) for k, text in after.items() if before.get(k) != text]
        self._delete(gone)
        self._insert(come)
        return links_hash(name, (text for *_, text in come)) - links_hash(
            name, (before[key] for *_, key in gone)
        )

    def change(self, row: int, change: AttributeChange) -> int:
        """The attribute changes by some values; costs nothing for those that stay."""
        kind = change.modification_type
        if kind is AttributeModificationType.DELETE:
            return self.put(row, change.name, ())
        texts = [str(value) for value in change.values]
        if kind is AttributeModificationType.REPLACE:
            return self.put(row, change.name, texts)
        return self._remove(row, change.name, map(str, change.removed)) + self._add(
            row, change.name, texts
        )

    def _add(self, row: int, name: str, texts: Iterable[str]) -> int:
        number = self._attribute_ids[name]
        added = keyed(texts, self._reference_key)
        held = [key for key in added if self._held(row, number, key) is not None]
        for key in held:
            del added[key]
        self._insert([(row, number, key, text) for key, text in added.items()])
        return links_hash(name, added.values())

    def _remove(self, row: int, name: str, texts: Iterable[str]) -> int:
        number = self._attribute_ids[name]
        removed = {}
        for key in keyed(texts, self._reference_key):
            held = self._held(row, number, key)
            if held is not None:
                removed[key] = held
        self._delete([(row, number, key) for key in removed])
        return -links_hash(name, removed.values())

    def _held(self, row: int, number: int, key: str) -> str | None:
        found = self._connection.execute(
            "SELECT text FROM links WHERE row = ? AND attribute = ? AND key = ?", (row, number, key)
        ).fetchone()
        return str(found[0]) if found is not None else None

    def _insert(self, rows: Sequence[tuple[int, int, str, str]]) -> None:
        self._connection.executemany("INSERT INTO links VALUES (?, ?, ?, ?)", rows)

    def _delete(self, rows: Sequence[tuple[int, int, str]]) -> None:
        self._connection.executemany(
            "DELETE FROM links WHERE row = ? AND attribute = ? AND key = ?", rows
        )
