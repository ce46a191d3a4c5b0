"""Entries and results in bulk: each one a short array, hundreds of them in one buffer.

**Entries** (extension 9): ``[rows, types]``. A row has, in this order, and may end early:

=== ================= =============================================================================
 0  object type       text or nil
 1  modification      number of ``ObjectModificationType``; -1: this is no entry, and the name of
                      its class stands in place 2
 2  anchor            map: name to value
 3  DN                text or nil
 4  attributes        map: name to value, or to an array of values where it is multi-valued
 5  changes           map: name to ``[name, modification, data type, is multi-valued, values]``;
                      numbers of ``AttributeModificationType`` and ``AttributeType``; in ``values``
                      a number of ``ValueModificationType`` and a value take turns
 6  error code        number of ``MAImportError``
 7  error name        text
 8  error detail      text
 9  identifier        16 bytes, or nil
10  schema type       number of a type in ``types`` of this buffer, or of an earlier one, or nil
=== ================= =============================================================================

``types`` is a map of numbers to objects of the class ``SchemaType`` which the receiver keeps.

**Results** (extension 10): array of ``[identifier, error code, error name, error detail, changes]``
with the number of ``MAExportError`` and an array of changes as above. A row of one element is no
result, and has the name of its class.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import chain, islice
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec

from ecma2py.entries import (
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    CSEntryChangeResult,
    ObjectModificationType,
    ValueChange,
    ValueModificationType,
)
from ecma2py.errors import MAExportError, MAImportError
from ecma2py.schema import AttributeType, SchemaType
from ecma2py.workers.wire import ATOMS, Foreign, Hook, encode, foreign_named, packed

_NO_ENTRY = -1
_KINDS = {int(each): each for each in ObjectModificationType}
_CHANGES = {int(each): each for each in AttributeModificationType}
_VALUES = {int(each): each for each in ValueModificationType}
_TYPES = {int(each): each for each in AttributeType}
_IMPORT_ERRORS = {int(each): each for each in MAImportError}
_EXPORT_ERRORS = {int(each): each for each in MAExportError}
_ONLY_ATOMS = ATOMS.issuperset
_ATOMS_AND_LISTS = (ATOMS | {list}).issuperset

Row = tuple[Any, ...]


class _Row(msgspec.Struct, array_like=True, gc=False):
    """One decoded entry; the garbage collector never looks at it."""

    object_type: Any = None
    modification: Any = 0
    anchor: Any = None
    dn: Any = None
    attributes: Any = None
    changes: Any = None
    error_code: Any = 0
    error_name: Any = ""
    error_detail: Any = ""
    identifier: Any = None
    schema_type: Any = None


class _Buffer(msgspec.Struct, array_like=True, gc=False):
    rows: list[_Row]
    types: dict[int, Any]


class EntryWriter:
    """Entries into buffers; a schema type is told once, and then goes by its number."""

    def __init__(self) -> None:
        self._numbers: dict[int, tuple[int, SchemaType]] = {}
        self._told: dict[int, Any] = {}

    def page(self, entries: Sequence[Any]) -> bytes:
        """The buffer of *entries*; one that cannot be passed says so in its place."""
        try:
            return self._written(_plain_rows(entries) or [self._row(each) for each in entries])
        except (UnicodeEncodeError, OverflowError, TypeError):
            # Half a surrogate pair or a long integer is in one of them: look at each value.
            return self._written([_careful(self._row(each)) for each in entries])

    def _written(self, rows: list[Row]) -> bytes:
        buffer = encode((rows, self._told))
        self._told = {}
        return buffer

    def _row(self, entry: Any) -> Row:
        try:
            return self._whole_row(entry)
        except Exception as error:  # noqa: BLE001  whatever its own methods raise: the others are sound
            return _unreadable(error)

    def _whole_row(self, entry: Any) -> Row:
        if not isinstance(entry, CSEntryChange):
            return (None, _NO_ENTRY, type(entry).__name__)
        anchor, attributes = entry.anchor, entry.attributes
        if not (
            type(anchor) is type(attributes) is dict
            and _ONLY_ATOMS(map(type, anchor.values()))
            and _plain([attributes])
        ):
            anchor, attributes = packed(anchor), packed(attributes)
        object_type, dn = entry.object_type, entry.dn
        if type(object_type) not in ATOMS or type(dn) not in ATOMS:
            object_type, dn = packed(object_type), packed(dn)
        return (
            object_type,
            _number(entry._modification),
            anchor,
            dn,
            attributes,
            _change_map(entry.changes),
            _number(entry.error_code_import),
            packed(entry.error_name),
            packed(entry.error_detail),
            None if entry._identifier is None else entry._identifier.bytes,
            self._type_number(entry.schema_type),
        )

    def _type_number(self, known: SchemaType | None) -> int | None:
        if known is None:
            return None
        found = self._numbers.get(id(known))
        if found is None:
            # The type is kept, so that no other one gets its id.
            found = self._numbers[id(known)] = (len(self._numbers), known)
            self._told[found[0]] = packed(known)
        return found[0]


_beginning = attrgetter("object_type", "_modification", "anchor", "dn", "attributes")
_ending = attrgetter(
    "changes", "error_code_import", "error_name", "error_detail", "schema_type", "_identifier"
)
_NO_ENDING: tuple[Any, ...] = ({}, MAImportError.SUCCESS, "", "", None, None)


def _plain_rows(entries: Sequence[Any]) -> list[Row] | None:
    """The rows of whole objects without a peculiarity; None if there is one among them.

    Nothing here is done for each entry in Python, so that a page costs little more than its bytes.
    """
    if set(map(type, entries)) != {CSEntryChange}:
        return None
    if list(map(_ending, entries)).count(_NO_ENDING) != len(entries):
        return None
    rows = list(map(_beginning, entries))
    object_types, modifications, anchors, dns, attributes = zip(*rows, strict=True)
    is_plain = (
        set(map(type, modifications)) == {ObjectModificationType}
        and set(map(type, chain(anchors, attributes))) == {dict}
        and _ONLY_ATOMS(map(type, chain(object_types, dns)))
        and _ONLY_ATOMS(map(type, chain.from_iterable(map(dict.values, anchors))))
        and _plain(attributes)
    )
    return rows if is_plain else None


def _plain(attributes: Sequence[dict[str, Any]]) -> bool:
    """True if all values, and those in lists, are of types that MessagePack has."""
    if _ONLY_ATOMS(map(type, chain.from_iterable(map(dict.values, attributes)))):
        return True
    values = [each for one in attributes for each in one.values()]
    if not _ATOMS_AND_LISTS(map(type, values)):
        return False
    lists = [each for each in values if type(each) is list]
    return _ONLY_ATOMS(map(type, chain.from_iterable(lists)))


def _careful(row: Row) -> Row:
    try:
        return tuple(map(_number, row))
    except Exception as error:  # noqa: BLE001  such as a list that holds itself
        return (None, _NO_ENTRY, f"entry that cannot be read: {type(error).__name__}")


def _unreadable(error: Exception) -> Row:
    """What stands for an entry that raises when it is looked at."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  an error may be as bad as the entry
        text = "its text cannot be read"
    detail = f"The entry cannot be read ({type(error).__name__}: {text})."
    code = MAImportError.IMPORT_ERROR_PARSE_ERROR
    told = (code, code.ecma_name, packed(detail))
    return (None, ObjectModificationType.ADD, {}, None, {}, None, *told)


