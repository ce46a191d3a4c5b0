"""A small world for the tests of the connector space: a schema, entries, imports in one call."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.entries import AttributeChange, CSEntryChange
from ecma2py.schema import AttributeOperation, AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.space import CommitReport, MatchRule, SqliteSpace, Write
from ecma2py.space.importing import SqliteImport

LDAP = MADistinguishedNameStyle.LDAP

SCHEMA = Schema(
    [
        SchemaType(
            "user",
            [
                SchemaAttribute.anchor("key"),
                SchemaAttribute.single("mail"),
                SchemaAttribute.single("title"),
                SchemaAttribute.single("level", AttributeType.INTEGER),
                SchemaAttribute.single("active", AttributeType.BOOLEAN),
                SchemaAttribute.single("photo", AttributeType.BINARY),
                SchemaAttribute.single("manager", AttributeType.REFERENCE),
                SchemaAttribute.single("pin", operation=AttributeOperation.EXPORT_ONLY),
                SchemaAttribute.single("seen", operation=AttributeOperation.IMPORT_ONLY),
                SchemaAttribute.multi("phones"),
                SchemaAttribute.multi("keys", AttributeType.BINARY),
            ],
        ),
        SchemaType(
            "group",
            [
                SchemaAttribute.anchor("key"),
                SchemaAttribute.single("title"),
                SchemaAttribute.multi("member", AttributeType.REFERENCE),
                SchemaAttribute.multi(
                    "owner", AttributeType.REFERENCE, operation=AttributeOperation.IMPORT_ONLY
                ),
            ],
        ),
    ]
)
MATCHING = (MatchRule("user", "mail"), MatchRule("user", "key", case_exact=True))


def open_space(path: Path, **changes: Any) -> SqliteSpace:
    """The space at *path* for the small world, unless *changes* say otherwise."""
    facts: dict[str, Any] = {
        "connector": "hr",
        "schema": SCHEMA,
        "dn_style": LDAP,
        "matching": MATCHING,
    }
    return SqliteSpace.open(path, **{**facts, **changes})


def dn_of(key: str) -> str:
    """The DN an object of this anchor has unless a test gives it another."""
    return f"CN={key},DC=test"


def user(key: str, *, dn: str | None = None, **attributes: Any) -> CSEntryChange:
    """A user as an import gives it."""
    return CSEntryChange.add("user", {"key": key}, dn=dn or dn_of(key), attributes=attributes)


def group(key: str, members: Iterable[str] = (), **attributes: Any) -> CSEntryChange:
    """A group as an import gives it; members by anchor."""
    attributes["member"] = [dn_of(member) for member in members]
    return CSEntryChange.add("group", {"key": key}, dn=dn_of(key), attributes=attributes)


def changed(kind: str, key: str, *changes: AttributeChange, dn: str | None = None) -> CSEntryChange:
    """A change of one object."""
    return CSEntryChange.update(kind, {"key": key}, dn=dn, changes=changes)


def gone(kind: str, key: str) -> CSEntryChange:
    """The end of one object."""
    return CSEntryChange.delete(kind, {"key": key})


def write(space: SqliteSpace, *changes: CSEntryChange) -> list[Any]:
    """Write accepted changes through."""
    return space.apply([Write(change) for change in changes])


def begin(space: SqliteSpace, *, full: bool = True, **given: Any) -> SqliteImport:
    """An import of which the first page has been asked for."""
    stage = space.begin_import(full, 1, **given)
    stage.begin_page()
    return stage


def run(
    space: SqliteSpace,
    entries: Iterable[CSEntryChange],
    *,
    full: bool = True,
    guard_share: float = 1.0,
    watermark: str | None = None,
    **given: Any,
) -> CommitReport:
    """A whole import of one page."""
    stage = begin(space, full=full, **given)
    stage.stage(list(entries))
    return stage.commit(watermark, guard_share=guard_share)


def contents(space: SqliteSpace) -> dict[tuple[str, str], dict[str, Any]]:
    """Everything the space holds, by type and anchor, links among the attributes."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for kind, schema_type in space_types().items():
        links = [
            name
            for name, each in schema_type.attributes.items()
            if each.data_type is AttributeType.REFERENCE and each.is_multi_valued
        ]
        binary = {
            name
            for name, each in schema_type.attributes.items()
            if each.data_type is AttributeType.BINARY
        }
        for each in space.scan(kind, 0, 10_000):
            attributes: dict[str, Any] = dict(each.typed(binary))
            for name in links:
                if texts := space.references(each.row, name):
                    attributes[name] = sorted(texts)
            found[kind, str(each.anchor["key"])] = {"dn": each.dn, **attributes}
    return found


def space_types() -> Mapping[str, SchemaType]:
    """The types of the small world."""
    return SCHEMA.types


def counts(report: CommitReport) -> tuple[int, int, int, int]:
    """Added, updated, deleted, unchanged."""
    return report.added, report.updated, report.deleted, report.unchanged
