"""The connector in C# does on both runtimes what its README says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ecma2py.clr.compiling import compile_assembly
from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.conftest import contract, ours  # noqa: F401 - fixtures, which pytest finds by name
from tests.clr.hosted import Ours, hosted
from tests.host.serving import ROOT
from tests.servers.needs import require

PEOPLE = """\
id,login,displayName,givenName,familyName,mail,title,active,room,manager,phones
P0001,ann,Ann Ash,Ann,Ash,ann@example.org,"Head, \"\"HR\"\"",true,101,,+1|+2
P0002,bob,Bob Elm,Bob,Elm,,,false,,P0001,
P0003,cid,Cid Oak,Cid,Oak,,,perhaps,,P0002,
"""
GROUPS = "id,name,members\nG0001,All,P0001|P0002\n"
CODE = """
from System.Reflection import Assembly
host.load(paths[0])
harness = Assembly.LoadFrom(str(paths[1])).GetType("DemoHarness").GetMethod("Run")
calls = {calls!r}
result = [list(map(str, harness.Invoke(None, [str(paths[2]), *call]))) for call in calls]
"""
Called = Callable[..., list[list[str]]]


@pytest.fixture(scope="module")
def assemblies(contract: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:  # noqa: F811
    """The connector and the harness that calls it."""
    require("mono")
    folder = tmp_path_factory.mktemp("demo")
    connector = folder / "DemoConnector.dll"
    references = [contract, "System.dll", "System.Core.dll"]
    compile_assembly(connector, (ROOT / "examples/dotnet").glob("*.cs"), references=references)
    harness = folder / "Harness.dll"
    source = Path(__file__).with_name("DemoHarness.cs")
    compile_assembly(harness, [source], references=[connector, *references])
    return connector, harness


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The files of three people and a group."""
    (tmp_path / "person.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "group.csv").write_text(GROUPS, encoding="utf-8")
    return tmp_path


@pytest.fixture(params=[RuntimeKind.MONO, RuntimeKind.CORECLR], ids=lambda kind: str(kind.value))
def called(
    request: pytest.FixtureRequest,
    assemblies: tuple[Path, Path],
    data: Path,
    ours: Ours,  # noqa: F811
) -> Called:
    """What calls of the harness told, all in one process."""

    def call(*calls: tuple[str, str]) -> list[list[str]]:
        code = CODE.format(calls=[list(each) for each in calls])
        told: list[list[str]] = hosted(request.param, code, *assemblies, data, ours=ours)
        return told

    return call


def test_it_describes_itself(called: Called) -> None:
    """Parameters of every kind, a check of what was entered, and two object types."""
    (told,) = called(("describe", ""))

    assert told == [
        "Connectivity Label Where person.csv and group.csv are",
        "Connectivity String Folder",
        "Connectivity Divider ",
        "Connectivity EncryptedString Pepper",
        "Global CheckBox Check references",
        "valid",
        "person: id login displayName givenName familyName mail title active room manager phones",
        "group: id name members",
    ]


def test_it_imports_pages(called: Called) -> None:
    """A full import reads all in pages; one bad value is the error of its object alone."""
    (told,) = called(("full", ""))

    assert told == [
        "page of 2",
        (
            "Add person P0001 login=ann displayName=Ann Ash givenName=Ann familyName=Ash "
            'mail=ann@example.org title=Head, "HR" active=True room=101 phones=+1|+2'
        ),
        (
            "Add person P0002 login=bob displayName=Bob Elm givenName=Bob familyName=Elm active=False "
            "manager=P0001"
        ),
        "page of 2",
        (
            "Add person P0003 login=cid displayName=Cid Oak givenName=Cid familyName=Oak manager=P0002 "
            "ImportErrorInvalidAttributeValue"
        ),
        "Add group G0001 name=All members=P0001|P0002",
        "watermark 0",
    ]


def test_it_exports_and_tells_the_delta(called: Called, data: Path) -> None:
    """Each change has its result and its line in the file; the next delta tells all of them."""
    exported, delta, nothing = called(("export", ""), ("delta", "0"), ("delta", "5"))

    assert exported == [
        "Success P0004 ",
        "ExportErrorConnectedDirectoryExistingObject The login ANN is taken.",
        "Success ",
        "ExportErrorReferenceAttributeFailure members refers to P9999, which is not there.",
        "Success ",
        "ExportErrorConnectedDirectoryMissingObject There is no person P0777.",
    ]
    lines = (data / "person.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == [
        'P0001,ann,Ann Ash,Ann,Ash,ann@example.org,"Head, ""of"" all",true,,,+2|+3',
        "P0003,cid,Cid Oak,Cid,Oak,,,perhaps,,,",
        "P0004,ada,,,,,,true,12,,",
    ]
    assert (data / "group.csv").read_text(encoding="utf-8").splitlines()[1:] == ["G0001,All,P0001"]
    kinds = [each.split()[:3] for each in delta if not each.startswith(("page", "watermark"))]
    assert sorted(kinds) == [
        ["Delete", "person", "P0002"],
        ["Replace", "group", "G0001"],
        ["Replace", "person", "P0001"],
        ["Replace", "person", "P0003"],
        ["Replace", "person", "P0004"],
    ]
    assert delta[-1] == "watermark 5"
    assert nothing == ["page of 0", "watermark 5"]


def test_no_key_is_given_twice(called: Called) -> None:
    """The key of a person who is gone stays theirs, also in the batch that removes them."""
    assert called(("keys", "")) == [["Success ", "Success P0004 ", "Success ", "Success P0005 "]]


def test_it_keeps_passwords(called: Called, data: Path) -> None:
    """Policy, missing people and a wrong old password have an error each; no password is kept."""
    (told,) = called(("passwords", ""))

    assert told == [
        "Secure",
        "done",
        "PasswordPolicyViolationException",
        "ObjectNotFoundException",
        "OldPasswordIncorrectException",
        "done",
    ]
    (line,) = (data / "passwords.csv").read_text(encoding="utf-8").splitlines()
    assert line.startswith("P0001,100000$")
    assert "staple" not in line
