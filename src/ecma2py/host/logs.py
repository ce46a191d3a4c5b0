"""Logs: one event a line, with the request it belongs to, and with nothing secret in it.

Events of this program come through structlog, those of libraries and connectors through the
standard ``logging``; both end in the same processors, of which the last one redacts and renders.
"""

import json
import logging
import random
import re
import sys
from collections.abc import Callable, Iterable, MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache, partial
from time import time_ns
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import Processor

from ecma2py.host.secrets import Redactor, looks_secret
from ecma2py.parameters import SecureString

Event = MutableMapping[str, Any]

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request being served; empty outside of one."""

_redactor = Redactor()
_audit: Callable[[Event], None] | None = None
"""Writes an audit event: at every level, and without the way through loggers it need not go."""
_handler: logging.Handler | None = None

_SAFE_ID = re.compile(r"[A-Za-z0-9._:+/=-]{1,64}")
_random = random.Random()  # noqa: S311  ids tell requests apart, they keep no secret
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLAIN = frozenset({str, int, float, bool, type(None)})
_KEPT_AS_THEY_ARE = frozenset({"level", "timestamp"})


def new_request_id(given: bytes | None = None) -> str:
    """An id that every event of this context carries from now on: that of the request begun here.

    It is what the client sent if that is harmless in a log, else 16 random hexadecimal digits.
    """
    text = given.decode("latin-1") if given else ""
    chosen = text if text and _SAFE_ID.fullmatch(text) else f"{_random.getrandbits(64):016x}"
    request_id.set(chosen)
    return chosen


def get_logger(name: str) -> Any:
    """A logger for the part of the program called *name*; it follows every ``configure``."""
    return structlog.get_logger(_name=name)


def request_logger() -> Any:
    """The logger for what happens to the request being served."""
    return get_logger("ecma2py.request")


def register_secrets(values: Iterable[SecureString | str]) -> None:
    """None of these values appears in any event from now on, whatever key or text holds it."""
    _redactor.register(*values)


def is_secret(text: str) -> bool:
    """True for a value that was registered as a secret."""
    return _redactor.knows(text)


def configure(
    level: str = "info",
    style: str = "json",
    secrets: Iterable[SecureString | str] = (),
    *,
    stream: TextIO | None = None,
) -> None:
    """Send all events of *level* or more severe to *stream* (standard error), one a line.

    *style* is ``json`` or ``text``. Replaces what an earlier call set up, so that a reload can
    change both; *secrets* join those registered before.
    """
    global _audit, _handler  # noqa: PLW0603 - logging itself is one for the process
    register_secrets(secrets)
    stream = stream or sys.stderr
    render = _json if style == "json" else _text(stream)
    ending: list[Processor] = [structlog.processors.format_exc_info, render]
    structlog.configure(
        processors=[_context, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    audited = _audit_json if style == "json" else render
    _audit = partial(_write_audit, audited, structlog.WriteLogger(stream))
    root = logging.getLogger()
    if _handler is not None:
        root.removeHandler(_handler)
    _handler = logging.StreamHandler(stream)
    _handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, _context],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root.addHandler(_handler)
    root.setLevel(LEVELS[level])


def _context(logger: Any, method: str, event: Event) -> Event:
    # structlog keeps the plain word for itself when a logger is made.
    if name := event.pop("_name", None):
        event["logger"] = name
    event["level"] = method
    event["timestamp"] = _now()
    if current := request_id.get():
        event["request_id"] = current
    return event


def _now() -> str:
    """ISO 8601, UTC, microseconds."""
    seconds, microseconds = divmod(time_ns() // 1000, 1_000_000)
    return f"{_second(seconds)}.{microseconds:06}Z"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def redact(event: Event) -> Event:
    """The event as plain data in which no key that names a secret, and no secret, has its value."""
    return {
        _redactor.key(key): value if key in _KEPT_AS_THEY_ARE else _redactor.value(value, key)
        for key, value in event.items()
    }


def _json(logger: Any, method: str, event: Event) -> str:
    # Most lines hold nothing to redact, and one look at the whole line says so.
    line = _harmless_line(event) if _is_plain(event) else None
    if line is not None:
        return line
    event = redact(event)
    try:
        return orjson.dumps(event).decode()
    except TypeError:
        # An integer beyond 64 bits is the one plain value that orjson does not write.
        return json.dumps(event)


def _audit_json(logger: Any, method: str, event: Event) -> str:
    # The keys of an audit event are fixed, and its values are plain.
    return _harmless_line(event) or _json(logger, method, event)


def _harmless_line(event: Event) -> str | None:
    """The event as JSON if no secret is in it."""
    with suppress(TypeError):
        line = orjson.dumps(event).decode()
        if _redactor.is_harmless(line):
            return line
    return None


def _is_plain(event: Event) -> bool:
    """True for an event of numbers, texts and lists of texts, no key of which names a secret."""
    if any(map(looks_secret, event)):
        return False
    for value in event.values():
        if type(value) is list:
            if not all(type(each) is str for each in value):
                return False
        elif type(value) not in _PLAIN:
            return False
    return True


def _text(stream: TextIO) -> Processor:
    console = structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
    )

    def render(logger: Any, method: str, event: Event) -> str:
        # What a client sent must not look like a line of its own; tracebacks have lines.
        shown = {
            key: _CONTROL.sub(lambda found: repr(found[0])[1:-1], value)
            if isinstance(value, str) and key != "exception"
            else value
            for key, value in redact(event).items()
        }
        return str(console(logger, method, shown))

    return render


def audit(
    *,
    connector: str,
    object_type: str,
    object_id: str,
    operation: str,
    attributes: Iterable[str] = (),
    outcome: str = "success",
    error_name: str = "",
    duration: float,
) -> None:
    """One line for one write: what was changed by name, never a value. Written at every level.

    *operation* is create, update, replace, delete or password; *outcome* success or failure with
    the MAExportError's name in *error_name*; *duration* is in seconds.
    """
    if _audit is None:
        configure()
    event: Event = {
        "event": "audit",
        "connector": connector,
        "object_type": object_type,
        "object_id": object_id,
        "operation": operation,
        "attributes": sorted(attributes),
        "outcome": outcome,
        "duration_ms": round(duration * 1000, 2),
    }
    if error_name:
        event["error_name"] = error_name
    assert _audit is not None
    _audit(event)


def _write_audit(render: Processor, logger: structlog.WriteLogger, event: Event) -> None:
    logger.info(str(render(logger, "info", _context(logger, "info", event))))
