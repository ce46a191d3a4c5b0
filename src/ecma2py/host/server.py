"""The process: listens with TLS, takes signals, and stops in order."""

import asyncio
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn

from ecma2py.host.application import Application
from ecma2py.host.config import load
from ecma2py.host.control import ControlAddress
from ecma2py.host.hosting import Host
from ecma2py.host.logs import configure, get_logger
from ecma2py.host.tls import prepare_tls

_log = get_logger("ecma2py.server")


def serve(config_file: Path, *, started: Callable[[Host], None] | None = None) -> None:
    """Serve what *config_file* says until a signal or ``ecma2py stop`` ends it.

    *started* is called once requests are taken. Raises ConfigFileError for a file that cannot be
    used, ConfigurationError for a certificate or address that cannot.
    """
    config = load(config_file)
    configure(config.host.log_level, config.host.log_format, config.secrets)
    asyncio.run(_serve(Host(config), started))


async def _serve(host: Host, started: Callable[[Host], None] | None) -> None:
    config = host.config.host
    tls = None if config.plain_http else prepare_tls(config)
    settings = uvicorn.Config(
        Application(host),
        host=config.listen.host,
        port=config.listen.port,
        loop="auto",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=config.shutdown_seconds,
    )
    settings.load()
    if tls is not None:
        settings.ssl = tls.context
    server = _Server(settings, host, started)
    host.stop = server.ask_to_stop
    host.tls = tls
    address = ControlAddress.new(config.base_url, tls.certificate if tls is not None else None)
    host.control_token = address.token
    await host.start()
    address.write(config.state)
    _on_hangup(host)
    try:
        await server.serve()
    finally:
        ControlAddress.remove(config.state)
        await host.close()


class _Server(uvicorn.Server):
    """Uvicorn's server, which says when it listens and can be asked to stop."""

    def __init__(
        self, config: uvicorn.Config, host: Host, started: Callable[[Host], None] | None
    ) -> None:
        super().__init__(config)
        self._host = host
        self._started = started

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            _log.info("serving", url=self._host.config.host.base_url)
            if self._started is not None:
                self._started(self._host)

    def ask_to_stop(self) -> None:
        """Finish the requests taken, then end."""
        self.should_exit = True


def _on_hangup(host: Host) -> None:
    """Read the configuration again on SIGHUP, where the system has it."""
    if sys.platform == "win32":  # pragma: no cover  Windows reloads by command alone
        return
    if threading.current_thread() is not threading.main_thread():
        return  # whoever embeds the host in a thread has the signals
    tasks: set[asyncio.Task[object]] = set()

    def reload() -> None:
        task = asyncio.ensure_future(host.reload())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)
