"""A whole connector in one screen: people and groups in memory, with delta import and passwords."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from threading import RLock

from ecma2py import (
    AttributeType,
    ConnectionSecurityLevel,
    Connector,
    CSEntryChange,
    ExportRun,
    ImportRun,
    ObjectAlreadyExistsError,
    ObjectModificationType,
    ObjectNotFoundError,
    Parameter,
    PasswordOptions,
    PasswordPolicyViolationError,
    Schema,
    SchemaAttribute,
    SchemaType,
    SecureString,
    Value,
    Values,
    apply_change,
)

Key = tuple[str, Value]


class Directory:
    """What would be the application: objects by type and id, and when each last changed."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.objects: dict[Key, dict[str, Values]] = {}
        self.changed: dict[Key, int] = {}
        self.passwords: dict[Value, str] = {}
        self.clock = count(1)
        self.ids = count(1)

    def touch(self, key: Key) -> None:
        """Remember that this object changed now; the newest change comes last."""
        self.changed.pop(key, None)
        self.changed[key] = next(self.clock)


DIRECTORIES: dict[str, Directory] = defaultdict(Directory)


class MemoryDirectory(Connector, delta_import=True):
    """People and groups that last as long as the process."""

    name = Parameter.string("Name", default="default", text="Which of the directories to use")

    def schema(self) -> Schema:
        """People and groups; references hold ids."""
        single, multi = SchemaAttribute.single, SchemaAttribute.multi
        names = ("givenName", "familyName", "mail", "title", "department", "phone", "externalId")
        person = SchemaType(
            "person",
            [
                SchemaAttribute.anchor("id"),
                single("login", required=True, max_length=256),
                *(single(name) for name in names),
                single("active", AttributeType.BOOLEAN),
                single("badge", AttributeType.INTEGER),
                single("photo", AttributeType.BINARY),
                single("manager", AttributeType.REFERENCE),
                multi("tags"),
            ],
        )
        group = SchemaType(
            "group",
            [
                SchemaAttribute.anchor("id"),
                single("displayName", required=True),
                single("externalId"),
                multi("member", AttributeType.REFERENCE),
            ],
        )
        return Schema([person, group])

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """Everything, or what changed since the watermark, in the order it changed."""
        directory = DIRECTORIES[self.name]
        with directory.lock:
            since = int(run.watermark or 0) if run.is_delta else 0
            keys = [key for key, when in directory.changed.items() if when > since]
            run.next_watermark = str(next(directory.clock))
        for object_type, anchor in keys:
            if object_type not in run.types.types:
                continue
            run.reading()
            found = directory.objects.get((object_type, anchor))
            if found is not None:
                make = CSEntryChange.replace if run.is_delta else CSEntryChange.add
                yield make(object_type, {"id": anchor}, attributes=found)
            elif run.is_delta:
                yield CSEntryChange.delete(object_type, {"id": anchor})

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> dict[str, Value]:
        """One object added, changed or removed; an Add without an id gets the next number."""
        directory = DIRECTORIES[self.name]
        adding = change.object_modification_type is ObjectModificationType.ADD
        with directory.lock:
            anchor = change.anchor.get("id") or f"{next(directory.ids):06}"
            key = (str(change.object_type), anchor)
            before = directory.objects.get(key)
            if adding and before is not None:
                raise ObjectAlreadyExistsError(f"There is a {key[0]} {anchor!r} already.")
            if not adding and before is None:
                raise ObjectNotFoundError(f"There is no {key[0]} {anchor!r}.")
            if change.object_modification_type is ObjectModificationType.DELETE:
                del directory.objects[key]
            else:
                directory.objects[key] = apply_change(before or {}, change)
            directory.touch(key)
        return {"id": anchor}

    def get_connection_security_level(self) -> ConnectionSecurityLevel:
        """Nothing leaves the process."""
        return ConnectionSecurityLevel.SECURE

    def set_password(
        self, cs_entry: CSEntryChange, new_password: SecureString, options: PasswordOptions
    ) -> None:
        """Passwords have eight characters or more here."""
        if len(new_password.reveal()) < 8:
            raise PasswordPolicyViolationError("A password has at least eight characters.")
        DIRECTORIES[self.name].passwords[cs_entry.anchor["id"]] = new_password.reveal()
