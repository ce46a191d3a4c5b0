"""Imports point down: a room knows only what stands below it."""

import sys
from pathlib import Path

import pytest

from tests.repository.sources import (
    CONNECTOR_PACKAGES,
    PACKAGE,
    imported_modules,
    python_files,
    shown,
)

FLOORS = {
    "entries": 0,
    "schema": 0,
    "parameters": 0,
    "capabilities": 0,
    "partitions": 0,
    "steps": 0,
    "errors": 0,
    "redaction": 0,
    "values": 0,
    "connector": 1,
    "clr": 2,
    "workers": 2,
    "runs": 3,
    "space": 3,
    "scim": 4,
    "host": 5,
    "agent": 5,
    "service": 5,
    "conformance": 6,
    "cli": 6,
}

# Rooms of one floor do not know each other, but for the vocabulary itself and these.
NEIGHBOURS = {("workers", "clr")}

# What a room must not know although it stands below.
STRANGERS = {
    "space": {"connector"},
    "scim": {"runs", "space", "connector"},
    "agent": {"runs", "space", "clr"},
    "service": {"runs", "space", "clr"},
}

# A library for each room that may use any; rooms above these choose freely.
LIBRARIES = {
    **{room: {"attr", "attrs"} for room, floor in FLOORS.items() if floor <= 1},
    "runs": {"attr", "attrs"},
    "space": {"attr", "attrs", "orjson"},
}

INPUT_AND_OUTPUT = {"asyncio", "http", "os", "pathlib", "socket", "sqlite3", "ssl", "subprocess"}


def room_of(path: Path) -> str:
    """The room a file of the package stands in."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def room_imported(module: str) -> str | None:
    """The room of ecma2py that an imported module belongs to, if it is one of ours."""
    parts = module.split(".")
    return parts[1] if parts[0] == "ecma2py" and len(parts) > 1 and parts[1] in FLOORS else None


def may_import(room: str, other: str) -> bool:
    """Whether a file of the room may import from the other."""
    if other in STRANGERS.get(room, ()):
        return False
    below = FLOORS[other] < FLOORS[room] or FLOORS[other] == FLOORS[room] == 0
    return other == room or below or (room, other) in NEIGHBOURS


ROOM_FILES = [path for path in python_files("src/ecma2py") if path != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", ROOM_FILES, ids=shown)
def test_imports_point_down(path: Path) -> None:
    """A file imports from its own room and from the floors below it."""
    room = room_of(path)
    assert room in FLOORS, f"give {room} a floor"

    upward = {
        module
        for module in imported_modules(path)
        if (other := room_imported(module)) and not may_import(room, other)
    }

    assert upward == set()


@pytest.mark.parametrize("path", ROOM_FILES, ids=shown)
def test_lower_floors_use_the_libraries_named_for_them(path: Path) -> None:
    """What an author imports needs attrs alone, and what a script imports hardly more."""
    allowed = LIBRARIES.get(room_of(path))
    if allowed is None:
        return

    roots = {module.partition(".")[0] for module in imported_modules(path)}

    assert roots - allowed - {"ecma2py"} - sys.stdlib_module_names == set()


@pytest.mark.parametrize("path", python_files("src/ecma2py/scim"), ids=shown)
def test_the_scim_protocol_does_no_input_or_output(path: Path) -> None:
    """The protocol is pure: it opens no socket and reads no file."""
    roots = {module.partition(".")[0] for module in imported_modules(path)}

    assert roots & INPUT_AND_OUTPUT == set()


@pytest.mark.parametrize("folder", CONNECTOR_PACKAGES, ids=shown)
def test_connector_packages_see_what_a_third_party_sees(folder: Path) -> None:
    """A connector stands on the vocabulary and the connector contract, nothing else of ours."""
    seen = {
        module
        for path in python_files(shown(folder))
        for module in imported_modules(path)
        if (room := room_imported(module)) and FLOORS[room] > 1
    }

    assert seen == set()


@pytest.mark.parametrize(
    ("room", "other", "allowed"),
    [
        ("entries", "schema", True),
        ("entries", "connector", False),
        ("runs", "connector", True),
        ("runs", "space", False),
        ("space", "connector", False),
        ("host", "scim", True),
        ("host", "agent", False),
        ("host", "cli", False),
        ("workers", "clr", True),
        ("clr", "workers", False),
    ],
)
def test_the_rule_itself(room: str, other: str, allowed: bool) -> None:
    """The rule refuses what it is there to refuse."""
    assert may_import(room, other) is allowed
