"""Object types as the catalogue suggests them: a beginning for the administrator to edit."""

import json
import re
from collections.abc import Iterable, Mapping

from ecma2py.schema import AttributeType
from ecma2py_sql.drivers.catalogue import Catalogue, ForeignKey, Table

Owned = dict[str, list[tuple[Table, ForeignKey]]]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def suggest_object_types(catalogue: Catalogue) -> str:
    """An object type for each table with a key, as the text of the parameter 'Object types'.

    Foreign keys become references. A table whose key is a foreign key and one more column becomes
    a multi-valued attribute of the table that the foreign key names first.
    """
    tables = {name: catalogue.read(schema, name) for schema, name in catalogue.names()}
    owned: Owned = {}
    types: dict[str, Table] = {}
    for name, table in tables.items():
        owner = _owner(table)
        if owner is not None:
            owned.setdefault(owner.table, []).append((table, owner))
        elif table.primary_key:
            types[name] = table
    renamed = _renamed(types, owned)
    return "\n".join(
        line for name, table in types.items() for line in _lines(table, types, owned, renamed[name])
    )


def _owner(table: Table) -> ForeignKey | None:
    """The foreign key to the object whose values the rows of *table* are; None for an object."""
    key = table.primary_key or tuple(table.columns)
    if len(key) != 2:
        return None
    others = [column for name, column in table.columns.items() if name not in key]
    if any(not (column.nullable or column.assigned) for column in others):
        return None
    return table.reference(key[0])


def _renamed(types: Mapping[str, Table], owned: Owned) -> dict[str, dict[str, str]]:
    """By table, the names of attributes that another type or a set of values has otherwise.

    ECMA2 has one definition for one attribute name, whatever the type.
    """
    sets = {child.name for children in owned.values() for child, _ in children}
    first: dict[str, tuple[AttributeType, bool]] = {}
    renamed: dict[str, dict[str, str]] = {name: {} for name in types}
    for name, table in types.items():
        references = _references(table, types)
        for column in table.columns.values():
            kind = column.kind.attribute_type
            if column.name in references:
                kind = AttributeType.REFERENCE
            definition = (kind, column.generated)
            if column.name in sets or first.setdefault(column.name, definition) != definition:
                renamed[name][column.name] = f"{name}_{column.name}"
    return renamed


def _references(table: Table, types: Mapping[str, Table]) -> dict[str, str]:
    found = {}
    for name in table.columns:
        foreign = table.reference(name)
        if foreign and name not in table.primary_key and _refers_to_key(foreign, types):
            found[name] = foreign.table
    return found


def _refers_to_key(foreign: ForeignKey, types: Mapping[str, Table]) -> bool:
    target = types.get(foreign.table)
    return target is not None and (foreign.referred or target.primary_key) == target.primary_key


def _lines(
    table: Table, types: Mapping[str, Table], owned: Owned, names: Mapping[str, str]
) -> Iterable[str]:
    spelled = ".".join(table.qualified)
    yield f"[{_key(table.name)}]"
    yield f"table = {_text(spelled)}"
    yield f"anchor = {_list(table.primary_key)}"
    if names:
        yield f"names = {_inline(names)}"
    references = _references(table, types)
    if references:
        yield f"references = {_inline(references)}"
    yield ""
    for child, foreign in owned.get(table.name, ()):
        if len(table.primary_key) != 1 or not _refers_to_key(foreign, types):
            continue
        key = child.primary_key or tuple(child.columns)
        yield f"[{_key(table.name)}.multivalued.{_key(child.name)}]"
        yield f"table = {_text('.'.join(child.qualified))}"
        yield f"key = {_text(key[0])}"
        yield f"value = {_text(key[1])}"
        target = child.reference(key[1])
        if target and _refers_to_key(target, types):
            yield f"references = {_text(target.table)}"
        yield ""


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _list(names: tuple[str, ...]) -> str:
    return _text(names[0]) if len(names) == 1 else f"[{', '.join(map(_text, names))}]"


def _inline(pairs: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{_key(k)} = {_text(v)}' for k, v in pairs.items())} }}"
