"""LDIF (RFC 2849): records of lines, content or changes; without ``dn``, attribute-value pairs."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from ecma2py.entries import (
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    ObjectModificationType,
    split_dn,
)
from ecma2py.errors import MAImportError, ModelError, UnexpectedDataError
from ecma2py.runs.files.formats import (
    RecordError,
    failed_record,
    only_type,
    parse_error,
    read_value,
    split_anchor,
    value_of,
)
from ecma2py.schema import AttributeType, Schema, SchemaType, Value, Values
from ecma2py.values import value_text

Line = tuple[str, str | bytes]
_WIDTH = 76
_TYPE_ATTRIBUTE = "objectClass"


def read(path: Path, schema: Schema) -> Iterator[CSEntryChange]:
    """The entries of an LDIF file."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, raw in _records(file):
                dn: str | None = None
                try:
                    if raw[0].lower().startswith("version:"):
                        del raw[0]
                    if raw and raw[0].lower().startswith("dn:"):
                        dn = str(value_of(None, _parsed(raw.pop(0))[1]))
                    lines = [_parsed(line) for line in raw]
                    if lines or dn:
                        yield _entry(dn, lines, schema)
                except RecordError as error:
                    yield failed_record(error, f"line {number}", dn)
    except (OSError, UnicodeDecodeError) as error:
        raise UnexpectedDataError(f"{path.name} cannot be read: {error}.") from error


def _records(file: TextIO) -> Iterator[tuple[int, list[str]]]:
    """The unfolded lines of each record, with the number of its first line."""
    lines: list[str] = []
    first = 0
    in_comment = False
    for number, content in enumerate(file, start=1):
        line = content.rstrip("\r\n")
        if not line:
            if lines:
                yield first, lines
            lines = []
        elif line.startswith(" "):
            if lines and not in_comment:
                lines[-1] += line[1:]
            continue
        elif not line.startswith("#"):
            first = first if lines else number
            lines.append(line)
        in_comment = line.startswith("#")
    if lines:
        yield first, lines


def _parsed(line: str) -> Line:
    if line == "-":
        return "-", ""
    name, colon, rest = line.partition(":")
    if not colon or not name:
        raise parse_error(f"{line[:40]!r} is no line of the form 'name: value'.")
    if rest.startswith("<"):
        raise parse_error("values in other files are not read.")
    name = name.removesuffix(";binary")
    if not rest.startswith(":"):
        return name, rest.lstrip(" ")
    value = read_value(name, AttributeType.BINARY, rest[1:].strip())
    assert isinstance(value, bytes)
    return name, value


def _entry(dn: str | None, lines: list[Line], schema: Schema) -> CSEntryChange:
    change = "add"
    if lines and lines[0][0].lower() == "changetype":
        change = str(value_of(None, lines.pop(0)[1])).lower()
    if change == "add":
        return _whole(dn, lines, schema)
    object_type = _type_by_name(lines, schema)
    known = schema.types.get(object_type or "")
    anchor = _anchor_of_dn(dn, known)
    if change == "delete":
        return CSEntryChange.delete(object_type, anchor, dn=dn)
    if change == "modify":
        return CSEntryChange.update(object_type, anchor, dn=dn, changes=_changes(lines, known))
    if change in ("modrdn", "moddn"):
        renamed = AttributeChange.new_dn(_renamed(dn, lines))
        return CSEntryChange.update(object_type, anchor, dn=dn, changes=[renamed])
    raise RecordError(
        MAImportError.IMPORT_ERROR_INVALID_CHANGE_TYPE, f"{change!r} is no change type of LDIF."
    )


def _whole(dn: str | None, lines: list[Line], schema: Schema) -> CSEntryChange:
    object_type = _type_by_name(lines, schema)
    if object_type is None:
        raise RecordError(
            MAImportError.IMPORT_ERROR_MISSING_OBJECT_TYPE, "the record names no object type."
        )
    known = schema.types.get(object_type)
    attributes: dict[str, Values] = {}
    for name, raw in lines:
        definition = known.attributes.get(name) if known is not None else None
        if definition is None and name in (_TYPE_ATTRIBUTE, schema.object_type_attribute_name):
            continue
        value = value_of(definition, raw)
        before = attributes.get(name)
        if definition is not None and definition.is_multi_valued:
            attributes[name] = [*before, value] if isinstance(before, list) else [value]
        elif before is None:
            attributes[name] = value
        else:
            attributes[name] = [*(before if isinstance(before, list) else [before]), value]
    anchor = _anchor_of_dn(dn, known) | split_anchor(known, attributes)
    return CSEntryChange.add(object_type, anchor, dn=dn, attributes=attributes)


def _type_by_name(lines: list[Line], schema: Schema) -> str | None:
    wanted = schema.object_type_attribute_name or _TYPE_ATTRIBUTE
    found = [str(value_of(None, raw)) for name, raw in lines if name == wanted]
    known = [each for each in found if each in schema.types]
    named = known or found
    return named[-1] if named else only_type(schema)


def _anchor_of_dn(dn: str | None, known: SchemaType | None) -> dict[str, Value]:
    """The anchor components that the first component of the DN holds."""
    anchor: dict[str, Value] = {}
    for part in split_dn(dn)[0].split("+") if dn and known is not None else ():
        name, _, text = part.partition("=")
        definition = known.anchor_attributes.get(name.strip()) if known is not None else None
        if definition is not None:
            anchor[name.strip()] = value_of(definition, _unescaped(text))
    return anchor


