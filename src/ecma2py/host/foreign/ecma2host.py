"""The XML of Microsoft's ECMA host, as its wizard exports it: ``Configuration``.

``read`` gives the model, ``write`` the XML of one; what is read of what was written is the same.
What is written here that the model does not hold, such as dates, is what such a file always has.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from ecma2py.host.binding import RunStep
from ecma2py.host.foreign.ecma2host_schema import read_partitions, read_types, schema
from ecma2py.host.foreign.making import flag, leaf, node
from ecma2py.host.foreign.model import DEFAULT_PARTITION, Connector, Document, Parameter, Run
from ecma2py.host.foreign.products import library_of
from ecma2py.host.foreign.spelling import KINDS, PAGES, word_of
from ecma2py.host.foreign.tree import Element
from ecma2py.parameters import ConfigParameterPage

ROOT = "Configuration"
FOLDER = r"C:\Program Files\Microsoft ECMA2Host\Service\ECMA"
"""Where Microsoft's host has its connectors."""
_PROFILES = {
    RunStep.EXPORT: "Export",
    RunStep.FULL_IMPORT: "FullImport",
    RunStep.DELTA_IMPORT: "DeltaImport",
}
_STEPS = {name.lower(): step for step, name in _PROFILES.items()}
PAGE_SIZES = {step: f"PageSize{name}" for step, name in _PROFILES.items()}
"""The field of each run that says how many objects a page has."""


def read(root: Element) -> Document:
    """The configuration in *root*; ForeignFileError names line and element of what is wrong."""
    setting = root.find("Setting")
    found = [_connector(each) for each in root.all("Connectors", "Connector")]
    if not found:
        root.refuse("it has no <Connector>: export one from the wizard, or all of them")
    port = setting.number("Port") if setting is not None else None
    if setting is not None and port is not None and not 0 < port < 65536:
        setting.need("Port").refuse(f"{port} is no port")
    certificate = setting.word("Certificate") if setting is not None else ""
    return Document(connectors=tuple(found), port=port, has_certificate=bool(certificate))


def write(document: Document, now: datetime) -> Element:
    """*document* in the vocabulary of Microsoft's ECMA host."""
    port = "" if document.port is None else str(document.port)
    root = node(
        ROOT,
        node("Connectors", *(_written(each, now) for each in document.connectors)),
        node("Setting", leaf("Port", port), leaf("Certificate", "")),
    )
    root.attributes = {
        "xmlns:xsd": "http://www.w3.org/2001/XMLSchema",
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    }
    return root


def _connector(element: Element) -> Connector:
    about = element.need("ECMAConfig")
    config = element.need("ConnectorConfig")
    runs = config.all("RunConfigurations", "RunConfiguration")
    return Connector(
        name=about.name_in("ProfileName"),
        library=library_of(about.need("LibraryName")),
        parameters=tuple(_parameters(config)),
        runs=tuple(run for each in runs for run in _runs(each)),
        types=tuple(read_types(element)),
        partitions=tuple(read_partitions(element)),
        timer=about.number("AutosyncTimer"),
        has_token=bool(about.word("SecretToken")),
    )


def _parameters(element: Element) -> Iterator[Parameter]:
    for each in element.all("Parameters", "Parameter"):
        yield Parameter(
            name=each.name_in("Name"),
            value=each.raw("Value"),
            page=word_of(each.need("Use"), PAGES),
            kind=word_of(each.need("Type"), KINDS),
            number=each.number("SchemaNumber") or 0,
            is_encrypted=each.flag("Encrypted"),
        )


def _runs(element: Element) -> Iterator[Run]:
    profile = element.word("Name")
    for each in element.all("RunSteps", "RunStep"):
        step = _STEPS.get(profile.lower())
        if step is None:
            known = ", ".join(_PROFILES.values())
            element.refuse(f"{profile!r} is none of the runs that there are ({known})")
        given = list(_parameters(each))
        sizes = [one.value for one in given if one.name == PAGE_SIZES[step]]
        size = _size(each, sizes[0]) if sizes else each.number("BatchSize")
        yield Run(
            step=step,
            profile=profile,
            partition=each.raw("Partition"),
            page_size=size or None,
            timeout=each.number("Timeout") or None,
            parameters=tuple(one for one in given if one.name != PAGE_SIZES[step]),
        )


def _size(step: Element, text: str) -> int:
    return Element("Value", text, line=step.line, file=step.file).number() or 0


def _written(connector: Connector, now: datetime) -> Element:
    steps = {each.step for each in connector.runs}
    date = f"{now:%A}, {now:%B} {now.day}, {now.year} {now.hour % 12 or 12}:{now:%M:%S %p}"
    return node(
        "Connector",
        node(
            "ConnectorConfig",
            node("Parameters", *map(_parameter, connector.parameters)),
            node("RunConfigurations", *(_run(connector, each, now) for each in connector.runs)),
            flag("IsExportSupported", RunStep.EXPORT in steps),
            flag("IsFullImportSupported", RunStep.FULL_IMPORT in steps),
            flag("IsDeltaImportSupported", RunStep.DELTA_IMPORT in steps),
            flag("IsExportOnly", steps == {RunStep.EXPORT}),
        ),
        schema(connector),
        node(
            "ECMAConfig",
            leaf("ECMAFolderPath", FOLDER),
            leaf("LibraryName", connector.library),
            leaf("AutosyncTimer", "" if connector.timer is None else str(connector.timer)),
            leaf("SecretToken", ""),
            leaf("ProfileName", connector.name),
            leaf("CreationDateTime", date),
            leaf("ModificationDateTime", date),
            flag("Validated", False),
        ),
    )


def _parameter(parameter: Parameter) -> Element:
    return node(
        "Parameter",
        leaf("Name", parameter.name),
        leaf("Type", KINDS[parameter.kind]),
        leaf("Use", PAGES[parameter.page]),
        leaf("SchemaNumber", str(parameter.number)),
        flag("Encrypted", parameter.is_encrypted),
        leaf("Value", "" if parameter.is_secret else parameter.value),
    )


def _run(connector: Connector, run: Run, now: datetime) -> Element:
    name = _PROFILES[run.step]
    given = list(run.parameters)
    if run.page_size is not None:
        page = ConfigParameterPage.RUN_STEP
        size = str(run.page_size)
        given.append(Parameter(name=PAGE_SIZES[run.step], value=size, page=page))
    return node(
        "RunConfiguration",
        leaf("Id", str(uuid5(NAMESPACE_URL, f"urn:ecma2py:{connector.name}/{name}"))),
        leaf("Name", name),
        leaf("VersionNumber", "1"),
        leaf("CreationTime", f"{now:%Y-%m-%dT%H:%M:%S}"),
        leaf("LastModificationTime", f"{now:%Y-%m-%dT%H:%M:%S}"),
        node(
            "RunSteps",
            node(
                "RunStep",
                leaf("Name", "Export" if run.step is RunStep.EXPORT else "Import"),
                leaf("Type", "None"),
                leaf("Partition", run.partition or DEFAULT_PARTITION),
                *_given("BatchSize", run.page_size),
                *_given("Timeout", run.timeout),
                node("Parameters", *map(_parameter, given)),
            ),
        ),
    )


def _given(name: str, number: int | None) -> Iterable[Element]:
    return () if number is None else (leaf(name, str(number)),)
