"""A package's ``__all__`` and its public names are the same set."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from tests.repository.sources import CONNECTOR_PACKAGES, PACKAGE, python_files


def _package_name(path: Path) -> str:
    source = next(folder for folder in path.parents if folder.name == "src")
    return ".".join(path.parent.relative_to(source).parts)


PACKAGES = sorted(
    _package_name(path)
    for folder in (PACKAGE, *CONNECTOR_PACKAGES)
    for path in python_files(str(folder))
    if path.name == "__init__.py" and "__all__" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", PACKAGES)
def test_all_equals_the_public_names(name: str) -> None:
    """Nothing is exported by accident, and nothing promised is missing."""
    package = importlib.import_module(name)
    public = {
        member
        for member, value in vars(package).items()
        if not member.startswith("_") and not isinstance(value, ModuleType)
    }

    assert set(package.__all__) == public
    assert len(package.__all__) == len(public)


def test_the_author_gets_everything_from_one_package() -> None:
    """``import ecma2py`` has what it takes to write a connector."""
    import ecma2py

    needed = {"Connector", "CSEntryChange", "AttributeChange", "Schema", "SchemaType", "Parameter"}
    assert needed <= set(ecma2py.__all__)
