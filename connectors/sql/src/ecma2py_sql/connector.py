"""The connector: parameters, schema, imports and exports of SQL databases."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from attrs import evolve

from ecma2py.capabilities import MACapabilities, MADistinguishedNameStyle, MAExportType
from ecma2py.connector import Connector, ExportRun, ImportRun, Parameter
from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.errors import ECMA2Error, InvalidParameterError, StopRun
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    ParameterValidationResult,
    SecureString,
)
from ecma2py.partitions import Partition
from ecma2py.schema import Schema
from ecma2py.steps import CloseReason, ConnectionSecurityLevel, PasswordOptions
from ecma2py_sql.deltas.imports import import_types
from ecma2py_sql.drivers.errors import DatabaseError, run_error
from ecma2py_sql.drivers.opening import catalogue_of, open_session
from ecma2py_sql.drivers.security import security_level
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.drivers.source import DATA_SOURCE, DSN_FILE, PASSWORD, USER_NAME
from ecma2py_sql.exporting.exports import Batch
from ecma2py_sql.exporting.hashes import check_library
from ecma2py_sql.exporting.own import check_written
from ecma2py_sql.exporting.passwords import PasswordConnection
from ecma2py_sql.exporting.writing import EntryWriter
from ecma2py_sql.importing.described import describe
from ecma2py_sql.mapping.config import parse_object_types
from ecma2py_sql.mapping.mapped import MappedType
from ecma2py_sql.mapping.resolving import make_schema, map_types
from ecma2py_sql.mapping.settings import DN_IS_ANCHOR, PARAMETER, TypeConfig, with_dn_as_anchor
from ecma2py_sql.mapping.suggestions import suggest_object_types
from ecma2py_sql.pages.answers import answered
from ecma2py_sql.pages.asking import Asking
from ecma2py_sql.pages.runs import Run, run_types
from ecma2py_sql.pages.tables import Tables
from ecma2py_sql.pages.types import detects_types, type_names
from ecma2py_sql.pages.wide import by_name, clock_of, finds_deltas, of_partition, partitions


class SqlConnector(
    Connector,
    distinguished_name_style=MADistinguishedNameStyle.GENERIC,
    object_rename=False,
    concurrent_operation=True,
):
    """Objects are rows: a table an object type, a key the anchor, a row a value in other tables.

    DNs are ``CN=<key or naming column>,OBJECT=<type>``. How deltas are found is said for each
    type.
    """

    data_source = Parameter.string(
        DATA_SOURCE,
        text="sqlite:///path/to/file.db, the name of an ODBC data source, or an ODBC connection "
        "string without the password.",
    )
    dsn_file = Parameter.text(
        DSN_FILE,
        text="In place of 'Data source': a File DSN, its lines or its path; UTF-8, without the "
        "password.",
    )
    user_name = Parameter.string(USER_NAME, text="Overrides the user of the data source.")
    password = Parameter.secret(PASSWORD)
    command_timeout = Parameter.integer(
        "Command Timeout", default=30, text="Seconds a statement may take; 0 for any time."
    )
    dn_is_anchor = Parameter.boolean(
        DN_IS_ANCHOR,
        text="The column that names an object is its key: one object type, which refers to itself "
        "alone.",
    )
    object_replace = Parameter.boolean(
        "Export Type:Object Replace",
        text="Send the whole object whatever changed, and clear what it does not have.",
    )
    object_types = Parameter.text(
        PARAMETER,
        text="TOML: a table per object type. Empty, with 'Object type detection method' empty as "
        "well: a type for every table with a primary key.",
        page=ConfigParameterPage.SCHEMA,
    )

    _session: Session | None = None
    _types: dict[str, MappedType]

    def schema(self) -> Schema:
        """Object types and attributes as configured, with what the catalogue says of columns."""
        with self._connected() as session:
            return make_schema(self._mapped(session))

    def check(self) -> None:
        with self._connected() as session:
            session.rows(session.dialect.probe)

    def open(self) -> None:
        self._session = self._connect()
        try:
            self._types = self._mapped(self._session, self.current_run, self.current_partition)
        except DatabaseError as error:
            raise run_error(error) from error

    def close(self, reason: CloseReason) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """Every row of the selected types, or every row changed since the watermark."""
        selected = run.types.types.values()
        run.types = Schema(each for each in selected if each.name in self._types)
        try:
            yield from import_types(self._opened(), self._types, run)
        except DatabaseError as error:
            raise run_error(error) from error

    def export_entries(
        self, run: ExportRun, changes: Sequence[CSEntryChange]
    ) -> Iterator[CSEntryChangeResult]:
        """Each change written whole or not at all."""
        session = self._opened()
        writer = EntryWriter(session, self._types, run.types)
        return Batch(session, writer.write, writer.write_all, is_alone=writer.is_own).export(
            changes
        )

    def set_password(
        self, cs_entry: CSEntryChange, new_password: SecureString, options: PasswordOptions
    ) -> None:
        """The object has *new_password*, as [<type>.password] says."""
        PasswordConnection(self._opened(), self._types).set(cs_entry, new_password, options)

    def change_password(
        self, cs_entry: CSEntryChange, old_password: SecureString, new_password: SecureString
    ) -> None:
        """The object has *new_password* if it had *old_password*."""
        PasswordConnection(self._opened(), self._types).change(cs_entry, old_password, new_password)

    def get_connection_security_level(self) -> ConnectionSecurityLevel:
        """Secure on this machine, and where the database says that the connection is encrypted."""
        return security_level(self._opened(), self.data_source or self.dsn_file)

    def get_capabilities_ex(self, config_parameters: ConfigParameters) -> MACapabilities:
        """As derived; deltas, renames and passwords as the object types have them.

        Partitions are there if the pages describe the types.
        """
        capabilities = super().get_capabilities_ex(config_parameters)
        capabilities.support_partitions = detects_types(config_parameters)
        if capabilities.support_partitions:
            with self._looked_up() as tables:
                configs = run_types(config_parameters, tables, None, None).configs
            capabilities.delta_import = finds_deltas(config_parameters)
        else:
            configs = self._configs(self.object_types)
            capabilities.delta_import = any(each.delta for each in configs)
        capabilities.object_rename = bool(configs) and all(each.is_renamable for each in configs)
        capabilities.is_dn_as_anchor = self.dn_is_anchor
        if self.object_replace:
            capabilities.export_type = MAExportType.OBJECT_REPLACE
        capabilities.support_password = any(each.password for each in configs)
        # So that an object and its password are written together.
        capabilities.export_password_in_first_pass = capabilities.support_password
        return capabilities

    def get_partitions(self, config_parameters: ConfigParameters) -> list[Partition]:
        """A partition for each type that the pages describe, else the one that is always there."""
        self.parameters = config_parameters
        if not detects_types(config_parameters):
            return [Partition.default()]
        with self._looked_up() as tables:
            return partitions(type_names(config_parameters, tables))

    def get_config_parameters(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage
    ) -> list[ConfigParameterDefinition]:
        """The first page where there are several, for a host that knows but one."""
        return self.get_config_parameters_ex(config_parameters, page, 1)

    def get_config_parameters_ex(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage, page_number: int
    ) -> list[ConfigParameterDefinition]:
        """What is declared here, and the fields of Microsoft's connector.

        'Object types' is filled in from the catalogue if that can be reached.
        """
        self.parameters = config_parameters
        declared: list[ConfigParameterDefinition] = []
        if page is not ConfigParameterPage.SCHEMA:
            declared = [each.definition for each in self._declared.values() if each.page is page]
        elif page_number == 1:
            declared = [self._object_types_field()]
        return [*declared, *self._asking.page(page, page_number)]

    def validate_config_parameters(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage
    ) -> ParameterValidationResult:
        """The first page where there are several."""
        return self.validate_config_parameters_ex(config_parameters, page, 1)

    def validate_config_parameters_ex(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage, page_number: int
    ) -> ParameterValidationResult:
        """The connection works, tables and columns exist, and each page goes with those before."""
        self.parameters = config_parameters
        try:
            answered(
                self.get_config_parameters_ex(config_parameters, page, page_number),
                config_parameters,
            )
            if page is ConfigParameterPage.CONNECTIVITY:
                self.check()
            if self._asking.check(page, page_number):
                self.get_schema(config_parameters)
                for each in self._configs(self.object_types):
                    if each.password and each.password.hash:
                        check_library(each.password.hash)
        except ECMA2Error as error:
            name = getattr(error, "parameter_name", "")
            return ParameterValidationResult.failure(str(error), name)
        return ParameterValidationResult()

    @property
    def _asking(self) -> Asking:
        return Asking(self.parameters, self._looked_up)

    def _object_types_field(self) -> ConfigParameterDefinition:
        declared = type(self).object_types.definition
        if detects_types(self.parameters) or not (self.data_source or self.dsn_file):
            return declared
        suggested = self._suggested()
        return ConfigParameterDefinition.multi_line(PARAMETER, suggested, text=declared.text)

    def _suggested(self) -> str:
        try:
            with self._connected() as session:
                return suggest_object_types(catalogue_of(session))
        except ECMA2Error:
            # The connectivity page says what is wrong with the connection.
            return ""

    def _mapped(
        self, session: Session, run: Run = None, partition: Partition | None = None
    ) -> dict[str, MappedType]:
        catalogue, text = catalogue_of(session), self.object_types
        if detects_types(self.parameters):
            found = run_types(self.parameters, Tables(session, catalogue), run, partition)
            mapped = map_types(found.configs, catalogue, partial(describe, session))
            types = {name: mapped[name] for name in found.names}
        else:
            types = map_types(
                self._configs(text if text.strip() else suggest_object_types(catalogue)),
                catalogue,
                partial(describe, session),
            )
        if not types:
            raise InvalidParameterError(
                f"{PARAMETER!r} describes no object type, and the database has no table with a "
                "primary key to suggest.",
                parameter_name=PARAMETER,
            )
        for each in types.values():
            check_written(each)
        return types

    def _configs(self, text: str) -> list[TypeConfig]:
        configs = parse_object_types(text)
        return with_dn_as_anchor(configs) if self.dn_is_anchor else configs

    @contextmanager
    def _connected(self) -> Iterator[Session]:
        session = self._connect()
        try:
            yield session
        except DatabaseError as error:
            raise run_error(error) from error
        finally:
            session.close()

    def _connect(self) -> Session:
        clock, named = clock_of(self.parameters), by_name(self.parameters)
        place, user, password = of_partition(self.parameters, self.user_name, self.password)
        session = open_session(
            "" if place else self.data_source,
            place or self.dsn_file,
            user=user,
            password=password,
            timeout=self.command_timeout,
        )
        session.dialect = evolve(session.dialect, clock=clock)
        session.named_parameters = named
        return session

    @contextmanager
    def _looked_up(self) -> Iterator[Tables]:
        with self._connected() as session:
            yield Tables(session, catalogue_of(session))

    def _opened(self) -> Session:
        if self._session is None:
            raise StopRun("The connection is not open: open it before importing or exporting.")
        return self._session
