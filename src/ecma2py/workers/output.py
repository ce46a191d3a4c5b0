"""What a connector prints ends in the host's log: line by line, bounded, and without secrets."""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable
from itertools import islice
from typing import IO

from ecma2py.parameters import SecureString
from ecma2py.redaction import LEFT_OUT, SHORTEST_MASKED, encodable, masked, pattern_of
from ecma2py.workers.records import MARK, read_record

MAX_LINE = 16_384
"""Bytes of the longest line that is logged whole."""
LINES_AT_ONCE = 1_000
"""How many lines a connector may print in a burst."""
LINES_A_SECOND = 100
"""How many it may print in the long run; the others are counted, and left out."""
MAX_SECRETS = 10_000
"""How many secrets of one worker are known; beyond, passwords that were set long ago are not."""
_LASTING = 1_000
"""How many of the first ones, such as parameters, are known for good."""
_CHUNK = 65_536
_TAIL = 8_192
_LAST_LINES = 8
_LONGEST_TOLD = 200
_CRASHES = (
    "Fatal Python error",
    "Unhandled exception. ",
    "Unhandled Exception:",
    "Stack overflow",
    "Process terminated. ",
)
"""How Python, .NET and Mono begin to tell of a crash; the innermost calls come next."""


class Secrets:
    """What no line may show; more may join at any time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, None] = {}
        self._is_compiled = True
        self._long: re.Pattern[str] | None = None
        self._short: re.Pattern[str] | None = None
        self.longest = 0
        """Characters of the longest one."""

    def add(self, secrets: Iterable[SecureString | str]) -> None:
        """From now on none of these is shown, nor a line of one that has several."""
        texts = {each.reveal() if isinstance(each, SecureString) else each for each in secrets}
        texts |= {line for text in texts for line in text.splitlines()}
        texts.discard("")
        with self._lock:
            if not texts <= self._known.keys():
                self._known |= dict.fromkeys(texts)
                self._is_compiled = False
            while len(self._known) > MAX_SECRETS:
                del self._known[next(islice(self._known, _LASTING, None))]

    def clean(self, text: str) -> str:
        """*text* with every secret masked; all of it left out where a short one is in it."""
        with self._lock:
            if not self._is_compiled:
                self._compile()
        text = masked(encodable(text), self._long)
        return LEFT_OUT if self._short is not None and self._short.search(text) else text

    def _compile(self) -> None:
        # Only what is printed costs this, not every password that is set.
        self._long = pattern_of(each for each in self._known if len(each) >= SHORTEST_MASKED)
        self._short = pattern_of(each for each in self._known if len(each) < SHORTEST_MASKED)
        self.longest = max(map(len, self._known))
        self._is_compiled = True


class Output:
    """One stream of a worker, read in a thread of its own until it ends."""

    def __init__(
        self,
        stream: IO[bytes],
        logger: logging.Logger,
        secrets: Secrets,
        *,
        level: int,
        ended: Callable[[], object] = lambda: None,
    ) -> None:
        self._stream = stream
        self._ended = ended
        self._logger = logger
        self._secrets = secrets
        self._level = level
        self._rest = b""
        self._is_cut = False
        self._tail = b""
        self._budget = Budget()
        self._thread = threading.Thread(
            target=self._read, name=f"{logger.name} output", daemon=True
        )
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait until the stream has ended, but no longer than *seconds*."""
        self._thread.join(seconds)

    def last_words(self) -> str:
        """The last lines, those of its log records without their tracebacks; empty if none."""
        lines = self._tail.decode("utf-8", "backslashreplace").splitlines()
        if len(self._tail) >= _TAIL:
            lines = lines[1:]  # its beginning is gone
        told = [self._secrets.clean(each) for each in map(_shown, lines) if each]
        crash = next((at for at, each in enumerate(told) if each.startswith(_CRASHES)), None)
        found = told[-_LAST_LINES:] if crash is None else told[crash : crash + _LAST_LINES]
        return "\n".join(each[:_LONGEST_TOLD] for each in found)

    def _read(self) -> None:
        with self._stream:
            while chunk := self._stream.read(_CHUNK):
                self._tail = (self._tail + chunk)[-_TAIL:]
                self._take(chunk)
        if self._rest:
            self._log(self._rest, is_cut=False)
        self._tell_left_out()
        self._ended()

    def _take(self, chunk: bytes) -> None:
        *lines, rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            if self._is_cut:
                self._is_cut = False  # this is the end of a line of which enough was logged
            else:
                self._log(line[:MAX_LINE], is_cut=len(line) > MAX_LINE)
        self._rest = b"" if self._is_cut else rest
        if len(self._rest) > MAX_LINE:
            self._log(self._rest[:MAX_LINE], is_cut=True)
            self._rest, self._is_cut = b"", True

    def _log(self, line: bytes, *, is_cut: bool) -> None:
        if not self._budget.allows():
            return
        self._tell_left_out()
        text = line.decode("utf-8", "backslashreplace").rstrip()
        level, text = read_record(text) or (self._level, text)
        if not text or not self._logger.isEnabledFor(level):
            return
        text = self._secrets.clean(text)
        if is_cut:
            # The cut may have gone through a secret, of which no part is shown either.
            text = f"{text[: max(0, len(text) - self._secrets.longest)]} (the line goes on)"
        self._logger.log(level, "%s", text)

    def _tell_left_out(self) -> None:
        if left_out := self._budget.left_out():
            self._logger.warning(
                "%d lines of the connector are left out: more than %d a second",
                left_out,
                LINES_A_SECOND,
            )


def _shown(line: str) -> str:
    """A line as an error may quote it."""
    record = read_record(line)
    if record is not None:
        return record[1].partition("\n")[0]
    return "" if line.startswith(MARK) else line.rstrip()


class Budget:
    """How many lines may still be logged, which grows with time."""

    def __init__(self) -> None:
        self._lines = float(LINES_AT_ONCE)
        self._counted = time.monotonic()
        self._left_out = 0

    def allows(self) -> bool:
        """True if one more line may be logged; it is counted either way."""
        now = time.monotonic()
        grown = self._lines + (now - self._counted) * LINES_A_SECOND
        self._lines, self._counted = min(LINES_AT_ONCE, grown), now
        if self._lines < 1:
            self._left_out += 1
            return False
        self._lines -= 1
        return True

    def left_out(self) -> int:
        """How many lines were not allowed since this was asked last."""
        found, self._left_out = self._left_out, 0
        return found
