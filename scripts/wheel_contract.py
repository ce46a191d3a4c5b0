"""Puts the contract assembly into the wheel, built from its C# sources while the wheel is.

Hatchling calls it (see pyproject.toml). On a machine without a C# compiler the wheel is made all
the same, without the assembly: ecma2py says what to do once a .NET connector is to be loaded.
"""

import importlib.util
import shutil
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_CLR = Path("src/ecma2py/clr")


class ContractHook(BuildHookInterface):  # type: ignore[misc] # hatchling is here while it builds only
    """Builds before the wheel is packed, and cleans up after it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the assembly to a wheel; an editable one has none and builds it when it is needed."""
        if version == "editable":
            return
        compiling = _load(Path(self.root) / _CLR / "compiling.py")
        self._folder = tempfile.mkdtemp(prefix="ecma2py-contract-")
        built = Path(self._folder) / f"{compiling.CONTRACT_NAME}.dll"
        try:
            compiling.build_contract(built)
        except compiling.CompilerMissingError as error:
            self.app.display_warning(f"The wheel does not carry {built.name}: {error}")
            return
        build_data["force_include"][str(built)] = f"ecma2py/clr/contract/{built.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was built aside."""
        shutil.rmtree(getattr(self, "_folder", ""), ignore_errors=True)


def _load(path: Path) -> ModuleType:
    """A module by its path: the package itself is not installed where it is built."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
