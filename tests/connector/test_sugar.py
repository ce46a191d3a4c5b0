"""``Connector`` in plain methods: which protocols follow, and what each call does."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ecma2py import (
    BadServerCredentialsError,
    CloseExportConnectionRunStep,
    CloseImportConnectionRunStep,
    CloseReason,
    ConfigParameterPage,
    ConfigParameters,
    ConnectionSecurityLevel,
    Connector,
    CSEntryChange,
    CSEntryChangeResult,
    EntryExportError,
    EntryPointNotImplementedError,
    ExportRun,
    FailedConnectionError,
    GetImportEntriesRunStep,
    HierarchyNode,
    IMAExtensible2CallExport,
    IMAExtensible2CallImport,
    IMAExtensible2FileImport,
    IMAExtensible2GetCapabilities,
    IMAExtensible2GetCapabilitiesEx,
    IMAExtensible2GetHierarchy,
    IMAExtensible2GetParameters,
    IMAExtensible2GetPartitions,
    IMAExtensible2GetSchema,
    IMAExtensible2Password,
    ImportRun,
    InvalidParameterError,
    InvalidSchemaError,
    MACapabilities,
    MADistinguishedNameStyle,
    MAExportError,
    MAExportType,
    ObjectNotFoundError,
    OpenExportConnectionRunStep,
    OpenImportConnectionRunStep,
    OperationType,
    Parameter,
    Partition,
    PasswordOptions,
    PasswordPolicyViolationError,
    Schema,
    SchemaAttribute,
    SchemaType,
    SecureString,
    ServerDownError,
    WriteImportFileResults,
    WriteImportFileRunStep,
    error_code,
)
from ecma2py.runs import ConnectorSource

SCHEMA = Schema([SchemaType("user", [SchemaAttribute.anchor("id")])])
NONE = ConfigParameters()


class Importing(Connector, delta_import=True):
    """Only reads."""

    closed: list[CloseReason]

    def schema(self) -> Schema:
        return SCHEMA

    def open(self) -> None:
        self.closed = []
        self.ended = False

    def close(self, reason: CloseReason) -> None:
        self.closed.append(reason)

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        try:
            for number in range(5):
                yield CSEntryChange.add("user", {"id": f"{run.watermark}-{number}"})
            run.next_watermark = "next"
        finally:
            self.ended = True


class Exporting(Connector):
    """Only writes, one change at a time, as the change's anchor says."""

    def schema(self) -> Schema:
        return SCHEMA

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> Any:
        behaviour = change.anchor["id"]
        if isinstance(behaviour, str) and behaviour.startswith("raise"):
            raise {
                "raise-missing": ObjectNotFoundError("gone"),
                "raise-named": EntryExportError(
                    "no", MAExportError.EXPORT_ERROR_INVALID_DN, error_name="mine"
                ),
                "raise-bug": KeyError("bug"),
                "raise-down": ServerDownError("down"),
                "raise-lost": FailedConnectionError("lost"),
            }[behaviour]
        if behaviour == "anchor":
            return {"id": "assigned"}
        if behaviour == "result":
            return CSEntryChangeResult.failure(change, MAExportError.EXPORT_ERROR_INVALID_DN)
        return None


class Batching(Connector):
    """Writes batches, with a result for the first alone."""

    def schema(self) -> Schema:
        return SCHEMA

    def export_entries(
        self, run: ExportRun, changes: Sequence[CSEntryChange]
    ) -> Iterator[CSEntryChangeResult | None]:
        yield CSEntryChangeResult.success(changes[0])
        yield None


class Everything(Connector, distinguished_name_style=MADistinguishedNameStyle.LDAP):
    """Partitions, hierarchy, passwords and a file, by the protocols' own methods."""

    def schema(self) -> Schema:
        return SCHEMA

    def get_partitions(self, config_parameters: ConfigParameters) -> list[Partition]:
        return [Partition("DC=a")]

    def get_hierarchy(
        self, config_parameters: ConfigParameters, parent: HierarchyNode
    ) -> list[HierarchyNode]:
        return []

    def write_import_file(
        self, config_parameters: ConfigParameters, types: Schema, step: WriteImportFileRunStep
    ) -> WriteImportFileResults:
        return WriteImportFileResults()

    def set_password(
        self, cs_entry: CSEntryChange, new_password: SecureString, options: PasswordOptions
    ) -> None:
        raise PasswordPolicyViolationError("short")


