"""Schema, parameters, partitions, capabilities and errors keep ECMA2's rules."""

import pickle

import pytest

from ecma2py import errors
from ecma2py.capabilities import (
    MACapabilities,
    MAExportType,
    MANormalizations,
    MAObjectConfirmation,
)
from ecma2py.errors import (
    ECMA2Error,
    EntryExportError,
    InvalidParameterError,
    InvalidSchemaError,
    MAExportError,
    NoSuchParameterError,
    ServerBusyError,
)
from ecma2py.parameters import (
    ConfigParameter,
    ConfigParameterDefinition,
    ConfigParameters,
    ConfigParameterType,
    ParameterValidationResult,
    SecureString,
    first_problem,
)
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.schema import AttributeOperation, AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.steps import GetImportEntriesResults, OpenImportConnectionRunStep


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (AttributeType.STRING, ["", "x"], [1, b"x", True, None]),
        (AttributeType.REFERENCE, ["CN=x"], [1]),
        (AttributeType.INTEGER, [0, 2**63 - 1, -(2**63)], [2**63, True, "1", 1.0]),
        (AttributeType.BINARY, [b"", b"\0"], ["", bytearray(b"x")]),
        (AttributeType.BOOLEAN, [True, False], [1, 0, "True"]),
        (AttributeType.UNDEFINED, [], ["x", 1]),
    ],
)
def test_type_accepts(kind: AttributeType, good: list[object], bad: list[object]) -> None:
    """A type accepts its own values and no other; a Boolean is no integer."""
    assert all(kind.accepts(value) for value in good)
    assert not any(kind.accepts(value) for value in bad)


@pytest.mark.parametrize(
    "make",
    [
        lambda: SchemaAttribute(""),
        lambda: SchemaAttribute("a", AttributeType.UNDEFINED),
        lambda: SchemaAttribute.anchor("a", AttributeType.BOOLEAN),
        lambda: SchemaAttribute.anchor("a", AttributeType.REFERENCE),
        lambda: SchemaAttribute("a", is_anchor=True, is_multi_valued=True),
        lambda: SchemaAttribute.multi("a", AttributeType.BOOLEAN),
        lambda: SchemaType("t", [SchemaAttribute("a"), SchemaAttribute("a")]),
        lambda: Schema([SchemaType("t"), SchemaType("t")]),
        lambda: SchemaType("t", [SchemaAttribute.anchor("a")]).select(["b"]),
    ],
)
def test_impossible_schemas_are_refused(make: object) -> None:
    """A schema that ECMA2 cannot hold is refused when it is made."""
    with pytest.raises(InvalidSchemaError):
        make()  # type: ignore[operator]


def test_schema_validation() -> None:
    """One name has one definition, and every type has an anchor."""
    user = SchemaType("user", [SchemaAttribute.anchor("id"), SchemaAttribute("x")])
    same = SchemaType("same", [SchemaAttribute.anchor("id"), SchemaAttribute("x", description="d")])
    other = SchemaType(
        "other",
        [
            SchemaAttribute.anchor("id"),
            SchemaAttribute("x", allowed_attribute_operation=AttributeOperation.IMPORT_ONLY),
        ],
    )

    Schema([user, same]).validate()
    Schema().validate()
    with pytest.raises(InvalidSchemaError, match="differently"):
        Schema([user, other]).validate()
    with pytest.raises(InvalidSchemaError, match="no anchor"):
        Schema([SchemaType("t", [SchemaAttribute("x")])]).validate()
    assert list(user.select([]).attributes) == ["id"]
    assert list(user.select(["x"]).attributes) == ["id", "x"]


