"""The host: every configured connector, opened and served, replaced when the file changes."""

import asyncio
import secrets
import sys
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from pathlib import Path
from time import time
from typing import Any, TypeVar

from attrs import evolve

from ecma2py.errors import ECMA2Error
from ecma2py.host.config import Config, HostConfig, diff, load
from ecma2py.host.deprovisioning import NOTHING_DISABLES, disables_nothing
from ecma2py.host.files import write_private
from ecma2py.host.logs import configure, get_logger
from ecma2py.host.metrics import Metrics
from ecma2py.host.opening import check_connector, open_connector
from ecma2py.host.pace import Pace
from ecma2py.host.schedule import in_thread
from ecma2py.host.served import ServedConnector
from ecma2py.host.tls import HostCertificate
from ecma2py.host.tokens import TokenGate, TokenStore
from ecma2py.scim.errors import ScimError
from ecma2py.steps import CloseReason

T = TypeVar("T")
RETRY_SECONDS = 30.0
"""How long a connector that could not be opened waits for its next try."""
WAIT_SECONDS = 30.0
"""How long requests, and a reload, wait for a connector that is being opened."""
DAY_SECONDS = 86_400.0
_log = get_logger("ecma2py.host")


class Host:
    """All connectors of one configuration file; one that hangs or fails to open leaves the others.

    One that could not be opened answers 503. One that is served, and could not be opened as its
    table reads now, is served as it was; one whose target is down is served from what is stored.
    Each is listed by ``status`` with the reason, and is tried again every 30 seconds.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.connectors: dict[str, ServedConnector] = {}
        self.failed: dict[str, str] = {}
        """Why connectors could not be opened."""
        self.kept: dict[str, str] = {}
        """Why connectors are served as they were before the configuration changed."""
        self.unchecked: dict[str, str] = {}
        """Why the parameters of connectors that are served could not be checked in whole."""
        self.metrics = Metrics()
        self.pace = Pace()
        self.tokens = TokenGate(TokenStore.in_state(config.host.state))
        self.control_token = secrets.token_urlsafe(32)
        self.tls: HostCertificate | None = None
        self.certificate_changed: Callable[[], None] = lambda: None
        """Called in a thread once new connections get another certificate."""
        self.stop: Callable[[], None] = lambda: None
        self.opened: Callable[[ServedConnector], None] = lambda served: None
        """Told of every connector once it is open."""
        self._cursor_key = _kept_key(config.host.state / "cursor.key")
        self._tending: asyncio.Task[None] | None = None
        self._reloading = asyncio.Lock()
        self._changing: dict[str, asyncio.Task[None]] = {}
        """The last thing that each connector is being opened or closed by, one after another."""
        self._started = time()
        self._is_closed = False

    async def start(self) -> None:
        """Begin to open every connector; one that takes its time holds up nothing else."""
        for name in self.config.connectors:
            self._change(name, self._open)
        self._tending = asyncio.create_task(self._tend())

    async def close(self) -> None:
        """Finish what was taken, close every session, within the configured seconds."""
        if self._tending is not None:
            self._tending.cancel()
        seconds = float(self.config.host.shutdown_seconds)
        await self._changed(self.config.connectors, seconds)
        self._is_closed = True  # what is opened from now on closes itself
        reason = CloseReason.TERMINATED_SHUTTING_DOWN
        served = list(self.connectors.values())
        await asyncio.gather(*(each.close(reason, seconds) for each in served))
        self.tokens.close()

    def knows(self, name: str) -> bool:
        """True for a connector that is configured, whether it could be opened or not."""
        return name in self.connectors or name in self._changing or name in self.failed

    async def served(self, name: str) -> ServedConnector | None:
        """The connector, once it is open if it is being opened; None if it is not served yet."""
        await self._changed([name], WAIT_SECONDS)
        return self.connectors.get(name)

    async def reload(self) -> dict[str, Any]:
        """Take over the configuration file as it is now; a file that is refused changes nothing.

        A connector whose table changed finishes its requests, is closed and opened anew; requests
        that come meanwhile wait. One that cannot be opened so is not closed and is listed under
        ``kept``. All others go on untouched. Returns once all are open again, or after 30 seconds:
        those that take longer are listed as ``opening``.
        """
        async with self._reloading:
            try:
                new = await asyncio.to_thread(load, self.config.path)
                change = diff(self.config, new)
                # What needs a restart stays as it is until then.
                kept = {key: getattr(self.config.host, key) for key in change.restart}
                new = evolve(new, host=evolve(new.host, **kept))
                await asyncio.to_thread(self._refresh_certificate, new.host)
            except ECMA2Error as error:
                _log.exception("the configuration is refused; the one in use stays")
                raise ScimError(400, str(error), "invalidValue") from error
            self.config = new
            configure_logs(new)
            for name in (*change.removed, *change.changed, *change.added):
                self._change(name, self._reopen)
            await self._changed((*change.removed, *change.changed, *change.added), WAIT_SECONDS)
            _log.info(
                "configuration taken over",
                restart_needed_for=list(change.restart),
                failed=list(self.failed),
                kept=list(self.kept),
            )
            return {
                "added": change.added,
                "changed": change.changed,
                "removed": change.removed,
                "restart_needed_for": change.restart,
                "failed": self.failed,
                "kept": self.kept,
                "opening": list(self._changing),
            }

    @property
    def is_ready(self) -> bool:
        """True if every connector that could be opened serves requests, and there is one."""
        served = self.connectors.values()
        return (
            self.connectors.keys() >= self._changing.keys()
            and all(each.is_ready for each in served)
            and bool(served or not self.failed)
        )

    def status(self) -> dict[str, Any]:
        """What the host serves and how each connector is."""
        return {
            "base_url": self.config.host.base_url,
            "uptime_seconds": round(time() - self._started),
            "connectors": {
                **{name: self._served_status(name) for name in self.connectors},
                **{n: {"state": "opening"} for n in self._changing if n not in self.connectors},
                **{name: {"state": "failed", "reason": why} for name, why in self.failed.items()},
            },
        }

    def _served_status(self, name: str) -> dict[str, Any]:
        status = self.connectors[name].status()
        if name in self.kept:
            why = self.kept[name]
            status["reason"] = f"served as before its table changed, which cannot be used: {why}"
        elif name in self.unchecked:
            why = self.unchecked[name]
            status["reason"] = f"served with parameters that are not all checked yet: {why}"
        return status

    def _change(self, name: str, work: Callable[[str], Coroutine[Any, Any, None]]) -> None:
        """Do *work* once what is being done to the connector is over; nothing after ``close``."""
        before = self._changing.get(name)

        async def in_turn() -> None:
            if before is not None:
                await asyncio.wait([before])
            if not self._is_closed:
                await work(name)

        def ended(task: asyncio.Task[None]) -> None:
            if self._changing.get(name) is task:
                del self._changing[name]

        task = self._changing[name] = asyncio.ensure_future(in_turn())
        task.add_done_callback(ended)

    async def _changed(self, names: Iterable[str], seconds: float) -> None:
        """Return once nothing is being done to the connectors, or after *seconds*."""
        tasks = [self._changing[name] for name in names if name in self._changing]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    async def _reopen(self, name: str) -> None:
        if name in self.connectors and name in self.config.connectors:
            # As long as the new one is not known to open, the old one is not closed.
            trial = partial(check_connector, name, self.config.connectors[name], self.config.host)
            if not await self._tried(name, trial, self.kept, "connector is served as before"):
                return
            if self._is_closed:
                return
        await self._replace(name)

    async def _check(self, name: str) -> None:
        """Open anew what is served with parameters that were not checked, once they can be."""
        trial = partial(
            check_connector,
            name,
            self.config.connectors[name],
            self.config.host,
            takes_unasked=False,
        )
        event = "parameters cannot be checked"
        if await self._tried(name, trial, self.unchecked, event) and not self._is_closed:
            await self._replace(name)

    async def _replace(self, name: str) -> None:
        await self._close(name)
        if name in self.config.connectors and not self._is_closed:
            await self._open(name)

    async def _close(self, name: str) -> None:
        self.failed.pop(name, None)
        self.kept.pop(name, None)
        self.unchecked.pop(name, None)
        old = self.connectors.pop(name, None)
        if old is not None:
            await old.close(CloseReason.NORMAL, float(self.config.host.shutdown_seconds))
            self.metrics.forget(name)

    async def _open(self, name: str) -> None:
        opening = partial(
            open_connector,
            name,
            self.config.connectors[name],
            self.config.host,
            metrics=self.metrics,
            pace=self.pace,
            cursor_key=self._cursor_key,
        )
        served = await self._tried(
            name,
            opening,
            self.failed,
            "connector cannot be opened",
            unwanted=ServedConnector.discard,
        )
        if served is None:
            return
        if self._is_closed:
            await in_thread(served.discard, f"close-{name}")
            return
        self.failed.pop(name, None)
        self.connectors[name] = served
        if served.unasked:
            self.unchecked[name] = served.unasked
        served.start()
        can_export = served.description.can_export
        if can_export and disables_nothing(served.config.deprovisioning, served.views.kinds):
            _log.warning(NOTHING_DISABLES, connector=name)
        self.opened(served)

    async def _tried(
        self,
        name: str,
        work: Callable[[], T],
        reasons: dict[str, str],
        event: str,
        *,
        unwanted: Callable[[T], object] = lambda answer: None,
    ) -> T | None:
        """What *work* returns; None, with the reason logged and among *reasons*, if it fails.

        What it returns to a host that has ended is given to *unwanted*.
        """
        try:
            return await in_thread(work, f"open-{name}", unwanted=unwanted)
        except ECMA2Error as error:
            reasons[name] = str(error)
            _log.error(event, connector=name, why=str(error))
        except Exception as error:  # noqa: BLE001  one bad connector must not stop the others
            reasons[name] = f"{type(error).__name__}: {error}"
            _log.exception(event, connector=name)
        return None

    async def _tend(self) -> None:
        """Try again what could not be opened, and look after the certificate once a day."""
        since_renewal = 0.0
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            again = {
                **dict.fromkeys(self.unchecked, self._check),
                **dict.fromkeys(self.kept, self._reopen),
                **dict.fromkeys(self.failed, self._open),
            }
            for name, work in again.items():
                if name not in self._changing:
                    self._change(name, work)
            since_renewal += RETRY_SECONDS
            if since_renewal >= DAY_SECONDS:
                since_renewal = 0.0
                try:
                    await asyncio.to_thread(self._refresh_certificate)
                except (ECMA2Error, OSError):
                    _log.exception("the certificate cannot be renewed; the one in use stays")

    def _refresh_certificate(self, config: HostConfig | None = None) -> None:
        """Take over a certificate that is due or was replaced."""
        if self.tls is not None and self.tls.refresh(config):
            self.certificate_changed()


def configure_logs(config: Config) -> None:
    """Log as *config* says; left to itself, text for whoever watches the terminal, else JSON."""
    style = config.host.log_format
    if style == "auto":
        style = "text" if sys.stderr.isatty() else "json"
    configure(config.host.log_level, style, config.secrets)


def _kept_key(file: Path) -> bytes:
    """The key of this host's cursors, made once, so that they outlive a restart."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        key = secrets.token_bytes(32)
        write_private(file, key)
        return key
