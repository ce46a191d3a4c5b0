r"""Names such as MAFolder + "\\file" lead through workers to the files of the connector."""

import json
from pathlib import Path

import pytest

from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.errors import ConfigurationError
from tests.clr.building import another_contract, assembly, contract_of
from tests.clr.dotnet import KINDS, needs_pythonnet, runtime
from tests.clr.hosted import Ours
from tests.clr.papers import agent, exported, imported, papers, set_password
from tests.clr.workers import workers
from tests.host.serving import EXTENSION, running


@pytest.fixture(scope="module")
def dll(ours: Ours, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return papers(ours, tmp_path_factory.mktemp("papers"))


@KINDS
def test_files_are_read_and_written(
    dll: Path, cache: Path, tmp_path: Path, kind: RuntimeKind
) -> None:
    """Import, export and passwords use names with backslashes, below other folders too."""
    folder = agent(tmp_path / "The Agent")
    settings = {"folder": str(folder), "name": "Papers"}
    with workers(kind, dll, cache, settings=settings, warm=1) as pool:
        assert exported(pool, "cid") == [{"id": "CID"}]
        assert exported(pool, "dee", "eve") == [{"id": "DEE"}, {"id": "EVE"}]
        set_password(pool, "CID", "a pass-word")
        (folder / "people" / "ZOE.txt").write_text("Zoe")  # as an administrator does
        people = imported(pool)

    assert [(each["id"], each["name"], each["realm"]) for each in people] == [
        ("ANN", "Ann", "here"),
        ("BOB", "Bob", "here"),
        ("CID", "cid", "here"),
        ("DEE", "dee", "here"),
        ("EVE", "eve", "here"),
        ("ZOE", "Zoe", "here"),
    ]
    assert (folder / "log" / "exports" / "all.txt").read_text() == "+CID+DEE+EVE"
    assert (folder / "log" / "ids.txt").read_text() == "+CID+DEE+EVE"
    assert (folder / "people" / "CID.password").read_text() == "a pass-word of Papers"
    assert (folder / "last.log").read_text() == "imported"
    assert sorted(each.name for each in folder.iterdir()) == [
        ".ecma2py",
        "last.log",
        "log",
        "people",
    ]


@KINDS
@pytest.mark.parametrize("version", ["4.1.4.0", "4.1.3.0"])
def test_the_contract_of_the_configuration_is_the_one(
    dll: Path, cache: Path, tmp_path: Path, kind: RuntimeKind, version: str
) -> None:
    """A contract made otherwise than ours does its work with MAFolder, runs and passwords."""
    folder = agent(tmp_path / "Agent")
    settings = {
        "folder": str(folder),
        "contract": str(another_contract(tmp_path / "contract", version)),
    }
    has_shadow_copies = kind is RuntimeKind.MONO
    with workers(kind, dll, cache, settings=settings) as pool:
        exported(pool, "cid")
        set_password(pool, "CID", "a pass-word")
        people = imported(pool, realm=has_shadow_copies)

    assert [each["name"] for each in people] == ["Ann", "Bob", "cid"]
    assert {each["contract"] for each in people} == {f"A stand-in of the tests {version}"}
    assert {each["realm"] for each in people} == {"here" if has_shadow_copies else "nowhere"}
    assert (folder / "people" / "CID.password").read_text() == "a pass-word of Papers"


@KINDS
def test_a_contract_that_will_not_do_is_told(
    dll: Path, cache: Path, tmp_path: Path, kind: RuntimeKind
) -> None:
    """What is wrong with the file, and which file, before anything of the connector runs."""
    text = tmp_path / "text.dll"
    text.write_text("no assembly")
    for path, told in [
        (tmp_path / "none.dll", "No such file"),
        (text, "is no .NET assembly"),
        (assembly(tmp_path / "Other.dll"), "is Other; the contract assembly is called"),
        (contract_of(tmp_path / "old", "4.1.0.0"), "which works inside MIM only"),
        (empty_contract(tmp_path), "IMAExtensible2"),
    ]:
        with (
            workers(kind, dll, cache, settings={"contract": str(path)}) as pool,
            pytest.raises(ConfigurationError) as caught,
        ):
            pool()
        assert told in str(caught.value)
        assert str(path) in str(caught.value)


def empty_contract(folder: Path) -> Path:
    """An assembly with the identity of the contract, and nothing of what is in it."""
    return assembly(
        folder / "empty" / "Microsoft.MetadirectoryServicesEx.dll", version="4.1.4.0", signed=True
    )


CONFIG = """
[host]
listen = "127.0.0.1:8585"
plain_http = true

[connectors.MEM]
type = "Papers.dll"
path = {folder}
runtime = "{runtime}"

[connectors.MEM.parameters]
Realm = "1"

[connectors.MEM.scim.mapping.User]
userName = "name"
title = "realm"
"""


@KINDS
async def test_a_host_serves_the_files(
    ours: Ours, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: RuntimeKind
) -> None:
    """What a client reads, creates and gives a password is in the connector's folder."""
    runtime(kind)
    needs_pythonnet()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    folder = tmp_path / "My MIM connectors, a copy"
    agent(folder)
    papers(ours, folder)
    text = CONFIG.format(folder=json.dumps(str(folder)), runtime=kind.value)
    async with running(tmp_path, text) as client:
        (ann,) = await client.found("/Users", 'userName eq "Ann"')
        new = await client.person("cid")
        where = f"{EXTENSION}:User:export_password"
        change = {"op": "replace", "path": where, "value": "a new pass-word"}
        answer = await client.patch(f"/Users/{new['id']}", change)
        assert answer.is_success, answer.text

    assert ann["title"] == "here"
    assert (folder / "people" / "CID.txt").read_text() == "cid"
    assert (folder / "people" / "CID.password").read_text() == "a new pass-word of MEM"
