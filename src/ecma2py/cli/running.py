"""The host as a process: start it, ask it, reload it, stop it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecma2py.cli.control import ControlClient
from ecma2py.cli.options import command, config_option
from ecma2py.cli.output import Output
from ecma2py.cli.target import read_config

if TYPE_CHECKING:
    from ecma2py.host.hosting import Host

_SHOWN = ("state", "objects", "waiting_exports", "importing", "last_run", "held", "reason")
"""What people are shown of a connector's status."""


@command("serve")
@config_option
@click.pass_obj
def serve(output: Output, /, *, config_file: Path) -> None:
    """Serve the configured connectors over SCIM.

    Ctrl-C and `ecma2py stop` end it once the requests it took are done. Logs go to standard error.
    The configuration is read again on SIGHUP and on `ecma2py reload`.
    """
    from ecma2py.host.server import serve as serve_host

    def started(host: "Host") -> None:
        url = host.config.host.base_url
        names = list(host.config.connectors)
        if output.as_json:
            output.line({"url": url, "connectors": names})
        else:
            for name in names:
                output.text(f"Serving {name} at {url}/ecma2host_{name}/scim")
        output.flush()

    read_config(config_file, output)
    serve_host(config_file, started=started)


@command("status")
@config_option
@click.pass_obj
def status(output: Output, /, *, config_file: Path) -> None:
    """Show how the running host and its connectors are."""
    answer = ControlClient.of(read_config(config_file, output)).get("status")
    if output.as_json:
        output.document(answer)
        return
    connectors = answer.pop("connectors", {})
    output.result(answer)
    output.text("")
    rows = [
        {"name": name, **{key: each.get(key) for key in _SHOWN}}
        for name, each in connectors.items()
    ]
    output.table(rows, empty="No connector is configured.")


@command("reload")
@config_option
@click.pass_obj
def reload(output: Output, /, *, config_file: Path) -> None:
    """Let the running host read its configuration again.

    Requests go on meanwhile. A file that is refused changes nothing.
    """
    answer = ControlClient.of(read_config(config_file, output)).post("reload")
    output.result(answer, title="Reloaded.")


@command("stop")
@config_option
@click.pass_obj
def stop(output: Output, /, *, config_file: Path) -> None:
    """Let the running host finish the requests it took, and end."""
    ControlClient.of(read_config(config_file, output)).post("stop")
    output.done({"result": "stopping"}, "The host finishes what it took, and ends.")
