"""The contract assembly has the public surface of Microsoft's, member by member."""

import json
from pathlib import Path
from typing import Any

import pytest

from ecma2py.clr.compiling import CONTRACT_SOURCES
from ecma2py.clr.metadata import Assembly, AssemblyName
from ecma2py.clr.metadata.image import IL_ONLY, STRONG_NAME_SIGNED, Image
from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.dotnet import runtime
from tests.clr.surface import surface

LISTING: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "contract.json").read_text(encoding="utf-8")
)
# What the listing says of Microsoft's versions, and what only repeats the rest.
REMARKS = {"firstSeenInAssemblyVersion", "valuesFirstSeenIn", "signature"}
MEMBERS = ("constructors", "fields", "properties", "methods")
LONGEST_SOURCE = 250


@pytest.fixture(scope="module")
def built(contract: Path) -> dict[str, dict[str, Any]]:
    """The surface of the assembly as it was built."""
    return surface(contract)


def facts(listed: Any) -> Any:
    """A part of the listing without its remarks, members in an order of their own."""
    if isinstance(listed, list):
        return sorted((facts(each) for each in listed), key=json.dumps)
    if not isinstance(listed, dict):
        return listed
    ordered = {"parameters", "indexParameters", "args"}  # places matter here
    return {
        key: [facts(each) for each in listed[key]] if key in ordered else facts(listed[key])
        for key in sorted(listed)
        if key not in REMARKS
    }


def test_the_listing_is_whole() -> None:
    """161 types with 862 members are compared, no less."""
    members = sum(len(kind.get(group, ())) for kind in LISTING for group in MEMBERS)
    values = sum(len(kind.get("values", ())) for kind in LISTING)

    assert len(LISTING) == 161
    assert members + values == 862


def test_no_type_is_missing_and_none_is_added(built: dict[str, dict[str, Any]]) -> None:
    """The public types are those of the listing."""
    assert set(built) == {kind["fullName"] for kind in LISTING}


@pytest.mark.parametrize("listed", LISTING, ids=lambda kind: kind["name"])
def test_a_type_is_what_the_listing_says(
    built: dict[str, dict[str, Any]], listed: dict[str, Any]
) -> None:
    """Kind, base, interfaces, attributes, members, parameters and numbers are the same."""
    assert facts(built[listed["fullName"]]) == facts(listed)


def test_the_identity_is_what_connectors_ask_for(contract: Path) -> None:
    """Name, version and key token are those that connectors were compiled against."""
    assert Assembly.read(contract).name == AssemblyName(
        "Microsoft.MetadirectoryServicesEx", (4, 1, 4, 0), "31bf3856ad364e35"
    )


def test_the_file_is_il_and_says_that_it_is_signed(contract: Path) -> None:
    """It loads into any process, and .NET Framework does not take it for an unfinished one."""
    image = Image.read(contract)

    assert image.flags == IL_ONLY | STRONG_NAME_SIGNED
    assert Assembly.read(contract).architecture == "any"


@pytest.mark.parametrize("kind", [RuntimeKind.MONO, RuntimeKind.CORECLR])
def test_every_reference_is_part_of_the_runtime(contract: Path, kind: RuntimeKind) -> None:
    """The assembly needs nothing but what every runtime brings."""
    references = [each.name for each in Assembly.read(contract).references]

    assert references
    assert [name for name in references if runtime(kind).library(name) is None] == []


@pytest.mark.parametrize("path", sorted(CONTRACT_SOURCES.glob("*.cs")), ids=lambda path: path.name)
def test_sources_stay_short(path: Path) -> None:
    """A file holds one idea, in lines that a screen holds."""
    lines = path.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= LONGEST_SOURCE
    assert [line for line in lines if len(line) > 110] == []
