"""Starts a .NET runtime in this process, and loads a connector's DLL into it.

One process holds one runtime for good, and a connector may bring the whole process down: so this is
called in a process of the connector's own. What the objects of .NET raise comes out as pythonnet
gives it.
"""

import ctypes.util
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from attrs import frozen

from ecma2py.clr.compiling import ECMA2_INTERFACES
from ecma2py.clr.errors import ConnectorLoadError, RuntimeStartError
from ecma2py.clr.metadata import Assembly, NotAnAssemblyError
from ecma2py.clr.runtimes import Runtime, RuntimeKind

_CORE_PROPERTIES = {
    # A run is over before what this measures of its code pays: without it a third more objects.
    "System.Runtime.TieredPGO": False,
    # One thread calls, and nobody waits for an answer within milliseconds.
    "System.GC.Concurrent": False,
}

_BESIDE_THE_HEAP = 160 * 1024 * 1024
"""Bytes that Python, the runtime, its compiler and threads may take."""


@frozen
class Host:
    """The runtime that was started, with our bridge in it."""

    runtime: Runtime
    contract: Path
    bridge: Any
    """The namespace ``Ecma2py.Bridge``."""

    def load(
        self, path: Path, *, folder: Path | None = None, extensions: Path | None = None
    ) -> "Connector":
        """The connector in a DLL.

        ``folder`` is what ``MAUtils.MAFolder`` will be, ``extensions`` what
        ``Utils.ExtensionsDirectory`` will; both are that of the DLL if not given.

        Raises ``ConnectorLoadError``. Nothing of the connector runs yet.
        """
        try:
            assembly = Assembly.read(path)  # whose words help more than those of the runtimes
        except (NotAnAssemblyError, OSError) as error:
            msg = f"The connector cannot be loaded: {error}"
            raise ConnectorLoadError(msg) from None
        folders = [str(each or path.parent) for each in (folder, extensions)]
        for name, each in zip(("MAFolder", "ExtensionsDirectory"), folders, strict=True):
            _set_data(f"ecma2py.{name}", each)
        import System

        try:
            self.bridge.HostFolders.Tell(*folders)
            types = self.bridge.ConnectorTypes.Load(str(path), _candidates(assembly))
        except System.Exception as error:
            msg = f"{path} does not load on {self.runtime}: {error.Message}"
            raise ConnectorLoadError(msg) from None
        found = Connector(path, types)
        if not found.interfaces:
            reasons = "".join(f"\n  {problem}" for problem in found.problems)
            msg = (
                f"{path} has no public class that implements an IMAExtensible2 interface and can "
                f"be made without arguments{':' if reasons else '.'}{reasons}"
            )
            raise ConnectorLoadError(msg)
        return found


@frozen
class Connector:
    """The classes of a DLL that implement ECMA2's interfaces."""

    path: Path
    types: Any

    @property
    def interfaces(self) -> frozenset[str]:
        """The names of the interfaces that some class implements."""
        return frozenset(map(str, self.types.Interfaces))

    @property
    def problems(self) -> tuple[str, ...]:
        """What kept other types of the DLL from being loaded."""
        return tuple(map(str, self.types.Problems))

    def class_of(self, interface: str) -> str:
        """The full name of the class that implements an interface."""
        return str(self.types.ClassOf(interface))

    def new(self, interface: str) -> Any:
        """A new object, seen as the interface: its members may be explicit ones.

        What the constructor raises comes out as the exception of .NET that it is.
        """
        import Microsoft.MetadirectoryServices as Contract

        return getattr(Contract, interface)(self.types.New(interface))


def start(
    runtime: Runtime,
    *,
    contract: Path,
    bridge: Path,
    settings: Path | None = None,
    stand_ins: Path | None = None,
) -> Host:
    """Start the runtime in this process, with the contract loaded before anything else.

    ``settings`` is the connector's ``.config`` file, ``stand_ins`` the folder of assemblies that
    take the place of those .NET lacks; other runtimes have their own. Python can import the
    namespaces of what is loaded so far; those of what is loaded later it does not get to see.

    Raises ``RuntimeStartError``: without the extra ``dotnet``, for a runtime with a problem, and
    for a second start.
    """
    if runtime.problem:
        msg = f"{runtime} cannot be started: {runtime.problem}."
        raise RuntimeStartError(msg)
    try:
        import pythonnet
    except ImportError:
        msg = ".NET connectors need pythonnet: pip install 'ecma2py[dotnet]'"
        raise RuntimeStartError(msg) from None
    if pythonnet.get_runtime_info() is not None:
        msg = f"{runtime} cannot be started: this process runs .NET already, and holds one runtime."
        raise RuntimeStartError(msg)
    try:
        pythonnet.load(_loaded(runtime, settings))
    except Exception as error:
        msg = f"{runtime} in {runtime.root} does not start: {error}"
        raise RuntimeStartError(msg) from error
    host = _prepared(runtime, contract, bridge, settings)
    if stand_ins is not None and runtime.kind is RuntimeKind.CORECLR:
        host.bridge.Resolver.LookLastIn(str(stand_ins))
    return host


