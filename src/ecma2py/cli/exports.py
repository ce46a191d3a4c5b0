"""``ecma2py export``: changes from JSON lines, written by a connector, results as JSON lines."""

import threading
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import suppress
from queue import Queue
from typing import Any, BinaryIO

import click

from ecma2py.cli.entry_json import LARGEST_LINE, EntryFormatError, entry_from_line, entry_to_json
from ecma2py.cli.exits import CommandError, Exit
from ecma2py.cli.interrupts import stopping
from ecma2py.cli.options import command, connector_options
from ecma2py.cli.output import Output
from ecma2py.cli.target import open_target
from ecma2py.entries import EXPORT_PASSWORD, CSEntryChange
from ecma2py.errors import ConfigurationError
from ecma2py.host.binding import RunStep
from ecma2py.runs import ExportOutcome, ExportSession, SessionClosedError
from ecma2py.schema import Schema, Values
from ecma2py.steps import CloseReason
from ecma2py.values import as_values, is_storable

_AHEAD = 2_000
"""How many changes may wait for their result: enough for large batches, little memory."""
_LOOK_SECONDS = 0.2
"""How often a wait looks whether it is still worth while."""

_Line = tuple[int, CSEntryChange | None, "Future[ExportOutcome] | str"]
"""Number, change if it is one, and its result to come or why the line was refused."""


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
    types = target.types()
    session = ExportSession(
        target.for_run(RunStep.EXPORT),
        types=types,
        partition=target.partition(),
        batch_size=target.config.exports.batch_size,
        allow_not_secure=allow_not_secure,
    )
    results = _Results(output)
    with stopping(at_once=True) as stop:
        try:
            with suppress(KeyboardInterrupt):
                _submit_all(session, types, changes, results)
                results.wait()
        finally:
            reason = CloseReason.TERMINATED_BY_USER if stop.is_set() else CloseReason.NORMAL
            session.close(reason, drain=False, timeout=target.config.exports.timeout_seconds)
    results.close()
    results.tell(was_interrupted=stop.is_set())


def _submit_all(
    session: ExportSession, types: Schema, changes: BinaryIO, results: "_Results"
) -> None:
    """Hand over line after line, until the end or until the target is lost."""
    if changes.isatty():
        results.output.note("Reading changes, one JSON object a line:")
    for number, line in _lines(changes):
        if results.is_lost:
            break
        try:
            change = _read(line, types)
        except EntryFormatError as error:
            results.add(number, None, str(error))
        else:
            results.add(number, change, session.submit(change))


def _read(line: bytes, types: Schema) -> CSEntryChange:
    """The change in a line, as far as the schema can tell one that may be sent."""
    try:
        change = entry_from_line(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise EntryFormatError(f"The line is not UTF-8: {error}.") from error
    known = types.types.get(change.object_type or "")
    if known is None:
        raise EntryFormatError(
            f"There is no object type {change.object_type!r}: there are {', '.join(types.types)}."
        )
    for name in (*change.anchor, *change.changed_attribute_names):
        if name not in known.attributes and name != EXPORT_PASSWORD:
            raise EntryFormatError(f"A {known.name} has no attribute {name!r}.")
    for name, values in _values(change):
        if any(isinstance(each, str) and not is_storable(each) for each in as_values(values)):
            raise EntryFormatError(
                f"{name!r} holds NUL or half of a surrogate pair: no system stores it."
            )
        if name == EXPORT_PASSWORD and not isinstance(values, str):
            raise EntryFormatError(f"{name!r} takes one text.")
    return change


def _values(change: CSEntryChange) -> Iterator[tuple[str, Values]]:
    """What is sent of each attribute, in its plain form; a list where there are many values."""
    yield from change.anchor.items()
    yield from (("dn", each) for each in (change.dn, change.new_dn) if each is not None)
    yield from change.attributes.items()
    for name, each in change.changes.items():
        values = (*each.values, *each.removed)
        yield from [(name, values)] if each.is_multi_valued else ((name, one) for one in values)


class _Results:
    """Prints what became of each line, in their order, as soon as it and those before are known.

    That is done in a thread of its own, since the main one waits for lines: a program that writes
    one change and waits for its result gets it.
    """

    def __init__(self, output: Output) -> None:
        self.output = output
        self.is_lost = False
        """The target, not a change, was at fault, or nobody reads the results: stop sending."""
        self._counts: Counter[str] = Counter()
        self._waiting: Queue[_Line | None] = Queue(_AHEAD)
        self._problem: Exception | None = None
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._print_all, name="results", daemon=True)
        self._thread.start()

    def add(
        self, number: int, change: CSEntryChange | None, result: "Future[ExportOutcome] | str"
    ) -> None:
        """One more line, and its result to come; waits while too many are on their way."""
        self._waiting.put((number, change, result))

    def wait(self) -> None:
        """Return when everything is printed."""
        self._waiting.put(None)
        while self._thread.is_alive():
            self._thread.join(_LOOK_SECONDS)

    def close(self) -> None:
        """Print what is known by now of the lines left, and that the others are unknown."""
        self._is_closing.set()
        if self._thread.is_alive():
            self.wait()
        if self._problem is not None:
            raise self._problem

    def _print_all(self) -> None:
        while (line := self._waiting.get()) is not None:
            number, change, result = line
            if self._problem is not None:
                continue
            try:
                self._print(number, change, self._result(result))
            except Exception as error:  # noqa: BLE001  it is raised in the main thread
                self._problem = error
                self.is_lost = True

    def _result(self, result: "Future[ExportOutcome] | str") -> dict[str, Any]:
        if isinstance(result, str):
            return {"result": "invalid", "error_detail": result}
        while not result.done():
            if self._is_closing.is_set():
                return {"result": "unknown", "uncertain": True}
            wait([result], _LOOK_SECONDS)
        if isinstance(result.exception(), SessionClosedError):
            return {"result": "not-sent"}
        outcome = result.result()
        self.is_lost = self.is_lost or (outcome.retryable and not outcome.is_success)
        return _told(outcome)

    def _print(self, line: int, change: CSEntryChange | None, result: dict[str, Any]) -> None:
        self._counts[str(result["result"])] += 1
        named: dict[str, Any] = {"line": line}
        if change is not None:
            whole = entry_to_json(change)
            named |= {key: whole[key] for key in ("change", "type", "anchor", "dn") if key in whole}
        self.output.line(named | result)
        self.output.flush()

    def tell(self, *, was_interrupted: bool) -> None:
        """The summary; ends the command with the code that fits."""
        done = self._counts.pop("success", 0)
        failed = self._counts.total()
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
        if number == 1:
            line = line.removeprefix(BOM_UTF8)
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
