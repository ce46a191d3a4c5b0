"""The contract of ECMA2, as facts read from Microsoft's own assembly (4.6.673)."""

import re
from pathlib import Path

import attrs
import pytest

import ecma2py
from ecma2py import (
    ConfigParameterDefinition,
    CSEntryChange,
    GetImportEntriesResults,
    OpenExportConnectionRunStep,
    OpenImportConnectionRunStep,
    OperationType,
    PutExportEntriesResults,
    Schema,
    SchemaAttribute,
    SchemaType,
)

ENUMS = {
    "AttributeModificationType": "Unconfigured=0 Add=1 Replace=2 Update=3 Delete=4",
    "AttributeOperation": "ImportExport=0 ExportOnly=1 ImportOnly=2",
    "AttributeType": "String=0 Integer=1 Reference=2 Binary=3 Boolean=4 Undefined=5",
    "CloseReason": "Normal=0 TerminatedByUser=1 TerminatedShuttingDown=2 OpenConnectionFailure=3 Unknown=4",
    "ConfigParameterPage": "Connectivity=0 Global=1 RunStep=2 Partition=3 Capabilities=4 Schema=5",
    "ConfigParameterType": "String=0 EncryptedString=1 Label=2 Text=3 DropDown=4 CheckBox=5 Divider=6 File=7",
    "ConnectionSecurityLevel": "NotSecure=0 Secure=1",
    "MADistinguishedNameStyle": "None=0 Generic=1 Ldap=2",
    "MAExportError": "Success=0 ExportActionConvertUpdateToAdd=1 ExportActionRetryReferenceAttribute=2 ExportActionProvisioningParent=3 ExportErrorConnectedDirectoryError=4 ExportErrorConnectedDirectoryMissingObject=5 ExportErrorConnectedDirectoryExistingObject=6 ExportErrorReferenceAttributeFailure=7 ExportErrorNonExistingParent=8 ExportErrorDuplicateAnchor=9 ExportErrorAmbiguousUpdate=10 ExportErrorPasswordPolicyViolation=11 ExportErrorKerberosTimeSkew=12 ExportErrorKerberosNoLogOnServer=13 ExportErrorInvalidDN=14 ExportErrorConstraintViolation=15 ExportErrorSyntaxViolation=16 ExportErrorChangeNamingAttribute=17 ExportErrorPermissionIssue=18 ExportErrorMissingProvisioningAttribute=19 ExportErrorInvalidProvisioningAttributeValue=20 ExportErrorMissingAnchorComponent=21 ExportErrorMultiValuedAnchorComponent=22 ExportErrorAnchorTooLong=23 ExportErrorInvalidAttributeValue=24 ExportErrorCustomStopRun=25 ExportErrorCustomContinueRun=26",
    "MAExportType": "AttributeUpdate=1 AttributeReplace=2 ObjectReplace=3 MultivaluedReferenceAttributeUpdate=5",
    "MAImportError": "Success=0 ImportErrorMissingDomainName=1 ImportErrorDomainNameNotLdapConformant=2 ImportErrorInvalidDomainName=3 ImportErrorMissingChangeType=4 ImportErrorInvalidChangeType=5 ImportErrorMultiValuedChangeType=6 ImportErrorMissingObjectClass=7 ImportErrorMissingObjectType=8 ImportErrorParseError=9 ImportErrorReadError=10 ImportErrorInvalidAttributeValue=11 ImportErrorInvalidBase64Value=12 ImportErrorInvalidNumericValue=13 ImportErrorInvalidBooleanValue=14 ImportErrorCustomStopRun=15 ImportErrorCustomContinueRun=16",
    "MANormalizations": "None=0 Uppercase=1 RemoveAccents=2",
    "MAObjectConfirmation": "Normal=0 NoDeleteConfirmation=1 NoAddAndDeleteConfirmation=3",
    "ObjectModificationType": "Unconfigured=0 None=1 Add=2 Replace=3 Update=4 Delete=5",
    "OperationType": "Full=0 FullObject=1 Delta=2",
    "ParameterValidationResultCode": "Success=0 Failure=1",
    "PasswordOptions": "None=0 ForceChangeAtLogOn=1 UnlockAccount=2 ValidatePassword=4",
    "ValueModificationType": "Unconfigured=0 Add=1 Delete=2",
}
_TYPES = """
AnchorAttribute AttribFlags AttributeChange AttributeModificationType AttributeOperation
AttributeType CSEntryChange CSEntryChangeResult ChangeTypeDescription
CloseExportConnectionRunStep CloseImportConnectionResults CloseImportConnectionRunStep
CloseReason ConfigParameter ConfigParameterDefinition ConfigParameterKeyedCollection
ConfigParameterPage ConfigParameterType ConnectionSecurityLevel ExportRunStep
GetImportEntriesResults GetImportEntriesRunStep HierarchyNode IMAExtensible2CallExport
IMAExtensible2CallImport IMAExtensible2FileExport IMAExtensible2FileImport
IMAExtensible2GetCapabilities IMAExtensible2GetCapabilitiesEx IMAExtensible2GetHierarchy
IMAExtensible2GetParameters IMAExtensible2GetParametersEx IMAExtensible2GetPartitions
IMAExtensible2GetSchema IMAExtensible2Password ImportResults ImportRunStep MACapabilities
MADistinguishedNameStyle MAExportError MAExportType MAImportError MANormalizations
MAObjectConfirmation ObjectModificationType OpenExportConnectionRunStep
OpenImportConnectionResults OpenImportConnectionRunStep OperationType ParameterValidationResult
ParameterValidationResultCode Partition PasswordOptions PutExportEntriesResults
ReadExportFileRunStep ReadOnlySchemaAttributeKeyedCollection ReadOnlySchemaTypeKeyedCollection
Schema SchemaAttribute SchemaAttributeKeyedCollection SchemaType SchemaTypeKeyedCollection
ValueChange ValueChangeFactory ValueModificationType WriteImportFileResults
WriteImportFileRunStep
"""
ELSEWHERE = {
    "AttribFlags",
    "ConfigParameterKeyedCollection",
    "ReadOnlySchemaAttributeKeyedCollection",
    "ReadOnlySchemaTypeKeyedCollection",
    "SchemaAttributeKeyedCollection",
    "SchemaTypeKeyedCollection",
    "ValueChangeFactory",
}
"""What the page about ECMA2 says that Python has in another form, or does without."""
BASES = {
    "ImportRunStep": "OpenImportConnection GetImportEntries CloseImportConnection WriteImportFile",
    "ExportRunStep": "OpenExportConnection ReadExportFile",
    "ImportResults": "OpenImportConnection GetImportEntries CloseImportConnection WriteImportFile",
}


