"""Which native libraries a connector's code names is told, and whether they are here."""

import sys
from pathlib import Path

import pytest

from ecma2py.clr.metadata import Assembly
from ecma2py.clr.natives import NativeLibrary, native_libraries
from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.clr.suitability import examine
from tests.clr.building import assembly
from tests.clr.dotnet import runtime

NAMES = """using System.Runtime.InteropServices;
public class C { public B Beside;
  [DllImport("one.dll")] static extern int A();
  [DllImport("two")] static extern int D();
  [DllImport("no-such-library.dll")] static extern int E();
  [DllImport("libc")] static extern int getpid(); }"""
BESIDE = """using System.Runtime.InteropServices;
public class B { [DllImport("ONE.dll")] static extern int A(); [DllImport("three")] static extern int F(); }"""


@pytest.mark.skipif(sys.platform != "linux", reason="it names libraries of Linux")
def test_they_are_looked_for_as_the_runtimes_do(tmp_path: Path) -> None:
    """Beside the connector in the usual forms, then among the system's; what is beside it counts."""
    beside = assembly(tmp_path / "Beside.dll", BESIDE)
    path = assembly(tmp_path / "Connector.dll", NAMES, references=[beside])
    for name in ("one.dll", "libtwo.so", "three.so"):
        (tmp_path / name).write_bytes(b"machine code")
    (verdict,) = examine(path, (runtime(RuntimeKind.MONO),), None).verdicts

    found = native_libraries(Assembly.read(path), verdict.references)

    def library(name: str, needed_by: str, found: str) -> NativeLibrary:
        return NativeLibrary(name, needed_by, found, tmp_path)

    assert [each for each in found if each.name != "libc"] == [
        library("one.dll", "Connector", str(tmp_path / "one.dll")),
        library("two", "Connector", str(tmp_path / "libtwo.so")),
        library("no-such-library.dll", "Connector", ""),
        library("three", "Beside", str(tmp_path / "three.so")),
    ]
    assert [each.found.partition(".")[0] for each in found if each.name == "libc"] == ["libc"]
