"""Schema 5: what each reference attribute refers to."""

from collections.abc import Iterator, Sequence

from ecma2py.parameters import ConfigParameterDefinition, ConfigParameters
from ecma2py_sql.mapping.settings import ANY_TYPE
from ecma2py_sql.pages.answers import Page, answered, check_names, wrong
from ecma2py_sql.pages.attributes import FoundType, field_of
from ecma2py_sql.pages.kinds import SILENT, Attributes, FoundAttribute

Targets = dict[str, tuple[str, str | None]]
"""By attribute: the type it refers to, and for ``*`` the column with the type."""


def page(
    types: Sequence[FoundType], attributes: Sequence[Attributes], *, dn_is_anchor: bool
) -> Page:
    """Two choices for each reference; nothing where no attribute is one."""
    return check_names(
        [
            definition
            for found, each in _references(types, attributes)
            for definition in _fields(found, each, types, dn_is_anchor=dn_is_anchor)
        ]
    )


def silent_page(attributes: Sequence[tuple[FoundType, FoundAttribute]]) -> Page:
    """The same fields for what is no attribute, of which none has an effect."""
    return [
        ConfigParameterDefinition.string(name(*each), text=SILENT)
        for each in attributes
        for name in (_target, _type_column)
    ]


def targets(
    types: Sequence[FoundType],
    attributes: Sequence[Attributes],
    parameters: ConfigParameters,
    *,
    dn_is_anchor: bool,
) -> list[Targets]:
    """What the references of each type refer to, in the order of *types*."""
    answers = answered(page(types, attributes, dn_is_anchor=dn_is_anchor), parameters)
    found: dict[str, Targets] = {each.name: {} for each in types}
    for of_type, each in _references(types, attributes):
        target = answers[_target(of_type, each)]
        column = answers.get(_type_column(of_type, each)) or None
        if (target == ANY_TYPE) != (column is not None):
            raise wrong(
                _type_column(of_type, each),
                f"it goes with {ANY_TYPE!r} in {_target(of_type, each)!r}: choose both, or neither",
            )
        found[of_type.name][each.name] = (target, column)
    return [found[each.name] for each in types]


def _references(
    types: Sequence[FoundType], attributes: Sequence[Attributes]
) -> Iterator[tuple[FoundType, FoundAttribute]]:
    for found, of_type in zip(types, attributes, strict=True):
        for each in of_type:
            if each.is_reference:
                yield found, each


def _fields(
    found: FoundType, attribute: FoundAttribute, types: Sequence[FoundType], *, dn_is_anchor: bool
) -> Iterator[ConfigParameterDefinition]:
    names = [each.name for each in types]
    yield ConfigParameterDefinition.drop_down(
        _target(found, attribute),
        names if dn_is_anchor else [*names, ANY_TYPE],
        _suggested(found, attribute, types),
        required=True,
    )
    if not dn_is_anchor:
        columns = [
            name
            for name in (attribute.child or found.table).columns
            if name not in (attribute.name, *attribute.key)
        ]
        yield ConfigParameterDefinition.drop_down(
            _type_column(found, attribute),
            columns,
            text=f"With {ANY_TYPE!r} alone: the column that holds the type of each object referred "
            "to.",
        )


def _suggested(found: FoundType, attribute: FoundAttribute, types: Sequence[FoundType]) -> str:
    """The type whose table a foreign key names, or the only one there is."""
    foreign = (attribute.child or found.table).reference(attribute.name)
    table = foreign.table if foreign else None
    named = [each.name for each in types if each.table.name == table and each.rows.is_table]
    names = named or [each.name for each in types]
    return names[0] if len(names) == 1 else ""


def _target(found: FoundType, attribute: FoundAttribute) -> str:
    return field_of(found.name, f"Reference {attribute.name}")


def _type_column(found: FoundType, attribute: FoundAttribute) -> str:
    return field_of(found.name, f" Object type column for {attribute.name}")
