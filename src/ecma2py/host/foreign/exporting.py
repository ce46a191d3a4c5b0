"""A configuration file of ours as the XML of Microsoft's ECMA host."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from attrs import evolve, frozen

from ecma2py.connector.loading import is_dll
from ecma2py.errors import ConfigurationError
from ecma2py.host.config import Config, HostConfig
from ecma2py.host.config_reader import key_of, settings_fields
from ecma2py.host.foreign import ecma2host
from ecma2py.host.foreign.handing_over import Handing
from ecma2py.host.foreign.model import Document
from ecma2py.host.foreign.products import PRODUCTS, product_of_type
from ecma2py.host.foreign.remarks import Remark, Remarks
from ecma2py.host.foreign.xml_text import UnwritableError, xml_text

_HAS_NONE = "Microsoft's host has no such setting"


@frozen(kw_only=True)
class Exported:
    """What a configuration comes to there."""

    text: str
    connectors: tuple[str, ...]
    left_out: tuple[Remark, ...]
    hints: tuple[Remark, ...]
    secrets: tuple[tuple[str, str], ...]
    """What is to be entered there: a connector and the name of its parameter."""


def export_document(config: Config, names: Collection[str], now: datetime) -> Exported:
    """The connectors called *names*, or all that Microsoft's host can load.

    ConfigurationError for a named one that it cannot, or if there is none.
    """
    host = Remarks()
    handed: list[Handing] = []
    for name in names or config.connectors:
        table = config.connectors[name]
        if is_dll(table.type) or product_of_type(table.type) is not None:
            handed.append(Handing(name, table, Remarks(name)))
            continue
        known = ", ".join(each.type for each in PRODUCTS)
        reason = f"type {table.type!r} is nothing that Microsoft's host can load: it takes DLLs"
        reason = f"{reason}, and has counterparts of {known}"
        if names:
            raise ConfigurationError(f"{config.path}: connector {name!r}: {reason}.")
        host.leave(f"connectors.{name}", reason)
    if not handed:
        raise ConfigurationError(
            f"{config.path}: there is no connector that Microsoft's host can load."
        )
    _leave_host(config, host)
    port = config.host.listen.port
    document = Document(connectors=tuple(each.connector for each in handed), port=port or None)
    told = [host, *(each.remarks for each in handed)]
    return Exported(
        text=_written(document, config.path, now),
        connectors=tuple(each.name for each in handed),
        left_out=tuple(one for each in told for one in each.left_out),
        hints=tuple(one for each in told for one in each.hints),
        secrets=tuple((each.name, name) for each in handed for name in each.secrets),
    )


def _written(document: Document, path: Path, now: datetime) -> str:
    try:
        return xml_text(ecma2host.write(document, now))
    except UnwritableError as error:
        raise ConfigurationError(
            f"{path}: {error.text!r} has a character that XML has no form for: rename it."
        ) from error


def _leave_host(config: Config, remarks: Remarks) -> None:
    host = config.host
    usual = HostConfig(state=config.path.parent.absolute() / HostConfig().state)
    if host.listen.host != usual.listen.host:
        remarks.leave("host.listen", "Microsoft's host listens on every network interface")
    if host.tls != usual.tls:
        remarks.leave("host.tls", "choose the certificate on the wizard's Settings page")
    if host.base_url != evolve(host, base_url="").base_url:
        remarks.leave("host.base_url", _HAS_NONE)
    for each in settings_fields(HostConfig):
        if each.name in ("listen", "tls", "base_url"):
            continue
        if getattr(host, each.name) != getattr(usual, each.name):
            remarks.leave(("host", key_of(each)), _HAS_NONE)