def protocols(connector: Connector) -> set[str]:
    """The names of the optional protocols a connector satisfies, without their common prefix."""
    known = (
        IMAExtensible2CallImport,
        IMAExtensible2CallExport,
        IMAExtensible2FileImport,
        IMAExtensible2GetPartitions,
        IMAExtensible2GetHierarchy,
        IMAExtensible2Password,
    )
    return {p.__name__.removeprefix("IMAExtensible2") for p in known if isinstance(connector, p)}


def test_protocols_follow_from_methods() -> None:
    """A connector has the protocols of what it defines, and no other."""
    assert protocols(Importing()) == {"CallImport"}
    assert protocols(Exporting()) == {"CallExport"}
    assert protocols(Batching()) == {"CallExport"}
    assert protocols(Everything()) == {"FileImport", "GetPartitions", "GetHierarchy", "Password"}
    for connector in (Importing(), Exporting(), Everything()):
        assert isinstance(connector, IMAExtensible2GetSchema)
        assert isinstance(connector, IMAExtensible2GetCapabilitiesEx)
        assert isinstance(connector, IMAExtensible2GetParameters)


def test_capabilities_of_an_authors_own_count() -> None:
    """ECMA2's property is taken as it is, also where parameters decide; twice told is refused."""

    class Own(Exporting):
        depth = Parameter.integer("Depth")

        @property
        def capabilities(self) -> MACapabilities:
            return MACapabilities(export_type=MAExportType.ATTRIBUTE_REPLACE, full_export=True)

    described = ConnectorSource(Own, timeout=5).describe().capabilities
    assert described == Own().capabilities
    assert not isinstance(Exporting(), IMAExtensible2GetCapabilities)
    with pytest.raises(TypeError, match="twice"):

        class Twice(Exporting, full_export=True):
            capabilities = MACapabilities()


def test_capabilities_follow_and_are_overridden() -> None:
    """Capabilities are those of what is defined, unless a class keyword says otherwise."""
    importing = Importing().get_capabilities_ex(NONE)
    everything = Everything().get_capabilities_ex(NONE)

    assert (importing.support_import, importing.support_export) == (True, False)
    assert importing.delta_import
    assert importing.export_type is MAExportType.ATTRIBUTE_UPDATE
    assert not importing.object_rename
    assert everything.object_rename
    assert everything.support_import
    assert everything.support_password
    assert everything.support_partitions
    assert everything.support_hierarchy
    assert not everything.support_export
    with pytest.raises(TypeError):
        type("Wrong", (Connector,), {}, no_such_capability=True)


def test_keywords_are_inherited() -> None:
    """A subclass keeps the parameters and capabilities of its base."""

    class Base(Connector, delta_import=True):
        one = Parameter.string("One", default="1")

    class Derived(Base, full_export=True):
        two = Parameter.string("Two")

    capabilities: MACapabilities = Derived().get_capabilities_ex(NONE)
    page = ConfigParameterPage.CONNECTIVITY
    assert (capabilities.delta_import, capabilities.full_export) == (True, True)
    assert [each.name for each in Derived().get_config_parameters(NONE, page)] == ["One", "Two"]
    assert Derived().one == "1"


def test_import_pages() -> None:
    """The host pages, the author yields; the watermark set on the way comes back at close."""
    connector: Any = Importing()
    step = OpenImportConnectionRunStep(page_size=2, custom_data="w")
    connector.open_import_connection(NONE, SCHEMA, step)

    pages = [connector.get_import_entries(GetImportEntriesRunStep()) for _ in range(3)]
    closed = connector.close_import_connection(CloseImportConnectionRunStep())

    assert [len(page.cs_entries) for page in pages] == [2, 2, 1]
    assert [page.more_to_import for page in pages] == [True, True, False]
    assert pages[0].cs_entries[0].anchor == {"id": "w-0"}
    assert closed.custom_data == "next"
    assert connector.closed == [CloseReason.NORMAL]


def test_import_cut_short() -> None:
    """Closing in the middle ends the author's generator and leaves no watermark."""
    connector: Any = Importing()
    connector.open_import_connection(NONE, SCHEMA, OpenImportConnectionRunStep(page_size=2))
    connector.get_import_entries(GetImportEntriesRunStep())

    step = CloseImportConnectionRunStep(reason=CloseReason.TERMINATED_BY_USER)
    closed = connector.close_import_connection(step)

    assert connector.ended
    assert closed.custom_data is None
    assert connector.closed == [CloseReason.TERMINATED_BY_USER]


def test_close_without_open() -> None:
    """Close after an open that failed before it began does no harm."""
    connector: Any = Importing()
    connector.closed = []

    assert connector.close_import_connection(CloseImportConnectionRunStep()).custom_data is None


