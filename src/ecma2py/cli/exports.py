"""``ecma2py export``: changes from JSON lines, written by a connector, results as JSON lines."""

import sys
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from typing import Any, BinaryIO

import click
from attrs import define, field

from ecma2py.cli.entry_json import LARGEST_LINE, EntryFormatError, entry_from_line, entry_to_json
from ecma2py.cli.exits import CommandError, Exit
from ecma2py.cli.interrupts import stopping
from ecma2py.cli.options import command, connector_options
from ecma2py.cli.output import Output
from ecma2py.cli.target import open_target
from ecma2py.entries import CSEntryChange
from ecma2py.errors import ConfigurationError
from ecma2py.runs import EXPORT_PASSWORD, ExportOutcome, ExportSession, SessionClosedError
from ecma2py.schema import Schema
from ecma2py.steps import CloseReason

_AHEAD = 2_000
"""How many changes may wait for their result: enough for large batches, little memory."""
_LOOK_SECONDS = 0.2
"""How often a wait lets an interruption through, on systems where it would not by itself."""


@command("export")
@click.option(
    "--file",
    "changes",
    type=click.File("rb"),
    default="-",
    help="The changes, one JSON object a line; standard input if left out.",
)
@click.option(
    "--allow-not-secure",
    is_flag=True,
    help="Set passwords even if the connector does not call its connection secure.",
)
@connector_options
@click.pass_obj
def export_entries(
    output: Output, /, *, changes: BinaryIO, allow_not_secure: bool, **options: Any
) -> None:
    """Write changes, given as JSON lines, to a target.

    A line of JSON with the result is printed for each. The reference describes the form of a line;
    `ecma2py import` writes the same form. Changes go out in batches, those of one object in their
    order; one that fails leaves the others alone. Nothing is stored here: a host that serves the
    connector learns of it by its next import.
    """
    target = open_target(output, options)
    if not target.describe().can_export:
        raise ConfigurationError(f"Connector {target.name} cannot export.")
    results = _Results(output, target.types())
    session = ExportSession(
        target.source,
        types=results.types,
        partition=target.partition(),
        batch_size=target.config.exports.batch_size,
        allow_not_secure=allow_not_secure,
    )
    with stopping(at_once=True) as stop:
        try:
            with suppress(KeyboardInterrupt):
                results.run(session, changes)
        finally:
            reason = CloseReason.TERMINATED_BY_USER if stop.is_set() else CloseReason.NORMAL
            session.close(reason, drain=False, timeout=target.config.exports.timeout_seconds)
    results.finish()
    results.tell(was_interrupted=stop.is_set())


@define
class _Results:
    """Hands changes over and prints what became of them, in the order they were given."""

    output: Output
    types: Schema
    waiting: deque[tuple[int, CSEntryChange, "Future[ExportOutcome]"]] = field(factory=deque)
    counts: Counter[str] = field(factory=Counter)
    is_lost: bool = False
    """The target, not a change, was at fault: nothing more is sent."""

    def run(self, session: ExportSession, changes: BinaryIO) -> None:
        """Take line after line, until the end or until the target is lost."""
        if changes.isatty():
            self.output.note("Reading changes, one JSON object a line:")
        for number, line in _lines(changes):
            if self.is_lost:
                break
            try:
                change = self._change(line)
            except EntryFormatError as error:
                self._settle_down_to(0)
                self._print(number, None, {"result": "invalid", "error_detail": str(error)})
                continue
            self.waiting.append((number, change, session.submit(change)))
            while self.waiting and self.waiting[0][2].done():
                self._settle()
            self._settle_down_to(_AHEAD)
        self._settle_down_to(0)

    def _change(self, line: bytes) -> CSEntryChange:
        try:
            change = entry_from_line(line.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise EntryFormatError(f"The line is not UTF-8: {error}.") from error
        known = self.types.types.get(change.object_type or "")
        if known is None:
            raise EntryFormatError(
                f"There is no object type {change.object_type!r}: "
                f"there are {', '.join(self.types.types)}."
            )
        for name in (*change.anchor, *change.changed_attribute_names):
            if name not in known.attributes and name != EXPORT_PASSWORD:
                raise EntryFormatError(f"A {known.name} has no attribute {name!r}.")
        return change

    def _settle_down_to(self, count: int) -> None:
        while len(self.waiting) > count:
            self._settle()

    def _settle(self) -> None:
        """Wait for the oldest change and print its result."""
        number, change, future = self.waiting[0]
        while not future.done():
            with suppress(FutureTimeoutError):
                future.exception(_LOOK_SECONDS)
        self.waiting.popleft()
        if isinstance(future.exception(), SessionClosedError):
            self._print(number, change, {"result": "not-sent"})
            return
        outcome = future.result()
        self._print(number, change, _told(outcome))
        self.is_lost = self.is_lost or (outcome.retryable and not outcome.is_success)

    def finish(self) -> None:
        """Print what is known of the changes that an interruption left waiting."""
        while self.waiting:
            number, change, future = self.waiting[0]
            if future.done():
                self._settle()
            else:
                self.waiting.popleft()
                self._print(number, change, {"result": "unknown", "uncertain": True})

    def _print(self, line: int, change: CSEntryChange | None, result: dict[str, Any]) -> None:
        self.counts[str(result["result"])] += 1
        named: dict[str, Any] = {"line": line}
        if change is not None:
            whole = entry_to_json(change)
            named |= {key: whole[key] for key in ("change", "type", "anchor", "dn") if key in whole}
        self.output.line(named | result)
        sys.stdout.flush()

    def tell(self, *, was_interrupted: bool) -> None:
        """The summary; ends the command with the code that fits."""
        done = self.counts.pop("success", 0)
        failed = self.counts.total()
        self.output.summary({"success": done, "failed": failed}, f"{done:,} done, {failed:,} not")
        if was_interrupted:
            raise CommandError("", Exit.INTERRUPTED)
        if self.is_lost:
            raise CommandError("The target was lost: later lines were not sent.", Exit.STOPPED)
        if failed:
            raise CommandError("", Exit.ENTRIES)


def _lines(changes: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := changes.readline(LARGEST_LINE):
        number += 1
        if line.strip():
            yield number, line


def _told(outcome: ExportOutcome) -> dict[str, Any]:
    told: dict[str, Any] = {"result": "success"}
    if not outcome.is_success:
        told = {
            "result": outcome.error_code.ecma_name,
            "error_name": outcome.error_name,
            "error_detail": outcome.error_detail,
        }
        told |= {name: True for name in ("retryable", "uncertain") if getattr(outcome, name)}
    if outcome.new_anchor is not None:
        entry = CSEntryChange("", anchor=dict(outcome.new_anchor))
        told["new_anchor"] = entry_to_json(entry)["anchor"]
    if outcome.new_dn is not None:
        told["new_dn"] = outcome.new_dn
    if outcome.notes:
        told["notes"] = list(outcome.notes)
    return told
