"""``ecma2py config``: Microsoft's files brought here and given back, by command."""

import sqlite3
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.commands import here, succeed, there
from tests.host.foreign.samples import (
    ALL,
    ECMA2HOST_LDAP,
    ECMA2HOST_POWERSHELL,
    ECMA2HOST_SQL,
    MIM_SQL,
)


def written(folder: Path) -> str:
    """The configuration file as it stands."""
    return folder.joinpath("ecma2py.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_a_file_of_microsofts_becomes_a_configuration_file(folder: Path, path: Path) -> None:
    """What is to be set, looked at and done next is told, and stands in the file."""
    done = succeed("config", "import", path)

    (name,) = tomllib.loads(written(folder))["connectors"]
    assert f"# Taken over from {path.name} by ecma2py config import." in written(folder)
    assert f"Wrote ecma2py.toml with {name}. Secrets are not in such files: set " in done.out
    assert f"ecma2py token create {name}" in done.out
    assert "Not taken over: " in done.err


def test_programs_get_one_document(folder: Path) -> None:
    """--json has what people are told, and nothing besides on either stream."""
    done = succeed("config", "import", ECMA2HOST_SQL, "--name", "HR", "--json")
    assert done.err == ""
    assert done.data["connectors"] == ["HR"]
    assert done.data["environment"] == ["HR_PASSWORD"]
    about = {(each["connector"], each["about"]) for each in done.data["left_out"]}
    assert ("HR", 'parameters."Operation Methods"') in about
    given = succeed("config", "export", "--ecma2host", "--json")
    assert given.data["secrets"] == [{"connector": "HR", "parameter": "Password"}]
    assert given.data["xml"].startswith("<?xml")


def test_a_configuration_of_generic_sql_is_served(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With another address of the database, what Microsoft's host had is checked and imported."""
    with sqlite3.connect(folder / "hr.db") as database:
        database.execute(
            "create table Employees (ContosoLogin text primary key, FirstName text, LastName text, "
            "Enabled boolean, Changed integer)"
        )
        database.execute("insert into Employees values ('ann', 'Ann', 'Ash', 1, 1)")
    database.close()
    succeed("config", "import", ECMA2HOST_SQL)
    text = written(folder)
    begin, end = text.index('"DSN File"'), text.index('"User Name"')
    text = f'{text[:begin]}"Data source" = "sqlite:///hr.db"\n{text[end:]}'
    folder.joinpath("ecma2py.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SQL_PASSWORD", "")

    assert succeed("check").code == 0
    (entry,) = succeed("import", "--json").lines[:1]
    assert entry["anchor"] == {"ContosoLogin": "ann"}


def test_a_dll_is_checked_with_a_clear_refusal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file is not there that the table names, check and serve say which one it is."""
    succeed("config", "import", ECMA2HOST_POWERSHELL)
    monkeypatch.setenv("CSV_PASSWORD", "x")
    done = here("check")
    assert done.code == 2
    assert f"There is no file {folder / 'Microsoft.IAM.Connector.PowerShell.dll'}" in done.out


def test_connectors_are_added_to_a_file_that_exists(folder: Path) -> None:
    """What was there stays; a port of the other file is told; a name is taken once."""
    folder.joinpath("ecma2py.toml").write_text("# mine\n[host]\nplain_http = true", "utf-8")
    done = succeed("config", "import", ECMA2HOST_SQL)
    assert written(folder).startswith("# mine\n[host]\nplain_http = true\n\n# Taken over")
    assert "Port: 8686: the file has a [host] of its own" in done.err
    succeed("config", "import", MIM_SQL, "--name", "HR")
    assert list(tomllib.loads(written(folder))["connectors"]) == ["SQL", "HR"]

    before = written(folder)
    again = here("config", "import", ECMA2HOST_SQL)
    assert again.code == 2
    assert "there is one already. Choose another name with --name." in again.err
    assert written(folder) == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b"<Configuration>\n<Connectors>\n</Connectors></Configuration>",
            "line 1, <Configuration>",
        ),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "declares a document type"),
        (b"not xml", "line 1: it is not well-formed XML"),
        (b"<export-ma/>", "line 1, <export-ma>: it has no <ma-data>"),
    ],
)
def test_a_bad_file_is_a_usage_error_without_a_traceback(
    folder: Path, content: bytes, says: str
) -> None:
    """Exit code 2, one message with file and line, and nothing is written."""
    folder.joinpath("bad.xml").write_bytes(content)
    done = here("config", "import", "bad.xml")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: bad.xml")
    assert says in done.err
    assert "Traceback" not in done.err
    assert not folder.joinpath("ecma2py.toml").exists()


def test_a_file_that_is_not_there_is_a_usage_error(folder: Path) -> None:
    """For either command, with its name."""
    done = here("config", "import", "no.xml")
    assert (done.code, "no.xml cannot be read" in done.err) == (2, True)
    done = here("config", "export", "--ecma2host")
    assert (done.code, "ecma2py.toml: cannot be read" in done.err) == (2, True)


def test_an_export_is_a_file_that_imports_as_it_was(folder: Path) -> None:
    """Standard output has the XML alone; the file is its owner's; the way back gives the same."""
    succeed("config", "import", ECMA2HOST_LDAP)
    shown = succeed("config", "export", "--ecma2host")
    assert "Enter in the wizard: 'Password' of LDAP" in shown.err
    done = succeed("config", "export", "--ecma2host", "LDAP", "-o", "back.xml")
    assert done.out == "Wrote back.xml with LDAP.\n"
    if sys.platform != "win32":
        assert folder.joinpath("back.xml").stat().st_mode & 0o077 == 0
    folder.joinpath("shown.xml").write_text(shown.out, encoding="utf-8")
    for name in ("back", "shown"):
        succeed("config", "import", f"{name}.xml", "--config", f"{name}.toml")
        again = tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))
        assert again == tomllib.loads(written(folder))


