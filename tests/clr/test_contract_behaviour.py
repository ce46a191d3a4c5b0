"""The contract's types behave as Microsoft's were observed to, on every runtime.

The laws are C# methods in ``behaviours``; each says in its summary what holds.
"""

import re
from pathlib import Path

import pytest

from ecma2py.clr.compiling import compile_assembly
from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.dotnet import KINDS, run

SOURCES = sorted((Path(__file__).parent / "behaviours").glob("*.cs"))
_LAW = re.compile(r"/// <summary>[^\n]+</summary>\n    public static void (\w+)\(\)")
LAWS = [
    f"{source.stem}.{law}"
    for source in SOURCES
    if source.stem.endswith("Laws")
    for law in _LAW.findall(source.read_text(encoding="utf-8"))
]

_outcomes: dict[RuntimeKind, dict[str, str]] = {}


@pytest.fixture(scope="module")
def program(contract: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program that checks every law, compiled beside the contract."""
    made = tmp_path_factory.mktemp("behaviours") / "Behaviours.exe"
    (made.parent / contract.name).write_bytes(contract.read_bytes())
    references = [contract, "System.Core.dll"]
    compile_assembly(made, SOURCES, references=references, executable=True)
    return made


def outcomes(program: Path, kind: RuntimeKind) -> dict[str, str]:
    """How each law ended on a runtime, which runs once."""
    if kind not in _outcomes:
        told = run(kind, program, folder=program.parent / kind.value)
        lines = (line.partition("\t") for line in told.splitlines())
        _outcomes[kind] = {law: outcome for law, _, outcome in lines}
    return _outcomes[kind]


@KINDS
@pytest.mark.parametrize("law", LAWS)
def test_a_law_holds(program: Path, kind: RuntimeKind, law: str) -> None:
    """What the summary of the C# method says."""
    assert outcomes(program, kind)[law] == "holds"


@KINDS
def test_every_law_has_its_summary(program: Path, kind: RuntimeKind) -> None:
    """No law runs unseen: those that ran are those that were found with a summary."""
    assert set(outcomes(program, kind)) == set(LAWS)