def _candidates(assembly: Assembly) -> list[str]:
    """The classes to look at: those that say so, and those whose base elsewhere may.

    A DLL that carries its dependencies inside can have classes that miss something until its first
    object is made, and Mono does not forgive a class that was looked at too early.
    """
    declared = [
        name
        for name, interfaces in assembly.interfaces.items()
        if any(each.startswith(ECMA2_INTERFACES) for each in interfaces)
    ]
    derived = [
        name
        for name, owner in assembly.foreign_bases.items()
        if (assembly.path.parent / f"{owner}.dll").exists()
    ]
    return list(dict.fromkeys([*declared, *derived]))


def _loaded(runtime: Runtime, settings: Path | None) -> Any:
    import clr_loader

    if runtime.kind is RuntimeKind.MONO:
        # Mono's own way of stopping threads hangs as soon as several of Python's call it.
        os.environ.setdefault("MONO_THREADS_SUSPEND", "preemptive")
        # Counters for tools in shared memory, where a process that is killed leaves them.
        os.environ.setdefault("MONO_DISABLE_SHARED_AREA", "1")
        # A debugger that tells of a crash takes seconds, and could show what is secret.
        os.environ.setdefault("MONO_DEBUG", "no-gdb-backtrace")
        return clr_loader.get_mono(libmono=_mono_library(runtime), config_file=settings)
    if runtime.kind is RuntimeKind.NETFX:
        return clr_loader.get_netfx(domain="ecma2py", config_file=settings)
    # A door for debuggers, through which secrets could be read; a process that is killed leaves its
    # files behind. Nor may a crash leave a copy of the memory.
    os.environ.setdefault("DOTNET_EnableDiagnostics", "0")
    os.environ.update(DOTNET_DbgEnableMiniDump="0")
    if ctypes.util.find_library("icuuc") is None and os.name != "nt":
        # Without ICU .NET ends the process at the first text it compares.
        os.environ.setdefault("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
    with tempfile.TemporaryDirectory(prefix="ecma2py-") as folder:
        options = Path(folder) / "runtimeconfig.json"
        version = ".".join(map(str, runtime.version))
        framework = {"name": "Microsoft.NETCore.App", "version": version}
        told = {"framework": framework, "configProperties": _CORE_PROPERTIES | _heap_limit()}
        options.write_text(json.dumps({"runtimeOptions": told}))
        return clr_loader.get_coreclr(runtime_config=options, dotnet_root=runtime.root)


def _heap_limit() -> dict[str, int]:
    """Under a limit of memory the heap ends first, in an exception: what is beside it would crash.

    Windows tells .NET of the limit of a job by itself.
    """
    if sys.platform == "win32":
        return {}
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    if limit == resource.RLIM_INFINITY:
        return {}
    return {"System.GC.HeapHardLimit": max(limit // 2, limit - _BESIDE_THE_HEAP)}


def _mono_library(runtime: Runtime) -> Path | None:
    """The library beside this Mono; None leaves it to the system's loader to find one."""
    places = [
        *(runtime.root / "lib").glob("libmonosgen-2.0.so*"),
        *(runtime.root / "lib").glob("libmonosgen-2.0.*dylib"),
        *(runtime.root / "bin").glob("mono-2.0-sgen.dll"),
    ]
    return min(places, default=None)


def _prepared(runtime: Runtime, contract: Path, bridge: Path, settings: Path | None) -> Host:
    import clr  # noqa: F401 - makes the namespaces of .NET importable
    import System
    from System.Reflection import Assembly

    if settings is not None:
        _set_data("APP_CONFIG_FILE", str(settings))
    try:
        Assembly.LoadFrom(str(bridge))
        from Ecma2py import Bridge

        Bridge.Resolver.Start(str(contract))
        if runtime.kind is RuntimeKind.MONO:
            Bridge.WebSettings.Keep()
        if runtime.kind is RuntimeKind.CORECLR:
            _know_code_pages()
    except System.Exception as error:
        msg = f"{runtime} does not load {bridge} and {contract}: {error.Message}"
        raise RuntimeStartError(msg) from None
    return Host(runtime, contract, Bridge)


def _know_code_pages() -> None:
    """What was written for .NET Framework reads code pages of Windows without asking for them."""
    from System.Reflection import Assembly
    from System.Text import Encoding

    provider = Assembly.Load("System.Text.Encoding.CodePages").GetType(
        "System.Text.CodePagesEncodingProvider"
    )
    Encoding.RegisterProvider(provider.GetProperty("Instance").GetValue(None))


def _set_data(name: str, value: str) -> None:
    from System import AppDomain

    AppDomain.CurrentDomain.SetData(name, value)
