"""What the tests of commands start from: an empty folder, and files in it."""

from pathlib import Path

import pytest

from tests.cli.commands import EXAMPLES, ODD
from tests.cli.odd_connectors import PASSWORD

ROWS = "id,login,mail,givenName,sn,department\n1,ann,ann@x.example,Ann,Ash,HR\n2,bob,,Bob,Elm,IT\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, holding only a CSV file of two people."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ECMA2PY_CONFIG", raising=False)
    monkeypatch.setenv("VAULT_PASSWORD", PASSWORD)
    tmp_path.joinpath("hr.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def configured(folder: Path) -> Path:
    """A folder with a configuration of a CSV file, a directory in memory and a vault."""
    folder.joinpath("ecma2py.toml").write_text(
        f"""
        [host]
        plain_http = true
        [connectors.CSV]
        type = "csv_file:CsvFile"
        path = '{EXAMPLES}'
        parameters = {{ File = "hr.csv" }}
        [connectors.CSV.scim.mapping.User]
        userName = "login"
        [connectors.memory]
        type = "memory_directory:MemoryDirectory"
        path = '{EXAMPLES}'
        parameters = {{ Name = '{folder.name}' }}
        [connectors.vault]
        type = "odd_connectors:Vault"
        path = '{ODD}'
        parameters = {{ Password = "${{VAULT_PASSWORD}}" }}
        """,
        encoding="utf-8",
    )
    return folder
