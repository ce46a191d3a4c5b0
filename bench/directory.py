"""A connector that costs next to nothing: people and groups in memory, members in sets."""

from collections.abc import Iterator, Sequence
from itertools import count
from threading import RLock
from typing import Any

from bench.people import person
from ecma2py import (
    AttributeModificationType,
    AttributeType,
    Connector,
    CSEntryChange,
    CSEntryChangeResult,
    ExportRun,
    ImportRun,
    ObjectModificationType,
    ObjectNotFoundError,
    Parameter,
    Schema,
    SchemaAttribute,
    SchemaType,
)

SCHEMA = Schema(
    [
        SchemaType(
            "person",
            [
                SchemaAttribute.anchor("id"),
                SchemaAttribute.single("active", AttributeType.BOOLEAN),
                *(
                    SchemaAttribute.single(name)
                    for name in person(1)
                    if name not in ("id", "active")
                ),
            ],
        ),
        SchemaType(
            "group",
            [
                SchemaAttribute.anchor("id"),
                SchemaAttribute.single("displayName"),
                SchemaAttribute.multi("member", AttributeType.REFERENCE),
            ],
        ),
    ]
)


class Directory:
    """What would be the application, made once a process for each size asked for."""

    def __init__(self, people: int, groups: Sequence[int]) -> None:
        self.lock = RLock()
        self.ids = count(people + 1)
        self.reads = 0
        self.people: dict[str, dict[str, Any]] = {
            f"{number:07}": person(number) for number in range(1, people + 1)
        }
        self.groups: dict[str, dict[str, Any]] = {
            f"g{size}": {
                "displayName": f"Group of {size}",
                "member": {f"{number:07}" for number in range(1, size + 1)},
            }
            for size in groups
        }


_DIRECTORIES: dict[tuple[int, str], Directory] = {}


class BenchDirectory(Connector):
    """People and groups that last as long as the process."""

    people = Parameter.integer("People", default=10_000)
    groups = Parameter.string("Groups", default="", text="The size of each group")
    churn = Parameter.integer("Churn", default=0, text="How many people in 1000 change a run")

    @property
    def directory(self) -> Directory:
        """The application behind these parameters."""
        key = (self.people, self.groups)
        if key not in _DIRECTORIES:
            sizes = [int(each) for each in self.groups.split(",") if each]
            _DIRECTORIES[key] = Directory(self.people, sizes)
        return _DIRECTORIES[key]

    def schema(self) -> Schema:
        """People of 15 attributes, and groups."""
        return SCHEMA

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """Everything; some people with a title of this run."""
        directory, churn = self.directory, self.churn
        directory.reads += 1
        title = f"Engineer of run {directory.reads}"
        with directory.lock:
            people, groups = list(directory.people.items()), list(directory.groups.items())
        for place, (key, values) in enumerate(people):
            if place % 1000 < churn:
                values = {**values, "title": title}
            yield CSEntryChange.add("person", {"id": key}, attributes=values)
        for key, values in groups:
            members = sorted(values["member"])
            yield CSEntryChange.add("group", {"id": key}, attributes={**values, "member": members})

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> CSEntryChangeResult:
        """One person added, an object changed or removed; a member costs the same in any group."""
        directory = self.directory
        kind = change.object_modification_type
        with directory.lock:
            if kind is ObjectModificationType.ADD:
                key = f"{next(directory.ids):07}"
                directory.people[key] = dict(change.attributes)
                return CSEntryChangeResult.success(change, {"id": key})
            objects = directory.people if change.object_type == "person" else directory.groups
            found = objects.get(str(change.anchor["id"]))
            if found is None:
                raise ObjectNotFoundError(f"There is no {change.object_type} {change.anchor}.")
            if kind is ObjectModificationType.DELETE:
                del objects[str(change.anchor["id"])]
            else:
                _update(found, change)
        return CSEntryChangeResult.success(change)


def _update(found: dict[str, Any], change: CSEntryChange) -> None:
    for name, each in change.attribute_changes.items():
        if name == "member":
            if each.modification_type is AttributeModificationType.REPLACE:
                found[name] = set()
            found[name].difference_update(each.removed)
            found[name].update(each.values)
        elif each.modification_type is AttributeModificationType.DELETE:
            found.pop(name, None)
        else:
            found[name] = each.value