def test_full_object_import() -> None:
    """Objects asked for come from import_objects; without it the request is refused."""

    class Finding(Importing):
        def import_objects(
            self, run: ImportRun, wanted: list[CSEntryChange]
        ) -> Iterator[CSEntryChange]:
            yield from wanted

    step = OpenImportConnectionRunStep(page_size=9, import_type=OperationType.FULL_OBJECT)
    finding: Any = Finding()
    finding.open_import_connection(NONE, SCHEMA, step)
    wanted = [CSEntryChange("user", anchor={"id": "7"})]
    page = finding.get_import_entries(GetImportEntriesRunStep(full_object_entries=wanted))

    assert page.cs_entries == wanted
    plain: Any = Importing()
    with pytest.raises(EntryPointNotImplementedError):
        plain.open_import_connection(NONE, SCHEMA, step)


def exported(connector: Any, *anchors: str) -> list[CSEntryChangeResult]:
    """The results of one batch of changes with these anchors."""
    connector.open_export_connection(NONE, SCHEMA, OpenExportConnectionRunStep(batch_size=9))
    batch = [CSEntryChange.delete("user", {"id": anchor}) for anchor in anchors]
    results = connector.put_export_entries(batch).cs_entry_change_results
    connector.close_export_connection(CloseExportConnectionRunStep())
    return results  # type: ignore[no-any-return]


def test_whatever_is_raised_is_the_entrys_result() -> None:
    """One bad entry has its own result, and the others theirs."""
    results = exported(
        Exporting(), "ok", "raise-missing", "raise-named", "raise-bug", "anchor", "result"
    )

    assert [each.error_code.name for each in results] == [
        "SUCCESS",
        "EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT",
        "EXPORT_ERROR_INVALID_DN",
        "EXPORT_ERROR_CUSTOM_CONTINUE_RUN",
        "SUCCESS",
        "EXPORT_ERROR_INVALID_DN",
    ]
    assert results[2].error_name == "mine"
    assert results[3].error_name == "KeyError"
    assert results[4].anchor_attributes[0].value == "assigned"


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        ("raise-down", MAExportError.EXPORT_ERROR_CUSTOM_STOP_RUN),
        ("raise-lost", MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_ERROR),
    ],
)
def test_errors_that_end_the_run(failure: str, code: MAExportError) -> None:
    """What ends a run ends its batch: what was done stays done, the rest was not sent."""
    results = exported(Exporting(), "ok", failure, "later")

    assert results[0].error_code is MAExportError.SUCCESS
    assert [each.error_code for each in results[1:]] == [code, code]
    assert "Not sent" in results[2].error_detail


class Returning(Connector):
    """Gives back whatever it is told to."""

    answers: dict[object, object] = {}

    def schema(self) -> Schema:
        return SCHEMA

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> Any:
        return self.answers.get(change.anchor["id"])


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("42", "is str"),
        (True, "is bool"),
        (False, "is bool"),
        ({"id": None}, "is NoneType"),
        ({"id": ["a"]}, "is list"),
        ({"id": 1.5}, "is float"),
    ],
)
def test_what_is_no_anchor_is_that_entrys_error(answer: object, text: str) -> None:
    """Nonsense given back for one entry leaves the others alone, and says what it was."""
    made: Any = type("Made", (Returning,), {"answers": {"bad": answer, "good": {"id": "7"}}})()

    before, bad, good = exported(made, "before", "bad", "good")

    assert before.error_code is good.error_code is MAExportError.SUCCESS
    assert bad.error_code is MAExportError.EXPORT_ERROR_CUSTOM_CONTINUE_RUN
    assert text in bad.error_detail


class Yielding(Connector):
    """Yields results until an entry makes it raise."""

    def schema(self) -> Schema:
        return SCHEMA

    def export_entries(
        self, run: ExportRun, changes: list[CSEntryChange]
    ) -> Iterator[CSEntryChangeResult]:
        while changes:
            change = changes.pop(0)
            if change.anchor["id"] == "bad":
                raise ObjectNotFoundError("gone")
            yield CSEntryChangeResult.success(change)


def test_results_that_were_yielded_before_an_error_hold() -> None:
    """The entries without one have the error; if there was none, the batch has it."""
    results = exported(Yielding(), "a", "b", "bad", "c")
    missing = MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT

    assert [each.error_code for each in results] == [*[MAExportError.SUCCESS] * 2, *[missing] * 2]
    assert len({each.identifier for each in results}) == 4
    with pytest.raises(ObjectNotFoundError):
        exported(Yielding(), "bad", "c")


def test_batches() -> None:
    """A batch method gives the results it wants to give; nothing stands for success."""
    assert len(exported(Batching(), "a", "b")) == 1


