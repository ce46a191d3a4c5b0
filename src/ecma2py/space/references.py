"""Who refers to whom: the references an object holds, and the objects that hold one to it."""

import orjson

from ecma2py.space.catalog import Catalog
from ecma2py.space.database import Database
from ecma2py.space.indexes import Indexes
from ecma2py.space.objects import COLUMNS, ObjectReads
from ecma2py.space.records import SpaceObject

Resolved = tuple[str | None, str | None, str]
"""SCIM id and object type of the object referred to, None where unknown, and the text."""

_ALL = -1
_TEXTS = "SELECT text FROM links WHERE row = ? AND attribute = ? ORDER BY key LIMIT ? OFFSET ?"
_TARGET = "(SELECT min(row) FROM objects WHERE ref_key = l.key)"
_RESOLVED = (
    "SELECT o.id, o.type, l.text FROM links l "
    f"LEFT JOIN objects o ON o.row = {_TARGET} "
    "WHERE l.row = ? AND l.attribute = ? ORDER BY l.key LIMIT ? OFFSET ?"
)


class ReferenceReads(ObjectReads):
    """References by their text; a text that no object answers to is kept as it is."""

    _database: Database
    _catalog: Catalog
    _indexes: Indexes

    def references(
        self, row: int, attribute: str, *, offset: int = 0, limit: int | None = None
    ) -> list[str]:
        """The reference texts of one attribute in stable order, single-valued or not."""
        number = self._catalog.attribute_ids.get(attribute)
        if number is not None:
            bounds = _ALL if limit is None else limit, offset
            found = [text for (text,) in self._database.all(_TEXTS, (row, number, *bounds))]
            if found or offset:
                return found
        single = self._single(row, attribute)
        return [single][offset : None if limit is None else offset + limit] if single else []

    def reference_ids(
        self, row: int, attribute: str, *, offset: int = 0, limit: int | None = None
    ) -> list[Resolved]:
        """As ``references``, each with id and type of the object it leads to."""
        number = self._catalog.attribute_ids.get(attribute)
        if number is not None:
            bounds = _ALL if limit is None else limit, offset
            rows = self._database.all(_RESOLVED, (row, number, *bounds))
            if rows or offset:
                names = self._catalog.type_names
                return [(id, names.get(type_id), text) for id, type_id, text in rows]
        return [self._resolved(t) for t in self.references(row, attribute, offset=offset)]

    def _resolved(self, text: str) -> Resolved:
        found = self.by_dn(text)
        return (found.id, found.object_type, text) if found else (None, None, text)

    def _single(self, row: int, attribute: str) -> str | None:
        found = self._database.one("SELECT document FROM objects WHERE row = ?", (row,))
        text = orjson.loads(found[0]).get(attribute) if found is not None else None
        return text if isinstance(text, str) else None

    def count_references(self, row: int, attribute: str) -> int:
        """How many references the attribute holds."""
        number = self._catalog.attribute_ids.get(attribute)
        if number is None:
            return len(self.references(row, attribute))
        sql = "SELECT count(*) FROM links WHERE row = ? AND attribute = ?"
        found = self._database.one(sql, (row, number))
        return int(found[0]) if found is not None else 0

    def has_reference(self, row: int, attribute: str, text: str) -> bool:
        """True if the attribute refers to the object that *text* names, however it is spelled."""
        key = self._catalog.reference_key(text)
        number = self._catalog.attribute_ids.get(attribute)
        if number is None:
            held = self._single(row, attribute)
            return held is not None and self._catalog.reference_key(held) == key
        sql = "SELECT 1 FROM links WHERE row = ? AND attribute = ? AND key = ?"
        return self._database.one(sql, (row, number, key)) is not None

    def referrers(
        self, object_type: str | None, attribute: str | None, target_text: str
    ) -> list[SpaceObject]:
        """The objects that refer to the target ("member in"), in stable order.

        None stands for every type, and for every reference attribute.
        """
        key = self._catalog.reference_key(target_text)
        plans = [
            plan
            for plan in self._catalog.plans.values()
            if object_type is None or plan.name == object_type
        ]
        numbers = {
            self._catalog.attribute_ids[name]
            for plan in plans
            for name in plan.links
            if attribute is None or name == attribute
        }
        indexes = [
            index
            for plan in plans
            for index in self._indexes.of_type(plan.type_id)
            if index.kind == "reference" and (attribute is None or index.attribute == attribute)
        ]
        types = ",".join(str(plan.type_id) for plan in plans)
        sql = (
            f"SELECT {COLUMNS} FROM objects o WHERE o.type IN ({types}) AND o.row IN ("
            f"SELECT row FROM links WHERE key = ? AND attribute IN ({_listed(numbers)}) "
            "UNION SELECT row FROM lookup WHERE key = ? "
            f"AND idx IN ({_listed({index.id for index in indexes})})) ORDER BY o.row"
        )
        found = {each.row: each for each in self._objects(sql, (key, key))}
        for index in indexes:
            if not index.complete:
                name = self._catalog.type_names[index.type_id]
                rows = set(self._matching(name, index.attribute, target_text))
                found.update((o.row, o) for o in self.by_rows(sorted(rows - found.keys())))
        return [found[row] for row in sorted(found)]


def _listed(numbers: set[int]) -> str:
    return ",".join(map(str, sorted(numbers)))
