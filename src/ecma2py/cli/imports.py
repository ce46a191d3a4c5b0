"""``ecma2py import``: entries as JSON lines, straight from a connector; or a run of the host."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from attrs import asdict
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ecma2py.cli.control import ControlClient
from ecma2py.cli.entry_json import entry_to_json
from ecma2py.cli.exits import CommandError, Exit
from ecma2py.cli.interrupts import stopping
from ecma2py.cli.options import FILE, command, connector_options
from ecma2py.cli.output import Output
from ecma2py.cli.target import configured, open_target, read_config
from ecma2py.entries import CSEntryChange
from ecma2py.host.binding import RunStep
from ecma2py.host.files import write_private
from ecma2py.host.importing import held_advice
from ecma2py.runs import ImportProgress, ImportResult, run_import
from ecma2py.runs.import_results import DELETIONS_HELD
from ecma2py.runs.sinks import ListReport
from ecma2py.steps import OperationType

_SHOWN_ERRORS = 20


class _Lines:
    """A sink that writes every entry as a line, as soon as its page is in."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def begin_page(self, moment: int | None = None) -> int:
        """Nothing to note: nobody exports in between."""
        return 0

    def stage(self, entries: Sequence[CSEntryChange]) -> ListReport:
        """Write the entries of a page."""
        for entry in entries:
            self._output.line(entry_to_json(entry))
        sys.stdout.flush()
        return ListReport()

    def commit(self, watermark: str | None, *, complete: bool, guard_share: float) -> ListReport:
        """Nothing to do: what is written counts."""
        return ListReport()

    def abandon(self) -> None:
        """What is written is written: the exit code says that it is not all."""


@command("import")
@click.option("--full/--delta", "full", default=True, help="Everything (default), or what changed.")
@click.option(
    "--watermark",
    type=FILE,
    help="Where the watermark is kept: a good run writes it, a delta import starts from it.",
)
@click.option(
    "--into-space",
    is_flag=True,
    help="Ask the running host to import into its connector space now, and show what came of it.",
)
@connector_options
@click.pass_obj
def import_entries(
    output: Output, /, *, full: bool, watermark: Path | None, into_space: bool, **options: Any
) -> None:
    """Print the objects of a connector as JSON lines.

    The reference describes the form of a line; `ecma2py export` reads the same form. Entries that
    fail are told on standard error, as is the summary (a line of JSON with --json). With
    --into-space the host that runs does the import, and nothing is printed but its answer.
    """
    if into_space:
        if options["type_name"] or watermark:
            raise click.UsageError("--into-space goes with neither --type nor --watermark.")
        _in_host(output, "full" if full else "delta", options)
        return
    before = _watermark(watermark) if not full else None
    target = open_target(output, options)
    source = target.for_run(RunStep.FULL_IMPORT if full else RunStep.DELTA_IMPORT)
    with stopping() as stop, _progress(output) as shown:
        result = run_import(
            source,
            _Lines(output),
            operation=OperationType.FULL if full else OperationType.DELTA,
            types=target.types(),
            watermark=before,
            partition=target.partition(),
            page_size=target.config.imports.page_size,
            progress=shown,
            cancel=stop,
        )
    if result.is_success and watermark is not None and result.watermark is not None:
        write_private(watermark, result.watermark.encode())
    _tell(output, result)
    raise CommandError("", _exit_of(result, stopped=stop.is_set()))


def _watermark(file: Path | None) -> str:
    if file is None:
        raise click.UsageError(
            "A delta import needs --watermark FILE, as an import before wrote it."
        )
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(
            f"{file} cannot be read: {error.strerror}. Run a full import with --watermark first.",
            Exit.USAGE,
        ) from error


@contextmanager
def _progress(output: Output) -> Iterator[Callable[[ImportProgress], None]]:
    # On a terminal that also shows the entries, a bar would stand in their way.
    visible = sys.stderr.isatty() and not sys.stdout.isatty() and not output.as_json
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not visible) as progress:
        bar = progress.add_task("connecting", total=None)

        def shown(now: ImportProgress) -> None:
            failed = f", {now.failed:,} failed" if now.failed else ""
            text = f"{now.objects:,} objects in {now.pages:,} pages, {now.rate:,.0f}/s{failed}"
            progress.update(bar, description=text)

        yield shown


def _tell(output: Output, result: ImportResult) -> None:
    errors = [asdict(each) for each in result.errors]
    for error in errors:
        error["code"] = error["code"].ecma_name
        error["anchor"] = {name: str(value) for name, value in error["anchor"].items()}
    if not output.as_json:
        for error in errors[:_SHOWN_ERRORS]:
            named = error["anchor"] or error["dn"] or "without anchor"
            where = f"{error['object_type'] or 'an entry'} {named}"
            output.note(f"{error['code']}: {where}: {error['detail']}")
        if len(errors) > _SHOWN_ERRORS:
            output.note(f"... and {len(errors) - _SHOWN_ERRORS} more that failed")
        if result.error_detail:
            output.note(f"Error: {result.error_detail}")
    counts = result.counts
    output.summary(
        {
            "result": result.result,
            "counts": asdict(counts),
            "pages": result.pages,
            "seconds": round(result.seconds, 3),
            "error_name": result.error_name,
            "error_detail": result.error_detail,
            "errors": errors,
        },
        f"{result.result}: {counts.read:,} entries read, {counts.failed:,} failed, "
        f"{result.seconds:.1f} s",
    )


def _exit_of(result: ImportResult, *, stopped: bool) -> Exit:
    if result.is_success:
        return Exit.OK
    if stopped:
        return Exit.INTERRUPTED
    return Exit.STOPPED if result.error_name else Exit.ENTRIES


def _in_host(output: Output, kind: str, options: dict[str, Any]) -> None:
    config = read_config(options["config_file"], output)
    name, _ = configured(config, options["name"])
    client = ControlClient.of(config)
    with Console(stderr=True).status(f"importing {name}"):
        answer = client.post("import", {"connector": name, "kind": kind})
    output.result(answer)
    result = str(answer.get("result", ""))
    if result not in ("success", "completed-no-objects"):
        is_partial = result.startswith("completed")
        advice = f"The import is held: {held_advice(name)}." if result == DELETIONS_HELD else ""
        raise CommandError(advice, Exit.ENTRIES if is_partial else Exit.STOPPED)
