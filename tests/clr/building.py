"""Small assemblies for tests, each compiled from a text."""

from collections.abc import Sequence
from pathlib import Path

from ecma2py.clr.compiling import compile_assembly
from tests.servers.needs import require


def assembly(
    path: Path, text: str = "", *, version: str = "1.0.0.0", references: Sequence[Path] = ()
) -> Path:
    """An assembly of that version with what the C# text says, named after its file."""
    require("mono")
    path.parent.mkdir(parents=True, exist_ok=True)
    identity = path.with_name(f"{path.stem}.version.cs")
    identity.write_text(f'[assembly: System.Reflection.AssemblyVersion("{version}")]')
    source = path.with_name(f"{path.stem}.cs")
    source.write_text(text, encoding="utf-8")
    compile_assembly(path, [identity, source], references=references)
    return path