def _change_map(changes: Any) -> Any:
    if type(changes) is not dict:
        return packed(changes)
    return {
        name: _change_row(each) if isinstance(each, AttributeChange) else packed(each)
        for name, each in changes.items()
    }


def _change_row(change: AttributeChange) -> Row:
    values: list[Any] = []
    for each in change.value_changes:
        value = each.value
        values += (
            _number(each.modification_type),
            value if type(value) in ATOMS else packed(value),
        )
    name = change.name
    return (
        name if type(name) is str else packed(name),
        _number(change.modification_type),
        _number(change.data_type),
        change.is_multi_valued,
        values,
    )


def _number(member: Any) -> Any:
    """The number of a member of an enum; anything else packed."""
    return int(member) if isinstance(member, IntEnum) else packed(member)


class EntryReader:
    """Entries out of buffers, each one made around the decoded maps."""

    def __init__(self, hook: Hook) -> None:
        self._decode = msgspec.msgpack.Decoder(_Buffer, ext_hook=hook).decode
        self._types: dict[int, SchemaType] = {}

    def entries(self, data: memoryview) -> list[Any]:
        """The entries of a buffer; ``msgspec.DecodeError`` for what is none."""
        buffer = self._decode(data)
        self._types.update(buffer.types)
        return [self._entry(row) for row in buffer.rows]

    def _entry(self, row: _Row) -> Any:
        modification = row.modification
        if type(modification) is int:
            if modification == _NO_ENTRY:
                return _stranger(row.anchor)
            modification = _KINDS.get(modification, modification)
        if row.changes is None and row.identifier is None and not row.error_code:
            return CSEntryChange.of(
                row.object_type, modification, row.anchor, row.dn, row.attributes
            )
        identifier, schema_type = row.identifier, row.schema_type
        return CSEntryChange(
            row.object_type,
            modification,
            anchor=row.anchor,
            dn=row.dn,
            attributes=row.attributes,
            changes=_changes(row.changes),
            error_code_import=_member(_IMPORT_ERRORS, row.error_code),
            error_name=row.error_name,
            error_detail=row.error_detail,
            identifier=UUID(bytes=identifier) if identifier is not None else None,
            schema_type=self._types[schema_type] if schema_type is not None else None,
        )


