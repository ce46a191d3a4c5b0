"""The whole way of a connector of MIM: its folder and its export, served over SCIM."""

import csv
from pathlib import Path
from typing import Any

import pytest

from ecma2py.clr.compiling import compile_assembly
from ecma2py.clr.runtimes import RuntimeKind
from tests.cli.commands import here, succeed
from tests.clr.conftest import cache, contract  # noqa: F401 - fixtures, which pytest finds by name
from tests.clr.dotnet import KINDS, needs_pythonnet, runtime
from tests.examples.test_dotnet import GROUPS, PEOPLE
from tests.host.processes import free_port, patch, process
from tests.host.serving import EXTENSION, ROOT

EXPORT = Path(__file__).with_name("demo-agent.xml")
PERSON = f"{EXTENSION}:User"


@pytest.fixture
def folder(
    contract: Path,  # noqa: F811
    cache: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A folder as the page about MIM's connectors wants it: the connector's own in it, and data."""
    needs_pythonnet()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("DEMO_PEPPER", "a secret of the tests")
    compile_assembly(
        tmp_path / "demo" / "DemoConnector.dll",
        (ROOT / "examples/dotnet").glob("*.cs"),
        references=[contract, "System.dll", "System.Core.dll"],
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "person.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "data" / "group.csv").write_text(GROUPS, encoding="utf-8")
    return tmp_path


def taken_over(folder: Path, kind: RuntimeKind, port: int) -> str:
    """The configuration that an import gives, with what is this machine's own."""
    told = succeed("config", "import", EXPORT)
    assert "DEMO_PEPPER" in told.out
    assert "<export-attribute-flow>: synchronisation rules" in told.err
    assert "copy it and all that lies beside it" in told.err
    text = (folder / "ecma2py.toml").read_text(encoding="utf-8")
    assert here("check").code == 2
    for old, new in (
        (r'"D:\\Data\\Demo"', f"'{folder / 'data'}'"),
        (
            'type = "DemoConnector.dll"\n',
            f'type = "DemoConnector.dll"\npath = "demo"\nruntime = "{kind.value}"\n',
        ),
    ):
        assert old in text, text
        text = text.replace(old, new)
    return f'[host]\nlisten = "127.0.0.1:{port}"\nplain_http = true\n\n{text}'


def people(folder: Path) -> dict[str, dict[str, Any]]:
    """The connector's own file by login."""
    with (folder / "data" / "person.csv").open(newline="", encoding="utf-8") as stream:
        return {each["login"]: each for each in csv.DictReader(stream)}


@KINDS
def test_an_agent_of_mim_is_taken_over_and_served(folder: Path, kind: RuntimeKind) -> None:
    """Import, check, serve: a client reads what MIM had, and changes it as MIM would."""
    runtime(kind)
    port = free_port()
    text = taken_over(folder, kind, port)
    (folder / "ecma2py.toml").write_text(text, encoding="utf-8")
    assert succeed("check").code == 0

    with process(folder, text, port, connector="Demo") as host:
        host.until_up()
        with host.client() as http:
            (ann,) = http.get("/Users", params={"filter": f'{PERSON}:login eq "ann"'}).json()[
                "Resources"
            ]
            assert ann[PERSON]["phones"] == ["+1", "+2"]
            assert "mail" not in ann[PERSON], "MIM had not selected it"
            assert http.get("/Groups").json()["totalResults"] == 1

            body = {PERSON: {"login": "ada", "active": True, "export_password": "correct horse"}}
            made = http.post("/Users", json=body)
            assert made.status_code == 201, made.text
            where = f"/Users/{made.json()['id']}"
            assert http.patch(where, json=patch(f"{PERSON}:title", "Resörch")).is_success
            stored = people(folder)["ada"]
            assert (stored["title"], stored["active"]) == ("Resörch", "true")
            assert "horse" not in (folder / "data" / "passwords.csv").read_text(encoding="utf-8")

            assert http.delete(where).status_code == 204
            assert "ada" not in people(folder)
            assert http.get(where).status_code == 404
        assert host.stop() == 0
    log = host.log.read_text(encoding="utf-8")
    assert "a secret of the tests" not in log
    assert "correct horse" not in log
