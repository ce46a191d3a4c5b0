"""Compiles the demo connector: ``python examples/dotnet/build.py [DLL]``.

Any C# compiler will do, Mono's ``mcs`` or the one in every Windows. What it needs beside it is the
contract assembly, which ecma2py has.
"""

import sys
from pathlib import Path

from ecma2py.clr import contract_assembly
from ecma2py.clr.compiling import compile_assembly

FOLDER = Path(__file__).parent


def build(dll: Path) -> None:
    """Compile the sources beside this file into a DLL."""
    references: list[Path | str] = [contract_assembly(), "System.dll", "System.Core.dll"]
    compile_assembly(dll, FOLDER.glob("*.cs"), references=references)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "DemoConnector.dll").resolve()
    build(target)
    print(f"Compiled {target}")
