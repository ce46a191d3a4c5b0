"""The host: every configured connector, opened and served, replaced when the file changes."""

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from time import time
from typing import Any

from attrs import evolve

from ecma2py.errors import ECMA2Error
from ecma2py.host.config import Config, diff, load
from ecma2py.host.files import write_private
from ecma2py.host.logs import configure, get_logger
from ecma2py.host.metrics import Metrics
from ecma2py.host.opening import open_connector
from ecma2py.host.pace import Pace
from ecma2py.host.served import ServedConnector
from ecma2py.host.tls import HostCertificate
from ecma2py.host.tokens import TokenGate, TokenStore
from ecma2py.scim.errors import ScimError
from ecma2py.steps import CloseReason

RETRY_SECONDS = 30.0
"""How long a connector that could not be opened waits for its next try."""
DAY_SECONDS = 86_400.0
_log = get_logger("ecma2py.host")


class Host:
    """All connectors of one configuration file; a connector that fails to open leaves the others.

    One that could not be opened answers 503, is listed by ``status`` with the reason, and is tried
    again every 30 seconds.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.connectors: dict[str, ServedConnector] = {}
        self.failed: dict[str, str] = {}
        """Why connectors could not be opened."""
        self.metrics = Metrics()
        self.pace = Pace()
        self.tokens = TokenGate(TokenStore.in_state(config.host.state))
        self.control_token = secrets.token_urlsafe(32)
        self.tls: HostCertificate | None = None
        self.stop: Callable[[], None] = lambda: None
        self._cursor_key = _kept_key(config.host.state / "cursor.key")
        self._tasks: set[asyncio.Task[None]] = set()
        self._reloading = asyncio.Lock()
        self._reopening: dict[str, asyncio.Event] = {}
        """Connectors that a reload is opening anew; each event is set when that is over."""
        self._started = time()

    async def start(self) -> None:
        """Open every connector and begin its schedule."""
        async with self._reloading:
            await asyncio.gather(*(self._open(name) for name in self.config.connectors))
        self._spawn(self._tend())

    async def close(self) -> None:
        """Finish what was taken, close every session, within the configured seconds."""
        for task in self._tasks:
            task.cancel()
        seconds = float(self.config.host.shutdown_seconds)
        reason = CloseReason.TERMINATED_SHUTTING_DOWN
        served = list(self.connectors.values())
        await asyncio.gather(*(each.close(reason, seconds) for each in served))
        self.tokens.close()

    def knows(self, name: str) -> bool:
        """True for a connector that is configured, whether it could be opened or not."""
        return name in self.connectors or name in self._reopening or name in self.failed

    async def served(self, name: str) -> ServedConnector | None:
        """The connector, once it is open if it is being opened anew; None if it is not served."""
        while (reopened := self._reopening.get(name)) is not None:
            await reopened.wait()
        return self.connectors.get(name)

    async def reload(self) -> dict[str, Any]:
        """Take over the configuration file as it is now; a file that is refused changes nothing.

        A connector whose table changed finishes its requests, is closed and opened anew; requests
        that come meanwhile wait. All others go on untouched.
        """
        async with self._reloading:
            try:
                new = await asyncio.to_thread(load, self.config.path)
                change = diff(self.config, new)
                # What needs a restart stays as it is until then.
                kept = {key: getattr(self.config.host, key) for key in change.restart}
                new = evolve(new, host=evolve(new.host, **kept))
                if self.tls is not None:
                    await asyncio.to_thread(self.tls.refresh, new.host)
            except ECMA2Error as error:
                _log.exception("the configuration is refused; the one in use stays")
                raise ScimError(400, str(error), "invalidValue") from error
            self.config = new
            configure(new.host.log_level, new.host.log_format, new.secrets)
            await asyncio.gather(*(self._close(name) for name in change.removed))
            await asyncio.gather(
                *(self._reopen(name) for name in change.changed),
                *(self._open(name) for name in change.added),
            )
            _log.info("configuration taken over", restart_needed_for=list(change.restart))
            return {
                "added": change.added,
                "changed": change.changed,
                "removed": change.removed,
                "restart_needed_for": change.restart,
                "failed": self.failed,
            }

    @property
    def is_ready(self) -> bool:
        """True if every connector that could be opened serves requests, and there is one."""
        served = self.connectors.values()
        return all(each.is_ready for each in served) and bool(served or not self.failed)

    def status(self) -> dict[str, Any]:
        """What the host serves and how each connector is."""
        return {
            "base_url": self.config.host.base_url,
            "uptime_seconds": round(time() - self._started),
            "connectors": {
                **{name: each.status() for name, each in self.connectors.items()},
                **{name: {"state": "failed", "reason": why} for name, why in self.failed.items()},
            },
        }

    def render_metrics(self) -> bytes:
        """The metrics in Prometheus' text form."""
        return self.metrics.render()

    async def _reopen(self, name: str) -> None:
        done = self._reopening[name] = asyncio.Event()
        try:
            await self._close(name)
            await self._open(name)
        finally:
            del self._reopening[name]
            done.set()

    async def _close(self, name: str) -> None:
        self.failed.pop(name, None)
        old = self.connectors.pop(name, None)
        if old is not None:
            await old.close(CloseReason.NORMAL, float(self.config.host.shutdown_seconds))
            self.metrics.forget(name)

    async def _open(self, name: str) -> None:
        config, host = self.config.connectors[name], self.config.host
        try:
            served = await asyncio.to_thread(
                open_connector,
                name,
                config,
                host,
                metrics=self.metrics,
                pace=self.pace,
                cursor_key=self._cursor_key,
            )
        except ECMA2Error as error:
            self.failed[name] = str(error)
            _log.error("connector cannot be opened", connector=name, why=str(error))
        except Exception as error:  # noqa: BLE001  one bad connector must not stop the others
            self.failed[name] = f"{type(error).__name__}: {error}"
            _log.exception("connector cannot be opened", connector=name)
        else:
            self.failed.pop(name, None)
            self.connectors[name] = served
            served.start()

    async def _tend(self) -> None:
        """Try failed connectors again, and look after the certificate once a day."""
        since_renewal = 0.0
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            async with self._reloading:
                await asyncio.gather(*(self._open(name) for name in list(self.failed)))
            since_renewal += RETRY_SECONDS
            if self.tls is not None and since_renewal >= DAY_SECONDS:
                since_renewal = 0.0
                await asyncio.to_thread(self.tls.refresh)

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _kept_key(file: Path) -> bytes:
    """The key of this host's cursors, made once, so that they outlive a restart."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        key = secrets.token_bytes(32)
        write_private(file, key)
        return key
