"""What the documentation shows works."""

import re
from pathlib import Path

import pytest

from ecma2py.host.config import parse
from ecma2py_sql.config import parse_object_types
from tests.host.serving import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    pattern = rf"^```{language}\n(.*?)^```"
    return re.findall(pattern, page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.name)
def test_python_examples_run(page: Path) -> None:
    """The Python of a page runs from top to bottom."""
    exec(compile("\n".join(blocks(page, "python")), str(page), "exec"), {"__name__": "example"})


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "toml")], ids=lambda p: p.name)
def test_configuration_examples_are_accepted(page: Path) -> None:
    """Every configuration a page shows is one the host takes."""
    for text in blocks(page, "toml"):
        for each in parse(text, page, {}).connectors.values():
            if each.type == "sql" and "Object types" in each.parameters:
                assert parse_object_types(str(each.parameters["Object types"]))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to another page leads to a page that exists."""
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
