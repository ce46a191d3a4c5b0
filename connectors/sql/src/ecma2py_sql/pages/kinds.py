"""Schema 4: what each attribute holds, and which way it goes."""

from collections.abc import Sequence

from attrs import frozen

from ecma2py.parameters import ConfigParameterDefinition, ConfigParameters
from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.drivers.catalogue import Column, Table
from ecma2py_sql.pages.anchors import Naming
from ecma2py_sql.pages.answers import Page, answered, check_names, wrong
from ecma2py_sql.pages.attributes import MULTIVALUED, FoundType, field_of
from ecma2py_sql.pages.keys import JOIN, key_of
from ecma2py_sql.pages.spelling import unquoted
from ecma2py_sql.pages.steps import WATERMARK, Step

REFERENCE = "Reference"
SILENT = "Without effect: the column holds the anchor, or a watermark, and is no attribute."
_KINDS = {
    "String": Kind.TEXT,
    "Integer": Kind.INTEGER,
    "Boolean": Kind.BOOLEAN,
    "Binary": Kind.BINARY,
    "DateTime": Kind.TIMESTAMP,
}
_WORDS = {kind: word for word, kind in _KINDS.items()} | {Kind.TIMESTAMP_TZ: "DateTime"}
_IMPORT, _EXPORT, _BOTH = "Import", "Export", "ImportExport"


@frozen
class FoundAttribute:
    """An attribute with the column it is named after, and what was decided about it."""

    column: Column
    child: Table | None
    """The table that holds its values, if it is multi-valued."""
    key: tuple[str, ...] = ()
    kind: Kind | None = None
    """None as the catalogue has it."""
    is_reference: bool = False
    read_only: bool = False
    write_only: bool = False

    @property
    def name(self) -> str:
        """What it is called everywhere."""
        return self.column.name


Attributes = Sequence[FoundAttribute]


def attributes_of(found: FoundType, naming: Naming, step: Step) -> Attributes:
    """The columns of the type's table, then those of its multi-valued tables that hold values."""
    join, watermark = step.equalities(JOIN), unquoted(step.text(WATERMARK))
    attributes = [FoundAttribute(column, None) for column in found.table.columns.values()]
    for child in found.children:
        key = key_of(found, child, naming.anchor, join)
        values = [each for each in child.columns.values() if each.name not in (*key, watermark)]
        attributes += [FoundAttribute(column, child, key) for column in values]
    seen: dict[str, FoundAttribute] = {}
    for each in attributes:
        first = seen.setdefault(each.name, each)
        if first is not each:
            tables = [(one.child or found.table).name for one in (first, each)]
            raise wrong(
                field_of(found.name, MULTIVALUED),
                f"{tables[0]!r} and {tables[1]!r} both have a column {each.name!r}: read one of "
                "them through a view that renames it",
            )
    return attributes


def page(types: Sequence[FoundType], attributes: Sequence[Attributes]) -> Page:
    """Two choices for each attribute."""
    return check_names(
        [
            definition
            for found, of_type in zip(types, attributes, strict=True)
            for each in of_type
            for definition in _choices(found, each)
        ]
    )


def silent_of(found: FoundType, attributes: Attributes) -> list[Column]:
    """The columns of multi-valued tables that are no attributes: of the anchor, or a watermark.

    Microsoft's connector has fields for them.
    """
    names = {each.name for each in attributes}
    columns = [each for child in found.children for each in child.columns.values()]
    return list({each.name: each for each in columns if each.name not in names}.values())


def silent_page(types: Sequence[FoundType], silent: Sequence[Sequence[Column]]) -> Page:
    """The same choices for what is no attribute, of which none has an effect."""
    return [
        definition
        for found, columns in zip(types, silent, strict=True)
        for column in columns
        for definition in _choices(found, FoundAttribute(column, None), SILENT)
    ]


def silent_references(
    types: Sequence[FoundType], silent: Sequence[Sequence[Column]], parameters: ConfigParameters
) -> list[tuple[FoundType, FoundAttribute]]:
    """What is no attribute, and is called a reference all the same."""
    answers = answered(silent_page(types, silent), parameters)
    attributes = [
        (found, FoundAttribute(column, None))
        for found, columns in zip(types, silent, strict=True)
        for column in columns
    ]
    return [each for each in attributes if answers[_data_type(*each)] == REFERENCE]


def decided(
    types: Sequence[FoundType], attributes: Sequence[Attributes], parameters: ConfigParameters
) -> list[Attributes]:
    """*attributes* with what the page says of each."""
    answers = answered(page(types, attributes), parameters)

    def one(found: FoundType, each: FoundAttribute) -> FoundAttribute:
        word, way = answers[_data_type(found, each)], answers[_direction(found, each)]
        return FoundAttribute(
            each.column,
            each.child,
            each.key,
            kind=None if word in (REFERENCE, _detected(each)) else _KINDS[word],
            is_reference=word == REFERENCE,
            read_only=way == _IMPORT,
            write_only=way == _EXPORT,
        )

    return [
        [one(found, each) for each in of_type]
        for found, of_type in zip(types, attributes, strict=True)
    ]


def _choices(found: FoundType, attribute: FoundAttribute, text: str = "") -> Page:
    choice = ConfigParameterDefinition.drop_down
    name, kinds, kind = _data_type(found, attribute), [*_KINDS, REFERENCE], _detected(attribute)
    ways = [_IMPORT, _EXPORT, _BOTH]
    return [
        choice(name, kinds, kind, text=text),
        choice(_direction(found, attribute), ways, _BOTH, text=text),
    ]


def _detected(attribute: FoundAttribute) -> str:
    """What has no word of its own travels as text."""
    return _WORDS.get(attribute.column.kind, "String")


def _data_type(found: FoundType, attribute: FoundAttribute) -> str:
    return field_of(found.name, f"{attribute.name} DataType")


def _direction(found: FoundType, attribute: FoundAttribute) -> str:
    return field_of(found.name, f"{attribute.name} Direction")
