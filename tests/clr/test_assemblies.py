"""The contract assembly is where the user put it, where the wheel has it, or built once."""

from pathlib import Path

import pytest

from ecma2py.clr import (
    AssemblyMissingError,
    ContractRefusedError,
    assemblies,
    bridge_assembly,
    contract_assembly,
)
from ecma2py.clr.compiling import CONTRACT_NAME
from ecma2py.clr.metadata import Assembly
from ecma2py.errors import ConfigurationError
from tests.clr.building import assembly
from tests.servers.needs import require


@pytest.fixture(autouse=True)
def not_carried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout has no built assembly beside its sources, which this copy of them is like."""
    sources = tmp_path / "carried"
    sources.mkdir()
    for source in assemblies.CONTRACT_SOURCES.glob("*.cs"):
        (sources / source.name).write_bytes(source.read_bytes())
    monkeypatch.setattr(assemblies, "CONTRACT_SOURCES", sources)


INTERFACE = """
namespace Microsoft.MetadirectoryServices { public interface IMAExtensible2GetCapabilitiesEx { } }
"""


def test_it_is_built_once(tmp_path: Path) -> None:
    """The second call takes what the first one built."""
    require("mono")
    built = contract_assembly(cache=tmp_path / "cache")
    again = contract_assembly(cache=tmp_path / "cache")

    assert built == again
    assert Assembly.read(built).name.name == CONTRACT_NAME
    stamp = built.stat().st_mtime_ns
    assert contract_assembly(cache=tmp_path / "cache").stat().st_mtime_ns == stamp


def test_other_sources_are_another_assembly(tmp_path: Path) -> None:
    """An upgrade does not go on with what an older version built."""
    require("mono")
    built = contract_assembly(cache=tmp_path / "cache")
    (assemblies.CONTRACT_SOURCES / "MAUtils.cs").write_text("// changed", encoding="utf-8")

    assert contract_assembly(cache=tmp_path / "cache") != built


def test_the_wheels_own_is_taken(tmp_path: Path) -> None:
    """Where one is carried, none is built."""
    carried = assemblies.CONTRACT_SOURCES / f"{CONTRACT_NAME}.dll"
    carried.touch()

    assert contract_assembly(cache=tmp_path / "cache") == carried
    assert not (tmp_path / "cache").exists()


def test_without_one_the_user_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No wheel's assembly and no compiler is an error of the set-up that names the ways out."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ECMA2PY_CSC", raising=False)

    with pytest.raises(AssemblyMissingError, match=r"(?s)mono-mcs.*wheel.*genuine copy") as caught:
        contract_assembly(cache=tmp_path / "cache")
    assert isinstance(caught.value, ConfigurationError)


def test_the_bridge_is_built_once_too(tmp_path: Path) -> None:
    """The bridge is an assembly of its own, kept beside the contract."""
    require("mono")
    built = bridge_assembly(cache=tmp_path / "cache")

    assert bridge_assembly(cache=tmp_path / "cache") == built
    assert Assembly.read(built).name.name == "ecma2py.bridge"


def test_a_genuine_copy_is_preferred(tmp_path: Path) -> None:
    """What the configuration names is taken, from the first version that works alone."""
    genuine = assembly(tmp_path / f"{CONTRACT_NAME}.dll", INTERFACE, version="4.1.3.0")

    assert contract_assembly(genuine) == genuine


def test_a_copy_that_will_not_do_is_refused(tmp_path: Path) -> None:
    """Another assembly, an old one, no assembly and no file are each told by name."""
    old = assembly(tmp_path / f"{CONTRACT_NAME}.dll", version="4.1.0.0")
    other = assembly(tmp_path / "Other.dll")
    (tmp_path / "empty").mkdir()
    empty = assembly(tmp_path / "empty" / f"{CONTRACT_NAME}.dll", version="4.1.4.0")
    text = tmp_path / "text.dll"
    text.write_text("no assembly")

    for path, reason in [
        (old, r"version 4\.1\.0\.0, which works inside MIM only; take one from 4\.1\.3\.0"),
        (other, f"is Other; the contract assembly is called {CONTRACT_NAME}"),
        (empty, r"has no type Microsoft\.MetadirectoryServices\.IMAExtensible2GetCapabilitiesEx"),
        (text, "is no .NET assembly"),
        (tmp_path / "none.dll", "No such file"),
    ]:
        with pytest.raises(ContractRefusedError, match=reason) as caught:
            contract_assembly(path)
        assert str(path) in str(caught.value)


def test_the_cache_follows_the_platforms_custom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can be made again lies where the user's system keeps such things."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert assemblies.cache_folder() == tmp_path / "ecma2py"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert assemblies.cache_folder() == Path.home() / ".cache" / "ecma2py"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert assemblies.cache_folder() == tmp_path / "local" / "ecma2py"
