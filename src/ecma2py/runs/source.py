"""Where connectors come from: a fresh instance for every run, and what it says about itself."""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy

from attrs import define, field, frozen

from ecma2py.capabilities import MACapabilities
from ecma2py.connector import (
    IMAExtensible2CallExport,
    IMAExtensible2CallImport,
    IMAExtensible2FileExport,
    IMAExtensible2FileImport,
    IMAExtensible2GetCapabilities,
    IMAExtensible2GetCapabilitiesEx,
    IMAExtensible2GetHierarchy,
    IMAExtensible2GetPartitions,
    IMAExtensible2GetSchema,
    IMAExtensible2Password,
)
from ecma2py.connector.died import ConnectorDiedError
from ecma2py.errors import ConfigurationError
from ecma2py.parameters import (
    ConfigParameterPage,
    ConfigParameters,
    ParameterValidationResult,
)
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.runs import pages
from ecma2py.runs.calls import ConnectorThread
from ecma2py.runs.checks import expect, expect_list
from ecma2py.runs.gate import RunGate
from ecma2py.runs.instance import ConnectorInstance
from ecma2py.runs.redaction import Redactor
from ecma2py.schema import Schema

DEFAULT_TIMEOUT = 120.0
"""Seconds a connector call may take unless told otherwise."""
MAX_HANGING = 16
"""How many calls that never came back a source bears before it makes no more instances."""


@frozen(kw_only=True)
class Description:
    """What a connector says about itself, given its parameters."""

    schema: Schema
    capabilities: MACapabilities
    partitions: tuple[Partition, ...]
    """At least one: a connector without partitions has the default one."""
    interfaces: frozenset[type]
    """The protocols of ``ecma2py.connector`` it satisfies, whatever the capabilities say."""

    @property
    def can_import(self) -> bool:
        """True if objects can be read: the interface is there and ``support_import`` is on."""
        ways = {IMAExtensible2CallImport, IMAExtensible2FileImport}
        return self.capabilities.support_import and not ways.isdisjoint(self.interfaces)

    @property
    def can_export(self) -> bool:
        """True if changes can be written: the interface is there and ``support_export`` is on."""
        ways = {IMAExtensible2CallExport, IMAExtensible2FileExport}
        return self.capabilities.support_export and not ways.isdisjoint(self.interfaces)

    @property
    def can_set_password(self) -> bool:
        """True if passwords can be set: the interface and ``support_password``."""
        return self.capabilities.support_password and IMAExtensible2Password in self.interfaces

    @property
    def has_hierarchy(self) -> bool:
        """True if partitions can be opened into containers."""
        wanted = IMAExtensible2GetHierarchy
        return self.capabilities.support_hierarchy and wanted in self.interfaces


@define(eq=False)
class _Shared:
    """What a source has in common with its copies."""

    redactor: Redactor
    gate: RunGate = field(factory=RunGate)
    lock: threading.Lock = field(factory=threading.Lock)
    hanging: list[ConnectorThread] = field(factory=list)
    description: Description | None = None


