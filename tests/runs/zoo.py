"""Real connectors with planted misbehaviour, on a target that remembers every call."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, evolve, field

from ecma2py.capabilities import MACapabilities, MADistinguishedNameStyle, MAExportType
from ecma2py.entries import (
    CSEntryChange,
    CSEntryChangeResult,
    ObjectModificationType,
    apply_change,
)
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.partitions import Partition
from ecma2py.runs import ConnectorSource
from ecma2py.schema import AttributeOperation, AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.steps import (
    CloseImportConnectionResults,
    CloseReason,
    ConnectionSecurityLevel,
    GetImportEntriesResults,
    OpenImportConnectionResults,
    PutExportEntriesResults,
)

PERSON = SchemaType(
    "person",
    [
        SchemaAttribute.anchor("id"),
        SchemaAttribute.single("name"),
        SchemaAttribute.single("age", AttributeType.INTEGER),
        SchemaAttribute.single("active", AttributeType.BOOLEAN),
        SchemaAttribute.single("photo", AttributeType.BINARY),
        SchemaAttribute.multi("mail"),
        SchemaAttribute.multi("codes", AttributeType.INTEGER),
        SchemaAttribute.single("manager", AttributeType.REFERENCE),
        SchemaAttribute.multi("member", AttributeType.REFERENCE),
        SchemaAttribute.single("created", operation=AttributeOperation.IMPORT_ONLY),
        SchemaAttribute.single("pin", operation=AttributeOperation.EXPORT_ONLY),
    ],
)
UNIT = SchemaType(
    "unit",
    [SchemaAttribute.anchor("code", AttributeType.INTEGER), SchemaAttribute.single("name")],
    possible_dn_components_for_provisioning=["OU"],
)
SCHEMA = Schema([PERSON, UNIT])
NO_DN = MACapabilities(
    distinguished_name_style=MADistinguishedNameStyle.NONE,
    export_type=MAExportType.ATTRIBUTE_UPDATE,
    delete_add_as_replace=False,
)
LDAP = evolve(NO_DN, distinguished_name_style=MADistinguishedNameStyle.LDAP)


def person(number: int | str, **attributes: Any) -> CSEntryChange:
    """A sound person."""
    return CSEntryChange.add("person", {"id": str(number)}, attributes=attributes)


@define
class Target:
    """What all instances of one connector share: the objects, and the trace of calls."""

    entries: list[Any] = field(factory=list)
    """What an import gives."""
    calls: list[tuple[Any, ...]] = field(factory=list)
    objects: dict[Any, dict[str, Any]] = field(factory=dict)
    batches: list[list[CSEntryChange]] = field(factory=list)
    hooks: dict[str, Callable[..., Any]] = field(factory=dict)
    """What a method does instead of what it should; gets the connector and the arguments."""
    capabilities: MACapabilities = NO_DN
    schema: Any = SCHEMA
    instances: int = 0
    passwords: dict[str, str] = field(factory=dict)
    security: ConnectionSecurityLevel = ConnectionSecurityLevel.SECURE
    open_now: int = 0
    most_open: int = 0
    lock: Any = field(factory=threading.Lock)

    def source(self, connector: type | None = None, **more: Any) -> ConnectorSource:
        """A source of connectors on this target."""
        made = connector or Raw
        return ConnectorSource(lambda: made(self), **more)

    def names(self) -> list[str]:
        """The names of the calls so far."""
        return [call[0] for call in self.calls]

    def reasons(self, method: str = "close_import_connection") -> list[CloseReason]:
        """The reasons given to Close."""
        return [call[1] for call in self.calls if call[0] == method]


class Base:
    """Schema, capabilities and the hooks."""

    def __init__(self, target: Target) -> None:
        self.target = target
        target.instances += 1
        self.thread = threading.current_thread()

    def _called(self, name: str, *args: Any) -> Any:
        assert threading.current_thread() is self.thread, "a connector has one thread"
        self.target.calls.append((name, *args))
        hook = self.target.hooks.get(name)
        return hook(self, *args) if hook else None

    def get_schema(self, config_parameters: ConfigParameters) -> Any:
        self._called("get_schema")
        return self.target.schema

    @property
    def capabilities(self) -> MACapabilities:
        return self.target.capabilities


class Raw(Base):
    """Import, export and passwords by the protocols themselves."""

    import_default_page_size = 3
    import_max_page_size = 1000
    export_default_page_size = 50
    export_max_page_size = 100

    def _opened(self) -> None:
        with self.target.lock:
            self.target.open_now += 1
            self.target.most_open = max(self.target.most_open, self.target.open_now)

    def _closed(self) -> None:
        with self.target.lock:
            self.target.open_now -= 1

    def open_import_connection(self, config_parameters: Any, types: Any, step: Any) -> Any:
        self._opened()
        self.step = step
        self.left = list(self.target.entries)
        answer = self._called("open_import_connection", step)
        return OpenImportConnectionResults() if answer is None else answer

    def get_import_entries(self, step: Any) -> Any:
        answer = self._called("get_import_entries", step)
        if answer is not None:
            return answer
        page, self.left = self.left[: self.step.page_size], self.left[self.step.page_size :]
        return GetImportEntriesResults(cs_entries=page, more_to_import=bool(self.left))

    def close_import_connection(self, step: Any) -> Any:
        self._closed()
        answer = self._called("close_import_connection", step.reason, step.custom_data)
        return CloseImportConnectionResults() if answer is None else answer

    def open_export_connection(self, config_parameters: Any, types: Any, step: Any) -> None:
        self._opened()
        self._called("open_export_connection", step)

    def put_export_entries(self, cs_entries: list[CSEntryChange]) -> Any:
        self.target.batches.append(cs_entries)
        answer = self._called("put_export_entries", cs_entries)
        if answer is not None:
            return answer
        return PutExportEntriesResults([self.apply(entry) for entry in cs_entries])

    def apply(self, entry: CSEntryChange) -> CSEntryChangeResult:
        """Do to the target what the entry says."""
        key = tuple(entry.anchor.items()) or entry.dn
        objects = self.target.objects
        if entry.object_modification_type is ObjectModificationType.DELETE:
            objects.pop(key, None)
        else:
            objects[key] = apply_change(objects.get(key, {}), entry)
        return CSEntryChangeResult.success(entry)

    def close_export_connection(self, step: Any) -> None:
        self._closed()
        self._called("close_export_connection", step.reason)

    def open_password_connection(self, config_parameters: Any, partition: Partition | None) -> None:
        self._opened()
        self._called("open_password_connection")

    def close_password_connection(self) -> None:
        self._closed()
        self._called("close_password_connection")

    def get_connection_security_level(self) -> ConnectionSecurityLevel:
        return self.target.security

    def set_password(self, entry: CSEntryChange, new: SecureString, options: Any) -> None:
        self._called("set_password", entry, new.reveal())
        self.target.passwords[str(entry.anchor.get("id"))] = new.reveal()

    def change_password(self, entry: CSEntryChange, old: SecureString, new: SecureString) -> None:
        self._called("change_password", entry, old.reveal(), new.reveal())


def results(*given: CSEntryChangeResult) -> PutExportEntriesResults:
    """An answer of put_export_entries."""
    return PutExportEntriesResults(list(given))


def page(
    entries: Sequence[Any] = (), *, more: bool = False, custom_data: str | None = None
) -> GetImportEntriesResults:
    """An answer of get_import_entries."""
    return GetImportEntriesResults(
        cs_entries=list(entries), more_to_import=more, custom_data=custom_data
    )
