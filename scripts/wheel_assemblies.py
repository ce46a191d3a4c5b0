"""Puts the .NET assemblies into the wheel, built from their C# sources while the wheel is.

Hatchling calls it (see pyproject.toml). On a machine without a C# compiler the wheel is made all
the same, without them: ecma2py says what to do once a .NET connector is to be loaded.
"""

import importlib.util
import shutil
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_CLR = Path("src/ecma2py/clr")


class AssembliesHook(BuildHookInterface):  # type: ignore[misc] # hatchling is here while it builds only
    """Builds before the wheel is packed, and cleans up after it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the assemblies to a wheel; an editable one builds them when they are needed."""
        if version == "editable":
            return
        compiling = _load(Path(self.root) / _CLR / "compiling.py")
        self._folder = tempfile.mkdtemp(prefix="ecma2py-assemblies-")
        contract = Path(self._folder) / f"{compiling.CONTRACT_NAME}.dll"
        bridge = Path(self._folder) / f"{compiling.BRIDGE_NAME}.dll"
        stand_ins = Path(self._folder) / "standins"
        try:
            compiling.build_stand_ins(stand_ins)
            compiling.build_contract(contract)
            compiling.build_bridge(bridge, contract)
        except compiling.CompilerMissingError as error:
            self.app.display_warning(f"The wheel carries no .NET assemblies: {error}")
            return
        build_data["force_include"][str(contract)] = f"ecma2py/clr/contract/{contract.name}"
        build_data["force_include"][str(bridge)] = f"ecma2py/clr/bridge/{bridge.name}"
        build_data["force_include"][str(stand_ins)] = "ecma2py/clr/standins"

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
