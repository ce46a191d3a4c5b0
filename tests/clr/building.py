"""Small assemblies for tests, each compiled from a text."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from ecma2py.clr.compiling import (
    CONTRACT_NAME,
    CONTRACT_PUBLIC_KEY,
    CONTRACT_REFERENCES,
    CONTRACT_SOURCES,
    compile_assembly,
)
from tests.servers.needs import require

USING = """
using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using Microsoft.MetadirectoryServices;
"""
"""What a connector in C# begins with."""
CAPABILITIES = """
  MACapabilities IMAExtensible2GetCapabilitiesEx.GetCapabilitiesEx(
    KeyedCollection<string, ConfigParameter> parameters) { return new MACapabilities(); }
"""
"""The member that says what it can do."""

_OTHERWISE: defaultdict[str, list[tuple[str, str]]] = defaultdict(
    list,
    {
        "AssemblyInfo.cs": [
            ("The ECMA2 contract, written anew for ecma2py", "A stand-in of the tests")
        ],
        "MAUtils.cs": [
            (
                r"if \(s_services != null\).*?return folder;",
                "return s_services.GetMAFolder();",
            )
        ],
        "Utils.cs": [(r"string folder = HostData.*?return folder;\s*}", "")],
        "HostData.cs": [(r"internal static string Text.*?\n        }", "")],
    },
)


def assembly(
    path: Path,
    text: str = "",
    *,
    version: str = "1.0.0.0",
    references: Sequence[Path] = (),
    signed: bool = False,
) -> Path:
    """An assembly of that version with what the C# text says, named after its file.

    A signed one has a strong name: a runtime may be particular about its version.
    """
    require("mono")
    path.parent.mkdir(parents=True, exist_ok=True)
    identity = path.with_name(f"{path.stem}.version.cs")
    identity.write_text(f'[assembly: System.Reflection.AssemblyVersion("{version}")]')
    source = path.with_name(f"{path.stem}.cs")
    source.write_text(text, encoding="utf-8")
    compile_assembly(
        path,
        [identity, source],
        references=references,
        executable=path.suffix == ".exe",
        public_key=CONTRACT_PUBLIC_KEY if signed else None,
    )
    return path


def targeting(folder: Path, framework: str) -> Path:
    """A connector that says what it was built for."""
    attribute = f'[assembly: System.Runtime.Versioning.TargetFramework("{framework}")]'
    return assembly(folder / "Connector.dll", attribute)


def contract_of(folder: Path, version: str, *, signed: bool = True) -> Path:
    """Our contract with another version, and without a strong name if it is not signed."""
    require("mono")
    sources = folder / "sources"
    sources.mkdir(parents=True)
    for source in CONTRACT_SOURCES.glob("*.cs"):
        text = source.read_text(encoding="utf-8")
        (sources / source.name).write_text(
            text.replace('AssemblyVersion("4.1.4.0")', f'AssemblyVersion("{version}")'),
            encoding="utf-8",
        )
    built = folder / f"{CONTRACT_NAME}.dll"
    compile_assembly(
        built,
        sources.glob("*.cs"),
        references=CONTRACT_REFERENCES,
        public_key=CONTRACT_PUBLIC_KEY if signed else None,
    )
    return built


def another_contract(folder: Path, version: str = "4.1.4.0") -> Path:
    """A stand-in for a genuine contract, which ecma2py has not and must not have.

    It has the identity of one and none of our doors: its folder comes from its private static
    ``s_services``, and its extensions from where the runtime makes shadow copies. That of 4.1.3.0
    also lacks what came later.
    """
    require("mono")
    sources = folder / "sources"
    sources.mkdir(parents=True)
    for source in CONTRACT_SOURCES.glob("*.cs"):
        text = source.read_text(encoding="utf-8")
        for pattern, replacement in _OTHERWISE[source.name]:
            text, count = re.subn(pattern, replacement, text, flags=re.DOTALL)
            assert count == 1, (source.name, pattern)
        if version == "4.1.3.0":
            text = text.replace('AssemblyVersion("4.1.4.0")', f'AssemblyVersion("{version}")')
            text = re.sub(
                r"public interface IMAExtensible2GetParametersEx.*?\n    }",
                "",
                text,
                flags=re.DOTALL,
            )
            text = text.replace("Schema = 5,", "")
        (sources / source.name).write_text(text, encoding="utf-8")
    built = folder / f"{CONTRACT_NAME}.dll"
    compile_assembly(
        built,
        sources.glob("*.cs"),
        references=CONTRACT_REFERENCES,
        public_key=CONTRACT_PUBLIC_KEY,
    )
    return built
