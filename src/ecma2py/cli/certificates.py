"""``ecma2py certificate``: what the host shows to its clients."""

from pathlib import Path
from typing import Any

import click
from attrs import asdict

from ecma2py.cli.exits import CommandError, Exit
from ecma2py.cli.options import config_option, group
from ecma2py.cli.output import Output
from ecma2py.cli.target import read_config
from ecma2py.host.tls import HostCertificate, generated_files


@group("certificate")
def certificate() -> None:
    """Show or renew the host's certificate."""


def _shown(found: HostCertificate) -> dict[str, Any]:
    described = asdict(found.description())
    described["not_before"] = found.description().not_before.isoformat()
    described["not_after"] = found.description().not_after.isoformat()
    file = found.certificate
    return {"file": str(file or ""), "generated": found.is_generated, **described}


@certificate.command("show")
@config_option
@click.pass_obj
def show(output: Output, /, *, config_file: Path) -> None:
    """Show whose certificate it is, until when, for which names, and its fingerprint."""
    config = read_config(config_file, output)
    if config.host.tls.is_generated and not generated_files(config.host.state)[0].exists():
        raise CommandError(
            "There is no certificate yet: serve makes one, and so does ecma2py certificate renew."
        )
    output.result(_shown(HostCertificate(config.host)))


@certificate.command("renew")
@config_option
@click.pass_obj
def renew(output: Output, /, *, config_file: Path) -> None:
    """Make a new certificate in place of a generated one, valid for two years.

    Clients that trust the old one must be given the new one. A running host takes it over with
    `ecma2py reload`.
    """
    config = read_config(config_file, output)
    if not config.host.tls.is_generated:
        raise CommandError(
            "[host.tls] names a certificate of your own: renew it where it came from, put it in "
            "place and run ecma2py reload.",
            Exit.USAGE,
        )
    for file in generated_files(config.host.state):
        file.unlink(missing_ok=True)
    output.result(_shown(HostCertificate(config.host)))
