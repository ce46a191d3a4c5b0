"""Connectors written for .NET, in a worker: the bridge inside the runtime speaks the same wire."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ecma2py.clr.opening import Wanted, open_dll
from ecma2py.clr.runtimes import RuntimeKind
from ecma2py.workers import wire
from ecma2py.workers.codec import Codec
from ecma2py.workers.wire import Encoded


class PassingCodec(Codec):
    """Leaves entries and results as they are, for the host to read them."""

    keeps_buffers = True

    def _hook(self, code: int, data: memoryview) -> Any:
        if code == wire.RESULTS:
            return Encoded(code, bytes(data))
        return super()._hook(code, data)


def load_dotnet(settings: Mapping[str, Any]) -> Callable[[], object]:
    """What makes connectors of a DLL; ``ConfigurationError`` if it cannot be run here."""
    # clr_loader warns of a Mono that its makers support no more; the one that Debian has works.
    warnings.filterwarnings("ignore", message="Hosting Mono versions before v6.12")
    runtime = settings.get("runtime")
    return open_dll(
        Wanted(
            path=Path(settings["dll"]),
            name=settings.get("name") or "",
            folder=_path(settings.get("folder")),
            runtime=RuntimeKind(runtime) if runtime else None,
            contract=_path(settings.get("contract")),
            settings=_path(settings.get("settings")),
        ),
        PassingCodec(),
    )


def _path(given: str | None) -> Path | None:
    return None if given is None else Path(given)