def test_passwords() -> None:
    """Setting is the author's, changing is refused unless defined, and nothing is called secure."""
    connector: Any = Everything()
    connector.open_password_connection(NONE, None)

    assert connector.get_connection_security_level() is ConnectionSecurityLevel.NOT_SECURE
    with pytest.raises(EntryPointNotImplementedError):
        connector.change_password(CSEntryChange(), SecureString("a"), SecureString("b"))
    connector.close_password_connection()
    policy = MAExportError.EXPORT_ERROR_PASSWORD_POLICY_VIOLATION
    assert error_code(PasswordPolicyViolationError()) is policy


class Opening(Connector):
    """Notes what is known when it opens."""

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        return iter(())

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> None: ...

    def set_password(self, *args: Any) -> None: ...

    def open(self) -> None:
        self.known = (type(self.current_run), self.current_partition)


def test_open_knows_the_run_and_its_partition() -> None:
    """An author connects as the run and the partition need it; a password belongs to no run."""
    connector: Any = Opening()
    here = Partition("here")
    connector.open_import_connection(
        NONE, Schema(), OpenImportConnectionRunStep(step_partition=here)
    )
    assert connector.known == (ImportRun, here)
    connector.open_export_connection(NONE, Schema(), OpenExportConnectionRunStep())
    assert connector.known == (ExportRun, None)
    connector.open_password_connection(NONE, here)
    assert connector.known == (type(None), here)


class Declared(Connector):
    """One parameter of each kind."""

    host = Parameter.string("Host", required=True)
    notes = Parameter.text("Notes", default="a\nb")
    key = Parameter.secret("Key")
    port = Parameter.integer("Port", default=389)
    limit = Parameter.integer("Limit", page=ConfigParameterPage.GLOBAL)
    tls = Parameter.boolean("TLS", default=True)
    style = Parameter.choice("Style", ["plain", "fancy"], default="plain")
    folder = Parameter.file("Folder", default="x")

    def schema(self) -> Schema:
        if self.host == "down":
            raise BadServerCredentialsError("refused")
        return SCHEMA


def test_parameters_are_typed() -> None:
    """A declared parameter reads as its own type, with its default where it is not given."""
    connector = Declared()
    connector.parameters = ConfigParameters(
        {"Host": "db", "Key": SecureString("secret"), "Port": "636", "TLS": "0"}
    )

    assert (connector.host, connector.port, connector.tls) == ("db", 636, False)
    assert connector.key.reveal() == "secret"
    assert (connector.limit, connector.style, connector.notes) == (0, "plain", "a\nb")
    assert connector.folder == Path("x")
    assert isinstance(Declared.host, Parameter)
    connector.parameters = ConfigParameters({"Port": "many"})
    with pytest.raises(InvalidParameterError, match="Port"):
        _ = connector.port
    with pytest.raises(InvalidParameterError, match="required"):
        _ = connector.host


def test_a_value_its_type_refuses() -> None:
    """A value that its definition takes and its type does not is refused by name."""
    number = Parameter(Parameter.string("Number").definition, ConfigParameterPage.GLOBAL, int)

    with pytest.raises(InvalidParameterError, match="Number"):
        number.value(ConfigParameters({"Number": "x"}))


def test_parameter_pages() -> None:
    """Each page lists its own fields; validation checks them, and the connection on the first."""
    connector = Declared()
    pages = ConfigParameterPage
    good, down = ConfigParameters({"Host": "db"}), ConfigParameters({"Host": "down"})

    assert [e.name for e in connector.get_config_parameters(NONE, pages.GLOBAL)] == ["Limit"]
    assert connector.get_config_parameters(NONE, pages.SCHEMA) == []
    assert connector.validate_config_parameters(good, pages.CONNECTIVITY).is_success
    assert connector.validate_config_parameters(NONE, pages.GLOBAL).is_success
    refused = connector.validate_config_parameters(down, pages.CONNECTIVITY)
    assert refused.error_message == "refused"
    assert connector.validate_config_parameters(NONE, pages.CONNECTIVITY).error_parameter == "Host"


def test_schema_is_checked() -> None:
    """A schema that breaks ECMA2's rules does not leave the connector."""

    class Wrong(Connector):
        def schema(self) -> Schema:
            return Schema([SchemaType("user", [SchemaAttribute("x")])])

    with pytest.raises(InvalidSchemaError, match="no anchor"):
        Wrong().get_schema(NONE)
    with pytest.raises(EntryPointNotImplementedError, match="no schema"):
        Connector().get_schema(NONE)
