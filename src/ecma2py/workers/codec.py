"""One end's knowledge of the wire: whole messages to bytes and back."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from ecma2py.entries import CSEntryChange
from ecma2py.errors import UnexpectedDataError
from ecma2py.steps import GetImportEntriesResults, PutExportEntriesResults
from ecma2py.workers import wire
from ecma2py.workers.pages import EntryReader, EntryWriter, read_results, results_buffer
from ecma2py.workers.wire import Encoded

T = TypeVar("T")


class Codec:
    """Messages out and in, in their order: what was told once is known afterwards."""

    keeps_buffers = False
    """True to leave entries in their wire form (``Encoded``), for a connector that reads it."""

    def __init__(self) -> None:
        self._writer = EntryWriter()
        self._reader = EntryReader(self._hook)
        self._decoder = msgspec.msgpack.Decoder(ext_hook=self._hook)

    def encode(self, *message: Any) -> bytes:
        """The bytes of a message, whatever is in it: what cannot be passed is passed by name."""
        return wire.encode([self._packed(each) for each in message])

    def tell_anew(self) -> None:
        """What was encoded last did not arrive: what it told is told again."""
        self._writer = EntryWriter()

    def decode(self, data: memoryview) -> list[Any]:
        """The parts of a message; ``UnexpectedDataError`` for bytes that are none."""
        message = _checked(self._decoder.decode, data)
        if not isinstance(message, list):
            raise UnexpectedDataError("What came over the connection is no message.")
        return message

    def entries(self, encoded: Encoded) -> list[Any]:
        """Those which ``decode`` left in their wire form; in turn, since a type is told once."""
        return _checked(self._reader.entries, memoryview(encoded.data))

    def _packed(self, value: Any) -> Any:
        if isinstance(value, GetImportEntriesResults):
            return self._page(value)
        if isinstance(value, PutExportEntriesResults):
            given = value.cs_entry_change_results
            results = wire.packed(given) if _no_sequence(given) else self._results(given)
            return wire.made("PutExportEntriesResults", {"cs_entry_change_results": results})
        if type(value) is list and value and all(isinstance(e, CSEntryChange) for e in value):
            return self._entries(value)
        if type(value) in (list, tuple):
            return [self._packed(each) for each in value]
        return wire.packed(value, self._more)

    def _page(self, page: GetImportEntriesResults) -> Any:
        entries = page.cs_entries
        found = {
            "cs_entries": wire.packed(entries) if _no_sequence(entries) else self._entries(entries),
            "custom_data": wire.packed(page.custom_data),
            "more_to_import": wire.packed(page.more_to_import),
            "read_in_call": wire.packed(page.read_in_call),
        }
        return wire.made("GetImportEntriesResults", found)

    def _entries(self, entries: Iterable[Any]) -> Any:
        listed = entries if isinstance(entries, (list, tuple)) else list(entries)
        return wire.Ext(wire.ENTRIES, self._writer.page(listed))

    def _results(self, results: Iterable[Any]) -> Any:
        return wire.Ext(wire.RESULTS, results_buffer(results))

    def _more(self, value: Any) -> Any:
        if isinstance(value, CSEntryChange):
            return wire.Ext(wire.ENTRY, self._writer.page([value]))
        return wire.foreign(value)

    def _hook(self, code: int, data: memoryview) -> Any:
        if self.keeps_buffers and code in (wire.ENTRIES, wire.ENTRY):
            return Encoded(code, bytes(data))
        if code == wire.ENTRIES:
            return self._reader.entries(data)
        if code == wire.ENTRY:
            return self._reader.entries(data)[0]
        if code == wire.RESULTS:
            return list(read_results(data, self._hook))
        return wire.unpacked(code, data, self._hook)


def _checked(decode: Callable[[memoryview], T], data: memoryview) -> T:
    try:
        return decode(data)
    except Exception as error:  # also what a class says to wrong fields
        raise UnexpectedDataError(
            f"What came over the connection is no message ({type(error).__name__}: {error})."
        ) from error


def _no_sequence(given: object) -> bool:
    """True for what counts as no list of entries or results, or is in its wire form already."""
    return isinstance(given, (str, bytes, Encoded)) or not isinstance(given, Iterable)
