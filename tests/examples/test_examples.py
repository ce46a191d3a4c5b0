"""The examples work: what a newcomer copies from has been run."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecma2py import (
    AttributeChange,
    CloseExportConnectionRunStep,
    CloseImportConnectionRunStep,
    ConfigParameterPage,
    ConfigParameters,
    Connector,
    CSEntryChange,
    CSEntryChangeResult,
    GetImportEntriesRunStep,
    MAExportError,
    OpenExportConnectionRunStep,
    OpenImportConnectionRunStep,
    OperationType,
    PasswordOptions,
    PasswordPolicyViolationError,
    SecureString,
    WarningNoWatermarkError,
)
from examples.csv_file import CsvFile
from examples.memory_directory import DIRECTORIES, MemoryDirectory
from examples.rest_api import RestApi
from examples.rest_server import TOKEN, Server


def imported(
    make: type[Connector], parameters: ConfigParameters, watermark: str | None = None
) -> tuple[list[CSEntryChange], str | None]:
    """All entries of an import in pages of two, and its watermark."""
    connector: MemoryDirectory = make()  # type: ignore[assignment]  # a stand-in for any of them
    schema = connector.get_schema(parameters)
    kind = OperationType.DELTA if watermark else OperationType.FULL
    step = OpenImportConnectionRunStep(page_size=2, import_type=kind, custom_data=watermark)
    connector.open_import_connection(parameters, schema, step)  # type: ignore[attr-defined]
    entries, more = [], True
    while more:
        page = connector.get_import_entries(GetImportEntriesRunStep())  # type: ignore[attr-defined]
        entries += page.cs_entries
        more = page.more_to_import
    closed = connector.close_import_connection(CloseImportConnectionRunStep())  # type: ignore[attr-defined]
    return entries, closed.custom_data


def exported(
    make: type[Connector], parameters: ConfigParameters, *changes: CSEntryChange
) -> list[CSEntryChangeResult]:
    """The results of one batch."""
    connector = make()
    schema = connector.get_schema(parameters)
    connector.open_export_connection(parameters, schema, OpenExportConnectionRunStep(batch_size=9))  # type: ignore[attr-defined]
    results = connector.put_export_entries(list(changes)).cs_entry_change_results  # type: ignore[attr-defined]
    connector.close_export_connection(CloseExportConnectionRunStep())  # type: ignore[attr-defined]
    return results  # type: ignore[no-any-return]


def test_memory_directory() -> None:
    """The in-memory example adds, changes, deletes, tells the delta and refuses per entry."""
    parameters = ConfigParameters({"Name": "test_memory_directory"})
    _, start = imported(MemoryDirectory, parameters)
    added, taken = exported(
        MemoryDirectory,
        parameters,
        CSEntryChange.add("person", attributes={"login": "ann"}),
        CSEntryChange.add("person", {"id": "000001"}, attributes={"login": "bob"}),
    )
    assert added.anchor_attributes[0].value == "000001"
    assert taken.error_code is MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_EXISTING_OBJECT

    change = CSEntryChange.update(
        "person", {"id": "000001"}, changes=[AttributeChange.update("tags", added=["x"])]
    )
    exported(MemoryDirectory, parameters, change)
    delta, mark = imported(MemoryDirectory, parameters, start)
    assert [each.attributes for each in delta] == [{"login": "ann", "tags": ["x"]}]
    missing, removed = exported(
        MemoryDirectory,
        parameters,
        CSEntryChange.delete("person", {"id": "none"}),
        CSEntryChange.delete("person", {"id": "000001"}),
    )
    assert missing.error_code is MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT
    assert removed.error_code is MAExportError.SUCCESS
    gone, _ = imported(MemoryDirectory, parameters, mark)
    assert [each.object_modification_type.name for each in gone] == ["DELETE"]
    assert imported(MemoryDirectory, parameters)[0] == []
    step = OpenImportConnectionRunStep(import_type=OperationType.DELTA)
    schema = MemoryDirectory().get_schema(parameters)
    with pytest.raises(WarningNoWatermarkError):
        MemoryDirectory().open_import_connection(parameters, schema, step)  # type: ignore[attr-defined]


def test_memory_directory_passwords() -> None:
    """The in-memory example sets passwords and refuses short ones."""
    parameters = ConfigParameters({"Name": "passwords"})
    connector = MemoryDirectory()
    person = CSEntryChange("person", anchor={"id": "1"})
    connector.open_password_connection(parameters, None)  # type: ignore[attr-defined]

    connector.set_password(person, SecureString("long enough"), PasswordOptions.NONE)

    assert DIRECTORIES["passwords"].passwords == {"1": "long enough"}
    with pytest.raises(PasswordPolicyViolationError):
        connector.set_password(person, SecureString("short"), PasswordOptions.NONE)


@pytest.fixture
def csv_parameters(tmp_path: Path) -> ConfigParameters:
    """A file of three people."""
    file = tmp_path / "people.csv"
    file.write_text("id,name,mail,tags\n1,Ann,a@x,p|q\n2,Bob,,\n3,Cid,c@x,r\n", encoding="utf-8")
    return ConfigParameters({"File": str(file), "Multi-valued columns": "tags"})


def test_csv_snapshot_delta(csv_parameters: ConfigParameters, tmp_path: Path) -> None:
    """The CSV example finds changed, new and removed rows by its snapshot, and nothing else."""
    entries, mark = imported(CsvFile, csv_parameters)
    assert [each.anchor["id"] for each in entries] == ["1", "2", "3"]
    assert entries[0].attributes == {"name": "Ann", "mail": "a@x", "tags": ["p", "q"]}
    assert imported(CsvFile, csv_parameters, mark)[0] == []

    file = tmp_path / "people.csv"
    file.write_text("id,name,mail,tags\n1,Ann,a@x,p|q\n2,Rob,,\n4,Dee,,\n", encoding="utf-8")
    delta, _ = imported(CsvFile, csv_parameters, mark)

    kinds = {str(e.anchor["id"]): e.object_modification_type.name for e in delta}
    assert kinds == {"2": "REPLACE", "3": "DELETE", "4": "REPLACE"}


def test_csv_export(csv_parameters: ConfigParameters, tmp_path: Path) -> None:
    """The CSV example writes a batch at once, each bad change failing by itself."""
    results = exported(
        CsvFile,
        csv_parameters,
        CSEntryChange.add("person", {"id": "4"}, attributes={"name": "Dee", "tags": ["a", "b"]}),
        CSEntryChange.add("person", {"id": "1"}, attributes={"name": "Again"}),
        CSEntryChange.add("person", attributes={"name": "Nobody"}),
        CSEntryChange.update(
            "person", {"id": "1"}, changes=[AttributeChange.update("tags", removed=["p"])]
        ),
        CSEntryChange.update("person", {"id": "9"}, changes=[AttributeChange.delete("name")]),
        CSEntryChange.delete("person", {"id": "3"}),
    )

    assert [each.error_code.ecma_name for each in results] == [
        "ExportErrorConnectedDirectoryExistingObject",
        "ExportErrorMissingAnchorComponent",
        "ExportErrorConnectedDirectoryMissingObject",
    ]
    text = (tmp_path / "people.csv").read_text(encoding="utf-8")
    assert text.splitlines() == ["id,name,mail,tags", "1,Ann,a@x,q", "2,Bob,,", "4,Dee,,a|b"]


def test_csv_check(csv_parameters: ConfigParameters) -> None:
    """The CSV example says what is wrong with its parameters."""
    connector = CsvFile()
    page = ConfigParameterPage.CONNECTIVITY
    gone = ConfigParameters({"File": "/nowhere/x.csv"})
    other = ConfigParameters({"File": csv_parameters["File"].value, "Key column": "number"})

    assert connector.validate_config_parameters(csv_parameters, page).is_success
    assert "cannot be read" in connector.validate_config_parameters(gone, page).error_message
    assert "no column" in connector.validate_config_parameters(other, page).error_message
    assert connector.validate_config_parameters(ConfigParameters(), page).error_parameter == "File"


@pytest.fixture
def rest_server() -> Iterator[Server]:
    """The tiny API on loopback."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_rest_api(rest_server: Server) -> None:
    """The REST example reads pages and the feed, and gives each status its error."""
    parameters = ConfigParameters({"URL": rest_server.url, "API token": SecureString(TOKEN)})
    made = exported(
        RestApi,
        parameters,
        *(CSEntryChange.add("person", attributes={"login": login}) for login in "abcde"),
    )
    assert [each.anchor_attributes[0].value for each in made] == [1, 2, 3, 4, 5]
    entries, mark = imported(RestApi, parameters)
    assert [each.attributes["login"] for each in entries] == list("abcde")

    results = exported(
        RestApi,
        parameters,
        CSEntryChange.add("person", attributes={"login": "a"}),
        CSEntryChange.update(
            "person", {"id": 2}, changes=[AttributeChange.update("skills", added=["sql"])]
        ),
        CSEntryChange.update("person", {"id": 3}, changes=[AttributeChange.delete("login")]),
        CSEntryChange.delete("person", {"id": 4}),
        CSEntryChange.delete("person", {"id": 44}),
    )

    assert [each.error_code.ecma_name for each in results] == [
        "ExportErrorConnectedDirectoryExistingObject",
        "Success",
        "ExportErrorInvalidAttributeValue",
        "Success",
        "ExportErrorConnectedDirectoryMissingObject",
    ]
    delta, _ = imported(RestApi, parameters, mark)
    assert [(e.anchor["id"], e.object_modification_type.name) for e in delta] == [
        (2, "REPLACE"),
        (4, "DELETE"),
    ]
    assert json.dumps(rest_server.people.people[2]) == '{"login": "b", "skills": ["sql"]}'


def test_rest_check(rest_server: Server) -> None:
    """The REST example tells a wrong token from a server that is not there."""
    page = ConfigParameterPage.CONNECTIVITY

    def verdict(url: str, token: str) -> str:
        parameters = ConfigParameters({"URL": url, "API token": SecureString(token)})
        return RestApi().validate_config_parameters(parameters, page).error_message

    assert verdict(rest_server.url, TOKEN) == ""
    assert "wrong token" in verdict(rest_server.url, "another-token")
    assert "cannot be reached" in verdict("http://127.0.0.1:9", TOKEN)
