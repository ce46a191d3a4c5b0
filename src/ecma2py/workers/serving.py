"""The worker's side: one request after another, until the host ends the connection."""

import faulthandler
import gc
import logging
import signal
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any

from ecma2py.connector.protocols import INTERFACES
from ecma2py.errors import ECMA2Error, UnexpectedDataError
from ecma2py.workers import limits, records
from ecma2py.workers.channel import MAX_FRAME, Channel, FrameTooLongError
from ecma2py.workers.codec import Codec
from ecma2py.workers.faults import fault
from ecma2py.workers.recipes import TAKES_BUFFERS, Maker, load

logger = logging.getLogger("ecma2py.workers")

YOUNG_OBJECTS = 50_000
"""How many new objects call for a collection: a page is not garbage every time."""


def serve(channel: Channel) -> None:
    """Answer requests until there are no more; whatever a connector raises is an answer."""
    _prepare()
    codec = Codec()
    worker = _Worker(codec)
    while (body := channel.receive()) is not None:
        kind, argument = codec.decode(body)
        # A page must not live on while the next one is made.
        del body
        channel.send(_answer(codec, worker, kind, argument))
        del argument


def _prepare() -> None:
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    faulthandler.enable()
    limits.no_core_dump()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _answer(codec: Codec, worker: "_Worker", kind: str, argument: Any) -> bytes:
    what = argument[0] if kind == "call" else argument if kind == "read" else kind
    try:
        body = codec.encode("ok", worker.requests[kind](argument))
        if len(body) > MAX_FRAME:
            codec.tell_anew()
            raise UnexpectedDataError(
                f"{what} gave {FrameTooLongError(len(body))}: ask for fewer objects at a time."
            )
    except BaseException as error:
        if not isinstance(error, ECMA2Error):
            logger.warning("%s raised %s", what, type(error).__name__, exc_info=True)
        return codec.encode("error", fault(error))
    return body


class _Worker:
    """The connector, and what can be asked of it."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._maker: Maker | None = None
        self._connector: Any = None
        self.requests: dict[str, Callable[[Any], Any]] = {
            "load": self._load,
            "make": self._make,
            "call": self._call,
            "read": self._read,
        }

    def _load(self, told: dict[str, Any]) -> None:
        records.configure(told["log_level"])
        sys.path += [each for each in told["sys_path"] if each not in sys.path]
        if told["memory_limit_mb"] is not None:
            limits.limit_memory(told["memory_limit_mb"])
        self._maker = load(told["kind"], told["settings"])

    def _make(self, _: Any) -> list[str]:
        assert self._maker is not None
        self._connector = self._maker()
        self._codec.keeps_buffers = getattr(self._connector, TAKES_BUFFERS, False) is True
        return [each.__name__ for each in INTERFACES if isinstance(self._connector, each)]

    def _call(self, told: list[Any]) -> Any:
        method, arguments = told
        return getattr(self._connector, method)(*arguments)

    def _read(self, name: str) -> Any:
        return getattr(self._connector, name)