def _changes(given: Any) -> Any:
    if type(given) is not dict:
        return {} if given is None else given
    return {name: _change(each) if type(each) is list else each for name, each in given.items()}


def _change(row: Sequence[Any]) -> AttributeChange:
    name, modification, data_type, is_multi_valued, values = row
    kinds = islice(values, 0, None, 2)
    changes = [
        ValueChange(value, _member(_VALUES, kind))
        for kind, value in zip(kinds, islice(values, 1, None, 2), strict=True)
    ]
    return AttributeChange(
        name,
        _member(_CHANGES, modification),
        value_changes=changes,
        data_type=_member(_TYPES, data_type),
        is_multi_valued=is_multi_valued,
    )


def _member(members: dict[int, Any], number: Any) -> Any:
    """The member of an enum with this number; what has no member stays what it is."""
    return members.get(number, number) if type(number) is int else number


def _stranger(name: Any) -> Foreign:
    return foreign_named(str(name))


def results_buffer(results: Iterable[Any]) -> bytes:
    """The buffer of a batch's *results*."""
    rows = [_result_row(each) for each in results]
    try:
        return encode(rows)
    except (UnicodeEncodeError, OverflowError, TypeError):
        return encode(packed(rows))


def _result_row(result: Any) -> Row:
    if not isinstance(result, CSEntryChangeResult):
        return (type(result).__name__,)
    identifier = result.identifier
    return (
        identifier.bytes if isinstance(identifier, UUID) else packed(identifier),
        _number(result.error_code),
        packed(result.error_name),
        packed(result.error_detail),
        [
            _change_row(each) if isinstance(each, AttributeChange) else packed(each)
            for each in result.anchor_attributes
        ],
    )


def read_results(data: memoryview, hook: Hook) -> Iterator[Any]:
    """The results in a buffer; ``msgspec.DecodeError`` for what is none."""
    for row in msgspec.msgpack.decode(data, ext_hook=hook):
        if len(row) == 1:
            yield _stranger(row[0])
            continue
        identifier, error_code, error_name, error_detail, changes = row
        yield CSEntryChangeResult(
            UUID(bytes=identifier) if type(identifier) is bytes else identifier,
            _member(_EXPORT_ERRORS, error_code),
            error_name=error_name,
            error_detail=error_detail,
            anchor_attributes=[_change(each) if type(each) is list else each for each in changes],
        )