def test_parameters_keep_secrets() -> None:
    """A secret is read as a secret only, and never printed, compared by repr or pickled."""
    secret = SecureString("hunter2")
    parameters = ConfigParameters({"Host": "db", "Password": secret})

    assert parameters["Password"].secure_value.reveal() == "hunter2"
    assert "hunter2" not in f"{parameters!r}{secret!r}{secret}{parameters['Password']!r}"
    assert secret == SecureString("hunter2")
    assert secret != "hunter2"
    assert hash(secret) == hash(SecureString("hunter2"))
    assert secret
    assert not SecureString("")
    with pytest.raises(InvalidParameterError, match="secure_value"):
        _ = parameters["Password"].value
    with pytest.raises(InvalidParameterError, match="read value"):
        _ = parameters["Host"].secure_value
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_parameters_by_name() -> None:
    """Parameters are found by their case-sensitive name; a missing one is named."""
    parameters = ConfigParameters([ConfigParameter("Host", "db")])

    assert parameters.text("Host") == "db"
    assert parameters.text("host") is None
    assert parameters.text("host", "x") == "x"
    assert len(parameters) == 1
    assert parameters.get("host") is None
    with pytest.raises(NoSuchParameterError, match="there are Host"):
        parameters["host"]
    with pytest.raises(InvalidParameterError, match="twice"):
        ConfigParameters([ConfigParameter("a", "1"), ConfigParameter("a", "2")])


@pytest.mark.parametrize(
    ("definition", "good", "bad"),
    [
        (ConfigParameterDefinition.string("a", r"\d+"), ["", "12"], ["x", "12 "]),
        (ConfigParameterDefinition.string("a", required=True), ["x"], [""]),
        (ConfigParameterDefinition.check_box("a", True), ["0", "1"], ["yes"]),
        (ConfigParameterDefinition.drop_down("a", ["x", "y"]), ["x", ""], ["z"]),
        (ConfigParameterDefinition.drop_down("a", ["x"], extensible=True), ["x", "z"], []),
        (ConfigParameterDefinition.multi_line("a"), ["1\n2"], []),
        (ConfigParameterDefinition.file("a"), ["/x"], []),
    ],
)
def test_definitions_check_values(
    definition: ConfigParameterDefinition, good: list[str], bad: list[str]
) -> None:
    """A value is taken exactly if its definition allows it."""
    assert [definition.problem(value) for value in good] == [None] * len(good)
    assert all(definition.problem(value) for value in bad)


def test_refused_secrets_are_not_quoted() -> None:
    """The reason for refusing a secret does not contain it."""
    definition = ConfigParameterDefinition.encrypted_string("Key", r"\d+")
    result = first_problem([definition], ConfigParameters({"Key": SecureString("hunter2")}))

    assert not result.is_success
    assert result.error_parameter == "Key"
    assert "hunter2" not in result.error_message


def test_page_validation() -> None:
    """The first refused value is named; labels, dividers and defaults are no obstacle."""
    definitions = [
        ConfigParameterDefinition.label("Words"),
        ConfigParameterDefinition.divider(),
        ConfigParameterDefinition.string("Port", r"\d+", "389"),
    ]

    assert first_problem(definitions, ConfigParameters()).is_success
    assert first_problem(definitions, ConfigParameters({"Port": "x"})).error_parameter == "Port"
    assert ParameterValidationResult().is_success
    assert not ConfigParameterType.LABEL.holds_value


@pytest.mark.parametrize(
    "make",
    [
        lambda: ConfigParameterDefinition.string("a", "("),
        lambda: ConfigParameterDefinition.drop_down("a", ["x"], "y"),
    ],
)
def test_impossible_definitions_are_refused(make: object) -> None:
    """A pattern that does not compile and a default outside the list are refused at once."""
    with pytest.raises(InvalidParameterError):
        make()  # type: ignore[operator]


def test_partitions() -> None:
    """A partition's identifier follows from its DN, unless given."""
    assert Partition("DC=a").identifier == Partition("DC=a", "other").identifier
    assert Partition("DC=a").identifier != Partition("DC=b").identifier
    assert Partition.default().name == "default"
    assert HierarchyNode("OU=x,DC=a").display_name == ""


