"""What the space holds while an import goes through it, and which of it the import has seen."""

from collections.abc import Iterable, KeysView

from ecma2py.space.database import Database, placeholders

_QUERY_LIMIT = 500


class Seen:
    """Which rows an import has seen: one bit a row."""

    def __init__(self, rows: int) -> None:
        self._bits = bytearray((rows >> 3) + 1)

    def add(self, row: int) -> bool:
        """Mark the row; False if it was marked before."""
        byte, bit = row >> 3, 1 << (row & 7)
        try:
            old = self._bits[byte]
        except IndexError:
            self._bits.extend(bytes(byte + 1 - len(self._bits)))
            old = 0
        self._bits[byte] = old | bit
        return not old & bit

    def missing(self, rows: Iterable[tuple[int]]) -> list[tuple[int]]:
        """Those of *rows* that are not marked; all were there when the import began."""
        bits = self._bits
        return [each for each in rows if not bits[each[0] >> 3] >> (each[0] & 7) & 1]


class LiveDigests:
    """Row and digest of stored objects by key.

    A source mostly gives objects in the order it gave them last time, which is their order in the
    file: so the rows after those of the last page are read first, and only what is not among them
    is looked up one by one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next_row: int | None = 0

    def of(self, keys: KeysView[str]) -> dict[str, tuple[int, bytes]]:
        """Read now, since an export may have changed them since the last page."""
        found = self._ahead(len(keys))
        missing = sorted(keys - found.keys())
        for start in range(0, len(missing), _QUERY_LIMIT):
            some = missing[start : start + _QUERY_LIMIT]
            sql = f"SELECT key, row, digest FROM objects WHERE key IN ({placeholders(len(some))})"
            found.update((key, (row, digest)) for key, row, digest in self._database.all(sql, some))
        rows = [found[key][0] for key in keys & found.keys()]
        close = bool(rows) and max(rows) - min(rows) < 2 * len(keys)
        self._next_row = max(rows) if close else None
        return found

    def _ahead(self, count: int) -> dict[str, tuple[int, bytes]]:
        if self._next_row is None:
            return {}
        sql = "SELECT key, row, digest FROM objects WHERE row > ? ORDER BY row LIMIT ?"
        rows = self._database.all(sql, (self._next_row, count))
        return {key: (row, digest) for key, row, digest in rows}
