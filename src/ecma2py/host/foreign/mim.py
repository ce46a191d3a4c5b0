"""The XML of MIM's "Export Management Agent": ``export-ma``, of which ``ma-data`` counts.

Rules and the metaverse (``mv-data``) belong to MIM's synchronisation, and are passed over.
"""

from collections.abc import Iterable, Iterator

from ecma2py.host.binding import RunStep
from ecma2py.host.foreign.mim_schema import cleanup, missing, object_types, partitions
from ecma2py.host.foreign.model import Connector, Document, Parameter, Run
from ecma2py.host.foreign.products import library_of
from ecma2py.host.foreign.spelling import KINDS, PAGES, word_of
from ecma2py.host.foreign.tree import Element
from ecma2py.host.foreign.unread import says_something

ROOT = "export-ma"
_CATEGORY = "Extensible2"
_STEPS = {
    "full-import": RunStep.FULL_IMPORT,
    "delta-import": RunStep.DELTA_IMPORT,
    "export": RunStep.EXPORT,
}
_READ = frozenset(
    {
        *("name", "category", "schema", "attribute-inclusion", "private-configuration"),
        *("ma-partition-data", "ma-run-data", "provisioning-cleanup"),
    }
)
_RULES = frozenset(
    {
        *("stay-disconnector", "join", "projection", "extension"),
        *("import-attribute-flow", "export-attribute-flow"),
    }
)
_OF_MIM = frozenset(
    {
        *("format-version", "id", "subtype", "ma-listname", "ma-companyname", "description"),
        *("creation-time", "last-modification-time", "version", "internal-version"),
        *("capabilities-mask", "export-type", "controller-configuration", "ma-ui-settings"),
        *("password-sync-allowed", "password-sync"),
    }
)
"""What MIM keeps for itself, and what the connector says anew."""


def read(root: Element) -> Document:
    """The management agent in *root*; ForeignFileError names line and element of what is wrong."""
    data = root.need("ma-data")
    for other in list(root.all("ma-data"))[1:]:
        other.refuse("it is a second agent: put each into a file of its own")
    category = data.word("category")
    if category != _CATEGORY:
        data.refuse(f"its category is {category!r}: only {_CATEGORY} agents have a connector")
    settings = data.need("private-configuration").need("MAConfig")
    parts = tuple(partitions(data, _own_parameters))
    runs = tuple(_runs(data))
    connector = Connector(
        name=data.word("name") or data.refuse("its <name> is empty"),
        library=library_of(settings.need("extension-config").need("filename")),
        parameters=tuple(_parameters(settings.inside("parameter-values"))),
        runs=runs,
        types=tuple(object_types(data, settings)),
        partitions=parts,
        ignored=(*_ignored(data), *missing(data)),
    )
    return Document(connectors=(connector,))


def _parameters(values: Iterable[Element]) -> Iterator[Parameter]:
    for each in (one for table in values for one in table.all("parameter")):
        name = each.attributes.get("name", "")
        kind = word_of(each, KINDS, "type")
        if not kind.holds_value:
            continue
        number = each.attributes.get("page-number", "")
        yield Parameter(
            name=name or each.refuse("it has no name"),
            value=each.text,
            page=word_of(each, PAGES, "use"),
            kind=kind,
            number=int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0,
            is_encrypted=each.attributes.get("encrypted", "").lower() in ("1", "true"),
        )


def _own_parameters(element: Element) -> tuple[Parameter, ...]:
    custom = element.find("custom-data")
    return () if custom is None else tuple(_parameters(custom.inside("parameter-values")))


def _steps(data: Element) -> Iterator[tuple[str, Element]]:
    """Every step of every run profile, with the name of the profile."""
    for each in data.all("ma-run-data", "run-configuration"):
        for step in each.all("configuration", "step"):
            yield each.word("name"), step


def _runs(data: Element) -> Iterator[Run]:
    for profile, step in _steps(data):
        kind = _STEPS.get(_type(step))
        if kind is not None:
            yield Run(
                step=kind,
                profile=profile,
                partition=step.word("partition"),
                page_size=step.number("custom-data", "extensible2-step-data", "batch-size") or None,
                timeout=step.number("custom-data", "extensible2-step-data", "timeout") or None,
                parameters=_own_parameters(step),
            )


def _type(step: Element) -> str:
    return step.need("step-type").attributes.get("type", "")


def _ignored(data: Element) -> Iterator[str]:
    """What MIM does and ecma2py has no place for, or does not know, in words."""
    rules = "synchronisation rules belong to the identity service"
    steps = dict.fromkeys(_type(step) for _, step in _steps(data) if _type(step) not in _STEPS)
    yield from (f"run profile step {name!r}: {rules}" for name in steps)
    for each in filter(says_something, data.children):
        if each.name in _RULES:
            yield f"<{each.name}>: {rules}"
        elif each.name not in (*_READ, *_OF_MIM):
            yield f"<{each.name}>, line {each.line}: ecma2py does not know it"
    if data.find("provisioning-cleanup") and cleanup(data) is None:
        yield "<provisioning-cleanup>: a rule of MIM's decides there; here, a DELETE deletes"
