"""Directories the suite runs against, and the connector driven through its protocols."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from attrs import define, field, frozen

from ecma2py import (
    CloseExportConnectionRunStep,
    CloseImportConnectionRunStep,
    CloseReason,
    ConfigParameters,
    CSEntryChange,
    GetImportEntriesRunStep,
    HierarchyNode,
    OpenExportConnectionRunStep,
    OpenImportConnectionRunStep,
    OperationType,
    Partition,
    Schema,
    SecureString,
)
from ecma2py_ldap import LdapConnector

Parameters = dict[str, str | SecureString]


@frozen
class Directory:
    """An empty container of a server, and how the connector reaches it."""

    base: str
    url: str
    account: str
    password: str = field(repr=False)
    parameters: Parameters = field(repr=False)

    def dn(self, name: str, container: str = "people") -> str:
        """The DN of a name that needs no escaping."""
        return f"cn={name},ou={container},{self.base}"

    def host(self, **changed: str | SecureString) -> "Host":
        """The connector with these parameters, ``_`` standing for a space in their names."""
        given = {name.replace("_", " "): value for name, value in changed.items()}
        return Host(ConfigParameters({**self.parameters, **given}))

    def add(self, ldif: str) -> None:
        """Add entries."""
        self.tool("ldapadd", stdin=ldif)

    def modify(self, ldif: str) -> None:
        """Change entries."""
        self.tool("ldapmodify", stdin=ldif)

    def tool(self, program: str, *arguments: str, stdin: str = "") -> str:
        """What one of OpenLDAP's own programs says; its failure is the test's."""
        command = [program, "-x", "-H", self.url, "-D", self.account, "-w", self.password]
        done = subprocess.run(
            [*command, *arguments], input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def can_bind(self, dn: str, password: str) -> bool:
        """Whether the password is that of *dn*."""
        command = ["ldapwhoami", "-x", "-H", self.url, "-D", dn, "-w", password]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


@define
class Host:
    """A connector driven as a host drives it, a fresh instance each time."""

    parameters: ConfigParameters
    custom_data: str | None = None
    """What the last import left for the next."""

    def schema(self) -> Schema:
        return LdapConnector().get_schema(self.parameters)

    def full(self, types: Schema | None = None, **step: Any) -> list[CSEntryChange]:
        """The entries of a full import."""
        return self._import(OperationType.FULL, types, **step)

    def delta(self, types: Schema | None = None, **step: Any) -> list[CSEntryChange]:
        """The entries of a delta import since the last import."""
        return self._import(OperationType.DELTA, types, **step)

    def state(self, types: Schema | None = None) -> dict[str, dict[str, Any]]:
        """What a full import finds: attributes by DN without classes, values of a list as a set."""
        return {str(entry.dn): content(entry) for entry in self.full(types)}

    def settled(self, is_so: Callable[[dict[str, dict[str, Any]]], bool]) -> dict[str, Any]:
        """The state once it is so, or after ten seconds as it is.

        OpenLDAP answers a rename first and changes the references to the object afterwards.
        """
        end = time.monotonic() + 10
        while not is_so(state := self.state()) and time.monotonic() < end:
            time.sleep(0.02)
        return state

    def export(self, *changes: CSEntryChange) -> list[Any]:
        """The results of exporting *changes*, in their order."""
        with self.exporting() as connector:
            results = connector.put_export_entries(list(changes)).cs_entry_change_results
        assert [each.identifier for each in results] == [each.identifier for each in changes]
        return list(results)

    @contextmanager
    def exporting(self) -> Iterator[Any]:
        """A connector in an export session."""
        connector: Any = LdapConnector()
        connector.open_export_connection(
            self.parameters, self.schema(), OpenExportConnectionRunStep()
        )
        try:
            yield connector
        finally:
            connector.close_export_connection(CloseExportConnectionRunStep())

    @contextmanager
    def setting_passwords(self) -> Iterator[Any]:
        """A connector in a password session."""
        connector: Any = LdapConnector()
        connector.open_password_connection(self.parameters, None)
        try:
            yield connector
        finally:
            connector.close_password_connection()

    def partitions(self) -> list[Partition]:
        return LdapConnector().get_partitions(self.parameters)

    def children(self, parent: str) -> list[HierarchyNode]:
        return LdapConnector().get_hierarchy(self.parameters, HierarchyNode(parent))

    def _import(
        self,
        kind: OperationType,
        types: Schema | None,
        *,
        page_size: int = 500,
        partition: Partition | None = None,
        included: Sequence[str] = (),
        excluded: Sequence[str] = (),
    ) -> list[CSEntryChange]:
        connector: Any = LdapConnector()
        step = OpenImportConnectionRunStep(
            import_type=kind,
            page_size=page_size,
            custom_data=self.custom_data,
            step_partition=partition,
            inclusion_hierarchy_nodes=[HierarchyNode(dn) for dn in included],
            exclusion_hierarchy_nodes=[HierarchyNode(dn) for dn in excluded],
        )
        connector.open_import_connection(self.parameters, types or self.schema(), step)
        entries: list[CSEntryChange] = []
        reason = CloseReason.UNKNOWN
        try:
            more = True
            while more:
                page = connector.get_import_entries(GetImportEntriesRunStep())
                entries += page.cs_entries
                more = page.more_to_import
            reason = CloseReason.NORMAL
        finally:
            left = connector.close_import_connection(CloseImportConnectionRunStep(reason=reason))
            self.custom_data = left.custom_data or self.custom_data
        return entries


def content(entry: CSEntryChange) -> dict[str, Any]:
    """The attributes of an entry without its classes."""
    return {
        name: frozenset(value) if isinstance(value, list) else value
        for name, value in entry.attributes.items()
        if name != "objectClass"
    }


def codes(results: Sequence[Any]) -> list[str]:
    """The ECMA2 names of the error codes."""
    return [each.error_code.ecma_name for each in results]


def anchor(result: Any) -> dict[str, Any]:
    """The anchor a result brings."""
    return {each.name: each.value for each in result.anchor_attributes}
