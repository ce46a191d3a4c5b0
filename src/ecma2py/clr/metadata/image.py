"""A .NET assembly file as the portable executable it is: headers, sections and metadata streams.

Offsets and names follow ECMA-335, partition II, sections 24 and 25.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

_MAGIC_32 = 0x10B
_MAGIC_64 = 0x20B
_CLI_DIRECTORY = 14
_METADATA_MAGIC = 0x424A5342
# How nonsense in a file shows itself where no rule of the format was there to find it.
_DAMAGE = (struct.error, LookupError, ValueError, AssertionError, RecursionError)

IL_ONLY = 0x1
"""CLI header flag: no native code inside."""
IL_LIBRARY = 0x4
"""CLI header flag: native code lies beside the IL as a help only (ReadyToRun)."""
REQUIRES_32_BIT = 0x2
"""CLI header flag: loads into a 32-bit process only."""
STRONG_NAME_SIGNED = 0x8
"""CLI header flag: the file says that it carries a strong-name signature."""


class NotAnAssemblyError(ValueError):
    """The file is no .NET assembly, or is damaged; the text says which file and what was wrong."""


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """A ``with`` block in which nonsense is told as damage of this file: ``NotAnAssemblyError``."""
    try:
        yield
    except NotAnAssemblyError as error:
        msg = f"{path} is damaged: {error}"
        raise NotAnAssemblyError(msg) from None
    except _DAMAGE as error:
        msg = f"{path} is damaged: {type(error).__name__} {error}"
        raise NotAnAssemblyError(msg) from None


@frozen
class Section:
    """A stretch of the file and the address at which it would be loaded."""

    address: int
    size: int
    offset: int


@frozen
class Image:
    """The parts of one assembly file that its metadata is read from.

    Made by ``Image.read`` or ``Image.parse``, which raise ``NotAnAssemblyError``.
    """

    data: bytes
    machine: int
    """The COFF machine number: 0x14c, 0x8664, 0xaa64, ..."""
    flags_offset: int
    """Where in the file the CLI header's flags are."""
    runtime_version: str
    """The metadata's own version text, ``v4.0.30319`` or ``v2.0.50727``."""
    streams: dict[str, bytes]
    """The metadata streams by name: ``#~``, ``#Strings``, ``#Blob``, ``#GUID``, ``#US``."""

    @property
    def flags(self) -> int:
        """The CLI header's flags, e.g. ``IL_ONLY``."""
        return _u4(self.data, self.flags_offset)

    @classmethod
    def read(cls, path: Path) -> "Image":
        """The image of a file; ``OSError`` when it cannot be read."""
        try:
            return cls.parse(path.read_bytes())
        except NotAnAssemblyError as error:
            msg = f"{path} is no .NET assembly: {error}"
            raise NotAnAssemblyError(msg) from None

    @classmethod
    def parse(cls, data: bytes) -> "Image":
        """The image in the bytes of a file."""
        try:
            return _parsed(data)
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            msg = f"it is cut short or damaged ({error})"
            raise NotAnAssemblyError(msg) from None


def _parsed(data: bytes) -> Image:
    if data[:2] != b"MZ":
        msg = "it does not start as a Windows program does"
        raise NotAnAssemblyError(msg)
    coff = _u4(data, 0x3C)
    if data[coff : coff + 4] != b"PE\0\0":
        msg = "it has no PE header"
        raise NotAnAssemblyError(msg)
    machine, section_count = struct.unpack_from("<HH", data, coff + 4)
    optional_size = _u2(data, coff + 20)
    optional = coff + 24
    magic = _u2(data, optional)
    if magic not in (_MAGIC_32, _MAGIC_64):
        msg = f"its optional header has the unknown magic number {magic:#x}"
        raise NotAnAssemblyError(msg)
    directories = optional + (96 if magic == _MAGIC_32 else 112)
    sections = _sections(data, optional + optional_size, section_count)
    cli_address = 0
    if _u4(data, directories - 4) > _CLI_DIRECTORY:
        cli_address = _u4(data, directories + 8 * _CLI_DIRECTORY)
    if cli_address == 0:
        msg = "it is a native program or library, without .NET metadata"
        raise NotAnAssemblyError(msg)
    cli = _offset(sections, cli_address)
    root = _offset(sections, _u4(data, cli + 8))
    version, streams = _metadata(data, root)
    return Image(data, machine, cli + 16, version, streams)


def _sections(data: bytes, start: int, count: int) -> list[Section]:
    rows = [struct.unpack_from("<IIII", data, start + 40 * n + 8) for n in range(count)]
    needed = max((at + min(virtual, raw) for virtual, _, raw, at in rows), default=0)
    if needed > len(data):
        msg = f"it is cut short: it has {len(data):,} bytes of at least {needed:,}"
        raise NotAnAssemblyError(msg)
    return [Section(address, max(virtual, raw), at) for virtual, address, raw, at in rows]


def _offset(sections: list[Section], address: int) -> int:
    for section in sections:
        if section.address <= address < section.address + section.size:
            return section.offset + address - section.address
    msg = f"the address {address:#x} lies in none of its sections"
    raise NotAnAssemblyError(msg)


def _metadata(data: bytes, root: int) -> tuple[str, dict[str, bytes]]:
    if _u4(data, root) != _METADATA_MAGIC:
        msg = "its metadata does not start as metadata does"
        raise NotAnAssemblyError(msg)
    length = _u4(data, root + 12)
    version = data[root + 16 : root + 16 + length].rstrip(b"\0").decode()
    at = root + 16 + length
    count = _u2(data, at + 2)
    at += 4
    streams = {}
    for _ in range(count):
        offset, size = struct.unpack_from("<II", data, at)
        end = data.index(b"\0", at + 8) if b"\0" in data[at + 8 : at + 40] else at + 40
        name = data[at + 8 : end].decode("ascii")
        streams[name] = data[root + offset : root + offset + size]
        at = at + 8 + (end - at - 8) // 4 * 4 + 4
    return version, streams


def _u2(data: bytes, offset: int) -> int:
    return int(struct.unpack_from("<H", data, offset)[0])


def _u4(data: bytes, offset: int) -> int:
    return int(struct.unpack_from("<I", data, offset)[0])
