"""The connector: parameters, schema, imports, exports and passwords of LDAP directories."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ecma2py.capabilities import MACapabilities, MADistinguishedNameStyle
from ecma2py.connector import Connector, ExportRun, ImportRun, Parameter
from ecma2py.entries import CSEntryChange
from ecma2py.errors import (
    ECMA2Error,
    EntryPointNotImplementedError,
    InvalidParameterError,
    StopRun,
)
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    ParameterValidationResult,
    SecureString,
)
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.schema import Schema, Value
from ecma2py.steps import CloseReason, ConnectionSecurityLevel, PasswordOptions
from ecma2py_ldap.config import DEFAULT, PARAMETER
from ecma2py_ldap.connection import Directory
from ecma2py_ldap.errors import DirectoryError, run_error
from ecma2py_ldap.exports import EntryWriter
from ecma2py_ldap.imports import Source, full_import, timestamp_import, timestamp_watermark
from ecma2py_ldap.mapping import DN_ANCHOR, make_schema
from ecma2py_ldap.passwords import PasswordWriter
from ecma2py_ldap.selection import BASES, Selection
from ecma2py_ldap.server import children, partitions
from ecma2py_ldap.session import Session
from ecma2py_ldap.settings import Security, ServerSettings

_SCHEMA = ConfigParameterPage.SCHEMA
_GLOBAL = ConfigParameterPage.GLOBAL
_NO_DELTA, _BY_TIMESTAMP = "none", "modifyTimestamp"


class LdapConnector(
    Connector,
    distinguished_name_style=MADistinguishedNameStyle.LDAP,
    object_rename=True,
    concurrent_operation=True,
):
    """Objects are the entries of a directory, sorted into types by their structural class.

    Aliases and referrals are not followed. Deltas by modifyTimestamp cannot see deletes.
    """

    host = Parameter.string("Host", required=True, text="Name or address of the server.")
    port = Parameter.integer("Port", default=0, text="0 for 389, or 636 with ldaps.")
    security = Parameter.choice(
        "Security", [each.value for each in Security], default=Security.STARTTLS.value
    )
    verify = Parameter.boolean(
        "Verify certificate",
        default=True,
        text="Refuse a certificate that is not valid for the host.",
    )
    ca_file = Parameter.string(
        "CA file",
        text="PEM file of the authorities to trust. Empty: those that the system trusts.",
    )
    bind_dn = Parameter.string("Bind DN", text="Empty: bind anonymously.")
    password = Parameter.secret("Bind password")
    timeout = Parameter.integer("Timeout", default=30, text="Seconds to wait; 0 for any time.")
    page_size = Parameter.integer("Page size", default=500, text="Entries asked for at once.")
    delta = Parameter.choice(
        "Delta import",
        [_NO_DELTA, _BY_TIMESTAMP],
        default=_NO_DELTA,
        text="modifyTimestamp finds changed and new objects, but no deleted ones.",
        page=_GLOBAL,
    )
    overlap = Parameter.integer(
        "Delta overlap",
        default=60,
        text="Seconds before the last import that a delta reads again: more than clocks differ.",
        page=_GLOBAL,
    )
    object_types = Parameter.text(
        PARAMETER,
        default=DEFAULT,
        text="TOML: a table per object type with its structural class.",
        page=_SCHEMA,
    )
    bases = Parameter.text(
        BASES, text="DNs below which objects are, one a line. Empty: everywhere.", page=_SCHEMA
    )
    anchor = Parameter(
        ConfigParameterDefinition.drop_down(
            "Anchor",
            ["entryUUID", "objectGUID", DN_ANCHOR],
            "entryUUID",
            extensible=True,
            text="The attribute that identifies an object for life. dn: an object renamed in the "
            "directory is taken for another.",
        ),
        _SCHEMA,
        str,
    )

    _session: Session | None = None

    def schema(self) -> Schema:
        """Object types as configured, attributes as the server's schema has them."""
        with self._connected() as session:
            return make_schema(session.types)

    def check(self) -> None:
        with self._connected() as session:
            session.check_root()

    def open(self) -> None:
        self._session = self._connect()

    def close(self, reason: CloseReason) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.directory.close()

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """Every object of the selected types, or every one changed since the watermark."""
        session = self._opened()
        if run.is_delta and self.delta == _NO_DELTA:
            raise EntryPointNotImplementedError(
                "'Delta import' is none: choose modifyTimestamp, or run a full import."
            )
        with _as_run_error():
            contexts = session.root.contexts
            source = Source(
                session.directory,
                session.types,
                Selection.of(run, session.bases, contexts),
                _number("Page size", self.page_size, range(1, 100_001)),
            )
            if run.is_delta:
                yield from timestamp_import(
                    source, run, _number("Delta overlap", self.overlap, range(31_536_000))
                )
            else:
                yield from full_import(source, run)
        if self.delta == _BY_TIMESTAMP:
            run.next_watermark = timestamp_watermark(session.root.time)

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> Mapping[str, Value] | None:
        """One change, whole or not at all; the anchor the directory assigned."""
        session = self._opened()
        with _as_run_error():
            writer = EntryWriter(session.directory, session.locator)
        return writer.write(change)

    def get_connection_security_level(self) -> ConnectionSecurityLevel:
        """Secure if the connection is made with TLS."""
        if Security(self.security) is Security.NONE:
            return ConnectionSecurityLevel.NOT_SECURE
        return ConnectionSecurityLevel.SECURE

    def set_password(
        self, cs_entry: CSEntryChange, new_password: SecureString, options: PasswordOptions
    ) -> None:
        """Set a password without the old one."""
        self._password_writer().set(cs_entry, new_password, options)

    def change_password(
        self, cs_entry: CSEntryChange, old_password: SecureString, new_password: SecureString
    ) -> None:
        """Set a password for whoever knows the old one."""
        self._password_writer().change(cs_entry, old_password, new_password)

    def get_partitions(self, config_parameters: ConfigParameters) -> list[Partition]:
        """The naming contexts that hold a base, or all."""
        self.parameters = config_parameters
        with self._connected() as session:
            return partitions(session.root, session.bases)

    def get_hierarchy(
        self, config_parameters: ConfigParameters, parent: HierarchyNode
    ) -> list[HierarchyNode]:
        """The containers one level below *parent*."""
        self.parameters = config_parameters
        with self._connected() as session:
            return children(session.directory, parent.dn)

    def get_capabilities_ex(self, config_parameters: ConfigParameters) -> MACapabilities:
        """As derived; deltas and the DN as the anchor where they were chosen."""
        capabilities = super().get_capabilities_ex(config_parameters)
        capabilities.delta_import = self.delta != _NO_DELTA
        capabilities.is_dn_as_anchor = self.anchor == DN_ANCHOR
        return capabilities

    def validate_config_parameters(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage
    ) -> ParameterValidationResult:
        """As any connector; on the schema page the server must know every name and base."""
        result = super().validate_config_parameters(config_parameters, page)
        if result.is_success and page is _SCHEMA:
            try:
                self.get_schema(config_parameters)
                with self._connected() as session:
                    session.check_bases()
            except ECMA2Error as error:
                return ParameterValidationResult.failure(
                    str(error), getattr(error, "parameter_name", "")
                )
        return result

    def _connect(self) -> Session:
        settings = ServerSettings(
            host=self.host,
            port=_number("Port", self.port, range(2**16)),
            security=Security(self.security),
            verify=self.verify,
            ca_file=Path(self.ca_file) if self.ca_file else None,
            bind_dn=self.bind_dn,
            password=self.password,
            timeout=_number("Timeout", self.timeout, range(86_400)),
        )
        return Session(
            Directory.connect(settings),
            bases=self.bases,
            object_types=self.object_types,
            anchor=self.anchor,
        )

    @contextmanager
    def _connected(self) -> Iterator[Session]:
        with _as_run_error():
            session = self._connect()
            try:
                yield session
            finally:
                session.directory.close()

    def _opened(self) -> Session:
        if self._session is None:
            raise StopRun("The connection is not open: open it before importing or exporting.")
        return self._session

    def _password_writer(self) -> PasswordWriter:
        session = self._opened()
        return PasswordWriter(session.directory, session.locator, session.root, session.schema)


@contextmanager
def _as_run_error() -> Iterator[None]:
    """Turns a refusal that concerns no single entry into the error of the run."""
    try:
        yield
    except DirectoryError as error:
        raise run_error(error) from error


def _number(name: str, value: int, allowed: range) -> int:
    if value not in allowed:
        raise InvalidParameterError(
            f"{name!r} is {value}: give a number from {allowed[0]} to {allowed[-1]}.",
            parameter_name=name,
        )
    return value
