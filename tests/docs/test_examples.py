"""What the documentation shows works."""

import re
import runpy
import sys
import tomllib
from pathlib import Path

import pytest

from ecma2py.host.config import parse
from ecma2py_sql.mapping.config import parse_object_types
from tests.cli.commands import succeed
from tests.host.foreign.carried import imported
from tests.host.foreign.samples import MIM_SQL
from tests.host.serving import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    pattern = rf"^```{language}\n(.*?)^```"
    return re.findall(pattern, page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def files(page: Path) -> dict[str, str]:
    """The Python that the reader is to save, by the name of the file that the line above gives."""
    pattern = r"\b[Ss]ave (?:this|it) [^`\n]*`(\w+\.py)`[^\n]*\n\n```python\n(.*?)^```"
    text = page.read_text(encoding="utf-8")
    return {each[1]: each[2] for each in re.finditer(pattern, text, re.MULTILINE | re.DOTALL)}


def headings(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    titles = re.findall(r"^#+ (.+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.name)
def test_python_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python of a page runs from top to bottom, what is to be saved in files of their own."""
    saved = files(page)
    for name, text in saved.items():
        tmp_path.joinpath(name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        for name in saved:
            runpy.run_path(str(tmp_path / name))
    finally:
        for name in saved:
            sys.modules.pop(name.removesuffix(".py"), None)
    rest = [each for each in blocks(page, "python") if each not in saved.values()]
    exec(compile("\n".join(rest), str(page), "exec"), {"__name__": "example"})


def test_the_tutorials_files_are_found() -> None:
    """Both are run as their reader runs them: the second imports the first."""
    tutorial = ROOT / "docs" / "tutorial" / "first-connector.md"
    assert list(files(tutorial)) == ["staff.py", "try.py"]


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "toml")], ids=lambda p: p.name)
def test_configuration_examples_are_accepted(page: Path) -> None:
    """Every configuration a page shows is one the host takes."""
    for text in blocks(page, "toml"):
        variables = dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "x")
        for each in parse(text, page, variables).connectors.values():
            if each.type == "sql" and "Object types" in each.parameters:
                assert parse_object_types(str(each.parameters["Object types"]))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to another page leads to a page that exists."""
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "xml")], ids=lambda p: p.name)
def test_a_foreign_configuration_becomes_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The XML of a page, taken over by its commands, gives the TOML that follows it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ECMA2PY_CONFIG", raising=False)
    (shown,) = blocks(page, "xml")
    tmp_path.joinpath("Configuration.xml").write_text(shown, encoding="utf-8")
    tmp_path.joinpath("HR.xml").write_bytes(MIM_SQL.read_bytes())
    commands = [line for each in blocks(page, "sh") for line in each.splitlines()]

    assert len(commands) == 3
    for command in commands:
        succeed(*command.split()[1:])
    found = tomllib.loads(tmp_path.joinpath("ecma2py.toml").read_text(encoding="utf-8"))
    expected = tomllib.loads(blocks(page, "toml")[0])
    assert found["host"] == expected["host"]
    assert found["connectors"]["SQL"] == expected["connectors"]["SQL"]
    assert imported(tmp_path.joinpath("Back.xml").read_bytes()).connectors == ("SQL", "HR")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_to_a_heading_find_it(page: Path) -> None:
    """What stands after ``#`` is a heading of the page that is linked to."""
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text(encoding="utf-8"))
    for target, anchor in links:
        assert anchor in headings(page.parent / target if target else page), (target, anchor)
