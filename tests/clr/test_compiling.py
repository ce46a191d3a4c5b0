"""Assemblies are built with the compiler that is there, or the user is told what to do."""

import sys
from pathlib import Path

import pytest

from ecma2py.clr import compiling
from ecma2py.clr.compiling import (
    CompilationError,
    CompilerMissingError,
    build_contract,
    build_stand_ins,
    compile_assembly,
    find_compiler,
)
from ecma2py.clr.metadata import Assembly
from ecma2py.clr.metadata.image import IL_ONLY, Image
from tests.servers.needs import require


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source with one class."""
    path = tmp_path / "Class.cs"
    path.write_text("public class C { }")
    return path


def test_without_a_compiler_the_message_says_what_to_install(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has no compiler learns the package and the variable that would help."""
    monkeypatch.delenv("ECMA2PY_CSC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CompilerMissingError, match=r"Lib\.dll.*mono-mcs.*ECMA2PY_CSC"):
        compile_assembly(tmp_path / "Lib.dll", [source])


def test_a_compiler_that_does_not_run_is_named(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong ECMA2PY_CSC is not taken for a fault of the sources."""
    monkeypatch.setenv("ECMA2PY_CSC", str(tmp_path / "none"))

    with pytest.raises(CompilerMissingError, match="none does not run"):
        compile_assembly(tmp_path / "Lib.dll", [source])


def test_what_the_compiler_says_is_the_error(tmp_path: Path, source: Path) -> None:
    """A source that is refused gives the compiler's own words, and leaves the old file alone."""
    require("mono")
    built = tmp_path / "Lib.dll"
    built.write_text("the old one")
    source.write_text("public class C {")

    with pytest.raises(CompilationError, match=r"could not build Lib\.dll:(.|\n)*error CS"):
        compile_assembly(built, [source])

    assert built.read_text() == "the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Class.cs", "Lib.dll"]


def test_a_compiler_may_speak_in_any_code_page(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words that are no UTF-8, as Windows prints them, hide no error."""
    compiler = tmp_path / "compiler"
    compiler.write_bytes(b"#!/bin/sh\nprintf 'error CS1: \\201 expected'; exit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("ECMA2PY_CSC", str(compiler))

    with pytest.raises(CompilationError, match="error CS1"):
        compile_assembly(tmp_path / "Lib.dll", [source])


def test_the_assembly_is_named_after_its_file(tmp_path: Path, source: Path) -> None:
    """The name by which others find it is the file's, wherever it was built."""
    require("mono")
    compile_assembly(tmp_path / "deep" / "Some.Name.dll", [source])
    built = Assembly.read(tmp_path / "deep" / "Some.Name.dll")

    assert (built.name.name, built.name.public_key_token) == ("Some.Name", "")
    assert Image.read(built.path).flags == IL_ONLY


def test_the_public_key_has_the_token_of_the_contract() -> None:
    """The key that the sources carry is the one that connectors mean."""
    from ecma2py.clr.metadata.assembly import public_key_token

    assert public_key_token(compiling.CONTRACT_PUBLIC_KEY) == "31bf3856ad364e35"


def test_the_sources_keep_to_the_language_of_every_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compiler of .NET Framework, which knows C# 5, builds the contract and the stand-ins."""
    require("mono")
    compiler = tmp_path / "csharp5"
    compiler.write_text('#!/bin/sh\nexec mcs -langversion:5 -warnaserror "$@"\n')
    compiler.chmod(0o755)
    monkeypatch.setenv("ECMA2PY_CSC", str(compiler))

    build_contract(tmp_path / "Contract.dll")

    assert len(Assembly.read(tmp_path / "Contract.dll").interfaces) > 50
    build_stand_ins(tmp_path)
    assert Assembly.read(tmp_path / "System.Management.dll").interfaces


def test_compilers_are_looked_for_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that is named, mcs, csc, and on Windows the one of .NET Framework, which all have."""
    there: set[str] = set()
    monkeypatch.setattr("shutil.which", lambda name: name if name in there else None)
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    monkeypatch.delenv("ECMA2PY_CSC", raising=False)
    windows = tmp_path / "Microsoft.NET" / "Framework64" / "v4.0.30319" / "csc.exe"
    windows.parent.mkdir(parents=True)
    windows.touch()

    monkeypatch.setattr(sys, "platform", "linux")
    assert find_compiler() is None
    monkeypatch.setattr(sys, "platform", "win32")
    assert find_compiler() == [str(windows)]
    for name in ("csc", "mcs"):
        there.add(name)
        assert find_compiler() == [name]
    monkeypatch.setenv("ECMA2PY_CSC", "mine")
    assert find_compiler() == ["mine"]
