"""Imports: entries of a directory become entries of ECMA2, a page at a time."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import frozen

from ecma2py.connector import ImportRun
from ecma2py.entries import CSEntryChange
from ecma2py.errors import UnexpectedDataError, WarningNoWatermarkError
from ecma2py.schema import AttributeOperation, SchemaType, Value, Values
from ecma2py_ldap.connection import Directory, Found
from ecma2py_ldap.dn import canonical
from ecma2py_ldap.errors import DirectoryError, run_error
from ecma2py_ldap.mapping import DN_ANCHOR, MappedAttribute, MappedType
from ecma2py_ldap.selection import Selection
from ecma2py_ldap.server import TIME_FORMAT

_RANGE = re.compile(r"(.*);range=(\d+)-(\d+|\*)", re.IGNORECASE)
_MARK = "modifyTimestamp:"


@frozen
class Source:
    """What an import reads from."""

    directory: Directory
    types: Mapping[str, MappedType]
    selection: Selection
    page_size: int


def full_import(source: Source, run: ImportRun) -> Iterator[CSEntryChange]:
    """Every object of the selected types as an Add."""
    for name, wanted in run.types.types.items():
        yield from _objects(source, source.types[name], wanted, run)


def timestamp_import(source: Source, run: ImportRun, overlap: int) -> Iterator[CSEntryChange]:
    """Every object changed since the watermark as a Replace.

    Objects changed up to *overlap* seconds before are read again, for clocks that differ and
    writes that arrive late. Deleted objects are not seen, nor are those that fit no more.
    """
    earliest = (_since(run.watermark) - timedelta(seconds=overlap)).strftime(TIME_FORMAT)
    changed = f"(modifyTimestamp>={earliest})"
    for name, wanted in run.types.types.items():
        yield from _objects(source, source.types[name], wanted, run, changed)


def timestamp_watermark(time: str) -> str:
    """The watermark of an import that began at *time*."""
    return f"{_MARK}{time}"


def _since(watermark: str | None) -> datetime:
    try:
        if watermark is None or not watermark.startswith(_MARK):
            raise ValueError(watermark)
        return datetime.strptime(watermark.removeprefix(_MARK), "%Y%m%d%H%M%S%z")
    except ValueError as error:
        raise WarningNoWatermarkError(
            f"The watermark {watermark!r} was not left by an import with delta by modifyTimestamp: "
            "run a full import first."
        ) from error


def _objects(
    source: Source, mapped: MappedType, wanted: SchemaType, run: ImportRun, condition: str = ""
) -> Iterator[CSEntryChange]:
    reader = EntryReader(source.directory, mapped, wanted, is_delta=run.is_delta)
    filter = f"(&{mapped.filter}{condition})" if condition else mapped.filter
    holds = source.selection.holds
    for base in source.selection.bases:
        try:
            for found in source.directory.search(
                base, filter, reader.asked, page_size=source.page_size, asking=run.reading
            ):
                if holds(found.dn):
                    yield reader.entry(found)
        except DirectoryError as error:
            raise run_error(error, f"Reading {mapped.name!r} below {base!r}: ") from error


class EntryReader:
    """Makes entries of one type, with the attributes wanted and no others."""

    def __init__(
        self, directory: Directory, mapped: MappedType, wanted: SchemaType, *, is_delta: bool
    ) -> None:
        self._directory = directory
        self._mapped = mapped
        self._make = CSEntryChange.replace if is_delta else CSEntryChange.add
        readable = [
            each
            for each in mapped.attributes.values()
            if each is mapped.anchor
            or (
                each.name in wanted.attributes
                and each.operation is not AttributeOperation.EXPORT_ONLY
            )
        ]
        self.asked = [each.wire for each in readable] or ["1.1"]
        """What to ask the server for; the OID that stands for nothing if nothing is wanted."""
        self._by_wire = {name: each for each in readable for name in each.wire_names}

    def entry(self, found: Found) -> CSEntryChange:
        """The entry; one whose values do not fit the schema is an import error of its own."""
        mapped, dn = self._mapped, canonical(found.dn)
        anchor: dict[str, Value] = {DN_ANCHOR: dn} if mapped.anchor is None else {}
        attributes: dict[str, Values] = {}
        failure: CSEntryChange | None = None
        for wire, octets in self._whole(found):
            attribute = self._by_wire.get(wire.lower())
            if attribute is None or not octets:
                continue
            try:
                values = list(map(attribute.kind.decode, octets))
            except ValueError as error:
                failure = _failure(mapped, attribute, dn, error)
                continue
            if attribute is mapped.anchor:
                anchor[attribute.name] = values[0]
            elif attribute.is_multi_valued:
                attributes[attribute.name] = values
            else:
                attributes[attribute.name] = values[0]
        if failure is not None:
            failure.anchor.update(anchor)
            return failure
        return self._make(mapped.name, anchor, dn=dn, attributes=attributes)

    def _whole(self, found: Found) -> Iterator[tuple[str, Sequence[bytes]]]:
        """The attributes, with the rest of those that the server gives in ranges."""
        for wire, values in found.attributes.items():
            part = _RANGE.fullmatch(wire) if ";" in wire else None
            if part is None:
                yield wire, values
            else:
                yield part[1], [*values, *self._rest(found.dn, part)]

    def _rest(self, dn: str, part: re.Match[str]) -> Iterator[bytes]:
        """The values after the range *part* (Microsoft, "Range Retrieval of Attribute Values")."""
        while part[3] != "*":
            found = self._directory.read(dn, [f"{part[1]};range={int(part[3]) + 1}-*"])
            ranges = [] if found is None else list(found.attributes)
            following = next(filter(None, map(_RANGE.fullmatch, ranges)), None)
            if found is None or following is None:
                raise UnexpectedDataError(
                    f"The server gave the values of {part[1]!r} of {dn!r} up to number {part[3]} "
                    "and then no more: import again."
                )
            yield from found.attributes[following[0]]
            part = following


def _failure(
    mapped: MappedType, attribute: MappedAttribute, dn: str, error: ValueError
) -> CSEntryChange:
    detail = (
        f"Attribute {attribute.name!r} of {dn!r} holds a value that is no {attribute.kind.value}: "
        f"{error}. Mend it, or give its type in 'Object types'."
    )
    return CSEntryChange.import_error(mapped.name, {}, attribute.kind.problem, detail=detail, dn=dn)
