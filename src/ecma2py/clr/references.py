"""What a connector's DLL needs, and where each of it is: found, embedded or missing.

Files are looked at as the runtimes look for them; nothing is loaded.
"""

import enum
import functools
from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen

from ecma2py.clr.compiling import CONTRACT_NAME
from ecma2py.clr.hollow import hollow_types
from ecma2py.clr.metadata import (
    Assembly,
    AssemblyName,
    NotAnAssemblyError,
    defined_types,
    identity,
    used_types,
)
from ecma2py.clr.runtimes import Runtime, RuntimeKind


class Whereabouts(enum.Enum):
    """Where an assembly that is asked for comes from."""

    CONTRACT = "ecma2py's contract assembly"
    RUNTIME = "part of the runtime"
    FOLDER = "beside the connector"
    EMBEDDED = "embedded in the connector"
    STAND_IN = "a stand-in of ecma2py's"
    MISSING = "missing"


@frozen
class Reference:
    """An assembly that the connector, or something beside it, asks for."""

    name: AssemblyName
    needed_by: str
    """The simple name of the assembly that asks, the first one where several do."""
    whereabouts: Whereabouts
    path: Path | None = None
    """The file that will be loaded, but for an embedded and a missing one."""
    missing_types: tuple[str, ...] = ()
    """Types that are used of it and that are not there."""
    moved_to: tuple[str, ...] = ()
    """Assemblies that the file passes those types on to, and that are not there either."""
    stand_ins: tuple[str, ...] = ()
    """The stand-ins of ecma2py's that the file passes types on to."""
    looked_in: tuple[Path, ...] = ()
    """For a missing one: the folders in which no file of the name was found."""
    remark: str = ""
    """Why a file of the right name will not do."""
    hollow: tuple[str, ...] = ()
    """Types that are used of it and that the runtime has by name alone."""

    def __str__(self) -> str:
        """One line for a person."""
        wanted = f"{self.name.name} {'.'.join(map(str, self.name.version))}"
        told = f"{wanted} (for {self.needed_by}): {self.whereabouts.value}"
        if self.remark:
            told += f"; {self.remark}"
        if self.stand_ins:
            told += f" with stand-ins of ecma2py's for {', '.join(self.stand_ins)}"
        if self.looked_in:
            told += f"; looked in {', '.join(map(str, self.looked_in))}"
        if self.missing_types:
            told += f", but without {', '.join(self.missing_types)}"
        if self.moved_to:
            told += f" (which moved to {', '.join(self.moved_to)})"
        if self.hollow:
            told += f", with {', '.join(self.hollow)} by name alone"
        return told


def references(
    connector: Assembly, runtime: Runtime, contract: Path | None, stand_ins: Path | None = None
) -> tuple[Reference, ...]:
    """Everything that the connector needs on a runtime, directly or through what lies beside it.

    In the order of the metadata, what is needed by others after what needs it. What the runtime
    brings is not looked into any further. ``stand_ins`` is a folder that .NET is helped out from.
    """
    if runtime.kind is not RuntimeKind.CORECLR:
        stand_ins = None
    return tuple(_Search(connector, runtime, contract, stand_ins).all())