class ConnectorSource:
    """A connector with its parameters; every run gets an instance of its own from here.

    *factory* makes a connector without arguments, e.g. its class. *timeout* is seconds a call,
    None for no limit. *schema* is for a file-based connector that cannot tell its own.
    """

    def __init__(
        self,
        factory: Callable[[], object],
        parameters: ConfigParameters | None = None,
        *,
        name: str = "connector",
        timeout: float | None = DEFAULT_TIMEOUT,
        schema: Schema | None = None,
    ) -> None:
        self.factory = factory
        self.parameters = ConfigParameters() if parameters is None else parameters
        self.run_parameters = self.parameters
        """What imports and exports are opened with; all else goes by ``parameters``."""
        self.name = name
        self.timeout = timeout
        self._given_schema = schema
        self._shared = _Shared(Redactor.of(self.parameters))

    @property
    def redactor(self) -> Redactor:
        """Knows every secret of this source and of its copies."""
        return self._shared.redactor

    def with_timeout(self, timeout: float | None) -> "ConnectorSource":
        """The same connector with other seconds a call: runs of both still exclude each other."""
        other = copy(self)
        other.timeout = timeout
        return other

    def with_parameters(self, overlay: ConfigParameters) -> "ConnectorSource":
        """The same connector, whose imports and exports get the values in *overlay*.

        They are those of ECMA2's partition and run-step pages, which are filled in for each
        partition and each run step. Schema, capabilities, partitions, hierarchy and passwords go by
        ``parameters``. Runs of both still exclude each other.
        """
        other = copy(self)
        other.run_parameters = self.run_parameters.overlaid(overlay)
        with self._shared.lock:
            self._shared.redactor = self._shared.redactor.also(*overlay.secrets)
        return other

    def describe(
        self, *, refresh: bool = False, cancel: threading.Event | None = None
    ) -> Description:
        """Schema, capabilities, partitions and interfaces; asked for once, then remembered.

        Once *cancel* is set, it is not waited for long: ``CallCancelledError``. Raises what the
        connector raises, ``ConfigurationError`` for a schema that may not be used,
        ``UnexpectedDataError`` for an answer of the wrong type.
        """
        with self._shared.lock:
            known = self._shared.description
        if known is None or refresh:
            with self.instance(cancel=cancel) as instance:
                known = _described(instance, self.parameters, self._given_schema)
            with self._shared.lock:
                self._shared.description = known
        return known

    def validate(
        self, wanted: Collection[ConfigParameterPage] = pages.PAGE_ORDER
    ) -> ParameterValidationResult:
        """The first refusal of a wanted page's values, by their definitions or by the connector.

        They are the values that a run gets.
        """
        with self.instance() as instance:
            return pages.validate(instance, self.run_parameters, wanted)

    def hierarchy(self, parent: HierarchyNode) -> list[HierarchyNode]:
        """The containers directly below *parent*; none if the connector has no hierarchy."""
        if not self.describe().has_hierarchy:
            return []
        with self.instance() as instance:
            nodes = instance.call("get_hierarchy", self.parameters, parent)
            return expect_list(nodes, HierarchyNode, "get_hierarchy")

    @contextmanager
    def instance(self, *, cancel: threading.Event | None = None) -> Iterator[ConnectorInstance]:
        """A fresh connector whose thread ends with the ``with`` block."""
        instance = self.start(cancel=cancel)
        try:
            yield instance
        finally:
            instance.end()

    def start(self, *, cancel: threading.Event | None = None) -> ConnectorInstance:
        """A fresh connector; whoever starts it must ``end`` it.

        ``ConnectorDiedError`` if too many earlier ones still hang in a call.
        """
        shared = self._shared
        with shared.lock:
            shared.hanging = [each for each in shared.hanging if each.is_alive]
            stuck = sum(each.is_given_up for each in shared.hanging)
        if stuck >= MAX_HANGING:
            raise ConnectorDiedError(
                f"{stuck} calls of connector {self.name} never came back. Restart the process, and "
                "see why the connector hangs."
            )
        thread = ConnectorThread(f"connector {self.name}")
        with shared.lock:
            shared.hanging.append(thread)
        return ConnectorInstance(
            self.factory, thread, redactor=self.redactor, timeout=self.timeout, cancel=cancel
        )

    def admit(self, *, cancel: threading.Event | None = None) -> AbstractContextManager[None]:
        """A ``with`` block in which no other run works, unless the connector can do several."""
        if self.describe(cancel=cancel).capabilities.concurrent_operation:
            return nullcontext()
        return self._shared.gate.hold(cancel=cancel)

    @property
    def gate(self) -> RunGate | None:
        """What runs must pass one by one; None for a connector that can do several at once."""
        return None if self.describe().capabilities.concurrent_operation else self._shared.gate


def _described(
    instance: ConnectorInstance, parameters: ConfigParameters, given: Schema | None
) -> Description:
    interfaces = instance.interfaces
    if IMAExtensible2GetCapabilitiesEx in interfaces:
        capabilities = instance.call("get_capabilities_ex", parameters)
    elif IMAExtensible2GetCapabilities in interfaces:
        capabilities = instance.read("capabilities")
    else:
        capabilities = MACapabilities()
    expect(capabilities, MACapabilities, "capabilities")
    if IMAExtensible2GetSchema in interfaces:
        schema = expect(instance.call("get_schema", parameters), Schema, "get_schema")
    elif given is not None:
        schema = given
    else:
        raise ConfigurationError(
            "The connector has no get_schema: implement it, or give the schema with the source."
        )
    schema.validate()
    partitions: list[Partition] = []
    if capabilities.support_partitions and IMAExtensible2GetPartitions in interfaces:
        found = instance.call("get_partitions", parameters)
        partitions = expect_list(found, Partition, "get_partitions")
    return Description(
        schema=schema,
        capabilities=capabilities,
        partitions=tuple(partitions) or (Partition.default(),),
        interfaces=interfaces,
    )
