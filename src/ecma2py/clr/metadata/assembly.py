"""What an assembly says of itself: its identity, what it was built for, and what it needs."""

import hashlib
import re
from pathlib import Path

from attrs import frozen

from ecma2py.clr.metadata.classes import concrete_classes
from ecma2py.clr.metadata.image import (
    IL_LIBRARY,
    IL_ONLY,
    REQUIRES_32_BIT,
    Image,
    damage_told,
)
from ecma2py.clr.metadata.signatures import Signatures
from ecma2py.clr.metadata.tables import (
    ASSEMBLY,
    ASSEMBLY_REF,
    CUSTOM_ATTRIBUTE,
    IMPL_MAP,
    MANIFEST_RESOURCE,
    MODULE_REF,
    Row,
    Tables,
)

_HAS_PUBLIC_KEY = 0x1
_TARGET_FRAMEWORK = "System.Runtime.Versioning.TargetFrameworkAttribute"
_FRAMEWORK_NAME = re.compile(r"(?P<family>[^,]+),Version=v(?P<version>[\d.]+)")
_FAMILIES = {
    ".NETFramework": ".NET Framework",
    ".NETStandard": ".NET Standard",
    ".NETCoreApp": ".NET",
}
_MACHINES = {0x8664: "x64", 0xAA64: "arm64", 0x1C4: "arm", 0x200: "ia64"}
# ReadyToRun code for another system than Windows hides the machine behind one of these.
_SYSTEMS = (0, 0x7B79, 0x4644, 0xADC4, 0x1993, 0x1992)


@frozen(order=True)
class AssemblyName:
    """The identity of an assembly, its own or one that it asks for."""

    name: str
    version: tuple[int, int, int, int] = (0, 0, 0, 0)
    public_key_token: str = ""
    """Sixteen hexadecimal digits, or nothing for an assembly without a strong name."""
    culture: str = ""

    def __str__(self) -> str:
        """The display name as .NET writes it."""
        version = ".".join(map(str, self.version))
        culture, token = self.culture or "neutral", self.public_key_token or "null"
        return f"{self.name}, Version={version}, Culture={culture}, PublicKeyToken={token}"


@frozen
class Assembly:
    """One assembly file, read without loading it: any platform, no runtime needed."""

    path: Path
    name: AssemblyName
    references: tuple[AssemblyName, ...]
    """What it asks for, in the order of its metadata."""
    target_framework: str
    """Such as ``.NET Framework 4.6.1`` or ``.NET 8.0``; else what its references tell."""
    architecture: str
    """``any``, ``x86``, ``x64``, ``arm64``, ...: what kind of process can load it."""
    native_code: bool
    """True when it holds machine code beside IL, which only Windows loads (C++/CLI)."""
    interfaces: dict[str, tuple[str, ...]]
    """Every public concrete class and the interfaces that it and its bases here declare."""
    foreign_bases: dict[str, str]
    """Those of them that derive from a class elsewhere, with the assembly that has it."""
    resources: tuple[str, ...]
    """The names of what is embedded, e.g. ``costura.log4net.dll.compressed``."""
    native_libraries: tuple[str, ...]
    """The names of the libraries whose functions it declares, e.g. ``advapi32.dll``."""

    @classmethod
    def read(cls, path: Path) -> "Assembly":
        """What the file says; ``NotAnAssemblyError`` if it is none, ``OSError`` if unreadable."""
        image = Image.read(path)
        with damage_told(path):
            return _read(path, image, Tables(image))


def identity(path: Path) -> AssemblyName:
    """The identity of an assembly file, without the rest; errors as for ``Assembly.read``."""
    image = Image.read(path)
    with damage_told(path):
        tables = Tables(image)
        names = [_identity(tables, row, own=True) for row in tables.rows(ASSEMBLY)]
    return names[0] if names else AssemblyName(path.stem)


def _read(path: Path, image: Image, tables: Tables) -> Assembly:
    references = tuple(_identity(tables, row) for row in tables.rows(ASSEMBLY_REF))
    names = [_identity(tables, row, own=True) for row in tables.rows(ASSEMBLY)]
    classes = concrete_classes(tables)
    return Assembly(
        path=path,
        name=names[0] if names else AssemblyName(path.stem),
        references=references,
        target_framework=_target_framework(tables, references, image.runtime_version),
        architecture=_architecture(image),
        native_code=not image.flags & (IL_ONLY | IL_LIBRARY),
        interfaces={name: found.interfaces for name, found in classes.items()},
        foreign_bases={
            name: found.foreign_base for name, found in classes.items() if found.foreign_base
        },
        resources=tuple(tables.text(row, "Name") for row in tables.rows(MANIFEST_RESOURCE)),
        native_libraries=tuple(
            dict.fromkeys(
                tables.text(tables.row(MODULE_REF, tables.token(row, "Scope").row), "Name")
                for row in tables.rows(IMPL_MAP)
            )
        ),
    )


def public_key_token(public_key: bytes) -> str:
    """The token of a public key: the end of its SHA-1, backwards (ECMA-335 II.6.2.1.3)."""
    return hashlib.sha1(public_key, usedforsecurity=False).digest()[:-9:-1].hex()


def _identity(tables: Tables, row: Row, *, own: bool = False) -> AssemblyName:
    major, minor, build, revision = (
        tables.number(row, part) for part in ("Major", "Minor", "Build", "Revision")
    )
    key = tables.blob(row, "PublicKey")
    whole = own or tables.number(row, "Flags") & _HAS_PUBLIC_KEY
    return AssemblyName(
        tables.text(row, "Name"),
        (major, minor, build, revision),
        (public_key_token(key) if whole else key.hex()) if key else "",
        tables.text(row, "Culture"),
    )


def _architecture(image: Image) -> str:
    if image.machine == 0x14C:
        return "x86" if image.flags & REQUIRES_32_BIT or not image.flags & IL_ONLY else "any"
    known = (_MACHINES.get(image.machine ^ system) for system in _SYSTEMS)
    return next(filter(None, known), f"machine {image.machine:#x}")


def _target_framework(
    tables: Tables, references: tuple[AssemblyName, ...], runtime_version: str
) -> str:
    signatures = Signatures(tables)
    for row in tables.rows(CUSTOM_ATTRIBUTE):
        constructor = tables.token(row, "Type")
        if tables.token(row, "Parent").table != ASSEMBLY:
            continue
        # The others are not looked into: one may hold what only the assembly of its type explains.
        if signatures.attribute_type(constructor) == _TARGET_FRAMEWORK:
            values = signatures.attribute(constructor, tables.blob(row, "Value")).values
            named = _FRAMEWORK_NAME.match(str(values[0])) if values else None
            if named:
                return f"{_FAMILIES.get(named['family'], named['family'])} {named['version']}"
    core = {reference.name: reference.version for reference in references}
    if "netstandard" in core:
        return ".NET Standard {}.{}".format(*core["netstandard"])
    if "System.Runtime" in core and "mscorlib" not in core:
        major, minor, *_ = core["System.Runtime"]
        return f".NET {major}.{minor}" if major >= 5 else ".NET Core"
    return ".NET Framework 4.0" if runtime_version.startswith("v4") else ".NET Framework 2.0"
