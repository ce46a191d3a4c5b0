"""What every source file keeps to, so that the next reader finds the last one's order."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository.sources import (
    PACKAGE,
    ROOT,
    parsed,
    python_files,
    repository_files,
    shown,
)

LONGEST_MODULE = 600

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

# Paths of one machine and addresses of one package registry mean nothing on another.
ELSEWHERE = re.compile(
    r"""(?<![\w./*-])/(?:work|root|home/\w+|tmp)/[\w.-]"""
    r"""|--(?:extra-)?index-url|--find-links|PIP_INDEX_URL|UV_INDEX"""
    r"""|https?://[^\s/]+/(?:simple|pypi)\b|pythonhosted\.org"""
)


def public_definitions(module: ast.Module) -> Iterator[Documented]:
    """The module, its public functions and classes, those inside, and what a protocol promises.

    A method that fulfils a protocol is documented there.
    """
    yield module
    waiting: list[ast.Module | ast.ClassDef] = [module]
    while waiting:
        owner = waiting.pop()
        for node in owner.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node
                waiting.append(node)
            elif isinstance(node, FUNCTION) and node.name[0] != "_" and promises(owner):
                yield node


def promises(owner: ast.Module | ast.ClassDef) -> bool:
    """True where functions are promises: in a module, and in a protocol."""
    if isinstance(owner, ast.Module):
        return True
    return any(ast.unparse(base).partition("[")[0] == "Protocol" for base in owner.bases)


def undocumented(module: ast.Module) -> set[str]:
    """The names of public definitions that say nothing of themselves."""
    return {
        getattr(node, "name", "the module")
        for node in public_definitions(module)
        if not ast.get_docstring(node)
    }


def laws_in(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The test functions of a file, those in classes included."""
    for node in ast.walk(module):
        if isinstance(node, FUNCTION) and node.name.startswith("test_"):
            yield node


@pytest.mark.parametrize("path", python_files("src", "connectors", "scripts"), ids=shown)
def test_public_names_say_what_holds(path: Path) -> None:
    """Modules, public classes and public functions have docstrings."""
    assert undocumented(parsed(path)) == set()


@pytest.mark.parametrize("path", python_files("tests"), ids=shown)
def test_every_test_states_its_law(path: Path) -> None:
    """A test that fails tells by its docstring what no longer holds."""
    assert [test.name for test in laws_in(parsed(path)) if not ast.get_docstring(test)] == []


@pytest.mark.parametrize("path", python_files(), ids=shown)
def test_modules_stay_short(path: Path) -> None:
    """A module holds one idea, and an idea needs no more lines than this."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def test_files_name_no_machine_and_no_registry() -> None:
    """What is in the repository works on any machine, with any package index."""
    found = [
        f"{shown(path)}:{number}: {match[0]}"
        for path in repository_files()
        if path != Path(__file__) and b"\0" not in (data := path.read_bytes())
        for number, line in enumerate(data.decode("utf-8").splitlines(), 1)
        if (match := ELSEWHERE.search(line))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("path = '/home/alice/x'", True),
        ("cd /tmp/build", True),
        ("pip install --index-url x", True),
        ("https://mirror.example/simple", True),
        ("GET /ecma2host_HR/scim/Users", False),
        ("/var/lib/ecma2py/space.db", False),
        ("site/work/page", False),
    ],
)
def test_the_rule_finds_what_it_looks_for(line: str, found: bool) -> None:
    """The rule sees machine paths and registries, and lets product paths be."""
    assert bool(ELSEWHERE.search(line)) is found


def test_missing_docstrings_are_seen() -> None:
    """The rule about docstrings sees classes, functions, modules and promises without one."""
    module = ast.parse(
        "class A:\n    class B: ...\n    def m(self): ...\ndef f(): ...\ndef _g(): ...\n"
        "class P(Protocol[T]):\n    def n(self): ...\n    def _o(self): ..."
    )

    assert undocumented(module) == {"the module", "A", "B", "f", "P", "n"}


@pytest.mark.parametrize("room", ["scim", "host/foreign"])
def test_the_map_of_a_room_names_every_module(room: str) -> None:
    """Who looks for a part of SCIM, or of foreign files, finds it from the package's first words."""
    folder = PACKAGE / room
    told = set(re.findall(r"``(\w+)``", ast.get_docstring(parsed(folder / "__init__.py")) or ""))

    assert told == {path.stem for path in folder.glob("*.py")} - {"__init__"}


def test_every_page_is_in_the_navigation() -> None:
    """A page of the documentation that nothing leads to is not documentation."""
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    pages = {
        path.relative_to(ROOT / "docs").as_posix()
        for path in repository_files()
        if path.suffix == ".md" and path.is_relative_to(ROOT / "docs")
    }

    assert {page for page in pages if page not in navigation} == set()
