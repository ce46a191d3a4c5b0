"""Schema 3: the anchor of each type, and what names its objects."""

from collections.abc import Sequence

from attrs import frozen

from ecma2py.parameters import ConfigParameterDefinition, ConfigParameters
from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.mapping.settings import DN_IS_ANCHOR
from ecma2py_sql.pages.answers import Answers, Page, answered, check_names, wrong
from ecma2py_sql.pages.attributes import FoundType, field_of


@frozen
class Naming:
    """What tells the objects of a type apart."""

    anchor: tuple[str, ...]
    dn: str | None
    """None if the anchor names the object."""


def dn_field(type_name: str) -> str:
    """The field with the attribute that is in the DN."""
    return f"Select DN attribute for {type_name}"


def page(types: Sequence[FoundType], *, dn_is_anchor: bool) -> Page:
    """A check box for each attribute that can be in the anchor, and a choice of one for the DN."""
    found: Page = []
    for each in types:
        offered = _offered(each)
        if not dn_is_anchor:
            found.append(ConfigParameterDefinition.label(f"Select Anchor for :{each.name}"))
            key = each.table.primary_key
            found += [
                ConfigParameterDefinition.check_box(field_of(each.name, name), name in key)
                for name in offered
            ]
        found.append(
            ConfigParameterDefinition.drop_down(
                dn_field(each.name),
                offered,
                required=dn_is_anchor,
                text="" if dn_is_anchor else "Empty: the anchor names the object.",
            )
        )
    return check_names(found)


def namings(
    types: Sequence[FoundType], parameters: ConfigParameters, *, dn_is_anchor: bool
) -> list[Naming]:
    """Anchor and DN of each type, in the order of *types*."""
    if dn_is_anchor and len(types) > 1:
        names = ", ".join(each.name for each in types)
        raise wrong(DN_IS_ANCHOR, f"it takes one object type, and there are {names}")
    answers = answered(page(types, dn_is_anchor=dn_is_anchor), parameters)
    if dn_is_anchor:
        return [Naming((answers[dn_field(each.name)],), None) for each in types]
    return [_naming(each, answers) for each in types]


def _naming(found: FoundType, answers: Answers) -> Naming:
    offered = _offered(found)
    anchor = tuple(name for name in offered if answers[field_of(found.name, name)] == "1")
    if not anchor:
        fields = ", ".join(repr(field_of(found.name, name)) for name in offered)
        raise wrong(
            field_of(found.name, offered[0]) if offered else dn_field(found.name),
            f"object type {found.name!r} needs an anchor: tick one or more of {fields}",
        )
    dn = answers[dn_field(found.name)] or None
    if dn in anchor:
        raise wrong(
            dn_field(found.name),
            f"{dn!r} is in the anchor already: leave this empty, and the anchor names the object, "
            f"or tick {DN_IS_ANCHOR!r}",
        )
    return Naming(anchor, dn)


def _offered(found: FoundType) -> list[str]:
    """Neither Boolean nor multi-valued attributes tell objects apart."""
    columns = found.table.columns.values()
    return [each.name for each in columns if each.kind is not Kind.BOOLEAN]
