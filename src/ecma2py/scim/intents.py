"""What a client wants of one object, in the connector's terms: the outcome of reading a request."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from attrs import field, frozen

from ecma2py.entries import AttributeChange
from ecma2py.parameters import SecureString
from ecma2py.schema import Value, Values
from ecma2py.scim.bindings import Binding, Mutability, Role
from ecma2py.scim.coercion import shown
from ecma2py.scim.errors import invalid_value, mutability

Resolve = Callable[[Sequence[str]], Mapping[str, str]]
"""SCIM ids to the texts by which the connector refers to those objects; unknown ids left out."""

Current = Callable[[], Mapping[str, Values]]
"""The object's stored attributes by connector name, and its DN as ``-dn-``; called when needed."""

Unknown = Literal["error", "ignore"]
"""What becomes of attributes no schema has: a 400 that names them, or nothing."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


@frozen(kw_only=True)
class Intent:
    """What one request asks of one object."""

    values: Mapping[str, Values] = field(factory=dict)
    """Of a create or replace: every attribute with a value, anchors among them."""
    changes: tuple[AttributeChange, ...] = ()
    """Of a PATCH: deltas in AttributeUpdate form, at most one an attribute, in order of mention."""
    dn: str | None = None
    """The DN to create the object with, or to rename it to."""
    active: bool | None = None
    """What ``active`` was set to, whether or not an attribute is bound to it too."""
    password: SecureString | None = None


def references(
    binding: Binding, ids: Sequence[str], resolve: Resolve, *, removing: bool = False
) -> list[Value]:
    """The connector's texts for the objects with these SCIM ids.

    In the connector's extension any other text is taken as it is. On a core path an unknown id is
    refused (400 invalidValue); when *removing* it is left out, for nothing can be a member that
    does not exist, while text that is no id may be a reference that leads nowhere.
    """
    known = resolve(ids)
    found: list[Value] = []
    for each in ids:
        text = known.get(each)
        if text is not None:
            found.append(text)
        elif binding.is_extension or (removing and not _UUID.fullmatch(each)):
            found.append(each)
        elif not removing:
            raise invalid_value(f"{binding.path}: no resource has the id '{shown(each)}'")
    return found


def connector_values(
    binding: Binding, raws: Iterable[object], resolve: Resolve, *, removing: bool = False
) -> list[Value]:
    """JSON values as the connector's, without repetition; :class:`ScimError` names the path."""
    values = [binding.coerce(raw) for raw in raws]
    if len(values) == 1 and not binding.is_reference:
        return values
    if binding.is_reference:
        values = references(binding, [str(each) for each in values], resolve, removing=removing)
    found = list(dict.fromkeys(values))
    if len(found) > 1 and not binding.is_multi_valued:
        raise invalid_value(f"{binding.path} is given {len(found)} values: it holds one")
    return found


def check_writable(
    binding: Binding,
    values: list[Value],
    current: Current | None,
    *,
    creating: bool = False,
) -> bool:
    """True if *values* may be written, False if the object has them and they cannot change.

    Else 400 mutability; so too where *current* is not known. An immutable attribute takes the
    value that an object is created with.
    """
    if binding.is_changeable:
        return True
    kind = binding.mutability
    if kind is Mutability.IMMUTABLE and creating:
        return True
    if current is not None and is_same(binding, values, current().get(binding.attribute, ())):
        return False
    if kind is Mutability.READ_ONLY:
        raise mutability(f"{binding.path} is read-only")
    raise mutability(f"{binding.path} is immutable: it keeps the value it was created with")


def is_same(binding: Binding, one: Values, other: Values) -> bool:
    """True if both are the same set of values, by the attribute's rule of case."""
    wanted = set(_compared(binding, one))
    found = set()
    for each in _compared(binding, other):
        if each not in wanted:  # the other set may be large, and be asked about again and again
            return False
        found.add(each)
    return len(found) == len(wanted)


def _compared(binding: Binding, values: Values) -> Iterator[Value]:
    listed = values if isinstance(values, (list, tuple)) else (values,)
    if binding.case_exact:
        return iter(listed)
    return (value.casefold() if isinstance(value, str) else value for value in listed)


def special_value(
    binding: Binding,
    values: Sequence[Value],
    dn: str | None,
    password: SecureString | None,
) -> tuple[str | None, SecureString | None]:
    """DN and password after *binding*, which is one of them, was given *values*."""
    text = str(values[0]) if values else ""
    if not text:
        raise invalid_value(f"{binding.path} can be given a new value, but not be removed")
    return (dn, SecureString(text)) if binding.role is Role.PASSWORD else (text, password)
