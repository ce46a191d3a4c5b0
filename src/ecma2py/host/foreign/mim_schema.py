"""The schema in the XML of a management agent: DSML classes, inclusions, anchors, partitions."""

from collections.abc import Callable, Iterator

from ecma2py.host.foreign.model import (
    DEFAULT_PARTITION,
    Attribute,
    Flow,
    ObjectType,
    Parameter,
    Partition,
)
from ecma2py.host.foreign.tree import Element

_BOOLEAN = "1.3.6.1.4.1.1466.115.121.1.7"
_SELECTED = ("1", "true")
_CLEANUPS = {
    "delete-object": Flow("delete"),
    "make-normal-disconnector": Flow(),
    "make-explicit-disconnector": Flow(),
}
"""What becomes of an object that MIM takes from its owner: a disconnector stays as it is."""


def object_types(data: Element, settings: Element) -> Iterator[ObjectType]:
    """The classes that a selected partition imports, or all, with their selected attributes."""
    schema = data.find("schema", "dsml", "directory-schema")
    if schema is None:
        return
    definitions = {each.attributes.get("id", ""): each for each in schema.all("attribute-type")}
    included = {each.text.strip() for each in data.all("attribute-inclusion", "attribute")}
    wanted = {name for each in _selected(data) for name in _classes(each)}
    anchors = _anchors(settings)
    for each in schema.all("class"):
        name = each.word("name") or each.attributes.get("id", "")
        if not name:
            each.refuse("it has neither id nor <name>")
        is_structural = each.attributes.get("type", "structural") == "structural"
        if name in wanted or (not wanted and is_structural):
            found = _attributes(each, definitions, anchors.get(name, frozenset()))
            attributes = (one for one in found if not included or one.name in included)
            yield ObjectType(name=name, attributes=tuple(attributes), delete=cleanup(data))


def cleanup(data: Element) -> Flow | None:
    """What deprovisioning does; None if it is not said, or left to a program of MIM's."""
    return _CLEANUPS.get(data.word("provisioning-cleanup", "action"))


def missing(data: Element) -> Iterator[str]:
    """Selected classes and attributes that the schema of the agent does not have, in words."""
    schema = data.find("schema", "dsml", "directory-schema")
    if schema is None:
        return
    classes = {each.word("name") or each.attributes.get("id", "") for each in schema.all("class")}
    kinds = schema.all("attribute-type")
    attributes = {each.word("name") or each.attributes.get("id", "") for each in kinds}
    for name in dict.fromkeys(name for each in _selected(data) for name in _classes(each)):
        if name not in classes:
            yield f"object class {name!r}: it is selected there, and not in the schema"
    for each in data.all("attribute-inclusion", "attribute"):
        if (name := each.text.strip()) and name not in attributes:
            yield f"attribute {name!r}: it is selected there, and not in the schema"


def partitions(
    data: Element, own_parameters: Callable[[Element], tuple[Parameter, ...]]
) -> Iterator[Partition]:
    """The selected partitions, but for a default one without parameters."""
    for each in _selected(data):
        about = each.find("custom-data", "ecma-partition-data")
        name = (about.word("name") if about is not None else "") or each.word("name")
        dn = (about.word("dn") if about is not None else "") or name
        given = own_parameters(each)
        if (dn or DEFAULT_PARTITION) == DEFAULT_PARTITION and not given:
            continue
        yield Partition(
            id=each.word("id"),
            name=name,
            dn=dn or DEFAULT_PARTITION,
            containers=_listed(each, "inclusions"),
            excluded=_listed(each, "exclusions"),
            parameters=given,
        )


def _selected(data: Element) -> Iterator[Element]:
    for each in data.all("ma-partition-data", "partition"):
        if each.word("selected").lower() in _SELECTED:
            yield each


def _classes(partition: Element) -> Iterator[str]:
    for each in partition.all("filter", "object-classes"):
        yield from filter(None, (one.text.strip() for one in each.children))


def _listed(partition: Element, name: str) -> tuple[str, ...]:
    lists = partition.all("filter", "containers", name)
    texts = (one.text.strip() for each in lists for one in each.children)
    return tuple(each for each in texts if each)


def _anchors(settings: Element) -> dict[str, frozenset[str]]:
    """The anchor attributes of each class."""
    return {
        each.word("name"): frozenset(
            text
            for anchor in each.all("anchor")
            for one in anchor.all("attribute")
            if (text := one.text.strip())
        )
        for table in settings.inside("per-class-settings")
        for each in table.all("class")
    }


def _attributes(
    kind: Element, definitions: dict[str, Element], anchors: frozenset[str]
) -> Iterator[Attribute]:
    for each in kind.all("attribute"):
        reference = each.attributes.get("ref", "").removeprefix("#")
        definition = definitions.get(reference)
        if definition is None:
            each.refuse(f"it refers to the attribute type {reference[:40]!r}, which there is not")
        name = definition.word("name") or reference
        is_marked = each.attributes.get("isAnchor", "").lower() in _SELECTED
        yield Attribute(
            name=name,
            is_anchor=name in anchors if anchors else is_marked,
            multivalued=definition.attributes.get("single-value", "true").lower() == "false",
            data_type="Boolean" if definition.word("syntax") == _BOOLEAN else "String",
        )
