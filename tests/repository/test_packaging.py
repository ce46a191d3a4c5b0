"""What pip installs: the least it may, and all that it says."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from ecma2py.clr.compiling import STAND_INS
from tests.repository.sources import CONNECTOR_PACKAGES, ROOT
from tests.servers.needs import require


@frozen
class CleanEnvironment:
    """A virtual environment that holds nothing but what it was told to."""

    folder: Path

    @property
    def scripts(self) -> Path:
        """Where its programs are."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of its programs outside the repository."""
        return subprocess.run(
            [str(self.scripts / program), *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def python(self, code: str) -> str:
        """What a program prints, run without the current folder and the user's own packages."""
        done = self.run("python", "-I", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pip(self, *arguments: str) -> None:
        """Run pip with the machine's own settings."""
        done = self.run("python", "-m", "pip", "--quiet", *arguments)
        assert done.returncode == 0, done.stderr


def _clean_environment(folder: Path) -> CleanEnvironment:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return CleanEnvironment(folder)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> CleanEnvironment:
    """An environment after ``pip install .`` and nothing else."""
    environment = _clean_environment(tmp_path_factory.mktemp("bare"))
    environment.pip("install", str(ROOT))
    return environment


@pytest.fixture(scope="module")
def with_connectors(tmp_path_factory: pytest.TempPathFactory) -> CleanEnvironment:
    """An environment with the connector distributions of this repository, without extras."""
    environment = _clean_environment(tmp_path_factory.mktemp("connectors"))
    environment.pip("install", str(ROOT), *(str(code.parents[1]) for code in CONNECTOR_PACKAGES))
    return environment


@pytest.fixture(scope="module")
def wheels(
    bare: CleanEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, zipfile.ZipFile]]:
    """The wheel of every distribution in the repository, by its import package."""
    folder = tmp_path_factory.mktemp("wheels")
    sources = [ROOT, *(code.parents[1] for code in CONNECTOR_PACKAGES)]
    bare.pip("wheel", "--no-deps", "--wheel-dir", str(folder), *map(str, sources))
    archives = {path.name.partition("-")[0]: zipfile.ZipFile(path) for path in folder.iterdir()}
    yield archives
    for archive in archives.values():
        archive.close()


def test_importing_the_package_pulls_in_attrs_and_the_standard_library_alone(
    bare: CleanEnvironment, capsys: pytest.CaptureFixture[str]
) -> None:
    """An author who writes a connector gets no server, no codec and no driver."""
    shown = bare.python(
        "import json, sys, time\n"
        "before = set(sys.modules)\n"
        "start = time.perf_counter()\n"
        "import ecma2py\n"
        "spent = time.perf_counter() - start\n"
        "loaded = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(json.dumps([spent, sorted(loaded - sys.stdlib_module_names)]))\n"
    )
    seconds, loaded = json.loads(shown)

    assert loaded == ["attr", "attrs", "ecma2py"]
    with capsys.disabled():
        print(f"\n(import ecma2py: {seconds * 1000:.0f} ms)")


def test_installing_the_package_installs_attrs_alone(bare: CleanEnvironment) -> None:
    """``pip install .`` without extras brings one library."""
    names = bare.python(
        "from importlib.metadata import distributions\n"
        "print(*(found.metadata['Name'] for found in distributions()))"
    )

    assert set(names.split()) - {"pip", "setuptools"} == {"attrs", "ecma2py"}


def test_the_command_without_its_libraries_names_the_extra(bare: CleanEnvironment) -> None:
    """Who runs ``ecma2py`` too early is told what to install, without a traceback."""
    done = bare.run("ecma2py", "serve")

    assert done.returncode != 0
    assert "ecma2py[host]" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("folder", CONNECTOR_PACKAGES, ids=lambda folder: folder.name)
def test_connectors_are_found_through_their_entry_point(
    with_connectors: CleanEnvironment, folder: Path
) -> None:
    """A connector is found by name, and its class loads without any driver."""
    name = folder.name.removeprefix("ecma2py_")
    loaded = with_connectors.python(
        "from importlib.metadata import entry_points\n"
        "import ecma2py\n"
        f"(found,) = entry_points(group='ecma2py.connectors', name={name!r})\n"
        "print(issubclass(found.load(), ecma2py.Connector))"
    )

    assert loaded.strip() == "True"


def test_wheels_hold_the_package_and_its_marker_only(wheels: dict[str, zipfile.ZipFile]) -> None:
    """A wheel carries its one import package, typed, and no tests."""
    for name, archive in wheels.items():
        files = archive.namelist()
        assert f"{name}/py.typed" in files
        assert {file.partition("/")[0].partition("-")[0] for file in files} == {name}


def test_the_wheel_carries_the_assemblies_of_dotnet(wheels: dict[str, zipfile.ZipFile]) -> None:
    """Who installs the wheel needs no compiler to run a .NET connector."""
    require("mono")
    files = {name for name in wheels["ecma2py"].namelist() if name.startswith("ecma2py/clr/")}

    assert {name for name in files if name.endswith(".dll")} == {
        "ecma2py/clr/contract/Microsoft.MetadirectoryServicesEx.dll",
        "ecma2py/clr/bridge/ecma2py.bridge.dll",
        *(f"ecma2py/clr/standins/{each.name}.dll" for each in STAND_INS),
    }
    assert "ecma2py/clr/contract/CSEntryChange.cs" in files
    assert wheels["ecma2py"].filename is not None
    assert wheels["ecma2py"].filename.endswith("-py3-none-any.whl")


def test_what_is_installed_needs_no_compiler(bare: CleanEnvironment) -> None:
    """The assemblies are taken from where pip has put them, and nothing is built or kept elsewhere."""
    require("mono")
    told = bare.python(
        "import os\n"
        "os.environ |= {'PATH': '', 'HOME': os.path.abspath('nowhere')}\n"
        "for name in ('ECMA2PY_CSC', 'XDG_CACHE_HOME'): os.environ.pop(name, None)\n"
        "from ecma2py.clr import bridge_assembly, contract_assembly, stand_in_folder\n"
        "from ecma2py.clr.metadata import identity\n"
        "own = [contract_assembly(), bridge_assembly(), *stand_in_folder().glob('*.dll')]\n"
        "print(*(identity(each).name for each in own), sep='\\n')\n"
        "print(all('site-packages' in each.parts for each in own), os.path.exists('nowhere'))"
    )

    *names, inside = told.splitlines()
    assert inside == "True False"
    assert names[:2] == ["Microsoft.MetadirectoryServicesEx", "ecma2py.bridge"]
    assert sorted(names[2:]) == sorted(each.name for each in STAND_INS)


def test_wheels_are_the_same_each_time(
    bare: CleanEnvironment, wheels: dict[str, zipfile.ZipFile], tmp_path: Path
) -> None:
    """Who builds the same sources again gets the same bytes, those of the C# compiler included."""
    again = tmp_path / "again"
    bare.pip("wheel", "--no-deps", "--wheel-dir", str(again), str(ROOT))
    (built,) = again.iterdir()

    first = wheels["ecma2py"].filename
    assert first is not None
    assert built.read_bytes() == Path(first).read_bytes()


def test_the_licence_travels_with_the_package(wheels: dict[str, zipfile.ZipFile]) -> None:
    """The wheel of ecma2py has the text of its licence."""
    assert any(file.endswith("licenses/LICENSE") for file in wheels["ecma2py"].namelist())
