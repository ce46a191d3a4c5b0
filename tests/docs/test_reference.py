"""The reference says what the code says."""

import re
from pathlib import Path

import pytest

import ecma2py
from ecma2py.connector import protocols
from scripts import reference
from tests.host.serving import ROOT

FOLDER = ROOT / "docs" / "reference"


@pytest.mark.parametrize("name", reference.pages())
def test_a_page_is_what_the_code_says(name: str) -> None:
    """Run ``python -m scripts.reference`` after a change of docstrings, keys or options."""
    assert Path(FOLDER / name).read_text(encoding="utf-8") == reference.page(name)


def test_every_public_name_is_told() -> None:
    """What can be imported is on the page about the SDK."""
    text = reference.page("sdk.md")
    assert [each for each in ecma2py.__all__ if f"`{each}`" not in text] == []


def test_every_interface_and_method_of_ecma2_is_told() -> None:
    """The page about ECMA2 names all twelve, each with what a class must have to satisfy it."""
    text = (FOLDER / "ecma2.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(IMAExtensible2\w+)` \| (.+?) \|", text, re.MULTILINE))
    members = {
        name: {each for each in vars(found) if not each.startswith("_")}
        for name, found in vars(protocols).items()
        if name.startswith("IMAExtensible2")
    }
    assert {name: set(re.findall(r"`(\w+)`", cell)) for name, cell in told.items()} == members