def test_an_export_needs_no_secret_to_be_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And shows none that is."""
    succeed("config", "import", ECMA2HOST_SQL)
    monkeypatch.delenv("SQL_PASSWORD", raising=False)
    unset = succeed("config", "export", "--ecma2host")
    monkeypatch.setenv("SQL_PASSWORD", "correct horse")
    done = succeed("config", "export", "--ecma2host")
    assert "correct horse" not in done.out + done.err
    assert "Password" in unset.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["export"], "Missing option '--ecma2host'"),
        (["export", "--ecma2host", "HX"], "no connector 'HX'"),
        (["import", ECMA2HOST_SQL, "--name", "a b"], "1 to 64 ASCII letters"),
    ],
)
def test_what_is_asked_wrongly_is_told(folder: Path, arguments: list[object], says: str) -> None:
    """A usage error that names what is meant."""
    folder.joinpath("ecma2py.toml").write_text('[connectors.HR]\ntype = "sql"\n', "utf-8")
    done = here("config", *arguments)
    assert done.code == 2
    assert says in done.err


def test_an_export_goes_where_it_can_be_written(folder: Path) -> None:
    """A folder that cannot be is an error of its own, without a traceback."""
    folder.joinpath("ecma2py.toml").write_text('[connectors.HR]\ntype = "sql"\n', "utf-8")
    done = here("config", "export", "--ecma2host", "-o", "ecma2py.toml/x.xml")
    assert done.code == 1
    assert "x.xml cannot be written" in done.err


def test_a_command_of_its_own_process_ends_alike(folder: Path) -> None:
    """What is written by one process is read by the next."""
    done = there("config", "import", ECMA2HOST_POWERSHELL, cwd=folder)
    assert done.code == 0
    assert there("config", "export", "--ecma2host", cwd=folder).out.count("<Connector>") == 1
