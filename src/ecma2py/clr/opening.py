"""From the name of a DLL to connectors: the runtime is chosen and started, the DLL loaded."""

import logging
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from ecma2py.clr.assemblies import bridge_assembly, contract_assembly, stand_in_folder
from ecma2py.clr.calling import Caller, Codec
from ecma2py.clr.connector import DotNetConnector, dotnet_connector
from ecma2py.clr.errors import ConnectorLoadError
from ecma2py.clr.folders import WindowsFolder
from ecma2py.clr.hosting import start
from ecma2py.clr.metadata import NotAnAssemblyError
from ecma2py.clr.runtimes import RuntimeKind, find_runtimes
from ecma2py.clr.suitability import examine

logger = logging.getLogger("ecma2py.clr")


@frozen(kw_only=True)
class Wanted:
    """Which DLL is to be run, and how."""

    path: Path
    name: str = ""
    """What the connector is called where it asks for the name of its management agent."""
    folder: Path | None = None
    """What ``MAUtils.MAFolder`` is; the folder of the DLL if not given."""
    runtime: RuntimeKind | None = None
    """The runtime to take; None for the one that fits best."""
    contract: Path | None = None
    """A genuine contract assembly to take instead of ours."""
    settings: Path | None = None
    """The connector's ``.config`` file; the one beside the DLL if not given."""


def open_dll(wanted: Wanted, codec: Codec) -> Callable[[], DotNetConnector]:
    """What makes connectors of the DLL, each one a new object; for once in a process.

    Raises ``DotNetError`` with what stands in the way, and what to do about it.
    """
    path = wanted.path.absolute()
    try:
        str(path).encode()
    except UnicodeEncodeError:
        msg = f"{path!r} has bytes in its name that are no text: .NET cannot open it."
        raise ConnectorLoadError(msg) from None
    try:
        is_there = path.is_file()
    except OSError as error:  # its folder may not be looked into, or no file can have such a name
        msg = f"The connector cannot be loaded: {error}"
        raise ConnectorLoadError(msg) from None
    if not is_there:
        msg = f"There is no file {path}: name the DLL, and with path the folder that it is in."
        raise ConnectorLoadError(msg)
    contract = contract_assembly(wanted.contract)
    stand_ins = stand_in_folder()
    try:
        found = examine(path, find_runtimes(), contract, stand_ins)
    except (NotAnAssemblyError, OSError) as error:
        msg = f"The connector cannot be loaded: {error}"
        raise ConnectorLoadError(msg) from None
    verdict = found.best(wanted.runtime)
    if verdict.missing:
        # Each worker says it, so it is no warning: one comes when the connector touches it.
        logger.info("%s on %s: %s", path.name, verdict.runtime, verdict.reason)
    settings = wanted.settings or _settings_beside(path)
    host = start(
        verdict.runtime,
        contract=contract,
        bridge=bridge_assembly(),
        settings=settings,
        stand_ins=stand_ins,
    )
    extensions = WindowsFolder(path.parent)
    folder = extensions if wanted.folder is None else WindowsFolder(wanted.folder.absolute())
    connector = host.load(path, folder=folder.told, extensions=extensions.told)
    door = host.bridge.Door(connector.types, wanted.name or path.stem)
    caller = Caller(door, codec, after=(folder.settle, extensions.settle))
    host.bridge.TraceOutput.Start()

    def make() -> DotNetConnector:
        # The worker may have waited for long, and the files of its run have come meanwhile.
        for each in {folder, extensions}:
            each.refresh()
        return dotnet_connector(caller, connector.interfaces)

    return make


def _settings_beside(path: Path) -> Path | None:
    beside = path.with_name(f"{path.name}.config")
    return beside if beside.is_file() else None
