"""A DLL is named like any connector: the commands and the host take it from there."""

from pathlib import Path

import pytest

from tests.cli.commands import here, succeed
from tests.clr.building import CAPABILITIES, USING, assembly
from tests.clr.dotnet import KINDS, needs_pythonnet, runtime
from tests.clr.hosted import Ours
from tests.clr.workers import SOURCES


@pytest.fixture
def folder(ours: Ours, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with a connector's folder next to it."""
    needs_pythonnet()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    assembly(
        tmp_path / "ways" / "Ways.dll",
        (SOURCES / "Ways.cs").read_text(encoding="utf-8"),
        references=[ours.contract, Path("System.Core.dll")],
    )
    return tmp_path


@KINDS
def test_a_dll_is_checked_described_and_imported(folder: Path, kind: object) -> None:
    """Nothing but the name of the file and of its folder is needed, whatever the runtime."""
    name = runtime(kind).kind.value  # type: ignore[arg-type]
    (folder / "ecma2py.toml").write_text(
        f"""
        [connectors.Ways]
        type = "Ways.dll"
        path = "ways"
        runtime = "{name}"
        parameters = {{ Host = "h", Password = "four" }}
        """
    )

    checked = succeed("check", "--json").data
    types = succeed("schema", "Ways", "--json").data
    imported = here("import", "Ways", "--json").lines

    assert "Ways" in str(checked)
    assert "'id'" in str(types)
    assert "Delta=1|File=|Host=h|Kind=c|Password=secret of 4|Script=#|Tls=0" in str(imported[0])


def test_a_runtime_that_does_not_fit_is_told(folder: Path) -> None:
    """What is missing is said with the remedy, not as a failure of the connector."""
    (folder / "ecma2py.toml").write_text(
        '[connectors.Ways]\ntype = "Ways.dll"\npath = "ways"\nruntime = "netfx"\n'
    )

    done = here("schema", "Ways")

    assert done.code != 0
    assert ".NET Framework was not found on this machine" in done.err


def test_what_a_dll_raises_is_told_with_its_class(folder: Path, ours: Ours) -> None:
    """A text such as "Object not set" alone would not say that the connector raised it."""
    assembly(
        folder / "ways" / "Refuses.dll",
        f"""{USING} public class C : IMAExtensible2GetSchema, IMAExtensible2GetCapabilitiesEx {{
          {CAPABILITIES}
          public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
            throw new InvalidOperationException("no licence file"); }} }}""",
        references=[ours.contract],
    )
    (folder / "ecma2py.toml").write_text(
        '[connectors.Refuses]\ntype = "Refuses.dll"\npath = "ways"\n'
    )

    done = here("schema", "Refuses")

    assert "Error: InvalidOperationException: no licence file" in done.err
