"""``ecma2py space``: runs, audit, and the import that waits for an operator's word."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from attrs import asdict

from ecma2py.cli.control import ControlClient
from ecma2py.cli.exits import CommandError, HostNotRunningError
from ecma2py.cli.options import config_option
from ecma2py.cli.output import Output
from ecma2py.cli.space import described, open_space, space
from ecma2py.cli.target import configured, read_config
from ecma2py.host.files import alone
from ecma2py.host.importing import decide

_NAMES = ("object_type", "anchor", "dn", "id", "modified")
"""What tells people which object is meant."""
_limit_option = click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="The most to list."
)


@space.command("runs")
@click.argument("name", required=False)
@click.option("--run", "number", type=int, help="This run alone, with all its errors.")
@_limit_option
@config_option
@click.pass_obj
def runs(
    output: Output, /, *, name: str | None, number: int | None, limit: int, config_file: Path
) -> None:
    """List the import runs with their counts, newest first."""
    with open_space(output, config_file, name) as opened:
        if number is None:
            found = [asdict(each) for each in opened.space.runs(limit)]
            if not output.as_json:
                for row in found:
                    row["counts"] = {name: n for name, n in row["counts"].items() if n}
                    row["errors"] = len(row["errors"])
            output.table(found, empty="No run yet.")
            return
        run = opened.space.run(number)
        if run is None:
            raise CommandError(f"{opened.name} has no run {number}.")
        data = asdict(run)
        if output.as_json:
            output.document(data)
            return
        errors = data.pop("errors")
        output.result(data)
        for error in errors:
            output.result(error, title="\nError")


@space.command("audit")
@click.argument("name", required=False)
@click.option("--object", "object_id", help="Only what was done to the object of this SCIM id.")
@_limit_option
@config_option
@click.pass_obj
def audit(
    output: Output, /, *, name: str | None, object_id: str | None, limit: int, config_file: Path
) -> None:
    """List who changed which object through the host.

    The newest comes first. Attributes are named; their values are not recorded.
    """
    with open_space(output, config_file, name) as opened:
        records = opened.space.audit(limit, object_id=object_id)
        rows = [_audited(asdict(each)) for each in records]
        output.table(rows, empty="Nothing was changed yet.")


def _audited(record: dict[str, Any]) -> dict[str, Any]:
    return {"number": record.pop("number"), "at": record.pop("at"), **record}


@space.command("held")
@click.argument("name", required=False)
@_limit_option
@config_option
@click.pass_obj
def held(output: Output, /, *, name: str | None, limit: int, config_file: Path) -> None:
    """Show the import that waits for an operator's word, and what it would remove.

    It waits because that is a larger share of the objects than `removal_guard` allows.
    """
    with open_space(output, config_file, name) as opened:
        found = opened.space.held_import()
        some = [described(each) for each in opened.space.held_removals(limit)]
        if output.as_json:
            output.document(asdict(found) | {"some": some} if found is not None else None)
            return
        if found is None:
            output.text("No import is held.")
            return
        share = found.would_delete / found.objects
        removes = f"{found.would_delete:,} of {found.objects:,} objects"
        allowed = f"{share:.1%}, where {found.share:.1%} are allowed"
        output.result({"run": found.run_id, "would remove": f"{removes}: {allowed}"})
        output.text("")
        output.table([{key: each[key] for key in _NAMES} for each in some], narrow=True)
        if len(some) < found.would_delete:
            output.note(f"These are {len(some)} of {found.would_delete:,}: --limit lists more.")
        output.text(
            f"\n`ecma2py space approve {opened.name}` removes them, "
            f"`ecma2py space discard {opened.name}` keeps them."
        )


@space.command("approve")
@click.argument("name", required=False)
@config_option
@click.pass_obj
def approve(output: Output, /, *, name: str | None, config_file: Path) -> None:
    """Let the held import remove what it did not see."""
    _decide(output, config_file, name, "approve")


@space.command("discard")
@click.argument("name", required=False)
@config_option
@click.pass_obj
def discard(output: Output, /, *, name: str | None, config_file: Path) -> None:
    """Forget the held import; the space stays as it is."""
    _decide(output, config_file, name, "discard")


def _decide(output: Output, config_file: Path, name: str | None, word: str) -> None:
    config = read_config(config_file, output)
    connector, _ = configured(config, name)
    answer: dict[str, Any] | None = None
    with suppress(HostNotRunningError):
        answer = ControlClient.of(config).post(word, {"connector": connector})
    if answer is None:
        with alone(config.host.state), open_space(output, config_file, connector) as opened:
            answer = decide(opened.space, approve=word == "approve")
    if answer.get("result") == "no-held-import":
        raise CommandError(f"No import of {connector} is held.")
    output.result(answer)
