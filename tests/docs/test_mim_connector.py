"""The page about connectors of MIM says what the code says."""

import re
from pathlib import Path

from ecma2py.clr import remedies
from ecma2py.clr.compiling import STAND_INS
from ecma2py.clr.runtimes import RuntimeKind
from tests.host.serving import ROOT

PAGE = ROOT / "docs" / "how-to" / "mim-connector.md"
LITERALS_APART = re.compile(r'"\s*\n\s*(?:\+ )?f?"')


def sources() -> str:
    """Python and C#, each text in one piece however many literals it is written in."""
    package = ROOT / "src" / "ecma2py"
    files = (path for end in ("py", "cs") for path in package.rglob(f"*.{end}"))
    return "\n".join(LITERALS_APART.sub("", path.read_text(encoding="utf-8")) for path in files)


def rows(heading: str) -> list[str]:
    """The first cells of the table that follows a line of the page."""
    table = PAGE.read_text(encoding="utf-8").partition(heading)[2].partition("\n\n| ")[2]
    return re.findall(r"^\| `(.+?)` \|", table.partition("\n\n")[0], re.MULTILINE)


def test_each_error_is_told_in_its_own_words() -> None:
    """Who searches for what a command printed finds it: every text is one of the code."""
    told = rows("What ecma2py says")
    code = sources()

    assert len(told) > 15
    assert [each for each in told if not all(part in code for part in each.split("…"))] == []


def test_each_stand_in_has_its_limits() -> None:
    """None is carried whose limits are not written down."""
    assert rows("## The stand-ins") == [each.name for each in STAND_INS]


def test_the_commands_are_those_of_the_doctor() -> None:
    """The page and the doctor advise the same."""
    text = PAGE.read_text(encoding="utf-8")
    advised = (*remedies._MONO, *remedies._dotnet(remedies.OLDEST_DOTNET))

    assert [each.command for each in advised if each.command not in text] == []
    assert remedies.commands(RuntimeKind.MONO)


def test_the_readme_of_the_example_names_its_files() -> None:
    """Nothing of the example is left for the reader to find alone."""
    folder = ROOT / "examples" / "dotnet"
    text = (folder / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\((\S+?)\)", text))

    assert linked == {path.name for path in Path(folder).iterdir() if path.suffix in (".cs", ".py")}
