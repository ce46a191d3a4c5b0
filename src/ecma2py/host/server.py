"""The process: listens with TLS, takes signals, and stops in order."""

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

import uvicorn
from attrs import evolve

from ecma2py.errors import ConfigurationError
from ecma2py.host.application import Application
from ecma2py.host.config import Address, load
from ecma2py.host.control_address import ControlAddress
from ecma2py.host.files import alone
from ecma2py.host.hosting import Host, configure_logs
from ecma2py.host.logs import get_logger
from ecma2py.host.pace import tune_process
from ecma2py.host.protocol import bounded_protocol
from ecma2py.host.served import ServedConnector
from ecma2py.host.tls import prepare_tls
from ecma2py.scim.errors import ScimError

HANDSHAKE_SECONDS = 10.0
_log = get_logger("ecma2py.server")


def serve(
    config_file: Path,
    *,
    started: Callable[[Host], None] | None = None,
    opened: Callable[[ServedConnector], None] | None = None,
) -> None:
    """Serve what *config_file* says until a signal or ``ecma2py stop`` ends it.

    *started* is called once requests are taken, *opened* whenever a connector is open. Raises
    ConfigFileError for a file that cannot be used, ConfigurationError for a certificate or address
    that cannot.
    """
    config = load(config_file)
    tune_process()
    configure_logs(config)
    host = Host(config)
    host.opened = opened or host.opened
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(host, started))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Of the fast loop, uvloop, where the system has it: uvicorn would have chosen it too."""
    if sys.platform == "win32":  # pragma: no cover  there is no uvloop for Windows
        return None
    import uvloop

    return uvloop.new_event_loop


async def _serve(host: Host, started: Callable[[Host], None] | None) -> None:
    config = host.config.host
    tls = None if config.plain_http else prepare_tls(config)
    protocol = bounded_protocol(
        lambda: host.config.host.limits.max_connections, host.metrics.connection_rejected
    )
    settings = uvicorn.Config(
        Application(host),
        host=config.listen.host,
        port=config.listen.port,
        http=cast("type[asyncio.Protocol]", protocol),  # uvicorn only calls it
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who asks is who is connected: anybody can send X-Forwarded-For
        timeout_keep_alive=75,
        timeout_graceful_shutdown=config.shutdown_seconds,
    )
    settings.load()
    if tls is not None:
        settings.ssl = tls.context
    server = _Server(settings, host, started)
    host.stop = server.ask_to_stop
    host.tls = tls
    _on_hangup(host)
    with _told_to_stop(server), alone(config.state):
        await server.listen()
        address = ControlAddress.new(server.listening, tls.fingerprint if tls else None)
        host.control_token = address.token

        def leave_address() -> None:
            evolve(address, fingerprint=tls.fingerprint if tls else None).write(config.state)

        try:
            leave_address()
            host.certificate_changed = leave_address
            await host.start()
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

    async def listen(self) -> None:
        """Take connections; ConfigurationError if the address cannot be used.

        What comes before ``serve`` waits in the system's queue.
        """
        settings, listen = self.config, self._host.config.host.listen
        try:
            server = await asyncio.get_running_loop().create_server(
                lambda: settings.http_protocol_class(  # type: ignore[call-arg]
                    config=settings, server_state=self.server_state, app_state={}
                ),
                listen.host,
                listen.port,
                ssl=settings.ssl,
                ssl_handshake_timeout=HANDSHAKE_SECONDS if settings.ssl is not None else None,
                backlog=settings.backlog,
            )
        except OSError as error:
            raise ConfigurationError(f"[host] listen: {listen} cannot be used: {error}") from error
        self.servers = [server]

    @property
    def listening(self) -> Address:
        """The address in use, as the system has it."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return Address(host, port)

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Say that the host serves."""
        self.started = True
        _log.info("serving", url=self._host.config.host.base_url)
        if self._started is not None:
            self._started(self._host)

    def ask_to_stop(self) -> None:
        """Finish the requests taken, then end."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: the signals are taken outside, from the first connector opened to the last."""
        yield


@contextmanager
def _told_to_stop(server: _Server) -> Iterator[None]:
    """SIGTERM and Ctrl-C end the host in order; a second one ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield  # whoever embeds the host in a thread has the signals
        return
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def stop(number: int, frame: object) -> None:
        restore()
        server.ask_to_stop()

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        restore()


def _on_hangup(host: Host) -> None:
    """Read the configuration again on SIGHUP, where the system has it."""
    if sys.platform == "win32":  # pragma: no cover  Windows reloads by command alone
        return
    if threading.current_thread() is not threading.main_thread():
        return  # whoever embeds the host in a thread has the signals
    tasks: set[asyncio.Task[object]] = set()

    async def take_over() -> None:
        with suppress(ScimError):  # it is in the log, and the configuration in use stays
            await host.reload()

    def reload() -> None:
        task = asyncio.ensure_future(take_over())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)
