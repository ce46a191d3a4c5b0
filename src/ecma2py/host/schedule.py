"""When a connector's imports run: at the start, by the timer, and when an operator asks."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from time import monotonic
from typing import Any, Literal, TypeVar

from attrs import define, field

from ecma2py.host.config_connectors import ImportConfig
from ecma2py.host.logs import get_logger
from ecma2py.scim.errors import unavailable

T = TypeVar("T")
Kind = Literal["full", "delta"]
RunImport = Callable[[Kind], dict[str, Any]]
"""Runs one import to its end, in any thread; its answer is what the run history says of it."""

FIRST_RETRY_SECONDS = 30.0
_log = get_logger("ecma2py.schedule")


@define
class Schedule:
    """The imports of one connector, one at a time; requests go on while they run.

    A first import that fails is tried again after 30 seconds, then after twice as long each time,
    up to the timer's own interval.
    """

    _connector: str
    _config: ImportConfig
    _run: RunImport
    _has_delta: bool = field(kw_only=True)
    _is_loaded: Callable[[], bool] = field(kw_only=True)
    """True once a full import was good: until then nothing can be served."""
    _asked: asyncio.Queue[tuple[Kind, asyncio.Future[dict[str, Any]]]] = field(
        factory=asyncio.Queue, init=False
    )
    _due: dict[Kind, float] = field(factory=dict, init=False)
    _failures: int = field(default=0, init=False)
    _is_over: bool = field(default=False, init=False)

    async def run_now(self, kind: Kind) -> dict[str, Any]:
        """Run an import as soon as none is under way, and return what became of it."""
        done: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        if self._is_over:
            self._refuse(done)
        await self._asked.put((kind, done))
        return await done

    async def run_forever(self) -> None:
        """Run what is due until cancelled; an import under way is left to its own thread."""
        if self._config.on_start or not self._is_loaded():
            self._due["full"] = monotonic()
        else:
            self._plan("full", self._config.interval_minutes * 60)
        if self._has_delta:
            self._plan("delta", self._config.delta_minutes * 60)
        done: asyncio.Future[dict[str, Any]] | None = None
        try:
            while True:
                kind, done = await self._next()
                answer = await self._import(kind)
                if done is not None and not done.done():
                    done.set_result(answer)
        finally:
            self._is_over = True
            self._refuse(done)
            while not self._asked.empty():
                self._refuse(self._asked.get_nowait()[1])

    @staticmethod
    def _refuse(done: "asyncio.Future[dict[str, Any]] | None") -> None:
        """Tell who asked for an import that it ends without an answer."""
        if done is not None and not done.done():
            reason = "The connector is being closed: the run history says what became of the run."
            done.set_exception(unavailable(reason, retry_after=30))

    async def _next(self) -> tuple[Kind, asyncio.Future[dict[str, Any]] | None]:
        kind = min(self._due, key=lambda each: self._due[each], default=None)
        wait = None if kind is None else max(0.0, self._due[kind] - monotonic())
        try:
            return await asyncio.wait_for(self._asked.get(), wait)
        except TimeoutError:
            assert kind is not None
            return kind, None

    async def _import(self, kind: Kind) -> dict[str, Any]:
        if kind == "delta" and not self._is_loaded():
            kind = "full"
        try:
            answer = await in_thread(lambda: self._run(kind), f"import-{self._connector}")
        except Exception as error:  # noqa: BLE001  the next run may be good
            _log.exception("import failed", connector=self._connector, kind=kind)
            answer = {"result": "stopped-extension-dll-exception", "error": str(error)}
        self._failures = 0 if self._is_loaded() else self._failures + 1
        if self._failures:
            interval = self._config.interval_minutes * 60 or 7200.0
            self._plan("full", min(interval, FIRST_RETRY_SECONDS * 2 ** (self._failures - 1)))
        elif kind == "full":
            self._plan("full", self._config.interval_minutes * 60)
        if self._has_delta:
            self._plan("delta", self._config.delta_minutes * 60)
        return answer

    def _plan(self, kind: Kind, seconds: float) -> None:
        self._due.pop(kind, None)
        if seconds > 0:
            self._due[kind] = monotonic() + seconds


async def in_thread(
    call: Callable[[], T], name: str, *, unwanted: Callable[[T], object] = lambda answer: None
) -> T:
    """What *call* returns, run in a thread of its own so that no shared pool is used up.

    An answer that comes when nobody waits for it any more is given to *unwanted*, in any thread.
    """
    outcome: Future[T] = Future()
    # Whoever waits may leave; the call goes on, and its future takes the answer all the same.
    outcome.set_running_or_notify_cancel()

    def work() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # noqa: BLE001  it is raised where the answer is awaited
            outcome.set_exception(error)

    def end(done: Future[T]) -> None:
        if done.exception() is None:
            unwanted(done.result())

    Thread(target=work, name=name, daemon=True).start()
    try:
        return await asyncio.wrap_future(outcome)
    except (asyncio.CancelledError, GeneratorExit):  # the latter from a loop that was just dropped
        outcome.add_done_callback(end)
        raise
