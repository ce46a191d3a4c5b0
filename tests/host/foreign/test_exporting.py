"""What Microsoft's host gets of a configuration, and what it is told not to have."""

from xml.etree import ElementTree as ET

import pytest

from ecma2py.errors import ConfigurationError
from tests.host.foreign.carried import exported, read

SQL = """
[connectors.HR]
type = "sql"
types = ["Person"]
attributes = { Person = ["id", "login"] }
"""
DLL = SQL.replace("sql", "Contoso.dll")


def left(text: str) -> dict[str, str]:
    """What is left out of a configuration, by key, and why."""
    return {each.about: each.text for each in exported(read(text)).left_out}


def element(text: str, path: str) -> str | None:
    """The text of an element of the export."""
    found = ET.fromstring(exported(read(text)).text).find(path)
    assert found is not None, path
    return found.text


def test_what_every_file_of_microsoft_has_is_there() -> None:
    """Runs, supports, partition, the date as it is written there; no secret token."""
    connector = "Connectors/Connector"
    for path, text in {
        f"{connector}/ConnectorConfig/RunConfigurations/RunConfiguration/Name": "Export",
        f"{connector}/ConnectorConfig/IsFullImportSupported": "true",
        f"{connector}/ConnectorConfig/IsDeltaImportSupported": "false",
        f"{connector}/ConnectorConfig/IsExportOnly": "false",
        f"{connector}/Schema/EntriesSchema/EntrySchema/ExternalName": "User",
        f"{connector}/Schema/Partitions/Partition/DN": "default",
        f"{connector}/ECMAConfig/LibraryName": "Microsoft.IAM.Connector.GenericSql",
        f"{connector}/ECMAConfig/CreationDateTime": "Tuesday, March 5, 2024 2:07:00 PM",
        f"{connector}/ECMAConfig/SecretToken": None,
        "Setting/Port": "8585",
    }.items():
        assert element(SQL, path) == text


@pytest.mark.parametrize("value", ['"${X}"', '"in clear"'])
def test_secrets_stay_here(value: str) -> None:
    """Neither by reference nor in clear text; what is to be entered there is told."""
    text = f'{SQL}[connectors.HR.parameters]\nPassword = {value}\n"User Name" = "me"'
    found = exported(read(text))
    assert found.secrets == (("HR", "Password"),)
    assert "in clear" not in found.text
    assert "<Value>x</Value>" not in found.text
    assert "<Value>me</Value>" in found.text


def test_a_secret_in_an_open_field_is_left_out() -> None:
    """What came from the environment is never written, whatever field it is in."""
    text = f'{SQL}[connectors.HR.parameters]\n"DSN File" = "Pwd=${{X}}"'
    assert "enter it there" in left(text)['parameters."DSN File"']
    assert "Pwd" not in exported(read(text)).text


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ('path = "dlls"', "path"),
        ('scim.matching = { Person = ["mail"] }', "scim.matching.Person"),
        ('anchors = { Person = ["uid"] }', "anchors.Person"),
        ('attributes = { Person = ["-dn-"] }', "attributes.Person"),
        ('partition = "default"', "partition"),
        ('partitions = { A = { B = "x" } }', "partitions.A"),
        ('fields = { X = "global text" }', "fields.X"),
        ('run_steps.export = { PageSizeExport = "1" }', "run_steps.export.PageSizeExport"),
        ('dn.mode = "none"', "dn.mode"),
        ('group = "Person"', "group"),
        ("import.removal_guard = 1", "import.removal_guard"),
        ("import.interval_minutes = 0.5", "import.interval_minutes"),
        ("import.on_start = false", "import.on_start"),
        ("import = { delta_minutes = 5 }", "import.delta_minutes"),
        ("export.timeout_seconds = 1.5", "export.timeout_seconds"),
        ("scim.patch_response = 200", "scim.patch_response"),
    ],
)
def test_what_has_no_place_there_is_named(more: str, key: str) -> None:
    """Each with its key, so that it is found in the file."""
    text = DLL.replace("attributes = ", "# ") if more.startswith("attributes") else DLL
    assert key in left(text + more)
    assert left(DLL) == {}


def test_the_opposite_of_active_is_not_set() -> None:
    """Microsoft's host would enable whom it is to disable: the flow is left out as a whole."""
    flow = '[connectors.HR.deprovisioning]\ndisable = "set"\ndisable_attribute = "login"\n'
    path = "Connectors/Connector/Schema/EntriesSchema/EntrySchema/DeprovisioningModel/SoftDelete"
    assert element(SQL + flow, path) == "TreatAsSoft"
    assert element(f"{SQL}{flow}disabled_value = true", path) == "None"
    assert "deprovisioning.disable" in left(f"{SQL}{flow}disabled_value = true")


def test_a_delete_flow_of_the_type_of_people_alone_is_told() -> None:
    """Microsoft's host has one for people: what stands in the table of their type is left out."""
    text = f'{SQL}[connectors.HR.deprovisioning.types.Person]\ndelete = "none"\n'
    assert "deprovisioning.delete" in left(text)["deprovisioning.types.Person"]


def test_what_all_runs_have_is_said_of_each() -> None:
    """Microsoft's host asks for it anew in each run; what one run has for itself counts there."""
    text = f"""{SQL}
[connectors.HR.parameters]
"Operation Method" = "Table"
[connectors.HR.run_steps.export]
"Operation Method" = "Sql Query"
"""
    root = ET.fromstring(exported(read(text)).text)
    runs = root.findall(".//RunConfiguration")
    assert {run.findtext("Name"): run.findtext(".//Parameter/Value") for run in runs} == {
        "Export": "Sql Query",
        "FullImport": "Table",
    }
    assert left(text) == {}


def test_two_secrets_of_one_name_are_told() -> None:
    """A run with a secret of its own would come back with that of all runs."""
    text = f"""{DLL}
fields = {{ Key = "run_step encrypted_string" }}
parameters = {{ Key = "${{A}}" }}
run_steps.export = {{ Key = "${{B}}" }}
"""
    assert "one secret of this name" in left(text)["run_steps.export.Key"]


def test_without_types_nothing_is_said_of_any() -> None:
    """Microsoft's host has no way to say that all are meant."""
    text = (
        '[connectors.A]\ntype = "sql"\nperson = "P"\n[connectors.A.scim]\nmatching = { P = ["a"] }'
    )
    assert "list the object types" in left(text)["person"]
    assert "scim.matching" in left(text)


def test_only_what_microsofts_host_can_load_is_exported() -> None:
    """A connector in Python is told; asked for by name, it is an error."""
    own = '[connectors.Own]\ntype = "people:People"\n'
    config = read(SQL + own)
    assert exported(config).connectors == ("HR",)
    assert "it takes DLLs" in left(SQL + own)["connectors.Own"]
    with pytest.raises(ConfigurationError, match="connector 'Own': type 'people:People' is noth"):
        exported(config, "Own")
    with pytest.raises(ConfigurationError, match="no connector that Microsoft's host can load"):
        exported(read(own))


def test_a_name_that_xml_has_no_form_for_is_refused() -> None:
    """The error shows it, and nothing is written."""
    with pytest.raises(ConfigurationError, match=r"'Per\\x07son' has a character that XML"):
        exported(read('[connectors.A]\ntype = "sql"\ntypes = ["Per\\u0007son"]'))
