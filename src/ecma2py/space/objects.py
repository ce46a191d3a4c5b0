"""Reading objects: by id, anchor, DN or value, and in stable order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

import orjson

from ecma2py.schema import Value
from ecma2py.space.catalog import Catalog, identity_of
from ecma2py.space.database import Database, Row, placeholders
from ecma2py.space.errors import SpaceValueError
from ecma2py.space.indexes import Indexes
from ecma2py.space.records import SpaceObject

COLUMNS = "o.id, o.type, o.row, o.version, o.created, o.modified, o.dn, o.key, o.anchor, o.document"
_BY_ID = f"SELECT {COLUMNS} FROM objects o WHERE o.id = ?"
_BY_KEY = f"SELECT {COLUMNS} FROM objects o WHERE o.key = ?"
_BY_REFERENCE = f"SELECT {COLUMNS} FROM objects o WHERE o.ref_key = ? ORDER BY o.row LIMIT 1"
_BY_VALUE = (
    f"SELECT {COLUMNS} FROM lookup l CROSS JOIN objects o ON o.row = l.row "
    "WHERE l.idx = ? AND l.key = ? ORDER BY l.row LIMIT ?"
)
_BY_LINK = (
    f"SELECT {COLUMNS} FROM links l CROSS JOIN objects o ON o.row = l.row "
    "WHERE l.key = ? AND l.attribute = ? AND o.type = ? ORDER BY l.row LIMIT ?"
)
_BY_ROW = f"SELECT {COLUMNS} FROM objects o WHERE o.row IN "
_PAGE = f"SELECT {COLUMNS} FROM objects o WHERE o.type = ? ORDER BY o.row LIMIT ? OFFSET ?"
_AFTER = f"SELECT {COLUMNS} FROM objects o WHERE o.type = ? AND o.row > ? ORDER BY o.row LIMIT ?"
_DOCUMENTS = "SELECT row, document FROM objects WHERE type = ? AND row > ? ORDER BY row LIMIT ?"
_CHUNK = 500


class ObjectReads:
    """Every read sees all that was acknowledged before it began."""

    _database: Database
    _catalog: Catalog
    _indexes: Indexes

    def made(self, row: Row) -> SpaceObject:
        """The object in a row of ``COLUMNS``."""
        return SpaceObject(row[0], self._catalog.type_names[row[1]], *row[2:])

    def get(self, object_type: str, id: str) -> SpaceObject | None:
        """The object of this type and SCIM id; None if there is none."""
        found = self.by_id(id)
        return found if found is not None and found.object_type == object_type else None

    def by_id(self, id: str) -> SpaceObject | None:
        """The object of this SCIM id, whatever its type."""
        return self._only(_BY_ID, id)

    def by_anchor(self, object_type: str, anchor: Mapping[str, Value]) -> SpaceObject | None:
        """The object of this anchor; ``SpaceValueError`` if a component is missing."""
        return self._only(_BY_KEY, self._catalog.key(self._catalog.plan(object_type), anchor, None))

    def by_dn(self, dn: str) -> SpaceObject | None:
        """The object others refer to by this text: its DN, without DNs its anchor."""
        return self._only(_BY_REFERENCE, self._catalog.reference_key(dn))

    def _only(self, sql: str, text: str) -> SpaceObject | None:
        try:
            row = self._database.one(sql, (text,))
        except UnicodeEncodeError:
            return None  # half a character pair is in no stored text
        return self.made(row) if row is not None else None

    def _objects(self, sql: str, parameters: Sequence[str | int]) -> list[SpaceObject]:
        try:
            return [self.made(row) for row in self._database.all(sql, parameters)]
        except UnicodeEncodeError:
            return []

    def has_index(self, object_type: str, attribute: str) -> bool:
        """True if ``find`` answers for this attribute without reading all objects."""
        plan = self._catalog.plans.get(object_type)
        linked = plan is not None and attribute in plan.links
        return linked or self._indexes.usable(object_type, attribute) is not None

    def find(
        self, object_type: str, attribute: str, value: Value, limit: int | None = None
    ) -> list[SpaceObject]:
        """The objects that have the value, in stable order, compared by the attribute's rule.

        The first *limit* of them, all for None. Without an index this reads all objects of the
        type, and asks for an index that the next search will find.
        """
        at_most = -1 if limit is None else limit
        plan = self._catalog.plans.get(object_type)
        if plan is not None and attribute in plan.links:
            key = self._catalog.reference_key(str(value))
            number = self._catalog.attribute_ids[attribute]
            return self._objects(_BY_LINK, (key, number, plan.type_id, at_most))
        index = self._indexes.usable(object_type, attribute)
        if index is not None:
            return self._objects(_BY_VALUE, (index.id, index.key(value), at_most))
        if object_type not in self._catalog.type_ids:
            return []
        self._indexes.want(object_type, attribute)
        rows = list(islice(self._matching(object_type, attribute, value), limit))
        return list(self.by_rows(rows))

    def _matching(self, object_type: str, attribute: str, value: Value) -> Iterator[int]:
        """The rows that have the value, found by reading them all."""
        key_of = self._key_function(object_type, attribute)
        wanted = key_of(value)
        type_id, after = self._catalog.type_ids[object_type], 0
        while True:
            rows = self._database.all(_DOCUMENTS, (type_id, after, _CHUNK))
            for row, document in rows:
                values = orjson.loads(document).get(attribute)
                each = values if isinstance(values, list) else (values,)
                if values is not None and any(key_of(one) == wanted for one in each):
                    yield row
            if len(rows) < _CHUNK:
                return
            after = rows[-1][0]

    def match_key(self, object_type: str, attribute: str, value: Value) -> str:
        """Equal for two values exactly if ``find`` takes them for the same one."""
        return self._key_function(object_type, attribute)(value)

    def _key_function(self, object_type: str, attribute: str) -> Callable[[Value], str]:
        if object_type in self._catalog.plans:
            return self._indexes.key_for(object_type, attribute)
        raise SpaceValueError(f"Object type {object_type!r} is no longer in the schema.")

    def by_rows(self, rows: Sequence[int]) -> Iterator[SpaceObject]:
        """The objects in these rows, in stable order, read a page at a time."""
        for start in range(0, len(rows), _CHUNK):
            some = rows[start : start + _CHUNK]
            sql = f"{_BY_ROW}({placeholders(len(some))}) ORDER BY o.row"
            yield from self._objects(sql, some)

    def page(self, object_type: str, offset: int, limit: int) -> list[SpaceObject]:
        """At most *limit* objects after the first *offset*, in stable order."""
        type_id = self._catalog.type_ids.get(object_type, 0)
        return self._objects(_PAGE, (type_id, max(limit, 0), max(offset, 0)))

    def scan(self, object_type: str, after_row: int = 0, limit: int = 500) -> list[SpaceObject]:
        """At most *limit* objects behind a row, in stable order.

        Such a page costs the same wherever it lies, and no change in between shifts it.
        """
        type_id = self._catalog.type_ids.get(object_type, 0)
        return self._objects(_AFTER, (type_id, after_row, max(limit, 0)))

    def count(self, object_type: str) -> int:
        """How many objects of the type there are."""
        row = self._database.one("SELECT objects FROM types WHERE name = ?", (object_type,))
        return int(row[0]) if row is not None else 0

    def resolve_ids(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Object type and reference text of each of the ids that exists."""
        found: dict[str, tuple[str, str]] = {}
        for start in range(0, len(ids), _CHUNK):
            some = [id for id in ids[start : start + _CHUNK] if id.isascii()]
            sql = f"SELECT id, type, dn, key FROM objects WHERE id IN ({placeholders(len(some))})"
            for id, type_id, dn, key in self._database.all(sql, some):
                found[id] = self._catalog.type_names[type_id], dn or identity_of(key)
        return found