@pytest.mark.parametrize("name", ENUMS)
def test_enum_members_and_numbers(name: str) -> None:
    """Every enum has the members of .NET with their numbers, and no other."""
    facts = dict(each.split("=") for each in ENUMS[name].split())
    members = getattr(ecma2py, name).__members__
    here = {member.replace("_", "").lower(): int(value) for member, value in members.items()}

    assert here == {member.lower(): int(number) for member, number in facts.items()}
    for member, value in members.items():
        if hasattr(value, "ecma_name"):
            assert facts[value.ecma_name] == str(int(value)), member


@pytest.mark.parametrize("name", _TYPES.split())
def test_every_type_of_the_contract_is_here_or_told(name: str) -> None:
    """What cannot be imported is on the page about ECMA2, with what stands for it or why not."""
    assert hasattr(ecma2py, name) == (name not in ELSEWHERE)
    if name in ELSEWHERE:
        page = Path(__file__).parents[2] / "docs" / "reference" / "ecma2.md"
        assert re.search(rf"`{name}`", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("base", BASES)
def test_steps_and_results_share_their_bases(base: str) -> None:
    """Code that takes any step of a kind may ask for its base, as in .NET."""
    suffix = "Results" if base.endswith("Results") else "RunStep"
    for name in BASES[base].split():
        assert issubclass(getattr(ecma2py, name + suffix), getattr(ecma2py, base))


def test_steps_made_bare_are_those_of_dotnet() -> None:
    """A step without arguments is a full one of one object a page."""
    assert OpenImportConnectionRunStep().import_type is OperationType.FULL
    step = OpenExportConnectionRunStep()
    assert (step.export_type, step.batch_size) == (OperationType.FULL, 1)
    assert {each.name for each in attrs.fields(type(step))} >= {"export_type", "step_partition"}


def test_lists_of_results_are_never_null() -> None:
    """What .NET gives as null is empty, made so or set so later."""
    page = GetImportEntriesResults(cs_entries=None)  # type: ignore[arg-type]
    assert page.cs_entries == []
    page.cs_entries = None  # type: ignore[assignment]
    assert page.cs_entries == []
    assert PutExportEntriesResults(None).cs_entry_change_results == []  # type: ignore[arg-type]
    given = [CSEntryChange()]
    assert GetImportEntriesResults(cs_entries=given).cs_entries is given


def test_a_schema_can_be_made_read_only() -> None:
    """After ``set_read_only`` types and attributes are read, and neither added nor removed."""
    made = SchemaType("user", [SchemaAttribute.anchor("id"), SchemaAttribute.single("name")])
    schema = Schema([made])
    schema.set_read_only()

    schema.validate()
    assert schema == Schema([SchemaType("user", [*made.attributes.values()])])
    assert list(made.select([]).attributes) == ["id"]
    with pytest.raises(TypeError):
        schema.types["other"] = made
    with pytest.raises(TypeError):
        del made.attributes["name"]


def test_a_check_box_knows_its_default() -> None:
    """``CheckBoxDefault`` is a Boolean, and false for any other field."""
    assert ConfigParameterDefinition.check_box("a", True).check_box_default
    assert not ConfigParameterDefinition.check_box("a").check_box_default
    assert not ConfigParameterDefinition.string("a", default="1").check_box_default
