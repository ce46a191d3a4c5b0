"""Entries as JSON objects, one a line: what ``import`` writes and ``export`` reads.

    {"change": "add", "type": "person", "anchor": {"id": "7"}, "attributes": {"mail": "a@b.c"}}
    {"change": "replace", "type": "person", "anchor": {"id": "7"}, "attributes": {"tags": ["x"]}}
    {"change": "update", "type": "person", "anchor": {"id": "7"}, "changes": {
        "mail":  {"replace": "c@d.example"},
        "tags":  {"add": ["z"], "remove": ["x"]},
        "phone": {"add": "123"},
        "title": {"delete": true}}}
    {"change": "delete", "type": "person", "anchor": {"id": "7"}}

``dn`` and ``new_dn`` stand beside ``anchor`` where objects have DNs; an Add whose target assigns
the anchor has none. A multi-valued attribute is a list; binary is ``{"base64": "..."}``; a
reference is text. ``add`` with ``remove`` beside it is ECMA2's attribute Update, which leaves all
other values alone; ``add`` by itself is its Add. An entry that could not be read has ``error``
(the ``MAImportError``), ``error_name`` and ``error_detail``.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from typing import Any

from ecma2py.entries import (
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    ObjectModificationType,
)
from ecma2py.errors import ECMA2Error, MAImportError
from ecma2py.schema import AttributeType, Value, Values

_KINDS = {
    ObjectModificationType.ADD: "add",
    ObjectModificationType.REPLACE: "replace",
    ObjectModificationType.UPDATE: "update",
    ObjectModificationType.DELETE: "delete",
}
_BY_WORD = {word: kind for kind, word in _KINDS.items()}
_TAKES = {
    ObjectModificationType.ADD: "'attributes'",
    ObjectModificationType.REPLACE: "'attributes'",
    ObjectModificationType.UPDATE: """'changes', such as {"mail": {"replace": "a@b.c"}}""",
    ObjectModificationType.DELETE: "'anchor' or 'dn' alone",
}
_KEYS = frozenset(
    {"change", "type", "anchor", "dn", "new_dn", "attributes", "changes"}
    | {"error", "error_name", "error_detail"}
)
_ERRORS = {each.ecma_name: each for each in MAImportError}
LARGEST_LINE = 64 * 1024 * 1024
"""Characters a line may have; a group of a million members has fewer."""


class EntryFormatError(ECMA2Error):
    """A line is no entry; the message says what is wrong with it and names the attribute."""


def entry_to_json(entry: CSEntryChange) -> dict[str, Any]:
    """*entry* as plain data, from which ``entry_from_json`` makes an equal one."""
    kind = entry.object_modification_type
    data: dict[str, Any] = {"change": _KINDS.get(kind, kind.name.lower())}
    if entry.object_type is not None:
        data["type"] = entry.object_type
    if entry.anchor:
        data["anchor"] = {name: _value_to_json(value) for name, value in entry.anchor.items()}
    if entry.dn is not None:
        data["dn"] = entry.dn
    if entry.attributes:
        data["attributes"] = {
            name: _values_to_json(each) for name, each in entry.attributes.items()
        }
    if entry.changes:
        if entry.new_dn is not None:
            data["new_dn"] = entry.new_dn
        changes = [each for each in entry.changes.values() if not each.is_new_dn]
        if changes:
            data["changes"] = {each.name: _change_to_json(each) for each in changes}
    if entry.error_code_import is not MAImportError.SUCCESS:
        data["error"] = entry.error_code_import.ecma_name
        data["error_name"] = entry.error_name
        data["error_detail"] = entry.error_detail
    return data


def _value_to_json(value: Value) -> Any:
    return {"base64": b64encode(value).decode("ascii")} if isinstance(value, bytes) else value


def _values_to_json(values: Values) -> Any:
    if isinstance(values, (list, tuple)):
        return [_value_to_json(each) for each in values]
    return _value_to_json(values)


def _change_to_json(change: AttributeChange) -> dict[str, Any]:
    shaped: Callable[[tuple[Value, ...]], Any] = (
        (lambda values: [_value_to_json(each) for each in values])
        if change.is_multi_valued
        else (lambda values: _value_to_json(values[0]) if values else None)
    )
    match change.modification_type:
        case AttributeModificationType.DELETE:
            return {"delete": True}
        case AttributeModificationType.UPDATE:
            return {"add": shaped(change.values), "remove": shaped(change.removed)}
        case AttributeModificationType.REPLACE:
            return {"replace": shaped(change.values)}
        case _:
            return {"add": shaped(change.values)}


def entry_from_line(line: str) -> CSEntryChange:
    """The entry in one line of JSON; ``EntryFormatError`` if it is none."""
    if len(line) > LARGEST_LINE:
        raise EntryFormatError(f"The line has more than {LARGEST_LINE} characters.")
    try:
        data = json.loads(line, parse_constant=_no_number, object_pairs_hook=_without_doubles)
    except RecursionError:
        raise EntryFormatError("The line is nested too deeply.") from None
    except ValueError as error:
        raise EntryFormatError(f"The line is not JSON: {error}") from error
    return entry_from_json(data)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise EntryFormatError(f"{double!r} is given twice: one of them would be lost.")
    return found


def entry_from_json(data: object) -> CSEntryChange:
    """The entry that *data* describes; ``EntryFormatError`` if it describes none."""
    table = _table(data, "An entry")
    unknown = table.keys() - _KEYS
    if unknown:
        raise EntryFormatError(
            f"{min(unknown)!r} is no key of an entry: attributes stand in 'attributes'."
        )
    kind = _BY_WORD.get(str(table.get("change")))
    if kind is None:
        raise EntryFormatError("'change' is add, replace, update or delete.")
    entry = CSEntryChange(
        _text(table, "type"),
        kind,
        anchor={name: _value(v, name) for name, v in _part(table, "anchor").items()},
        dn=_text(table, "dn"),
        error_code_import=_error(table),
        error_name=_text(table, "error_name") or "",
        error_detail=_text(table, "error_detail") or "",
    )
    whole = kind in (ObjectModificationType.ADD, ObjectModificationType.REPLACE)
    for key, fits in (("attributes", whole), ("changes", kind is ObjectModificationType.UPDATE)):
        if key in table and not fits:
            raise EntryFormatError(f"{_KINDS[kind]!r} has no {key!r}: it takes {_TAKES[kind]}.")
    for name, values in _part(table, "attributes").items():
        if values is not None:
            entry.attributes[name] = _values(values, name)
    _take_changes(entry, table)
    return entry


def _take_changes(entry: CSEntryChange, table: Mapping[str, Any]) -> None:
    try:
        for name, each in _part(table, "changes").items():
            entry.attribute_changes.add(_change(each, name))
        new_dn = _text(table, "new_dn")
        if new_dn is not None:
            entry.attribute_changes.add(AttributeChange.new_dn(new_dn))
    except EntryFormatError:
        raise
    except ECMA2Error as error:
        raise EntryFormatError(str(error)) from error


def _change(data: object, name: str) -> AttributeChange:
    table = _table(data, f"The change of {name!r}")
    match {**table}:
        case {"delete": True, **rest} if not rest:
            return AttributeChange.delete(name)
        case {"replace": values, **rest} if not rest:
            return AttributeChange.replace(name, _values(values, name))
        case {"add": values, **rest} if not rest:
            return AttributeChange.add(name, _values(values, name))
        case _ if "remove" in table and table.keys() <= {"add", "remove"}:
            return _update(table, name)
    raise EntryFormatError(
        f'{name!r} is changed by {{"replace": ...}}, {{"add": ...}}, {{"add": [...], '
        '"remove": [...]} or {"delete": true}.'
    )


def _update(table: Mapping[str, Any], name: str) -> AttributeChange:
    is_many = all(isinstance(each, list) for each in table.values())
    added, removed = (
        [_value(each, name) for each in _listed(table.get(key))] for key in ("add", "remove")
    )
    return AttributeChange.of(
        name,
        AttributeModificationType.UPDATE,
        added=added,
        removed=removed,
        is_multi_valued=is_many,
    )


def _listed(data: Any) -> list[Any]:
    if data is None:
        return []
    return data if isinstance(data, list) else [data]


def _values(data: object, name: str) -> Values:
    return [_value(each, name) for each in data] if isinstance(data, list) else _value(data, name)


def _value(data: object, name: str) -> Value:
    if isinstance(data, Mapping) and data.keys() == {"base64"}:
        try:
            return b64decode(data["base64"], validate=True)
        except (Base64Error, TypeError, ValueError):
            raise EntryFormatError(f"{name!r} holds base64 that is none.") from None
    if isinstance(data, bool | str):
        return data
    if isinstance(data, int) and AttributeType.INTEGER.accepts(data):
        return data
    raise EntryFormatError(
        f"A value of {name!r} is text, a whole number of 64 bits, true, false or "
        '{"base64": "..."}.'
    )


def _error(table: Mapping[str, Any]) -> MAImportError:
    name = _text(table, "error")
    if name is None:
        return MAImportError.SUCCESS
    if name not in _ERRORS:
        raise EntryFormatError(f"'error' is one of {', '.join(_ERRORS)}.")
    return _ERRORS[name]


def _text(table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    if value is None or isinstance(value, str):
        return value
    raise EntryFormatError(f"{key!r} is text.")


def _part(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return {} if value is None else _table(value, repr(key))


def _table(data: object, what: str) -> Mapping[str, Any]:
    if isinstance(data, Mapping):
        return data
    raise EntryFormatError(f"{what} is a JSON object.")
