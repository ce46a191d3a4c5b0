"""The connector: parameters, schema, imports and exports of SQL databases."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import evolve

from ecma2py.capabilities import MACapabilities, MADistinguishedNameStyle
from ecma2py.connector import Connector, ExportRun, ImportRun, Parameter
from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.errors import ECMA2Error, InvalidParameterError, StopRun
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    ParameterValidationResult,
)
from ecma2py.schema import Schema
from ecma2py.steps import CloseReason
from ecma2py_sql.catalogue import Catalogue
from ecma2py_sql.catalogue_odbc import OdbcCatalogue
from ecma2py_sql.catalogue_sqlite import SqliteCatalogue
from ecma2py_sql.config import PARAMETER, parse_object_types
from ecma2py_sql.dialects import SQLITE
from ecma2py_sql.errors import DatabaseError, run_error
from ecma2py_sql.exports import Batch
from ecma2py_sql.formats import DEFAULT_FORMAT
from ecma2py_sql.imports import import_types
from ecma2py_sql.mapping import MappedType, make_schema, map_types
from ecma2py_sql.moments import TIME_FORMAT, TIME_ZONE, parse_clock
from ecma2py_sql.odbc import open_odbc
from ecma2py_sql.session import Session
from ecma2py_sql.source import (
    DATA_SOURCE,
    DSN_FILE,
    OdbcSource,
    parse_connection_string,
    parse_dsn_file,
)
from ecma2py_sql.sqlite import SqliteSession
from ecma2py_sql.suggestions import suggest_object_types
from ecma2py_sql.writing import EntryWriter

_SQLITE = "sqlite:"


class SqlConnector(
    Connector,
    distinguished_name_style=MADistinguishedNameStyle.GENERIC,
    object_rename=False,
    concurrent_operation=True,
):
    """Objects are rows: a table an object type, a key the anchor, a row a value in other tables.

    DNs are ``CN=<key>,OBJECT=<type>``. Deltas need a watermark column and cannot see deletes.
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
    user_name = Parameter.string("User name", text="Overrides the user of the data source.")
    password = Parameter.secret("Password")
    command_timeout = Parameter.integer(
        "Command timeout", default=30, text="Seconds a statement may take; 0 for any time."
    )
    time_zone = Parameter.string(
        TIME_ZONE,
        default="UTC",
        text="Of columns that hold a date and time without a zone: an IANA name such as "
        "Europe/Berlin, or a Windows name such as W. Europe Standard Time.",
        page=ConfigParameterPage.GLOBAL,
    )
    time_format = Parameter.string(
        TIME_FORMAT,
        default=DEFAULT_FORMAT,
        text="Of columns of text whose type is overridden to datetime: a .NET format, in which Z "
        "stands for UTC.",
        page=ConfigParameterPage.GLOBAL,
    )
    object_types = Parameter.text(
        PARAMETER,
        text="TOML: a table per object type. Empty: a type for every table with a primary key.",
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
            self._types = self._mapped(self._session)
        except DatabaseError as error:
            raise run_error(error) from error

    def close(self, reason: CloseReason) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """Every row of the selected types, or every row changed since the watermark."""
        try:
            yield from import_types(self._opened(), self._types, run)
        except DatabaseError as error:
            raise run_error(error) from error

    def export_entries(
        self, run: ExportRun, changes: Sequence[CSEntryChange]
    ) -> list[CSEntryChangeResult]:
        """Each change written whole or not at all."""
        session = self._opened()
        writer = EntryWriter(session, self._types, run.types)
        return Batch(session, writer.write).export(changes)

    def get_capabilities_ex(self, config_parameters: ConfigParameters) -> MACapabilities:
        """As derived; deltas if a type has a watermark column."""
        capabilities = super().get_capabilities_ex(config_parameters)
        configs = parse_object_types(self.object_types)
        capabilities.delta_import = any(each.watermark for each in configs)
        return capabilities

    def get_config_parameters(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage
    ) -> list[ConfigParameterDefinition]:
        """The declared parameters; 'Object types' is filled in from the catalogue if reachable."""
        definitions = super().get_config_parameters(config_parameters, page)
        if page is ConfigParameterPage.SCHEMA and (
            config_parameters.text(DATA_SOURCE) or config_parameters.text(DSN_FILE)
        ):
            self.parameters = config_parameters
            suggested = self._suggested()
            definitions = [
                ConfigParameterDefinition.multi_line(each.name, suggested, text=each.text)
                if each.name == PARAMETER
                else each
                for each in definitions
            ]
        return definitions

    def validate_config_parameters(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage
    ) -> ParameterValidationResult:
        """As any connector; zone and format must be some, tables and columns must exist."""
        result = super().validate_config_parameters(config_parameters, page)
        if result.is_success and page is ConfigParameterPage.GLOBAL:
            self.parameters = config_parameters
            try:
                parse_clock(self.time_zone, self.time_format)
            except InvalidParameterError as error:
                return ParameterValidationResult.failure(str(error), error.parameter_name)
        if result.is_success and page is ConfigParameterPage.SCHEMA:
            try:
                self.get_schema(config_parameters)
            except ECMA2Error as error:
                return ParameterValidationResult.failure(str(error), PARAMETER)
        return result

    def _suggested(self) -> str:
        try:
            with self._connected() as session:
                return suggest_object_types(_catalogue(session))
        except ECMA2Error:
            # The connectivity page says what is wrong with the connection.
            return ""

    def _mapped(self, session: Session) -> dict[str, MappedType]:
        catalogue = _catalogue(session)
        text = self.object_types
        types = map_types(
            parse_object_types(text if text.strip() else suggest_object_types(catalogue)), catalogue
        )
        if not types:
            raise InvalidParameterError(
                f"{PARAMETER!r} describes no object type, and the database has no table with a "
                "primary key to suggest.",
                parameter_name=PARAMETER,
            )
        return types

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
        clock = parse_clock(self.time_zone, self.time_format)
        session = self._open_source()
        session.dialect = evolve(session.dialect, clock=clock)
        return session

    def _open_source(self) -> Session:
        source, timeout = self.data_source.strip(), self.command_timeout
        dsn_file = self.dsn_file.strip()
        if bool(source) is bool(dsn_file):
            raise InvalidParameterError(
                f"Where the database is comes from {DATA_SOURCE!r} or from {DSN_FILE!r}: fill in "
                f"{'one of them, not both' if source else 'one of them'}.",
                parameter_name=DATA_SOURCE,
            )
        if source.lower().startswith(_SQLITE):
            return SqliteSession.open(_path(source), timeout)
        return open_odbc(
            OdbcSource(
                parse_connection_string(source) if source else parse_dsn_file(dsn_file),
                user=self.user_name,
                password=self.password,
                timeout=timeout,
            )
        )

    def _opened(self) -> Session:
        if self._session is None:
            raise StopRun("The connection is not open: open it before importing or exporting.")
        return self._session


def _path(source: str) -> Path:
    """The file that ``sqlite:path`` or ``sqlite:///path`` names."""
    rest = source[len(_SQLITE) :]
    return Path(rest.removeprefix("///"))


def _catalogue(session: Session) -> Catalogue:
    return (
        SqliteCatalogue(session) if session.dialect.name == SQLITE.name else OdbcCatalogue(session)
    )
