"""What the Makefile's targets do: ``python3 -m scripts.run TARGET`` is ``make TARGET``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts import environment, system_packages

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
NEWEST = (3, 14)
# Most tests wait for a database more than they compute. Each process has servers of its own, and
# the tests of a file stay together.
_BESIDE_EACH_OTHER = ("--numprocesses=auto", "--dist=loadfile")


def demo() -> None:
    """Set up once, then show the whole way from a SCIM client to rows in a database."""
    _call(environment.ensure("demo"), "examples/demo")


def demo_dotnet() -> None:
    """Set up once, then serve a connector in C# over SCIM on each .NET runtime."""
    system_packages.provide(["mono"])
    _call(environment.ensure("demo-dotnet"), "examples/dotnet")


def test() -> None:
    """Install what the tests need, check style, types and documentation, run all tests."""
    lacking = system_packages.provide()
    python = environment.ensure("test")
    _lint(python)
    _docs(python)
    # Only what is named here may be skipped: see tests/servers/needs.py.
    os.environ["ECMA2PY_TESTS_WITHOUT"] = ",".join(need.name for need in lacking)
    # Without a server, what it alone would show cannot be demanded.
    bound = ["--cov-fail-under=0"] if lacking else []
    _call(python, "-m", "pytest", *_BESIDE_EACH_OTHER, "--cov", "--cov-report=term", *bound)


def test_all() -> None:
    """Run the tests under every supported Python that is installed here."""
    lacking = system_packages.provide()
    os.environ["ECMA2PY_TESTS_WITHOUT"] = ",".join(need.name for need in lacking)
    failed = []
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        version = f"3.{minor}"
        interpreter = _interpreter(version)
        if interpreter is None:
            print(f"== Python {version} is not installed here: not tested", flush=True)
            continue
        folder = ROOT / f".venv-{version}"
        _call(interpreter, "-m", "scripts.run", "environment", str(folder))
        print(f"== Python {version}", flush=True)
        if _status(environment.python_of(folder), "-m", "pytest", *_BESIDE_EACH_OTHER, "--quiet"):
            failed.append(version)
    if failed:
        sys.exit(f"tests failed under Python {', '.join(failed)}")


def lint() -> None:
    """Check style, format and types."""
    _lint(environment.ensure("test"))


def docs() -> None:
    """Build the documentation into site/; a warning is an error."""
    _docs(environment.ensure("test"))


def bench() -> None:
    """Measure speed against peers on this machine and print the ratios."""
    _call(environment.ensure("bench"), "-m", "bench")


def clean() -> None:
    """Remove what building and testing left behind; the environments stay."""
    for name in ("build", "dist", "site", ".cache", ".mypy_cache", ".pytest_cache", ".ruff_cache"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for data in ROOT.glob(".coverage*"):
        data.unlink()


TARGETS = {
    "demo": demo,
    "demo-dotnet": demo_dotnet,
    "test": test,
    "test-all": test_all,
    "lint": lint,
    "docs": docs,
    "bench": bench,
    "clean": clean,
}


def _lint(python: Path) -> None:
    print("== style", flush=True)
    _call(python, "-m", "ruff", "check", "--quiet", ".")
    _call(python, "-m", "ruff", "format", "--check", "--quiet", ".")
    print("== types", flush=True)
    _call(python, "-m", "mypy", *_typed_folders())


def _typed_folders() -> list[str]:
    sources = ["src", *(f"{folder}/src" for folder in environment.connectors())]
    return [*sources, "examples", "scripts", "bench"]


def _docs(python: Path) -> None:
    print("== documentation", flush=True)
    _call(python, "-m", "zensical", "build", "--clean", "--strict")


def _call(python: Path | str, *arguments: str) -> None:
    """Run a Python program at the repository's root; its failure is ours."""
    if status := _status(python, *arguments):
        sys.exit(status)


def _status(python: Path | str, *arguments: str) -> int:
    return subprocess.run([str(python), *arguments], cwd=ROOT, check=False).returncode


def _interpreter(version: str) -> str | None:
    """The interpreter of that version on PATH, if it runs: a version manager's shim may not."""
    found = shutil.which(f"python{version}")
    if found is None:
        return None
    probe = subprocess.run([found, "-c", ""], capture_output=True, check=False)
    return found if probe.returncode == 0 else None


def _require_python() -> None:
    """Go on under a supported Python, for a machine whose python3 is an older one."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = _interpreter(f"3.{minor}")
        if found:
            sys.exit(subprocess.call([found, "-m", "scripts.run", *sys.argv[1:]]))
    sys.exit(f"ecma2py needs Python 3.11 or newer; this is {sys.version.split()[0]}.")


def main(arguments: list[str]) -> None:
    """Run the target named on the command line."""
    if arguments[:1] == ["environment"]:
        environment.ensure("test", folder=Path(arguments[1]))
        return
    if len(arguments) != 1 or arguments[0] not in TARGETS:
        print("Targets:")
        for name, target in TARGETS.items():
            print(f"  make {name:11} {target.__doc__}")
        sys.exit(0 if arguments in ([], ["--help"]) else 2)
    TARGETS[arguments[0]]()


if __name__ == "__main__":
    _require_python()
    main(sys.argv[1:])
