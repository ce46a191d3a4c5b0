"""The rooms of the package stand on each other, in one order."""

from pathlib import Path

import pytest

from tests.repository.sources import ROOT, imported_modules, python_files, shown

PACKAGE = ROOT / "connectors" / "sql" / "src" / "ecma2py_sql"
ROOMS = ("data", "drivers", "mapping", "importing", "exporting", "deltas", "pages", "connector")


def room_of(path: Path) -> str:
    """The room a file stands in."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize(
    "path",
    [each for each in python_files(shown(PACKAGE)) if each != PACKAGE / "__init__.py"],
    ids=shown,
)
def test_imports_point_down(path: Path) -> None:
    """A file imports from its own room and from those before it in the order, never from later."""
    rooms = {
        module.split(".")[1]
        for module in imported_modules(path)
        if module.startswith("ecma2py_sql.")
    }

    assert rooms <= set(ROOMS[: ROOMS.index(room_of(path)) + 1])