def test_capability_defaults() -> None:
    """Bare capabilities and steps are those of .NET's empty constructors."""
    bare = MACapabilities()

    assert bare.export_type is MAExportType.OBJECT_REPLACE
    assert bare.delta_import
    assert not bare.full_export
    assert bare.object_confirmation is MAObjectConfirmation.NORMAL
    assert OpenImportConnectionRunStep().page_size == 1
    assert GetImportEntriesResults().cs_entries == []


ERRORS = [
    "AccessDenied",
    "AttributeDoesNotExistOnObject",
    "AttributeNotDefinedAsSource",
    "AttributeNotInInclusionList",
    "AttributeNotPresent",
    "BadServerCredentials",
    "ClosePasswordConnection",
    "DeclineMapping",
    "DroppedConnection",
    "EndConnection",
    "EntryExport",
    "EntryPointNotImplemented",
    "ExtensibleExtension",
    "FailedConnection",
    "FailedSearch",
    "FatalEntryExport",
    "FunctionEvaluation",
    "InvalidDN",
    "MissingParentObject",
    "NoCompatiblePartitionFound",
    "NoSuchAttribute",
    "NoSuchAttributeInObjectType",
    "NoSuchClass",
    "NoSuchManagementAgent",
    "NoSuchObject",
    "NoSuchObjectType",
    "NoSuchParameter",
    "ObjectAlreadyExists",
    "ObjectNotFound",
    "ObjectTypeNotSupported",
    "OldPasswordIncorrect",
    "PasswordExtension",
    "PasswordIllFormed",
    "PasswordPolicyViolation",
    "ProvisioningBySyncRule",
    "ServerDown",
    "TerminateRun",
    "TooManyValues",
    "UnexpectedData",
    "WarningNoWatermark",
]


def test_every_error_has_its_dotnet_name() -> None:
    """Every exception type of ECMA2 has its Python equivalent under the same name."""
    for name in ERRORS:
        error = getattr(errors, f"{name}Error")("why", dn="CN=x")
        assert isinstance(error, ECMA2Error)
        assert error.ecma_name == f"{name}Exception"
        assert str(error) == "why"


def test_entry_export_error_carries_its_code() -> None:
    """An author chooses the MAExportError and the name shown beside it."""
    error = EntryExportError("no", MAExportError.EXPORT_ERROR_INVALID_DN, error_name="bad-name")

    assert error.error_code is MAExportError.EXPORT_ERROR_INVALID_DN
    assert error.error_name == "bad-name"


def test_normalizations_rewrite_texts() -> None:
    """Uppercase and RemoveAccents of ECMA2 apply together or alone."""
    both = MANormalizations.UPPERCASE | MANormalizations.REMOVE_ACCENTS
    assert both.applied("Éva") == "EVA"
    assert MANormalizations.UPPERCASE.applied("Éva") == "ÉVA"
    assert MANormalizations.REMOVE_ACCENTS.applied("Éva") == "Eva"
    assert MANormalizations.NONE.applied("Éva") == "Éva"


def test_a_busy_server_says_when_it_takes_more() -> None:
    """ECMA2 has no such error: the seconds are in the text, which crosses every border."""
    error = ServerBusyError("429 from the API", retry_after=90)

    assert (str(error), error.retry_after) == ("429 from the API (retry after 90 seconds)", 90)
    assert error.ecma_name == "ServerBusyException"
    assert ServerBusyError.seconds_in(f"Not sent: {error}") == 90
    assert ServerBusyError.seconds_in("no word of it") == 30


def test_parameters_are_laid_over_others_by_name() -> None:
    """What the upper ones leave out shows through, and neither collection changes."""
    base = ConfigParameters({"Host": "h", "Password": SecureString("one")})
    upper = ConfigParameters({"Password": SecureString("two"), "Method": "Query"})

    both = base.overlaid(upper)
    assert list(both) == ["Host", "Password", "Method"]
    assert both["Host"].value == "h"
    assert both.secrets == upper.secrets == (SecureString("two"),)
    assert base.secrets == (SecureString("one"),)
