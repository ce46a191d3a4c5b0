"""Frames between a host and its worker: four bytes of length, the highest first, then the body."""

import struct
from io import FileIO

MAX_FRAME = 256 * 1024 * 1024
"""Bytes of the longest body; a page of an import has to fit."""
_HEADER = struct.Struct(">I")
_JOINED = 4096
"""A body up to this size goes out together with its header."""


class BrokenChannelError(Exception):
    """The other side ended within a frame, or sent what is none."""


class FrameTooLongError(Exception):
    """A body is longer than ``MAX_FRAME``; nothing of it was sent."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size:,} bytes, where {MAX_FRAME:,} can be passed at once")


class Channel:
    """One end of a connection, for one thread at a time: a socket, or two pipes on Windows."""

    def __init__(self, reader: int, writer: int) -> None:
        self._reader = FileIO(reader, "rb")
        self._writer = self._reader if reader == writer else FileIO(writer, "wb")
        if reader == writer:
            self._writer = FileIO(writer, "wb", closefd=False)

    def send(self, body: bytes) -> None:
        """Hand over one frame; ``FrameTooLongError``, ``BrokenChannelError`` if nobody listens."""
        if len(body) > MAX_FRAME:
            raise FrameTooLongError(len(body))
        header = _HEADER.pack(len(body))
        parts = (header + body,) if len(body) <= _JOINED else (header, body)
        try:
            for part in parts:
                view = memoryview(part)
                while view:
                    view = view[self._writer.write(view) :]
        except OSError as error:
            raise BrokenChannelError(str(error)) from error

    def receive(self) -> memoryview | None:
        """The next body, waited for without the interpreter's lock; None if the other side ended.

        ``BrokenChannelError`` if it ended within a frame, or announces more than ``MAX_FRAME``.
        """
        header = bytearray(_HEADER.size)
        got = self._fill(memoryview(header))
        if got == 0:
            return None
        (size,) = _HEADER.unpack(header)
        if got < _HEADER.size or size > MAX_FRAME:
            raise BrokenChannelError(f"no frame begins with {bytes(header[:got])!r}")
        body = memoryview(bytearray(size))
        if self._fill(body) < size:
            raise BrokenChannelError("a frame is cut short")
        return body

    def close(self) -> None:
        """Let the other side see the end."""
        self._writer.close()
        self._reader.close()

    def _fill(self, view: memoryview) -> int:
        """How many bytes came before *view* was full or the other side ended."""
        got = 0
        while got < len(view):
            try:
                count = self._reader.readinto(view[got:])
            except OSError:
                break
            if not count:
                break
            got += count
        return got
