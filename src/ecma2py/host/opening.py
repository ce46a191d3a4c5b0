"""From one table of the configuration to a connector that can be served."""

from pathlib import Path
from typing import cast

from ecma2py.host.binding import BoundConnector, RunStep, bind_connector
from ecma2py.host.config import HostConfig, Limits
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.host.discovering import DiscoveryDocuments
from ecma2py.host.endpoint import ScimEndpoint
from ecma2py.host.exporting import Exporter
from ecma2py.host.files import private_directory
from ecma2py.host.importing import Importer
from ecma2py.host.isolation import closed_on_error
from ecma2py.host.logs import get_logger
from ecma2py.host.metrics import Metrics
from ecma2py.host.pace import Pace
from ecma2py.host.planning import Plan, describe, generates_dn
from ecma2py.host.readiness import Readiness
from ecma2py.host.reading import Reader
from ecma2py.host.remembered import remember
from ecma2py.host.resources import Resources
from ecma2py.host.served import ServedConnector
from ecma2py.host.views import Views
from ecma2py.host.writing import Writer
from ecma2py.runs import ConnectorSource, Description
from ecma2py.scim.bulk import BulkLimits
from ecma2py.scim.discovery import Discovery, ProviderSettings
from ecma2py.scim.intents import Unknown
from ecma2py.scim.operations import PatchLimits
from ecma2py.space import Space, SqliteSpace

_DESCRIPTION = "description.json"
_log = get_logger("ecma2py.host")


def open_connector(
    name: str,
    config: ConnectorConfig,
    host: HostConfig,
    *,
    metrics: Metrics,
    pace: Pace,
    cursor_key: bytes,
) -> ServedConnector:
    """The connector ready to serve: its space open, its sessions and schedule not yet begun.

    If its target is down and it was open before, it is served from what is stored.
    """
    private_directory(host.state / name)
    bound = bind_connector(name, config, takes_unasked=True)
    with closed_on_error(bound.factory):
        return _opened(bound, config, host, metrics=metrics, pace=pace, cursor_key=cursor_key)


def _opened(
    bound: BoundConnector,
    config: ConnectorConfig,
    host: HostConfig,
    *,
    metrics: Metrics,
    pace: Pace,
    cursor_key: bytes,
) -> ServedConnector:
    name = bound.source.name
    directory = host.state / name
    plan = Plan.of(config, _described(bound.source, directory / _DESCRIPTION))
    views = Views(
        name=name,
        base_url=f"{host.base_url.rstrip('/')}/ecma2host_{name}/scim",
        kinds=plan.kinds,
        space=_space(name, directory, plan),
        max_results=host.limits.max_results,
        cursor_key=cursor_key,
    )
    exporter = _exporter(bound, plan, views, metrics)
    importer = _importer(bound, plan, views.space, metrics=metrics, pace=pace)
    readiness = Readiness(name, plan.description, importer)
    endpoint = _endpoint(plan, host.limits, exporter, readiness)
    metrics.watch_export_queue(name, lambda: float(exporter.waiting))
    if config.has_workers:
        metrics.watch_workers(name, lambda: float(bound.workers))
    return ServedConnector(
        name=name,
        config=config,
        description=plan.description,
        space=views.space,
        views=views,
        exporter=exporter,
        importer=importer,
        readiness=readiness,
        endpoint=endpoint,
        released=bound.close,
        unasked=bound.unasked,
    )


def check_connector(
    name: str, config: ConnectorConfig, host: HostConfig, *, takes_unasked: bool = True
) -> bool:
    """True if the connector can be opened so, as far as that can be told beside an open one.

    Raises what ``open_connector`` would, and without *takes_unasked* also if its target is down and
    a page of parameters cannot be asked for. Nothing is stored: the one in use is to go on.
    """
    bound = bind_connector(name, config, takes_unasked=takes_unasked)
    try:
        description, _ = describe(bound.source, host.state / name / _DESCRIPTION)
        Plan.of(config, description)
    finally:
        bound.close()
    return True


def _described(source: ConnectorSource, file: Path) -> Description:
    """What the connector says about itself, remembered for when its target is down."""
    description, outdated = describe(source, file)
    if outdated is None:
        remember(description, file)
    else:
        _log.warning("the schema of last time is used", connector=source.name, why=outdated)
    return description


def _space(name: str, directory: Path, plan: Plan) -> Space:
    """The connector space, as what the connector says now needs it."""
    capabilities = plan.description.capabilities
    return SqliteSpace.open(
        directory / "space.db",
        connector=name,
        schema=plan.types,
        dn_style=capabilities.distinguished_name_style,
        matching=plan.matching,
        normalizations=capabilities.normalizations,
    )


def _exporter(bound: BoundConnector, plan: Plan, views: Views, metrics: Metrics) -> Exporter:
    """What writes to the connector and through to the space."""
    return Exporter(
        name=views.name,
        source=bound.for_run(RunStep.EXPORT, plan.partition),
        views=views,
        types=plan.types,
        config=plan.config.exports,
        metrics=metrics,
        partition=plan.partition,
        generates_dn=generates_dn(plan.config, plan.description),
    )


def _importer(
    bound: BoundConnector, plan: Plan, space: Space, *, metrics: Metrics, pace: Pace
) -> Importer:
    """What reads the connector into the space."""
    return Importer(
        name=bound.source.name,
        sources={
            "full": bound.for_run(RunStep.FULL_IMPORT, plan.partition),
            "delta": bound.for_run(RunStep.DELTA_IMPORT, plan.partition),
        },
        space=space,
        types=plan.types,
        config=plan.config.imports,
        metrics=metrics,
        pace=pace,
        partition=plan.partition,
    )


def _endpoint(plan: Plan, limits: Limits, exporter: Exporter, readiness: Readiness) -> ScimEndpoint:
    """What answers the requests of the connector's clients."""
    views, scim = exporter.views, plan.config.scim
    seconds = limits.request_timeout_seconds
    writer = Writer(
        views,
        exporter,
        plan.flows,
        patch_limits=PatchLimits(limits.max_patch_operations),
        seconds=seconds,
        unknown=cast("Unknown", scim.unknown_attribute),
        renames=plan.description.capabilities.object_rename,
    )
    resources = Resources(
        views, writer, readiness, limits=limits, patch_response=scim.patch_response
    )
    reader = Reader(views, seconds=seconds, is_strict=scim.unknown_filter == "error")
    documents = _documents(limits, plan.description, views)
    return ScimEndpoint(resources, reader, readiness, documents)


def _documents(limits: Limits, description: Description, views: Views) -> DiscoveryDocuments:
    """What clients are told of the service and its resources."""
    settings = ProviderSettings(
        bulk=BulkLimits(
            max_operations=limits.max_bulk_operations, max_payload_size=limits.max_body
        ),
        max_count=limits.max_results,
        change_password=description.can_set_password,
    )
    return DiscoveryDocuments(Discovery(views.kinds, base_url=views.base_url, settings=settings))