def _unescaped(text: str) -> str:
    out = bytearray()
    data = text.encode()
    index = 0
    while index < len(data):
        if data[index] == 0x5C and index + 1 < len(data):
            pair = data[index + 1 : index + 3]
            try:
                out += bytes([int(pair.decode("ascii", "replace"), 16)]) if len(pair) == 2 else pair
                index += 1 + len(pair)
            except ValueError:
                out.append(data[index + 1])
                index += 2
        else:
            out.append(data[index])
            index += 1
    return out.decode(errors="replace")


def _changes(lines: list[Line], known: SchemaType | None) -> list[AttributeChange]:
    """The changes of a modify record: blocks that begin with an operation and end with ``-``."""
    blocks: list[list[Line]] = [[]]
    for line in lines:
        if line[0] == "-":
            blocks.append([])
        else:
            blocks[-1].append(line)
    merged: dict[str, AttributeChange] = {}
    for block in blocks:
        if not block:
            continue
        operation, name = block[0][0].lower(), str(value_of(None, block[0][1]))
        definition = known.attributes.get(name) if known is not None else None
        if operation not in _OPERATIONS:
            raise parse_error(f"{block[0][0]!r} is no operation: use add, delete or replace.")
        values = tuple(value_of(definition, raw) for _, raw in block[1:])
        many = definition.is_multi_valued if definition is not None else len(values) > 1
        merged[name] = _merged(merged.get(name), name, operation, values, many)
    return list(merged.values())


_OPERATIONS = ("add", "delete", "replace")


def _merged(
    before: AttributeChange | None,
    name: str,
    operation: str,
    values: tuple[Value, ...],
    many: bool,
) -> AttributeChange:
    if operation == "replace" or (operation == "delete" and not values):
        kind = AttributeModificationType.REPLACE if values else AttributeModificationType.DELETE
        return AttributeChange.of(name, kind, added=values, is_multi_valued=many)
    added = values if operation == "add" else ()
    removed = values if operation == "delete" else ()
    kind = AttributeModificationType.UPDATE
    if before is not None:
        removed = (*before.removed, *removed)
        added = (*(value for value in before.values if value not in removed), *added)
        if before.modification_type is not AttributeModificationType.UPDATE:
            kind, removed = AttributeModificationType.REPLACE, ()
    return AttributeChange.of(name, kind, added=added, removed=removed, is_multi_valued=many)


def _renamed(dn: str | None, lines: list[Line]) -> str:
    given = {name.lower(): str(value_of(None, raw)) for name, raw in lines}
    if "newrdn" not in given or not dn:
        raise parse_error("a renaming needs dn and newrdn.")
    parent = given.get("newsuperior", ",".join(split_dn(dn)[1:]))
    return f"{given['newrdn']},{parent}" if parent else given["newrdn"]


def write(path: Path, changes: Iterable[CSEntryChange], types: Schema) -> None:
    """Write one change record an entry; a Replace is written as ``add`` of the whole object."""
    type_attribute = types.object_type_attribute_name or _TYPE_ATTRIBUTE
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("version: 1\n")
        for change in changes:
            file.write("\n")
            for name, value in _lines(change, type_attribute):
                file.write(_folded(name, value))


def _lines(change: CSEntryChange, type_attribute: str) -> Iterator[tuple[str, Value]]:
    dn = change.dn or "+".join(f"{k}={_escaped(value_text(v))}" for k, v in change.anchor.items())
    if not dn:
        raise ModelError("An entry without DN and anchor cannot be written as LDIF.")
    yield "dn", dn
    kind = change.object_modification_type
    if kind is ObjectModificationType.DELETE:
        yield "changetype", "delete"
    elif kind is not ObjectModificationType.UPDATE:
        yield "changetype", "add"
        yield type_attribute, change.object_type or ""
        for name, values in (change.anchor | change.attributes).items():
            for value in values if isinstance(values, (list, tuple)) else (values,):
                yield name, value
    elif change.new_dn is not None and len(change.changes) == 1:
        components = split_dn(change.new_dn)
        yield "changetype", "moddn"
        yield "newrdn", components[0]
        yield "deleteoldrdn", 1
        if components[1:]:
            yield "newsuperior", ",".join(components[1:])
    else:
        yield "changetype", "modify"
        for each in change.changes.values():
            yield from _blocks(each)


def _blocks(change: AttributeChange) -> Iterator[tuple[str, Value]]:
    kind = change.modification_type
    if change.is_new_dn:
        yield "replace", "DN"
        yield from (("DN", value) for value in change.values)
        yield "-", ""
    elif kind is AttributeModificationType.UPDATE:
        for word, values in (("delete", change.removed), ("add", change.values)):
            if values:
                yield word, change.name
                yield from ((change.name, value) for value in values)
                yield "-", ""
    else:
        yield ("delete" if not change.values else "replace"), change.name
        yield from ((change.name, value) for value in change.values)
        yield "-", ""


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in '\\,+"<>;=' else c for c in text)


def _folded(name: str, value: Value) -> str:
    if name == "-":
        return "-\n"
    raw = value if isinstance(value, bytes) else value_text(value).encode()
    safe = not isinstance(value, bytes) and _is_safe(raw)
    line = f"{name}: {raw.decode()}" if safe else f"{name}:: {base64.b64encode(raw).decode()}"
    pieces = [line[:_WIDTH]]
    pieces += [f" {line[i : i + _WIDTH - 1]}" for i in range(_WIDTH, len(line), _WIDTH - 1)]
    return "\n".join(pieces) + "\n"


def _is_safe(raw: bytes) -> bool:
    """RFC 2849's SAFE-STRING, without a trailing space."""
    if not raw:
        return True
    return (
        all(0 < byte < 128 and byte not in (10, 13) for byte in raw)
        and raw[0] not in b" :<"
        and raw[-1:] != b" "
    )
