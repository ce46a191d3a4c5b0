"""Log records of a worker: each one a line on standard error that the host reads as what it is."""

import json
import logging
import os
import sys
import traceback
from typing import Any

MARK = "\x1e"
"""Begins a line that holds a log record."""
_LONGEST_MESSAGE = 2_000
_LONGEST_TRACEBACK = 6_000
_STDERR = 2


class LineHandler(logging.Handler):
    """Writes each record as one line for the host."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = record_line(record)
            sys.stderr.flush()
            os.write(_STDERR, line)
        except Exception:  # noqa: BLE001  logging never stops the work
            self.handleError(record)


def record_line(record: logging.LogRecord) -> bytes:
    """The line that tells of *record*."""
    text = record.getMessage()[:_LONGEST_MESSAGE]
    if record.exc_info and record.exc_info[0] is not None:
        found = "".join(traceback.format_exception(*record.exc_info))
        text = f"{text}\n{found[-_LONGEST_TRACEBACK:]}"
    told = {"level": record.levelno, "logger": record.name, "message": text}
    return f"{MARK}{json.dumps(told)}\n".encode()


def read_record(line: str) -> tuple[int, str] | None:
    """Level and text of a line that holds a record; None for any other."""
    if not line.startswith(MARK):
        return None
    try:
        told: dict[str, Any] = json.loads(line[len(MARK) :])
        level, name, message = int(told["level"]), str(told["logger"]), str(told["message"])
    except (ValueError, KeyError, TypeError):
        return None
    return min(max(level, logging.DEBUG), logging.CRITICAL), f"{name}: {message}"


def configure(level: int) -> None:
    """From now on what is logged in this process goes to the host."""
    root = logging.getLogger()
    root.handlers[:] = [LineHandler()]
    root.setLevel(level)
