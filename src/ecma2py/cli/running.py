"""The host as a process: start it, ask it, reload it, stop it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ecma2py.cli.control import ControlClient
from ecma2py.cli.exits import CommandError
from ecma2py.cli.options import command, config_option
from ecma2py.cli.output import Output
from ecma2py.cli.target import read_config
from ecma2py.host.importing import held_advice
from ecma2py.runs.import_results import DELETIONS_HELD

if TYPE_CHECKING:
    from ecma2py.host.hosting import Host
    from ecma2py.host.served import ServedConnector


@command("serve")
@config_option
@click.pass_obj
def serve(output: Output, /, *, config_file: Path) -> None:
    """Serve the configured connectors over SCIM.

    Ctrl-C and `ecma2py stop` end it once the requests it took are done. Logs go to standard error.
    The configuration is read again on SIGHUP and on `ecma2py reload`. Without --json each
    connector's URL is printed once it is open.
    """
    from ecma2py.host.server import serve as serve_host

    def started(host: "Host") -> None:
        if output.as_json:
            url = host.config.host.base_url
            output.line({"url": url, "connectors": list(host.config.connectors)})
            output.flush()

    def opened(served: "ServedConnector") -> None:
        if not output.as_json:
            output.text(f"Serving {served.name} at {served.views.base_url}")
            output.flush()

    read_config(config_file, output)
    serve_host(config_file, started=started, opened=opened)


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
    rows = [{"name": name, **_state(each)} for name, each in connectors.items()]
    output.table(rows, empty="No connector is configured.", narrow=True)
    for name, each in connectors.items():
        if each.get("reason"):
            output.text(f"\n{name}: {each['reason']}")
        if each.get("held"):
            count = each["held"]["would_delete"]
            output.text(f"\n{name}: an import is held that would remove too much ({count:,}):")
            output.text(f"{held_advice(name)}.")


def _state(status: Mapping[str, Any]) -> dict[str, Any]:
    """What people are shown of a connector's status, each in a few words."""
    now, last = status.get("importing"), status.get("last_run")
    return {
        "state": status["state"],
        "objects": status.get("objects"),
        "waiting_exports": status.get("waiting_exports"),
        "importing": now and f"{now['objects']:,} objects, {now['rate']:,}/s",
        "last_run": last and _run(last),
    }


def _run(last: Mapping[str, Any]) -> str:
    if last["result"] is None:
        return f"{last['kind']}, under way"
    result = "held" if last["result"] == DELETIONS_HELD else last["result"]
    return f"{last['kind']}, {result}, {last['at'][:16].replace('T', ' ')} UTC"


@command("reload")
@config_option
@click.pass_obj
def reload(output: Output, /, *, config_file: Path) -> None:
    """Let the running host read its configuration again.

    Requests go on meanwhile. A file that is refused changes nothing. A connector that cannot be
    opened as its table reads now goes on as it was, and the exit code is 1. What the host has
    loaded of a connector's code stays: after a change of code, stop it and serve anew.
    """
    answer = ControlClient.of(read_config(config_file, output)).post("reload")
    told = {"failed": "could not be opened", "kept": "could not be changed and goes on as it was"}
    wrong = [f"{name} {what}" for key, what in told.items() for name in answer.get(key, ())]
    output.result(answer, title=f"Reloaded, but {'; '.join(wrong)}." if wrong else "Reloaded.")
    if wrong:
        raise CommandError


@command("stop")
@config_option
@click.pass_obj
def stop(output: Output, /, *, config_file: Path) -> None:
    """Let the running host finish the requests it took, and end."""
    ControlClient.of(read_config(config_file, output)).post("stop")
    output.done({"result": "stopping"}, "The host finishes what it took, and ends.")
