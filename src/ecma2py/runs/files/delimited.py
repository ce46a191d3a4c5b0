"""Delimited text: a header, then one object a row."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ecma2py.entries import CSEntryChange, ObjectModificationType
from ecma2py.errors import MAImportError, ModelError, UnexpectedDataError
from ecma2py.runs.files.formats import (
    RecordError,
    failed_record,
    only_type,
    parse_error,
    split_anchor,
    value_of,
)
from ecma2py.schema import ChangeTypeDescription, Schema, Value, Values
from ecma2py.values import value_text

DN_COLUMN = "DN"


def read(path: Path, schema: Schema) -> Iterator[CSEntryChange]:
    """The entries of a delimited file."""
    marks = schema.change_type or ChangeTypeDescription("changeType")
    type_column = schema.object_type_attribute_name or "objectType"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            if not rows.fieldnames:
                raise UnexpectedDataError(f"{path.name} has no header line.")
            for row in rows:
                try:
                    yield _entry(row, schema, type_column, marks)
                except RecordError as error:
                    yield failed_record(error, f"line {rows.line_num}", row.get(DN_COLUMN) or None)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnexpectedDataError(f"{path.name} cannot be read: {error}.") from error


def _entry(
    row: Mapping[str, str], schema: Schema, type_column: str, marks: ChangeTypeDescription
) -> CSEntryChange:
    if None in row or None in row.values():
        raise parse_error("the row has another number of cells than the header.")
    object_type = row.get(type_column) or only_type(schema)
    if object_type is None:
        raise RecordError(
            MAImportError.IMPORT_ERROR_MISSING_OBJECT_TYPE, f"{type_column!r} is empty."
        )
    known = schema.types.get(object_type)
    attributes: dict[str, Values] = {}
    for name, cell in row.items():
        if not cell or name in (DN_COLUMN, type_column, marks.attribute_name):
            continue
        definition = known.attributes.get(name) if known is not None else None
        if definition is not None and definition.is_multi_valued:
            attributes[name] = [value_of(definition, each) for each in _split(cell)]
        elif definition is not None or not _belongs_elsewhere(name, schema):
            attributes[name] = value_of(definition, cell)
    anchor = split_anchor(known, attributes)
    dn = row.get(DN_COLUMN) or None
    mark = row.get(marks.attribute_name) or marks.add
    if mark == marks.delete:
        return CSEntryChange.delete(object_type, anchor, dn=dn)
    if mark == marks.modify:
        return CSEntryChange.replace(object_type, anchor, dn=dn, attributes=attributes)
    if mark == marks.add:
        return CSEntryChange.add(object_type, anchor, dn=dn, attributes=attributes)
    raise RecordError(
        MAImportError.IMPORT_ERROR_INVALID_CHANGE_TYPE,
        f"{mark!r} is no change type: use {marks.add}, {marks.modify} or {marks.delete}.",
    )


def _belongs_elsewhere(name: str, schema: Schema) -> bool:
    """True for a column that another object type fills."""
    return any(name in each.attributes for each in schema.types.values())


def _split(cell: str) -> list[str]:
    parts, current, escaped = [], "", False
    for character in cell:
        if escaped:
            current, escaped = current + character, False
        elif character == "\\":
            escaped = True
        elif character == ";":
            parts.append(current)
            current = ""
        else:
            current += character
    parts.append(current)
    return parts


def write(path: Path, changes: Iterable[CSEntryChange], types: Schema) -> None:
    """Write whole objects and deletes; an Update is a ``ModelError``: a row cannot say it."""
    marks = types.change_type or ChangeTypeDescription("changeType")
    type_column = types.object_type_attribute_name or "objectType"
    names = list(dict.fromkeys(n for each in types.types.values() for n in each.attributes))
    words = {
        ObjectModificationType.ADD: marks.add,
        ObjectModificationType.REPLACE: marks.modify,
        ObjectModificationType.DELETE: marks.delete,
    }
    with path.open("w", encoding="utf-8", newline="") as file:
        head = [marks.attribute_name, type_column, DN_COLUMN]
        rows = csv.DictWriter(file, [*head, *(name for name in names if name not in head)])
        rows.writeheader()
        for change in changes:
            word = words.get(change.object_modification_type)
            if word is None:
                raise ModelError(
                    "A delimited file holds whole objects: let the connector's export type be "
                    "OBJECT_REPLACE, or choose LDIF."
                )
            cells = {
                name: _cell(values) for name, values in (change.attributes | change.anchor).items()
            }
            rows.writerow(
                {
                    **cells,
                    marks.attribute_name: word,
                    type_column: change.object_type,
                    DN_COLUMN: change.new_dn or change.dn or "",
                }
            )


def _cell(values: Values) -> str:
    if not isinstance(values, (list, tuple)):
        return value_text(values)
    return ";".join(_escaped(each) for each in values)


def _escaped(value: Value) -> str:
    return value_text(value).replace("\\", "\\\\").replace(";", "\\;")