@frozen
class _Search:
    connector: Assembly
    runtime: Runtime
    contract: Path | None
    stand_ins: Path | None
    folder: Path = field(init=False)

    @folder.default
    def _of_the_connector(self) -> Path:
        return self.connector.path.parent

    def all(self) -> Iterator[Reference]:
        known = {self.connector.name.name.lower()}
        waiting = [self.connector]
        while waiting:
            asking = waiting.pop(0)
            uses = used_types(asking.path)
            for name in asking.references:
                if name.name.lower() in known:
                    continue
                known.add(name.name.lower())
                found = self._find(name, asking.name.name, uses.get(name.name, frozenset()))
                yield found
                if found.whereabouts is Whereabouts.FOLDER and found.path is not None:
                    waiting.append(Assembly.read(found.path))

    def _find(self, name: AssemblyName, needed_by: str, uses: frozenset[str]) -> Reference:
        def reference(where: Whereabouts, path: Path | None = None) -> Reference:
            lent: set[str] = set()
            lacking = self._lacking(path, uses, lent) if path else {}
            moved_to = tuple(sorted(set(filter(None, lacking.values()))))
            return Reference(
                name,
                needed_by,
                where,
                path,
                missing_types=tuple(sorted(lacking)),
                moved_to=moved_to,
                stand_ins=tuple(sorted(lent)),
                hollow=hollow_types(self.runtime.kind, uses)
                if where is Whereabouts.RUNTIME
                else (),
            )

        if name.name == CONTRACT_NAME:
            return reference(Whereabouts.CONTRACT, self.contract)
        remark = ""
        own = self.runtime.library(name.name)
        if own is not None:
            remark = self._too_old(own, name)
            if not remark:
                return reference(Whereabouts.RUNTIME, own)
        if beside := self._beside_connector(name.name):
            if problem := _unreadable(beside):
                remark = problem
            else:
                return reference(Whereabouts.FOLDER, beside)
        if self._embedded(name.name):
            return reference(Whereabouts.EMBEDDED)
        if (lent := self._stand_in(name.name)) and _same_key(identity(lent), name):
            return reference(Whereabouts.STAND_IN, lent)
        looked_in = (self.folder, *self.runtime.libraries, *self.runtime.caches)
        return Reference(name, needed_by, Whereabouts.MISSING, looked_in=looked_in, remark=remark)

    def _lacking(self, path: Path, uses: frozenset[str], lent: set[str]) -> dict[str, str]:
        """The types that are used and not there, each with the missing assembly it moved to.

        The stand-ins that have some of those that are there are added to ``lent``.
        """
        has = _types(path, path.stat().st_mtime_ns)
        lacking = {name: "" for name in uses if name not in has}
        moved: dict[str, set[str]] = {}
        for name in uses - set(lacking):
            if target := has[name]:
                moved.setdefault(target, set()).add(name)
        for target, names in moved.items():
            found = self.runtime.library(target) or self._beside_connector(target)
            if found is None and not self._embedded(target):
                found = self._stand_in(target)
                if found is None:
                    lacking |= dict.fromkeys(names, target)
                else:
                    lent.add(target)
            if found is not None and found != path:
                lacking |= self._lacking(found, frozenset(names), lent)
        return lacking

    def _stand_in(self, name: str) -> Path | None:
        file = self.stand_ins and self.stand_ins / f"{name}.dll"
        return file if file and file.exists() else None

    def _beside_connector(self, name: str) -> Path | None:
        for end in (".dll", ".exe"):
            if (candidate := self.folder / f"{name}{end}").exists():
                return candidate
        return None

    def _too_old(self, library: Path, wanted: AssemblyName) -> str:
        """.NET binds to its own assembly only where that is new enough; the others unify."""
        if self.runtime.kind is not RuntimeKind.CORECLR:
            return ""
        version = identity(library).version
        if version >= wanted.version:
            return ""
        return f"{self.runtime} has version {'.'.join(map(str, version))}, which is too old"

    def _embedded(self, name: str) -> bool:
        """Costura and its like keep a DLL as a resource that ends in its file's name."""
        file = f"{name}.dll".lower()
        return any(
            resource.lower().removesuffix(".compressed").endswith((f".{file}", f"/{file}"))
            or resource.lower() == file
            for resource in self.connector.resources
        )


def _same_key(found: AssemblyName, wanted: AssemblyName) -> bool:
    return wanted.public_key_token in ("", found.public_key_token)


def _unreadable(path: Path) -> str:
    try:
        Assembly.read(path)
        used_types(path)
    except (NotAnAssemblyError, OSError) as error:
        return str(error)
    return ""


@functools.lru_cache(maxsize=256)
def _types(path: Path, changed: int) -> dict[str, str]:
    del changed  # part of the key: a file that was replaced is read anew
    return defined_types(path)
